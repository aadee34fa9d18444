import type { Row } from '../authorization/conditions.js';
import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { actsIn } from '../agencies/acting-in.js';
import { Agency, Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import {
  agreementMachine,
  SharingAgreement,
  SharingAgreementVersion,
  SharingParty,
  SharingRow,
  type AgreementStatus,
} from './agreement.entity.js';
import type {
  SharingAgreementRequest,
  SharingDraftChange,
  SharingDraftRequest,
  SharingStatusChange,
} from './agreement.dto.js';
import {
  SharingAgreementVersionView,
  SharingAgreementView,
  SharingPartyView,
  SharingRowView,
} from './agreement.response.js';
import { draftOf, isAsDrafted, mustBeLawful, partiesOf, rowsOf, write } from './drafts.js';
import type { ActionOf } from '../database/columns.js';

/** Minimum number of signatures: sharing needs two parties. */
const LEAST_SIGNATURES = 2;
const CURRENT: AgreementStatus[] = ['active', 'suspended'];

/**
 * Sharing agreements: drafted and activated by data protection officers, signed by their parties, readable to the
 * partnership.
 */
@Injectable()
export class AgreementsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.page(SharingAgreementView, {}, query, { given: await inForce(work) }),
    );
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(SharingAgreementView, await work.records.find('read', SharingAgreement, id), {
        given: await inForce(work, id),
      }),
    );
  }

  versions(actor: Actor, agreementId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', SharingAgreement, agreementId);
      return await work.respond.page(SharingAgreementVersionView, { agreementId }, query);
    });
  }

  version(actor: Actor, agreementId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(SharingAgreementVersionView, await versionOf(work, 'read', agreementId, id)),
    );
  }

  parties(
    actor: Actor,
    agreementId: string,
    agreementVersionId: string,
    query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await versionOf(work, 'read', agreementId, agreementVersionId);
      return work.respond.page(SharingPartyView, { agreementVersionId }, query);
    });
  }

  rows(actor: Actor, agreementId: string, agreementVersionId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await versionOf(work, 'read', agreementId, agreementVersionId);
      return work.respond.page(SharingRowView, { agreementVersionId }, query);
    });
  }

  begin(actor: Actor, request: SharingAgreementRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { id: partnershipId } = await work.records.find('agree-sharing', Partnership, request.partnershipId);
      const begun = await work.write.insert(SharingAgreement, { ...request, partnershipId });
      work.recordEvent('sharing-agreement.created', SharingAgreement, begun);
      return work.respond.one(SharingAgreementView, begun, { status: 201 });
    });
  }

  draft(actor: Actor, agreementId: string, { basedOn, ...request }: SharingDraftRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const agreement = await work.records.find('draft', SharingAgreement, agreementId, { lock: true });
      const base = basedOn ? await work.records.findOrNull('read', SharingAgreementVersion, basedOn) : null;
      if (basedOn && base?.agreementId !== agreement.id)
        throw unacceptable('unknown-version', 'Name a version of this agreement to begin from.', [
          { pointer: '/basedOn', detail: 'no such version of this agreement' },
        ]);
      const draft = await draftOf(work, request, base, '/basedOn');
      await mustBeLawful(work, agreement.partnershipId, draft);
      const { parties: _, rows: __, ...values } = draft;
      const drafted = await work.write.insert(SharingAgreementVersion, {
        ...values,
        agreementId,
        edition: 1 + ((await work.manager.maximum(SharingAgreementVersion, 'edition', { agreementId })) ?? 0),
        status: agreementMachine.initial,
        supersedesId: (await currentOf(work, agreementId))?.id ?? null,
        activatedAt: null,
        statusReason: null,
      });
      await write(work, drafted.id, draft);
      work.recordEvent('sharing-agreement.drafted', SharingAgreementVersion, drafted);
      return work.respond.one(SharingAgreementVersionView, drafted, { status: 201 });
    });
  }

  /** Changes a draft and removes all signatures, because the parties have not signed the new content. */
  change(actor: Actor, agreementId: string, id: string, request: SharingDraftChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await taken(work, 'draft', agreementId, id);
      const status = after(agreementMachine, found.status, 'change');
      const { partnershipId } = await work.records.find('draft', SharingAgreement, agreementId);
      const draft = await draftOf(work, request, found, '');
      if (await isAsDrafted(work, found, draft)) {
        work.write.leaveUnchanged(found);
        return work.respond.one(
          SharingAgreementVersionView,
          await work.write.updateIfChanged(SharingAgreementVersion, found, {}),
        );
      }
      await mustBeLawful(work, partnershipId, draft);
      await work.write.delete(SharingParty, await partiesOf(work, id));
      await work.write.delete(SharingRow, await rowsOf(work, id));
      await write(work, id, draft);
      const { parties: _, rows: __, ...values } = draft;
      const changed = await work.write.update(SharingAgreementVersion, found, { ...values, status });
      work.recordEvent('sharing-agreement.draft-changed', SharingAgreementVersion, changed);
      return work.respond.one(SharingAgreementVersionView, changed);
    });
  }

  /**
   * Signs for the actor's agency the version as read: `If-Match` is the version's tag. A party may sign later than
   * others.
   */
  sign(actor: Actor, agreementId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const version = await taken(work, 'sign', agreementId, id);
      if (version.status === 'superseded')
        throw conflict('superseded', 'Another version took the place of this one. Sign that.', {
          state: version.status,
        });
      const ofAgency = { agreementVersionId: id, agencyId: actor.agencyId };
      const party = await work.manager.findOneByOrFail(SharingParty, ofAgency);
      if (party.signedOn) throw conflict('already-signed', 'Your agency has signed this version already.');
      const signature = { signedOn: londonDay(work.now), signedById: actor.id };
      const signed = await work.write.update(SharingParty, party, signature);
      work.recordEvent('sharing-agreement.signed', SharingAgreementVersion, version, { agencyId: actor.agencyId });
      return work.respond.one(SharingPartyView, signed);
    });
  }

  /** Puts a draft in force and replaces the version that was in force when it was drafted, in one transaction. */
  activate(actor: Actor, agreementId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // the lock serializes activations of an agreement
      const agreement = await work.records.find('activate', SharingAgreement, agreementId, { lock: true });
      const found = await taken(work, 'activate', agreementId, id);
      const status = after(agreementMachine, found.status, 'activation');
      await mustBeReady(work, found);
      const current = await currentOf(work, agreementId);
      if ((current?.id ?? null) !== found.supersedesId)
        throw conflict(
          'superseded-meanwhile',
          'Another version came into force since this was drafted. Draft it anew, based on that or on this.',
        );
      if (current) {
        await mustBeSignedAsBefore(work, agreement, found, current);
        const gone = await work.write.update(SharingAgreementVersion, current, {
          status: after(agreementMachine, current.status, 'supersession'),
        });
        work.recordEvent('sharing-agreement.superseded', SharingAgreementVersion, gone);
      }
      const activated = await work.write.update(SharingAgreementVersion, found, { status, activatedAt: work.now });
      work.recordEvent('sharing-agreement.activated', SharingAgreementVersion, activated);
      return work.respond.one(SharingAgreementVersionView, activated);
    });
  }

  suspend(actor: Actor, agreementId: string, id: string, request: SharingStatusChange): Promise<AuthorizedResponse> {
    return this.move(actor, agreementId, id, 'suspension', 'suspended', request);
  }

  resume(actor: Actor, agreementId: string, id: string, request: SharingStatusChange): Promise<AuthorizedResponse> {
    return this.move(actor, agreementId, id, 'resumption', 'resumed', request);
  }

  private move(
    actor: Actor,
    agreementId: string,
    id: string,
    command: 'suspension' | 'resumption',
    event: string,
    { reason }: SharingStatusChange,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await taken(work, 'suspend', agreementId, id);
      const changes = { status: after(agreementMachine, found.status, command), statusReason: reason };
      const moved = await work.write.update(SharingAgreementVersion, found, changes);
      work.recordEvent(`sharing-agreement.${event}`, SharingAgreementVersion, moved);
      return work.respond.one(SharingAgreementVersionView, moved);
    });
  }
}

