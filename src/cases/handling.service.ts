import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan } from 'typeorm';
import type { Practitioner } from '../agencies/agency.entity.js';
import { Departures } from '../agencies/departures.js';
import { instantAfter, mustEndWithin } from '../panels/limits.js';
import type { Actor } from '../authentication/actor.js';
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
 * How far what was contributed travels: conditions that readers take note of, releases by the originator, recalls. Source:
 * law and standards note, section 5.2 "Markings and police handling", REQ-MRK-02.
 */
@Injectable()
export class HandlingService {
  constructor(
    private readonly records: Records,
    departures: Departures,
  ) {
    departures.register((work, person) => this.endReleasesTo(work, person));
  }

  /** Takes note of the conditions as they were read: `If-Match` says which. */
  acknowledge(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('acknowledge', Contribution, ContributionView, id);
      onlyAPerson(actor);
      if (found.handling !== 'C')
        throw unacceptable('no-conditions', 'Only a contribution of handling C has conditions to take note of.');
      const holds = { contributionId: id, practitionerId: actor.id, voidedAt: IsNull() };
      if (!(await work.manager.existsBy(HandlingAcknowledgement, holds))) {
        await work.write.insert(HandlingAcknowledgement, {
          partnershipId: found.partnershipId,
          contributionId: id,
          practitionerId: actor.id,
          acknowledgedAt: work.now,
          voidedAt: null,
        });
        acknowledgedUnseen(work, found);
      }
      return work.respond.found(ContributionView, id);
    });
  }

  /** From now on nobody else reads what it says; that it was there stays known. */
  recall(actor: Actor, id: string, { reason }: ContributionRecall): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const unread = await ownUnread(work, id);
      if (unread) work.command.noteSubject('recall', Contribution, unread);
      if (unread) return recallUnread(work, unread, reason);
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
      onlyAPerson(actor);
      if (!found.originatorControl)
        throw unacceptable(
          'not-controlled',
          'Its originator keeps no control of this contribution: no release is needed.',
        );
      if (found.recalledAt) throw alreadyRecalled();
      const waiting = {
        contributionId: id,
        agencyId: actor.agencyId,
        practitionerId: actor.id,
        status: 'submitted' as const,
      };
      if (await work.manager.existsBy(ReleaseRequest, waiting))
        throw conflict('asked-already', 'You asked for this release already; the originator has not decided yet.');
      const request = await work.write.insert(ReleaseRequest, {
        caseId: found.caseId,
        panelId: found.panelId,
        partnershipId: found.partnershipId,
        agencyId: actor.agencyId,
        contributingType: actor.agencyType,
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
      this.happened(work, 'release.asked', request, found);
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

  /** Releases to somebody alone who left; what was released to the agency stays released. */
  private async endReleasesTo(work: UnitOfWork, { id: practitionerId }: Practitioner): Promise<void> {
    const running = { practitionerId, releasedTo: 'person' as const, status: 'approved' as const };
    for (const found of await work.manager.findBy(ReleaseRequest, { ...running, expiresAt: MoreThan(work.now) })) {
      const about = await work.manager.findOneByOrFail(Contribution, { id: found.contributionId });
      const by = { decidedById: work.actor.id, decidedAt: work.now };
      const status = after(releaseMachine, found.status, 'revocation');
      this.happened(work, 'release.revoked', await work.write.update(ReleaseRequest, found, { status, ...by }), about);
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
    this.happened(work, event, decided, about);
    return work.respond.one(ReleaseRequestView, decided);
  }

  /** Told only to those who may know of the contribution. */
  private happened(work: UnitOfWork, event: string, request: ReleaseRequest, about: Contribution): void {
    const { category, contributingType, agencyOnly } = about;
    work.recordEvent(event, ReleaseRequest, Object.assign({}, request, { category, contributingType, agencyOnly }));
  }
}

/**
 * Records the event outside the timeline of the case. Somebody who takes note may read the case by a grant, an invitation or an
 * emergency access, of which other readers of the timeline need not know.
 */
function acknowledgedUnseen(work: UnitOfWork, { caseId: _, ...contribution }: Contribution): void {
  work.recordEvent('contribution.conditions-acknowledged', Contribution, contribution);
}

/** Voids what readers took note of: the conditions are not those any more. */
export async function voidAcknowledgements(work: UnitOfWork, contributionId: string): Promise<void> {
  await work.manager.update(
    HandlingAcknowledgement,
    { contributionId, voidedAt: IsNull() },
    { voidedAt: work.now, updatedAt: work.now },
  );
}

/** Throws unless access that somebody grants has an end after now, and at most so many days from now. */
export function mustEnd(expiresAt: Date, now: Date, days: number): void {
  const soonest = new Date(now.getTime() + 1);
  mustEndWithin(expiresAt, soonest, instantAfter(now, days), { pointer: '/expiresAt' });
}

export const alreadyRecalled = (): Error =>
  conflict('recalled', 'The agency that contributed this took it back. That cannot be undone.');

/** Conditions are met, and access asked for, by a person who answers for it. */
export function onlyAPerson(actor: Actor): void {
  if (actor.kind !== 'practitioner')
    throw refused('person-only', 'Only a person who signs in may do this, not a system.');
}

/**
 * Exclusions in force of one person, by a registration or by name, from the case or, on its panel or everywhere, from somebody in it.
 */
const EXCLUDED_IN_PERSON = `SELECT FROM exclusions e
  WHERE (e.practitioner_id = ANY ($2) OR e.name_key = ANY ($3)) AND e.since <= $4 AND (e.until IS NULL OR e.until > $4)
    AND (e.case_id = $1 OR (e.reach = 'partnership' OR e.panel_id = $5) AND e.person_id IN (
      SELECT person_id FROM case_people WHERE case_id = $1 UNION SELECT person_id FROM cases WHERE id = $1)) LIMIT 1`;

/**
 * Returns the contribution, where the actor's agency made it and the actor cannot read it any more. After a seat or an invitation
 * has ended, the agency's safeguarding leads may recall it. Where the agency is excluded from the case, core members of the panel may,
 * too. Somebody outside a compartment, or excluded in person, may not: neither must take evidence out of the case.
 */
async function ownUnread(work: UnitOfWork, id: string): Promise<Contribution | null> {
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
    const named = [found.caseId, actor.registrationIds, actor.nameKeys, work.now, found.panelId];
    const inPerson = await work.manager.query<object[]>(EXCLUDED_IN_PERSON, named);
    return inPerson.length ? null : found;
  });
}

/** The answer holds the identifier and the time of the recall: nothing of the case, which the actor does not read. */
async function recallUnread(work: UnitOfWork, found: Contribution, reason: string): Promise<AuthorizedResponse> {
  if (!work.actor.call.ifMatch)
    throw new Problem(428, 'if-match-required', 'Say which version you change', 'Send If-Match: * to recall it.');
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
