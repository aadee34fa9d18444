/** Crimes that came to light in an item are known to those who may see the item, as `police_incident` is shared. */
import { ownOrShared } from '../../plans/plans.policy.js';
import { declareSubject } from '../../policy/subjects.js';
import { declareWords } from '../../policy/wording.js';
import { DisclosedCrime } from './crime.entity.js';
import { Listing } from '../meeting.entity.js';
import '../meetings.policy.js';

declareSubject(DisclosedCrime, 'DisclosedCrime', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' } },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  grounds: [
    {
      name: 'shared',
      sentence: 'whose agency recorded it or may know of it',
      actions: ['read'],
      within: 'read',
      where: ownOrShared,
    },
  ],
});

declareWords(DisclosedCrime, 'Meeting', 'crime disclosed at a meeting');
