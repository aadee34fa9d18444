/**
 * What the log says, who may read it and for what; and that nothing leaves or changes without it.
 *
 * Seen to fail: an answer that does not wait for its entry; an auditor's ground without the partnership; a batch of which
 * the fault of one is laid on all, as a later statement said only that the transaction was over.
 */
import pg from 'pg';
import supertest, { type Response } from 'supertest';
import { busyDay, entriesIn, exported, intruder, linesOf, verified } from '../support/audit.ts';
import { as, bearing } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let service: pg.Client;
let superuser: pg.Client;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  superuser = await intruder(server);
  service = new pg.Client({ connectionString: server.database.adminUrl });
  service.on('error', () => undefined);
  await service.connect();
});

interface Row {
  index: string;
  operation: string;
  sub_operation: string;
  outcome: string;
  rule: string | null;
  actor_kind: string;
  actor_id: string | null;
  principal: string | null;
  partnership_id: string | null;
  recipient_agency_id: string | null;
  subject_type: string;
  record_ids: string[];
  person_ids: string[] | null;
  search: string | null;
  result_count: number;
  purpose: string;
  policy_version: string;
  fields: string[];
}

/** The entries of one answer, by its correlation id. */
async function entriesOf(answer: { headers: Record<string, string> }): Promise<Row[]> {
  const { rows } = await service.query<Row>('SELECT * FROM audit_entries WHERE correlation_id = $1 ORDER BY index', [
    answer.headers['x-correlation-id'],
  ]);
  return rows;
}

const partnership = async (code: string): Promise<string> =>
  (await service.query<{ id: string }>('SELECT id FROM partnerships WHERE code = $1', [code])).rows[0]!.id;

