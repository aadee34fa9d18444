import { IsIn, IsOptional, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { RecordEntity } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { AccessGrant } from '../sharing/access.entity.js';

export const ACCESS_STATUSES = ['submitted', 'approved', 'refused', 'withdrawn', 'revoked'] as const;
export type AccessStatus = (typeof ACCESS_STATUSES)[number];

/**
 * How a request for access moves, as whoever asked is told. Source: law and standards note, section 5.3, legitimate
 * relationship; a grant is one.
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
 * Somebody asks to read a case. The row is the same whether the case exists, is hidden from them or does not exist: whoever
 * asked learns nothing by asking. Only the coordination of the case's panel sees which case it is.
 */
@Entity('access_requests')
@Index(['practitionerId', 'updatedAt', 'id'])
@Index(['practitionerId', 'asked'], { unique: true, where: `status = 'submitted'` })
@Check('access_requests_status', oneOf('status', ACCESS_STATUSES))
@Check('access_requests_grant', `(grant_id IS NOT NULL) = (status IN ('approved', 'revoked'))`)
@Check('access_requests_case', `status IN ('submitted', 'withdrawn') OR case_id IS NOT NULL`)
export class AccessRequest extends RecordEntity {
  /** Who asks. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /** Their agency. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** The reference or identifier, as it was asked for. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 60)
  asked: string;

  /** The case that it means, if there is one: for its panel's coordination. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Case)
  @Index()
  @Classified('administrative')
  caseId: string | null;

  /** Why it is needed, for those who decide. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(10, 1000)
  reason: string;

  /** What it is needed for. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  /** Where it stands, as whoever asked is told. Those who decide read `refused` once it was refused, told or not. */
  @Column({ type: 'text', default: 'submitted' })
  @Classified('administrative')
  @IsIn(ACCESS_STATUSES)
  status: AccessStatus;

  /** The access that it led to. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => AccessGrant)
  @Classified('administrative')
  grantId: string | null;
}

/**
 * What the coordination decided, in a row of its own: a refusal to somebody who may not even know of the case must leave no
 * trace in the request, or it would tell them that there is one.
 */
@Entity('access_decisions')
@Unique(['accessRequestId', 'kind'])
@Check('access_decisions_kind', `kind IN ('approval', 'refusal', 'revocation')`)
@Check('access_decisions_reason', `kind <> 'refusal' OR reason IS NOT NULL`)
export class AccessDecision extends RecordEntity {
  @Column({ type: 'uuid' })
  @ForeignKey(() => AccessRequest)
  @Classified('administrative')
  accessRequestId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  kind: 'approval' | 'refusal' | 'revocation';

  /** Why, for the panel's file. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Length(3, 1000)
  reason: string | null;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  decidedById: string;

  /** Whoever asked was told. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  told: boolean;
}
