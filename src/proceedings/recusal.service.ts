import { Injectable } from '@nestjs/common';
import { AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { mustBePerson } from '../cases/handling.service.js';
import { watchOffices } from '../panels/oversight.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { findItem, valuesOfItem } from '../meetings/items.js';
import { Meeting, type Listing } from '../meetings/meeting.entity.js';
import {
  carryToItems,
  lockRecusals,
  pendingItemsOf,
  recordEventWithoutCase,
  recusalsEndingWith,
} from './carried-recusals.js';
import { ItemPresenceService } from './item-presence.service.js';
import { Recusal } from './recusal.entity.js';
import type { RecusalEnd, RecusalRequest } from './recusal.dto.js';
import { RecusalView } from './recusal.response.js';

/** Recuses people from single items of a meeting. Source: MARAC note, section 6.4 "Conflicts and staff cases". */
@Injectable()
export class RecusalService {
  constructor(
    private readonly records: Records,
    private readonly itemPresence: ItemPresenceService,
    private readonly actors: Actors,
  ) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      return work.respond.page(RecusalView, { meetingId }, query, { panelId });
    });
  }

  get(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('read', Recusal, id);
      if (found.meetingId !== meetingId) throw notFound();
      return work.respond.one(RecusalView, found);
    });
  }

  /** Recuses a person. A person's own declaration is never refused. */
  recuse(actor: Actor, meetingId: string, request: RecusalRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { listingId, reason, practitionerId } = request;
      const declared = !practitionerId || practitionerId === actor.id;
      const action = declared ? 'read' : 'recuse';
      const { partnershipId, caseId, panelId } = await findItem(work, action, meetingId, listingId);
      // before any item is locked, as copies refer to other items
      await lockRecusals(work, panelId);
      // remaining people are counted before items are locked, as for an exclusion
      const mustLeaveSomebody = declared
        ? null
        : await watchOffices(work, this.actors, {
            partnershipId,
            listingIds: [listingId, ...(await pendingItemsOf(work, caseId)).map(({ id }) => id)],
          });
      // locked, so that the item does not end meanwhile
      const listing = await findItem(work, action, meetingId, listingId, { lock: true });
      if (declared) {
        mustBePerson(actor);
        // emergency access is for reading only: a declaration would preserve what the actor learnt by it
        await work.records.find('take-part', Case, listing.caseId);
      } else {
        await requireKnownPerson(work, listing, practitionerId);
      }
      const who = practitionerId ?? actor.id;
      // a declared conflict holds for one registration, an imposed recusal for each of the person: neither replaces the other
      const same = { listingId, practitionerId: who, declared, endedAt: null };
      if ((await work.records.findMany('read', Recusal, same, 1)).length)
        throw conflict('recused-already', 'The person is already recused from this item. Nothing more is needed.');
      await this.itemPresence.recordPresenceUntilNow(work, { id: listing.id });
      const made = await work.write.insert(Recusal, {
        ...valuesOfItem(actor, listing),
        practitionerId: who,
        reason,
        declared,
        carriedFromId: null,
        endedAt: null,
        endedById: null,
        endReason: null,
      });
      const others = (await pendingItemsOf(work, caseId)).filter(({ id }) => id !== listingId);
      await carryToItems(work, this.itemPresence, made, others);
      await mustLeaveSomebody?.();
      recordEventWithoutCase(work, 'recusal.made', made);
      return work.respond.one(RecusalView, made, { status: 201 });
    });
  }

  /**
   * Ends a recusal for all pending items of the matter before the panel. Only a chair who is neither the person recused
   * nor of the same agency can.
   */
  end(actor: Actor, meetingId: string, id: string, { reason }: RecusalEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      await lockRecusals(work, panelId);
      const found = await work.records.findForUpdate('end', Recusal, RecusalView, id);
      if (found.meetingId !== meetingId) throw notFound();
      if (found.endedAt) throw conflict('ended', 'This recusal has already ended. Nothing more is needed.');
      const others = await recusalsEndingWith(work, found);
      const ended = await endRecusal(work, found, reason);
      await work.asSystem(async () => {
        for (const other of others) await endRecusal(work, other, reason);
      });
      return work.respond.one(RecusalView, ended);
    });
  }
}

async function requireKnownPerson(work: UnitOfWork, { partnershipId }: Listing, practitionerId: string): Promise<void> {
  const person = await work.records.findOrNull('read', Practitioner, practitionerId);
  if (!person || !(await work.manager.existsBy(AgencyPartnership, { agencyId: person.agencyId, partnershipId })))
    throw unacceptable('unknown-practitioner', 'Name a person whose agency works in the panel’s partnership.', [
      { pointer: '/practitionerId', detail: 'is no such person' },
    ]);
}

async function endRecusal(work: UnitOfWork, recusal: Recusal, reason: string): Promise<Recusal> {
  // who declared a conflict is not shown its end
  const write = recusal.declared ? 'updateWithoutVersion' : 'update';
  const ended = await work.write[write](Recusal, recusal, {
    endedAt: work.now,
    endedById: work.actor.id,
    endReason: reason,
  });
  recordEventWithoutCase(work, 'recusal.ended', ended);
  return ended;
}
