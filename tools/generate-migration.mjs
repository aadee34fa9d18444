/** `npm run migration:generate`: prints the SQL of the next migration, which makes the tables match the entities. */
import { buildIfNeeded } from './build.mjs';
import { missingSql } from './check-migrations.mjs';
import { CannotStart } from './lifeline.mjs';

try {
  await buildIfNeeded();
  const sql = await missingSql();
  if (sql) process.stdout.write(sql);
  else console.error('No migration is needed: the tables match the entities.');
} catch (error) {
  console.error(error instanceof CannotStart ? error.message : error);
  process.exitCode = 1;
}
