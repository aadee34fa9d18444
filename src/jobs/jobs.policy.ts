/**
 * Rules for notices and job runs. People of the receiving agency who are concerned with the matter read a notice, and so
 * does the coordination of the panel; a conflict or a compartment hides it with its case. Administrators and data
 * protection officers read job runs, the officers alone how many notices a run created, as a number reveals hidden matters.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { Disclosure } from '../disclosures/disclosure.entity.js';
import { concernedAtAgency, coordinatedPanels, corePanels, seatedPanels } from '../panels/panels.policy.js';
import { Action } from '../plans/action.entity.js';
import { namedOwner, ownOrShared } from '../plans/plans.policy.js';
import { Referral } from '../referrals/referral.entity.js';
import { hiddenWithReferral } from '../referrals/referrals.policy.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { JobRun } from './job-run.entity.js';
import {
  Notice,
  TO_APPOINTERS,
  TO_BIDDERS,
  TO_COMPARTMENT,
  TO_COORDINATION,
  TO_OWNERS,
  TO_REFERRERS,
  TO_STEERING_GROUP,
  TO_RECIPIENT_NOTIFIERS,
  type NoticeKind,
} from './notice.entity.js';
import type { DenyRule } from '../authorization/subject.types.js';
import { permittedRows } from '../authorization/applicable-rules.js';

export const policy = new Policy();

const sentTo = (actor: Actor, kinds: NoticeKind[]): Where => ({ agencyId: actor.agencyId, kind: { $in: kinds } });

/** Notices to the actor's agency about a task that the actor carries: named by somebody else, seated on the panel, or safeguarding lead. */
const aboutOwnTask = (actor: Actor): Where => ({
  $and: [sentTo(actor, TO_OWNERS), concernedAtAgency(actor, 'panelId', { action: { $elemMatch: namedOwner(actor) } })],
});

/** Notices to the actor's agency about its bids: for members of the plan's panel, and safeguarding leads. */
const aboutOwnBid = (actor: Actor): Where => ({
  $and: [sentTo(actor, TO_BIDDERS), concernedAtAgency(actor, 'planPanelId')],
});

const ofPanel = (actor: Actor, kinds: NoticeKind[]): Where => ({
  panelId: { $in: coordinatedPanels(actor) },
  kind: { $in: kinds },
});

/** Kinds of notice that end when their referral changes, with the state in which they apply. */
const ENDING_NOTICES: [NoticeKind, Where][] = [
  // the agency would otherwise refer the matter again after the case was reopened
  ['referral_in_error', { caseInError: true }],
  ['referral_returned', { status: 'returned' }],
];

/** Notices about actions are limited to people who may know of the action. */
const known = (actor: Actor): Where => ({
  $or: [
    { subjectType: { $ne: 'Action' } },
    { action: { $elemMatch: { $or: [{ ownerAgencyId: actor.agencyId }, ownOrShared(actor)] } } },
  ],
});

/** Notices of panels that the actor coordinates, about what the actor may know of. */
const coordinated = (actor: Actor): Where => ({
  $and: [ofPanel(actor, [...TO_OWNERS, ...TO_BIDDERS, ...TO_COORDINATION]), known(actor)],
});

const protectsData = (actor: Actor): boolean => actor.roles.includes('data_protection_officer');

const WITHOUT_THE_CASE = [
  'id',
  'version',
  'agencyId',
  'practitionerId',
  'kind',
  'subjectType',
  'subjectId',
  'dueOn',
  'level',
  'readAt',
  'readById',
  'createdAt',
];

/** Hides notices that would reveal the exclusion because of which they were sent. */
const hiddenWithExclusion: DenyRule = {
  name: 'hidden-exclusion',
  step: 'conflict',
  sentence: 'who may not read the exclusion because of which it was sent',
  where: (actor) => {
    const read = permittedRows(withoutScopes(actor), subjectOf(Exclusion), 'read');
    return { exclusionId: { $ne: null }, ...(read ? { $nor: [{ exclusion: { $elemMatch: read } }] } : {}) };
  },
};

