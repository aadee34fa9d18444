import { PickType } from '@nestjs/swagger';
import { Assessment } from './assessment.entity.js';

/** Assesses by an instrument. The service computes the score; judgement may raise its band, with a reason. */
export class AssessmentRequest extends PickType(Assessment, [
  'instrumentId',
  'personId',
  'answers',
  'judgementBand',
  'judgementReason',
  'assessedOn',
  'supersedesId',
] as const) {}
