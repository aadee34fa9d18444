import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { mustActIn } from '../agencies/acting-in.js';
import { Practitioner } from '../agencies/agency.entity.js';
import { mustEntrustSeldom } from '../agencies/entrusting.js';
import { Case } from '../cases/case.entity.js';
import { CaseHooks } from '../cases/case.hooks.js';
import { mustNotBeInError } from '../cases/open-case.js';
import { instantAfter, INVITATION_OPENS_WITHIN, mustBeginWithin, mustEndWithin } from '../panels/limits.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { safeguardingLeadsOf } from '../panels/working-partnerships.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, refused, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { endInvitations, latestEnd } from '../meetings/invitations-end.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { authorizeDeferral } from '../meetings/deferrals.js';
import { requireUrgentKind } from '../meetings/emergency.js';
import { addListing } from './add-listing.js';
import { findItem, findItems } from '../meetings/items.js';
import {
  Invitation,
  isAgendaCirculated,
  isToBeHeld,
  Listing,
  listingMachine,
  Meeting,
  REASON_OF_KIND,
  stateOfListing,
  TO_BE_HELD,
} from '../meetings/meeting.entity.js';
import type { InvitationRequest, ListingChange, ListingRemoval, ListingRequest } from '../meetings/meeting.dto.js';
import { InvitationView, ListingView } from '../meetings/meeting.response.js';

/** Items of a meeting, each belonging to its case, with their invitations. */
@Injectable()
export class ListingsService {
  constructor(
    private readonly records: Records,
    private readonly hooks: MeetingHooks,
    caseHooks: CaseHooks,
  ) {
    caseHooks.register({ status: async (work, { id }) => ({ nextMeetingAt: await nextMeetingAt(work, id) }) });
  }

