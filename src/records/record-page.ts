/** Page of permitted rows, newest first: the query of every list. */
import type { Actor } from '../authentication/actor.js';
import { hasApplicableRule } from '../authorization/applicable-rules.js';
import { Parameter, type Row, type Where } from '../authorization/conditions.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/reading-context.js';
import { subjectOf } from '../authorization/subjects.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { makeCursor, readCursor, type Position } from './cursor.js';
import type { DatabaseSession } from './database-session.js';
import { authorizeFilter, fieldsRelatedToFilter } from './filter-authorization.js';
import { CURSOR, listSql, type SqlStatement } from './record-queries.js';
import { shapeOf, type ViewClass, type ViewShape } from './response-view.js';
import { bind, filterTemplate, templateFor, type StatementTemplate } from './statement-template.js';

/** View property with the panels in whose context a row without a panel of its own is read. */
const CONTEXT_PANELS = 'contextPanelIds';

export interface PageOptions {
  action?: string;
  orderBy?: string;
  /**
   * Query as sent by the reader. The cursor is bound to this query; needed if the filter also depends on the reader or
   * the date.
   */
  asked?: object;
  /** Panel in whose context rows without a panel of their own are read; defaults to all panels. */
  inPanel?: string;
  /** Part of the filter whose columns an allow rule must show in order to apply; defaults to the whole filter. */
  restsOn?: Where;
  /** Whether rows have all columns, and not only those that the view shows. */
  loadsAllColumns?: boolean;
}

/** Returns a page of permitted rows that match the filter, and the cursor of the next page. */
export async function findPage(
  session: DatabaseSession,
  actor: Actor,
  view: ViewClass,
  filter: Where,
  { limit = 25, cursor }: PageQuery,
  options: PageOptions,
): Promise<{ rows: Row[]; next: string | null }> {
  const { orderBy = '', inPanel = '', asked = filter } = options;
  const query = `${view.name} ${orderBy} ${inPanel} ${JSON.stringify(asked)}`;
  const after = cursor ? readCursor(actor, query, cursor) : undefined;
  const found = await rowsAfter(session, actor, shapeOf(view), filter, limit + 1, after, options);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (!last || found.length === rows.length) return { rows, next: null };
  return { rows, next: makeCursor(actor, query, { at: last[CURSOR] as string, id: last['id'] as string }) };
}

async function rowsAfter(
  session: DatabaseSession,
  actor: Actor,
  { name, record, properties }: ViewShape,
  where: Where,
  limit: number,
  after: Position | undefined,
  { action = 'read', orderBy, inPanel, restsOn = where, loadsAllColumns = false }: PageOptions,
): Promise<Row[]> {
  const subject = subjectOf(record);
  if (!hasApplicableRule(actor, subject, action)) return [];
  const { filter, key, values } = filterTemplate(where, [limit, after?.at, after?.id]);
  const asks = fieldsRelatedToFilter(subject, restsOn);
  const parts = ['page', action, subject.name, name, loadsAllColumns, orderBy, after !== undefined, asks.join(), key];
  const makeSql = (): SqlStatement =>
    listSql(actor, record, action, {
      ...authorizeFilter(actor, subject, filter, inPanel),
      asks,
      inPanel,
      orderBy,
      shows: loadsAllColumns ? undefined : new Set(properties.keys()),
      limit: new Parameter(0),
      after: after && { at: new Parameter(1), id: new Parameter(2) },
    });
  return queryRows(session, actor, templateFor(actor, parts.join(' '), makeSql, inPanel), values);
}

/** Runs a statement and adds to each row the panels in whose context it is read. */
export async function queryRows(
  session: DatabaseSession,
  actor: Actor,
  template: StatementTemplate,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const rows = await session.query(bind(template, parameters, actor.now));
  for (const row of rows)
    if (READING_CONTEXT in row) row[CONTEXT_PANELS] = (row[READING_CONTEXT] as ReadingContext).panelIds;
  return rows;
}
