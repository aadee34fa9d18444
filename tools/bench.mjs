/**
 * `npm run bench`: measures the cost of authorization. Compares the case list, and one case with its contributions,
 * with a bare Fastify and `pg` handler. The service authorizes, masks and audits; the handler reads the same rows of
 * the same 200,000 cases without authorization. Runs interleaved rounds and compares medians. Exits with 1 if the
 * service reaches less than 0.40 and 0.50 of the bare throughput.
 *
 * BENCH_CASES, BENCH_ROUNDS and BENCH_SECONDS change the size of the run.
 */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { caseload } from './bench/caseload.mjs';
import { requestsPerSecond } from './bench/load.mjs';
import { buildIfNeeded } from './build.mjs';
import { freePort, startEmbeddedDatabase } from './embedded-database.mjs';
import { CannotStart, spawnHeld } from './lifeline.mjs';
import { session } from './session.mjs';

const CASES = Number(process.env.BENCH_CASES || 200_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS || 5);
const SECONDS = Number(process.env.BENCH_SECONDS || 4);
const READER = 'jag-coordinator';
/** Minimum throughput of the service, as a share of the bare handler's. */
const AT_LEAST = { 'case list': 0.4, 'one case with its contributions': 0.5 };

const here = path.dirname(fileURLToPath(import.meta.url));
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await session(async (run) => {
  const port = String(await freePort());
  Object.assign(process.env, {
    HOST: '127.0.0.1',
    PORT: port,
    SANDBOX: 'on',
    LOG_LEVEL: 'error',
    RATE_LIMIT: '100000000',
  });
  const { migrate, waitUntilReady, seed, serve, url } = await import('./service.mjs');
  await run.phase('Building', buildIfNeeded);
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'wardmote-bench-'));
  run.hold({ stop: () => fs.rm(dataDir, { recursive: true, force: true }) });
  const database = await run.phase('Starting a database', async () =>
    run.hold(await startEmbeddedDatabase({ dataDir })),
  );
  await migrate(run, database);
  await seed(run, database);
  const { panels, cases } = await run.phase(`Making ${CASES} cases`, () => caseload(database.ownerUrl, READER, CASES));
  await run.phase('Starting the service', () => waitUntilReady(serve(run, database)));
  const barePort = String(await freePort());
  const env = {
    ...process.env,
    PORT: barePort,
    DATABASE_URL: database.adminUrl.replace(/\/postgres$/, '/wardmote'),
    PANELS: panels.join(),
  };
  run.hold(spawnHeld(process.execPath, [path.join(here, 'bench/bare.mjs')], { env, stdio: 'inherit' }));
  const bare = `http://127.0.0.1:${barePort}`;
  await waitForResponse(`${bare}/cases`);

  const token = await tokenOf(url, READER);
  const pick = () => cases[Math.floor(Math.random() * cases.length)] ?? '';
  /** @type {Record<keyof typeof AT_LEAST, (origin: string) => (() => string)[]>} */
  const scenarios = {
    'case list': (origin) => [() => `${origin}/cases`],
    'one case with its contributions': (origin) => {
      return [() => `${origin}/cases/${pick()}/file`];
    },
  };
  await mustReadSameRows(`${url}/v1`, bare, token, pick());
  let fell = false;
  for (const [name, paths] of Object.entries(scenarios)) {
    const measured = /** @type {{ service: number[], bare: number[] }} */ ({ service: [], bare: [] });
    for (let round = 0; round <= ROUNDS; round++)
      for (const [side, origin] of /** @type {const} */ ([
        ['service', `${url}/v1`],
        ['bare', bare],
      ])) {
        const rate = await requestsPerSecond(paths(origin), token, SECONDS);
        // the first round is a warm-up
        if (round) measured[side].push(rate);
      }
    const ratio = median(measured.service) / median(measured.bare);
    const least = AT_LEAST[/** @type {keyof typeof AT_LEAST} */ (name)];
    const met = ratio >= least;
    fell ||= !met;
    console.log(
      `${name}: ${ratio.toFixed(2)} of the bare throughput (${median(measured.service).toFixed(0)} to ${median(measured.bare).toFixed(0)} requests a second, medians of ${ROUNDS} rounds); at least ${least.toFixed(2)}: ${met ? 'met' : 'NOT met'}`,
    );
  }
  return fell ? 1 : 0;
});

/** @param {string} url */
async function waitForResponse(url) {
  for (let tries = 0; tries < 200; tries++) {
    const reply = await fetch(url).catch(() => null);
    await reply?.body?.cancel();
    if (reply?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new CannotStart(`No response from ${url}.`);
}

/** @param {string} url @param {string} person */
async function tokenOf(url, person) {
  const reply = await fetch(`${url}/sandbox/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
  });
  return /** @type {{ access_token: string }} */ (await reply.json()).access_token;
}

/**
 * Requires that both sides read the same rows, else the comparison is meaningless. @param {string} service @param
 * {string} bare @param {string} token @param {string} id
 */
async function mustReadSameRows(service, bare, token, id) {
  for (const place of ['/cases', `/cases/${id}/file`]) {
    const [ours, theirs] = await Promise.all(
      [service, bare].map(async (origin) => {
        const reply = await fetch(origin + place, { headers: { authorization: `Bearer ${token}` } });
        const { data, contributions } =
          /** @type {{ data: { id: string }[], contributions: { data: { id: string }[] } }} */ (await reply.json());
        return (data ?? contributions.data).map((one) => one.id).join();
      }),
    );
    if (!ours || ours !== theirs) throw new CannotStart(`The two sides read different rows at ${place}.`);
  }
}
