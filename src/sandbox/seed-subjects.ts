/** Seeds people, places and groups, and the cases about them. */
import { Case, CasePerson, Contribution, ReferenceNumber } from '../cases/case.entity.js';
import { referralSeries } from '../cases/references.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { nameKey } from '../agencies/name-key.js';
import { Group, Person, Place, ProtectedAddress } from '../subjects/subject.entity.js';
import type { Caseload, SandboxPerson } from './content/caseload.js';
import { panelByCode, PANELS } from './content/panels.js';
import { CAST, type CastMember } from './content/cast.js';
import type { Seeding } from './seeding.js';

const addressText = (address: SandboxPerson['currentAddress']): string | null =>
  address && (address.text.includes(address.postcode) ? address.text : `${address.text}, ${address.postcode}`);

function safeContactText(safe: SandboxPerson['safeContact']): string | null {
  if (!safe) return null;
  const ways: [string, boolean][] = [
    ['call', safe.safeToCall],
    ['text', safe.safeToText],
    ['leave a voicemail', safe.safeToLeaveVoicemail],
    ['write', safe.safeToWrite],
  ];
  const rules = ways.map(([way, isSafe]) => `${isSafe ? 'Safe' : 'NOT safe'} to ${way}.`).join(' ');
  return `${rules} ${safe.safeTimes} ${safe.notes}`;
}

export async function subjects(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const recorder = recorders(caseload);
  const fallback: Record<string, string> = {
    ASK: 'askenby-community-safety',
    PEL: 'pellworth-community-safety',
    DUN: 'dunmarrow-community-safety',
  };
  const where = (key: string, borough: string) => ({
    partnershipId: seeding.id('partnership', borough),
    ...seeding.agency(recorder.get(key)?.agency ?? (fallback[borough] as string)),
    authorId: seeding.id('practitioner', recorder.get(key)?.author ?? (fallback[borough] as string)),
  });
  await seeding.put(
    Person,
    caseload.persons.map((person) => ({
      id: seeding.id('person', person.key),
      ...where(person.key, person.borough),
      givenName: person.givenName,
      familyName: person.familyName,
      familyNameKey: nameKey(person.familyName),
      aliases: person.aliases,
      dateOfBirth: person.dateOfBirth,
      datePrecision: person.datePrecision,
      sex: person.sex,
      ethnicity: person.ethnicity,
      firstLanguage: person.firstLanguage,
      interpreterNeeded: person.interpreterNeeded,
      nhsNumber: person.nhsNumber,
      phone: person.phone,
      email: person.email,
      safeContact: safeContactText(person.safeContact),
      currentAddress: addressText(person.currentAddress),
    })),
  );
  await seeding.put(
    ProtectedAddress,
    caseload.persons.flatMap(({ key, borough, protectedAddress }) =>
      protectedAddress
        ? [
            {
              id: seeding.id('protected-address', key),
              ...where(key, borough),
              personId: seeding.id('person', key),
              panelId: panelKnowing(seeding, key),
              kind: 'refuge' as const,
              address: addressText(protectedAddress) ?? '',
            },
          ]
        : [],
    ),
  );
  await seeding.put(
    Place,
    caseload.places.map((place) => ({
      id: seeding.id('place', place.key),
      ...where(place.key, place.borough),
      kind: place.kind,
      name: place.name,
      addressText: `${place.name}, ${place.ward}`,
      uprn: place.uprn,
      postcode: place.postcode,
    })),
  );
  await seeding.put(
    Group,
    caseload.groups.map((group) => ({
      id: seeding.id('group', group.key),
      ...where(group.key, group.borough),
      kind: group.kind,
      name: group.name,
      description: group.description,
    })),
  );
}

/** The MARAC that has the person in a case: the panel that shares protected addresses. */
function panelKnowing(seeding: Seeding, person: string): string | null {
  const known = seeding.caseload.cases.find(
    (one) => panelByCode(one.panel).type === 'marac' && one.people.some((role) => role.person === person),
  );
  return known ? seeding.id('panel', known.panel) : null;
}

/** Returns the agency that recorded a person, place or group: that of the first referral naming it. */
function recorders({ referrals }: Caseload): Map<string, { agency: string; author: string }> {
  const first = new Map<string, { agency: string; author: string }>();
  for (const referral of referrals) {
    const named = [...referral.people.map(({ person }) => person), ...referral.places, ...referral.groups];
    for (const key of named) {
      const { referringAgency: agency, referrer } = referral;
      if (!first.has(key)) first.set(key, { agency, author: referrer ?? agency });
    }
  }
  return first;
}

/** Subject of a referral or case. */
export function subjectOf(
  seeding: Seeding,
  about: Pick<Caseload['referrals'][number], 'subjectKind' | 'people' | 'places' | 'groups'>,
): Pick<Case, 'subjectKind' | 'personId' | 'placeId' | 'groupId'> {
  const none = { personId: null, placeId: null, groupId: null };
  if (about.subjectKind === 'place')
    return { ...none, subjectKind: 'place', placeId: seeding.id('place', about.places[0] as string) };
  if (about.subjectKind === 'group')
    return { ...none, subjectKind: 'group', groupId: seeding.id('group', about.groups[0] as string) };
  if (about.subjectKind === 'theme') return { ...none, subjectKind: 'theme' };
  const harmed = ['victim', 'at_risk', 'both_victim_and_harm_causer', 'complainant'];
  const causing = ['suspected_harm_causer', 'perpetrator', 'person_of_concern_adult'];
  const wanted = about.subjectKind === 'person_perpetrator' ? causing : harmed;
  const main = about.people.find(({ role }) => wanted.includes(role)) ?? about.people[0];
  return { ...none, subjectKind: about.subjectKind, personId: seeding.id('person', main?.person as string) };
}

