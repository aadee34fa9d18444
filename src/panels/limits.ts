/**
 * Longest times of what lets somebody in: how far ahead it may begin, and how long it may last. The numbers are those of the
 * panel's rules (`panel-rules.ts`); the constants are the same for every panel.
 */
import { unacceptable } from '../http/problems.js';
import { londonDay } from '../time/london-day.js';
import { daysAfter } from './working-days.js';

/** Days ago at which a membership may begin: it is often written down after the meeting that decided it. */
export const SEAT_STARTS_AT_MOST_AGO = 31;
/** Days after a chair's last day on which another chair must still have a seat: time to appoint somebody. */
export const DAYS_TO_APPOINT_A_CHAIR = 28;
/** Days ahead within which an invitation opens. */
export const INVITATION_OPENS_WITHIN = 92;

const DAY = 86_400_000;

interface Where {
  /** JSON Pointer to the value in the request. */
  pointer: string;
  code?: string;
}

/** A day (`2026-12-24`) or an instant: what is compared has the same precision as what was asked for. */
type Moment = string | Date;

/** Throws unless the beginning lies at most `days` days after now, and not too long before. */
export function mustBeginWithin(
  begins: Moment,
  now: Date,
  days: number,
  { pointer, atMostDaysAgo, code = 'begins-out-of-range' }: Where & { atMostDaysAgo?: number },
): void {
  const latest = later(begins, now, days);
  const earliest = atMostDaysAgo === undefined ? null : later(begins, now, -atMostDaysAgo);
  if (begins <= latest && (earliest === null || begins >= earliest)) return;
  const from = earliest === null ? '' : `from ${inWords(earliest)} `;
  throw unacceptable(code, `Name a beginning ${from}to ${inWords(latest)} at the latest.`, [
    {
      pointer,
      detail: `must not be later than ${inWords(latest)}${from ? `, nor earlier than ${inWords(earliest as Moment)}` : ''}`,
    },
  ]);
}

/** Throws unless the end lies after the beginning, and not after the latest end that is permitted. */
export function mustEndWithin<T extends Moment>(
  ends: T,
  begins: T,
  latest: T,
  { pointer, code = 'end-out-of-range' }: Where,
): void {
  if (ends >= begins && ends <= latest) return;
  throw unacceptable(code, `Name an end from ${inWords(begins)} to ${inWords(latest)} at the latest.`, [
    { pointer, detail: `must not be later than ${inWords(latest)}, nor earlier than ${inWords(begins)}` },
  ]);
}

/** Throws where a day of something that was the case lies in the future. */
export function mustNotLieAhead(day: string | null | undefined, now: Date, pointer: string): void {
  const today = londonDay(now);
  if (!day || day <= today) return;
  throw unacceptable('lies-ahead', `Name a day up to today, ${today}.`, [
    { pointer, detail: `must not be later than ${today}` },
  ]);
}

/** The instant that lies so many days later. */
export const instantAfter = (at: Date, days: number): Date => new Date(at.getTime() + days * DAY);

/** The last day of so many years that begin on a day. */
export function yearsAfter(day: string, years: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return daysAfter(date.toISOString().slice(0, 10), -1);
}

const later = (like: Moment, now: Date, days: number): Moment =>
  typeof like === 'string' ? daysAfter(londonDay(now), days) : instantAfter(now, days);

const inWords = (moment: Moment): string => (typeof moment === 'string' ? moment : moment.toISOString());
