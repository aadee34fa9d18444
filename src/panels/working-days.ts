/**
 * Working days: Monday to Friday without bank holidays, which differ between the three jurisdictions of the United
 * Kingdom. Deadlines of panels and reviews are offsets in working days from a day in Europe/London (design, section 1,
 * principle 9). Days are calendar dates (`2026-12-24`).
 *
 * Bank holidays follow the rules of the Banking and Financial Dealings Act 1971, Schedule 1, with substitute days as
 * they are proclaimed each year ("UK bank holidays", gov.uk/bank-holidays). A day proclaimed for one occasion, and a
 * day on which the offices of a partnership are closed, follow no rule; callers pass them as `closed`.
 */

export const JURISDICTIONS = ['england_and_wales', 'scotland', 'northern_ireland'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

/** Jurisdiction of the bank holidays, and further days that are not working days. */
export interface Calendar {
  jurisdiction: Jurisdiction;
  closed?: ReadonlySet<string>;
}

export const ENGLAND_AND_WALES: Calendar = { jurisdiction: 'england_and_wales' };

const SUNDAY = 0;
const MONDAY = 1;
const SATURDAY = 6;
const EVERYWHERE: Jurisdiction[] = [...JURISDICTIONS];
const NOT_SCOTLAND: Jurisdiction[] = ['england_and_wales', 'northern_ireland'];

/** Fixed dates, in the order of the year. A date on a weekend is replaced by the next weekday that is not a holiday. */
const FIXED_HOLIDAYS: [day: string, where: Jurisdiction[]][] = [
  ['01-01', EVERYWHERE],
  ['01-02', ['scotland']],
  ['03-17', ['northern_ireland']],
  ['07-12', ['northern_ireland']],
  ['11-30', ['scotland']],
  ['12-25', EVERYWHERE],
  ['12-26', EVERYWHERE],
];

/** Mondays of a month: the first, or the last (-1). */
const MONDAY_HOLIDAYS: [month: number, which: 1 | -1, where: Jurisdiction[]][] = [
  [5, 1, EVERYWHERE],
  [5, -1, EVERYWHERE],
  [8, 1, ['scotland']],
  [8, -1, NOT_SCOTLAND],
];

/** Days relative to Easter Sunday. */
const EASTER_HOLIDAYS: [days: number, where: Jurisdiction[]][] = [
  [-2, EVERYWHERE],
  [1, NOT_SCOTLAND],
];

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

/**
 * Formats a date as a day. Throws beyond the year 9999, where the format is longer and loops over days would not end.
 */
function dayOf(date: Date): string {
  const name = date.toISOString();
  if (name.length > '9999-12-31T12:00:00.000Z'.length) throw new RangeError('beyond the calendar');
  return name.slice(0, 10);
}

/** Returns the day `count` calendar days later; earlier if `count` is negative. */
export function daysAfter(day: string, count: number): string {
  const date = noon(day);
  date.setUTCDate(date.getUTCDate() + count);
  return dayOf(date);
}

/** Returns the day of the week, 0 (Sunday) to 6 (Saturday). */
export const weekdayOf = (day: string): number => noon(day).getUTCDay();
const isWeekend = (day: string): boolean => [SUNDAY, SATURDAY].includes(weekdayOf(day));

/** Returns the `nth` weekday of a month (`2026-05`), counted from 1, or the last one if `nth` is -1. */
export function nthWeekday(month: string, weekday: number, nth: number): string {
  const first = `${month}-01`;
  const [from, step] = nth > 0 ? [first, 1] : [dayOf(endOfMonth(first)), -1];
  let day = from;
  while (weekdayOf(day) !== weekday) day = daysAfter(day, step);
  return nth > 0 ? daysAfter(day, 7 * (nth - 1)) : day;
}

function endOfMonth(first: string): Date {
  const date = noon(first);
  date.setUTCMonth(date.getUTCMonth() + 1, 0);
  return date;
}

/** Computes Easter Sunday of the Gregorian calendar (algorithm of Butcher, 1876). */
function easterSunday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return `${String(year)}-${String(Math.floor(f / 31)).padStart(2, '0')}-${String((f % 31) + 1).padStart(2, '0')}`;
}

const bankHolidayCache = new Map<string, ReadonlySet<string>>();

/** Returns the bank holidays of a year, with substitute days for those on a weekend. */
export function bankHolidays(year: number, jurisdiction: Jurisdiction): ReadonlySet<string> {
  const key = `${String(year)} ${jurisdiction}`;
  let days = bankHolidayCache.get(key);
  if (!days) bankHolidayCache.set(key, (days = new Set(computeBankHolidays(year, jurisdiction))));
  return days;
}

function computeBankHolidays(year: number, jurisdiction: Jurisdiction): string[] {
  const here = <T extends { at: string; where: Jurisdiction[] }>(all: T[]): string[] =>
    all.filter(({ where }) => where.includes(jurisdiction)).map(({ at }) => at);
  const month = (of: number): string => `${String(year)}-${String(of).padStart(2, '0')}`;
  const moving = [
    ...here(EASTER_HOLIDAYS.map(([days, where]) => ({ at: daysAfter(easterSunday(year), days), where }))),
    ...here(MONDAY_HOLIDAYS.map(([of, which, where]) => ({ at: nthWeekday(month(of), MONDAY, which), where }))),
  ];
  const fixed = here(FIXED_HOLIDAYS.map(([day, where]) => ({ at: `${String(year)}-${day}`, where })));
  const taken = new Set([...moving, ...fixed.filter((day) => !isWeekend(day))]);
  for (const day of fixed.filter(isWeekend)) {
    let instead = day;
    while (isWeekend(instead) || taken.has(instead)) instead = daysAfter(instead, 1);
    taken.add(instead);
  }
  return [...taken].sort();
}

export function isWorkingDay(day: string, { jurisdiction, closed }: Calendar = ENGLAND_AND_WALES): boolean {
  return !isWeekend(day) && !bankHolidays(Number(day.slice(0, 4)), jurisdiction).has(day) && !closed?.has(day);
}

/** Returns the last of `count` working days (1 or more) after `day`. */
export const workingDaysAfter = (day: string, count: number, calendar = ENGLAND_AND_WALES): string =>
  stepWorkingDays(day, count, 1, calendar);

/** Returns the first of the `count` working days (1 or more) before `day`. */
export const workingDaysBefore = (day: string, count: number, calendar = ENGLAND_AND_WALES): string =>
  stepWorkingDays(day, count, -1, calendar);

function stepWorkingDays(from: string, count: number, step: 1 | -1, calendar: Calendar): string {
  let day = from;
  for (let left = count; left > 0;) {
    day = daysAfter(day, step);
    if (isWorkingDay(day, calendar)) left -= 1;
  }
  return day;
}

/**
 * Rule for a meeting planned on a day that is not a working day: `forward` to the next, `back` to the previous, or
 * `keep`.
 */
export const HOLIDAY_RULES = ['forward', 'back', 'keep'] as const;
export type HolidayRule = (typeof HOLIDAY_RULES)[number];

export function applyHolidayRule(day: string, rule: HolidayRule, calendar = ENGLAND_AND_WALES): string {
  if (rule === 'keep' || isWorkingDay(day, calendar)) return day;
  return rule === 'forward' ? workingDaysAfter(day, 1, calendar) : workingDaysBefore(day, 1, calendar);
}
