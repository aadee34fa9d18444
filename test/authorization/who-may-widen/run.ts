/**
 * Runs the sequences and prints what it found, as JSON: in plain Node, beside the built service. Arguments: how many
 * sequences, the seed, and after how many a fresh world is made.
 */
import process from 'node:process';
import pg from 'pg';
import { chance, type Chance } from '../../support/chance.ts';
import { as, castOf } from '../../support/people.ts';
import { givenDatabase } from '../../support/database.ts';
import { closeEverything } from '../../support/opened.ts';
import { givenServer } from '../../support/server.ts';
import { Bounds, Facts, type Fault } from './bounds.ts';
import { Commands, type Situation } from './commands.ts';
import {
  Belonging,
  grownBetween,
  judgeActs,
  judgeAnswer,
  judgeGrowth,
  judgeLosses,
  licencesOf,
  relatedTo,
  type Answer,
  type Done,
  type Finding,
} from './judge.ts';
import { Mirror, type Row } from './mirror.ts';
import { builtService, Everybody, type Reach } from './reach.ts';
import { plantMarkers, Sample } from './sample.ts';
import { send } from './send.ts';
import { enrich } from './world.ts';

export interface Report {
  seed: number;
  sequences: number;
  commands: number;
  grown: number;
  /** Answers read for the sample, and values of classified fields found in them. */
  requests: number;
  markers: number;
  seconds: number;
  used: Record<string, number>;
  findings: { kind: string; detail: string; sequence: number; times: number; replay: string[] }[];
}

const [sequences = 300, seed = 1, perWorld = 150] = process.argv.slice(2).map(Number);
const LENGTH = 8;
const TRIES = 8;
/** How often somebody who is told what is wrong with a body mends it. */
const MENDS = 3;
/** Reach is asked again after so many sequences: of each growth it is still known who did what. */
const JUDGED_TOGETHER = 8;
/** How often the clock moves, before people act whose reach is judged together. */
const TIME_PASSES = 0.25;
const DAY = 86_400_000;
/** People whose reach is confirmed over HTTP, in each world. */
const SAMPLED = 3;
/** Tables are small: making a plan is what takes time. */
const PLAINEST_PLANS = [
  'join_collapse_limit = 1',
  'from_collapse_limit = 1',
  'enable_hashjoin = off',
  'enable_mergejoin = off',
  'enable_bitmapscan = off',
  'enable_material = off',
  'enable_memoize = off',
  'max_parallel_workers_per_gather = 0',
];

class Run {
  readonly findings = new Map<string, Report['findings'][number]>();
  commands = 0;
  grown = 0;
  tried = 0;
  asked = 0;
  requests = 0;
  markers = 0;
  readonly spent: Record<string, number> = {};
  private sequence = 0;

  found(kind: string, detail: string, done: readonly Done[], commands: readonly number[]): void {
    const known = this.findings.get(kind);
    if (known) known.times += 1;
    else this.findings.set(kind, { kind, detail, sequence: this.sequence, times: 1, replay: replayOf(done, commands) });
  }

  begin(): void {
    this.sequence += 1;
  }

  async timed<T>(what: string, does: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const answer = await does();
    this.spent[what] = (this.spent[what] ?? 0) + performance.now() - start;
    return answer;
  }
}

/** Where a problem says that something is wrong. */
function pointersIn(problem: string): string[] {
  const { errors = [] } = JSON.parse(problem) as { errors?: { pointer: string }[] };
  return errors.map(({ pointer }) => pointer);
}

/** The commands that matter, and those that made a record that they name. */
function replayOf(done: readonly Done[], commands: readonly number[]): string[] {
  const needed = new Set(commands);
  for (let n = done.length - 1; n >= 0; n -= 1) {
    const made = (done[n]?.effects ?? []).flatMap(({ before, after }) => (after && !before ? [after.id] : []));
    const isNamed = [...needed].some((later) => {
      const { command } = done[later] as Done;
      const text = `${command.path} ${JSON.stringify(command.body ?? null)}`;
      return later > n && made.some((id) => text.includes(id));
    });
    if (isNamed) needed.add(n);
  }
  return [...needed]
    .sort((a, b) => a - b)
    .flatMap((n) => {
      const { command, now } = done[n] as Done;
      return `${now.toISOString()} ${command.who}: ${command.method.toUpperCase()} ${command.path} ${JSON.stringify(command.body ?? null)}`;
    });
}

const isOpen = (facts: Facts, emergency: Row): boolean =>
  emergency['ended_at'] === null && Date.parse(emergency['expires_at'] as string) > facts.now.getTime();

