import { IsBoolean, IsOptional, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { Listing, ListingRecord } from '../meetings/meeting.entity.js';

/**
 * Presence of a person at an item, for the agency `agencyId`. The person received what was said, or is shown as a
 * recipient to readers who may not know of a conflict. Written when the person is present and may know of the item.
 * Changed at most once, when a conflict ends during the item. A presence that was recorded wrongly is replaced by a
 * further record, which says whether the person was there. Source: law and standards note, section 4, REQ-LOG-08.
 */
@Entity('item_presences')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => ItemPresence, ['correctsId', 'listingId'], ['id', 'listingId'])
@Unique(['id', 'listingId'])
@Unique(['correctsId'])
@Index('item_presences_current', ['listingId', 'practitionerId'], { unique: true, where: 'corrected_at IS NULL' })
@Index(['listingId', 'updatedAt', 'id'])
@Check('item_presences_kept_out', `NOT in_emergency OR kept_out_by_ids IS NULL`)
@Check('item_presences_correction', `(corrects_id IS NULL) = (correction_reason IS NULL)`)
@Check('item_presences_first', `was_present OR corrects_id IS NOT NULL`)
export class ItemPresence extends ListingRecord {
  declare static readonly actions: 'correct' | 'explain' | 'read';

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

  /** Whether the person was there; false only in a correction. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  @IsBoolean()
  wasPresent: boolean;

  /** Record that this one corrects; null for the first. Each is corrected at most once, and a correction may be corrected. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => ItemPresence)
  correctsId: string | null;

  /** Reason for the correction; null for the first record. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Length(3, 500)
  correctionReason: string | null;

  /** Time at which a correction replaced the record; null while it is current. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  correctedAt: Date | null;
}
