/**
 * Honesty test of the second wall: row-level security stands on every table, forced; a connection that did not say who acts
 * sees nothing; and for every member of the cast the wall hides what must not exist for them, and nothing that the policy
 * permits. Behind it, for each of them, the list, the single reads and the explanations agree, and so does an auditor's
 * export with what that auditor may read.
 *
 * Seen to fail: a table without a wall; an exclusion by one panel that row-level security takes for one of the partnership; the hidden cases left out; a wall that forgets the partnership of panels;
 * the rights of the service left on after an error; questions of a unit of work that is over; a connection of no use after an error;
 * an explanation that takes every ground for open; an export that leaves out what was disclosed.
 */
import pg from 'pg';
import { entriesIn, exported } from '../support/audit.ts';
import { as, castOf } from '../support/people.ts';
import { givenDatabase, type TestDatabase } from '../support/database.ts';
import { givenServer } from '../support/server.ts';

const built = async () => {
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/database/columns')),
    ...(await import('#built/authorization/explanation')),
    ...(await import('#built/authorization/conditions-to-sql')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/authorization/applicable-rules')),
    ...(await import('#built/time/clock')),
    ...(await import('#built/records/database-session')),
    ...(await import('#built/database/data-source')),
    ...(await import('#built/records/rows-with-relations')),
    ...(await import('#built/records/record-queries')),
    ...(await import('#built/records/database-session')),
    ...(await import('#built/records/unit-of-work')),
    ...(await import('#built/records/queries-by-id')),
    ...(await import('#built/records/security-context')),
    ...(await import('#built/records/reading-context-sql')),
  };
};

