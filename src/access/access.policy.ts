/**
 * Permissions on exclusions, access requests and grants for the panel's coordination, and on emergency access for the
 * data protection officer.
 */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import type { RecordClass } from '../database/columns.js';
import { Case } from '../cases/case.entity.js';
import { hiddenWithCase, NOT_IN_ERROR } from '../cases/cases.policy.js';
import { ofNoColleague, toPractitioner } from '../agencies/agencies.policy.js';
import { staffNameKey } from '../agencies/name-key.js';
import { chairedPanels, coordinatedPanels, outsideCompartment } from '../panels/panels.policy.js';
import { Referral } from '../referrals/referral.entity.js';
import { EXCLUSION_ATTRIBUTES, namedInHiddenMatters } from '../referrals/referrals.policy.js';
import { AccessGrant, EmergencyAccess } from '../sharing/access.entity.js';
import { excludedByPanel } from '../sharing/access.policy.js';
import { PractitionerName } from '../agencies/practitioner-name.entity.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { Person } from '../subjects/subject.entity.js';
import { entrustedPartnerships } from '../subjects/subjects.policy.js';
import { AccessDecision, AccessRequest } from './access-request.entity.js';
import { exclusionsOf, namedBy, openEmergencies } from './known-accesses.js';
import type { DenyRule } from '../authorization/subject.types.js';
import { applicableRules } from '../authorization/applicable-rules.js';

export const policy = new Policy();

const toCase = { case: { to: Case, local: 'caseId', foreign: 'id' } };

/** Hides an exclusion from everybody who is or was excluded by it, even after it has ended. */
const theOneExcluded: DenyRule = {
  name: 'the-one-excluded',
  step: 'conflict',
  sentence:
    'who is or was kept out by it, or is kept out by another of its case, of its person, or of a case or referral of its panel that names the person; by a conflict that they declared, as far as the person was named then',
  where: (actor) => ({
    $or: [
      { practitionerId: { $in: actor.registrationIds } },
      { agencyId: actor.agencyId },
      ...(actor.nameKeys.length ? [{ nameKey: { $in: actor.nameKeys } }] : []),
      { caseId: { $in: actor.excludedCaseIds } },
      { personId: { $in: actor.excludedPersonIds } },
      ...excludedByPanel(actor),
      ...namedInHiddenMatters(actor),
    ],
  }),
};

/** Condition for names that somebody of the actor's agency has or had. */
const isColleagueName = ({ agencyId }: Actor): Where => ({
  enteredInErrorAt: null,
  practitioner: { $elemMatch: { agencyId } },
});

/** Fields needed for a review. The reason is omitted, because it describes the case and often a person's family. */
const WITHOUT_THE_REASON = [
  'id',
  'version',
  'partnershipId',
  'practitionerId',
  'agencyId',
  'name',
  'matches',
  'caseId',
  'personId',
  'reach',
  'panelId',
  'since',
  'until',
  'declared',
  'endedById',
];

policy.declareSubject(Exclusion, 'Exclusion', {
  relations: {
    ...toCase,
    ...toPractitioner,
    bearers: { to: PractitionerName, local: 'nameKey', foreign: 'nameKey' },
  },
  seek: ['panelId'],
  panel: 'panelId',
  contributor: { agency: 'madeByAgencyId', type: 'madeByAgencyType' },
  isAboutProcess: true,
  denyRules: [theOneExcluded, outsideCompartment],
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel that keeps it',
      actions: ['read'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'chair',
      sentence:
        'who chairs the panel that keeps it, and is not of the agency of the person who is kept out, or of anybody who has or had the name, unless they imposed it themselves on that person',
      actions: ['end'],
      where: (actor) => ({
        panelId: { $in: chairedPanels(actor) },
        $or: [
          { $and: [ofNoColleague(actor), { $nor: [{ bearers: { $elemMatch: isColleagueName(actor) } }] }] },
          { declared: false, madeById: actor.id, nameKey: null },
        ],
      }),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the partnership: who is kept out of what, and not why',
      actions: ['read'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer') ? { partnershipId: { $in: actor.partnershipIds } } : null,
      fields: WITHOUT_THE_REASON,
    },
    {
      name: 'officer-without-panel',
      sentence: 'who is a data protection officer in the partnership, where no panel keeps the declared conflict',
      actions: ['end'],
      // without a steering group, a conflict with a person who is known through no panel has no chair who could end it
      where: (actor) =>
        actor.roles.includes('data_protection_officer')
          ? { partnershipId: { $in: actor.partnershipIds }, panelId: null, declared: true }
          : null,
    },
  ],
});

