/**
 * Generator of the OpenAPI document from the built application. It opens no connection and omits the routes of the
 * sandbox. It adds parts that all routes share: problems, rate limits, trace header, limits of strings and lists.
 */
import 'reflect-metadata';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { LOG_PURPOSES, PURPOSES } from './authentication/purposes.js';
import type { RequiredPermission } from './authorization/permission.guard.js';
import { TAGS, tagIndexOf } from './openapi/tags.js';
import { routeHandlers } from './openapi/schema-classes.js';
import { refusalOf, POSSIBLE_PROBLEMS, problemComponents, headerRefs, HEADERS } from './openapi/problem-responses.js';
import { MAX_BODY_EXTENSION, USUAL_BODY_BYTES } from './http/body-limit.js';

type Json = Record<string, unknown>;

const INTRODUCTION = `Case management for the panels through which agencies act together on community safety.

Every response holds what *you* may see now: fields that you may not see are omitted and named in \`withheld\`. A record
whose existence you may not know returns 404, like one that does not exist. Lists show the last change first, with an opaque
cursor in \`next\`. Send an \`Idempotency-Key\` with every POST that creates a record; send the record's \`ETag\` as
\`If-Match\` to change it. \`Purpose\` states the purpose of a read; commands have none. Errors are RFC 9457 problems with a stable \`code\`. Times are UTC; dates and deadlines are
in Europe/London.`;

export async function buildDocument(addExamples: (document: OpenAPIObject) => void): Promise<OpenAPIObject> {
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
  const handlers = new Map(
    routeHandlers(app.get(ModulesContainer)).map((one) => [operationId(one.controller, one.method), one]),
  );
  await app.close();
  const { applyRequestClasses, applyViews } = await import('./openapi/class-schemas.js');
  await applyRequestClasses(document, handlers);
  applyViews(document);
  const { PERMISSION_KEY } = await import('./authorization/permission.guard.js');
  const permissionOf = (id: string): RequiredPermission | undefined =>
    Reflect.getMetadata(PERMISSION_KEY, handlers.get(id)?.handler ?? {}) as RequiredPermission | undefined;
  addExamples(document);
  return finishDocument(document as unknown as Json, permissionOf) as unknown as OpenAPIObject;
}

const operationId = (controller: string, method: string): string =>
  `${controller.replace(/Controller$/, '')}.${method}`;

function finishDocument(document: Json, permissionOf: (operationId: string) => RequiredPermission | undefined): Json {
  const paths = document['paths'] as Record<string, Record<string, Json>>;
  const components = document['components'] as { schemas: Record<string, Json> } & Json;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      finishOperation(path, method, operation);
      if (operation['security']) continue;
      const refusal = refusalOf(path, method, permissionOf(operation['operationId'] as string));
      (operation['responses'] as Json)['403'] = { $ref: `#/components/responses/${refusal}` };
    }
  }
  document['tags'] = TAGS.map(({ name, description }) => ({ name, description }));
  Object.assign(components.schemas, problemComponents.schemas);
  components['headers'] = HEADERS;
  components['responses'] = problemComponents.responses;
  dropUnused(document, components.schemas);
  for (const server of document['servers'] as Json[]) server['x-internal'] = false;
  const sorted = sortKeys(addLimits(document)) as Json;
  const byTag = Object.entries(sorted['paths'] as Json).sort(([a], [b]) => tagIndexOf(a) - tagIndexOf(b));
  return { ...sorted, paths: Object.fromEntries(byTag) };
}

const PURPOSE = {
  name: 'Purpose',
  in: 'header',
  required: false,
  description: 'Purpose of the read, if it is another than your usual one; see `purpose` of GET /v1/me.',
  schema: { type: 'string', enum: [...PURPOSES, ...LOG_PURPOSES] },
};

/** Documented size limit of a response in text. */
const MOST_CHARACTERS = 20_000_000;

