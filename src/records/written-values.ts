/** Comparison of the values that a request writes with those that its author is shown. */
import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../authorization/conditions.js';
import { notWritable } from '../http/problems.js';
import { reveals } from './row-masks.js';
import { shownInstead } from '../authorization/subjects.js';
import type { Subject } from '../authorization/subject.types.js';
import type { FieldMask } from './field-mask.js';

/**
 * Refuses to write withheld fields, with the same response as for read-only fields. Status and message do not depend on
 * the stored value.
 */
export function refuseWithheld(writes: object, { withheld }: FieldMask): void {
  const refusedFields = Object.keys(writes).filter((field) => withheld.includes(field));
  if (refusedFields.length) throw notWritable(refusedFields);
}

/** Returns whether the reader is shown all written fields with the values to be written. */
export const changesNothing = (writes: object, row: Row, { shown }: FieldMask): boolean =>
  Object.entries(writes).every(
    ([field, value]) => value === undefined || (shown.includes(field) && isSame(value, row[field])),
  );

/** Returns whether two values are equal as JSON; the order of keys is ignored. */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(inJson(one), inJson(other));

const inJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Removes changes that write the substitute value shown to the actor. */
export function omitSubstitutedValues<T extends object>(subject: Subject, row: Row, changes: T): T {
  const isSubstitute = ([column, value]: [string, unknown]): boolean => {
    const one = subject.revealing[column];
    return one !== undefined && reveals(subject, row, column, row[column]) && value === shownInstead(one, row[column]);
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isSubstitute(change))) as T;
}
