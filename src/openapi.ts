/**
 * Generator of the OpenAPI document from the built application. `node dist/openapi.js` writes `openapi/openapi.json`;
 * `--check` only compares. It opens no connection and omits the sandbox. It adds parts that all routes share: problems,
 * rate limits, trace header, limits of strings and lists.
 */
import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { DOCUMENT_FILE } from './docs.js';
import type { RequiredPermission } from './authorization/permission.guard.js';
import { MAX_BODY_EXTENSION, USUAL_BODY_BYTES } from './http/body-limit.js';

type Json = Record<string, unknown>;

const INTRODUCTION = `Case management for the panels through which agencies act together on community safety.

Every response holds what *you* may see now: fields that you may not see are omitted and named in \`withheld\`. A record
whose existence you may not know returns 404, like one that does not exist. Lists show the last change first, with an opaque
cursor in \`next\`. Send an \`Idempotency-Key\` with every POST that creates a record; send the record's \`ETag\` as
\`If-Match\` to change it. \`Purpose\` states the purpose of a read; commands have none. Errors are RFC 9457 problems with a stable \`code\`. Times are UTC; dates and deadlines are
in Europe/London.`;

const HEADERS: Record<string, Json> = {
  'Access-Control-Allow-Origin': {
    description: 'Only origin whose pages may call this service from a browser.',
    schema: { type: 'string', format: 'uri', maxLength: 200 },
  },
  RateLimit: {
    description: 'Rest of your rate limit: `r` requests for `t` seconds.',
    schema: { type: 'string', maxLength: 100 },
  },
  'RateLimit-Policy': {
    description: 'Your rate limit: `q` requests in `w` seconds.',
    schema: { type: 'string', maxLength: 100 },
  },
  'X-Correlation-Id': {
    description: 'Correlation identifier; include it when you report an error.',
    schema: { type: 'string', maxLength: 32 },
  },
};
const RETRY_AFTER = {
  description: 'Seconds to wait before a repeated request may succeed.',
  schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 86400 },
};

const PROBLEMS: Record<string, string> = {
  '400': 'The request is malformed; `errors` lists the places.',
  '401': 'No valid access token.',
  '404': 'There is nothing here that you may see.',
  '409': 'The state of the record does not allow the request, or a request with this key is still running.',
  '412': 'The record changed since you read it.',
  '413': 'The body exceeds the limit of this route (`x-max-body-bytes`).',
  '415': 'The body is not JSON in UTF-8.',
  '422': 'A domain rule is not met; `errors` lists the values to change.',
  '428': 'The header If-Match is missing.',
  '429': 'Too many requests.',
  '500': 'Internal error of the service.',
  '503': 'Not ready.',
};

const TOO_MUCH_AT_ONCE =
  'Too many requests of this kind are running, too many documents are being generated, the database took too long, or permissions are being changed.';

/** Problem statuses by kind of response. `refusalOf` adds the 403. */
const POSSIBLE_PROBLEMS: Record<string, string[]> = {
  one: ['400', '401', '404', '429', '500'],
  page: ['400', '401', '404', '429', '500'],
  found: ['400', '401', '415', '422', '429', '500'],
  made: ['400', '401', '404', '409', '415', '422', '429', '500'],
  changed: ['400', '401', '404', '409', '412', '415', '422', '428', '429', '500'],
  document: ['400', '401', '404', '429', '500'],
  forms: ['400', '401', '404', '422', '429', '500'],
  open: ['400', '401', '429', '500', '503'],
};

/**
 * Variants of the 403 response (`x-refuses`) by who can receive it. Every authenticated route can also return 403 to a
 * token whose bearer is unknown.
 */
const REFUSALS: Record<string, { refuses: string; description: string }> = {
  Problem403: { refuses: 'anybody', description: 'A rule that you may know refuses the request.' },
  Problem403Readers: {
    refuses: 'readers',
    description: 'You may read the record, but a rule refuses the request; or the client lacks the scope.',
  },
  Problem403Clients: {
    refuses: 'clients',
    description: 'The client lacks the scope. A record that you may not read returns 404.',
  },
  Problem403Unknown: {
    refuses: 'unknown',
    description: 'The token is valid, but its bearer is unknown or no longer active.',
  },
};

