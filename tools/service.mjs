/**
 * Steps shared by `npm start`, `npm run dev` and `npm run migrate`: choice of the database, and running the service.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { isFree, startEmbeddedDatabase } from './embedded-database.mjs';
import { CannotStart, spawnHeld } from './lifeline.mjs';

const dist = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist');

export const host = process.env.HOST || '127.0.0.1';
export const port = Number(process.env.PORT || 3000);
/** Whether the sandbox runs. Default for the commands of the project: on. The service itself needs `SANDBOX=on`. */
export const sandbox = (process.env.SANDBOX || 'on') === 'on';
const callableHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
export const url = `http://${callableHost}:${port}`;

/**
 * Database with its URLs. `remake` and `dataDir` exist only for an embedded database; a database of DATABASE_URL is
 * never emptied.
 * @typedef {{ ownerUrl: string, serviceUrl: string, dataDir?: string, remake?: () => Promise<void> }} Database
 */

export async function refuseTakenPort() {
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new CannotStart(`PORT must be a number from 1 to 65535, not "${process.env.PORT}".`);
  if (!(await isFree(port, host))) {
    throw new CannotStart(
      `Port ${port} of ${host} is taken by another program. Stop it, or choose another: PORT=3100 npm start`,
    );
  }
}

/**
 * @param {import('./session.mjs').Session} session
 * @returns {Promise<Database>}
 */
export async function openDatabase(session) {
  const given = process.env.DATABASE_URL;
  if (given) return { serviceUrl: given, ownerUrl: process.env.MIGRATION_DATABASE_URL || given };
  if (!sandbox)
    throw new CannotStart(
      'The embedded database is only for the sandbox: set DATABASE_URL (and MIGRATION_DATABASE_URL).',
    );
  return session.phase('Starting the embedded database', async () => session.hold(await startEmbeddedDatabase()));
}

/**
 * @param {import('./session.mjs').Session} session
 * @param {Database} database
 */
export async function migrate(session, database) {
  if (database.remake && (await hasForeignMigrations(database))) {
    console.log(
      `The sandbox data in ${database.dataDir} was created by earlier migrations, which this version does not continue: ` +
        'it is removed and created again. Data entered by hand is lost.',
    );
    await session.phase('Removing the earlier sandbox data', database.remake);
  }
  await session.phase('Migrating', () => session.node([path.join(dist, 'migrate.js')], ownerEnvironment(database)));
}

/** @param {Database} database */
async function hasForeignMigrations({ ownerUrl }) {
  const { foreignMigrations } = await import(pathToFileURL(path.join(dist, 'migrations.js')).href);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const found = await foreignMigrations(async (/** @type {string} */ sql) => (await client.query(sql)).rows);
    return found.length > 0;
  } finally {
    await client.end();
  }
}

/**
 * @param {import('./session.mjs').Session} session
 * @param {Database} database
 */
export async function seed(session, database) {
  await session.phase('Filling the sandbox', () =>
    session.node([path.join(dist, 'sandbox/seed.js')], ownerEnvironment(database)),
  );
}

/**
 * Starts the service, without the password of the owner.
 * @param {import('./session.mjs').Session} session
 * @param {Database} database
 */
export function serve(session, { serviceUrl }) {
  const { MIGRATION_DATABASE_URL: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    DATABASE_URL: serviceUrl,
    HOST: host,
    PORT: String(port),
    SANDBOX: sandbox ? 'on' : 'off',
    // request logs would hide the welcome message
    LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
  };
  return session.hold(
    spawnHeld(
      process.execPath,
      ['--enable-source-maps', '--max-semi-space-size=64', path.join(dist, sandbox ? 'sandbox/main.js' : 'main.js')],
      {
        env,
        stdio: 'inherit',
      },
    ),
  );
}

/**
 * @param {import('./lifeline.mjs').Held} service
 * @param {number} [seconds]
 */
export async function waitUntilReady(service, seconds = 60) {
  const ended = service.ended.then((code) => {
    throw new CannotStart(`The service ended before it was ready (code ${code}).`);
  });
  const deadline = performance.now() + seconds * 1000;
  const answers = async () => {
    while (performance.now() < deadline) {
      const reply = await fetch(`${url}/health/ready`).catch(() => null);
      await reply?.body?.cancel();
      if (reply?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new CannotStart(`The service did not become ready within ${seconds} seconds.`);
  };
  await Promise.race([answers(), ended]);
}

/** @param {Database} database */
const ownerEnvironment = ({ ownerUrl, serviceUrl }) => ({
  ...process.env,
  DATABASE_URL: serviceUrl,
  MIGRATION_DATABASE_URL: ownerUrl,
  SANDBOX: sandbox ? 'on' : 'off',
});
