import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import type { Practitioner } from '../agencies/agency.entity.js';
import { Departures } from '../agencies/departures.js';
import { instantAfter, mustEndWithin } from '../panels/limits.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { closedCompartments, corePanels } from '../panels/panels.policy.js';
import { conflict, Problem, refused, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import { shapeOf } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { entrustedPartnerships } from '../subjects/subjects.policy.js';
import { Contribution } from './case.entity.js';
import { ContributionView } from './case.response.js';
import { HandlingAcknowledgement, releaseMachine, ReleaseRequest } from './handling.entity.js';
import type { ContributionRecall, ReleaseApproval, ReleaseAsking, ReleaseRefusal } from './handling.dto.js';
import { ReleaseRequestView } from './handling.response.js';

const LONGEST_RELEASE_DAYS = 366;

/**
 * Limits on sharing of contributions: acknowledged conditions, releases by the originator, recalls. Source: law and
 * standards note, section 5.2 "Markings and police handling", REQ-MRK-02.
 */
@Injectable()
export class HandlingService {
  constructor(
    private readonly records: Records,
    departures: Departures,
  ) {
    departures.register((work, person) => this.endReleasesTo(work, person));
  }

  /** Acknowledges the conditions in the version given by `If-Match`. */
  acknowledge(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('acknowledge', Contribution, ContributionView, id);
      mustBePerson(actor);
      if (found.handling !== 'C')
        throw unacceptable(
          'no-conditions',
          'This contribution has no conditions to acknowledge: its handling is not C.',
        );
      const holds = { contributionId: id, practitionerId: actor.id, voidedAt: IsNull() };
      if (!(await work.manager.existsBy(HandlingAcknowledgement, holds))) {
        await work.write.insert(HandlingAcknowledgement, {
          partnershipId: found.partnershipId,
          contributionId: id,
          practitionerId: actor.id,
          acknowledgedAt: work.now,
          voidedAt: null,
        });
        recordAcknowledgement(work, found);
      }
      return work.respond.found(ContributionView, id);
    });
  }

  /** Recalls a contribution. Others can no longer read its content but still see that it existed. */
  recall(actor: Actor, id: string, { reason }: ContributionRecall): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const unread = await findOwnUnreadable(work, id);
      if (unread) work.command.noteSubject('recall', Contribution, unread);
      if (unread) return recallUnreadable(work, unread, reason);
      const found = await work.records.findForUpdate('recall', Contribution, ContributionView, id);
      if (found.recalledAt) throw alreadyRecalled();
      const changed = await work.write.update(Contribution, found, { recalledAt: work.now, recallReason: reason });
      work.recordEvent('contribution.recalled', Contribution, changed);
      return work.respond.one(ContributionView, changed);
    });
  }

  askRelease(actor: Actor, id: string, { reason, releasedTo }: ReleaseAsking): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.find('ask-release', Contribution, id, { lock: true });
      mustBePerson(actor);
      if (!found.originatorControl)
        throw unacceptable(
          'not-controlled',
          'This contribution is not under originator control, so it needs no release.',
        );
      if (found.recalledAt) throw alreadyRecalled();
      const waiting = {
        contributionId: id,
        agencyId: actor.agencyId,
        practitionerId: actor.id,
        status: 'submitted' as const,
      };
      if (await work.manager.existsBy(ReleaseRequest, waiting))
        throw conflict(
          'asked-already',
          'You have already asked for this release. Wait for the decision of the originator.',
        );
      const request = await work.write.insert(ReleaseRequest, {
        caseId: found.caseId,
        panelId: found.panelId,
        partnershipId: found.partnershipId,
        ...contributorOf(actor),
        contributionId: id,
        originatorAgencyId: found.agencyId,
        practitionerId: actor.id,
        releasedTo: releasedTo ?? 'agency',
        reason,
        status: releaseMachine.initial,
        expiresAt: null,
        refusalReason: null,
        decidedById: null,
        decidedAt: null,
      });
      this.recordReleaseEvent(work, 'release.asked', request, found);
      return work.respond.one(ReleaseRequestView, request, { status: 201 });
    });
  }

  requests(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(ReleaseRequestView, {}, query));
  }

  requestsFor(actor: Actor, contributionId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Contribution, contributionId);
      return work.respond.page(ReleaseRequestView, { contributionId }, query);
    });
  }

  request(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ReleaseRequestView, await work.records.find('read', ReleaseRequest, id)),
    );
  }

  approve(actor: Actor, id: string, { expiresAt }: ReleaseApproval): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('approve', ReleaseRequest, ReleaseRequestView, id);
      const status = after(releaseMachine, found.status, 'approval');
      const about = await work.records.find('release', Contribution, found.contributionId);
      if (about.recalledAt) throw alreadyRecalled();
      mustEnd(expiresAt, work.now, LONGEST_RELEASE_DAYS);
      return this.decide(work, found, about, { status, expiresAt }, 'release.approved');
    });
  }

  refuse(actor: Actor, id: string, { reason }: ReleaseRefusal): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('refuse', ReleaseRequest, ReleaseRequestView, id);
      const status = after(releaseMachine, found.status, 'refusal');
      const about = await work.records.find('release', Contribution, found.contributionId);
      return this.decide(work, found, about, { status, refusalReason: reason }, 'release.refused');
    });
  }

  revoke(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('revoke', ReleaseRequest, ReleaseRequestView, id);
      const status = after(releaseMachine, found.status, 'revocation');
      const about = await work.records.find('release', Contribution, found.contributionId);
      return this.decide(work, found, about, { status }, 'release.revoked');
    });
  }

  /** Ends releases to a person who left the agency. Releases to the whole agency continue. */
  private async endReleasesTo(work: UnitOfWork, { id: practitionerId }: Practitioner): Promise<void> {
    const running = { practitionerId, releasedTo: 'person' as const, status: 'approved' as const };
    for (const found of await work.manager.findBy(ReleaseRequest, { ...running, expiresAt: MoreThan(work.now) })) {
      const about = await work.manager.findOneByOrFail(Contribution, { id: found.contributionId });
      const by = { decidedById: work.actor.id, decidedAt: work.now };
      const status = after(releaseMachine, found.status, 'revocation');
      this.recordReleaseEvent(
        work,
        'release.revoked',
        await work.write.update(ReleaseRequest, found, { status, ...by }),
        about,
      );
    }
  }

  private async decide(
    work: UnitOfWork,
    found: ReleaseRequest,
    about: Contribution,
    changes: Partial<Pick<ReleaseRequest, 'status' | 'expiresAt' | 'refusalReason'>>,
    event: string,
  ): Promise<AuthorizedResponse> {
    const by = { decidedById: work.actor.id, decidedAt: work.now };
    const decided = await work.write.update(ReleaseRequest, found, { ...changes, ...by });
    this.recordReleaseEvent(work, event, decided, about);
    return work.respond.one(ReleaseRequestView, decided);
  }

  /**
   * Records the event with the marking of the contribution. Only readers who may know of the contribution see the
   * event.
   */
  private recordReleaseEvent(work: UnitOfWork, event: string, request: ReleaseRequest, about: Contribution): void {
    const { category, contributingType, agencyOnly } = about;
    work.recordEvent(event, ReleaseRequest, Object.assign({}, request, { category, contributingType, agencyOnly }));
  }
}

