/**
 * Twin worlds: two copies of one database that differ only in values withheld from one person. What that person sends is sent to
 * both, and the answers are compared: status, code, detail, errors and body, but for identifiers and times. In plain Node,
 * beside two built services. Arguments: how many people, how many commands each, the seed. Prints what differs, as JSON.
 */
import process from 'node:process';
import pg from 'pg';
import { chance, type Chance } from '../../support/chance.ts';
import { doors, type Door } from '../../support/protected-routes.ts';
import { resolved } from '../../support/operations.ts';
import { castOf } from '../../support/people.ts';
import { givenDatabase, type TestDatabase } from '../../support/database.ts';
import { closeEverything } from '../../support/opened.ts';
import { givenServer, type TestServer } from '../../support/server.ts';
import { Facts } from './bounds.ts';
import { Commands, rightsOf, type Command, type Situation } from './commands.ts';
import { Mirror, type Row } from './mirror.ts';
import { builtService, Everybody, type Channel, type Reach, type Service } from './reach.ts';
import { send } from './send.ts';
import { enrich } from './world.ts';

export interface Twins {
  people: string[];
  /** Rows of which something is withheld, and values that differ between the twins. */
  rows: number;
  values: number;
  commands: number;
  permitted: number;
  writes: number;
  differences: { kind: string; detail: string; times: number }[];
}

const [people = 4, each = 150, seed = 1] = process.argv.slice(2).map(Number);

interface Answer {
  status: number;
  /** What is compared. */
  said: string;
  text: string;
}

const report: Twins = { people: [], rows: 0, values: 0, commands: 0, permitted: 0, writes: 0, differences: [] };
/** Row 15 of the table: this very act opens what it answers with. */
const ACKNOWLEDGEMENT = 'POST /v1/contributions/{id}/acknowledgement';

function differs(kind: string, detail: string): void {
  const known = report.differences.find((one) => one.kind === kind);
  if (known) known.times += 1;
  else report.differences.push({ kind, detail, times: 1 });
}

/** Identifiers, times and what is made of them apart. */
const likeness = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/"correlationId":"[0-9a-f]{32}"/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z?/g, 'TIME')
    .replaceAll(/"next":"[^"]+"/g, '"next":"CURSOR"');

async function ask(server: TestServer, command: Parameters<typeof send>[1]): Promise<Answer> {
  const { status, type, text } = await send(server, command);
  return { status, text, said: `${String(status)} ${/json/.test(type) ? likeness(text) : type}` };
}

/** Which fields of which rows are withheld from somebody who reads the rest. */
interface Withheld {
  channel: Channel;
  id: string;
  fields: string[];
}

function withheldFrom(service: Service, channels: readonly Channel[], reach: Reach): Withheld[] {
  return channels
    .filter(({ action }) => action === 'read')
    .flatMap((channel) => {
      const columns = [...service.columnsOf(channel.subject.type).keys()].filter(
        (field) => service.classifiedProperties(channel.subject.type).get(field)?.category !== 'administrative',
      );
      return [...(reach.get(channel.name) ?? [])].flatMap(([id, { fields }]): Withheld[] => {
        const shown = new Set(fields.split(' '));
        // a reference is withheld for the record that it names: another one may be readable
        const withheld = columns.filter(
          (field) =>
            service.classifiedProperties(channel.subject.type).has(field) &&
            !channel.shape.references.has(field) &&
            !shown.has(field),
        );
        return withheld.length ? [{ channel, id, fields: withheld }] : [];
      });
    });
}

