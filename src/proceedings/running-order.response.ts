import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { Listing } from '../meetings/meeting.entity.js';
import { ItemPresence } from './running-order.entity.js';
import { STANDINGS, type Course, type Standing } from './timing.js';

/** An item in the order in which it is heard, with how its time goes. */
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
  /** Waiting, being heard, heard, or taken off the list. */
  @Classified('administrative')
  @ApiProperty({ type: String, enum: STANDINGS })
  standing: Standing;

  /** Whole minutes since it was begun, or that it took; null before. */
  @Classified('administrative')
  @ApiProperty({ type: 'integer', nullable: true })
  minutesUsed: number | null;

  /** Whole minutes beyond its time; null before it was begun. */
  @Classified('administrative')
  @ApiProperty({ type: 'integer', nullable: true })
  minutesOver: number | null;

  /**
   * When it ends, should it and the items before it keep to their time: those that you may see, and for invited guests those
   * that the inviter may see; null when it was heard or taken off,
   * and for a meeting that is over.
   */
  @Classified('administrative')
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expectedEndAt: Date | null;

  static derive = ({ id }: Row, _now: Date, courses: Row): Row => ({ ...(courses[id as string] as Course) });
}

/** Who was in the room while an item was heard. */
export class ItemPresenceView extends view(
  ItemPresence,
  'id',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'practitionerId',
  'createdAt',
) {}
