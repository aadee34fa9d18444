/** Deny rule for records of disclosures and actions made through an item from which the reader is recused. */
import type { DenyRule } from '../authorization/subject.types.js';

/** Hides records whose `throughListingIds`, the items through which a case was read, are all hidden from the actor. */
export const readThroughHiddenItems: DenyRule = {
  name: 'read-through-hidden-items',
  step: 'conflict',
  sentence: 'who is recused from every item through which a guest, or an agency asked for research, read the case',
  where: ({ recusedListingIds }) =>
    recusedListingIds.length ? { throughListingIds: { $within: recusedListingIds } } : null,
};
