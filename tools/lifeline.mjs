/**
 * Child processes that end with this process. A database or service left behind by a killed parent would hold ports and
 * files. Each child is therefore tied to a pipe: when the pipe closes for any reason, a small shell sends the child its
 * stop signal. The child has its own session, so that Ctrl-C reaches only this process, which decides the order of
 * stopping.
 */
import { spawn } from 'node:child_process';

const KEEPER = `
signal=$1; shift
"$@" </dev/null 3<&- & child=$!
( read -r _ <&3; kill -s "$signal" "$child" ) >/dev/null 2>&1 & keeper=$!
exec 3<&-
wait "$child"; code=$?
kill "$keeper" 2>/dev/null
exit "$code"`;

/**
 * @typedef {object} Held
 * @property {import('node:child_process').ChildProcess} process
 * @property {Promise<number>} ended the exit code, once the child is gone
 * @property {() => Promise<number>} stop
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ signal?: 'TERM' | 'INT', stdio?: 'pipe' | 'inherit', env?: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number }} [options]
 * @returns {Held}
 */
export function spawnHeld(command, args, { signal = 'TERM', stdio = 'pipe', ...options } = {}) {
  const child = spawn('/bin/sh', ['-c', KEEPER, 'sh', signal, command, ...args], {
    ...options,
    detached: true,
    stdio: ['ignore', stdio, stdio, 'pipe'],
  });
  const line = /** @type {import('node:net').Socket} */ (child.stdio[3]);
  line.on('error', () => undefined);
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });
  return {
    process: child,
    ended,
    stop: () => {
      line.destroy();
      const impatient = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), 30_000);
      return ended.finally(() => clearTimeout(impatient));
    },
  };
}

/** Error that a user can resolve; printed without a stack. */
export class CannotStart extends Error {}

/**
 * Returns a function that returns the last output of a child, for error messages.
 * @param {import('node:child_process').ChildProcess} child
 */
export function captureOutput(child) {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part) => (text = (text + part).slice(-8000)));
  }
  return () => text.trim();
}
