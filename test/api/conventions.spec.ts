/**
 * What every caller may rely on, whatever the route: errors are problems and never faults, a retry has one effect, nobody
 * overwrites what they did not read, a list walked page by page has every record once, and the process ends well. Tried
 * with raw sockets and raw bytes where a client library would tidy up what it sends.
 *
 * Seen to fail: 405 as 404; a larger body limit; NUL and `__proto__` let through; any number of names of properties; error messages passed on; no fingerprint,
 * no lock and no principal in the idempotency record; any key accepted; If-Match, If-None-Match and the mask in the tag
 * ignored; a PATCH that empties what was not sent; cursors bound to nobody or without the identifier; no `no-store`, no
 * Retry-After, no traceparent; and in earnest: forms and plain text read as bodies, 500 at deep nesting, exit code 143.
 */
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import pg from 'pg';
import type { Response } from 'supertest';
import { openApi } from '../support/operations.ts';
import { as, castOf, nobody, type Caller } from '../support/people.ts';
import { willClose } from '../support/opened.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Named {
  familyName?: string;
}

let server: TestServer;
let database: pg.Client;
let coordinator: Caller;
let housing: Caller;
let partnershipId: string;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  database = new pg.Client({ connectionString: server.database.adminUrl });
  database.on('error', () => undefined); // the database is dropped when the spec ends
  await database.connect();
  willClose({ stop: () => database.end() });
  coordinator = await as(server, 'jag-coordinator');
  housing = await as(server, 'housing-officer');
  partnershipId = (await housing.get('/v1/partnerships')).body.data.find(
    ({ kind }: { kind: string }) => kind === 'borough',
  ).id;
}, 60_000);

const aPlace = (name: string) => ({
  partnershipId,
  kind: 'address',
  name,
  addressText: null,
  uprn: null,
  postcode: null,
});
const placesNamed = async (name: string): Promise<number> =>
  Number((await database.query('SELECT count(*) FROM places WHERE name = $1', [name])).rows[0].count);

function expectProblem({ status, headers, body }: Response, expected: number, code?: string): void {
  expect([status, headers['content-type']]).toEqual([expected, 'application/problem+json; charset=utf-8']);
  const { required } = openApi.components.schemas['Problem']!;
  expect(Object.keys(body)).toEqual(expect.arrayContaining(required!));
  for (const error of body.errors ?? []) expect(Object.keys(error).sort()).toEqual(['detail', 'pointer']);
  expect(body).toMatchObject({ status, correlationId: headers['x-correlation-id'] });
  expect(body.type).toBe(`https://wardmote.example/problems/${body.code}`);
  expect(body.detail.length).toBeLessThanOrEqual(1000);
  expect(headers['cache-control']).toBe('no-store');
  if (code) expect(body.code).toBe(code);
}