/**
 * Records the acknowledgement outside the timeline of the case. The person may read the case by a grant, an invitation
 * or emergency access, which other readers of the timeline need not know.
 */
function recordAcknowledgement(work: UnitOfWork, { caseId: _, ...contribution }: Contribution): void {
  work.recordEvent('contribution.conditions-acknowledged', Contribution, contribution);
}

/** Voids all acknowledgements of a contribution after its conditions changed. */
export async function voidAcknowledgements(work: UnitOfWork, contributionId: string): Promise<void> {
  await work.manager.update(
    HandlingAcknowledgement,
    { contributionId, voidedAt: IsNull() },
    { voidedAt: work.now, updatedAt: work.now },
  );
}

/** Throws unless `expiresAt` is after now and at most `days` days ahead. */
export function mustEnd(expiresAt: Date, now: Date, days: number): void {
  const soonest = new Date(now.getTime() + 1);
  mustEndWithin(expiresAt, soonest, instantAfter(now, days), { pointer: '/expiresAt' });
}

export const alreadyRecalled = (): Error =>
  conflict('recalled', 'The contributing agency has recalled this contribution. This cannot be undone.');

/**
 * Throws unless the actor is a person, because somebody must be accountable for an acknowledgement or a release
 * request.
 */
export function mustBePerson(actor: Actor): void {
  if (actor.kind !== 'practitioner')
    throw refused('person-only', 'Only a person may do this, not a system. Sign in as a person.');
}

