/**
 * No request of at most 1 MB keeps the service from answering others, whoever sends it. `GET /health/live` is sampled from
 * another process while each route that takes a body, as the OpenAPI document has it, gets the worst bodies of each kind;
 * the longest time that an answer took stays below 250 ms, and what is answered stays small.
 *
 * Seen to fail: lists left to class-validator whatever their length (28,000 objects in `people`), the rows of an agreement
 * validated without a pause, each of 1,000 errors of an agreement answered; 170,000 different names of properties parsed,
 * `constructor` among them; lists of 100 objects with 198 unknown properties each left to class-validator.
 */
import http from 'node:http';
import { agreementCalled, versionPath, type Agreement } from '../support/agreement.ts';
import { openApi, resolved, sample, unknown, v1, type Operation, type Schema } from '../support/operations.ts';
import { as, bearing, nobody, type Caller } from '../support/people.ts';
import { givenLiveness, LONGEST_GAP_MS, type Liveness } from '../support/liveness.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const MEGABYTE = 1_000_000;
const MOST_ANSWER = 64 * 1024;
const LONG = 600_000;

/** Between them they may call each route that takes a body. */
const CALLERS = ['jag-coordinator', 'jag-chair', 'dpo', 'housing-officer', 'agency-administrator', 'auditor', 'idva'];

const takesBody = v1.filter(({ takes }) => takes);

let server: TestServer;
let liveness: Liveness;
let callers: Caller[];
let idle: number;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000', LOG_LEVEL: 'error' } });
  const known = new Set(
    ((await (await fetch(`${server.url}/sandbox/people`)).json()) as { data: { id: string }[] }).data.map(
      ({ id }) => id,
    ),
  );
  callers = await Promise.all(CALLERS.filter((id) => known.has(id)).map((id) => as(server, id)));
  liveness = await givenLiveness(server.url);
  idle = (await liveness.best(() => new Promise((resolve) => setTimeout(resolve, 2000)))).longest;
}, LONG);

/** Repeats a part until the text has the size. */
const filled = (begin: string, part: string, end: string, bytes: number): string => {
  const count = Math.max(1, Math.floor((bytes - begin.length - end.length + 1) / (part.length + 1)));
  return `${begin}${Array.from({ length: count }, () => part).join(',')}${end}`;
};

/** `bytes` long texts of JSON, each the worst of its kind. */
const KINDS: Record<string, (bytes: number) => string> = {
  'objects in a list': (bytes) => filled('[', '{}', ']', bytes),
  'objects in lists of lists': (bytes) => filled('[[[[', '{}', ']]]]', bytes),
  'lists in a list': (bytes) => filled('[', '[]', ']', bytes),
  'one text': (bytes) => `{"text":"${'x'.repeat(bytes - 11)}"}`,
  'many properties': (bytes) => {
    const all: string[] = [];
    for (let size = 2; size < bytes - 14; size += 14) all.push(`"k${String(all.length).padStart(9, '0')}":0`);
    return `{${all.join(',')}}`;
  },
  'many short properties': (bytes) => {
    const all: string[] = [];
    for (let size = 2; size < bytes - 12; size += all.at(-1)!.length + 1) all.push(`"${all.length.toString(36)}":1`);
    return `{${all.join(',')}}`;
  },
  'deep lists': (bytes) => `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`,
  'deep objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}0${'}'.repeat(bytes / 6)}`,
  numbers: (bytes) => filled('[', '1', ']', bytes),
  'prototype keys': (bytes) => filled('{"list":[', '{"a":{"b":1}}', '],"text":"__proto__"}', bytes),
};

/** Objects nested three deep, each property with a name of its own. */
const differentNames = (begin: string, bytes: number): string => {
  const all: string[] = [];
  let count = 0;
  const name = (): string => `"${(count++).toString(36)}"`;
  for (let size = begin.length + 2; size < bytes - 40; size += all.at(-1)!.length + 1)
    all.push(`{${name()}:{${name()}:{${name()}:{}}}}`);
  return `[${begin}${all.join(',')}]`;
};
KINDS['different names'] = (bytes) => differentNames('', bytes);
KINDS['different names and a constructor'] = (bytes) => differentNames('{"constructor":0},', bytes);
KINDS['objects below an unknown property'] = (bytes) => filled('{"x":{"y":[', '{}', ']}}', Math.min(bytes, 147_000));

interface Listed {
  path: string[];
  ofObjects: boolean;
}

/** The lists in a schema: names of the properties that lead to each; elements of lists are `0`. */
function listsIn(schema: Schema | undefined, path: string[] = []): Listed[] {
  const one = resolved(schema);
  if (!one) return [];
  const own: Listed[] = [one.type].flat().includes('array')
    ? [{ path, ofObjects: resolved(one.items)?.properties !== undefined }, ...listsIn(one.items, [...path, '0'])]
    : [];
  return [...own, ...Object.entries(one.properties ?? {}).flatMap(([name, inner]) => listsIn(inner, [...path, name]))];
}