describe('an entry says', () => {
  it('that content of another agency was disclosed, and that one’s own was consulted', async () => {
    const officer = await as(server, 'housing-officer');
    const me = (await officer.get('/v1/me').expect(200)).body;
    const answer = await officer.get('/v1/persons?limit=100').expect(200);
    const entries = await entriesOf(answer);
    const own = (
      await service.query<{ id: string }>('SELECT id FROM persons WHERE agency_id = $1', [me.agencyId])
    ).rows.map(({ id }) => id);
    const [disclosed, consulted] = ['disclose', 'consult'].map((operation) =>
      entries.filter((one) => one.operation === operation),
    );
    expect(disclosed!.length).toBeGreaterThan(0);
    expect(consulted!.length).toBeGreaterThan(0);
    for (const one of disclosed!) {
      expect(one.recipient_agency_id).toBe(me.agencyId);
      expect(one.record_ids.filter((id) => own.includes(id))).toEqual([]);
      expect(one.person_ids).toEqual(one.record_ids);
    }
    for (const one of consulted!) expect(one.recipient_agency_id).toBeNull();
    const shown = answer.body.data.map(({ id }: { id: string }) => id).sort();
    expect(entries.flatMap((one) => one.record_ids).sort()).toEqual(shown);
    expect(consulted!.flatMap((one) => one.record_ids)).toEqual(
      expect.arrayContaining(own.filter((id) => shown.includes(id))),
    );
  });

  it('in which partnership: a list over several has an entry for each', async () => {
    const inspector = await as(server, 'ttcg-chair');
    const answer = await inspector.get('/v1/panels?limit=100').expect(200);
    const entries = await entriesOf(answer);
    const of = new Map(
      answer.body.data.map((one: { id: string; partnershipId: string }) => [one.id, one.partnershipId]),
    );
    expect(new Set(of.values()).size).toBeGreaterThan(1);
    expect(entries.map((one) => one.partnership_id).sort()).toEqual([...new Set(of.values())].sort());
    for (const one of entries) for (const id of one.record_ids) expect(of.get(id)).toBe(one.partnership_id);
  });

  it('what was searched for only as a keyed digest, with the number and the records found', async () => {
    const coordinator = await as(server, 'marac-coordinator');
    const { rows } = await service.query<{ family_name: string }>(
      `SELECT p.family_name FROM persons p JOIN cases c ON c.person_id = p.id JOIN panels n ON n.id = c.panel_id
       WHERE n.code = 'ask-marac' AND p.family_name IS NOT NULL LIMIT 1`,
    );
    const familyName = rows[0]!.family_name;
    const body = { partnershipId: await partnership('ASK'), familyName };
    const [one, again, other] = [
      await coordinator.post('/v1/person-searches', body).expect(200),
      await coordinator.post('/v1/person-searches', body).expect(200),
      await coordinator.post('/v1/person-searches', { ...body, familyName: 'Nobody-Of-That-Name' }).expect(200),
    ];
    const [first, second, third] = [await entriesOf(one), await entriesOf(again), await entriesOf(other)];
    expect(one.body.data.length).toBeGreaterThan(0);
    expect(first[0]).toMatchObject({ sub_operation: 'search' });
    expect(first.flatMap((entry) => entry.record_ids).sort()).toEqual(
      one.body.data.map(({ id }: { id: string }) => id).sort(),
    );
    expect(first.reduce((sum, entry) => sum + entry.result_count, 0)).toBe(one.body.data.length);
    expect(third).toMatchObject([{ sub_operation: 'search', operation: 'consult', record_ids: [], result_count: 0 }]);
    expect(first[0]!.search).toMatch(/^[0-9a-f]{64}$/);
    expect(second[0]!.search).toBe(first[0]!.search);
    expect(third[0]!.search).not.toBe(first[0]!.search);
    expect(JSON.stringify([first, third]).toLowerCase()).not.toContain(familyName.toLowerCase());
  });

  it('under which policy: the digest of the matrix as anybody can read it', async () => {
    const officer = await as(server, 'housing-officer');
    const { withheld: _, ...matrix } = (await officer.get('/v1/policy/matrix').expect(200)).body;
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, one]) => [name, sorted(one)]),
            )
          : value;
    const digest = (await import('node:crypto'))
      .createHash('sha256')
      .update(JSON.stringify(sorted(matrix)))
      .digest('hex');
    const [entry] = await entriesOf(await officer.get('/v1/cases').expect(200));
    expect(entry!.policy_version).toBe(digest);
  });

  it('what the door refused, and whom it did not know', async () => {
    const outsider = await entriesOf(await (await as(server, 'outsider')).get('/v1/audit-entries').expect(403));
    expect(outsider).toMatchObject([
      { sub_operation: 'refuse', outcome: 'refuse', rule: 'no-ground', subject_type: 'AuditEntry' },
    ]);
    const client = await entriesOf(await (await as(server, 'statistics-system')).get('/v1/cases').expect(403));
    expect(client).toMatchObject([{ outcome: 'refuse', rule: 'insufficient-scope', actor_kind: 'client' }]);
    const { body } = await supertest(server.url).post('/sandbox/tokens').send({ person: 'fire-officer' }).expect(200);
    await superuser.query(`UPDATE practitioners SET active = false WHERE subject = 'fire-officer'`);
    const left = await bearing(server, body.access_token).get('/v1/cases').expect(403);
    expect(await entriesOf(left)).toMatchObject([
      {
        outcome: 'refuse',
        rule: 'unknown-person',
        actor_kind: 'unknown',
        actor_id: null,
        principal: expect.stringMatching(/ fire-officer$/),
      },
    ]);
  });

  it('what a service refused after the record was found', async () => {
    const officer = await as(server, 'housing-officer');
    const id = (await officer.get('/v1/cases?limit=1').expect(200)).body.data[0].id;
    const { rows } = await service.query<{ id: string }>(`SELECT id FROM practitioners WHERE subject = 'jag-chair'`);
    const about = { type: 'Case', action: 'read', id, actor: rows[0]!.id };
    const refused = await officer.post('/v1/policy/explanations', about).expect(403);
    expect(await entriesOf(refused)).toMatchObject([
      { sub_operation: 'refuse', outcome: 'refuse', rule: 'not-permitted', subject_type: 'Case', record_ids: [id] },
    ]);
  });

  it('that the first answer to a repeated call left again', async () => {
    const officer = await as(server, 'housing-officer');
    const id = (await officer.get('/v1/cases?limit=1').expect(200)).body.data[0].id;
    const make = () =>
      officer
        .post(`/v1/cases/${String(id)}/contributions`, {
          category: 'housing',
          kind: 'fact',
          summary: 'Moved in May.',
          text: 'Moved in May.',
        })
        .set('idempotency-key', 'audit-repeats');
    const first = await make().expect(201);
    const again = await make().expect(201);
    expect(again.text).toBe(first.text);
    expect(await entriesOf(again)).toMatchObject([{ sub_operation: 'repeat', record_ids: [first.body.id] }]);
  });
});

