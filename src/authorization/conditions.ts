/**
 * The language of row rules: a small part of the MongoDB query language, as CASL speaks it, over the fields and
 * relations of a record:
 *
 *   { handling: 'C', acknowledgements: { $elemMatch: { practitionerId: me, voidedAt: null } } }
 *
 * One tree, two readings. Here is the reading in memory; `sql.ts` is the other. Both are two-valued and agree on nulls:
 * a comparison with a missing value is false, `$ne` and `$nin` are its exact opposites. Operators outside this list are
 * refused when a rule is built, never ignored (medplum: a criterion that compiles to nothing widens a search).
 */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';
import type { ConditionsMatcher } from '@casl/ability';

export type Where = Record<string, unknown>;

/** Stands for a value that is filled in when the question is put; known to the SQL reading alone. */
export class Parameter {
  constructor(readonly index: number) {}

  toJSON(): string {
    return '?';
  }
}

export type Row = Record<string, unknown>;

const COMPOUND: Record<string, string> = { $and: 'and', $or: 'or', $nor: 'nor' };
/** `$overlaps`: the field is a list and shares a value with this one. `$within`: it is a list and all of its values are in this one. */
const LISTS: Record<string, string> = { $in: 'in', $nin: 'nin', $overlaps: 'overlaps', $within: 'within' };
const SCALARS: Record<string, string> = {
  $eq: 'eq',
  $ne: 'ne',
  $lt: 'lt',
  $lte: 'lte',
  $gt: 'gt',
  $gte: 'gte',
  $exists: 'exists',
};

const isPlain = (value: unknown): value is Where =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Parameter);

/** The tree of a condition; throws on whatever the two readings do not both know. */
export function parseCondition(where: Where): Condition {
  const parts = Object.entries(where).flatMap(([key, value]): Condition[] => {
    const compound = COMPOUND[key];
    if (compound) return [new CompoundCondition(compound, (value as Where[]).map(parseCondition))];
    if (key.startsWith('$')) throw new Error(`the policy does not know the operator ${key}`);
    return isPlain(value)
      ? Object.entries(value).map(([op, one]) => parseField(key, op, one))
      : [parseField(key, '$eq', value)];
  });
  return parts.length === 1 ? (parts[0] as Condition) : new CompoundCondition('and', parts);
}

function parseField(field: string, operator: string, value: unknown): Condition {
  if (operator === '$elemMatch') return new FieldCondition('elemMatch', field, parseCondition(value as Where));
  if (value === undefined) throw new Error(`the policy compares ${field} with nothing`);
  const list = LISTS[operator];
  if (list) {
    if (!(value instanceof Parameter) && (!Array.isArray(value) || value.some(missing)))
      throw new Error(`${operator} of ${field} needs a list without nulls`);
    return new FieldCondition(list, field, value);
  }
  const scalar = SCALARS[operator];
  if (!scalar || isPlain(value) || Array.isArray(value))
    throw new Error(`the policy does not know the operator ${operator} of ${field}`);
  return new FieldCondition(scalar, field, value);
}

const comparable = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
const missing = (value: unknown): boolean => value === null || value === undefined;

function same(a: unknown, b: unknown): boolean {
  return missing(a) || missing(b) ? missing(a) && missing(b) : comparable(a) === comparable(b);
}

function ordered(a: unknown, b: unknown, test: (x: number) => boolean): boolean {
  if (missing(a) || missing(b)) return false;
  const [x, y] = [comparable(a), comparable(b)] as [number | string, number | string];
  return test(x === y ? 0 : x < y ? -1 : 1);
}

/** Does the row satisfy the condition? Relations are read from the row as one related row, a list of them, or null. */
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

/** Tells CASL how to read our conditions; the tree stays available to the SQL reading as `rule.ast`. */
export const conditionsMatcher: ConditionsMatcher<Where> = (where) => {
  const ast = parseCondition(where);
  const matches = (row: Row): boolean => conditionHolds(ast, row);
  return Object.assign(matches, { ast });
};
