/**
 * The second step of the policy for a loaded row: which of a view's fields are shown, which are withheld, and why.
 */
import type { Actor } from '../policy/actor.js';
import { reaches } from '../policy/categories.js';
import type { Row } from '../policy/conditions.js';
import { weigh, type Weighing } from '../policy/levels.js';
import { subjectOf, type Subject } from '../policy/subjects.js';
import { OPENED_BY, rulesOf } from './query.js';
import type { ViewShape } from './view.js';

export interface Masked {
  shown: string[];
  withheld: string[];
  agreementVersionIds: string[];
}

/** The fields that the grounds which opened the row allow: all of them, unless every one of those grounds is limited. */
function allowedByGround(actor: Actor, subject: Subject, action: string, row: Row): (field: string) => boolean {
  const openedBy = row[OPENED_BY] as boolean[] | undefined;
  if (!openedBy) return () => true;
  const opened = rulesOf(actor, subject, action).filter((_, index) => openedBy[index]);
  if (opened.some((rule) => !rule.fields)) return () => true;
  const fields = new Set(opened.flatMap((rule) => rule.fields ?? []));
  return (field) => fields.has(field);
}

export function mask(actor: Actor, shape: ViewShape, action: string, row: Row): Masked {
  const subject = subjectOf(shape.record);
  const isAllowed = allowedByGround(actor, subject, action, row);
  const masked: Masked = { shown: [], withheld: [], agreementVersionIds: [] };
  /** A level is that of a category: fields of the same category are weighed once. */
  const weighed = new Map<string, Weighing>();
  for (const [field, column] of shape.properties) {
    const category = typeof column.category === 'string' ? column.category : (row[column.category.column] as string);
    if (!isAllowed(field)) masked.withheld.push(field);
    else if (category === 'administrative') masked.shown.push(field);
    else {
      let weighing = weighed.get(category);
      if (!weighing) weighed.set(category, (weighing = weigh(actor, subject, row, column)));
      (reaches(weighing.level, column.from) ? masked.shown : masked.withheld).push(field);
    }
  }
  for (const { agreementVersionId } of weighed.values())
    if (agreementVersionId && !masked.agreementVersionIds.includes(agreementVersionId))
      masked.agreementVersionIds.push(agreementVersionId);
  return masked;
}