describe('an auditor', () => {
  it('reads what was done in the partnerships of their agency, and nothing of another borough', async () => {
    await busyDay(server);
    await (await as(server, 'pellworth-housing-officer')).get('/v1/cases?limit=5').expect(200);
    const [askenby, pellworth] = [await partnership('ASK'), await partnership('PEL')];
    for (const [who, mine, theirs] of [
      ['auditor', askenby, pellworth],
      ['pellworth-auditor', pellworth, askenby],
    ] as const) {
      const auditor = await as(server, who);
      const seen: { partnershipId: string | null; agencyId: string }[] = [];
      let next: string | null = '';
      do {
        const { body }: Response = await auditor
          .get(`/v1/audit-entries?limit=100${next ? `&cursor=${next}` : ''}`)
          .expect(200);
        seen.push(...body.data);
        next = body.next;
      } while (next);
      expect(seen.some((one) => one.partnershipId === mine)).toBe(true);
      expect(seen.filter((one) => one.partnershipId === theirs)).toEqual([]);
      const { rows } = await service.query<{ agency_id: string }>(
        'SELECT agency_id FROM agency_partnerships WHERE partnership_id = $1 EXCEPT SELECT agency_id FROM agency_partnerships WHERE partnership_id = $2',
        [theirs, mine],
      );
      const elsewhere = rows.map((row) => row.agency_id);
      expect(seen.filter((one) => one.partnershipId === null && elsewhere.includes(one.agencyId))).toEqual([]);
    }
  });

  it('is taken to verify lawfulness, may name another of the four purposes, and no other', async () => {
    const auditor = await as(server, 'auditor');
    const [plain] = await entriesOf(await auditor.get('/v1/audit-entries?limit=1').expect(200));
    expect(plain).toMatchObject({ purpose: 'LOG_LAWFULNESS', sub_operation: 'log-reading' });
    const crime = await auditor.get('/v1/audit-entries?limit=1').set('purpose', 'LOG_CRIMINAL_PROCEEDINGS').expect(200);
    expect(await entriesOf(crime)).toMatchObject([{ purpose: 'LOG_CRIMINAL_PROCEEDINGS' }]);
    for (const path of ['/v1/audit-entries', '/v1/audit-entries/export']) {
      const refused = await auditor.get(path).set('purpose', 'CRIME_PREVENT').expect(403);
      expect(refused.body.detail).toContain(
        'LOG_LAWFULNESS, LOG_SELF_MONITORING, LOG_INTEGRITY_SECURITY, LOG_CRIMINAL_PROCEEDINGS',
      );
      expect(await entriesOf(refused)).toMatchObject([{ outcome: 'refuse', purpose: 'CRIME_PREVENT' }]);
    }
  });

  it('filters by time, actor, outcome and operation', async () => {
    const auditor = await as(server, 'auditor');
    const all = (await auditor.get('/v1/audit-entries?limit=100').expect(200)).body.data;
    const one = all.find((entry: { outcome: string }) => entry.outcome === 'refuse');
    const get = async (query: string) =>
      (await auditor.get(`/v1/audit-entries?limit=100&${query}`).expect(200)).body.data;
    for (const [name, value] of [
      ['actorId', one.actorId],
      ['outcome', 'refuse'],
      ['operation', 'disclose'],
    ]) {
      const found = await get(`${name}=${value}`);
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((entry: Record<string, unknown>) => entry[name] !== value)).toEqual([]);
    }
    const [from, to] = [all.at(-1).at, all[0].at];
    expect(await get(`from=${to}`)).not.toEqual([]);
    for (const entry of await get(`from=${from}&to=${to}`)) {
      expect(entry.at >= from).toBe(true);
      expect(entry.at < to).toBe(true);
    }
    await auditor.get('/v1/audit-entries?outcome=perhaps').expect(400);
    await auditor.get('/v1/audit-entries?from=yesterday').expect(400);
  });

  it('exports of another borough’s entries the hash alone, and the export still verifies', async () => {
    const text = await exported(server, 'pellworth-auditor');
    const entries = entriesIn(text);
    const askenby = await partnership('ASK');
    const { rows } = await service.query<{ index: string }>(
      'SELECT index FROM audit_entries WHERE partnership_id = $1',
      [askenby],
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { index } of rows)
      expect(Object.keys(entries[Number(index)]!).sort()).toEqual(['index', 'leafHash', 'type']);
    expect(entries.filter((one) => one.leaf).length).toBeGreaterThan(0);
    expect(text).not.toContain(askenby);
    expect(await verified(text)).toMatchObject({ code: 0 });
    expect(linesOf(text).at(-1)).toMatchObject({ type: 'checkpoint', size: entries.length });
  });

  it('who exports has disclosed, and the export holds its own entry', async () => {
    const own = entriesIn(await exported(server)).at(-1)!;
    expect(own.leaf).toMatchObject({ operation: 'disclose', subOperation: 'export', subjectType: 'AuditEntry' });
    expect(own.leaf!['resultCount']).toBe(own.index);
  });

  it('alone may export', async () => {
    for (const who of ['dpo', 'jag-chair', 'housing-system', 'outsider'])
      await (await as(server, who)).get('/v1/audit-entries/export').expect(403);
  });
});

