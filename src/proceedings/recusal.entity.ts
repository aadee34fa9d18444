import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { ENDING_KINDS, type EndingKind } from '../cases/case-person-correction.entity.js';
import { oneOf } from '../database/columns.js';
import { Classified, ReasonOfPanel } from '../authorization/classification.js';
import { Listing, ListingRecord } from '../meetings/meeting.entity.js';

/**
 * Recusal of a person from an item, for a conflict of interest. It also hides items of the matter that are decided later.
 * The person declared the conflict, or the coordination knows of it. Source: law and standards note, section 1.6, step 4 "conflicts of interest declared"; MARAC note,
 * section 3.1, the chair rules on conflicts.
 */
@Entity('recusals')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
// a conflict that somebody declares holds for one registration: it must not prevent a recusal that holds for each
@Index(['listingId', 'practitionerId', 'declared'], { unique: true, where: 'ended_at IS NULL' })
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['practitionerId'])
@Index(['caseId'])
@Check(
  'recusals_ended',
  `(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL) AND (ended_at IS NULL) = (end_kind IS NULL)`,
)
@Check('recusals_end_kind', oneOf('end_kind', ENDING_KINDS))
export class Recusal extends ListingRecord {
  declare static readonly actions: 'end' | 'explain' | 'read';

  /** Person who is recused. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  practitionerId: string;

  /** Reason of the recusal. */
  @Column({ type: 'text' })
  @Classified('third_party', 'summary')
  @Length(3, 500)
  reason: string;

  /** Whether the person declared the conflict. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  declared: boolean;

  /** Time of the end, or of its correction (UTC); null while it lasts. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;

  /** Chair who ended the recusal, or corrected the end; null while it lasts. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  endedById: string | null;

  /**
   * `ended`: the conflict is over; items decided meanwhile remain hidden. `entered_in_error`: the recusal never applied.
   * Null while it lasts.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(ENDING_KINDS)
  endKind: EndingKind | null;

  /** Reason for ending the recusal, or for correcting the end; null while it lasts. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('third_party', 'summary')
  @Length(3, 500)
  endReason: string | null;
}
