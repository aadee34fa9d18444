/**
 * Read access to cases: core members of the panel and people with a grant, unless a conflict or a compartment hides the
 * case. Meetings add people invited to its listing; referrals and plans add people who may follow its status.
 */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { SEALED_CATEGORIES } from '../authorization/data-categories.js';
import { emergencyRows, sharedFromLevel, sharedAtLeast } from '../authorization/sharing-conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { coordinatedPanels, corePanels, outsideCompartmentOf, seatedPanels } from '../panels/panels.policy.js';
import { Panel } from '../panels/panel.entity.js';
import { AccessGrant, EmergencyAccess } from '../sharing/access.entity.js';
import { EXCLUSION_OF_ACTOR_IN_FORCE, excludedByPanel } from '../sharing/access.policy.js';
import { Group, Person, Place, ProtectedAddress } from '../subjects/subject.entity.js';
import { entrustedPartnerships, ofOwnAgency } from '../subjects/subjects.policy.js';
import { CasePersonCorrection } from './case-person-correction.entity.js';
import { Case, CasePerson, Contribution } from './case.entity.js';
import { HandlingAcknowledgement, ReleaseRequest } from './handling.entity.js';
import type { ActionOf } from '../database/columns.js';
import type { DenyRule, AllowRule } from '../authorization/subject.types.js';
import { notDenied, applicableRules, permittedRows, refersToHiddenRecord } from '../authorization/applicable-rules.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /**
     * Cases hidden from the actor: those of `namedExcludedCaseIds`, those about or with a person from whom the actor is
     * excluded in the whole partnership or by the panel of the case, and those from which a colleague removed such a
     * person as entered in error.
     */
    excludedCaseIds: string[];
    /** Cases hidden from the actor by an exclusion from a case: that case, and the cases that repeat it. */
    namedExcludedCaseIds: string[];
  }
}

/** Column `id`: every case that an exclusion hides from the actor. */
const EXCLUDED_CASES = `WITH mine AS (SELECT e.id, e.person_id, CASE WHEN e.reach = 'panel' THEN e.panel_id END AS limited_to_panel_id
     FROM exclusions e WHERE ${EXCLUSION_OF_ACTOR_IN_FORCE})
   SELECT case_id AS id FROM excluded_cases(ARRAY(SELECT id FROM mine), who.agency_id)
     UNION SELECT cp.case_id FROM case_people cp JOIN mine USING (person_id)
       WHERE mine.limited_to_panel_id IS NULL OR mine.limited_to_panel_id = cp.panel_id
     UNION SELECT c.id FROM cases c JOIN mine USING (person_id)
       WHERE mine.limited_to_panel_id IS NULL OR mine.limited_to_panel_id = c.panel_id`;

policy.declareAttribute(
  'excludedCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT hidden.id), '[]') FROM (${EXCLUDED_CASES}) hidden`,
);

