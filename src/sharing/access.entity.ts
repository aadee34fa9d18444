import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';

/** A named person may read one case until a date, by decision of the panel's chair or coordinator. */
@Entity('access_grants')
@Index(['practitionerId', 'caseId'])
@Check(`expires_at > granted_at`)
export class AccessGrant extends PartnershipRecord {
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  caseId: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  grantedAt: Date;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  expiresAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  revokedAt: Date | null;
}

/** Why a glass is broken. Source: law and standards note, section 5.4, REQ-BTG-01. */
export const EMERGENCY_REASONS = ['imminent_harm', 'court_order', 'statutory_duty', 'missing_person', 'other'] as const;
export type EmergencyReason = (typeof EMERGENCY_REASONS)[number];

/** What the review made of it. Source: as above. */
export const REVIEW_OUTCOMES = ['justified', 'unjustified', 'training', 'escalated'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** How long emergency access lasts, in minutes. Source: as above, "default 60 min". */
export const EMERGENCY_MINUTES = 60;

/**
 * A person opened one case in an emergency, to read, for an hour. What they wrote and who they are is read by themselves and
 * the reviewing data protection officer; the coordination of the panel and the safeguarding
 * leads of the agencies concerned learn that it happened, by reference.
 * Source: law and standards note, section 5.4 "Break-glass".
 */
@Entity('emergency_accesses')
@Index(['practitionerId', 'expiresAt'])
@Check('emergency_accesses_reason', `${oneOf('reason_code', EMERGENCY_REASONS)} AND char_length(reason) >= 20`)
@Check(
  'emergency_accesses_hour',
  `expires_at > opened_at AND expires_at - opened_at <= interval '${String(EMERGENCY_MINUTES)} minutes'`,
)
@Check('emergency_accesses_ending', `ended_at IS NULL OR ended_at >= opened_at`)
@Check(
  'emergency_accesses_review',
  `num_nonnulls(outcome, review_note, reviewed_by_id, reviewed_at) IN (0, 4) AND reviewed_by_id <> practitioner_id
     AND ${oneOf('outcome', REVIEW_OUTCOMES)}`,
)
export class EmergencyAccess extends PartnershipRecord {
  /** Who opened it. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /** Their agency at the time. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** The one case. */
  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  caseId: string;

  /** The panel of the case. */
  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  panelId: string;

  /** Why, as a code. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(EMERGENCY_REASONS)
  reasonCode: EmergencyReason;

  /** Why, in words for whoever reviews it. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(20, 2000)
  reason: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  openedAt: Date;

  /** When it ends by itself. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  expiresAt: Date;

  /** When it was ended before its time. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;

  /** Opened within 24 hours after another one of the same person: the reviewers were alarmed. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  isRepeated: boolean;

  /** The last day for its review: two working days after it was opened. */
  @Column({ type: 'date' })
  @Classified('administrative')
  reviewDueOn: string;

  /** What the review made of it. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(REVIEW_OUTCOMES)
  outcome: ReviewOutcome | null;

  /** Why, and what follows. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 2000)
  reviewNote: string | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  reviewedById: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  reviewedAt: Date | null;
}
