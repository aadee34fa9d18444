import { PartialType, PickType, IntersectionType } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { Attendance } from './attendance.entity.js';

/**
 * Records who is there, or not; what is recorded last for a person holds. Whoever left and came back is recorded again. Somebody
 * who is recorded as there leaves by a departure. The chair or coordinator takes an entry made in error back, or sets a later
 * arrival, with `correctionReason`, as long as no item was heard in the time that it takes away.
 * Present, also as a deputy, are members of the panel and people with an open invitation to an item of the meeting.
 */
export class AttendanceRequest extends IntersectionType(
  PickType(Attendance, ['practitionerId', 'status'] as const),
  PartialType(PickType(Attendance, ['deputyForId', 'arrivedAt', 'correctionReason'] as const)),
) {
  /**
   * The person accepted confidentiality for this meeting: without it nobody is present. It need not be said again at the
   * same meeting, nor within a year where the panel’s rules ask for it once a year.
   */
  @IsOptional()
  @IsBoolean()
  confidentialityAccepted?: boolean;
}

/** Records that somebody left the room. */
export class DepartureRequest extends PartialType(PickType(Attendance, ['leftAt'] as const)) {}
