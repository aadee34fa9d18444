/**
 * Puts the synthetic BCU into an empty database: `node dist/sandbox/seed.js`. Does nothing where it was done before. The
 * same day gives the same rows; SANDBOX_NOW names another day.
 */
import 'reflect-metadata';
import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import { SANDBOX_ISSUER } from '../agencies/sign-in.js';
import { Agency, AgencyPartnership, Client, Partnership, Practitioner } from '../agencies/agency.entity.js';
import { Case, CasePerson, Contribution, ReferenceNumber } from '../cases/case.entity.js';
import { config } from '../config.js';
import { entities } from '../entities.js';
import { Membership, Panel, PanelRules } from '../panels/panel.entity.js';
import { databaseOptions, openDatabase } from '../records/database.js';
import {
  Exclusion,
  SharingAgreement,
  SharingAgreementVersion,
  SharingParty,
  SharingRow,
} from '../sharing/sharing.entity.js';
import { nameKey } from '../subjects/name-key.js';
import { Group, Person, Place } from '../subjects/subject.entity.js';
import { SHARING_AGREEMENTS } from './content/agreements.js';
import { CAST, MACHINE_CLIENTS } from './content/cast.js';
import type { Caseload, SandboxPerson } from './content/caseload.js';
import { MEMBERSHIPS, PANELS } from './content/panels.js';
import { AGENCIES, PARTNERSHIPS, agencyByCode } from './content/places-and-agencies.js';
import { dateFrom } from './content/seeded.js';
import { buildCaseload } from './content/subjects-and-cases.js';
import { seedId } from './seed-id.js';

const CHUNK = 500;

/** Where the rows go, with their identifiers and times. */
export class Seeding {
  constructor(
    private readonly source: Pick<DataSource, 'getRepository'>,
    readonly now: Date,
    readonly caseload: Caseload,
  ) {}

  /** When the partnerships began: everything that has no date of its own. */
  get founded(): Date {
    return new Date(this.now.getTime() - 400 * 86_400_000);
  }

  /** The identifier of what the content calls `key`. */
  id(kind: string, key: string): string {
    return seedId(`${kind}:${key}`, this.founded);
  }

  day(offset: number): string {
    return dateFrom(this.now, offset);
  }

  /** Morning of a date, as an instant. */
  at(date: string | null): Date {
    return date ? new Date(`${date}T09:00:00Z`) : this.founded;
  }

  agency(code: string): { agencyId: string; contributingType: string } {
    return { agencyId: this.id('agency', code), contributingType: agencyByCode(code).type };
  }

  async put<T extends ObjectLiteral>(
    entity: EntityTarget<T>,
    rows: (Partial<T> & { at?: string | null })[],
  ): Promise<void> {
    const whole = rows.map(({ at, ...row }) => ({
      madeAt: this.at(at ?? null),
      changedAt: this.at(at ?? null),
      ...row,
    }));
    for (let start = 0; start < whole.length; start += CHUNK)
      await this.source.getRepository(entity).insert(whole.slice(start, start + CHUNK));
  }
}

async function agencies(seeding: Seeding): Promise<void> {
  const bcu = seeding.id('partnership', 'BCU');
  const ordered = [...PARTNERSHIPS].sort((a, b) => Number(b.code === 'BCU') - Number(a.code === 'BCU'));
  await seeding.put(
    Partnership,
    ordered.map(({ code, name }) => ({
      id: seeding.id('partnership', code),
      code,
      name,
      kind: code === 'BCU' ? ('bcu' as const) : ('borough' as const),
      withinId: code === 'BCU' ? null : bcu,
    })),
  );
  await seeding.put(
    Agency,
    AGENCIES.map(({ code, name, type }) => ({ id: seeding.id('agency', code), code, name, type, active: true })),
  );
  await seeding.put(
    AgencyPartnership,
    AGENCIES.flatMap(({ code, partnerships }) =>
      partnerships.map((partnership) => ({
        id: seeding.id('presence', `${code}/${partnership}`),
        agencyId: seeding.id('agency', code),
        partnershipId: seeding.id('partnership', partnership),
      })),
    ),
  );
  const { issuer } = SANDBOX_ISSUER;
  await seeding.put(
    Practitioner,
    CAST.map(({ id, name, agency, jobTitle, roles }) => ({
      id: seeding.id('practitioner', id),
      agencyId: seeding.id('agency', agency),
      name,
      jobTitle,
      email: `${id}@${agency}.example.org`,
      roles,
      issuer,
      subject: id,
      active: true,
    })),
  );
  await seeding.put(
    Client,
    MACHINE_CLIENTS.map(({ id, name, agency, scopes, purpose }) => ({
      id: seeding.id('client', id),
      agencyId: seeding.id('agency', agency),
      name,
      issuer,
      clientId: id,
      scopes,
      purpose,
      active: true,
    })),
  );
}