/** Loads the version; throws 404 if it belongs to another agreement. */
export async function versionOf(
  work: UnitOfWork,
  action: ActionOf<typeof SharingAgreementVersion>,
  agreementId: string,
  id: string,
): Promise<SharingAgreementVersion> {
  const version = await work.records.find(action, SharingAgreementVersion, id);
  if (version.agreementId !== agreementId) throw notFound();
  return version;
}

async function taken(
  work: UnitOfWork,
  action: ActionOf<typeof SharingAgreementVersion>,
  agreementId: string,
  id: string,
): Promise<SharingAgreementVersion> {
  await versionOf(work, action, agreementId, id);
  return work.records.findForUpdate(action, SharingAgreementVersion, SharingAgreementVersionView, id);
}

/** Returns the version of an agreement that is in force or suspended. */
const currentOf = (work: UnitOfWork, agreementId: string): Promise<SharingAgreementVersion | null> =>
  work.manager.findOneBy(SharingAgreementVersion, { agreementId, status: In(CURRENT) });

/** Requires a version effective from today: between activation and a later effective date, nothing would be shared. */
async function mustBeReady(work: UnitOfWork, version: SharingAgreementVersion): Promise<void> {
  const today = londonDay(work.now);
  if (version.effectiveFrom > today)
    throw unacceptable('not-yet-effective', `It takes effect on ${version.effectiveFrom}. Activate it then.`);
  if (version.expiresOn < today)
    throw unacceptable('already-expired', 'Its last day has passed. Change its dates, and have it signed again.');
  if ((await signatoriesOf(work, version)).length < LEAST_SIGNATURES)
    throw unacceptable('not-signed', 'At least two parties must have signed before anything is shared.');
}