policy.declareAttribute(
  'namedExcludedCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT one.case_id), '[]')
   FROM excluded_cases(ARRAY(SELECT e.id FROM exclusions e WHERE ${EXCLUSION_OF_ACTOR_IN_FORCE}), who.agency_id) one WHERE one.by_matter`,
);

/**
 * Returns the deny rules of a case for rows that name the case in `caseColumn`. `otherPanels` are columns that name
 * panels, besides `panelId`. The rows must not reveal what is hidden with the case.
 */
export const hiddenWithCase = (caseColumn: string, ...otherPanels: string[]): DenyRule[] => [
  {
    name: 'excluded-from-case',
    step: 'conflict',
    sentence: 'who is excluded from the case: a party, a relative, a named person or agency',
    where: (actor) => (actor.excludedCaseIds.length ? { [caseColumn]: { $in: actor.excludedCaseIds } } : null),
  },
  outsideCompartmentOf('panelId', ...otherPanels),
];

/** Condition for cases closed as referred in error: the people or places were not those that the panel was to hear of. */
export const IN_ERROR = { closureReason: 'referred_in_error' } as const;

/**
 * Condition for cases that should have been opened. A case closed as referred in error stays readable to the coordination
 * alone, so that the people whom it names in error are no longer shown to the other agencies.
 */
export const NOT_IN_ERROR = { closureReason: { $ne: IN_ERROR.closureReason } };

/** SQL of `IN_ERROR` for the case with an identifier. */
export const isCaseInError = (id: string): string =>
  `EXISTS (SELECT FROM cases e WHERE e.id = ${id} AND e.closure_reason = '${IN_ERROR.closureReason}')`;

/**
 * Condition for cases whose earlier case is hidden from the actor, or was closed as referred in error. Such a case is
 * shown as no repeat. Source: docs/decisions/0061.
 */
export const repeatsNoKnownCase = (actor: Actor): Where => refersToHiddenRecord(actor, Case, 'previous', NOT_IN_ERROR);

policy.declareSubject(Case, 'Case', {
  relations: {
    panel: { to: Panel, local: 'panelId', foreign: 'id' },
    previous: { to: Case, local: 'previousCaseId', foreign: 'id' },
    // grants and emergency accesses name people to whom an allow rule could apply
    grants: { to: AccessGrant, local: 'id', foreign: 'caseId' },
    emergencies: { to: EmergencyAccess, local: 'id', foreign: 'caseId' },
  },
  seek: ['panelId'],
  panel: 'panelId',
  case: 'id',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  denyRules: hiddenWithCase('id'),
  remedies: [
    {
      advice: 'the case reopened: ask a chair or coordinator of the panel (POST /v1/cases/{id}/reopening)',
      changeRow: (row) => (row['closedAt'] ? { ...row, closedAt: null, closureReason: null } : null),
    },
    {
      advice: 'a grant until a date: ask the chair of the panel with POST /v1/access-requests',
      // an agency that does not act in the partnership is refused the grant, which would open nothing
      changeActor: (actor, { id, partnershipId }) =>
        actor.kind === 'practitioner' && actor.partnershipIds.includes(partnershipId as string)
          ? { ...actor, grantedCaseIds: [...actor.grantedCaseIds, id as string] }
          : null,
    },
  ],
  revealing: {
    isRepeat: {
      shownAs: false,
      hidden: [{ values: [true], where: repeatsNoKnownCase }],
    },
    previousCaseId: { shownAs: null, hidden: [{ where: repeatsNoKnownCase }] },
  },
  allowRules: [
    {
      name: 'core-member',
      sentence: 'who is a core member of the panel, unless the case was closed as referred in error',
      actions: ['read', 'track', 'contribute', 'assess', 'plan', 'name-person'],
      where: (actor) => inPanels(corePanels(actor), NOT_IN_ERROR),
    },
    {
      name: 'coordination-of-an-error',
      sentence:
        'who is a core member of the panel and chairs or coordinates it, where the case was closed as referred in error',
      actions: ['read', 'track'],
      where: (actor) => {
        const coordinated = coordinatedPanels(actor);
        const panelIds = corePanels(actor).filter((id) => coordinated.includes(id));
        return inPanels(panelIds, IN_ERROR);
      },
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['change', 'close', 'reopen', 'list', 'exclude', 'explain'],
      where: (actor) => inPanels(coordinatedPanels(actor)),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the partnership: who sees the case and why, not the case',
      actions: ['explain'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer') ? { partnershipId: { $in: actor.partnershipIds } } : null,
    },
    {
      name: 'named-grant',
      sentence: 'who was granted access to the case until a date, unless it was closed as referred in error',
      actions: ['read', 'track'],
      isTimeLimited: true,
      where: (actor) => ({ id: { $in: actor.grantedCaseIds }, ...NOT_IN_ERROR }),
    },
    {
      name: 'emergency-access',
      sentence:
        'who has emergency access to the case, for an hour, to read: in full whatever the agreement says, but no case closed as referred in error, no sealed category, and of people named since then what the agreement shares',
      actions: ['read'],
      where: (actor) =>
        actor.emergencyCaseIds.length ? { id: { $in: actor.emergencyCaseIds }, ...NOT_IN_ERROR } : null,
    },
    {
      name: 'beyond-an-emergency',
      sentence: 'who may read the case other than in an emergency',
      actions: ['take-part'],
      isTimeLimited: true,
      where: (actor) => {
        const ways = applicableRules(actor, subjectOf(Case), 'read').filter(
          ({ ground }) => ground.name !== 'emergency-access',
        );
        return ways.length ? { $or: ways.map(({ where }) => where) } : null;
      },
    },
  ],
});

function inPanels(panelIds: string[], also: Where = {}): Where | null {
  return panelIds.length ? { panelId: { $in: panelIds }, ...also } : null;
}

/** Hides the correction of a role. A person who is no longer named in a case or referral does not hide all of it. */
export const excludedFromPersonOfRow: DenyRule = {
  name: 'excluded-person',
  step: 'conflict',
  sentence: 'who is excluded, by the panel or in the whole partnership, from the person that it names',
  where: (actor) => {
    const hidden = excludedByPanel(actor);
    if (actor.excludedPersonIds.length) hidden.push({ personId: { $in: actor.excludedPersonIds } });
    return hidden.length ? { $or: hidden } : null;
  },
};

const WITHIN_CASE = {
  relations: { case: { to: Case, local: 'caseId', foreign: 'id' } },
  parent: 'case',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
};

policy.declareSubject(CasePerson, 'CasePerson', {
  ...WITHIN_CASE,
  relations: { ...WITHIN_CASE.relations, person: { to: Person, local: 'personId', foreign: 'id' } },
  allowRules: [
    {
      name: 'case-reader',
      sentence: 'who may read the case',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['change', 'take-out'],
      within: 'change',
      where: () => ({}),
    },
    {
      name: 'own-role',
      sentence: 'whose agency named the person, and who may name people in the case',
      actions: ['change'],
      within: 'name-person',
      where: (actor) => ({ agencyId: actor.agencyId }),
    },
  ],
});

policy.declareSubject(CasePersonCorrection, 'CasePersonCorrection', {
  ...WITHIN_CASE,
  isAboutProcess: true,
  denyRules: [excludedFromPersonOfRow],
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      within: 'change',
      where: () => ({}),
    },
    {
      name: 'remover',
      sentence: 'who removed the person, and chairs or coordinates the panel',
      actions: ['put-back'],
      within: 'change',
      where: ({ id }) => ({ correctedById: id }),
    },
    {
      name: 'own-role',
      sentence: 'whose agency named the person, and who may name people in the case',
      actions: ['read'],
      within: 'name-person',
      where: (actor) => ({ agencyId: actor.agencyId }),
    },
  ],
});

/** Contributions of the actor's agency in which the actor is involved. */
const ofOwnContribution = (actor: Actor): Where => ofOwnAgency(actor, { panelId: { $in: seatedPanels(actor) } });

/**
 * Contributions that the agency neither restricts to itself nor controls: colleagues who read the case can read them.
 */
const OPEN_TO_COLLEAGUES = {
  agencyOnly: false,
  originatorControl: false,
  handling: { $ne: 'C' },
  category: { $nin: [...SEALED_CATEGORIES] },
};

/** Contributions of other agencies of which the actor may know. */
const ofOthers = (actor: Actor): Where => ({
  $and: [{ agencyOnly: false, agencyId: { $ne: actor.agencyId } }, sharedAtLeast(actor, 'existence')],
});

const releasedTo = (actor: Actor): Where => ({
  status: 'approved',
  agencyId: actor.agencyId,
  expiresAt: { $gt: actor.now },
  $or: [{ releasedTo: 'agency' }, { practitionerId: actor.id }],
});

policy.declareSubject(Contribution, 'Contribution', {
  ...WITHIN_CASE,
  relations: {
    ...WITHIN_CASE.relations,
    acknowledgements: { to: HandlingAcknowledgement, local: 'id', foreign: 'contributionId' },
    releases: { to: ReleaseRequest, local: 'id', foreign: 'contributionId' },
  },
  sharingLimits: [
    {
      name: 'recalled',
      sentence: 'taken back by the agency that contributed it',
      remedy: 'nothing: what was taken back stays with its agency. Ask that agency itself',
      level: 'existence',
      where: () => ({ recalledAt: { $ne: null } }),
    },
    {
      name: 'originator-control',
      sentence: 'under its originator’s control, and not released to this agency or person',
      remedy: 'a release by the agency that contributed it: ask by POST /v1/contributions/{id}/release-requests',
      level: 'existence',
      where: (actor) => ({
        originatorControl: true,
        agencyId: { $ne: actor.agencyId },
        $nor: [{ releases: { $elemMatch: releasedTo(actor) } }],
      }),
    },
    {
      name: 'handling-conditions',
      sentence: 'handling C: held back until the reader takes note of its conditions',
      remedy: 'taking note of its conditions: read them, then POST /v1/contributions/{id}/acknowledgement',
      level: 'existence',
      where: (actor) => ({
        handling: 'C',
        $nor: [{ acknowledgements: { $elemMatch: { practitionerId: actor.id, voidedAt: null } } }],
      }),
    },
  ],
  allowRules: [
    {
      name: 'own-contribution',
      sentence:
        'who contributed it, or whose agency did, with a seat on the panel or as safeguarding lead, and who may read the case',
      actions: ['read'],
      within: 'read',
      where: ofOwnContribution,
    },
    {
      name: 'contribution-of-a-colleague',
      sentence:
        'whose agency contributed it, and keeps it neither to itself nor under its control or conditions, outside the sealed categories, and who may read the case',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ agencyId: actor.agencyId, ...OPEN_TO_COLLEAGUES }),
    },
    {
      name: 'contributor',
      sentence:
        'who contributed it, or whose agency did, with a seat on the panel or as safeguarding lead, and who may contribute to the case',
      actions: ['change', 'release', 'recall'],
      within: 'contribute',
      where: ofOwnContribution,
    },
    {
      name: 'former-contributor',
      sentence:
        'who is safeguarding lead of the agency that contributed it, also without a seat or invitation, or has a core seat on the panel for that agency where the case was closed as referred in error: takes it back without reading it',
      actions: ['recall'],
      where: (actor) => ({
        agencyId: actor.agencyId,
        $or: [
          { partnershipId: { $in: entrustedPartnerships(actor) } },
          {
            panelId: { $in: corePanels(actor) },
            $and: [{ case: { $elemMatch: IN_ERROR } }],
          },
        ],
        case: { $elemMatch: notDenied(actor, subjectOf(Case)) },
      }),
      fields: ['id', 'recalledAt'],
    },
    {
      name: 'shared',
      sentence:
        'of another agency than contributed it, to which the agreement makes at least its existence known, and who may read the case',
      actions: ['read'],
      within: 'read',
      where: ofOthers,
    },
    {
      name: 'other-agency',
      sentence: 'of another agency than contributed it, who may know of it',
      actions: ['acknowledge'],
      within: 'read',
      where: ofOthers,
    },
    {
      name: 'other-agency-beyond-an-emergency',
      sentence:
        'of another agency than contributed it, who may know of it, and may read the case other than in an emergency',
      actions: ['ask-release'],
      within: 'take-part',
      where: ofOthers,
    },
  ],
});

const throughCase = (relation: string) => ({
  name: 'case-reader',
  sentence: 'who may read a case about it',
  actions: ['read' as const],
  isTimeLimited: true,
  where: (actor: Actor): Where | null => reached(actor, 'read', relation),
});

/** No case at present; grants or invitations can add some. */
const NO_CASE = { id: { $in: [] } };

/** Returns rows reached through a case on which the actor may do `action`; `also` limits the cases further. */
function reached(actor: Actor, action: ActionOf<typeof Case>, relation: string, also: Where = {}): Where | null {
  if (!applicableRules(actor, subjectOf(Case), action).length) return null;
  const any = permittedRows(actor, subjectOf(Case), action) ?? NO_CASE;
  return { [relation]: { $elemMatch: Object.keys(also).length ? { $and: [also, any] } : any } };
}

const inCases = (local: string) => ({
  relations: {
    roles: { to: CasePerson, local, foreign: 'personId' },
    cases: { to: Case, local, foreign: 'personId' },
  },
  contexts: ['roles', 'cases'],
});

/**
 * Returns the condition for people, places and groups that a case of the actor's own panel already names. `panelId`
 * limits it to one panel. A grant, an invitation or an emergency access does not count, because it only permits reading
 * a case.
 */
function beforeOwnPanel(actor: Actor, hasRoles: boolean, panelId?: string): Where | null {
  const also = panelId ? { panelId } : {};
  const inCase = reached(actor, 'name-person', 'cases', also);
  if (!inCase || !hasRoles) return inCase;
  return { $or: [inCase, { roles: { $elemMatch: reached(actor, 'name-person', 'case', also) as Where } }] };
}

/**
 * Returns the condition for records that the actor may name to a panel. These are records of the actor's own agency,
 * and records already named by a case of that panel. Source: docs/who-may-widen.md, row 12.
 */
export const mayPutBefore = (
  actor: Actor,
  type: typeof Person | typeof Place | typeof Group,
  panelId: string,
): Where => ({
  $or: [
    { agencyId: actor.agencyId },
    ...[beforeOwnPanel(actor, type === Person, panelId)].filter((one) => one !== null),
  ],
});

/** Allow rules for naming a record again; `mayPutBefore` limits the first of them to the panel that receives it. */
const namedAgain = (hasRoles: boolean): AllowRule<'name' | 'change'>[] => [
  {
    name: 'before-the-panel',
    sentence: 'who is a core member of a panel with a case about it: before that panel and no other',
    actions: ['name'],
    where: (actor) => beforeOwnPanel(actor, hasRoles),
  },
  {
    name: 'own-agency-in-a-case',
    sentence: 'whose agency recorded it, and who is a core member of a panel with a case about it',
    actions: ['change', 'name'],
    where: (actor) => {
      const before = beforeOwnPanel(actor, hasRoles);
      return before && { $and: [{ agencyId: actor.agencyId }, before] };
    },
  },
];

policy.extendSubject(Person, {
  ...inCases('id'),
  allowRules: [
    throughCase('cases'),
    {
      name: 'role-in-case',
      sentence: 'who may read a case in which the person has a role',
      actions: ['read'],
      isTimeLimited: true,
      where: (actor) => {
        const inner = reached(actor, 'read', 'case');
        return inner && { roles: { $elemMatch: inner } };
      },
    },
    ...namedAgain(true),
  ],
});

/**
 * Returns addresses reached through a readable case. The agreement must share them in full, or the case must be open in
 * an emergency.
 */
const sharedThrough = (actor: Actor, relation: 'cases' | 'roles', readable: Where): Where => {
  const caseId = relation === 'cases' ? 'id' : 'caseId';
  const inEmergency = emergencyRows(actor, caseId);
  return {
    $or: [
      { $and: [{ [relation]: { $elemMatch: readable } }, sharedFromLevel(actor, 'protected_address', 'full')] },
      ...(actor.emergencyCaseIds.length ? [{ [relation]: { $elemMatch: { $and: [readable, inEmergency] } } }] : []),
    ],
  };
};

/** Addresses recorded by the actor's agency, of people whom it recorded. */
export const ofOwnPerson = ({ agencyId }: Actor): Where => ({ agencyId, person: { $elemMatch: { agencyId } } });

/** Limits an address to the context of the one panel to which it was submitted, excluding cases of other panels. */
const onItsPanel = { also: { panelId: 'panelId' } };
const addressed = inCases('personId');

policy.extendSubject(ProtectedAddress, {
  relations: {
    roles: { ...addressed.relations.roles, ...onItsPanel },
    cases: { ...addressed.relations.cases, ...onItsPanel },
    person: { to: Person, local: 'personId', foreign: 'id' },
  },
  contexts: addressed.contexts,
  denyRules: [outsideCompartmentOf('panelId')],
  allowRules: [
    {
      name: 'before-the-panel',
      sentence: 'whose agency wrote it, and who is a core member of the panel, which has a case about the person',
      actions: ['put-before'],
      where: (actor) => {
        const before = beforeOwnPanel(actor, true);
        return before && { $and: [{ agencyId: actor.agencyId }, before] };
      },
    },
    {
      name: 'own-agency-of-the-person-in-a-case',
      sentence:
        'whose agency wrote it, and recorded the person, and who may read a case of the panel about the person, other than in an emergency',
      actions: ['put-before'],
      isTimeLimited: true,
      where: (actor) => {
        const [inCase, inRole] = [reached(actor, 'take-part', 'cases'), reached(actor, 'take-part', 'case')];
        if (!inCase || !inRole) return null;
        return { ...ofOwnPerson(actor), $or: [inCase, { roles: { $elemMatch: inRole } }] };
      },
    },
    {
      name: 'case-reader',
      sentence: 'who may read a case about the person, where protected addresses are shared in full',
      actions: ['read', 'reveal'],
      where: (actor) => {
        const ways = applicableRules(actor, subjectOf(Case), 'read').map((one) => one.where);
        return ways.length ? sharedThrough(actor, 'cases', { $or: ways }) : null;
      },
    },
    {
      name: 'role-in-case',
      sentence: 'who may read a case in which the person has a role, where protected addresses are shared in full',
      actions: ['read', 'reveal'],
      where: (actor) => {
        const inner = reached(actor, 'read', 'case');
        return inner && sharedThrough(actor, 'roles', inner);
      },
    },
  ],
});

policy.extendSubject(Place, {
  relations: { cases: { to: Case, local: 'id', foreign: 'placeId' } },
  contexts: ['cases'],
  allowRules: [throughCase('cases'), ...namedAgain(false)],
});

policy.extendSubject(Group, {
  relations: { cases: { to: Case, local: 'id', foreign: 'groupId' } },
  contexts: ['cases'],
  allowRules: [throughCase('cases'), ...namedAgain(false)],
});

policy.declareWording(Case, 'Working a case', 'case', {
  track: 'follow where it stands',
  contribute: 'contribute to it',
  assess: 'assess a risk in it',
  plan: 'plan for it',
  'name-person': 'name people in it',
  'take-part': 'take part in it',
  close: 'close it',
  reopen: 'reopen it',
  list: 'list it for a meeting',
  exclude: 'keep somebody out of it',
});
policy.declareWording(CasePerson, 'Working a case', 'role of a person in a case', {
  'take-out': 'take out a person named in error',
});
policy.declareWording(CasePersonCorrection, 'Working a case', 'correction of a role in a case', {
  'put-back': 'put back a person taken out by mistake',
});
policy.declareWording(Contribution, 'Working a case', 'contribution to a case');
