import { Injectable } from '@nestjs/common';
import { insertMeeting } from '../meetings/meetings.service.js';
import { Meeting, TO_BE_HELD } from '../meetings/meeting.entity.js';
import { closedCompartments, coordinatedPanels, corePanels } from '../panels/panels.policy.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { attachToSharedMeetings, attachCyclesToMeeting } from './attachment.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting } from './cycle.entity.js';
import type { CycleRequest } from './cycle.dto.js';
import { ChairAtTtcgView, CycleMeetingView, CycleView } from './cycle.response.js';
import { closingDayOf, openingDayOf, meetingTimesOf } from './dates.js';
import { assignPendingFeeds } from './feeds.service.js';
import { findCoordinatedPanels, findLastCycleNumber } from './templates.service.js';

/**
 * Selects the attendance of chairs for each JAG and Tasking meeting in the cycles of a TTCG meeting. $1 TTCG meeting,
 * $2 panels: restricts to cycles in which one of them meets; null for all cycles.
 */
const SELECT_CHAIR_ATTENDANCES = `SELECT cm.id, cm.version, cm.partnership_id AS "partnershipId", cm.cycle_id AS "cycleId", cm.stage, m.panel_id AS "panelId",
    came.attendance
  FROM meetings t JOIN cycle_meetings here ON here.meeting_id = t.id AND here.stage = 'ttcg'
  JOIN cycle_meetings cm ON cm.cycle_id = here.cycle_id AND cm.stage <> 'ttcg' JOIN meetings m ON m.id = cm.meeting_id
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN bool_or(a.practitioner_id = c.practitioner_id AND a.status IN ('present', 'deputy')) THEN 'present'
      WHEN bool_or(a.deputy_for_id = c.practitioner_id) THEN 'deputy'
      WHEN bool_or(a.status IN ('apologies', 'apologies_with_report')) THEN 'apologies'
      WHEN bool_or(a.status = 'absent') THEN 'absent'
      ELSE 'not_recorded' END AS attendance
    FROM memberships c JOIN attendances a
      ON a.meeting_id = t.id AND c.practitioner_id IN (a.practitioner_id, a.deputy_for_id)
    WHERE c.panel_id = m.panel_id AND c.role IN ('chair', 'co_chair')
      AND c.valid_from <= (t.scheduled_at AT TIME ZONE 'Europe/London')::date
      AND coalesce(c.valid_to, 'infinity') >= (t.scheduled_at AT TIME ZONE 'Europe/London')::date) came
  WHERE t.id = $1 AND ($2::uuid[] IS NULL OR EXISTS (
    SELECT FROM cycle_meetings o JOIN meetings om ON om.id = o.meeting_id
    WHERE o.cycle_id = cm.cycle_id AND o.stage <> 'ttcg' AND om.panel_id = ANY ($2)))
  ORDER BY m.panel_id, cm.id`;

