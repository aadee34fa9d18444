/**
 * Policy of research. People who answer for an asked agency see the request. Until they answer or the meeting ends,
 * they also see the names to search for, in separate fields, as the panel's agreement shares them. Findings belong to
 * the agency alone. The coordination sees who answered, and nothing that an agency holds. Source: MARAC note, sections
 * 3.1, 4.2 and 6.8.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { Case, CasePerson, Contribution } from '../cases/case.entity.js';
import { hiddenWithCase, NOT_IN_ERROR } from '../cases/cases.policy.js';
import { seatedPanels } from '../panels/panels.policy.js';
import { Person } from '../subjects/subject.entity.js';
import { entrustedPartnerships, ofOwnAgency } from '../subjects/subjects.policy.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { ResearchPoint, ResearchRequest } from './research.entity.js';
import { applicableRules, denyConditions, permittedRows } from '../authorization/applicable-rules.js';

export const policy = new Policy();

/**
 * Condition for requests that the actor answers for the agency. A machine client answers for all people of the agency,
 * within its scopes.
 */
const answeredByActor = (actor: Actor): Where => ({
  askedAgencyId: actor.agencyId,
  partnershipId: { $in: actor.workingPartnershipIds },
  ...(actor.kind === 'client'
    ? {}
    : {
        $or: [
          { answeredBy: 'members', panelId: { $in: seatedPanels(actor) } },
          // only while the invitation is open by which the person answers
          ...actor.invitations.map(({ caseId, meetingId }) => ({
            answeredBy: 'person',
            practitionerId: actor.id,
            caseId,
            meetingId,
          })),
          { answeredBy: 'agency', partnershipId: { $in: entrustedPartnerships(actor) } },
        ],
      }),
});

const ANSWERS =
  'who answers for an agency that is asked: its members of the panel; where it has none, the person invited, while the invitation is open, or its safeguarding leads';

policy.extendSubject(Case, {
  relations: { research: { to: ResearchRequest, local: 'id', foreign: 'caseId' } },
  allowRules: [
    {
      name: 'asked',
      sentence: `${ANSWERS}; until it answered, the meeting is over, or the case was closed as referred in error`,
      actions: ['research'],
      isTimeLimited: true,
      where: (actor) => ({
        ...NOT_IN_ERROR,
        research: {
          $elemMatch: {
            $and: [
              { ...answeredByActor(actor), status: 'asked', closesAt: { $gt: actor.now } },
              ...denyConditions(actor, subjectOf(ResearchRequest)),
            ],
          },
        },
      }),
    },
  ],
});

policy.extendSubject(CasePerson, {
  allowRules: [
    {
      name: 'asked',
      sentence: 'who is asked, now, what their agency knows for the case',
      actions: ['research'],
      within: 'research',
      where: () => ({}),
    },
  ],
});

/** Fields needed to search an agency's own records. Source: MARAC note, section 6.8 "Research request field set". */
const SEARCH_FIELDS = [
  'id',
  'givenName',
  'familyName',
  'aliases',
  'dateOfBirth',
  'datePrecision',
  'currentAddress',
  'roles',
];

const searchRule = (relation: 'cases' | 'roles', sentence: string, through: typeof Case | typeof CasePerson) => ({
  name: `asked-${relation}`,
  sentence,
  actions: ['research' as const],
  isTimeLimited: true,
  fields: SEARCH_FIELDS,
  where: (actor: Actor): Where | null => {
    const [way] = applicableRules(actor, subjectOf(through), 'research').map((one) => one.where);
    return way ? { [relation]: { $elemMatch: way } } : null;
  },
});

policy.extendSubject(Person, {
  ownContext: ['research'],
  allowRules: [
    searchRule('cases', 'who is asked, now, what their agency knows for a case about the person', Case),
    searchRule('roles', 'who is asked, now, what their agency knows for a case with the person', CasePerson),
  ],
});

/** Condition for requests of other agencies whose return shared nothing that the actor may know of. */
function sharedNothingKnown(actor: Actor): Where {
  const known = permittedRows(withoutScopes(actor), subjectOf(Contribution), 'read');
  return {
    askedAgencyId: { $ne: actor.agencyId },
    ...(known ? { $nor: [{ shared: { $elemMatch: known } }] } : {}),
  };
}

policy.declareSubject(ResearchRequest, 'ResearchRequest', {
  relations: {
    case: { to: Case, local: 'caseId', foreign: 'id' },
    // a shared point becomes a contribution with the time of the return
    shared: {
      to: Contribution,
      local: 'caseId',
      foreign: 'caseId',
      also: { askedAgencyId: 'agencyId', returnedAt: 'createdAt' },
    },
  },
  revealing: {
    // an agency holding something that the reader may not know of is itself a fact about the person
    nil: { shownAs: true, hidden: [{ values: [false], where: sharedNothingKnown }] },
  },
  parent: 'case',
  panel: 'panelId',
  case: 'caseId',
  seek: ['panelId', 'askedAgencyId'],
  // people who answer need not have access to the case
  denyRules: [...hiddenWithCase('caseId'), recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'asked-in-the-case',
      sentence: ANSWERS,
      actions: ['read', 'answer'],
      within: 'read',
      isTimeLimited: true,
      where: answeredByActor,
    },
    {
      name: 'asked',
      sentence: ANSWERS,
      actions: ['read', 'answer'],
      isTimeLimited: true,
      where: answeredByActor,
      fields: [
        'id',
        'version',
        'meetingId',
        'panelId',
        'askedAgencyId',
        'dueOn',
        'originalDueOn',
        'closesAt',
        'status',
        'returnedAt',
        'nil',
        'overdue',
        'updatedAt',
      ],
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read', 'reopen', 'cancel'],
      within: 'list',
      where: () => ({}),
    },
  ],
});

// without a panel, because no agreement applies to findings
policy.declareSubject(ResearchPoint, 'ResearchPoint', {
  relations: { request: { to: ResearchRequest, local: 'requestId', foreign: 'id' } },
  parent: 'request',
  seek: ['agencyId'],
  contributor: { agency: 'agencyId', type: 'contributingType' },
  allowRules: [
    {
      name: 'own-agency',
      // another guest of the agency may answer the same request later, and must not read what the first one noted
      sentence:
        'who answers for the agency, and wrote it, has a seat on the panel, or is its safeguarding lead working in that partnership',
      actions: ['read', 'change', 'decide'],
      within: 'answer',
      where: (actor) => ofOwnAgency(actor, { panelId: { $in: seatedPanels(actor) } }),
    },
  ],
});

policy.declareWording(ResearchRequest, 'Meeting', 'research request', {
  answer: 'answer it',
  reopen: 'open it again',
  cancel: 'cancel it',
});
policy.declareWording(ResearchPoint, 'Meeting', 'point of an agency’s own research', {
  decide: 'decide whether it is shared or withheld',
});
policy.addActionPhrases(Case, { research: 'know for whom to search in their own records' });
policy.addActionPhrases(CasePerson, { research: 'know for whom to search, and as what' });
policy.addActionPhrases(Person, { research: 'know by what to search for the person' });
