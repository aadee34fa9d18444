/**
 * Facts are kept in mind only because whatever they are read from moves the stamp. For every declared fact and every
 * declared change: each table that its statement reads has the trigger that moves it.
 *
 * Seen to fail: the trigger of the grants dropped. Of many people read at once: what is known of them not compared with the
 * stamp.
 */
import pg from 'pg';
import { givenDatabase } from '../support/database.ts';

/** Columns that nothing changes once a row exists. */
const FIXED = ['id', 'panel_id', 'partnership_id', 'created_at', 'case_id', 'meeting_id', 'agency_id', 'opened_at'];

interface Table {
  columns: string[];
  /** Columns whose update moves the version; null for every column, undefined if nothing does. */
  moving: string[] | null | undefined;
}

/** Statements of all attributes, with the bodies of the functions that they call. */
function statementsOf(sql: string[], functions: Map<string, string>): string[] {
  const found = new Map(sql.map((one) => [one, one]));
  for (const text of found.values())
    for (const [, name = ''] of text.matchAll(/\b([a-z_]+)\(/g)) {
      const body = functions.get(name);
      if (body) found.set(name, body);
    }
  return [...found.values()];
}

/** Tables and columns that a statement reads by their aliases. */
function* readBy(text: string, tables: Map<string, Table>): Generator<[table: string, column: string | null]> {
  for (const [, name = '', alias = ''] of text.matchAll(/\b(?:FROM|JOIN)\s+([a-z_]+)(?:\s+(?:AS\s+)?([a-z_]+))?/g)) {
    const table = tables.get(name);
    if (!table) continue;
    yield [name, null];
    for (const [, column = ''] of text.matchAll(new RegExp(`\\b(?:${alias || name})\\.([a-z_]+)`, 'g')))
      if (table.columns.includes(column)) yield [name, column];
  }
}

test('every table and column from which an attribute is read changes the authorization version', async () => {
  (await import('#built/policies')).registerPolicies();
  const { declaredTimedChanges, declaredAttributes } = await import('#built/authentication/actor');
  const { ownerUrl } = await givenDatabase();
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string; columns: string[]; trigger: boolean; moving: string[] }>(
    `SELECT c.relname AS name, t.oid IS NOT NULL AS trigger,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (t.tgattr)) AS moving
     FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'advance_authorization_version'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`,
  );
  const { rows: functions } = await owner.query<{ name: string; body: string }>(
    `SELECT proname AS name, prosrc AS body FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname !~ '^acting_'`,
  );
  await owner.end();
  const tables = new Map(
    rows.map(({ name, columns, trigger, moving }): [string, Table] => [
      name,
      { columns, moving: trigger ? (moving.length ? moving : null) : undefined },
    ]),
  );
  const asked = [
    ...declaredAttributes().map(({ sql }) => sql),
    ...declaredTimedChanges(),
    'row_security_context(), unread_entries_of()',
  ];
  const texts = statementsOf(asked, new Map(functions.map(({ name, body }) => [name, body])));
  const read = new Set(
    texts.flatMap((text) => [...readBy(text, tables)].map(([table, column]) => `${table}.${column ?? ''}`)),
  );
  expect(read.size).toBeGreaterThan(60);
  const unmoved = [...read].filter((one) => {
    const [table = '', column = ''] = one.split('.');
    const moving = tables.get(table)?.moving;
    return moving === undefined || (moving !== null && column && !FIXED.includes(column) && !moving.includes(column));
  });
  expect(unmoved).toEqual([]);
});

test('facts of many people read at once are those of each, before and after a change', async () => {
  (await import('#built/policies')).registerPolicies();
  const { ActorsOfAgencies } = await import('#built/agencies/actors');
  const { databaseOptions, openDatabase } = await import('#built/database/data-source');
  const { entities } = await import('#built/entities');
  const { ownerUrl, serviceUrl } = await givenDatabase();
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const source = await openDatabase(databaseOptions(serviceUrl, entities));
  const actors = new ActorsOfAgencies(source);
  const one = new ActorsOfAgencies(source);
  try {
    const { rows } = await owner.query<{ id: string; subject: string }>('SELECT id, subject FROM practitioners');
    const ids = rows.map(({ id }) => id);
    const agree = async (): Promise<number> => {
      const as = { now: new Date(), call: { correlationId: 'facts', route: 'TEST' } };
      const together = await actors.practitioners(ids, as);
      for (const id of ids)
        expect({ id, actor: together.get(id) ?? null }).toEqual({ id, actor: await one.practitioner(id, as) });
      return together.size;
    };
    const all = await agree();
    expect(all).toBeGreaterThan(30);
    expect(await agree()).toBe(all);
    await owner.query(`UPDATE memberships SET tier = 'observer' WHERE practitioner_id = $1`, [
      rows.find(({ subject }) => subject === 'fire-officer')?.id,
    ]);
    await owner.query(`UPDATE practitioners SET active = false WHERE subject = 'housing-officer'`);
    expect(await agree()).toBe(all - 1);
  } finally {
    await Promise.all([actors.onApplicationShutdown(), one.onApplicationShutdown()]);
    await source.destroy();
    await owner.end();
  }
});
