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
import { Meeting, TO_BE_HELD, type Listing } from '../meetings/meeting.entity.js';
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
      const { partnershipId, caseId } = await findItem(work, action, meetingId, listingId);
      // remaining people are counted before items are locked, as for an exclusion
      const mustLeaveSomebody = declared
        ? null
        : await watchOffices(work, this.actors, {
            partnershipId,
            listingIds: [listingId, ...(await findOtherItems(work, caseId, practitionerId)).map(({ id }) => id)],
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
        endedAt: null,
        endedById: null,
        endReason: null,
      });
      await this.recuseFromOtherItems(work, made);
      await mustLeaveSomebody?.();
      recordEventWithoutCase(work, 'recusal.made', made);
      return work.respond.one(RecusalView, made, { status: 201 });
    });
  }

  /**
   * Recuses the person from all other items of the case that are still to be heard. The actor need not know of these
   * items: a case can be listed at several meetings.
   */
  private async recuseFromOtherItems(work: UnitOfWork, made: Recusal): Promise<void> {
    const others = await findOtherItems(work, made.caseId, made.practitionerId);
    await work.asSystem(async () => {
      for (const item of others) {
        await this.itemPresence.recordPresenceUntilNow(work, { id: item.id });
        await copyRecusal(work, made, item);
      }
    });
  }

  /** Ends a recusal. Only a chair who is neither the person recused nor of the same agency can. */
  end(actor: Actor, meetingId: string, id: string, { reason }: RecusalEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('end', Recusal, RecusalView, id);
      if (found.meetingId !== meetingId) throw notFound();
      if (found.endedAt) throw conflict('ended', 'This recusal has already ended. Nothing more is needed.');
      const ended = await work.write.update(Recusal, found, {
        endedAt: work.now,
        endedById: actor.id,
        endReason: reason,
      });
      recordEventWithoutCase(work, 'recusal.ended', ended);
      return work.respond.one(RecusalView, ended);
    });
  }
}

/** Other items of the case `$1` to be heard. Parameters: `$2` person, `$3` statuses of meetings. */
const OTHER_ITEMS_TO_BE_HEARD = `SELECT l.id, l.meeting_id AS "meetingId" FROM listings l
  JOIN meetings m ON m.id = l.meeting_id AND m.status = ANY ($3)
  WHERE l.case_id = $1 AND l.outcome IS NULL AND l.removed_at IS NULL AND NOT EXISTS (
    SELECT FROM recusals r WHERE r.listing_id = l.id AND r.practitioner_id = $2 AND r.ended_at IS NULL)
  ORDER BY l.id`;

const findOtherItems = (
  work: UnitOfWork,
  caseId: string,
  practitionerId: string,
): Promise<{ id: string; meetingId: string }[]> =>
  work.asSystem(() => work.manager.query(OTHER_ITEMS_TO_BE_HEARD, [caseId, practitionerId, TO_BE_HELD]));

/**
 * Recuses the person from another item of the same case. The copy of a declared conflict counts as imposed: its person is
 * not shown later items. The event is not part of the case's timeline.
 */
export async function copyRecusal(
  work: UnitOfWork,
  { id: _, version: _version, createdAt: _created, updatedAt: _updated, ...recusal }: Recusal,
  item: Pick<Listing, 'id' | 'meetingId'>,
): Promise<void> {
  recordEventWithoutCase(
    work,
    'recusal.made',
    await work.write.insert(Recusal, { ...recusal, declared: false, listingId: item.id, meetingId: item.meetingId }),
  );
}

async function requireKnownPerson(work: UnitOfWork, { partnershipId }: Listing, practitionerId: string): Promise<void> {
  const person = await work.records.findOrNull('read', Practitioner, practitionerId);
  if (!person || !(await work.manager.existsBy(AgencyPartnership, { agencyId: person.agencyId, partnershipId })))
    throw unacceptable('unknown-practitioner', 'Name a person whose agency works in the panel’s partnership.', [
      { pointer: '/practitionerId', detail: 'is no such person' },
    ]);
}

/** Records the event without the case, whose timeline every reader of the case sees. */
function recordEventWithoutCase(work: UnitOfWork, event: string, { caseId: _, ...recusal }: Recusal): void {
  work.recordEvent(event, Recusal, recusal);
}
