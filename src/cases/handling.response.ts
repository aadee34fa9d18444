import { view } from '../records/response-view.js';
import { ReleaseRequest } from './handling.entity.js';

/** Request to read a contribution under originator control, with its decision. */
export class ReleaseRequestView extends view(
  ReleaseRequest,
  'id',
  'version',
  'contributionId',
  'caseId',
  'agencyId',
  'originatorAgencyId',
  'practitionerId',
  'releasedTo',
  'reason',
  'status',
  'expiresAt',
  'refusalReason',
  'decidedById',
  'decidedAt',
  'createdAt',
) {}
