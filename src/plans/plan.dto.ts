import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Length, ValidateNested } from 'class-validator';
import { AimOutcome, EVALUATION_METHODS, Plan, type EvaluationMethod } from './plan.entity.js';

/** Drafts a plan for a case. Default for `leadAgencyId`: the agency that leads the case. */
export class PlanRequest extends IntersectionType(
  PickType(Plan, ['modelCode', 'title', 'startOn', 'reviewOn', 'endOn'] as const),
  PartialType(PickType(Plan, ['aims', 'leadAgencyId', 'resourceNeed'] as const), { skipNullProperties: false }),
) {}

/** Changes a plan. Title and aims are fixed once the plan is agreed. */
export class PlanChange extends PartialType(
  PickType(Plan, ['title', 'aims', 'leadAgencyId', 'resourceNeed', 'startOn', 'reviewOn', 'endOn'] as const),
  { skipNullProperties: false },
) {}

/** Agrees the plan for the panel. */
export class PlanAgreement {
  /** Chair's reason for agreeing the plan although an action is not SMART yet. */
  @IsOptional()
  @Length(3, 1000)
  chairReason?: string;
}

/**
 * Evaluates the plan: one outcome for each aim, in the order of the aims. `methodReason` is required for the method
 * `not_possible`.
 */
export class PlanEvaluation extends PickType(Plan, ['methodReason', 'displacement', 'residentView', 'cost'] as const) {
  /** Method of the evaluation. */
  @IsIn(EVALUATION_METHODS)
  evaluationMethod: EvaluationMethod;

  /** Outcomes of the aims, in the order of the aims. */
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => AimOutcome)
  outcomes: AimOutcome[];

  /** Measures that worked or did not, and lessons learned. */
  @Length(3, 2000)
  whatWorked: string;

  /** Remaining work and maintenance, and who is responsible. */
  @Length(3, 2000)
  whatIsLeft: string;
}
