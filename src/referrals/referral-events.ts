import type { UnitOfWork } from '../records/unit-of-work.js';
import { Referral } from './referral.entity.js';

/**
 * Returns the additional change for an edit of a returned referral by its own agency. The text is the agency's own
 * until it is submitted again.
 */
export const rewritten = (work: UnitOfWork, { status, agencyId }: Referral): Partial<Pick<Referral, 'rewrittenAt'>> =>
  status === 'returned' && agencyId === work.actor.agencyId ? { rewrittenAt: work.now } : {};

/**
 * Counts the actor among the authors, if the actor works for the referring agency. Source: decision 0050, people who
 * just submitted or completed a referral do not lose it at once.
 */
export const coAuthored = (
  { actor }: UnitOfWork,
  { agencyId, authorId, coAuthorIds }: Referral,
): Partial<Pick<Referral, 'coAuthorIds'>> =>
  agencyId !== actor.agencyId || [authorId, ...coAuthorIds].includes(actor.id)
    ? {}
    : { coAuthorIds: [...coAuthorIds, actor.id] };

export const isRewriting = (change: ReturnType<typeof rewritten>): boolean => change.rewrittenAt !== undefined;

/** Records an event of a referral. Events before submission, and of a rewrite, are visible to the referrer only. */
export function happenedTo(
  work: UnitOfWork,
  type: string,
  referral: Referral,
  data: Record<string, unknown> = {},
  rewriting = false,
): void {
  const told = { ...referral, agencyOnly: rewriting || referral.submittedAt === null };
  work.recordEvent(type, Referral, told, data);
}
