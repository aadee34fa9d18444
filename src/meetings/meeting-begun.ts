/** Records of what was said, decided and seen at a meeting, which exist only once the meeting has begun. */
import { conflict } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import { isInWriting } from './in-writing.js';
import { isPlanned, type Meeting } from './meeting.entity.js';

/** Returns whether the meeting was opened, or its day in London has come. */
const hasBegun = ({ status, scheduledAt }: Pick<Meeting, 'status' | 'scheduledAt'>, now: Date): boolean =>
  !isPlanned(status) || londonDay(scheduledAt) <= londonDay(now);

/**
 * Refuses records of a meeting that nobody opened, before its day: a decision recorded early counts as the decision of
 * the day, which could then only correct it. Meetings in writing are never opened and have their own rules.
 */
export function requireBegun(meeting: Pick<Meeting, 'kind' | 'status' | 'scheduledAt'>, now: Date): void {
  if (isInWriting(meeting) || hasBegun(meeting, now)) return;
  throw conflict(
    'meeting-not-begun',
    `The meeting is on ${londonDay(meeting.scheduledAt)} and was not opened, so nothing was said or decided at it yet. Open it if it takes place now (POST /v1/meetings/{id}/opening), or wait until that day.`,
  );
}
