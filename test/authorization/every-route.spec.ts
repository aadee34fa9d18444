/**
 * Every operation of the document × nobody, the stranger, and everybody in the cast. A route that forgets the policy, an
 * answer that tells what exists from what does not, and a list that shows a stranger a case are found here whatever the
 * area, because everything is derived from `openapi/openapi.json`: a new route is swept as soon as it is documented, and
 * one that is not documented is found in the router.
 *
 * Seen to fail: a route marked @Public, an @Id() left out, a 403 and a 422 in place of a 404 where a record exists, a ground
 * that lets everybody read places, an explanation without `find`, `withheld` left out of one view, a route hidden from the
 * document, HEAD left out of Allow, a first line of the export of no documented kind, a 403 to who may not read the case
 * where it exists, and in earnest: a membership changed beneath another panel, null for a case that may be left out (500),
 * null for what may not be null (500), `active` without @IsBoolean (500), `version` missing from the document, null
 * documented but refused.
 */
import { randomUUID } from 'node:crypto';
import type { Response } from 'supertest';
import { agreementCalled, drafted } from '../support/agreement.ts';
import {
  emptied,
  forEachOf,
  hasId,
  lists,
  operations,
  resolved,
  sample,
  send,
  spread,
  unknown,
  v1,
  Walk,
  withIds,
  type Operation,
  type Schema,
} from '../support/operations.ts';
import { likeness } from '../support/panel-work.ts';
import { as, castOf, nobody, stranger, type Caller, type Person } from '../support/people.ts';
import { runInNode } from '../support/in-node.ts';
import { givenServer, type TestServer } from '../support/server.ts';

/** What a stranger may see in a list, and why: none of it is about a case. */
const OPEN_TO_A_STRANGER: Record<string, string> = {
  '/v1/agencies': 'the directory of the partnerships in which his agency acts',
  '/v1/partnerships': 'the partnerships in which his agency acts',
  '/v1/panels': 'the panels to which his agency may refer; no compartment is among them',
  '/v1/sharing-agreements': 'the rules of sharing are no secret, and hold no record',
  '/v1/audit-checkpoints': 'signed hashes of the log: the more who keep them, the better',
  '/v1/instruments': 'published risk instruments, not their answers',
  '/v1/access-requests': 'what he asked for himself, in the sweep before',
};
/** Served, but not part of the API that the document promises. */
const OUTSIDE_THE_DOCUMENT = /^\S+ (\/docs(\/|$)|\/openapi\.(json|yaml)$|\/sandbox(\/|$)|\/\*?$)/;
/** Who coordinates or administers, and one who answers for an agency: between them they can walk to every record. */
const WHO_SEE_MOST = ({ id, roles, panels, kind }: Person): boolean =>
  kind === 'practitioner' &&
  (id === 'housing-officer' || roles.length > 0 || panels.some((one) => /chair|coordinator/.test(one)));
const MALFORMED = ['1', 'null', '%00', '..%2f..', '00000000-0000-0000-0000-00000000000g', "'--", '%F0%9F%92%A9'];
const LONG = 240_000;
/** Of each list so many records are followed into what they hold. */
const FOLLOWED = 12;

let server: TestServer;
let cast: Person[];
let everybody: Caller[];
/** For each path with an identifier, the addresses at which there is something, for somebody. */
const known = new Map<string, string[]>();
const nothings = new Map<string, Promise<Response>>();
const readable = new Map<string, Promise<boolean>>();
/** Each person walks the lists once. */
const walks = new Map<string, Walk>();

function walkOf(caller: Caller, breadth = 100): Walk {
  const key = `${caller.who} ${String(breadth)}`;
  const walk = walks.get(key) ?? new Walk(caller, breadth);
  walks.set(key, walk);
  return walk;
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000', LOG_LEVEL: 'error' } });
  cast = await castOf(server);
  everybody = await Promise.all(cast.map(({ id }) => as(server, id)));
  await givenSimulation();
  const found = new Map<string, Set<string>>();
  await forEachOf(cast.filter(WHO_SEE_MOST), async ({ id }) => {
    const walk = walkOf(await as(server, id), FOLLOWED);
    for (const { path } of v1.filter(hasId)) {
      const all = found.get(path) ?? new Set();
      found.set(path, all);
      for (const address of await walk.addresses(path)) all.add(address);
    }
  });
  for (const reversal of await givenRemovals()) known.set(reversal.path, [reversal.address]);
  for (const [path, addresses] of found)
    known.set(path, [...new Set([...addresses, ...(known.get(path) ?? [])])].sort());
}, LONG);

