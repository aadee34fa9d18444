import { Injectable } from '@nestjs/common';
import { instantAfter } from '../panels/limits.js';
import { CHAIRING_ROLES, Membership, Panel } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { MeetingHooks } from './meeting.hooks.js';
import { deadlinesOf } from './deadlines.js';
import { endInvitations, shortenInvitations } from './invitations-end.js';
import { isToBeHeld, Meeting, meetingMachine } from './meeting.entity.js';
import type {
  MeetingCancellation,
  MeetingJustification,
  MeetingPostponement,
  MeetingQuery,
  MeetingRequest,
} from './meeting.dto.js';
import { MeetingView } from './meeting.response.js';

/** Convenes, justifies, postpones and cancels meetings. */
@Injectable()
export class MeetingsService {
  constructor(
    private readonly records: Records,
    private readonly hooks: MeetingHooks,
  ) {}

  list(actor: Actor, { panelId, status, ...query }: MeetingQuery): Promise<AuthorizedResponse> {
    const filter = { ...(panelId ? { panelId } : {}), ...(status ? { status } : {}) };
    return this.records.read(actor, (work) => work.respond.page(MeetingView, filter, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(MeetingView, await work.records.find('read', Meeting, id)),
    );
  }

  convene(actor: Actor, request: MeetingRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { id: panelId, partnershipId, mode } = await work.records.find('convene', Panel, request.panelId);
      const kind = request.kind ?? (mode === 'asynchronous' ? 'written' : 'ordinary');
      if (kind === 'written' && mode !== 'asynchronous')
        throw unacceptable(
          'panel-meets',
          'Only a panel with the mode `asynchronous` meets in writing. Choose the kind `ordinary` or `emergency`.',
          [{ pointer: '/kind', detail: 'must not be `written` on this panel' }],
        );
      if (request.chairId) await requireChair(work, panelId, request.chairId, londonDay(request.scheduledAt));
      const meeting = await insertMeeting(work, { ...request, kind, panelId, partnershipId });
      return work.respond.one(MeetingView, meeting, { status: 201 });
    });
  }

  /** Records the chair's reason for an emergency meeting without a high-risk case. */
  justify(actor: Actor, id: string, { reason }: MeetingJustification): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('justify', Meeting, MeetingView, id);
      if (found.kind !== 'emergency')
        throw unacceptable(
          'no-emergency',
          'Only an emergency meeting takes a reason why it cannot wait. This meeting needs none.',
        );
      if (!isToBeHeld(found.status))
        throw conflict('meeting-over', `A meeting that is ${found.status} needs no reason.`);
      const justified = await work.write.update(Meeting, found, { emergencyReason: reason });
      work.recordEvent('meeting.justified', Meeting, justified);
      return work.respond.one(MeetingView, justified);
    });
  }

  /** Postpones a meeting and its deadlines. Papers already circulated must be circulated again, as another edition. */
  postpone(actor: Actor, id: string, { scheduledAt, endsAt = null }: MeetingPostponement): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('schedule', Meeting, MeetingView, id);
      const status = after(meetingMachine, found.status, 'postponement');
      requireValidTimes(work, scheduledAt, endsAt);
      const postponed = await reschedule(work, this.hooks, found, { status, scheduledAt, endsAt });
      work.recordEvent('meeting.postponed', Meeting, postponed, { from: found.scheduledAt, scheduledAt });
      return work.respond.one(MeetingView, postponed);
    });
  }

  /** Cancels a meeting. Its items remain readable and can be listed at another meeting. */
  cancel(actor: Actor, id: string, { reason }: MeetingCancellation): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('schedule', Meeting, MeetingView, id);
      const status = after(meetingMachine, found.status, 'cancellation');
      const cancelled = await work.write.update(Meeting, found, { status, cancelReason: reason });
      await endInvitations(work, { meetingId: id }, reason);
      await this.hooks.afterCancellation(work, cancelled);
      work.recordEvent('meeting.cancelled', Meeting, cancelled);
      return work.respond.one(MeetingView, cancelled);
    });
  }
}

/** Inserts a meeting with the deadlines that the panel's rules give for its day. */
export async function insertMeeting(
  work: UnitOfWork,
  values: Pick<Meeting, 'panelId' | 'partnershipId' | 'scheduledAt' | 'venueOrMode'> & Partial<Meeting>,
): Promise<Meeting> {
  requireValidTimes(work, values.scheduledAt, values.endsAt ?? null);
  const inForce = await rulesInForce(work, values.panelId);
  const meeting = await work.write.insert(Meeting, { ...deadlinesOf(values.scheduledAt, inForce?.rules), ...values });
  work.recordEvent('meeting.convened', Meeting, meeting, { scheduledAt: meeting.scheduledAt });
  return meeting;
}

/**
 * Moves a meeting, its deadlines, its invitations and everything that hooks derive from the time. Every change of the
 * planned time goes through this function.
 */
export async function reschedule(
  work: UnitOfWork,
  hooks: MeetingHooks,
  meeting: Meeting,
  changes: Pick<Meeting, 'scheduledAt'> & Partial<Meeting>,
): Promise<Meeting> {
  const inForce = await rulesInForce(work, meeting.panelId);
  const moved = await work.write.update(Meeting, meeting, {
    ...deadlinesOf(changes.scheduledAt, inForce?.rules),
    ...changes,
  });
  await shortenInvitations(work, moved, (one) => hooks.afterInvitationEnd(work, one));
  await hooks.afterPostponement(work, moved);
  return moved;
}

/** Maximum length of a meeting, in days. */
const MAX_MEETING_DAYS = 1;

function requireValidTimes(work: UnitOfWork, scheduledAt: Date, endsAt: Date | null): void {
  if (endsAt && endsAt > instantAfter(scheduledAt, MAX_MEETING_DAYS))
    throw unacceptable('ends-too-late', 'A meeting lasts at most a day. Convene another meeting for the other day.', [
      { pointer: '/endsAt', detail: 'must be within 24 hours after scheduledAt' },
    ]);
  if (endsAt && endsAt <= scheduledAt)
    throw unacceptable('ends-before-it-begins', 'A meeting cannot end before it begins. Choose a later end.', [
      { pointer: '/endsAt', detail: 'must be after scheduledAt' },
    ]);
  if (scheduledAt <= work.now)
    throw unacceptable('in-the-past', 'A meeting cannot be scheduled in the past. Choose a future time.', [
      { pointer: '/scheduledAt', detail: 'must be in the future' },
    ]);
}

/**
 * Refuses a chair without a chairing seat on the day of the meeting. A seat that ends before or begins after that day
 * does not count.
 */
async function requireChair(work: UnitOfWork, panelId: string, practitionerId: string, day: string): Promise<void> {
  const onTheDay = { validFrom: { $lte: day }, $or: [{ validTo: null }, { validTo: { $gte: day } }] };
  const seat = { panelId, practitionerId, role: { $in: [...CHAIRING_ROLES] }, ...onTheDay };
  if (!(await work.records.findMany('read', Membership, seat, 1)).length)
    throw unacceptable(
      'not-a-chair',
      'Name a person with a seat as chair or co-chair of the panel on the day of the meeting.',
      [{ pointer: '/chairId', detail: 'has no seat as chair or co-chair of this panel on that day' }],
    );
}
