/** JSON Schema of response properties, read from the columns that hold their values. */
import { getMetadataArgsStorage } from 'typeorm';
import { columnsOf } from '../database/columns.js';
import type { RecordClass } from '../database/columns.js';
import type { JsonSchema } from './validation-schema.js';

const BY_TYPE: Record<string, JsonSchema> = {
  uuid: { type: 'string', format: 'uuid', maxLength: 36 },
  date: { type: 'string', format: 'date', maxLength: 10 },
  timestamptz: { type: 'string', format: 'date-time', maxLength: 30 },
  integer: { type: 'integer', format: 'int32' },
  bigint: { type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  smallint: { type: 'integer', format: 'int32' },
  text: { type: 'string' },
  boolean: { type: 'boolean' },
};

export interface ColumnSchema {
  schema: JsonSchema;
  isList: boolean;
  isNullable: boolean;
}

/** Returns the schema of each column of a record, by property. */
export function columnSchemas(record: RecordClass): Map<string, ColumnSchema> {
  const found = new Map<string, ColumnSchema>();
  const chain = classesOf(record);
  const declared = getMetadataArgsStorage().columns.filter(({ target }) => chain.includes(target));
  const checks = getMetadataArgsStorage()
    .checks.filter(({ target }) => chain.includes(target))
    .map(({ expression }) => expression);
  for (const [property, { name, type }] of columnsOf(record)) {
    const options = declared.find(({ propertyName }) => propertyName === property)?.options;
    // a transformer may present the value as another type
    const schema = options?.transformer && type !== 'bigint' ? {} : { ...BY_TYPE[type.replace('[]', '')] };
    const values = checks.map((check) => valuesOf(check, name.replaceAll('"', ''))).find((one) => one !== null);
    if (values) schema['enum'] = values;
    found.set(property, { schema, isList: type.endsWith('[]'), isNullable: options?.nullable === true });
  }
  return found;
}

/** Returns the values that a constraint made by `oneOf` allows, or null if it is of another kind. */
function valuesOf(check: string, column: string): string[] | null {
  const list = new RegExp(`^${column} IN \\(('[^']*'(?:, '[^']*')*)\\)$`).exec(check)?.[1];
  return list ? list.split(', ').map((one) => one.slice(1, -1)) : null;
}

function classesOf(type: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = type; typeof one === 'function' && one !== Function.prototype; one = Object.getPrototypeOf(one))
    chain.push(one);
  return chain;
}
