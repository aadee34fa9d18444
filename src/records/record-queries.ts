/**
 * SQL of reads and lists, with the policy as part of the `WHERE` clause. One builder serves both, so that both apply
 * the same rules: a single read is the condition of a list plus an identifier.
 *
 * A list uses keyset index scans. Each allow rule that names panels (or another indexed column) becomes one index scan
 * per panel, newest first. The scans are merged row by row (UNION ALL), so that a page reads about as many rows as it
 * shows. The cost depends on the number of panels and the page size, not on the number of records. (A filter on a
 * single newest-first index degrades for a panel whose records are old.)
 */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';
import type { Actor } from '../authentication/actor.js';
import { columnOf, columnsOf, tableOf, type RecordClass } from '../database/columns.js';
import { parseCondition, type Parameter, type Where } from '../authorization/conditions.js';
import { Parameters, toSql } from '../authorization/conditions-to-sql.js';
import { relationOf, shownInstead, subjectOf } from '../authorization/subjects.js';
import { isScopeProperty } from './audit-drafts.js';
import type { Relation, Subject } from '../authorization/subject.types.js';
import { abilityFor, permittedRows, shownFields } from '../authorization/applicable-rules.js';
import { READING_CONTEXT, APPLICABLE_LIMITS } from '../authorization/reading-context.js';
import { contextSql } from './reading-context-sql.js';

export interface SqlStatement {
  text: string;
  values: unknown[];
}

/** Condition and visible fields of one rule. */
interface Rule {
  condition: Condition;
  fields: string[] | undefined;
}

/**
 * Name of the result column with one flag per set of `shownFields`: whether the set applies to the row. Selected only
 * if an allow rule limits the fields of the action.
 */
export const shownFor = (action: string): string => `shown for ${action}`;
/** Name of the result column with one flag per `hidden` condition of a revealing column. */
export const revealingFlag = (column: string): string => `tells ${column}`;
/** Name of the result column with the sort value as text, exact to the microsecond, for the cursor. */
export const CURSOR = 'cursorAt';

const EVERYTHING = new CompoundCondition('and', []);

function rulesOf(actor: Actor, subject: Subject, action: string): Rule[] {
  return abilityFor(actor, subject, action)
    .rulesFor(action, subject.name)
    .map((rule) => {
      if (rule.inverted) throw new Error(`${subject.name}: the policy knows no forbidding rules`);
      return { condition: rule.ast ?? EVERYTHING, fields: rule.fields };
    });
}

/** Returns whether the column is needed for masks and audit entries and so is always selected. */
const isWeighed = ({ panel, case: inCase, owner, contributor }: Subject, property: string): boolean =>
  ['id', 'version', 'partnershipId', 'personId', 'category', panel, inCase, owner].includes(property) ||
  property === contributor?.agency ||
  property === contributor?.type ||
  isScopeProperty(property);

/** Returns the select list: columns under their property names, and the data needed to mask the row. */
export function selection(
  actor: Actor,
  subject: Subject,
  action: string,
  parameters: Parameters,
  { orderBy = subject.orderBy, shows, inPanel }: Pick<ListQuery, 'orderBy' | 'shows' | 'inPanel'> = {},
): string {
  const columns = [...columnsOf(subject.type)]
    .filter(([property]) => !shows || shows.has(property) || isWeighed(subject, property))
    .map(([property, { name }]) => `t.${name} AS "${property}"`);
  columns.push(`t.${columnOf(subject.type, orderBy).name}::text AS "${CURSOR}"`);
  for (const [name, where] of Object.entries(subject.flags))
    columns.push(`coalesce(${toSql(parseCondition(where(actor)), subject.type, 't', parameters)}, FALSE) AS "${name}"`);
  for (const [column, { hidden }] of Object.entries(subject.revealing))
    if (!shows || shows.has(column)) {
      const holds = hidden.map(
        ({ where }) => `coalesce(${toSql(parseCondition(where(actor)), subject.type, 't', parameters)}, FALSE)`,
      );
      columns.push(`ARRAY[${holds.join(', ')}]::boolean[] AS "${revealingFlag(column)}"`);
    }
  const sets = shownFields(actor, subject, action);
  if (sets.some(({ fields }) => fields)) {
    const shown = sets.map(
      ({ where }) => `coalesce(${toSql(parseCondition(where), subject.type, 't', parameters)}, FALSE)`,
    );
    columns.push(`ARRAY[${shown.join(', ')}]::boolean[] AS "${shownFor(action)}"`);
  }
  if (subject.sharingLimits.length) columns.push(`${heldBySql(actor, subject, parameters)} AS "${APPLICABLE_LIMITS}"`);
  if (subject.contexts.length)
    columns.push(`${contextSql(actor, subject, action, 't', parameters, inPanel)} AS "${READING_CONTEXT}"`);
  return columns.join(', ');
}

