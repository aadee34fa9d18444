import type { Work } from '../records/work.js';
import { Referral } from './referral.entity.js';

/** Notes an event of a referral. Until it was submitted nobody but the referrer learns of it. */
export function happenedTo(work: Work, type: string, referral: Referral, data: Record<string, unknown> = {}): void {
  const told = { ...referral, agencyOnly: referral.submittedAt === null };
  work.happened(type, Referral, told, data);
}
