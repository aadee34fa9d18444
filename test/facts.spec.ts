/**
 * Facts are kept in mind only because whatever they are read from moves the stamp. For every declared fact and every
 * declared change: each table that its statement reads has the trigger that moves it.
 *
 * Seen to fail: the trigger of the grants dropped.
 */
import pg from 'pg';
import { givenDatabase } from './support/database.ts';

test('every table from which a fact is read moves the stamp', async () => {
  await import('#built/app.module');
  const { declaredChanges, declaredFacts } = await import('#built/policy/actor');
  const { ownerUrl } = await givenDatabase();
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string; moves: boolean }>(
    `SELECT c.relname AS name, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'stamp_facts') AS moves
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`,
  );
  await owner.end();
  const tables = new Map(rows.map(({ name, moves }) => [name, moves]));
  const read = [...declaredFacts().map(({ sql }) => sql), ...declaredChanges()].flatMap((sql) =>
    [...sql.matchAll(/\b(?:FROM|JOIN)\s+([a-z_]+)/g)].flatMap(([, name]) => (name && tables.has(name) ? [name] : [])),
  );
  expect(new Set(read).size).toBeGreaterThan(10);
  expect([...new Set(read)].filter((name) => !tables.get(name))).toEqual([]);
});
