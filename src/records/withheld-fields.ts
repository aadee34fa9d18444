/** Withheld fields of a row with the reasons, for packs. */
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { ruleText, evaluateSharing, type SharingEvaluation } from '../authorization/sharing-levels.js';
import { subjectOf } from '../authorization/subjects.js';
import type { ViewShape } from './response-view.js';
import type { ColumnClass } from '../authorization/classification.js';
import { OTHER_FIELDS } from '../authorization/explanation.js';
import { allowedByGround, fieldMask, categoryOf } from './field-mask.js';

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
