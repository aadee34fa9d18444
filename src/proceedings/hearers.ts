import { Injectable } from '@nestjs/common';
import { In, IsNull, Not, type FindOptionsWhere } from 'typeorm';
import { Departures } from '../agencies/departures.js';
import { Actors } from '../authentication/actor.js';
import { conflictsOf } from '../records/known-attributes.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing } from '../meetings/meeting.entity.js';
import { Attendance, THERE } from './attendance.entity.js';
import { keptOutBy, mayRead } from './kept-out.js';
import { ItemPresence } from './running-order.entity.js';

/**
 * Writes down the people who heard an item, as recipients of what was said; and those whom only a conflict kept from it, who are told of
 * nowhere but to readers who may not know of the conflict. People are recorded as soon as they are in the room and
 * may know of the item: when it begins, when they arrive, before access is taken from somebody or their account is closed, and when it ends. So somebody whose
 * access ends meanwhile, in whatever way, is a recipient of what was said until then.
 */
@Injectable()
export class Hearers {
  constructor(
    private readonly actors: Actors,
    departures: Departures,
  ) {
    departures.registerBefore((work, practitionerId) => this.leavesNow(work, practitionerId));
  }

  /**
   * Records everybody, or one person, who was in the room during any of the item and may know of it, once; the agency that presents
   * it tells the others. The row of the item is locked. Source: law and standards note, section 4, REQ-LOG-08.
   */
  async heard(work: UnitOfWork, listing: Listing, practitionerId?: string): Promise<void> {
    const { id: listingId, meetingId, caseId, panelId, partnershipId } = listing;
    const known = await work.asSystem(() => work.manager.findBy(ItemPresence, { listingId }));
    const recorded = new Map(known.map((one) => [one.practitionerId, one]));
    const presences: ItemPresence[] = [];
    for (const one of await inTheRoom(work, listing)) {
      const before = recorded.get(one.practitionerId);
      const isHeard = before && !before.keptOutByIds;
      if (isHeard || (practitionerId && one.practitionerId !== practitionerId)) continue;
      const hearing = await this.hearingOf(work, one.practitionerId, listing);
      if (!hearing || (before && hearing.keptOutByIds)) continue;
      const presence = { ...one, ...hearing, meetingId, listingId, caseId, panelId, partnershipId };
      const written = await (before
        ? work.asSystem(() => work.write.update(ItemPresence, before, hearing))
        : work.write.insert(ItemPresence, presence));
      if (!hearing.keptOutByIds) presences.push(written);
      else if (![...known, ...presences].some(({ agencyId }) => agencyId === one.agencyId))
        work.audit.preventedDisclosure(Listing, listing, listing.presentedByAgencyId, {
          ...one,
          keptOutByIds: hearing.keptOutByIds,
        });
    }
    for (const agencyId of new Set(presences.map((one) => one.agencyId)))
      work.audit.spokenDisclosure(Listing, listing, listing.presentedByAgencyId, {
        agencyId,
        recordIds: presences.filter((one) => one.agencyId === agencyId).map((one) => one.id),
      });
  }

  /** Records who heard the items that are being heard, hidden ones too, until now: called before access to them ends. */
  async heardUntilNow(work: UnitOfWork, of: FindOptionsWhere<Listing>): Promise<void> {
    await this.each(work, { ...of, startedAt: Not(IsNull()), endedAt: IsNull() }, () => true);
  }

  /** Records one person as a hearer, until now, of the items of every meeting at which the person is. */
  async leavesNow(work: UnitOfWork, practitionerId: string): Promise<void> {
    const there = { practitionerId, status: In([...THERE]), leftAt: IsNull() };
    const meetings = await work.asSystem(() => work.manager.findBy(Attendance, there));
    const meetingId = In(meetings.map((one) => one.meetingId));
    if (meetings.length)
      await this.each(work, { meetingId, startedAt: Not(IsNull()), endedAt: IsNull() }, () => true, practitionerId);
  }

  /** Records that somebody who is recorded as there heard the items of the meeting since they arrived, hidden ones too. */
  async heardSince(work: UnitOfWork, { meetingId, practitionerId, arrivedAt }: Attendance): Promise<void> {
    if (!arrivedAt) return;
    const since = ({ endedAt }: Listing): boolean => !endedAt || endedAt > arrivedAt;
    await this.each(work, { meetingId, startedAt: Not(IsNull()) }, since, practitionerId);
  }

  private async each(
    work: UnitOfWork,
    where: FindOptionsWhere<Listing>,
    counts: (listing: Listing) => boolean,
    practitionerId?: string,
  ): Promise<void> {
    await work.asSystem(async () => {
      const ids = (await work.manager.findBy(Listing, where)).filter(counts).map(({ id }) => id);
      if (!ids.length) return;
      // locked, so that none ends meanwhile
      await work.manager.query('SELECT id FROM listings WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
      const items = await work.manager.findBy(Listing, { ...where, id: In(ids) });
      for (const item of items.filter(counts)) await this.heard(work, item, practitionerId);
    });
  }

  /**
   * Returns on what it rests that the person may hear the item, by the same rules by which they would read it, or which records alone keep
   * them from it; null for whoever may not hear it anyway.
   */
  private async hearingOf(work: UnitOfWork, practitionerId: string, listing: Listing): Promise<Hearing | null> {
    const { now, call } = work.actor;
    const hearer = await this.actors.practitioner(practitionerId, { now, call });
    if (!hearer) return null;
    const anyway = {
      ...hearer,
      emergencyCaseIds: [],
      emergencyRoleIdsAsShared: [],
    };
    if (await mayRead(work, hearer, listing)) {
      const inEmergency = hearer.emergencyCaseIds.length > 0 && !(await mayRead(work, anyway, listing));
      return { keptOutByIds: null, inEmergency };
    }
    const keptOutByIds = await keptOutBy(work, anyway, await conflictsOf(work, anyway), listing);
    return keptOutByIds.length ? { keptOutByIds, inEmergency: false } : null;
  }
}

type Hearing = Pick<ItemPresence, 'keptOutByIds' | 'inEmergency'>;

type Present = Pick<ItemPresence, 'practitionerId' | 'agencyId' | 'contributingType'>;

/** People who were there during any of the item, until now where it is being heard. */
function inTheRoom(work: UnitOfWork, { meetingId, startedAt, endedAt }: Listing): Promise<Present[]> {
  return work.manager.query(
    `SELECT DISTINCT a.practitioner_id AS "practitionerId", a.agency_id AS "agencyId", g.type AS "contributingType"
     FROM attendances a JOIN agencies g ON g.id = a.agency_id
     WHERE a.meeting_id = $1 AND a.status = ANY($2) AND ($4::timestamptz IS NULL OR a.arrived_at < $4)
       AND (a.left_at IS NULL OR a.left_at > $3)
     ORDER BY 2, 1`,
    [meetingId, THERE, startedAt, endedAt],
  );
}
