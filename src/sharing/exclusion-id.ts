import { v7 as uuidv7 } from 'uuid';
import { startOfLondonDay } from '../time/london-day.js';

const DAY = 86_400_000;

/**
 * Identifier of a new exclusion. The time in it is a random one of the day: the time of the insert would tell an exclusion that is
 * carried over, which is made with its case, from one that a chair imposes later.
 */
export const newExclusionId = (now: Date): string =>
  uuidv7({ msecs: startOfLondonDay(now).getTime() + Math.floor(Math.random() * DAY) });
