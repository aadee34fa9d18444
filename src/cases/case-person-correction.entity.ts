import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Classified, References } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { Agency } from '../agencies/agency.entity.js';
import { Person } from '../subjects/subject.entity.js';
import { Case, CaseRecord, PERSON_ROLES, type PersonRole } from './case.entity.js';

/** Kinds of ending. `ended`: the role ended on a day. `entered_in_error`: the person should not have been named. */
export const ENDING_KINDS = ['ended', 'entered_in_error'] as const;
export type EndingKind = (typeof ENDING_KINDS)[number];

/** `put_back`: a role that was removed as entered in error is in the case again. */
export const CORRECTION_KINDS = ['changed', ...ENDING_KINDS, 'put_back'] as const;
export type CorrectionKind = (typeof CORRECTION_KINDS)[number];

/**
 * Correction of a person's role in a case, with the previous values. A role entered in error remains only in this
 * table. Rules read the table only to authorize the correction itself, so it gives nobody access to the person.
 */
@Entity('case_person_corrections')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Index(['caseId', 'updatedAt', 'id'])
@Check('case_person_corrections_kind', oneOf('kind', CORRECTION_KINDS))
@Check('case_person_corrections_last_role', `kind = 'entered_in_error' OR NOT was_last_role`)
@Check('case_person_corrections_role', oneOf('role', PERSON_ROLES))
export class CasePersonCorrection extends CaseRecord {
  declare static readonly actions: 'explain' | 'put-back' | 'read';

  /** Role that was corrected. After `entered_in_error` the role no longer exists, until it is put back. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  roleId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @References(() => Person)
  personId: string;

  /** Kind of correction: `changed`, `ended`, `entered_in_error`, or `put_back` after `entered_in_error`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(CORRECTION_KINDS)
  kind: CorrectionKind;

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

  /** Rationale before the correction. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  rationale: string;

  /** First day of the role before the correction. */
  @Column({ type: 'date' })
  @Classified('identity', 'summary')
  since: string;

  /** Last day of the role before the correction. Null if the role had no end. */
  @Column({ type: 'date', nullable: true })
  @Classified('identity', 'summary')
  until: string | null;

  /** Whether known to be pregnant, before the correction. Null if unknown. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('health_physical', 'summary')
  pregnant: boolean | null;

  /** Whether known to be in custody, before the correction. Null if unknown. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('court_order', 'summary')
  inCustody: boolean | null;

  /** Time at which the role was recorded (UTC). Declared conflicts hide only people named before the declaration. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  namedAt: Date;

  /** Person who made the correction. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  correctedById: string;

  /** Agency of that person then. Nobody of that agency gains access by a removal. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  correctedByAgencyId: string;

  /** Whether the removal took the person's last role in the case. False for other kinds. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  wasLastRole: boolean;

  /** Time of the correction (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  correctedAt: Date;
}