async function panels(seeding: Seeding): Promise<void> {
  await seeding.put(
    Panel,
    PANELS.map(({ code, boroughCode, type, name, referencePrefix, mode }) => ({
      id: seeding.id('panel', code),
      partnershipId: seeding.id('partnership', boroughCode),
      code,
      type,
      name,
      referencePrefix,
      mode,
      compartment: false,
    })),
  );
  await seeding.put(
    PanelRules,
    PANELS.map(({ code, rules }) => ({
      id: seeding.id('rules', code),
      panelId: seeding.id('panel', code),
      edition: 1,
      effectiveFrom: seeding.day(-400),
      rules: rules as unknown as Record<string, unknown>,
    })),
  );
  await seeding.put(
    Membership,
    MEMBERSHIPS.flatMap(({ panel, person, agency, tier, role, validFrom, validTo }) =>
      person
        ? [
            {
              id: seeding.id('membership', `${panel}/${person}/${String(validFrom)}`),
              panelId: seeding.id('panel', panel),
              agencyId: seeding.id('agency', agency),
              practitionerId: seeding.id('practitioner', person),
              tier,
              role,
              validFrom: seeding.day(validFrom),
              validTo: validTo === undefined ? null : seeding.day(validTo),
            },
          ]
        : [],
    ),
  );
}

async function agreements(seeding: Seeding): Promise<void> {
  for (const { code, title, boroughCode, panelTypes, parties, rows, ...dates } of SHARING_AGREEMENTS) {
    const agreementId = seeding.id('agreement', code);
    const agreementVersionId = seeding.id('agreement-version', code);
    const partnershipId = seeding.id('partnership', boroughCode);
    await seeding.put(SharingAgreement, [{ id: agreementId, partnershipId, code, title, panelTypes }]);
    await seeding.put(SharingAgreementVersion, [
      {
        id: agreementVersionId,
        agreementId,
        edition: 1,
        status: 'active',
        effectiveFrom: seeding.day(dates.effectiveFrom),
        reviewDue: seeding.day(dates.reviewDue),
        expiresOn: seeding.day(dates.expiresOn),
      },
    ]);
    await seeding.put(
      SharingParty,
      parties.map((agency) => ({
        id: seeding.id('party', `${code}/${agency}`),
        agreementVersionId,
        agencyId: seeding.id('agency', agency),
        signedOn: seeding.day(dates.effectiveFrom),
      })),
    );
    await seeding.put(
      SharingRow,
      rows.map((row) => ({
        ...row,
        id: seeding.id('row', [code, row.purpose, row.category, row.contributingType, row.receivingType].join('/')),
        agreementVersionId,
      })),
    );
  }
}

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

async function subjects(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const recorder = recorders(caseload);
  const fallback: Record<string, string> = {
    ASK: 'askenby-community-safety',
    PEL: 'pellworth-community-safety',
    DUN: 'dunmarrow-community-safety',
  };
  const where = (key: string, borough: string) => ({
    partnershipId: seeding.id('partnership', borough),
    ...seeding.agency(recorder.get(key) ?? (fallback[borough] as string)),
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
      protectedAddress: addressText(person.protectedAddress),
    })),
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

/** Who recorded a person, place or group: the agency of the first referral that names it. */
function recorders({ referrals }: Caseload): Map<string, string> {
  const first = new Map<string, string>();
  for (const referral of referrals) {
    const named = [...referral.people.map(({ person }) => person), ...referral.places, ...referral.groups];
    for (const key of named) if (!first.has(key)) first.set(key, referral.referringAgency);
  }
  return first;
}

/** The one subject that a referral or a case is about. */
export function subjectOf(
  seeding: Seeding,
  about: Pick<Caseload['cases'][number], 'subjectKind' | 'people' | 'places' | 'groups'>,
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
} as const;

async function cases(seeding: Seeding): Promise<void> {
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
        stage: one.stage,
        category: NARRATIVE_CATEGORY[type],
        summary: one.summary,
        whyMultiAgency: referral?.whyMultiAgency ?? null,
        leadAgencyId: seeding.id('agency', one.leadAgency),
        riskBand: BANDS[one.band] ?? null,
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
      caseId: seeding.id('case', one.case),
      personId: null,
      reason: one.reason,
      since: seeding.at(one.since),
      until: null,
    })),
  );
  await seeding.put(ReferenceNumber, lastNumbers(caseload));
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

function lastNumbers({ referrals, cases: opened }: Caseload): { prefix: string; year: number; last: number }[] {
  const last = new Map<string, { prefix: string; year: number; last: number }>();
  for (const { reference } of [...referrals, ...opened]) {
    const [prefix, year, number] = reference?.split('-') ?? [];
    if (!prefix || !year || !number) continue;
    const key = `${prefix}-${year}`;
    const known = last.get(key)?.last ?? 0;
    last.set(key, { prefix, year: Number(year), last: Math.max(known, Number(number)) });
  }
  return [...last.values()];
}

async function seed(source: Pick<DataSource, 'getRepository'>, now: Date): Promise<void> {
  const seeding = new Seeding(source, now, buildCaseload(now));
  for (const step of [agencies, panels, agreements, subjects, cases]) await step(seeding);
}

if (config.production || !config.ownerDatabaseUrl) {
  process.stderr.write('The sandbox needs MIGRATION_DATABASE_URL or DATABASE_URL, and is never put into production.\n');
  process.exit(1);
}
const source = await openDatabase(databaseOptions(config.ownerDatabaseUrl, entities));
try {
  if (await source.getRepository(Partnership).count()) {
    process.stdout.write('the sandbox is seeded already\n');
  } else {
    const day = process.env['SANDBOX_NOW'];
    await source.transaction((manager) => seed(manager, day ? new Date(day) : new Date()));
    process.stdout.write('the sandbox is seeded\n');
  }
} finally {
  await source.destroy();
}