type Built = Awaited<ReturnType<typeof built>>;
type Actor = NonNullable<Awaited<ReturnType<InstanceType<Built['ActorsOfAgencies']>['signedIn']>>>;
type Wall = Parameters<Built['setContextStatement']>[0];

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
  // from people in cases of several panels: by one panel, and in the whole partnership
  for (const [subject, reach] of [
    ['police-sergeant', 'panel'],
    ['housing-officer', 'partnership'],
    ['idva', 'panel'],
    ['social-worker', 'partnership'],
  ]) {
    const { rowCount } = await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, person_id, reason, since, reach)
       SELECT gen_random_uuid(), 1, one.partnership_id, one.panel_id, p.id, one.person_id, 'A relative.', now() - interval '1 day', $2
       FROM practitioners p JOIN memberships m ON m.practitioner_id = p.id AND m.tier <> 'observer', LATERAL (
         SELECT cp.partnership_id, cp.panel_id, cp.person_id FROM case_people cp WHERE cp.panel_id = m.panel_id ORDER BY cp.id LIMIT 2) one
       WHERE p.subject = $1
       ON CONFLICT DO NOTHING -- two panels may discuss one person`,
      [subject, reach],
    );
    expect(rowCount).toBeGreaterThan(0);
  }
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
  await service.query(policy.setContextStatement(policy.SERVICE_CONTEXT));
  expect(await seen()).toContain('agencies');
  await service.query('COMMIT');
  expect(await seen()).toEqual([]);
  // the owner is bound, too, until it says that it maintains
  const bare = await connected(database.ownerUrl.replace(/\?.*$/, ''));
  expect((await bare.query<{ n: number }>('SELECT count(*)::int AS n FROM cases')).rows).toEqual([{ n: 0 }]);
  await bare.end();
});

const CAST = `SELECT issuer, subject, false AS client, '{}'::text[] AS scopes FROM practitioners
  UNION ALL SELECT issuer, client_id, true, scopes FROM clients`;

/** Everybody who can sign in, practitioners and machine clients, as the policy sees them now. */
async function castIn(
  policy: Built,
  on: pg.Client,
  source: Awaited<ReturnType<Built['openDatabase']>>,
): Promise<{ subject: string; actor: Actor }[]> {
  const actors = new policy.ActorsOfAgencies(source);
  const { rows } = await on.query<{ issuer: string; subject: string; client: boolean; scopes: string[] }>(CAST);
  const cast: { subject: string; actor: Actor }[] = [];
  for (const { issuer, subject, client, scopes } of rows) {
    const now = { now: new Date(), call: { correlationId: 'walls', route: 'TEST' }, scopes };
    const actor = await actors.signedIn(issuer, subject, client ? subject : null, now);
    if (!actor) throw new Error(`${subject} cannot sign in`);
    cast.push({ subject, actor });
  }
  return cast;
}

const permittedTo = (policy: Built, actor: Actor, declared: ReturnType<Built['subjectOf']>, action: string) => {
  const parameters = new policy.Parameters();
  const permitted = policy.permittedSql(actor, declared, action, 't', parameters);
  const table = policy.tableOf(declared.type);
  return { text: `SELECT t.id FROM ${table} t WHERE ${permitted} ORDER BY 1`, values: parameters.values };
};

test('for each of the cast the wall hides what must not exist for them, and nothing that the policy permits', async () => {
  const policy = await built();
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  const faults: string[] = [];
  const counts = { permitted: 0, hidden: 0 };
  for (const { subject, actor } of await castIn(policy, owner, source)) {
    await service.query('BEGIN');
    await service.query(
      policy.setContextStatement(actor.securityContext as Parameters<typeof policy.setContextStatement>[0]),
    );
    for (const declared of policy.declaredSubjects()) {
      const permitted = permittedTo(policy, actor, declared, 'read');
      const [free, walled] = await Promise.all([
        owner.query<{ id: string }>(permitted),
        service.query<{ id: string }>(permitted),
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
        ...(table === 'persons' || (has('person_id') && table !== 'referral_people')
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

test.each(['asSystem', 'acrossPartnerships'] as const)(
  'a unit of work has its actor’s rights again when %s fails',
  async (right) => {
    const policy = await built();
    const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
    const kept = (await castIn(policy, owner, source)).find(
      ({ actor }) => (actor.securityContext as Wall).hidden !== '{}',
    );
    if (!kept) throw new Error('nothing is hidden from anybody');
    const runner = source.createQueryRunner();
    const client = (await runner.connect()) as pg.PoolClient;
    const conversation = new policy.DatabaseSession(runner, client, kept.actor, new policy.Clock());
    const work = new policy.UnitOfWork(kept.actor, conversation);
    const wall = async (): Promise<unknown> =>
      (
        await work.manager.query<unknown[]>(
          `SELECT current_setting('app.hidden') AS hidden, current_setting('app.partnerships') AS partnerships`,
        )
      )[0];
    const before = await wall();
    const fails = async (): Promise<never> => {
      expect(await wall()).not.toEqual(before);
      throw new Error('on purpose');
    };
    await expect(work[right](fails)).rejects.toThrow('on purpose');
    expect(await wall()).toEqual(before);
    // and takes them once more when asked again
    await expect(work[right](fails)).rejects.toThrow('on purpose');
    await conversation.rollBack(null);
    await runner.release();
    await source.destroy();
  },
);

test('whatever a unit of work still does when it is over asks nothing on the connection that it gave back', async () => {
  const policy = await built();
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  const [kept] = await castIn(policy, owner, source);
  const runner = source.createQueryRunner();
  const client = (await runner.connect()) as pg.PoolClient;
  const conversation = new policy.DatabaseSession(runner, client, kept!.actor, new policy.Clock());
  const work = new policy.UnitOfWork(kept!.actor, conversation);
  await conversation.rollBack(new Error('on purpose'));
  const [first] = policy.declaredSubjects();
  const goOn = await Promise.allSettled([
    (async () => work.records.findMany('read', first!.type, {}))(),
    (async () => work.manager.query('SELECT 1'))(),
    (async () => work.asSystem(async () => Promise.resolve()))(),
  ]);
  for (const one of goOn)
    expect(String((one as PromiseRejectedResult).reason)).toContain('after the end of its unit of work');
  const { rows } = await client.query(
    `SELECT current_setting('app.actor', true) AS actor, now() = statement_timestamp() AS alone`,
  );
  expect(rows).toEqual([{ actor: '', alone: true }]);
  await runner.release();
  await source.destroy();
});

test('a connection serves the next unit of work after a statement failed with the rights of the service', async () => {
  const policy = await built();
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  const [kept] = await castIn(policy, owner, source);
  const runner = source.createQueryRunner();
  const client = (await runner.connect()) as pg.PoolClient;
  const unitOfWork = async (does: (work: InstanceType<Built['UnitOfWork']>) => Promise<unknown>): Promise<unknown> => {
    const conversation = new policy.DatabaseSession(runner, client, kept!.actor, new policy.Clock());
    try {
      return await does(new policy.UnitOfWork(kept!.actor, conversation));
    } finally {
      await conversation.rollBack(null);
    }
  };
  const [first] = policy.declaredSubjects();
  await unitOfWork((work) => work.records.findMany('read', first!.type, {}));
  await expect(unitOfWork((work) => work.asSystem(() => work.manager.query('SELECT 1 / 0')))).rejects.toThrow('zero');
  for (let times = 0; times < 2; times++)
    expect(await unitOfWork((work) => work.manager.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  await runner.release();
  await source.destroy();
});

/** Rows of a table taken in an order that has nothing to do with any rule. */
const sampled = async (table: string, among: 'these' | 'others', ids: string[]): Promise<string[]> => {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT id FROM ${table} WHERE (id = ANY ($1::uuid[])) = $2 ORDER BY md5(id::text) LIMIT 3`,
    [ids, among === 'these'],
  );
  return rows.map((row) => row.id);
};

