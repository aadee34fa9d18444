/**
 * Compiles conditions to SQL, with the same results as `conditionHolds` in `conditions.ts`. The tests `sql-is-memory-*`
 * compare both evaluations over generated data.
 *
 * Fields and relations come from the subject's declaration, every value is a parameter, and an unknown operator throws.
 * The SQL text depends only on the shape of the condition, never on its values, so that it can be a prepared statement.
 */
import { type Condition, CompoundCondition, FieldCondition } from '@ucast/mongo2js';
import { Parameter } from './conditions.js';
import { columnOf, tableOf, type RecordClass } from '../database/columns.js';
import { relationOf, subjectOf } from './subjects.js';
import type { Relation } from './subject.types.js';

/** Collects the parameter values of one statement. */
export class Parameters {
  readonly values: unknown[] = [];
  private readonly slots = new Map<Parameter, number>();
  add(value: unknown, type: string): string {
    const known = value instanceof Parameter ? this.slots.get(value) : undefined;
    const place = known ?? this.values.push(value);
    if (value instanceof Parameter) this.slots.set(value, place);
    return `$${String(place)}::${type}`;
  }
  private aliases = 0;
  alias(): string {
    return `r${String(++this.aliases)}`;
  }
}

const COMPARISONS: Record<string, string> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/**
 * Compiles a condition on rows of `type` under `alias` to a boolean SQL expression. NULL counts as false. `valueOf`
 * returns the expression for a column that must not be compared directly.
 */
export function toSql(
  condition: Condition,
  type: RecordClass,
  alias: string,
  parameters: Parameters,
  valueOf: (field: string) => string | undefined = () => undefined,
): string {
  if (condition instanceof CompoundCondition) {
    const parts = (condition.value as Condition[]).map((part) => toSql(part, type, alias, parameters, valueOf));
    if (condition.operator === 'and') return parts.length ? `(${parts.join(' AND ')})` : 'TRUE';
    if (condition.operator === 'or') return parts.length ? `(${parts.join(' OR ')})` : 'FALSE';
    if (condition.operator === 'nor') return parts.length ? `(${parts.join(' OR ')}) IS NOT TRUE` : 'TRUE';
  }
  if (condition instanceof FieldCondition) {
    if (condition.operator === 'elemMatch') {
      const relation = relationOf(subjectOf(type), condition.field);
      return relatedSql(relation, type, alias, parameters, condition.value as Condition);
    }
    const column = columnOf(type, condition.field);
    const field = valueOf(condition.field) ?? `${alias}.${column.name}`;
    const value: unknown = condition.value;
    const comparison = COMPARISONS[condition.operator];
    if (comparison) return `${field} ${comparison} ${parameters.add(value, column.type)}`;
    switch (condition.operator) {
      case 'eq':
        return value === null ? `${field} IS NULL` : `${field} = ${parameters.add(value, column.type)}`;
      case 'ne':
        return value === null
          ? `${field} IS NOT NULL`
          : `${field} IS DISTINCT FROM ${parameters.add(value, column.type)}`;
      case 'in':
        return `${field} = ANY(${parameters.add(value, `${column.type}[]`)})`;
      case 'nin':
        return `(${field} = ANY(${parameters.add(value, `${column.type}[]`)})) IS NOT TRUE`;
      case 'overlaps':
        return `${field} && ${parameters.add(value, column.type)}`;
      case 'within':
        return `${field} <@ ${parameters.add(value, column.type)}`;
      case 'exists':
        return value ? `${field} IS NOT NULL` : `${field} IS NULL`;
    }
  }
  throw new Error(`the policy does not know the operator ${condition.operator}`);
}

/** Builds `EXISTS` over the related rows that meet the condition. */
function relatedSql(
  relation: Relation,
  type: RecordClass,
  alias: string,
  parameters: Parameters,
  inner: Condition,
): string {
  const related = parameters.alias();
  const join = joinSql(relation, type, alias, related);
  return `EXISTS (SELECT 1 FROM ${tableOf(relation.to)} ${related} WHERE ${join} AND ${toSql(inner, relation.to, related, parameters)})`;
}

/** Builds the join condition between rows of `type` under `alias` and related rows under `related`. */
export const joinSql = (
  { to, local, foreign, also = {} }: Relation,
  type: RecordClass,
  alias: string,
  related: string,
) =>
  [[local, foreign] as const, ...Object.entries(also)]
    .map(([own, theirs]) => {
      const column = columnOf(type, own);
      const value = `${alias}.${column.name}`;
      return `${related}.${columnOf(to, theirs).name} = ${column.type.endsWith('[]') ? `ANY(${value})` : value}`;
    })
    .join(' AND ');
