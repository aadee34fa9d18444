/** Field mask of a row: which fields of a view its reader is shown, by allow rules and sharing levels. */
import { permissionsOf } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { isAtLeast, evaluateSharing, ruleOfSharing, type SharingEvaluation } from '../authorization/sharing-levels.js';
import { subjectOf } from '../authorization/subjects.js';
import type { ViewShape } from './response-view.js';
import type { ColumnClass } from '../authorization/classification.js';
import { shownFor } from './record-queries.js';
import type { Subject } from '../authorization/subject.types.js';
import { shownFields } from '../authorization/applicable-rules.js';

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
export function allowedByGround(actor: Actor, subject: Subject, action: string, row: Row): (field: string) => boolean {
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

export function masked(actor: Actor, shape: ViewShape, action: string, row: Row): FieldMask {
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