/** Gives every withheld value another one, of those that the column holds elsewhere, or none. Answers how many differ. */
async function alter(client: pg.Client, c: Chance, service: Service, withheld: readonly Withheld[]): Promise<number> {
  let altered = 0;
  const pools = new Map<string, unknown[]>();
  await client.query('BEGIN');
  for (const { channel, id, fields } of withheld)
    for (const field of fields) {
      const { name, type } = service.columnOf(channel.subject.type, field);
      const key = `${channel.table}.${name}`;
      let pool = pools.get(key);
      if (!pool) {
        const { rows } = await client.query<{ value: unknown }>(
          `SELECT DISTINCT ${name}::text AS value FROM ${channel.table} ORDER BY 1 LIMIT 200`,
        );
        pools.set(key, (pool = [...rows.map(({ value }) => value), null]));
      }
      for (const value of [c.pick(pool), c.pick(pool)]) {
        await client.query('SAVEPOINT one');
        try {
          const { rowCount } = await client.query(
            `UPDATE ${channel.table} SET ${name} = $2::text::${type} WHERE id = $1 AND ${name} IS DISTINCT FROM $2::text::${type}`,
            [id, value],
          );
          if (rowCount) {
            altered += 1;
            break;
          }
        } catch {
          await client.query('ROLLBACK TO one');
        }
      }
    }
  await client.query('COMMIT');
  return altered;
}

const copies: TestDatabase[] = [];

/** A copy of the database, in which nothing else differs. */
async function twinOf(original: TestDatabase): Promise<TestDatabase> {
  const twin = await givenDatabase({ empty: true });
  const admin = new pg.Client({ connectionString: process.env['TEST_ADMIN_URL'] });
  await admin.connect();
  await admin.query(`DROP DATABASE ${twin.name}`);
  await admin.query(`CREATE DATABASE ${twin.name} OWNER wardmote TEMPLATE ${original.name} STRATEGY FILE_COPY`);
  await admin.end();
  copies.push(twin);
  return twin;
}

const connected = async (connectionString: string, options?: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, ...(options ? { options } : {}) });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const env = { RATE_LIMIT: '10000000', LOG_LEVEL: 'error' };

interface World {
  c: Chance;
  service: Service;
  all: Door[];
  original: TestDatabase;
  first: Facts;
  cast: Row[];
  reaches: Map<string, Reach>;
  everybody: Everybody;
  mirror: Mirror;
}

/** Those who may change something of which something is withheld from them, most of all first. */
async function worthTrying({ all, service, everybody, reaches, cast }: World): Promise<Row[]> {
  const weighed: { person: Row; weight: number }[] = [];
  for (const person of cast) {
    const withheld = withheldFrom(service, everybody.channels, reaches.get(person.id) ?? new Map());
    const ids = new Set(withheld.map(({ id }) => id));
    let weight = 0;
    for (const door of all.filter(({ method }) => method !== 'get')) {
      // also what commands may be drawn by: it is asked no more once the database is copied
      for (const action of rightsOf(door)) await everybody.mayDo(person.id, door.subject, action);
      const may = await everybody.mayDo(person.id, door.subject, door.action);
      weight += may.some((id) => ids.has(id)) ? 1 : 0;
    }
    weighed.push({ person, weight });
  }
  return weighed.sort((a, b) => b.weight - a.weight).map(({ person }) => person);
}

