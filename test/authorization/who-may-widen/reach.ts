/**
 * What everybody can read, as sets: for each person and each channel (a record and the action by which a route reads it) the
 * permitted rows, and of each row the fields that the mask shows. It is asked of the database by the service's own modules, as
 * the service's role and behind the reader's own settings of row-level security: one statement for a person and a channel.
 *
 * The channels come from the routes: a new route that reads is covered as soon as it is documented.
 *
 * A person's rows of a channel are read again when the person's attributes changed, when time is part of a statement, or when the
 * journal names a change of columns that a statement or its row-level security reads, in a partnership of the person. A part of
 * the people is read in full each time, and compared.
 */
import { Socket } from 'node:net';
import pg from 'pg';
import type { Actor } from '../../../src/authentication/actor.ts';
import type { Purpose } from '../../../src/authentication/purposes.ts';
import type { ColumnClass } from '../../../src/authorization/classification.ts';
import type { RecordClass } from '../../../src/database/columns.ts';
import type { StatementTemplate } from '../../../src/records/statement-template.ts';
import type { SqlStatement } from '../../../src/records/record-queries.ts';
import type { ViewShape } from '../../../src/records/response-view.ts';
import { doors, type Door } from '../../support/protected-routes.ts';
import type { Subject } from '../../../src/authorization/subject.types.ts';
import type { ReadingContext } from '../../../src/authorization/reading-context.ts';
import type { FindKnownRecords, KnownRecords as KnownRecords } from '../../../src/records/hidden-references.ts';
import type { SecurityContext } from '../../../src/records/security-context.ts';
import type { FieldMask } from '../../../src/records/field-mask.ts';

export const builtService = async () => {
  await import('#built/app.module'); // the routes declare their views
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/events/event.policy')),
    ...(await import('#built/authorization/classification')),
    ...(await import('#built/database/columns')),
    ...(await import('#built/authorization/conditions')),
    ...(await import('#built/authorization/sharing-levels')),
    ...(await import('#built/authorization/classification')),
    ...(await import('#built/authorization/conditions-to-sql')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/authorization/applicable-rules')),
    ...(await import('#built/authorization/reading-context')),
    ...(await import('#built/database/data-source')),
    ...(await import('#built/records/statement-template')),
    ...(await import('#built/records/row-masks')),
    ...(await import('#built/records/record-queries')),
    ...(await import('#built/records/response-view')),
    ...(await import('#built/records/database-session')),
    ...(await import('#built/records/declared-views')),
    ...(await import('#built/records/hidden-references')),
    ...(await import('#built/records/queries-by-id')),
    ...(await import('#built/records/reading-context-sql')),
    ...(await import('#built/records/field-mask')),
  };
};
export type Service = Awaited<ReturnType<typeof builtService>>;

type Row = Record<string, unknown>;

export interface Channel {
  /** Such as `read Case`. */
  name: string;
  subject: Subject;
  action: string;
  table: string;
  shape: ViewShape;
  /** Properties that hold identifiers of records. */
  references: string[];
}

export interface Seen {
  /** The fields that are shown, in order, as one text. */
  fields: string;
  /** Values of shown references. */
  references: Record<string, string | string[] | null>;
}

/** The rows of one channel that one person reads, by their id. */
export type Rows = Map<string, Seen>;
/** By channel name. */
export type Reach = Map<string, Rows>;

/** What everybody of a partnership reads, or nobody but the operator's auditors: no record of a case or person. */
const DIRECTORIES = [
  'AuditCheckpoint',
  'AuditEntry',
  'Instrument',
  'PanelRules',
  'SharingAgreement',
  'SharingAgreementVersion',
  'SharingParty',
  'SharingRow',
];

