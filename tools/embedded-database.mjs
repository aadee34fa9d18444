/**
 * Real PostgreSQL without an installation, for development, the sandbox and tests (never for production). It has two
 * roles, as in production: `wardmote` owns the schema, `wardmote_service` owns nothing, so that row-level security
 * applies to the service.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { CannotStart, captureOutput, spawnHeld } from './lifeline.mjs';
import { canEnter, findPostgres, createReachableFolder, unprivilegedUser } from './postgres-binaries.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const host = '127.0.0.1';

/** Settings for temporary data: nothing is durable, and no plan changes because autovacuum analysed a table. */
const FOR_THROWAWAY_DATA = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '4GB',
  autovacuum: 'off',
};

const CREATE_DATABASE = 'CREATE DATABASE wardmote OWNER wardmote';

/**
 * @typedef {object} EmbeddedDatabase
 * @property {string} ownerUrl
 * @property {string} serviceUrl
 * @property {string} adminUrl
 * @property {string} dataDir where the data really is
 * @property {Promise<number>} ended resolves if PostgreSQL ends, asked or not
 * @property {() => Promise<void>} remake empties the database
 * @property {() => Promise<void>} stop
 *
 * @param {{ dataDir?: string, port?: number, durable?: boolean, onProgress?: (message: string) => void }} [options]
 * @returns {Promise<EmbeddedDatabase>}
 */
export async function startEmbeddedDatabase({ dataDir, port = 0, durable = true, onProgress = () => undefined } = {}) {
  const user = await unprivilegedUser();
  const home = await findDataFolder(dataDir ?? path.join(project, '.data/postgres'), user);
  const cluster = path.join(home, 'cluster');
  await refuseIfRunning(cluster);
  const { initdb, postgres } = await findPostgres(project, user);
  const secrets = await readOrCreatePasswords(home);

  if (!(await exists(path.join(cluster, 'PG_VERSION')))) {
    onProgress('creating a new database');
    await initialise(initdb, home, cluster, secrets, user);
  }
  const chosen = port || (await freePort());
  if (port && !(await isFree(port))) {
    throw new CannotStart(
      `Port ${port} of ${host} is taken, so the embedded database cannot use it. Choose another port or leave it out.`,
    );
  }
  const server = await serve(postgres, cluster, chosen, durable, user);
  const url = (/** @type {string} */ role, /** @type {string} */ password, database = 'wardmote') =>
    `postgres://${role}:${password}@${host}:${chosen}/${database}`;
  const adminUrl = url('postgres', secrets.superuser, 'postgres');
  try {
    await ensureRoles(adminUrl, secrets);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    adminUrl,
    ownerUrl: url('wardmote', secrets.owner),
    serviceUrl: url('wardmote_service', secrets.service),
    dataDir: home,
    ended: server.ended,
    remake: () => recreateDatabase(adminUrl),
    stop: async () => void (await server.stop()),
  };
}

/**
 * @param {string} wanted
 * @param {import('./postgres-binaries.mjs').RunAs} user
 */
async function findDataFolder(wanted, user) {
  const usable = async (/** @type {string} */ folder) => {
    await fs.mkdir(folder, { recursive: true });
    await fs.access(folder, fs.constants.W_OK);
    if (user.uid !== undefined && user.gid !== undefined) await fs.chown(folder, user.uid, user.gid);
    return canEnter(folder, user);
  };
  if (await usable(wanted).catch(() => false)) return wanted;
  // an empty folder would mislead a user who looks for the data
  await fs.rmdir(wanted).catch(() => undefined);
  const instead = path.join(await createReachableFolder(wanted), 'postgres');
  if (await usable(instead)) return instead;
  throw new CannotStart(
    `The embedded database has no usable folder for its data: neither ${wanted} nor ${instead}. Use DATABASE_URL.`,
  );
}

/**
 * Refuses to use the folder of a running server. The server is not stopped, because it may belong to another `npm
 * start`.
 * @param {string} cluster
 */
