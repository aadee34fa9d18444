/** Problem responses of the OpenAPI document: schema, statuses by kind of response, and variants of 403. */
import type { RequiredPermission } from '../authorization/permission.guard.js';

type Json = Record<string, unknown>;

export const HEADERS: Record<string, Json> = {
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
  '410': 'The papers were recalled.',
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
export const POSSIBLE_PROBLEMS: Record<string, string[]> = {
  one: ['400', '401', '404', '429', '500'],
  revealed: ['400', '401', '404', '415', '429', '500'],
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
export function refusalOf(path: string, method: string, permission: RequiredPermission | undefined): string {
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
    detail: { type: 'string', maxLength: 4000, description: 'Explanation, with what to do next.' },
    correlationId: { type: 'string', pattern: '^[0-9a-f]{32}$', maxLength: 32 },
    rule: { type: 'string', maxLength: 100, description: 'Name of the rule that refuses the request.' },
    requiredScope: { type: 'string', maxLength: 100, description: 'Scope that the machine client lacks.' },
    state: { type: 'string', maxLength: 60, description: 'Present state of the record.' },
    permitted: {
      type: 'array',
      maxItems: 40,
      items: { type: 'string', maxLength: 60 },
      description: 'Commands that the present state allows.',
    },
    invitationId: {
      type: 'string',
      format: 'uuid',
      description: 'Existing invitation that conflicts with the request.',
    },
    exclusionId: { type: 'string', format: 'uuid', description: 'Existing exclusion that says the same.' },
    exclusionIds: {
      type: 'array',
      items: { type: 'string', format: 'uuid' },
      maxItems: 100,
      description: 'Exclusions that would no longer apply.',
    },
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

export const headerRefs = (): Json =>
  Object.fromEntries(Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const ETAG = {
  description: 'Version of the record as you see it now.',
  schema: { type: 'string', maxLength: 64 },
};

/** Headers of problems beyond those of every response. */
const PROBLEM_HEADERS: Record<string, Json> = {
  '409': { 'Retry-After': RETRY_AFTER },
  '412': { ETag: ETAG },
  '429': { 'Retry-After': RETRY_AFTER },
};

const problem = (description: string, headers: Json = {}): Json => ({
  description,
  headers: { ...headerRefs(), ...headers },
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

export const problemComponents = {
  schemas: { Problem: PROBLEM_SCHEMA },
  responses: Object.fromEntries([
    ...Object.entries(PROBLEMS).map(([status, description]) => [
      `Problem${status}`,
      problem(description, PROBLEM_HEADERS[status]),
    ]),
    ['Problem503AtOnce', problem(TOO_MUCH_AT_ONCE, { 'Retry-After': RETRY_AFTER })],
    ...Object.entries(REFUSALS).map(([name, { refuses, description }]) => [
      name,
      { ...problem(description), 'x-refuses': refuses },
    ]),
  ]) as Json,
};
