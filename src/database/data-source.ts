/** Data source options and naming strategy. Entities are listed by the areas that own them. */
import { createHash } from 'node:crypto';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import {
  DataSource,
  DefaultNamingStrategy,
  type DataSourceOptions,
  type NamingStrategyInterface,
  type Table,
} from 'typeorm';
import { config } from '../config.js';
import { snakeCase } from './columns.js';

const LONGEST_NAME = 63;

/**
 * Naming strategy: columns in snake case, keys and indexes named after table and columns. Such a name makes a
 * constraint violation readable.
 */
class SnakeCase extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? snakeCase(property);
  }
  override primaryKeyName(table: Table | string): string {
    return named(table, [], 'pkey');
  }
  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return named(table, columns, 'key');
  }
  override foreignKeyName(table: Table | string, columns: string[]): string {
    return named(table, columns, 'fkey');
  }
  override indexName(table: Table | string, columns: string[]): string {
    return named(table, columns, 'idx');
  }
}

function named(table: Table | string, columns: string[], suffix: string): string {
  const name = typeof table === 'string' ? table : table.name;
  const whole = [name.split('.').at(-1), ...columns, suffix].join('_');
  if (whole.length <= LONGEST_NAME) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, LONGEST_NAME - 9 - suffix.length - 1)}_${hash}_${suffix}`;
}

// DATE stays a string: a JavaScript `Date` would add a time and a time zone.
pg.types.setTypeParser(pg.types.builtins.DATE, String);
// INT8 is parsed as a number: every 64-bit count in this database stays far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const SETTINGS =
  '-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=5000 -c jit=off -c plan_cache_mode=force_generic_plan';

/**
 * Default isolation level, for reads. One snapshot covers the security context, the authorization version and the rows.
 * A transaction that writes begins with another isolation level.
 */
const DEFAULT_ISOLATION = ' -c default_transaction_isolation=repeatable\\ read';

const log = new Logger('database');

/**
 * Builds the data source options. `maintenance` gives the table owner access, because row-level security applies to the
 * owner too.
 */
export function databaseOptions(
  url: string,
  entities: DataSourceOptions['entities'],
  {
    migrations = [],
    maintenance = false,
  }: { migrations?: DataSourceOptions['migrations']; maintenance?: boolean } = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTableName: 'migrations',
    namingStrategy: new SnakeCase(),
    poolSize: config.databasePool,
    applicationName: 'wardmote',
    synchronize: false,
    logging: false,
    extra: {
      // pipelining: statements are sent without waiting for earlier results
      pipeline: true,
      options: SETTINGS + (maintenance ? ' -c app.maintenance=on' : DEFAULT_ISOLATION),
    },
  };
}

/**
 * Creates a small separate pool for statements that run while a unit of work holds a connection. Requesting a second
 * connection from the main pool could deadlock: each request would hold one connection and wait for one that another
 * request holds.
 */
export function createSeparatePool(connectionString: string, name: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    pipeline: true,
    application_name: `wardmote ${name}`,
    options: SETTINGS,
    allowExitOnIdle: true,
  });
  pool.on('error', (error) => {
    log.warn({ name, code: (error as { code?: string }).code }, 'a connection was lost');
  });
  return pool;
}

export const openDatabase = (options: DataSourceOptions): Promise<DataSource> => new DataSource(options).initialize();