policy.extendSubject(Person, {
  allowRules: [
    {
      name: 'coordination',
      sentence:
        'who chairs or coordinates a panel with a case in which the person has a role, or with a submitted referral that names the person; in some matters another of them does it',
      actions: ['exclude'],
      where: (actor) => {
        const opened = (type: RecordClass): Where => ({
          $or: applicableRules(actor, subjectOf(type), 'exclude').map((one) => one.where),
        });
        if (!coordinatedPanels(actor).length) return null;
        const inCase = { case: { $elemMatch: opened(Case) } };
        const inReferral = { referral: { $elemMatch: opened(Referral) } };
        const namedOn = (panelIds: string[]): Where[] => [
          { cases: { $elemMatch: { panelId: { $in: panelIds }, ...opened(Case) } } },
          { roles: { $elemMatch: { panelId: { $in: panelIds }, ...inCase } } },
          { referred: { $elemMatch: { panelId: { $in: panelIds }, ...inReferral } } },
        ];
        const hidden = Map.groupBy(actor.peopleOfHiddenMatters, ({ panelId }) => panelId);
        const coordinated = coordinatedPanels(actor);
        const others = coordinated.filter((panelId) => !hidden.has(panelId));
        const ways = others.length ? namedOn(others) : [];
        for (const panelId of coordinated) {
          const people = hidden.get(panelId)?.map(({ personId }) => personId);
          if (people) ways.push({ id: { $nin: people }, $or: namedOn([panelId]) });
        }
        return { $or: ways };
      },
    },
  ],
});

/**
 * Compartments of which the actor is a member. An emergency gives a member no further access to a compartment; for
 * everybody else it is closed already.
 */
const ownCompartments = (actor: Actor): string[] =>
  actor.memberships.filter((one) => one.compartment).map((one) => one.panelId);

