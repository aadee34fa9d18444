/** Migrations are what really makes the schema: do they make the one the entities describe, and could they lock a table? */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startEmbeddedDatabase } from './embedded-database.mjs';
import { CannotStart } from './lifeline.mjs';
import { run, tool } from './run.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export async function driftFromEntities() {
  await inTemporaryFolder(async (folder) => {
    const database = await startEmbeddedDatabase({ dataDir: path.join(folder, 'postgres'), durable: false });
    try {
      const env = { ...process.env, DATABASE_URL: database.serviceUrl, MIGRATION_DATABASE_URL: database.ownerUrl };
      await run(process.execPath, ['dist/migrate.js'], env);
      await run(process.execPath, ['dist/migration-check.js'], env);
    } finally {
      await database.stop();
      await fs.rm(database.dataDir, { recursive: true, force: true });
    }
  });
}

/** The SQL stands inside classes, so each migration is asked for it by running it against a listener. */
export async function dangerousSql() {
  const built = pathToFileURL(path.join(project, 'dist/migrations/migrations.js')).href;
  const { migrations } = /** @type {{ migrations: (new () => Migration)[] }} */ (await import(built));
  if (!migrations.length) throw new CannotStart('there are no migrations');
  await inTemporaryFolder(async (folder) => {
    const files = [];
    for (const Migration of migrations) {
      const file = path.join(folder, `${Migration.name}.sql`);
      await fs.writeFile(file, await sqlOf(new Migration()));
      files.push(file);
    }
    await tool('squawk --config .squawk.toml', ...files);
  });
}

/**
 * @typedef {{ up: (runner: object) => Promise<void> }} Migration
 * @param {Migration} migration
 */
async function sqlOf(migration) {
  let text = '';
  const query = async (/** @type {string} */ sql) => {
    text += `${sql.trim().replace(/;?$/, ';')}\n\n`;
    return [];
  };
  await migration.up({ query, connection: { query, options: {} } });
  return text;
}

/** @param {(folder: string) => Promise<void>} work */
async function inTemporaryFolder(work) {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wardmote-check-'));
  await fs.chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
