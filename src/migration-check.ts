/** Prints the SQL that would make the tables match the entities. Prints nothing if they match. */
import 'reflect-metadata';
import { config } from './config.js';
import { entities } from './entities.js';
import { databaseOptions, openDatabase } from './database/data-source.js';

const source = await openDatabase(databaseOptions(config.ownerDatabaseUrl, entities));
try {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  for (const { query } of upQueries) process.stdout.write(`${query};\n`);
} finally {
  await source.destroy();
}
