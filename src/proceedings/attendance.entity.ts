import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { Instant } from '../time/instant.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Meeting } from '../meetings/meeting.entity.js';

/** Source: JAG note, section 1.3. */
export const ATTENDANCE_STATUSES = ['present', 'apologies', 'apologies_with_report', 'deputy', 'absent'] as const;
export type AttendanceStatus = (typeof ATTENDANCE_STATUSES)[number];

/** In the room, as member or as deputy. */
export const THERE = ['present', 'deputy'] as const satisfies AttendanceStatus[];
export const isThere = (status: AttendanceStatus): boolean => (THERE as readonly AttendanceStatus[]).includes(status);

/**
 * Somebody’s being at a meeting, from arriving to leaving, or not being there; whoever comes back has another. Nobody is in
 * the room, as member or as deputy, who has not accepted confidentiality. Source: JAG note, section 1.3.
 */
@Entity('attendances')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@Index('attendances_one_stay', ['meetingId', 'practitionerId'], {
  unique: true,
  where: 'arrived_at IS NOT NULL AND left_at IS NULL',
})
// a guest may have several: whoever may not read an earlier one records another
@Index('attendances_one_apology', ['meetingId', 'practitionerId'], {
  unique: true,
  where: 'arrived_at IS NULL AND came_for IS NULL',
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
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The panel that met. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The agency represented. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** The person. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @Uuid()
  practitionerId: string;

  /**
   * There, or not and how. What an agency sends with its apologies is about a case: it is contributed there, `POST
   * /v1/cases/{id}/contributions`.
   */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ATTENDANCE_STATUSES)
  status: AttendanceStatus;

  /** The member for whom a deputy came; the deputy has a seat or an invitation as well. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  deputyForId: string | null;

  /** The items to which somebody without a seat was invited then, hidden ones too; null for whoever had a seat. */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  cameFor: string[] | null;

  /** Since when they were in the room. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Instant()
  arrivedAt: Date | null;

  /** When they left it; null while they are there, and for who stayed to the end. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Instant()
  leftAt: Date | null;

  /** When the person accepted confidentiality: for this meeting, or for the year where the panel’s rules say so. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  confidentialityAcceptedAt: Date | null;

  /**
   * When the chair or coordinator recorded in the meeting that the person is there; null where nobody did. Only then the person
   * counts for the quorum.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  confirmedAt: Date | null;

  /** The chair or coordinator who recorded it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  confirmedById: string | null;

  /** Why a presence recorded in error was corrected last; nothing about a case. Null where none was. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Length(3, 500)
  correctionReason: string | null;
}
