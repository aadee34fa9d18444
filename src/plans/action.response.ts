import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { Action, ActionNote } from './action.entity.js';
import { isOverdue } from './overdue.js';
import { smart, SMART_LETTERS, type Smart, type SmartInput } from './smart.js';

const FIELDS = [
  'id',
  'version',
  'caseId',
  'panelId',
  'planId',
  'agencyId',
  'category',
  'ownerAgencyId',
  'ownerPractitionerId',
  'description',
  'measure',
  'evidenceOfCompletion',
  'relatesTo',
  'status',
  'dueOn',
  'originalDueOn',
  'endedOn',
  'outcomeText',
  'updatedAt',
] as const;

const overdue = (shown: Row, now: Date): Row => ({ overdue: isOverdue(shown as Row & Action, now) });

/** Action. Its owner sees the task without fields of the case. */
export class ActionView extends view(Action, ...FIELDS) {
  /** Whether the action was due before today (in London) and has not ended. */
  @Classified('administrative')
  overdue: boolean;

  static derive = overdue;
}

/** Action of a plan, with its SMART score. */
export class PlanActionView extends view(Action, ...FIELDS) {
  /** Whether the action was due before today (in London) and has not ended. */
  @Classified('administrative')
  overdue: boolean;

  /** SMART score, with one point for each letter, and warnings. Null if a field it depends on is withheld. */
  @ApiProperty({
    type: 'object',
    required: ['score', 'warnings'],
    properties: {
      score: { type: 'integer', minimum: 0, maximum: 5 },
      warnings: {
        type: 'array',
        maxItems: 6,
        items: {
          type: 'object',
          required: ['letter', 'missed', 'detail'],
          properties: {
            letter: { type: 'string', enum: [...SMART_LETTERS] },
            missed: { type: 'boolean', description: 'The letter does not count.' },
            detail: { type: 'string', maxLength: 200 },
          },
        },
      },
    },
  })
  @Classified('plan_action')
  smart: Smart;

  static derive = (shown: Row, now: Date, { endOn }: Row): Row => ({
    ...overdue(shown, now),
    smart: 'smart' in shown ? smart(shown as Row & SmartInput, endOn as string) : null,
  });
}

/** Note on the progress of an action. */
export class ActionNoteView extends view(
  ActionNote,
  'id',
  'actionId',
  'agencyId',
  'category',
  'status',
  'note',
  'createdAt',
) {}
