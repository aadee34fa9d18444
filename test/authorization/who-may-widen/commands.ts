/**
 * Commands, generated from the OpenAPI document: which operation, on which records, with which body. References are filled from
 * what the actor reads and, sometimes, from what is hidden from the actor; other values from a record of the same kind, so that
 * bodies hold together. A new route is used as soon as it is documented.
 */
import type { Chance } from '../../support/chance.ts';
import { doors, type Door } from '../../support/protected-routes.ts';
import { resolved, type Schema as Documented } from '../../support/operations.ts';
import type { Mirror, Row } from './mirror.ts';
import type { Reach, Service } from './reach.ts';

interface Schema extends Documented {
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
}

export interface Command {
  who: string;
  actorId: string;
  agencyId: string;
  operation: string;
  method: string;
  path: string;
  body: unknown;
}

/** An operation by one of the rights that it may ask for. */
export interface Usable {
  door: Door;
  right: string;
  /** The tables of the records named in the path, in order. */
  tables: string[];
  /** The table of the record that is made or changed. */
  about: string;
  /** The table of the record on which the actor must be permitted to act. */
  on: string;
  weight: number;
  tries: number;
  done: number;
  /** Names of the members of bodies that were accepted, each set as one text. */
  accepted: Set<string>;
  /** Sequences that were about it. */
  sequences: number;
}

