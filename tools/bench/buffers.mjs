/** Shared buffers that statements of the service hit or read, by the extension pg_stat_statements. */
import pg from 'pg';
import { startEmbeddedDatabase } from '../embedded-database.mjs';

/**
 * Starts a database that counts buffers. PostgreSQL loads the extension at its start, so it starts twice.
 * @param {string} dataDir
 */
export async function startCountingDatabase(dataDir) {
  const first = await startEmbeddedDatabase({ dataDir });
  await withClient(first.adminUrl, (client) =>
    client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`),
  );
  await first.stop();
  return startEmbeddedDatabase({ dataDir });
}

/**
 * Counts the buffers of the service while `work` runs.
 * @param {string} databaseUrl as the superuser, in the database of the service
 * @param {() => Promise<void>} work
 */
export const buffersOf = (databaseUrl, work) =>
  withClient(databaseUrl, async (client) => {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    await client.query('SELECT pg_stat_statements_reset()');
    await work();
    const { rows } = await client.query(
      `SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int AS buffers FROM pg_stat_statements
       WHERE userid = 'wardmote_service'::regrole`,
    );
    return /** @type {number} */ (rows[0].buffers);
  });

/**
 * @template T
 * @param {string} connectionString
 * @param {(client: pg.Client) => Promise<T>} does
 */
async function withClient(connectionString, does) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await does(client);
  } finally {
    await client.end();
  }
}
