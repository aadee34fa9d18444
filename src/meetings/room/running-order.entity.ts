import { Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Practitioner } from '../../agencies/agency.entity.js';
import { Case } from '../../cases/case.entity.js';
import { Classified } from '../../policy/classification.js';
import { Listing, ListingRecord } from '../meeting.entity.js';

/**
 * Somebody was in the room while an item was heard, for their agency (`agencyId`): a recipient of what was said in it.
 * Written as soon as the person is in the room and may know of the item, and never changed. Source: law and standards note, section 4, REQ-LOG-08.
 */
@Entity('item_presences')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Unique(['listingId', 'practitionerId'])
@Index(['listingId', 'changedAt', 'id'])
export class ItemPresence extends ListingRecord {
  /** Who was there. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;
}
