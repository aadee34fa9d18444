const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });

/** The calendar day in London, `YYYY-MM-DD`: the day that deadlines, ages and memberships are counted in. */
export const londonDay = (moment: Date): string => calendar.format(moment);

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'long', timeStyle: 'short' });

/** A moment as it is written in London, such as `3 November 2026 at 14:05`. */
export const londonTime = (moment: Date): string => clock.format(moment);
