/**
 * `npm run check`: all checks except the specs. Every step runs, so that one run shows all errors; the output of failed
 * steps is printed at the end. After the build, two steps run at a time.
 */
import { stripVTControlCharacters } from 'node:util';
import { buildIfNeeded } from './build.mjs';
import { checkSql, checkEntitiesMatch } from './check-migrations.mjs';
import { checkFileNames, checkMachineTraces } from './check-traces.mjs';
import { lockIsComplete } from './complete-lock.mjs';
import { checkProse } from './check-prose.mjs';
import { CannotStart } from './lifeline.mjs';
import { node, tool } from './run.mjs';

const document = 'openapi/openapi.json';

const AT_ONCE = 2;

/** @typedef {[name: string, run: () => Promise<unknown>]} Step */

/** @type {Step} */
const build = ['build', buildIfNeeded];

/** @type {Step[]} */
const steps = [
  ['formatting', () => tool('prettier --check --log-level=warn .')],
  ['types of the service', () => tool('tsc -p tsconfig.json --noEmit --incremental false --tsBuildInfoFile null')],
  ['types of tests and tools', () => tool('tsc -p tsconfig.test.json')],
  ['lint', () => tool('eslint . --max-warnings=0')],
  ['dependencies between areas', () => tool('depcruise --config .dependency-cruiser.mjs src')],
  ['lock file', lockIsComplete],
  ['file names', checkFileNames],
  ['prose of comments', checkProse],
  ['traces of a machine', checkMachineTraces],
  ['OpenAPI document is the built one', () => node('dist/sandbox/openapi.js', '--check')],
  [
    'OpenAPI by Spectral and OWASP',
    () => tool(`spectral lint ${document} --ruleset=.spectral.yaml --fail-severity=warn`),
  ],
  ['OpenAPI by Redocly', () => tool(`redocly lint ${document} --config=redocly.yaml`)],
  ['migrations against entities', checkEntitiesMatch],
  ['SQL of migrations', checkSql],
  ['compose file', () => tool('dclint docker-compose.yml')],
];

/** @type {{ name: string, output: string }[]} */
const failures = [];
/** @param {Step} step */
async function perform([name, run]) {
  const started = performance.now();
  const output = await run().then(
    () => null,
    (error) => (error instanceof CannotStart ? error.message : String(error.stack)),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${output === null ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (output !== null) failures.push({ name, output });
}

await perform(build);
const waiting = steps.values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const step of waiting) await perform(step);
  }),
);
for (const { name, output } of failures) console.log(`\n--- ${name}\n${stripVTControlCharacters(output)}`);
console.log(`\n${steps.length + 1 - failures.length} checks passed, ${failures.length} checks failed`);
process.exitCode = failures.length ? 1 : 0;