async function asOne(world: World, person: Row): Promise<void> {
  const { c, service, all, original, reaches, everybody, mirror } = world;
  const who = person['subject'] as string;
  report.people.push(who);
  const reach = reaches.get(person.id) ?? new Map();
  const withheld = withheldFrom(service, everybody.channels, reach);
  report.rows += withheld.length;
  const twins = [await twinOf(original), await twinOf(original)] as const;
  const client = await connected(twins[1].adminUrl, '-c session_replication_role=replica');
  report.values += await alter(client, c, service, withheld);
  await client.end();
  const servers = [
    await givenServer({ database: twins[0], env }),
    await givenServer({ database: twins[1], env }),
  ] as const;
  const both = async (command: Pick<Command, 'who' | 'method' | 'path' | 'body'>): Promise<[Answer, Answer]> =>
    Promise.all([ask(servers[0], command), ask(servers[1], command)]);

  // a withheld field cannot be written: the answer is that for a field that there is not
  for (const door of all.filter(({ method }) => method === 'patch')) {
    const rows = withheld.filter(({ channel }) => channel.subject === door.subject);
    const may = await everybody.mayDo(person.id, door.subject, door.action);
    const fields = Object.keys(door.takes?.properties ?? {});
    const tried = new Set<string>();
    for (const { id, fields: hidden } of rows.filter((one) => may.includes(one.id)))
      for (const field of hidden.filter((one) => fields.includes(one) && !tried.has(one))) {
        if ((door.path.match(/\{/g) ?? []).length > 1) continue;
        tried.add(field);
        const path = door.path.replace(/\{\w+\}/, id);
        const value = valueFor(door, field, mirror, service, c);
        const [answer, other] = await both({ who, method: 'patch', path, body: { [field]: value } });
        report.writes += 1;
        if (answer.said !== other.said)
          differs(
            `${door.name}: the answer depends on a withheld value`,
            `${who}: ${path} {"${field}": ${JSON.stringify(value)}}: ${difference(answer.said, other.said)}`,
          );
        const problem = JSON.parse(answer.text || '{}') as { code?: string };
        const isRefused =
          answer.status === 400 &&
          problem.code === 'invalid' &&
          answer.text.includes(`property ${field} should not exist`);
        if (!isRefused)
          differs(
            `${door.name}: ${field} is withheld and can be written`,
            `${who}: ${path} {"${field}": ${JSON.stringify(value)}}: ${answer.said.slice(0, 200)}`,
          );
      }
  }

  // what is answered depends on nothing that is withheld
  const commands = await Commands.of(service, c, everybody.channels);
  const targets = new Set(
    withheld.flatMap(({ channel, id }) => [id, mirror.one(channel.table, id)?.['case_id'] as string]),
  );
  const compare = async (command: Pick<Command, 'who' | 'method' | 'path' | 'body'>, name: string): Promise<Answer> => {
    const [a, b] = await both(command);
    report.commands += 1;
    if (a.status < 300) report.permitted += 1;
    if (a.said !== b.said && name !== ACKNOWLEDGEMENT)
      differs(
        `${name}: the answer depends on a withheld value`,
        `${who}: ${command.path} ${JSON.stringify(command.body ?? null)}: ${difference(a.said, b.said)}`,
      );
    return a;
  };
  // every field of every change alone, with each of its words, on a record of which something is withheld
  for (const door of all.filter(({ method, path }) => method === 'patch' && path.split('{').length === 2)) {
    const may = (await everybody.mayDo(person.id, door.subject, door.action)).filter((id) => targets.has(id));
    for (const [field, schema] of Object.entries(door.takes?.properties ?? {})) {
      const words = resolved(schema)?.enum?.filter((one) => one !== null) ?? [
        valueFor(door, field, mirror, service, c),
      ];
      for (const value of words.slice(0, 5))
        for (const id of may.slice(0, 2))
          await compare(
            { who, method: 'patch', path: door.path.replace(/\{\w+\}/, id), body: { [field]: value } },
            door.name,
          );
    }
  }
  const situation: Situation = {
    mirror,
    reach,
    now: new Date(),
    actor: person,
    mightDo: (subject, action) => everybody.mightDo(person.id, subject, action),
    mayDo: async (subject, action) => {
      const ids = await everybody.mayDo(person.id, subject, action);
      const partly = ids.filter((id) => targets.has(id));
      return partly.length ? partly : ids;
    },
    made: [],
    focus: commands.focus(),
  };
  for (let n = 0; n < each; n += 1) {
    const { command, learn } = await commands.draw(situation);
    const answer = await compare(command, command.operation);
    learn(answer.status, command.body);
  }
  for (const server of servers) await server.stop();
}

/** A value that the field takes, of those that records have. */
function valueFor(door: Door, field: string, mirror: Mirror, service: Service, c: Chance): unknown {
  const table = service.tableOf(door.subject.type).slice(1, -1);
  const column = service.columnsOf(door.subject.type).get(field)?.name.slice(1, -1) ?? '';
  const schema = resolved(door.takes?.properties?.[field]);
  if (schema?.enum) return c.pick(schema.enum.filter((one) => one !== null));
  const values = mirror.all(table).flatMap((row) => row[column] ?? []);
  return values.length ? c.pick(values) : 'Written without seeing what was there.';
}

function difference(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at] && at < a.length) at += 1;
  const part = (text: string): string => text.slice(Math.max(0, at - 60), at + 80);
  return `${part(a)} | ${part(b)}`;
}

