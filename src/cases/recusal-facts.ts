/**
 * Actor attributes for recusals. A recusal hides one item of a meeting, including its listing, discussion, decisions
 * and minutes; the rest of the case remains readable. An exclusion hides the whole case.
 */
import { Policy } from '../records/policy.js';
import { namesMe } from '../sharing/access.policy.js';
import type { DenyRule } from '../authorization/subject.types.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /** Listings hidden from the actor. */
    recusedListingIds: string[];
    /** Cases of those listings, and cases that repeat them: their items will be hidden from the actor. */
    recusedCaseIds: string[];
  }
}

policy.declareAttribute(
  'recusedListingIds',
  `SELECT coalesce(jsonb_agg(DISTINCT r.listing_id), '[]') FROM recusals r
   WHERE who.kind = 'practitioner' AND ${namesMe('r')} AND r.ended_at IS NULL`,
);

policy.declareAttribute(
  'recusedCaseIds',
  `WITH own AS (SELECT r.case_id FROM recusals r
     WHERE who.kind = 'practitioner' AND ${namesMe('r')} AND r.ended_at IS NULL)
   SELECT coalesce(jsonb_agg(DISTINCT one.case_id), '[]') FROM (SELECT case_id FROM own
     UNION SELECT later.case_id FROM own JOIN repeated_cases repeated ON repeated.earlier_case_id = own.case_id
       JOIN referrals later ON later.id = repeated.referral_id AND later.case_id IS NOT NULL) one`,
);

/** Deny rule for records that hold the identifier of an item in `column`. */
export const recusedFromItem = (column: string): DenyRule => ({
  name: 'recused-from-item',
  step: 'conflict',
  sentence: 'who is recused from the item of the meeting',
  where: ({ recusedListingIds }) => (recusedListingIds.length ? { [column]: { $in: recusedListingIds } } : null),
});
