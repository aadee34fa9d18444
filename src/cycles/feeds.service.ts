import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { Meeting, TO_BE_HELD } from '../meetings/meeting.entity.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Cycle, CycleMeeting, Feed, type FeedKind } from './cycle.entity.js';
import type { FeedQuery, PriorityRequest } from './cycle.dto.js';
import { FeedView } from './cycle.response.js';

/** Matter to hand on, with its source and destination. */
export interface FeedDraft {
  kind: FeedKind;
  from: Pick<Meeting, 'id' | 'panelId'>;
  /** Panel that receives the feed, with its partnership. */
  to: { panelId: string; partnershipId: string };
  /** Earliest time of the meeting that receives the feed. */
  notBefore: Date;
  /** Meeting that should acknowledge the feed. Default: the next meeting of the panel. */
  toMeetingId?: string | null;
  cycleId: string | null;
  itemId: string;
  text: string;
  agencyId: string;
  contributingType: string;
  planId?: string | null;
  /** Case behind the matter, and the panel that owns the case. */
  of?: { caseId: string; planPanelId: string };
}

/**
 * Feeds between meetings. Source: JAG note, section 3.3 "Feed rules (invariants)": rule 4 (nothing undelivered when a
 * cycle closes) and rule 7 (feeds to a cancelled meeting go to the next meeting of its panel).
 */
@Injectable()
export class FeedsService {
  constructor(
    private readonly records: Records,
    hooks: MeetingHooks,
  ) {
    hooks.register({ afterCancellation: (work, meeting) => this.moveFeedsOfCancelledMeeting(work, meeting) });
  }

  list(actor: Actor, { panelId, toMeetingId, acknowledged, ...query }: FeedQuery): Promise<AuthorizedResponse> {
    const filter = {
      ...(panelId ? { panelId } : {}),
      ...(toMeetingId ? { toMeetingId } : {}),
      ...(acknowledged ? { acknowledgedAt: acknowledged === 'true' ? { $ne: null } : null } : {}),
    };
    return this.records.read(actor, (work) => work.respond.page(FeedView, filter, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(FeedView, await work.records.find('read', Feed, id)),
    );
  }

  acknowledge(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('acknowledge', Feed, FeedView, id);
      if (found.acknowledgedAt) throw conflict('acknowledged-already', 'This feed has already been acknowledged.');
      return work.respond.one(FeedView, await acknowledgeFeed(work, found));
    });
  }

  /**
   * Hands a priority on. A meeting that serves several boroughs addresses the JAG of each; another meeting addresses
   * the JAG of its own cycle.
   */
  prioritise(
    actor: Actor,
    meetingId: string,
    { text, asksForIntelligence }: PriorityRequest,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('prioritise', Meeting, meetingId);
      const targets = await work.acrossPartnerships(() =>
        work.manager.query<{ cycleId: string; panelId: string; partnershipId: string }[]>(
          `SELECT cm.cycle_id AS "cycleId", m.panel_id AS "panelId", m.partnership_id AS "partnershipId"
           FROM cycle_meetings here JOIN cycle_meetings cm ON cm.cycle_id = here.cycle_id AND cm.stage = 'jag'
           JOIN meetings m ON m.id = cm.meeting_id
           WHERE here.meeting_id = $1 AND m.panel_id <> $2 ORDER BY m.panel_id`,
          [meetingId, meeting.panelId],
        ),
      );
      if (!targets.length)
        throw unacceptable('no-jag', 'This meeting belongs to no cycle with a JAG. Add it to such a cycle first.');
      const itemId = uuidv7();
      let first: Feed | null = null;
      for (const { cycleId, ...to } of targets)
        first =
          (await createFeed(work, {
            kind: asksForIntelligence ? 'intel_requirement' : 'priority',
            from: meeting,
            to,
            notBefore: meeting.scheduledAt,
            cycleId,
            itemId,
            text,
            ...contributorOf(actor),
          })) ?? first;
      const [readable] = await work.records.findMany('read', Feed, { itemId }, 1);
      if (readable) return work.respond.one(FeedView, readable, { status: 201 });
      // all feeds went to other partnerships, whose cycles the actor need not know
      return work.respond.one(FeedView, { ...(first as Feed), cycleId: null, itemId: null }, { status: 201 });
    });
  }

  /** Moves pending feeds of a cancelled meeting to the next meeting of the panel, and marks its cycles as partial. */
  private async moveFeedsOfCancelledMeeting(work: UnitOfWork, cancelled: Meeting): Promise<void> {
    await work.acrossPartnerships(async () => {
      const feeds = await work.manager.findBy(Feed, { toMeetingId: cancelled.id });
      for (const feed of feeds.filter((one) => !one.acknowledgedAt)) {
        const toMeetingId = await findNextMeeting(work, feed.panelId, cancelled.scheduledAt);
        await work.write.update(Feed, feed, { toMeetingId, rolled: feed.rolled + 1 });
      }
      for (const { cycleId } of await work.manager.findBy(CycleMeeting, { meetingId: cancelled.id })) {
        const cycle = await work.manager.findOneByOrFail(Cycle, { id: cycleId });
        if (!cycle.partial) await work.write.update(Cycle, cycle, { partial: true });
      }
    });
  }
}