/** Returns the SQL expression for a column as the reader sees it, or undefined if the stored value is shown. */
export function shownSql(actor: Actor, subject: Subject, field: string, parameters: Parameters): string | undefined {
  const telling = subject.revealing[field];
  if (!telling) return undefined;
  const { name, type } = columnOf(subject.type, field);
  const instead = telling.hidden.flatMap(({ values, where }) => {
    const holds = toSql(parseCondition(where(actor)), subject.type, 't', parameters);
    return values.map(
      (one) =>
        `WHEN t.${name} = ${parameters.add(one, type)} AND ${holds} THEN ${parameters.add(shownInstead(telling, one), type)}`,
    );
  });
  return `(CASE ${instead.join(' ')} ELSE t.${name} END)`;
}

/** Returns an array expression with one boolean per sharing limit: whether the limit applies to the row. */
function heldBySql(actor: Actor, subject: Subject, parameters: Parameters): string {
  const held = subject.sharingLimits.map((cap) => {
    const where = cap.where(actor);
    return where ? `coalesce(${toSql(parseCondition(where), subject.type, 't', parameters)}, FALSE)` : 'FALSE';
  });
  return `ARRAY[${held.join(', ')}]::boolean[]`;
}

export interface ListQuery {
  /**
   * Conditions of the request on administrative columns, and on other columns restricted to rows in which the reader
   * sees them.
   */
  filter: Where;
  /**
   * Columns other than administrative ones on which the filter depends. Allow rules that do not show these columns do
   * not apply.
   */
  asks?: readonly string[];
  /** Sort column; defaults to that of the subject. */
  orderBy?: string;
  /** Panel in whose context rows without a panel of their own are read; defaults to all panels. */
  inPanel?: string;
  /** Position after which the page starts. */
  after?: { at: string | Parameter; id: string | Parameter };
  /** Properties that will be shown; defaults to all. */
  shows?: ReadonlySet<string>;
  /** Maximum number of rows. */
  limit: number | Parameter;
}

/**
 * Returns the conditions of the applicable rules. If the filter already selects few rows, the result is a single
 * condition.
 */
export function conditionsOf(
  actor: Actor,
  subject: Subject,
  action: string,
  { filter, asks = [] }: ListQuery,
): Condition[] {
  const rules = rulesOf(actor, subject, action);
  const answering = rules.filter(({ fields }) => !fields || asks.every((field) => fields.includes(field)));
  const conditions = answering.map((rule) => rule.condition);
  if (!isNarrow(subject, filter)) return conditions;
  const whole = answering.length === rules.length ? permittedRows(actor, subject, action) : null;
  return [whole ? parseCondition(whole) : new CompoundCondition('or', conditions)];
}

export function listSql(actor: Actor, type: RecordClass, action: string, listing: ListQuery): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const columns = selection(actor, subject, action, parameters, listing);
  const conditions = conditionsOf(actor, subject, action, listing);
  const [only] = conditions;
  if (only && isNarrow(subject, listing.filter))
    return {
      text: `SELECT ${columns} ${pageClauses(actor, subject, listing, null, only, parameters)}`,
      values: parameters.values,
    };
  const walks = conditions.flatMap((condition) => keysetScans(actor, subject, listing, condition, parameters));
  if (!walks.length)
    return { text: `SELECT ${columns} FROM ${tableOf(type)} t WHERE FALSE`, values: parameters.values };
  // DISTINCT ON removes a row found by two scans. Rows are joined by ctid, which is stable within one statement, to
  // avoid a second index lookup.
  return {
    text:
      `WITH page AS MATERIALIZED (SELECT DISTINCT ON (at, id) at, id, place FROM (${walks.join(' UNION ALL ')}) walks ` +
      `ORDER BY at DESC, id DESC LIMIT ${parameters.add(listing.limit, 'integer')}) ` +
      `SELECT ${columns} FROM page JOIN ${tableOf(type)} t ON t.ctid = page.place ` +
      `ORDER BY page.at DESC, page.id DESC`,
    values: parameters.values,
  };
}

/** Returns whether the filter selects by parent. Such a filter selects few rows, so no scan per panel is needed. */
function isNarrow(subject: Subject, filter: Where): boolean {
  return subject.parent !== undefined && relationOf(subject, subject.parent).local in filter;
}

