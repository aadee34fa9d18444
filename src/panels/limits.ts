/**
 * Limits on the start and duration of access. The numbers come from the panel's rules (`panel-rules.ts`); the constants
 * apply to every panel.
 */
import { unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import { daysAfter } from './working-days.js';

/**
 * Number of days in the past at which a membership may begin. Memberships are often entered after the meeting that
 * decided them.
 */
export const MOST_SEAT_BACKDATING_DAYS = 31;
/**
 * Number of days after a chair's last day on which another chair must still have a seat: the time to appoint a
 * successor.
 */
export const DAYS_TO_APPOINT_A_CHAIR = 28;
/** Number of days ahead within which an invitation must begin. */
export const INVITATION_OPENS_WITHIN = 92;

const DAY = 86_400_000;

interface Where {
  /** JSON Pointer to the value in the request. */
  pointer: string;
  code?: string;
}

/** Day (`2026-12-24`) or instant. Comparisons use the precision of the request. */
type Moment = string | Date;

/**
 * Throws unless `begins` is at most `days` days ahead. With `atMostDaysAgo`, also throws if `begins` is longer ago than
 * that.
 */
export function mustBeginWithin(
  begins: Moment,
  now: Date,
  days: number,
  { pointer, atMostDaysAgo, code = 'begins-out-of-range' }: Where & { atMostDaysAgo?: number },
): void {
  const latest = momentAfter(begins, now, days);
  const earliest = atMostDaysAgo === undefined ? null : momentAfter(begins, now, -atMostDaysAgo);
  if (begins <= latest && (earliest === null || begins >= earliest)) return;
  const from = earliest === null ? '' : `from ${formatMoment(earliest)} `;
  throw unacceptable(code, `Choose a start ${from}to ${formatMoment(latest)} at the latest.`, [
    {
      pointer,
      detail: `must not be later than ${formatMoment(latest)}${from ? `, nor earlier than ${formatMoment(earliest as Moment)}` : ''}`,
    },
  ]);
}

/** Throws unless `ends` is between `begins` and `latest`, inclusive. */
export function mustEndWithin<T extends Moment>(
  ends: T,
  begins: T,
  latest: T,
  { pointer, code = 'end-out-of-range' }: Where,
): void {
  if (ends >= begins && ends <= latest) return;
  throw unacceptable(code, `Choose an end from ${formatMoment(begins)} to ${formatMoment(latest)} at the latest.`, [
    { pointer, detail: `must not be later than ${formatMoment(latest)}, nor earlier than ${formatMoment(begins)}` },
  ]);
}

/** Throws if the day of a past event is in the future. */
export function mustNotLieAhead(day: string | null | undefined, now: Date, pointer: string): void {
  const today = londonDay(now);
  if (!day || day <= today) return;
  throw unacceptable('in-the-future', `Choose a day up to today, ${today}.`, [
    { pointer, detail: `must not be later than ${today}` },
  ]);
}

/** Returns the instant `days` days later. */
export const instantAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * DAY);

/** Returns the last day of a period of `years` years that begins on `day`. */
export function yearsAfter(day: string, years: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return daysAfter(date.toISOString().slice(0, 10), -1);
}

const momentAfter = (like: Moment, now: Date, days: number): Moment =>
  typeof like === 'string' ? daysAfter(londonDay(now), days) : instantAfter(now, days);

const formatMoment = (moment: Moment): string => (typeof moment === 'string' ? moment : moment.toISOString());