  /**
   * Returns the items in the order of hearing. The items have no numbers, because a gap would reveal a hidden item.
   * Items taken off the list are included, with their removal.
   */
  listItems(actor: Actor, meetingId: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Meeting, meetingId);
      return work.respond.list(ListingView, await findItems(work, meetingId));
    });
  }

  getItem(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ListingView, await findItem(work, 'read', meetingId, id)),
    );
  }

  addCase(actor: Actor, meetingId: string, request: ListingRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId, { lock: true });
      const found = await work.records.find('add-to-list', Case, request.caseId);
      if (found.panelId !== meeting.panelId)
        throw unacceptable('another-panel', 'A case is heard by its own panel. List it at a meeting of that panel.', [
          { pointer: '/caseId', detail: 'is a case of another panel' },
        ]);
      assertMayList(meeting, request);
      await mustActIn(work, request.presentedByAgencyId, meeting.partnershipId, '/presentedByAgencyId');
      await assertNotListed(work, meetingId, found.id);
      const { caseId: _, late, ...values } = request;
      const reason = late ? 'late' : REASON_OF_KIND[request.kind];
      const listing = await addListing(work, meeting, found, { ...values, reason });
      return work.respond.one(ListingView, listing, { status: 201 });
    });
  }

  change(actor: Actor, meetingId: string, id: string, request: ListingChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId, { lock: true });
      const found = await work.records.findForUpdate('change', Listing, ListingView, id, { writes: request });
      assertToBeHeld(meeting, found);
      await mustActIn(work, request.presentedByAgencyId, found.partnershipId, '/presentedByAgencyId');
      if (request.kind && request.kind !== asShownToActor(work, found).kind) {
        requireUrgentKind(meeting, request.kind);
        if (isAgendaCirculated(meeting)) throw agendaLocked();
      }
      const changed = await work.write.updateIfChanged(Listing, found, request);
      work.recordEvent('listing.changed', Listing, changed, { fields: Object.keys(request) });
      return work.respond.one(ListingView, changed);
    });
  }

  /** Defers the case. The item remains readable as not heard, and the next agenda continues it. */
  remove(actor: Actor, meetingId: string, id: string, request: ListingRemoval): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId, { lock: true });
      const found = await work.records.findForUpdate('remove', Listing, ListingView, id);
      if (found.meetingId === meetingId) after(listingMachine, stateOfListing(found), 'removal');
      assertToBeHeld(meeting, found);
      if (found.startedAt)
        throw conflict(
          'heard-already',
          'The item is being heard or was heard, so it cannot be removed. Decide to defer it instead: POST …/decisions.',
        );
      await authorizeDeferral(work, found);
      const removal = { outcome: 'defer' as const, removedAt: work.now, removalReason: request.reason };
      const removed = await work.write.update(Listing, found, removal);
      await endInvitations(work, { listingId: id }, 'The item was taken off the list of the meeting.');
      await this.hooks.afterRemoval(work, removed);
      work.recordEvent('case.listing-removed', Listing, removed, { meetingId });
      if (request.toMeetingId) await carryOver(work, removed, request.toMeetingId);
      return work.respond.one(ListingView, removed);
    });
  }

  /** Puts an item back that was removed by mistake or too soon, if no agenda without it was circulated. */
  reinstate(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId, { lock: true });
      const found = await work.records.findForUpdate('reinstate', Listing, ListingView, id);
      if (found.meetingId !== meetingId) throw notFound();
      // checked first: a person whose recusal runs gets this refusal whether or not another meeting hears the case
      const about = await work.records.find('add-to-list', Case, found.caseId, { lock: true });
      after(listingMachine, stateOfListing(found), 'reinstatement');
      if (!isToBeHeld(meeting.status))
        throw conflict(
          'meeting-over',
          `A meeting that is ${meeting.status} accepts no case. List the case at the next meeting.`,
        );
      if (isAgendaCirculated(meeting) && !wasCirculatedWith(meeting, found))
        throw conflict(
          'agenda-locked',
          'The agenda was circulated without this item. List the case at the next meeting.',
        );
      const carried = await work.records.findMany('read', Listing, { carriedFromId: id, removedAt: null });
      if (
        await work.manager.existsBy(Meeting, { id: In(carried.map((one) => one.meetingId)), status: Not('cancelled') })
      )
        throw conflict('carried-over', 'The case is on the list of another meeting. Take it off that list first.');
      if (about.stage === 'closed')
        throw conflict(
          'case-closed',
          'A closed case cannot be listed. Reopen it first: POST /v1/cases/{id}/reopening.',
        );
      const back = await work.write.update(Listing, found, { outcome: null, removedAt: null, removalReason: null });
      work.recordEvent('case.listing-reinstated', Listing, back, { meetingId });
      return work.respond.one(ListingView, back);
    });
  }

  invitations(actor: Actor, meetingId: string, listingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await findItem(work, 'read', meetingId, listingId);
      return work.respond.page(InvitationView, { listingId }, query);
    });
  }

  invite(actor: Actor, meetingId: string, listingId: string, request: InvitationRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // locks the meeting against concurrent removals, moves and cancellation
      const meeting = await work.records.find('read', Meeting, meetingId, { lock: true });
      const { caseId, panelId, partnershipId, removedAt } = await findItem(work, 'invite', meetingId, listingId);
      if (removedAt) throw takenOffProblem();
      await mustNotBeInError(work, caseId);
      if (meeting.status === 'cancelled')
        throw conflict(
          'meeting-over',
          'This meeting was cancelled. Invite people to the meeting that hears the case instead.',
        );
      const { agencyId, practitionerId, opensAt = work.now, closesAt } = request;
      if (closesAt <= opensAt || closesAt <= work.now)
        throw unacceptable(
          'closes-too-early',
          'An invitation must end after its beginning and in the future. Choose a later end.',
          [{ pointer: '/closesAt', detail: 'must be after opensAt and in the future' }],
        );
      const rules = (await rulesInForce(work, panelId))?.rules;
      const days = ruleNumber(rules, 'invitationDaysAfterMeeting');
      requireWithinLimits(meeting, { opensAt, closesAt }, days, work.now);
      await mustActIn(work, agencyId, partnershipId, '/agencyId');
      if (practitionerId ? actor.registrationIds.includes(practitionerId) : agencyId === actor.agencyId)
        throw refused(
          'own-invitation',
          'You cannot invite yourself or your whole agency. Name a colleague, or ask another chair or coordinator of the panel.',
        );
      if (!practitionerId && !(await safeguardingLeadsOf(work, [agencyId], partnershipId)).length)
        throw unacceptable(
          'no-safeguarding-lead',
          'An invitation to a whole agency gives access to its safeguarding leads, and this agency has none in the partnership. Name a person of the agency in `practitionerId`: GET /v1/agencies/{id}/people lists them.',
          [{ pointer: '/practitionerId', detail: 'is required for an agency without a safeguarding lead' }],
        );
      if (
        practitionerId &&
        (await work.records.findOrNull('read', Practitioner, practitionerId))?.agencyId !== agencyId
      )
        throw unacceptable('not-of-the-agency', 'Name a person who works for the agency.', [
          { pointer: '/practitionerId', detail: 'is no person of that agency' },
        ]);
      if (practitionerId) await mustEntrustSeldom(work, practitionerId);
      await refuseDuplicateInvitation(work, { listingId, agencyId, practitionerId: practitionerId ?? null }, closesAt);
      const invitation = await work.write.insert(Invitation, {
        agencyId,
        practitionerId: practitionerId ?? null,
        invitedById: actor.id,
        opensAt,
        closesAt,
        meetingId,
        listingId,
        caseId,
        panelId,
        partnershipId,
      });
      work.recordEvent('invitation.made', Invitation, invitation, { listingId, opensAt, closesAt });
      return work.respond.one(InvitationView, invitation, { status: 201 });
    });
  }
}

