import { Injectable } from '@nestjs/common';
import { Actors } from '../../policy/actor.js';
import { explain } from '../../policy/explanation.js';
import { subjectOf } from '../../policy/subjects.js';
import { rowsWithFacts } from '../../records/facts.js';
import type { Work } from '../../records/work.js';
import { Listing } from '../meeting.entity.js';
import { THERE } from './attendance.entity.js';
import { ItemPresence } from './running-order.entity.js';

/** Writes down the people who heard an item, as recipients of what was said. */
@Injectable()
export class Hearers {
  constructor(private readonly actors: Actors) {}

  /**
   * Records everybody who was in the room during any of the item and may know of it; the agency that presented it told the
   * others. Source: law and standards note, section 4, REQ-LOG-08.
   */
  async heard(work: Work, listing: Listing): Promise<void> {
    // somebody who took no part from some moment on was recorded then
    const known = await work.asService(() => work.manager.findBy(ItemPresence, { listingId: listing.id }));
    const recorded = new Set(known.map((one) => one.practitionerId));
    const present = await inTheRoom(work, listing);
    await this.record(
      work,
      listing,
      present.filter((one) => !recorded.has(one.practitionerId)),
    );
  }

  /** Records somebody who takes no part in the item from now on, and heard it until now. The row of the item is locked. */
  async heardUntilNow(work: Work, listing: Listing, practitionerId: string): Promise<void> {
    if (!listing.startedAt || listing.endedAt) return;
    const known = { listingId: listing.id, practitionerId };
    if (await work.asService(() => work.manager.existsBy(ItemPresence, known))) return;
    const present = await inTheRoom(work, { ...listing, endedAt: work.now });
    await this.record(
      work,
      listing,
      present.filter((one) => one.practitionerId === practitionerId),
    );
  }

  private async record(work: Work, listing: Listing, present: Present[]): Promise<void> {
    const { id: listingId, meetingId, caseId, panelId, partnershipId } = listing;
    const presences: ItemPresence[] = [];
    for (const one of present) {
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

/** People who were there during any of the item. */
function inTheRoom(work: Work, { meetingId, startedAt, endedAt }: Listing): Promise<Present[]> {
  return work.manager.query(
    `SELECT DISTINCT a.practitioner_id AS "practitionerId", a.agency_id AS "agencyId", g.type AS "contributingType"
     FROM attendances a JOIN agencies g ON g.id = a.agency_id
     WHERE a.meeting_id = $1 AND a.status = ANY($2) AND a.arrived_at < $4 AND (a.left_at IS NULL OR a.left_at > $3)
     ORDER BY 2, 1`,
    [meetingId, THERE, startedAt, endedAt],
  );
}
