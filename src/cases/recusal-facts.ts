/**
 * Somebody recused from one item must not learn of it: not that it stands on the list, nor what is said, decided or written
 * of it. The rest of the case stays as it was; an exclusion takes the whole case away.
 */
import { declareAttribute } from '../authentication/actor.js';
import type { DenyRule } from '../authorization/subjects.js';
import { namesMe } from '../sharing/access.policy.js';

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /** Items of meetings that must not exist for the actor. */
    recusedListingIds: string[];
    /** The cases of those items. */
    recusedCaseIds: string[];
  }
}

declareAttribute(
  'recusedListingIds',
  `SELECT coalesce(jsonb_agg(DISTINCT r.listing_id), '[]') FROM recusals r
   WHERE who.kind = 'practitioner' AND ${namesMe('r')} AND r.ended_at IS NULL`,
);

declareAttribute(
  'recusedCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT r.case_id), '[]') FROM recusals r
   WHERE who.kind = 'practitioner' AND ${namesMe('r')} AND r.ended_at IS NULL`,
);

/** For rows that name an item in `column`. */
export const recusedFromItem = (column: string): DenyRule => ({
  name: 'recused-from-item',
  step: 'conflict',
  sentence: 'who is recused from the item of the meeting',
  where: ({ recusedListingIds }) => (recusedListingIds.length ? { [column]: { $in: recusedListingIds } } : null),
});
