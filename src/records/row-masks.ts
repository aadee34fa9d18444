/**
 * Masking of loaded rows, the second step of the policy after the row conditions. The field mask says which fields are
 * shown. Values that would reveal a hidden record are replaced by substitutes, and references to records that the reader
 * may not know are withheld or replaced by null. Every response, log entry and disclosure uses these masks.
 */
import { withoutScopes, permissionsOf } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import { Parameter, type Row, parseCondition } from '../authorization/conditions.js';
import {
  READING_CONTEXT,
  type ReadingContext,
  isAtLeast,
  ruleText,
  evaluateSharing,
  ruleOfSharing,
  type SharingEvaluation,
} from '../authorization/sharing-levels.js';
import { subjectOf, shownFields, type Subject, shownInstead, notDenied } from '../authorization/subjects.js';
import { type RecordClass, columnOf, tableOf } from '../database/columns.js';
import type { DatabaseSession } from './database-session.js';
import { shapeOf, type ViewClass, type ViewShape } from './response-view.js';
import { bind, templateFor } from './statement-template.js';
import type { ColumnClass, Reference } from '../authorization/classification.js';
import { OTHER_FIELDS } from '../authorization/explanation.js';
import { shownFor, revealingFlag, permittedSql, type SqlStatement } from './record-queries.js';
import { Parameters, toSql } from '../authorization/conditions-to-sql.js';

export interface MaskedRows {
  rows: Row[];
  masks: FieldMask[];
}

export class RowMasks {
  constructor(
    private readonly actor: Actor,
    private readonly session: DatabaseSession,
  ) {}

  /** Returns rows and masks, without references that the reader may not know. */
  async mask(
    view: ViewClass | ViewShape,
    action: string,
    rows: readonly Row[],
    reader: Actor = this.actor,
  ): Promise<MaskedRows> {
    const shape = 'properties' in view ? view : shapeOf(view);
    const masks = rows.map((row) => fieldMask(reader, shape, action, row));
    return withoutHiddenReferences(
      shape,
      rows.map((row) => withSubstitutes(subjectOf(shape.record), row)),
      masks,
      (type, actions, ids) => this.known(type, actions, ids),
    );
  }

  /** Returns one mask per context panel. The reader may have read the row in the context of a single panel. */
  perPanel(view: ViewClass, action: string, row: Row): FieldMask[] {
    const context = row[READING_CONTEXT] as ReadingContext | undefined;
    return (context?.panelIds ?? []).map((panelId) =>
      fieldMask(this.actor, shapeOf(view), action, { ...row, [READING_CONTEXT]: { ...context, panelIds: [panelId] } }),
    );
  }

  /** Returns what the reader may know of referenced records. Scopes of a client are ignored. */
  async known(
    type: RecordClass,
    actions: readonly string[],
    ids: string[],
    reader: Actor = withoutScopes(this.actor),
  ): Promise<KnownRecords> {
    if (!ids.length) return new Map();
    const template = templateFor(reader, `known ${actions.join()} ${subjectOf(type).name}`, () =>
      knownRecordsSql(reader, type, actions, new Parameter(0)),
    );
    const found = await this.session.query(bind(template, [ids], this.actor.now));
    return new Map(found.map((row) => [row['id'] as string, row['readable'] as boolean]));
  }
}

export interface FieldMask {
  shown: string[];
  withheld: string[];
  /** Shown fields with content of the record, sorted; administrative fields are not included. */
  content: string[];
  agreementVersionIds: string[];
}

/** Maximum number of cached masks for one reader and one view. */
const MOST_KINDS = 500;

const fieldsOf = (actor: Actor, subject: Subject, action: string): (readonly string[] | undefined)[] =>
  permissionsOf(actor).memoize(`fields ${action} ${subject.name}`, () =>
    shownFields(actor, subject, action).map(({ fields }) => fields),
  );

/** Returns whether the row was loaded for another action and therefore lacks the data to mask it for this one. */
export const isReadForAnother = (actor: Actor, subject: Subject, action: string, row: Row): boolean =>
  row[shownFor(action)] === undefined && fieldsOf(actor, subject, action).some((fields) => fields);

/** Marks a row that its reader may not read: its creator is shown all fields, others only identifier and version. */
export const withFieldsOf = (who: 'whoever made it' | 'nobody', action: string, row: Row): Row => ({
  ...row,
  [shownFor(action)]: who === 'nobody' ? [] : null,
});

