import { view } from '../records/response-view.js';
import { Recusal } from './recusal.entity.js';

/** Who takes no part in an item, and why. */
export class RecusalView extends view(
  Recusal,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'practitionerId',
  'reason',
  'declared',
  'createdAt',
  'endedAt',
  'endedById',
  'endReason',
) {}
