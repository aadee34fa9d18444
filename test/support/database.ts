import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { willClose } from './opened.ts';

export interface TestDatabase {
  name: string;
  /** The role the service uses: it owns nothing. */
  serviceUrl: string;
  /** The role the migrations use, maintaining: row-level security binds it otherwise. */
  ownerUrl: string;
  /** PostgreSQL's superuser: for what no role of ours may do. */
  adminUrl: string;
  stop(): Promise<void>;
}

/** A database of one's own: the seeded sandbox, or with `empty` the schema alone. */
export async function givenDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = empty ? 'wardmote_empty' : 'wardmote_template';
  await asAdmin(`CREATE DATABASE ${name} OWNER wardmote TEMPLATE ${template} STRATEGY FILE_COPY`);
  return willClose({
    name,
    serviceUrl: inside(name, 'TEST_SERVICE_URL'),
    ownerUrl: `${inside(name, 'TEST_OWNER_URL')}?options=${encodeURIComponent('-c app.maintenance=on')}`,
    adminUrl: inside(name, 'TEST_ADMIN_URL'),
    stop: () => asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  });
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: setting('TEST_ADMIN_URL') });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}

function inside(name: string, variable: string): string {
  const url = new URL(setting(variable));
  url.pathname = `/${name}`;
  return url.href;
}

function setting(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: the specs run under Jest, whose global setup starts the database`);
  return value;
}
