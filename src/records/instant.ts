import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsDate, MaxDate, MinDate } from 'class-validator';

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/;

/** A moment in a request. Without an offset it would be an hour wrong for half of the year, so it needs one. */
export const Instant = (): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && WITH_OFFSET.test(value) ? new Date(value) : value,
    ),
    IsDate({ message: '$property must be a date-time with an offset, e.g. 2026-05-06T10:00:00+01:00' }),
    MinDate(new Date('2000-01-01'), { message: '$property must not lie before 2000' }),
    MaxDate(new Date('2100-01-01'), { message: '$property must not lie after 2099' }),
  );
