import { isOpen, type ActionStatus } from './action.entity.js';

const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });

/** The calendar day in London. */
export const londonDay = (now: Date): string => calendar.format(now);

/** Due before today and not ended; never stored. Source: JAG note, section 1.8. */
export const isOverdue = ({ dueOn, status }: { dueOn: string; status: ActionStatus }, now: Date): boolean =>
  isOpen(status) && dueOn < londonDay(now);
