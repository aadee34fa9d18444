/** Migrations are what really makes the schema: do they make the one the entities describe, and could they lock a table? */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startEmbeddedDatabase } from './embedded-database.mjs';
import { CannotStart } from './lifeline.mjs';

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
  await inTemporaryFolder(async (folder) => {
    const built = path.join(project, 'dist/migrations');
    const names = (await fs.readdir(built).catch(() => [])).filter((name) => name.endsWith('.js')).sort();
    if (!names.length) throw new CannotStart('there are no migrations in dist/migrations');
    const written = [];
    for (const name of names) {
      const module = /** @type {Record<string, unknown>} */ (await import(pathToFileURL(path.join(built, name)).href));
      for (const Migration of Object.values(module)) {
        if (typeof Migration !== 'function' || typeof Migration.prototype?.up !== 'function') continue;
        /** @type {string[]} */
        const statements = [];
        const listener = {
          connection: { options: {} },
          query: async (/** @type {string} */ sql) => {
            statements.push(sql.trim().replace(/;?$/, ';'));
            return [];
          },
        };
        await Reflect.construct(Migration, []).up(listener);
        const file = path.join(folder, name.replace(/\.js$/, '.sql'));
        await fs.writeFile(file, `${statements.join('\n\n')}\n`);
        written.push(file);
      }
    }
    await run(
      path.join(project, 'node_modules/.bin/squawk'),
      ['--config', path.join(project, '.squawk.toml'), ...written],
      process.env,
    );
  });
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

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
function run(command, args, env) {
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      { env: { ...env, NO_COLOR: '1' }, cwd: project, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new CannotStart(`${path.basename(command)} ${args[0]}:\n${stdout}${stderr}`));
        else resolve();
      },
    );
  });
}
