import type { UnitOfWork } from '../records/unit-of-work.js';
import { Referral } from './referral.entity.js';

/** What a change of a returned referral by its own agency writes besides: it is the agency's text until it is submitted again. */
export const rewritten = (work: UnitOfWork, { status, agencyId }: Referral): Partial<Pick<Referral, 'rewrittenAt'>> =>
  status === 'returned' && agencyId === work.actor.agencyId ? { rewrittenAt: work.now } : {};

export const isRewriting = (change: ReturnType<typeof rewritten>): boolean => change.rewrittenAt !== undefined;

/** Notes an event of a referral. Until it was submitted, and of what is rewritten, nobody but the referrer learns. */
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
