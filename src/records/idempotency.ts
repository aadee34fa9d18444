/**
 * Idempotent retries: a repeated key with the same request returns the stored response. With another request the
 * response is 422, and 409 while the first request still runs. Keys expire after 24 hours.
 *
 * The stored response commits with the change. The key is bound to the principal, whom the guard has authenticated
 * again. The response is reduced to what the principal may still read, so that a retry does not outlast access.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Row } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import { IdempotentReply } from './idempotent-reply.entity.js';
import { AuthorizedResponse } from './authorized-response.js';
import { auditDraft, concernOf, type AuditConcern } from './audit-drafts.js';
import { Refusal } from './command-subject.js';
import type { FieldMask } from './field-mask.js';
import { refusalDraft } from './refusal-drafts.js';
import { shapeOf, type ViewClass } from './response-view.js';
import { reveals } from './row-masks.js';
import type { UnitOfWork } from './unit-of-work.js';
import { viewNamed } from './declared-views.js';

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
  const { shown, concern } =
    view && recordId ? await stillShown(work, viewNamed(view), recordId, body) : { shown: body };
  noteRepeated(work, shown, concern);
  return new AuthorizedResponse(shown, earlier.status, earlier.headers, shown === body ? earlier.body : undefined);
}

/** Records that a stored response was sent again. */
function noteRepeated({ audit }: UnitOfWork, body: Row, concern: AuditConcern | undefined): void {
  const { id, withheld = [], ...shown } = body as { id?: string; withheld?: string[] };
  const fields = [...(id ? ['id'] : []), ...Object.keys(shown)];
  const what = { action: 'repeat', subjectType: 'IdempotentReply', recordIds: id ? [id] : [] };
  audit.drafts.push(
    auditDraft({ operation: 'consult', subOperation: 'repeat', ...what, ...concern, fields, withheld }),
  );
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

/**
 * Reduces a stored response to what may still be shown; returns the identical body if nothing was lost. `concern` is
 * that of the record in its present state.
 */
async function stillShown(
  work: UnitOfWork,
  view: ViewClass,
  id: string,
  before: Row,
): Promise<{ shown: Row; concern: AuditConcern }> {
  const shape = shapeOf(view);
  const subject = subjectOf(shape.record);
  const reader = withoutScopes(work.actor);
  const row = await work.records.findAs(reader, 'read', shape.record, id);
  if (!row)
    throw new Refusal(notFound(), refusalDraft({ ...notFoundAgain, subjectType: subject.name, recordIds: [id] }));
  const asSeen = await work.masks.mask(view, 'read', [row], reader);
  const [current, { shown, withheld }] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
  const concern = concernOf(subject, row);
  const isHidden = (field: string): boolean =>
    (shape.references.has(field) && current[field] === null) || reveals(subject, row, field, before[field]);
  const fields = Object.keys(before).filter((field) => field !== 'withheld');
  if (fields.every((field) => shown.includes(field) && (before[field] === null || !isHidden(field))))
    return { shown: before, concern };
  const values = fields
    .filter((one) => shown.includes(one))
    .map((one) => [one, isHidden(one) ? current[one] : before[one]] as const);
  return { shown: { ...Object.fromEntries(values), withheld }, concern };
}

const notFoundAgain = { action: 'read', rule: 'not-found' };
