/**
 * Keyset cursors: the start of the next page, encrypted and bound to the reader and the query.
 *
 * A cursor grants no access, because the policy is applied to every page. Encryption is required because the timestamp
 * in a cursor may belong to a record or field that its reader is not shown.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { config } from '../config.js';
import type { Actor } from '../authentication/actor.js';
import { invalid } from '../http/problems.js';

export interface Position {
  at: string;
  id: string;
}

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

const key = (): Buffer => createHash('sha256').update(`cursor ${config.cursorSecret}`).digest();

const bindingOf = (actor: Actor, query: string): Buffer => Buffer.from(`${actor.kind}:${actor.id}\n${query}`);

/**
 * Creates a cursor. The initialization vector is derived from the content (HMAC), so that the same position gives the
 * same cursor.
 */
export function makeCursor(actor: Actor, query: string, { at, id }: Position): string {
  const binding = bindingOf(actor, query);
  const payload = JSON.stringify([at, id]);
  const iv = createHmac('sha256', key()).update(payload).update(binding).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv(CIPHER, key(), iv, { authTagLength: TAG_BYTES }).setAAD(binding);
  return Buffer.concat([iv, cipher.update(payload), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

export function readCursor(actor: Actor, query: string, cursor: string): Position {
  try {
    const sealed = Buffer.from(cursor, 'base64url');
    const decipher = createDecipheriv(CIPHER, key(), sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(bindingOf(actor, query))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const payload = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    const [at, id] = JSON.parse(payload.toString()) as [string, string];
    return { at, id };
  } catch {
    throw invalid('This cursor is not one of yours for this query. Start again without a cursor.', [
      { pointer: '?cursor', detail: 'unknown cursor' },
    ]);
  }
}
