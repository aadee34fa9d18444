/**
 * Who was present at an item is known to the coordination, to the agency that presented it, and to whoever was: others would
 * learn, from who was at the meeting, who is kept from the item.
 */
import { declareSubject } from '../../policy/subjects.js';
import { coordinatedPanels } from '../../panels/panels.policy.js';
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
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel, and may read the item of the meeting',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
    {
      name: 'presenter',
      sentence: 'whose agency presented the item of the meeting, and who may read it',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ listing: { $elemMatch: { presentedByAgencyId: actor.agencyId } } }),
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

declareWords(ItemPresence, 'Meeting', 'presence at an item');
