/**
 * What is hidden answers as what is missing. For every route with an identifier, and every kind of hiding (another panel, a
 * conflict, another partnership), a hidden record and one that never was get the same status, headers and body; so
 * does whoever names it in a body; lists, counts and searches are those of a database in which it was deleted; and it takes
 * no longer to be refused the one than the other.
 *
 * Seen to fail: a 409 where the record exists; a header more on its 404; a stale tag compared before the policy is asked; a
 * request for access refused where there is no such case; one more question to the database where the record exists; counts
 * straight from the table; a search that tells whether it found more than it shows.
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import type { Response, Test } from 'supertest';
import { intruder } from './given-audit.ts';
import { hasId, sample, send, v1, withIds } from './given-operations.ts';
import { asOwner, casesOf, practitioner } from './given-panel-work.ts';
import { as, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

const WHO = 'housing-officer';
let server: TestServer;
let owner: pg.Client;
let officer: Caller;
let partnershipId: string;
/** Why it is hidden, and the case. */
const hidden = new Map<string, string>();
/** By collection, such as `persons`: one record of each hidden case, and why it is hidden. */
const records = new Map<string, { why: string; id: string }[]>();

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000' } });
  owner = await asOwner(server);
  officer = await as(server, WHO);
  const me = await practitioner(owner, WHO);
  const ours = await casesOf(owner, 'ask-jag');
  // she is a member of the panel, and reads the case until she is excluded from it
  const { rows: mine } = await owner.query<{ id: string; partnershipId: string }>(
    `SELECT c.id, c.partnership_id AS "partnershipId" FROM cases c WHERE id = ANY ($1) ORDER BY
       (SELECT count(*) FROM actions a WHERE a.case_id = c.id) DESC, id LIMIT 1`,
    [ours.map(({ id }) => id)],
  );
  partnershipId = mine[0]!.partnershipId;
  hidden.set('a conflict', mine[0]!.id);
  for (const panel of ['ask-syv', 'ask-tasking', 'ask-cmarac'])
    for (const { id } of (await casesOf(owner, panel)).slice(0, 3))
      if ((await officer.get(`/v1/cases/${id}`)).status === 404) hidden.set('another panel', id);
  hidden.set('another partnership', (await casesOf(owner, 'pel-jag'))[0]!.id);
  await owner.query(
    `INSERT INTO exclusions (id, version, made_at, changed_at, partnership_id, practitioner_id, case_id, panel_id, reason, since)
     SELECT gen_random_uuid(), 1, now(), now(), partnership_id, $1, id, panel_id, 'A relative.', now() - interval '1 second'
     FROM cases WHERE id = $2`,
    [me.id, mine[0]!.id],
  );
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'case_id' GROUP BY 1`,
  );
  expect([...hidden.keys()].sort()).toEqual(['a conflict', 'another panel', 'another partnership']);
  for (const [why, id] of hidden) {
    records.set('cases', [...(records.get('cases') ?? []), { why, id }]);
    for (const { name } of tables) {
      const { rows } = await owner.query<{ id: string }>(
        `SELECT id FROM ${name} WHERE case_id = $1 ORDER BY id LIMIT 1`,
        [id],
      );
      const collection = name.replaceAll('_', '-');
      for (const row of rows) records.set(collection, [...(records.get(collection) ?? []), { why, id: row.id }]);
    }
  }
});

/** Everything that an answer says, but for what differs between any two answers. */
function said({ status, headers, text }: Response): string {
  const { date: _, ratelimit: __, 'x-correlation-id': ___, ...rest } = headers as Record<string, string>;
  return JSON.stringify([status, rest, text.replace(/"correlationId":"[0-9a-f]{32}"/, '')]);
}

it('every route with an identifier tells the same of what is hidden and of what is missing', async () => {
  let compared = 0;
  const wrong: string[] = [];
  for (const operation of v1.filter(hasId)) {
    const collection = operation.path.split('/')[2] ?? '';
    for (const { why, id } of records.get(collection) ?? []) {
      // what the officer's agency contributed or has to do is its own, whatever the case
      if ((await officer.get(`/v1/${collection}/${id}`)).status === 200) continue;
      const inner = randomUUID();
      const at = (one: string): string => withIds(operation.path, (index) => (index ? inner : one));
      const right = sample(operation.takes);
      const ways: Record<string, (address: string) => Test> = {
        'as it should be': (address) => send(officer, operation, address),
        ...(operation.takes ? { 'nothing sent': (address) => send(officer, operation, address, {}) } : {}),
        ...(operation.needsIfMatch
          ? {
              'a tag of before': (address) => send(officer, operation, address, right, '"0-stale"'),
              'no tag': (address) => officer.call(operation.method, address).send(right as object),
            }
          : {}),
      };
      for (const [how, ask] of Object.entries(ways)) {
        const [there, nowhere] = [await ask(at(id)), await ask(at(randomUUID()))];
        compared++;
        if (said(there) !== said(nowhere))
          wrong.push(`${operation.name}: ${why}, ${how}: ${said(there)} ≠ ${said(nowhere)}`);
      }
    }
  }
  process.stdout.write(`parity: ${String(compared)} pairs compared\n`);
  expect(wrong).toEqual([]);
  expect(compared).toBeGreaterThan(100);
}, 120_000);

it('so does whoever names it in a body', async () => {
  const persons = new Map<string, string>();
  for (const [why, id] of hidden) {
    const { rows } = await owner.query<{ id: string; readable: boolean }>(
      'SELECT person_id AS id FROM case_people WHERE case_id = $1',
      [id],
    );
    for (const row of rows) if ((await officer.get(`/v1/persons/${row.id}`)).status === 404) persons.set(why, row.id);
  }
  const { rows: jag } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const meant = v1.find(({ name }) => name === 'POST /v1/referrals')!;
  const ways: [what: string, path: string, ids: Map<string, string>, body: (id: string) => object][] = [
    [
      'asks for access',
      '/v1/access-requests',
      hidden,
      (caseId) => ({ caseId, reason: 'Needed for the visit.', purpose: 'PANEL_MEETING' }),
    ],
    [
      'opens in an emergency',
      '/v1/emergency-accesses',
      hidden,
      (caseId) => ({ caseId, reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed.' }),
    ],
    ['asks why', '/v1/policy/explanations', hidden, (id) => ({ action: 'read', type: 'Case', id })],
    [
      'asks why of a field',
      '/v1/policy/explanations',
      persons,
      (id) => ({ action: 'read', type: 'Person', id, field: 'phone' }),
    ],
    [
      'refers the person',
      '/v1/referrals',
      persons,
      (personId) => ({
        ...(sample(meant.takes) as object),
        panelId: jag[0]!.id,
        subjectKind: 'person_victim',
        personId,
      }),
    ],
    ['excludes from the case', '/v1/exclusions', hidden, (caseId) => ({ caseId, reason: 'A relative.' })],
    [
      'excludes from the person',
      '/v1/exclusions',
      persons,
      (personId) => ({ personId, name: 'Somebody Else', reason: 'A relative.' }),
    ],
  ];
  const shape = (answer: Response): string =>
    said(answer)
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
      .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
      .replace(/"etag":"[^,]*"/, 'ETAG');
  const wrong: string[] = [];
  const told: string[] = [];
  for (const [what, path, ids, body] of ways) {
    expect([what, ids.size > 0]).toEqual([what, true]);
    for (const [why, id] of ids) {
      const there = await officer.post(path, body(id));
      const nowhere = await officer.post(path, body(randomUUID()));
      told.push(`${what}: ${String(there.status)}`);
      if (shape(there) !== shape(nowhere)) wrong.push(`${what}: ${why}: ${shape(there)} ≠ ${shape(nowhere)}`);
      if (there.status >= 500 || there.status === 400) wrong.push(`${what}: ${there.text}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(new Set(told).size).toBeGreaterThan(3);
}, 60_000);

