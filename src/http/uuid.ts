import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID, type ValidationOptions } from 'class-validator';

const inLowerCase = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/**
 * Validates an identifier in a body or query, or each item of a list, and converts it to lower case. PostgreSQL prints
 * UUIDs in lower case, so that an identifier can be compared with that of a record. Documented as `format: uuid` in OpenAPI.
 */
export const Uuid = ({ each = false }: Pick<ValidationOptions, 'each'> = {}): PropertyDecorator =>
  applyDecorators(
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(inLowerCase) : inLowerCase(value))),
    IsUUID(undefined, { each }),
  );
