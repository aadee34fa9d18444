/**
 * The cast of the sandbox, for specs: `const idva = await as(server, 'idva'); await idva.get('/v1/cases')`. Everybody is
 * one of `GET /sandbox/people`; their tokens come from the sandbox's issuer and are fetched once per server.
 */
import supertest, { type Response, type Test } from 'supertest';
import { keptAlive } from './kept-alive.ts';
import type { TestServer } from './server.ts';
import { reportExchange } from './traffic.ts';

/** Belongs to an agency that sits on no panel: nothing exists for him. */
export const stranger = 'outsider';

export interface Person {
  /** The slug, such as `idva`. */
  id: string;
  kind: 'practitioner' | 'client';
  name: string;
  agency: string;
  roles: string[];
  panels: string[];
  story: string;
}

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete' | 'head' | 'options';

export interface Caller {
  who: string;
  token: string;
  get(path: string): Test;
  /** Without a body nothing is sent, not even a content type. */
  post(path: string, body?: unknown): Test;
  /** `etag` is sent as If-Match. */
  patch(path: string, body: unknown, etag?: string): Test;
  call(method: Method, path: string): Test;
}

const tokens = new WeakMap<TestServer, Map<string, Promise<string>>>();

/** Everybody in the cast, machine clients too. */
export async function castOf(server: TestServer): Promise<Person[]> {
  const { body } = await supertest(server.url).get('/sandbox/people').expect(200);
  return body.data;
}

/** A caller with the token of one of the cast. */
export async function as(server: TestServer, who: string): Promise<Caller> {
  const known = tokens.get(server) ?? new Map<string, Promise<string>>();
  tokens.set(server, known);
  const token = known.get(who) ?? signIn(server, who);
  known.set(who, token);
  return bearing(server, await token, who);
}

/** A caller who did not sign in. */
export const nobody = (server: TestServer): Caller => bearing(server, '', 'nobody');

/** A caller with any token at all, well made or not. */
export function bearing(server: TestServer, token: string, who = 'somebody'): Caller {
  const call = (method: Method, path: string): Test => {
    const test = supertest(server.url)[method](path).agent(keptAlive);
    test.on('response', (response: Response) => reportResponse(method, path, test, response));
    return token ? test.set('authorization', `Bearer ${token}`) : test;
  };
  return {
    who,
    token,
    call,
    get: (path) => call('get', path),
    post: (path, body) => (body === undefined ? call('post', path) : call('post', path).send(body as object)),
    patch: (path, body, etag) => {
      const test = call('patch', path).send(body as object);
      return etag === undefined ? test : test.set('if-match', etag);
    },
  };
}

async function signIn(server: TestServer, person: string): Promise<string> {
  const { body } = await supertest(server.url).post('/sandbox/tokens').send({ person }).expect(200);
  return body.access_token;
}

/** Reports an exchange of supertest, with the parsed body that was sent. */
function reportResponse(method: string, path: string, test: Test, { status, headers, body }: Response): void {
  const { _data: sent, _header: requestHeaders } = test as unknown as { _data?: unknown; _header: object };
  // a text is a body that is not, or not yet, valid JSON
  if (typeof sent === 'string') return;
  // some specs read every response as bytes
  const isJson = /^application\/(problem\+)?json/.test(headers['content-type'] ?? '');
  const received = isJson && Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body;
  const address = new URL(test.url).pathname + new URL(test.url).search;
  reportExchange({ method, address: address || path, requestHeaders, sent, status, headers, received });
}