it('it takes no longer to be refused what is hidden than what is missing', async () => {
  const rounds = 300;
  const mean = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
  const once = async (id: string): Promise<number> => {
    const begin = performance.now();
    const reply = await fetch(`${server.url}/v1/cases/${id}`, {
      headers: { authorization: `Bearer ${officer.token}` },
    });
    await reply.text();
    if (reply.status !== 404) throw new Error(`${String(reply.status)}`);
    return performance.now() - begin;
  };
  for (const [why, id] of hidden) {
    const took: Record<string, number[]> = { hidden: [], missing: [], also: [] };
    for (let round = 0; round < rounds; round++) {
      // interleaved, in another order each time, so that what else the machine does falls on all alike
      const kinds: [string, string][] = [
        ['hidden', id],
        ['missing', randomUUID()],
        ['also', randomUUID()],
      ];
      for (let n = 0; n < 3; n++) {
        const [kind, one] = kinds[(n + round) % 3]!;
        took[kind]!.push(await once(one));
      }
    }
    const [there, nowhere, also] = ['hidden', 'missing', 'also'].map((kind) => mean(took[kind]!)) as [
      number,
      number,
      number,
    ];
    // the noise is what two series of the same question differ by, estimated over resampled halves of missing ones
    const missing = [...took['missing']!, ...took['also']!];
    const noise = Array.from({ length: 200 }, () => {
      const drawn = Array.from({ length: rounds * 2 }, () => missing[Math.floor(Math.random() * missing.length)]!);
      return Math.abs(mean(drawn.slice(0, rounds)) - mean(drawn.slice(rounds)));
    }).sort((a, b) => a - b);
    const bound = Math.max(noise.at(-1)! * 1.5, Math.abs(nowhere - also) * 2, 0.1);
    process.stdout.write(
      `parity: ${why}: hidden ${there.toFixed(3)} ms, missing ${nowhere.toFixed(3)} and ${also.toFixed(3)} ms, bound ${bound.toFixed(3)} ms\n`,
    );
    expect([why, Math.abs(there - (nowhere + also) / 2) <= bound]).toEqual([why, true]);
  }
}, 120_000);

