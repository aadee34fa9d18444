import { execFile } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Checks the exchanges of the script with the OpenAPI document. */
const CONTRACT = pathToFileURL(path.resolve('test/support/contract-global.mjs')).href;

/**
 * Runs a script in plain Node, outside Jest's module system, and returns the JSON in its last line of output. For work that
 * needs the built modules at full speed, such as thousands of generated worlds.
 */
export function runInNode<T>(script: string, args: string[] = [], env: Record<string, string> = {}): Promise<T> {
  const { NODE_ENV: _, ...inherited } = process.env;
  const options = { env: { ...inherited, ...env }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--enable-source-maps', '--import', CONTRACT, path.resolve(script), ...args],
      options,
      (error, stdout, stderr) => {
        const failed = (why: string): void => {
          reject(new Error(`${script} failed: ${why}\n${stderr}${stdout}`));
        };
        if (error) {
          failed(error.message);
          return;
        }
        // libraries log to the same output; an error thrown here would be lost
        const last = stdout.trimEnd().split('\n').at(-1) ?? '';
        try {
          resolve(JSON.parse(last) as T);
        } catch {
          failed('its last line is not JSON');
        }
      },
    );
  });
}
