/**
 * Honesty test: one policy, read in every way, over generated worlds. For the subjects of a world and their actions
 *
 *   - the SQL form finds exactly the rows for which the memory form holds;
 *   - behind the world's wall the same statement, as the role of the service, finds exactly the rows for which the memory
 *     form holds in what the wall leaves standing, related rows included;
 *   - the explanation says "permit" for exactly those (the world's first subject; they take turns);
 *   - the list finds what the single reads find, with or without the wall, and a row is held back by the same caps;
 *   - what may be asked about a row is what would be shown of it.
 *
 * Two spec files examine half of the worlds each, so that Jest's two workers share them; each starts a plain Node process
 * (`worlds-agree.ts`), because Jest's sandbox makes the memory form slow. WORLDS says how many there are;
 * WORLDS_SEED names another seed (or `random`). Worlds come in pairs of a kind, whose statements differ in values alone, so
 * that PostgreSQL plans them once: planning is most of the work.
 *
 * Seen to fail: `$nin` compiled as `= FALSE` instead of `IS NOT TRUE` (nulls); a comparison in memory that lets null through;
 * bars left out of one action's conditions (the explanation disagrees); a list that forgets the rest of a condition; caps
 * that SQL holds always; bars that SQL alone leaves out; a wall told of no hidden cases; a list that forgets its ground's
 * condition; an explanation that takes every ground for open; a rule that opens more where a related row is hidden.
 */
import pg from 'pg';
import type { Where } from '../../src/authorization/conditions.ts';
import type { SqlStatement } from '../../src/records/record-queries.ts';
import { givenDatabase, type TestDatabase } from './database.ts';
import { settingsOf, Worlds, type Schema, type World } from './generated-data.ts';

export const WORLDS = Number(process.env['WORLDS'] ?? 10_000);
const USUAL_SEED = 325_210_288;
const asked = process.env['WORLDS_SEED'];
const SEED = asked === 'random' ? Date.now() % 1_000_000_000 : Number(asked ?? USUAL_SEED);
const HALVES = 2;
const PER_KIND = 2;
/** Worlds that are in the tables at the same time. */
const BATCH = 100;
/** Subjects examined in one world. */
const PER_WORLD = 3;
/** How many more worlds are looked through, in memory, for one in which a ground opens that the others left closed. */
const FURTHER = 5000;

const built = async () => {
  (await import('#built/policies')).registerPolicies();
  return {
    subjects: {
      ...(await import('#built/authorization/subjects')),
      ...(await import('#built/authorization/applicable-rules')),
    },
    conditions: {
      ...(await import('#built/authorization/conditions')),
      ...(await import('#built/authorization/conditions-in-memory')),
    },
    columns: await import('#built/database/columns'),
    explanation: await import('#built/authorization/explanation'),
    sql: await import('#built/authorization/conditions-to-sql'),
    query: {
      ...(await import('#built/records/record-queries')),
      ...(await import('#built/records/queries-by-id')),
      ...(await import('#built/records/reading-context-sql')),
    },
    wall: await import('#built/records/database-session'),
    categories: await import('#built/authorization/data-categories'),
    levels: {
      ...(await import('#built/authorization/sharing-levels')),
      ...(await import('#built/authorization/reading-context')),
    },
    classification: await import('#built/authorization/classification'),
    asking: await import('#built/records/filter-authorization'),
  };
};
type Policy = Awaited<ReturnType<typeof built>>;
type Subject = ReturnType<Policy['subjects']['declaredSubjects']>[number];
type Row = Record<string, unknown>;
type Parsed = ReturnType<Policy['conditions']['parseCondition']>;

interface Question {
  subject: Subject;
  action: string;
}

/** One world to examine, and what is asked of it; the first question's subject is looked at from every side. */
interface Case {
  seed: number;
  world: World;
  questions: Question[];
}

/** What was examined, and what did not agree. */
export interface Agreement {
  worlds: number;
  /** Worlds that were added to open the remaining allow rules. */
  more: number;
  seed: number;
  counts: Examination['counts'];
  disagreements: string[];
  /** Rules that open a row only behind the wall. */
  widened: string[];
  unmet: ReturnType<Examination['unmet']>;
}

interface Bare {
  database: TestDatabase;
  schema: Schema;
}

const named = (table: string, keys: string): string =>
  `ARRAY(SELECT attname::text FROM unnest(${keys}) WITH ORDINALITY k (attnum, n) JOIN pg_attribute a USING (attnum)
          WHERE attrelid = ${table} ORDER BY n)`;

