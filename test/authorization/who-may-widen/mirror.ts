/**
 * The tables as they are, in memory, by the names of SQL, kept up to date by a journal of every changed row. The journal is
 * written by triggers that only this test adds; nothing of the policy takes part.
 */
import type pg from 'pg';

export type Row = Record<string, unknown> & { id: string };

/** One changed row. Names are those of SQL. */
export interface Effect {
  table: string;
  id: string;
  /** Of the columns that changed; null where the row came or went. */
  columns: readonly string[] | null;
  before: Row | null;
  after: Row | null;
}

/** Tables without records: the log and what the service keeps about itself. */
const UNWATCHED = [
  'migrations',
  'audit_entries',
  'audit_checkpoints',
  'authorization_versions',
  'idempotent_replies',
  'reference_numbers',
  'job_runs',
  'sharing_rows',
];

/** Tables whose identifiers the service or the database draws. */
const DRAWN = ['exclusions', 'practitioner_names'];

const WATCH = `
  CREATE TABLE watched_changes (n bigserial PRIMARY KEY, tab text NOT NULL, before jsonb, after jsonb);
  CREATE FUNCTION watch_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $watch$
  BEGIN
    INSERT INTO watched_changes (tab, before, after) VALUES (TG_TABLE_NAME,
      CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
    RETURN NULL;
  END $watch$;`;

export class Mirror {
  readonly tables = new Map<string, Map<string, Row>>();
  /** Tables by the column that refers to them: what `previous_case_id` of `cases` names. */
  readonly refersTo = new Map<string, string>();
  /** Names, as they are matched, that people have or had, without those entered in error. */
  readonly names = new Map<string, Set<string>>();
  private readonly client: pg.Client;
  private last = 0;
  changeCount = 0;
  /** Numbers of the last changes of a table, by the partnership of the row and the column. */
  private readonly lastChanges = new Map<string, Map<unknown, Map<string, number>>>();

  constructor(client: pg.Client) {
    this.client = client;
  }

  /** Begins to watch; the connection is that of the superuser. */
  async begin(): Promise<this> {
    const { rows: tables } = await this.client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
         AND relname <> ALL ($1) ORDER BY 1`,
      [UNWATCHED],
    );
    const { rows: keys } = await this.client.query<{ table: string; column: string; to: string }>(
      `SELECT c.conrelid::regclass::text AS table, a.attname AS column, c.confrelid::regclass::text AS to
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace`,
    );
    for (const { table, column, to } of keys) this.refersTo.set(`${table}.${column}`, to);
    await this.client.query(WATCH);
    for (const { name } of tables) {
      await this.client.query(
        `CREATE TRIGGER watch_change AFTER INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION watch_change()`,
      );
      const { rows } = await this.client.query<{ row: Row }>(
        // these identifiers are drawn at random
        `SELECT to_jsonb(t) AS row FROM ${name} t
          ORDER BY ${DRAWN.includes(name) ? "(to_jsonb(t) - 'id')::text" : "to_jsonb(t) ->> 'id'"}`,
      );
      this.tables.set(name, new Map(rows.map(({ row }) => [row.id, row])));
    }
    for (const row of this.all('practitioner_names')) this.named(row);
    return this;
  }

  /** What changed since the last time, in order; the tables are as they were before it until it is applied. */
  async changes(): Promise<Effect[]> {
    const { rows } = await this.client.query<{ n: string; tab: string; before: Row | null; after: Row | null }>({
      name: 'changes',
      text: 'SELECT n, tab, before, after FROM watched_changes WHERE n > $1 ORDER BY n',
      values: [this.last],
    });
    return rows.map(({ n, tab, before, after }) => {
      this.last = Number(n);
      const { id } = (after ?? before) as Row;
      return { table: tab, id, before, after, columns: before && after ? differing(before, after) : null };
    });
  }

  apply(effects: readonly Effect[]): void {
    for (const { table: name, before, after, columns } of effects) {
      this.changeCount += 1;
      // each row that came or went changes all columns
      const places = this.lastChanges.get(name) ?? new Map<unknown, Map<string, number>>();
      this.lastChanges.set(name, places);
      for (const row of [before, after]) {
        if (!row) continue;
        const place = row['partnership_id'] ?? null;
        const last = places.get(place) ?? new Map<string, number>();
        places.set(place, last);
        for (const column of columns ?? Object.keys(row)) last.set(column, this.changeCount);
      }
      const table = this.tables.get(name);
      if (after) table?.set(after.id, after);
      else if (before) table?.delete(before.id);
      if (name === 'practitioner_names' && after) this.named(after);
    }
  }

  /** The rows of a table that are named, in an order that is the same in every run: the order in which they came. */
  these(table: string, ids: Iterable<string>): Row[] {
    const wanted = new Set(ids);
    return this.all(table).filter(({ id }) => wanted.has(id));
  }

  /** Whether the table is watched and has no rows. */
  isEmpty = (table: string): boolean => this.tables.get(table)?.size === 0;
  isWatched = (table: string): boolean => this.tables.has(table);
  hasChanged = (
    table: string,
    since: number,
    partnerships: readonly string[] | null,
    columns: ReadonlySet<string> | null,
  ): boolean =>
    [...(this.lastChanges.get(table) ?? [])].some(
      ([place, last]) =>
        (!partnerships || place === null || partnerships.includes(place as string)) &&
        [...last].some(([column, number]) => number > since && (!columns || column === 'id' || columns.has(column))),
    );
  all = (table: string): Row[] => [...(this.tables.get(table)?.values() ?? [])];
  one = (table: string, id: unknown): Row | undefined => this.tables.get(table)?.get(id as string);
  where = (table: string, like: Record<string, unknown>): Row[] =>
    this.all(table).filter((row) => Object.entries(like).every(([column, value]) => row[column] === value));

  /** The table to which a column of another refers: by its foreign key, or by its name. */
  target(table: string, column: string): string | null {
    const known = this.refersTo.get(`${table}.${column}`);
    if (known) return known;
    const noun = /(?:^|_)(case|person|listing|meeting|panel|referral|agency|practitioner)_ids?$/.exec(column)?.[1];
    if (!noun) return null;
    return noun === 'agency' ? 'agencies' : `${noun}s`;
  }

  /** Whether somebody has or had the name, under any registration of the login. */
  hasName(person: Row, key: unknown): boolean {
    const isSameLogin = (one: Row): boolean =>
      ['agency_id', 'issuer', 'subject'].every((column) => one[column] === person[column]);
    return (
      typeof key === 'string' &&
      this.all('practitioners').some((one) => this.names.get(one.id)?.has(key) === true && isSameLogin(one))
    );
  }

  private named(row: Row): void {
    const bearer = row['practitioner_id'] as string;
    const known = this.names.get(bearer) ?? new Set();
    this.names.set(bearer, known);
    if (row['entered_in_error_at'] === null) known.add(row['name_key'] as string);
    else known.delete(row['name_key'] as string);
  }
}

const differing = (a: Row, b: Row): string[] =>
  Object.keys(b).filter((column) => JSON.stringify(a[column]) !== JSON.stringify(b[column]));
