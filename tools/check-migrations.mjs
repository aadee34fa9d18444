/**
 * Checks of the migrations: they must create the tables that the entities describe, and must not lock a table for long.
 */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedDatabase } from './embedded-database.mjs';
import { CannotStart } from './lifeline.mjs';
import { run, tool } from './run.mjs';

const migrations = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'migrations');

/** Applies the migrations to an empty database. Returns the SQL that the entities need in addition. */
export async function missingSql() {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wardmote-check-'));
  await fs.chmod(folder, 0o755);
  try {
    const database = await startEmbeddedDatabase({ dataDir: path.join(folder, 'postgres'), durable: false });
    try {
      const env = { ...process.env, DATABASE_URL: database.serviceUrl, MIGRATION_DATABASE_URL: database.ownerUrl };
      await run(process.execPath, ['dist/migrate.js'], env);
      return await run(process.execPath, ['dist/migration-check.js'], env);
    } finally {
      await database.stop();
      await fs.rm(database.dataDir, { recursive: true, force: true });
    }
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

export async function checkEntitiesMatch() {
  const sql = await missingSql();
  if (sql) throw new CannotStart(`The migrations do not match the entities. Missing SQL:\n${sql}`);
}

export async function checkSql() {
  // grants.sql contains a parameter and changes no table
  const files = (await fs.readdir(migrations)).filter((file) => file.endsWith('.sql') && file !== 'grants.sql');
  if (!files.length) throw new CannotStart('there are no migrations');
  await tool('squawk --config .squawk.toml', ...files.map((file) => path.join(migrations, file)));
}