/** The data category in which a panel's referrals tell what happened. */
export const NARRATIVE_CATEGORY = {
  jag: 'asb_incident',
  community_marac: 'asb_incident',
  marac: 'police_incident',
  syv: 'police_incident',
  channel: 'radicalisation',
} as const;

const agencyOf = (person: string): string => (CAST.find((one) => one.id === person) as CastMember).agency;

export async function cases(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const referrals = new Map(caseload.referrals.map((referral) => [referral.key, referral]));
  const panelOf = new Map(PANELS.map((panel) => [panel.code, panel]));
  const facts = new Map<string, { panelId: string; partnershipId: string; agency: string }>();
  await seeding.put(
    Case,
    caseload.cases.map((one) => {
      const referral = referrals.get(one.referral);
      const agency = referral?.referringAgency ?? one.leadAgency;
      const panelId = seeding.id('panel', one.panel);
      const partnershipId = seeding.id('partnership', one.borough);
      facts.set(one.key, { panelId, partnershipId, agency });
      const type = panelOf.get(one.panel)?.type as keyof typeof NARRATIVE_CATEGORY;
      return {
        id: seeding.id('case', one.key),
        at: one.closedOn ?? one.openedOn,
        partnershipId,
        panelId,
        ...seeding.agency(agency),
        ...subjectOf(seeding, one),
        reference: one.reference,
        stage: one.stage === 'listed' ? 'open' : one.stage,
        category: NARRATIVE_CATEGORY[type],
        summary: one.summary,
        whyMultiAgency: referral?.whyMultiAgency ?? null,
        leadAgencyId: seeding.id('agency', one.leadAgency),
        riskBand: BANDS[one.band] ?? null,
        riskBandReason: null,
        isRepeat: referral?.isRepeat ?? false,
        previousCaseId: null,
        nextReviewOn: one.nextReviewOn,
        rulesEdition: 1,
        openedAt: seeding.at(one.openedOn),
        closedAt: one.closedOn ? seeding.at(one.closedOn) : null,
        closureReason: one.closureReason as Case['closureReason'],
        outcome: one.outcome,
      };
    }),
  );
  const inside = (key: string, agency: string) => {
    const { panelId, partnershipId } = facts.get(key) as { panelId: string; partnershipId: string };
    return { caseId: seeding.id('case', key), panelId, partnershipId, ...seeding.agency(agency) };
  };
  await seeding.put(
    CasePerson,
    caseload.cases.flatMap((one) =>
      one.people.map(({ person, role, since, rationale }) => ({
        id: seeding.id('case-person', `${one.key}/${person}/${role}`),
        at: one.openedOn,
        ...inside(one.key, facts.get(one.key)?.agency as string),
        personId: seeding.id('person', person),
        role,
        rationale,
        since,
        until: null,
      })),
    ),
  );
  await seeding.put(
    Contribution,
    caseload.contributions.map((one) => ({
      id: seeding.id('contribution', one.key),
      at: one.contributedOn,
      ...inside(one.case, one.agency),
      category: one.category,
      kind: one.kind,
      summary: one.summary,
      text: one.text,
      handling: one.handling,
      conditions: one.conditions,
      originatorControl: one.originatorControl,
      recalledAt: null,
      recallReason: null,
      agencyOnly: false,
      occurredOn: one.occurredOn,
      authorId: seeding.id('practitioner', one.author ?? one.agency),
    })),
  );
  await seeding.put(
    Exclusion,
    caseload.exclusions.map((one) => ({
      id: seeding.id('exclusion', one.key),
      partnershipId: facts.get(one.case)?.partnershipId as string,
      practitionerId: seeding.id('practitioner', one.person),
      agencyId: null,
      name: null,
      nameKey: null,
      caseId: seeding.id('case', one.case),
      personId: null,
      reach: 'panel' as const,
      panelId: facts.get(one.case)?.panelId as string,
      reason: one.reason,
      since: seeding.at(one.since),
      until: null,
      declared: true,
      madeById: seeding.id('practitioner', one.person),
      madeByAgencyId: seeding.id('agency', agencyOf(one.person)),
      madeByAgencyType: seeding.agency(agencyOf(one.person)).contributingType,
      endedById: null,
      endReason: null,
    })),
  );
  await seeding.put(ReferenceNumber, usedNumbers(caseload));
}

/** How the panels' scales map to the bands in force. */
const BANDS: Record<string, Case['riskBand']> = {
  standard: 'standard',
  low: 'standard',
  emerging: 'standard',
  medium: 'medium',
  significant: 'medium',
  high: 'high',
  visible_high_risk: 'high',
  experiencing: 'high',
  green: 'standard',
  amber: 'medium',
  red: 'high',
};

/** Marks the numbers of cases and referrals as used. A case and its referral share one number. */
function usedNumbers({ referrals, cases: opened }: Caseload): ReferenceNumber[] {
  const used = [
    ...opened.map(({ reference }) => reference),
    ...referrals.flatMap(({ reference }) => (reference ? [referralSeries(reference)] : [])),
  ];
  return used.map((reference) => {
    const [number, year, ...series] = reference.split('-').reverse() as [string, string, ...string[]];
    return { series: series.reverse().join('-'), year: Number(year), number: Number(number) };
  });
}
