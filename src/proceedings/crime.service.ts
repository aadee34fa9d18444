import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { DisclosedCrime } from './crime.entity.js';
import type { CrimeAmendment, CrimeRequest } from './crime.dto.js';
import { DisclosedCrimeView } from './crime.response.js';
import { requireBegun } from '../meetings/meeting-begun.js';
import { findItem, requireMeeting, valuesOfItem } from '../meetings/items.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';

/** Crimes disclosed at a meeting, which the chair must have recorded (MARAC note, section 2.6). */
@Injectable()
export class CrimeService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      return work.respond.page(DisclosedCrimeView, { meetingId }, query, { panelId });
    });
  }

  get(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(
        DisclosedCrimeView,
        requireMeeting(await work.records.find('read', DisclosedCrime, id), meetingId),
      ),
    );
  }

  record(actor: Actor, meetingId: string, request: CrimeRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const listing = await findItem(work, 'minute', meetingId, request.listingId);
      if (meeting.status === 'cancelled')
        throw conflict(
          'meeting-cancelled',
          'The meeting was cancelled, so no crime was disclosed at it. Record the crime at the meeting that hears the case.',
        );
      requireBegun(meeting, work.now);
      const crime = await work.write.insert(DisclosedCrime, { ...request, ...valuesOfItem(actor, listing) });
      work.recordEvent('crime.disclosed', DisclosedCrime, crime);
      return work.respond.found(DisclosedCrimeView, crime.id, 201);
    });
  }

  /** Replaces a record of the actor's agency by an amendment. */
  amend(actor: Actor, meetingId: string, id: string, request: CrimeAmendment): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = requireMeeting(
        await work.records.findForUpdate('amend', DisclosedCrime, DisclosedCrimeView, id, { writes: request }),
        meetingId,
      );
      if (found.amendedAt)
        throw conflict('amended-already', 'This record was already amended. Amend the record that replaced it.');
      if (work.write.isUnchanged(found))
        throw unacceptable(
          'nothing-amended',
          'The request changes nothing. Send at least one value that differs from the record.',
        );
      const { summary, victimWishesReport, reportedTo, reference } = found;
      const listing = await work.records.find('minute', Listing, found.listingId);
      const amendment = await work.write.insert(DisclosedCrime, {
        ...valuesOfItem(actor, listing),
        ...{ summary, victimWishesReport, reportedTo, reference },
        ...request,
        amendsId: id,
      });
      await work.write.update(DisclosedCrime, found, { amendedAt: work.now });
      work.recordEvent('crime.amended', DisclosedCrime, amendment, { fields: Object.keys(request) });
      return work.respond.found(DisclosedCrimeView, amendment.id);
    });
  }
}
