/**
 * Policy of escalations. They are visible to people who may know the case of the action, to the agency that owns the
 * action, with its task, and to the steering group, without case and action. A conflict or a compartment hides the
 * case, and the escalation with it.
 */
import { hiddenWithCase } from '../cases/cases.policy.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { concernedAtAgency, coordinatedPanels, corePanels } from '../panels/panels.policy.js';
import { Action } from '../plans/action.entity.js';
import { namedOwner } from '../plans/plans.policy.js';
import { Escalation } from './escalation.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

const WITHOUT_CASE_AND_PANEL = [
  'id',
  'version',
  'steeringPanelId',
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
];

policy.declareSubject(Escalation, 'Escalation', {
  relations: { action: { to: Action, local: 'actionId', foreign: 'id' } },
  parent: 'action',
  seek: ['steeringPanelId', 'ownerAgencyId', 'panelId'],
  // answers are shared by the agreement of the steering group, not of the panel
  panel: 'steeringPanelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  owner: 'ownerAgencyId',
  // the rules of owner and steering group do not depend on access to the case
  denyRules: [...hiddenWithCase('caseId'), recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'action-reader',
      sentence: 'who may know of the action and in which case it stands',
      actions: ['read'],
      within: 'locate',
      where: () => ({}),
    },
    {
      name: 'owner',
      sentence:
        'who carries the action for the agency that owns it: named as its owner by somebody else, with a seat on the panel, or as safeguarding lead',
      actions: ['read'],
      where: (actor) => ({
        ownerAgencyId: actor.agencyId,
        ...concernedAtAgency(actor, 'panelId', { action: { $elemMatch: namedOwner(actor) } }),
      }),
      fields: [...WITHOUT_CASE_AND_PANEL, 'actionId'],
    },
    {
      name: 'steering-group',
      sentence: 'who is a core member of the steering group',
      actions: ['read'],
      where: (actor) => ({ steeringPanelId: { $in: corePanels(actor) } }),
      fields: [...WITHOUT_CASE_AND_PANEL, 'panelId'],
    },
    {
      name: 'steering-coordination',
      sentence: 'who chairs or coordinates the steering group',
      actions: ['answer', 'close'],
      where: (actor) => ({ steeringPanelId: { $in: coordinatedPanels(actor) } }),
    },
  ],
});

policy.declareWording(Escalation, 'Planning and acting', 'escalation of an action', {
  answer: 'answer it for the steering group',
  close: 'close it for the steering group',
});
