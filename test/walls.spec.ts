/**
 * Honesty test of the second wall: row-level security stands on every table, forced; a connection that did not say who acts
 * sees nothing; and for every member of the cast the wall hides what must not exist for them, and nothing that the policy
 * permits.
 *
 * Seen to fail: a table without a wall; `hidden_cases` left empty; a wall that forgets the partnership of panels.
 */
import pg from 'pg';
import { givenDatabase, type TestDatabase } from './support/database.ts';

const built = async () => {
  await import('#built/app.module');
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/policy/columns')),
    ...(await import('#built/policy/sql')),
    ...(await import('#built/policy/subjects')),
    ...(await import('#built/records/database')),
    ...(await import('#built/records/query')),
    ...(await import('#built/records/wall')),
  };
};

let database: TestDatabase;
let owner: pg.Client;
let service: pg.Client;

async function connected(connectionString: string, options?: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, ...(options ? { options } : {}) });
  client.on('error', () => undefined); // the database is dropped when the spec ends
  await client.connect();
  return client;
}

beforeAll(async () => {
  database = await givenDatabase();
  owner = await connected(database.ownerUrl);
  service = await connected(database.serviceUrl);
});

async function tables(): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND relname <> 'migrations' ORDER BY 1`,
  );
  return rows.map((one) => one.name);
}

test('every table has its wall, forced, and the service owns none of them', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND relname <> 'migrations' AND NOT (relrowsecurity AND relforcerowsecurity AND relowner = 'wardmote'::regrole
         AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid AND polname = 'wall'))`,
  );
  expect(rows).toEqual([]);
});

test('a connection that did not say who acts sees nothing: neither before nor after a transaction that did', async () => {
  const policy = await built();
  const seen = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const table of await tables()) {
      const { rows } = await service.query<{ n: number }>(`SELECT count(*)::int AS n FROM "${table}"`);
      if (rows[0]?.n) found.push(table);
    }
    return found;
  };
  expect(await seen()).toEqual([]);
  await service.query('BEGIN');
  await service.query(policy.entering(policy.SERVICE_WALL));
  expect(await seen()).toContain('agencies');
  await service.query('COMMIT');
  expect(await seen()).toEqual([]);
  // the owner is bound, too, until it says that it maintains
  const bare = await connected(database.ownerUrl.replace(/\?.*$/, ''));
  expect((await bare.query<{ n: number }>('SELECT count(*)::int AS n FROM cases')).rows).toEqual([{ n: 0 }]);
  await bare.end();
});

test('for each of the cast the wall hides what must not exist for them, and nothing that the policy permits', async () => {
  const policy = await built();
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  const actors = new policy.ActorsOfAgencies(source);
  const { rows: people } = await owner.query<{ issuer: string; subject: string; client: boolean; scopes: string[] }>(
    `SELECT issuer, subject, false AS client, '{}'::text[] AS scopes FROM practitioners
     UNION ALL SELECT issuer, client_id, true, scopes FROM clients`,
  );
  const faults: string[] = [];
  const counts = { permitted: 0, hidden: 0 };
  for (const { issuer, subject, client, scopes } of people) {
    const as = { now: new Date(), call: { correlationId: 'walls', route: 'TEST' }, scopes };
    const actor = await actors.signedIn(issuer, subject, client ? subject : null, as);
    if (!actor) throw new Error(`${subject} cannot sign in`);
    await service.query('BEGIN');
    await service.query(policy.entering(actor.wall as Parameters<typeof policy.entering>[0]));
    for (const declared of policy.declaredSubjects()) {
      const parameters = new policy.Parameters();
      const permitted = policy.permittedSql(actor, declared, 'read', 't', parameters);
      const sql = `SELECT t.id FROM ${policy.tableOf(declared.type)} t WHERE ${permitted} ORDER BY 1`;
      const [free, walled] = await Promise.all([
        owner.query<{ id: string }>(sql, parameters.values),
        service.query<{ id: string }>(sql, parameters.values),
      ]);
      counts.permitted += free.rows.length;
      if (JSON.stringify(free.rows) !== JSON.stringify(walled.rows))
        faults.push(
          `${subject}: ${declared.name}: ${String(free.rows.length)} permitted, ${String(walled.rows.length)} behind the wall`,
        );
    }
    for (const table of await tables()) {
      const { rows: columns } = await owner.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
        [table],
      );
      const has = (column: string): boolean => columns.some((one) => one.name === column);
      const mustNot = [
        ...(has('partnership_id') && table !== 'agency_partnerships' ? ['partnership_id <> ALL ($1::uuid[])'] : []),
        ...(table === 'cases' || has('case_id') ? [`${table === 'cases' ? 'id' : 'case_id'} = ANY ($2::uuid[])`] : []),
        ...(table === 'persons' || has('person_id')
          ? [`${table === 'persons' ? 'id' : 'person_id'} = ANY ($3::uuid[])`]
          : []),
        ...(has('agency_only') ? ['(agency_only AND agency_id <> $4)'] : []),
      ];
      if (!mustNot.length) continue;
      const sql = `SELECT count(*)::int AS n FROM "${table}" WHERE ($1::uuid[] IS NOT NULL AND $2::uuid[] IS NOT NULL
        AND $3::uuid[] IS NOT NULL AND $4::uuid IS NOT NULL) AND (${mustNot.join(' OR ')})`;
      const values = [actor.partnershipIds, actor.excludedCaseIds, actor.excludedPersonIds, actor.agencyId];
      const behind = await service.query<{ n: number }>(sql, values);
      const there = await owner.query<{ n: number }>(sql, values);
      counts.hidden += there.rows[0]?.n ?? 0;
      if (behind.rows[0]?.n)
        faults.push(`${subject}: ${table} shows ${String(behind.rows[0].n)} rows that must not exist`);
    }
    await service.query('COMMIT');
  }
  await source.destroy();
  process.stdout.write(`walls: ${String(counts.permitted)} rows permitted, ${String(counts.hidden)} hidden\n`);
  expect(faults).toEqual([]);
  expect(counts.permitted).toBeGreaterThan(10_000);
  expect(counts.hidden).toBeGreaterThan(10_000);
}, 120_000);
