import { v7 as uuidv7 } from 'uuid';
import { startOfLondonDay } from '../time/clock.js';

const DAY = 86_400_000;

/**
 * Returns the identifier of a new exclusion, with a random time of the day. The time of the insert would distinguish an
 * exclusion carried over, which is created with its case, from one that a chair imposes later.
 */
export const newExclusionId = (now: Date): string =>
  uuidv7({ msecs: startOfLondonDay(now).getTime() + Math.floor(Math.random() * DAY) });
