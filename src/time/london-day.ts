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
