/**
 * Policy of plans and actions. Readers of the case see them as the agreement shares `plan_action`. The owner of an
 * action sees the task without the case, in separate fields. A conflict or a compartment hides the case, and the task
 * with it.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { sharedAtLeast } from '../authorization/sharing-conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { chairedPanels, concernedAtAgency, corePanels } from '../panels/panels.policy.js';
import { Case } from '../cases/case.entity.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { Action, ActionNote, OPEN_STATUSES } from './action.entity.js';
import { Plan } from './plan.entity.js';
import { denyConditions, permittedRows } from '../authorization/applicable-rules.js';

export const policy = new Policy();

const WITHIN_CASE = {
  parent: 'case',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
};

const CASE_RELATION = { case: { to: Case, local: 'caseId', foreign: 'id' } };

/** Condition for records of the reader's agency, or shared with it at least at the level `existence`. */
export const ownOrShared = (actor: Actor): Where => ({
  $or: [{ agencyId: actor.agencyId }, sharedAtLeast(actor, 'existence')],
});

/** Condition for records of the reader's agency, or shared with it in full. For commands that depend on the content. */
const ownOrSharedInFull = (actor: Actor): Where => ({
  $or: [{ agencyId: actor.agencyId }, sharedAtLeast(actor, 'full')],
});

/**
 * Condition for actions that name the actor as owner, if somebody else named the actor. Otherwise people who lose their
 * seat could keep access to an action by naming themselves.
 */
export const namedOwner = (actor: Actor): Where => ({
  ownerPractitionerId: actor.id,
  ownerNamedById: { $nin: actor.registrationIds },
});

/**
 * Condition for actions of the actor's agency that the actor carries out: as named owner, panel member or safeguarding
 * lead.
 */
const carriedActions = (actor: Actor): Where => ({
  ownerAgencyId: actor.agencyId,
  ...concernedAtAgency(actor, 'panelId', namedOwner(actor)),
});

/** Condition for actions for which the actor represents the owning agency: as panel member or safeguarding lead. */
const representedActions = (actor: Actor): Where => ({ ownerAgencyId: actor.agencyId, ...concernedAtAgency(actor) });
const knownActions = (actor: Actor): Where => ({ $or: [carriedActions(actor), ownOrShared(actor)] });

/**
 * Condition for actions that readers of the case may know of. A guest reads only actions taken on in the item of the
 * invitation.
 */
function ofReadableItems(actor: Actor): Where {
  if (!actor.invitations.length) return {};
  const otherwise = permittedRows(withoutScopes(actor), subjectOf(Case), 'hear');
  return {
    $or: [
      { listingId: null },
      { listingId: { $in: actor.invitations.map(({ listingId }) => listingId) } },
      ...(otherwise ? [{ case: { $elemMatch: otherwise } }] : []),
    ],
  };
}