const isClient = ({ who }: Caller): boolean => cast.some(({ id, kind }) => id === who && kind === 'client');
const lacksScope = (answer: Response): boolean => answer.status === 403 && answer.body.code === 'insufficient-scope';
const isProblem = ({ headers }: Response): boolean => /^application\/problem\+json/.test(headers['content-type'] ?? '');
const told = (caller: Caller, what: string, { status, text }: Response): string =>
  `${caller.who}: ${what}: ${status} ${text.slice(0, 200)}`;

/** Everything that an answer says, but for what differs between any two answers. */
function said({ status, headers, text }: Response): string {
  const { date: _, ratelimit: __, 'x-correlation-id': ___, ...rest } = headers as Record<string, string>;
  return JSON.stringify([status, rest, text.replace(/"correlationId":"[0-9a-f]{32}"/, '')]);
}

/** What somebody is told where there is nothing; asked once. */
function ofNothing(caller: Caller, operation: Operation): Promise<Response> {
  const key = `${caller.who} ${operation.name}`;
  const answer = nothings.get(key) ?? Promise.resolve(send(caller, operation, unknown(operation.path)));
  nothings.set(key, answer);
  return answer;
}

/** A draft and what it would change: the sandbox has none. */
async function givenSimulation(): Promise<void> {
  const dpo = await as(server, 'dpo');
  for (const code of ['ISA-ASK-JAG', 'ISA-ASK-TASKING']) {
    const agreement = await agreementCalled(dpo, code);
    const { body: draft } = await drafted(dpo, agreement);
    await dpo.post(`/v1/sharing-agreements/${agreement.id}/simulations`, { versionId: draft.id }).expect(201);
  }
}

/** Removals of people from a case and a referral, which the sandbox lacks. */
async function givenRemovals(): Promise<{ path: string; address: string }[]> {
  const coordinator = await as(server, 'jag-coordinator');
  const removals: { path: string; address: string }[] = [];
  for (const records of ['cases', 'referrals'])
    for (const record of await walkOf(coordinator).addresses(`/v1/${records}/{id}/people`)) {
      const { body } = await coordinator.get(record);
      const removed = await removal(coordinator, record, body.data ?? []);
      if (!removed) continue;
      removals.push({
        path: `/v1/${records}/{id}/people-corrections/{correctionId}/reversal`,
        address: `${record}-corrections/${removed}/reversal`,
      });
      break;
    }
  return removals;
}

/** Removes the first person of a record that the caller may remove. Returns the correction. */
async function removal(caller: Caller, record: string, roles: { id: string }[]): Promise<string | undefined> {
  for (const { id } of roles) {
    const { status } = await caller.post(`${record}/${id}/ending`, {
      kind: 'entered_in_error',
      reason: 'Another person was meant.',
    });
    if (status >= 300) continue;
    const { body } = await caller.get(`${record}-corrections?limit=1`).expect(200);
    return body.data[0].id as string;
  }
  return undefined;
}

/** May this person read the record at or above this address? Asked once. */
function mayRead(caller: Caller, address: string): Promise<boolean> {
  const record = address.split('/').slice(0, 4).join('/');
  const key = `${caller.who} ${record}`;
  const answer = readable.get(key) ?? Promise.resolve(caller.get(record)).then(({ status }) => status === 200);
  readable.set(key, answer);
  return answer;
}

/** Is it a 403, and does the document say that it may be told to such as them? */
async function mayBeRefused(
  caller: Caller,
  { refuses }: Operation,
  address: string,
  answer: Response,
): Promise<boolean> {
  if (answer.status !== 403) return false;
  if (refuses === 'anybody') return true;
  if (refuses === 'readers' && (await mayRead(caller, address))) return true;
  return (refuses === 'readers' || refuses === 'clients') && isClient(caller) && lacksScope(answer);
}

