/** Hides with an item what was received and done by those who read the case through that item alone. */
import type { DenyRule } from '../authorization/subjects.js';
import './items-read.js';

/** For records that say in `throughListingIds` through which items a case was read. */
export const readThroughHiddenItems: DenyRule = {
  name: 'read-through-hidden-items',
  step: 'conflict',
  sentence: 'who is recused from every item through which a guest, or an agency asked for research, read the case',
  where: ({ recusedListingIds }) =>
    recusedListingIds.length ? { throughListingIds: { $within: recusedListingIds } } : null,
};
