/**
 * Working days in England and Wales.
 *
 * Seen to fail: without the substitute day for Boxing Day 2026.
 */
import { beforeAll, expect, it } from '@jest/globals';

let days: typeof import('#built/panels/working-days');

beforeAll(async () => {
  days = await import('#built/panels/working-days');
});

it('leaves out weekends and bank holidays, substitutes too', () => {
  expect(days.workingDaysAfter('2026-11-20', 2)).toBe('2026-11-24'); // a Friday
  expect(days.workingDaysAfter('2026-12-24', 1)).toBe('2026-12-29'); // Boxing Day is a Saturday
  expect(days.workingDaysAfter('2027-12-24', 2)).toBe('2027-12-30'); // both holidays on a weekend
  expect(days.workingDaysAfter('2026-04-02', 1)).toBe('2026-04-07'); // Easter
  expect(days.isWorkingDay('2028-01-03')).toBe(false);
});

it('knows eight bank holidays in each of its years, none of them on a weekend', () => {
  for (const year of [2025, 2026, 2027, 2028]) {
    const all = Array.from({ length: 366 }, (_, n) => new Date(Date.UTC(year, 0, 1 + n, 12)));
    const weekdays = all.filter((day) => day.getUTCFullYear() === year && day.getUTCDay() % 6 !== 0);
    expect(weekdays.filter((day) => !days.isWorkingDay(day.toISOString().slice(0, 10)))).toHaveLength(8);
  }
});
