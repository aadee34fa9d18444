/**
 * `npm test`: runs the specs and prints a last line for machines. Arguments are passed to Jest: npm test -- bids.spec
 */
import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const jest = fork(path.join(project, 'node_modules/jest/bin/jest.js'), process.argv.slice(2), {
  cwd: project,
  execArgv: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
});
let counts = { passed: 0, failed: 0 };
jest.on('message', (message) => (counts = /** @type {typeof counts} */ (message)));
// Ctrl-C reaches Jest directly; a signal to this process alone does not
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => jest.kill(signal));

/** @type {number | null} */
const code = await new Promise((resolve) => jest.once('close', resolve));
const noneRan = counts.passed + counts.failed === 0;
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = code || (noneRan || counts.failed ? 1 : 0);
if (code === null) process.exitCode = 1;
