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

export interface FieldDecision extends Weighing {
  shown: boolean;
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

export function decideField(actor: Actor, shape: ViewShape, action: string, row: Row, field: string): FieldDecision {
  const subject = subjectOf(shape.record);
  if (!allowedByGround(actor, subject, action, row)(field))
    return { level: 'none', step: 'relationship', rule: 'shown only to those who see the case', shown: false };
  const column = shape.properties.get(field);
  const weighing = weigh(actor, subject, row, column);
  return { ...weighing, shown: column !== undefined && reaches(weighing.level, column.from) };
}

export function mask(actor: Actor, shape: ViewShape, action: string, row: Row): Masked {
  const decisions = [...shape.properties.keys()].map((field) => ({
    field,
    ...decideField(actor, shape, action, row, field),
  }));
  return {
    shown: decisions.filter((one) => one.shown).map((one) => one.field),
    withheld: decisions.filter((one) => !one.shown).map((one) => one.field),
    agreementVersionIds: [
      ...new Set(decisions.flatMap((one) => (one.agreementVersionId ? [one.agreementVersionId] : []))),
    ],
  };
}
