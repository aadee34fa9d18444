/** Policy of disclosed crimes: readers of the item see them as `police_incident` is shared. */
import { ownOrShared } from '../plans/plans.policy.js';
import { sharedAtLeast } from '../authorization/sharing-conditions.js';
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
    // an amendment copies all values that it does not change, so its author must read the whole record
    {
      name: 'coordination',
      sentence: 'who may minute the item, and whose agency recorded it or receives it in full',
      actions: ['amend'],
      within: 'minute',
      where: (actor) => ({ $or: [{ agencyId: actor.agencyId }, sharedAtLeast(actor, 'full')] }),
    },
  ],
});

policy.declareWording(DisclosedCrime, 'Meeting', 'crime disclosed at a meeting', { amend: 'amend it' });
