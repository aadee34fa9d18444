/** `npm start`: builds and runs the service from a fresh clone, without anything else installed. */
import { buildIfNeeded } from './build.mjs';
import { migrate, openDatabase, waitUntilReady, refuseTakenPort, sandbox, seed, serve, url } from './service.mjs';
import { session } from './session.mjs';
import { welcomeMessage } from './welcome.mjs';

await session(async (run) => {
  await refuseTakenPort();
  await run.phase('Building', buildIfNeeded);
  const database = await openDatabase(run);
  await migrate(run, database);
  if (sandbox) await seed(run, database);
  const service = serve(run, database);
  await waitUntilReady(service);
  console.log(sandbox ? await welcomeMessage(url) : `\nReady: ${url}/docs`);
  const code = await service.ended;
  if (!run.over()) console.error(`\nThe service ended unexpectedly (code ${code}).`);
  return 1;
});
