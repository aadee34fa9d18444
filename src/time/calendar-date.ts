import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationOptions } from 'class-validator';

export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2199;

const PARTS = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Returns whether the value is a calendar date `YYYY-MM-DD` in a year from 1900 to 2199. */
export function isCalendarDate(value: unknown): value is string {
  const parts = typeof value === 'string' ? PARTS.exec(value) : null;
  if (!parts) return false;
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number);
  return year >= FIRST_YEAR && year <= LAST_YEAR && isDayOfMonth(year, month, day);
}

/** Returns whether the month has this day. `Date` would roll over into the next month instead. */
export function isDayOfMonth(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const validateCalendarDate = (name: string, each = false): PropertyDecorator =>
  ValidateBy(
    { name, validator: { validate: isCalendarDate } },
    {
      each,
      message: `${each ? 'each value in ' : ''}$property must be a day of the calendar such as 2026-05-06, in a year from ${String(FIRST_YEAR)} to ${String(LAST_YEAR)}`,
    },
  );

/** Validates a calendar date `YYYY-MM-DD`, or each item of a list. Documented as `format: date` in OpenAPI. */
export const CalendarDate = ({ each = false }: Pick<ValidationOptions, 'each'> = {}): PropertyDecorator =>
  validateCalendarDate('calendarDate', each);

const COMPLETED: Record<string, [partial: RegExp, rest: string]> = {
  year: [/^\d{4}$/, '-01-01'],
  month: [/^\d{4}-\d{2}$/, '-01'],
};

/**
 * Validates a calendar date that may be partial (`1990`, `1990-05`). The argument names the property that holds the
 * precision.
 */
export const PartialDate = (precision: string): PropertyDecorator =>
  applyDecorators(
    Transform(({ value, obj }: { value: unknown; obj: Record<string, unknown> }) => {
      const [partial, rest] = COMPLETED[String(obj[precision])] ?? [];
      return typeof value === 'string' && partial?.test(value) ? `${value}${String(rest)}` : value;
    }),
    validateCalendarDate('partialDate'),
  );
