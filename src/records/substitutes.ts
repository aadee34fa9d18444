/**
 * Substitute values of columns whose stored value would reveal a hidden record (`revealing` of a subject): the reader is
 * shown the substitute, and writing the substitute changes nothing.
 */
import type { Row } from '../authorization/conditions.js';
import { shownInstead, subjectOf, type Subject } from '../authorization/subjects.js';
import type { RecordClass } from '../database/record-class.js';
import { revealingFlag } from './record-queries.js';

/** Returns rows with substitute values where the stored ones would reveal a hidden record to their reader. */
export const asShown = <T extends object>(type: RecordClass, rows: readonly T[]): T[] =>
  rows.map((row) => withSubstitutes(subjectOf(type), row as Row) as T);

/** Returns present or past values of the row, with substitutes for those that would reveal a hidden record. */
export function withSubstitutes(subject: Subject, row: Row, values: Row = row): Row {
  const instead = Object.entries(subject.revealing).filter(([column]) => reveals(subject, row, column, values[column]));
  return instead.length
    ? { ...values, ...Object.fromEntries(instead.map(([column, one]) => [column, shownInstead(one, values[column])])) }
    : values;
}

/** Returns whether the value of the column would reveal a hidden record to the reader of the row. */
export function reveals({ revealing }: Subject, row: Row, column: string, value: unknown): boolean {
  const flags = row[revealingFlag(column)] as boolean[] | undefined;
  return (
    revealing[column]?.hidden.some(
      ({ values }, index) => flags?.[index] === true && values.some((one) => one === value),
    ) ?? false
  );
}

/** Removes changes that write the substitute value shown to the actor. */
export function omitSubstitutedValues<T extends object>(subject: Subject, row: Row, changes: T): T {
  const isSubstitute = ([column, value]: [string, unknown]): boolean => {
    const one = subject.revealing[column];
    return one !== undefined && reveals(subject, row, column, row[column]) && value === shownInstead(one, row[column]);
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isSubstitute(change))) as T;
}