/** Returns the 403 variant of a route. A reader without access to the record gets a 404 instead. */
function refusalOf(path: string, method: string, permission: RequiredPermission | undefined): string {
  if (!permission) return method === 'get' ? 'Problem403Unknown' : 'Problem403';
  if (!path.includes('{')) return 'Problem403';
  if (permission.action !== 'read') return 'Problem403Readers';
  return method === 'get' ? 'Problem403Clients' : 'Problem403';
}

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457 problem. It never contains personal data.',
  required: ['type', 'title', 'status', 'code', 'detail', 'correlationId'],
  properties: {
    type: { type: 'string', format: 'uri', maxLength: 200 },
    title: { type: 'string', maxLength: 200 },
    status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599 },
    code: { type: 'string', maxLength: 100, description: 'Stable identifier to branch on.' },
    detail: { type: 'string', maxLength: 1000, description: 'Explanation, with what to do next.' },
    correlationId: { type: 'string', maxLength: 32 },
    errors: {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: {
            type: 'string',
            maxLength: 1000,
            description: 'JSON Pointer into the body, or `?name` of a parameter.',
          },
          detail: { type: 'string', maxLength: 1000 },
          code: {
            type: 'string',
            maxLength: 100,
            description: 'Identifier of the violated rule, set if one request can violate several.',
          },
        },
      },
    },
  },
};

export async function buildDocument(): Promise<OpenAPIObject> {
  const { createApp } = await import('./app.js');
  const app = await createApp({ preview: true });
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Wardmote')
    .setDescription(INTRODUCTION)
    .setVersion('1.0.0')
    .setContact('Wardmote', 'https://wardmote.example', 'api@wardmote.example')
    .setLicense('Proprietary', 'https://wardmote.example/licence')
    .addServer('https://api.wardmote.example', 'Production: the partnership’s own installation')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description:
        'Access token (RFC 9068) of your agency’s issuer. Tokens are verified according to RFC8725: algorithm, type, issuer, audience and expiry are all required.',
    })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: operationId,
  });
  const permissions = await permissionsByOperation(app.get(ModulesContainer));
  await app.close();
  const { declaredViews } = await import('./records/response-view.js');
  return finishDocument(document as unknown as Json, declaredViews(), permissions) as unknown as OpenAPIObject;
}

/** Returns the required permission of each route, by operation identifier. */
async function permissionsByOperation(modules: ModulesContainer): Promise<Map<string, RequiredPermission>> {
  const { PERMISSION_KEY } = await import('./authorization/permission.guard.js');
  const permissions = new Map<string, RequiredPermission>();
  for (const { controllers } of modules.values())
    for (const { metatype } of controllers.values()) {
      const prototype = metatype?.prototype as object | undefined;
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype ?? {}))) {
        const permission =
          typeof value === 'function' &&
          (Reflect.getMetadata(PERMISSION_KEY, value as object) as RequiredPermission | undefined);
        if (permission) permissions.set(operationId(metatype?.name ?? '', name), permission);
      }
    }
  return permissions;
}

const operationId = (controller: string, method: string): string =>
  `${controller.replace(/Controller$/, '')}.${method}`;

function finishDocument(
  document: Json,
  views: Map<string, Set<string>>,
  permissions: Map<string, RequiredPermission>,
): Json {
  const paths = document['paths'] as Record<string, Record<string, Json>>;
  const components = document['components'] as { schemas: Record<string, Json> } & Json;
  const tags = new Map<string, string>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      finishOperation(path, operation, tags);
      if (operation['security']) continue;
      const refusal = refusalOf(path, method, permissions.get(operation['operationId'] as string));
      (operation['responses'] as Json)['403'] = { $ref: `#/components/responses/${refusal}` };
    }
  }
  document['tags'] = [...tags].sort().map(([name, description]) => ({ name, description }));
  for (const [name, schema] of Object.entries(components.schemas)) {
    const shownAlways = views.get(name);
    if (shownAlways)
      schema['required'] = ['withheld', ...((schema['required'] as string[] | undefined) ?? [])].filter(
        (one, index, all) => shownAlways.has(one) && all.indexOf(one) === index,
      );
  }
  components.schemas['Problem'] = PROBLEM_SCHEMA;
  components['headers'] = HEADERS;
  const problem = (description: string, headers: Json = {}): Json => ({
    description,
    headers: { ...headerRefs(), ...headers },
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  components['responses'] = Object.fromEntries([
    ...Object.entries(PROBLEMS).map(([status, description]) => [
      `Problem${status}`,
      problem(description, ['409', '429'].includes(status) ? { 'Retry-After': RETRY_AFTER } : {}),
    ]),
    ['Problem503AtOnce', problem(TOO_MUCH_AT_ONCE, { 'Retry-After': RETRY_AFTER })],
    ...Object.entries(REFUSALS).map(([name, { refuses, description }]) => [
      name,
      { ...problem(description), 'x-refuses': refuses },
    ]),
  ]) as Json;
  for (const server of document['servers'] as Json[]) server['x-internal'] = false;
  return sortKeys(addLimits(document, '')) as Json;
}

const headerRefs = (): Json =>
  Object.fromEntries(Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]));

