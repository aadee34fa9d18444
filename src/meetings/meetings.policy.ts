/**
 * Policy of meetings, items, invitations and decisions. Everybody on a panel may know when and where the panel meets.
 * The cases heard are stored as listings, each readable as its own case. An invitation gives access to one item and its
 * case for a period, and to nothing that was said of the case at other meetings.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import { classifiedProperties } from '../authorization/classification.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { chairedPanels, coordinatedPanels } from '../panels/panels.policy.js';
import { isLeadIn } from '../panels/working-partnerships.js';
import { Case } from '../cases/case.entity.js';
import { NOT_IN_ERROR, repeatsNoKnownCase } from '../cases/cases.policy.js';
import { Action } from '../plans/action.entity.js';
import { ownOrShared } from '../plans/plans.policy.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { Decision, Invitation, Listing, Meeting, TO_BE_HELD } from './meeting.entity.js';
import type { AllowRule, RevealingColumn } from '../authorization/subject.types.js';
import { applicableRules, permittedRows } from '../authorization/applicable-rules.js';

export const policy = new Policy();

/** Returns the panels on which the actor has a seat of any tier. */
export const memberPanels = (actor: Actor): string[] => [...new Set(actor.memberships.map((one) => one.panelId))];

/** Invitation of the actor that is open now, to an item that is still on its list. */
export interface InvitationAttribute {
  id: string;
  caseId: string;
  listingId: string;
  meetingId: string;
}

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    invitations: InvitationAttribute[];
  }
}

/**
 * SQL condition for invitations `i` of the actor `who`, by name or to the whole agency. Only safeguarding leads can use
 * an invitation to the whole agency. Source: design, section 1, principle 4.
 */
const INVITATIONS_OF_ACTOR = `who.kind = 'practitioner' AND i.agency_id = who.agency_id
  AND CASE WHEN i.practitioner_id IS NULL THEN ${isLeadIn('i.partnership_id')} ELSE i.practitioner_id = who.id END`;

/** Wording for invited actors in the sentences of rules. */
export const IS_INVITED = 'who is invited, now, by name or as safeguarding lead of the agency that is invited,';

policy.declareAttribute(
  'invitations',
  `SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'caseId', i.case_id, 'listingId', i.listing_id, 'meetingId', i.meeting_id)
     ORDER BY i.id), '[]')
   FROM invitations i JOIN listings l ON l.id = i.listing_id AND l.removed_at IS NULL
   WHERE ${INVITATIONS_OF_ACTOR} AND i.withdrawn_at IS NULL AND i.opens_at <= :now AND i.closes_at > :now`,
);

policy.declareTimedChange(`SELECT min(change.at) FROM (SELECT unnest(ARRAY[i.opens_at, i.closes_at]) AS at FROM invitations i WHERE ${INVITATIONS_OF_ACTOR}) change
  WHERE change.at > :now`);

/**
 * Returns a condition for rows whose `column` holds a record to which the actor is invited now. Items from which the
 * actor is recused do not count.
 */
export const invitedRows = (
  { invitations, recusedListingIds }: Actor,
  to: keyof InvitationAttribute,
  column: string,
): Where => ({
  [column]: {
    $in: [...new Set(invitations.filter((one) => !recusedListingIds.includes(one.listingId)).map((one) => one[to]))],
  },
});

/**
 * Returns a condition for items that reveal to the actor that a case is listed for a planned meeting. If the actor is
 * invited to the case, these are the items the actor may read. For any other case, which people without access to the
 * case may track, these are all items from which the actor is not recused.
 */
function noticeableItems(actor: Actor): Where {
  const notRecused: Where = { id: { $nin: actor.recusedListingIds } };
  if (!actor.invitations.length) return notRecused;
  const elsewhere: Where = { caseId: { $nin: [...new Set(actor.invitations.map(({ caseId }) => caseId))] } };
  const readable = permittedRows(withoutScopes(actor), subjectOf(Listing), 'read');
  return { $and: [notRecused, { $or: [elsewhere, ...(readable ? [readable] : [])] }] };
}

