import { PickType } from '@nestjs/swagger';
import { Assessment } from './assessment.entity.js';

/**
 * Assessment with an instrument. The service computes the score; professional judgement may raise the band, with a
 * reason.
 */
export class AssessmentRequest extends PickType(Assessment, [
  'instrumentId',
  'personId',
  'answers',
  'judgementBand',
  'judgementReason',
  'assessedOn',
  'supersedesId',
] as const) {}
