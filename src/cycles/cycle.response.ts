import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/london-day.js';
import { view } from '../records/response-view.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting, CYCLE_STATUSES, Feed, type CycleStatus } from './cycle.entity.js';

/** By which cycles follow each other. */
export class CycleTemplateView extends view(
  CycleTemplate,
  'id',
  'version',
  'partnershipId',
  'name',
  'recurrence',
  'anchorOn',
  'anchorNumber',
  'lengthDays',
  'nth',
  'weekday',
  'holidayRule',
  'jurisdiction',
  'closedOn',
  'stages',
) {}

type Standing = Pick<Cycle, 'opensOn' | 'closesOn' | 'closedAt'>;

/** Nobody moves a cycle but by closing it: the rest follows from the day. */
export function statusOf({ opensOn, closesOn, closedAt }: Standing, now: Date): CycleStatus {
  const today = londonDay(now);
  if (closedAt) return 'closed';
  if (today < opensOn) return 'planned';
  return today <= closesOn ? 'open' : 'closing';
}

/** One turn of a template. */
export class CycleView extends view(
  Cycle,
  'id',
  'version',
  'partnershipId',
  'templateId',
  'number',
  'opensOn',
  'closesOn',
  'partial',
  'closedAt',
) {
  /** Where it stands today, in London. */
  @ApiProperty({ enum: CYCLE_STATUSES })
  @Classified('administrative')
  status: CycleStatus;

  static derive = (shown: Row, now: Date): Row => ({ status: statusOf(shown as Row & Standing, now) });
}

/** A meeting as a stage of a cycle. */
export class CycleMeetingView extends view(CycleMeeting, 'id', 'cycleId', 'stage', 'meetingId', 'plannedOn') {}

/** Who chairs a panel was at the TTCG, or was not and how; the best of what is recorded of them. */
export const CHAIR_ATTENDANCES = ['present', 'deputy', 'apologies', 'absent', 'not_recorded'] as const;

/** A JAG or a Tasking of a cycle, and whether somebody who chairs it was at the TTCG of that cycle. */
export class ChairAtTtcgView extends view(CycleMeeting, 'id', 'partnershipId', 'cycleId', 'stage') {
  /** The panel. */
  @ApiProperty({ format: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** `present` or by a `deputy`; `apologies`; `absent`; or nothing is recorded. */
  @ApiProperty({ enum: CHAIR_ATTENDANCES })
  @Classified('administrative')
  attendance: (typeof CHAIR_ATTENDANCES)[number];
}

/** What one meeting hands on to another. */
export class FeedView extends view(
  Feed,
  'id',
  'version',
  'kind',
  'cycleId',
  'fromMeetingId',
  'fromPanelId',
  'panelId',
  'toMeetingId',
  'agencyId',
  'category',
  'rolled',
  'planId',
  'caseId',
  'itemId',
  'text',
  'acknowledgedAt',
  'acknowledgedById',
  'createdAt',
) {}