/** Every (record, action) by which some route reads. */
export async function channelsOf(service: Service): Promise<Channel[]> {
  const all = await doors(service);
  const found = new Map<string, Channel>();
  /** What the routes of a channel show; all that is classified, where records are read as such. */
  const shown = new Map<string, Map<string, ColumnClass>>();
  const ways: { action: string; subject: Subject }[] = service
    .declaredSubjects()
    .filter(({ allowRules: allowRules }) => allowRules.some(({ actions }) => actions.includes('read')))
    .map((subject) => ({ action: 'read', subject }));
  for (const door of all) {
    const shape = viewOf(service, door);
    // a POST that neither makes nor changes anything reads
    if (door.method !== 'get' && (door.method !== 'post' || door.takesKey || door.needsIfMatch || !shape)) continue;
    ways.push({ action: door.action, subject: door.subject });
    if (!shape) continue;
    const of = service.subjectOf(shape.record);
    const name = of === door.subject ? `${door.action} ${of.name}` : `read ${of.name}`;
    const fields = shown.get(name) ?? new Map<string, ColumnClass>();
    for (const [field, column] of shape.properties) fields.set(field, column);
    shown.set(name, fields);
  }
  for (const { action, subject } of ways) {
    const name = `${action} ${subject.name}`;
    if (found.has(name) || DIRECTORIES.includes(subject.name)) continue;
    const properties = new Map([
      ...(action === 'read' ? service.classifiedProperties(subject.type) : []),
      ...(shown.get(name) ?? new Map<string, ColumnClass>()),
    ]);
    const rowCategories = [...properties.values()].flatMap(({ category }) =>
      typeof category === 'object' ? [category.column] : [],
    );
    const shape: ViewShape = {
      name: `reach of ${name}`,
      record: subject.type,
      properties,
      rowCategories: [...new Set(rowCategories)],
      references: service.referencesOf(subject.type),
      derive: undefined,
    };
    // a column that no view has is read by conditions alone
    const inViews = shown.get(name) ?? properties;
    const references = [...service.columnsOf(subject.type)].flatMap(([property, { type }]) =>
      /^uuid/.test(type) && property !== 'id' && inViews.has(property) ? [property] : [],
    );
    const table = service.tableOf(subject.type).slice(1, -1);
    found.set(name, { name, subject, action, table, shape, references });
  }
  return [...found.values()];
}

function viewOf(service: Service, { view, isList, answers }: Door): ViewShape | null {
  const items = /([^/]+)$/.exec(answers?.properties?.['data']?.items?.$ref ?? '')?.[1];
  const name = isList ? items : view;
  try {
    return name ? service.shapeOf(service.viewNamed(name)) : null;
  } catch {
    return null;
  }
}

interface Known {
  facts: string;
  actor: Actor;
  /** What was read as this very actor, by channel. */
  computed: Map<string, Computed>;
}

/** Columns by table; null where all columns of a table are read. */
type Sources = ReadonlyMap<string, ReadonlySet<string> | null>;

/** Rows of a channel, and the sources from which they were read; null where they depend on more than tables. */
interface Computed {
  rows: Rows;
  sources: Sources | null;
  /** The last change before it. */
  change: number;
}

/** The journal of changed rows. */
export interface Journal {
  isEmpty: (table: string) => boolean;
  isWatched: (table: string) => boolean;
  /** Number of changes so far. */
  readonly changeCount: number;
  /**
   * Returns whether a row of the table came, went or changed in one of the columns since, in one of the partnerships or in none.
   * Null asks for all partnerships or columns.
   */
  hasChanged: (
    table: string,
    since: number,
    partnerships: readonly string[] | null,
    columns: ReadonlySet<string> | null,
  ) => boolean;
}

/** What row-level security adds to a statement that reads the table. */
interface TableSecurity {
  /** Hides the rows of other partnerships. */
  isOfPartnership: boolean;
  /** Tables that its policies read. */
  reads: string[];
  /** Names in its policies, its columns and those of the tables that they read among them. */
  words: string[];
  columns: string[];
}

/** Columns that every update sets. Their values decide on no field; a condition on them is read off the statement. */
const STAMPS = ['updated_at', 'version'];
/** One in so many people is read in full each time. */
const CONFIRMED_EACH = 12;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Moments are not looked at: they stay as the database writes them. */
const AS_TEXT: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    ([1082, 1114, 1184] as number[]).includes(oid) ? (value: unknown) => value : pg.types.getTypeParser(oid, format),
};

