/** Checks that no other tool makes: file names that attract unrelated code, and traces of one person's machine. */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CannotStart } from './lifeline.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const skipped = new Set(['node_modules', 'dist', '.git', '.data', 'coverage']);

export async function checkFileNames() {
  const stray = (await files('.')).filter(
    (file) => /(^|\/)(common|shared|utils?|helpers?)(\/|\.[^/]*$)/.test(file) || /^src\/.*\bindex\.ts$/.test(file),
  );
  if (stray.length) throw new CannotStart(`Name these files by their subject:\n${stray.join('\n')}`);
}

export async function checkMachineTraces() {
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry']).catch(() => ({ stdout: '' }));
  const registry = URL.canParse(stdout.trim()) ? new URL(stdout.trim()).hostname : '';
  const own = [
    project,
    os.homedir(),
    os.hostname().length > 5 && os.hostname() !== 'localhost' ? os.hostname() : '',
    registry,
  ];
  const forbidden = own
    .filter((text) => text && text !== '/' && !/^(registry\.npmjs\.org|localhost|127\.0\.0\.1)$/.test(text))
    .map((text) => new RegExp(`(?<![\\w.-])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`));
  forbidden.push(/"resolved": "https?:\/\/(?!registry\.npmjs\.org\/)/, /\b(co-authored|generated)[- ](by|with):? /i);

  /** @type {string[]} */
  const found = [];
  for (const file of await files('.')) {
    const text = await fs.readFile(path.join(project, file), 'utf8');
    text.split('\n').forEach((line, index) => {
      if (forbidden.some((pattern) => pattern.test(line)))
        found.push(`${file}:${index + 1}: ${line.trim().slice(0, 160)}`);
    });
  }
  if (found.length) throw new CannotStart(found.join('\n'));
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function files(folder) {
  const found = [];
  for (const entry of await fs.readdir(path.join(project, folder), { withFileTypes: true })) {
    const at = path.posix.join(folder, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) found.push(...(await files(at)));
    if (entry.isFile() && !entry.name.endsWith('.log')) found.push(at);
  }
  return found;
}