function finishOperation(path: string, method: string, operation: Json): void {
  operation['tags'] = [TAGS[tagIndexOf(path)]?.name];
  operation['description'] ??= operation['summary'];
  const answers = (operation['x-answers'] as string | undefined) ?? 'open';
  const declared = (operation['x-problems'] as number[] | undefined) ?? [];
  delete operation['x-answers'];
  delete operation['x-problems'];
  if (answers === 'open') operation['security'] = [];
  if (method === 'get' && answers !== 'open') ((operation['parameters'] ??= []) as Json[]).push(PURPOSE);
  const responses = operation['responses'] as Record<string, Json>;
  // the compiler plugin of Nest adds the default status of the method
  if (answers === 'made') delete responses['200'];
  else if (responses['200']) delete responses['201'];
  for (const [status, response] of Object.entries(responses)) {
    response['description'] =
      response['description'] || (status === '201' ? 'Created.' : 'Success, with the fields that you may see.');
    for (const [type, media] of Object.entries((response['content'] ?? {}) as Record<string, Json>))
      if (type.startsWith('text/')) media['schema'] = { type: 'string', maxLength: MOST_CHARACTERS };
    response['headers'] = { ...(response['headers'] as Json | undefined), ...headerRefs() };
  }
  if (operation['requestBody']) {
    operation[MAX_BODY_EXTENSION] ??= USUAL_BODY_BYTES;
    responses['413'] = { $ref: '#/components/responses/Problem413' };
  }
  for (const status of [...(POSSIBLE_PROBLEMS[answers] ?? []), ...declared])
    responses[status] = { $ref: `#/components/responses/Problem${status}` };
  if (answers !== 'open') responses['503'] = { $ref: '#/components/responses/Problem503AtOnce' };
  // OpenAPI describes Accept by the media types of the responses
  const parameters = (operation['parameters'] as Json[] | undefined) ?? [];
  operation['parameters'] = parameters.filter(({ name }) => String(name).toLowerCase() !== 'accept');
  for (const parameter of (operation['parameters'] as Json[] | undefined) ?? []) {
    if (parameter['in'] === 'path') {
      parameter['schema'] = { type: 'string', format: 'uuid', maxLength: 36 };
      parameter['description'] ??= 'Identifier of a record.';
    }
  }
}

const LENGTHS: Record<string, number> = { uuid: 36, date: 10, 'date-time': 30 };
/** Pattern of any text: PostgreSQL stores no NUL, and the body parser refuses it. */
const ANY_TEXT = '^[^\\u0000]*$';

/** Converts nulls to OpenAPI 3.1 and adds a limit to every string, number and list. */
function addLimits(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(addLimits);
  if (typeof node !== 'object' || node === null) return node;
  const copy: Json = {};
  for (const [key, value] of Object.entries(node))
    copy[key] = LITERAL.includes(key) ? value : PROSE.includes(key) ? unwrap(value) : addLimits(value);
  const types = [copy['type']].flat();
  if (types.includes('string') && !('enum' in copy) && !('in' in copy)) {
    copy['maxLength'] ??= LENGTHS[copy['format'] as string] ?? 10_000;
    if (!('format' in copy)) copy['pattern'] ??= ANY_TEXT;
  }
  if (types.includes('integer')) {
    copy['format'] ??= 'int32';
    copy['minimum'] ??= -2_147_483_648;
    copy['maximum'] ??= 2_147_483_647;
  }
  if (types.includes('array')) copy['maxItems'] ??= 100;
  if (copy['nullable'] === true) makeNullable(copy);
  delete copy['nullable'];
  return copy;
}

/** Keys whose texts are comments of the source, wrapped there. */
const PROSE = ['description', 'summary'];
const unwrap = (text: unknown): unknown =>
  typeof text === 'string' ? text.replace(/(\S)\n(?=\S)/g, '$1 ') : addLimits(text);

/** Keys whose values are data, not schemas. */
const LITERAL = ['enum', 'example', 'examples', 'default', 'required', 'x-sandbox'];

function makeNullable(schema: Json): void {
  const { $ref, allOf, type } = schema;
  if ($ref !== undefined || allOf !== undefined) {
    delete schema['$ref'];
    delete schema['allOf'];
    schema['anyOf'] = [$ref === undefined ? (allOf as unknown[])[0] : { $ref }, { type: 'null' }];
  } else if (type !== undefined) {
    schema['type'] = [...new Set([type, 'null'].flat())];
    const values = schema['enum'] as unknown[] | undefined;
    if (values && !values.includes(null)) schema['enum'] = [...values, null];
  }
}

/** Removes schemas to which nothing refers. */
function dropUnused(document: Json, schemas: Record<string, Json>): void {
  for (let unused = ['']; unused.length;) {
    const text = JSON.stringify(document);
    unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    for (const name of unused) delete schemas[name];
  }
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
