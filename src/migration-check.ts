/** Do the migrations make what the entities say? Prints the statements that are missing; `--sql` prints them bare. */
import 'reflect-metadata';
import { config } from './config.js';
import { entities } from './entities.js';
import { databaseOptions, openDatabase } from './records/database.js';

const source = await openDatabase(databaseOptions(config.ownerDatabaseUrl, entities));
try {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  for (const { query } of upQueries) process.stdout.write(`${query};\n`);
  if (upQueries.length) process.exitCode = 1;
} finally {
  await source.destroy();
}
