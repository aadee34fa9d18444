import { Injectable } from '@nestjs/common';
import { AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import { Case, caseMachine } from '../cases/case.entity.js';
import { CaseFollowing } from '../cases/following.js';
import { rulesInForce } from '../panels/panels.service.js';
import { ActionView } from '../plans/action.views.js';
import { newAction } from '../plans/actions.service.js';
import { Plan } from '../plans/plan.entity.js';
import type { Actor } from '../policy/actor.js';
import { conflict, notFound, unacceptable } from '../policy/problems.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import { after, permittedCommands } from '../records/state-machine.js';
import type { Work } from '../records/work.js';
import { itemOf, itemsOf, withinItem } from './items.js';
import { Decision, Invitation, isToBeHeld, Listing, Meeting, Minute, TO_BE_HELD } from './meeting.entity.js';
import type {
  CapturedActionRequest,
  DecisionRequest,
  InvitationRequest,
  ListingRequest,
  MinuteRequest,
} from './meeting.requests.js';
import { DecisionView, InvitationView, ListingView, MinuteView } from './meeting.views.js';
import { quorumOf } from './quorum.js';

/** The time for an item where the panel's rules name none: a default, no source gives a figure. */
const USUAL_TIMEBOX_MINUTES = 15;

/** What is heard at a meeting: item by item, each within its own case. */
@Injectable()
export class ListingsService {
  constructor(
    private readonly records: Records,
    following: CaseFollowing,
  ) {
    following.register({ status: async (work, { id }) => ({ nextMeetingAt: await nextMeetingAt(work, id) }) });
  }

  listings(actor: Actor, meetingId: string): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Meeting, meetingId);
      return work.list(ListingView, await itemsOf(work, meetingId));
    });
  }

  listing(actor: Actor, meetingId: string, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(ListingView, await itemOf(work, 'read', meetingId, id)),
    );
  }

  list(actor: Actor, meetingId: string, request: ListingRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.find('read', Meeting, meetingId, { lock: true });
      const found = await work.find('list', Case, request.caseId);
      if (found.panelId !== meeting.panelId)
        throw unacceptable('another-panel', 'A case is heard by its own panel.', [
          { pointer: '/caseId', detail: 'is a case of another panel' },
        ]);
      if (!isToBeHeld(meeting.status))
        throw conflict('meeting-over', `A meeting that is ${meeting.status} takes no case. List it at the next one.`);
      if (await work.asService(() => work.manager.existsBy(Listing, { caseId: found.id, meetingId })))
        throw conflict('listed-already', 'The case is on the list of this meeting already.');
      const listing = await work.insert(Listing, {
        meetingId,
        kind: request.kind,
        position: await nextPosition(work, meetingId),
        timeboxMinutes: request.timeboxMinutes ?? (await usualTimebox(work, meeting.panelId)),
        presentedByAgencyId: request.presentedByAgencyId ?? found.leadAgencyId,
        caseId: found.id,
        panelId: found.panelId,
        partnershipId: found.partnershipId,
        agencyId: actor.agencyId,
        contributingType: actor.agencyType,
      });
      await work.update(Case, found, { stage: after(caseMachine, found.stage, 'listing') });
      work.happened('case.listed', Listing, listing, { meetingId, kind: listing.kind });
      return work.present(ListingView, listing, { status: 201 });
    });
  }

  invitations(actor: Actor, meetingId: string, listingId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await itemOf(work, 'read', meetingId, listingId);
      return work.page(InvitationView, { listingId }, query);
    });
  }

  invite(actor: Actor, meetingId: string, listingId: string, request: InvitationRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const { caseId, panelId, partnershipId } = await itemOf(work, 'invite', meetingId, listingId);
      const { agencyId, practitionerId, opensAt = work.now, closesAt } = request;
      if (closesAt <= opensAt || closesAt <= work.now)
        throw unacceptable('closes-too-early', 'An invitation ends after it begins, and after now.', [
          { pointer: '/closesAt', detail: 'must lie after opensAt and after now' },
        ]);
      if (!(await work.manager.existsBy(AgencyPartnership, { agencyId, partnershipId })))
        throw unacceptable('unknown-agency', 'Invite an agency that acts in the panel’s partnership.', [
          { pointer: '/agencyId', detail: 'no such agency in this partnership' },
        ]);
      if (practitionerId && (await work.peek('read', Practitioner, practitionerId))?.agencyId !== agencyId)
        throw unacceptable('not-of-the-agency', 'Invite somebody who works for the agency.', [
          { pointer: '/practitionerId', detail: 'no such person in that agency' },
        ]);
      const invitation = await work.insert(Invitation, {
        agencyId,
        practitionerId: practitionerId ?? null,
        opensAt,
        closesAt,
        meetingId,
        listingId,
        caseId,
        panelId,
        partnershipId,
      });
      work.happened('invitation.made', Invitation, invitation, { listingId, opensAt, closesAt });
      return work.present(InvitationView, invitation, { status: 201 });
    });
  }

  decisions(actor: Actor, meetingId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.find('read', Meeting, meetingId);
      return work.page(DecisionView, { meetingId }, query, { panelId });
    });
  }

  /**
   * Records a decision. It closes no case and agrees no plan: those have their own guards. Going on with a case moves it to
   * monitoring (JAG note, section 1.6). Of two who decide at once one wins: the other is told that the item has its decision,
   * or, where they say which version of the item they decide, that it changed meanwhile.
   */
  decide(actor: Actor, meetingId: string, request: DecisionRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.find('read', Meeting, meetingId);
      const listing = await toDecide(work, meetingId, request.listingId);
      if (meeting.status === 'cancelled')
        throw conflict('meeting-cancelled', 'A meeting that was cancelled decides nothing.');
      if (listing.outcome)
        throw conflict('decided-already', 'The item has its decision, and decisions are not changed.');
      const quorum = await quorumOf(work, meeting, listing);
      if (quorum.forbids(request.kind))
        throw unacceptable(
          'inquorate',
          quorum.allows,
          quorum.missing.map((detail) => ({ pointer: '/kind', detail })),
        );
      const decision = await work.insert(Decision, {
        ...request,
        quorate: quorum.missing.length === 0,
        rulesEdition: quorum.rulesEdition,
        ...withinItem(actor, listing),
      });
      await work.update(Listing, listing, { outcome: decision.kind });
      if (decision.kind === 'continue') await goesOn(work, listing.caseId);
      work.happened('decision.taken', Decision, decision, { kind: decision.kind, quorate: decision.quorate });
      return work.show(DecisionView, decision.id, 201);
    });
  }

  /**
   * What an agency takes upon itself in the item, in a plan of the case: the chair sums up and agencies offer (MARAC note,
   * section 2.3, running order). The rules are those of every action.
   */
  capture(
    actor: Actor,
    meetingId: string,
    listingId: string,
    { planId, ...request }: CapturedActionRequest,
  ): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const { caseId } = await itemOf(work, 'minute', meetingId, listingId);
      const [plan] = await work.rows('add-action', Plan, { id: planId, caseId }, 1);
      if (!plan)
        throw unacceptable('no-such-plan', 'Name a plan of the case, or draft one: POST /v1/cases/{id}/plans.', [
          { pointer: '/planId', detail: 'is no plan of this case that you may add to' },
        ]);
      const captured = await newAction(work, plan, request);
      return work.show(ActionView, captured.id, 201);
    });
  }

  minutes(actor: Actor, meetingId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.find('read', Meeting, meetingId);
      return work.page(MinuteView, { meetingId }, query, { panelId });
    });
  }

  minutesOf(actor: Actor, meetingId: string, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const minute = await work.find('read', Minute, id);
      if (minute.meetingId !== meetingId) throw notFound();
      return work.present(MinuteView, minute);
    });
  }

  minute(actor: Actor, meetingId: string, { listingId, text }: MinuteRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const listing = await itemOf(work, 'minute', meetingId, listingId, { lock: true });
      const editions = await work.rows('read', Minute, { caseId: listing.caseId, listingId });
      const draft = editions.find(({ status }) => status === 'draft');
      const minute = draft
        ? await work.update(Minute, draft, { text })
        : await work.insert(Minute, {
            text,
            edition: Math.max(0, ...editions.map(({ edition }) => edition)) + 1,
            ...withinItem(actor, listing),
          });
      work.happened('minutes.drafted', Minute, minute, { edition: minute.edition });
      return work.show(MinuteView, minute.id, 201);
    });
  }

  /** Minutes are shared when the chair has approved them. Source: law and standards note, section 1.6, step 5. */
  approve(actor: Actor, meetingId: string, id: string): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('approve', Minute, MinuteView, id);
      if (found.meetingId !== meetingId) throw notFound();
      if (found.status === 'approved')
        throw conflict('approved-already', 'These minutes are approved. Correct them in another edition.');
      const approved = await work.update(Minute, found, { status: 'approved' });
      work.happened('minutes.approved', Minute, approved, { edition: approved.edition });
      return work.show(MinuteView, id);
    });
  }
}

