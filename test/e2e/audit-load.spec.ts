/**
 * Many at once, in two processes on one database: every answer has its entry, the numbers have no gap, and the log verifies.
 *
 * Seen to fail: appending without the lock.
 */
import pg from 'pg';
import { exported, verified } from '../support/audit.ts';
import { as } from '../support/people.ts';
import { givenServer } from '../support/server.ts';

test('reads and writes at once, in two processes, leave a log without a gap', async () => {
  const one = await givenServer({ env: { RATE_LIMIT: '100000' } });
  const two = await givenServer({ database: one.database, env: { RATE_LIMIT: '100000' } });
  const service = new pg.Client({ connectionString: one.database.adminUrl });
  service.on('error', () => undefined);
  await service.connect();
  const partnership = (await service.query<{ id: string }>(`SELECT id FROM partnerships WHERE code = 'ASK'`)).rows[0]!
    .id;
  const callers = await Promise.all(
    [one, two].flatMap((server) => ['housing-officer', 'idva', 'outsider'].map((who) => as(server, who))),
  );
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      const caller = callers[at % callers.length]!;
      if (caller.who === 'housing-officer' && at % 4 < 2)
        return caller.post('/v1/places', {
          partnershipId: partnership,
          kind: 'estate',
          name: `Busy Court ${String(at)}`,
        });
      return caller.get(at % 5 ? '/v1/cases?limit=10' : `/v1/cases/${partnership}`);
    }),
  );
  // and writes alone, by both processes: each of them holds the end of the log until it commits
  const officers = callers.filter(({ who }) => who === 'housing-officer');
  answers.push(
    ...(await Promise.all(
      Array.from({ length: 100 }, async (_, at) =>
        officers[at % officers.length]!.post('/v1/places', {
          partnershipId: partnership,
          kind: 'estate',
          name: `Busier Court ${String(at)}`,
        }),
      ),
    )),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201, 404]));
  const { rows } = await service.query<{ index: string; correlation_id: string }>(
    'SELECT index, correlation_id FROM audit_entries ORDER BY index',
  );
  expect(rows.map(({ index }) => Number(index))).toEqual(rows.map((_, at) => at));
  const written = new Set(rows.map((row) => row.correlation_id));
  expect(answers.filter(({ headers }) => !written.has(headers['x-correlation-id'] ?? ''))).toEqual([]);
  const { rows: commits } = await service.query<{ commits: number }>(
    'SELECT count(*)::int AS commits FROM audit_checkpoints',
  );
  expect(commits[0]!.commits).toBeLessThan(rows.length); // reads share them
  expect(await verified(await exported(two))).toMatchObject({ code: 0 });
  await service.end();
});

test('what waits to be written when the service is stopped is written', async () => {
  const server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  const officer = await as(server, 'housing-officer');
  await officer.get('/v1/cases?limit=1').expect(200);
  const asked = Array.from({ length: 40 }, async () => officer.get('/v1/cases?limit=1'));
  await Promise.race(asked);
  expect(await server.stop()).toBe(0);
  const answered = (await Promise.allSettled(asked)).flatMap((one) =>
    one.status === 'fulfilled' && one.value.status === 200 ? [one.value] : [],
  );
  const client = new pg.Client({ connectionString: server.database.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ correlation_id: string }>('SELECT correlation_id FROM audit_entries');
  await client.end();
  const written = new Set(rows.map((row) => row.correlation_id));
  expect(answered.length).toBeGreaterThan(0);
  expect(answered.filter(({ headers }) => !written.has(headers['x-correlation-id'] ?? ''))).toEqual([]);
});
