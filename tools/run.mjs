/**
 * Runs a program to its end. Its output is returned, or becomes the message of its failure. The program has no input
 * and a time limit.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotStart } from './lifeline.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} what it prints
 */
export function run(command, args, env = process.env) {
  const options = { cwd: project, env: { ...env, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024, timeout: 5 * 60_000 };
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error) reject(new CannotStart(`${stdout}${stderr}`.trim() || error.message));
      else resolve(stdout);
    });
    child.stdin?.end();
  });
}

/**
 * Runs a program of the dependencies.
 * @param {string} line its name and arguments
 * @param {string[]} more arguments that may contain spaces
 */
export function tool(line, ...more) {
  const [name = '', ...args] = line.split(' ');
  return run(path.join(project, 'node_modules/.bin', name), [...args, ...more]);
}

/** @param {string[]} args */
export function node(...args) {
  return run(process.execPath, args);
}
