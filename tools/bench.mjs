/**
 * `npm run bench -- --cases N --json FILE [--rounds R --seconds S]`: measures the service beside comparison servers on the
 * same rows.
 *
 * - bare: the rows alone, without sign-in, authorization, masks and audit (`bench/bare.mjs`);
 * - same duties: a hand-written server with the duties of the service (`bench/same-duties/server.mjs`);
 * - conventional: NestJS as commonly built, without audit (`bench/conventional/server.ts`).
 *
 * Throughput is a ratio of medians of interleaved rounds with 16 callers (pack: 2). Latency and shared buffers are those of a single
 * caller of the service. Absolute figures depend on the machine; ratios hold to about ±15 %. Exits with 1 if a ratio is
 * lower than `least` in `bench/routes.mjs`.
 */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buffersOf, startCountingDatabase } from './bench/buffers.mjs';
import { caseload } from './bench/caseload.mjs';
import { startComparisons } from './bench/comparisons.mjs';
import { durations, requestsPerSecond } from './bench/load.mjs';
import { routesOf } from './bench/routes.mjs';
import { mustReadSameRows } from './bench/same-rows.mjs';
import { buildIfNeeded } from './build.mjs';
import { freePort } from './embedded-database.mjs';
import { CannotStart } from './lifeline.mjs';
import { session } from './session.mjs';

const { values: args } = parseArgs({
  options: {
    cases: { type: 'string', default: '200000' },
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
  },
});
const [cases, rounds, seconds] = [Number(args.cases), Number(args.rounds), Number(args.seconds)];
/** Number of cases with which every panel has a pack and every name is found. */
const FEWEST_CASES = 2000;
/** Requests of each route whose answers are compared before measuring. */
const COMPARED = 10;
const READER = 'jag-coordinator';
const REFERRER = 'housing-officer';

/** @typedef {import('./bench/comparisons.mjs').Comparison} Comparison */
/** @typedef {import('./bench/routes.mjs').Route} Route */

/**
 * Result of one route. A comparison that is not made is null.
 * @typedef {object} Result
 * @property {string} name
 * @property {number | null} toBare
 * @property {number | null} toSameDuties
 * @property {number | null} toConventional
 * @property {number} p50Ms
 * @property {number} p95Ms
 * @property {number} buffers shared buffers hit or read by one request
 */

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
/** @param {number} value */
const rounded = (value) => Math.round(value * 1000) / 1000;

await session(async (run) => {
  if (!(cases >= FEWEST_CASES && rounds >= 1 && seconds > 0))
    throw new CannotStart(`Give at least ${String(FEWEST_CASES)} cases, one round, and more than 0 seconds.`);
  const port = String(await freePort());
  Object.assign(process.env, {
    HOST: '127.0.0.1',
    PORT: port,
    SANDBOX: 'on',
    JOBS: 'off',
    LOG_LEVEL: 'error',
    RATE_LIMIT: '100000000',
  });
  const { migrate, waitUntilReady, seed, serve, url } = await import('./service.mjs');
  await run.phase('Building', buildIfNeeded);
  const dataDir = await fs.mkdtemp(path.join(os.tmpdir(), 'wardmote-bench-'));
  run.hold({ stop: () => fs.rm(dataDir, { recursive: true, force: true }) });
  const database = await run.phase('Starting a database', async () => run.hold(await startCountingDatabase(dataDir)));
  await migrate(run, database);
  await seed(run, database);
  const data = await run.phase(`Making ${String(cases)} cases`, () =>
    caseload(database.ownerUrl, READER, cases, REFERRER),
  );
  await run.phase('Starting the service', () => waitUntilReady(serve(run, database)));
  const databaseUrl = database.adminUrl.replace(/\/postgres$/, '/wardmote');
  const comparisons = await run.phase('Starting the comparison servers', () =>
    startComparisons(run, {
      DATABASE_URL: databaseUrl,
      PANELS: data.panels.join(),
      AGENCY: data.agencyId,
      JWKS_URI: `${url}/sandbox/issuer/jwks`,
    }),
  );
  const tokens = { reader: await tokenOf(url, READER), referrer: await tokenOf(url, REFERRER) };
  const routes = routesOf(data, tokens);
  await run.phase('Comparing rows', async () => {
    for (const { comparisons: names, next, rowsIn } of routes)
      for (let n = 0; n < COMPARED; n++)
        await mustReadSameRows(url, Object.fromEntries(names.map((name) => [name, comparisons[name]])), next(), rowsIn);
  });

  /** @type {Result[]} */
  const results = [];
  let isMet = true;
  for (const route of routes) {
    const ratios = await throughputRatios(route, url, comparisons);
    const result = { name: route.name, ...ratios, ...(await latencyAndBuffers(route, url, databaseUrl)) };
    results.push(result);
    const missed = missedTargets(route, result);
    isMet &&= !missed.length;
    console.log([lineOf(result), ...missed].join('\n  '));
  }
  if (args.json) await fs.writeFile(args.json, `${JSON.stringify({ cases, routes: results }, null, 2)}\n`);
  return isMet ? 0 : 1;
});

