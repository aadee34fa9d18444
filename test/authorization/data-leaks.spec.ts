/**
 * Nothing leaks by any exit. Every classified field of every record carries a value of its own; everybody in the cast, the
 * machine clients too, asks for every record by every documented route, and searches, filters, counts, asks why, makes
 * mistakes, makes records, and repeats the call after the record went elsewhere. What is found by a field tells its value,
 * shown or not. Each value that leaves is traced to its field and record, and the policy, asked beside the service, must
 * show exactly that to exactly this person. Problems, headers, log lines, audit entries, events and exports carry none.
 *
 * Seen to fail: a field added after the mask to lists, children, searches, single reads, explanations and packs; counts by a column
 * that is not shared; a value in a header, in the detail of a 412, in a log line, in the fields of an audit entry (and so in
 * the export); a filter and a search put to rows in which the reader does not see what is asked about; the stored reply to
 * a repeated call as it was, and as it was wherever its record may still be read; the text of minutes put past the
 * policy into the PDF, into the DOCX and its properties, and into a calendar; what contributions and people hold put past it into
 * the file of a pack. `CANARY_CAST=idva,…` runs some of the
 * cast alone; the floors are those of all.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { RecordClass } from '../../src/database/columns.ts';
import { intruder } from '../support/audit.ts';
import { givenCanaries, newMark, type Canaries, type Cell } from '../support/leak-markers.ts';
import { doors } from '../support/protected-routes.ts';
import { docxOf, pdfOf } from '../support/papers.ts';
import { forEachOf, hasId, resolved, sample, spread, v1, withIds, type Operation } from '../support/operations.ts';
import { givenOracle, policyOf, type Oracle } from '../support/policy.ts';
import { as, castOf, type Person } from '../support/people.ts';
import { givenDatabase } from '../support/database.ts';
import { request, type Request } from '../support/kept-alive.ts';
import { ignoreTraffic } from '../support/traffic.ts';
import { willClose } from '../support/opened.ts';
import { givenServer, type TestServer } from '../support/server.ts';

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

/**
 * Whoever sits on a panel is let into a case of another, told or not: they read it as far as that other panel's agreement
 * goes, and so not all that they may ask about on their own.
 */
const LET_IN = `INSERT INTO access_grants (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, granted_at, expires_at)
  SELECT gen_random_uuid(), 1, now(), now(), c.partnership_id, p.id, c.id, now() - interval '1 minute', now() + interval '1 day'
  FROM practitioners p CROSS JOIN LATERAL (
    SELECT c.id, c.partnership_id FROM cases c JOIN panels n ON n.id = c.panel_id
    WHERE c.partnership_id IN (SELECT o.partnership_id FROM memberships m JOIN panels o ON o.id = m.panel_id WHERE m.practitioner_id = p.id)
      AND c.risk_band IS NOT NULL
      AND NOT EXISTS (SELECT FROM memberships m WHERE m.practitioner_id = p.id AND m.panel_id = c.panel_id)
    ORDER BY n.code = ANY ($1), md5(p.id::text || c.id::text) LIMIT 3) c`;