/** Some of them, others for each turn, all in the end: for what hardly depends on who asks. */
const inTurn = (all: Caller[], turn: number): Caller[] => some(all, 8, turn);

/** What each of them is told that the sweep does not allow. */
async function wrongs(
  callers: Caller[] | typeof inTurn,
  over: Operation[],
  check: (caller: Caller, operation: Operation, index: number) => Promise<string[]>,
): Promise<string[]> {
  const found: string[] = [];
  const each = over.flatMap((operation, turn) =>
    (Array.isArray(callers) ? callers : callers(everybody, turn)).map((caller, at) => ({
      caller,
      operation,
      index: at + turn,
    })),
  );
  await forEachOf(each, async ({ caller, operation, index }) => {
    found.push(...(await check(caller, operation, index)));
  });
  return found;
}

it(
  'nobody gets past the door of any route',
  async () => {
    const anonymous = nobody(server);
    const found = await wrongs([anonymous], v1, async (caller, operation) => {
      const answers = [await send(caller, operation, unknown(operation.path))];
      for (const address of spread(known.get(operation.path) ?? [], 2))
        answers.push(await send(caller, operation, address));
      answers.push(
        await caller.call(
          operation.method,
          withIds(operation.path, () => 'malformed'),
        ),
      );
      if (operation.method === 'get') answers.push(await caller.call('head', unknown(operation.path)));
      return answers
        .filter((answer) => answer.status !== 401 || !isProblem(answer) || !answer.headers['www-authenticate'])
        .map((answer) => told(caller, operation.name, answer));
    });
    expect(found).toEqual([]);
  },
  LONG,
);

it(
  'what is not there is not found, whoever asks and whatever they ask for',
  async () => {
    const found = await wrongs(everybody, v1.filter(hasId), async (caller, operation) => {
      const answer = await ofNothing(caller, operation);
      const right = answer.status === 404 || (isClient(caller) && lacksScope(answer));
      return right && isProblem(answer) ? [] : [told(caller, operation.name, answer)];
    });
    expect(found).toEqual([]);
  },
  LONG,
);

it(
  'an identifier that is none is a mistake of whoever asks, not a fault',
  async () => {
    const found = await wrongs(inTurn, v1.filter(hasId), async (caller, operation, index) => {
      const count = operation.path.split('{').length - 1;
      const answers = [];
      for (let bad = 0; bad < count; bad++) {
        const wrong = MALFORMED[(index + bad) % MALFORMED.length]!;
        const right = emptied('00000000-0000-4000-8000-000000000000');
        answers.push(
          await send(
            caller,
            operation,
            withIds(operation.path, (at) => (at === bad ? wrong : right)),
          ),
        );
      }
      return answers
        .filter((answer) => answer.status !== 400 && !(isClient(caller) && lacksScope(answer)))
        .map((answer) => told(caller, operation.name, answer));
    });
    expect(found).toEqual([]);
  },
  LONG,
);

it(
  'whoever sends nothing, or nothing sensible, changes nothing and breaks nothing',
  async () => {
    const writing = v1.filter(({ method }) => method !== 'get');
    const found = await wrongs(inTurn, writing, async (caller, operation, index) => {
      const bodies: (object | undefined)[] = [undefined, {}, [], { surely: 'unknown' }, { constructor: 1 }];
      const answer = await caller.call(operation.method, unknown(operation.path)).send(bodies[index % bodies.length]);
      return [400, 403, 404, 415, 422, 428].includes(answer.status) ? [] : [told(caller, operation.name, answer)];
    });
    expect(found).toEqual([]);
  },
  LONG,
);

it(
  'to the stranger, a record that exists and one that does not are the same',
  async () => {
    const outsider = await as(server, stranger);
    const his = walkOf(outsider);
    let compared = 0;
    const found = await wrongs([outsider], v1.filter(hasId), async (_, operation) => {
      const own = new Set(await his.addresses(operation.path));
      const foreign = (known.get(operation.path) ?? []).filter((address) => !own.has(address));
      const wrong: string[] = [];
      // what he sees of the parent, such as a panel, is no reason to tell what is beneath it: asked once for each parent
      const beneath = new Map<string, Promise<string>>();
      for (const address of spread(foreign, 30)) {
        const there = await send(outsider, operation, address);
        const place = withLast(address, () => '');
        const gone = beneath.get(place) ?? send(outsider, operation, withLast(address, randomUUID)).then(said);
        beneath.set(place, gone);
        compared++;
        if ((await gone) !== said(there)) wrong.push(told(outsider, operation.name, there));
      }
      return wrong;
    });
    expect(found).toEqual([]);
    process.stdout.write(`sweep: ${String(compared)} addresses compared\n`);
    expect(compared).toBeGreaterThan(100);
  },
  LONG,
);