/**
 * Returns the throughput of the service as a share of each comparison server's.
 * @param {Route} route
 * @param {string} service
 * @param {Record<Comparison, string>} origins
 */
async function throughputRatios({ comparisons, next, callers }, service, origins) {
  /** @type {[name: string, origin: string, rates: number[]][]} */
  const sides = [
    ['service', service, []],
    ...comparisons.map((name) => /** @type {[string, string, number[]]} */ ([name, origins[name], []])),
  ];
  // the first round is a warm-up
  for (let round = 0; round <= rounds; round++)
    for (const [, origin, rates] of sides) {
      const rate = await requestsPerSecond(origin, next, { callers, seconds });
      if (round) rates.push(rate);
    }
  const medians = Object.fromEntries(sides.map(([name, , rates]) => [name, median(rates)]));
  const ratio = (/** @type {Comparison} */ name) =>
    medians[name] ? rounded((medians['service'] ?? 0) / medians[name]) : null;
  return { toBare: ratio('bare'), toSameDuties: ratio('sameDuties'), toConventional: ratio('conventional') };
}

/** @param {Route} route @param {string} service @param {string} databaseUrl */
async function latencyAndBuffers({ next, samples }, service, databaseUrl) {
  /** @type {number[]} */
  let times = [];
  const buffers = await buffersOf(databaseUrl, async () => {
    times = await durations(service, next, samples);
  });
  const percentile = (/** @type {number} */ share) => rounded(times[Math.floor(times.length * share)] ?? 0);
  return { p50Ms: percentile(0.5), p95Ms: percentile(0.95), buffers: Math.round(buffers / samples) };
}

/** @param {Route} route @param {Result} result @returns {string[]} */
function missedTargets({ least = {} }, { toBare, toSameDuties, toConventional }) {
  const reached = { bare: toBare, sameDuties: toSameDuties, conventional: toConventional };
  return Object.entries(least).flatMap(([name, target]) => {
    const ratio = reached[/** @type {Comparison} */ (name)] ?? 0;
    return ratio < target ? [`NOT met: ${ratio.toFixed(2)} of ${name}, at least ${target.toFixed(2)}`] : [];
  });
}

/** @param {Result} result */
function lineOf({ name, toBare, toSameDuties, toConventional, p50Ms, p95Ms, buffers }) {
  const of = (/** @type {string} */ what, /** @type {number | null} */ ratio) =>
    ratio === null ? [] : [`${ratio.toFixed(2)} of ${what}`];
  const ratios = [...of('bare', toBare), ...of('same duties', toSameDuties), ...of('conventional', toConventional)];
  return `${name}: ${ratios.join(', ')}; p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms, ${String(buffers)} buffers`;
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
