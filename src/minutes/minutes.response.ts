import { view } from '../records/response-view.js';
import { Minute, MinutePoint } from './minutes.entity.js';

/** The minutes of one item. */
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

/** What one agency told in an item. */
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
