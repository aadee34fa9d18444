import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import { Listing, ListingRecord } from '../meetings/meeting.entity.js';

/**
 * Presence of a person at an item, for the agency `agencyId`. The person received what was said, or is shown as a
 * recipient to readers who may not know of a conflict. Written when the person is present and may know of the item.
 * Changed at most once, when a conflict ends during the item. Source: law and standards note, section 4, REQ-LOG-08.
 */
@Entity('item_presences')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Unique(['listingId', 'practitionerId'])
@Index(['listingId', 'updatedAt', 'id'])
@Check('item_presences_kept_out', `NOT in_emergency OR kept_out_by_ids IS NULL`)
export class ItemPresence extends ListingRecord {
  declare static readonly actions: 'explain' | 'read';

  /** Person who was present. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /**
   * Exclusions and recusals that alone excluded the person from the item; null for people who heard it. Such a row does
   * not record a disclosure. It is shown to readers who may know none of these conflicts, because a missing row would
   * reveal one.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  keptOutByIds: string[] | null;

  /** Whether the person could read the item only by emergency access. Data protection officers know its holder. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  inEmergency: boolean;
}
