/**
 * The policy becomes the `WHERE`. One builder for the single read and for the list, so that they cannot differ: a single
 * read is the list's condition with an identifier.
 *
 * A list seeks: each ground that names panels (or another column with an index) becomes one index walk per panel, newest
 * first, and the walks are merged row by row, so that a page reads about as many rows as it shows. The cost follows from
 * the number of panels and the size of the page, not from the number of records (a filter on one newest-first index
 * collapses for a panel whose records are old).
 */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';
import type { Actor } from '../authentication/actor.js';
import { columnOf, columnsOf, tableOf } from '../database/columns.js';
import { parseCondition, type Parameter, type Where } from '../authorization/conditions.js';
import { READING_CONTEXT, HELD_BY, emergencyRows } from '../authorization/sharing-levels.js';
import { joinSql, Parameters, toSql } from '../authorization/conditions-to-sql.js';
import {
  abilityFor,
  permittedRows,
  relationOf,
  shownFields,
  shownInstead,
  subjectOf,
  type Relation,
  type Subject,
} from '../authorization/subjects.js';
import { type RecordClass } from '../database/record-class.js';
import { isScopeProperty } from './audit-scope.js';

export interface SqlStatement {
  text: string;
  values: unknown[];
}

/** One rule of the policy, as the query needs it. */
interface Rule {
  condition: Condition;
  fields: string[] | undefined;
}

/**
 * Which sets of fields the row shows to whoever may do the action, in the order of `shownFields`; present only where a ground limits the
 * fields of that action.
 */
export const shownFor = (action: string): string => `shown for ${action}`;
/** Which conditions a row meets under which values of the column would tell its reader of a hidden record. */
export const revealingFlag = (column: string): string => `tells ${column}`;
/** The order value of a row, exact to the microsecond, for the cursor. */
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

/** The whole row condition of an action as SQL: `FALSE` where nothing is allowed. */
export function permittedSql(
  actor: Actor,
  subject: Subject,
  action: string,
  alias: string,
  parameters: Parameters,
): string {
  const where = permittedRows(actor, subject, action);
  return where ? toSql(parseCondition(where), subject.type, alias, parameters) : 'FALSE';
}

/** Columns that say where a row stands: masks and the log need them, whatever is shown. */
const isWeighed = ({ panel, case: inCase, owner, contributor }: Subject, property: string): boolean =>
  ['id', 'version', 'partnershipId', 'personId', 'category', panel, inCase, owner].includes(property) ||
  property === contributor?.agency ||
  property === contributor?.type ||
  isScopeProperty(property);

/** The columns under their property names, with what masking needs to know about the row. */
function selection(
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
  if (subject.sharingLimits.length) columns.push(`${heldBySql(actor, subject, parameters)} AS "${HELD_BY}"`);
  if (subject.contexts.length)
    columns.push(`${contextSql(actor, subject, action, 't', parameters, inPanel)} AS "${READING_CONTEXT}"`);
  return columns.join(', ');
}

/** The column as its reader is shown it, where that is not as it is kept. */
function shownSql(actor: Actor, subject: Subject, field: string, parameters: Parameters): string | undefined {
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

/** Which caps hold the row back from the actor. */
function heldBySql(actor: Actor, subject: Subject, parameters: Parameters): string {
  const held = subject.sharingLimits.map((cap) => {
    const where = cap.where(actor);
    return where ? `coalesce(${toSql(parseCondition(where), subject.type, 't', parameters)}, FALSE)` : 'FALSE';
  });
  return `ARRAY[${held.join(', ')}]::boolean[]`;
}

/**
 * Panels through which a row that has none of its own is read: those of the related rows that the actor may read, or of them
 * the one panel that the reader asked for.
 */
export function contextSql(
  actor: Actor,
  subject: Subject,
  action: string,
  alias: string,
  parameters: Parameters,
  inPanel?: string,
): string {
  const asked = subject.ownContext.includes(action) ? action : 'read';
  const related = subject.contexts.map((name) => {
    const relation = relationOf(subject, name);
    const through = subjectOf(relation.to);
    const other = parameters.alias();
    const column = (property: string): string => `${other}.${columnOf(through.type, property).name}`;
    const on = joinSql(relation, subject.type, alias, other);
    const emergency =
      through.case && actor.emergencyCaseIds.length
        ? toSql(parseCondition(emergencyRows(actor, through.case)), through.type, other, parameters)
        : 'FALSE';
    const allowed = permittedSql(actor, through, asked, other, parameters);
    const panel = column(through.panel ?? '');
    const there = inPanel ? ` AND ${panel} = ${parameters.add(inPanel, 'uuid')}` : '';
    const caseId = through.case ? column(through.case) : 'NULL::uuid';
    const referralId = columnsOf(through.type).has('referralId') ? column('referralId') : 'NULL::uuid';
    return `SELECT ${panel} AS panel, ${caseId} AS case_id, ${referralId} AS referral_id, ${emergency} AS emergency FROM ${tableOf(through.type)} ${other} WHERE ${on}${there} AND ${allowed}`;
  });
  return (
    `(SELECT jsonb_build_object('panelIds', coalesce(jsonb_agg(DISTINCT c.panel), '[]'), ` +
    `'inEmergency', coalesce(bool_or(c.emergency), FALSE), 'through', coalesce(jsonb_agg(DISTINCT jsonb_build_object(` +
    `'panelId', c.panel, 'caseId', c.case_id, 'referralId', c.referral_id, 'inEmergency', c.emergency)), '[]')) FROM (${related.join(' UNION ALL ')}) c)`
  );
}

export function findSql(
  actor: Actor,
  type: RecordClass,
  action: string,
  id: string | Parameter,
  lock: boolean,
  inPanel?: string,
): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const byId = `t."id" = ${parameters.add(id, 'uuid')}`;
  const columns = selection(actor, subject, action, parameters, { inPanel });
  const permitted = permittedSql(actor, subject, action, 't', parameters);
  return {
    text: `SELECT ${columns} FROM ${tableOf(type)} t WHERE ${byId} AND ${permitted}${lock ? ' FOR UPDATE OF t' : ''}`,
    values: parameters.values,
  };
}

