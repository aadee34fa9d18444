/**
 * A sample of what was computed, confirmed over HTTP: records that somebody reads are answered with the fields that were
 * computed and no other, records that nobody lets them read are not there, and no raw answer of any route holds a value of a
 * field that its reader does not read. For that, texts in classified fields end with a marker of their own.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { doors, type Door } from '../../support/protected-routes.ts';
import type { Fault } from './bounds.ts';
import type { Mirror, Row } from './mirror.ts';
import type { Channel, Reach, Service } from './reach.ts';

const MARKER = /zq[a-p]{12}qz/g;
const CONFIRMED = 6;
const FOLLOWED = 2;
/** Members of the data of an event that are named differently from the field of the record. */
const MEMBERS: Record<string, string> = {
  from: 'status',
  instrument: 'instrumentId',
  method: 'evaluationMethod',
  smart: 'chairReason',
};
/** Timelines that are read because of an event about something withheld. */
const TIMELINES = 16;

/** Ends every free text of a classified field with a marker; words of lists, names and codes stay as they are. */
export async function plantMarkers(client: pg.Client, service: Service): Promise<void> {
  for (const { type } of service.declaredSubjects()) {
    const table = service.tableOf(type);
    for (const [field, { category }] of service.classifiedProperties(type)) {
      const column = service.columnsOf(type).get(field);
      if (category === 'administrative' || column?.type !== 'text') continue;
      await client.query('SAVEPOINT marking');
      try {
        await client.query(
          `UPDATE ${table} SET ${column.name} = ${column.name} || ' zq' ||
             translate(left(md5($1 || id::text), 12), '0123456789', 'ghijklmnop') || 'qz'
           WHERE ${column.name} ~ '\\w \\w+ \\w' AND length(${column.name}) < 900`,
          [`${table}.${field}`],
        );
      } catch {
        await client.query('ROLLBACK TO marking');
      }
    }
  }
}

/** Where each marker stands. */
function markersIn(mirror: Mirror): Map<string, { table: string; id: string; column: string }[]> {
  const found = new Map<string, { table: string; id: string; column: string }[]>();
  for (const [table, rows] of mirror.tables)
    for (const row of rows.values())
      for (const [column, value] of Object.entries(row))
        for (const [marker] of JSON.stringify(value ?? null).matchAll(MARKER))
          found.set(marker, [...(found.get(marker) ?? []), { table, id: row.id, column }]);
  return found;
}

export interface Sampling {
  service: Service;
  channels: readonly Channel[];
  mirror: Mirror;
  get: (who: string, path: string) => Promise<{ status: number; text: string }>;
}

export class Sample {
  requests = 0;
  markers = 0;
  private readonly given: Sampling;
  private readonly reads: { door: Door; tables: string[] }[];

  private constructor(given: Sampling, reads: { door: Door; tables: string[] }[]) {
    this.given = given;
    this.reads = reads;
  }

  static async of(given: Sampling): Promise<Sample> {
    const all = await doors(given.service);
    const tableOf = (door: Door): string => given.service.tableOf(door.subject.type).slice(1, -1);
    const at = (path: string): Door | undefined => all.find((one) => one.method === 'get' && one.path === path);
    const reads = all
      .filter(({ method }) => method === 'get')
      .flatMap((door) => {
        const tables = [...door.path.matchAll(/\{\w+\}/g)].map(({ 0: text, index }) => {
          const prefix = door.path.slice(0, index + text.length);
          const named = at(prefix) ?? at(prefix.slice(0, prefix.lastIndexOf('/')));
          return named && tableOf(named);
        });
        return tables.every((one) => one !== undefined) ? [{ door, tables }] : [];
      });
    return new Sample(given, reads);
  }

