/**
 * The second step of the policy for a loaded row: which of a view's fields are shown, which are withheld, and why.
 */
import type { Actor } from '../authentication/actor.js';
import { isAtLeast } from '../authorization/data-categories.js';
import type { ColumnClass } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { OTHER_FIELDS } from '../authorization/explanation.js';
import { ruleText, evaluateSharing, ruleOfSharing, type SharingEvaluation } from '../authorization/sharing-levels.js';
import { memoizeFor } from '../authorization/actor-permissions.js';
import { shownFields, subjectOf, type Subject } from '../authorization/subjects.js';
import { shownFor } from './record-queries.js';
import type { ViewShape } from './response-view.js';

export interface FieldMask {
  shown: string[];
  withheld: string[];
  /** What is shown of the record's content, in order: all but what is about the process. */
  content: string[];
  agreementVersionIds: string[];
}

/** Kinds of row that one reader meets in one view. */
const MOST_KINDS = 500;

const fieldsOf = (actor: Actor, subject: Subject, action: string): (readonly string[] | undefined)[] =>
  memoizeFor(actor, `fields ${action} ${subject.name}`, () =>
    shownFields(actor, subject, action).map(({ fields }) => fields),
  );

/** Was the row found for something else, so that it does not say which of its fields the actor is shown for this action? */
export const isReadForAnother = (actor: Actor, subject: Subject, action: string, row: Row): boolean =>
  row[shownFor(action)] === undefined && fieldsOf(actor, subject, action).some((fields) => fields);

/** A row that its reader may not read: all fields to whoever made it, to others its identifier and version. */
export const withFieldsOf = (who: 'whoever made it' | 'nobody', action: string, row: Row): Row => ({
  ...row,
  [shownFor(action)]: who === 'nobody' ? [] : null,
});

/** The fields that the grounds which opened the row allow: all of them, unless every one of those grounds is limited. */
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
  const kinds = memoizeFor(actor, `masks ${shape.name}`, () => new Map<string, FieldMask>());
  const categories = shape.rowCategories.map((column) => row[column]);
  // all fields, none, and a row that does not say which are three kinds
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
  /** A level is that of a category, and of who contributed it: such fields are weighed once. */
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

/** The category of a field of this row. */
export const categoryOf = ({ category }: ColumnClass, row: Row): string =>
  typeof category === 'string' ? category : (row[category.column] as string);

/** A field that is kept back, and the rule that keeps it: that of an explanation. */
export interface WithheldField {
  field: string;
  category: string;
  step: SharingEvaluation['step'];
  rule: string;
}

/** Which of the view's fields are kept back and why; whether they hold a value makes no difference. */
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