describe('where the log cannot be written', () => {
  beforeAll(async () => {
    await superuser.query(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$`,
    );
    await superuser.query('CREATE TRIGGER fail BEFORE INSERT ON audit_entries EXECUTE FUNCTION fail()');
  });
  afterAll(() => superuser.query('DROP TRIGGER fail ON audit_entries'));

  it('nothing is read: lists, records, searches, refusals and exports answer 500 and say nothing', async () => {
    const coordinator = await as(server, 'marac-coordinator');
    const { rows } = await service.query<{ id: string; family_name: string }>(
      `SELECT c.id, p.family_name FROM cases c JOIN persons p ON p.id = c.person_id JOIN panels n ON n.id = c.panel_id
       WHERE n.code = 'ask-marac' AND p.family_name IS NOT NULL LIMIT 1`,
    );
    const { id, family_name: familyName } = rows[0]!;
    const answers = await Promise.all([
      coordinator.get('/v1/cases'),
      coordinator.get(`/v1/cases/${id}`),
      coordinator.get('/v1/persons?limit=100'),
      coordinator.post('/v1/person-searches', { partnershipId: await partnership('ASK'), familyName }),
      (await as(server, 'outsider')).get(`/v1/cases/${id}`),
      (await as(server, 'outsider')).get('/v1/audit-entries'),
      (await as(server, 'auditor')).get('/v1/audit-entries/export'),
    ]);
    for (const answer of answers) {
      expect([answer.status, answer.body.code]).toEqual([500, 'fault']);
      expect(answer.text).not.toContain(familyName);
      expect(answer.text).not.toContain(id);
    }
  });

  it('nothing is changed', async () => {
    const officer = await as(server, 'housing-officer');
    const name = 'The Place That Was Never Written Down';
    await officer.post('/v1/places', { partnershipId: await partnership('ASK'), kind: 'estate', name }).expect(500);
    const { rows } = await service.query('SELECT FROM places WHERE name = $1', [name]);
    expect(rows).toEqual([]);
    const events = await service.query(
      `SELECT FROM events WHERE at > now() - interval '1 second' AND type LIKE 'place%'`,
    );
    expect(events.rows).toEqual([]);
  });
});

test('one entry that cannot be written takes no other answer with it', async () => {
  await superuser.query(
    `ALTER TABLE audit_entries ADD CONSTRAINT no_panels CHECK (subject_type <> 'Panel' OR outcome = 'refuse') NOT VALID`,
  );
  const officer = await as(server, 'housing-officer');
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => officer.get(at % 4 ? '/v1/cases?limit=2' : '/v1/panels?limit=2')),
  );
  await superuser.query('ALTER TABLE audit_entries DROP CONSTRAINT no_panels');
  expect(answers.map(({ status }) => status)).toEqual(answers.map((_, at) => (at % 4 ? 200 : 500)));
});

test('nor does what is written beside an entry and cannot be', async () => {
  await superuser.query(
    `ALTER TABLE document_copies ADD CONSTRAINT no_minutes CHECK (document <> 'minutes') NOT VALID`,
  );
  const officer = await as(server, 'housing-officer');
  const { body } = await officer.get('/v1/meetings?limit=1').expect(200);
  const minutes = `/v1/meetings/${String(body.data[0].id)}/minutes/document`;
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => officer.get(at % 4 ? '/v1/panels?limit=2' : minutes)),
  );
  await superuser.query('ALTER TABLE document_copies DROP CONSTRAINT no_minutes');
  const statuses = answers.map(({ status }) => status);
  // documents of one person that wait longer than the limit permits are refused, not lost
  expect(statuses.map((status) => (status === 429 ? 500 : status))).toEqual(
    answers.map((_, at) => (at % 4 ? 200 : 500)),
  );
  expect(statuses).toContain(500);
  await officer.get(minutes).expect(200);
});

test('an export ends where the auditor’s role ends while it runs', async () => {
  const [last] = (await service.query<{ size: number }>('SELECT max(size)::int AS size FROM audit_checkpoints')).rows;
  const officer = await as(server, 'housing-officer');
  for (let size = last!.size; size < 3000; size += 200)
    await Promise.all(Array.from({ length: 200 }, () => officer.get('/v1/instruments?limit=1').expect(200)));
  const { token } = await as(server, 'pellworth-auditor');
  const reply = await fetch(`${server.url}/v1/audit-entries/export`, { headers: { authorization: `Bearer ${token}` } });
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  await superuser.query(`UPDATE practitioners SET roles = '{}' WHERE subject = 'pellworth-auditor'`);
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  await superuser.query(`UPDATE practitioners SET roles = '{auditor}' WHERE subject = 'pellworth-auditor'`);
  expect(linesOf(text).at(-1)).toMatchObject({ type: 'end', complete: false });
  expect(entriesIn(text).length).toBeLessThan(3000);
  expect(await verified(text)).toMatchObject({ code: 1, text: expect.stringContaining('the export is incomplete') });
});