/** Last, because it deletes. */
it('lists, counts and searches are those of a database without it', async () => {
  const { rows: people } = await owner.query<{ familyName: string }>(
    `SELECT DISTINCT family_name AS "familyName" FROM persons WHERE id IN
       (SELECT person_id FROM case_people WHERE case_id = ANY ($1))`,
    [[...hidden.values()]],
  );
  const everything = async (): Promise<string[]> => {
    const told: string[] = [];
    for (const path of [
      ...v1.filter((one) => one.method === 'get' && one.isList && !hasId(one)).map((one) => `${one.path}?limit=100`),
      ...['stage', 'isRepeat', 'leadAgencyId', 'panelId', 'riskBand'].map((by) => `/v1/case-counts?by=${by}`),
    ]) {
      if (/audit|disclosures|access-requests|emergency/.test(path)) continue;
      for (let next: string | null = ''; next !== null;) {
        const { text, body } = await officer.get(`${path}${next ? `&cursor=${encodeURIComponent(next)}` : ''}`);
        next = (body.next as string | null | undefined) ?? null;
        told.push(`${path}: ${text.replace(/"(next|correlationId)":"[^"]*"/, '')}`);
      }
    }
    for (const { familyName } of people)
      told.push((await officer.post('/v1/person-searches', { partnershipId, familyName })).text);
    return told;
  };
  const before = await everything();
  expect(before.length).toBeGreaterThan(15);
  const time = await intruder(server);
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'case_id' GROUP BY 1`,
  );
  const ids = [...hidden.values()];
  // whoever stands in nothing that the officer may read goes with the case
  const { rows: standing } = await owner.query<{ id: string }>(
    'SELECT DISTINCT person_id AS id FROM case_people WHERE case_id = ANY ($1)',
    [ids],
  );
  const unseen: string[] = [];
  for (const { id } of standing) if ((await officer.get(`/v1/persons/${id}`)).status === 404) unseen.push(id);
  expect(unseen.length).toBeGreaterThan(0);
  let deleted = 0;
  for (const { name } of tables)
    deleted += (await time.query(`DELETE FROM ${name} WHERE case_id = ANY ($1)`, [ids])).rowCount ?? 0;
  deleted += (await time.query('DELETE FROM cases WHERE id = ANY ($1)', [ids])).rowCount ?? 0;
  deleted += (await time.query('DELETE FROM persons WHERE id = ANY ($1)', [unseen])).rowCount ?? 0;
  expect(deleted).toBeGreaterThan(10);
  const after = await everything();
  expect(after.length).toBe(before.length);
  expect(before.filter((one, n) => one !== after[n]).map((one) => one.slice(0, 120))).toEqual([]);
}, 120_000);
