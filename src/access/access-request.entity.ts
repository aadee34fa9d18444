import { IsIn, IsOptional, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { RecordEntity } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { AccessGrant } from '../sharing/access.entity.js';

export const ACCESS_STATUSES = ['submitted', 'approved', 'refused', 'withdrawn', 'revoked'] as const;
export type AccessStatus = (typeof ACCESS_STATUSES)[number];

/** Statuses given by those who decide. */
const DECIDED_STATUSES = ['submitted', 'approved', 'refused', 'revoked'] as const satisfies readonly AccessStatus[];

/**
 * States and transitions of a request for access. Source: law and standards note, section
 * 5.3, legitimate relationship; a grant is one.
 */
export const accessMachine: StateMachine<AccessStatus, 'approval' | 'refusal' | 'withdrawal' | 'revocation'> = {
  name: 'request for access',
  initial: 'submitted',
  commands: {
    approval: { from: ['submitted'], to: 'approved' },
    refusal: { from: ['submitted'], to: 'refused' },
    withdrawal: { from: ['submitted'], to: 'withdrawn' },
    revocation: { from: ['approved'], to: 'revoked' },
  },
};

/**
 * Request to read a case. The row is the same whether the case exists, is hidden from the requester or does not exist,
 * so that a request reveals nothing. Only the coordination of the case's panel sees which case it is.
 */
@Entity('access_requests')
@Index(['practitionerId', 'updatedAt', 'id'])
@Index(['practitionerId', 'asked'], { unique: true, where: `status = 'submitted' AND withdrawn_at IS NULL` })
@Check('access_requests_status', oneOf('status', DECIDED_STATUSES))
@Check('access_requests_grant', `(grant_id IS NOT NULL) = (status IN ('approved', 'revoked'))`)
@Check('access_requests_case', `status = 'submitted' OR case_id IS NOT NULL`)
export class AccessRequest extends RecordEntity {
  declare static readonly actions: 'approve' | 'ask' | 'explain' | 'read' | 'refuse' | 'revoke' | 'withdraw';

  /** Person who requests access. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /** Agency of the requester. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** Reference or identifier, as given in the request. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 60)
  asked: string;

  /** Case that the request identifies, for its panel's coordination; null if there is none. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Case)
  @Index()
  @Classified('administrative')
  caseId: string | null;

  /** Reason for the request, for those who decide. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(10, 1000)
  reason: string;

  /** Purpose of the access. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  /**
   * Status. For those who decide, a decision counts even if the requester was not notified or withdrew. For the
   * requester, a decision without notification does not count, and a withdrawal does.
   */
  @Column({ type: 'text', default: 'submitted' })
  @Classified('administrative')
  @IsIn(ACCESS_STATUSES)
  status: AccessStatus;

  /** Time of the withdrawal by the requester; null if not withdrawn. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  withdrawnAt: Date | null;

  /** Grant created by an approval. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => AccessGrant)
  @Classified('administrative')
  grantId: string | null;
}

/**
 * Decision of the coordination, in a separate row. A refusal to a requester who may not know of the case must not
 * change the request, or it would reveal the case.
 */
@Entity('access_decisions')
@Unique(['accessRequestId', 'kind'])
@Check('access_decisions_kind', `kind IN ('approval', 'refusal', 'revocation')`)
@Check('access_decisions_reason', `kind <> 'refusal' OR reason IS NOT NULL`)
export class AccessDecision extends RecordEntity {
  declare static readonly actions: never;

  @Column({ type: 'uuid' })
  @ForeignKey(() => AccessRequest)
  @Classified('administrative')
  accessRequestId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  kind: 'approval' | 'refusal' | 'revocation';

  /** Reason, for the panel's file. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Length(3, 1000)
  reason: string | null;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  decidedById: string;

  /** Whether the requester was notified. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  told: boolean;
}
