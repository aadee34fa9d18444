/** Job queue in the database: schema of graphile-worker, its runner, and grants of the service's role on the schema. */
import { Logger as NestLogger } from '@nestjs/common';
import { Logger, run, runMigrations, type Runner, type TaskList } from 'graphile-worker';
import type pg from 'pg';
import { createSeparatePool } from '../database/data-source.js';

const SCHEMA = 'graphile_worker';
/** Connections that graphile-worker needs: LISTEN, job execution, cron. */
const CONNECTIONS = 3;

const log = new NestLogger('jobs');
const logger = new Logger(() => (level, message) => {
  if (level === 'error') log.error(message);
  else if (level === 'warning') log.warn(message);
});

function openPool(url: string): pg.Pool {
  const pool = createSeparatePool(url, 'jobs', CONNECTIONS);
  pool.on('connect', (client) => client.on('error', () => undefined)); // the pool reports lost connections
  return pool;
}

/**
 * Creates and migrates the tables of the queue as their owner. Row-level security of graphile-worker applies to the
 * service.
 */
export async function installQueue(ownerUrl: string): Promise<void> {
  const pgPool = openPool(ownerUrl);
  await runMigrations({ pgPool, schema: SCHEMA, logger });
  await pgPool.end();
}

/** Returns the statements that let the role of the service (quoted) add and run jobs. */
export const queueGrants = (role: string): string[] => [
  `GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role}`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${role}`,
  `REVOKE INSERT, UPDATE, DELETE ON ${SCHEMA}.migrations FROM ${role}`,
  `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${role}`,
  `DO $$ DECLARE one regclass; BEGIN
     FOR one IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = '${SCHEMA}'::regnamespace AND c.relrowsecurity
     LOOP EXECUTE format('DROP POLICY IF EXISTS service ON %s', one);
       EXECUTE format('CREATE POLICY service ON %s TO ${role} USING (true)', one); END LOOP; END $$`,
];

/** Starts the job runner. The returned function stops the runner after the current job. */
export async function startJobRunner(url: string, taskList: TaskList, crontab: string): Promise<() => Promise<void>> {
  const pgPool = openPool(url);
  const runner: Runner = await run({
    pgPool,
    schema: SCHEMA,
    taskList,
    crontab,
    concurrency: 1,
    noHandleSignals: true,
    logger,
  });
  return async () => {
    await runner.stop();
    await pgPool.end();
  };
}