/** Operations that say who reads, and how much more often they are drawn. */
const INTERESTING: [RegExp, number][] = [
  [/\/people$/, 5],
  [/\/people\/\{/, 12],
  [/POST \/v1\/referrals$/, 5],
  [/referrals\/\{id\}\/submission$/, 12],
  [/\/(submission|acceptance|redirection|approval|opening|ending|acknowledgement)$/, 4],
  [/POST .*\/memberships$/, 20],
  [/\/memberships/, 5],
  [/\/exclusions$/, 20],
  [/\/names\//, 12],
  [/\/reopening$/, 6],
  [/\/(emergency-accesses|invitations)$/, 12],
  [/\/meetings\/\{id\}\/listings$/, 12],
  [/bids\/\{id\}\/(listing|waiver-request)$|agenda\/circulation$|\/signatures$/, 6],
  [/\/(recusals|access-requests|research-requests)$/, 4],
  [/PATCH \/v1\/(cases|contributions|actions|persons)\//, 3],
  [/\/(contributions|release-requests)$/, 2],
  [/sharing-agreements|cycle|simulations|person-searches|explanations|meetings$/, 0.3],
];
/** What opens or closes for good what others need: a world would soon be used up. */
const RARE = /\/(closure|cancellation|postponement|withdrawal|suspension)$/;
const LEARNT = 3;

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string): string => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());

export interface Situation {
  mirror: Mirror;
  reach: Reach;
  now: Date;
  actor: Row;
  /** The rows on which the actor may do what a route does. */
  mayDo: (subject: Door['subject'], action: string) => Promise<string[]>;
  mightDo: MightDo;
  /** Rows that this sequence made. */
  made: { table: string; id: string }[];
  /** The operation that this sequence is about. */
  focus: Usable;
}

interface Drawn {
  command: Command;
  /** Name of the view that the answer is, where it is one. */
  view: string | undefined;
  /** The command as somebody gives it again who was told what is wrong: JSON Pointers into its body. */
  mended: (pointers: readonly string[]) => Command;
  /** Is told with which status the command ended, and with which body. */
  learn: (status: number, body: unknown) => void;
}

export type MightDo = (subject: Door['subject'], action: string) => boolean;

export class Commands {
  private readonly c: Chance;
  private readonly usable: Usable[];
  private readonly channels: Map<string, string>;
  private serial = 0;

  private constructor(c: Chance, usable: Usable[], channels: Map<string, string>) {
    this.c = c;
    this.usable = usable;
    this.channels = channels;
  }

  static async of(service: Service, c: Chance, channels: { name: string; table: string }[]): Promise<Commands> {
    const all = await doors(service);
    const table = (door: Door): string => service.tableOf(door.subject.type).slice(1, -1);
    const tableAt = (prefix: string, path: string): string => {
      const at = (method: string, where: string): Door | undefined =>
        all.find((one) => one.method === method && one.path === where);
      const found = at('get', prefix) ?? at('patch', prefix) ?? at('get', prefix.slice(0, prefix.lastIndexOf('/')));
      if (!found) throw new Error(`no route tells what is named at the end of ${prefix} in ${path}`);
      return table(found);
    };
    const usable = all
      .filter(({ method }) => method !== 'get')
      .flatMap((door): Usable[] => {
        const tables = [...door.path.matchAll(/\{\w+\}/g)].map(({ 0: text, index }) =>
          tableAt(door.path.slice(0, index + text.length), door.path),
        );
        let about = table(door);
        try {
          if (door.view) about = service.tableOf(service.shapeOf(service.viewNamed(door.view)).record).slice(1, -1);
        } catch {
          // its answer is no view of a record
        }
        const factor = INTERESTING.find(([pattern]) => pattern.test(door.name))?.[1] ?? 1;
        const weight = factor * (RARE.test(door.path) ? 0.25 : 1);
        const use = { door, tables, about, on: table(door), weight, tries: 0, done: 0, sequences: 0 };
        return rightsOf(door).map((right) => ({ ...use, right, accepted: new Set() }));
      });
    return new Commands(c, usable, new Map(channels.map(({ name, table: of }) => [name, of])));
  }

  /** A command that may be permitted. */
  async draw(situation: Situation): Promise<Drawn> {
    let use = this.c.happens(0.35) ? situation.focus : this.likely();
    let may = await this.permitted(use, situation);
    for (let turn = 0; turn < 20 && !may.length && !this.c.happens(0.02); turn += 1) {
      use = this.likely();
      may = await this.permitted(use, situation);
    }
    const { path, named } = this.address(use, situation, may);
    const state = this.stateOf(use.door.name, named.at(-1), situation.mirror);
    const command: Command = {
      who: situation.actor['subject'] as string,
      actorId: situation.actor.id,
      agencyId: situation.actor['agency_id'] as string,
      operation: use.door.name,
      method: use.door.method,
      path,
      body: use.door.takes ? this.body(use, situation, named) : undefined,
    };
    return {
      command,
      view: use.door.isList ? undefined : use.door.view,
      mended: (pointers) => {
        const body = this.mended(use, command.body as Record<string, unknown>, pointers, situation, named);
        return { ...command, body };
      },
      learn: (status, body) => {
        use.tries += 1;
        state.tries += 1;
        if (status >= 300) return;
        state.done += 1;
        use.done += 1;
        if (body) use.accepted.add(Object.keys(body).sort().join());
      },
    };
  }

  /** The operation for a sequence: in turn, more often what says who reads. */
  focus(): Usable {
    const behind = (one: Usable): number => (one.sequences + 1) / one.weight;
    const next = this.usable.reduce((least, one) => (behind(one) < behind(least) ? one : least));
    next.sequences += 1;
    return next;
  }

  /** Is there anything on which the actor may do what the operation does, as far as one can tell without looking? */
  isFor({ door, right }: Usable, mightDo: MightDo): boolean {
    return mightDo(door.subject, right);
  }

  /** The rows on which the operation may be permitted. */
  private async permitted({ door, right }: Usable, { mightDo, mayDo }: Situation): Promise<string[]> {
    return mightDo(door.subject, right) ? mayDo(door.subject, right) : [];
  }

  private likely(): Usable {
    // what is seldom permitted is tried less, and what was done often already
    return this.weighted(
      this.usable,
      (one) => (one.weight * ((LEARNT * one.done + 2) / (one.tries + 2) + 0.1)) / Math.sqrt(1 + one.done / one.weight),
    );
  }

  /** Operations that were never permitted, and how often each was. */
  get used(): Record<string, number> {
    const times: Record<string, number> = {};
    for (const { door, done } of this.usable) times[door.name] = (times[door.name] ?? 0) + done;
    return times;
  }

  weighted<T>(all: readonly T[], weigh: (one: T) => number): T {
    const weights = all.map(weigh);
    let at = this.c.next() * weights.reduce((sum, one) => sum + one, 0);
    for (const [n, weight] of weights.entries()) {
      at -= weight;
      if (at <= 0) return all[n] as T;
    }
    return all.at(-1) as T;
  }

  private address(
    { door, tables, on }: Usable,
    situation: Situation,
    may: readonly string[],
  ): { path: string; named: Row[] } {
    const { mirror } = situation;
    const rows = mirror.these(on, may);
    const last = tables.at(-1);
    // what the body is to name
    if (!last) return { path: door.path, named: rows.length ? [this.fit(door.name, rows, mirror)] : [] };
    const target =
      !rows.length || this.c.happens(0.1) ? undefined : this.fit(door.name, this.telling(rows, situation), mirror);
    const row = target && on === last ? target : this.near(last, situation, on, target);
    // each row before the last is one that the row after it names, or the one after that
    const named = tables.map((): Row | undefined => undefined);
    for (let n = tables.length - 1; n >= 0; n -= 1) {
      const table = tables[n] as string;
      named[n] =
        n === tables.length - 1 ? row : (this.namedBy(named, tables, n, mirror) ?? this.some(table, situation));
    }
    let index = 0;
    const path = door.path.replaceAll(/\{\w+\}/g, () => named[index++]?.id ?? this.c.uuid());
    return { path, named: named.filter((one) => one !== undefined) };
  }

  /** The row of the table at place `n` to which one of the rows after it refers. */
  private namedBy(
    named: readonly (Row | undefined)[],
    tables: readonly string[],
    n: number,
    mirror: Mirror,
  ): Row | undefined {
    for (let at = n + 1; at < tables.length; at += 1) {
      const row = named[at];
      const column = row && Object.keys(row).find((one) => mirror.target(tables[at] as string, one) === tables[n]);
      if (column) return mirror.one(tables[n] as string, row[column]);
    }
    return undefined;
  }

  /** The rows, or those of them that are more telling: new, opened, ended, outside the actor's panels, or named by an exclusion. */
  private telling(rows: Row[], { mirror, made, actor, now }: Situation): Row[] {
    const fresh = rows.filter(({ id }) =>
      made.some((one) => one.id === id || mirror.one(one.table, one.id)?.['case_id'] === id),
    );
    if (fresh.length && this.c.happens(0.4)) return fresh;
    const emergencies = new Set<unknown>(openInEmergency(mirror, actor, now).map(({ id }) => id));
    const opened = rows.filter((row) => emergencies.has(row.id) || emergencies.has(row['case_id']));
    if (opened.length && this.c.happens(0.4)) return opened;
    const own = new Set(mirror.where('memberships', { practitioner_id: actor.id }).map((row) => row['panel_id']));
    const names = new Set(mirror.all('exclusions').map((row) => row['name_key']));
    const today = now.toISOString().slice(0, 10);
    const few = rows.filter(
      (row) =>
        ('panel_id' in row && !own.has(row['panel_id'])) ||
        ('name_key' in row && names.has(row['name_key'])) ||
        (typeof row['valid_to'] === 'string' && row['valid_to'] < today),
    );
    return few.length && this.c.happens(0.4) ? few : rows;
  }

  /** How often an operation was permitted on a record in this state. */
  private readonly states = new Map<string, { tries: number; done: number }>();
  private stateOf(operation: string, row: Row | undefined, mirror: Mirror): { tries: number; done: number } {
    // often what a record is part of decides
    const above = ['case_id', 'referral_id', 'meeting_id'].flatMap(
      (column) => mirror.one(`${column.slice(0, -3)}s`, row?.[column]) ?? [],
    );
    const key = `${operation} ${JSON.stringify([...above, row ?? {}].map(stateIn))}`;
    const known = this.states.get(key) ?? { tries: 0, done: 0 };
    this.states.set(key, known);
    return known;
  }

  /** One of a few rows: rather one in a state in which the operation was permitted before. */
  private fit(operation: string, rows: readonly Row[], mirror: Mirror): Row {
    const few = Array.from({ length: 5 }, () => this.c.pick(rows));
    return this.weighted(few, (row) => {
      const { tries, done } = this.stateOf(operation, row, mirror);
      return (4 * done + 1) / (tries + 1);
    });
  }

  /** A row of the table to which the target belongs, or that belongs with it. */
  private near(table: string, situation: Situation, on: string, target: Row | undefined): Row | undefined {
    const column = target && Object.keys(target).find((one) => situation.mirror.target(on, one) === table);
    if (target && column) return situation.mirror.one(table, target[column]);
    return this.some(table, situation, (row) => target !== undefined && row['panel_id'] === target.id);
  }

  /** A row of the table: one that this sequence made, one that the actor reads, or any at all. */
  private some(table: string, { mirror, reach, made }: Situation, suits: (row: Row) => boolean = () => true) {
    const fresh = made.filter((one) => one.table === table).flatMap(({ id }) => mirror.one(table, id) ?? []);
    if (fresh.length && this.c.happens(0.4)) return this.c.pick(fresh);
    if (this.c.happens(0.85)) {
      const ids = [...this.channels].flatMap(([name, of]) =>
        of === table ? [...(reach.get(name)?.keys() ?? [])] : [],
      );
      const rows = mirror.these(table, ids);
      const suited = rows.filter(suits);
      if (suited.length && this.c.happens(0.75)) return this.c.pick(suited);
      if (rows.length) return this.c.pick(rows);
    }
    const all = mirror.all(table);
    return all.length ? this.c.pick(all) : undefined;
  }

  private body({ door, about, accepted }: Usable, situation: Situation, named: Row[]): unknown {
    const like = situation.mirror.all(about).filter((row) => row['panel_id'] === named[0]?.['panel_id']);
    const all = situation.mirror.all(about);
    const template = like.length && this.c.happens(0.6) ? this.c.pick(like) : all.length ? this.c.pick(all) : undefined;
    const isPatch = door.method === 'patch';
    const known = !isPatch && accepted.size && this.c.happens(0.5) ? this.c.pick([...accepted]).split(',') : null;
    const body = this.object(door.takes as Schema, about, template, situation, named, { isPatch, known });
    const whole = this.referring(this.concerning(body, situation), situation);
    return this.replacing(door.takes as Schema, about, whole, situation, named);
  }

  /** Who is named together with a person is mostly somebody who sits where that person is discussed, often where the actor does not. */
  private concerning(drawn: Record<string, unknown>, { mirror, actor }: Situation): Record<string, unknown> {
    const isAbout = [drawn['practitionerId'], drawn['agencyId']].some((one) => typeof one === 'string');
    if (typeof drawn['personId'] !== 'string' || !isAbout || this.c.happens(0.4)) return drawn;
    const shared = this.c.happens(0.5) ? this.knownToTwoPanels(mirror, actor) : [];
    const body = shared.length ? { ...drawn, ...this.c.pick(shared) } : drawn;
    const { personId, practitionerId, agencyId } = body;
    const panels = new Set(mirror.where('case_people', { person_id: personId }).map((row) => row['panel_id']));
    const seats = mirror.where('memberships', { tier: 'core' }).filter((row) => panels.has(row['panel_id']));
    if (!seats.length) return body;
    const own = new Set(mirror.where('memberships', { practitioner_id: actor.id }).map((row) => row['panel_id']));
    const elsewhere = seats.filter((row) => !own.has(row['panel_id']));
    const seat = this.c.pick(elsewhere.length && this.c.happens(0.5) ? elsewhere : seats);
    return {
      ...body,
      ...(typeof practitionerId === 'string' ? { practitionerId: seat['practitioner_id'] } : {}),
      ...(typeof agencyId === 'string' ? { agencyId: seat['agency_id'] } : {}),
    };
  }

  /**
   * Whom a new referral is about is mostly of the actor's agency and of the partnership of the panel; in an emergency, somebody of
   * the case that it opened, put before the panel of that case.
   */
  private referring(drawn: Record<string, unknown>, { mirror, actor, now }: Situation): Record<string, unknown> {
    if (typeof drawn['subjectKind'] !== 'string' || typeof drawn['panelId'] !== 'string') return drawn;
    const emergencies = openInEmergency(mirror, actor, now);
    const opened = emergencies.length && this.c.happens(0.5) ? this.c.pick(emergencies) : undefined;
    if (!opened && this.c.happens(0.3)) return drawn;
    const panelId = opened?.['panel_id'] ?? drawn['panelId'];
    const partnership = mirror.one('panels', panelId)?.['partnership_id'];
    const own = { agency_id: actor['agency_id'], partnership_id: partnership };
    const people = opened
      ? mirror.where('case_people', { case_id: opened.id }).map((row) => row['person_id'])
      : mirror.where('persons', own).map(({ id }) => id);
    const places = opened ? [] : mirror.where('places', own).map(({ id }) => id);
    const { personId: _, placeId: __, groupId: ___, ...body } = drawn;
    if (drawn['subjectKind'] === 'place' && places.length) return { ...body, placeId: this.c.pick(places) };
    if (!people.length) return drawn;
    const kind = drawn['subjectKind'].startsWith('person') ? drawn['subjectKind'] : 'person_perpetrator';
    return { ...body, panelId, subjectKind: kind, personId: this.c.pick(people) };
  }

  /** People whom cases of several panels name, with a panel of them on which the actor sits. */
  private knownToTwoPanels(mirror: Mirror, actor: Row): { personId: string; panelId: string }[] {
    const own = new Set(mirror.where('memberships', { practitioner_id: actor.id }).map((row) => row['panel_id']));
    const roles = Map.groupBy(mirror.all('case_people'), (row) => row['person_id'] as string);
    return [...roles].flatMap(([personId, some]) => {
      const panels = [...new Set(some.map((row) => row['panel_id'] as string))];
      return panels.length > 1
        ? panels.filter((panelId) => own.has(panelId)).map((panelId) => ({ personId, panelId }))
        : [];
    });
  }

  /** The body with other values where it was wrong: left out, given, or given anew. */
  private mended(
    { door, about }: Usable,
    body: Record<string, unknown>,
    pointers: readonly string[],
    situation: Situation,
    named: Row[],
  ): Record<string, unknown> {
    const { properties = {}, required = [] } = door.takes as Schema;
    const given = new Map(Object.entries(body));
    const template = this.c.pick(situation.mirror.all(about).concat({ id: '' }));
    for (const name of new Set(pointers.map((one) => one.split('/')[1] ?? ''))) {
      const schema = properties[name];
      if (!schema || (given.has(name) && !required.includes(name) && this.c.happens(0.5))) given.delete(name);
      else given.set(name, this.value(name, schema, about, template, situation, named));
    }
    // of several that exclude each other, one is named
    const optional = [...given.keys()].filter((name) => !required.includes(name));
    if (optional.length && this.c.happens(0.5)) given.delete(this.c.pick(optional));
    const whole = Object.fromEntries(given);
    return 'replacesId' in whole ? this.replacing(door.takes as Schema, about, whole, situation, named) : whole;
  }

  /** What a record replaces is mostly one of the same person, in the same panel. */
  private replacing(
    { properties = {} }: Schema,
    about: string,
    body: Record<string, unknown>,
    { mirror, now }: Situation,
    named: Row[],
  ): Record<string, unknown> {
    const { practitionerId } = body;
    if (!('replacesId' in properties) || typeof practitionerId !== 'string' || this.c.happens(0.3)) return body;
    const today = now.toISOString().slice(0, 10);
    const isOver = (row: Row): boolean => typeof row['valid_to'] === 'string' && row['valid_to'] < today;
    const seats = mirror
      .where(about, { practitioner_id: practitionerId })
      .filter((row) => named.some(({ id }) => id === row['panel_id']))
      .reverse();
    const earlier = seats.find((row) => !isOver(row)) ?? seats[0];
    if (!earlier) return body;
    // nothing is replaced in the past
    const validFrom = 'validFrom' in properties && this.c.happens(0.7) ? { validFrom: today } : {};
    return { ...body, ...validFrom, replacesId: earlier.id, replaceReason: 'Written by a generated command.' };
  }

  private object(
    schema: Schema,
    table: string,
    template: Row | undefined,
    situation: Situation,
    named: Row[],
    { isPatch = false, known = null }: { isPatch?: boolean; known?: readonly string[] | null } = {},
  ): Record<string, unknown> {
    const all = Object.entries(schema.properties ?? {});
    const naming = all.find(([name]) => name === 'name');
    const one = isPatch && all.length ? (naming && this.c.happens(0.3) ? naming : this.c.pick(all))[0] : '';
    const isTaken = (name: string): boolean =>
      known ? known.includes(name) : isPatch ? name === one || this.c.happens(0.1) : this.c.happens(0.5);
    const taken = all.filter(([name]) => schema.required?.includes(name) || isTaken(name));
    return Object.fromEntries(
      taken.map(([name, of]) => [name, this.value(name, of as Schema, table, template, situation, named)]),
    );
  }

  private value(
    name: string,
    given: Schema,
    table: string,
    template: Row | undefined,
    situation: Situation,
    named: Row[],
  ): unknown {
    const { c } = this;
    const schema = (resolved(given) ?? {}) as Schema;
    const types = [schema.type].flat();
    const column = snake(name);
    const old = template?.[column];
    const mayBeNull = types.includes('null');
    if (schema.format === 'uuid') {
      if (mayBeNull && (old === null || old === undefined) && c.happens(0.93)) return null;
      return this.reference(table, column, situation, named) ?? (mayBeNull ? null : c.uuid());
    }
    if (types.includes('array')) {
      const items = (resolved(schema.items) ?? {}) as Schema;
      if (items.format === 'uuid')
        return Array.from({ length: 1 + c.int(2) }, () => this.reference(table, column, situation, named)).filter(
          Boolean,
        );
      if (Array.isArray(old) && !/zq[a-p]{12}qz/.test(JSON.stringify(old)) && c.happens(0.8)) return camelled(old);
      if (items.enum) return c.some(items.enum, 0.2);
      if ([items.type].flat().includes('object'))
        return Array.from({ length: Math.max(schema.minItems ?? 0, c.int(2)) }, () => {
          const inner = `${table.replace(/s$/, '')}_${column}`;
          const rows = situation.mirror.all(inner);
          return this.object(
            items,
            rows.length ? inner : table,
            rows.length ? c.pick(rows) : undefined,
            situation,
            named,
          );
        });
      return schema.minItems ? [this.text(name, items)] : [];
    }
    if (schema.enum) {
      if (schema.enum.includes(old) && c.happens(0.6)) return old;
      return c.pick(schema.enum);
    }
    if (schema.format === 'date') return this.moment(name, situation.now).toISOString().slice(0, 10);
    if (schema.format === 'date-time') return this.moment(name, situation.now).toISOString();
    if (name === 'name' && table === 'exclusions')
      return mayBeNull && old === null && c.happens(0.9) ? null : c.pick(situation.mirror.all('practitioners'))['name'];
    if (name === 'caseReference') return this.some('cases', situation)?.['reference'];
    if (name === 'submit') return c.happens(0.7);
    // a text of another record would be passed on with the marker of its field
    const isMarked = /zq[a-p]{12}qz/.test(JSON.stringify(old ?? null));
    if (old !== undefined && old !== null && !isMarked && c.happens(0.75)) {
      if (types.includes('object') || typeof old !== 'object') return camelled(old);
    }
    if (types.includes('boolean')) return c.happens(0.5);
    if (types.includes('integer') || types.includes('number'))
      return Math.min((schema.minimum ?? 0) + c.int(4), schema.maximum ?? 1000);
    if (types.includes('object')) return this.object(schema, table, template, situation, named);
    if (mayBeNull && c.happens(0.4)) return null;
    const text = this.text(name, schema);
    return schema.pattern && !new RegExp(schema.pattern).test(text) && mayBeNull ? null : text;
  }

  private reference(table: string, column: string, situation: Situation, named: Row[]): string | null {
    const to = situation.mirror.target(table, column.replace(/_ids$/, '_id'));
    if (!to) return null;
    // nobody acts for themselves: so this is what is tried most
    if (to === 'practitioners' && this.c.happens(0.2)) return situation.actor.id;
    if (to === 'agencies' && this.c.happens(0.2)) return situation.actor['agency_id'] as string;
    const colleagues = to === 'practitioners' && this.c.happens(0.25) ? colleaguesOf(situation) : [];
    if (colleagues.length) return this.c.pick(colleagues).id;
    // what one panel does may reach another
    if ((to === 'persons' || to === 'practitioners') && this.c.happens(0.45)) {
      const several = ofSeveralPanels(situation.mirror, to, named[0]);
      if (several.length) return this.c.pick(several);
    }
    const partnership = named.find((row) => row['partnership_id'])?.['partnership_id'];
    if ((to === 'agencies' || to === 'practitioners') && partnership && this.c.happens(0.6)) {
      const acting = new Set(
        situation.mirror.where('agency_partnerships', { partnership_id: partnership }).map((row) => row['agency_id']),
      );
      const there = situation.mirror.all(to).filter((row) => acting.has(to === 'agencies' ? row.id : row['agency_id']));
      if (there.length) return this.c.pick(there).id;
    }
    const listing = to === 'cases' && named[0] ? this.caseToList(situation.mirror, named[0]) : undefined;
    if (listing) return listing;
    const about = new Set(named.flatMap((row) => [row.id, row['case_id'], row['meeting_id']]));
    const panel = named[0]?.['panel_id'];
    const suits = (row: Row): boolean =>
      about.has(row.id) ||
      about.has(row['case_id']) ||
      about.has(row['meeting_id']) ||
      (panel !== undefined && row['panel_id'] === panel);
    return this.some(to, situation, suits)?.id ?? null;
  }

  /** An open case of the meeting's panel that the meeting has not on its list. */
  private caseToList(mirror: Mirror, meeting: Row): string | undefined {
    if (!mirror.one('meetings', meeting.id) || !this.c.happens(0.6)) return undefined;
    const listed = new Set(mirror.where('listings', { meeting_id: meeting.id }).map((row) => row['case_id']));
    const open = mirror
      .where('cases', { panel_id: meeting['panel_id'] })
      .filter((row) => row['stage'] !== 'closed' && !listed.has(row.id));
    return open.length ? this.c.pick(open).id : undefined;
  }

  private moment(name: string, now: Date): Date {
    const ends = /(to|until|expires|closes|ends?|due)(At|On)?$/i.test(name);
    const begins = /(from|since|opens|start)(At|On)?$/i.test(name);
    const days = this.c.pick(
      ends ? [2, 5, 10, 30, 80, 200, 1500, 26_000] : begins ? [-1000, -30, 0, 0, 0, 1, 1500] : [-20, -2, 0, 3, 7, 20],
    );
    return new Date(now.getTime() + days * 86_400_000);
  }

  private text(name: string, schema: Schema): string {
    this.serial += 1;
    if (name === 'email') return `somebody.${String(this.serial)}@example.org`;
    if (schema.pattern?.startsWith('^[a-z]')) return 'repeat_location';
    if (name === 'name' && this.c.happens(0.5)) return `Somebody Generated${String(this.serial)}`;
    const text = `Written by generated command ${String(this.serial)}.`;
    return schema.maxLength ? text.slice(0, schema.maxLength) : text;
  }
}

/** What says how far a record has come: its status, and what has happened to it. */
const stateIn = (row: Partial<Row>): unknown => [
  row['status'],
  row['stage'],
  Object.entries(row).flatMap(([column, value]) =>
    value !== null &&
    /^(ended|approved|closed|heard|recalled|told|withdrawn|voided)_(at|by_id)$|^(until|valid_to|outcome|pending)$/.test(
      column,
    )
      ? column
      : [],
  ),
];

/** The right that a route asks for, and narrower ones that it may ask for by what the body says: `appoint`, `appoint-chairs`. */
export function rightsOf({ action, subject }: Door): string[] {
  const all = subject.allowRules.flatMap(({ actions }) => [...actions] as string[]);
  return [...new Set([action, ...all.filter((one) => one.startsWith(`${action}-`))])];
}

/** Cases that the actor reads by an emergency access that is open. */
const openInEmergency = (mirror: Mirror, actor: Row, now: Date): Row[] =>
  mirror
    .where('emergency_accesses', { practitioner_id: actor.id, ended_at: null })
    .filter((one) => Date.parse(one['expires_at'] as string) > now.getTime())
    .flatMap((one) => mirror.one('cases', one['case_id']) ?? []);

const colleaguesOf = ({ mirror, actor }: Situation): Row[] =>
  mirror.where('practitioners', { agency_id: actor['agency_id'] }).filter(({ id }) => id !== actor.id);

/** People whom cases of several panels name, or who sit on several; where a record stands in a panel, on that one and others. */
function ofSeveralPanels(mirror: Mirror, table: 'persons' | 'practitioners', beside: Row | undefined): string[] {
  const [naming, column] = table === 'persons' ? ['case_people', 'person_id'] : ['memberships', 'practitioner_id'];
  const panels = Map.groupBy(mirror.all(naming), (row) => row[column] as string);
  const isHere = (row: Row): boolean => row['panel_id'] === (beside?.['panel_id'] ?? beside?.id);
  const several = [...panels].filter(([, rows]) => new Set(rows.map((row) => row['panel_id'])).size > 1);
  const here = several.filter(([, rows]) => rows.some(isHere));
  return (here.length ? here : several).map(([id]) => id).sort();
}

function camelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [camel(key), camelled(one)]));
}
