/** Who was present at an item is known to those who may see the item. */
import { declareSubject } from '../../policy/subjects.js';
import { declareWords } from '../../policy/wording.js';
import { Listing } from '../meeting.entity.js';
import '../meetings.policy.js';
import { ItemPresence } from './running-order.entity.js';

declareSubject(ItemPresence, 'ItemPresence', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' } },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  grounds: [
    {
      name: 'item-reader',
      sentence: 'who may read the item of the meeting',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
  ],
});

declareWords(ItemPresence, 'Meeting', 'presence at an item');