/** Returns a condition for cases with such an undecided item at a planned meeting. */
const onPlannedList = (actor: Actor): Where => ({
  listings: {
    $elemMatch: {
      $and: [
        { removedAt: null, outcome: null, meeting: { $elemMatch: { status: { $in: [...TO_BE_HELD] } } } },
        noticeableItems(actor),
      ],
    },
  },
});

policy.extendSubject(Case, {
  relations: {
    invitations: { to: Invitation, local: 'id', foreign: 'caseId' },
    listings: { to: Listing, local: 'id', foreign: 'caseId' },
  },
  flags: { onList: onPlannedList },
  allowRules: [
    {
      name: 'invited',
      sentence: `${IS_INVITED} to the item of a meeting at which the case is heard, unless the case was closed as referred in error`,
      actions: ['read', 'track', 'contribute', 'hear-item'],
      isTimeLimited: true,
      where: (actor) => ({ ...invitedRows(actor, 'caseId', 'id'), ...NOT_IN_ERROR }),
    },
    {
      name: 'not-only-invited',
      sentence: 'who may read the case other than by an invitation',
      actions: ['hear'],
      where: (actor) => {
        const ways = applicableRules(actor, subjectOf(Case), 'read').filter(({ ground }) => ground.name !== 'invited');
        return ways.length ? { $or: ways.map(({ where }) => where) } : null;
      },
    },
    {
      name: 'lister',
      // no mention of recusals: an actor refused because of a recusal imposed by others must not learn of it
      sentence: 'who chairs or coordinates the panel, and may list the case',
      actions: ['add-to-list'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) }, id: { $nin: actor.recusedCaseIds } }),
    },
  ],
});

/** Reasons in words, for those who chair or coordinate the panel: the words could name a case or a person. */
const REASONS = ['emergencyReason', 'cancelReason', 'openingReversalReason'];
/** Parts of an agenda, a pack or minutes. The rules of their own records decide on their content. */
const PARTS_OF_PAPERS = [
  ...['sections', 'overflow', 'title', 'language', 'marking', 'madeFor', 'panel', 'attendances', 'practitioners'],
  ...['items', 'agencies', 'withheldCategories', 'manifest'],
];

const FIELDS_WITHOUT_REASONS = [...classifiedProperties(Meeting).keys(), ...PARTS_OF_PAPERS].filter(
  (field) => !REASONS.includes(field),
);