/**
 * Returns a predicate for fields allowed by the allow rules that permit the row. All fields are allowed unless each of
 * these rules limits the fields.
 */
function allowedByGround(actor: Actor, subject: Subject, action: string, row: Row): (field: string) => boolean {
  if (isReadForAnother(actor, subject, action, row))
    throw new Error(`${subject.name} was not found by whoever may ${action} it: which fields are shown is not known`);
  const isShown = row[shownFor(action)] as boolean[] | null | undefined;
  if (!isShown) return () => true;
  const sets = fieldsOf(actor, subject, action).filter((_, index) => isShown[index]);
  if (sets.some((fields) => !fields)) return () => true;
  const fields = new Set(['id', 'version', ...sets.flatMap((one) => one ?? [])]);
  return (field) => fields.has(field);
}

export function fieldMask(actor: Actor, shape: ViewShape, action: string, row: Row): FieldMask {
  const subject = subjectOf(shape.record);
  const by = ruleOfSharing(actor, subject, row);
  if (by === null) return masked(actor, shape, action, row);
  const kinds = permissionsOf(actor).memoize(`masks ${shape.name}`, () => new Map<string, FieldMask>());
  const categories = shape.rowCategories.map((column) => row[column]);
  // null (all fields), an empty array (none) and undefined (unknown) must give different keys
  const kind = [action, by, JSON.stringify(row[shownFor(action)]), ...categories].join(' ');
  let known = kinds.get(kind);
  if (!known) {
    if (kinds.size > MOST_KINDS) kinds.clear();
    kinds.set(kind, (known = masked(actor, shape, action, row)));
  }
  return known;
}

function masked(actor: Actor, shape: ViewShape, action: string, row: Row): FieldMask {
  const subject = subjectOf(shape.record);
  const isAllowed = allowedByGround(actor, subject, action, row);
  const found: FieldMask = { shown: [], withheld: [], content: [], agreementVersionIds: [] };
  /**
   * Sharing evaluations by category, because the sharing level is the same for all fields of one category and
   * contributor.
   */
  const weighed = new Map<string, SharingEvaluation>();
  for (const [field, column] of shape.properties) {
    const category = categoryOf(column, row);
    if (!isAllowed(field)) found.withheld.push(field);
    else if (category === 'administrative') found.shown.push(field);
    else {
      const alike = column.isOfPanel ? `${category} of the panel` : category;
      let weighing = weighed.get(alike);
      if (!weighing) weighed.set(alike, (weighing = evaluateSharing(actor, subject, row, column)));
      const isShown = isAtLeast(weighing.level, column.from);
      (isShown ? found.shown : found.withheld).push(field);
      if (isShown) found.content.push(field);
    }
  }
  found.content.sort();
  for (const { agreementVersionId } of weighed.values())
    if (agreementVersionId && !found.agreementVersionIds.includes(agreementVersionId))
      found.agreementVersionIds.push(agreementVersionId);
  for (const list of Object.values(found) as string[][]) Object.freeze(list);
  return found;
}

/** Returns the data category of a field in this row. */
export const categoryOf = ({ category }: ColumnClass, row: Row): string =>
  typeof category === 'string' ? category : (row[category.column] as string);

/** Withheld field and the rule that withholds it, worded as in an explanation. */
export interface WithheldField {
  field: string;
  category: string;
  step: SharingEvaluation['step'];
  rule: string;
}

/**
 * Lists the withheld fields of the view with the reasons. The result does not depend on whether the fields have a
 * value.
 */
export function withheldFieldsOf(actor: Actor, shape: ViewShape, action: string, row: Row): WithheldField[] {
  const subject = subjectOf(shape.record);
  const isAllowed = allowedByGround(actor, subject, action, row);
  return fieldMask(actor, shape, action, row).withheld.map((field) => {
    const column = shape.properties.get(field) as ColumnClass;
    const category = categoryOf(column, row);
    if (!isAllowed(field)) return { field, category, step: 'relationship', rule: OTHER_FIELDS };
    const weighing = evaluateSharing(actor, subject, row, column);
    return { field, category, step: weighing.step, rule: ruleText(weighing) };
  });
}

/** Returns rows with substitute values where the stored ones would reveal a hidden record to their reader. */
export const asShown = <T extends object>(type: RecordClass, rows: readonly T[]): T[] =>
  rows.map((row) => withSubstitutes(subjectOf(type), row as Row) as T);

