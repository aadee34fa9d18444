/** An event is visible to those who see the case, and, where it tells of a contribution, its category. */
import { sharedAtLeast } from '../policy/levels.js';
import { declareSubject } from '../policy/subjects.js';
import { declareWords } from '../policy/wording.js';
import { Case } from '../cases/case.entity.js';
import { recusedFromItem } from '../meetings/room/recusal-facts.js';
import { Event } from './event.entity.js';

declareSubject(Event, 'Event', {
  relations: { case: { to: Case, local: 'caseId', foreign: 'id' } },
  parent: 'case',
  orderBy: 'at',
  bars: [recusedFromItem('listingId')],
  grounds: [
    {
      name: 'case-reader',
      sentence: 'who may read the case, and may know of what the event tells',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({
        $or: [
          { agencyId: actor.agencyId },
          { agencyOnly: false, category: null },
          { $and: [{ agencyOnly: false }, sharedAtLeast(actor, 'existence')] },
        ],
      }),
    },
  ],
});

declareWords(Event, 'Working a case', 'event of a case');
