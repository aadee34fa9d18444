const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });

/** The calendar day in London, `YYYY-MM-DD`: the day that deadlines, ages and memberships are counted in. */
export const londonDay = (moment: Date): string => calendar.format(moment);

/** The moment at which the calendar day of the moment began in London. */
export function startOfLondonDay(moment: Date): Date {
  const midnight = new Date(`${londonDay(moment)}T00:00:00Z`);
  // in summer the day begins an hour before midnight in UTC
  const anHourBefore = new Date(midnight.getTime() - 3_600_000);
  return londonDay(anHourBefore) === londonDay(midnight) ? anHourBefore : midnight;
}

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'long', timeStyle: 'short' });

/** A moment as it is written in London, such as `3 November 2026 at 14:05`. */
export const londonTime = (moment: Date): string => clock.format(moment);