/** What comes back for these very bytes. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    socket.on('close', () => resolve(answer)).on('error', (error) => (answer ? resolve(answer) : reject(error)));
    socket.setTimeout(5000, () => socket.destroy());
  });
}

const rawGet = (target: string, headers: string[] = []): Promise<string> =>
  raw(
    [
      `GET ${target} HTTP/1.1`,
      'Host: x',
      'Connection: close',
      `Authorization: Bearer ${housing.token}`,
      ...headers,
      '',
      '',
    ].join('\r\n'),
  );

describe('whoever errs is answered with a problem', () => {
  it('for an address that is none', async () => {
    for (const address of [
      '/',
      '/v1',
      '/v2/cases',
      '/v1/Cases',
      '/v1/cases/',
      '/v1/cases/x/y/z',
      '/.env',
      '/v1/%2e%2e/health',
    ])
      expectProblem(await housing.get(address), 404, 'not-found');
  });

  it('for a method that the address does not answer to, with those it does', async () => {
    const answer = await housing.call('delete', '/v1/cases');
    expectProblem(answer, 405);
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });

  it('for a body that is too large', async () => {
    expectProblem(await housing.post('/v1/places', { ...aPlace('x'), addressText: 'x'.repeat(1_100_000) }), 413);
  });

  it('for a body that is not JSON', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'nonsense',
    ])
      expectProblem(await housing.call('post', '/v1/places').set('content-type', type).send('a=1'), 415);
  });

  it('for JSON that is broken, and for none', async () => {
    for (const text of ['{', '{"a":1,}', 'undefined', '"text"', 'null', '7', '[1]', ' ', '\u{feff}{}', '{"a":NaN}'])
      expectProblem(await housing.call('post', '/v1/places').set('content-type', 'application/json').send(text), 400);
    expectProblem(await housing.post('/v1/places'), 400);
  });

  it('for values that will not do, each pointed at', async () => {
    const answer = await housing.post('/v1/places', { ...aPlace('x'), partnershipId: 7, kind: 'castle', 'a/b~c': 1 });
    expectProblem(answer, 400);
    const pointers: string[] = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(new Set(pointers)).toEqual(new Set(['/partnershipId', '/kind', '/a~1b~0c']));
  });

  /** A body that would do, but for these characters of JSON put into it. */
  const broken = (member: string) =>
    housing
      .call('post', '/v1/places')
      .set('content-type', 'application/json')
      .send(`${JSON.stringify(aPlace('Broken House')).slice(0, -1)},${member}}`);

  it('for what reaches for the prototype', async () => {
    for (const member of [
      '"__proto__":{"kind":"address"}',
      '"constructor":{"prototype":{"x":1}}',
      '"\\u005f_proto__":null',
    ])
      expectProblem(await broken(member), 400);
    const plain = (await housing.get('/v1/cases')).text;
    for (const query of ['__proto__=1', 'constructor=1', '__proto__[limit]=1']) {
      const { status, text } = await housing.get(`/v1/cases?${query}`);
      if (status !== 400) expect([status, text]).toEqual([200, plain]);
    }
  });

  it('for text that cannot be stored', async () => {
    for (const text of ['\\u0000', 'a\\u0000b', '\\ud800', '\\udc00\\ud800', '\\ud800x\\udc00'])
      for (const member of [`"name":"${text}"`, `"addressText":"${text}"`, `"${text}":1`])
        expectProblem(await broken(member), 400);
    expectProblem(await housing.get('/v1/cases?stage=%00'), 400);
    expectProblem(await housing.get('/v1/cases?cursor=%00.%00'), 400);
    expect(await placesNamed('Broken House')).toBe(0);
  });

  it('for numbers, lists and nestings beyond all measure', async () => {
    for (const limit of ['0', '-1', '101', '1.5', '99999999999999999999', '1e400', 'NaN', 'Infinity', '', 'ten'])
      expectProblem(await housing.get(`/v1/cases?limit=${limit}`), 400);
    expectProblem(await housing.get('/v1/cases?limit=1&limit=2'), 400);
    const place = (text: string) =>
      housing.call('post', '/v1/places').set('content-type', 'application/json').send(text);
    // within the bytes that the route takes, and beyond them
    for (const [count, status] of [
      [4000, 400],
      [50_000, 413],
    ] as const) {
      expectProblem(await place(JSON.stringify({ ...aPlace('x'), name: Array(count).fill('x') })), status);
      expectProblem(await place(`${'{"a":'.repeat(count)}1${'}'.repeat(count)}`), status);
      const wide = Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]));
      expectProblem(await place(JSON.stringify(wide)), status);
    }
  });

  it('that names the limit when a body has more names of properties than any request', async () => {
    const named = (count: number, begin = 0): object =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${String(begin + at)}`, 0]));
    const detailOf = async (list: unknown): Promise<string> => {
      const answer = await housing.post('/v1/places', { ...aPlace('x'), list });
      expectProblem(answer, 400);
      return String(answer.body.detail);
    };
    expect(await detailOf([named(60), named(60)])).toMatch(/see errors/);
    expect(await detailOf([named(61)])).toMatch(/more than 60 properties/);
    expect(await detailOf([0, 50, 100].map((begin) => named(50, begin)))).toMatch(
      /more than 150 distinct property names/,
    );
    expect(await detailOf([{ constructor: 0 }])).toMatch(/no property constructor/);
  });

  it('for absurd headers and addresses', async () => {
    const statuses = await Promise.all([
      rawGet('/v1/cases', [`X-Long: ${'x'.repeat(20_000)}`]),
      rawGet(
        '/v1/cases',
        Array.from({ length: 3000 }, (_, n) => `X-${n}: 1`),
      ),
      rawGet(`/v1/cases?stage=${'x'.repeat(10_000)}`),
      rawGet(`/v1/cases/${'x'.repeat(10_000)}`),
      rawGet('/v1/cases/%zz'),
      rawGet('/v1/cases/%ff%fe'),
      rawGet('/v1/cases', ['Purpose: curiosity']),
      rawGet('/v1/cases', ['Purpose: __proto__']),
      rawGet('/v1/cases', ['Accept: application/pdf; q=x']),
      rawGet('/v1/cases', ['Content-Length: 5', '', 'abcde']),
      rawGet('/v1/cases', ['Transfer-Encoding: chunked', 'Content-Length: 5']),
      rawGet('/v1/cases', ['Expect: 200-maybe']),
      rawGet('/v1/cases', ['Upgrade: websocket', 'Connection: upgrade']),
      rawGet('http://[/'),
      rawGet('*'),
      raw('NONSENSE\r\n\r\n'),
      raw(Buffer.from([0, 255, 1, 254, 13, 10, 13, 10])),
    ]);
    for (const text of statuses) expect(text).toMatch(/^(HTTP\/1\.1 [234]\d\d |$)/);
  });

  it('whose correlation identifier is the caller’s own trace', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { body, headers } = await nobody(server)
      .get('/v1/cases')
      .set('traceparent', `00-${trace}-00f067aa0ba902b7-01`);
    expect([body.correlationId, headers['x-correlation-id']]).toEqual([trace, trace]);
    for (const nonsense of [
      'x',
      `00-${trace}`,
      `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    ]) {
      const answer = await nobody(server).get('/v1/cases').set('traceparent', nonsense);
      expect(answer.body.correlationId).toMatch(/^[0-9a-f]{32}$/);
      expect(nonsense).not.toContain(answer.body.correlationId);
    }
  });

  it('in which, as in the log, nobody’s name is quoted', async () => {
    const marac = await as(server, 'marac-coordinator');
    const { body } = await marac.get('/v1/persons?limit=100').expect(200);
    const surname: string = body.data
      .map(({ familyName }: Named) => familyName)
      .find((name?: string) => /^[A-Z][a-z]{4,}$/.test(name ?? ''));
    const person = body.data.find(({ familyName }: Named) => familyName === surname);
    const json = (text: string) => marac.call('post', '/v1/persons').set('content-type', 'application/json').send(text);
    const answers = [
      await json(`{"familyName": ${surname}`),
      await json(
        `{"familyName": ["${surname}"], "sex": "${surname}", "dateOfBirth": "${surname}", "partnershipId": "${surname}"}`,
      ),
      await marac.get(`/v1/persons/${surname}`),
      await marac.get(`/v1/persons?cursor=${surname}.${surname}&limit=${surname}`),
      await marac.get(`/v1/${surname}`),
      await marac.get('/v1/cases').set('purpose', surname),
      await marac.get('/v1/cases').set('idempotency-key', `${surname} ${surname}`),
      await marac.patch(`/v1/persons/${person.id}`, { familyName: 'x' }),
      await marac.patch(`/v1/persons/${person.id}`, { familyName: 'x' }, '"stale"'),
      await (await as(server, 'outsider')).get(`/v1/persons/${person.id}`),
      await (
        await as(server, 'outsider')
      ).post('/v1/policy/explanations', { type: 'Person', action: surname, id: person.id }),
    ];
    expect(surname).toBeTruthy();
    for (const answer of answers) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain(surname);
    }
    expect(server.logs()).not.toContain(surname);
  });
});

