import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { In, IsNull, MoreThan } from 'typeorm';
import { mustEntrustSeldom, noteEntrusted } from '../agencies/entrusting.js';
import { Departures, LEFT_THE_AGENCY } from '../agencies/departures.js';
import type { Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { mustEnd } from '../cases/handling.service.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { Actors, type Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { explain } from '../authorization/explanation.js';
import { conflict, unacceptable } from '../http/problems.js';
import { subjectOf } from '../authorization/subjects.js';
import { rowsWithRelations } from '../records/rows-with-relations.js';
import { asKnownToAsker } from '../records/known-attributes.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { AccessGrant } from '../sharing/access.entity.js';
import { AccessDecision, accessMachine, AccessRequest, type AccessStatus } from './access-request.entity.js';
import type { AccessApproval, AccessAsking, AccessRefusal, AccessRevocation } from './access-request.dto.js';
import { AccessRequestView } from './access.response.js';

type AskerStanding = 'knows' | 'may-not-know' | 'barred' | 'elsewhere' | 'unknown';

/**
 * Requests to read a case. The response is the same until an authorised person decides: a request for a case hidden
 * from the requester and one for a case that does not exist both remain pending.
 */
@Injectable()
export class AccessRequestsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    private readonly departures: Departures,
  ) {
    departures.register(endGrantsOf);
  }

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) =>
      work.respond.page(AccessRequestView, {}, query, { given: this.told(work) }),
    );
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => this.shown(work, id));
  }

  ask(actor: Actor, { caseReference, caseId, reason, purpose }: AccessAsking): Promise<AuthorizedResponse> {
    if (!caseReference === !caseId)
      throw unacceptable('case-missing', 'Name the case by its reference or by its identifier.', [
        { pointer: '/caseReference', detail: 'give either caseReference or caseId' },
      ]);
    return this.records.change(actor, async (work) => {
      const asked = caseReference?.toUpperCase() ?? (caseId as string).toLowerCase();
      // finds cases hidden from the requester, too: the request must reach those who decide
      const about = await work.asSystem(() =>
        work.manager.findOneBy(Case, caseReference ? { reference: asked } : { id: asked }),
      );
      // read also if there is no such case: the time of the answer must not reveal one
      if (await work.records.findOrNull('read', Case, about?.id ?? uuidv7()))
        throw conflict('readable-already', 'You may read this case already.');
      const earlier = await work.manager.findBy(AccessRequest, { practitionerId: actor.id, asked });
      if ((await this.statusesForAskers(work, earlier)).some((status) => status === 'submitted'))
        throw conflict(
          'asked-already',
          'You asked for this already. To ask again, withdraw that request first: POST /v1/access-requests/{id}/withdrawal.',
        );
      const request = await work.write.insert(AccessRequest, {
        practitionerId: actor.id,
        agencyId: actor.agencyId,
        asked,
        caseId: about?.id ?? null,
        reason,
        purpose,
        status: accessMachine.initial,
        withdrawnAt: null,
        grantId: null,
      });
      happenedUnseen(work, 'access-request.submitted', request);
      return this.shown(work, request.id, 201);
    });
  }

  withdraw(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('withdraw', AccessRequest, AccessRequestView, id);
      after(accessMachine, await this.statusForAsker(work, found), 'withdrawal');
      await endGrant(work, found);
      await work.write.updateWithoutVersion(AccessRequest, found, { withdrawnAt: work.now });
      happenedUnseen(work, 'access-request.withdrawn', found);
      return this.shown(work, id);
    });
  }

  approve(actor: Actor, id: string, { expiresAt }: AccessApproval): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('approve', AccessRequest, AccessRequestView, id);
      const status = after(accessMachine, decidedStatus(found), 'approval');
      const about = await work.records.find('grant-access', Case, found.caseId as string);
      if (about.closureReason === 'referred_in_error')
        throw unacceptable(
          'case-in-error',
          'The case was closed as referred in error, and access would open nothing. Reopen it first: POST /v1/cases/{id}/reopening.',
        );
      const standing = await this.knownStanding(work, found);
      if (standing === 'unknown')
        throw unacceptable('asker-not-active', 'The person who asked does not sign in any more.');
      if (standing === 'barred')
        throw unacceptable('asker-excluded', 'The person who asked is kept out of this case. That beats every grant.');
      if (standing === 'elsewhere')
        throw unacceptable(
          'asker-acts-elsewhere',
          'The agency of the person who asked does not act in the partnership of this case: access would open nothing. Refuse the ' +
            'request and share through an agency that acts here, or have theirs join the partnership first.',
        );
      await mustEntrustSeldom(work, found.practitionerId);
      const rules = (await rulesInForce(work, about.panelId))?.rules;
      mustEnd(expiresAt, work.now, ruleNumber(rules, 'accessGrantDays'));
      const grant = await work.write.insert(AccessGrant, {
        partnershipId: about.partnershipId,
        practitionerId: found.practitionerId,
        caseId: about.id,
        grantedAt: work.now,
        expiresAt,
        revokedAt: null,
      });
      await noteEntrusted(work, found.practitionerId);
      const told = (await this.standing(work, found)) !== 'barred';
      await work.write.updateWithoutVersion(AccessRequest, found, { status, grantId: grant.id });
      return this.decided(work, found, { kind: 'approval', reason: null, told });
    });
  }

  /**
   * Refuses a request. A requester who may know of the case is notified; for any other, the request remains pending, as
   * if there were no such case. Those who decide get the same response in both cases, because the difference can depend
   * on an exclusion that they may not read. No decision and no withdrawal makes a new version, which would reveal it to
   * the other side.
   */
  refuse(actor: Actor, id: string, { reason }: AccessRefusal): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('refuse', AccessRequest, AccessRequestView, id);
      const status = after(accessMachine, decidedStatus(found), 'refusal');
      const told = (await this.standing(work, found)) === 'knows';
      await work.write.updateWithoutVersion(AccessRequest, found, { status });
      return this.decided(work, found, { kind: 'refusal', reason, told });
    });
  }

  revoke(actor: Actor, id: string, { reason }: AccessRevocation): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('revoke', AccessRequest, AccessRequestView, id);
      const status = after(accessMachine, decidedStatus(found), 'revocation');
      await this.departures.leaving(work, found.practitionerId);
      await endGrant(work, found);
      const told = (await this.statusForAsker(work, found)) !== 'submitted';
      await work.write.updateWithoutVersion(AccessRequest, found, { status });
      return this.decided(work, found, { kind: 'revocation', reason, told });
    });
  }

  private async decided(
    work: UnitOfWork,
    request: AccessRequest,
    decision: Pick<AccessDecision, 'kind' | 'reason' | 'told'>,
  ): Promise<AuthorizedResponse> {
    await work.write.insert(AccessDecision, { accessRequestId: request.id, decidedById: work.actor.id, ...decision });
    happenedUnseen(work, `access-request.${decision.kind}`, request);
    return this.shown(work, request.id);
  }

  /**
   * Returns the requester's standing as far as the deciding actor may know it. An approval despite a hidden exclusion
   * gives no access.
   */
  private async knownStanding(work: UnitOfWork, request: AccessRequest): Promise<AskerStanding> {
    const standing = await this.standing(work, request);
    return standing === 'barred' ? this.standing(work, request, true) : standing;
  }

  /** Evaluates by the policy, at present, whether the requester may know of the case. */
  private async standing(
    work: UnitOfWork,
    { practitionerId, caseId }: Pick<AccessRequest, 'practitionerId' | 'caseId'>,
    isAsKnown = false,
  ): Promise<AskerStanding> {
    const { now, call } = work.actor;
    const found = await this.actors.practitioner(practitionerId, { now, call });
    const [asker] = found && isAsKnown ? await asKnownToAsker(work, [found]) : [found];
    if (!asker || !caseId) return 'unknown';
    const [row] = await rowsWithRelations(work.manager, asker, Case, ['track'], [caseId]);
    if (!row) return 'unknown';
    const { outcome, steps } = explain(asker, subjectOf(Case), 'track', row);
    if (steps.some((step) => step.result === 'stopped')) return 'barred';
    // row-level security opens no partnership to an agency that does not act in it, whatever was granted
    if (!asker.partnershipIds.includes(row['partnershipId'] as string)) return 'elsewhere';
    return outcome === 'permit' ? 'knows' : 'may-not-know';
  }

  /**
   * Returns the statuses of requests as shown to the person who asked. A refusal without notification is not shown. An
   * approval despite a hidden exclusion is not shown while the exclusion lasts: an approved request for a case that
   * stays hidden would reveal the exclusion.
   */
  private async statusesForAskers(work: UnitOfWork, requests: readonly AccessRequest[]): Promise<AccessStatus[]> {
    const untold = await work.manager.findBy(AccessDecision, {
      accessRequestId: In(requests.map(({ id }) => id)),
      kind: In(['approval', 'refusal']),
      told: false,
    });
    const statuses: AccessStatus[] = [];
    for (const request of requests) {
      const isUntold = untold.some((one) => one.accessRequestId === request.id);
      const isHidden =
        isUntold && (!request.grantId || (await work.asSystem(() => this.standing(work, request))) === 'barred');
      const decided = isHidden ? 'submitted' : request.status;
      statuses.push(request.withdrawnAt ? 'withdrawn' : decided);
    }
    return statuses;
  }

  private async statusForAsker(work: UnitOfWork, request: AccessRequest): Promise<AccessStatus> {
    const [status = request.status] = await this.statusesForAskers(work, [request]);
    return status;
  }

  private shown(work: UnitOfWork, id: string, status = 200): Promise<AuthorizedResponse> {
    return work.respond.found(AccessRequestView, id, status, this.told(work));
  }

  /** Returns a function that loads status, grant and decision of requests, by identifier. */
  private told(work: UnitOfWork): (requests: AccessRequest[]) => Promise<Row> {
    return async (requests) => {
      const ids = requests.map((one) => one.id);
      const grantIds = requests.flatMap(({ grantId }) => grantId ?? []);
      const grants = await work.asSystem(() => work.manager.findBy(AccessGrant, { id: In(grantIds) }));
      const decisions = await work.manager.find(AccessDecision, {
        where: { accessRequestId: In(ids) },
        order: { createdAt: 'ASC' },
      });
      const told: Row = {};
      const statuses = await this.statusesForAskers(work, requests);
      for (const [index, request] of requests.entries()) {
        const grant = grants.find((one) => one.id === request.grantId);
        const decision = decisions.findLast((one) => one.accessRequestId === request.id);
        const isOwn = request.practitionerId === work.actor.id;
        const status = (isOwn && statuses[index]) || decidedStatus(request);
        told[request.id] = {
          status,
          grantedUntil: status === 'approved' || status === 'revoked' ? (grant?.expiresAt ?? null) : null,
          revokedAt: status === 'revoked' ? (grant?.revokedAt ?? null) : null,
          excluded: !isOwn && (await this.knownStanding(work, request)) === 'barred',
          decision: decision?.kind ?? null,
          decisionReason: decision?.reason ?? null,
          decidedById: decision?.decidedById ?? null,
        };
      }
      return told;
    };
  }
}

