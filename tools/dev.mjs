/** `npm run dev`: like `npm start`, but recompiles on every change and restarts the service. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build.mjs';
import { spawnHeld } from './lifeline.mjs';
import { migrate, openDatabase, waitUntilReady, refuseTakenPort, sandbox, seed, serve, url } from './service.mjs';
import { session } from './session.mjs';
import { welcomeMessage } from './welcome.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

await session(async (run) => {
  await refuseTakenPort();
  await run.phase('Building', buildIfNeeded);
  const database = await openDatabase(run);

  /** @type {import('./lifeline.mjs').Held | undefined} */
  let service;
  const restart = async () => {
    await service?.stop();
    await migrate(run, database);
    if (sandbox) await seed(run, database);
    service = serve(run, database);
    await waitUntilReady(service);
  };
  await restart();
  console.log(sandbox ? await welcomeMessage(url) : `\nReady: ${url}/docs`);

  const nest = path.join(project, 'node_modules/@nestjs/cli/bin/nest.js');
  const compiler = run.hold(
    spawnHeld(process.execPath, [nest, 'build', '--watch'], { stdio: 'inherit', cwd: project }),
  );

  let last = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  let pause;
  fs.watch(path.join(project, 'dist'), { recursive: true }, (_event, file) => {
    if (!file?.endsWith('.js')) return;
    clearTimeout(pause);
    // after a failed start, wait for the next change
    pause = setTimeout(() => {
      last = last.then(restart).catch((error) => console.error(error.message));
    }, 400);
  });
  return compiler.ended;
});