policy.declareSubject(Meeting, 'Meeting', {
  seek: ['panelId'],
  orderBy: 'scheduledAt',
  allowRules: [
    {
      name: 'on-the-panel',
      sentence: 'who sits on the panel: the meeting, not the reasons given for what happened to it',
      actions: ['read', 'attend'],
      where: (actor) => ({ panelId: { $in: memberPanels(actor) } }),
      fields: FIELDS_WITHOUT_REASONS,
    },
    {
      name: 'own-panel',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'invited',
      sentence: `${IS_INVITED} to one of its items: the meeting, not the reasons given for what happened to it`,
      actions: ['read', 'attend'],
      isTimeLimited: true,
      where: (actor) => {
        const notExcluded = actor.invitations.filter(({ caseId }) => !actor.excludedCaseIds.includes(caseId));
        return invitedRows({ ...actor, invitations: notExcluded }, 'meetingId', 'id');
      },
      fields: FIELDS_WITHOUT_REASONS,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['register', 'schedule', 'open', 'draw-agenda', 'circulate'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel',
      actions: ['close', 'reverse-opening', 'justify', 'recall'],
      where: (actor) => ({ panelId: { $in: chairedPanels(actor) } }),
    },
  ],
});

export const WITHIN_CASE = {
  parent: 'case',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
};

export const CASE_RELATION = { case: { to: Case, local: 'caseId', foreign: 'id' } };

/** Returns the rules for reading that a case is on a list. `item` is the column with the identifier of the item. */
export const itemReadRules = (item: string): AllowRule<'read'>[] => [
  {
    name: 'case-reader',
    sentence: 'who may read the case other than by an invitation',
    actions: ['read'],
    within: 'hear',
    where: () => ({}),
  },
  {
    name: 'invited',
    sentence: `${IS_INVITED} to this item`,
    actions: ['read'],
    within: 'hear-item',
    where: (actor) => invitedRows(actor, 'listingId', item),
  },
];

/** Condition for items listed as a repeat of a case hidden from the actor or closed in error. */
const listedAsRepeat = (actor: Actor): Where => ({ case: { $elemMatch: repeatsNoKnownCase(actor) } });

const NO_ITEM = { id: { $in: [] } };

/** Returns a condition for items the actor may read. Null if no single item of a case can be hidden from the actor. */
function readableItems(actor: Actor): Where | null {
  if (!actor.recusedListingIds.length && !actor.invitations.length) return null;
  return permittedRows(withoutScopes(actor), subjectOf(Listing), 'read') ?? NO_ITEM;
}

/** Condition for items carried over from an item that the actor, for example a guest, may not read. */
function carriedFromHidden(actor: Actor): Where {
  const readable = readableItems(actor);
  return readable ? { carriedFromId: { $ne: null }, $nor: [{ carriedFrom: { $elemMatch: readable } }] } : NO_ITEM;
}

/**
 * Condition for items of cases without a readable item at an emergency meeting. The actor must not see that there is
 * something to ratify.
 */
function ratifiesHidden(actor: Actor): Where {
  const readable = readableItems(actor);
  const atEmergency = { meeting: { $elemMatch: { kind: 'emergency' } } };
  return readable ? { $nor: [{ siblings: { $elemMatch: { $and: [readable, atEmergency] } } }] } : NO_ITEM;
}

/** Condition for items without an overdue action of which the actor may know the case. */
function overdueHidden(actor: Actor): Where {
  const located = permittedRows(withoutScopes(actor), subjectOf(Action), 'locate') ?? { id: { $in: [] } };
  return { $nor: [{ overdueAction: { $elemMatch: located } }] };
}

/**
 * Returns the columns that may reveal a hidden record, with their substitutes. The substitutes are those of a case that
 * was never heard, so that kind and reason agree. A review because of an overdue action is shown as a review that is
 * due. `ofItem` turns a condition for items into a condition for the rows that show kind and reason.
 */
export const revealingItemColumns = (ofItem: (item: Where) => Where): Record<string, RevealingColumn> => ({
  kind: {
    shownAs: 'new',
    hidden: [
      { values: ['repeat'], where: listedAsRepeat },
      { values: ['repeat', 'review', 'urgent', 'closure'], where: (actor) => ofItem(carriedFromHidden(actor)) },
      {
        values: ['repeat', 'review', 'urgent', 'closure'],
        where: (actor) => ofItem({ $and: [{ reason: 'ratification' }, ratifiesHidden(actor)] }),
      },
    ],
  },
  reason: {
    shownAs: 'new_referral',
    shownFor: { overdue_actions: 'review_due' },
    hidden: [
      { values: ['repeat'], where: listedAsRepeat },
      { values: ['carried_over'], where: (actor) => ofItem(carriedFromHidden(actor)) },
      { values: ['ratification'], where: (actor) => ofItem(ratifiesHidden(actor)) },
      { values: ['overdue_actions'], where: (actor) => ofItem(overdueHidden(actor)) },
    ],
  },
});

policy.declareSubject(Listing, 'Listing', {
  ...WITHIN_CASE,
  relations: {
    ...CASE_RELATION,
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    carriedFrom: { to: Listing, local: 'carriedFromId', foreign: 'id' },
    siblings: { to: Listing, local: 'caseId', foreign: 'caseId' },
    overdueAction: { to: Action, local: 'overdueActionId', foreign: 'id' },
  },
  denyRules: [recusedFromItem('id')],
  revealing: revealingItemColumns((item) => item),
  allowRules: [
    ...itemReadRules('id'),
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['change', 'remove', 'reinstate', 'invite', 'ask', 'decide', 'minute', 'run', 'recuse'],
      within: 'list',
      where: () => ({}),
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel',
      actions: ['defer-again', 'decide-in-writing'],
      within: 'list',
      where: (actor) => ({ panelId: { $in: chairedPanels(actor) } }),
    },
  ],
});