/** The item locked, and as whoever decides last saw it, where they say so. */
async function toDecide(work: Work, meetingId: string, id: string): Promise<Listing> {
  const listing = work.actor.call.ifMatch
    ? await work.take('decide', Listing, ListingView, id)
    : await work.find('decide', Listing, id, { lock: true });
  if (listing.meetingId !== meetingId) throw notFound();
  return listing;
}

async function goesOn(work: Work, caseId: string): Promise<void> {
  const found = await work.find('list', Case, caseId);
  if (!permittedCommands(caseMachine, found.stage).includes('monitoring')) return;
  const moved = await work.update(Case, found, { stage: after(caseMachine, found.stage, 'monitoring') });
  work.happened('case.monitored', Case, moved, { stage: moved.stage });
}

/** Counted over all items, hidden ones too: the number itself is never shown. */
async function nextPosition(work: Work, meetingId: string): Promise<number> {
  return ((await work.manager.maximum(Listing, 'position', { meetingId })) ?? 0) + 1;
}

async function usualTimebox(work: Work, panelId: string): Promise<number> {
  const rules = await rulesInForce(work, panelId);
  const minutes = Number(rules?.rules['caseTimeBoxMinutes']);
  return Number.isInteger(minutes) && minutes >= 1 && minutes <= 480 ? minutes : USUAL_TIMEBOX_MINUTES;
}

/**
 * Part of the status that whoever may follow the case receives: the time, and nothing of the meeting. An item from which they
 * are recused is none to them.
 */
async function nextMeetingAt(work: Work, caseId: string): Promise<Date | null> {
  const [next] = await work.manager.query<{ at: Date | null }[]>(
    `SELECT min(m.scheduled_at) AS at FROM listings l JOIN meetings m ON m.id = l.meeting_id
     WHERE l.case_id = $1 AND m.status = ANY($3) AND m.scheduled_at >= $2 AND l.id <> ALL($4)`,
    [caseId, work.now, TO_BE_HELD, work.actor.recusedListingIds],
  );
  return next?.at ?? null;
}
