/**
 * Nothing leaks by any exit. Every classified field of every record carries a value of its own; everybody in the cast, the
 * machine clients too, asks for every record by every documented route, and searches, counts, asks why, makes mistakes and
 * repeats calls. Each value that leaves is traced to its field and record, and the policy, asked beside the service, must
 * show exactly that to exactly this person. Problems, headers, log lines, audit entries, events and exports carry none.
 *
 * Seen to fail: a field added after the mask to lists, children, searches, single reads and explanations; counts by a column
 * that is not shared; a value in a header, in the detail of a 412, in a log line, in the fields of an audit entry (and so in
 * the export). `CANARY_CAST=idva,…` runs some of the cast alone; the floors at the end are those of all.
 */
import pg from 'pg';
import { givenCanaries, type Canaries, type Cell } from './given-canaries.ts';
import { forEachOf, hasId, resolved, sample, spread, v1, withIds, type Operation } from './given-operations.ts';
import { givenOracle, type Oracle } from './given-policy.ts';
import { as, castOf, type Person } from './people.ts';
import { givenDatabase } from './support/database.ts';
import { willClose } from './support/opened.ts';
import { givenServer, type TestServer } from './support/server.ts';

const LONG = 400_000;
/** Of the records beside those of the told cases, so many are asked for by each person at each address, in turn. */
const OTHERS = 1;
/** Of the records in a person's own lists, so many are read one by one. */
const OWN = 1;
/** Of each collection, so many records of the told cases are asked for by everybody. */
const OF_TOLD = 2;
/** The cases that the sandbox tells by hand: domestic abuse, antisocial behaviour, serious youth violence. */
const TOLD = ['ask-marac', 'ask-jag', 'ask-syv'];
/** And one record of a compartment in each collection, which nearly everybody must be told nothing of. */
const APART = ['ask-channel'];

/** By what an answer may be opened, where it is not `read`. */
const ACTIONS: [path: RegExp, actions: string[]][] = [
  [/^\/v1\/(cases|referrals)\/[^/]+\/status$/, ['track']],
  [/^\/v1\/protected-addresses\/[^/]+\/revelation$/, ['reveal']],
  [/^\/v1\/actions\?.*panelId=/, ['locate']],
];

interface Answer {
  status: number;
  headers: string;
  text: string;
  etag: string | null;
}

interface Page {
  data: { id?: string }[];
  next: string | null;
}