/**
 * Selects exclusions in force against one person, by registration or by name, that concern the case. These are
 * exclusions from the case and, for its panel or the whole partnership, from a person in the case.
 */
const EXCLUDED_IN_PERSON = `SELECT FROM exclusions e
  WHERE (e.practitioner_id = ANY ($2) OR e.name_key = ANY ($3)) AND e.since <= $4 AND (e.until IS NULL OR e.until > $4)
    AND ($1 IN (SELECT one.case_id FROM excluded_cases(ARRAY[e.id], $6) one) OR (e.reach = 'partnership' OR e.panel_id = $5) AND e.person_id IN (
      SELECT person_id FROM case_people WHERE case_id = $1 UNION SELECT person_id FROM cases WHERE id = $1)) LIMIT 1`;

/**
 * Returns a contribution of the actor's agency that the actor may recall without being able to read it, else null.
 * After a seat or an invitation has ended, the agency's safeguarding leads may recall it. If the agency is excluded
 * from the case, core members of the panel may recall it too. A person outside a compartment, or excluded in person,
 * may not: neither should be able to remove evidence from the case.
 */
async function findOwnUnreadable(work: UnitOfWork, id: string): Promise<Contribution | null> {
  const { actor } = work;
  const isReader = (await work.records.findOrNull('read', Contribution, id)) !== null;
  const former = isReader ? null : await work.records.findOrNull('recall', Contribution, id, { lock: true });
  if (former || !actor.excludedCaseIds.length) return former;
  return work.asSystem(async () => {
    const found = await work.manager.findOneBy(Contribution, { id });
    if (found?.agencyId !== actor.agencyId || !actor.excludedCaseIds.includes(found.caseId)) return null;
    if (closedCompartments(actor).includes(found.panelId)) return null;
    const isEntrusted = entrustedPartnerships(actor).includes(found.partnershipId);
    if (!isEntrusted && !corePanels(actor).includes(found.panelId)) return null;
    const named = [found.caseId, actor.registrationIds, actor.nameKeys, work.now, found.panelId, actor.agencyId];
    const inPerson = await work.manager.query<object[]>(EXCLUDED_IN_PERSON, named);
    return inPerson.length ? null : found;
  });
}

/**
 * Recalls a contribution that the actor cannot read. The response holds only the identifier and the time of the recall.
 */
async function recallUnreadable(work: UnitOfWork, found: Contribution, reason: string): Promise<AuthorizedResponse> {
  if (!work.actor.call.ifMatch) throw ifMatchNeeded();
  if (found.recalledAt) throw alreadyRecalled();
  const { id, recalledAt } = await work.asSystem(async () => {
    const changed = await work.write.update(Contribution, found, { recalledAt: work.now, recallReason: reason });
    work.recordEvent('contribution.recalled', Contribution, changed);
    return changed;
  });
  const shown = ['id', 'recalledAt'];
  const withheld = [...shapeOf(ContributionView).properties.keys()].filter((field) => !shown.includes(field));
  return new AuthorizedResponse({ id, recalledAt, withheld });
}

const ifMatchNeeded = (): Problem =>
  new Problem(
    428,
    'if-match-required',
    'Say which version you change',
    'Send the header If-Match: * to recall the contribution.',
  );
