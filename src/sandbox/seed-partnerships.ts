/** Seeds partnerships, agencies with their people, panels, memberships and agreements. */
import { staffNameKey } from '../agencies/name-key.js';
import { SANDBOX_ISSUER } from '../config.js';
import { Agency, AgencyPartnership, Client, Partnership, Practitioner } from '../agencies/agency.entity.js';
import { CompartmentAuditor } from '../audit/compartment-auditor.entity.js';
import { Membership, Panel, PanelRules } from '../panels/panel.entity.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from '../sharing/agreement.entity.js';
import { SHARING_AGREEMENTS } from './content/agreements.js';
import { CAST, MACHINE_CLIENTS } from './content/cast.js';
import { COMPARTMENT_AUDITORS, MEMBERSHIPS, PANELS } from './content/panels.js';
import { AGENCIES, PARTNERSHIPS } from './content/places-and-agencies.js';
import type { Seeding } from './seeding.js';

export async function agencies(seeding: Seeding): Promise<void> {
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
      nameKey: staffNameKey(name),
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

export async function panels(seeding: Seeding): Promise<void> {
  await seeding.put(
    Panel,
    PANELS.map(({ code, boroughCode, type, name, referencePrefix, mode, compartment }) => ({
      id: seeding.id('panel', code),
      partnershipId: seeding.id('partnership', boroughCode),
      code,
      type,
      name,
      referencePrefix,
      mode,
      compartment,
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
  await seeding.put(
    CompartmentAuditor,
    COMPARTMENT_AUDITORS.map(({ panel, person, since }) => ({
      id: seeding.id('compartment-auditor', `${panel}/${person}`),
      partnershipId: seeding.id('partnership', panel.slice(0, 3).toUpperCase()),
      panelId: seeding.id('panel', panel),
      practitionerId: seeding.id('practitioner', person),
      since: seeding.at(seeding.day(since)),
      until: null,
    })),
  );
}

export async function agreements(seeding: Seeding): Promise<void> {
  for (const { code, title, boroughCode, panelTypes, parties, purposes, rows, ...dates } of SHARING_AGREEMENTS) {
    const agreementId = seeding.id('agreement', code);
    const agreementVersionId = seeding.id('agreement-version', code);
    const partnershipId = seeding.id('partnership', boroughCode);
    await seeding.put(SharingAgreement, [{ id: agreementId, partnershipId, code, title, panelTypes }]);
    await seeding.put(SharingAgreementVersion, [
      {
        id: agreementVersionId,
        agreementId,
        edition: 1,
        status: 'draft',
        purposes,
        supersedesId: null,
        activatedAt: null,
        statusReason: null,
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
        role: 'controller' as const,
        signedOn: seeding.day(dates.effectiveFrom),
        signedById: null,
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
    // rows are inserted while the version is a draft: the database protects the rows of a version in force
    await seeding.set(SharingAgreementVersion, agreementVersionId, {
      status: 'active',
      activatedAt: seeding.at(seeding.day(dates.effectiveFrom)),
    });
  }
}
