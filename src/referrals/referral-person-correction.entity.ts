import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { PERSON_ROLES, type PersonRole } from '../cases/case.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { Agency } from '../agencies/agency.entity.js';
import { Person } from '../subjects/subject.entity.js';
import { Referral, ReferralRecord } from './referral.entity.js';

/** `put_back`: a role that was removed as entered in error is in the referral again. */
export const REFERRAL_CORRECTION_KINDS = ['changed', 'entered_in_error', 'put_back'] as const;
export type ReferralCorrectionKind = (typeof REFERRAL_CORRECTION_KINDS)[number];

/** Correction of a person's role in a referral, with the previous values. Gives nobody access to the person. */
@Entity('referral_person_corrections')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Index(['referralId', 'updatedAt', 'id'])
@Check('referral_person_corrections_kind', oneOf('kind', REFERRAL_CORRECTION_KINDS))
@Check('referral_person_corrections_last_role', `kind = 'entered_in_error' OR NOT was_last_role`)
@Check('referral_person_corrections_role', oneOf('role', PERSON_ROLES))
export class ReferralPersonCorrection extends ReferralRecord {
  declare static readonly actions: 'put-back' | 'read';

  /** Corrected role. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  roleId: string;

  /** Person whose role was corrected. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @References(() => Person)
  personId: string;

  /** Kind of correction: `changed`, `entered_in_error`, or `put_back` after `entered_in_error`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(REFERRAL_CORRECTION_KINDS)
  kind: ReferralCorrectionKind;

  /** Reason for the correction. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 500)
  reason: string;

  /** Role before the correction. */
  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(PERSON_ROLES)
  role: PersonRole;

  /** Grounds for the role before the correction. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  rationale: string;

  /**
   * Marks a correction made in a draft, or while a returned referral was rewritten; such a correction is hidden from
   * the panel.
   */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  inDraft: boolean;

  /** Time at which the role was recorded (UTC). Declared conflicts hide only people named before the declaration. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  namedAt: Date;

  /** User who made the correction. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  correctedById: string;

  /** Agency of that user then. Nobody of that agency gains access by a removal. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  correctedByAgencyId: string;

  /** Whether the removal took the person's last role in the referral. False for other kinds. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  wasLastRole: boolean;

  /** Time of the correction (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  correctedAt: Date;
}
