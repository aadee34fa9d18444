import { Injectable } from '@nestjs/common';
import { In, IsNull, Not, type FindOptionsWhere } from 'typeorm';
import { Departures } from '../agencies/departures.js';
import { Actors } from '../authentication/actor.js';
import { conflictsOf } from '../records/known-attributes.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing } from '../meetings/meeting.entity.js';
import { Attendance, PRESENT_STATUSES } from './attendance.entity.js';
import { findExcludingConflicts, canReadItem } from './excluding-conflicts.js';
import { notePreventedDisclosure, noteReceiptCorrection, noteSpokenDisclosure } from './spoken-disclosures.js';
import { ItemPresence } from './running-order.entity.js';

/**
 * Records the people who heard an item, as recipients of what was said. People excluded from the item only by a
 * conflict are recorded too, and shown as present to readers who may not know of the conflict. People are recorded when
 * they are present and may know of the item: at its start, on arrival, before access is withdrawn or the account is
 * closed, and at its end. People who lose access during the item therefore remain recipients of what was said before.
 */
@Injectable()
export class ItemPresenceService {
  constructor(
    private readonly actors: Actors,
    departures: Departures,
  ) {
    departures.registerBefore((work, practitionerId) => this.recordBeforeDeparture(work, practitionerId));
  }

  /**
   * Records, once, everybody (or one person) who was present during a part of the item and may know of it. The
   * presenting agency discloses to the agencies of the others. The caller has locked the row of the item. Source: law
   * and standards note, section 4, REQ-LOG-08.
   */
  async recordPresence(work: UnitOfWork, listing: Listing, practitionerId?: string): Promise<void> {
    const { id: listingId, meetingId, caseId, panelId, partnershipId } = listing;
    const known = await work.asSystem(() => work.manager.findBy(ItemPresence, { listingId, correctedAt: IsNull() }));
    const recorded = new Map(known.map((one) => [one.practitionerId, one]));
    const presences: ItemPresence[] = [];
    for (const one of await findPresentPeople(work, listing)) {
      const before = recorded.get(one.practitionerId);
      // a correction holds until it is corrected: the attendance that it contradicts covers the item still
      const isFinal = before && (!before.keptOutByIds || !before.wasPresent);
      if (isFinal || (practitionerId && one.practitionerId !== practitionerId)) continue;
      const basis = await this.findPresenceBasis(work, one.practitionerId, listing);
      if (!basis || (before && basis.keptOutByIds)) continue;
      const presence = { ...one, ...basis, meetingId, listingId, caseId, panelId, partnershipId };
      const written = await (before
        ? work.asSystem(() => work.write.update(ItemPresence, before, basis))
        : work.write.insert(ItemPresence, presence));
      if (!basis.keptOutByIds) presences.push(written);
      else if (![...known, ...presences].some(({ agencyId, wasPresent }) => wasPresent && agencyId === one.agencyId))
        notePreventedDisclosure(work, listing, { ...one, keptOutByIds: basis.keptOutByIds });
    }
    for (const agencyId of new Set(presences.map((one) => one.agencyId)))
      noteSpokenDisclosure(work, listing, {
        agencyId,
        recordIds: presences.filter((one) => one.agencyId === agencyId).map((one) => one.id),
      });
  }

  /**
   * Replaces a presence by a further record. The disclosures of the agency follow unless another of its people is
   * recorded as present; one whom a conflict kept out counts too, because the mark would reveal the conflict. The caller
   * has locked the row of the item.
   */
  async correctPresence(
    work: UnitOfWork,
    found: ItemPresence,
    { wasPresent, reason }: { wasPresent: boolean; reason: string },
  ): Promise<ItemPresence> {
    const { listingId, agencyId, practitionerId, contributingType, keptOutByIds, inEmergency } = found;
    const { meetingId, caseId, panelId, partnershipId } = found;
    await work.write.update(ItemPresence, found, { correctedAt: work.now });
    const correction = await work.write.insert(ItemPresence, {
      ...{ listingId, meetingId, caseId, panelId, partnershipId, agencyId, contributingType },
      ...{ practitionerId, keptOutByIds, inEmergency },
      wasPresent,
      correctsId: found.id,
      correctionReason: reason,
    });
    const others = { id: Not(correction.id), listingId, agencyId, wasPresent: true, correctedAt: IsNull() };
    if (!(await work.asSystem(() => work.manager.existsBy(ItemPresence, others))))
      noteReceiptCorrection(work, { listingId, agencyId, isInError: !wasPresent });
    return correction;
  }