export interface ListQuery {
  /** Conditions of the request: over administrative columns, and over others where `shown` says that the reader sees them. */
  filter: Where;
  /** The other columns that the filter asks about: a ground that does not show them does not answer for them. */
  asks?: readonly string[];
  /** The column that orders the list, where it is not the subject's own. */
  orderBy?: string;
  /** The one panel in whose context rows without a panel of their own are read. */
  inPanel?: string;
  /** Start after this row. */
  after?: { at: string | Parameter; id: string | Parameter };
  /** The properties that will be shown; all, where nothing is said. */
  shows?: ReadonlySet<string>;
  /** Rows to fetch. */
  limit: number | Parameter;
}

/** What a row must meet by one of the rules that answer; as one condition where the filter leaves few rows to look at. */
function conditionsOf(actor: Actor, subject: Subject, action: string, { filter, asks = [] }: ListQuery): Condition[] {
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
      text: `SELECT ${columns} ${passing(actor, subject, listing, null, only, parameters)}`,
      values: parameters.values,
    };
  const walks = conditions.flatMap((condition) => seekingWalks(actor, subject, listing, condition, parameters));
  if (!walks.length)
    return { text: `SELECT ${columns} FROM ${tableOf(type)} t WHERE FALSE`, values: parameters.values };
  // A row found by two walks comes twice in a row: DISTINCT ON drops it. Within one statement a row stays where it is,
  // so its columns are fetched by its place (ctid) rather than by another descent of an index.
  return {
    text:
      `WITH page AS MATERIALIZED (SELECT DISTINCT ON (at, id) at, id, place FROM (${walks.join(' UNION ALL ')}) walks ` +
      `ORDER BY at DESC, id DESC LIMIT ${parameters.add(listing.limit, 'integer')}) ` +
      `SELECT ${columns} FROM page JOIN ${tableOf(type)} t ON t.ctid = page.place ` +
      `ORDER BY page.at DESC, page.id DESC`,
    values: parameters.values,
  };
}

/** How many permitted rows have which value of a column: at most `limit` rows are counted. */
export function countSql(actor: Actor, type: RecordClass, by: string, listing: ListQuery): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const value = shownSql(actor, subject, by, parameters) ?? `t.${columnOf(type, by).name}`;
  const walks = conditionsOf(actor, subject, 'read', listing).flatMap((condition) =>
    seekingWalks(actor, subject, listing, condition, parameters),
  );
  const places = walks.length ? walks.join(' UNION ALL ') : 'SELECT NULL::tid AS place WHERE FALSE';
  return {
    text: `SELECT ${value} AS value, count(*)::int AS count FROM (SELECT DISTINCT place FROM (${places}) walks) found
      JOIN ${tableOf(type)} t ON t.ctid = found.place GROUP BY 1 ORDER BY 1`,
    values: parameters.values,
  };
}

/** A filter on the parent leaves few rows: no need to seek by panel. */
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

function seekingWalks(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  condition: Condition,
  parameters: Parameters,
): string[] {
  if (isNarrow(subject, listing.filter)) return [walk(actor, subject, listing, null, condition, parameters)];
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
      walk(actor, subject, listing, `t.${column.name} = ${parameters.add(value, column.type)}`, rest, parameters),
    );
  }
  const named = parts.find(
    (part): part is FieldCondition => part instanceof FieldCondition && part.field === 'id' && part.operator === 'in',
  );
  if (named) {
    const from = `SELECT DISTINCT unnest(${parameters.add(named.value, 'uuid[]')}) AS value`;
    return [oneByOne(actor, subject, listing, from, without(parts, named), parameters)];
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
    return [oneByOne(actor, subject, listing, from, without(parts, related), parameters)];
  }
  return [walk(actor, subject, listing, null, condition, parameters)];
}

/** Can rows be found by what refers to their id, and by nothing else of them? */
const isFoundById = ({ local, also }: Relation): boolean => local === 'id' && !also;

/** Rows whose ids are found first (`value`): never a walk past all others. */
function oneByOne(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  ids: string,
  condition: Condition,
  parameters: Parameters,
): string {
  const inner = walk(actor, subject, listing, 't."id" = seek.value', condition, parameters);
  return `(SELECT walk.at, walk.id, walk.place FROM (${ids}) seek CROSS JOIN LATERAL ${inner} walk ORDER BY at DESC, id DESC)`;
}

/** Where the rows are that a list passes. */
function walk(
  actor: Actor,
  subject: Subject,
  listing: ListQuery,
  seek: string | null,
  condition: Condition,
  parameters: Parameters,
): string {
  const order = columnOf(subject.type, listing.orderBy ?? subject.orderBy).name;
  const rows = passing(actor, subject, listing, seek, condition, parameters);
  return `(SELECT t.${order} AS at, t."id" AS id, t.ctid AS place ${rows})`;
}

/** Newest first, from the cursor on, at most a page. */
function passing(
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
