import { view } from '../records/response-view.js';
import { Recusal } from './recusal.entity.js';

/** Recusal from an item, with its reason. */
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
  'endKind',
  'endReason',
) {}