test('for each of the cast, behind their wall: the list is what they may read, one by one, and why', async () => {
  const policy = await built();
  const source = await policy.openDatabase(policy.databaseOptions(database.serviceUrl, policy.entities));
  const faults: string[] = [];
  const counts = { listed: 0, read: 0, closed: 0 };
  for (const { subject, actor } of await castIn(policy, owner, source)) {
    await policy.withSecurityContext(source, actor.securityContext as Wall, async (manager) => {
      for (const declared of policy.declaredSubjects()) {
        const fault = (what: string): void => void faults.push(`${subject}: ${declared.name}: ${what}`);
        const { text, values } = permittedTo(policy, actor, declared, 'read');
        const { rows } = await owner.query<{ id: string }>(text, values);
        const permitted = rows.map((row) => row.id);
        const list = policy.listSql(actor, declared.type, 'read', { filter: {}, limit: permitted.length + 1 });
        const listed = (await manager.query<{ id: string }[]>(list.text, list.values)).map((row) => row.id);
        counts.listed += listed.length;
        if (listed.sort().join() !== permitted.sort().join())
          fault(`${String(permitted.length)} permitted, ${String(listed.length)} in the list`);
        const table = policy.tableOf(declared.type);
        const open = await sampled(table, 'these', permitted);
        const ids = [...open, ...(await sampled(table, 'others', permitted))];
        const facts = await policy.rowsWithRelations(manager, actor, declared.type, ['read'], ids);
        for (const id of ids) {
          const expected = open.includes(id);
          const find = policy.findSql(actor, declared.type, 'read', id, false);
          const [found] = await manager.query<{ id: string }[]>(find.text, find.values);
          counts[expected ? 'read' : 'closed'] += 1;
          if ((found?.id === id) !== expected) fault(`listed ${String(expected)}, read alone ${String(!expected)}`);
          const row = facts.find((one) => one['id'] === id);
          const explained = row !== undefined && policy.explain(actor, declared, 'read', row).outcome === 'permit';
          if (explained !== expected) fault(`listed ${String(expected)}, explained ${String(explained)}`);
        }
      }
    });
  }
  await source.destroy();
  process.stdout.write(
    `behind the walls: ${String(counts.listed)} listed, ${String(counts.read)} read alone, ${String(counts.closed)} closed\n`,
  );
  expect(faults).toEqual([]);
  expect(counts.listed).toBeGreaterThan(10_000);
  expect(counts.read).toBeGreaterThan(1000);
  expect(counts.closed).toBeGreaterThan(1000);
}, 180_000);

