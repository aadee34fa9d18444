/**
 * Brings the database to this version's shape, as its owner, and lets the service's role read and write rows. The log and
 * the events may only grow: the service's role cannot change or delete their rows, but may have a personal value erased from
 * the log.
 */
import 'reflect-metadata';
import './app.module.js';
import { actingFunction } from './agencies/actors.js';
import { config } from './config.js';
import { entities } from './entities.js';
import { installQueue, queueGrants } from './jobs/queue.js';
import { migrations } from './migrations/migrations.js';
import { databaseOptions, openDatabase } from './records/database.js';

const APPEND_ONLY = ['audit_entries', 'audit_checkpoints', 'events'];
/** Tables that the service reads and only triggers write. */
const KEPT_BY_TRIGGERS = ['fact_stamps', 'practitioner_names', 'compartment_auditors'];

if (!config.ownerDatabaseUrl) {
  process.stderr.write('MIGRATION_DATABASE_URL or DATABASE_URL must name the database to migrate.\n');
  process.exit(1);
}
const source = await openDatabase(
  databaseOptions(config.ownerDatabaseUrl, entities, { migrations, maintenance: true }),
);
try {
  const done = await source.runMigrations({ transaction: 'each' });
  for (const { name } of done) process.stdout.write(`migrated ${name}\n`);
  await installQueue(config.ownerDatabaseUrl);
  const acting = actingFunction();
  await source.query(acting.sql);
  await source.query(`REVOKE ALL ON FUNCTION ${acting.signature} FROM PUBLIC`);
  const service = decodeURIComponent(new URL(config.databaseUrl).username);
  const owner = decodeURIComponent(new URL(config.ownerDatabaseUrl).username);
  if (service && service !== owner) {
    const role = `"${service.replaceAll('"', '""')}"`;
    await source.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    await source.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
    for (const table of APPEND_ONLY) await source.query(`REVOKE UPDATE, DELETE, TRUNCATE ON ${table} FROM ${role}`);
    await source.query(`GRANT EXECUTE ON FUNCTION erase_from_audit(uuid, text) TO ${role}`);
    await source.query(`GRANT EXECUTE ON FUNCTION delete_idempotent_replies(timestamptz) TO ${role}`);
    await source.query(`REVOKE ALL ON migrations FROM ${role}`);
    await source.query(`GRANT EXECUTE ON FUNCTION ${acting.signature} TO ${role}`);
    for (const table of KEPT_BY_TRIGGERS)
      await source.query(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${table} FROM ${role}`);
    await source.query(`GRANT EXECUTE ON FUNCTION audit_standing(text, uuid[], uuid) TO ${role}`);
    await source.query(`GRANT EXECUTE ON FUNCTION registrations_of(uuid) TO ${role}`);
    for (const sql of queueGrants(role)) await source.query(sql);
  }
} finally {
  await source.destroy();
}
