/**
 * `npm run check`: everything a machine can say about the project without running the specs. Every step runs, so that one
 * run shows all there is to mend; the output of the failed ones stands at the end.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { buildIfNeeded } from './build.mjs';
import { dangerousSql, driftFromEntities } from './check-migrations.mjs';
import { strayNames, tracesOfThisMachine } from './check-traces.mjs';
import { lockIsComplete } from './complete-lock.mjs';
import { CannotStart } from './lifeline.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
process.chdir(project);

/** @type {[string, () => Promise<unknown>][]} */
const steps = [
  ['formatting', tool('prettier', '--check', '--log-level=warn', '.')],
  ['build', buildIfNeeded],
  [
    'types of the service',
    tool('tsc', '-p', 'tsconfig.json', '--noEmit', '--incremental', 'false', '--tsBuildInfoFile', 'null'),
  ],
  ['types of tests and tools', tool('tsc', '-p', 'tsconfig.test.json')],
  ['lint', tool('eslint', '.', '--max-warnings=0')],
  ['arrows between areas', tool('depcruise', '--config', '.dependency-cruiser.mjs', 'src')],
  ['lock file', lockIsComplete],
  ['names of files', strayNames],
  ['traces of a machine', tracesOfThisMachine],
  ['OpenAPI document is the built one', script('dist/openapi.js', '--check')],
  [
    'OpenAPI by Spectral and OWASP',
    tool(
      'spectral',
      'lint',
      'openapi/openapi.json',
      '--ruleset=.spectral.yaml',
      '--fail-severity=error',
      '--display-only-failures',
    ),
  ],
  ['OpenAPI by Redocly', tool('redocly', 'lint', 'openapi/openapi.json', '--config=redocly.yaml')],
  ['migrations against entities', driftFromEntities],
  ['SQL of migrations', dangerousSql],
  ['compose file', tool('dclint', 'docker-compose.yml')],
];

/** @type {{ name: string, output: string }[]} */
const failures = [];
for (const [name, step] of steps) {
  const started = performance.now();
  const output = await step().then(
    () => null,
    (error) => (error instanceof CannotStart ? error.message : String(error.stack)),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${output === null ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (output !== null) failures.push({ name, output });
}
for (const { name, output } of failures) console.log(`\n--- ${name}\n${stripVTControlCharacters(output)}`);
console.log(`\n${steps.length - failures.length} checks passed, ${failures.length} checks failed`);
process.exitCode = failures.length ? 1 : 0;

/**
 * @param {string} name of a program among the dependencies
 * @param {string[]} args
 */
function tool(name, ...args) {
  return () => run(path.join('node_modules/.bin', name), args);
}

/**
 * @param {string} file
 * @param {string[]} args
 */
function script(file, ...args) {
  return async () => {
    await fs.access(file).catch(() => {
      throw new CannotStart(`${file} does not exist`);
    });
    await run(process.execPath, [file, ...args]);
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<void>}
 */
function run(command, args) {
  // the newest messages of a linter are of no use to a check, and asking for them needs a network
  const env = { ...process.env, NO_COLOR: '1', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', REDOCLY_TELEMETRY: 'off' };
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new CannotStart(`${stdout}${stderr}`.trim() || error.message));
      else resolve();
    });
  });
}