describe('whoever repeats a call', () => {
  const make = (caller: Caller, key: string, body: object) =>
    caller.post('/v1/places', body).set('idempotency-key', key);

  it('gets the first answer, byte for byte, and has made one record', async () => {
    const key = randomUUID();
    const first = await make(housing, key, aPlace('Once Only House')).expect(201);
    const again = await make(housing, key, aPlace('Once Only House'));
    expect([again.status, again.text, again.headers['etag']]).toEqual([201, first.text, first.headers['etag']]);
    expect(await placesNamed('Once Only House')).toBe(1);
  });

  it('with another body is told that the key was used', async () => {
    const key = randomUUID();
    await make(housing, key, aPlace('First House')).expect(201);
    expectProblem(await make(housing, key, aPlace('Second House')), 422, 'idempotency-key-reused');
    expect(await placesNamed('Second House')).toBe(0);
  });

  it('at the same moment has one effect', async () => {
    const key = randomUUID();
    const twins = await Promise.all(Array.from({ length: 8 }, () => make(housing, key, aPlace('Twin House'))));
    const made = twins.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    for (const twin of twins.filter(({ status }) => status !== 201)) expectProblem(twin, 409, 'still-running');
    expect(await placesNamed('Twin House')).toBe(1);
  });

  it('after a refusal may try again with the same key', async () => {
    const key = randomUUID();
    expectProblem(await make(housing, key, { ...aPlace('Third House'), partnershipId: randomUUID() }), 404);
    await make(housing, key, aPlace('Third House')).expect(201);
  });

  it('with somebody else’s key gets nothing of theirs', async () => {
    const key = randomUUID();
    const hers = await make(housing, key, aPlace('Hers and His House')).expect(201);
    const his = await make(coordinator, key, aPlace('Hers and His House')).expect(201);
    expect(his.body.id).not.toBe(hers.body.id);
  });

  it('with a key that is none is told so', async () => {
    for (const key of ['a b', 'x'.repeat(129), 'ümlaut'])
      expectProblem(await make(housing, encodeURI(key) === key ? key : 'a b', aPlace('x')), 400);
  });
});