policy.declareSubject(Plan, 'Plan', {
  ...WITHIN_CASE,
  relations: { ...CASE_RELATION },
  allowRules: [
    {
      name: 'shared',
      sentence: 'whose agency wrote it or may know of it, and who may read the case',
      actions: ['read'],
      within: 'read',
      where: ownOrShared,
    },
    {
      name: 'author',
      sentence: 'whose agency wrote it, and who may plan for the case',
      actions: ['change'],
      within: 'plan',
      where: (actor) => ({ agencyId: actor.agencyId }),
    },
    {
      name: 'planner',
      sentence: 'whose agency wrote it or may know of it, and who may plan for the case',
      actions: ['add-action', 'start'],
      within: 'plan',
      where: ownOrShared,
    },
    {
      name: 'lead-agency',
      sentence: 'whose agency leads it and may know of it, and who may plan for the case',
      actions: ['close'],
      within: 'plan',
      where: (actor) => ({ $and: [{ leadAgencyId: actor.agencyId }, ownOrShared(actor)] }),
    },
    {
      name: 'lead-agency-in-full',
      sentence: 'whose agency leads it and wrote it or receives it in full, and who may plan for the case',
      actions: ['evaluate'],
      within: 'plan',
      where: (actor) => ({ $and: [{ leadAgencyId: actor.agencyId }, ownOrSharedInFull(actor)] }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['change', 'agree', 'close'],
      within: 'change',
      where: ownOrShared,
    },
    {
      name: 'coordination-in-full',
      sentence: 'who chairs or coordinates the panel, and whose agency wrote it or receives it in full',
      actions: ['evaluate'],
      within: 'change',
      where: ownOrSharedInFull,
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel',
      actions: ['agree-nonetheless'],
      within: 'change',
      where: (actor) => ({ $and: [{ panelId: { $in: chairedPanels(actor) } }, ownOrShared(actor)] }),
    },
  ],
});

policy.declareSubject(Action, 'Action', {
  ...WITHIN_CASE,
  relations: { ...CASE_RELATION },
  owner: 'ownerAgencyId',
  seek: ['panelId', 'ownerAgencyId'],
  // the rule of the owner does not depend on access to the case
  denyRules: [...hiddenWithCase('caseId'), recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'shared',
      sentence:
        'whose agency wrote it or may know of it, or who carries it for the agency, and who may read the case; a guest knows of no action that was taken on in another item',
      // filtering actions by panel asks about the case, which an owner without access to the case may not do
      actions: ['read', 'locate'],
      within: 'read',
      where: (actor) => ({ $and: [knownActions(actor), ofReadableItems(actor)] }),
    },
    {
      name: 'owner-in-the-case',
      sentence: 'who carries it for the agency that owns it, and who may contribute to the case',
      actions: ['accept', 'progress', 'complete'],
      within: 'contribute',
      where: carriedActions,
    },
    {
      name: 'owner',
      sentence:
        'who carries it for the agency that owns it: named as its owner by somebody else, with a seat on the panel, or as safeguarding lead',
      actions: ['read', 'accept', 'progress', 'complete'],
      where: carriedActions,
      fields: [
        'id',
        'version',
        'description',
        'measure',
        'evidenceOfCompletion',
        'dueOn',
        'originalDueOn',
        'endedOn',
        'status',
        'overdue',
        'ownerAgencyId',
        'ownerPractitionerId',
        'outcomeText',
        'updatedAt',
      ],
    },
    {
      name: 'owning-agency',
      sentence: 'who speaks for the agency that owns it: with a seat on the panel, or as safeguarding lead',
      actions: ['name-owner'],
      where: representedActions,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['change', 'complete', 'cancel'],
      within: 'change',
      where: knownActions,
    },
    {
      name: 'somebody-else',
      sentence:
        'who is a core member of the panel, for an agency that does not own it, who did not report it done, and who may contribute to the case',
      actions: ['verify'],
      within: 'contribute',
      where: (actor) => ({
        $and: [
          { panelId: { $in: corePanels(actor) } },
          { ownerAgencyId: { $ne: actor.agencyId }, completedById: { $nin: actor.registrationIds } },
          ownOrShared(actor),
        ],
      }),
    },
  ],
});

policy.declareSubject(ActionNote, 'ActionNote', {
  ...WITHIN_CASE,
  parent: 'action',
  relations: { action: { to: Action, local: 'actionId', foreign: 'id' } },
  allowRules: [
    {
      name: 'shared',
      sentence: 'whose agency wrote it or may know of it, and who may know of the action and in which case it stands',
      actions: ['read'],
      within: 'locate',
      where: ownOrShared,
    },
    {
      name: 'owner',
      sentence: 'whose agency wrote it, and who may read the action without the case',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ agencyId: actor.agencyId }),
      // fields that reveal nothing of the case to an owner who knows only the task
      fields: ['id', 'version', 'actionId', 'agencyId', 'status', 'note', 'createdAt', 'updatedAt'],
    },
  ],
});

policy.extendSubject(Case, {
  relations: { actions: { to: Action, local: 'id', foreign: 'caseId' } },
  allowRules: [
    {
      name: 'action-owner',
      sentence: 'who carries an open action in the case for the agency that owns it',
      actions: ['track'],
      where: (actor) => ({
        actions: {
          $elemMatch: {
            $and: [
              { ...carriedActions(actor), status: { $in: [...OPEN_STATUSES] } },
              ...denyConditions(actor, subjectOf(Action)),
            ],
          },
        },
      }),
    },
  ],
});

policy.declareWording(Plan, 'Planning and acting', 'plan', {
  'add-action': 'propose an action in it',
  agree: 'agree it',
  'agree-nonetheless': 'agree it although an action is not specific enough',
  start: 'begin to carry it out',
  evaluate: 'say what came of it',
  close: 'close it',
});
policy.declareWording(Action, 'Planning and acting', 'action', {
  locate: 'know in which case it stands',
  accept: 'accept it',
  'name-owner': 'name the person in the agency who does it',
  progress: 'report progress on it',
  complete: 'report it done',
  cancel: 'cancel it',
  verify: 'verify that it was done',
});
policy.declareWording(ActionNote, 'Planning and acting', 'progress note');
