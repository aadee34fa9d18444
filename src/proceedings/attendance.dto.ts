import { PartialType, PickType, IntersectionType } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { Attendance } from './attendance.entity.js';

/**
 * Records a presence or an absence; the latest record of a person is valid. People who leave and return are recorded
 * again. Present people leave by a departure. Chair or coordinator correct an entry made in error, or set a later
 * arrival, with `correctionReason`, unless an item was heard in the time removed. Members of the panel and people with
 * an open invitation to an item can be present, also as deputies.
 */
export class AttendanceRequest extends IntersectionType(
  PickType(Attendance, ['practitionerId', 'status'] as const),
  PartialType(PickType(Attendance, ['deputyForId', 'arrivedAt', 'correctionReason'] as const)),
) {
  /**
   * Whether the person accepts confidentiality for this meeting; required for presence. Not needed again at the same
   * meeting, nor within a year if the panel’s rules require it once a year.
   */
  @IsOptional()
  @IsBoolean()
  confidentialityAccepted?: boolean;
}

/** Records the departure of a person. */
export class DepartureRequest extends PartialType(PickType(Attendance, ['leftAt'] as const)) {}