describe('whoever changes a record', () => {
  const aCase = async (): Promise<string> => (await coordinator.get('/v1/cases?limit=1')).body.data[0].id;

  it('says which version they read, and is told when it is no longer the one', async () => {
    const address = `/v1/cases/${await aCase()}`;
    const change = { nextReviewOn: '2027-01-15' };
    const read = await coordinator.get(address).expect(200);
    expectProblem(await coordinator.patch(address, change), 428);
    expectProblem(await coordinator.patch(address, change, '1'), 400);
    const stale = await coordinator.patch(address, change, '"0-nothing"');
    expectProblem(stale, 412);
    const other = { nextReviewOn: '2027-01-14' };
    await coordinator.patch(address, other, `"0-nothing", ${String(stale.headers['etag'])}`).expect(200);
    expectProblem(await coordinator.patch(address, change, read.headers['etag']), 412);
    const again = await coordinator.get(address).expect(200);
    const changed = await coordinator.patch(address, change, again.headers['etag']).expect(200);
    expect(changed.headers['etag']).not.toBe(read.headers['etag']);
    expect((await coordinator.get(address)).headers['etag']).toBe(changed.headers['etag']);
    expectProblem(await coordinator.patch(address, change, again.headers['etag']), 412);
  });

  it('at the same moment as another changes it once', async () => {
    const address = `/v1/cases/${await aCase()}`;
    const { headers, body } = await coordinator.get(address);
    const both = await Promise.all(
      ['2027-02-01', '2027-02-02', '2027-02-03'].map((nextReviewOn) =>
        coordinator.patch(address, { nextReviewOn }, headers['etag']),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expect((await coordinator.get(address)).body.version).toBe(body.version + 1);
  });

  it('is spared what they have already read', async () => {
    const address = `/v1/cases/${await aCase()}`;
    const { headers } = await coordinator.get(address);
    const same = await coordinator.get(address).set('if-none-match', headers['etag'] as string);
    expect([same.status, same.text, same.headers['etag']]).toEqual([304, '', headers['etag']]);
    await coordinator.get(address).set('if-none-match', '"other"').expect(200);
  });

  it('cannot use the tag of somebody who sees more, or less, of it', async () => {
    const mine = await readings(coordinator);
    const theirs = await readings(housing);
    const shared = [...mine].filter(([address]) => theirs.has(address));
    const masked = shared.filter(([address, one]) => one.withheld !== theirs.get(address)!.withheld);
    expect(masked.length).toBeGreaterThan(0);
    for (const [address, one] of masked) expect(one.etag).not.toBe(theirs.get(address)!.etag);
    for (const [address, one] of shared.filter((each) => !masked.includes(each)))
      expect(one.etag).toBe(theirs.get(address)!.etag);
  });

  it('and sends back a masked copy erases nothing that they could not see', async () => {
    const changeable = Object.keys(openApi.components.schemas['CaseChange']!.properties!);
    const row = async (id: string) => (await database.query('SELECT * FROM cases WHERE id = $1', [id])).rows[0];
    let masked = 0;
    for (const { id: who } of (await castOf(server)).filter(({ panels }) =>
      panels.some((one) => /coordinator|chair/.test(one)),
    )) {
      const caller = await as(server, who);
      const { body: list } = await caller.get('/v1/cases?limit=100');
      for (const { id } of list.data) {
        const { body, headers } = await caller.get(`/v1/cases/${id}`);
        if (!body.withheld.length) continue;
        const before = await row(id);
        const copy = Object.fromEntries(Object.entries(body).filter(([name]) => changeable.includes(name)));
        const { status } = await caller.patch(`/v1/cases/${id}`, copy, headers['etag']);
        const { version: _, updated_at: __, ...after } = await row(id);
        expect(before).toMatchObject(after);
        if (status === 200) masked++;
      }
    }
    expect(masked).toBeGreaterThan(0);
  });

  /** What somebody reads of contributions, by address. */
  async function readings(caller: Caller): Promise<Map<string, { etag: string; withheld: string }>> {
    const found = new Map<string, { etag: string; withheld: string }>();
    for (const { id } of (await caller.get('/v1/cases?limit=5')).body.data)
      for (const one of (await caller.get(`/v1/cases/${id}/contributions`)).body.data) {
        const { headers, body } = await caller.get(`/v1/contributions/${one.id}`).expect(200);
        found.set(one.id, { etag: headers['etag'] as string, withheld: String(body.withheld) });
      }
    return found;
  }
});

describe('whoever walks a list', () => {
  const ids = (page: Response): string[] => page.body.data.map(({ id }: { id: string }) => id);

  async function walk(
    caller: Caller,
    path: string,
    between: (seen: string[]) => Promise<void> = async () => undefined,
  ): Promise<string[]> {
    const seen: string[] = [];
    let next: string | null = '';
    do {
      const page: Response = await caller
        .get(`${path}?limit=3${next ? `&cursor=${encodeURIComponent(next)}` : ''}`)
        .expect(200);
      seen.push(...ids(page));
      next = page.body.next;
      await between(seen);
    } while (next);
    return seen;
  }

  it.each(['/v1/cases', '/v1/persons', '/v1/agencies', '/v1/panels', '/v1/audit-entries'])(
    'of %s finds every record once',
    async (path) => {
      const reader = path === '/v1/audit-entries' ? await as(server, 'auditor') : coordinator;
      const seen = await walk(reader, path);
      expect(new Set(seen).size).toBe(seen.length);
      if (path === '/v1/audit-entries') return; // it grows with each read
      expect(seen).toEqual(ids(await reader.get(`${path}?limit=100`)));
    },
  );

  it('while records change misses no other and sees none twice', async () => {
    const all = ids(await coordinator.get('/v1/cases?limit=100'));
    const [seenAlready, notYet] = [all[1]!, all.at(-2)!];
    const seen = await walk(coordinator, '/v1/cases', async (so) => {
      if (so.length !== 3) return;
      for (const id of [seenAlready, notYet]) {
        const { headers } = await coordinator.get(`/v1/cases/${id}`);
        await coordinator.patch(`/v1/cases/${id}`, { nextReviewOn: '2027-03-01' }, headers['etag']).expect(200);
      }
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(all.filter((id) => id !== notYet));
    // what changed comes first, where whoever asks again begins
    expect(ids(await coordinator.get('/v1/cases?limit=2'))).toEqual([notYet, seenAlready]);
  });

  it('of records changed in the same instant finds every one once', async () => {
    await database.query(`UPDATE cases SET updated_at = '2026-11-01T10:00:00.123456Z'`);
    const seen = await walk(coordinator, '/v1/cases');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(ids(await coordinator.get('/v1/cases?limit=100')).length);
  });

  it('has a cursor that is good for them, for this list and as it is', async () => {
    const { body } = await coordinator.get('/v1/cases?limit=1').expect(200);
    const cursor: string = body.next;
    const panel: string = body.data[0].panelId;
    await coordinator.get(`/v1/cases?cursor=${cursor}`).expect(200);
    expectProblem(await (await as(server, 'jag-chair')).get(`/v1/cases?cursor=${cursor}`), 400);
    expectProblem(await coordinator.get(`/v1/cases?panelId=${panel}&cursor=${cursor}`), 400);
    expectProblem(await coordinator.get(`/v1/persons?cursor=${cursor}`), 400);
    const updatedAt: string = body.data[0].updatedAt;
    const read = Buffer.from(cursor, 'base64url').toString('latin1');
    expect([read.includes(updatedAt.slice(0, 10)), read.includes(body.data[0].id)]).toEqual([false, false]);
    const flipped = (text: string, at: number) =>
      text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
    const plain = Buffer.from(JSON.stringify(['9999-12-31T00:00:00.000000Z', randomUUID()])).toString('base64url');
    for (const wrong of [
      flipped(cursor, 3),
      flipped(cursor, 30),
      flipped(cursor, cursor.length - 4),
      plain,
      'AA',
      `${cursor}xx`,
    ])
      expectProblem(await coordinator.get(`/v1/cases?cursor=${wrong}`), 400);
  });
});

describe('whoever is answered', () => {
  it('is asked to keep no copy, and told what is left of their share', async () => {
    const outsider = await as(server, 'outsider');
    for (const answer of [
      await outsider.get('/v1/me').expect(200),
      await outsider.get('/v1/cases').expect(200),
      await outsider.get('/v1/audit-entries').expect(403),
      await outsider.get(`/v1/cases/${randomUUID()}`).expect(404),
      await outsider.get('/nothing').expect(404),
      await nobody(server).get('/v1/cases').expect(401),
      await nobody(server).get('/health/ready').expect(200),
    ]) {
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ratelimit: expect.stringMatching(/^"default";r=\d+;t=\d+$/),
        'ratelimit-policy': '"default";q=100000;w=60',
        'x-correlation-id': expect.stringMatching(/^[0-9a-f]{32}$/),
      });
      expect(answer.headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('in a browser gets the permitted methods and headers before a call from another origin, without a token', async () => {
    const preflight = await fetch(`${server.url}/v1/cases/${randomUUID()}`, {
      method: 'OPTIONS',
      headers: {
        ...{ origin: 'https://wardmote.example', 'access-control-request-method': 'PATCH' },
        'access-control-request-headers': 'authorization,if-match,idempotency-key,purpose',
      },
    });
    const header = (name: string): string[] => (preflight.headers.get(name) ?? '').toLowerCase().split(/,\s*/);
    expect(preflight.status).toBe(204);
    expect(header('access-control-allow-origin')).toEqual(['https://wardmote.example']);
    expect(header('access-control-allow-methods')).toEqual(expect.arrayContaining(['get', 'post', 'patch']));
    expect(header('access-control-allow-headers')).toEqual(
      expect.arrayContaining(['authorization', 'if-match', 'idempotency-key', 'purpose', 'x-correlation-id']),
    );
    const answer = await fetch(`${server.url}/v1/cases`, { headers: { origin: 'https://elsewhere.example' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://wardmote.example');
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('strict-transport-security')).toContain('includeSubDomains');
  });

  it('too often is told when to come back, and nobody else is', async () => {
    const strict = await givenServer({ database: server.database, env: { RATE_LIMIT: '5' } });
    const [eager, calm] = [await as(strict, 'idva'), await as(strict, 'analyst')];
    for (let count = 0; count < 5; count++) await eager.get('/v1/me').expect(200);
    const refused = await eager.get('/v1/me');
    expectProblem(refused, 429, 'too-many-requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    await calm.get('/v1/me').expect(200);
  });

  it('cannot raise their share by inventing tokens, and takes nothing from those who signed in', async () => {
    const strict = await givenServer({ database: server.database, env: { RATE_LIMIT: '12' } });
    const calm = await as(strict, 'analyst');
    // the sandbox fetches its own keys from this address, and caches them
    await calm.get('/v1/me').expect(200);
    const invented = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${randomUUID()}` };
      return (await fetch(`${strict.url}/v1/me`, { headers })).status;
    };
    const statuses = new Set<number>();
    for (let count = 0; count < 13; count++) statuses.add(await invented());
    expect([...statuses]).toEqual([401, 429]);
    await calm.get('/v1/me').expect(200);
  });

  it('when the service is told to stop still gets the answer, and it ends well', async () => {
    const leaving = await givenServer({ database: server.database, env: { RATE_LIMIT: '100000' } });
    const reader = await as(leaving, 'jag-coordinator');
    await database.query('BEGIN');
    await database.query('LOCK TABLE cases IN ACCESS EXCLUSIVE MODE');
    const answer = reader.get('/v1/cases').then((one) => one);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stopped = leaving.stop();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await database.query('COMMIT');
    expect((await answer).status).toBe(200);
    expect(await stopped).toBe(0);
    await expect(fetch(`${leaving.url}/health/live`)).rejects.toThrow();
  });
});
