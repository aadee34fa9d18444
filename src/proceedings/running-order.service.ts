import { Injectable } from '@nestjs/common';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { mergeInAgendaOrder } from '../meetings/order-of-hearing.js';
import { findAsInviter, findItem, findItems, isHearingAnItem } from '../meetings/items.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { ListingView } from '../meetings/meeting.response.js';
import { ItemPresenceService } from './item-presence.service.js';
import type { ItemPresenceCorrection } from './running-order.dto.js';
import { ItemPresence } from './running-order.entity.js';
import { ItemPresenceView, RunningItemView } from './running-order.response.js';
import { calculateProgress } from './timing.js';

/** Running order of a meeting, and the people who heard its items. */
@Injectable()
export class RunningOrderService {
  constructor(
    private readonly records: Records,
    private readonly itemPresence: ItemPresenceService,
    private readonly actors: Actors,
  ) {}

  async list(actor: Actor, meetingId: string): Promise<AuthorizedResponse> {
    const ofInviter = await findAsInviter(this.records, this.actors, actor, meetingId, Listing, (work, filter) =>
      findItems(work, meetingId, filter),
    );
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const items = await findItems(work, meetingId);
      return work.respond.list(RunningItemView, items, {
        given: calculateProgress(meeting, mergeInAgendaOrder(Listing, items, ofInviter), work.now),
      });
    });
  }

  /**
   * Starts an item. Only one item visible to the actor may be in progress, because a refusal for a hidden item would
   * reveal it. The meeting is locked, so that concurrent requests do not start two items.
   */
  start(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { status } = await work.records.find('read', Meeting, meetingId, { lock: true });
      const found = await this.findItemForUpdate(work, meetingId, id);
      if (status !== 'in_session')
        throw conflict(
          'not-in-session',
          `A meeting that is ${status} hears no item. Open the meeting first: POST /v1/meetings/{id}/opening.`,
        );
      if (found.removedAt)
        throw conflict(
          'listing-removed',
          'The item was taken off the list of this meeting. Put it back first, or start another item.',
        );
      if (found.startedAt)
        throw conflict(
          'begun-already',
          found.endedAt
            ? 'The item was already heard. Start another item.'
            : 'The item is already being heard. Start another item after its end.',
        );
      if (await isHearingAnItem(work, meetingId))
        throw conflict(
          'one-at-a-time',
          'Another item is being heard. End that item first: POST …/listings/{listingId}/end.',
        );
      const begun = await work.write.update(Listing, found, { startedAt: work.now });
      await this.itemPresence.recordPresence(work, begun);
      work.recordEvent('item.started', Listing, begun);
      return work.respond.one(ListingView, begun);
    });
  }

  /** Ends an item, also after the meeting: a deputy ends items hidden from the chair who closed the meeting. */
  end(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { closedAt } = await work.records.find('read', Meeting, meetingId);
      const found = await this.findItemForUpdate(work, meetingId, id);
      if (!found.startedAt || found.endedAt)
        throw conflict(
          'not-being-heard',
          'The item is not being heard. Start it first: POST …/listings/{listingId}/start.',
        );
      const endedAt = closedAt && closedAt > found.startedAt ? closedAt : work.now;
      const ended = await work.write.update(Listing, found, { endedAt });
      await this.itemPresence.recordPresence(work, ended);
      work.recordEvent('item.ended', Listing, ended);
      return work.respond.one(ListingView, ended);
    });
  }

  presences(actor: Actor, meetingId: string, listingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await findItem(work, 'read', meetingId, listingId);
      return work.respond.page(ItemPresenceView, { listingId }, query);
    });
  }

  presence(actor: Actor, meetingId: string, listingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(
        ItemPresenceView,
        requireItem(await work.records.find('read', ItemPresence, id), meetingId, listingId),
      ),
    );
  }

  /**
   * Replaces a presence that was recorded wrongly by a further record. The first one stays, marked as corrected. What
   * the person's agency is recorded to have received by word of mouth is marked as recorded in error, unless somebody
   * else of the agency was there. Source: docs/decisions/0064.
   */
  correctPresence(
    actor: Actor,
    meetingId: string,
    listingId: string,
    id: string,
    { wasPresent, reason }: ItemPresenceCorrection,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // the item is locked first, as by every record of a presence
      if (await work.records.findOrNull('correct', ItemPresence, id))
        await work.records.findOrNull('run', Listing, listingId, { lock: true });
      const found = requireItem(
        await work.records.findForUpdate('correct', ItemPresence, ItemPresenceView, id),
        meetingId,
        listingId,
      );
      if (found.correctedAt)
        throw conflict('corrected-already', 'This presence was already corrected. Correct the one that replaced it.');
      if (found.wasPresent === wasPresent)
        throw unacceptable('nothing-corrected', 'The request changes nothing. Send the other value of `wasPresent`.', [
          { pointer: '/wasPresent', detail: `is ${String(wasPresent)} already` },
        ]);
      const correction = await this.itemPresence.correctPresence(work, found, { wasPresent, reason });
      return work.respond.found(ItemPresenceView, correction.id);
    });
  }

  private async findItemForUpdate(work: UnitOfWork, meetingId: string, id: string): Promise<Listing> {
    const found = await work.records.findForUpdate('run', Listing, ListingView, id);
    if (found.meetingId !== meetingId) throw notFound();
    return found;
  }
}

/** Returns the presence if it belongs to the item of the meeting. */
function requireItem(presence: ItemPresence, meetingId: string, listingId: string): ItemPresence {
  if (presence.meetingId !== meetingId || presence.listingId !== listingId) throw notFound();
  return presence;
}
