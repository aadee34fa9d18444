/** Policy of circulated agendas: editions for readers of the meeting, items for readers of the case. */
import { recusedFromItem } from '../cases/recusal-facts.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { itemReadRules, revealingItemColumns, CASE_RELATION, WITHIN_CASE } from '../meetings/meetings.policy.js';
import { AgendaEdition, AgendaItem } from './agenda.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

policy.declareSubject(AgendaEdition, 'AgendaEdition', {
  relations: { meeting: { to: Meeting, local: 'meetingId', foreign: 'id' } },
  parent: 'meeting',
  allowRules: [
    {
      name: 'meeting-reader',
      sentence: 'who may read the meeting',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
  ],
});

policy.declareSubject(AgendaItem, 'AgendaItem', {
  ...WITHIN_CASE,
  relations: { ...CASE_RELATION, listing: { to: Listing, local: 'listingId', foreign: 'id' } },
  denyRules: [recusedFromItem('listingId')],
  revealing: revealingItemColumns((item) => ({ listing: { $elemMatch: item } })),
  allowRules: itemReadRules('listingId'),
});

policy.declareWording(AgendaEdition, 'Meeting', 'circulated agenda of a meeting');
policy.declareWording(AgendaItem, 'Meeting', 'item of a circulated agenda');
