/**
 * TypeORM migrations from the SQL files of `migrations/`. A dated file runs once. `row-security.sql` runs after the
 * dated files, and again after every change of its text.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { MigrationInterface, QueryRunner } from 'typeorm';

type Migration = new () => MigrationInterface;

/** Folder beside `dist`, in the image as well. */
const FOLDER = new URL('../migrations/', import.meta.url);
const DATED_FILE = /^(\d{14})-([a-z0-9-]+)\.sql$/;
/** Timestamp suffix that sorts last. TypeORM orders migrations by the last 13 digits of their names. */
const LAST_TIMESTAMP = '9999999999999';

const readSql = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');

function migrationOf(name: string, sql: string): Migration {
  return class implements MigrationInterface {
    readonly name = name;
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }
    async down(): Promise<void> {
      throw new Error(`${name} cannot be reverted: write a migration that undoes the change.`);
    }
  };
}

const digestOf = (sql: string): string => createHash('sha256').update(sql).digest('hex').slice(0, 12);

// the name holds a digest: a database to which another text of the file was applied is recognized by it
const datedFiles = readdirSync(FOLDER)
  .flatMap((file) => {
    const [, date, title] = DATED_FILE.exec(file) ?? [];
    return date && title ? [{ name: `${title}-${digestOf(readSql(file))}-${date}`, file, date }] : [];
  })
  .sort((one, other) => (one.date < other.date ? -1 : 1));

function rowSecurity(): Migration {
  const sql = readSql('row-security.sql');
  // only the last applied text is recorded, so that an earlier text can be applied again
  return migrationOf(
    `row-security-${digestOf(sql)}-${LAST_TIMESTAMP}`,
    `DELETE FROM migrations WHERE name LIKE 'row-security-%';\n${sql}`,
  );
}

export const migrations: Migration[] = [
  ...datedFiles.map(({ name, file }) => migrationOf(name, readSql(file))),
  rowSecurity(),
];

/**
 * Returns the applied migrations that this folder does not have, or has with another text. Its migrations do not fit
 * such a database. Returns an empty list for other databases.
 */
export async function foreignMigrations(ask: (sql: string) => Promise<{ name: string }[]>): Promise<string[]> {
  const [table] = await ask(`SELECT c.relname AS name FROM pg_class c WHERE c.oid = to_regclass('migrations')`);
  if (!table) return [];
  const names = (await ask('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);
  const known = datedFiles.map(({ name }) => name);
  return names.filter((name) => !name.startsWith('row-security-') && !known.includes(name));
}

/** Returns the statements that let the role of the service (quoted) read and write rows. */
export const grantsTo = (role: string): string => readSql('grants.sql').replaceAll(':"service"', () => role);