/** How much there is to learn from what somebody does. */
function interest(facts: Facts, person: Row): number {
  const seats = facts.seats(person);
  const all = facts.by('memberships', 'practitioner_id', person.id);
  const panels = new Set(seats.map((seat) => seat['panel_id']));
  return (
    1 +
    (panels.size > 1 ? 3 : 0) +
    (seats.some((seat) => ['chair', 'co_chair', 'coordinator'].includes(seat['role'] as string)) ? 4 : 0) +
    (seats.some((seat) => facts.mirror.one('panels', seat['panel_id'])?.['type'] === 'steering_group') ? 6 : 0) +
    (all.length > seats.length ? 3 : 0) +
    2 * (person['roles'] as string[]).length +
    (facts.exclusions(person).length ? 2 : 0) +
    (facts.by('recusals', 'practitioner_id', person.id).length ? 2 : 0) +
    (facts.by('invitations', 'practitioner_id', person.id).length ? 2 : 0) +
    (facts.by('access_grants', 'practitioner_id', person.id).length ? 1 : 0) +
    (facts.by('emergency_accesses', 'practitioner_id', person.id).some((one) => isOpen(facts, one)) ? 8 : 0)
  );
}

async function inWorld(run: Run, c: Chance, how: number): Promise<Record<string, number>> {
  const database = await givenDatabase();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await enrich(owner, c, new Date());
  await owner.end();
  const service = await builtService();
  const admin = new pg.Client({ connectionString: database.adminUrl });
  admin.on('error', () => undefined);
  await admin.connect();
  const marking = new pg.Client({
    connectionString: database.adminUrl,
    options: '-c session_replication_role=replica',
  });
  await marking.connect();
  await marking.query('BEGIN');
  await plantMarkers(marking, service);
  await marking.query('COMMIT');
  await marking.end();
  for (const setting of PLAINEST_PLANS) await admin.query(`ALTER DATABASE ${database.name} SET ${setting}`);
  const mirror = await new Mirror(admin).begin();
  const server = await givenServer({ database, env: { RATE_LIMIT: '10000000', LOG_LEVEL: 'error' } });
  const everybody = await Everybody.of(database.serviceUrl);
  const commands = await Commands.of(service, c, everybody.channels);
  const logins = (await castOf(server)).flatMap(({ id, kind }) => (kind === 'practitioner' ? id : []));
  // by identifier: an agency may register a login of the same name, which signs nobody in
  const cast = new Set(
    mirror.all('practitioners').flatMap((one) => (logins.includes(one['subject'] as string) ? one.id : [])),
  );
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);

  /** Reach of people of whom it was asked again, after a command. */
  const later = new Map<string, Reach>();
  let asked = now();
  const readAll = (): Promise<Map<string, Reach>> => {
    asked = now();
    later.clear();
    return run.timed('reach', () =>
      everybody.reachOf([...(mirror.tables.get('practitioners')?.keys() ?? [])], asked, mirror),
    );
  };
  let reaches = await readAll();

  /** The bounds, on everything or on what grew. */
  const bounded = (person: Row, bounds: Bounds, reach: Reach, done: Done[], grown: [string, string][] | null): void => {
    const belonging = new Belonging(bounds.facts);
    for (const channel of everybody.channels) {
      const rows = reach.get(channel.name);
      const ids = grown
        ? grown.flatMap(([name, id]) => (name === channel.name ? [id] : []))
        : [...(rows?.keys() ?? [])];
      for (const id of ids) {
        const row = mirror.one(channel.table, id);
        const seen = rows?.get(id);
        if (!row || !seen) continue;
        const last = (): number[] => (done.length ? relatedTo(belonging.of(channel.table, row), done) : []);
        if (bounds.may(channel, row) === false)
          run.found(
            `bound: ${channel.name} without a reason of the table`,
            `${person['subject'] as string} reads ${channel.name} ${id}`,
            done,
            last(),
          );
        for (const { kind, detail } of bounds.says(channel, row, seen, reach))
          run.found(`bound: ${kind}`, detail, done, last());
      }
    }
  };
  const first = new Facts(mirror, now());

  /** What is answered is compared with reach before the command; only where that does not show it, with reach after it, for the purpose of commands. */
  const faultsOfAnswer = async (act: Done): Promise<Fault[]> => {
    const { actorId } = act.command;
    const before = [reaches, later].flatMap((all) => all.get(actorId) ?? []);
    if (!judgeAnswer(everybody.channels, before, mirror, act).length) return [];
    const found = await run.timed('answers', () => everybody.reachOf([actorId], now(), mirror, 'PANEL_MEETING'));
    const after = found.get(actorId) ?? new Map<string, never>();
    later.set(actorId, after);
    run.asked += 1;
    return judgeAnswer(everybody.channels, [...before, after], mirror, act);
  };

  /** The record with which a command was answered. */
  const answerOf = (view: string | undefined, text: string): Answer | undefined => {
    const body = text.startsWith('{') ? (JSON.parse(text) as Partial<Answer['body']>) : {};
    if (!view || !body.id) return undefined;
    try {
      const { record } = service.shapeOf(service.viewNamed(view));
      return { subject: service.subjectOf(record).name, body: { ...body, id: body.id } };
    } catch {
      // its answer is no view of a record
      return undefined;
    }
  };

  /** Later is another reach: what time alone opens or closes is looked at before anybody acts, so that it explains nothing. */
  const timePasses = async (): Promise<void> => {
    const moment = new Date(now().getTime() + c.pick([2 / 24, 2 / 24, 1, 3]) * DAY);
    const asked = Date.now();
    await fetch(`${server.url}/sandbox/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: moment.toISOString() }),
    }).then((answer) => answer.text());
    // not behind the service's clock, however long its answer took: what has ended there has ended here
    ahead = moment.getTime() - asked;
    mirror.apply(await mirror.changes());
    const before = reaches;
    reaches = await readAll();
    const then = new Facts(mirror, now());
    for (const person of mirror.all('practitioners')) {
      const reach = reaches.get(person.id) ?? new Map<string, never>();
      const grown = grownBetween(person, everybody.channels, before.get(person.id) ?? new Map(), reach);
      const found = grown.map(({ channel, id }): [string, string] => [channel.name, id]);
      bounded(person, new Bounds(then, person), reach, [], found);
    }
  };

  /** What should have ended is looked at as well: not only what grew. */
  const boundAll = (at: Facts): void => {
    for (const person of mirror.all('practitioners'))
      bounded(person, new Bounds(at, person), reaches.get(person.id) ?? new Map(), [], null);
  };
  boundAll(first);

  let done: Done[] = [];
  let facts = first;
  for (let n = 0; n < how; n += 1) {
    run.begin();
    if (!done.length) {
      if (n && c.happens(TIME_PASSES)) await timePasses();
      facts = new Facts(mirror, now());
    }
    const people = mirror.all('practitioners').filter((one) => cast.has(one.id) && one['active'] === true);
    const focus = commands.focus();
    const actor = commands.weighted(people, (one) => {
      const isFor = commands.isFor(focus, (subject, action) => everybody.mightDo(one.id, subject, action));
      return interest(facts, one) * (isFor ? 8 : 1);
    });
    const together = people.filter((one) => one['agency_id'] === actor['agency_id']);
    const isCoalition = c.happens(0.3);
    const made: Situation['made'] = [];
    await run.timed('commands', async () => {
      for (let step = 0; step < LENGTH; step += 1) {
        const one = isCoalition ? c.pick(together) : actor;
        for (let turn = 0; turn < TRIES; turn += 1) {
          const situation: Situation = {
            mirror,
            reach: reaches.get(one.id) ?? new Map(),
            now: now(),
            actor: mirror.one('practitioners', one.id) ?? one,
            mightDo: (subject, action) => everybody.mightDo(one.id, subject, action),
            mayDo: (subject, action) => everybody.mayDo(one.id, subject, action),
            made,
            focus,
          };
          const drawn = await commands.draw(situation);
          let { command } = drawn;
          let { status, text } = await send(server, command);
          for (let again = 0; again < MENDS && [400, 422].includes(status) && command.body; again += 1) {
            command = drawn.mended(pointersIn(text));
            ({ status, text } = await send(server, command));
          }
          run.tried += 1;
          drawn.learn(status, command.body);
          const effects = (await mirror.changes()).filter(({ table }) => table !== 'idempotent_replies');
          if (status >= 300 && !effects.length) continue;
          const answer = status < 300 ? answerOf(drawn.view, text) : undefined;
          const act: Done = { command, effects, now: now(), ...(answer ? { answer } : {}) };
          if (status >= 300)
            run.found(
              `refused: ${command.operation} changed ${effects[0]?.table ?? ''} and was answered ${String(status)}`,
              text,
              [...done, act],
              [done.length],
            );
          for (const { kind, detail } of judgeActs(mirror, act)) run.found(kind, detail, [...done, act], [done.length]);
          mirror.apply(effects);
          done.push(act);
          for (const { kind, detail } of await faultsOfAnswer(act)) run.found(kind, detail, done, [done.length - 1]);
          for (const { table, before, after } of effects) if (after && !before) made.push({ table, id: after.id });
          break;
        }
      }
    });
    if (n % JUDGED_TOGETHER !== JUDGED_TOGETHER - 1 && n < how - 1) continue;
    run.commands += done.length;
    const before = reaches;
    reaches = await readAll();
    await run.timed('judge', async () => {
      const after = new Facts(mirror, now());
      const belonging = new Belonging(after);
      const licences = licencesOf(after, done);
      for (const person of mirror.all('practitioners')) {
        const reach = reaches.get(person.id) ?? new Map();
        const then = before.get(person.id) ?? new Map();
        const grown = grownBetween(person, everybody.channels, then, reach);
        run.grown += grown.length;
        for (const one of grown) {
          const finding: Finding | null = judgeGrowth(one, mirror, belonging, licences, done);
          if (finding) run.found(finding.kind, finding.detail, done, finding.commands);
        }
        if (grown.length)
          bounded(
            person,
            new Bounds(after, person),
            reach,
            done,
            grown.map(({ channel, id }) => [channel.name, id]),
          );
        for (const { kind, detail, commands: which } of judgeLosses(person, then, reach, mirror, facts, done))
          run.found(kind, detail, done, which);
      }
      return Promise.resolve();
    });
    done = [];
  }
  boundAll(new Facts(mirror, asked));
  // a few people, over HTTP: those who acted last among them
  const sample = await Sample.of({
    service,
    channels: everybody.channels,
    mirror,
    get: async (who, path) => {
      const { token } = await as(server, who);
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      if (answer.status >= 500) throw new Error(`${who}: GET ${path}: ${String(answer.status)} ${text}`);
      return { status: answer.status, text };
    },
  });
  await run.timed('sample', async () => {
    const ends = new Facts(mirror, now());
    const reading = mirror.all('practitioners').filter((one) => cast.has(one.id) && one['active'] === true);
    const partly = sample.timelinesOf(
      reading.map((person) => [person, reaches.get(person.id) ?? new Map<string, never>()]),
    );
    for (const [person, caseId] of partly) {
      const reach = (await everybody.reachOf([person.id], now(), mirror)).get(person.id) ?? new Map<string, never>();
      for (const { kind, detail } of await sample.confirmTimeline(person, caseId, reach))
        run.found(kind, detail, [], []);
    }
    const people = mirror.all('practitioners').filter((one) => cast.has(one.id) && one['active'] === true);
    for (let n = 0; n < SAMPLED; n += 1) {
      const person = commands.weighted(people, (one) => interest(ends, one));
      // reading is written down, and what is written down can be read
      const effects = await mirror.changes();
      mirror.apply(effects);
      const reach = (await everybody.reachOf([person.id], now(), mirror)).get(person.id) ?? new Map<string, never>();
      for (const { kind, detail } of await sample.confirm(person, reach)) run.found(kind, detail, [], []);
    }
    run.requests += sample.requests;
    run.markers += sample.markers;
  });
  const { rows: told } = await admin.query<{ name: string }>(
    'SELECT DISTINCT subject_type AS name FROM events WHERE case_id IS NOT NULL',
  );
  for (const { name } of told)
    if (service.isMissingFromTimeline(name)) run.found(`untold: nobody reads events about ${name}`, '', [], []);
  for (const what of everybody.outdated)
    run.found('reach: what was computed earlier is not what is read now', what, [], []);
  await everybody.close();
  await admin.end();
  await closeEverything();
  return commands.used;
}

const run = new Run();
const start = Date.now();
const used: Record<string, number> = {};
for (let n = 0; n < sequences; n += perWorld) {
  const more = await inWorld(run, chance(Math.imul(seed + n, 0x9e3779b1)), Math.min(perWorld, sequences - n));
  for (const [operation, times] of Object.entries(more)) used[operation] = (used[operation] ?? 0) + times;
}
process.stderr.write(`${JSON.stringify(run.spent)} tried ${String(run.tried)} asked ${String(run.asked)}\n`);
const report: Report = {
  seed,
  sequences,
  commands: run.commands,
  grown: run.grown,
  requests: run.requests,
  markers: run.markers,
  seconds: (Date.now() - start) / 1000,
  used,
  findings: [...run.findings.values()],
};
process.stdout.write(JSON.stringify(report), () => process.exit(0));
