import { Injectable } from '@nestjs/common';
import { AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { onlyAPerson } from '../cases/handling.service.js';
import { watchesOver } from '../panels/oversight.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { itemOf, withinItem } from '../meetings/items.js';
import { Meeting, type Listing } from '../meetings/meeting.entity.js';
import { Hearers } from './hearers.js';
import { Recusal } from './recusal.entity.js';
import type { RecusalEnd, RecusalRequest } from './recusal.dto.js';
import { RecusalView } from './recusal.response.js';

/** Takes people out of single items of a meeting. Source: MARAC note, section 6.4 "Conflicts and staff cases". */
@Injectable()
export class RecusalService {
  constructor(
    private readonly records: Records,
    private readonly hearers: Hearers,
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

  /** A conflict that somebody declares is never refused. */
  recuse(actor: Actor, meetingId: string, request: RecusalRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { listingId, reason, practitionerId } = request;
      const declared = !practitionerId || practitionerId === actor.id;
      const action = declared ? 'read' : 'recuse';
      const { partnershipId } = await itemOf(work, action, meetingId, listingId);
      // who is left is counted before items are locked, as for an exclusion
      const mustLeaveSomebody = declared
        ? null
        : await watchesOver(work, this.actors, { partnershipId, listingIds: [listingId] });
      // locked, so that the item does not end meanwhile
      const listing = await itemOf(work, action, meetingId, listingId, { lock: true });
      if (declared) {
        onlyAPerson(actor);
        // an emergency access is to read: what somebody learnt by it stays in no record of theirs
        await work.records.find('take-part', Case, listing.caseId);
      } else {
        await known(work, listing, practitionerId);
      }
      const who = practitionerId ?? actor.id;
      // a declared conflict holds for one registration, an imposed recusal for each of the person: neither replaces the other
      const same = { listingId, practitionerId: who, declared, endedAt: null };
      if ((await work.records.findMany('read', Recusal, same, 1)).length)
        throw conflict('recused-already', 'The person takes no part in this item already.');
      await this.hearers.heardUntilNow(work, { id: listing.id });
      const made = await work.write.insert(Recusal, {
        ...withinItem(actor, listing),
        practitionerId: who,
        reason,
        declared,
        endedAt: null,
        endedById: null,
        endReason: null,
      });
      await mustLeaveSomebody?.();
      happenedUnseen(work, 'recusal.made', made);
      return work.respond.one(RecusalView, made, { status: 201 });
    });
  }

  /** The chair ends it; whoever is recused does not. */
  end(actor: Actor, meetingId: string, id: string, { reason }: RecusalEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('end', Recusal, RecusalView, id);
      if (found.meetingId !== meetingId) throw notFound();
      if (found.endedAt) throw conflict('ended', 'This recusal has ended already.');
      const ended = await work.write.update(Recusal, found, {
        endedAt: work.now,
        endedById: actor.id,
        endReason: reason,
      });
      happenedUnseen(work, 'recusal.ended', ended);
      return work.respond.one(RecusalView, ended);
    });
  }
}

async function known(work: UnitOfWork, { partnershipId }: Listing, practitionerId: string): Promise<void> {
  const person = await work.records.findOrNull('read', Practitioner, practitionerId);
  if (!person || !(await work.manager.existsBy(AgencyPartnership, { agencyId: person.agencyId, partnershipId })))
    throw unacceptable('unknown-practitioner', 'Name somebody whose agency acts in the panel’s partnership.', [
      { pointer: '/practitionerId', detail: 'no such practitioner' },
    ]);
}

/** Who has a conflict is not told on the case’s timeline, which everybody in it reads. */
function happenedUnseen(work: UnitOfWork, event: string, { caseId: _, ...recusal }: Recusal): void {
  work.recordEvent(event, Recusal, recusal);
}
