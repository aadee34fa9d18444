import { londonDay } from '../time/london-day.js';
import { isOpen, type ActionStatus } from './action.entity.js';

/** Due before today and not ended; never stored. Source: JAG note, section 1.8. */
export const isOverdue = ({ dueOn, status }: { dueOn: string; status: ActionStatus }, now: Date): boolean =>
  isOpen(status) && dueOn < londonDay(now);
