import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import { requireUrgency } from '../meetings/emergency.js';
import { refuseInWriting, isInWriting } from '../meetings/in-writing.js';
import { shortenInvitations } from '../meetings/invitations-end.js';
import type { MeetingOpeningReversal } from '../meetings/meeting.dto.js';
import { Listing, Meeting, meetingMachine } from '../meetings/meeting.entity.js';
import { requireBegun } from '../meetings/meeting-begun.js';
import { isHearingAnItem } from '../meetings/items.js';
import { chairedPanels } from '../panels/panels.policy.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { MeetingView } from '../meetings/meeting.response.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Attendance } from './attendance.entity.js';
import { ItemPresenceService } from './item-presence.service.js';
import { evaluateQuorum } from './quorum.js';

/** Opening and closure of a meeting. */
@Injectable()
export class OpeningAndClosureService {
  constructor(
    private readonly records: Records,
    private readonly hooks: MeetingHooks,
    private readonly itemPresence: ItemPresenceService,
  ) {}

  /** Opens the meeting, which then has a running order and cannot be rescheduled. */
  open(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('open', Meeting, MeetingView, id);
      refuseInWriting(found);
      const status = after(meetingMachine, found.status, 'opening');
      await requireUrgency(work, found);
      const chairId = found.chairId ?? chairingActor(actor, found);
      const opened = await work.write.update(Meeting, found, {
        status,
        chairId,
        chairByOpening: found.chairId === null && chairId !== null,
        openedFrom: found.status,
      });
      work.recordEvent('meeting.opened', Meeting, opened);
      return work.respond.one(MeetingView, opened);
    });
  }

  /** Reverses the opening. The decision depends only on what the chair may see, never on a hidden item. */
  reverseOpening(actor: Actor, id: string, { reason }: MeetingOpeningReversal): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('reverse-opening', Meeting, MeetingView, id);
      const status = after(meetingMachine, found.status, 'opening-reversal');
      if (await hasTakenPlace(work, id))
        throw conflict(
          'meeting-took-place',
          'An attendance was confirmed or a decision taken, so the meeting took place. Close it instead: POST /v1/meetings/{id}/closure.',
        );
      await resetStartedItems(work, id);
      const reversed = await work.write.update(Meeting, found, {
        status: found.openedFrom ?? status,
        chairId: found.chairByOpening ? null : found.chairId,
        chairByOpening: false,
        openedFrom: null,
        openingReversalReason: reason,
      });
      work.recordEvent('meeting.opening-reversed', Meeting, reversed, { fields: ['openingReversalReason'] });
      return work.respond.one(MeetingView, reversed);
    });
  }

  /**
   * Closes the meeting when every item has a decision. Only items visible to the chair are required: items hidden from
   * the chair are decided by a deputy, also after the closure.
   */
  close(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('close', Meeting, MeetingView, id);
      const status = after(meetingMachine, found.status, 'closure');
      requireBegun(found, work.now);
      if (await isHearingAnItem(work, id))
        throw conflict('item-being-heard', 'An item is being heard. End it first: POST …/listings/{listingId}/end.');
      const undecided = await work.records.findMany('read', Listing, { meetingId: id, outcome: null });
      if (undecided.length)
        throw unacceptable(
          'undecided',
          'Each item needs a decision before the meeting is closed. Decide on the items listed, if only to note or defer them.',
          undecided.map((listing) => ({ pointer: '', detail: `listing ${listing.id} has no decision` })),
        );
      // meetings in writing have a quorum for each item; one for the meeting would count contributors to hidden items
      const quorate = isInWriting(found) ? null : (await evaluateQuorum(work, found)).missing.length === 0;
      const closed = await work.write.update(Meeting, found, {
        status,
        closedAt: work.now,
        quorate,
        chairId: found.chairId ?? chairingActor(actor, found),
      });
      // closing the meeting early can end invitations now
      await this.itemPresence.recordPresenceUntilNow(work, { meetingId: id });
      await shortenInvitations(work, closed, (one) => this.hooks.afterInvitationEnd(work, one));
      await this.hooks.afterClosure(work, closed);
      work.recordEvent('meeting.held', Meeting, closed, { quorate });
      return work.respond.one(MeetingView, closed);
    });
  }
}

/** Returns the actor if the actor chairs the panel. A coordinator opens a meeting without chairing it. */
const chairingActor = (actor: Actor, { panelId }: Meeting): string | null =>
  chairedPanels(actor).includes(panelId) ? actor.id : null;

/**
 * Returns whether an attendance was confirmed or a decision taken that the actor may know of. A panel's rules may allow
 * decisions with nobody present and before the opening, so decisions on hidden items must not change the answer.
 */
async function hasTakenPlace(work: UnitOfWork, meetingId: string): Promise<boolean> {
  const confirmed = await work.records.findMany('read', Attendance, { meetingId, confirmedAt: { $ne: null } }, 1);
  const decided = { meetingId, removedAt: null, outcome: { $ne: null } };
  return confirmed.length > 0 || (await work.records.findMany('read', Listing, decided, 1)).length > 0;
}

/**
 * Resets started items without a decision, including hidden ones. People recorded as present during an item remain
 * recorded, because they heard it.
 */
async function resetStartedItems(work: UnitOfWork, meetingId: string): Promise<void> {
  await work.asSystem(async () => {
    const begun = await work.manager.findBy(Listing, { meetingId, startedAt: Not(IsNull()), outcome: IsNull() });
    for (const item of begun) {
      const back = await work.write.update(Listing, item, { startedAt: null, endedAt: null });
      work.recordEvent('item.start-reversed', Listing, back);
    }
  });
}