policy.declareSubject(Invitation, 'Invitation', {
  relations: { ...CASE_RELATION },
  parent: 'case',
  denyRules: [recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'invited',
      sentence: 'who is invited by it, now, by name or as safeguarding lead of the agency',
      actions: ['read'],
      within: 'hear-item',
      where: (actor) => invitedRows(actor, 'id', 'id'),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      within: 'list',
      where: () => ({}),
    },
    {
      name: 'inviter',
      sentence: 'who chairs or coordinates the panel, and is not invited by it, by name or with the whole agency',
      actions: ['change', 'withdraw'],
      within: 'list',
      where: (actor) => ({
        $or: [
          { practitionerId: null, agencyId: { $ne: actor.agencyId } },
          { $and: [{ practitionerId: { $ne: null } }, { practitionerId: { $nin: actor.registrationIds } }] },
        ],
      }),
    },
  ],
});

// readers who may explain a case may know who is invited to its items, except invitations hidden from the reader
policy.declareKnownAttributes(['invitations'], async (work, people) => {
  const ids = people.flatMap(({ invitations }) => invitations.map(({ id }) => id));
  const notHidden = await work.records.known(Invitation, ['read'], ids);
  return ({ invitations, recusedListingIds }) => ({
    // a recusal hidden from the reader ends an invitation without being mentioned
    invitations: invitations.filter((one) => notHidden.has(one.id) && !recusedListingIds.includes(one.listingId)),
  });
});

/**
 * Fields of a decision without its quorum. A quorum missed at one item and met at the next would reveal who is recused.
 */
const FIELDS_WITHOUT_QUORUM = [...classifiedProperties(Decision).keys()].filter((field) => field !== 'quorate');

policy.declareSubject(Decision, 'Decision', {
  ...WITHIN_CASE,
  relations: { ...CASE_RELATION },
  denyRules: [recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'shared',
      sentence: 'whose agency recorded it or may know of it, and who may read the case other than by an invitation',
      actions: ['read'],
      within: 'hear',
      where: ownOrShared,
      fields: FIELDS_WITHOUT_QUORUM,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel, whose agency may know of it, and who may read the case',
      actions: ['read'],
      within: 'hear',
      where: (actor) => ({ $and: [{ panelId: { $in: coordinatedPanels(actor) } }, ownOrShared(actor)] }),
    },
    {
      name: 'invited',
      sentence: `whose agency may know of it, and ${IS_INVITED} to the item`,
      actions: ['read'],
      within: 'hear-item',
      where: (actor) => ({ $and: [invitedRows(actor, 'listingId', 'listingId'), ownOrShared(actor)] }),
      fields: FIELDS_WITHOUT_QUORUM,
    },
    // a correction holds words of the first record: those of another agency would be shared like the corrector's own
    {
      name: 'correcting-coordination',
      sentence: 'whose agency recorded it',
      actions: ['correct'],
      within: 'list',
      where: ({ agencyId, agencyType }) => ({ agencyId, contributingType: agencyType }),
    },
  ],
});

policy.declareWording(Meeting, 'Meeting', 'meeting', {
  attend: 'be recorded as attending it',
  register: 'record who attended it',
  schedule: 'postpone or cancel it',
  'draw-agenda': 'draw up its agenda',
  circulate: 'circulate its agenda',
  justify: 'say why an emergency meeting cannot wait',
  recall: 'recall its papers',
  open: 'begin it',
  'reverse-opening': 'take back that it was begun',
  close: 'close it',
});
policy.declareWording(Listing, 'Meeting', 'item of a meeting', {
  change: 'change how it is heard',
  remove: 'take it off the list',
  reinstate: 'put it back on the list',
  'defer-again': 'put it off although it was put off too often',
  invite: 'invite somebody to it',
  ask: 'ask agencies what they know for it',
  decide: 'record decisions on it',
  'decide-in-writing': 'decide on it where the panel sits in writing',
  minute: 'write down what was said and came to light in it',
  run: 'begin and end it',
  recuse: 'take somebody out of it',
});
policy.declareWording(Invitation, 'Meeting', 'invitation to an item', { withdraw: 'withdraw it' });
policy.declareWording(Decision, 'Meeting', 'decision on an item', { correct: 'correct it' });
policy.addActionPhrases(Case, {
  'add-to-list': 'put it on the list of a meeting',
  hear: 'know what was said of it at all its meetings',
  'hear-item': 'know what is said of it at the item',
});