/** The schema without its constraints (rules must agree on any row) and without its indexes (they only cost planning). */
async function bareDatabase(): Promise<Bare> {
  const database = await givenDatabase({ empty: true });
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ column: string }>(
    `SELECT relname || '.' || attname AS column FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND attnotnull`,
  );
  const { rows: heldTogether } = await client.query<Schema['heldTogether'][number]>(
    `SELECT conrelid::regclass::text AS table, confrelid::regclass::text AS to, ${named('conrelid', 'conkey')} AS columns,
            ${named('confrelid', 'confkey')} AS foreign
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f' AND cardinality(conkey) > 1`,
  );
  await client.query(`DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT conrelid::regclass AS t, conname FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u', 'x') ORDER BY contype <> 'f'
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', one.t, one.conname); END LOOP;
    FOR one IN SELECT attrelid::regclass AS t, attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND attnum > 0 AND attnotnull AND attname <> 'id'
        AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
    LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', one.t, one.attname); END LOOP;
    FOR one IN SELECT indexrelid::regclass AS i FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
      WHERE c.relnamespace = 'public'::regnamespace AND NOT indisprimary
    LOOP EXECUTE format('DROP INDEX %s', one.i); END LOOP;
    FOR one IN SELECT DISTINCT tgrelid::regclass AS t FROM pg_trigger WHERE NOT tgisinternal
    LOOP EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one.t); END LOOP; END $$`);
  await client.end();
  return { database, schema: { neverNull: new Set(rows.map((one) => one.column)), heldTogether } };
}

/** A connection that plans each text once. It lives for one batch: plans are large, and no kind comes back. */
class Asking {
  private readonly names = new Map<string, string>();
  private readonly client: pg.Client;
  private last: Promise<unknown> = Promise.resolve();

  constructor(connectionString: string) {
    this.client = new pg.Client({ connectionString });
    this.client.on('error', () => undefined); // the database is dropped when the spec ends
  }

  async open(): Promise<this> {
    await this.client.connect();
    await this.client.query(
      `SET plan_cache_mode = force_generic_plan; SET jit = off; SET max_parallel_workers_per_gather = 0`,
    );
    return this;
  }

  /** One question after the other: the connection knows only one at a time. */
  ask<R extends object>({ text, values }: SqlStatement): Promise<R[]> {
    let name = this.names.get(text);
    if (!name) this.names.set(text, (name = `s${String(this.names.size)}`));
    const answer = this.last.then(async () => (await this.client.query<R>({ name, text, values })).rows);
    this.last = answer;
    return answer;
  }

  close = (): Promise<void> => this.client.end();
}

class Examination {
  readonly counts = { decisions: 0, open: 0, walled: 0, fallen: 0, lists: 0, held: 0, free: 0, fields: 0 };
  readonly openedBy = new Set<string>();
  readonly heldBy = new Set<string>();
  readonly asked = new Set<string>();
  readonly explained = new Set<string>();
  /**
   * Rules that open a row behind its reader's own wall that they do not open without: what a rule denies fell away. Of rows
   * that the database could hold: that a row stands in the partnership of what it belongs to is for the database to see to.
   */
  readonly widened = new Set<string>();
  readonly disagreements: string[] = [];

  private readonly policy: Policy;
  private readonly worlds: Worlds;
  readonly all: readonly Subject[];

  constructor(policy: Policy, worlds: Worlds, all: readonly Subject[]) {
    this.policy = policy;
    this.worlds = worlds;
    this.all = all;
  }

  private examinedIn(kind: number): Subject[] {
    return Array.from({ length: PER_WORLD }, (_, n) => this.all[(kind + n * 7) % this.all.length] as Subject);
  }

  /** Reading, and one more action, each in its turn. */
  private questionsOf(kind: number): Question[] {
    return this.examinedIn(kind).flatMap((subject, n) => {
      const actions = [...new Set(subject.allowRules.flatMap((ground) => ground.actions))];
      const turn = (Math.floor(kind / this.all.length) * PER_WORLD + n) % actions.length;
      return actions.filter((action, i) => action === 'read' || i === turn).map((action) => ({ subject, action }));
    });
  }

  caseOf(seed: number, kind: number): Case {
    return { seed, world: this.worlds.make(seed, this.examinedIn(kind), kind), questions: this.questionsOf(kind) };
  }

  private closedGrounds(): { subject: Subject; ground: Subject['allowRules'][number] }[] {
    return this.all.flatMap((subject) =>
      subject.allowRules
        .filter((ground) => !this.openedBy.has(`${subject.name} ${ground.name}`))
        .map((ground) => ({ subject, ground })),
    );
  }

