import { execFile } from 'node:child_process';
import path from 'node:path';

/**
 * Runs a script in plain Node, outside Jest's module system, and answers the JSON it prints: for what needs the built
 * modules at full speed, such as thousands of generated worlds.
 */
export function runInNode<T>(script: string, args: string[] = [], env: Record<string, string> = {}): Promise<T> {
  const { NODE_ENV: _, ...inherited } = process.env;
  const options = { env: { ...inherited, ...env }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--enable-source-maps', path.resolve(script), ...args],
      options,
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${script} failed: ${error.message}\n${stderr}${stdout}`));
        else resolve(JSON.parse(stdout) as T);
      },
    );
  });
}
