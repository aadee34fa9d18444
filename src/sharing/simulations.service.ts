import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { PANEL_COORDINATION } from '../agencies/agency-types.js';
import type { Row } from '../authorization/conditions.js';
import type { PanelType } from './panel-types.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import { typeNamed } from '../authorization/subjects.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { OWN_PANELS, type Receiver, type VersionAtHand } from './agreement-facts.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './agreement.entity.js';
import { holdingsOf } from './holdings.js';
import { digestOf, effectsOf, rowDifferences } from './simulation.js';
import { simulationPage } from './simulation-page.js';
import { SharingSimulation } from './simulation.entity.js';
import type { SimulationRequest } from './simulation.dto.js';
import { SharingSimulationItemView, SharingSimulationView, type ShownChange } from './simulation.response.js';
import type { ActionOf } from '../database/columns.js';

interface PanelAtHand {
  partnershipId: string;
  id: string;
  type: PanelType;
  name: string;
}

interface CaseAtHand {
  id: string;
  reference: string;
}

/** Versions before and after a simulated activation. */
interface Sides {
  inForce: VersionAtHand[];
  replaced: VersionAtHand | null;
  proposed: VersionAtHand;
  /** Digest of the draft's content and of the agreements in force. */
  basis: string;
}

/** Simulations of a proposed version over the real cases: run, read and signed before activation. */
@Injectable()
export class SimulationsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, agreementId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', SharingAgreement, agreementId);
      return work.respond.page(SharingSimulationItemView, { agreementId }, query);
    });
  }

  get(
    actor: Actor,
    agreementId: string,
    id: string,
    { asText = false, status = 200 } = {},
  ): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await simulationOf(work, 'read', agreementId, id);
      const shown = await work.respond.one(SharingSimulationView, found, {
        status,
        given: await complete(work, found),
      });
      return asText ? page(work, found, shown) : shown;
    });
  }

  /**
   * Runs a simulation. The response is read again even for a repeated request, because it lists the cases that the
   * reader may see at that time.
   */
  async run(actor: Actor, agreementId: string, { versionId }: SimulationRequest): Promise<AuthorizedResponse> {
    const { body } = await this.records.change(actor, async (work) => {
      const agreement = await work.records.find('simulate', SharingAgreement, agreementId);
      const version = await work.records.findOrNull('read', SharingAgreementVersion, versionId);
      if (version?.agreementId !== agreementId)
        throw unacceptable('unknown-version', 'Name a version of this agreement.', [
          { pointer: '/versionId', detail: 'no such version of this agreement' },
        ]);
      const sides = await sidesOf(work, agreement, version);
      const panels = (await panelsOf(work, agreement)).map(({ id }) => id);
      const today = londonDay(work.now);
      const { changes, sampleCaseIds } = await effectsOf(actor, {
        ...sides,
        receivers: await receiversOf(work, sides),
        panelIds: panels,
        holdings: await holdingsOf(work, panels),
        today,
      });
      const rows = rowDifferences(sides.replaced, sides.proposed);
      const made = await work.write.insert(SharingSimulation, {
        agreementId,
        versionId: version.id,
        asOf: today,
        digest: digestOf({ agreementId, versionId: version.id, basis: sides.basis, changes, rows }),
        basis: sides.basis,
        changes,
        sampleCaseIds,
        rows,
        madeById: actor.id,
        signedById: null,
        signedAt: null,
      });
      work.recordEvent('sharing-simulation.made', SharingSimulation, made, { versionId: version.id });
      return work.respond.one(SharingSimulationItemView, made, { status: 201 });
    });
    return this.get(actor, agreementId, (body as SharingSimulationItemView).id, { status: 201 });
  }

  /** Signs a simulation. The response is read again even for a repeated request. */
  async sign(actor: Actor, agreementId: string, id: string): Promise<AuthorizedResponse> {
    await this.records.change(actor, async (work) => {
      await simulationOf(work, 'sign', agreementId, id);
      const found = await work.records.findForUpdate('sign', SharingSimulation, SharingSimulationView, id);
      if (found.signedAt) throw conflict('already-signed', 'This simulation is signed already.');
      if (await isStale(work, found))
        throw conflict('simulation-stale', 'The draft, or what is in force, changed since. Run the simulation again.');
      const signed = await work.write.update(SharingSimulation, found, { signedById: actor.id, signedAt: work.now });
      work.recordEvent('sharing-simulation.signed', SharingSimulation, signed, { versionId: found.versionId });
      return work.respond.one(SharingSimulationItemView, signed);
    });
    return this.get(actor, agreementId, id);
  }
}

