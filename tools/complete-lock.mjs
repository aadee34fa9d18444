/**
 * Completes package-lock.json with optional packages of other platforms. npm omits them if the registry did not offer
 * them, and `npm ci` then refuses the file ("Missing: … from lock file"). The entries are known nevertheless: parents
 * pin the exact version, and names contain the platform. Run after `npm install`; `npm run check` verifies the file.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotStart } from './lifeline.mjs';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} Entry */

const file = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'package-lock.json');

export async function lockIsComplete() {
  const { missing } = await read();
  if (missing.length) {
    const names = missing.map(([name]) => name).join(', ');
    throw new CannotStart(`package-lock.json lacks entries that npm ci requires: ${names}\nRun: npm run lock`);
  }
}

async function complete() {
  const { lock, missing } = await read();
  const inOrder = Object.entries(lock.packages);
  for (const [name, entry] of missing) inOrder.push([`node_modules/${name}`, entry]);
  inOrder.sort(([a], [b]) => a.localeCompare(b, 'en'));
  await fs.writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(inOrder) }, null, 2)}\n`);
  console.log(`${missing.length} entries added to package-lock.json`);
}

async function read() {
  /** @type {{ packages: Record<string, Entry> }} */
  const lock = JSON.parse(await fs.readFile(file, 'utf8'));
  /** @type {[string, object][]} */
  const missing = [];
  for (const [at, parent] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version) || findFrom(lock.packages, at, name)) continue;
      const platform = platformOf(name);
      if (platform)
        missing.push([name, { version, ...(parent.dev ? { dev: true } : {}), optional: true, ...platform }]);
    }
  }
  return { lock, missing };
}

/**
 * Looks up a package as Node does: beside its parent, then further up.
 * @param {Record<string, Entry>} packages
 * @param {string} from
 * @param {string} name
 */
function findFrom(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(at.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (!at) return false;
  }
}

/** @param {string} name */
function platformOf(name) {
  const os = /\b(darwin|linux|win32|android|freebsd|openharmony)\b/.exec(name)?.[1];
  const cpu = /\b(x64|arm64|arm|ia32|ppc64|s390x|riscv64|loong64)\b/.exec(name)?.[1];
  const libc = /\b(gnu|musl)/.exec(name)?.[1];
  if (!os || !cpu) return null;
  return { os: [os], cpu: [cpu], ...(os === 'linux' && libc ? { libc: [libc === 'gnu' ? 'glibc' : 'musl'] } : {}) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await complete();
