import { view } from '../records/response-view.js';
import { Attendance } from './attendance.entity.js';

/** Attendance of a person, with times of arrival and departure. */
export class AttendanceView extends view(
  Attendance,
  'id',
  'version',
  'meetingId',
  'agencyId',
  'practitionerId',
  'status',
  'deputyForId',
  'arrivedAt',
  'leftAt',
  'confidentialityAcceptedAt',
  'confirmedAt',
  'correctionReason',
  'updatedAt',
) {}
