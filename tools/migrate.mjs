/** `npm run migrate`: migrates the embedded database, or the one in DATABASE_URL, to the newest schema. */
import { buildIfNeeded } from './build.mjs';
import { migrate, openDatabase } from './service.mjs';
import { session } from './session.mjs';

await session(async (run) => {
  await run.phase('Building', buildIfNeeded);
  await migrate(run, await openDatabase(run));
  return 0;
});
