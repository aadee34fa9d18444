import { createFeed } from '../cycles/feeds.service.js';
import { isToBeHeld, Meeting, TO_BE_HELD } from '../meetings/meeting.entity.js';
import { Plan } from '../plans/plan.entity.js';
import { unacceptable } from '../http/problems.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Bid, bidMachine } from './bid.entity.js';

/**
 * Requires a decision on each listed bid that the user may read (rule 3). A bid hidden from the user must not block
 * closing, because that would reveal it; the bid moves to the next meeting.
 */
export async function mustHaveDecidedBids(work: UnitOfWork, meeting: Meeting): Promise<void> {
  const undecided = await work.records.findMany('read', Bid, { meetingId: meeting.id, status: 'listed' });
  if (!undecided.length) return;
  throw unacceptable(
    'undecided-bids',
    'Decide or defer each listed bid before closing the meeting.',
    undecided.map(({ id }) => ({ pointer: '', detail: `bid ${id} has no decision` })),
  );
}

/**
 * Requires ratification, at the panel's next meeting, of each bid submitted under a waiver (rule 2). A bid hidden from
 * the user must not block closing; it blocks the next meeting that is closed by somebody who may read it.
 */
export async function mustHaveRatifiedWaivers(work: UnitOfWork, meeting: Meeting): Promise<void> {
  const waiting = await work.manager.query<{ id: string }[]>(
    `SELECT b.id FROM bids b WHERE b.plan_panel_id = $1 AND b.escalated_from_id IS NULL AND b.ratified_at IS NULL
       AND b.plan_chair_waived_id IS NOT NULL AND b.tasking_chair_waived_id IS NOT NULL
       AND b.submitted_at < $2 AND b.status <> 'withdrawn' ORDER BY b.id`,
    [meeting.panelId, meeting.scheduledAt],
  );
  if (!waiting.length) return;
  const open = await work.records.findMany('read', Bid, { id: { $in: waiting.map(({ id }) => id) } });
  if (!open.length) return;
  throw unacceptable(
    'unratified-waivers',
    'Ratify or withdraw each bid that was submitted under a waiver before closing the meeting.',
    open.map(({ id }) => ({ pointer: '', detail: `bid ${id} is not ratified` })),
  );
}

/**
 * Hands needs of agreed plans without a granted bid on to Tasking of the same cycle (rule 1). Nothing leaves a
 * compartment, or a case that was closed as referred in error.
 */
export async function createPlanNeedFeeds(work: UnitOfWork, meeting: Meeting): Promise<void> {
  if (work.actor.compartmentPanelIds.includes(meeting.panelId)) return;
  const [tasking] = await work.manager.query<
    { cycleId: string; panelId: string; meetingId: string; scheduledAt: Date }[]
  >(
    `SELECT t.cycle_id AS "cycleId", m.panel_id AS "panelId", m.id AS "meetingId"
     FROM cycle_meetings j JOIN cycle_meetings t ON t.cycle_id = j.cycle_id AND t.stage = 'tasking' JOIN meetings m ON m.id = t.meeting_id
     WHERE j.meeting_id = $1 AND j.stage = 'jag'`,
    [meeting.id],
  );
  if (!tasking) return;
  const { cycleId, panelId, meetingId } = tasking;
  const needs = await work.manager.query<{ id: string }[]>(
    `SELECT p.id FROM plans p JOIN cases c ON c.id = p.case_id AND c.closure_reason IS DISTINCT FROM 'referred_in_error'
     WHERE p.panel_id = $1 AND p.status IN ('agreed', 'active') AND p.resource_need IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM bids b WHERE b.plan_id = p.id AND b.escalated_from_id IS NULL
         AND b.status NOT IN ('draft', 'refused', 'withdrawn', 'not_deployed'))
       AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.plan_id = p.id AND f.kind = 'plan_need' AND f.acknowledged_at IS NULL)
     ORDER BY p.id`,
    [meeting.panelId],
  );
  const taskingMeeting = await work.manager.findOneByOrFail(Meeting, { id: meetingId });
  for (const { id } of needs) {
    const plan = await work.manager.findOneByOrFail(Plan, { id });
    await createFeed(work, {
      kind: 'plan_need',
      from: meeting,
      to: { panelId, partnershipId: meeting.partnershipId },
      notBefore: meeting.scheduledAt,
      toMeetingId: isToBeHeld(taskingMeeting.status) ? meetingId : null,
      cycleId,
      itemId: id,
      text: plan.resourceNeed as string,
      agencyId: plan.agencyId,
      contributingType: plan.contributingType,
      planId: id,
      of: { caseId: plan.caseId, planPanelId: plan.panelId },
    });
  }
}

/** Moves undecided bids to the next meeting of the panel, or unlists them if there is none (rule 7). */
export async function relistUndecidedBids(work: UnitOfWork, ended: Meeting): Promise<void> {
  const [next] = await work.manager.query<{ id: string }[]>(
    `SELECT m.id FROM meetings m WHERE m.panel_id = $1 AND m.scheduled_at > $2 AND m.status = ANY ($3) ORDER BY m.scheduled_at LIMIT 1`,
    [ended.panelId, ended.scheduledAt, TO_BE_HELD],
  );
  for (const bid of await work.manager.findBy(Bid, { meetingId: ended.id, status: 'listed' }))
    await work.write.update(
      Bid,
      bid,
      next ? { meetingId: next.id } : { meetingId: null, status: after(bidMachine, bid.status, 'unlisting') },
    );
}