/** A body in which the list at `path` is `list`, and all else is as the route wants it. */
function bodyWith(schema: Schema | undefined, path: string[], list: string): string {
  const MARK = '"\u00a7"';
  const put = (of: Schema | undefined, [name, ...rest]: string[]): unknown => {
    const one = resolved(of);
    if (name === undefined) return '\u00a7';
    if (name === '0') return [put(one?.items, rest)];
    return { ...(sample({ ...one, type: 'object' }) as object), [name]: put(one?.properties?.[name], rest) };
  };
  return JSON.stringify(put(schema, path)).replace(MARK, () => list);
}

interface Answered {
  status: number;
  bytes: number;
}

/** Sends a text as it is: a client library would read it first. */
function post(
  { method, needsIfMatch }: Operation,
  address: string,
  { token }: Caller,
  text: string,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      server.url + address,
      {
        method: method.toUpperCase(),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(needsIfMatch ? { 'if-match': '*' } : {}),
        },
      },
      (answer) => {
        let bytes = 0;
        answer.on('data', (part: Buffer) => (bytes += part.length));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, bytes });
        });
      },
    );
    // the service answers and closes before it has read all of a body that is too large
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || error.code === 'ECONNRESET') resolve({ status: 413, bytes: 0 });
      else reject(error);
    });
    request.end(text);
  });
}

const limitOf = ({ maxBodyBytes }: Operation): number => maxBodyBytes ?? 0;

/** Somebody whom the guard lets through to the validation of the route. */
async function callerOf(operation: Operation): Promise<Caller> {
  for (const caller of callers) {
    const { status } = await post(operation, unknown(operation.path), caller, '{}');
    if (status !== 403) return caller;
  }
  return callers[0] as Caller;
}

const worst: { what: string; longest: number }[] = [];
afterAll(() => {
  worst.sort((a, b) => b.longest - a.longest);
  const shown = worst.slice(0, 5).map(({ what, longest }) => `${longest.toFixed(0)} ms: ${what}`);
  console.log(
    `idle ${idle.toFixed(0)} ms; worst ${((worst[0]?.longest ?? 0) / idle).toFixed(1)} × idle\n${shown.join('\n')}`,
  );
});

/** What an answer did wrong, in words. */
async function wrongsOf(
  what: string,
  does: () => Promise<Answered>,
  allowed: (status: number) => boolean,
): Promise<string[]> {
  const { answer, longest } = await liveness.best(does);
  worst.push({ what, longest });
  return [
    ...(longest < LONGEST_GAP_MS ? [] : [`${what}: no other answer for ${longest.toFixed(0)} ms`]),
    ...(answer.bytes <= MOST_ANSWER ? [] : [`${what}: an answer of ${String(answer.bytes)} bytes`]),
    ...(allowed(answer.status) ? [] : [`${what}: ${String(answer.status)}`]),
  ];
}

const isRefusal = (status: number): boolean => status >= 400 && status < 500;

it('the document states a body limit for each route that takes a body', () => {
  expect(takesBody.length).toBeGreaterThan(40);
  expect(takesBody.filter((one) => !limitOf(one)).map(({ name }) => name)).toEqual([]);
});

test(
  'anonymous caller gets 401 at once when any body is sent to any route',
  async () => {
    const forged = bearing(server, 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 'forger');
    const wrongs: string[] = [];
    for (const operation of takesBody)
      for (const kind of ['objects in a list', 'deep lists', 'one text'])
        for (const caller of [nobody(server), forged]) {
          const text = KINDS[kind]?.(MEGABYTE) ?? '';
          const what = `${caller.who}: ${operation.name}: ${kind}`;
          wrongs.push(
            ...(await wrongsOf(
              what,
              () => post(operation, unknown(operation.path), caller, text),
              (status) => status === 401,
            )),
          );
        }
    expect(wrongs).toEqual([]);
  },
  LONG,
);

test(
  'signed-in caller gets a small refusal at once when a body of the worst kinds is sent',
  async () => {
    const wrongs: string[] = [];
    for (const operation of takesBody) {
      const caller = await callerOf(operation);
      for (const [kind, make] of Object.entries(KINDS))
        for (const bytes of [limitOf(operation) - 16, ...(kind === 'objects in a list' ? [MEGABYTE] : [])]) {
          const text = make(bytes);
          wrongs.push(
            ...(await wrongsOf(
              `${operation.name}: ${kind}, ${String(bytes)} bytes`,
              () => post(operation, unknown(operation.path), caller, text),
              isRefusal,
            )),
          );
        }
    }
    expect(wrongs).toEqual([]);
  },
  LONG,
);

