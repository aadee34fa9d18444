/**
 * Policy of recalls. A recall of all papers is visible to readers of the meeting, a recall of one item to readers of
 * the item.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { PackRecall } from './pack-recall.entity.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { applicableRules } from '../authorization/applicable-rules.js';

export const policy = new Policy();

policy.declareSubject(PackRecall, 'PackRecall', {
  relations: {
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    listing: { to: Listing, local: 'listingId', foreign: 'id' },
  },
  parent: 'meeting',
  denyRules: [...hiddenWithCase('caseId'), recusedFromItem('listingId')],
  allowRules: [
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
      isTimeLimited: true,
      where: (actor) => {
        const ways = applicableRules(withoutScopes(actor), subjectOf(Listing), 'read').filter((one) => !one.isIdle);
        return ways.length ? { $or: ways.map(({ where }) => ({ listing: { $elemMatch: where } })) } : null;
      },
    },
  ],
});

policy.declareWording(PackRecall, 'Meeting', 'recall of papers');
