import { IsIn, IsOptional, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import { Listing, ListingRecord } from '../meetings/meeting.entity.js';
import { oneOf } from '../database/columns.js';

export const VICTIM_WISHES = ['yes', 'no', 'not_asked', 'not_known'] as const;
export type VictimWish = (typeof VICTIM_WISHES)[number];

/**
 * Crime disclosed in an item of a meeting, with the victim's wish about reporting. Sharing follows the category
 * `police_incident`. Later information is recorded as an amendment, so that this record remains as it was read. Source:
 * MARAC note, section 2.6 "Crimes disclosed at the meeting".
 */
@Entity('disclosed_crimes')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Index(['meetingId', 'updatedAt', 'id'])
@ForeignKey(() => DisclosedCrime, ['amendsId', 'listingId'], ['id', 'listingId'])
@Unique(['id', 'listingId'])
@Unique(['amendsId'])
@Index(['listingId'])
@Check('disclosed_crimes_category', `category = 'police_incident'`)
@Check('disclosed_crimes_wish', oneOf('victim_wishes_report', VICTIM_WISHES))
export class DisclosedCrime extends ListingRecord {
  declare static readonly actions: 'amend' | 'explain' | 'read';

  /** Data category; always `police_incident`. */
  @Column({ type: 'text', default: 'police_incident' })
  @Classified('administrative')
  category: 'police_incident';

  /** Description of the crime. */
  @Column({ type: 'text' })
  @Classified('police_incident')
  @Length(3, 4000)
  summary: string;

  /** Whether the victim wants the crime reported to the police. */
  @Column({ type: 'text' })
  @Classified('police_incident')
  @IsIn(VICTIM_WISHES)
  victimWishesReport: VictimWish;

  /** Body to which the crime was reported; null if not reported. */
  @Column({ type: 'text', nullable: true })
  @Classified('police_incident')
  @IsOptional()
  @Length(2, 200)
  reportedTo: string | null;

  /** Reference number given by that body; null if there is none. */
  @Column({ type: 'text', nullable: true })
  @Classified('police_incident')
  @IsOptional()
  @Length(2, 100)
  reference: string | null;

  /**
   * Record that this one amends; null for the first. Each record is amended at most once, and an amendment may be
   * amended.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  amendsId: string | null;

  /** Time at which an amendment replaced the record; null while it is current. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  amendedAt: Date | null;
}
