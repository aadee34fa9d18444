import { view } from '../records/response-view.js';
import { Minute, MinutePoint } from './minutes.entity.js';

/** Minutes of one item. */
export class MinuteView extends view(
  Minute,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'category',
  'edition',
  'status',
  'confirmedAtId',
  'reason',
  'text',
  'voice',
  'riskFactors',
  'protectiveFactors',
  'disagreement',
  'nextReviewOn',
  'updatedAt',
) {}

/** Information that one agency shared in an item. */
export class MinutePointView extends view(
  MinutePoint,
  'id',
  'minuteId',
  'listingId',
  'caseId',
  'agencyId',
  'category',
  'text',
  'contributionId',
  'createdAt',
) {}
