/**
 * Nothing that a caller sends is answered with a 5xx. Every date and date-time that the OpenAPI document has is tried with what
 * looks like one and is none; real locks and real conflicts of transactions are met on both ways to the database; and nobody's
 * body is read before it is known who sends it.
 *
 * Seen to fail: days beyond the end of a month, in dates and in date-times; errors of `pg` unmapped, and those of TypeORM; a
 * statement timeout answered with 500; no Retry-After; sign-in after the body was parsed; a second Authorization header let in; Latin-1 stored as replacement
 * characters; replies honoured after their term, and never deleted; panel rules that are any object; births in the future;
 * partial dates refused; 101 rows that are null; and in earnest: `relatesTo` and `reportedTo` documented as dates.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import supertest, { type Response } from 'supertest';
import { connected, inDays } from '../support/agreement.ts';
import {
  operations,
  resolved,
  sample,
  send,
  spread,
  v1,
  Walk,
  type Operation,
  type Schema,
} from '../support/operations.ts';
import { as, castOf, nobody, type Caller } from '../support/people.ts';
import { sendRaw } from '../support/raw-http.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const LONG = 180_000;

const NO_DATES: unknown[] = [
  '2026-W05',
  '2026-W05-1',
  '2026-123',
  '2026-11',
  '2026',
  '0000-01-01',
  '0001-01-01',
  '1899-12-31',
  '2200-01-01',
  '9999-12-31',
  '+275760-09-13',
  '275760-09-13',
  '-000001-01-01',
  '2027-02-29',
  '2026-02-30',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-11-00',
  '20261120',
  '2026-11-20T10:00:00Z',
  '2026-11-20 ',
  '20/11/2026',
  '２０２６-11-20',
  'infinity',
  'epoch',
  '',
  20261120,
  true,
  {},
  ['2026-11-20', '2026-11-21'],
];

const NO_INSTANTS: unknown[] = [
  '2027-02-29T10:00:00Z',
  '2027-04-31T10:00:00+01:00',
  '2026-11-20',
  '2026-W05-1T10:00:00Z',
  '2026-123T10:00:00Z',
  '2026-11-20T10:00:00',
  '2026-11-20T24:00:00Z',
  '2026-11-20T25:00:00Z',
  '2026-11-20T10:60:00Z',
  '2026-11-20T10:00:60Z',
  '2026-11-20T10:00:00+25:00',
  '2026-11-20T10:00:00Z[Europe/London]',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '1999-12-31T23:59:59Z',
  '2100-01-02T00:00:00Z',
  'now',
  '',
  1_795_000_000,
  true,
  {},
];

let server: TestServer;
let owner: pg.Client;
let callers: Caller[];

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000', LOG_LEVEL: 'error' } });
  owner = await connected(server.database.adminUrl);
  const cast = await castOf(server);
  callers = await Promise.all(cast.map(({ id }) => as(server, id)));
}, LONG);

const by = (who: string): Promise<Caller> => as(server, who);

interface Dated {
  path: string[];
  format: 'date' | 'date-time';
}

/** The dates and date-times in a schema: names of the properties that lead to each; elements of lists are `0`. */
function datesIn(schema: Schema | undefined, path: string[] = []): Dated[] {
  const one = resolved(schema);
  if (!one) return [];
  if (one.format === 'date' || one.format === 'date-time') return [{ path, format: one.format }];
  return [
    ...datesIn(one.items, [...path, '0']),
    ...Object.entries(one.properties ?? {}).flatMap(([name, inner]) => datesIn(inner, [...path, name])),
  ];
}

/** A body that holds `value` at `path`, and all else as the route wants it. */
function bodyWith(schema: Schema | undefined, [name, ...rest]: string[], value: unknown): unknown {
  const one = resolved(schema);
  if (name === undefined) return value;
  if (name === '0') return [bodyWith(one?.items, rest, value)];
  return { ...(sample({ ...one, type: 'object' }) as object), [name]: bodyWith(one?.properties?.[name], rest, value) };
}

const walks = new Map<Caller, Walk>();

/** Somebody who may do it, and where: whoever may not is told so before any value is. */
async function placeOf(operation: Operation): Promise<{ caller: Caller; address: string }> {
  for (const caller of callers) {
    const walk = walks.get(caller) ?? new Walk(caller, 20);
    walks.set(caller, walk);
    for (const address of spread(await walk.addresses(operation.path), 8))
      if ((await send(caller, operation, address, { unheardOf: 1 })).status === 400) return { caller, address };
  }
  throw new Error(`nobody may call ${operation.name}`);
}

