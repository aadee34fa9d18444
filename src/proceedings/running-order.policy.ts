/**
 * Who was present at an item is known to the coordination and to whoever was, and to the agency that presented it by agency: others
 * would learn, from who was at the meeting, who is kept from the item. To whoever may not know of a conflict, the person kept from
 * the item reads like everybody else in the room; nor does a presence tell of an emergency access.
 */
import { declareSubject } from '../authorization/subjects.js';
import { coordinatedPanels } from '../panels/panels.policy.js';
import { declareWording } from '../authorization/wording.js';
import { Listing } from '../meetings/meeting.entity.js';
import '../meetings/meetings.policy.js';
import { knownToBeKeptOut, toConflicts } from './known-conflicts.js';
import { ItemPresence } from './running-order.entity.js';

/** What the presenting agency learns: the agency of whoever was present, and not who it was. */
const BY_AGENCY = [
  'id',
  'version',
  'partnershipId',
  'panelId',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'createdAt',
];

declareSubject(ItemPresence, 'ItemPresence', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' }, ...toConflicts },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  denyRules: [knownToBeKeptOut],
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel, and may read the item of the meeting',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) }, inEmergency: false }),
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

declareWording(ItemPresence, 'Meeting', 'presence at an item');