interface Request {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

let server: TestServer;
let canaries: Canaries;
let oracle: Oracle;
let owner: pg.Client;
let cast: Person[];
/** The records of the told cases, and all others, by collection, such as `persons`. */
const told = new Map<string, string[]>();
const others = new Map<string, string[]>();
/** The second identifiers of nested addresses, by the first. */
const nested = new Map<string, Map<string, string[]>>();
/** What was seen, by whom and how it was opened: each cell with where it was seen first. */
const seen = new Map<string, { who: string; actions: string[]; cells: Map<string, { cell: Cell; where: string }> }>();
const found: string[] = [];
/** How many answers of each kind there were, and how many refusals of each status. */
const answered = new Map<string, number>();
const counts = { requests: 0, answered: 0, shown: 0 };

beforeAll(async () => {
  const database = await givenDatabase();
  canaries = await givenCanaries(database);
  server = await givenServer({ database, env: { RATE_LIMIT: '10000000', LOG_LEVEL: 'debug' } });
  oracle = await givenOracle(database);
  owner = new pg.Client({ connectionString: database.adminUrl });
  owner.on('error', () => undefined);
  await owner.connect();
  willClose({ stop: () => owner.end() });
  const only = process.env['CANARY_CAST']?.split(',');
  cast = (await castOf(server)).filter(({ id }) => !only || only.includes(id));
  await gather();
}, LONG);

/** Which records there are, and which of them belong to the told cases. */
async function gather(): Promise<void> {
  const { rows: tables } = await owner.query<{ name: string; columns: string[] }>(
    `SELECT table_name AS name, array_agg(column_name::text) AS columns FROM information_schema.columns
     WHERE table_schema = 'public' GROUP BY 1`,
  );
  const cases = `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = ANY ($1)`;
  for (const { name, columns } of tables) {
    const has = (column: string): boolean => columns.includes(column);
    if (!has('id') || name === 'migrations') continue;
    const belongs =
      name === 'cases'
        ? `id IN (${cases})`
        : name === 'persons'
          ? `id IN (SELECT person_id FROM case_people WHERE case_id IN (${cases}))`
          : has('case_id')
            ? `case_id IN (${cases})`
            : has('person_id')
              ? `person_id IN (SELECT person_id FROM case_people WHERE case_id IN (${cases}))`
              : '$1::text[] IS NULL';
    const among = async (panels: string[]): Promise<{ id: string; told: boolean }[]> =>
      (
        await owner.query<{ id: string; told: boolean }>(
          `SELECT id, coalesce(${belongs}, false) AS told FROM ${name} ORDER BY told DESC, id`,
          [panels],
        )
      ).rows;
    const of = (all: { id: string; told: boolean }[]): string[] => all.filter((one) => one.told).map((one) => one.id);
    const rows = await among(TOLD);
    const collection = name.replaceAll('_', '-');
    told.set(collection, [...new Set([...spread(of(rows), OF_TOLD), ...spread(of(await among(APART)), 1)])]);
    others.set(
      collection,
      rows.filter((one) => !one.told).map((one) => one.id),
    );
    for (const column of ['meeting_id', 'agreement_id']) {
      if (!has(column)) continue;
      const { rows: inside } = await owner.query<{ parent: string; id: string }>(
        `SELECT ${column} AS parent, id FROM ${name} WHERE ${column} IS NOT NULL`,
      );
      const within = new Map<string, string[]>();
      nested.set(name.replace(/^sharing_agreement_|^sharing_/, ''), within);
      for (const one of inside) within.set(one.parent, [...(within.get(one.parent) ?? []), one.id]);
    }
  }
}

const collectionOf = ({ path }: Pick<Operation, 'path'>): string => path.split('/')[2] ?? '';

/** The addresses of a path that this person asks for: those of the told cases, and some of the others, in turn. */
function addresses({ path }: Operation, turn: number): string[] {
  const collection = collectionOf({ path });
  const rest = others.get(collection) ?? [];
  const start = (turn * OTHERS) % Math.max(rest.length, 1);
  const first = [...(told.get(collection) ?? []), ...[...rest, ...rest].slice(start, start + OTHERS)];
  const inner = /\{[^}]+\}\/([^/]+)\/\{/.exec(path)?.[1];
  if (!inner) return first.map((id) => withIds(path, () => id));
  const within = nested.get(inner);
  return spread([...(within ?? [])], 3).flatMap(([parent, ids]) =>
    spread(ids, 1).map((id) => withIds(path, (at) => (at ? id : parent))),
  );
}

async function ask(who: string, exit: string, address: string, request: Request = {}): Promise<Answer> {
  const { token } = await as(server, who);
  const { method = 'GET', body, headers = {} } = request;
  const reply = await fetch(server.url + address, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: Answer = {
    status: reply.status,
    headers: JSON.stringify([...reply.headers]),
    text: await reply.text(),
    etag: reply.headers.get('etag'),
  };
  counts.requests++;
  watch(who, `${exit}: ${method} ${address}`, address, answer);
  return answer;
}

/** Notes what left in an answer. */
function watch(who: string, where: string, address: string, { status, headers, text }: Answer): void {
  const kind = where.slice(0, where.indexOf(':'));
  const how = status < 300 ? kind : String(status);
  answered.set(how, (answered.get(how) ?? 0) + 1);
  if (status < 300) counts.answered++;
  if (status >= 500) found.push(`fault: ${who}: ${where}: ${String(status)}`);
  for (const { subject, field } of canaries.in(headers)) found.push(`header: ${who}: ${where}: ${subject}.${field}`);
  const cells = canaries.in(text);
  if (status >= 400) {
    for (const { subject, field } of cells)
      found.push(`problem: ${who}: ${where}: ${String(status)} ${subject}.${field}`);
    return;
  }
  const actions = ACTIONS.find(([path]) => path.test(address))?.[1] ?? ['read'];
  const key = `${who} ${actions.join()}`;
  const mine = seen.get(key) ?? { who, actions, cells: new Map() };
  seen.set(key, mine);
  for (const cell of [...cells, ...named(text)])
    mine.cells.set(`${kind} ${cell.subject}.${cell.field} ${cell.id}`, { cell, where });
}

/** Fields that carry no value of their own, where they stand in a record under their own name. */
function named(text: string): Cell[] {
  if (!text.startsWith('{')) return [];
  const cells: Cell[] = [];
  const into = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const one of Object.values(value)) into(one);
    const { id } = value as { id?: unknown };
    for (const subject of typeof id === 'string' ? (canaries.holders.get(id) ?? []) : [])
      for (const field of Object.keys(value))
        if (canaries.unmarkable.has(`${subject}.${field}`)) cells.push({ subject, field, id: id as string });
  };
  try {
    into(JSON.parse(text));
  } catch {
    return [];
  }
  return cells;
}