/**
 * Requires the signature of every agency that signed the replaced version and still acts in the partnership. Otherwise
 * sharing with or by an agency could be ended without the agency's knowledge.
 */
async function mustBeSignedAsBefore(
  work: UnitOfWork,
  { partnershipId }: SharingAgreement,
  version: SharingAgreementVersion,
  replaced: SharingAgreementVersion,
): Promise<void> {
  const signed = await signatoriesOf(work, version);
  const missing: Agency[] = [];
  for (const agencyId of (await signatoriesOf(work, replaced)).filter((id) => !signed.includes(id))) {
    const agency = await work.manager.findOneByOrFail(Agency, { id: agencyId });
    if (agency.active && (await actsIn(work, agencyId, partnershipId))) missing.push(agency);
  }
  if (missing.length) throw notSignedAsBefore(missing);
}

const notSignedAsBefore = (missing: Agency[]): Error =>
  unacceptable(
    'not-signed-as-before',
    'Agencies that signed the version in force have not signed this one. Name each as a party and have each sign before activation.',
    missing.map(({ id, name }) => ({ pointer: '/parties', detail: `${name} (${id}) has not signed` })),
  );

const signatoriesOf = async (work: UnitOfWork, { id }: SharingAgreementVersion): Promise<string[]> =>
  (
    await work.manager.find(SharingParty, {
      where: { agreementVersionId: id, signedOn: Not(IsNull()) },
      order: { agencyId: 'ASC' },
    })
  ).map(({ agencyId }) => agencyId);

/** Returns the versions in force that the reader may read, for the view of their agreements. */
async function inForce(work: UnitOfWork, agreementId?: string): Promise<Row> {
  const filter = { status: { $in: CURRENT }, ...(agreementId ? { agreementId } : {}) };
  return { inForce: await work.records.findMany('read', SharingAgreementVersion, filter) };
}
