/**
 * Idempotent retries: a repeated key with the same request returns the stored response. With another request the
 * response is 422, and 409 while the first request still runs. Keys expire after 24 hours.
 *
 * The stored response commits with the change. The key is bound to the principal, whom the guard has authenticated
 * again. The response is reduced to what the principal may still read, so that a retry does not outlast access.
 */
import type { Row } from '../authorization/conditions.js';
import { conflict, unacceptable } from '../http/problems.js';
import { IdempotentReply } from './idempotent-reply.entity.js';
import { AuthorizedResponse } from './authorized-response.js';
import { viewNamed } from './response-view.js';
import type { UnitOfWork } from './unit-of-work.js';

/** Retention of stored responses, in hours; a later request with the key is a new request. */
export const REPLY_HOURS = 24;

/** Returns the time before which stored responses have expired. */
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
  const told = view && recordId ? await work.respond.again(viewNamed(view), recordId, body) : body;
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
