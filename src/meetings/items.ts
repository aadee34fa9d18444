/** Items of a meeting: lookups and the values of records that belong to an item. */
import { type Actor, type Actors, contributorOf } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { notFound } from '../http/problems.js';
import { subjectOf } from '../authorization/subjects.js';
import type { ActionOf, RecordClass } from '../database/columns.js';
import type { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Invitation, Listing, Meeting } from './meeting.entity.js';
import { memberPanels } from './meetings.policy.js';
import { sortByAgendaOrder } from './order-of-hearing.js';
import { notDenied } from '../authorization/applicable-rules.js';

/** Returns the item if it belongs to the meeting. */
export async function findItem(
  work: UnitOfWork,
  action: ActionOf<typeof Listing>,
  meetingId: string,
  id: string,
  options = {},
): Promise<Listing> {
  // read first, so that an actor who may not know of the meeting is refused; an invalid body names no item
  if (work.actor.call.deferredProblem) await work.records.find('read', Meeting, meetingId);
  const listing = await work.records.find(action, Listing, id, options);
  if (listing.meetingId !== meetingId) throw notFound();
  return listing;
}

/** Returns the record if it belongs to the meeting. */
export function requireMeeting<T extends { meetingId: string }>(record: T, meetingId: string): T {
  if (record.meetingId !== meetingId) throw notFound();
  return record;
}

/** Returns whether an item of the meeting is being heard, of those that the actor may read. */
export async function isHearingAnItem(work: UnitOfWork, meetingId: string): Promise<boolean> {
  const running = { meetingId, startedAt: { $ne: null }, endedAt: null };
  return (await work.records.findMany('read', Listing, running, 1)).length > 0;
}

/**
 * Returns the items that the actor may see, in the order of hearing. The items have no numbers, because a gap would
 * reveal a hidden item. Items taken off the list are included, with their removal. Kind and reason are those shown to
 * the actor.
 */
export async function findItems(work: UnitOfWork, meetingId: string, filter: Where = {}): Promise<Listing[]> {
  return sortByAgendaOrder(Listing, await work.records.findMany('read', Listing, { $and: [{ meetingId }, filter] }));
}

/**
 * Returns the items readable by the person who first invited the actor. The times shown to the actor are calculated
 * from these items. `find` loads the items that satisfy the condition it is given. The condition omits items hidden
 * from the actor by a conflict, because the actor's agency would learn of these items from a later time. Returns null
 * for members of the panel, and if no such person is active. Source:
 * docs/decisions/0016-compute-agenda-times-from-visible-items.md.
 */
export async function findAsInviter<T>(
  records: Records,
  actors: Actors,
  actor: Actor,
  meetingId: string,
  type: RecordClass,
  find: (work: UnitOfWork, filter: Where) => Promise<T[]>,
): Promise<T[] | null> {
  const inviterId = await records.read(actor, async (work) => {
    // attributes of the actor are up to date only after a first read
    const { panelId } = await work.records.find('read', Meeting, meetingId);
    if (memberPanels(actor).includes(panelId)) return null;
    const ids = actor.invitations.filter((one) => one.meetingId === meetingId).map(({ id }) => id);
    const invitations = await work.records.findMany('read', Invitation, { id: { $in: ids } });
    invitations.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));
    return invitations[0]?.invitedById ?? null;
  });
  const inviter = inviterId && (await actors.practitioner(inviterId, { now: actor.now, call: actor.call }));
  if (!inviter) return null;
  const filter = notDenied(actor, subjectOf(type), 'conflict');
  return records.read(inviter, (work) => find(work, filter));
}

/** Returns the values of a record that the actor's agency writes for the item. */
export function valuesOfItem(actor: Actor, { id, meetingId, caseId, panelId, partnershipId }: Listing) {
  return {
    listingId: id,
    meetingId,
    caseId,
    panelId,
    partnershipId,
    ...contributorOf(actor),
  };
}
