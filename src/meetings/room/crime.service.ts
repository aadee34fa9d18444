import { Injectable } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { conflict } from '../../policy/problems.js';
import type { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Records } from '../../records/records.js';
import { DisclosedCrime } from './crime.entity.js';
import type { CrimeRequest } from './crime.requests.js';
import { DisclosedCrimeView } from './crime.views.js';
import { itemOf, withinItem } from '../items.js';
import { Meeting } from '../meeting.entity.js';

/** Crimes that come to light at a meeting: the chair sees to it that they are recorded (MARAC note, section 2.6). */
@Injectable()
export class CrimeService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.find('read', Meeting, meetingId);
      return work.page(DisclosedCrimeView, { meetingId }, query, { panelId });
    });
  }

  record(actor: Actor, meetingId: string, request: CrimeRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const { status } = await work.find('read', Meeting, meetingId);
      const listing = await itemOf(work, 'minute', meetingId, request.listingId);
      if (status === 'cancelled')
        throw conflict('meeting-cancelled', 'Nothing came to light at a meeting that was cancelled.');
      const crime = await work.insert(DisclosedCrime, { ...request, ...withinItem(actor, listing) });
      work.happened('crime.disclosed', DisclosedCrime, crime);
      return work.show(DisclosedCrimeView, crime.id, 201);
    });
  }
}