  /** For each ground that no world has opened yet, one in which memory says that it opens. */
  openingTheRest(from: number): Case[] {
    const { subjects, conditions } = this.policy;
    return this.closedGrounds().flatMap(({ subject, ground }, index): Case[] => {
      const action = ground.actions[0] as string;
      const start = from + index * FURTHER;
      for (let seed = start; seed < start + FURTHER; seed += 1) {
        const world = this.worlds.make(seed, [subject]);
        const ways = subjects.applicableRules(world.actor, subject, action).filter((way) => way.ground === ground);
        const rows = world.rows.get(subject.type) ?? [];
        if (
          ways.some(({ where }) => rows.some((row) => conditions.conditionHolds(conditions.parseCondition(where), row)))
        )
          return [{ seed, world, questions: [{ subject, action }] }];
      }
      return [];
    });
  }

  /** For each sharing limit that came out one way only, a world in which memory says that it comes out the other way. */
  meetingTheLimits(from: number): Case[] {
    const { subjects, conditions } = this.policy;
    const limits = this.all.flatMap((subject) =>
      subject.sharingLimits.flatMap((limit) =>
        [true, false]
          .filter((how) => !this.heldBy.has(`${subject.name} ${limit.name} ${String(how)}`))
          .map((how) => ({ subject, limit, how })),
      ),
    );
    return limits.flatMap(({ subject, limit, how }, index): Case[] => {
      for (let seed = from + index * FURTHER; seed < from + (index + 1) * FURTHER; seed += 1) {
        const world = this.worlds.make(seed, [subject]);
        const holds = (where: Where | null, row: Row): boolean =>
          where !== null && conditions.conditionHolds(conditions.parseCondition(where), row);
        const ways = subjects.applicableRules(world.actor, subject, 'read');
        const isMet = (world.rows.get(subject.type) ?? []).some(
          (row) => holds(limit.where(world.actor), row) === how && ways.some(({ where }) => holds(where, row)),
        );
        if (isMet) return [{ seed, world, questions: [{ subject, action: 'read' }] }];
      }
      return [];
    });
  }

  /** Grounds that stayed closed, caps that came out one way only, actions and explanations never asked for. */
  unmet(): Record<'grounds' | 'caps' | 'actions' | 'explained', string[]> {
    const caps = this.all.flatMap(({ name, sharingLimits: its }) =>
      its.flatMap((cap) => [true, false].map((how) => `${name} ${cap.name} ${String(how)}`)),
    );
    const actions = this.all.flatMap(({ name, allowRules: allowRules }) =>
      allowRules.flatMap((ground) => ground.actions.map((action) => `${action} ${name}`)),
    );
    return {
      grounds: this.closedGrounds().map(({ subject, ground }) => `${subject.name} ${ground.name}`),
      caps: caps.filter((one) => !this.heldBy.has(one)),
      actions: [...new Set(actions)].filter((one) => !this.asked.has(one)),
      explained: this.all.map((one) => one.name).filter((one) => !this.explained.has(one)),
    };
  }

