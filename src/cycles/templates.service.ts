import { Injectable } from '@nestjs/common';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { reschedule } from '../meetings/meetings.service.js';
import { isToBeHeld, Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import { unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { CycleTemplate, STAGES, type CycleStage } from './cycle-template.entity.js';
import { Cycle, CycleMeeting } from './cycle.entity.js';
import type { CycleTemplateChange, CycleTemplateRequest } from './cycle.dto.js';
import { CycleTemplateView } from './cycle.response.js';
import { attachToSharedMeetings } from './attachment.js';
import { closingDayOf, openingDayOf, meetingTimesOf } from './dates.js';

/** Templates of cycles. */
@Injectable()
export class CycleTemplatesService {
  constructor(
    private readonly records: Records,
    private readonly hooks: MeetingHooks,
  ) {}

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(CycleTemplateView, {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(CycleTemplateView, await work.records.find('read', CycleTemplate, id)),
    );
  }

  setUp(actor: Actor, request: CycleTemplateRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      mustMatchRecurrence(request);
      const partnershipId = await findPartnershipOf(work, request.stages);
      const template = await work.write.insert(CycleTemplate, {
        ...request,
        lengthDays: request.lengthDays ?? null,
        nth: request.nth ?? null,
        weekday: request.weekday ?? null,
        partnershipId,
      });
      work.recordEvent('cycle-template.created', CycleTemplate, template);
      return work.respond.one(CycleTemplateView, template, { status: 201 });
    });
  }

  /**
   * Changes a template. Cycles after the last one with a held meeting move with the template; a new anchor becomes the
   * opening day of the first of them. Source: JAG note, section 3.3, rule 8.
   */
  change(actor: Actor, id: string, request: CycleTemplateChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('read', CycleTemplate, CycleTemplateView, id, { writes: request });
      await findCoordinatedPanels(work, found.stages);
      if (request.stages && (await findPartnershipOf(work, request.stages)) !== found.partnershipId)
        throw unacceptable(
          'another-partnership',
          'A template cannot move to another partnership. Create a template there.',
          [{ pointer: '/stages', detail: 'has panels of another partnership' }],
        );
      mustMatchRecurrence({ ...found, ...request });
      if (work.write.isUnchanged(found))
        return work.respond.one(CycleTemplateView, await work.write.updateIfChanged(CycleTemplate, found, request));
      const movable = await findMovableCycles(work, id);
      const anchorNumber = request.anchorOn
        ? (movable[0]?.number ?? (await findLastCycleNumber(work, id)) + 1)
        : undefined;
      const changed = await work.write.update(CycleTemplate, found, {
        ...request,
        ...(anchorNumber ? { anchorNumber } : {}),
      });
      const pointer = request.anchorOn ? '/anchorOn' : '';
      for (const cycle of movable) await this.moveCycle(work, changed, cycle, pointer);
      work.recordEvent('cycle-template.changed', CycleTemplate, changed, { moved: movable.length });
      return work.respond.one(CycleTemplateView, changed);
    });
  }

  private async moveCycle(work: UnitOfWork, template: CycleTemplate, cycle: Cycle, pointer: string): Promise<void> {
    const days = { opensOn: openingDayOf(template, cycle.number), closesOn: closingDayOf(template, cycle.number) };
    const moved = await work.write.update(Cycle, cycle, days);
    for (const stage of template.stages) {
      const part = await work.manager.findOneBy(CycleMeeting, { cycleId: cycle.id, stage: stage.stage });
      const { plannedOn, ...times } = meetingTimesOf(template, stage, cycle.number);
      if (stage.shared || !part) continue;
      const meeting = await work.manager.findOneByOrFail(Meeting, { id: part.meetingId });
      if (!isToBeHeld(meeting.status)) continue;
      mustNotMoveIntoPast(work, meeting, times.scheduledAt, pointer);
      await work.write.update(CycleMeeting, part, { plannedOn });
      const changes = { ...times, venueOrMode: stage.venueOrMode, status: 'scheduled' as const };
      const postponed = await reschedule(work, this.hooks, meeting, changes);
      work.recordEvent('meeting.postponed', Meeting, postponed, { from: meeting.scheduledAt });
    }
    await attachToSharedMeetings(work, moved, template);
  }
}