test(
  'signed-in caller gets a small refusal at once when any list of any route is filled',
  async () => {
    const wrongs: string[] = [];
    let count = 0;
    for (const operation of takesBody) {
      const lists = listsIn(operation.takes);
      if (!lists.length) continue;
      const caller = await callerOf(operation);
      for (const { path, ofObjects } of lists) {
        count += 1;
        const most = limitOf(operation) - 2000;
        const fillings = {
          'empty objects': filled('[', '{}', ']', most),
          'lists of empty objects': filled('[', '[{},{},{}]', ']', most),
          numbers: filled('[', '7', ']', most),
          texts: filled('[', '"2026-11-20"', ']', most),
          ...(ofObjects ? { 'as many empty objects as are allowed': filled('[', '{}', ']', 9000) } : {}),
          ...(ofObjects
            ? { 'objects of unknown properties': filled('[', '{"a":1,"b":[{}],"c":{}}', ']', 70_000) }
            : {}),
        };
        for (const [kind, list] of Object.entries(fillings)) {
          const text = bodyWith(operation.takes, path, list);
          wrongs.push(
            ...(await wrongsOf(
              `${operation.name}: ${path.join('.')} of ${kind}`,
              () => post(operation, unknown(operation.path), caller, text),
              isRefusal,
            )),
          );
        }
      }
    }
    expect(count).toBeGreaterThan(15);
    expect(wrongs).toEqual([]);
  },
  LONG,
);

test.each<[string, (name: () => string) => string]>([
  ['198 unknown properties each', (name) => `{${Array.from({ length: 198 }, () => `"u${name()}":1`).join(',')}}`],
  ['50 unknown properties each', () => `{${Array.from({ length: 50 }, (_, at) => `"u${String(at)}":1`).join(',')}}`],
  ['lists of objects in their texts', () => filled('{"purpose":[', '{}', ']}', 600)],
])(
  'signed-in caller gets a small refusal at once when lists of an agreement hold %s',
  async (_, make) => {
    const operation = v1.find(({ name }) => name === 'POST /v1/sharing-agreements/{id}/versions');
    if (!operation) throw new Error('no such route');
    let count = 0;
    const list = (length: number): string =>
      `[${Array.from({ length }, () => make(() => (count++).toString(36))).join(',')}]`;
    const text = `{"rows":${list(100)},"rowChanges":${list(100)},"parties":${list(50)}}`;
    const does = (): Promise<Answered> => post(operation, unknown(operation.path), callers[0] as Caller, text);
    expect(await wrongsOf('lists of an agreement', does, isRefusal)).toEqual([]);
  },
  LONG,
);

test(
  'data protection officer gets a small answer at once when an agreement has as many rows as are allowed',
  async () => {
    const dpo = await as(server, 'dpo');
    const agreement = await agreementCalled(dpo, 'ISA-ASK-JAG');
    const { body } = await dpo.get(`${versionPath(agreement, agreement.currentVersionId)}/rows?limit=1`).expect(200);
    const { withheld: _, id: __, version: ___, createdAt: ____, updatedAt: _____, ...some } = body.data[0];
    const row = Object.fromEntries(
      Object.keys(openApi.components.schemas['SharingRowRequest']?.properties ?? {}).map((name) => [name, some[name]]),
    );
    const rows = Array.from({ length: 3000 }, () => row);
    const unlawful = rows.map((one, at) => ({ ...one, category: `c${String(at)}`, level: 'all', gateway: 'none' }));
    const lawful = await manyLawfulRows(dpo, agreement, row);
    expect(lawful.length).toBeGreaterThan(1000);
    const operation = v1.find(({ name }) => name === 'POST /v1/sharing-agreements/{id}/versions');
    if (!operation) throw new Error('no such route');
    const address = operation.path.replace('{id}', agreement.id);
    const basedOn = agreement.currentVersionId;
    const wrongs: string[] = [];
    for (const [kind, body, expected] of [
      ['one row 3,000 times', { rows }, 422],
      ['3,000 rows that no law allows', { rows: unlawful }, 422],
      ['rows that the law allows', { rows: lawful }, 201],
    ] as const) {
      const text = JSON.stringify({ basedOn, ...body });
      wrongs.push(
        ...(await wrongsOf(
          kind,
          () => post(operation, address, dpo, text),
          (status) => status === expected,
        )),
      );
    }
    expect(wrongs).toEqual([]);
  },
  LONG,
);

/** A row for each purpose of the agreement, each contributing type and each type of its parties. */
async function manyLawfulRows(dpo: Caller, agreement: Agreement, row: object): Promise<object[]> {
  const version = versionPath(agreement, agreement.currentVersionId);
  const { body } = await dpo.get(version).expect(200);
  const parties = (await dpo.get(`${version}/parties?limit=100`).expect(200)).body.data as { agencyId: string }[];
  const agencies = (await dpo.get('/v1/agencies?limit=100').expect(200)).body.data as { id: string; type: string }[];
  const types = new Set(
    agencies.filter(({ id }) => parties.some(({ agencyId }) => agencyId === id)).map(({ type }) => type),
  );
  const contributing = openApi.components.schemas['SharingRowRequest']?.properties?.['contributingType']?.enum ?? [];
  return (body.purposes as string[])
    .flatMap((purpose) =>
      [...types].flatMap((receivingType) =>
        contributing.map((contributingType) => ({ ...row, purpose, receivingType, contributingType })),
      ),
    )
    .slice(0, 3000);
}
