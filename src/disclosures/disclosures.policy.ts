/** Read access to disclosures: the originating agency, the panel's coordination, and the data protection officer. */
import type { Actor } from '../authentication/actor.js';
import { EMERGENCY_PURPOSE } from '../authentication/purposes.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import type { RecordClass } from '../database/columns.js';
import { Case, CasePerson } from '../cases/case.entity.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { coordinatedPanels, outsideCompartment, seatedPanels } from '../panels/panels.policy.js';
import { ReferralPersonCorrection } from '../referrals/referral-person-correction.entity.js';
import {
  Referral,
  ReferralDecision,
  ReferralPerson,
  ReferralScreening,
  ReferralSubject,
} from '../referrals/referral.entity.js';
import { beyondExclusions, excludedFromReferral } from '../referrals/referrals.policy.js';
import { readThroughHiddenItems } from '../research/through-items.policy.js';
import { hiddenIfConflictKnown, CONFLICT_RELATIONS } from '../proceedings/known-conflicts.js';
import { excludedByPanel } from '../sharing/access.policy.js';
import { Group, Person, Place, ProtectedAddress } from '../subjects/subject.entity.js';
import { entrustedPartnerships } from '../subjects/subjects.policy.js';
import { DisclosureRevision } from './disclosure-revision.entity.js';
import { Disclosure } from './disclosure.entity.js';
import type { DenyRule } from '../authorization/subject.types.js';
import { denyConditions, notDenied } from '../authorization/applicable-rules.js';

export const policy = new Policy();

/** Types of records that are a referral or belong to one, and not to a case. */
const OF_A_REFERRAL: RecordClass[] = [
  Referral,
  ReferralDecision,
  ReferralPerson,
  ReferralPersonCorrection,
  ReferralScreening,
  ReferralSubject,
];

/**
 * Applies the deny rules of a referral to disclosures of its records. The referral of some old rows is unknown: they
 * count as hidden.
 */
const hiddenWithItsReferral: DenyRule = {
  name: excludedFromReferral.name,
  step: 'conflict',
  sentence: 'who is excluded from the referral in which it stands',
  where: (actor) => {
    const excluded = excludedFromReferral.where(actor);
    const types = OF_A_REFERRAL.map((type) => subjectOf(type).name);
    return (
      excluded && {
        $and: [
          { $or: [{ recordType: { $in: types } }, { referralId: { $ne: null } }] },
          { $nor: [{ referral: { $elemMatch: { $nor: [excluded] } } }] },
        ],
      }
    );
  },
};

/** Types of records that do not belong to a case by themselves. */
const BY_THEMSELVES: RecordClass[] = [Person, Place, Group, ProtectedAddress];

/**
 * Hides disclosures of people, places and groups received through an unknown case or referral, because it may be
 * hidden. If the case or referral is known, its own deny rules apply. Officers are exempt, because they account for
 * everything received in the partnership.
 */
const hiddenWithItsRecord: DenyRule = {
  name: 'excluded-from-record',
  step: 'conflict',
  sentence:
    'who is excluded from a case or a person, where it is not known through which case or referral the person, place, group or address was received; unless they are a data protection officer',
  where: (actor) => {
    const { excludedCaseIds, excludedPersonIds, panelExclusions, roles } = actor;
    const isExcluded = excludedCaseIds.length > 0 || excludedPersonIds.length > 0 || panelExclusions.length > 0;
    if (!isExcluded || roles.includes('data_protection_officer')) return null;
    const types = BY_THEMSELVES.map((type) => subjectOf(type).name);
    return { recordType: { $in: types }, caseId: null, referralId: null };
  },
};

/** Hides disclosures of a protected address from readers from whom the address is hidden. */
const hiddenWithItsAddress: DenyRule = {
  name: 'hidden-address',
  step: 'conflict',
  sentence: 'from whom the protected address that was received is hidden',
  where: (actor) => {
    const address = subjectOf(ProtectedAddress);
    if (!denyConditions(actor, address).length) return null;
    return {
      recordType: address.name,
      $nor: [{ address: { $elemMatch: notDenied(actor, address) } }],
    };
  },
};

/**
 * Hides rows without an actual receipt from officers, who account for actual receipts. Hides them from everybody if the
 * agency did receive the record.
 */
const neverReceived: DenyRule = {
  name: 'never-received',
  step: 'conflict',
  sentence:
    'who is a data protection officer, where a conflict kept it from the one who would have received it; and everybody where somebody else of the agency received it',
  where: ({ roles }) => ({
    keptOutByIds: { $ne: null },
    ...(roles.includes('data_protection_officer')
      ? {}
      : { same: { $elemMatch: { keptOutByIds: null, inErrorSince: null } } }),
  }),
};