const isProblem = ({ headers }: Response): boolean => /^application\/problem\+json/.test(headers['content-type'] ?? '');

describe('a caller gets 400 with a pointer', () => {
  const dated = v1.flatMap((operation) => datesIn(operation.takes).map((one) => ({ operation, ...one })));

  test(
    'when any date or date-time of any body is none',
    async () => {
      const wrongs: string[] = [];
      for (const { operation, path, format } of dated) {
        const { caller, address } = await placeOf(operation);
        const pointer = `/${path.join('/')}`;
        for (const value of format === 'date' ? NO_DATES : NO_INSTANTS) {
          const answer = await send(caller, operation, address, bodyWith(operation.takes, path, value));
          const errors = (answer.body as { errors?: { pointer: string }[] }).errors ?? [];
          // the parts of a list are pointed to one by one, or as the list
          const isPointed = errors.some((error) => error.pointer === pointer || `${error.pointer}/0` === pointer);
          if (answer.status !== 400 || !isProblem(answer) || !isPointed)
            wrongs.push(`${operation.name} ${pointer} ${JSON.stringify(value)}: ${String(answer.status)}`);
        }
      }
      expect(dated.length).toBeGreaterThan(30);
      expect(new Set(dated.map(({ format }) => format)).size).toBe(2);
      expect(wrongs).toEqual([]);
    },
    LONG,
  );

  test('when any date-time of any query is none', async () => {
    const auditor = await by('auditor');
    for (const name of ['from', 'to'])
      for (const value of NO_INSTANTS.filter((one) => typeof one === 'string')) {
        const answer = await auditor.get(`/v1/audit-entries?${name}=${encodeURIComponent(value)}`);
        expect([value, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([value, 400, `?${name}`]);
      }
    const asked = operations.flatMap(({ path, asks }) => asks.map((one) => `${path} ${one}`));
    expect(asked.filter((one) => / (from|to|on|since|until|before|after)$/.test(one)).sort()).toEqual([
      '/v1/audit-checkpoints/consistency-proof from',
      '/v1/audit-checkpoints/consistency-proof to',
      '/v1/audit-entries from',
      '/v1/audit-entries to',
    ]);
  });
});

describe('a housing officer', () => {
  const person = async (values: object) => {
    const officer = await by('housing-officer');
    const { body } = await officer.get('/v1/partnerships?limit=1').expect(200);
    return officer.post('/v1/persons', { partnershipId: body.data[0].id, familyName: 'Testperson', ...values });
  };

  test.each([
    ['1990', 'year', '1990-01-01'],
    ['1990-05', 'month', '1990-05-01'],
    ['1990-05-17', 'day', '1990-05-17'],
    ['2000-02-29', 'day', '2000-02-29'],
  ])('can record a birth in %s when its precision is %s', async (dateOfBirth, datePrecision, stored) => {
    const { status, body } = await person({ dateOfBirth, datePrecision });
    expect([status, body.dateOfBirth, body.datePrecision]).toEqual([201, stored, datePrecision]);
  });

  test.each([
    ['1990', 'day'],
    ['1990', 'month'],
    ['1990-05', 'year'],
    ['1990-13', 'month'],
    ['1850', 'year'],
    ['1062-05-01', 'day'],
    ['2062-05-01', 'day'],
    ['2062', 'year'],
  ])('gets 400 when a birth is recorded in %s to the %s', async (dateOfBirth, datePrecision) => {
    const { status, body } = await person({ dateOfBirth, datePrecision });
    expect([status, body.errors?.[0]?.pointer]).toEqual([400, '/dateOfBirth']);
  });
});

test.each([null, 7, 'row', [], true])(
  'a data protection officer gets 400 that names the place of %j in a long list of rows',
  async (value) => {
    const dpo = await as(server, 'dpo');
    const { body } = await dpo.get('/v1/sharing-agreements?limit=1').expect(200);
    const path = `/v1/sharing-agreements/${String(body.data[0].id)}/versions`;
    const wrong = await dpo.post(path, { rows: Array.from({ length: 101 }, () => value) });
    expect([wrong.status, wrong.body.errors?.[0]]).toEqual([400, { pointer: '/rows/0', detail: 'must be an object' }]);
  },
);

describe('a chair gets 400 that names the rule', () => {
  test.each<[string, unknown]>([
    ['ageMax', '24'],
    ['ageMax', 121],
    ['ageMin', 1.5],
    ['accessGrantDays', 93],
    ['invitationDaysAfterMeeting', 32],
    ['membershipStartDays', 367],
    ['membershipYears', 6],
    ['caseTimeBoxMinutes', 0],
    ['deferralLimit', null],
    ['closedOn', ['14/06/2027']],
    ['closedOn', ['2027-02-29']],
    ['closedOn', '2027-06-14'],
    ['closedOn', Array.from({ length: 401 }, () => '2027-06-14')],
    ['quorum', { minAgencies: 'four' }],
    ['quorum', { minimum: 4 }],
    ['researchAudience', [{ when: 'nonsense', agencyTypes: [] }]],
    ['researchAudience', [7]],
    ['jurisdiction', 'wales'],
    ['reviewIntervalDays', { high: 14 }],
    ['constructorName', 1],
    ['circulationCheck', false],
  ])('when %s is set to %j', async (name, value) => {
    const { body } = await rulesOf('ask-jag', { [name]: value });
    expect([body.status, body.errors?.[0]?.pointer.split('/').slice(0, 3).join('/')]).toEqual([400, `/rules/${name}`]);
  });

  test('and can set every rule that the document names', async () => {
    const rules = {
      acceptedSubjectKinds: ['place'],
      ageMin: 10,
      ageMax: 24,
      minVictimAge: 16,
      repeatWindowMonths: 12,
      referralCutOffWorkingDays: 5,
      caseListWorkingDays: 4,
      researchDueWorkingDays: 2,
      minutesDueWorkingDays: 3,
      caseTimeBoxMinutes: 15,
      deferralLimit: 2,
      reminderWorkingDays: 3,
      escalationWorkingDays: 5,
      circulationCheckNamedPeople: 10,
      accessGrantDays: 92,
      invitationDaysAfterMeeting: 14,
      membershipStartDays: 92,
      membershipYears: 5,
      jurisdiction: 'scotland',
      closedOn: ['2027-06-14'],
      quorum: { minAgencies: 4, mandatory: ['police'], chairRequired: true, onFail: 'warn' },
      attendance: { deputiesAllowed: true, confidentialityDeclaration: 'annual' },
      agendaSections: ['opening', 'dates'],
      researchAudience: [{ when: 'pregnant', agencyTypes: ['probation'] }],
      circulationCheck: 'on',
    };
    const documented = resolved({ $ref: '#/components/schemas/PanelRuleSet' })?.properties ?? {};
    expect(Object.keys(rules).sort()).toEqual(Object.keys(documented).sort());
    const { status, body } = await rulesOf('ask-jag', rules);
    expect([status, body.rules]).toEqual([201, rules]);
  });

  async function rulesOf(code: string, rules: object): Promise<Response> {
    const chair = await by('jag-chair');
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM panels WHERE code = $1', [code]);
    return chair.post(`/v1/panels/${String(rows[0]?.id)}/rules`, { effectiveFrom: inDays(30), rules });
  }
});

/** A transaction of somebody else's, in which `sql` is done; it ends when the answer is called. */
async function meanwhile(database: TestServer['database'], sql: string, values: unknown[]) {
  const other = await connected(database.adminUrl);
  await other.query('BEGIN');
  await other.query(sql, values);
  return (how: 'COMMIT' | 'ROLLBACK') => other.query(how);
}

/** Until the service waits for a lock. */
async function waitsForLock(): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { rows } = await owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'wardmote%'`,
    );
    if (rows[0]?.n) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('nobody waits for a lock');
}

function expectBusy({ status, body, headers }: Response): void {
  expect([status, body.code]).toEqual([409, 'busy']);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
}

describe('a caller gets 409 busy with Retry-After', () => {
  const place = async (caller: Caller): Promise<{ id: string; etag: string }> => {
    const { body: found } = await caller.get('/v1/partnerships?limit=1').expect(200);
    const { body, headers } = await caller
      .post('/v1/places', { partnershipId: found.data[0].id, kind: 'estate', name: 'Lantern Court' })
      .expect(201);
    return { id: body.id, etag: headers['etag'] ?? '' };
  };

  test(
    'when the record is locked, on the pipelined way to the database',
    async () => {
      const officer = await by('housing-officer');
      const { id, etag } = await place(officer);
      const end = await meanwhile(server.database, 'SELECT FROM places WHERE id = $1 FOR UPDATE', [id]);
      expectBusy(await officer.patch(`/v1/places/${id}`, { name: 'Lantern House' }, etag));
      await end('ROLLBACK');
      await officer.patch(`/v1/places/${id}`, { name: 'Lantern House' }, etag).expect(200);
    },
    LONG,
  );

  test(
    'when a record that is referred to is locked, on the way through TypeORM',
    async () => {
      const officer = await by('housing-officer');
      const { rows } = await owner.query<{ id: string; partnershipId: string }>(
        `SELECT id, partnership_id AS "partnershipId" FROM panels WHERE code = 'ask-jag'`,
      );
      const { body: found } = await officer.get('/v1/partnerships?limit=100').expect(200);
      const partnership = (found.data as { id: string }[]).find(({ id }) => id === rows[0]?.partnershipId);
      const end = await meanwhile(server.database, 'SELECT FROM partnerships WHERE id = $1 FOR UPDATE', [
        partnership?.id,
      ]);
      const body = { partnershipId: partnership?.id, kind: 'estate', name: 'Lantern Court' };
      const answer = await officer.post('/v1/places', body);
      await end('ROLLBACK');
      expectBusy(answer);
    },
    LONG,
  );

  // changes are serialised by their locks: only what the database itself refuses answers with this state
  test('when the database could not serialise the change', async () => {
    const officer = await by('housing-officer');
    const { id, etag } = await place(officer);
    await owner.query(`CREATE FUNCTION not_serialised() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not serialise' USING ERRCODE = 'serialization_failure'; END $$`);
    await owner.query('CREATE TRIGGER not_serialised BEFORE UPDATE ON places EXECUTE FUNCTION not_serialised()');
    const answer = await officer.patch(`/v1/places/${id}`, { name: 'Lantern House' }, etag);
    await owner.query('DROP FUNCTION not_serialised CASCADE');
    expectBusy(answer);
    await officer.patch(`/v1/places/${id}`, { name: 'Lantern House' }, etag).expect(200);
  });
});