async function refuseIfRunning(cluster) {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const pid = Number((await fs.readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid || !isAlive(pid)) return;
  const command = await commandOf(pid);
  if (command === null || command.includes(cluster)) {
    throw new CannotStart(
      `The embedded database in ${cluster} is already running as process ${pid}: is another "npm start" open in this folder?\n` +
        `Stop that one first (or "kill -INT ${pid}" if it was left behind), or set DATABASE_URL to use another database.`,
    );
  }
  // after an unclean stop another program may have the same process id; PostgreSQL would mistake it for the earlier
  // server
  await fs.rm(pidFile);
}

/**
 * @param {number} pid
 * @returns {Promise<string | null>} null if unknown
 */
async function commandOf(pid) {
  try {
    return await fs.readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    const asked = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null);
    return asked && asked.stdout;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * @param {string} home
 * @returns {Promise<{ superuser: string, owner: string, service: string }>}
 */
async function readOrCreatePasswords(home) {
  const file = path.join(home, 'passwords.json');
  if (!(await exists(file))) {
    const make = () => randomBytes(24).toString('base64url');
    const unfinished = `${file}.${process.pid}`;
    await fs.writeFile(unfinished, JSON.stringify({ superuser: make(), owner: make(), service: make() }), {
      mode: 0o600,
    });
    await fs.rename(unfinished, file);
  }
  return JSON.parse(await fs.readFile(file, 'utf8'));
}

/**
 * Creates the cluster beside its final place, then moves it, so that an interrupted first start leaves no incomplete
 * database.
 * @param {string} initdb
 * @param {string} home
 * @param {string} cluster
 * @param {{ superuser: string }} secrets
 * @param {import('./postgres-binaries.mjs').RunAs} user
 */
async function initialise(initdb, home, cluster, secrets, user) {
  for (const left of await fs.readdir(home)) {
    const pid = /^new-(\d+)/.exec(left)?.[1];
    if (pid && !isAlive(Number(pid))) await fs.rm(path.join(home, left), { recursive: true, force: true });
  }
  const unfinished = path.join(home, `new-${process.pid}`);
  const passwordFile = `${unfinished}.password`;
  await fs.writeFile(passwordFile, secrets.superuser, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) await fs.chown(passwordFile, user.uid, user.gid);
  // builtin C.UTF-8 sorts text equally on every machine
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const auth = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`];
  const held = spawnHeld(initdb, [`--pgdata=${unfinished}`, ...auth, ...locale, '--no-sync', '--no-instructions'], {
    ...user,
    cwd: home,
    env: cleanEnvironment(),
  });
  const output = captureOutput(held.process);
  const code = await held.ended;
  await fs.rm(passwordFile, { force: true });
  if (code !== 0) {
    await fs.rm(unfinished, { recursive: true, force: true });
    throw new CannotStart(`PostgreSQL could not create its data folder in ${home}:\n${output()}`);
  }
  await fs.rename(unfinished, cluster);
}

/**
 * @param {string} postgres
 * @param {string} cluster
 * @param {number} port
 * @param {boolean} durable
 * @param {import('./postgres-binaries.mjs').RunAs} user
 */
async function serve(postgres, cluster, port, durable, user) {
  /** @type {Record<string, string | number>} */
  const settings = {
    listen_addresses: host,
    unix_socket_directories: '',
    port,
    password_encryption: 'scram-sha-256',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_destination: 'stderr',
    ...(durable ? {} : FOR_THROWAWAY_DATA),
  };
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];

  for (let attempt = 1; ; attempt += 1) {
    const held = spawnHeld(postgres, args, { ...user, signal: 'INT', cwd: cluster, env: cleanEnvironment() });
    const output = captureOutput(held.process);
    const ready = await Promise.race([
      held.ended.then(() => false),
      new Promise((resolve) => {
        held.process.stderr?.on('data', () => output().includes('ready to accept connections') && resolve(true));
      }),
    ]);
    if (ready) return held;
    // the last sessions of a server that was just killed still hold its shared memory
    if (attempt < 20 && /still in use|another server might be running/i.test(output())) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      continue;
    }
    throw new CannotStart(
      `The embedded database did not start on ${host}:${port} with the data in ${cluster}. PostgreSQL says:\n${output()}\n` +
        `If the data cannot be saved, remove ${path.dirname(cluster)} and start again (the sandbox is created again), or use DATABASE_URL.`,
    );
  }
}

/**
 * @param {string} adminUrl
 * @param {{ owner: string, service: string }} secrets
 */
async function ensureRoles(adminUrl, secrets) {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const roles = await admin.query(`SELECT rolname FROM pg_roles WHERE rolname IN ('wardmote', 'wardmote_service')`);
    const present = new Set(roles.rows.map((row) => row.rolname));
    for (const [role, password] of [
      ['wardmote', secrets.owner],
      ['wardmote_service', secrets.service],
    ]) {
      const verb = present.has(role) ? 'ALTER' : 'CREATE';
      const limits = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
      await admin.query(`${verb} ROLE ${role} ${limits} PASSWORD ${admin.escapeLiteral(String(password))}`);
    }
    const database = await admin.query(`SELECT 1 FROM pg_database WHERE datname = 'wardmote'`);
    if (database.rowCount === 0) await admin.query(CREATE_DATABASE);
  } finally {
    await admin.end();
  }
}

/** @param {string} adminUrl */
async function recreateDatabase(adminUrl) {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    // after an interruption between the two, the next start creates the database
    await admin.query('DROP DATABASE wardmote WITH (FORCE)');
    await admin.query(CREATE_DATABASE);
  } finally {
    await admin.end();
  }
}

/** Returns the environment without PG* variables, which would change how the programs behave. */
function cleanEnvironment() {
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))), LC_ALL: 'C' };
}

/** @param {string} file */
const exists = (file) =>
  fs.access(file).then(
    () => true,
    () => false,
  );

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, host, () => {
      const { port } = /** @type {net.AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/**
 * @param {number} port
 * @param {string} [at]
 * @returns {Promise<boolean>}
 */
export function isFree(port, at = host) {
  return new Promise((resolve) => {
    const probe = net.createServer().once('error', () => resolve(false));
    probe.listen(port, at, () => probe.close(() => resolve(true)));
  });
}
