/**
 * Response decorators of routes: status, schema, and the headers that depend on both. `openapi.ts` adds what all routes
 * have in common (problems, rate limit, trace).
 */
import { routeConfig } from '../http/route-config.js';
import { applyDecorators, HttpCode } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiResponse,
  ApiOkResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import type { ViewClass } from '../records/response-view.js';
import { declareView } from '../records/declared-views.js';

const TAG = {
  ETag: {
    description: 'Version of the record as you see it; send it as If-Match to change the record.',
    schema: { type: 'string' as const, maxLength: 64 },
  },
};

const ATTACHMENT = {
  'Content-Disposition': {
    description: 'File name, for a file.',
    schema: { type: 'string' as const, maxLength: 200 },
  },
};

const TAG_AND_LINK = {
  ...TAG,
  Link: {
    description:
      'After a correction or recall: the lists (`rel="related"`) of agencies that received the record and are to be notified, as far as you may know of them. Absent where you may read no such list.',
    schema: { type: 'string' as const, maxLength: 2000 },
  },
};

const IF_MATCH = ApiHeader({
  name: 'If-Match',
  required: true,
  description: 'The ETag of the record as you last read it.',
  schema: { type: 'string', maxLength: 200 },
});

/** Declares If-Match on a route that compares the version only if the header is sent. */
export const OptionalIfMatch = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The ETag of the record as you last read it; 412 if the record changed since.',
  schema: { type: 'string', maxLength: 200 },
});

const IF_NONE_MATCH = ApiHeader({
  name: 'If-None-Match',
  required: false,
  description: 'The ETag of the record as you last read it; 304 if nothing that you may see has changed.',
  schema: { type: 'string', maxLength: 200 },
});

const IDEMPOTENCY_KEY = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    'A key of your own for this request: repeating the request with it has no second effect. It is kept for 24 hours.',
  schema: { type: 'string', maxLength: 128, pattern: '^[\\x21-\\x7e]{1,128}$' },
});

const pageSchema = (view: ViewClass): object => ({
  type: 'object',
  required: ['data', 'next', 'withheld'],
  properties: {
    data: { type: 'array', maxItems: 100, items: { $ref: getSchemaPath(view) } },
    next: { type: 'string', nullable: true, maxLength: 400, description: 'The cursor of the next page, or null.' },
    withheld: {
      type: 'array',
      maxItems: 100,
      items: { type: 'string', maxLength: 100 },
      description: 'Data categories of which you may not learn whether anything is held.',
    },
  },
});

type Contents = Record<string, { schema: object }>;

const files = (types: string[], others: Contents = {}, answers = 'document'): MethodDecorator =>
  applyDecorators(
    ApiOkResponse({
      headers: { ...TAG, ...ATTACHMENT },
      content: {
        ...others,
        ...Object.fromEntries(
          types.map((type) => [type, { schema: { type: 'string' as const, maxLength: MOST_BYTES } }]),
        ),
      },
    }),
    ApiExtension('x-answers', answers),
  );

/** Documented size limit of a file, in bytes. */
const MOST_BYTES = 20_000_000;

/** Declares further problem statuses of a route, beyond those of its kind of response. */
export const ApiProblems = (...statuses: number[]): MethodDecorator => ApiExtension('x-problems', statuses);

export const ApiAnswer = {
  /** Response with one record. */
  one: (view: ViewClass): MethodDecorator =>
    applyDecorators(
      declareView(view),
      IF_NONE_MATCH,
      ApiOkResponse({ type: view, headers: TAG }),
      ApiResponse({ status: 304, description: 'The record is as you last read it.', headers: TAG }),
      ApiExtension('x-answers', 'one'),
    ),

  /** Response with a page of records. */
  page: (view: ViewClass): MethodDecorator =>
    applyDecorators(
      declareView(view),
      ApiExtraModels(view),
      ApiOkResponse({ schema: pageSchema(view) }),
      ApiExtension('x-answers', 'page'),
    ),

  /** Response with one record and a page of its child records, under the given property names. */
  combined: (record: [string, ViewClass], page: [string, ViewClass]): MethodDecorator =>
    applyDecorators(
      declareView(record[1]),
      declareView(page[1]),
      ApiExtraModels(record[1], page[1]),
      ApiOkResponse({
        schema: {
          type: 'object',
          required: [record[0], page[0], 'withheld'],
          properties: {
            [record[0]]: { $ref: getSchemaPath(record[1]) },
            [page[0]]: pageSchema(page[1]),
            withheld: { type: 'array', maxItems: 0, items: { type: 'string', maxLength: 100 } },
          },
        },
      }),
      ApiExtension('x-answers', 'document'),
    ),

  /** Response in a format other than JSON, such as a calendar, made from an authorized response. */
  file: (type: string): MethodDecorator => files([type]),

  /** Response with one record in one of several media types. */
  forms: (view: ViewClass, ...types: string[]): MethodDecorator =>
    applyDecorators(
      declareView(view),
      ApiExtraModels(view),
      files(types, { 'application/json': { schema: { $ref: getSchemaPath(view) } } }, 'forms'),
    ),

  /** Query that contains personal data and is therefore sent as POST; responds with a page of records. */
  search: (view: ViewClass): MethodDecorator =>
    applyDecorators(
      HttpCode(200),
      declareView(view),
      ApiExtraModels(view),
      ApiOkResponse({ schema: pageSchema(view) }),
      ApiExtension('x-answers', 'found'),
    ),

  /** Read of one record that needs input beyond the identifier and is therefore sent as POST. */
  revealed: (view: ViewClass): MethodDecorator =>
    applyDecorators(
      HttpCode(200),
      routeConfig({ isReading: true }),
      declareView(view),
      ApiOkResponse({ type: view, headers: TAG }),
      ApiExtension('x-answers', 'revealed'),
    ),

  /** Response with a created record. */
  created: (view: ViewClass): MethodDecorator =>
    applyDecorators(
      HttpCode(201),
      declareView(view),
      IDEMPOTENCY_KEY,
      ApiCreatedResponse({ type: view, headers: TAG_AND_LINK }),
      ApiExtension('x-answers', 'made'),
    ),

  /** As `updated`, for a command that is also open to actors who may not read the record: they get `receipt`. */
  updatedUnread: (view: ViewClass, receipt: object): MethodDecorator =>
    applyDecorators(
      HttpCode(200),
      declareView(view),
      IF_MATCH,
      ApiExtraModels(view),
      ApiOkResponse({ schema: { oneOf: [{ $ref: getSchemaPath(view) }, receipt] }, headers: TAG_AND_LINK }),
      ApiExtension('x-answers', 'changed'),
    ),

  /** Response to a PATCH, or to a POST that changes the state of a record. Requires If-Match. */
  updated: (view: ViewClass): MethodDecorator =>
    applyDecorators(
      HttpCode(200),
      declareView(view),
      IF_MATCH,
      ApiOkResponse({ type: view, headers: TAG_AND_LINK }),
      ApiExtension('x-answers', 'changed'),
    ),
};