  /** Everything that the person can ask, for a few records each, and what is wrong with the answers. */
  async confirm(person: Row, reach: Reach): Promise<Fault[]> {
    const faults: Fault[] = [];
    const { mirror, get } = this.given;
    const who = person['subject'] as string;
    const known = markersIn(mirror);
    for (const { door, tables } of this.reads) {
      const last = tables.at(-1);
      const name = `${door.action} ${door.subject.name}`;
      const isSingle = door.path.endsWith('}') && door.subject === this.channel(name)?.subject;
      const read = [...(reach.get(name)?.keys() ?? [])];
      const ids = last
        ? isSingle
          ? [...this.some(read, CONFIRMED), ...this.some([...(mirror.tables.get(last)?.keys() ?? [])], CONFIRMED / 2)]
          : this.some([...(reach.get(`read ${this.subjectOf(last)}`)?.keys() ?? [])], FOLLOWED)
        : [''];
      for (const id of ids) {
        const path = this.address(door, tables, id);
        if (!path) continue;
        const { status, text } = await get(who, path);
        this.requests += 1;
        for (const [marker] of text.matchAll(MARKER)) {
          this.markers += 1;
          const places = known.get(marker) ?? [];
          if (places.length && !places.some((one) => this.isShown(reach, one)))
            faults.push({
              kind: `sample: ${door.name} answers with a value that its reader does not read (${places.map((one) => `${one.table}.${one.column}`).join(', ')})`,
              detail: `${who}: ${path}: ${marker} of ${places[0]?.id ?? ''}`,
            });
        }
        if (door.subject.name === 'Event' && door.isList && status === 200)
          faults.push(...this.told(who, path, reach, text));
        if (isSingle && tables.length === 1) faults.push(...this.compared(who, door, path, id, reach, status, text));
      }
    }
    return faults;
  }

  /** Timelines, each of another reader, with an event about a field that its record withholds from that reader. */
  timelinesOf(readers: readonly (readonly [Row, Reach])[]): [Row, string][] {
    const found = readers.flatMap(([person, reach]): [Row, string][] => {
      const cases = [...(reach.get('read Event')?.keys() ?? [])].flatMap((id) => {
        const event = this.given.mirror.one('events', id);
        const data = (event?.['data'] ?? {}) as Record<string, unknown>;
        const isPartly = this.withheldOf(reach, id, data).length > 0 || this.saysHiddenRepeat(reach, id, data);
        return event && isPartly ? [event['case_id'] as string] : [];
      });
      return this.some([...new Set(cases)], FOLLOWED).map((caseId) => [person, caseId]);
    });
    const at = new Map(found.map((one) => [`${one[0].id} ${one[1]}`, one]));
    return this.some([...at.keys()], TIMELINES).flatMap((key) => {
      const one = at.get(key);
      return one ? [one] : [];
    });
  }

  async confirmTimeline(person: Row, caseId: string, reach: Reach): Promise<Fault[]> {
    const who = person['subject'] as string;
    const path = `/v1/cases/${caseId}/timeline?limit=100`;
    const { status, text } = await this.given.get(who, path);
    this.requests += 1;
    return status === 200 ? this.told(who, path, reach, text) : [];
  }

  /** What an event says that is a field withheld from the reader, or no field of its record at all. */
  private withheldOf(reach: Reach, id: string, data: Record<string, unknown> | undefined): string[] {
    const row = this.given.mirror.one('events', id);
    const name = `read ${row?.['subject_type'] as string}`;
    const fields =
      reach
        .get(name)
        ?.get(row?.['subject_id'] as string)
        ?.fields.split(' ') ?? [];
    const { fields: changed = [], ...members } = (data ?? {}) as { fields?: string[] };
    const properties = this.channel(name)?.shape.properties;
    const columns = this.columnsOf(name);
    const isNoField = (member: string): boolean => columns !== undefined && !columns.has(member);
    const named = [...changed, ...Object.keys(members).map((member) => MEMBERS[member] ?? member)];
    return named.filter((one) => (properties?.has(one) && !fields.includes(one)) || isNoField(one));
  }

  /** Whether an event says that a case repeats one that the reader cannot read. */
  private saysHiddenRepeat(reach: Reach, id: string, data: Record<string, unknown> = {}): boolean {
    if (data['isRepeat'] !== true && data['kind'] !== 'repeat' && data['reason'] !== 'repeat') return false;
    const row = this.given.mirror.one('events', id);
    const previous = this.given.mirror.one('cases', row?.['case_id'])?.['previous_case_id'] as string | null;
    return typeof previous === 'string' && !reach.get('read Case')?.has(previous);
  }

