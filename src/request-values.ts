/** Checks of every value in a body or query, before its class is validated. */
import type { FastifyInstance } from 'fastify';
import { invalid } from './http/problems.js';

export const MAX_DEPTH = 32;
const MAX_KEY_LENGTH = 100;
/** Maximum number of properties of an object. The largest one, a referral, has 27. */
export const MAX_KEYS = 60;
export const TOO_MANY_KEYS = `An object has more than ${String(MAX_KEYS)} properties.`;
export const MAX_VALUES = 50_000;
export const TOO_MANY_VALUES = `The body has more than ${String(MAX_VALUES)} values. Send fewer at once.`;

export function registerValueChecks(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', async (request) => {
    checkValues(request.body);
    checkValues(request.query, true);
    await Promise.resolve();
  });
}

/** Refuses text that PostgreSQL cannot store (NUL, lone surrogates), and excessive nesting, values or properties. */
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
      refuse('A text contains a NUL or a lone surrogate. Remove it.', 'not storable text');
  };
  const check = (value: unknown): void => {
    if (++count > MAX_VALUES) throw invalid(TOO_MANY_VALUES);
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
