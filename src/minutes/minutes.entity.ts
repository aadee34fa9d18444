import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case, Contribution } from '../cases/case.entity.js';
import { Action } from '../plans/action.entity.js';
import { DATA_CATEGORIES, type DataCategory } from '../authorization/data-categories.js';
import { Classified, rowCategory } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';
import { Listing, ListingRecord, Meeting } from '../meetings/meeting.entity.js';
import { References } from '../authorization/references.js';

export const MINUTE_STATUSES = ['draft', 'approved', 'confirmed'] as const;
export type MinuteStatus = (typeof MINUTE_STATUSES)[number];

/** From the chair's approval on they are shared. */
export const SHARED_STATUSES = ['approved', 'confirmed'] as const satisfies MinuteStatus[];

/**
 * How an edition moves. Source: JAG note, section 1.7 "DRAFT -> CIRCULATED -> CONFIRMED (next sitting) -> AMENDED by versioned
 * correction": what the chair approves is out, because each reader fetches it; a correction is another edition.
 */
export const minuteMachine: StateMachine<MinuteStatus, 'approval' | 'confirmation'> = {
  name: 'minute',
  initial: 'draft',
  commands: {
    approval: { from: ['draft'], to: 'approved' },
    confirmation: { from: ['approved'], to: 'confirmed' },
  },
};

/**
 * The minutes of one item, in parts of which each has its own category: two readers are given of them what the agreement
 * gives each. A draft is the coordination's; approved by the chair, it is shared, and corrected only by another edition.
 */
@Entity('minutes')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => Meeting, ['confirmedAtId', 'panelId'], ['id', 'panelId'])
@Unique(['listingId', 'edition'])
@Unique(['id', 'listingId', 'caseId', 'panelId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(`category = 'professional_opinion'`)
@Check('minutes_status', oneOf('status', MINUTE_STATUSES))
@Check('minutes_confirmed', `(status = 'confirmed') = (confirmed_at_id IS NOT NULL) AND confirmed_at_id <> meeting_id`)
export class Minute extends ListingRecord {
  /** The data category: `professional_opinion`. */
  @Column({ type: 'text', default: 'professional_opinion' })
  @Classified('administrative')
  category: 'professional_opinion';

  /** What was said about the item. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 20000)
  text: string;

  /** Why the item was heard. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 4000)
  reason: string | null;

  /** What the person says and wants, in their words where there are any. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject')
  @IsOptional()
  @Length(3, 4000)
  voice: string | null;

  /** What makes harm more likely. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment')
  @IsOptional()
  @Length(3, 4000)
  riskFactors: string | null;

  /** What makes it less likely. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment')
  @IsOptional()
  @Length(3, 4000)
  protectiveFactors: string | null;

  /** Who saw it otherwise, and why. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 4000)
  disagreement: string | null;

  /** The day by which the panel looks at it again. */
  @Column({ type: 'date', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @CalendarDate()
  nextReviewOn: string | null;

  /** `draft`, `approved` by the chair, or `confirmed` at a later meeting. */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(MINUTE_STATUSES)
  status: MinuteStatus;

  /** The later meeting that confirmed them. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @Uuid()
  confirmedAtId: string | null;

  /** Counts the editions of this item's minutes, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;
}

/**
 * One thing that an agency told in the item: the record says which agency and in which category, and who may read it follows
 * from that. Where it repeats a contribution it is held back as that is, also later. Source: law and standards note, section
 * 5.2 and "Handling C item cannot appear in minutes … before conditions are met".
 */
@Entity('minute_points')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => Minute, ['minuteId', 'listingId', 'caseId', 'panelId'], ['id', 'listingId', 'caseId', 'panelId'])
@Index(['minuteId', 'updatedAt', 'id'])
@Index(['caseId', 'updatedAt', 'id'])
export class MinutePoint extends ListingRecord {
  /** The minutes in which it stands. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  minuteId: string;

  /** The data category. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** What was told. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(3, 4000)
  text: string;

  /** The contribution that it repeats. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Contribution)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  @References(() => Contribution)
  contributionId: string | null;
}

/** An action was taken on in an item. Read by the service, which asks for the action itself what its reader may see of it. */
@Entity('captured_actions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => Action, ['actionId', 'listingId'], ['id', 'listingId'])
@Unique(['actionId'])
@Index(['listingId'])
export class CapturedAction extends ListingRecord {
  @Column({ type: 'uuid' })
  @Classified('administrative')
  actionId: string;
}
