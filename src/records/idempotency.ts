/**
 * Safe retry: the same key with the same request gets the first answer again, with another request 422, and while the
 * first still runs 409; after 24 hours it is forgotten. The record commits with the effect; the actor must still be the same principal, which the guard has
 * established anew. The answer is shown again as far as its record may still be read: access lost is lost here too.
 */
import type { Row } from '../authorization/conditions.js';
import { conflict, unacceptable } from '../http/problems.js';
import { IdempotentReply } from './idempotent-reply.entity.js';
import { AuthorizedResponse } from './authorized-response.js';
import { viewNamed } from './response-view.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Hours for which an answer is kept; a later call with its key is a new call. */
export const REPLY_HOURS = 24;

/** Answers from before this moment have expired. */
export const expiryOfReplies = (now: Date): Date => new Date(now.getTime() - REPLY_HOURS * 3_600_000);

export async function storedReply(work: UnitOfWork): Promise<AuthorizedResponse | null> {
  const { idempotencyKey: key, route, fingerprint } = work.actor.call;
  if (!key) return null;
  const [{ free }] = await work.manager.query<[{ free: boolean }]>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free',
    [`${work.actor.id} ${route} ${key}`],
  );
  if (!free)
    throw conflict('still-running', 'The first call with this Idempotency-Key is still running. Repeat it shortly.', {
      headers: { 'retry-after': '1' },
    });
  const ofKey = { principalId: work.actor.id, route, key };
  const earlier = await work.manager.findOneBy(IdempotentReply, ofKey);
  if (!earlier) return null;
  if (earlier.at < expiryOfReplies(work.now)) {
    await work.manager.delete(IdempotentReply, ofKey);
    return null;
  }
  if (earlier.fingerprint !== fingerprint?.())
    throw unacceptable(
      'idempotency-key-reused',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
    );
  const { view, recordId } = earlier;
  const body = JSON.parse(earlier.body) as Row;
  const told = view && recordId ? await work.respondAgain(viewNamed(view), recordId, body) : body;
  return new AuthorizedResponse(told, earlier.status, earlier.headers, told === body ? earlier.body : undefined);
}

export async function storeReply(work: UnitOfWork, presented: AuthorizedResponse): Promise<void> {
  const { idempotencyKey: key, route, fingerprint } = work.actor.call;
  if (!key) return;
  await work.manager.insert(IdempotentReply, {
    principalId: work.actor.id,
    route,
    key,
    fingerprint: fingerprint?.() ?? '',
    status: presented.status,
    headers: presented.headers,
    body: presented.text,
    view: presented.shows?.view ?? null,
    recordId: presented.shows?.id ?? null,
    at: work.now,
  });
}