/** By what an answer may be opened, where it is not `read`. */
const ACTIONS: [path: RegExp, actions: string[]][] = [
  [/^\/v1\/(cases|referrals)\/[^/]+\/status$/, ['track']],
  [/^\/v1\/research-requests\/[^/]+\/people/, ['research']],
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

type Row = Record<string, unknown> & { id: string };

let server: TestServer;
let canaries: Canaries;
let oracle: Oracle;
let owner: pg.Pool;
let cast: Person[];
/** The records of the told cases, and all others, by collection, such as `persons`. */
const told = new Map<string, string[]>();
const others = new Map<string, string[]>();
/** What stands in each person's own lists, by collection. */
const own = new Map<string, Map<string, string[]>>();
/** The second identifiers of nested addresses, by the first. */
const nested = new Map<string, Map<string, string[]>>();
/** What was seen, by whom and how it was opened: each cell with where it was seen first. */
const seen = new Map<string, { who: string; actions: string[]; cells: Map<string, { cell: Cell; where: string }> }>();
const found: string[] = [];
/** How many answers of each kind there were, and how many refusals of each status. */
const answered = new Map<string, number>();
const counts = { requests: 0, answered: 0, shown: 0 };

beforeAll(async () => {
  // the markers are written past the validation: the document describes no such value
  ignoreTraffic();
  const database = await givenDatabase();
  canaries = await givenCanaries(database);
  server = await givenServer({ database, env: { RATE_LIMIT: '10000000', LOG_LEVEL: 'debug' } });
  oracle = await givenOracle(database);
  owner = new pg.Pool({ connectionString: database.adminUrl, max: 4 });
  owner.on('error', () => undefined);
  willClose({ stop: () => owner.end() });
  await owner.query(LET_IN, [TOLD]);
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

async function ask(who: string, exit: string, address: string, asked: Request = {}): Promise<Answer> {
  const { token } = await as(server, who);
  const { method = 'GET' } = asked;
  const { status, headers, rawHeaders, bytes } = await request(server.url + address, token, asked);
  const answer: Answer = {
    status,
    headers: JSON.stringify(rawHeaders),
    text: bytes.toString(),
    etag: headers.etag ?? null,
  };
  counts.requests++;
  watch(who, `${exit}: ${method} ${address}`, address, answer);
  return answer;
}

/** A document as its reader reads it, whatever its form. */
async function open(who: string, exit: string, address: string): Promise<void> {
  const { token } = await as(server, who);
  const { status, headers, rawHeaders, bytes } = await request(server.url + address, token);
  const type = headers['content-type'] ?? '';
  const text = type.includes('pdf')
    ? Object.values(await pdfOf(bytes)).map((part) => JSON.stringify(part))
    : type.includes('wordprocessingml')
      ? Object.values((await docxOf(bytes)).parts)
      : [bytes.toString()];
  counts.requests++;
  watch(who, `${exit}: GET ${address}`, address, {
    status,
    headers: JSON.stringify(rawHeaders),
    text: text.join('\n'),
    etag: null,
  });
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
  notes(who, where, address, [...cells, ...named(text)]);
}

/** Notes what somebody was told. */
function notes(who: string, where: string, address: string, cells: Cell[]): void {
  const kind = where.slice(0, where.indexOf(':'));
  const actions = ACTIONS.find(([path]) => path.test(address))?.[1] ?? ['read'];
  const key = `${who} ${actions.join()}`;
  const mine = seen.get(key) ?? { who, actions, cells: new Map() };
  seen.set(key, mine);
  for (const cell of cells) mine.cells.set(`${kind} ${cell.subject}.${cell.field} ${cell.id}`, { cell, where });
}

/** Asks the policy about everything that was seen since it was last asked. */
async function judge(): Promise<void> {
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
  seen.clear();
}

/** All rows of a list, to its end. */
async function pages(who: string, exit: string, address: string): Promise<Row[] | null> {
  const rows: Row[] = [];
  for (let next: string | null = ''; next !== null;) {
    const cursor: string = next ? `&cursor=${encodeURIComponent(next)}` : '';
    const { text, status } = await ask(who, exit, `${address}${address.includes('?') ? '&' : '?'}limit=100${cursor}`);
    if (status !== 200) return null;
    const page = JSON.parse(text) as Page;
    rows.push(...(page.data as Row[]));
    next = page.next;
  }
  return rows;
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

/** Whatever is found by a field tells its value, whether or not it is shown. */
const tells = (subject: string, field: string, text: string): Cell[] =>
  (JSON.parse(text) as Page).data.flatMap(({ id }) => (id ? [{ subject, field, id }] : []));

afterEach(judge, LONG);

const ofCase = (turn: number): string[] => [
  ...(told.get('cases') ?? []),
  ...(others.get('cases') ?? []).slice(turn % 50, (turn % 50) + 1),
];

it(
  'whoever reads whatever they can name',
  async () => {
    const gets = v1.filter(({ method }) => method === 'get');
    await everybody(async (who, turn) => {
      const mine = new Map<string, string[]>();
      own.set(who, mine);
      for (const operation of gets.sort((a, b) => Number(hasId(a)) - Number(hasId(b)))) {
        if (hasId(operation)) {
          const exit = operation.isList ? 'child list' : 'record';
          const known =
            operation.path.split('{').length > 2
              ? []
              : spread(mine.get(collectionOf(operation)) ?? [], OWN).map((id) => withIds(operation.path, () => id));
          for (const address of new Set([...known, ...addresses(operation, turn)]))
            await ask(who, exit, operation.isList ? `${address}?limit=100` : address);
          continue;
        }
        if (/export$|counts$|proof$/.test(operation.path)) continue;
        if (!operation.isList) await ask(who, 'list', operation.path);
        else
          mine.set(
            collectionOf(operation),
            ((await pages(who, 'list', operation.path)) ?? []).map(({ id }) => id),
          );
      }
    });
    expect(counts.answered).toBeGreaterThan(3000);
  },
  LONG,
);

it(
  'whoever asks for it as text, searches by a name, or asks why',
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
      for (const id of persons) {
        const familyName = canaries.valueOf({ subject: 'Person', field: 'familyNameKey', id });
        const body = { partnershipId: homeOf.get(id), familyName };
        const hits = await ask(who, 'search', '/v1/person-searches', { method: 'POST', body });
        if (hits.status === 200)
          notes(who, `search: ${String(familyName)}`, '/v1/person-searches', tells('Person', 'familyName', hits.text));
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
  'whoever opens the minutes or the pack of a meeting as a document, or takes meetings into a calendar',
  async () => {
    const meetings = told.get('meetings') ?? [];
    const { rows } = await owner.query<{ id: string }>(
      `SELECT DISTINCT l.meeting_id AS id FROM listings l JOIN minutes m ON m.listing_id = l.id AND m.status <> 'draft'
       WHERE l.case_id = ANY ($1)`,
      [told.get('cases')],
    );
    const minuted = spread(rows.map(({ id }) => id).sort(), 4);
    const { rows: packed } = await owner.query<{ id: string }>(
      `SELECT DISTINCT l.meeting_id AS id FROM listings l WHERE l.removed_at IS NULL AND l.case_id = ANY ($1)
         AND NOT EXISTS (SELECT FROM pack_recalls r WHERE r.meeting_id = l.meeting_id AND r.listing_id IS NULL)`,
      [told.get('cases')],
    );
    const papers = spread(packed.map(({ id }) => id).sort(), 8);
    await everybody(async (who, turn) => {
      const mine = [minuted[turn % minuted.length], minuted[(turn + 1) % minuted.length]];
      for (const id of mine)
        for (const exit of ['pdf', 'docx'])
          await open(who, exit, `/v1/meetings/${String(id)}/minutes/document?format=${exit}`);
      for (const id of papers)
        for (const form of ['pdf', 'docx'])
          await open(who, `pack as ${form}`, `/v1/meetings/${id}/pack?format=${form}`);
      for (const id of [...meetings, ...mine]) await open(who, 'calendar', `/v1/meetings/${String(id)}/calendar`);
      await open(who, 'calendar', '/v1/calendar');
    });
  },
  LONG,
);

it(
  'whoever filters by what is classified, or counts it',
  async () => {
    const policy = await policyOf();
    const all = (await doors(policy)).filter(({ method, isList }) => method === 'get' && isList);
    const asked = all.flatMap((door) =>
      door.asks
        .filter(
          (field) => (policy.classOf(door.subject.type, field)?.category ?? 'administrative') !== 'administrative',
        )
        .map((field) => ({ door, field })),
    );
    const { rows: seats } = await owner.query<{ who: string; panelId: string }>(
      `SELECT p.subject AS who, m.panel_id AS "panelId" FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id`,
    );
    const filters = asked.filter(({ door }) => isOfRecords(door));
    const answers = new Map<string, { taken: number; refused: number; hits: number }>();
    for (const { door, field } of filters) {
      const tally = { taken: 0, refused: 0, hits: 0 };
      answers.set(`${door.path}?${field}`, tally);
      const { name: column } = policy.columnOf(door.subject.type, field);
      const { rows: values } = await owner.query<{ value: string }>(
        `SELECT DISTINCT ${column}::text AS value FROM ${policy.tableOf(door.subject.type)} WHERE ${column} IS NOT NULL`,
      );
      expect([field, values.length > 1]).toEqual([field, true]);
      const counting = asked.filter((one) => one.field === field && one.door.subject === door.subject);
      await everybody(async (who, turn) => {
        const panels = [
          ...seats.filter((seat) => seat.who === who).map(({ panelId }) => panelId),
          (others.get('panels') ?? [])[turn % (others.get('panels')?.length ?? 1)],
        ];
        const places = door.asks.includes('panelId')
          ? ['', ...new Set(panels.map((id) => `&panelId=${String(id)}`))]
          : [''];
        for (const place of places)
          for (const { value } of values) {
            const query = `${field}=${encodeURIComponent(value)}${place}`;
            const rows = await pages(who, 'filter', `${door.path}?${query}`);
            tally[rows ? 'taken' : 'refused']++;
            tally.hits += rows?.length ?? 0;
            const cells = (rows ?? []).map(({ id }) => ({ subject: door.subject.name, field, id }));
            notes(who, `filter: ${door.path}?${query}`, door.path, cells);
            for (const { path } of counting.filter((one) => !isOfRecords(one.door)).map((one) => one.door)) {
              const { status, text } = await ask(who, 'count', `${path}?${query}`);
              const counted = status === 200 ? sum(JSON.parse(text)) : null;
              if (counted !== (rows?.length ?? null))
                found.push(
                  `count: ${who}: ${path}?${query}: ${String(counted)} where ${String(rows?.length)} are found`,
                );
            }
          }
      });
    }
    for (const { door, field } of asked.filter((one) => !isOfRecords(one.door)))
      await everybody(async (who) => {
        for (const by of [field, 'stage', 'leadAgencyId', 'panelId']) await ask(who, 'count', `${door.path}?by=${by}`);
      });
    process.stdout.write(`canaries: ${JSON.stringify(Object.fromEntries(answers))}\n`);
    for (const [filter, { taken, refused, hits }] of answers)
      expect([filter, taken > 50, refused > 20, hits > 100]).toEqual([filter, true, true, true]);
    expect([...answers.keys()]).toEqual(expect.arrayContaining(['/v1/cases?riskBand', '/v1/cases?isRepeat']));
  },
  LONG,
);

/** Not of how many there are. */
const isOfRecords = ({ answers }: Operation): boolean =>
  'id' in (resolved(answers?.properties?.['data']?.items)?.properties ?? {});
const sum = ({ data }: { data: { count: number }[] }): number => data.reduce((total, { count }) => total + count, 0);

it(
  'whoever makes mistakes, comes too late, or changes a record',
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
          await ask(who, 'record', address, { method: 'PATCH', headers: { 'if-match': before.etag }, body });
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
  'whoever repeats a call, after what it made went where they may not follow',
  async () => {
    const policy = await policyOf();
    const time = await intruder(server);
    const made: { who: string; what: Operation; type: RecordClass; address: string; request: Request; text: string }[] =
      [];
    await everybody(async (who, turn) => {
      const me = await whoIs(who);
      for (const what of v1.filter(({ takesKey }) => takesKey)) {
        const { record: type } = policy.shapeOf(policy.viewNamed(what.view ?? ''));
        const subject = policy.subjectOf(type).name;
        const mine = what.path.split('{').length > 2 ? [] : spread(own.get(who)?.get(collectionOf(what)) ?? [], 2);
        const places = hasId(what)
          ? new Set([...mine.map((id) => withIds(what.path, () => id)), ...addresses(what, turn)])
          : [what.path];
        for (const address of places) {
          const known = { ...me, ...(hasId(what) ? await standing(address) : {}) };
          const request = { method: 'POST', headers: { 'idempotency-key': randomUUID() }, body: written(what, known) };
          const { status, text } = await ask(who, 'new record', address, request);
          if (status !== 201) continue;
          canaries.knows(subject, JSON.parse(text) as Row);
          notes(who, `new record: ${address}`, address, canaries.in(text));
          made.push({ who, what, type, address, request, text });
        }
      }
    });
    await judge();
    const told = { same: 0, narrowed: 0, refused: 0 };
    /** What was made by a call that was answered again. */
    const kinds = new Set<string>();
    for (let round = 0; round < 4 || (told.narrowed < 10 && round < 12); round++) {
      for (const [turn, { type, text }] of made.entries())
        await carriedOff(time, type, (JSON.parse(text) as Row).id, turn + round);
      await forEachOf(made, async ({ who, what, address, request, text }) => {
        const again = await ask(who, 'replay', address, request);
        told[again.status >= 300 ? 'refused' : again.text === text ? 'same' : 'narrowed']++;
        if (again.status < 300) kinds.add(what.name);
      });
      await judge();
    }
    process.stdout.write(`canaries: ${String(made.length)} calls repeated: ${JSON.stringify(told)}\n`);
    expect(Object.entries(told).filter(([, times]) => times < 10)).toEqual([]);
    expect(kinds.size).toBeGreaterThan(8);
  },
  LONG,
);

/** Moves a record to another agency and, in turn, to another category or to the case of another panel. */
async function carriedOff(time: pg.Client, type: RecordClass, id: string, turn: number): Promise<void> {
  const { subjectOf, columnsOf, tableOf, DATA_CATEGORIES } = await policyOf();
  const { contributor, owner: whose, case: within, panel } = subjectOf(type);
  const one = async (sql: string): Promise<Record<string, string>> => (await time.query(sql, [turn])).rows[0];
  const agency = await one(
    'SELECT id, type FROM agencies ORDER BY id OFFSET $1 % (SELECT count(*) FROM agencies) LIMIT 1',
  );
  const elsewhere = await one(
    'SELECT id, panel_id FROM cases ORDER BY id OFFSET $1 % (SELECT count(*) FROM cases) LIMIT 1',
  );
  const toAgency: Change[] = [
    [contributor?.agency, agency['id']],
    [contributor?.type, agency['type']],
    [whose, agency['id']],
  ];
  const inCategory: Change[] = [['category', DATA_CATEGORIES[Math.floor(turn / 4) % DATA_CATEGORIES.length]]];
  const inCase: Change[] = [
    [within, elsewhere['id']],
    [panel, elsewhere['panel_id']],
  ];
  const further = [[], inCategory, within === 'id' ? [] : inCase, inCategory];
  const columns = columnsOf(type);
  for (const changes of [[...toAgency, ...(further[turn % 4] ?? [])], toAgency]) {
    const real = changes.flatMap(([property, value]) => {
      const column = property && columns.get(property);
      return column && value ? [{ column: column.name, value }] : [];
    });
    if (!real.length) return;
    const set = real.map(({ column }, n) => `${column} = $${String(n + 2)}`).join(', ');
    try {
      await time.query(`UPDATE ${tableOf(type)} SET ${set} WHERE id = $1`, [id, ...real.map(({ value }) => value)]);
      return;
    } catch (error) {
      // a plan is of one category, and a person has a role in a case once: then it only goes to the agency
      if (!['23514', '23505'].includes((error as { code?: string }).code ?? '')) throw error;
    }
  }
}

type Change = [property: string | undefined, value: string | undefined];

/** What somebody would name in a request: themselves, their agency, and where they sit. */
async function whoIs(who: string): Promise<Record<string, string>> {
  const { rows } = await owner.query<Record<string, string>>(
    `SELECT p.id AS "practitionerId", p.id AS "chairId", p.agency_id AS "ownerAgencyId", n.id AS "panelId",
       n.partnership_id AS "partnershipId" FROM practitioners p LEFT JOIN memberships m ON m.practitioner_id = p.id
       LEFT JOIN panels n ON n.id = m.panel_id WHERE p.subject = $1 ORDER BY n.code LIMIT 1`,
    [who],
  );
  const first = (collection: string): string => own.get(who)?.get(collection)?.[0] ?? randomUUID();
  return { ...rows[0], personId: first('persons') };
}

/** What the record at an address stands in. */
async function standing(address: string): Promise<Record<string, string>> {
  const [, , collection = '', id] = address.split('/');
  const { rows } = await owner.query<{ row: Record<string, string | null> }>(
    `SELECT to_jsonb(t) AS row FROM ${collection.replaceAll('-', '_')} t WHERE id = $1`,
    [id],
  );
  const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(rows[0]?.row ?? {}).flatMap(([column, value]) =>
      /^(partnership|panel|case|person)_id$/.test(column) && value ? [[camel(column), value]] : [],
    ),
  );
}

/** A body that would do, in which every free text carries a value of its own. */
function written({ takes }: Operation, known: Record<string, string>): object {
  const body = sample(takes) as Record<string, unknown>;
  for (const [name, property] of Object.entries(takes?.properties ?? {})) {
    const schema = resolved(property);
    const types = [schema?.type].flat();
    const isText = types.includes('string') && !schema?.enum && !schema?.format && !schema?.pattern;
    if (isText && (name in body || types.includes('null')))
      body[name] = newMark().padEnd(schema?.minLength ?? 0, ' and so on');
    if (schema?.format === 'uuid' && name in body && known[name]) body[name] = known[name];
  }
  return body;
}

it(
  'each value that left was shown by the policy to whom it was shown',
  async () => {
    process.stdout.write(
      `canaries: ${String(canaries.marked)} fields marked; ${String(counts.requests)} requests, ` +
        `${String(counts.answered)} answered, ${String(counts.shown)} fields shown\n`,
    );
    process.stdout.write(`canaries: ${JSON.stringify(Object.fromEntries(answered))}\n`);
    // a few of each exit, so that one leak does not hide another
    const few = [...Map.groupBy(found, (one) => one.split(':')[0]).values()].flatMap((some) => some.slice(0, 4));
    expect(few).toEqual([]);
    const reads = ['list', 'child list', 'record', 'text', 'explanation', 'count', 'search', 'filter'];
    const exits = [...reads, 'new record', 'replay', 'pdf', 'docx', 'pack as pdf', 'pack as docx', 'calendar'];
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
    for (const table of [
      'audit_entries',
      'audit_checkpoints',
      'events',
      'disclosures',
      'sharing_simulations',
      'circulation_checks',
    ]) {
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
