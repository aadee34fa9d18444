/**
 * The permission is decided before the values of a request to a record are: whoever may not do something, or may not know of the
 * record, gets the same answer to a wrong body, query, If-Match or Idempotency-Key as to a right one. Every route with an
 * identifier is asked, as nobody's colleague, as somebody excluded from every case, and as all others of the cast.
 *
 * Seen to fail: validation in the pipe, before the record is looked for; services that use the body or the query before it: to
 * name people, to choose an item or a panel, to check a date of birth.
 */
import type pg from 'pg';
import type { Response, Test } from 'supertest';
import { connected } from '../support/agreement.ts';
import { forEachOf, hasId, send, spread, unknown, v1, Walk, type Operation } from '../support/operations.ts';
import { as, castOf, stranger, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const LONG = 400_000;
/** Addresses at which each route is asked, beside one at which there is nothing. */
const ADDRESSES = 3;

let server: TestServer;
let owner: pg.Client;
let callers: Caller[];
/** Of each route, addresses at which there is something for somebody of the cast. */
const addresses = new Map<Operation, string[]>();
const routes = v1.filter(hasId).filter((one) => one.takes ?? (one.method === 'get' ? one.asks.length : one.takesKey));

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000', LOG_LEVEL: 'error' } });
  owner = await connected(server.database.adminUrl);
  const cast = await castOf(server);
  callers = await Promise.all(cast.map(({ id }) => as(server, id)));
  const walks = callers.map((caller) => new Walk(caller, 1));
  for (const operation of routes) {
    const found = new Set<string>();
    for (const walk of walks) for (const one of spread(await walk.addresses(operation.path), 1)) found.add(one);
    addresses.set(operation, spread([...found], ADDRESSES));
  }
}, LONG);

type Way = (caller: Caller, operation: Operation, address: string) => Test;

const plain = (caller: Caller, { method, needsIfMatch }: Operation, address: string): Test => {
  const test = caller.call(method, address);
  return needsIfMatch ? test.set('if-match', '*') : test;
};

/** Requests with something wrong, by what it is. */
const WRONG: { what: string; applies: (operation: Operation) => boolean; ask: Way }[] = [
  {
    what: 'an unknown property',
    applies: ({ takes }) => takes !== undefined,
    ask: (caller, operation, address) => send(caller, operation, address, { unheardOf: 1 }),
  },
  { what: 'no body', applies: ({ takes }) => Boolean(takes?.required?.length), ask: plain },
  {
    what: 'a list as the body',
    applies: ({ takes }) => takes !== undefined,
    ask: (caller, operation, address) => send(caller, operation, address, [1]),
  },
  {
    what: 'a wrong query',
    applies: ({ method, asks }) => method === 'get' && asks.length > 0,
    ask: (caller, { method, asks }, address) =>
      caller.call(method, `${address}?${asks.map((one) => `${one}=%7Bnone%7D`).join('&')}`),
  },
  {
    what: 'a wrong Idempotency-Key',
    applies: ({ takesKey }) => takesKey,
    ask: (caller, operation, address) => send(caller, operation, address).set('idempotency-key', 'two words'),
  },
];

const told = ({ status, body }: Response): string => `${String(status)} ${String((body as { code?: string }).code)}`;

/** Whether the caller may read what the address is about: whoever may is told of wrong values where a right body names others. */
async function mayKnow(caller: Caller, { path }: Operation, address: string): Promise<boolean> {
  const parts = path.split('/');
  const length = parts.findLastIndex((part) => part.startsWith('{')) + 1;
  return (await caller.get(address.split('/').slice(0, length).join('/'))).status === 200;
}

const counts = { refused: 0, wrong: 0 };

/** What answers to wrong and right requests differ in, for somebody who is refused. */
async function differences(caller: Caller, operation: Operation, address: string): Promise<string[]> {
  const wrongs = WRONG.filter(({ applies }) => applies(operation));
  const got: [string, string][] = [];
  for (const { what, ask } of wrongs) got.push([what, told(await ask(caller, operation, address))]);
  const right = told(await send(caller, operation, address));
  const isRefused = /^40[34] /.test(right);
  const fault = ([what, one]: [string, string]): string[] => [
    `${caller.who}: ${operation.name}: ${right}, with ${what} ${one}`,
  ];
  if (!isRefused) {
    counts.wrong += got.length;
    return got.filter(([, one]) => !one.startsWith('400 ')).flatMap(fault);
  }
  counts.refused += got.length;
  const others = got.filter(([, one]) => one !== right);
  if (others.length && others.every(([, one]) => one.startsWith('400 ')) && right.startsWith('404'))
    if (await mayKnow(caller, operation, address)) return [];
  return others.flatMap(fault);
}

async function allDifferences(by: Caller[], at: (operation: Operation) => string[]): Promise<string[]> {
  const found: string[] = [];
  for (const caller of by)
    await forEachOf(routes, async (operation) => {
      for (const address of at(operation)) found.push(...(await differences(caller, operation, address)));
    });
  return found;
}

test(
  'a stranger gets the answer to a right request to every wrong one',
  async () => {
    const outsider = await as(server, stranger);
    expect(await allDifferences([outsider], (one) => [...(addresses.get(one) ?? []), unknown(one.path)])).toEqual([]);
    expect(counts.refused).toBeGreaterThan(200);
  },
  LONG,
);

test(
  'everybody gets the answer to a right request to every wrong one, where there is nothing',
  async () => {
    expect(await allDifferences(spread(callers, 8), (one) => [unknown(one.path)])).toEqual([]);
  },
  LONG,
);

test(
  'somebody who is excluded gets the answer to a right request to every wrong one',
  async () => {
    const coordinator = await as(server, 'marac-coordinator');
    const walk = new Walk(coordinator, 1);
    const own = new Map<Operation, string[]>();
    for (const operation of routes) own.set(operation, spread(await walk.addresses(operation.path), 1));
    await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, case_id, reason, since, reach)
       SELECT gen_random_uuid(), 1, c.partnership_id, c.panel_id, p.id, c.id, 'A relative.', now() - interval '1 day', 'panel'
       FROM practitioners p, cases c WHERE p.subject = 'marac-coordinator'`,
    );
    const before = counts.refused;
    expect(await allDifferences([coordinator], (one) => own.get(one) ?? [])).toEqual([]);
    expect(counts.refused - before).toBeGreaterThan(20);
  },
  LONG,
);

test(
  'a member without the right gets 403 to every wrong request, and whoever has it 400',
  async () => {
    expect(await allDifferences(spread(callers, 10), (one) => addresses.get(one) ?? [])).toEqual([]);
    expect(counts.wrong).toBeGreaterThan(100);
    process.stdout.write(`permission first: ${JSON.stringify(counts)}, ${String(routes.length)} routes\n`);
  },
  LONG,
);
