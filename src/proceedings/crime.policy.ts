/** Policy of disclosed crimes: readers of the item see them as `police_incident` is shared. */
import { ownOrShared } from '../plans/plans.policy.js';
import { Policy } from '../records/policy.js';
import { DisclosedCrime } from './crime.entity.js';
import { Listing } from '../meetings/meeting.entity.js';

export const policy = new Policy();

policy.declareSubject(DisclosedCrime, 'DisclosedCrime', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' } },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  allowRules: [
    {
      name: 'shared',
      sentence: 'whose agency recorded it or may know of it',
      actions: ['read'],
      within: 'read',
      where: ownOrShared,
    },
    // an amendment holds words of the first record: those of another agency would be shared like the author's own
    {
      name: 'coordination',
      sentence: 'whose agency recorded it',
      actions: ['amend'],
      within: 'minute',
      where: ({ agencyId, agencyType }) => ({ agencyId, contributingType: agencyType }),
    },
  ],
});

policy.declareWording(DisclosedCrime, 'Meeting', 'crime disclosed at a meeting', { amend: 'amend it' });
