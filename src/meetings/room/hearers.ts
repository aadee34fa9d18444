import { Injectable } from '@nestjs/common';
import { In, IsNull, Not, type FindOptionsWhere } from 'typeorm';
import { Departures } from '../../agencies/departures.js';
import { Actors } from '../../policy/actor.js';
import { explain } from '../../policy/explanation.js';
import { subjectOf } from '../../policy/subjects.js';
import { rowsWithFacts } from '../../records/facts.js';
import type { Work } from '../../records/work.js';
import { Listing } from '../meeting.entity.js';
import { Attendance, THERE } from './attendance.entity.js';
import { ItemPresence } from './running-order.entity.js';

/**
 * Writes down the people who heard an item, as recipients of what was said. People are recorded as soon as they are in the room and
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
  async heard(work: Work, listing: Listing, practitionerId?: string): Promise<void> {
    const { id: listingId, meetingId, caseId, panelId, partnershipId } = listing;
    const known = await work.asService(() => work.manager.findBy(ItemPresence, { listingId }));
    const recorded = new Set(known.map((one) => one.practitionerId));
    const presences: ItemPresence[] = [];
    for (const one of await inTheRoom(work, listing)) {
      if (recorded.has(one.practitionerId) || (practitionerId && one.practitionerId !== practitionerId)) continue;
      if (!(await this.mayHear(work, one.practitionerId, listingId))) continue;
      const presence = { ...one, meetingId, listingId, caseId, panelId, partnershipId };
      presences.push(await work.insert(ItemPresence, presence));
    }
    for (const agencyId of new Set(presences.map((one) => one.agencyId)))
      work.told(Listing, listing, listing.presentedByAgencyId, {
        agencyId,
        recordIds: presences.filter((one) => one.agencyId === agencyId).map((one) => one.id),
      });
  }

  /** Records who heard the items that are being heard, hidden ones too, until now: called before access to them ends. */
  async heardUntilNow(work: Work, of: FindOptionsWhere<Listing>): Promise<void> {
    await this.each(work, { ...of, startedAt: Not(IsNull()), endedAt: IsNull() }, () => true);
  }

  /** Records one person as a hearer, until now, of the items of every meeting at which the person is. */
  async leavesNow(work: Work, practitionerId: string): Promise<void> {
    const there = { practitionerId, status: In([...THERE]), leftAt: IsNull() };
    const meetings = await work.asService(() => work.manager.findBy(Attendance, there));
    const meetingId = In(meetings.map((one) => one.meetingId));
    if (meetings.length)
      await this.each(work, { meetingId, startedAt: Not(IsNull()), endedAt: IsNull() }, () => true, practitionerId);
  }

  /** Records that somebody who is recorded as there heard the items of the meeting since they arrived, hidden ones too. */
  async heardSince(work: Work, { meetingId, practitionerId, arrivedAt }: Attendance): Promise<void> {
    if (!arrivedAt) return;
    const since = ({ endedAt }: Listing): boolean => !endedAt || endedAt > arrivedAt;
    await this.each(work, { meetingId, startedAt: Not(IsNull()) }, since, practitionerId);
  }

  private async each(
    work: Work,
    where: FindOptionsWhere<Listing>,
    counts: (listing: Listing) => boolean,
    practitionerId?: string,
  ): Promise<void> {
    await work.asService(async () => {
      const ids = (await work.manager.findBy(Listing, where)).filter(counts).map(({ id }) => id);
      if (!ids.length) return;
      // locked, so that none ends meanwhile
      await work.manager.query('SELECT id FROM listings WHERE id = ANY ($1) ORDER BY id FOR UPDATE', [ids]);
      const items = await work.manager.findBy(Listing, { ...where, id: In(ids) });
      for (const item of items.filter(counts)) await this.heard(work, item, practitionerId);
    });
  }

  /** By the same rules by which they would read the item. */
  private async mayHear(work: Work, practitionerId: string, listingId: string): Promise<boolean> {
    const { now, call } = work.actor;
    const hearer = await this.actors.practitioner(practitionerId, { now, call });
    if (!hearer) return false;
    const [row] = await rowsWithFacts(work.manager, hearer, Listing, ['read'], [listingId]);
    return row !== undefined && explain(hearer, subjectOf(Listing), 'read', row).outcome === 'permit';
  }
}

type Present = Pick<ItemPresence, 'practitionerId' | 'agencyId' | 'contributingType'>;

/** People who were there during any of the item, until now where it is being heard. */
function inTheRoom(work: Work, { meetingId, startedAt, endedAt }: Listing): Promise<Present[]> {
  return work.manager.query(
    `SELECT DISTINCT a.practitioner_id AS "practitionerId", a.agency_id AS "agencyId", g.type AS "contributingType"
     FROM attendances a JOIN agencies g ON g.id = a.agency_id
     WHERE a.meeting_id = $1 AND a.status = ANY($2) AND ($4::timestamptz IS NULL OR a.arrived_at < $4)
       AND (a.left_at IS NULL OR a.left_at > $3)
     ORDER BY 2, 1`,
    [meetingId, THERE, startedAt, endedAt],
  );
}
