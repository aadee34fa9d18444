/** The items of a meeting, as the services of this area find them and write beneath them. */
import type { Actor } from '../policy/actor.js';
import { notFound } from '../policy/problems.js';
import type { Work } from '../records/work.js';
import { Listing, type Meeting } from './meeting.entity.js';
import { memberPanels } from './meetings.policy.js';
import { inOrder } from './agenda/order-of-hearing.js';

/** The item, if it is one of this meeting. */
export async function itemOf(
  work: Work,
  action: string,
  meetingId: string,
  id: string,
  options = {},
): Promise<Listing> {
  const listing = await work.find(action, Listing, id, options);
  if (listing.meetingId !== meetingId) throw notFound();
  return listing;
}

/**
 * The items that the actor may see, in the order in which they are heard, without numbers: a gap would tell of an item that
 * is hidden. Also what was taken off the list is among them, and says so. Kind and reason are those that the actor is shown.
 */
export async function itemsOf(work: Work, meetingId: string): Promise<Listing[]> {
  return inOrder(work.asShown(Listing, await work.rows('read', Listing, { meetingId })));
}

/**
 * The items over which the times of a meeting run for the actor: those that the actor may see, or all of them for a guest, who
 * must know when to come. Source: docs/decisions/2026-11-22-times-of-an-agenda.md.
 */
export function itemsThatTime<T>(
  work: Work,
  { panelId }: Pick<Meeting, 'panelId'>,
  visible: T[],
  all: () => Promise<T[]>,
): Promise<T[]> {
  return memberPanels(work.actor).includes(panelId) ? Promise.resolve(visible) : work.asService(all);
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
