import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/clock.js';
import { view } from '../records/response-view.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting, CYCLE_STATUSES, Feed, type CycleStatus } from './cycle.entity.js';

/** Template of cycles. */
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

type CycleDays = Pick<Cycle, 'opensOn' | 'closesOn' | 'closedAt'>;

/** Returns the status of a cycle. Only closing is stored; the other statuses depend on the current day. */
export function statusOf({ opensOn, closesOn, closedAt }: CycleDays, now: Date): CycleStatus {
  const today = londonDay(now);
  if (closedAt) return 'closed';
  if (today < opensOn) return 'planned';
  return today <= closesOn ? 'open' : 'closing';
}

/** Cycle of a template. */
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
  /** Status today, in London time. */
  @ApiProperty({ enum: CYCLE_STATUSES })
  @Classified('administrative')
  status: CycleStatus;

  static derive = (shown: Row, now: Date): Row => ({ status: statusOf(shown as Row & CycleDays, now) });
}

/** Meeting as a stage of a cycle. */
export class CycleMeetingView extends view(CycleMeeting, 'id', 'cycleId', 'stage', 'meetingId', 'plannedOn') {}

/** Attendance of a panel's chairs at the TTCG: the best of the values recorded for them. */
export const CHAIR_ATTENDANCES = ['present', 'deputy', 'apologies', 'absent', 'not_recorded'] as const;

/** JAG or Tasking meeting of a cycle, with the attendance of its chairs at the TTCG of that cycle. */
export class ChairAtTtcgView extends view(CycleMeeting, 'id', 'partnershipId', 'cycleId', 'stage') {
  /** Panel whose chairs are counted. */
  @ApiProperty({ format: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Best attendance of the chairs: `present`, `deputy`, `apologies`, `absent` or `not_recorded`. */
  @ApiProperty({ enum: CHAIR_ATTENDANCES })
  @Classified('administrative')
  attendance: (typeof CHAIR_ATTENDANCES)[number];
}

/** Matter that one meeting hands on to another. */
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
