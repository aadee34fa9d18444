/** Parser of request bodies: UTF-8 JSON within the byte limit of its route, of bounded depth and number of values. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalid, Problem } from './http/problems.js';
import { MAX_DEPTH, MAX_KEYS, MAX_VALUES, TOO_MANY_KEYS, TOO_MANY_VALUES } from './request-values.js';

/**
 * Maximum number of properties in a body. The largest body, a draft of a sharing agreement with 3,000 rows and 1,000
 * changes, has 40,408 properties and 45,000 values.
 */
const MAX_NAMES = 41_000;
/** Maximum number of distinct names. The body with the most, the rules of a panel, has 35. */
const MAX_DISTINCT_NAMES = 150;
/** Names that the parser refuses in any spelling as well, but only after reading all values. */
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor']);

const UTF8 = /^utf-?8$/i;
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

export function registerBodyParser(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    try {
      // the parser of Fastify is synchronous and reports only through `done`
      const text = decodeUtf8(request, body);
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
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/**
 * Refuses excessive nesting, values or property names before the body is parsed. Parsing 1 MB of distinct names takes
 * 200 ms, in which no other request is answered. Makes one pass over the bytes; invalid JSON is left to the parser.
 */
function checkShape(body: Buffer): void {
  /** Number of properties in each open object or list. */
  const open: number[] = [];
  const names = new Set<string>();
  let nameCount = 0;
  let commaCount = 0;
  let textStart = 0;
  let textEnd = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) {
      textStart = at + 1;
      for (at = textStart; at < body.length && body[at] !== QUOTE; at += 1) if (body[at] === BACKSLASH) at += 1;
      textEnd = at;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (open.push(0) > MAX_DEPTH) throw invalid(`The body is nested deeper than ${String(MAX_DEPTH)} levels.`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) open.pop();
    else if (byte === COMMA) {
      if (++commaCount >= MAX_VALUES) throw invalid(TOO_MANY_VALUES);
    } else if (byte === COLON && open.length) {
      if ((open[open.length - 1] as number)++ >= MAX_KEYS) throw invalid(TOO_MANY_KEYS);
      if (++nameCount > MAX_NAMES)
        throw invalid(`The body has more than ${String(MAX_NAMES)} properties. Send fewer at once.`);
      names.add(body.toString('latin1', textStart, textEnd));
      // invalid JSON may have many colons after one long text
      textStart = textEnd;
      if (names.size > MAX_DISTINCT_NAMES)
        throw invalid(
          `The body has more than ${String(MAX_DISTINCT_NAMES)} distinct property names. Send only documented properties.`,
        );
    }
  }
  for (const name of names)
    if (FORBIDDEN_NAMES.has(name)) throw invalid(`There is no property ${name}. Send only documented properties.`);
}

function decodeUtf8(request: FastifyRequest, body: Buffer): string {
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !UTF8.test(charset))
    throw new Problem(415, 'unsupported-media-type', 'Unsupported media type', 'Send the body in UTF-8.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalid('The body is not UTF-8. Encode it in UTF-8.');
  }
}
