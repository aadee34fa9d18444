import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { Listing } from '../meetings/meeting.entity.js';
import { ItemPresence } from './running-order.entity.js';
import { STANDINGS, type ItemProgress, type Standing } from './timing.js';

/** Item in the order of hearing, with its times. */
export class RunningItemView extends view(
  Listing,
  'id',
  'version',
  'meetingId',
  'caseId',
  'kind',
  'timeboxMinutes',
  'presentedByAgencyId',
  'outcome',
  'startedAt',
  'endedAt',
) {
  /** Progress of the item: waiting, being heard, heard, or taken off the list. */
  @Classified('administrative')
  @ApiProperty({ type: String, enum: STANDINGS })
  standing: Standing;

  /** Whole minutes since the start, or between start and end; null before the start. */
  @Classified('administrative')
  @ApiProperty({ type: 'integer', nullable: true })
  minutesUsed: number | null;

  /** Whole minutes beyond the time allowed; null before the start. */
  @Classified('administrative')
  @ApiProperty({ type: 'integer', nullable: true })
  minutesOver: number | null;

  /**
   * Expected end, if this item and those before it keep to their time. Counts the items that you may see, and for
   * guests those that the inviter may see. Null for items heard or taken off, and after the meeting.
   */
  @Classified('administrative')
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expectedEndAt: Date | null;

  static derive = ({ id }: Row, _now: Date, courses: Row): Row => ({ ...(courses[id as string] as ItemProgress) });
}

/** Person or agency present while an item was heard, and corrections. Current are the records without `correctedAt`. */
export class ItemPresenceView extends view(
  ItemPresence,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'practitionerId',
  'wasPresent',
  'correctsId',
  'correctionReason',
  'correctedAt',
  'createdAt',
) {}
