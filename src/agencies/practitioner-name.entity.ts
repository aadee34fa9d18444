import { Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Classified } from '../authorization/classification.js';
import { RecordEntity } from '../records/record-entity.js';
import { Practitioner } from './agency.entity.js';

/**
 * Name that a practitioner has or had. Exclusions and recusals apply to every registration that shares a name, so names
 * are added by a database trigger and never removed. A name entered in error is marked as such by a data protection
 * officer.
 */
@Entity('practitioner_names')
@Unique(['practitionerId', 'nameKey'])
@Check(
  'practitioner_names_error',
  'num_nulls(entered_in_error_at, entered_in_error_by_id, entered_in_error_reason) IN (0, 3)',
)
export class PractitionerName extends RecordEntity {
  declare static readonly actions: 'correct' | 'read';

  /** Practitioner who has or had the name. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string;

  /** Name as it was entered. */
  @Column({ type: 'text' })
  @Classified('administrative')
  name: string;

  /** Normalised name with which exclusions are matched (`staffNameKey`). */
  @Column({ type: 'text' })
  @Index()
  @Classified('administrative')
  nameKey: string;

  /** Time at which the name was marked as entered in error (UTC). Null if it counts. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  enteredInErrorAt: Date | null;

  /** Data protection officer who marked it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  enteredInErrorById: string | null;

  /** Reason why it was marked. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  enteredInErrorReason: string | null;
}
