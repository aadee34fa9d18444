import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../policy/classification.js';
import { view } from '../records/view.js';
import { Action, ActionNote } from './action.entity.js';
import { SMART_LETTERS, type Smart } from './smart.js';

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
  'outcomeText',
  'changedAt',
] as const;

/** An action: its owner sees the task, and of the case only what the case's readers see. */
export class ActionView extends view(Action, ...FIELDS) {
  /** Due before today (in London) and not ended. */
  @Classified('administrative')
  overdue: boolean;
}

/** An action of a plan, with how SMART it is. */
export class PlanActionView extends view(Action, ...FIELDS) {
  /** Due before today (in London) and not ended. */
  @Classified('administrative')
  overdue: boolean;

  /** A point for each letter, and what to look at. */
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
}

/** What was told about an action on its way. */
export class ActionNoteView extends view(
  ActionNote,
  'id',
  'actionId',
  'agencyId',
  'category',
  'status',
  'note',
  'madeAt',
) {}