/** Revokes the grants of a person who left, with the same records as a revocation by a person who decides. */
async function endGrantsOf(work: UnitOfWork, { id: practitionerId }: Practitioner): Promise<void> {
  const running = { practitionerId, revokedAt: IsNull(), expiresAt: MoreThan(work.now) };
  for (const grant of await work.manager.findBy(AccessGrant, running)) {
    await work.write.update(AccessGrant, grant, { revokedAt: work.now });
    const request = await work.manager.findOneBy(AccessRequest, { grantId: grant.id });
    if (!request) continue;
    const status = after(accessMachine, request.status, 'revocation');
    await work.write.updateWithoutVersion(AccessRequest, request, { status });
    const approval = await work.manager.findOneBy(AccessDecision, { accessRequestId: request.id, kind: 'approval' });
    const decision = { kind: 'revocation' as const, reason: LEFT_THE_AGENCY, told: approval?.told ?? true };
    await work.write.insert(AccessDecision, { accessRequestId: request.id, decidedById: work.actor.id, ...decision });
    happenedUnseen(work, 'access-request.revocation', request);
  }
}

/** Returns the status for those who decide: a decision, even if the requester was not notified or withdrew. */
const decidedStatus = ({ status, withdrawnAt }: AccessRequest): AccessStatus =>
  status === 'submitted' && withdrawnAt ? 'withdrawn' : status;

/** Revokes the grant of the request, if one is in effect. The case can be hidden from the actor. */
async function endGrant(work: UnitOfWork, { grantId }: AccessRequest): Promise<void> {
  if (!grantId) return;
  await work.asSystem(async () => {
    const grant = await work.manager.findOneByOrFail(AccessGrant, { id: grantId });
    if (!grant.revokedAt) await work.write.update(AccessGrant, grant, { revokedAt: work.now });
  });
}

/** Records an event without the case, because everybody in a case reads its timeline. */
function happenedUnseen(work: UnitOfWork, event: string, { caseId: _, ...request }: AccessRequest): void {
  work.recordEvent(event, AccessRequest, request);
}
