/**
 * What everybody can read, as sets: for each person and each channel (a record and the action by which a route reads it) the
 * permitted rows, and of each row the fields that the mask shows. It is asked of the database by the service's own modules, as
 * the service's role and behind the reader's own settings of row-level security: one statement for a person and a channel.
 *
 * The channels come from the routes: a new route that reads is covered as soon as it is documented.
 */
import pg from 'pg';
import type { Actor } from '../../src/policy/actor.ts';
import type { ColumnClass } from '../../src/policy/classification.ts';
import type { Context } from '../../src/policy/levels.ts';
import type { Subject } from '../../src/policy/subjects.ts';
import type { Form } from '../../src/records/forms.ts';
import type { Masked } from '../../src/records/mask.ts';
import type { Statement } from '../../src/records/query.ts';
import type { ViewShape } from '../../src/records/view.ts';
import type { Wall } from '../../src/records/wall.ts';
import { doors, type Door } from '../given-doors.ts';

export const builtService = async () => {
  await import('#built/app.module');
  return {
    ...(await import('#built/agencies/actors')),
    ...(await import('#built/entities')),
    ...(await import('#built/policy/classification')),
    ...(await import('#built/policy/columns')),
    ...(await import('#built/policy/conditions')),
    ...(await import('#built/policy/levels')),
    ...(await import('#built/policy/references')),
    ...(await import('#built/policy/subjects')),
    ...(await import('#built/records/database')),
    ...(await import('#built/records/forms')),
    ...(await import('#built/records/mask')),
    ...(await import('#built/records/query')),
    ...(await import('#built/records/references')),
    ...(await import('#built/records/view')),
    ...(await import('#built/records/wall')),
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

export interface Reader {
  id: string;
  subject: string;
  agencyId: string;
}

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

/** One changed row. Names are those of SQL. */
export interface Change {
  table: string;
  id: string;
  /** Of the columns that changed; null where the row came or went. */
  columns: readonly string[] | null;
}

/** Columns that change with every change, and decide nothing. */
const UNWEIGHED = ['version', 'changed_at'];

/** Every (record, action) by which some route reads. */
export async function channelsOf(service: Service): Promise<Channel[]> {
  const all = await doors(service);
  const found = new Map<string, Channel>();
  /** What the routes of a channel show; all that is classified, where records are read as such. */
  const shown = new Map<string, Map<string, ColumnClass>>();
  const ways: { action: string; subject: Subject }[] = service
    .declaredSubjects()
    .filter(({ grounds }) => grounds.some(({ actions }) => actions.includes('read')))
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
    const references = [...service.columnsOf(subject.type)].flatMap(([property, { type }]) =>
      /^uuid/.test(type) && property !== 'id' && properties.has(property) ? [property] : [],
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
  /** Of the moment at which it was asked. */
  reach: Reach;
}

export class Everybody {
  private readonly known = new Map<string, Known>();
  private readonly service: Service;
  readonly channels: Channel[];
  private readonly client: pg.Client;
  private readonly actors: InstanceType<Service['ActorsOfAgencies']>;
  private readonly idsOf: (table: string) => string[];
  private readonly concerned: (table: string, change: Change) => string[] | null;
  private readonly stop: () => Promise<void>;

  private constructor(
    service: Service,
    channels: Channel[],
    client: pg.Client,
    actors: InstanceType<Service['ActorsOfAgencies']>,
    idsOf: (table: string) => string[],
    concerned: (table: string, change: Change) => string[] | null,
    stop: () => Promise<void>,
  ) {
    this.service = service;
    this.channels = channels;
    this.client = client;
    this.actors = actors;
    this.idsOf = idsOf;
    this.concerned = concerned;
    this.stop = stop;
  }

  /**
   * `idsOf` answers the identifiers of all rows of a table; `concerned` those of a table that a change of another may concern,
   * or null where that may be any.
   */
  static async of(
    serviceUrl: string,
    idsOf: (table: string) => string[],
    concerned: (table: string, change: Change) => string[] | null,
  ): Promise<Everybody> {
    const service = await builtService();
    const source = await service.openDatabase(service.databaseOptions(serviceUrl, service.entities));
    const actors = new service.ActorsOfAgencies(source);
    const client = new pg.Client({ connectionString: serviceUrl, pipeline: true });
    client.on('error', () => undefined); // the database is dropped when the run ends
    await client.connect();
    await client.query(
      'SET plan_cache_mode = force_generic_plan; SET jit = off; SET max_parallel_workers_per_gather = 0',
    );
    return new Everybody(service, await channelsOf(service), client, actors, idsOf, concerned, async () => {
      await client.end();
      await actors.onApplicationShutdown();
      await source.destroy();
    });
  }

  close = (): Promise<void> => this.stop();

  /**
   * All that the person can read now; nothing for somebody who is not active. With `changes`, all rows that changed since the
   * last time are among them, and `isSame` says that neither the clock nor anything about people moved: then only those
   * channels are asked whose statement names what changed.
   */
  async reachOf(reader: Reader, now: Date, changes: readonly Change[] | null = null, isSame = false): Promise<Reach> {
    const known = this.known.get(reader.id);
    const actor = known && isSame ? Object.assign(known.actor, { now }) : await this.actor(reader, now);
    if (!actor) {
      this.known.delete(reader.id);
      return new Map();
    }
    const facts = known && isSame ? known.facts : JSON.stringify({ ...actor, now: null, call: null });
    const keeps = changes && known?.facts === facts;
    // the same object as long as no fact changed: statements and masks are kept with it
    const asking = known?.facts === facts ? Object.assign(known.actor, { now }) : actor;
    const reach: Reach = keeps ? new Map(known.reach) : new Map();
    const asked = this.channels.flatMap((channel) => {
      const ids = keeps ? this.touched(asking, channel, changes) : null;
      return ids?.length === 0 ? [] : [{ channel, ids }];
    });
    this.known.set(reader.id, { facts, actor: asking, reach });
    if (!asked.length) return reach;
    const { text, values } = this.service.entering(asking.wall as Wall);
    const answers = [this.client.query('BEGIN'), this.client.query({ name: 'enter', text, values })];
    const found = asked.map(({ channel, ids }) => ({ channel, ids, rows: this.ask(asking, channel, ids) }));
    for (const { channel, ids, rows } of found) {
      const seen = await rows;
      if (!seen) reach.delete(channel.name);
      else if (!ids) reach.set(channel.name, await this.masked(asking, channel, seen));
      else {
        const others = [...(reach.get(channel.name) ?? [])].filter(([id]) => !ids.includes(id));
        reach.set(channel.name, new Map([...others, ...(await this.masked(asking, channel, seen))]));
      }
    }
    answers.push(this.client.query('COMMIT'));
    await Promise.all(answers);
    return reach;
  }

  private actor({ id }: Reader, now: Date): Promise<Actor | null> {
    return this.actors.practitioner(id, { now, call: { correlationId: 'reach', route: 'TEST' } });
  }

  private readonly named = new Map<string, Map<string, boolean>>();

  /** Does the statement name the table or column? */
  private names(text: string, name: string): boolean {
    const known = this.named.get(text) ?? new Map<string, boolean>();
    if (!known.size) this.named.set(text, known);
    let isNamed = known.get(name);
    if (isNamed === undefined) known.set(name, (isNamed = text.includes(`"${name}"`)));
    return isNamed;
  }

  /** Which rows of the channel the changes may concern: by its statement, as far as that names them. Null where any may. */
  private touched(actor: Actor, channel: Channel, changes: readonly Change[]): string[] | null {
    const form = this.formOf(actor, channel);
    if (!form) return [];
    const references = this.referenceTexts(actor, channel);
    const own: string[] = [];
    for (const change of changes) {
      const { table, columns, id } = change;
      const isIn = (text: string): boolean =>
        this.names(text, table) &&
        (columns === null || columns.some((one) => !UNWEIGHED.includes(one) && this.names(text, one)));
      const isReferredTo = references.some(isIn);
      if (!isIn(form.text) && !isReferredTo) continue;
      if (table === channel.table) own.push(id);
      if (table !== channel.table || isReferredTo || form.text.split(`FROM "${table}"`).length > 2) {
        const others = this.concerned(channel.table, change);
        if (!others) return null;
        own.push(...others);
      }
    }
    return [...new Set(own)];
  }

  /** The statements that decide whether the references of the channel's rows are shown. */
  private referenceTexts(actor: Actor, { shape }: Channel): string[] {
    return [...shape.references.values()].flatMap(({ to, actions }) => {
      const type = to({});
      const types = type ? [type] : this.channels.map(({ subject }) => subject.type);
      return types.map((one) => {
        const make = (): Statement => this.service.knownSql(actor, one, actions, new this.service.Slot(0));
        return this.service.formOf(actor, `known ${actions.join(' ')} ${this.service.subjectOf(one).name}`, make).text;
      });
    });
  }

  /** The statement of a single read, for many rows: a list finds what single reads find. */
  private formOf(actor: Actor, { subject, action }: Pick<Channel, 'subject' | 'action'>): Form | null {
    if (!this.service.hasAnyGround(actor, subject, action)) return null;
    return this.service.formOf(actor, `reach ${action} ${subject.name}`, () => {
      const { text, values } = this.service.findSql(actor, subject.type, action, new this.service.Slot(0), false);
      const many = text.replace(/t\."id" = \$1(::uuid)?(?= AND )/, () => 't."id" = ANY($1::uuid[])');
      if (many === text) throw new Error(`a single read does not begin with the identifier: ${text}`);
      return { text: many, values };
    });
  }

  private async ask(actor: Actor, channel: Channel, ids: string[] | null): Promise<Row[] | null> {
    const form = this.formOf(actor, channel);
    if (!form) return null;
    const all = ids ?? this.idsOf(channel.table);
    const { rows } = await this.client.query<Row>(this.service.filled(form, [all], actor.now));
    return rows;
  }

  /** What a row shows where its reader may ask for it panel by panel: whatever one of them shows. */
  private widest(actor: Actor, shape: ViewShape, action: string, row: Row): Masked {
    const whole = this.service.mask(actor, shape, action, row);
    const context = row[this.service.CONTEXT] as Context | undefined;
    if (!context || context.panelIds.length < 2) return whole;
    const each = context.panelIds.map((panelId) =>
      this.service.mask(actor, shape, action, { ...row, [this.service.CONTEXT]: { ...context, panelIds: [panelId] } }),
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
    return actor !== undefined && this.service.hasAnyGround(actor, subject, action);
  }

  /** The rows on which the person may do this, as when their reach was asked: to draw commands that may be permitted. */
  mayDo(id: string, subject: Subject, action: string): Promise<string[]> {
    const actor = this.known.get(id)?.actor;
    if (!actor || !this.service.hasAnyGround(actor, subject, action)) return Promise.resolve([]);
    const key = `${id} ${action} ${subject.name}`;
    let found = this.ids.get(key);
    if (!found) this.ids.set(key, (found = this.permittedIds(actor, subject, action)));
    return found;
  }

  private async permittedIds(actor: Actor, subject: Subject, action: string): Promise<string[]> {
    const form = this.formOf(actor, { subject, action });
    if (!form) return [];
    const { text, values } = this.service.entering(actor.wall as Wall);
    const all = this.idsOf(this.service.tableOf(subject.type).slice(1, -1));
    const [, , { rows }] = await Promise.all([
      this.client.query('BEGIN'),
      this.client.query({ name: 'enter', text, values }),
      this.client.query<{ id: string }>(this.service.filled(form, [all], actor.now)),
      this.client.query('COMMIT'),
    ]);
    return rows.map((row) => row.id).sort();
  }

  /** The stamp of everything about people: as long as it stands, and the clock, nobody has to be read again. */
  async stamp(): Promise<string> {
    const { text, values } = this.service.entering(this.service.SERVICE_WALL);
    await this.client.query('BEGIN');
    const { rows } = await this.client.query<{ stamp: string }>({ name: 'enter', text, values });
    await this.client.query('COMMIT');
    this.ids.clear();
    return rows[0]?.stamp ?? '';
  }

  private async masked(actor: Actor, { action, shape, references }: Channel, found: Row[]): Promise<Rows> {
    const reach: Rows = new Map();
    const { rows, masks } = await this.service.withoutHiddenReferences(
      shape,
      found,
      found.map((row) => this.widest(actor, shape, action, row)),
      async (type, actions, ids) => {
        const { text, values } = this.service.knownSql(actor, type, actions, new this.service.Slot(0));
        const known = await this.client.query<{ id: string; readable: boolean }>(
          this.service.filled({ text, values } as Form, [ids], actor.now),
        );
        return new Map(known.rows.map(({ id, readable }) => [id, readable]));
      },
    );
    for (const [index, row] of rows.entries()) {
      const { shown } = masks[index] as Masked;
      const held = references.filter((one) => row[one] !== null && row[one] !== undefined && shown.includes(one));
      const fields = shown.join(' ');
      reach.set(row['id'] as string, {
        fields,
        references: Object.fromEntries(held.map((one) => [one, row[one] as string | string[]])),
      });
    }
    return reach;
  }
}
