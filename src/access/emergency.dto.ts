import { PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { EmergencyAccess, REVIEW_OUTCOMES, type ReviewOutcome } from '../sharing/access.entity.js';

/** Opens one case in an emergency, read-only, for one hour. Every emergency access is reviewed. */
export class EmergencyOpening extends PickType(EmergencyAccess, ['reasonCode', 'reason'] as const) {
  /** Identifier of the case. Required if `caseReference` is absent. */
  @IsOptional()
  @Uuid()
  caseId?: string;

  /** Reference of the case, e.g. `MARAC-2026-00042`. Required if `caseId` is absent. */
  @IsOptional()
  @Matches(/^[A-Za-z]{2,10}-\d{4}-\d{1,9}$/)
  caseReference?: string;
}

/** Review by the data protection officer. */
export class EmergencyReview {
  @IsIn(REVIEW_OUTCOMES)
  outcome: ReviewOutcome;

  /** Reason for the outcome, and consequences. */
  @Length(3, 2000)
  note: string;
}
