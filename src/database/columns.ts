/**
 * Maps record properties to tables and columns, read from the entity declarations. Acts as an allow list: no other
 * field name reaches SQL.
 */
import { getMetadataArgsStorage, type ColumnOptions } from 'typeorm';

export interface SqlColumn {
  /** Quoted column name. */
  name: string;
  /** PostgreSQL type, for casting parameters. */
  type: string;
}

export const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

const TYPES: Record<string, string> = { Number: 'integer', String: 'text', Boolean: 'boolean', Date: 'timestamptz' };
const columns = new WeakMap<RecordClass, Map<string, SqlColumn>>();

function toSqlColumn(property: string, { type, name, array }: ColumnOptions): SqlColumn {
  const declared = typeof type === 'function' ? (type as { name: string }).name : type;
  const base = TYPES[declared as string] ?? declared ?? 'text';
  return { name: `"${name ?? snakeCase(property)}"`, type: array ? `${base}[]` : base };
}

export function columnsOf(type: RecordClass): Map<string, SqlColumn> {
  let known = columns.get(type);
  if (!known) {
    const isOwnOrInherited = (target: unknown): boolean =>
      target === type || (typeof target === 'function' && type.prototype instanceof target);
    known = new Map(
      getMetadataArgsStorage()
        .columns.filter(({ target }) => isOwnOrInherited(target))
        .map(({ propertyName, options }) => [propertyName, toSqlColumn(propertyName, options)]),
    );
    columns.set(type, known);
  }
  return known;
}

export function columnOf(type: RecordClass, property: string): SqlColumn {
  const column = columnsOf(type).get(property);
  if (!column) throw new Error(`${type.name} has no column ${property}`);
  return column;
}

export function tableOf(type: RecordClass): string {
  const table = getMetadataArgsStorage().tables.find((one) => one.target === type);
  if (!table?.name) throw new Error(`${type.name} has no table of its own`);
  return `"${table.name}"`;
}

/**
 * Class of a TypeORM entity; abstract classes are accepted. An entity that the policy knows names its actions `A` by
 * `declare static readonly actions`, so that another action does not compile.
 */
export type RecordClass<T extends object = object, A extends string = string> = (abstract new () => T) & {
  readonly actions?: A;
};

/** Actions of an entity class, e.g. `ActionOf<typeof Case>`. */
export type ActionOf<C extends RecordClass> = NonNullable<C['actions']>;

/**
 * Builds a CHECK expression that limits a column to fixed values. Worded as in the database, so that entity and schema
 * match.
 */
export const oneOf = (column: string, words: readonly string[]): string =>
  `${column} IN (${words.map((word) => `'${word}'`).join(', ')})`;
