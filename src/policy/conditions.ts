/**
 * The language of row rules: a small part of the MongoDB query language, as CASL speaks it, over the fields and
 * relations of a record:
 *
 *   { panelId: { $in: [...] }, grants: { $elemMatch: { practitionerId: me, expiresAt: { $gt: now } } } }
 *
 * One tree, two readings. Here is the reading in memory; `sql.ts` is the other. Both are two-valued and agree on nulls:
 * a comparison with a missing value is false, `$ne` and `$nin` are its exact opposites. Operators outside this list are
 * refused when a rule is built, never ignored (medplum: a criterion that compiles to nothing widens a search).
 */
import type { Condition } from '@ucast/mongo2js';
import { CompoundCondition, FieldCondition, MongoQueryParser, allParsingInstructions as all } from '@ucast/mongo2js';
import type { ConditionsMatcher } from '@casl/ability';

export type Where = Record<string, unknown>;
export type Row = Record<string, unknown>;

const parser = new MongoQueryParser({
  $eq: all.$eq,
  $ne: all.$ne,
  $in: all.$in,
  $nin: all.$nin,
  $lt: all.$lt,
  $lte: all.$lte,
  $gt: all.$gt,
  $gte: all.$gte,
  $exists: all.$exists,
  $elemMatch: all.$elemMatch,
  $and: all.$and,
  $or: all.$or,
  $nor: all.$nor,
});

export const parse = (where: Where): Condition => parser.parse(where);

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
export function holds(condition: Condition, row: Row): boolean {
  if (condition instanceof CompoundCondition) {
    const parts = condition.value as Condition[];
    if (condition.operator === 'and') return parts.every((part) => holds(part, row));
    if (condition.operator === 'or') return parts.some((part) => holds(part, row));
    if (condition.operator === 'nor') return !parts.some((part) => holds(part, row));
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
        return related.some((one) => holds(expected as Condition, one as Row));
      }
    }
  }
  throw new Error(`the policy does not know the operator ${condition.operator}`);
}

/** Tells CASL how to read our conditions; the tree stays available to the SQL reading as `rule.ast`. */
export const conditionsMatcher: ConditionsMatcher<Where> = (where) => {
  const ast = parse(where);
  const matches = (row: Row): boolean => holds(ast, row);
  return Object.assign(matches, { ast });
};
