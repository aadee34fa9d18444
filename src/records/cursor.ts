/**
 * Keyset cursors: where the next page starts, signed, and bound to the reader and the query. A cursor carries no access:
 * each page is found by the policy anew.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { config } from '../config.js';
import type { Actor } from '../policy/actor.js';
import { invalid } from '../policy/problems.js';

export interface Position {
  at: string;
  id: string;
}

const mac = (payload: string, binding: string): Buffer =>
  createHmac('sha256', config.cursorSecret).update(`${payload}\n${binding}`).digest().subarray(0, 16);

const bindingOf = (actor: Actor, query: string): string => `${actor.kind}:${actor.id}\n${query}`;

export function makeCursor(actor: Actor, query: string, { at, id }: Position): string {
  const payload = Buffer.from(JSON.stringify([at, id])).toString('base64url');
  return `${payload}.${mac(payload, bindingOf(actor, query)).toString('base64url')}`;
}

export function readCursor(actor: Actor, query: string, cursor: string): Position {
  const [payload = '', signature = ''] = cursor.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(payload, bindingOf(actor, query));
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw invalid('This cursor is not one of yours for this query. Start again without a cursor.', [
      { pointer: '?cursor', detail: 'unknown cursor' },
    ]);
  const [at, id] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, string];
  return { at, id };
}
