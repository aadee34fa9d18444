/**
 * How the time of a meeting goes, derived from what was begun and ended and from now. For members only the items take part that
 * they may see: what is expected of the next one tells nothing of an item between that is hidden.
 */
import { isToBeHeld, type Listing, type Meeting } from '../meetings/meeting.entity.js';

export const STANDINGS = ['waiting', 'being_heard', 'heard', 'taken_off'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface Course {
  standing: Standing;
  /** Whole minutes, null before it was begun. */
  minutesUsed: number | null;
  minutesOver: number | null;
  expectedEndAt: Date | null;
}

const MINUTE = 60_000;
const later = (a: Date, b: Date): Date => (a > b ? a : b);
const after = (moment: Date, minutes: number): Date => new Date(moment.getTime() + minutes * MINUTE);

type Item = Pick<Listing, 'id' | 'timeboxMinutes' | 'startedAt' | 'endedAt' | 'removedAt'>;

const standingOf = ({ startedAt, endedAt, removedAt }: Item): Standing =>
  removedAt ? 'taken_off' : endedAt ? 'heard' : startedAt ? 'being_heard' : 'waiting';

/** By the identifiers of the items, which come in the order in which they are heard. */
export function coursesOf(
  { status, scheduledAt }: Pick<Meeting, 'status' | 'scheduledAt'>,
  items: readonly Item[],
  now: Date,
): Record<string, Course> {
  const running = items.find((item) => standingOf(item) === 'being_heard');
  const endOf = ({ startedAt, timeboxMinutes }: Item): Date => later(after(startedAt as Date, timeboxMinutes), now);
  let next = running ? endOf(running) : status === 'in_session' ? now : later(scheduledAt, now);
  return Object.fromEntries(
    items.map((item) => {
      const { id, timeboxMinutes, startedAt, endedAt } = item;
      const standing = standingOf(item);
      const used = startedAt && Math.floor(((endedAt ?? now).getTime() - startedAt.getTime()) / MINUTE);
      if (standing === 'waiting') next = after(next, timeboxMinutes);
      return [
        id,
        {
          standing,
          minutesUsed: used,
          minutesOver: used === null ? null : Math.max(0, used - timeboxMinutes),
          expectedEndAt:
            standing === 'heard' || standing === 'taken_off' || !isToBeHeld(status)
              ? null
              : standing === 'waiting'
                ? next
                : endOf(item),
        },
      ];
    }),
  );
}
