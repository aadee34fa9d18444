import { view } from '../records/response-view.js';
import { Plan } from './plan.entity.js';

/** Plan, in the fields that you may see. */
export class PlanView extends view(
  Plan,
  'id',
  'version',
  'caseId',
  'panelId',
  'agencyId',
  'category',
  'modelCode',
  'title',
  'aims',
  'leadAgencyId',
  'resourceNeed',
  'status',
  'agreedAt',
  'chairReason',
  'startOn',
  'reviewOn',
  'endOn',
  'evaluatedAt',
  'evaluationMethod',
  'methodReason',
  'outcomes',
  'whatWorked',
  'whatIsLeft',
  'displacement',
  'residentView',
  'cost',
  'updatedAt',
) {}
