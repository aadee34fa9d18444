import { view } from '../records/response-view.js';
import { Assessment } from './assessment.entity.js';

/** An assessment: its band for those who receive a summary, its answers for those who receive it in full. */
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