test('an export shows each of the cast who may export what they may read, each entry explained, and nobody else anything', async () => {
  const policy = await built();
  const server = await givenServer();
  // entries of every agency: what each of the cast did, or tried
  const cast = await castOf(server);
  for (const { id } of cast) await (await as(server, id)).get('/v1/cases?limit=1');
  const source = await policy.openDatabase(policy.databaseOptions(server.databaseUrl, policy.entities));
  const log = await connected(server.ownerUrl);
  const entries = policy.subjectNamed('AuditEntry');
  if (!entries) throw new Error('there is no log');
  const counts = { exporters: 0, readable: 0, sealed: 0 };
  const faults: string[] = [];
  for (const { subject, actor } of await castIn(policy, log, source)) {
    if (!cast.some(({ id }) => id === subject)) throw new Error(`${subject} is not one of the cast`);
    if (!policy.hasApplicableRule(actor, entries, 'export')) {
      const { statusCode } = await (await as(server, subject)).get('/v1/audit-entries/export');
      if (statusCode !== 403) faults.push(`${subject}: the export answers ${String(statusCode)}`);
      continue;
    }
    counts.exporters += 1;
    const lines = entriesIn(await exported(server, subject));
    const shown = lines.flatMap(({ leaf }) => (leaf ? [leaf.id] : [])).sort();
    const last = lines.at(-1)?.index ?? -1;
    const { rows: known } = await log.query<{ id: string }>('SELECT id FROM audit_entries WHERE index <= $1', [last]);
    const there = known.map((row) => row.id);
    const permitted = permittedTo(policy, actor, entries, 'read');
    const { rows: may } = await log.query<{ id: string }>(permitted);
    const readable = may.map((row) => row.id).filter((id) => there.includes(id));
    if (shown.join() !== readable.sort().join())
      faults.push(`${subject}: ${String(shown.length)} exported, ${String(readable.length)} to be read`);
    await policy.withSecurityContext(source, actor.securityContext as Wall, async (manager) => {
      const list = policy.listSql(actor, entries.type, 'read', { filter: {}, limit: 1_000_000 });
      const listed = (await manager.query<{ id: string }[]>(list.text, list.values)).map((row) => row.id);
      const within = new Set(there);
      if (
        listed
          .filter((id) => within.has(id))
          .sort()
          .join() !== shown.join()
      )
        faults.push(`${subject}: ${String(listed.length)} listed`);
      const facts = await policy.rowsWithRelations(manager, actor, entries.type, ['read', 'export'], there);
      for (const action of ['read', 'export']) {
        const explained = facts.filter((row) => policy.explain(actor, entries, action, row).outcome === 'permit');
        if (explained.length !== shown.length || explained.some((row) => !shown.includes(row['id'] as string)))
          faults.push(`${subject}: ${action}: ${String(explained.length)} explained`);
      }
    });
    counts.readable += shown.length;
    counts.sealed += lines.length - shown.length;
  }
  await log.end();
  await source.destroy();
  process.stdout.write(
    `exports: ${String(counts.exporters)}, with ${String(counts.readable)} entries to be read and ${String(counts.sealed)} sealed\n`,
  );
  expect(faults).toEqual([]);
  expect(counts.exporters).toBeGreaterThan(1);
  expect(counts.readable).toBeGreaterThan(0);
  expect(counts.sealed).toBeGreaterThan(0);
}, 180_000);