it(
  'the stranger learns nothing by naming a record that exists in what he sends',
  async () => {
    const outsider = await as(server, stranger);
    const his = walkOf(outsider);
    const foreign: string[] = [];
    for (const { path } of v1.filter((one) => hasId(one) && one.path.endsWith('}') && one.method === 'get')) {
      const own = new Set(await his.addresses(path));
      const theirs = (known.get(path) ?? []).filter((address) => !own.has(address));
      foreign.push(...spread(theirs, 1).map((address) => address.slice(address.lastIndexOf('/') + 1)));
    }
    const { body: matrix } = await outsider.get('/v1/policy/matrix').expect(200);
    const types: string[] = matrix.subjects.map(({ subject }: { subject: string }) => subject);
    expect(types).toContain('Case');
    const found: string[] = [];
    let compared = 0;
    const namings = v1
      .filter((one) => one.takes && !hasId(one))
      .flatMap((operation) => {
        const properties = Object.entries(operation.takes?.properties ?? {});
        const names = properties.filter(([, one]) => resolved(one)?.format === 'uuid').map(([name]) => name);
        const bodies = 'type' in (operation.takes?.properties ?? {}) ? types.map((type) => ({ type })) : [{}];
        return names.flatMap((name) => bodies.map((body) => ({ operation, name, body })));
      });
    await forEachOf(namings, async ({ operation, name, body }) => {
      const naming = (value: string) =>
        send(outsider, operation, operation.path, {
          ...(sample(operation.takes) as object),
          ...body,
          [name]: value,
        });
      const first = await naming(randomUUID());
      for (const id of foreign) {
        const there = await naming(id);
        // what he made himself has an identifier and a time of its own, and is made again for each comparison
        const isMade = there.status === 201;
        const gone = isMade ? await naming(randomUUID()) : first;
        const alike = isMade ? likeness : said;
        compared++;
        if (alike(there) !== alike(gone)) found.push(told(outsider, `${operation.name} ${name}`, there));
      }
    });
    process.stdout.write(`sweep: ${String(compared)} records named\n`);
    expect(foreign.length).toBeGreaterThan(5);
    expect(found).toEqual([]);
  },
  LONG,
);

it('the stranger finds no record in any list but the directory', async () => {
  const outsider = await as(server, stranger);
  const found = await wrongs(
    [outsider],
    [...lists.values()].filter((one) => !hasId(one)),
    async (_, { path }) => {
      const answer = await outsider.get(path);
      const right =
        path in OPEN_TO_A_STRANGER ? answer.status === 200 : answer.status === 403 || answer.body.data?.length === 0;
      return right ? [] : [told(outsider, path, answer)];
    },
  );
  expect(found).toEqual([]);
  expect(Object.keys(OPEN_TO_A_STRANGER).filter((path) => !lists.has(path))).toEqual([]);
});

/** Papers that were recalled are told of to whoever may read the meeting. */
const isRecalled = ({ status, body }: Response): boolean => status === 410 && body.code === 'pack-recalled';

it(
  'whoever reads gets the record as the document says, or the same as if there were none',
  async () => {
    let read = 0;
    const reading = v1.filter(({ method }) => method === 'get');
    const unread = new Set(reading);
    const found = await wrongs(everybody, reading, async (caller, operation, index) => {
      const wrong = [];
      const gone = hasId(operation) ? said(await ofNothing(caller, operation)) : '';
      for (const address of some(known.get(operation.path) ?? [operation.path], 2, index)) {
        const answer = await caller.get(address).buffer(true);
        if (answer.status === 200) {
          read++;
          unread.delete(operation);
          const shape = operation.lines ? misshapenLines(operation.lines, answer) : misshapen(operation, answer);
          wrong.push(...shape.map((what) => `${caller.who}: ${address}: ${what}`));
        } else if (
          !isRecalled(answer) &&
          said(answer) !== gone &&
          !(await mayBeRefused(caller, operation, address, answer))
        )
          wrong.push(told(caller, address, answer));
      }
      return wrong;
    });
    expect(found).toEqual([]);
    expect([...unread].map(({ name }) => name)).toEqual([]);
    expect(read).toBeGreaterThan(500);
  },
  LONG,
);

