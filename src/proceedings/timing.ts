/**
 * Times of the items of a meeting, derived from starts, ends and the present time. For members only visible items
 * count, so that the expected time of an item does not reveal a hidden one before it.
 */
import { isToBeHeld, type Listing, type Meeting } from '../meetings/meeting.entity.js';

export const STANDINGS = ['waiting', 'being_heard', 'heard', 'removed'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface ItemProgress {
  standing: Standing;
  /** Whole minutes since the start, or between start and end; null before the start. */
  minutesUsed: number | null;
  minutesOver: number | null;
  expectedEndAt: Date | null;
}

const MINUTE = 60_000;
const laterOf = (a: Date, b: Date): Date => (a > b ? a : b);
const addMinutes = (moment: Date, minutes: number): Date => new Date(moment.getTime() + minutes * MINUTE);

type Item = Pick<Listing, 'id' | 'timeboxMinutes' | 'startedAt' | 'endedAt' | 'removedAt'>;

const standingOf = ({ startedAt, endedAt, removedAt }: Item): Standing =>
  removedAt ? 'removed' : endedAt ? 'heard' : startedAt ? 'being_heard' : 'waiting';

/** Returns the progress of each item by its identifier. `items` must be in the order of hearing. */
export function calculateProgress(
  { status, scheduledAt }: Pick<Meeting, 'status' | 'scheduledAt'>,
  items: readonly Item[],
  now: Date,
): Record<string, ItemProgress> {
  const running = items.find((item) => standingOf(item) === 'being_heard');
  const endOf = ({ startedAt, timeboxMinutes }: Item): Date =>
    laterOf(addMinutes(startedAt as Date, timeboxMinutes), now);
  let next = running ? endOf(running) : status === 'in_session' ? now : laterOf(scheduledAt, now);
  return Object.fromEntries(
    items.map((item) => {
      const { id, timeboxMinutes, startedAt, endedAt } = item;
      const standing = standingOf(item);
      const used = startedAt && Math.floor(((endedAt ?? now).getTime() - startedAt.getTime()) / MINUTE);
      if (standing === 'waiting') next = addMinutes(next, timeboxMinutes);
      return [
        id,
        {
          standing,
          minutesUsed: used,
          minutesOver: used === null ? null : Math.max(0, used - timeboxMinutes),
          expectedEndAt:
            standing === 'heard' || standing === 'removed' || !isToBeHeld(status)
              ? null
              : standing === 'waiting'
                ? next
                : endOf(item),
        },
      ];
    }),
  );
}
