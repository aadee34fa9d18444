import { Injectable } from '@nestjs/common';
import { newMeeting } from '../meetings/meetings.service.js';
import { TO_BE_HELD } from '../meetings/meeting.entity.js';
import { closedCompartments } from '../panels/panels.policy.js';
import type { Actor } from '../policy/actor.js';
import { conflict, unacceptable } from '../policy/problems.js';
import { londonDay } from '../records/london-day.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { Work } from '../records/work.js';
import { attach, attachOthers } from './attachment.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting } from './cycle.entity.js';
import type { CycleRequest } from './cycle.requests.js';
import { CycleMeetingView, CycleView } from './cycle.views.js';
import { closesOn, opensOn, sittingOf } from './dates.js';
import { takeWaiting } from './feeds.service.js';
import { coordinates, lastNumber } from './templates.service.js';

/** The four-week cycle: JAG, Tasking, TTCG, and again. Source: JAG note, section 3. */
@Injectable()
export class CyclesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(CycleView, {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) => work.present(CycleView, await work.find('read', Cycle, id)));
  }

  meetings(actor: Actor, cycleId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Cycle, cycleId);
      return work.page(CycleMeetingView, { cycleId }, query);
    });
  }

  /** Makes the next cycle with its meetings. What waited for a meeting of their panels is taken up by them. */
  generate(actor: Actor, { templateId }: CycleRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const template = await work.peek('read', CycleTemplate, templateId, { lock: true });
      if (!template)
        throw unacceptable('unknown-template', 'Name a template of your partnerships: GET /v1/cycle-templates.', [
          { pointer: '/templateId', detail: 'no such template' },
        ]);
      await coordinates(work, template.stages);
      const number = (await lastNumber(work, templateId)) + 1;
      const { partnershipId } = template;
      const days = { opensOn: opensOn(template, number), closesOn: closesOn(template, number) };
      const cycle = await work.insert(Cycle, { templateId, partnershipId, number, ...days });
      for (const stage of template.stages.filter((one) => !one.shared)) {
        const { plannedOn, ...sitting } = sittingOf(template, stage, number);
        const { panelId, venueOrMode } = stage;
        const meeting = await newMeeting(work, { panelId, partnershipId, venueOrMode, ...sitting });
        await work.insert(CycleMeeting, {
          cycleId: cycle.id,
          partnershipId,
          stage: stage.stage,
          meetingId: meeting.id,
          plannedOn,
        });
        await takeWaiting(work, meeting);
        await attachOthers(work, meeting);
      }
      await attach(work, cycle, template);
      work.happened('cycle.planned', Cycle, cycle, { number });
      return work.present(CycleView, cycle, { status: 201 });
    });
  }

  /** Nothing is on its way any more. Source: JAG note, section 3.3, rule 4. */
  close(actor: Actor, id: string): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('read', Cycle, CycleView, id);
      await coordinates(work, (await work.manager.findOneByOrFail(CycleTemplate, { id: found.templateId })).stages);
      if (found.closedAt) throw conflict('closed-already', 'The cycle is closed.');
      if (londonDay(work.now) <= found.closesOn)
        throw unacceptable('cycle-not-over', `The cycle goes on until ${found.closesOn}: close it after that day.`);
      const left = await stillToCome(work, id);
      if (left.length)
        throw unacceptable(
          'cycle-unfinished',
          'A cycle is closed when its meetings are over and what they handed on was taken up.',
          left,
        );
      const closed = await work.update(Cycle, found, { closedAt: work.now });
      work.happened('cycle.closed', Cycle, closed, { partial: closed.partial });
      return work.present(CycleView, closed);
    });
  }
}

/**
 * Meetings that are not over, and what was handed on and nobody took up; their texts stay where they are. Of a case that is
 * hidden from whoever closes, and of what comes from a compartment outside it, nothing is said, and nothing asked.
 */
async function stillToCome(work: Work, cycleId: string): Promise<{ pointer: string; detail: string }[]> {
  const left = await work.across(() =>
    work.manager.query<{ what: string }[]>(
      `SELECT 'the ' || cm.stage || ' meeting ' || m.id || ' is ' || m.status AS what
       FROM cycle_meetings cm JOIN meetings m ON m.id = cm.meeting_id WHERE cm.cycle_id = $1 AND m.status = ANY ($2)
       UNION ALL SELECT 'nobody took up ' || replace(f.kind, '_', ' ') || ' ' || f.id FROM feeds f
       WHERE f.cycle_id = $1 AND f.acknowledged_at IS NULL AND (f.case_id = ANY ($3)) IS NOT TRUE
         AND (ARRAY[f.from_panel_id, f.plan_panel_id] && $4) IS NOT TRUE ORDER BY what LIMIT 100`,
      [cycleId, TO_BE_HELD, work.actor.excludedCaseIds, closedCompartments(work.actor)],
    ),
  );
  return left.map(({ what }) => ({ pointer: '', detail: what }));
}