/**
 * An item of a meeting from which somebody is kept away is not there for them: in one twin a colleague lists the case and
 * notes the recusal, in the other nobody does.
 */
async function asRecused(world: World): Promise<void> {
  const { all, first, mirror, original, cast, c } = world;
  const meetings = mirror.where('meetings', { status: 'scheduled' });
  const found = meetings.flatMap((meeting) => {
    const panelId = meeting['panel_id'];
    const leads = cast.filter((person) => first.leads(person, panelId));
    const hidden = new Set(leads.flatMap((person) => [...first.hidden(person)]));
    const open = mirror.where('cases', { panel_id: panelId, closed_at: null });
    const cases = open.filter(({ id }) => !hidden.has(id));
    return leads.length > 1 && cases.length ? [{ meeting, leads, cases }] : [];
  });
  if (!found.length) throw new Error('no case can be listed at a meeting of two who lead the panel');
  let isListed = false;
  for (const { meeting, leads, cases } of found.slice(0, 6)) {
    const recused = leads.find((one) => first.seats(one).some((seat) => seat['role'] === 'coordinator')) ?? leads[0];
    const colleague = leads.find((one) => one !== recused);
    if (!recused || !colleague) continue;
    const aCase = c.pick(cases);
    await unlist(original, aCase.id);
    const later = await secondMeeting(original, meeting.id, c.uuid());
    const twins = [await twinOf(original), await twinOf(original)] as const;
    const servers = [
      await givenServer({ database: twins[0], env }),
      await givenServer({ database: twins[1], env }),
    ] as const;
    const listed = await ask(servers[0], {
      who: colleague['subject'] as string,
      method: 'post',
      path: `/v1/meetings/${meeting.id}/listings`,
      body: { caseId: aCase.id, kind: 'review', late: true, lateReason: 'It came up after the papers were due.' },
    });
    if (listed.status !== 201) {
      for (const server of servers) await server.stop();
      continue;
    }
    const { id: listingId } = JSON.parse(listed.text) as { id: string };
    const kept = await ask(servers[0], {
      who: colleague['subject'] as string,
      method: 'post',
      path: `/v1/meetings/${meeting.id}/recusals`,
      body: { listingId, practitionerId: recused.id, reason: 'Knows the family.' },
    });
    if (kept.status === 201) {
      isListed = true;
      const who = recused['subject'] as string;
      report.people.push(who);
      const compare = async (name: string, method: string, path: string, body?: unknown): Promise<void> => {
        const command = { who, method, path, body };
        const [a, b] = await Promise.all([ask(servers[0], command), ask(servers[1], command)]);
        report.commands += 1;
        if (a.said !== b.said)
          differs(
            `${name}: the answer depends on an item from which its reader is recused`,
            `${who}: ${path}: ${difference(a.said, b.said)}`,
          );
      };
      const at = (door: Door): string | null =>
        door.path.startsWith('/v1/cases/{id}') && door.path.split('{').length === 2
          ? door.path.replace('{id}', aCase.id)
          : door.path.startsWith('/v1/meetings/{id}') && door.path.split('{').length === 2
            ? door.path.replace('{id}', meeting.id)
            : ['/v1/cases', '/v1/case-counts', '/v1/calendar', '/v1/notices', '/v1/meetings'].includes(door.path)
              ? `${door.path}${door.isList ? '?limit=100' : ''}`
              : null;
      for (const door of all.filter(({ method }) => method === 'get')) {
        const path = at(door);
        if (path) await compare(door.name, 'get', path);
      }
      await compare('PATCH /v1/cases/{id}', 'patch', `/v1/cases/${aCase.id}`, { nextReviewOn: '2027-01-15' });
      // whoever is recused from an item of a case adds it to no meeting: the same answer for every meeting, listed there or not
      const others = mirror.where('meetings', { status: 'scheduled', panel_id: meeting['panel_id'] });
      const answers = [];
      for (const id of new Set([meeting.id, later, ...others.map((one) => one.id)])) {
        const body = { caseId: aCase.id, kind: 'review', late: true, lateReason: 'It came up late.' };
        answers.push(await ask(servers[0], { who, method: 'post', path: `/v1/meetings/${id}/listings`, body }));
      }
      if (new Set(answers.map(({ said }) => said)).size > 1)
        differs(
          'POST /v1/meetings/{id}/listings: the answer depends on an item from which its reader is recused',
          `${who}: ${answers.map(({ said }) => said.slice(0, 120)).join(' | ')}`,
        );
    }
    for (const server of servers) await server.stop();
    if (isListed) return;
  }
  throw new Error('nobody could be recused from an item of a meeting');
}

