import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Length, ValidateNested } from 'class-validator';
import { AimOutcome, EVALUATION_METHODS, Plan, type EvaluationMethod } from './plan.entity.js';

/** Drafts a plan for a case. The agency that leads the case leads it, unless another is named. */
export class PlanRequest extends IntersectionType(
  PickType(Plan, ['modelCode', 'title', 'startOn', 'reviewOn', 'endOn'] as const),
  PartialType(PickType(Plan, ['aims', 'leadAgencyId', 'resourceNeed'] as const), { skipNullProperties: false }),
) {}

/** Changes a plan. What it is called and wants to reach is settled once it is agreed. */
export class PlanChange extends PartialType(
  PickType(Plan, ['title', 'aims', 'leadAgencyId', 'resourceNeed', 'startOn', 'reviewOn', 'endOn'] as const),
  { skipNullProperties: false },
) {}

/** The panel agrees the plan. */
export class PlanAgreement {
  /** Why the chair agrees it although an action is not SMART yet. */
  @IsOptional()
  @Length(3, 1000)
  chairReason?: string;
}

/** What came of the plan: an outcome for each of its aims, in their order. A method that is `not_possible` needs the reason. */
export class PlanEvaluation extends PickType(Plan, ['methodReason', 'displacement', 'residentView', 'cost'] as const) {
  /** How it was found out what came of it. */
  @IsIn(EVALUATION_METHODS)
  evaluationMethod: EvaluationMethod;

  /** What came of each aim, in the order of the aims. */
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => AimOutcome)
  outcomes: AimOutcome[];

  /** What worked, what did not, and what was learned. */
  @Length(3, 2000)
  whatWorked: string;

  /** What is left to do and to keep up, and who sees to it. */
  @Length(3, 2000)
  whatIsLeft: string;
}
