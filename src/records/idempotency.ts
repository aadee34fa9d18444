/**
 * Safe retry: the same key with the same request gets the first answer again, with another request 422, and while the
 * first still runs 409. The record commits with the effect; the actor must still be the same principal, which the guard
 * has established anew.
 */
import { conflict, unacceptable } from '../policy/problems.js';
import { IdempotentReply } from './idempotent-reply.entity.js';
import { Presented } from './presented.js';
import type { Work } from './work.js';

export async function replyOf(work: Work): Promise<Presented | null> {
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
  const earlier = await work.manager.findOneBy(IdempotentReply, { principalId: work.actor.id, route, key });
  if (!earlier) return null;
  if (earlier.fingerprint !== fingerprint)
    throw unacceptable(
      'idempotency-key-reused',
      'This Idempotency-Key was used for another request. Use a new key for a new request.',
    );
  return new Presented(JSON.parse(earlier.body) as object, earlier.status, earlier.headers, earlier.body);
}

export async function rememberReply(work: Work, presented: Presented): Promise<void> {
  const { idempotencyKey: key, route, fingerprint } = work.actor.call;
  if (!key) return;
  await work.manager.insert(IdempotentReply, {
    principalId: work.actor.id,
    route,
    key,
    fingerprint: fingerprint ?? '',
    status: presented.status,
    headers: presented.headers,
    body: presented.text,
    at: work.now,
  });
}
