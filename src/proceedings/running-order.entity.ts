import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import { Listing, ListingRecord } from '../meetings/meeting.entity.js';

/**
 * Somebody was in the room while an item was heard, for their agency (`agencyId`): a recipient of what was said in it, or
 * somebody who reads like one to whoever may not know of a conflict. Written as soon as the person is in the room and may know of
 * the item, and changed once at most: where a conflict ends while the item is heard. Source: law and standards note, section 4, REQ-LOG-08.
 */
@Entity('item_presences')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Unique(['listingId', 'practitionerId'])
@Index(['listingId', 'updatedAt', 'id'])
@Check('item_presences_kept_out', `NOT in_emergency OR kept_out_by_ids IS NULL`)
export class ItemPresence extends ListingRecord {
  /** Who was there. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /**
   * Exclusions and recusals by which the person was kept from the item, and without which they would have heard it; null for whoever
   * heard it. Such a row is no account of what was said: it is shown to readers who may know none of these records, as they would
   * conclude from a missing row that there is one.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  keptOutByIds: string[] | null;

  /** Whether the person could read the item by an open emergency access alone: its holder is known to data protection officers. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  inEmergency: boolean;
}
