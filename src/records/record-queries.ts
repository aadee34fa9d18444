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
import type { Subject } from '../authorization/subject.types.js';
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
  const holds = (where: Where): string =>
    `coalesce(${toSql(parseCondition(where), subject.type, 't', parameters)}, FALSE)`;
  const addFlags = (name: string, conditions: (Where | null)[]): void => {
    const flags = conditions.map((where) => (where ? holds(where) : 'FALSE'));
    columns.push(`ARRAY[${flags.join(', ')}]::boolean[] AS "${name}"`);
  };
  columns.push(`t.${columnOf(subject.type, orderBy).name}::text AS "${CURSOR}"`);
  for (const [name, where] of Object.entries(subject.flags)) columns.push(`${holds(where(actor))} AS "${name}"`);
  for (const [column, { hidden }] of Object.entries(subject.revealing))
    if (!shows || shows.has(column))
      addFlags(
        revealingFlag(column),
        hidden.map(({ where }) => where(actor)),
      );
  const sets = shownFields(actor, subject, action);
  if (sets.some(({ fields }) => fields))
    addFlags(
      shownFor(action),
      sets.map(({ where }) => where),
    );
  if (subject.sharingLimits.length)
    addFlags(
      APPLICABLE_LIMITS,
      subject.sharingLimits.map((limit) => limit.where(actor)),
    );
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
    if (!values) return [`WHEN ${holds} THEN ${parameters.add(telling.shownAs, type)}`];
    return values.map(
      (one) =>
        `WHEN t.${name} = ${parameters.add(one, type)} AND ${holds} THEN ${parameters.add(shownInstead(telling, one), type)}`,
    );
  });
  return `(CASE ${instead.join(' ')} ELSE t.${name} END)`;
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

export function listSql(actor: Actor, type: RecordClass, action: string, listing: ListQuery): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const columns = selection(actor, subject, action, parameters, listing);
  const scans = new KeysetScans(actor, subject, listing, parameters);
  const conditions = scans.conditionsOf(action);
  if (!conditions.length)
    return { text: `SELECT ${columns} FROM ${tableOf(type)} t WHERE FALSE`, values: parameters.values };
  if (scans.isNarrow)
    return { text: `SELECT ${columns} ${scans.clauses(null, conditions[0] as Condition)}`, values: parameters.values };
  const walks = conditions.flatMap((condition) => scans.of(condition)).join(' UNION ALL ');
  // DISTINCT ON removes a row found by two scans. Rows are joined by ctid, which is stable within one statement, to
  // avoid a second index lookup.
  return {
    text:
      `WITH page AS MATERIALIZED (SELECT DISTINCT ON (at, id) at, id, place FROM (${walks}) walks ` +
      `ORDER BY at DESC, id DESC LIMIT ${parameters.add(listing.limit, 'integer')}) ` +
      `SELECT ${columns} FROM page JOIN ${tableOf(type)} t ON t.ctid = page.place ` +
      `ORDER BY page.at DESC, page.id DESC`,
    values: parameters.values,
  };
}

/** Scans of one list. Each yields sort value, id and ctid of the rows that meet a condition. */
export class KeysetScans {
  /** Whether the filter selects by parent. Such a filter selects few rows, so no scan per panel is needed. */
  readonly isNarrow: boolean;

  constructor(
    private readonly actor: Actor,
    private readonly subject: Subject,
    private readonly listing: ListQuery,
    private readonly parameters: Parameters,
  ) {
    this.isNarrow = subject.parent !== undefined && relationOf(subject, subject.parent).local in listing.filter;
  }

  /** Returns the conditions of the applicable rules; a single one if the filter already selects few rows. */
  conditionsOf(action: string): Condition[] {
    const { actor, subject } = this;
    const { asks = [] } = this.listing;
    const rules = rulesOf(actor, subject, action);
    const answering = rules.filter(({ fields }) => !fields || asks.every((field) => fields.includes(field)));
    const conditions = answering.map((rule) => rule.condition);
    if (!this.isNarrow) return conditions;
    const whole = answering.length === rules.length ? permittedRows(actor, subject, action) : null;
    return [whole ? parseCondition(whole) : new CompoundCondition('or', conditions)];
  }

  /** Returns the scans for a condition: by a seek column, by identifiers, or of all rows. */
  of(condition: Condition): string[] {
    const parts = partsOf(condition);
    const scans = this.isNarrow ? null : (this.bySeekColumn(parts) ?? this.byIds(parts) ?? this.byRelation(parts));
    return scans ?? [this.scan(null, condition)];
  }

