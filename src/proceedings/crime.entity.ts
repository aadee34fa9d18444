import { IsIn, IsOptional, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import { Listing, ListingRecord } from '../meetings/meeting.entity.js';
import { oneOf } from '../database/one-of.js';

export const VICTIM_WISHES = ['yes', 'no', 'not_asked', 'not_known'] as const;
export type VictimWish = (typeof VICTIM_WISHES)[number];

/**
 * A crime that came to light in an item of a meeting, and whether the victim wants it reported. Shared as `police_incident`
 * is. What becomes known later is another record, which amends this one: this one stays for whoever read it. Source: MARAC note,
 * section 2.6 "Crimes disclosed at the meeting".
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
  /** The data category: `police_incident`. */
  @Column({ type: 'text', default: 'police_incident' })
  @Classified('administrative')
  category: 'police_incident';

  /** What came to light. */
  @Column({ type: 'text' })
  @Classified('police_incident')
  @Length(3, 4000)
  summary: string;

  /** Does the victim want it reported to the police? */
  @Column({ type: 'text' })
  @Classified('police_incident')
  @IsIn(VICTIM_WISHES)
  victimWishesReport: VictimWish;

  /** To whom it was reported. */
  @Column({ type: 'text', nullable: true })
  @Classified('police_incident')
  @IsOptional()
  @Length(2, 200)
  reportedTo: string | null;

  /** The reference under which it was recorded there. */
  @Column({ type: 'text', nullable: true })
  @Classified('police_incident')
  @IsOptional()
  @Length(2, 100)
  reference: string | null;

  /** The record that this one amends: each is amended once, and the amendment may be amended. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  amendsId: string | null;

  /** When another took its place. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  amendedAt: Date | null;
}