policy.declareSubject(Notice, 'Notice', {
  relations: {
    action: { to: Action, local: 'subjectId', foreign: 'id' },
    referral: { to: Referral, local: 'subjectId', foreign: 'id' },
    disclosure: { to: Disclosure, local: 'subjectId', foreign: 'id' },
    exclusion: { to: Exclusion, local: 'exclusionId', foreign: 'id' },
  },
  seek: ['agencyId', 'panelId'],
  panel: 'panelId',
  case: 'caseId',
  denyRules: [
    ...hiddenWithCase('caseId', 'planPanelId'),
    hiddenWithReferral('subjectType', 'referral'),
    recusedFromItem('listingId'),
    hiddenWithExclusion,
  ],
  allowRules: [
    {
      name: 'owner',
      sentence:
        'who carries the action that it is about for the agency: named in it by somebody else, with a seat on the panel, or as safeguarding lead',
      actions: ['read', 'mark-read'],
      where: aboutOwnTask,
      // of the case the owner knows nothing but the task
      fields: WITHOUT_THE_CASE,
    },
    {
      name: 'steering-group',
      sentence: 'who chairs or coordinates the steering group that has to answer',
      actions: ['read', 'locate'],
      where: (actor) => ofPanel(actor, TO_STEERING_GROUP),
      fields: [...WITHOUT_THE_CASE, 'panelId'],
    },
    {
      name: 'steering-group-told',
      sentence: 'who chairs or coordinates the steering group for the agency that it was sent to',
      actions: ['mark-read'],
      where: (actor) => ({ $and: [ofPanel(actor, TO_STEERING_GROUP), { agencyId: actor.agencyId }] }),
    },
    {
      name: 'appointer',
      sentence:
        'who chairs or coordinates the steering group: that a panel needs a chair, without the case, referral or item that has none',
      actions: ['read', 'locate'],
      where: (actor) => ofPanel(actor, TO_APPOINTERS),
      // whether a case, a referral or an item needs a chair is the panel's own matter
      fields: [...WITHOUT_THE_CASE.filter((field) => !field.startsWith('subject')), 'panelId', 'planPanelId'],
    },
    {
      name: 'appointer-told',
      sentence: 'who chairs or coordinates the steering group for the agency that was told that a panel needs a chair',
      actions: ['mark-read'],
      where: (actor) => ({ $and: [ofPanel(actor, TO_APPOINTERS), { agencyId: actor.agencyId }] }),
    },
    {
      name: 'compartment-member',
      sentence:
        'who is a core member, for the agency that it was sent to, of a panel that is a compartment: that nobody is left who chairs a case, referral or item',
      actions: ['read', 'mark-read'],
      where: (actor) => ({
        $and: [
          sentTo(actor, TO_COMPARTMENT),
          { panelId: { $in: corePanels(actor).filter((id) => actor.compartmentPanelIds.includes(id)) } },
        ],
      }),
    },
    {
      name: 'bidder',
      sentence:
        'whose agency made the bid that it is about, with a seat on the panel of its plan, or as safeguarding lead',
      actions: ['read', 'mark-read'],
      where: aboutOwnBid,
    },
    {
      name: 'bidder-before-the-panel',
      sentence: 'whose agency made the bid that it is about, with a seat on the panel before which it stands',
      actions: ['read', 'mark-read'],
      where: (actor) => ({ $and: [sentTo(actor, TO_BIDDERS), { panelId: { $in: seatedPanels(actor) } }] }),
      fields: [...WITHOUT_THE_CASE, 'panelId'],
    },
    {
      name: 'referrer',
      sentence:
        'whose agency made the referral that it is about, and who may change that; that its case was closed as referred in error, until the case is reopened; that it was returned, until it is submitted again or withdrawn; that it was refused, for four weeks',
      actions: ['read', 'mark-read'],
      where: (actor) => {
        const own = permittedRows(withoutScopes(actor), subjectOf(Referral), 'refer-again');
        const applies: Where = {
          $or: [
            { kind: { $nin: ENDING_NOTICES.map(([kind]) => kind) } },
            ...ENDING_NOTICES.map(([kind, state]) => ({ kind, referral: { $elemMatch: state } })),
          ],
        };
        return (
          own && { $and: [sentTo(actor, TO_REFERRERS), { endedAt: null, referral: { $elemMatch: own } }, applies] }
        );
      },
    },
    {
      name: 'teller',
      sentence:
        'who may say, for the agency that it was sent to, that the recipient of a disclosure was told, while nobody has said so',
      actions: ['read', 'mark-read'],
      where: (actor) => {
        const own = permittedRows(withoutScopes(actor), subjectOf(Disclosure), 'tell');
        const pending = { pending: { $exists: true }, notifiedAt: null, inErrorSince: null };
        return (
          own && {
            $and: [sentTo(actor, TO_RECIPIENT_NOTIFIERS), { disclosure: { $elemMatch: { $and: [own, pending] } } }],
          }
        );
      },
      // what the disclosure itself does not show to an agency without a seat, the notice does not show either
      fields: WITHOUT_THE_CASE,
    },
    {
      name: 'party',
      sentence:
        'who is a data protection officer or an administrator of the agency that it was sent to as party to an agreement',
      actions: ['read', 'mark-read'],
      where: (actor) =>
        protectsData(actor) || actor.roles.includes('agency_administrator')
          ? sentTo(actor, ['agreement_review_due'])
          : null,
    },
    {
      name: 'coordination',
      sentence:
        'who chairs or coordinates the panel, and may know of what it is about; where a plan is behind it, as a core member of the panel of that plan',
      actions: ['read', 'locate'],
      where: (actor) => ({
        $and: [coordinated(actor), { $or: [{ planPanelId: null }, { planPanelId: { $in: corePanels(actor) } }] }],
      }),
    },
    {
      name: 'coordination-without-the-plan',
      sentence: 'who chairs or coordinates the panel, and may know of what it is about',
      actions: ['read', 'locate'],
      where: coordinated,
      // Tasking and the TTCG do not learn for whose plan and case a bid was made
      fields: [...WITHOUT_THE_CASE, 'panelId'],
    },
    {
      name: 'coordination-told',
      sentence:
        'who chairs or coordinates the panel for the agency that it was sent to, and may know of what it is about',
      actions: ['mark-read'],
      where: (actor) => ({
        $and: [ofPanel(actor, TO_COORDINATION), { agencyId: actor.agencyId }, known(actor)],
      }),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the agency that it was sent to about an emergency access',
      actions: ['read', 'mark-read'],
      where: (actor) => (protectsData(actor) ? sentTo(actor, ['emergency_review_due', 'emergency_alarm']) : null),
    },
  ],
});

policy.declareSubject(JobRun, 'JobRun', {
  seek: ['partnershipId'],
  allowRules: [
    {
      name: 'operations',
      sentence:
        'who administers an agency that acts in the partnership, or is a data protection officer of it: that it ran, not what it found nor how long it took',
      actions: ['read'],
      where: (actor) =>
        actor.roles.includes('agency_administrator') || protectsData(actor)
          ? { partnershipId: { $in: actor.partnershipIds } }
          : null,
      // the number of notices, and a longer run, would reveal matters of compartments and exclusions
      fields: ['id', 'version', 'partnershipId', 'task', 'startedAt', 'error'],
    },
  ],
});

policy.declareWording(Notice, 'Planning and acting', 'notice', {
  locate: 'know of which panel and case it is',
  'mark-read': 'mark it as read',
});
policy.declareWording(JobRun, 'Accounting for it', 'run of a job');