policy.extendSubject(Case, {
  allowRules: [
    {
      name: 'access-coordination',
      sentence: 'who chairs or coordinates the panel decides who else may read the case',
      actions: ['grant-access'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'emergency-capability',
      sentence:
        'who holds the role for emergency access, in the partnership where they work: any case but those of a compartment, and those closed as referred in error',
      actions: ['open-in-emergency'],
      where: (actor) =>
        actor.roles.includes('emergency_access')
          ? {
              partnershipId: { $in: actor.workingPartnershipIds },
              panelId: { $nin: ownCompartments(actor) },
              ...NOT_IN_ERROR,
            }
          : null,
    },
  ],
});

const asked = (actor: Actor): Where | null => (actor.kind === 'practitioner' ? { practitionerId: actor.id } : null);

policy.declareSubject(AccessRequest, 'AccessRequest', {
  relations: toCase,
  parent: 'case',
  seek: ['practitionerId'],
  allowRules: [
    {
      name: 'asker',
      sentence: 'who asked: where it stands, and not whether there is such a case',
      actions: ['read', 'ask', 'withdraw'],
      where: asked,
      fields: [
        'id',
        'version',
        'practitionerId',
        'agencyId',
        'asked',
        'reason',
        'purpose',
        'status',
        'grantedUntil',
        'revokedAt',
        'createdAt',
      ],
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel of the case, and did not ask themselves',
      actions: ['read', 'approve', 'refuse', 'revoke'],
      within: 'grant-access',
      where: (actor) => ({ practitionerId: { $nin: actor.registrationIds } }),
    },
  ],
});

/** Read only by rules, or shown with the request to which they belong. */
policy.declareSubject(AccessGrant, 'AccessGrant', {});
policy.declareSubject(AccessDecision, 'AccessDecision', {});

/** Fields shown to people notified of an emergency access: its occurrence, without the person and the reason. */
const BY_REFERENCE = [
  'id',
  'version',
  'partnershipId',
  'panelId',
  'caseId',
  'openedAt',
  'expiresAt',
  'endedAt',
  'isRepeated',
  'reviewDueOn',
  'reviewedAt',
];

policy.declareSubject(EmergencyAccess, 'EmergencyAccess', {
  relations: toCase,
  parent: 'case',
  seek: ['practitionerId', 'partnershipId', 'panelId'],
  denyRules: hiddenWithCase('caseId'),
  allowRules: [
    {
      name: 'holder',
      sentence: 'who opened it',
      actions: ['read', 'end'],
      where: asked,
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the partnership',
      actions: ['read'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer') ? { partnershipId: { $in: actor.partnershipIds } } : null,
    },
    {
      name: 'reviewer',
      sentence: 'who is a data protection officer in the partnership, and did not open it',
      actions: ['review'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer')
          ? { partnershipId: { $in: actor.partnershipIds }, practitionerId: { $nin: actor.registrationIds } }
          : null,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel: that it happened, by reference',
      actions: ['read'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
      fields: BY_REFERENCE,
    },
    {
      name: 'agency-of-the-case',
      sentence:
        'who is safeguarding lead of the agency that leads or brought the case, and may read it: that it happened, by reference',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({
        partnershipId: { $in: entrustedPartnerships(actor) },
        case: { $elemMatch: { $or: [{ leadAgencyId: actor.agencyId }, { agencyId: actor.agencyId }] } },
      }),
      fields: BY_REFERENCE,
    },
  ],
});

// a user who may explain a case decides on access to it, or supervises such decisions
policy.declareKnownAttributes(['grantedCaseIds'], async (work, people) => {
  const ids = [...new Set(people.flatMap(({ grantedCaseIds }) => grantedCaseIds))];
  const explained = ids.length ? await work.records.findMany('explain', Case, { id: { $in: ids } }, ids.length) : [];
  const known = new Set(explained.map(({ id }) => id));
  return ({ grantedCaseIds }) => ({ grantedCaseIds: grantedCaseIds.filter((id) => known.has(id)) });
});

// the coordination learns that a case was opened in an emergency, but not by which person
policy.declareKnownAttributes(
  ['emergencyCaseIds', 'emergencyRoleIdsAsShared', 'emergencyPersonIdsAsShared'],
  async (work, people) => {
    const opened = await openEmergencies(
      work,
      people.filter(({ emergencyCaseIds }) => emergencyCaseIds.length),
    );
    const shown = await work.records.shownOf(
      EmergencyAccess,
      opened.map(({ id }) => id),
    );
    const known = opened.filter(({ id }) => shown.get(id)?.has('practitionerId'));
    return ({ id, emergencyCaseIds }) => ({
      emergencyCaseIds: emergencyCaseIds.filter((caseId) =>
        known.some((one) => one.practitionerId === id && one.caseId === caseId),
      ),
    });
  },
);

policy.declareConflicts(EXCLUSION_ATTRIBUTES, async (work, one) =>
  (await exclusionsOf(work, [one])).filter((exclusion) => namedBy(exclusion, one) !== null),
);

policy.declareKnownAttributes(EXCLUSION_ATTRIBUTES, async (work, people) => {
  const concerning = await exclusionsOf(work, people);
  const shown = await work.records.shownOf(Exclusion, [...new Set(concerning.map(({ id }) => id))]);
  // the officer gets a true answer even if the agreement does not share the typed name with the officer's agency
  const isOfficer = work.actor.roles.includes('data_protection_officer');
  return (one) => {
    const known = concerning.filter((exclusion) => {
      const names = namedBy(exclusion, one);
      const fields = shown.get(exclusion.id);
      // a former name is known to officers alone: an exclusion by it must not tell whose name it was
      const isPresent = names !== 'name' || exclusion.nameKey === staffNameKey(one.name);
      const isKnown = names === 'name' && isOfficer ? fields : isPresent && fields?.has(names ?? '');
      // nor must a refusal of this exclusion tell
      return names !== null && (isKnown || (isPresent && work.write.insertedIds.has(exclusion.id)));
    });
    const caseIds = new Set(known.flatMap((exclusion) => exclusion.caseIds));
    const named = new Set(known.flatMap(({ personId, caseIds }) => (personId ? [] : caseIds)));
    const referralIds = new Set(known.flatMap((exclusion) => exclusion.referralIds));
    const hides = (personId: string, panelId?: string): boolean =>
      known.some(
        (exclusion) =>
          exclusion.personId === personId &&
          (panelId ? exclusion.reach === 'panel' && exclusion.panelId === panelId : exclusion.reach === 'partnership'),
      );
    return {
      excludedCaseIds: one.excludedCaseIds.filter((id) => caseIds.has(id)),
      namedExcludedCaseIds: one.namedExcludedCaseIds.filter((id) => named.has(id)),
      excludedReferralIds: one.excludedReferralIds.filter((id) => referralIds.has(id)),
      excludedPersonIds: one.excludedPersonIds.filter((id) => hides(id)),
      panelExclusions: one.panelExclusions
        .map(({ panelId, personIds }) => ({ panelId, personIds: personIds.filter((id) => hides(id, panelId)) }))
        .filter(({ personIds }) => personIds.length),
      peopleOfHiddenMatters: one.peopleOfHiddenMatters.filter(
        ({ panelId, caseIds: inCases, excludedPersonIds: because }) =>
          inCases.every((id) => caseIds.has(id)) && because.every((id) => hides(id) || hides(id, panelId)),
      ),
    };
  };
});

policy.declareWording(Exclusion, 'Working a case', 'exclusion', { end: 'end it' });
policy.declareWording(AccessRequest, 'Working a case', 'request for access', {
  ask: 'ask for access',
  withdraw: 'withdraw it',
  approve: 'approve it until a date',
  refuse: 'refuse it',
  revoke: 'end the access that it led to',
});
policy.declareWording(AccessGrant, 'Working a case', 'grant of access');
policy.declareWording(AccessDecision, 'Working a case', 'decision on a request for access');
policy.declareWording(EmergencyAccess, 'Working a case', 'emergency access', { end: 'end it', review: 'review it' });
policy.addActionPhrases(Case, {
  'grant-access': 'let somebody read it until a date',
  'open-in-emergency': 'open it in an emergency',
});
policy.addActionPhrases(Person, { exclude: 'keep somebody away from them' });