async function simulationOf(
  work: UnitOfWork,
  action: ActionOf<typeof SharingSimulation>,
  agreementId: string,
  id: string,
): Promise<SharingSimulation> {
  const found = await work.records.find(action, SharingSimulation, id);
  if (found.agreementId !== agreementId) throw notFound();
  return found;
}

/** Returns the panels governed by an agreement of which the requester may know. */
function panelsOf(work: UnitOfWork, { partnershipId, panelTypes }: SharingAgreement): Promise<PanelAtHand[]> {
  return work.records.findMany('read', typeNamed<PanelAtHand>('Panel'), { partnershipId, type: { $in: panelTypes } });
}

/**
 * Loads the versions in force on the agreement's panels, under any agreement. Determines which of them the given
 * version would replace.
 */
async function sidesOf(
  work: UnitOfWork,
  agreement: SharingAgreement,
  version: SharingAgreementVersion,
): Promise<Sides> {
  const today = londonDay(work.now);
  const neighbours = (
    await work.records.findMany('read', SharingAgreement, { partnershipId: agreement.partnershipId })
  ).filter(({ panelTypes }) => panelTypes.some((type) => agreement.panelTypes.includes(type)));
  const active = await work.records.findMany('read', SharingAgreementVersion, {
    agreementId: { $in: neighbours.map(({ id }) => id) },
    status: 'active',
    effectiveFrom: { $lte: today },
    expiresOn: { $gte: today },
  });
  const panels = await work.records.findMany('read', typeNamed<PanelAtHand>('Panel'), {
    partnershipId: agreement.partnershipId,
  });
  const versions = [...active.filter(({ id }) => id !== version.id), version];
  const ids = versions.map(({ id }) => id);
  const parties = await work.manager.findBy(SharingParty, { agreementVersionId: In(ids) });
  const rows = await work.manager.findBy(SharingRow, { agreementVersionId: In(ids) });
  const own = await work.manager.query<{ agreementId: string; panelId: string }[]>(OWN_PANELS, [
    agreement.partnershipId,
  ]);
  const atHand = (one: SharingAgreementVersion): VersionAtHand => ({
    versionId: one.id,
    ownPanelIds: panels
      .filter(({ id }) => own.some(({ agreementId, panelId }) => agreementId === one.agreementId && panelId === id))
      .map(({ id }) => id),
    status: one.status,
    effectiveFrom: one.effectiveFrom,
    expiresOn: one.expiresOn,
    panelIds: panels
      .filter(({ type }) => neighbours.find(({ id }) => id === one.agreementId)?.panelTypes.includes(type))
      .map(({ id }) => id),
    parties: parties.filter(({ agreementVersionId }) => agreementVersionId === one.id),
    rows: rows.filter(({ agreementVersionId }) => agreementVersionId === one.id),
  });
  const inForce = active.map(atHand);
  const proposed = atHand(version);
  const replaced = active.find(({ agreementId, id }) => agreementId === agreement.id && id !== version.id);
  return {
    inForce,
    proposed,
    replaced: (replaced && inForce.find(({ versionId }) => versionId === replaced.id)) ?? null,
    basis: digestOf({
      proposed: contentOf(proposed),
      expiresOn: proposed.expiresOn,
      panelTypes: agreement.panelTypes,
      inForce: inForce
        .map((one) => ({
          versionId: one.versionId,
          signed: one.parties.flatMap(({ agencyId, signedOn }) => (signedOn ? [agencyId] : [])).sort(),
        }))
        .sort((a, b) => (a.versionId < b.versionId ? -1 : 1)),
    }),
  };
}

