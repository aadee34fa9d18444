/**
 * Runs `nest build` with two additions. It removes outputs whose source was deleted (a deleted migration would still
 * run), and skips the build, which takes seconds, if nothing changed. `npm run build` builds what production needs;
 * development and tests build the sandbox as well (`--sandbox`).
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { CannotStart } from './lifeline.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(project, 'dist');
const stamp = path.join(dist, '.built');
const WITH_SANDBOX = 'tsconfig.json';
const PRODUCTION = 'tsconfig.production.json';

/** @returns {Promise<boolean>} whether there was something to build */
export async function buildIfNeeded() {
  const built = (await builtBy()) === WITH_SANDBOX ? (await fs.stat(stamp)).mtimeMs : 0;
  const inputs = [
    ...(await filesOf('src')),
    ...['tsconfig.json', 'nest-cli.json', 'package-lock.json'].map((name) => path.join(project, name)),
  ];
  const times = await Promise.all(inputs.map(async (file) => (await fs.stat(file).catch(() => null))?.mtimeMs ?? 0));
  if (built > Math.max(...times) && !(await findOrphanedOutputs()).length) return false;
  await build();
  return true;
}

async function build(configuration = WITH_SANDBOX) {
  const began = new Date();
  for (const file of await findOrphanedOutputs(configuration)) await fs.rm(file);
  // with outputs missing, the incremental state of the compiler is wrong
  if ((await builtBy()) !== configuration) await fs.rm(path.join(dist, '.tsbuildinfo'), { force: true });
  await fs.rm(stamp, { force: true });
  const nest = path.join(project, 'node_modules/@nestjs/cli/bin/nest.js');
  const child = spawn(process.execPath, [nest, 'build', '--path', configuration], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (output += part));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new CannotStart(`The build failed:\n${stripVTControlCharacters(output).trim()}`);
  await fs.writeFile(stamp, configuration);
  await fs.utimes(stamp, began, began);
}

/** Returns the configuration of the last complete build, or an empty string. */
const builtBy = () => fs.readFile(stamp, 'utf8').catch(() => '');

/** Returns the files in dist without a source in the build. */
async function findOrphanedOutputs(configuration = WITH_SANDBOX) {
  const sources = new Set(
    (await filesOf('src'))
      .map((file) => path.relative(path.join(project, 'src'), file).replace(/\.ts$/, ''))
      .filter((name) => configuration === WITH_SANDBOX || !name.startsWith('sandbox/')),
  );
  const outputs = (await filesOf('dist')).filter((file) => /\.js(\.map)?$/.test(file));
  return outputs.filter((file) => !sources.has(path.relative(dist, file).replace(/\.js(\.map)?$/, '')));
}

/** @param {string} folder */
async function filesOf(folder) {
  const entries = await fs
    .readdir(path.join(project, folder), { recursive: true, withFileTypes: true })
    .catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build(process.argv.includes('--sandbox') ? WITH_SANDBOX : PRODUCTION).catch((error) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exitCode = 1;
  });
}
