/**
 * Policy of attendances. The panel may know who attended. Attendance of people without a seat is visible only to
 * readers of an item for which they came. Everybody records their own attendance; the coordination records anybody's.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import { classifiedProperties } from '../authorization/classification.js';
import { subjectOf } from '../authorization/subjects.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { Attendance } from './attendance.entity.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { memberPanels } from '../meetings/meetings.policy.js';
import { permittedRows } from '../authorization/applicable-rules.js';

export const policy = new Policy();

/** Condition for people with a seat, or who came for an item that the actor may read. */
function isKnownTo(actor: Actor): Where {
  const readable = permittedRows(withoutScopes(actor), subjectOf(Listing), 'read');
  return { $or: [{ listingIds: null }, ...(readable ? [{ items: { $elemMatch: readable } }] : [])] };
}

/** Fields without the reason of a correction, which is free text and could name a case. */
const FIELDS_WITHOUT_REASON = [...classifiedProperties(Attendance).keys()].filter((one) => one !== 'correctionReason');

policy.declareSubject(Attendance, 'Attendance', {
  relations: {
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    items: { to: Listing, local: 'listingIds', foreign: 'id' },
  },
  parent: 'meeting',
  allowRules: [
    {
      name: 'on-the-panel',
      sentence:
        'who sits on the panel, and for somebody without a seat may read one of the items for which the person came: not why it was corrected',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ $and: [{ panelId: { $in: memberPanels(actor) } }, isKnownTo(actor)] }),
      fields: FIELDS_WITHOUT_REASON,
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
      actions: ['read', 'depart'],
      within: 'register',
      where: isKnownTo,
    },
  ],
});

policy.declareWording(Attendance, 'Meeting', 'attendance at a meeting', { depart: 'record that they left' });