const everybody = (does: (who: string, turn: number) => Promise<void>): Promise<void> =>
  forEachOf([...cast.entries()], async ([turn, { id }]) => does(id, turn), 6);

const ofCase = (turn: number): string[] => [
  ...(told.get('cases') ?? []),
  ...(others.get('cases') ?? []).slice(turn % 50, (turn % 50) + 1),
];

it(
  'whoever reads whatever they can name',
  async () => {
    const gets = v1.filter(({ method }) => method === 'get');
    await everybody(async (who, turn) => {
      const own = new Map<string, string[]>();
      for (const operation of gets.sort((a, b) => Number(hasId(a)) - Number(hasId(b)))) {
        if (hasId(operation)) {
          const exit = operation.isList ? 'child list' : 'record';
          const mine = spread(own.get(collectionOf(operation)) ?? [], OWN).map((id) =>
            withIds(operation.path, () => id),
          );
          const known = operation.path.split('{').length > 2 ? [] : mine;
          for (const address of new Set([...known, ...addresses(operation, turn)]))
            await ask(who, exit, operation.isList ? `${address}?limit=100` : address);
          continue;
        }
        if (/export$|counts$|proof$/.test(operation.path)) continue;
        for (let next: string | null = ''; next !== null;) {
          const cursor: string = next ? `&cursor=${encodeURIComponent(next)}` : '';
          const { text, status } = await ask(who, 'list', `${operation.path}?limit=100${cursor}`);
          const page = status === 200 && operation.isList ? (JSON.parse(text) as Page) : { data: [], next: null };
          next = page.next;
          const ids = page.data.flatMap(({ id }) => id ?? []);
          own.set(operation.path.slice(4), [...(own.get(operation.path.slice(4)) ?? []), ...ids]);
        }
      }
    });
    expect(counts.answered).toBeGreaterThan(3000);
  },
  LONG,
);

it(
  'whoever asks for it as text, filters, counts, searches by a name, or asks why',
  async () => {
    const persons = told.get('persons') ?? [];
    const { rows: homes } = await owner.query<{ id: string; home: string }>(
      'SELECT id, partnership_id AS home FROM persons',
    );
    const homeOf = new Map(homes.map((one) => [one.id, one.home]));
    await everybody(async (who, turn) => {
      for (const id of ofCase(turn)) {
        for (const rest of ['', '/timeline', '/access'])
          await ask(who, 'text', `/v1/cases/${id}${rest}`, { headers: { accept: 'text/plain' } });
        for (const field of [undefined, 'summary', 'riskBandReason'])
          await ask(who, 'explanation', '/v1/policy/explanations', {
            method: 'POST',
            body: { action: 'read', type: 'Case', id, ...(field ? { field } : {}) },
          });
      }
      for (const by of ['stage', 'riskBand', 'isRepeat', 'leadAgencyId', 'panelId'])
        await ask(who, 'count', `/v1/case-counts?by=${by}`);
      const bands = spread(told.get('cases') ?? [], 4);
      for (const id of bands) {
        const riskBand = canaries.valueOf({ subject: 'Case', field: 'riskBand', id }) ?? 'high';
        await ask(who, 'filter', `/v1/cases?riskBand=${riskBand}&limit=100`);
      }
      for (const id of persons) {
        const familyName = canaries.valueOf({ subject: 'Person', field: 'familyNameKey', id });
        const body = { partnershipId: homeOf.get(id), familyName };
        await ask(who, 'search', '/v1/person-searches', { method: 'POST', body });
        for (const field of ['familyName', 'phone', 'nhsNumber'])
          await ask(who, 'explanation', '/v1/policy/explanations', {
            method: 'POST',
            body: { action: 'read', type: 'Person', id, field },
          });
      }
      for (const id of told.get('contributions') ?? [])
        await ask(who, 'explanation', '/v1/policy/explanations', {
          method: 'POST',
          body: { action: 'read', type: 'Contribution', id, field: 'text' },
        });
      for (const id of told.get('protected-addresses') ?? [])
        await ask(who, 'record', `/v1/protected-addresses/${id}/revelation`, {
          method: 'POST',
          body: { reason: 'The officer is on the way there now.' },
        });
    });
  },
  LONG,
);

