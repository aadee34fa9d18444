/**
 * Working days in the three jurisdictions, against the days that were published.
 *
 * Seen to fail: without the substitute day for Boxing Day 2026; Easter Monday in Scotland; the summer holiday of Scotland in
 * the last week of August; a substitute that falls on another holiday.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';

let days: typeof import('#built/panels/working-days');

beforeAll(async () => {
  days = await import('#built/panels/working-days');
});

/** Source: "UK bank holidays", gov.uk/bank-holidays, for 2025 to 2027; 2028 in England and Wales by the same rules. */
const PUBLISHED = {
  england_and_wales: [
    '2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26',
    '2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28',
    '2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28',
    '2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26',
  ],
  scotland: [
    '2025-01-01 2025-01-02 2025-04-18 2025-05-05 2025-05-26 2025-08-04 2025-12-01 2025-12-25 2025-12-26',
    '2026-01-01 2026-01-02 2026-04-03 2026-05-04 2026-05-25 2026-08-03 2026-11-30 2026-12-25 2026-12-28',
    '2027-01-01 2027-01-04 2027-03-26 2027-05-03 2027-05-31 2027-08-02 2027-11-30 2027-12-27 2027-12-28',
  ],
  northern_ireland: [
    '2025-01-01 2025-03-17 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-07-14 2025-08-25 2025-12-25 2025-12-26',
    '2026-01-01 2026-03-17 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-07-13 2026-08-31 2026-12-25 2026-12-28',
    '2027-01-01 2027-03-17 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-07-12 2027-08-30 2027-12-27 2027-12-28',
  ],
} as const;

it.each(Object.keys(PUBLISHED) as (keyof typeof PUBLISHED)[])('knows the bank holidays of %s', (jurisdiction) => {
  for (const year of PUBLISHED[jurisdiction])
    expect([...days.bankHolidays(Number(year.slice(0, 4)), jurisdiction)].sort().join(' ')).toBe(year);
});

it('leaves out weekends and bank holidays, substitutes too', () => {
  expect(days.workingDaysAfter('2026-11-20', 2)).toBe('2026-11-24'); // a Friday
  expect(days.workingDaysAfter('2026-12-24', 1)).toBe('2026-12-29'); // Boxing Day is a Saturday
  expect(days.workingDaysAfter('2027-12-24', 2)).toBe('2027-12-30'); // both holidays on a weekend
  expect(days.workingDaysAfter('2026-04-02', 1)).toBe('2026-04-07'); // Easter
  expect(days.workingDaysAfter('2026-04-02', 1, { jurisdiction: 'scotland' })).toBe('2026-04-06');
  expect(days.isWorkingDay('2028-01-03')).toBe(false);
});

it('counts back as it counts on, and leaves out the days on which offices are closed', () => {
  expect(days.workingDaysBefore('2026-04-07', 1)).toBe('2026-04-02');
  expect(days.workingDaysBefore('2027-01-04', 4)).toBe('2026-12-24'); // 31, 30, 29 December, and past the holidays the 24th
  const closed = new Set(['2026-12-29', '2026-12-30', '2026-12-31']);
  expect(days.workingDaysBefore('2027-01-04', 1, { jurisdiction: 'england_and_wales', closed })).toBe('2026-12-24');
});

describe('a meeting that falls on no working day', () => {
  it('goes on, back or stays, as its rule says', () => {
    expect(days.applyHolidayRule('2026-05-25', 'forward')).toBe('2026-05-26');
    expect(days.applyHolidayRule('2026-05-25', 'back')).toBe('2026-05-22');
    expect(days.applyHolidayRule('2026-05-25', 'keep')).toBe('2026-05-25');
    expect(days.applyHolidayRule('2026-05-26', 'forward')).toBe('2026-05-26');
  });
});

it('does not count beyond the calendar', () => {
  expect(() => days.workingDaysAfter('9999-12-30', 5)).toThrow(RangeError);
});

it('finds the n-th weekday of a month, and the last', () => {
  expect(days.nthWeekday('2026-11', 4, 2)).toBe('2026-11-12');
  expect(days.nthWeekday('2026-11', 0, 1)).toBe('2026-11-01');
  expect(days.nthWeekday('2026-02', 1, -1)).toBe('2026-02-23');
});
