/** What the story is played against: a server that runs already, or one of its own on a database that is thrown away. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildIfNeeded } from '../build.mjs';
import { freePort, startEmbeddedDatabase } from '../embedded-database.mjs';
import { CannotStart } from '../lifeline.mjs';

/**
 * @param {import('../session.mjs').Session} run
 * @returns {Promise<string>} its origin
 */
export async function findServer(run) {
  const wanted = (process.env.WARDMOTE_URL || `http://127.0.0.1:${process.env.PORT || 3000}`).replace(/\/+$/, '');
  if (await answers(wanted)) {
    console.log(`Playing against the server at ${wanted}.`);
    return wanted;
  }
  // whoever names a server wants to hear about that one
  if (process.env.WARDMOTE_URL) throw new CannotStart(`Nobody answers at ${wanted}/health/ready (WARDMOTE_URL).`);
  console.log(`Nobody answers at ${wanted}: the story starts a server of its own.`);
  return startServer(run);
}

/** @param {string} url */
async function answers(url) {
  const reply = await fetch(`${url}/health/ready`).catch(() => null);
  await reply?.body?.cancel();
  return reply?.ok ?? false;
}

/** @param {import('../session.mjs').Session} run */
async function startServer(run) {
  // the steps of `npm start` read the environment once, when they are loaded
  const quiet = process.env.LOG_LEVEL || 'error';
  Object.assign(process.env, { HOST: '127.0.0.1', PORT: String(await freePort()), SANDBOX: 'on', LOG_LEVEL: quiet });
  const { migrate, waitUntilReady, seed, serve, url } = await import('../service.mjs');
  await run.phase('Building', buildIfNeeded);
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'wardmote-story-'));
  run.hold({ stop: () => fs.rm(dataDir, { recursive: true, force: true }) });
  const database = await run.phase('Starting a database', async () =>
    run.hold(await startEmbeddedDatabase({ dataDir, durable: false })),
  );
  await migrate(run, database);
  await seed(run, database);
  await run.phase('Starting the service', () => waitUntilReady(serve(run, database)));
  return url;
}
