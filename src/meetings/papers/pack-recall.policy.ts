/** That papers were recalled is known to whoever may read the meeting; that an item of them was, to whoever may read the item. */
import { hiddenWithCase } from '../../cases/cases.policy.js';
import { declareSubject, openings, subjectOf } from '../../policy/subjects.js';
import { declareWords } from '../../policy/wording.js';
import { Listing, Meeting } from '../meeting.entity.js';
import '../meetings.policy.js';
import { PackRecall } from './pack-recall.entity.js';
import { recusedFromItem } from '../../cases/recusal-facts.js';

declareSubject(PackRecall, 'PackRecall', {
  relations: {
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    listing: { to: Listing, local: 'listingId', foreign: 'id' },
  },
  parent: 'meeting',
  bars: [...hiddenWithCase('caseId'), recusedFromItem('listingId')],
  grounds: [
    {
      name: 'meeting-reader',
      sentence: 'who may read the meeting, where all of its papers were recalled',
      actions: ['read'],
      within: 'read',
      where: () => ({ listingId: null }),
    },
    {
      name: 'item-reader',
      sentence: 'who may read the item of which the papers were recalled',
      actions: ['read'],
      within: 'read',
      passing: true,
      where: (actor) => {
        const ways = openings({ ...actor, scopes: undefined }, subjectOf(Listing), 'read').filter((one) => !one.isIdle);
        return ways.length ? { $or: ways.map(({ where }) => ({ listing: { $elemMatch: where } })) } : null;
      },
    },
  ],
});

declareWords(PackRecall, 'Meeting', 'recall of papers');
