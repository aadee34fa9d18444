import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
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
      const { partnershipId, caseId, panelId } = await findItem(work, action, meetingId, listingId);
      // before any item is locked, as copies refer to other items
      await lockRecusals(work, panelId);
      // remaining people are counted before items are locked, as for an exclusion
      const mustLeaveSomebody = declared
        ? null
        : await watchOffices(work, this.actors, {
            partnershipId,
            listingIds: [
              listingId,
              ...(await findOtherItems(work, caseId, practitionerId, declared)).map(({ id }) => id),
            ],
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
      await recuseFromOtherItems(work, this.itemPresence, made);
      await mustLeaveSomebody?.();
      recordEventWithoutCase(work, 'recusal.made', made);
      return work.respond.one(RecusalView, made, { status: 201 });
    });
  }

  /** Ends a recusal. Only a chair who is neither the person recused nor of the same agency can. */
  end(actor: Actor, meetingId: string, id: string, { reason }: RecusalEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      await lockRecusals(work, panelId);
      const found = await work.records.findForUpdate('end', Recusal, RecusalView, id);
      if (found.meetingId !== meetingId) throw notFound();
      if (found.endedAt) throw conflict('ended', 'This recusal has already ended. Nothing more is needed.');
      // who declared a conflict is not shown its end
      const write = found.declared ? 'updateWithoutVersion' : 'update';
      const ended = await work.write[write](Recusal, found, {
        endedAt: work.now,
        endedById: actor.id,
        endReason: reason,
      });
      recordEventWithoutCase(work, 'recusal.ended', ended);
      return work.respond.one(RecusalView, ended);
    });
  }
}

/** Serializes recusals of a panel with new items: each of two concurrent transactions would miss the other's row. */
export const lockRecusals = (work: UnitOfWork, panelId: string): Promise<unknown> =>
  work.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`recusals ${panelId}`]);

/**
 * Other pending items of the case `$1` and of cases that repeat it. A pending item can still be decided, or put back on
 * the list. Parameters: `$2` person, `$3` whether declared, `$4` statuses of meetings to be held.
 */
const OTHER_PENDING_ITEMS = `SELECT l.id, l.meeting_id AS "meetingId", l.case_id AS "caseId"
  FROM listings l JOIN meetings m ON m.id = l.meeting_id
  WHERE (l.case_id = $1 OR l.case_id IN (SELECT r.case_id FROM repeated_cases repeated
      JOIN referrals r ON r.id = repeated.referral_id WHERE repeated.earlier_case_id = $1))
    AND NOT EXISTS (SELECT FROM recusals r
      WHERE r.listing_id = l.id AND r.practitioner_id = $2 AND r.declared = $3 AND r.ended_at IS NULL)
    AND (l.outcome IS NULL AND m.status <> 'cancelled' OR l.removed_at IS NOT NULL AND m.status = ANY ($4))
  ORDER BY l.id`;

const findOtherItems = (
  work: UnitOfWork,
  caseId: string,
  practitionerId: string,
  declared: boolean,
): Promise<Pick<Listing, 'id' | 'meetingId' | 'caseId'>[]> =>
  work.asSystem(() => work.manager.query(OTHER_PENDING_ITEMS, [caseId, practitionerId, declared, TO_BE_HELD]));

/**
 * Recuses the person from all other pending items of the matter. The actor need not know of these items: a case can be
 * listed at several meetings.
 */
async function recuseFromOtherItems(work: UnitOfWork, presence: ItemPresenceService, made: Recusal): Promise<void> {
  const others = await findOtherItems(work, made.caseId, made.practitionerId, made.declared);
  await work.asSystem(async () => {
    for (const item of others) {
      await presence.recordPresenceUntilNow(work, { id: item.id });
      await copyRecusal(work, made, item);
    }
  });
}

/**
 * Running recusals from items of the case `$1` and of cases that it repeats, that the item `$2` lacks. The latest
 * recusal of each person and kind decides.
 */
const RUNNING_RECUSALS = `SELECT latest.id FROM (
    SELECT DISTINCT ON (r.practitioner_id, r.declared) r.* FROM recusals r
    WHERE r.case_id = $1 OR r.case_id IN (SELECT repeated.earlier_case_id FROM referrals own
      JOIN repeated_cases repeated ON repeated.referral_id = own.id WHERE own.case_id = $1)
    ORDER BY r.practitioner_id, r.declared, r.created_at DESC, r.ended_at DESC NULLS FIRST, r.id DESC) latest
  WHERE latest.ended_at IS NULL AND NOT EXISTS (SELECT FROM recusals has WHERE has.listing_id = $2
    AND has.practitioner_id = latest.practitioner_id AND has.declared = latest.declared AND has.ended_at IS NULL)`;

/**
 * Recuses people from a listed item who are recused from an item of the case, or of an earlier one. A chair of
 * another agency ends that; a colleague could otherwise end it by listing the case again, or by
 * deciding an item without a meeting. The service acts as the system, because the person who lists the case need not
 * know of the recusals.
 */
export async function carryRecusals(work: UnitOfWork, item: Listing): Promise<void> {
  await lockRecusals(work, item.panelId);
  await work.asSystem(async () => {
    const found = await work.manager.query<{ id: string }[]>(RUNNING_RECUSALS, [item.caseId, item.id]);
    const running = await work.manager.findBy(Recusal, { id: In(found.map(({ id }) => id)) });
    for (const recusal of running) await copyRecusal(work, recusal, item);
  });
}

/** Recuses the person from another item of the same matter. The event is not part of the case's timeline. */
async function copyRecusal(
  work: UnitOfWork,
  { id, version: _version, createdAt: _created, updatedAt: _updated, ...recusal }: Recusal,
  { id: listingId, meetingId, caseId }: Pick<Listing, 'id' | 'meetingId' | 'caseId'>,
): Promise<void> {
  const copy = { ...recusal, carriedFromId: id, listingId, meetingId, caseId };
  recordEventWithoutCase(work, 'recusal.made', await work.write.insert(Recusal, copy));
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
