import { Injectable } from '@nestjs/common';
import type { FindOptionsWhere } from 'typeorm';
import { Case, CasePerson } from '../cases/case.entity.js';
import { contribute } from '../cases/cases.service.js';
import { findCasesInError, mustNotBeInError } from '../cases/open-case.js';
import { rulesInForce } from '../panels/panels.service.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Person } from '../subjects/subject.entity.js';
import { findAddedAgencyTypes, findAudience, readAudienceRules, type AudienceAgency } from './audience.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { isToBeHeld, Listing, Meeting } from '../meetings/meeting.entity.js';
import { MeetingView } from '../meetings/meeting.response.js';
import { pointMachine, researchMachine, ResearchPoint, ResearchRequest } from './research.entity.js';
import type { ResearchAsking, ResearchQuery, ResearchReturn } from './research.dto.js';
import { ResearchRequestView, SoughtPersonView } from './research.response.js';

/** Assumed length of a meeting without a planned end, in hours. */
const USUAL_LENGTH_HOURS = 8;
const FIRST_PAGE = { limit: 100 };

/**
 * Research for meetings: agencies are asked, search their own records, decide what to share, and answer. Late answers
 * are flagged and accepted. Source: MARAC note, sections 2.3, 2.4 and 4.2; law and standards note, section 1.6, step 2.
 */
@Injectable()
export class ResearchService {
  constructor(
    private readonly records: Records,
    hooks: MeetingHooks,
  ) {
    hooks.register({
      afterClosure: (work, { id }) => this.changeOpenRequests(work, { meetingId: id }, () => ({ closesAt: work.now })),
      afterCancellation: (work, { id }) => this.changeOpenRequests(work, { meetingId: id }, cancellationOf),
      afterPostponement: (work, meeting) => this.postponeOpenRequests(work, meeting),
      afterRemoval: (work, { id }) => this.changeOpenRequests(work, { listingId: id }, cancellationOf),
      afterInvitationEnd: (work, { listingId, practitionerId }) =>
        practitionerId
          ? this.changeOpenRequests(work, { listingId, answeredBy: 'person', practitionerId }, cancellationOf)
          : Promise.resolve(),
    });
  }

