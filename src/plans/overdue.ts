import { londonDay } from '../time/clock.js';
import { isOpen, type ActionStatus } from './action.entity.js';

/**
 * Returns whether an action is open and was due before today. The result is never stored. Source: JAG note, section
 * 1.8.
 */
export const isOverdue = ({ dueOn, status }: { dueOn: string; status: ActionStatus }, now: Date): boolean =>
  isOpen(status) && dueOn < londonDay(now);
