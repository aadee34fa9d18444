import { randomInt } from 'node:crypto';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';

/** Prefix of the references of referrals, before the prefix of their panel. */
const REFERRAL_PREFIX = 'REF-';

const FIVE_DIGITS = { from: 10_000, below: 100_000 };
const SIX_DIGITS = { from: 100_000, below: 1_000_000 };
/**
 * Number of five-digit references after which six digits are used. Beyond a fifth of the range, random draws hit used
 * numbers too often.
 */
const FIVE_DIGIT_LIMIT = (FIVE_DIGITS.below - FIVE_DIGITS.from) / 5;

/**
 * Returns a new human-readable reference, such as `JAG-2026-48213`. The number is drawn at random among the unused ones
 * of series and year, so that neither numbers nor gaps reveal how many cases or referrals exist. The number is reserved
 * in the transaction that uses it.
 */
export async function newReference(work: UnitOfWork, series: string): Promise<string> {
  const year = Number(londonDay(work.now).slice(0, 4));
  const [{ used }] = await work.manager.query<[{ used: number }]>(
    `SELECT count(*)::int AS used FROM reference_numbers WHERE series = $1 AND year = $2 AND number < $3`,
    [series, year, FIVE_DIGITS.below],
  );
  const { from, below } = used < FIVE_DIGIT_LIMIT ? FIVE_DIGITS : SIX_DIGITS;
  for (;;) {
    const number = randomInt(from, below);
    const taken = await work.manager.query<unknown[]>(
      `INSERT INTO reference_numbers (series, year, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING number`,
      [series, year, number],
    );
    if (taken.length) return `${series}-${String(year)}-${String(number)}`;
  }
}

/** Returns the series of the referrals to a panel, such as `REF-JAG`. */
export const referralSeries = (prefix: string): string => REFERRAL_PREFIX + prefix;