/** Takes the case off every meeting to come: most open cases are listed already. */
async function unlist({ adminUrl }: TestDatabase, caseId: string): Promise<void> {
  const client = await connected(adminUrl, '-c session_replication_role=replica');
  const { rows } = await client.query<{ table: string }>(
    `SELECT table_name AS table FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'listing_id'`,
  );
  const ahead = `SELECT l.id FROM listings l JOIN meetings m ON m.id = l.meeting_id AND m.status = 'scheduled' WHERE l.case_id = $1`;
  for (const { table } of rows) await client.query(`DELETE FROM ${table} WHERE listing_id IN (${ahead})`, [caseId]);
  await client.query(`DELETE FROM listings WHERE id IN (${ahead})`, [caseId]);
  await client.query(`UPDATE cases SET stage = 'open' WHERE id = $1`, [caseId]);
  await client.end();
}

/** Copies the meeting to a later day: many panels have one meeting ahead, and answers are compared for several. */
async function secondMeeting({ adminUrl }: TestDatabase, meetingId: string, id: string): Promise<string> {
  const client = await connected(adminUrl, '-c session_replication_role=replica');
  await client.query(
    `INSERT INTO meetings SELECT (jsonb_populate_record(m, jsonb_build_object('id', $2::text,
       'scheduled_at', m.scheduled_at + interval '28 days', 'ends_at', m.ends_at + interval '28 days'))).*
     FROM meetings m WHERE id = $1`,
    [meetingId, id],
  );
  await client.end();
  return id;
}

const c = chance(Math.imul(seed, 0x9e3779b1));
const original = await givenDatabase();
const owner = await connected(original.ownerUrl);
await enrich(owner, c, new Date());
await owner.end();
const admin = await connected(original.adminUrl);
const mirror = await new Mirror(admin).begin();
const service = await builtService();
const everybody = await Everybody.of(original.serviceUrl);
const now = new Date();
const reaches = await everybody.reachOf(
  mirror.all('practitioners').map(({ id }) => id),
  now,
  mirror,
);
const server = await givenServer({ database: original, env });
const names = new Set((await castOf(server)).flatMap(({ id, kind }) => (kind === 'practitioner' ? id : [])));
await server.stop();
const world: World = {
  c,
  service,
  all: await doors(service),
  original,
  first: new Facts(mirror, now),
  cast: mirror.all('practitioners').filter((one) => names.has(one['subject'] as string)),
  reaches,
  everybody,
  mirror,
};
const chosen = (await worthTrying(world)).slice(0, people);
// a database to which somebody is connected cannot be copied
await everybody.close();
await admin.end();
for (const person of chosen) await asOne(world, person);
await asRecused(world);
await closeEverything();
process.stdout.write(JSON.stringify(report), () => process.exit(0));