/** Returns the content of a version, without the identifiers and times of its parts, and without its signatures. */
const contentOf = ({ parties, rows }: VersionAtHand): unknown => ({
  parties: parties.map(({ agencyId }) => agencyId).sort(),
  rows: rows
    .map(({ purpose, category, contributingType, receivingType, level }) =>
      [purpose, category, contributingType, receivingType, level].join(' '),
    )
    .sort(),
});

/** Returns all present and future receivers: the parties of both sides, and the coordination of the panels. */
async function receiversOf(work: UnitOfWork, { inForce, proposed }: Sides): Promise<Receiver[]> {
  const ids = new Set([...inForce, proposed].flatMap(({ parties }) => parties.map(({ agencyId }) => agencyId)));
  const agencies = await work.manager.find(Agency, { where: { id: In([...ids]) }, order: { id: 'ASC' } });
  return [
    ...agencies.map(({ id, type }): Receiver => ({ agencyId: id, type })),
    { agencyId: null, type: PANEL_COORDINATION },
  ];
}

async function isStale(work: UnitOfWork, simulation: SharingSimulation): Promise<boolean> {
  const agreement = await work.records.findOrNull('read', SharingAgreement, simulation.agreementId);
  const version = await work.records.findOrNull('read', SharingAgreementVersion, simulation.versionId);
  if (!agreement || version?.status !== 'draft') return true;
  return (await sidesOf(work, agreement, version)).basis !== simulation.basis;
}

/** Returns the changes of a simulation, with those of their cases that the reader may see now. */
async function complete(work: UnitOfWork, simulation: SharingSimulation): Promise<Row> {
  const ids = [...new Set(simulation.sampleCaseIds.flat())];
  const cases = ids.length
    ? await work.records.findMany('read', typeNamed<CaseAtHand>('Case'), { id: { $in: ids } }, ids.length)
    : [];
  const known = new Map(cases.map(({ id, reference }) => [id, { id, reference }]));
  const stale = await isStale(work, simulation);
  const changes = simulation.changes.map((change, index): ShownChange => ({
    ...change,
    samples: (simulation.sampleCaseIds[index] ?? []).flatMap((id) => known.get(id) ?? []),
  }));
  return { stale, changes, rowDifferences: simulation.rows };
}

async function page(
  work: UnitOfWork,
  simulation: SharingSimulation,
  presented: AuthorizedResponse,
): Promise<AuthorizedResponse> {
  const agreement = await work.records.find('read', SharingAgreement, simulation.agreementId);
  const version = await work.records.find('read', SharingAgreementVersion, simulation.versionId);
  const replaced = version.supersedesId
    ? await work.records.findOrNull('read', SharingAgreementVersion, version.supersedesId)
    : null;
  const panels = await panelsOf(work, agreement);
  const agencies = await work.records.findMany('read', Agency, {});
  const signatory = simulation.signedById
    ? await work.records.findOrNull('read', Practitioner, simulation.signedById)
    : null;
  const text = simulationPage(presented.body as SharingSimulationView, {
    agreement,
    edition: version.edition,
    replacedEdition: replaced?.edition ?? null,
    panels: new Map(panels.map(({ id, name }) => [id, name])),
    agencies: new Map(agencies.map(({ id, name }) => [id, name])),
    signedBy: signatory?.name ?? null,
  });
  return new AuthorizedResponse(
    presented.body,
    presented.status,
    { ...presented.headers, vary: 'accept' },
    text,
    'text/plain; charset=utf-8',
  );
}