  /**
   * Asks the agencies that were not asked before. The response is read in a separate unit of work, as the actor may
   * read the requests then.
   */
  async ask(actor: Actor, meetingId: string, request: ResearchAsking): Promise<AuthorizedResponse> {
    await this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId, { lock: true });
      const listed = await work.records.findMany('ask', Listing, { meetingId, removedAt: null });
      if (!listed.length) await work.records.find('schedule', Meeting, meetingId);
      const wanted = request.listingId?.toLowerCase();
      const named = wanted ? listed.filter(({ id }) => id === wanted) : listed;
      if (wanted && !named.length) await refuseItem(work, wanted);
      const inError = await findCasesInError(
        work,
        named.map(({ caseId }) => caseId),
      );
      if (wanted && inError[0]) await mustNotBeInError(work, inError[0]);
      const listings = named.filter(({ caseId }) => !inError.includes(caseId));
      if (!isToBeHeld(meeting.status) || endOfMeeting(meeting) <= work.now) throw meetingOver();
      const { rules } = (await rulesInForce(work, meeting.panelId)) ?? {};
      const dueOn = requireDueDay(work, meeting, request.dueOn);
      for (const listing of listings) {
        const added = await findAddedAgencyTypes(work, readAudienceRules(rules), listing, meeting);
        const audience = await findAudience(work, listing, request.agencyIds ?? null, added);
        if (request.agencyIds) requireAllFound(request.agencyIds, audience);
        // cancelled requests are repeated only if the agency is named
        const missing = audience.filter(
          ({ status }) => status === null || (status === 'cancelled' && request.agencyIds !== undefined),
        );
        for (const one of missing) await this.askOne(work, meeting, listing, one, dueOn);
        // event of the item, without the number of agencies, which would reveal something about the people in the case
        if (missing.length) work.recordEvent('research.asked', Listing, listing, { meetingId, dueOn });
      }
      return work.respond.one(MeetingView, meeting);
    });
    return this.ofMeeting(actor, meetingId, FIRST_PAGE);
  }

  list(actor: Actor, { status, askedAgencyId, ...query }: ResearchQuery): Promise<AuthorizedResponse> {
    const filter = { ...(status ? { status } : {}), ...(askedAgencyId ? { askedAgencyId } : {}) };
    return this.records.read(actor, (work) => work.respond.page(ResearchRequestView, filter, query));
  }

  /** Lists the requests of a meeting. An asked agency may list its own without access to the meeting. */
  ofMeeting(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const [known] = await work.records.findMany('read', ResearchRequest, { meetingId }, 1);
      if (!known) await work.records.find('read', Meeting, meetingId);
      return work.respond.page(ResearchRequestView, { meetingId }, query);
    });
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ResearchRequestView, await work.records.find('read', ResearchRequest, id)),
    );
  }

  /**
   * Returns the people to search for while the request is open. The panel's agreement determines the fields that the
   * agency sees.
   */
  people(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('read', ResearchRequest, id);
      if (!isOpen(found, work.now) || !(await work.records.findOrNull('answer', ResearchRequest, id)))
        return work.respond.list(SoughtPersonView, [], { action: 'research' });
      const { caseId } = found;
      const people = await work.records.findMany('research', Person, {
        $or: [{ roles: { $elemMatch: { caseId } } }, { cases: { $elemMatch: { id: caseId } } }],
      });
      const roles = await work.records.findMany('research', CasePerson, { caseId });
      const withRoles = people.map((person) => ({
        ...person,
        roles: roles.filter((one) => one.personId === person.id).map((one) => one.role),
      }));
      return work.respond.list(SoughtPersonView, withRoles, { action: 'research' });
    });
  }

  /**
   * Answers a request. Shared points become contributions as if the agency had contributed them; a nil return states
   * that there are none. The coordination therefore learns of a return only what it may read in the case, and never
   * that something was withheld.
   */
  return(actor: Actor, id: string, { nil }: ResearchReturn): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('answer', ResearchRequest, ResearchRequestView, id);
      const status = after(researchMachine, found.status, 'return');
      if (found.closesAt <= work.now) throw meetingOver();
      const points = await work.records.findMany('read', ResearchPoint, { requestId: id });
      const shared = points.filter((one) => one.decision === 'shared');
      const contributed = points.filter((one) => one.decision === 'contributed');
      if (nil && shared.length + contributed.length)
        throw unacceptable(
          'not-nil',
          'A return with shared points is not nil. Send `nil: false`, or withhold the points.',
          [{ pointer: '/nil', detail: 'must be false while a point is shared' }],
        );
      if (points.some((one) => one.decision === 'draft'))
        throw unacceptable('undecided-points', 'Share or withhold each point before you return the request.', [
          { pointer: '/nil', detail: 'some points are drafts' },
        ]);
      if (!nil && !shared.length && !contributed.length)
        throw unacceptable(
          'nothing-shared',
          'A return without shared points is a nil return. Send `nil: true`, or share a point.',
          [{ pointer: '/nil', detail: 'must be true if no point is shared' }],
        );
      if (shared.length) await this.contribute(work, found.caseId, shared);
      const returned = await work.write.update(ResearchRequest, found, { status, nil, returnedAt: work.now });
      return work.respond.found(ResearchRequestView, returned.id);
    });
  }

  /** Reopens a request. Only the coordination can: an agency that found more asks the coordination. */
  reopen(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('reopen', ResearchRequest, ResearchRequestView, id);
      const status = after(researchMachine, found.status, 'reopening');
      if (found.closesAt <= work.now) throw meetingOver();
      await work.write.update(ResearchRequest, found, { status, nil: null, returnedAt: null });
      return work.respond.found(ResearchRequestView, id);
    });
  }

  cancel(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('cancel', ResearchRequest, ResearchRequestView, id);
      await work.write.update(ResearchRequest, found, cancellationOf(found));
      await recordWithdrawnPeople(work, found);
      return work.respond.found(ResearchRequestView, id);
    });
  }

  private async askOne(
    work: UnitOfWork,
    meeting: Meeting,
    { id: listingId, caseId, panelId, partnershipId }: Listing,
    { id: askedAgencyId, requestId, answeredBy, practitionerId }: AudienceAgency,
    dueOn: string,
  ): Promise<void> {
    const asked = {
      answeredBy,
      practitionerId,
      dueOn,
      closesAt: endOfMeeting(meeting),
      status: researchMachine.initial,
    };
    if (requestId) {
      await work.write.update(ResearchRequest, await work.records.find('read', ResearchRequest, requestId), asked);
      return;
    }
    await work.write.insert(ResearchRequest, {
      ...asked,
      meetingId: meeting.id,
      listingId,
      caseId,
      panelId,
      partnershipId,
      ...contributorOf(work.actor),
      askedAgencyId,
      originalDueOn: dueOn,
      returnedAt: null,
      nil: null,
    });
  }

  private async contribute(work: UnitOfWork, caseId: string, shared: ResearchPoint[]): Promise<void> {
    const about = await work.records.find('research', Case, caseId, { lock: true });
    for (const point of shared) {
      const { category, kind, text, handling, conditions, originatorControl, occurredOn } = point;
      const content = { category, kind, text, handling, conditions, originatorControl, occurredOn };
      const contribution = await contribute(work, about, { ...content, summary: point.summary ?? '' });
      await work.write.update(ResearchPoint, point, {
        decision: after(pointMachine, point.decision, 'contribution'),
        contributionId: contribution.id,
      });
    }
  }

  private postponeOpenRequests(work: UnitOfWork, meeting: Meeting): Promise<void> {
    const changes = { dueOn: lastResearchDay(work, meeting), closesAt: endOfMeeting(meeting) };
    return this.changeOpenRequests(work, { meetingId: meeting.id }, () => changes);
  }

  /** Changes all open requests selected by `of`, including requests about cases hidden from the actor. */
  private async changeOpenRequests(
    work: UnitOfWork,
    of: FindOptionsWhere<ResearchRequest>,
    changes: (one: ResearchRequest) => Partial<ResearchRequest>,
  ): Promise<void> {
    await work.asSystem(async () => {
      const open = await work.manager.findBy(ResearchRequest, { ...of, status: 'asked' });
      for (const one of open) await work.write.update(ResearchRequest, one, changes(one));
    });
  }
}

