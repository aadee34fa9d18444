import { PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { EmergencyAccess, REVIEW_OUTCOMES, type ReviewOutcome } from '../sharing/access.entity.js';

/** Opens one case in an emergency, to read, for an hour. It is reviewed. */
export class EmergencyOpening extends PickType(EmergencyAccess, ['reasonCode', 'reason'] as const) {
  /** The case, by its identifier … */
  @IsOptional()
  @Uuid()
  caseId?: string;

  /** … or by its reference, e.g. `MARAC-2026-00042`. */
  @IsOptional()
  @Matches(/^[A-Za-z]{2,10}-\d{4}-\d{1,9}$/)
  caseReference?: string;
}

/** What the data protection officer makes of it. */
export class EmergencyReview {
  @IsIn(REVIEW_OUTCOMES)
  outcome: ReviewOutcome;

  /** Why, and what follows. */
  @Length(3, 2000)
  note: string;
}
