/** Reading of request bodies: UTF-8 JSON within the byte limit of its route, of bounded depth and number of values. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalid, Problem } from './policy/problems.js';

const MAX_DEPTH = 32;
const MAX_KEY_LENGTH = 100;
const MAX_KEYS = 200;
const TOO_MANY_KEYS = `An object has more than ${String(MAX_KEYS)} properties.`;
/** The rows of the largest sharing agreement are 30,000 values. */
const MAX_VALUES = 50_000;

const UTF8 = /^utf-?8$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

export function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    try {
      // the parser of Fastify is synchronous and answers to `done` alone
      const text = utf8(request, body);
      checkShape(body);
      void parse(request, text, done);
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onRoute', (route) => {
    const { maxBodyBytes } = route.config ?? {};
    if (maxBodyBytes) route.bodyLimit = maxBodyBytes;
  });
  fastify.addHook('preValidation', async (request) => {
    checkValues(request.body);
    checkValues(request.query, true);
    await Promise.resolve();
  });
}

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const [OPENS, CLOSES] = [new Set([0x5b, 0x7b]), new Set([0x5d, 0x7d])];

/**
 * Refuses nesting and objects larger than any request needs before they are parsed: parsing 100,000 names of properties takes
 * longer than other requests may wait. One pass over the bytes; what is no JSON is left to the parser.
 */
function checkShape(body: Buffer): void {
  /** Names of properties in each open object or list. */
  const open: number[] = [];
  let inText = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] as number;
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (OPENS.has(byte)) {
      if (open.push(0) > MAX_DEPTH) throw invalid(`The body is nested deeper than ${String(MAX_DEPTH)} levels.`);
    } else if (CLOSES.has(byte)) open.pop();
    else if (byte === COLON && open.length && (open[open.length - 1] as number)++ >= MAX_KEYS)
      throw invalid(TOO_MANY_KEYS);
  }
}

function utf8(request: FastifyRequest, body: Buffer): string {
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !UTF8.test(charset))
    throw new Problem(415, 'unsupported-media-type', 'Unsupported media type', 'Send the body in UTF-8.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalid('The body is not UTF-8. Encode it in UTF-8.');
  }
}

/**
 * Refuses what no route takes: text that PostgreSQL cannot hold (NUL, lone surrogates), and more nesting, values or keys than
 * any request needs.
 */
function checkValues(root: unknown, isQuery = false): void {
  let count = 0;
  const path: (string | number)[] = [];
  const pointer = (): string =>
    isQuery
      ? `?${String(path[0] ?? '')}`
      : path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const refuse = (detail: string, what: string): never => {
    throw invalid(detail, [{ pointer: pointer(), detail: what }]);
  };
  const checkText = (text: string): void => {
    if (text.includes('\0') || !text.isWellFormed())
      refuse('A text holds a NUL or half a surrogate pair. Remove it.', 'not storable text');
  };
  const check = (value: unknown): void => {
    if (++count > MAX_VALUES)
      throw invalid(`The body holds more than ${String(MAX_VALUES)} values. Send less at once.`);
    if (typeof value === 'string') checkText(value);
    if (typeof value !== 'object' || value === null) return;
    if (path.length >= MAX_DEPTH) throw invalid(`The body is nested deeper than ${String(MAX_DEPTH)} levels.`);
    if (Array.isArray(value)) {
      for (const [at, one] of value.entries()) enter(at, one);
      return;
    }
    const entries = Object.entries(value);
    if (entries.length > MAX_KEYS) refuse(TOO_MANY_KEYS, 'too many properties');
    for (const [key, one] of entries) {
      if (key.length > MAX_KEY_LENGTH) refuse('The name of a property is too long.', 'unknown property');
      checkText(key);
      enter(key, one);
    }
  };
  const enter = (part: string | number, value: unknown): void => {
    path.push(part);
    check(value);
    path.pop();
  };
  check(root);
}
