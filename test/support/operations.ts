/**
 * What the OpenAPI document says this service does, as specs use it: its operations, a body that each would accept, and
 * the addresses of the records that somebody can walk to from the lists. A new area is swept as soon as it is documented.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import type { Caller } from './people.ts';

export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  minItems?: number;
  minLength?: number;
}

interface Message {
  $ref?: string;
  content?: Record<string, { schema?: Schema }>;
}

interface Documented {
  parameters?: { in: string; name: string; required?: boolean; schema?: Schema }[];
  requestBody?: Message;
  responses: Record<string, Message>;
  'x-max-body-bytes'?: number;
}

interface Refusal {
  /** Who may be answered 403 here; wherever one signs in, also whoever is not known to the service. */
  'x-refuses'?: 'anybody' | 'readers' | 'clients' | 'unknown';
}

export type Method = 'get' | 'post' | 'patch' | 'put' | 'delete';

export interface Operation {
  /** Such as `PATCH /v1/cases/{id}`. */
  name: string;
  method: Method;
  path: string;
  /** Of the body, where it takes one. */
  takes?: Schema;
  /** Of the answer, where it is JSON. */
  answers?: Schema;
  /** Of each line of the answer, where it is lines of JSON. */
  lines?: Schema;
  /** Its types, where it is a file and not JSON. */
  files: string[];
  /** The view that the answer is, such as `CaseView`. */
  view?: string;
  /** What it can be asked in its address. */
  asks: string[];
  /** Whom it may answer 403. */
  refuses: Refusal['x-refuses'];
  /** Answers with a page. */
  isList: boolean;
  /** Answers with a page of records, not of figures about them. */
  isOfRecords: boolean;
  /** Changes a record that was read before. */
  needsIfMatch: boolean;
  /** The most bytes of its body, where it takes one. */
  maxBodyBytes: number | undefined;
  /** Makes a record once, however often it is called with one key. */
  takesKey: boolean;
}

export const openApi: {
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Refusal> };
} = JSON.parse(fs.readFileSync('openapi/openapi.json', 'utf8'));

const nameOf = (schema: Schema | undefined): string | undefined =>
  /^#\/components\/schemas\/(.+)$/.exec(
    schema?.$ref ?? schema?.allOf?.[0]?.$ref ?? schema?.oneOf?.[0]?.$ref ?? '',
  )?.[1];

export function resolved(schema: Schema | undefined): Schema | undefined {
  const name = nameOf(schema);
  return name ? openApi.components.schemas[name] : schema;
}

const jsonOf = (message: Message | undefined): Schema | undefined => message?.content?.['application/json']?.schema;
const refusalOf = ({ $ref }: Message = {}): Refusal['x-refuses'] =>
  openApi.components.responses[$ref?.slice($ref.lastIndexOf('/') + 1) ?? '']?.['x-refuses'];

/** Pages with a line for each agency or panel, of figures about the records that concern the reader. */
const OF_FIGURES = ['/v1/action-ledger', '/v1/meetings/{id}/chairs'];

export const operations: Operation[] = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => {
    const { parameters = [], responses } = operation;
    const answer = jsonOf(responses['200'] ?? responses['201']);
    const answers = resolved(answer);
    return {
      name: `${method.toUpperCase()} ${path}`,
      method: method as Method,
      path,
      takes: resolved(jsonOf(operation.requestBody)),
      answers,
      isOfRecords: answers?.properties?.['data']?.items?.$ref !== undefined && !OF_FIGURES.includes(path),
      lines: resolved((responses['200'] ?? responses['201'])?.content?.['application/x-ndjson']?.schema),
      files: answer ? [] : Object.keys((responses['200'] ?? {}).content ?? {}),
      refuses: refusalOf(responses['403']),
      view: nameOf(answer),
      asks: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
      isList: answers?.properties?.['data']?.type === 'array',
      needsIfMatch: parameters.some(({ name, required }) => name === 'If-Match' && required === true),
      maxBodyBytes: operation['x-max-body-bytes'],
      takesKey: parameters.some(({ name }) => name === 'Idempotency-Key'),
    };
  }),
);

