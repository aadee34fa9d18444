/**
 * Examples of the OpenAPI document, sent to the sandbox as it is seeded, in the order of their steps. The document is read
 * from the service, which moves the dates of the examples to the present.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { as } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface SandboxStep {
  step: number;
  person: string;
  now?: string;
  parameters?: Record<string, string>;
  fromEarlierStep?: Record<string, { operationId: string; pointer: string }>;
}

interface Documented {
  operationId: string;
  parameters?: { in: string; name: string; required?: boolean }[];
  requestBody?: { content: Record<string, { examples?: Record<string, { value: object }> }> };
  'x-sandbox'?: SandboxStep[];
}

type Step = SandboxStep & { method: 'get' | 'post' | 'patch'; path: string; operation: Documented };

let server: TestServer;
let operations: (Pick<Step, 'method' | 'path'> & { operation: Documented })[];
let steps: Step[];

beforeAll(async () => {
  server = await givenServer();
  const { body } = await supertest(server.url).get('/openapi.json').expect(200);
  operations = Object.entries(body.paths as Record<string, Record<string, Documented>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method as Step['method'], path, operation })),
  );
  steps = operations
    .flatMap(({ operation, ...at }) => (operation['x-sandbox'] ?? []).map((step) => ({ ...at, ...step, operation })))
    .sort((a, b) => a.step - b.step);
});

const bodyOf = ({ requestBody }: Documented): object | undefined =>
  Object.values(requestBody?.content['application/json']?.examples ?? {})[0]?.value;

const valueAt = (response: unknown, pointer: string): string =>
  pointer
    .slice(1)
    .split('/')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], response) as string;

test('every request body has an example', () => {
  const missing = operations
    .filter(({ operation }) => operation.requestBody && !bodyOf(operation))
    .map(({ method, path }) => `${method} ${path}`);
  expect(missing).toEqual([]);
  expect(operations.filter(({ operation }) => operation.requestBody).length).toBeGreaterThan(100);
});

test('every example succeeds in the sandbox, in the order of the steps', async () => {
  const responses = new Map<string, unknown>();
  const failures: string[] = [];
  for (const { method, path, operation, person, now, parameters = {}, fromEarlierStep = {} } of steps) {
    if (now) await supertest(server.url).put('/sandbox/clock').send({ now }).expect(200);
    const ids: Record<string, string> = { ...parameters };
    for (const [name, { operationId, pointer }] of Object.entries(fromEarlierStep))
      ids[name] = valueAt(responses.get(operationId), pointer);
    const request = (await as(server, person)).call(
      method,
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none'),
    );
    if (operation.parameters?.some((one) => one.name === 'If-Match' && one.required)) void request.set('if-match', '*');
    const body = bodyOf(operation);
    const response = await (body ? request.send(body) : request);
    responses.set(operation.operationId, response.body);
    if (response.status >= 300) failures.push(`${method} ${path} as ${person}: ${response.status} ${response.text}`);
  }
  expect(failures).toEqual([]);
}, 120_000);

afterAll(() => server.stop());
