/** Evaluation of conditions in memory; `conditions-to-sql.ts` is its counterpart. */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';
import { type Row, missing } from './conditions.js';

const comparable = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);

function same(a: unknown, b: unknown): boolean {
  return missing(a) || missing(b) ? missing(a) && missing(b) : comparable(a) === comparable(b);
}

function ordered(a: unknown, b: unknown, test: (x: number) => boolean): boolean {
  if (missing(a) || missing(b)) return false;
  const [x, y] = [comparable(a), comparable(b)] as [number | string, number | string];
  return test(x === y ? 0 : x < y ? -1 : 1);
}

/**
 * Returns whether the row meets the condition. A relation is read from the row as one related row, a list of rows, or
 * null.
 */
export function conditionHolds(condition: Condition, row: Row): boolean {
  if (condition instanceof CompoundCondition) {
    const parts = condition.value as Condition[];
    if (condition.operator === 'and') return parts.every((part) => conditionHolds(part, row));
    if (condition.operator === 'or') return parts.some((part) => conditionHolds(part, row));
    if (condition.operator === 'nor') return !parts.some((part) => conditionHolds(part, row));
  }
  if (condition instanceof FieldCondition) {
    const actual = row[condition.field];
    const expected: unknown = condition.value;
    switch (condition.operator) {
      case 'eq':
        return same(actual, expected);
      case 'ne':
        return !same(actual, expected);
      case 'in':
        return !missing(actual) && (expected as unknown[]).some((one) => same(actual, one));
      case 'nin':
        return missing(actual) || !(expected as unknown[]).some((one) => same(actual, one));
      case 'overlaps':
        return Array.isArray(actual) && actual.some((each) => (expected as unknown[]).some((one) => same(each, one)));
      case 'within':
        return Array.isArray(actual) && actual.every((each) => (expected as unknown[]).some((one) => same(each, one)));
      case 'lt':
        return ordered(actual, expected, (x) => x < 0);
      case 'lte':
        return ordered(actual, expected, (x) => x <= 0);
      case 'gt':
        return ordered(actual, expected, (x) => x > 0);
      case 'gte':
        return ordered(actual, expected, (x) => x >= 0);
      case 'exists':
        return missing(actual) !== expected;
      case 'elemMatch': {
        const related = missing(actual) ? [] : Array.isArray(actual) ? actual : [actual];
        return related.some((one) => conditionHolds(expected as Condition, one as Row));
      }
    }
  }
  throw new Error(`the policy does not know the operator ${condition.operator}`);
}
