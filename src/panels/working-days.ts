/**
 * Working days in England and Wales: Monday to Friday without bank holidays. Deadlines of panels and reviews are offsets in
 * working days from a day in Europe/London (design, section 1, point 7).
 */

/**
 * Bank holidays as the Banking and Financial Dealings Act 1971 and proclamations give them, with the substitute days.
 * Source: "UK bank holidays", England and Wales, gov.uk/bank-holidays; 2028 by the same rules. After the last year only
 * weekends are left out, so that a deadline comes earlier rather than later.
 */
const BANK_HOLIDAYS = new Set([
  ...['2025-01-01', '2025-04-18', '2025-04-21', '2025-05-05', '2025-05-26', '2025-08-25', '2025-12-25', '2025-12-26'],
  ...['2026-01-01', '2026-04-03', '2026-04-06', '2026-05-04', '2026-05-25', '2026-08-31', '2026-12-25', '2026-12-28'],
  ...['2027-01-01', '2027-03-26', '2027-03-29', '2027-05-03', '2027-05-31', '2027-08-30', '2027-12-27', '2027-12-28'],
  ...['2028-01-03', '2028-04-14', '2028-04-17', '2028-05-01', '2028-05-29', '2028-08-28', '2028-12-25', '2028-12-26'],
]);

/** `day` is a calendar date (`2026-12-24`). */
export function isWorkingDay(day: string): boolean {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !BANK_HOLIDAYS.has(day);
}

/** The last day of a time of `count` working days (1 or more) that begins on the day after `day`. */
export function workingDaysAfter(day: string, count: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  for (let left = count; left > 0;) {
    date.setUTCDate(date.getUTCDate() + 1);
    if (isWorkingDay(date.toISOString().slice(0, 10))) left -= 1;
  }
  return date.toISOString().slice(0, 10);
}