test('a caller gets 503 took-too-long with Retry-After when the database cancels a statement', async () => {
  const officer = await by('housing-officer');
  const { body: found } = await officer.get('/v1/partnerships?limit=1').expect(200);
  const aPlace = { partnershipId: found.data[0].id, kind: 'estate', name: 'Lantern Court' };
  const { body, headers } = await officer.post('/v1/places', aPlace).expect(201);
  const end = await meanwhile(server.database, 'SELECT FROM places WHERE id = $1 FOR UPDATE', [body.id]);
  const change = officer.patch(`/v1/places/${body.id}`, { name: 'Lantern House' }, headers['etag']);
  const answering = change.then((answer) => answer);
  await waitsForLock();
  // raises 57014, as statement_timeout does
  await owner.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'wardmote%'`);
  const answer = await answering;
  await end('ROLLBACK');
  expect([answer.status, answer.body.code]).toEqual([503, 'took-too-long']);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
});

describe('before it is known who sends it, a body', () => {
  const post = (path: string, ...more: string[]): string[] => [
    `POST ${path} HTTP/1.1`,
    'Host: wardmote.example',
    'Content-Type: application/json',
    ...more,
  ];

  test('is not parsed: an anonymous caller gets 401 when it is malformed', async () => {
    const { status, body } = await nobody(server)
      .call('post', '/v1/referrals')
      .set('content-type', 'application/json')
      .send('{"a":');
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
  });

  test.each([
    ['no token', []],
    ['a token of nobody', ['Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln']],
  ])('is not waited for: a caller with %s gets 401 when 1 MB is announced', async (_, headers) => {
    const answer = await sendRaw(server.url, post('/v1/referrals', 'Content-Length: 1000000', ...headers), '{');
    expect(answer.status).toBe(401);
  });

  test('of any type or encoding is not looked at: an anonymous caller gets 401', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/json; charset=latin1']) {
      const answer = await nobody(server).call('post', '/v1/referrals').set('content-type', type).send('<a/>');
      expect([type, answer.status]).toEqual([type, 401]);
    }
  });

  test('to no route is answered with 404, to no method with 405', async () => {
    expect((await nobody(server).post('/v1/nothing', { a: 1 })).status).toBe(404);
    expect((await nobody(server).call('delete', '/v1/referrals').send({ a: 1 })).status).toBe(405);
  });
});

describe('a signed-in caller', () => {
  test('gets 413 at once when more is announced than the route takes', async () => {
    const { token } = await by('housing-officer');
    const answer = await sendRaw(server.url, [
      'POST /v1/places HTTP/1.1',
      'Host: wardmote.example',
      'Content-Type: application/json',
      `Authorization: Bearer ${token}`,
      'Content-Length: 70000',
    ]);
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([413, 'too-large']);
  });

  test.each(['Basic eDp5', 'Bearer other', ''])(
    'gets 400 when a second Authorization header says %j',
    async (second) => {
      const { token } = await by('housing-officer');
      for (const both of [
        [`Bearer ${token}`, second],
        [second, `Bearer ${token}`],
      ]) {
        const answer = await sendRaw(server.url, [
          'GET /v1/me HTTP/1.1',
          'Host: wardmote.example',
          ...both.map((one, at) => `${at ? 'authorization' : 'Authorization'}: ${one}`),
        ]);
        expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'invalid']);
      }
    },
  );

  const placeCalled = async (name: string): Promise<string> => {
    const { body } = await (await by('housing-officer')).get('/v1/partnerships?limit=1').expect(200);
    return JSON.stringify({ partnershipId: body.data[0].id, kind: 'estate', name });
  };

  test.each<[string, string, (place: string) => string | Buffer, number]>([
    ['malformed JSON', 'application/json', (place) => place.slice(0, -1), 400],
    ['in Latin-1', 'application/json', (place) => Buffer.from(place, 'latin1'), 400],
    ['in another charset, as it says', 'application/json; charset=iso-8859-1', (place) => place, 415],
    ['of another type', 'text/plain', (place) => place, 415],
    ['with a key of 101 characters', 'application/json', (place) => place.replace('kind', 'k'.repeat(101)), 400],
    ['a list', 'application/json', (place) => `[${place}]`, 400],
    ['a text', 'application/json', (place) => JSON.stringify(place), 400],
    ['a number', 'application/json', () => '7', 400],
  ])('gets a refusal when the body is %s', async (_, type, made, status) => {
    const answer = await sendBytes(await by('housing-officer'), type, made(await placeCalled('Caf\u00e9 Court')));
    expect(answer.status).toBe(status);
  });

  test('can send UTF-8 with a byte order mark', async () => {
    const officer = await by('housing-officer');
    const answer = await sendBytes(
      officer,
      'application/json; charset=UTF-8',
      Buffer.from(`\ufeff${await placeCalled('Caf\u00e9 Court')}`),
    );
    expect([answer.status, JSON.parse(answer.body).name]).toEqual([201, 'Caf\u00e9 Court']);
  });

  const sendBytes = ({ token }: Caller, type: string, body: string | Buffer) =>
    sendRaw(
      server.url,
      [
        'POST /v1/places HTTP/1.1',
        'Host: wardmote.example',
        `Content-Type: ${type}`,
        `Authorization: Bearer ${token}`,
        `Content-Length: ${String(Buffer.byteLength(body))}`,
      ],
      body,
    );
});

describe('an answer to a call with an Idempotency-Key', () => {
  const make = async (key: string): Promise<string> => {
    const officer = await by('housing-officer');
    const { body: found } = await officer.get('/v1/partnerships?limit=1').expect(200);
    const place = { partnershipId: found.data[0].id, kind: 'estate', name: 'Lantern Court' };
    const { body } = await officer.post('/v1/places', place).set('idempotency-key', key).expect(201);
    return body.id;
  };
  const age = (key: string, hours: number) =>
    owner.query(`UPDATE idempotent_replies SET at = at - make_interval(hours => $2) WHERE key = $1`, [key, hours]);

  test('is given again within 24 hours, and not after them', async () => {
    const key = randomUUID();
    const first = await make(key);
    await age(key, 23);
    expect(await make(key)).toBe(first);
    await age(key, 2);
    const second = await make(key);
    expect(second).not.toBe(first);
    expect(await make(key)).toBe(second);
  });

  test('is deleted after 24 hours by the sweep of the jobs', async () => {
    const [old, fresh] = [randomUUID(), randomUUID()];
    await make(old);
    await make(fresh);
    await age(old, 25);
    const moved = { now: new Date(Date.now() + 60_000).toISOString() };
    await supertest(server.url).put('/sandbox/clock').send(moved).expect(200);
    const { rows } = await owner.query<{ key: string }>('SELECT key FROM idempotent_replies WHERE key = ANY ($1)', [
      [old, fresh],
    ]);
    expect(rows.map(({ key }) => key)).toEqual([fresh]);
  });
});
