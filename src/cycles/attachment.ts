/**
 * Attachment of a borough's cycle to a meeting that several boroughs share, in whichever order the two were created.
 */
import { isToBeHeld, Meeting, TO_BE_HELD } from '../meetings/meeting.entity.js';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting } from './cycle.entity.js';

/**
 * Attaches a cycle to the first shared meeting within its days. A meeting that was moved out of those days is replaced.
 */
export async function attachToSharedMeetings(work: UnitOfWork, cycle: Cycle, template: CycleTemplate): Promise<void> {
  for (const { stage, panelId, shared } of template.stages) {
    if (!shared) continue;
    await work.acrossPartnerships(async () => {
      const part = await work.manager.findOneBy(CycleMeeting, { cycleId: cycle.id, stage });
      const known = part && (await work.manager.findOneByOrFail(Meeting, { id: part.meetingId }));
      if (known && (!isToBeHeld(known.status) || fallsWithin(cycle, known))) return;
      const [next] = await work.manager.query<{ id: string; day: string }[]>(
        `SELECT m.id, (m.scheduled_at AT TIME ZONE 'Europe/London')::date::text AS day FROM meetings m
         WHERE m.panel_id = $1 AND m.status = ANY ($4) AND m.kind = 'ordinary'
           AND (m.scheduled_at AT TIME ZONE 'Europe/London')::date BETWEEN $2 AND $3
         ORDER BY m.scheduled_at, m.id LIMIT 1`,
        [panelId, cycle.opensOn, cycle.closesOn, TO_BE_HELD],
      );
      if (!next) return;
      if (part) await work.write.update(CycleMeeting, part, { meetingId: next.id, plannedOn: next.day });
      else
        await work.write.insert(CycleMeeting, {
          cycleId: cycle.id,
          partnershipId: cycle.partnershipId,
          stage,
          meetingId: next.id,
          plannedOn: next.day,
        });
    });
  }
}

/** Attaches to the meeting the cycles of other partnerships that share its panel and have no meeting for that stage. */
export async function attachCyclesToMeeting(work: UnitOfWork, meeting: Meeting): Promise<void> {
  await work.acrossPartnerships(async () => {
    const cycles = await work.manager.query<{ id: string; templateId: string }[]>(
      `SELECT c.id, c.template_id AS "templateId" FROM cycles c JOIN cycle_templates t ON t.id = c.template_id
       WHERE c.closed_at IS NULL AND $2 BETWEEN c.opens_on AND c.closes_on
         AND t.stages @> jsonb_build_array(jsonb_build_object('panelId', $1::text, 'shared', true)) ORDER BY c.id`,
      [meeting.panelId, londonDay(meeting.scheduledAt)],
    );
    for (const { id, templateId } of cycles) {
      const template = await work.manager.findOneByOrFail(CycleTemplate, { id: templateId });
      await attachToSharedMeetings(work, await work.manager.findOneByOrFail(Cycle, { id }), template);
    }
  });
}

const fallsWithin = ({ opensOn, closesOn }: Cycle, { scheduledAt }: Meeting): boolean => {
  const day = londonDay(scheduledAt);
  return opensOn <= day && day <= closesOn;
};