/** Row-level security of each table; functions are listed like tables, of which the journal knows nothing. */
async function securityOf(client: pg.Client): Promise<Map<string, TableSecurity>> {
  const { rows } = await client.query<{ table: string; policies: string; columns: string[] }>(
    `SELECT c.relname AS table, coalesce(string_agg(p.qual, ' '), '') AS policies,
            ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0) AS columns
       FROM pg_class c LEFT JOIN pg_policies p ON p.schemaname = 'public' AND p.tablename = c.relname
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1, c.oid
      UNION SELECT proname, '', '{}' FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
  );
  return new Map(
    rows.map(({ table, policies, columns }) => [
      table,
      {
        isOfPartnership: /\bpartnership_id = ANY/.test(policies),
        words: policies.match(/\w+/g) ?? [],
        columns,
        reads: rows.map((one) => one.table).filter((one) => new RegExp(`(FROM|JOIN) \\(?${one}\\b`).test(policies)),
      },
    ]),
  );
}

/** Sources of a statement; null where the journal does not know one of them, or where the statement asks for the time. */
function sourcesOf(text: string, security: ReadonlyMap<string, TableSecurity>, journal: Journal): Sources | null {
  if (/\bnow\(\)|\bcurrent_(date|time)|_timestamp\(/i.test(text)) return null;
  const found = new Map<string, Set<string> | null>();
  const add = (table: string, columns: readonly string[] | null): void => {
    const known = found.get(table);
    const { words = [], reads = [] } = security.get(table) ?? {};
    found.set(table, known === null || !columns ? null : new Set([...(known ?? []), ...words, ...columns]));
    for (const other of reads) add(other, words);
  };
  // columns by the alias of the table; of the row itself all are read, but these two may be selected without any effect
  const condition = text.replaceAll(/t\."(updated_at|version)"(::text)? AS "\w+"/g, '');
  const withoutEffect = STAMPS.filter((column) => !new RegExp(`\\bt\\."?${column}\\b`).test(condition));
  const columnsOf = Map.groupBy(text.matchAll(/\b(\w+)"?\."?(\w+|\*)/g), ([, alias]) => alias);
  for (const [, table = '', alias] of text.matchAll(/\b(\w+)\b(?="?(?: (\w+)\b)?)/g)) {
    const of = security.get(table);
    if (!of) continue;
    if (alias === 't')
      add(
        table,
        of.columns.filter((column) => !withoutEffect.includes(column)),
      );
    else {
      const columns = columnsOf.get(alias)?.map(([, , column = '']) => column);
      add(table, columns?.includes('*') ? null : (columns ?? null));
    }
  }
  return [...found.keys()].every((table) => journal.isWatched(table)) ? found : null;
}

const isSame = (a: Rows, b: Rows): boolean =>
  a.size === b.size &&
  [...a].every(([id, seen]) => {
    const other = b.get(id);
    return other?.fields === seen.fields && JSON.stringify(other.references) === JSON.stringify(seen.references);
  });

export class Everybody {
  private readonly known = new Map<string, Known>();
  private readonly service: Service;
  readonly channels: Channel[];
  private readonly client: pg.Client;
  private readonly socket: Socket;
  private readonly actors: InstanceType<Service['ActorsOfAgencies']>;
  private readonly security: ReadonlyMap<string, TableSecurity>;
  private readonly stop: () => Promise<void>;
  /** Differences between what was computed earlier and a full computation: there are none. */
  readonly outdated: string[] = [];
  private turn = 0;

  private constructor(
    service: Service,
    channels: Channel[],
    client: pg.Client,
    socket: Socket,
    actors: InstanceType<Service['ActorsOfAgencies']>,
    security: ReadonlyMap<string, TableSecurity>,
    stop: () => Promise<void>,
  ) {
    this.service = service;
    this.channels = channels;
    this.client = client;
    this.socket = socket;
    this.actors = actors;
    this.security = security;
    this.stop = stop;
  }

  static async of(serviceUrl: string): Promise<Everybody> {
    const service = await builtService();
    const source = await service.openDatabase(service.databaseOptions(serviceUrl, service.entities));
    const actors = new service.ActorsOfAgencies(source);
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: serviceUrl,
      pipeline: true,
      stream: () => socket,
      types: AS_TEXT,
    });
    client.on('error', () => undefined); // the database is dropped when the run ends
    await client.connect();
    await client.query('SET plan_cache_mode = force_generic_plan; SET jit = off');
    const security = await securityOf(client);
    return new Everybody(service, await channelsOf(service), client, socket, actors, security, async () => {
      await client.end();
      await actors.onApplicationShutdown();
      await source.destroy();
    });
  }

  close = (): Promise<void> => this.stop();

  /**
   * All that each of them can read now: nothing for somebody who is not active, and nothing of a table without rows. For the purpose
   * for which somebody reads who states none, or for another one.
   */
  async reachOf(ids: readonly string[], now: Date, journal: Journal, purpose?: Purpose): Promise<Map<string, Reach>> {
    this.ids.clear();
    const as = { now, call: { correlationId: 'reach', route: 'TEST' }, ...(purpose ? { purpose } : {}) };
    const actors = await this.actors.practitioners(ids, as);
    const channels = this.channels.filter(({ table }) => !journal.isEmpty(table));
    const reaches = new Map<string, Reach>();
    for (const id of ids) {
      const actor = actors.get(id);
      if (actor) reaches.set(id, await this.read(this.asKnown(actor), channels, journal));
      else {
        this.known.delete(id);
        reaches.set(id, new Map());
      }
    }
    return reaches;
  }

  /**
   * Returns the actor with what was computed for the same facts. The actor is the one just loaded: a copy would build its
   * statements again, which took a quarter of this process's time.
   */
  private asKnown(actor: Actor): Known {
    const facts = JSON.stringify({ ...actor, now: null, call: null });
    const known = this.known.get(actor.id);
    const computed = known?.facts === facts ? known.computed : new Map<string, Computed>();
    const same: Known = { facts, actor, computed };
    this.known.set(actor.id, same);
    return same;
  }

  private async read({ actor, computed }: Known, channels: readonly Channel[], journal: Journal): Promise<Reach> {
    const context = actor.securityContext as SecurityContext;
    const partnerships = context.partnerships.match(UUID) ?? [];
    this.turn += 1;
    const isConfirmed = this.turn % CONFIRMED_EACH === 0;
    const { text, values } = this.service.setContextStatement(context);
    const change = journal.changeCount;
    // one writing for all questions
    this.socket.cork();
    const begun = [this.client.query('BEGIN'), this.client.query({ name: 'enter', text, values })];
    const find = this.findingTogether(actor);
    const asked = Promise.all(
      channels.map(async (channel): Promise<[string, Rows] | null> => {
        const form = this.formOf(actor, channel);
        if (!form) return null;
        const earlier = computed.get(channel.name);
        const isValid = earlier !== undefined && this.isValid(earlier, partnerships, journal);
        if (isValid && !isConfirmed) return [channel.name, earlier.rows];
        const forms = [form];
        const { rows } = await this.client.query<Row>(this.service.bind(form, [null], actor.now));
        const found = await this.masked(actor, channel, rows, (type, actions, ids) => {
          forms.push(this.knownForm(actor, type, actions));
          return find(type, actions, ids);
        });
        if (isValid && !isSame(earlier.rows, found)) this.outdated.push(`${channel.name} of ${actor.name}`);
        computed.set(channel.name, { rows: found, sources: this.sourcesOf(forms, journal), change });
        return [channel.name, found];
      }),
    );
    this.socket.uncork();
    const found = await asked;
    await Promise.all([...begun, this.client.query('COMMIT')]);
    return new Map(found.filter((one) => one !== null));
  }

  private isValid({ sources, change }: Computed, partnerships: readonly string[], journal: Journal): boolean {
    if (!sources) return false;
    for (const [table, columns] of sources) {
      const isOfPartnership = this.security.get(table)?.isOfPartnership ?? false;
      if (journal.hasChanged(table, change, isOfPartnership ? partnerships : null, columns)) return false;
    }
    return true;
  }

  private readonly sourcesByStatement = new Map<string, Sources | null>();

  /** Sources of all statements; null where the time or another source decides. */
  private sourcesOf(forms: readonly StatementTemplate[], journal: Journal): Sources | null {
    const all = new Map<string, ReadonlySet<string> | null>();
    for (const { name, text, values } of forms) {
      if (values.some((value) => typeof value === 'symbol')) return null;
      let sources = this.sourcesByStatement.get(name);
      if (sources === undefined) this.sourcesByStatement.set(name, (sources = sourcesOf(text, this.security, journal)));
      if (!sources) return null;
      for (const [table, columns] of sources) {
        const known = all.get(table);
        all.set(table, known === null || !columns ? null : new Set([...(known ?? []), ...columns]));
      }
    }
    return all;
  }

  private knownForm(actor: Actor, type: RecordClass, actions: readonly string[]): StatementTemplate {
    const make = (): SqlStatement => this.service.knownRecordsSql(actor, type, actions, new this.service.Parameter(0));
    return this.service.templateFor(actor, `known ${actions.join(' ')} ${this.service.subjectOf(type).name}`, make);
  }

  /** Finds what the person may know of records: what several channels ask at once is one question. */
  private findingTogether(actor: Actor): FindKnownRecords {
    const waiting = new Map<string, { ids: Set<string>; known: Promise<KnownRecords> }>();
    return (type, actions, ids) => {
      const key = `${this.service.subjectOf(type).name} ${actions.join(' ')}`;
      let question = waiting.get(key);
      if (!question) {
        const all = new Set<string>();
        const known = new Promise<void>((resolve) => setImmediate(resolve)).then(async (): Promise<KnownRecords> => {
          waiting.delete(key);
          const form = this.knownForm(actor, type, actions);
          const { rows } = await this.client.query<{ id: string; readable: boolean }>(
            this.service.bind(form, [[...all]], actor.now),
          );
          return new Map(rows.map(({ id, readable }) => [id, readable]));
        });
        waiting.set(key, (question = { ids: all, known }));
      }
      for (const id of ids) question.ids.add(id);
      return question.known;
    };
  }

  /** The statement of a single read, for all rows: a list finds what single reads find. */
  private formOf(actor: Actor, { subject, action }: Pick<Channel, 'subject' | 'action'>): StatementTemplate | null {
    if (!this.service.hasApplicableRule(actor, subject, action)) return null;
    return this.service.templateFor(actor, `reach ${action} ${subject.name}`, () => {
      const { text, values } = this.service.findSql(actor, subject.type, action, new this.service.Parameter(0), false);
      const all = text.replace(/t\."id" = \$1(::uuid)?(?= AND )/, () => '$1::uuid IS NULL');
      if (all === text) throw new Error(`a single read does not begin with the identifier: ${text}`);
      return { text: all, values };
    });
  }

  /** What a row shows where its reader may ask for it panel by panel: whatever one of them shows. */
  private widest(actor: Actor, shape: ViewShape, action: string, row: Row): FieldMask {
    const whole = this.service.fieldMask(actor, shape, action, row);
    const context = row[this.service.READING_CONTEXT] as ReadingContext | undefined;
    if (!context || context.panelIds.length < 2) return whole;
    const each = context.panelIds.map((panelId) =>
      this.service.fieldMask(actor, shape, action, {
        ...row,
        [this.service.READING_CONTEXT]: { ...context, panelIds: [panelId] },
      }),
    );
    const shown = [...shape.properties.keys()].filter((one) =>
      [whole, ...each].some((mask) => mask.shown.includes(one)),
    );
    return { ...whole, shown, withheld: [...shape.properties.keys()].filter((one) => !shown.includes(one)) };
  }

  private readonly ids = new Map<string, Promise<string[]>>();

  /** Is there anything on which the person may do this, as far as one can tell without looking? */
  mightDo(id: string, subject: Subject, action: string): boolean {
    const actor = this.known.get(id)?.actor;
    return actor !== undefined && this.service.hasApplicableRule(actor, subject, action);
  }

  /** The rows on which the person may do this, as when their reach was asked: to draw commands that may be permitted. */
  mayDo(id: string, subject: Subject, action: string): Promise<string[]> {
    const actor = this.known.get(id)?.actor;
    if (!actor || !this.service.hasApplicableRule(actor, subject, action)) return Promise.resolve([]);
    const key = `${id} ${action} ${subject.name}`;
    let found = this.ids.get(key);
    if (!found) this.ids.set(key, (found = this.permittedIds(actor, subject, action)));
    return found;
  }

  private async permittedIds(actor: Actor, subject: Subject, action: string): Promise<string[]> {
    const form = this.service.templateFor(actor, `permitted ${action} ${subject.name}`, () => {
      const parameters = new this.service.Parameters();
      const permitted = this.service.permittedSql(actor, subject, action, 't', parameters);
      const table = this.service.tableOf(subject.type);
      return { text: `SELECT t.id FROM ${table} t WHERE ${permitted}`, values: parameters.values };
    });
    const { text, values } = this.service.setContextStatement(actor.securityContext as SecurityContext);
    this.socket.cork();
    const answers = Promise.all([
      this.client.query('BEGIN'),
      this.client.query({ name: 'enter', text, values }),
      this.client.query<{ id: string }>(this.service.bind(form, [], actor.now)),
      this.client.query('COMMIT'),
    ]);
    this.socket.uncork();
    const [, , { rows }] = await answers;
    return rows.map((row) => row.id);
  }

  private async masked(
    actor: Actor,
    { action, shape, references, subject }: Channel,
    found: Row[],
    find: FindKnownRecords,
  ): Promise<Rows> {
    const reach: Rows = new Map();
    const { rows, masks } = await this.service.withoutHiddenReferences(
      shape,
      found.map((row) => this.service.withSubstitutes(subject, row)),
      found.map((row) => this.widest(actor, shape, action, row)),
      find,
    );
    /** Rows that are masked alike share their mask. */
    const known = new Map<string[], { fields: string; shownReferences: string[] }>();
    for (const [index, row] of rows.entries()) {
      const { shown } = masks[index] as FieldMask;
      let alike = known.get(shown);
      if (!alike) {
        alike = { fields: shown.join(' '), shownReferences: references.filter((one) => shown.includes(one)) };
        known.set(shown, alike);
      }
      const held: Seen['references'] = {};
      for (const one of alike.shownReferences)
        if (row[one] !== null && row[one] !== undefined) held[one] = row[one] as string | string[];
      reach.set(row['id'] as string, { fields: alike.fields, references: held });
    }
    return reach;
  }
}
