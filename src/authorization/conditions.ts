/**
 * Condition language of row rules: a subset of the MongoDB query language, as used by CASL. Conditions refer to fields
 * and relations of a record:
 *
 *   { handling: 'C', acknowledgements: { $elemMatch: { practitionerId: me, voidedAt: null } } }
 *
 * A condition tree has two evaluations: in memory (`conditions-in-memory.ts`) and as SQL (`conditions-to-sql.ts`). Both are two-valued
 * and agree on nulls: a comparison with a missing value is false; `$ne` and `$nin` are the exact negations of `$eq` and
 * `$in`. An operator outside this subset is refused when a rule is built, never ignored (medplum: a criterion that
 * compiles to nothing widens a search).
 */
import { CompoundCondition, FieldCondition, type Condition } from '@ucast/mongo2js';

export type Where = Record<string, unknown>;

/** Placeholder for a value that is bound when the statement runs. Only the SQL evaluation supports placeholders. */
export class Parameter {
  constructor(readonly index: number) {}

  toJSON(): string {
    return '?';
  }
}

export type Row = Record<string, unknown>;

/** Returns a record as a row, whose properties are read by name. */
export const asRow = (record: object): Row => record as Row;

const COMPOUND: Record<string, string> = { $and: 'and', $or: 'or', $nor: 'nor' };
/**
 * List operators. `$overlaps`: the list field shares an element with the operand. `$within`: every element of the list
 * field is in the operand.
 */
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

/** Parses a condition. Throws on anything that is not supported by both evaluations. */
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
export const missing = (value: unknown): boolean => value === null || value === undefined;