  private bySeekColumn(parts: Condition[]): string[] | null {
    const sought = findField(
      parts,
      ({ field, operator, value }) =>
        this.subject.seek.includes(field) && (operator === 'in' || (operator === 'eq' && value !== null)),
    );
    if (!sought) return null;
    const { name, type } = columnOf(this.subject.type, sought.field);
    const values = sought.operator === 'in' ? (sought.value as unknown[]) : [sought.value];
    return values.map((value) => this.scan(`t.${name} = ${this.parameters.add(value, type)}`, without(parts, sought)));
  }

  private byIds(parts: Condition[]): string[] | null {
    const named = findField(parts, ({ field, operator }) => field === 'id' && operator === 'in');
    if (!named) return null;
    const ids = `SELECT DISTINCT unnest(${this.parameters.add(named.value, 'uuid[]')}) AS value`;
    return [this.scanByIds(ids, without(parts, named))];
  }

  /** Returns the scan by a relation that refers to the row's id and to no other column. */
  private byRelation(parts: Condition[]): string[] | null {
    const related = findField(parts, ({ field, operator }) => {
      if (operator !== 'elemMatch') return false;
      const { local, also } = relationOf(this.subject, field);
      return local === 'id' && !also;
    });
    if (!related) return null;
    const { to, foreign } = relationOf(this.subject, related.field);
    const alias = this.parameters.alias();
    const where = toSql(related.value as Condition, to, alias, this.parameters);
    const ids = `SELECT DISTINCT ${alias}.${columnOf(to, foreign).name} AS value FROM ${tableOf(to)} ${alias} WHERE ${where}`;
    return [this.scanByIds(ids, without(parts, related))];
  }

  /** Scans rows by identifier (`value` of the inner query), to avoid a scan of all rows. */
  private scanByIds(ids: string, condition: Condition): string {
    const inner = this.scan('t."id" = seek.value', condition);
    return `(SELECT walk.at, walk.id, walk.place FROM (${ids}) seek CROSS JOIN LATERAL ${inner} walk ORDER BY at DESC, id DESC)`;
  }

  private scan(seek: string | null, condition: Condition): string {
    return `(SELECT ${this.order} AS at, t."id" AS id, t.ctid AS place ${this.clauses(seek, condition)})`;
  }

  /** Returns the clauses from FROM to LIMIT: one page after the cursor, newest first. */
  clauses(seek: string | null, condition: Condition): string {
    const { actor, subject, listing, parameters, order } = this;
    const { type } = subject;
    const shown = (field: string): string | undefined => shownSql(actor, subject, field, parameters);
    const needed = [
      seek ?? 'TRUE',
      toSql(condition, type, 't', parameters),
      toSql(parseCondition(listing.filter), type, 't', parameters, shown),
      listing.after ? this.isAfter(listing.after) : 'TRUE',
    ].filter((part) => part !== 'TRUE');
    const where = needed.length ? ` WHERE ${needed.join(' AND ')}` : '';
    const limit = parameters.add(listing.limit, 'integer');
    return `FROM ${tableOf(type)} t${where} ORDER BY ${order} DESC, t."id" DESC LIMIT ${limit}`;
  }

  private isAfter({ at, id }: NonNullable<ListQuery['after']>): string {
    const { parameters, order } = this;
    return `(${order}, t."id") < (${parameters.add(at, 'timestamptz')}, ${parameters.add(id, 'uuid')})`;
  }

  private get order(): string {
    return `t.${columnOf(this.subject.type, this.listing.orderBy ?? this.subject.orderBy).name}`;
  }
}

/** Returns the conditions of a conjunction, also of nested ones: a deny rule puts the allow rule inside another. */
const partsOf = (condition: Condition): Condition[] =>
  condition instanceof CompoundCondition && condition.operator === 'and'
    ? (condition.value as Condition[]).flatMap(partsOf)
    : [condition];

const findField = (parts: Condition[], matches: (part: FieldCondition) => boolean): FieldCondition | undefined =>
  parts.find((part): part is FieldCondition => part instanceof FieldCondition && matches(part));

const without = (parts: Condition[], part: Condition): Condition =>
  new CompoundCondition(
    'and',
    parts.filter((one) => one !== part),
  );