/** Four-week cycle of JAG, Tasking and TTCG meetings. Source: JAG note, section 3. */
@Injectable()
export class CyclesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(CycleView, {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(CycleView, await work.records.find('read', Cycle, id)),
    );
  }

  meetings(actor: Actor, cycleId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Cycle, cycleId);
      return work.respond.page(CycleMeetingView, { cycleId }, query);
    });
  }

  /**
   * Lists whether chairs attended the TTCG, which is a KPI. Derived from the attendances and the seats on that day.
   * Source: JAG note, section 3.3, rule 6.
   */
  chairs(actor: Actor, meetingId: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('see-chairs', Meeting, meetingId);
      const isMember = corePanels(actor).includes(panelId);
      // row-level security separates the boroughs, but a member of the TTCG may see all of them
      const rows = await work.acrossPartnerships(() =>
        work.manager.query<object[]>(SELECT_CHAIR_ATTENDANCES, [meetingId, isMember ? null : coordinatedPanels(actor)]),
      );
      return work.respond.list(ChairAtTtcgView, rows, { action: 'see-chairs' });
    });
  }

  /** Creates the next cycle with its meetings. Pending feeds to their panels are assigned to these meetings. */
  generate(actor: Actor, { templateId }: CycleRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const template = await work.records.findOrNull('read', CycleTemplate, templateId, { lock: true });
      if (!template)
        throw unacceptable('unknown-template', 'Choose a template of your partnerships: GET /v1/cycle-templates.', [
          { pointer: '/templateId', detail: 'no such template' },
        ]);
      await findCoordinatedPanels(work, template.stages);
      const number = (await findLastCycleNumber(work, templateId)) + 1;
      const { partnershipId } = template;
      const days = { opensOn: openingDayOf(template, number), closesOn: closingDayOf(template, number) };
      const cycle = await work.write.insert(Cycle, { templateId, partnershipId, number, ...days });
      for (const stage of template.stages.filter((one) => !one.shared)) {
        const { plannedOn, ...times } = meetingTimesOf(template, stage, number);
        const { panelId, venueOrMode } = stage;
        const meeting = await insertMeeting(work, { panelId, partnershipId, venueOrMode, ...times });
        await work.write.insert(CycleMeeting, {
          cycleId: cycle.id,
          partnershipId,
          stage: stage.stage,
          meetingId: meeting.id,
          plannedOn,
        });
        await assignPendingFeeds(work, meeting);
        await attachCyclesToMeeting(work, meeting);
      }
      await attachToSharedMeetings(work, cycle, template);
      work.recordEvent('cycle.planned', Cycle, cycle, { number });
      return work.respond.one(CycleView, cycle, { status: 201 });
    });
  }

  /** Closes a cycle that has no pending meetings or feeds. Source: JAG note, section 3.3, rule 4. */
  close(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('read', Cycle, CycleView, id);
      await findCoordinatedPanels(
        work,
        (await work.manager.findOneByOrFail(CycleTemplate, { id: found.templateId })).stages,
      );
      if (found.closedAt) throw conflict('closed-already', 'The cycle has already been closed.');
      if (londonDay(work.now) <= found.closesOn)
        throw unacceptable('cycle-not-over', `The cycle ends on ${found.closesOn}. Close it after that day.`);
      const left = await findPendingBusiness(work, id);
      if (left.length)
        throw unacceptable(
          'cycle-unfinished',
          'The cycle has meetings to come or pending feeds; see errors. Close it when they are over and acknowledged.',
          left,
        );
      const closed = await work.write.update(Cycle, found, { closedAt: work.now });
      work.recordEvent('cycle.closed', Cycle, closed, { partial: closed.partial });
      return work.respond.one(CycleView, closed);
    });
  }
}

/**
 * Returns meetings that are not over and feeds that were not acknowledged, without their texts. Feeds about a case
 * hidden from the user, or from a compartment outside it, are omitted: they must neither be revealed nor block closing.
 */
async function findPendingBusiness(work: UnitOfWork, cycleId: string): Promise<{ pointer: string; detail: string }[]> {
  const left = await work.acrossPartnerships(() =>
    work.manager.query<{ what: string }[]>(
      `SELECT 'the ' || cm.stage || ' meeting ' || m.id || ' is ' || m.status AS what
       FROM cycle_meetings cm JOIN meetings m ON m.id = cm.meeting_id WHERE cm.cycle_id = $1 AND m.status = ANY ($2)
       UNION ALL SELECT 'not acknowledged: ' || replace(f.kind, '_', ' ') || ' ' || f.id FROM feeds f
       WHERE f.cycle_id = $1 AND f.acknowledged_at IS NULL AND (f.case_id = ANY ($3)) IS NOT TRUE
         AND (ARRAY[f.from_panel_id, f.plan_panel_id] && $4) IS NOT TRUE ORDER BY what LIMIT 100`,
      [cycleId, TO_BE_HELD, work.actor.excludedCaseIds, closedCompartments(work.actor)],
    ),
  );
  return left.map(({ what }) => ({ pointer: '', detail: what }));
}
