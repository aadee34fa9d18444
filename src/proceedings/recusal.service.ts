import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import type { EndingKind } from '../cases/case-person-correction.entity.js';
import { Case } from '../cases/case.entity.js';
import { matterKnownToActor, matterOf } from '../cases/matter.js';
import { recusedItemsOfMeeting } from '../cases/recusal-facts.js';
import { mustBePerson } from '../cases/handling.service.js';
import { watchOffices } from '../panels/oversight.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { findItem, requireMeeting, valuesOfItem } from '../meetings/items.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { lockPanel } from '../panels/panel-lock.js';
import { ItemPresenceService } from './item-presence.service.js';
import { Recusal } from './recusal.entity.js';
import type { RecusalEnd, RecusalQuery, RecusalRequest } from './recusal.dto.js';
import { RecusalView } from './recusal.response.js';

/** Recuses people from single items of a meeting. Source: MARAC note, section 6.4 "Conflicts and staff cases". */
@Injectable()
export class RecusalService {
  constructor(
    private readonly records: Records,
    private readonly itemPresence: ItemPresenceService,
    private readonly actors: Actors,
  ) {}

  list(actor: Actor, meetingId: string, { holding, ...query }: RecusalQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      if (holding !== 'true') return work.respond.page(RecusalView, { meetingId }, query, { panelId });
      // a recusal from elsewhere would reveal an item of this meeting that is hidden from the reader, or from the declarer
      const readable = new Set((await work.records.findMany('read', Listing, { meetingId })).map(({ id }) => id));
      const ofOthers = (await recusedItemsOfMeeting(work, meetingId)).filter(
        ({ isSameOrDirectRepeat, listingId, practitionerId }) =>
          isSameOrDirectRepeat && readable.has(listingId) && !actor.registrationIds.includes(practitionerId),
      );
      const ids = ofOthers.map(({ id }) => id);
      return work.respond.page(RecusalView, { $or: [{ meetingId }, { id: { $in: ids } }] }, query, { panelId });
    });
  }

  get(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(RecusalView, requireMeeting(await work.records.find('read', Recusal, id), meetingId)),
    );
  }

  /** Recuses a person. A person's own declaration is never refused. */
  recuse(actor: Actor, meetingId: string, request: RecusalRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { listingId, reason, practitionerId } = request;
      const declared = !practitionerId || practitionerId === actor.id;
      const action = declared ? 'read' : 'recuse';
      const { partnershipId, panelId, caseId } = await findItem(work, action, meetingId, listingId);
      await lockPanel(work, panelId);
      // remaining people are counted before items are locked, as for an exclusion
      const mustLeaveSomebody = declared
        ? null
        : await watchOffices(work, this.actors, {
            partnershipId,
            listingIds: [listingId, ...(await undecidedItems(work, caseId))],
          });
      // locked, so that the item does not end meanwhile
      const listing = await findItem(work, action, meetingId, listingId, { lock: true });
      work.refreshTime();
      if (declared) {
        mustBePerson(actor);
        // emergency access is for reading only: a declaration would preserve what the actor learnt by it
        await work.records.find('take-part', Case, listing.caseId);
      } else {
        await requireKnownPerson(work, listing, practitionerId);
      }
      const who = practitionerId ?? actor.id;
      await refuseDuplicate(work, listing, who, declared);
      await this.itemPresence.recordPresenceUntilNow(work, { caseId: In(await matterOf(work, caseId)) });
      const made = await work.write.insert(Recusal, {
        ...valuesOfItem(actor, listing),
        practitionerId: who,
        reason,
        declared,
        endedAt: null,
        endedById: null,
        endKind: null,
        endReason: null,
      });
      await mustLeaveSomebody?.();
      recordEventWithoutCase(work, 'recusal.made', made);
      return work.respond.one(RecusalView, made, { status: 201 });
    });
  }

  /**
   * Ends a recusal, or corrects the kind of its end. Only a chair who is neither the person recused nor of the same agency
   * can.
   */
  end(actor: Actor, meetingId: string, id: string, { kind, reason }: RecusalEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = requireMeeting(await work.records.findForUpdate('end', Recusal, RecusalView, id), meetingId);
      if (found.endKind) mustCorrectEnd(found.endKind, kind);
      // who declared a conflict is not shown its end
      const write = found.declared ? 'updateWithoutVersion' : 'update';
      const ended = await work.write[write](Recusal, found, {
        endedAt: work.now,
        endedById: actor.id,
        endKind: kind,
        endReason: reason,
      });
      recordEventWithoutCase(work, found.endKind ? 'recusal.end-corrected' : 'recusal.ended', ended);
      return work.respond.one(RecusalView, ended);
    });
  }
}

/**
 * Refuses any change of an end but from `ended` to `entered_in_error`. The reverse would hide items that the person may
 * have read since: a new recusal does that from now on.
 */
function mustCorrectEnd(was: EndingKind, kind: EndingKind): void {
  if (was === 'entered_in_error')
    throw conflict(
      'ended',
      'This recusal has ended as entered in error, which cannot be changed. If the person has a conflict, recuse the person again.',
    );
  if (kind === 'ended')
    throw conflict(
      'ended',
      'This recusal has already ended. If the person never had the conflict, correct the end with the kind entered_in_error.',
    );
}

/** Returns the items of the matter that the actor may read and that were not decided. */
async function undecidedItems(work: UnitOfWork, caseId: string): Promise<string[]> {
  const caseIds = await matterKnownToActor(work, caseId);
  const undecided = { $or: [{ outcome: null }, { removedAt: { $ne: null } }] };
  const items = await work.records.findMany('read', Listing, { caseId: { $in: caseIds }, ...undecided });
  return items.map(({ id }) => id);
}

/**
 * Refuses a recusal from an item for which one of the person already holds. A declared conflict holds for one
 * registration, an imposed recusal for each of the person: neither replaces the other. Only recusals count that the
 * actor may read.
 */
async function refuseDuplicate(
  work: UnitOfWork,
  { id: listingId, meetingId }: Listing,
  practitionerId: string,
  declared: boolean,
): Promise<void> {
  const items = await recusedItemsOfMeeting(work, meetingId);
  const ids = items.filter((one) => one.listingId === listingId && one.isSameOrDirectRepeat).map(({ id }) => id);
  const same = { id: { $in: ids }, practitionerId, declared, endedAt: null };
  if (ids.length && (await work.records.findMany('read', Recusal, same, 1)).length)
    throw conflict('recused-already', 'The person is already recused from this item. Nothing more is needed.');
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