it(
  'whoever makes mistakes, comes too late, or repeats a call',
  async () => {
    const writing = v1.filter((one) => one.method !== 'get' && hasId(one));
    await everybody(async (who, turn) => {
      for (const operation of writing) {
        const some = spread(addresses(operation, turn), 1);
        for (const address of some) {
          const method = operation.method.toUpperCase();
          const stale = { 'if-match': '"0-stale"' };
          // 422, or 400; then 412, 409 or 403
          if (operation.takes) await ask(who, 'problem', address, { method, body: {}, headers: stale });
          if (operation.needsIfMatch)
            await ask(who, 'problem', address, {
              method,
              headers: stale,
              ...(operation.takes ? { body: sample(operation.takes) } : {}),
            });
        }
      }
      for (const operation of v1.filter((one) => one.method === 'patch' && /^[^{]+\{id\}$/.test(one.path)))
        for (const address of spread(addresses(operation, turn), 6)) {
          const body = harmless(operation);
          const before = await ask(who, 'record', address);
          if (!body || before.status !== 200 || !before.etag) continue;
          const headers = { 'if-match': before.etag, 'idempotency-key': `canary-${who}-${address}` };
          const repeat = { method: 'PATCH', headers, body };
          const first = await ask(who, 'record', address, repeat);
          if (first.status < 300) await ask(who, 'replay', address, repeat);
        }
    });
  },
  LONG,
);

/** A change of one flag, or of one word of a list: it passes validation, and takes no value away that is watched for. */
function harmless({ takes }: Operation): object | null {
  const all = Object.entries(takes?.properties ?? {}).map(([name, one]) => [name, resolved(one)] as const);
  const [flag] = all.find(([, one]) => one?.type === 'boolean') ?? [];
  const [name, word] = all.find(([, one]) => one?.enum?.length) ?? [];
  return flag ? { [flag]: false } : name ? { [name]: word?.enum?.[0] } : null;
}

it(
  'each value that left was shown by the policy to whom it was shown',
  async () => {
    for (const { who, actions, cells } of seen.values()) {
      const all = [...cells.values()];
      counts.shown += all.length;
      const wrong = new Set(
        await oracle.forbidden(
          await oracle.actor(who),
          actions,
          all.map(({ cell }) => cell),
        ),
      );
      for (const { cell, where } of all)
        if (wrong.has(cell)) found.push(`${where}: ${who}: ${cell.subject}.${cell.field} of ${cell.id}`);
    }
    process.stdout.write(
      `canaries: ${String(canaries.marked)} fields marked; ${String(counts.requests)} requests, ` +
        `${String(counts.answered)} answered, ${String(counts.shown)} fields shown\n`,
    );
    process.stdout.write(`canaries: ${JSON.stringify(Object.fromEntries(answered))}\n`);
    // a few of each exit, so that one leak does not hide another
    const few = [...Map.groupBy(found, (one) => one.split(':')[0]).values()].flatMap((some) => some.slice(0, 4));
    expect(few).toEqual([]);
    // a repeated call and a filter are asked here too, but nobody is answered yet: `lost-access` and `disclosures` look there
    const exits = ['list', 'child list', 'record', 'text', 'explanation', 'count', 'search'];
    const statuses = ['400', '403', '404', '409', '412', '422'];
    expect([...exits, ...statuses].filter((one) => !answered.get(one))).toEqual([]);
    expect(counts.shown).toBeGreaterThan(20_000);
  },
  LONG,
);

it(
  'no log line, audit entry, event, note of a disclosure or export carries a value',
  async () => {
    const auditor = await as(server, 'auditor');
    const reply = await fetch(`${server.url}/v1/audit-entries/export`, {
      headers: { authorization: `Bearer ${auditor.token}` },
    });
    const kept: Record<string, string> = { log: server.logs(), export: await reply.text() };
    for (const table of ['audit_entries', 'audit_checkpoints', 'events', 'disclosures', 'sharing_simulations']) {
      const { rows } = await owner.query<{ text: string }>(
        `SELECT coalesce(string_agg(t::text, E'\\n'), '') AS text FROM ${table} t`,
      );
      kept[table] = rows[0]?.text ?? '';
    }
    const told = Object.entries(kept).flatMap(([where, text]) =>
      canaries.in(text).map(({ subject, field }) => `${where}: ${subject}.${field}`),
    );
    expect([...new Set(told)]).toEqual([]);
    expect(reply.status).toBe(200);
    for (const where of ['log', 'export', 'audit_entries', 'disclosures'])
      expect([where, (kept[where] ?? '').length > 10_000]).toEqual([where, true]);
  },
  LONG,
);