const denyRules: DenyRule[] = [
  {
    name: 'excluded-from-case',
    step: 'conflict',
    sentence: 'who is excluded from the case or, in the partnership or by the panel, from the person whom it concerns',
    where: (actor) => {
      const { excludedCaseIds, excludedPersonIds, panelExclusions } = actor;
      if (!excludedCaseIds.length && !excludedPersonIds.length && !panelExclusions.length) return null;
      const spared = { $nor: [{ referral: { $elemMatch: beyondExclusions(actor) } }] };
      const people = [
        { personId: { $in: excludedPersonIds } },
        ...excludedByPanel(actor).map((where) => ({ ...where, ...spared })),
      ];
      return { $or: [{ caseId: { $in: excludedCaseIds } }, ...people] };
    },
  },
  hiddenWithItsReferral,
  hiddenWithItsRecord,
  hiddenWithItsAddress,
  outsideCompartment,
  recusedFromItem('listingId'),
  readThroughHiddenItems,
  hiddenIfConflictKnown,
  neverReceived,
];

/**
 * Limits rows to those of the originating agency. Screenings are excluded: they belong to the panel, and the referring
 * agency may not read them.
 */
const ofOrigin = (actor: Actor, more: Where): Where => ({
  originAgencyId: actor.agencyId,
  ...more,
  recordType: { $ne: subjectOf(ReferralScreening).name },
});

/** Fields shown to the originating agency for a disclosure on a panel on which it has no seat. */
const WITHOUT_THE_PANEL = [
  'id',
  'version',
  'partnershipId',
  'personId',
  'recordType',
  'recordId',
  'recordVersion',
  'originAgencyId',
  'recipientAgencyId',
  'purpose',
  'at',
  'fields',
  'pending',
  'pendingSince',
  'notifiedAt',
  'inErrorSince',
];

policy.declareSubject(Disclosure, 'Disclosure', {
  relations: {
    roles: { to: CasePerson, local: 'caseId', foreign: 'caseId' },
    case: { to: Case, local: 'caseId', foreign: 'id' },
    referral: { to: Referral, local: 'referralId', foreign: 'id' },
    address: { to: ProtectedAddress, local: 'recordId', foreign: 'id' },
    same: {
      to: Disclosure,
      local: 'recordId',
      foreign: 'recordId',
      also: { recipientAgencyId: 'recipientAgencyId', recordVersion: 'recordVersion', caseId: 'caseId', day: 'day' },
    },
    ...CONFLICT_RELATIONS,
  },
  orderBy: 'at',
  seek: ['panelId', 'originAgencyId', 'partnershipId'],
  denyRules,
  allowRules: [
    {
      name: 'originator-on-the-panel',
      sentence:
        'whose agency contributed what was disclosed, with a seat on the panel; what was disclosed in an emergency, as its safeguarding lead',
      actions: ['read', 'read-panel', 'tell'],
      where: (actor) =>
        ofOrigin(actor, {
          panelId: { $in: seatedPanels(actor) },
          $or: [{ purpose: { $ne: EMERGENCY_PURPOSE } }, { partnershipId: { $in: entrustedPartnerships(actor) } }],
        }),
    },
    {
      name: 'originator',
      sentence:
        'who is safeguarding lead of the agency that contributed what was disclosed: to whom it went, and not on which panel',
      actions: ['read', 'tell'],
      where: (actor) => ofOrigin(actor, { partnershipId: { $in: entrustedPartnerships(actor) } }),
      fields: WITHOUT_THE_PANEL,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read', 'read-panel', 'tell'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the partnership',
      actions: ['read', 'read-panel'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer') ? { partnershipId: { $in: actor.partnershipIds } } : null,
    },
  ],
});

policy.declareSubject(DisclosureRevision, 'DisclosureRevision', {
  relations: { disclosure: { to: Disclosure, local: 'disclosureId', foreign: 'id' } },
  parent: 'disclosure',
  allowRules: [
    {
      name: 'disclosure-reader',
      sentence: 'who may read the disclosure: when its recipient was told, not by whom',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
      // the notifying user's name would reveal who runs a panel of which the reader may not know
      fields: ['id', 'version', 'partnershipId', 'disclosureId', 'pending', 'since', 'fields', 'notifiedAt'],
    },
    {
      name: 'disclosure-and-panel-reader',
      sentence: 'who may read the disclosure and its panel',
      actions: ['read'],
      within: 'read-panel',
      where: () => ({}),
    },
  ],
});

policy.extendSubject(Person, {
  allowRules: [
    {
      name: 'data-protection-officer',
      sentence:
        'who is a data protection officer in the partnership: who received what about the person, not the person',
      actions: ['account-for'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer') ? { partnershipId: { $in: actor.partnershipIds } } : null,
    },
  ],
});

policy.declareWording(Disclosure, 'Accounting for it', 'disclosure', {
  tell: 'say that its recipients were told of a change',
  'read-panel': 'read on which panel it was',
});
policy.declareWording(DisclosureRevision, 'Accounting for it', 'correction or recall of what was disclosed');
policy.addActionPhrases(Person, { 'account-for': 'ask who received what about the person' });
