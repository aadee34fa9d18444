/**
 * Deterministic random values and dates.
 *
 * The synthetic borough is used by newcomers, by integrators and by the checks, so two starts on the same day must show
 * the same world. Nothing here asks the machine for the time or for randomness: both are handed in.
 */
import { DateTime } from 'luxon';

/** A calendar date in Europe/London, such as `2026-03-14`. */
export type IsoDate = string;
/** An instant in UTC, such as `2026-03-14T10:00:00.000Z`. */
export type IsoInstant = string;

const LONDON = 'Europe/London';

export interface Chance {
  /** A whole number between the two, both included. */
  between(lowest: number, highest: number): number;
  pick<T>(from: readonly T[]): T;
  /** `count` different members in a shuffled order. */
  some<T>(from: readonly T[], count: number): T[];
  /** True about once in `n`. */
  onceIn(n: number): boolean;
}

/** A small generator (mulberry32) started from a word, so that each part of the caseload has its own stream. */
export function seededChance(seed: string): Chance {
  let state = [...seed].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (lowest: number, highest: number): number => lowest + Math.floor(next() * (highest - lowest + 1));
  const pick = <T>(from: readonly T[]): T => from[between(0, from.length - 1)]!;
  return {
    between,
    pick,
    some: <T>(from: readonly T[], count: number): T[] => {
      const rest = [...from];
      return Array.from(
        { length: Math.min(count, rest.length) },
        () => rest.splice(between(0, rest.length - 1), 1)[0]!,
      );
    },
    onceIn: (n) => next() < 1 / n,
  };
}

/** The London date `days` after the day of `now`. */
export function dateFrom(now: Date, days: number): IsoDate {
  return DateTime.fromJSDate(now, { zone: LONDON }).plus({ days }).toISODate()!;
}

export function addDays(date: IsoDate, days: number): IsoDate {
  return DateTime.fromISO(date, { zone: LONDON }).plus({ days }).toISODate()!;
}

/** The Monday of the week after `now`: the week in which the running cycle meets. */
export function nextMonday(now: Date): IsoDate {
  return DateTime.fromJSDate(now, { zone: LONDON }).plus({ weeks: 1 }).startOf('week').toISODate()!;
}

/** The instant at which a London clock shows `time` on `date`. */
export function atLondonTime(date: IsoDate, time: string, plusMinutes = 0): IsoInstant {
  return DateTime.fromISO(`${date}T${time}`, { zone: LONDON }).plus({ minutes: plusMinutes }).toUTC().toISO()!;
}

/** `count` weekdays before `date`. Bank holidays belong to the panels' working calendar and are left out here. */
export function weekdaysBefore(date: IsoDate, count: number): IsoDate {
  let day = DateTime.fromISO(date, { zone: LONDON });
  for (let left = count; left > 0;) {
    day = day.minus({ days: 1 });
    if (day.weekday <= 5) left -= 1;
  }
  return day.toISODate()!;
}

/** `14 March`, as a practitioner writes it in a sentence. */
export function inWords(date: IsoDate): string {
  return DateTime.fromISO(date, { zone: LONDON }).setLocale('en-GB').toFormat('d MMMM');
}

/**
 * Returns an NHS number of the test range 999 with a valid check digit. `serial` counts valid numbers only. Source:
 * domain note on law and standards, section 7.2.
 */
export function testNhsNumber(serial: number): string {
  for (let candidate = serial * 2; ; candidate += 1) {
    const nine = `999${String(candidate).padStart(6, '0')}`;
    const sum = [...nine].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check !== 10) return `${nine}${check}`;
  }
}
