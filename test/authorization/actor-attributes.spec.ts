/**
 * Facts are kept in mind only because whatever they are read from moves the stamp. For every declared fact and every
 * declared change: each table that its statement reads has the trigger that moves it.
 *
 * Seen to fail: the trigger of the grants dropped. Of many people read at once: what is known of them not compared with the
 * stamp.
 */
import pg from 'pg';
import { givenDatabase } from '../support/database.ts';

test('every table from which a fact is read moves the stamp', async () => {
  (await import('#built/policies')).registerPolicies();
  const { declaredTimedChanges: declaredChanges, declaredAttributes: declaredFacts } =
    await import('#built/authentication/actor');
  const { ownerUrl } = await givenDatabase();
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ name: string; moves: boolean }>(
    `SELECT c.relname AS name, EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'advance_authorization_version') AS moves
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
