import { view } from '../records/response-view.js';
import { DisclosedCrime } from './crime.entity.js';

/** Crime disclosed in an item of a meeting. */
export class DisclosedCrimeView extends view(
  DisclosedCrime,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'category',
  'summary',
  'victimWishesReport',
  'reportedTo',
  'reference',
  'amendsId',
  'amendedAt',
  'createdAt',
) {}