  async examine({ seed, world, questions }: Case, free: Asking, walled: Asking): Promise<void> {
    const { actor, rows } = world;
    const { policy, counts } = this;
    const fault = (what: string): void => void this.disagreements.push(`world ${String(seed)}: ${what}`);
    for (const { subject, action } of questions) this.asked.add(`${action} ${subject.name}`);
    const { subject } = questions[0] as Question;
    this.explained.add(subject.name);
    const mine = rows.get(subject.type) ?? [];

    // asked first, so that PostgreSQL plans while the memory form is read
    const all = this.askedOf(world, questions);
    const list = policy.query.listSql(actor, subject.type, 'read', {
      filter: { id: { $in: mine.map((row) => row['id']) } },
      limit: 50,
    });
    const finds = mine.map((row) => policy.query.findSql(actor, subject.type, 'read', row['id'] as string, false));
    const wall = policy.wall.setContextStatement(settingsOf(world.wall));
    const answers = Promise.all([
      free.ask<{ n: number; id: string }>(all),
      free.ask<Row>(list),
      Promise.all(finds.map((one) => free.ask<Row>(one))),
      walled.ask(wall),
      walled.ask<{ n: number; id: string }>(all),
      walled.ask<Row>(list),
      Promise.all(finds.map((one) => walled.ask<Row>(one))),
    ]);
    answers.catch(() => undefined); // it is waited for below

    const standing = this.worlds.behind(world);
    const inMemory = new Map<string, boolean>();
    const behindWall = new Map<string, boolean>();
    questions.forEach(({ subject: about, action }, index) => {
      const ways = policy.subjects
        .applicableRules(actor, about, action)
        .map(({ ground, where }) => ({ ground, condition: policy.conditions.parseCondition(where) }));
      const opening = (row: Row): typeof ways =>
        ways.filter(({ condition }) => policy.conditions.conditionHolds(condition, row));
      const left = new Map(standing.get(about.type)?.map((row) => [row['id'], row]));
      for (const row of rows.get(about.type) ?? []) {
        const key = `${String(index)} ${row['id'] as string}`;
        const opened = opening(row);
        inMemory.set(key, opened.length > 0);
        for (const { ground } of opened) this.openedBy.add(`${about.name} ${ground.name}`);
        counts.decisions += 1;
        if (opened.length) counts.open += 1;
        if (about === subject) {
          const explained = policy.explanation.explain(actor, about, action, row).outcome === 'permit';
          if (explained !== opened.length > 0)
            fault(`${action} ${about.name}: memory ${String(opened.length > 0)}, explanation ${String(explained)}`);
        }
        const stands = left.get(row['id']);
        const openedBehind = stands ? opening(stands) : [];
        behindWall.set(key, openedBehind.length > 0);
        counts[stands ? 'walled' : 'fallen'] += 1;
        if (world.wall.isOwn && !opened.length && openedBehind.length && this.worlds.isHeld(about.type, row))
          for (const { ground } of openedBehind) this.widened.add(`${action} ${about.name}: ${ground.name}`);
      }
    });
    this.compareFields(world, subject, fault);
    const caps = subject.sharingLimits.map((cap) => {
      const where = cap.where(actor);
      return where ? policy.conditions.parseCondition(where) : null;
    });

    const [bySql, listed, found, , bySqlBehind, listedBehind, foundBehind] = await answers;
    for (const [where, expected, answer] of [
      ['', inMemory, bySql],
      [' behind the wall', behindWall, bySqlBehind],
    ] as const) {
      const hits = new Set(answer.map(({ n, id }) => `${String(n)} ${id}`));
      for (const [key, held] of expected)
        if (held !== hits.has(key)) {
          const { subject: about, action } = questions[Number(key.split(' ')[0])] as Question;
          fault(`${action} ${about.name}${where}: memory ${String(held)}, SQL ${String(!held)}`);
        }
    }
    const idsOf = (these: Row[]): string =>
      these
        .map((row) => row['id'] as string)
        .sort()
        .join();
    for (const [where, one, several, rowsThere] of [
      ['', listed, found.flat(), rows],
      [' behind the wall', listedBehind, foundBehind.flat(), standing],
    ] as const) {
      counts.lists += 1;
      if (idsOf(one) !== idsOf(several)) fault(`list ≠ reads of ${subject.name}${where}`);
      for (const shown of [...one, ...several]) {
        const row = rowsThere.get(subject.type)?.find(({ id }) => id === shown['id']);
        if (!row) {
          fault(`${subject.name}${where} shows a row that does not exist`);
          continue;
        }
        caps.forEach((condition, index) => {
          const held = condition !== null && policy.conditions.conditionHolds(condition, row);
          const { name } = subject.sharingLimits[index] as (typeof subject.sharingLimits)[number];
          counts[held ? 'held' : 'free'] += 1;
          this.heldBy.add(`${subject.name} ${name} ${String(held)}`);
          if ((shown[policy.levels.APPLICABLE_LIMITS] as boolean[])[index] !== held)
            fault(`${name} of ${subject.name}${where}: memory ${String(held)}`);
        });
      }
    }
  }

  /** One statement for all that is asked of a world. */
  private askedOf({ actor, rows }: World, questions: Question[]): SqlStatement {
    const { sql, query, columns } = this.policy;
    const parameters = new sql.Parameters();
    const selects = questions.map(({ subject, action }, index) => {
      const known = parameters.add(
        (rows.get(subject.type) ?? []).map((row) => row['id']),
        'uuid[]',
      );
      const permitted = query.permittedSql(actor, subject, action, 't', parameters);
      return `SELECT ${String(index)} AS n, t.id FROM ${columns.tableOf(subject.type)} t WHERE t.id = ANY(${known}) AND ${permitted}`;
    });
    return { text: selects.join(' UNION ALL '), values: parameters.values };
  }

