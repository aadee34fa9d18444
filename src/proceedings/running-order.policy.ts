/**
 * Policy of presences at items. Visible to the coordination, to the person, and by agency to the presenting agency.
 * Other people know who attended the meeting, and would learn who is excluded from the item. Readers who may not know
 * of a conflict see an excluded person like everybody present. A presence does not reveal emergency access.
 */
import { coordinatedPanels } from '../panels/panels.policy.js';
import { Listing } from '../meetings/meeting.entity.js';
import { hiddenIfConflictKnown, CONFLICT_RELATIONS } from './known-conflicts.js';
import { ItemPresence } from './running-order.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

/** Fields for the presenting agency: the agencies that were present, without the people. */
const BY_AGENCY = [
  'id',
  'version',
  'partnershipId',
  'panelId',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'wasPresent',
  'correctsId',
  'correctedAt',
  'createdAt',
];

policy.declareSubject(ItemPresence, 'ItemPresence', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' }, ...CONFLICT_RELATIONS },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  denyRules: [hiddenIfConflictKnown],
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel, and may read the item of the meeting',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) }, inEmergency: false }),
    },
    {
      name: 'correcting-coordination',
      sentence:
        'who chairs or coordinates the panel, and may begin and end the item, where it was somebody else who was there',
      actions: ['correct'],
      within: 'run',
      where: (actor) => ({ practitionerId: { $nin: actor.registrationIds }, inEmergency: false }),
    },
    {
      name: 'presenter',
      sentence: 'whose agency presented the item of the meeting, and who may read it: the agencies that were present',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ listing: { $elemMatch: { presentedByAgencyId: actor.agencyId } }, inEmergency: false }),
      fields: BY_AGENCY,
    },
    {
      name: 'own-presence',
      sentence: 'who was present, and may read the item of the meeting',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ practitionerId: actor.id }),
    },
  ],
});

policy.declareWording(ItemPresence, 'Meeting', 'presence at an item', { correct: 'correct who was there' });
