import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, MaxDate, MinDate } from 'class-validator';
import { isCalendarDate } from './calendar-date.js';

const WITH_OFFSET =
  /^(?<day>\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/**
 * Parses a date-time with an offset; returns undefined if invalid. `Date` alone accepts 29 February in any year and
 * returns 1 March.
 */
export function instantOf(text: string): Date | undefined {
  const { day } = WITH_OFFSET.exec(text)?.groups ?? {};
  return isCalendarDate(day) ? new Date(text) : undefined;
}

/** Validates a date-time with an offset. Without an offset, the time would be an hour wrong for half of the year. */
export const Instant = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (instantOf(value) ?? value) : value)),
    IsDate({ message: '$property must be a date-time with an offset, e.g. 2026-05-06T10:00:00+01:00' }),
    MinDate(new Date('2000-01-01'), { message: '$property must not lie before 2000' }),
    MaxDate(new Date('2100-01-01'), { message: '$property must not lie after 2099' }),
  );