  /** Records who is present at items in progress, including hidden items. Called before access to the items ends. */
  async recordPresenceUntilNow(work: UnitOfWork, of: FindOptionsWhere<Listing>): Promise<void> {
    await this.recordForItems(work, { ...of, startedAt: Not(IsNull()), endedAt: IsNull() }, () => true);
  }

  /** Records one person as present at items in progress at every meeting where the person is present. */
  async recordBeforeDeparture(work: UnitOfWork, practitionerId: string): Promise<void> {
    const there = { practitionerId, status: In([...PRESENT_STATUSES]), leftAt: IsNull() };
    const meetings = await work.asSystem(() => work.manager.findBy(Attendance, there));
    const meetingId = In(meetings.map((one) => one.meetingId));
    if (meetings.length)
      await this.recordForItems(
        work,
        { meetingId, startedAt: Not(IsNull()), endedAt: IsNull() },
        () => true,
        practitionerId,
      );
  }

  /** Records a person as present at the items heard since their arrival, including hidden items. */
  async recordPresenceSinceArrival(
    work: UnitOfWork,
    { meetingId, practitionerId, arrivedAt }: Attendance,
  ): Promise<void> {
    if (!arrivedAt) return;
    const since = ({ endedAt }: Listing): boolean => !endedAt || endedAt > arrivedAt;
    await this.recordForItems(work, { meetingId, startedAt: Not(IsNull()) }, since, practitionerId);
  }

  private async recordForItems(
    work: UnitOfWork,
    where: FindOptionsWhere<Listing>,
    counts: (listing: Listing) => boolean,
    practitionerId?: string,
  ): Promise<void> {
    await work.asSystem(async () => {
      const ids = (await work.manager.findBy(Listing, where)).filter(counts).map(({ id }) => id);
      if (!ids.length) return;
      // locked, so that the items do not end meanwhile
      await work.manager.query('SELECT id FROM listings WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
      const items = await work.manager.findBy(Listing, { ...where, id: In(ids) });
      for (const item of items.filter(counts)) await this.recordPresence(work, item, practitionerId);
    });
  }

  /**
   * Returns the basis on which the person may hear the item, or the conflicts that alone exclude the person. The rules
   * are those for reading the item. Null if the person may not hear the item in any case.
   */
  private async findPresenceBasis(
    work: UnitOfWork,
    practitionerId: string,
    listing: Listing,
  ): Promise<PresenceBasis | null> {
    const { now, call } = work.actor;
    const person = await this.actors.practitioner(practitionerId, { now, call });
    if (!person) return null;
    const anyway = {
      ...person,
      emergencyCaseIds: [],
      emergencyRoleIdsAsShared: [],
      emergencyPersonIdsAsShared: [],
    };
    if (await canReadItem(work, person, listing)) {
      const inEmergency = person.emergencyCaseIds.length > 0 && !(await canReadItem(work, anyway, listing));
      return { keptOutByIds: null, inEmergency };
    }
    const keptOutByIds = await findExcludingConflicts(work, anyway, await conflictsOf(work, anyway), listing);
    return keptOutByIds.length ? { keptOutByIds, inEmergency: false } : null;
  }
}

type PresenceBasis = Pick<ItemPresence, 'keptOutByIds' | 'inEmergency'>;

type Present = Pick<ItemPresence, 'practitionerId' | 'agencyId' | 'contributingType'>;

/** Returns the people who were present during a part of the item, which may still be in progress. */
function findPresentPeople(work: UnitOfWork, { meetingId, startedAt, endedAt }: Listing): Promise<Present[]> {
  return work.manager.query(
    `SELECT DISTINCT a.practitioner_id AS "practitionerId", a.agency_id AS "agencyId", g.type AS "contributingType"
     FROM attendances a JOIN agencies g ON g.id = a.agency_id
     WHERE a.meeting_id = $1 AND a.status = ANY($2) AND ($4::timestamptz IS NULL OR a.arrived_at < $4)
       AND (a.left_at IS NULL OR a.left_at > $3)
     ORDER BY 2, 1`,
    [meetingId, PRESENT_STATUSES, startedAt, endedAt],
  );
}
