import { view } from '../records/response-view.js';
import { Attendance } from './attendance.entity.js';

/** Whether a person was at a meeting, and from when to when. */
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
