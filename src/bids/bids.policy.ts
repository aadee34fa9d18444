/**
 * Rules for bids. Readers of the plan's case and the bidding agency read a bid; the panel that decides on it reads it
 * without plan and case. A conflict or a compartment hides the case, and so the bid.
 */
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { Case } from '../cases/case.entity.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import {
  chairedPanels,
  concernedAtAgency,
  coordinatedPanels,
  corePanels,
  seatedPanels,
  seatedPartnerships,
} from '../panels/panels.policy.js';
import { Plan } from '../plans/plan.entity.js';
import { ownOrShared } from '../plans/plans.policy.js';
import { Bid, BidDecision, BidResult } from './bid.entity.js';
import { Resource } from './resource.entity.js';

export const policy = new Policy();

const contributor = { agency: 'agencyId', type: 'contributingType' };

const before = (panels: string[]): Where => ({ panelId: { $in: panels } });

policy.extendSubject(Panel, {
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['keep-resources'],
      where: (actor) => ({ id: { $in: coordinatedPanels(actor) } }),
    },
  ],
});

policy.extendSubject(Plan, {
  allowRules: [
    {
      name: 'planner',
      sentence: 'whose agency wrote it or may know of it, and who may plan for the case',
      actions: ['bid'],
      within: 'plan',
      where: ownOrShared,
    },
  ],
});

policy.extendSubject(Meeting, {
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['hear-bids'],
      where: (actor) => before(coordinatedPanels(actor)),
    },
  ],
});

policy.declareSubject(Resource, 'Resource', {
  seek: ['panelId'],
  allowRules: [
    {
      name: 'on-a-panel',
      sentence: 'who sits on a panel of the partnership',
      actions: ['read'],
      where: (actor) => ({ partnershipId: { $in: seatedPartnerships(actor) } }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel that gives it',
      actions: ['change'],
      where: (actor) => before(coordinatedPanels(actor)),
    },
  ],
});

/** Bids that were submitted, or for which a waiver was requested. Other drafts are visible to their agency only. */
const LEFT_ITS_AGENCY = { $or: [{ submittedAt: { $ne: null } }, { waiverReason: { $ne: null } }] };

/** Fields shown to the panel that decides on the bid. */
const WITHOUT_THE_CASE = [
  'id',
  'version',
  'panelId',
  'escalatedFromId',
  'meetingId',
  'agencyId',
  'category',
  'status',
  'title',
  'resourceId',
  'resourceType',
  'quantity',
  'unit',
  'fromOn',
  'toOn',
  'timesOfDay',
  'location',
  'evidence',
  'tactic',
  'expectedOutcome',
  'ifRefused',
  'authorityNeeded',
  'communityImpact',
  'exitPlan',
  'priority',
  'deferrals',
  'warnings',
  'waiverReason',
  'ratifiedAt',
  'grantedQuantity',
  'resultsDueOn',
  'resultsOverdue',
  'endReason',
  'updatedAt',
];

policy.declareSubject(Bid, 'Bid', {
  parent: 'case',
  // it stands before another panel than its case
  relations: { case: { to: Case, local: 'caseId', foreign: 'id', as: { panelId: 'planPanelId' } } },
  seek: ['panelId', 'planPanelId', 'agencyId'],
  panel: 'panelId',
  case: 'caseId',
  contributor,
  // the panel before which it stands reads it without the case
  denyRules: hiddenWithCase('caseId', 'planPanelId'),
  allowRules: [
    {
      name: 'own-agency',
      sentence:
        'whose agency made it, with a seat on the panel of its plan or as safeguarding lead working in that partnership; who made it, also with a seat on the panel before which it stands',
      actions: ['read', 'ask-waiver', 'submit', 'withdraw', 'report-results'],
      // a seat that has ended leaves nothing: a bid goes on telling of the case
      where: (actor) => ({
        agencyId: actor.agencyId,
        ...concernedAtAgency(actor, 'planPanelId', { $and: [{ authorId: actor.id }, before(seatedPanels(actor))] }),
      }),
    },
    {
      name: 'case-reader',
      sentence: 'who may read the case of its plan, once it was submitted, in a partnership in which their agency acts',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ $and: [{ submittedAt: { $ne: null } }, { partnershipId: { $in: actor.partnershipIds } }] }),
    },
    {
      name: 'before-the-panel',
      sentence: 'who is a core member of the panel before which it stands, once it was submitted',
      actions: ['read'],
      where: (actor) => ({ $and: [before(corePanels(actor)), { submittedAt: { $ne: null } }] }),
      fields: WITHOUT_THE_CASE,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel before which it stands, once it was submitted',
      actions: ['screen', 'list', 'decide', 'deploy'],
      where: (actor) => ({ $and: [before(coordinatedPanels(actor)), { submittedAt: { $ne: null } }] }),
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel before which it stands, once it was submitted or is to go ahead of its plan',
      actions: ['read', 'waive'],
      where: (actor) => ({ $and: [before(chairedPanels(actor)), LEFT_ITS_AGENCY] }),
      fields: WITHOUT_THE_CASE,
    },
    {
      name: 'chair-of-the-plan',
      sentence:
        'who chairs the panel of its plan, once it was submitted or is to go ahead of it, and may read the case',
      actions: ['read', 'waive', 'ratify'],
      within: 'read',
      where: (actor) => ({
        $and: [
          { planPanelId: { $in: chairedPanels(actor) }, partnershipId: { $in: actor.partnershipIds } },
          LEFT_ITS_AGENCY,
        ],
      }),
    },
  ],
});

const OF_BID = {
  parent: 'bid',
  relations: { bid: { to: Bid, local: 'bidId', foreign: 'id' } },
  panel: 'panelId',
  case: 'caseId',
  contributor,
  allowRules: [
    {
      name: 'bid-reader',
      sentence: 'who may read the bid',
      actions: ['read' as const],
      within: 'read',
      where: (): Where => ({}),
    },
  ],
};
policy.declareSubject(BidDecision, 'BidDecision', OF_BID);
policy.declareSubject(BidResult, 'BidResult', OF_BID);

policy.declareWording(Resource, 'Planning and acting', 'resource', { change: 'change it' });
policy.declareWording(Bid, 'Planning and acting', 'bid', {
  'ask-waiver': 'ask that it goes ahead of its plan',
  submit: 'submit it',
  withdraw: 'withdraw it',
  'report-results': 'report what came of it',
  screen: 'screen it',
  list: 'list it at a meeting',
  decide: 'record the decision on it',
  deploy: 'schedule, deploy and evaluate it',
  waive: 'let it go ahead of its plan',
  ratify: 'ratify that it went ahead of its plan',
});
policy.declareWording(BidDecision, 'Planning and acting', 'decision on a bid');
policy.declareWording(BidResult, 'Planning and acting', 'result of a bid');
policy.addActionPhrases(Panel, { 'keep-resources': 'keep the resources that it gives' });
policy.addActionPhrases(Plan, { bid: 'bid for what it needs' });
policy.addActionPhrases(Meeting, { 'hear-bids': 'list bids at it and decide on them' });
