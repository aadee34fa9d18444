import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case, Contribution } from '../cases/case.entity.js';
import { Action } from '../plans/action.entity.js';
import { DATA_CATEGORIES, type DataCategory } from '../authorization/data-categories.js';
import { Classified, rowCategory, References } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';
import { Listing, ListingRecord, Meeting } from '../meetings/meeting.entity.js';

export const MINUTE_STATUSES = ['draft', 'approved', 'confirmed', 'superseded'] as const;
export type MinuteStatus = (typeof MINUTE_STATUSES)[number];

/** Statuses in which minutes are shared: from the chair's approval until a later edition is approved. */
export const SHARED_STATUSES = ['approved', 'confirmed'] as const satisfies MinuteStatus[];

/**
 * States and commands of an edition. Source: JAG note, section 1.7 "DRAFT -> CIRCULATED -> CONFIRMED (next sitting) ->
 * AMENDED by versioned correction". Approved minutes count as circulated, because each reader fetches them; a
 * correction is another edition.
 */
export const minuteMachine: StateMachine<MinuteStatus, 'approval' | 'confirmation' | 'supersession'> = {
  name: 'minute',
  initial: 'draft',
  commands: {
    approval: { from: ['draft'], to: 'approved' },
    confirmation: { from: ['approved'], to: 'confirmed' },
    supersession: { from: ['approved', 'confirmed'], to: 'superseded' },
  },
};

/**
 * Minutes of one item. Each part has its own data category, so that each reader sees what the agreement shares. A draft
 * belongs to the coordination. Minutes approved by the chair are shared, and corrected only by another edition.
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
  declare static readonly actions: 'approve' | 'confirm' | 'explain' | 'read';

  /** Data category; always `professional_opinion`. */
  @Column({ type: 'text', default: 'professional_opinion' })
  @Classified('administrative')
  category: 'professional_opinion';

  /** Record of the discussion. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 20000)
  text: string;

  /** Reason why the item was heard; null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 4000)
  reason: string | null;

  /** Views and wishes of the person, in the person's own words if possible; null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject')
  @IsOptional()
  @Length(3, 4000)
  voice: string | null;

  /** Factors that make harm more likely; null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment')
  @IsOptional()
  @Length(3, 4000)
  riskFactors: string | null;

  /** Factors that make harm less likely; null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment')
  @IsOptional()
  @Length(3, 4000)
  protectiveFactors: string | null;

  /** Members who disagreed, and their reasons; null if nobody did. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 4000)
  disagreement: string | null;

  /** Day by which the panel reviews the case; null if not set. Approval makes it the case's next review. */
  @Column({ type: 'date', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @CalendarDate()
  nextReviewOn: string | null;

  /** `draft`, `approved` by the chair, `confirmed` at a later meeting, or `superseded` by a later edition. */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(MINUTE_STATUSES)
  status: MinuteStatus;

  /** Later meeting that confirmed the minutes; null before. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @Uuid()
  confirmedAtId: string | null;

  /** Number of the edition of this item's minutes, counted from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;
}

/**
 * Information that an agency shared in the item. Agency and category determine who may read it. A point that repeats a
 * contribution is withheld like the contribution, also if that is restricted later. Source: law and standards note,
 * section 5.2 and "Handling C item cannot appear in minutes … before conditions are met".
 */
@Entity('minute_points')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => Minute, ['minuteId', 'listingId', 'caseId', 'panelId'], ['id', 'listingId', 'caseId', 'panelId'])
@Index(['minuteId', 'updatedAt', 'id'])
@Index(['caseId', 'updatedAt', 'id'])
export class MinutePoint extends ListingRecord {
  declare static readonly actions: 'explain' | 'read';

  /** Minutes to which the point belongs. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  minuteId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Information in the words of the minutes. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(3, 4000)
  text: string;

  /** Contribution that the point repeats; null if it repeats none. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Contribution)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  @References(() => Contribution)
  contributionId: string | null;
}

/**
 * Link between an item and an action taken on in it. Read only by the service, which reads the action with the reader's
 * permissions.
 */
@Entity('captured_actions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => Action, ['actionId', 'listingId'], ['id', 'listingId'])
@Unique(['actionId'])
@Index(['listingId'])
export class CapturedAction extends ListingRecord {
  declare static readonly actions: never;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  actionId: string;
}
