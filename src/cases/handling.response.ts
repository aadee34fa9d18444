import { view } from '../records/response-view.js';
import { ReleaseRequest } from './handling.entity.js';

/** A request to be let read a contribution under its originator's control, and what became of it. */
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
