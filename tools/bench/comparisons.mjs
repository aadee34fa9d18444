/** Comparison servers of the benchmark, each in its own process. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { freePort } from '../embedded-database.mjs';
import { CannotStart, spawnHeld } from '../lifeline.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** @typedef {'bare' | 'sameDuties' | 'conventional'} Comparison */

/** Folder of the compiled conventional server, from which Node finds the packages of the project. */
const COMPILED = path.join(here, '../../node_modules/.cache/wardmote-bench');

/** @type {Record<Comparison, string>} */
const SCRIPTS = {
  bare: path.join(here, 'bare.mjs'),
  sameDuties: path.join(here, 'same-duties/server.mjs'),
  conventional: path.join(COMPILED, 'server.js'),
};

/**
 * Starts the servers and returns their origins.
 * @param {import('../session.mjs').Session} run
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<Record<Comparison, string>>}
 */
export async function startComparisons(run, environment) {
  await compileConventional();
  const started = Object.entries(SCRIPTS).map(async ([name, script]) => {
    const port = String(await freePort());
    const env = { ...process.env, ...environment, PORT: port };
    // the same memory settings as the service
    run.hold(spawnHeld(process.execPath, ['--max-semi-space-size=64', script], { env, stdio: 'inherit' }));
    const origin = `http://127.0.0.1:${port}`;
    await waitForResponse(origin);
    return [name, origin];
  });
  return Object.fromEntries(await Promise.all(started));
}

/** Compiles the conventional server, whose decorators Node alone cannot run. */
async function compileConventional() {
  const sources = path.join(here, 'conventional');
  await fs.mkdir(COMPILED, { recursive: true });
  await fs.writeFile(path.join(COMPILED, 'package.json'), '{ "type": "module" }');
  for (const name of await fs.readdir(sources)) {
    const { outputText } = ts.transpileModule(await fs.readFile(path.join(sources, name), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        rewriteRelativeImportExtensions: true,
        // a declared property must not replace the value that an entity loads
        useDefineForClassFields: false,
      },
    });
    await fs.writeFile(path.join(COMPILED, name.replace(/ts$/, 'js')), outputText);
  }
}

/** Waits for any response, also a refusal. @param {string} origin */
async function waitForResponse(origin) {
  for (let tries = 0; tries < 300; tries++) {
    const reply = await fetch(`${origin}/v1/cases`).catch(() => null);
    await reply?.body?.cancel();
    if (reply) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new CannotStart(`No response from ${origin}.`);
}