/** Returns present or past values of the row, with substitutes for those that would reveal a hidden record. */
export function withSubstitutes(subject: Subject, row: Row, values: Row = row): Row {
  const instead = Object.entries(subject.revealing).filter(([column]) => reveals(subject, row, column, values[column]));
  return instead.length
    ? { ...values, ...Object.fromEntries(instead.map(([column, one]) => [column, shownInstead(one, values[column])])) }
    : values;
}

/** Returns whether the value of the column would reveal a hidden record to the reader of the row. */
export function reveals({ revealing }: Subject, row: Row, column: string, value: unknown): boolean {
  const flags = row[revealingFlag(column)] as boolean[] | undefined;
  return (
    revealing[column]?.hidden.some(
      ({ values }, index) => flags?.[index] === true && values.some((one) => one === value),
    ) ?? false
  );
}

/** Removes changes that write the substitute value shown to the actor. */
export function omitSubstitutedValues<T extends object>(subject: Subject, row: Row, changes: T): T {
  const isSubstitute = ([column, value]: [string, unknown]): boolean => {
    const one = subject.revealing[column];
    return one !== undefined && reveals(subject, row, column, row[column]) && value === shownInstead(one, row[column]);
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isSubstitute(change))) as T;
}

/** Readability of records by identifier. Records hidden from the reader are missing from the map. */
export type KnownRecords = ReadonlyMap<string, boolean>;

/** Looks up which records of one type the reader may know. */
export type FindKnownRecords = (type: RecordClass, actions: readonly string[], ids: string[]) => Promise<KnownRecords>;

/** Returns copies of rows and masks without the references that the reader may not know. */
export async function withoutHiddenReferences(
  shape: ViewShape,
  rows: readonly Row[],
  masks: readonly FieldMask[],
  find: FindKnownRecords,
): Promise<{ rows: Row[]; masks: FieldMask[] }> {
  const changed = { rows: [...rows], masks: [...masks] };
  for (const [field, reference] of shape.references) {
    const known = await knownOf(field, reference, changed.rows, changed.masks, find);
    if (!known) continue;
    for (const [index, row] of changed.rows.entries()) {
      const masked = changed.masks[index] as FieldMask;
      const id = row[field] as string | null;
      if (id === null || !masked.shown.includes(field) || known.get(id) || !reference.to(row)) continue;
      if (known.has(id)) changed.masks[index] = withholding(masked, field);
      else changed.rows[index] = { ...row, [field]: null };
    }
  }
  return changed;
}

async function knownOf(
  field: string,
  { to, actions }: Reference,
  rows: readonly Row[],
  masks: readonly FieldMask[],
  find: FindKnownRecords,
): Promise<KnownRecords | null> {
  const ids = new Map<RecordClass, Set<string>>();
  for (const [index, row] of rows.entries()) {
    const id = row[field] as string | null | undefined;
    const type = id && masks[index]?.shown.includes(field) ? to(row) : null;
    if (id && type) ids.set(type, (ids.get(type) ?? new Set()).add(id));
  }
  if (!ids.size) return null;
  const found = await Promise.all([...ids].map(([type, some]) => find(type, actions, [...some])));
  return new Map(found.flatMap((known) => [...known]));
}

function withholding(masked: FieldMask, field: string): FieldMask {
  const without = (list: string[]): string[] => list.filter((one) => one !== field);
  return {
    ...masked,
    shown: without(masked.shown),
    content: without(masked.content),
    withheld: [...masked.withheld, field],
  };
}

/**
 * Selects the records among `ids` whose existence is not hidden from the reader. `readable` is true if one of the
 * actions is permitted.
 */
export function knownRecordsSql(
  actor: Actor,
  type: RecordClass,
  actions: readonly string[],
  ids: Parameter,
): SqlStatement {
  const subject = subjectOf(type);
  const parameters = new Parameters();
  const byId = `t."id" = ANY (${parameters.add(ids, 'uuid[]')})`;
  const allowed = actions.map((action) => permittedSql(actor, subject, action, 't', parameters));
  const notHidden = toSql(parseCondition(notDenied(actor, subject)), type, 't', parameters);
  const id = columnOf(type, 'id').name;
  return {
    text: `SELECT t.${id} AS "id", coalesce(${allowed.join(' OR ')}, FALSE) AS "readable" FROM ${tableOf(type)} t WHERE ${byId} AND ${notHidden}`,
    values: parameters.values,
  };
}
