import { view } from '../records/response-view.js';
import { Escalation } from './escalation.entity.js';

/** Escalation of an action, in the fields that you may see. */
export class EscalationView extends view(
  Escalation,
  'id',
  'version',
  'panelId',
  'steeringPanelId',
  'caseId',
  'actionId',
  'ownerAgencyId',
  'kind',
  'dueOn',
  'sinceOn',
  'status',
  'answer',
  'answerDueOn',
  'answeredAt',
  'answeredById',
  'agencyId',
  'closedOn',
  'updatedAt',
) {}