  /** What may be asked about is what would be shown: the row form of the levels, and the levels of a loaded row. */
  private compareFields({ actor, rows }: World, subject: Subject, fault: (what: string) => void): void {
    const { subjects, conditions, classification, levels, asking } = this.policy;
    const contextsOf = subject.contexts.map((name) => {
      const related = subjects.subjectOf(subjects.relationOf(subject, name).to);
      const ways = subjects
        .applicableRules(actor, related, 'read')
        .map(({ where }) => conditions.parseCondition(where));
      return (row: Row) =>
        (row[name] as Row[])
          .filter((one) => ways.some((way) => conditions.conditionHolds(way, one)))
          .map((one) => ({
            panelId: one[related.panel ?? ''],
            caseId: one[related.case ?? ''] as string,
            isAsShared:
              name === 'cases'
                ? actor.emergencyPersonIdsAsShared.includes(one['personId'] as string)
                : actor.emergencyRoleIdsAsShared.includes(one['id'] as string),
          }));
    });
    const fields = [...classification.classifiedProperties(subject.type)].map(
      ([field, column]): [string, typeof column, Parsed] => [
        field,
        column,
        conditions.parseCondition(asking.seesWhere(actor, subject, field)),
      ],
    );
    for (const row of rows.get(subject.type) ?? []) {
      const contexts = contextsOf.flatMap((of) => of(row));
      const weighed = {
        ...row,
        // relations are not copied with a row
        ...Object.fromEntries(Object.keys(subject.relations).map((name) => [name, row[name]])),
        context: {
          panelIds: contexts.map((one) => one.panelId).filter((one) => one !== null),
          inEmergency: contexts.some((one) => actor.emergencyCaseIds.includes(one.caseId) && !one.isAsShared),
        },
      };
      for (const [field, column, sees] of fields) {
        const { level } = levels.evaluateSharing(actor, subject, weighed, column);
        const shown = levels.isAtLeast(level, column.from);
        const mayAsk = conditions.conditionHolds(sees, row);
        this.counts.fields += 1;
        if (shown !== mayAsk)
          fault(`${subject.name}.${field}: shown ${String(shown)}, may be asked about ${String(mayAsk)}`);
      }
    }
  }
}

/** A row by the names of its columns. What is left out is null. */
function recordOf(row: Row, columns: (readonly [property: string, name: string])[]): Row {
  const record: Row = {};
  for (const [property, name] of columns) if (row[property] !== null) record[name] = row[property];
  return record;
}

/** Examines one half of the worlds. */
export async function examineHalf(half: number): Promise<Agreement> {
  const policy = await built();
  const bare = await bareDatabase();
  const worlds = new Worlds(policy, bare.schema);
  const all = policy.subjects.declaredSubjects();
  // of what has no ground of its own nothing can be asked: it is only what others relate to
  const exam = new Examination(
    policy,
    worlds,
    all.filter((one) => one.allowRules.length),
  );
  const { ownerUrl, serviceUrl } = bare.database;
  const owner = new pg.Client({ connectionString: ownerUrl });
  owner.on('error', () => undefined); // the database is dropped when the spec ends
  await owner.connect();
  const tables = all.map(({ type }) => ({
    type,
    table: policy.columns.tableOf(type),
    columns: [...policy.columns.columnsOf(type)].map(([p, { name }]) => [p, name.slice(1, -1)] as const),
  }));

  const replace = async (batch: World[]): Promise<void> => {
    await owner.query(`TRUNCATE ${[...new Set(tables.map((one) => one.table))].join(', ')}`);
    for (const { type, table, columns } of tables) {
      const records = batch.flatMap((world) => (world.rows.get(type) ?? []).map((row) => recordOf(row, columns)));
      await owner.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`, [
        JSON.stringify(records),
      ]);
    }
  };

  const examine = async (cases: Case[]): Promise<void> => {
    await replace(cases.map((one) => one.world));
    const free = await new Asking(ownerUrl).open();
    const walled = await new Asking(serviceUrl).open();
    await walled.ask({ text: 'BEGIN', values: [] });
    for (const one of cases) await exam.examine(one, free, walled);
    await Promise.all([free.close(), walled.close()]);
  };

  const share = Math.ceil(WORLDS / HALVES);
  const [first, end] = [half * share, Math.min((half + 1) * share, WORLDS)];
  for (let start = first; start < end; start += BATCH)
    await examine(
      Array.from({ length: Math.min(BATCH, end - start) }, (_, index) =>
        exam.caseOf(SEED + start + index, SEED + Math.floor((start + index) / PER_KIND)),
      ),
    );
  const further = [...exam.openingTheRest(SEED + WORLDS), ...exam.meetingTheLimits(SEED + 10 * WORLDS)];
  if (further.length) await examine(further);
  await owner.end();

  return {
    worlds: end - first,
    more: further.length,
    seed: SEED + first,
    counts: exam.counts,
    disagreements: exam.disagreements,
    widened: [...exam.widened].sort(),
    unmet: exam.unmet(),
  };
}