const cancellationOf = ({ status }: ResearchRequest) => ({ status: after(researchMachine, status, 'cancellation') });

/**
 * Records the withdrawal of people from agencies that received them only by the request. Agencies with a core seat or
 * an invitation still read the case, so that nothing is withdrawn from them.
 */
async function recordWithdrawnPeople(work: UnitOfWork, request: ResearchRequest): Promise<void> {
  const { caseId, panelId, listingId, askedAgencyId: agencyId } = request;
  const named = await work.asSystem(() =>
    work.manager.query<{ personId: string }[]>(
      `SELECT person_id AS "personId" FROM (SELECT person_id FROM case_people WHERE case_id = $1
         UNION SELECT person_id FROM cases WHERE id = $1 AND person_id IS NOT NULL) people
       WHERE NOT EXISTS (SELECT FROM invitations i WHERE i.listing_id = $2 AND i.agency_id = $3 AND i.closes_at > $4
         AND i.withdrawn_at IS NULL)`,
      [caseId, listingId, agencyId, work.now],
    ),
  );
  for (const { personId } of named)
    work.write.withdrawnPeople.push({ personId, panelId, caseId, agencyId, at: work.now });
}

const endOfMeeting = ({ scheduledAt, endsAt }: Meeting): Date =>
  endsAt ?? new Date(scheduledAt.getTime() + USUAL_LENGTH_HOURS * 3_600_000);

/** Refuses an item that the actor may not ask about, or, as not found, an item of another meeting. */
async function refuseItem(work: UnitOfWork, listingId: string): Promise<never> {
  await work.records.find('ask', Listing, listingId);
  throw notFound();
}

const isOpen = ({ status, closesAt }: ResearchRequest, now: Date): boolean => status === 'asked' && closesAt > now;

export const meetingOver = (): Error =>
  conflict(
    'meeting-over',
    'The meeting is over, so research for it is closed. Contribute to the case instead: POST /v1/cases/{id}/contributions.',
  );

/** Returns the meeting's last day for research, or today if that day has passed. */
function lastResearchDay(work: UnitOfWork, { researchDueOn, scheduledAt }: Meeting): string {
  const [set, today] = [researchDueOn ?? londonDay(scheduledAt), londonDay(work.now)];
  return set < today ? today : set;
}

function requireDueDay(work: UnitOfWork, meeting: Meeting, asked?: string): string {
  const last = lastResearchDay(work, meeting);
  if (asked && (asked > last || asked < londonDay(work.now)))
    throw unacceptable(
      'due-day',
      'Choose a due day between today and the last day for research set by the panel’s rules.',
      [{ pointer: '/dueOn', detail: `must not be before today or after ${last}` }],
    );
  return asked ?? last;
}

function requireAllFound(named: string[], audience: { id: string }[]): void {
  const unknown = named.flatMap((id, index) => (audience.some((one) => one.id === id) ? [] : [index]));
  if (unknown.length)
    throw unacceptable(
      'unknown-agency',
      'Name agencies of the panel’s partnership that may be asked about the case.',
      unknown.map((index) => ({ pointer: `/agencyIds/${String(index)}`, detail: 'is no agency that may be asked' })),
    );
}
