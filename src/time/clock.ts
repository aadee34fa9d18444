import { Injectable } from '@nestjs/common';

/**
 * Source of the current time for actors. Sign-in and jobs read `now` here and pass the value on. Token expiry and log
 * timestamps use the system time, which `moveTo` does not change.
 */
@Injectable()
export class Clock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /**
   * Moves the clock forward; returns false for an earlier moment. A value cached for one moment must never be used for
   * an earlier one.
   */
  moveTo(moment: Date): boolean {
    const ahead = moment.getTime() - Date.now();
    if (ahead < this.ahead) return false;
    this.ahead = ahead;
    return true;
  }
}

const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });

/** Returns the calendar day in London as `YYYY-MM-DD`, the basis of deadlines, ages and memberships. */
export const londonDay = (moment: Date): string => calendar.format(moment);

/** Returns the start of the London calendar day that contains the moment. */
export function startOfLondonDay(moment: Date): Date {
  const midnight = new Date(`${londonDay(moment)}T00:00:00Z`);
  // in summer (UTC+1) the day begins an hour before midnight in UTC
  const anHourBefore = new Date(midnight.getTime() - 3_600_000);
  return londonDay(anHourBefore) === londonDay(midnight) ? anHourBefore : midnight;
}

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'long', timeStyle: 'short' });

/** Formats a moment in London time, e.g. `3 November 2026 at 14:05`. */
export const londonTime = (moment: Date): string => clock.format(moment);
