import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Classified } from '../authorization/classification.js';
import { References } from '../authorization/references.js';
import { oneOf } from '../database/one-of.js';
import { Person } from '../subjects/subject.entity.js';
import { Case, CaseRecord, PERSON_ROLES, type PersonRole } from './case.entity.js';

/** `ended`: the role ended on a day. `entered_in_error`: the person should never have been named. */
export const ENDING_KINDS = ['ended', 'entered_in_error'] as const;
export type EndingKind = (typeof ENDING_KINDS)[number];

export const CORRECTION_KINDS = ['changed', ...ENDING_KINDS] as const;
export type CorrectionKind = (typeof CORRECTION_KINDS)[number];

/**
 * A correction of a person's role in a case, with the values before it. A role entered in error is kept here alone: no rule
 * reads this table but to show the correction, so the person is reached through it by nobody.
 */
@Entity('case_person_corrections')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Index(['caseId', 'updatedAt', 'id'])
@Check('case_person_corrections_kind', oneOf('kind', CORRECTION_KINDS))
@Check('case_person_corrections_role', oneOf('role', PERSON_ROLES))
export class CasePersonCorrection extends CaseRecord {
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

  /** `changed`, `ended` or `entered_in_error`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(CORRECTION_KINDS)
  kind: CorrectionKind;

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

  /** The first day of the role before the correction. */
  @Column({ type: 'date' })
  @Classified('identity', 'summary')
  since: string;

  /** The last day of the role before the correction, or null. */
  @Column({ type: 'date', nullable: true })
  @Classified('identity', 'summary')
  until: string | null;

  /** Known to be pregnant, before the correction. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('health_physical', 'summary')
  pregnant: boolean | null;

  /** Known to be in custody, before the correction. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('court_order', 'summary')
  inCustody: boolean | null;

  /** Who corrected it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  correctedById: string;

  /** When it was corrected (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  correctedAt: Date;
}