/** What is about records: not the health of the process. */
export const v1 = operations.filter(({ path }) => path.startsWith('/v1/'));
export const lists = new Map(
  operations.filter(({ isList, method }) => isList && method === 'get').map((one) => [one.path, one]),
);
export const hasId = ({ path }: Operation): boolean => path.includes('{');

/** The address with each identifier in it replaced. */
export const withIds = (path: string, id: (index: number) => string): string => {
  let index = 0;
  return path.replaceAll(/\{[^}]+\}/g, () => id(index++));
};

export const unknown = (path: string): string => withIds(path, () => randomUUID());

/** The address of the same shape at which there is nothing. */
export const emptied = (address: string): string =>
  address.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, () => randomUUID());

/** Pattern of every text that has no other. */
const ANY_TEXT = '^[^\\u0000]*$';

/** The smallest value that the schema allows. */
export function sample(schema: Schema = {}, name = ''): unknown {
  const one = resolved(schema) ?? {};
  const types = [one.type].flat();
  if (types.includes('null')) return null;
  if (one.enum) return one.enum[0];
  if (types.includes('object'))
    return Object.fromEntries((one.required ?? []).map((key) => [key, sample(one.properties?.[key], key)]));
  if (types.includes('array')) return one.minItems ? [sample(one.items)] : [];
  if (types.includes('boolean')) return false;
  if (types.includes('integer')) return one.minimum ?? 0;
  if (one.format === 'uuid') return randomUUID();
  if (one.format === 'date') return '2026-11-20';
  if (one.format === 'date-time') return '2026-11-20T10:00:00.000Z';
  if (name === 'email') return 'someone@example.org';
  return one.pattern && one.pattern !== ANY_TEXT ? 'read' : 'x'.repeat(Math.max(one.minLength ?? 3, 3));
}

/** Sends the operation to an address, with a body that passes validation and, where it is asked for, an If-Match. */
export function send(
  caller: Caller,
  operation: Operation,
  address: string,
  body = sample(operation.takes),
  etag = '*',
) {
  const test = caller.call(operation.method, address);
  if (operation.needsIfMatch) void test.set('if-match', etag);
  return operation.takes ? test.send(body as object) : test;
}

/** Follows the lists as one person, and knows the addresses of the records in them. */
export class Walk {
  private readonly ids = new Map<string, Promise<string[]>>();
  readonly caller: Caller;
  /** How many records of one list are followed into what they hold. */
  private readonly breadth: number;

  constructor(caller: Caller, breadth = 100) {
    this.caller = caller;
    this.breadth = breadth;
  }

  /** The addresses of this path at which there is something for this person. */
  async addresses(path: string): Promise<string[]> {
    const begin = path.lastIndexOf('{');
    if (begin < 0) return [path];
    const collection = path.slice(0, begin - 1);
    const rest = path.slice(path.indexOf('}', begin) + 1);
    const found = new Set<string>();
    for (const source of sourcesOf(collection))
      for (const list of spread(await this.addresses(source), this.breadth))
        for (const id of await this.idsIn(list)) found.add(`${source === collection ? list : collection}/${id}${rest}`);
    return [...found];
  }

  private idsIn(list: string): Promise<string[]> {
    const known = this.ids.get(list) ?? this.fetch(list);
    this.ids.set(list, known);
    return known;
  }

  private async fetch(list: string): Promise<string[]> {
    const { body } = await this.caller.get(`${list}?limit=100`);
    return ((body.data ?? []) as { id?: string }[]).flatMap(({ id }) => id ?? []);
  }
}

/** Lists in which the records of a collection are found: its own, or those of the same name elsewhere. */
function sourcesOf(collection: string): string[] {
  if (lists.has(collection)) return [collection];
  const noun = collection.slice(collection.lastIndexOf('/'));
  return [...lists.keys()].filter((list) => list.endsWith(noun) && !collection.includes('{'));
}

/** At most so many of them, evenly. */
export const spread = <T>(all: T[], most: number): T[] =>
  all.filter(
    (_, index) =>
      Math.floor((index * most) / all.length) !== Math.floor(((index - 1) * most) / all.length) || all.length <= most,
  );

/** Does it for each, a few at once. */
export async function forEachOf<T>(all: T[], does: (one: T) => Promise<void>, atOnce = 8): Promise<void> {
  const left = all.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const one of left) await does(one);
    }),
  );
}
