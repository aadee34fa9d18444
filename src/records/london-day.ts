const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });

/** The calendar day in London, `YYYY-MM-DD`: the day that deadlines, ages and memberships are counted in. */
export const londonDay = (moment: Date): string => calendar.format(moment);
