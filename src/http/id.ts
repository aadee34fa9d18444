import { Param, type PipeTransform } from '@nestjs/common';
import { invalid } from './problems.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Validates a UUID in the path. A malformed identifier is a client error (400); unknown and hidden identifiers both
 * give 404.
 */
class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!UUID.test(value)) throw invalid('An identifier in the address is not a UUID. Use the `id` of a record.');
    return value.toLowerCase();
  }
}

/** Injects the identifier in the path. */
export const Id = (name = 'id'): ParameterDecorator => Param(name, new UuidPipe());