function finishOperation(path: string, operation: Json, tags: Map<string, string>): void {
  const tag = path.split('/').filter((part) => part !== 'v1')[1] ?? 'service';
  operation['tags'] = [tag];
  tags.set(tag, `Routes under ${tag}.`);
  operation['description'] ??= operation['summary'];
  const answers = (operation['x-answers'] as string | undefined) ?? 'open';
  delete operation['x-answers'];
  if (answers === 'open') operation['security'] = [];
  const responses = operation['responses'] as Record<string, Json>;
  for (const [status, response] of Object.entries(responses)) {
    response['description'] =
      response['description'] || (status === '201' ? 'Created.' : 'Success, with the fields that you may see.');
    response['headers'] = { ...(response['headers'] as Json | undefined), ...headerRefs() };
  }
  if (operation['requestBody']) {
    operation[MAX_BODY_EXTENSION] ??= USUAL_BODY_BYTES;
    responses['413'] = { $ref: '#/components/responses/Problem413' };
  }
  for (const status of POSSIBLE_PROBLEMS[answers] ?? [])
    responses[status] = { $ref: `#/components/responses/Problem${status}` };
  if (answers !== 'open') responses['503'] = { $ref: '#/components/responses/Problem503AtOnce' };
  for (const parameter of (operation['parameters'] as Json[] | undefined) ?? []) {
    if (parameter['in'] === 'path') {
      parameter['schema'] = { type: 'string', format: 'uuid' };
      parameter['description'] ??= 'Identifier of a record.';
    }
  }
}

const LENGTHS: Record<string, number> = { uuid: 36, date: 10, 'date-time': 30 };

/** Converts nulls to OpenAPI 3.1 and adds a limit to every string, number and list. */
function addLimits(node: unknown, name: string): unknown {
  if (Array.isArray(node)) return node.map((one) => addLimits(one, name));
  if (typeof node !== 'object' || node === null) return node;
  const copy: Json = {};
  for (const [key, value] of Object.entries(node)) copy[key] = addLimits(value, key);
  const types = [copy['type']].flat();
  if (types.includes('string') && !('enum' in copy) && !('in' in copy)) {
    if (/(^id|Id)$/.test(name)) copy['format'] ??= 'uuid';
    if (/(On|OfBirth|Due|^since|^until)$/.test(name)) copy['format'] ??= 'date';
    copy['maxLength'] ??= LENGTHS[copy['format'] as string] ?? 10_000;
  }
  if (types.includes('number')) copy['type'] = copy['type'] === 'number' ? 'integer' : ['integer', 'null'];
  if ([copy['type']].flat().includes('integer')) {
    copy['format'] ??= 'int32';
    copy['minimum'] ??= 0;
    copy['maximum'] ??= 2_147_483_647;
  }
  if (types.includes('array')) copy['maxItems'] ??= 100;
  if (copy['nullable'] === true && typeof copy['type'] === 'string') {
    copy['type'] = [copy['type'], 'null'];
    if (Array.isArray(copy['enum'])) copy['enum'] = [...(copy['enum'] as unknown[]), null];
  }
  delete copy['nullable'];
  return copy;
}

function sortKeys(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(sortKeys);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, value]) => [key, sortKeys(value)]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = `${JSON.stringify(await buildDocument(), null, 2)}\n`;
  if (process.argv.includes('--check')) {
    const committed = await readFile(DOCUMENT_FILE, 'utf8').catch(() => '');
    if (committed !== text) {
      process.stderr.write('openapi/openapi.json differs from the build. Run `npm run openapi` and read the diff.\n');
      process.exit(1);
    }
  } else {
    await mkdir(new URL('../openapi/', import.meta.url), { recursive: true });
    await writeFile(DOCUMENT_FILE, text);
  }
  process.exit(0);
}