/** Creates a feed. Returns null if the same meeting has already handed the record on to the panel. */
export async function createFeed(
  work: UnitOfWork,
  { from, to, notBefore, toMeetingId, of, ...what }: FeedDraft,
): Promise<Feed | null> {
  return work.acrossPartnerships(async () => {
    const same = { kind: what.kind, itemId: what.itemId, fromMeetingId: from.id, panelId: to.panelId };
    if (await work.manager.existsBy(Feed, same)) return null;
    const feed = await work.write.insert(Feed, {
      planId: null,
      caseId: null,
      planPanelId: null,
      ...what,
      ...of,
      ...to,
      fromMeetingId: from.id,
      fromPanelId: from.panelId,
      toMeetingId: toMeetingId ?? (await findNextMeeting(work, to.panelId, notBefore)),
    });
    work.recordEvent('feed.created', Feed, feed, { kind: feed.kind, toMeetingId: feed.toMeetingId });
    return feed;
  });
}

/** Marks a feed as acknowledged by the actor. */
export async function acknowledgeFeed(work: UnitOfWork, feed: Feed): Promise<Feed> {
  const taken = await work.write.update(Feed, feed, { acknowledgedAt: work.now, acknowledgedById: work.actor.id });
  work.recordEvent('feed.acknowledged', Feed, taken, { kind: feed.kind });
  return taken;
}

/** Assigns pending feeds of the panel without a meeting to this meeting, except feeds from later meetings. */
export async function assignPendingFeeds(work: UnitOfWork, meeting: Meeting): Promise<void> {
  await work.acrossPartnerships(async () => {
    const waiting = await work.manager.query<{ id: string }[]>(
      `SELECT f.id FROM feeds f JOIN meetings m ON m.id = f.from_meeting_id
       WHERE f.panel_id = $1 AND f.to_meeting_id IS NULL AND f.acknowledged_at IS NULL AND m.scheduled_at < $2 ORDER BY f.id`,
      [meeting.panelId, meeting.scheduledAt],
    );
    for (const { id } of waiting)
      await work.write.update(Feed, await work.manager.findOneByOrFail(Feed, { id }), { toMeetingId: meeting.id });
  });
}

/** Returns the next ordinary meeting of the panel after a time, or null if none is convened. */
async function findNextMeeting(work: UnitOfWork, panelId: string, after: Date): Promise<string | null> {
  const [next] = await work.manager.query<{ id: string }[]>(
    `SELECT m.id FROM meetings m WHERE m.panel_id = $1 AND m.scheduled_at > $2 AND m.status = ANY ($3) AND m.kind = 'ordinary'
     ORDER BY m.scheduled_at, m.id LIMIT 1`,
    [panelId, after, TO_BE_HELD],
  );
  return next?.id ?? null;
}