it(
  'whoever may not read a record cannot tell by a command whether it exists',
  async () => {
    const commands = v1.filter((one) => hasId(one) && one.method !== 'get');
    let compared = 0;
    const found = await wrongs(everybody, commands, async (caller, operation, index) => {
      const wrong = [];
      const gone = said(await ofNothing(caller, operation));
      for (const address of some(known.get(operation.path) ?? [], 1, index)) {
        if (await mayRead(caller, address)) continue;
        compared++;
        const there = await send(caller, operation, address);
        // a system names records of its agency without the scope to read them
        if (caller.who.endsWith('-system') && there.status < 300) continue;
        if (said(there) !== gone) wrong.push(told(caller, operation.name, there));
      }
      return wrong;
    });
    expect(found).toEqual([]);
    expect(compared).toBeGreaterThan(500);
  },
  LONG,
);

it(
  'a record is not found beneath another than its own',
  async () => {
    const nested = v1.filter(({ path }) => path.split('{').length > 2);
    const callers = await Promise.all(cast.filter(WHO_SEE_MOST).map(({ id }) => as(server, id)));
    let tried = 0;
    const found = await wrongs(callers, nested, async (caller, operation) => {
      const all = await walkOf(caller, FOLLOWED).addresses(operation.path);
      const wrong = [];
      for (const [index, address] of spread(all, 6).entries()) {
        const parent = (one: string): string => one.split('/')[3]!;
        const other = all.find((one) => parent(one) !== parent(address));
        if (!other) continue;
        tried++;
        const answer = await send(caller, operation, address.replace(parent(address), parent(other)));
        if (answer.status !== 404 && answer.status !== 403)
          wrong.push(told(caller, `${operation.name} (${index})`, answer));
      }
      return wrong;
    });
    expect(found).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  },
  LONG,
);

it(
  'whatever a permitted person sends, it is taken or refused and never a fault',
  async () => {
    const writers = await Promise.all(cast.filter(WHO_SEE_MOST).map(({ id }) => as(server, id)));
    let permitted = 0;
    const found: string[] = [];
    await forEachOf(
      v1.filter(({ takes }) => takes),
      async (operation) => {
        const addresses = hasId(operation) ? spread(known.get(operation.path) ?? [], 25) : [operation.path];
        const places = addresses.flatMap((address) => writers.map((caller) => ({ caller, address })));
        for (const { caller, address } of places) {
          if (hasId(operation) && !(await mayRead(caller, address))) continue;
          const first = await send(caller, operation, address);
          if ([401, 403, 404].includes(first.status)) continue;
          permitted++;
          for (const body of nonsense(operation)) {
            const answer = await send(caller, operation, address, body);
            if (answer.status >= 500)
              found.push(told(caller, `${operation.name} ${JSON.stringify(body).slice(0, 120)}`, answer));
          }
          return;
        }
      },
    );
    expect(found).toEqual([]);
    expect(permitted).toBeGreaterThan(15);
  },
  LONG,
);

it('every record that anybody can name was walked to, so that nothing is swept in vain', () => {
  const missed = v1.filter((one) => hasId(one) && !known.get(one.path)?.length).map(({ name }) => name);
  expect(missed).toEqual([]);
});

it('what is served and what is documented are the same', async () => {
  const served = await runInNode<string[]>('test/support/routes.ts', [], {
    DATABASE_URL: server.databaseUrl,
    SANDBOX: 'on',
  });
  const api = served.filter((route) => !OUTSIDE_THE_DOCUMENT.test(route) && !route.startsWith('HEAD '));
  expect(api.sort()).toEqual(operations.map(({ name }) => name).sort());
});