const partsOf = (condition: Condition): Condition[] =>
  condition instanceof CompoundCondition && condition.operator === 'and'
    ? (condition.value as Condition[])
    : [condition];

const without = (parts: Condition[], part: Condition): Condition =>
  new CompoundCondition(
    'and',
    parts.filter((one) => one !== part),
  );

export function keysetScans(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  condition: Condition,
  parameters: Parameters,
): string[] {
  if (isNarrow(subject, listing.filter)) return [keysetScan(actor, subject, listing, null, condition, parameters)];
  const parts = partsOf(condition);
  const sought = parts.find(
    (part): part is FieldCondition =>
      part instanceof FieldCondition &&
      subject.seek.includes(part.field) &&
      (part.operator === 'in' || (part.operator === 'eq' && part.value !== null)),
  );
  if (sought) {
    const column = columnOf(subject.type, sought.field);
    const values = sought.operator === 'in' ? (sought.value as unknown[]) : [sought.value];
    const rest = without(parts, sought);
    return values.map((value) =>
      keysetScan(actor, subject, listing, `t.${column.name} = ${parameters.add(value, column.type)}`, rest, parameters),
    );
  }
  const named = parts.find(
    (part): part is FieldCondition => part instanceof FieldCondition && part.field === 'id' && part.operator === 'in',
  );
  if (named) {
    const from = `SELECT DISTINCT unnest(${parameters.add(named.value, 'uuid[]')}) AS value`;
    return [scanByIdentifiers(actor, subject, listing, from, without(parts, named), parameters)];
  }
  const related = parts.find(
    (part): part is FieldCondition<Condition> =>
      part instanceof FieldCondition && part.operator === 'elemMatch' && isFoundById(relationOf(subject, part.field)),
  );
  if (related) {
    const relation = relationOf(subject, related.field);
    const alias = parameters.alias();
    const foreign = `${alias}.${columnOf(relation.to, relation.foreign).name}`;
    const from = `SELECT DISTINCT ${foreign} AS value FROM ${tableOf(relation.to)} ${alias} WHERE ${toSql(related.value, relation.to, alias, parameters)}`;
    return [scanByIdentifiers(actor, subject, listing, from, without(parts, related), parameters)];
  }
  return [keysetScan(actor, subject, listing, null, condition, parameters)];
}

/** Returns whether the relation refers to the row's id and to no other column. */
const isFoundById = ({ local, also }: Relation): boolean => local === 'id' && !also;

/** Scans rows by identifier (`value` of the inner query), to avoid a scan of all rows. */
function scanByIdentifiers(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  ids: string,
  condition: Condition,
  parameters: Parameters,
): string {
  const inner = keysetScan(actor, subject, listing, 't."id" = seek.value', condition, parameters);
  return `(SELECT walk.at, walk.id, walk.place FROM (${ids}) seek CROSS JOIN LATERAL ${inner} walk ORDER BY at DESC, id DESC)`;
}

/** Returns one keyset scan, reduced to sort value, id and ctid. */
function keysetScan(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  seek: string | null,
  condition: Condition,
  parameters: Parameters,
): string {
  const order = columnOf(subject.type, listing.orderBy ?? subject.orderBy).name;
  const rows = pageClauses(actor, subject, listing, seek, condition, parameters);
  return `(SELECT t.${order} AS at, t."id" AS id, t.ctid AS place ${rows})`;
}

/** Returns the clauses from FROM to LIMIT: one page after the cursor, newest first. */
function pageClauses(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  seek: string | null,
  condition: Condition,
  parameters: Parameters,
): string {
  const order = `t.${columnOf(subject.type, listing.orderBy ?? subject.orderBy).name}`;
  const needed = [
    ...(seek ? [seek] : []),
    toSql(condition, subject.type, 't', parameters),
    toSql(parseCondition(listing.filter), subject.type, 't', parameters, (field) =>
      shownSql(actor, subject, field, parameters),
    ),
    ...(listing.after
      ? [
          `(${order}, t."id") < (${parameters.add(listing.after.at, 'timestamptz')}, ${parameters.add(listing.after.id, 'uuid')})`,
        ]
      : []),
  ].filter((part) => part !== 'TRUE');
  return (
    `FROM ${tableOf(subject.type)} t` +
    `${needed.length ? ` WHERE ${needed.join(' AND ')}` : ''} ` +
    `ORDER BY ${order} DESC, t."id" DESC LIMIT ${parameters.add(listing.limit, 'integer')}`
  );
}