/**
 * Refuses to move a meeting into the past, as for a postponement. Otherwise preparation would end, and deadlines close,
 * because of a day that has already passed.
 */
function mustNotMoveIntoPast(work: UnitOfWork, meeting: Meeting, to: Date, pointer: string): void {
  if (to > work.now || to.getTime() === meeting.scheduledAt.getTime()) return;
  throw unacceptable('in-the-past', 'The change would move a meeting into the past. Choose a later first day.', [
    { pointer, detail: `the meeting ${meeting.id} would be in the past` },
  ]);
}

/** Returns the cycles after the last one with a held meeting, in order. */
async function findMovableCycles(work: UnitOfWork, templateId: string): Promise<Cycle[]> {
  const rows = await work.acrossPartnerships(() =>
    work.manager.query<{ id: string }[]>(
      `SELECT c.id FROM cycles c WHERE c.template_id = $1 AND c.closed_at IS NULL AND c.number > coalesce((
         SELECT max(before.number) FROM cycles before JOIN cycle_meetings cm ON cm.cycle_id = before.id
         JOIN meetings m ON m.id = cm.meeting_id
         WHERE before.template_id = $1 AND m.status IN ('held', 'in_session')), 0) ORDER BY c.number`,
      [templateId],
    ),
  );
  return Promise.all(rows.map(({ id }) => work.manager.findOneByOrFail(Cycle, { id })));
}

export async function findLastCycleNumber(work: UnitOfWork, templateId: string): Promise<number> {
  return (await work.manager.maximum(Cycle, 'number', { templateId })) ?? 0;
}

/** Requires that the actor may plan cycles for every panel of the stages that is not shared. Returns those panels. */
export async function findCoordinatedPanels(work: UnitOfWork, stages: CycleStage[]): Promise<Panel[]> {
  const panels: Panel[] = [];
  for (const { panelId } of stages.filter((one) => !one.shared))
    panels.push(await work.records.find('plan-cycles', Panel, panelId));
  return panels;
}

/**
 * Returns the partnership of the stages' panels. Throws unless each panel has the type of its stage and each shared
 * panel serves the partnership.
 */
async function findPartnershipOf(work: UnitOfWork, stages: CycleStage[]): Promise<string> {
  const own = await findCoordinatedPanels(work, stages);
  const problem = (detail: string): Error =>
    unacceptable('stages', 'Choose panels of one partnership, in the order JAG, Tasking, TTCG.', [
      { pointer: '/stages', detail },
    ]);
  const order = stages.map(({ stage }) => STAGES.indexOf(stage));
  if (order.some((place, n) => n > 0 && place <= (order[n - 1] as number)))
    throw problem('must list each stage once, in order');
  if (new Set(own.map(({ partnershipId }) => partnershipId)).size !== 1)
    throw problem('needs at least one stage that is not shared, and all such stages in one partnership');
  const [{ partnershipId } = { partnershipId: '' }] = own;
  for (const { stage, panelId, shared } of stages) {
    const [panel] = await work.acrossPartnerships(() =>
      work.manager.query<{ type: string; serves: boolean }[]>(
        `SELECT p.type, EXISTS (SELECT 1 FROM partnerships b WHERE b.id = $2 AND b.within_id = p.partnership_id) AS serves
         FROM panels p WHERE p.id = $1`,
        [panelId, partnershipId],
      ),
    );
    if (panel?.type !== stage) throw problem(`the panel of stage ${stage} is not a ${stage} panel`);
    if (shared && !panel.serves) throw problem(`the shared panel of stage ${stage} does not serve this partnership`);
  }
  return partnershipId;
}

function mustMatchRecurrence({ recurrence, lengthDays, nth, weekday }: Partial<CycleTemplate>): void {
  const daily = recurrence === 'every_n_days';
  if (
    daily ? lengthDays != null && nth == null && weekday == null : lengthDays == null && nth != null && weekday != null
  )
    return;
  throw unacceptable('recurrence', 'Give the fields that the recurrence requires, and no others.', [
    daily
      ? { pointer: '/lengthDays', detail: 'every_n_days requires lengthDays, without nth and weekday' }
      : { pointer: '/nth', detail: 'nth_weekday requires nth and weekday, without lengthDays' },
  ]);
}
