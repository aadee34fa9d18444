import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { Case, CaseRecord, Contribution } from './case.entity.js';

/**
 * Acknowledgement by a person of the conditions of one contribution of handling C, required to read it. A change of the
 * conditions voids the acknowledgement. Source: law and standards note, section 5.2, REQ-MRK-02 "acknowledged per user
 * per item".
 */
@Entity('handling_acknowledgements')
@Index(['contributionId', 'practitionerId'], { unique: true, where: 'voided_at IS NULL' })
@Check(`voided_at IS NULL OR voided_at >= acknowledged_at`)
export class HandlingAcknowledgement extends PartnershipRecord {
  declare static readonly actions: never;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Contribution)
  @Classified('administrative')
  contributionId: string;

  /** Person who acknowledged the conditions. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  acknowledgedAt: Date;

  /** Time at which the conditions changed. Null while the acknowledgement is valid. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  voidedAt: Date | null;
}

export const RELEASE_STATUSES = ['submitted', 'approved', 'refused', 'revoked'] as const;
export type ReleaseStatus = (typeof RELEASE_STATUSES)[number];

/**
 * States and commands of a release request. Source: law and standards note, section 5.2, REQ-MRK-02 "ask, approve,
 * refuse, time limit".
 */
export const releaseMachine: StateMachine<ReleaseStatus, 'approval' | 'refusal' | 'revocation'> = {
  name: 'request for release',
  initial: 'submitted',
  commands: {
    approval: { from: ['submitted'], to: 'approved' },
    refusal: { from: ['submitted'], to: 'refused' },
    revocation: { from: ['approved'], to: 'revoked' },
  },
};

export const RELEASED_TO = ['agency', 'person'] as const;
export type ReleasedTo = (typeof RELEASED_TO)[number];

/**
 * Request of an agency, or of one person, to read a contribution under originator control. An approved request is the
 * release until it expires. Both agencies can read all fields.
 */
@Entity('release_requests')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Index(['contributionId', 'updatedAt', 'id'])
@Index(['agencyId', 'updatedAt', 'id'])
@Index(['originatorAgencyId', 'updatedAt', 'id'])
@Index(['contributionId', 'agencyId', 'practitionerId'], { unique: true, where: `status = 'submitted'` })
@Check('release_requests_status', oneOf('status', RELEASE_STATUSES))
@Check('release_requests_to', `released_to IN ('agency', 'person')`)
@Check('release_requests_end', `(expires_at IS NOT NULL) = (status IN ('approved', 'revoked'))`)
@Check(
  'release_requests_decided',
  `(status = 'submitted') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)`,
)
@Check('release_requests_refused', `(status = 'refused') = (refusal_reason IS NOT NULL)`)
export class ReleaseRequest extends CaseRecord {
  declare static readonly actions: 'approve' | 'explain' | 'read' | 'refuse' | 'revoke';

  /** Contribution to be released. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Contribution)
  @Classified('administrative')
  contributionId: string;

  /** Agency that decides: the one that contributed. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  originatorAgencyId: string;

  /** Person who made the request. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /** Recipient of the release: the whole agency, or the person who made the request. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(RELEASED_TO)
  releasedTo: ReleasedTo;

  /** Reason why the release is needed. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(10, 1000)
  reason: string;

  @Column({ type: 'text', default: 'submitted' })
  @Classified('administrative')
  @IsIn(RELEASE_STATUSES)
  status: ReleaseStatus;

  /** End of the release. Null unless approved. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  expiresAt: Date | null;

  /** Reason for the refusal. Null unless refused. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 1000)
  refusalReason: string | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  decidedById: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  decidedAt: Date | null;
}
