/**
 * Maps record properties to tables and columns, read from the entity declarations. Acts as an allow list: no other
 * field name reaches SQL.
 */
import { getMetadataArgsStorage } from 'typeorm';
import type { RecordClass } from './record-class.js';

export interface SqlColumn {
  /** Quoted column name. */
  name: string;
  /** PostgreSQL type, for casting parameters. */
  type: string;
}

export const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

const TYPES: Record<string, string> = { Number: 'integer', String: 'text', Boolean: 'boolean', Date: 'timestamptz' };
const columns = new WeakMap<RecordClass, Map<string, SqlColumn>>();

function inheritance(type: RecordClass): unknown[] {
  const chain: unknown[] = [];
  for (
    let one: unknown = type;
    typeof one === 'function' && one !== Function.prototype;
    one = Object.getPrototypeOf(one)
  )
    chain.push(one);
  return chain;
}

export function columnsOf(type: RecordClass): Map<string, SqlColumn> {
  let known = columns.get(type);
  if (!known) {
    const chain = inheritance(type);
    known = new Map(
      getMetadataArgsStorage()
        .columns.filter((column) => chain.includes(column.target))
        .map(({ propertyName, options }) => {
          const declared = typeof options.type === 'function' ? (options.type as { name: string }).name : options.type;
          const base = TYPES[declared as string] ?? declared ?? 'text';
          return [
            propertyName,
            { name: `"${options.name ?? snakeCase(propertyName)}"`, type: options.array ? `${base}[]` : base },
          ];
        }),
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
