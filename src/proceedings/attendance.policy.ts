/**
 * Who was at a meeting is known to the panel; of somebody without a seat, to those who may read an item for which the person
 * came. Everybody answers for themselves; the coordination records everybody.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import { declareSubject, permittedRows, subjectOf } from '../authorization/subjects.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { declareWording } from '../authorization/wording.js';
import { Attendance } from './attendance.entity.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { memberPanels } from '../meetings/meetings.policy.js';

/** Whoever attended had a seat, or came for an item that the actor may read. */
function isKnownTo(actor: Actor): Where {
  const readable = permittedRows(withoutScopes(actor), subjectOf(Listing), 'read');
  return { $or: [{ cameFor: null }, ...(readable ? [{ items: { $elemMatch: readable } }] : [])] };
}

declareSubject(Attendance, 'Attendance', {
  relations: {
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    items: { to: Listing, local: 'cameFor', foreign: 'id' },
  },
  parent: 'meeting',
  allowRules: [
    {
      name: 'on-the-panel',
      sentence:
        'who sits on the panel, and for somebody without a seat may read one of the items for which the person came',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ $and: [{ panelId: { $in: memberPanels(actor) } }, isKnownTo(actor)] }),
    },
    {
      name: 'own-attendance',
      sentence: 'whose attendance it is',
      actions: ['read', 'depart'],
      where: (actor) => ({ practitionerId: actor.id }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['depart'],
      within: 'register',
      where: isKnownTo,
    },
  ],
});

declareWording(Attendance, 'Meeting', 'attendance at a meeting', { depart: 'record that they left' });
