/** `npm run migration:generate`: prints the SQL that a next migration needs for the tables to be what the entities say. */
import { buildIfNeeded } from './build.mjs';
import { missingSql } from './check-migrations.mjs';
import { CannotStart } from './lifeline.mjs';

try {
  await buildIfNeeded();
  const sql = await missingSql();
  if (sql) process.stdout.write(sql);
  else console.error('Nothing is missing: the migrations make the tables that the entities describe.');
} catch (error) {
  console.error(error instanceof CannotStart ? error.message : error);
  process.exitCode = 1;
}