/**
 * Refuses invitations that begin too late or end too long after the meeting. For meetings in the far future the end
 * counts from the latest beginning of an invitation, so that convening such a meeting does not allow a long invitation.
 */
export function requireWithinLimits(
  meeting: Meeting,
  { opensAt, closesAt }: Pick<Invitation, 'opensAt' | 'closesAt'>,
  daysAfterMeeting: number,
  now: Date,
): void {
  mustBeginWithin(opensAt, now, INVITATION_OPENS_WITHIN, { pointer: '/opensAt' });
  const farthest = instantAfter(now, INVITATION_OPENS_WITHIN + daysAfterMeeting);
  const ofMeeting = latestEnd(meeting, daysAfterMeeting);
  const latest = ofMeeting < farthest ? ofMeeting : farthest;
  if (latest < now)
    throw conflict(
      'meeting-long-over',
      `An invitation ends at most ${String(daysAfterMeeting)} days after the meeting, which have passed. Approve a request for access instead: POST /v1/access-requests.`,
    );
  mustEndWithin(closesAt, now, latest, { pointer: '/closesAt' });
}

/** Refuses overlapping invitations. A constraint of the database enforces the same for concurrent requests. */
async function refuseDuplicateInvitation(
  work: UnitOfWork,
  whom: Pick<Invitation, 'listingId' | 'agencyId' | 'practitionerId'>,
  closesAt: Date,
): Promise<void> {
  const [first] = await work.manager.query<{ id: string }[]>(
    `SELECT id FROM invitations WHERE listing_id = $1 AND agency_id = $2 AND practitioner_id IS NOT DISTINCT FROM $3
       AND withdrawn_at IS NULL AND closes_at > $4 AND opens_at < $5 ORDER BY opens_at, id LIMIT 1`,
    [whom.listingId, whom.agencyId, whom.practitionerId, work.now, closesAt],
  );
  if (first)
    throw conflict(
      'invited-already',
      `Invitation ${first.id} to this item already exists. Correct its dates by PATCH, or withdraw it first.`,
      { invitationId: first.id },
    );
}

/** Refuses cases for a circulated agenda, unless urgent, or late with a reason. */
function assertMayList(meeting: Meeting, { kind, late = false, lateReason }: ListingRequest): void {
  if (!isToBeHeld(meeting.status))
    throw conflict(
      'meeting-over',
      `A meeting that is ${meeting.status} accepts no case. List the case at the next meeting.`,
    );
  if (late !== Boolean(lateReason))
    throw unacceptable('late-with-reason', 'A late case needs a reason, and other cases take none.', [
      { pointer: '/lateReason', detail: late ? 'must give the reason for a late case' : 'is allowed only with `late`' },
    ]);
  requireUrgentKind(meeting, kind);
  if (isAgendaCirculated(meeting) && kind !== 'urgent' && !late)
    throw conflict(
      'agenda-locked',
      'The agenda was circulated. List only urgent cases, or late ones with the reason, and circulate it again.',
    );
}