it('whoever uses a method that an address does not answer to is told those that it does', async () => {
  const coordinator = await as(server, 'jag-coordinator');
  const paths = [...new Set(operations.map(({ path }) => path))];
  const found: string[] = [];
  await forEachOf(paths, async (path) => {
    const documented = operations.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
    const allowed = [...documented, ...(documented.includes('GET') ? ['HEAD'] : [])].sort().join(', ');
    // OPTIONS is answered for browsers, before a call from another origin
    for (const method of ['put', 'delete'] as const) {
      const answer = await coordinator.call(method, unknown(path));
      if (answer.status !== 405 || answer.headers['allow'] !== allowed || !isProblem(answer))
        found.push(told(coordinator, `${method} ${path}`, answer));
    }
  });
  expect(found).toEqual([]);
});

/** A body that would do, with one value at a time replaced by what may not be there. */
function nonsense({ takes }: Operation): object[] {
  const right = sample(takes) as Record<string, unknown>;
  const junk = [
    null,
    '',
    'x',
    'x\u0000',
    '\ud800',
    '9'.repeat(400),
    randomUUID(),
    '0000-00-00',
    '9999-12-31',
    1e308,
    -1,
    [],
    [null],
    {},
    true,
  ];
  return Object.keys(takes?.properties ?? {}).flatMap((name) => junk.map((value) => ({ ...right, [name]: value })));
}

/** So many of them, others for each person. */
function some<T>(all: T[], most: number, turn: number): T[] {
  const at = (turn * 7) % Math.max(all.length, 1);
  return spread([...all.slice(at), ...all.slice(0, at)], most);
}

/** The address with another last identifier. */
const withLast = (address: string, id: () => string): string =>
  address.replace(/[0-9a-f]{8}-[0-9a-f-]{27}(?!.*[0-9a-f]{8}-[0-9a-f-]{27})/, () => id());

/** Where a line is none of those that the document promises. */
function misshapenLines({ required = [], properties = {} }: Schema, { headers, text }: Response): string[] {
  const wrong = new Set<string>();
  if (!/^application\/x-ndjson\b/.test(headers['content-type'] ?? '')) wrong.add(`is ${headers['content-type']}`);
  if (!/\n$/.test(text)) wrong.add('does not end with a line');
  const kinds = new Map(Object.entries(properties).flatMap(([key, one]) => (one.enum ? [[key, one.enum]] : [])));
  for (const line of text.trimEnd().split('\n')) {
    const value = parsed(line);
    if (!value) {
      wrong.add(`no object: ${line.slice(0, 80)}`);
      continue;
    }
    for (const key of Object.keys(value)) if (!(key in properties)) wrong.add(`undocumented: ${key}`);
    for (const key of required) if (!(key in value)) wrong.add(`without ${key}: ${line.slice(0, 80)}`);
    for (const [key, words] of kinds) if (!words.includes(value[key])) wrong.add(`${key}: ${line.slice(0, 80)}`);
  }
  return [...wrong];
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Where an answer is not what the document promises, or withholds without saying so. */
function misshapen({ answers, files, isList }: Operation, { body, headers }: Response): string[] {
  if (files.some((type) => headers['content-type']?.startsWith(type))) return [];
  if (!answers) return ['the document does not say what it answers'];
  const wrong: string[] = [];
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) wrong.push(`is ${headers['content-type']}`);
  if (!Array.isArray(body.withheld)) wrong.push('no `withheld`');
  if (!isList && !headers['etag'] && 'id' in body) wrong.push('no ETag');
  if (isList && (!Array.isArray(body.data) || !(body.next === null || typeof body.next === 'string')))
    wrong.push('no page');
  const record = isList ? resolved(answers.properties?.['data']?.items) : answers;
  for (const one of isList ? body.data : [body]) {
    const named = Object.keys(record?.properties ?? {});
    const secret = Object.keys(one).filter((key) => !named.includes(key));
    const withheld: string[] = one.withheld ?? [];
    const both = Object.keys(one).filter((key) => withheld.includes(key));
    const neither = named.filter((key) => !(key in one) && !withheld.includes(key));
    for (const [what, keys] of Object.entries({
      undocumented: secret,
      'shown and withheld': both,
      'neither shown nor withheld': neither,
    }))
      if (keys.length) wrong.push(`${what}: ${keys.join(', ')}`);
  }
  return wrong;
}
