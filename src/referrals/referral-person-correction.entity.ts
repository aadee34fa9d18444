import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { PERSON_ROLES, type PersonRole } from '../cases/case.entity.js';
import { Classified } from '../authorization/classification.js';
import { References } from '../authorization/references.js';
import { oneOf } from '../database/one-of.js';
import { Person } from '../subjects/subject.entity.js';
import { Referral, ReferralRecord } from './referral.entity.js';

export const REFERRAL_CORRECTION_KINDS = ['changed', 'entered_in_error'] as const;
export type ReferralCorrectionKind = (typeof REFERRAL_CORRECTION_KINDS)[number];

/** A correction of a person's role in a referral, with the values before it. It opens the person to nobody. */
@Entity('referral_person_corrections')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Index(['referralId', 'updatedAt', 'id'])
@Check('referral_person_corrections_kind', oneOf('kind', REFERRAL_CORRECTION_KINDS))
@Check('referral_person_corrections_role', oneOf('role', PERSON_ROLES))
export class ReferralPersonCorrection extends ReferralRecord {
  /** The role that was corrected. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  roleId: string;

  /** The person. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @References(() => Person)
  personId: string;

  /** `changed` or `entered_in_error`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(REFERRAL_CORRECTION_KINDS)
  kind: ReferralCorrectionKind;

  /** Why it was corrected. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 500)
  reason: string;

  /** The role before the correction. */
  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(PERSON_ROLES)
  role: PersonRole;

  /** On what the role rested. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  rationale: string;

  /** Corrected while the panel had not received the referral: the panel does not learn of it. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  inDraft: boolean;

  /** Who corrected it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  correctedById: string;

  /** When it was corrected (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  correctedAt: Date;
}
