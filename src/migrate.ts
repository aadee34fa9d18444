/** Migrates the database to the schema of this version, as its owner. Grants the role of the service its rights. */
import 'reflect-metadata';
import { actingFunction } from './agencies/actors.js';
import { config } from './config.js';
import { entities } from './entities.js';
import { installQueue, queueGrants } from './jobs/queue.js';
import { foreignMigrations, grantsTo, migrations } from './migrations.js';
import { databaseOptions, openDatabase } from './database/data-source.js';
import { registerPolicies } from './policies.js';

if (!config.ownerDatabaseUrl) {
  process.stderr.write('MIGRATION_DATABASE_URL or DATABASE_URL must name the database to migrate.\n');
  process.exit(1);
}
const source = await openDatabase(
  databaseOptions(config.ownerDatabaseUrl, entities, { migrations, maintenance: true }),
);
try {
  const [first, ...others] = await foreignMigrations((sql) => source.query(sql));
  if (first) {
    process.stderr.write(
      `The database was made by earlier migrations (${first} and ${String(others.length)} more), which this version ` +
        'does not continue. Nothing was changed. Create an empty database, name it in DATABASE_URL and ' +
        'MIGRATION_DATABASE_URL, and run this command again; the earlier database stays as it is.\n',
    );
    process.exitCode = 1;
  } else {
    await migrate();
  }
} finally {
  await source.destroy();
}

async function migrate(): Promise<void> {
  const done = await source.runMigrations({ transaction: 'each' });
  for (const { name } of done) process.stdout.write(`migrated ${name}\n`);
  await installQueue(config.ownerDatabaseUrl);
  registerPolicies();
  const acting = actingFunction();
  await source.query(acting.sql);
  await source.query(`REVOKE ALL ON FUNCTION ${acting.signature} FROM PUBLIC`);
  const service = decodeURIComponent(new URL(config.databaseUrl).username);
  const owner = decodeURIComponent(new URL(config.ownerDatabaseUrl).username);
  if (!service || service === owner) return;
  const role = `"${service.replaceAll('"', '""')}"`;
  await source.query(grantsTo(role));
  await source.query(`GRANT EXECUTE ON FUNCTION ${acting.signature} TO ${role}`);
  for (const sql of queueGrants(role)) await source.query(sql);
}
