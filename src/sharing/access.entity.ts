import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';

/** Permission for a named person to read one case until a date, granted by the panel's chair or coordinator. */
@Entity('access_grants')
@Index(['practitionerId', 'caseId'])
@Check(`expires_at > granted_at`)
export class AccessGrant extends PartnershipRecord {
  declare static readonly actions: never;

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

/** Reasons for emergency access. Source: law and standards note, section 5.4, REQ-BTG-01. */
export const EMERGENCY_REASONS = ['imminent_harm', 'court_order', 'statutory_duty', 'missing_person', 'other'] as const;
export type EmergencyReason = (typeof EMERGENCY_REASONS)[number];

/** Outcomes of a review of emergency access. Source: law and standards note, section 5.4, REQ-BTG-01. */
export const REVIEW_OUTCOMES = ['justified', 'unjustified', 'training', 'escalated'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/**
 * Duration of emergency access, in minutes. Source: law and standards note, section 5.4, REQ-BTG-01, "default 60 min".
 */
export const EMERGENCY_MINUTES = 60;

/**
 * Emergency access of a person to one case: read-only, for one hour. The reason and the person's identity are readable
 * to that person and the reviewing data protection officer. The panel's coordination and the safeguarding leads of the
 * agencies concerned see only a reference to the access.
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
  declare static readonly actions: 'end' | 'explain' | 'read' | 'review';

  /** Person who opened the case. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /** Agency of the person at the time. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** Case that was opened. */
  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  caseId: string;

  /** Panel of the case. */
  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  panelId: string;

  /** Reason, as a code. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(EMERGENCY_REASONS)
  reasonCode: EmergencyReason;

  /** Reason, in words for the reviewer. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(20, 2000)
  reason: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  openedAt: Date;

  /** Time at which the access expires. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  expiresAt: Date;

  /** Time at which the access was ended early; null if it was not. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;

  /**
   * Whether the same person opened another within the previous 24 hours. If so, the reviewers were notified at once.
   */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  isRepeated: boolean;

  /** Last day for the review: two working days after opening. */
  @Column({ type: 'date' })
  @Classified('administrative')
  reviewDueOn: string;

  /** Outcome of the review; null before it. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(REVIEW_OUTCOMES)
  outcome: ReviewOutcome | null;

  /** Reason for the outcome, and consequences; null before the review. */
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