  /** Principle 5: an event names no field, and shows no value of one, that its record withholds from the reader. */
  private told(who: string, path: string, reach: Reach, text: string): Fault[] {
    const { data } = JSON.parse(text) as { data: { id: string; data?: Record<string, unknown> }[] };
    return data.flatMap((event): Fault[] => {
      const row = this.given.mirror.one('events', event.id);
      if (this.saysHiddenRepeat(reach, event.id, event.data))
        return [
          {
            kind: `sample: an event tells of a repeat of a hidden case, in ${row?.['subject_type'] as string}`,
            detail: `${who}: ${path}: ${JSON.stringify(event.data)} of ${String(row?.['case_id'])}`,
          },
        ];
      const withheld = this.withheldOf(reach, event.id, event.data);
      return withheld.length
        ? [
            {
              kind: `sample: an event tells of a withheld field of ${row?.['subject_type'] as string}`,
              detail: `${who}: ${path}: ${withheld.join(', ')} of ${String(row?.['subject_id'])}`,
            },
          ]
        : [];
    });
  }

  private compared(
    who: string,
    door: Door,
    path: string,
    id: string,
    reach: Reach,
    status: number,
    text: string,
  ): Fault[] {
    const name = `${door.action} ${door.subject.name}`;
    const seen = reach.get(name)?.get(id);
    if (seen ? status !== 200 : status < 400)
      return [
        {
          kind: `sample: ${door.name} answers ${String(status)} where the computed reach says ${seen ? 'readable' : 'hidden'}`,
          detail: `${who}: ${path}`,
        },
      ];
    if (!seen) return [];
    const body = JSON.parse(text) as Record<string, unknown> & { withheld?: string[] };
    const shown = new Set(seen.fields.split(' '));
    const properties = this.channel(name)?.shape.properties;
    const wrong = Object.keys(body).filter((field) => properties?.has(field) && !shown.has(field));
    return wrong.length
      ? [
          {
            kind: `sample: ${door.name} shows fields that the computed reach withholds`,
            detail: `${who}: ${path}: ${wrong.join(', ')}`,
          },
        ]
      : [];
  }

  private columnsOf(name: string): ReadonlyMap<string, unknown> | undefined {
    const channel = this.channel(name);
    return channel && this.given.service.columnsOf(channel.subject.type);
  }

  private channel = (name: string): Channel | undefined => this.given.channels.find((one) => one.name === name);
  private subjectOf = (table: string): string =>
    this.given.channels.find((one) => one.table === table)?.subject.name ?? '';

  private isShown(reach: Reach, { table, id, column }: { table: string; id: string; column: string }): boolean {
    return this.given.channels.some((channel) => {
      if (channel.table !== table) return false;
      const fields = reach.get(channel.name)?.get(id)?.fields.split(' ');
      const property = [...this.given.service.columnsOf(channel.subject.type)].find(
        ([, one]) => one.name.slice(1, -1) === column,
      )?.[0];
      return fields !== undefined && property !== undefined && fields.includes(property);
    });
  }

  /** The same for the same people: drawn by a hash, not by the sequence of draws. */
  private some(all: readonly string[], most: number): string[] {
    const at = (id: string): string => createHash('sha256').update(id).digest('hex');
    return [...all].sort((a, b) => (at(a) < at(b) ? -1 : 1)).slice(0, most);
  }

  private address(door: Door, tables: string[], id: string): string | null {
    const { mirror } = this.given;
    const last = tables.at(-1);
    if (!last) return `${door.path}${door.isList ? '?limit=100' : ''}`;
    const row = mirror.one(last, id);
    const ids = tables.map((table, n) => {
      if (n === tables.length - 1) return id;
      const column = row && Object.keys(row).find((one) => mirror.target(last, one) === table);
      return column ? (row[column] as string | null) : null;
    });
    if (ids.some((one) => !one)) return null;
    let index = 0;
    return `${door.path.replaceAll(/\{\w+\}/g, () => ids[index++] as string)}${door.isList ? '?limit=100' : ''}`;
  }
}
