/** The items of a meeting, as the services of this area find them and write beneath them. */
import type { Actor, Actors } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { notFound } from '../http/problems.js';
import { notDenied, subjectOf } from '../authorization/subjects.js';
import { type RecordClass } from '../database/record-class.js';
import type { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Invitation, Listing, Meeting } from './meeting.entity.js';
import { memberPanels } from './meetings.policy.js';
import { inOrder } from './order-of-hearing.js';

/** The item, if it is one of this meeting. */
export async function itemOf(
  work: UnitOfWork,
  action: string,
  meetingId: string,
  id: string,
  options = {},
): Promise<Listing> {
  // an identifier of a body with wrong values cannot be looked for: whoever may not know of the meeting is refused
  if (work.actor.call.deferredProblem) await work.records.find('read', Meeting, meetingId);
  const listing = await work.records.find(action, Listing, id, options);
  if (listing.meetingId !== meetingId) throw notFound();
  return listing;
}

/**
 * The items that the actor may see, in the order in which they are heard, without numbers: a gap would tell of an item that
 * is hidden. Also what was taken off the list is among them, and says so. Kind and reason are those that the actor is shown.
 */
export async function itemsOf(work: UnitOfWork, meetingId: string, also: Where = {}): Promise<Listing[]> {
  return inOrder(Listing, await work.records.findMany('read', Listing, { $and: [{ meetingId }, also] }));
}

/**
 * Returns the items that the person reads who first invited the actor: the actor's times run over them. `asks` finds them, as far as the
 * condition `also` holds: it leaves out what a conflict hides from the actor, whose agency would learn of it by a later time. Null for
 * members of the panel, and where no such person is active. Source: docs/decisions/2026-11-22-times-of-an-agenda.md.
 */
export async function asInviter<T>(
  records: Records,
  actors: Actors,
  actor: Actor,
  meetingId: string,
  type: RecordClass,
  asks: (work: UnitOfWork, also: Where) => Promise<T[]>,
): Promise<T[] | null> {
  const inviterId = await records.read(actor, async (work) => {
    // what is known of the actor is up to date once something was read
    const { panelId } = await work.records.find('read', Meeting, meetingId);
    if (memberPanels(actor).includes(panelId)) return null;
    const ids = actor.invitations.filter((one) => one.meetingId === meetingId).map(({ id }) => id);
    const invitations = await work.records.findMany('read', Invitation, { id: { $in: ids } });
    invitations.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
    return invitations[0]?.invitedById ?? null;
  });
  const inviter = inviterId && (await actors.practitioner(inviterId, { now: actor.now, call: actor.call }));
  if (!inviter) return null;
  const also = notDenied(actor, subjectOf(type), 'conflict');
  return records.read(inviter, (work) => asks(work, also));
}

/** Where a record of the item stands, written by the actor’s agency. */
export function withinItem(actor: Actor, { id, meetingId, caseId, panelId, partnershipId }: Listing) {
  return {
    listingId: id,
    meetingId,
    caseId,
    panelId,
    partnershipId,
    agencyId: actor.agencyId,
    contributingType: actor.agencyType,
  };
}