/** Returns whether the item was taken off after the agenda was circulated, which still names it. */
const wasCirculatedWith = ({ circulatedAt }: Meeting, { removedAt }: Listing): boolean =>
  circulatedAt !== null && removedAt !== null && removedAt > circulatedAt;

/**
 * Refuses a case already on the list. Counts only items that the actor may read, because the refusal would reveal an
 * item decided during a recusal of the actor that has ended. While a recusal runs, the case cannot be listed at all.
 */
async function assertNotListed(work: UnitOfWork, meetingId: string, caseId: string): Promise<void> {
  const known = await work.records.findMany('read', Listing, { caseId, meetingId });
  if (known.some(({ removedAt }) => removedAt)) throw takenOffProblem();
  if (known.length) throw conflict('listed-already', 'The case is already on the list of this meeting.');
}

export const takenOffProblem = (): Error =>
  conflict(
    'listing-removed',
    'The case was taken off the list of this meeting. Put it back on the list, or, if the agenda was circulated without it, list it at another meeting.',
  );

/** Refuses items of other meetings, and items that can no longer be moved. */
function assertToBeHeld(meeting: Meeting, listing: Listing): void {
  if (listing.meetingId !== meeting.id) throw notFound();
  if (listing.removedAt) throw takenOffProblem();
  if (!isToBeHeld(meeting.status) || listing.outcome)
    throw conflict(
      'heard-already',
      'The item has a decision or its meeting is over, so it can no longer change. List the case at the next meeting.',
    );
}

/**
 * Returns the item as shown to the actor. Commands are decided by the shown kind, because the stored one may reveal a
 * hidden record.
 */
const asShownToActor = (work: UnitOfWork, listing: Listing): Listing =>
  work.records.asShown(Listing, [listing])[0] as Listing;

async function carryOver(work: UnitOfWork, from: Listing, meetingId: string): Promise<void> {
  const meeting = await work.records.findOrNull('read', Meeting, meetingId, { lock: true });
  if (meeting?.panelId !== from.panelId || meeting.id === from.meetingId)
    throw unacceptable('unknown-meeting', 'Name another meeting of the same panel in `toMeetingId`.', [
      { pointer: '/toMeetingId', detail: 'is no other meeting of this panel' },
    ]);
  const { id: carriedFromId, kind, timeboxMinutes, presentedByAgencyId } = from;
  assertMayList(meeting, { caseId: from.caseId, kind: asShownToActor(work, from).kind });
  const found = await work.records.find('add-to-list', Case, from.caseId);
  await assertNotListed(work, meetingId, from.caseId);
  const values = { kind, timeboxMinutes, presentedByAgencyId, carriedFromId };
  await addListing(work, meeting, found, { ...values, reason: 'carried_over' });
}

/**
 * Returns the time of the next meeting on the case, for people who may track the case. Items from which the actor is
 * recused do not count, nor items that an actor invited to the case may not read.
 */
async function nextMeetingAt(work: UnitOfWork, caseId: string): Promise<Date | null> {
  const isInvited = work.actor.invitations.some((one) => one.caseId === caseId);
  const readable = isInvited ? await work.records.findMany('read', Listing, { caseId, removedAt: null }) : null;
  const [next] = await work.manager.query<{ at: Date | null }[]>(
    `SELECT min(m.scheduled_at) AS at FROM listings l JOIN meetings m ON m.id = l.meeting_id
     WHERE l.case_id = $1 AND l.removed_at IS NULL AND m.status = ANY($3) AND m.scheduled_at >= $2 AND l.id <> ALL($4)
       AND ($5::uuid[] IS NULL OR l.id = ANY($5))`,
    [caseId, work.now, TO_BE_HELD, work.actor.recusedListingIds, readable?.map(({ id }) => id) ?? null],
  );
  return next?.at ?? null;
}

const agendaLocked = (): Error =>
  conflict(
    'agenda-locked',
    'The agenda was circulated, so the kind of its items can no longer change. Leave out `kind`.',
  );
