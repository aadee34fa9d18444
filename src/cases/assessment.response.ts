import { view } from '../records/response-view.js';
import { Assessment } from './assessment.entity.js';

/** Assessment. Readers at level `summary` see the band and the score; readers at level `full` also see the answers. */
export class AssessmentView extends view(
  Assessment,
  'id',
  'version',
  'caseId',
  'agencyId',
  'category',
  'instrumentId',
  'personId',
  'assessedOn',
  'assessedById',
  'score',
  'computedBand',
  'judgementBand',
  'judgementReason',
  'effectiveBand',
  'answers',
  'supersedesId',
  'createdAt',
) {}
