import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { Instant } from '../time/instant.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Meeting } from '../meetings/meeting.entity.js';

/** Statuses of attendance. Source: JAG note, section 1.3. */
export const ATTENDANCE_STATUSES = ['present', 'apologies', 'apologies_with_report', 'deputy', 'absent'] as const;
export type AttendanceStatus = (typeof ATTENDANCE_STATUSES)[number];

/** Statuses of people who are present, as member or deputy. */
export const PRESENT_STATUSES = ['present', 'deputy'] as const satisfies AttendanceStatus[];
export const isPresent = (status: AttendanceStatus): boolean =>
  (PRESENT_STATUSES as readonly AttendanceStatus[]).includes(status);

/**
 * Stay of a person at a meeting, from arrival to departure, or absence. A person who returns has another record.
 * Presence requires acceptance of confidentiality. Source: JAG note, section 1.3.
 */
@Entity('attendances')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@Index('attendances_one_stay', ['meetingId', 'practitionerId'], {
  unique: true,
  where: 'arrived_at IS NOT NULL AND left_at IS NULL',
})
// guests may have several: people who may not read an earlier one record another
@Index('attendances_one_apology', ['meetingId', 'practitionerId'], {
  unique: true,
  where: 'arrived_at IS NULL AND listing_ids IS NULL',
})
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['panelId', 'practitionerId'])
@Check(oneOf('status', ATTENDANCE_STATUSES))
@Check('present_in_confidence', `status NOT IN ('present', 'deputy') OR confidentiality_accepted_at IS NOT NULL`)
@Check('attendances_arrived', `(status IN ('present', 'deputy')) = (arrived_at IS NOT NULL)`)
@Check('attendances_left', `left_at IS NULL OR (arrived_at IS NOT NULL AND left_at > arrived_at)`)
@Check(
  'attendances_confirmed',
  `(confirmed_at IS NULL) = (confirmed_by_id IS NULL) AND (confirmed_at IS NULL OR status IN ('present', 'deputy'))`,
)
@Check('attendances_deputy', `deputy_for_id IS NULL OR (status = 'deputy' AND deputy_for_id <> practitioner_id)`)
export class Attendance extends PartnershipRecord {
  declare static readonly actions: 'depart' | 'read';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Agency that the person represents. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** Person who attended or was absent. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @Uuid()
  practitionerId: string;

  /**
   * Presence or form of absence. A report sent with apologies is about a case and is contributed there: `POST
   * /v1/cases/{id}/contributions`.
   */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ATTENDANCE_STATUSES)
  status: AttendanceStatus;

  /**
   * Member replaced by the deputy; null unless the status is `deputy`. The deputy needs a seat or an invitation as
   * well.
   */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  deputyForId: string | null;

  /** Items to which a person without a seat was invited, including hidden items; null for people with a seat. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  listingIds: string[] | null;

  /** Time of arrival; null for people who were not present. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Instant()
  arrivedAt: Date | null;

  /** Time of departure; null for people who are present or stayed to the end. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Instant()
  leftAt: Date | null;

  /**
   * Time at which the person accepted confidentiality, for the meeting or, under yearly declarations, for a year. Null
   * if not accepted.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  confidentialityAcceptedAt: Date | null;

  /**
   * Time at which the chair or coordinator confirmed the presence during the meeting; null if not confirmed. Only
   * confirmed people count for the quorum.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  confirmedAt: Date | null;

  /** Chair or coordinator who confirmed the presence; null if not confirmed. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  confirmedById: string | null;

  /** Reason of the latest correction of a presence; must not mention a case. Null if nothing was corrected. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Length(3, 500)
  correctionReason: string | null;
}
