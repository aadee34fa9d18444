import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { givenServer } from '../support/server.ts';

/** A story that breaks a promise ends with 1: its last words are then what fails the test. */
async function tell(url: string): Promise<string> {
  const { NODE_ENV: _, ...inherited } = process.env;
  const env = { ...inherited, WARDMOTE_URL: url };
  return promisify(execFile)(process.execPath, [path.resolve('tools/story.mjs')], {
    env,
    maxBuffer: 16 * 1024 * 1024,
  }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => {
      const differs = error.stdout.split('\n').filter((line) => line.startsWith('DIFFERS'));
      throw new Error(`${differs.join('\n')}\n${error.stdout.slice(-1000)}${error.stderr}`);
    },
  );
}

test('one cycle of three panels keeps every promise of the policy, and again on the same server', async () => {
  const { url } = await givenServer();
  for (const story of [await tell(url), await tell(url)])
    expect(story).toMatch(/^[1-9]\d{2,} promises kept, 0 broken\n$/m);
}, 180_000);
