import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsOptional, Length } from 'class-validator';
import { Plan } from './plan.entity.js';

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
export class PlanEvaluation extends PickType(Plan, [
  'evaluationMethod',
  'methodReason',
  'outcomes',
  'whatWorked',
  'whatIsLeft',
  'displacement',
  'residentView',
  'cost',
] as const) {}
