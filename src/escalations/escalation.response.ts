import { view } from '../records/response-view.js';
import { Escalation } from './escalation.entity.js';

/** An action before the steering group, as far as you may see it. */
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
