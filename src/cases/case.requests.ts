import { PartialType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery } from '../records/page-query.requests.js';
import {
  Case,
  CASE_STAGES,
  CasePerson,
  CLOSURE_REASONS,
  Contribution,
  OUTCOMES,
  type CaseStage,
  type ClosureReason,
  type Outcome,
} from './case.entity.js';

export class CaseQuery extends PageQuery {
  /** Only cases of this panel. */
  @IsOptional()
  @IsUUID()
  panelId?: string;

  /** Only cases at this stage. */
  @IsOptional()
  @IsIn(CASE_STAGES)
  stage?: CaseStage;
}

/** Changes what the panel's coordination keeps of a case. */
export class CaseChange extends PartialType(
  PickType(Case, ['leadAgencyId', 'riskBand', 'riskBandReason', 'nextReviewOn', 'whyMultiAgency'] as const),
  { skipNullProperties: false },
) {}

/** Gives a person a role in the case. */
export class CasePersonRequest extends PickType(CasePerson, ['personId', 'role', 'rationale', 'since'] as const) {}

/** Puts information of your agency before the panel, or keeps it as private research (`agencyOnly`). */
export class ContributionRequest extends PickType(Contribution, [
  'category',
  'kind',
  'summary',
  'text',
  'conditions',
  'occurredOn',
] as const) {
  /** `P` (default) or `C`, with conditions. */
  @IsOptional()
  @IsIn(['P', 'C'])
  handling?: 'P' | 'C';

  /** Others read it only where your agency releases it to them. */
  @IsOptional()
  @IsBoolean()
  originatorControl?: boolean;

  /** Keep it inside your agency. */
  @IsOptional()
  @IsBoolean()
  agencyOnly?: boolean;
}

export class ContributionChange extends PartialType(
  PickType(Contribution, [
    'kind',
    'summary',
    'text',
    'handling',
    'conditions',
    'originatorControl',
    'agencyOnly',
    'occurredOn',
  ] as const),
  { skipNullProperties: false },
) {}

/** Closes a case: why, and what was reached. */
export class CaseClosure {
  @IsIn(CLOSURE_REASONS)
  closureReason: ClosureReason;

  @IsIn(OUTCOMES)
  outcome: Outcome;
}
