import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { BANDS, type Band } from '../instruments/instrument.entity.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PageQuery } from '../http/page-query.dto.js';
import { ENDING_KINDS, type EndingKind } from './case-person-correction.entity.js';
import {
  Case,
  CASE_STAGES,
  CasePerson,
  CLOSURE_REASONS,
  Contribution,
  CASE_OUTCOMES,
  type CaseStage,
  type ClosureReason,
  type CaseOutcome,
} from './case.entity.js';
import { SUBJECT_KINDS, type SubjectKind } from '../subjects/subject.entity.js';

export const CASE_ORDERS = ['updatedAt', 'openedAt'] as const;

/**
 * Filters of cases. A filter on a shared data category finds only cases in which you may see the value; a filter on a
 * category that is not shared with you at all is refused.
 */
export class CaseFilter {
  /** Returns only cases of this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Returns only cases at this stage. */
  @IsOptional()
  @IsIn(CASE_STAGES)
  stage?: CaseStage;

  /** Returns only cases whose band you may see and which are in this band. */
  @IsOptional()
  @IsIn(BANDS)
  riskBand?: Band;

  /** Returns only cases that are repeats, or only those that are not, as far as you may see it. */
  @IsOptional()
  @IsIn(['true', 'false'])
  isRepeat?: 'true' | 'false';

  /** Returns only cases led by this agency. */
  @IsOptional()
  @Uuid()
  leadAgencyId?: string;

  /** Returns only cases about this kind of subject. */
  @IsOptional()
  @IsIn(SUBJECT_KINDS)
  subjectKind?: SubjectKind;
}

export class CaseQuery extends IntersectionType(PageQuery, CaseFilter) {
  /** Date to sort by, newest first. Default: `updatedAt`. */
  @IsOptional()
  @IsIn(CASE_ORDERS)
  sort?: (typeof CASE_ORDERS)[number];
}

export const CASE_COUNTS = ['panelId', 'stage', 'subjectKind', 'leadAgencyId', 'riskBand', 'isRepeat'] as const;

export class CaseCountQuery extends CaseFilter {
  /** Field to count by. Default: `stage`. */
  @IsOptional()
  @IsIn(CASE_COUNTS)
  by?: (typeof CASE_COUNTS)[number];
}

/** Changes the fields of a case that the panel's coordination maintains. */
export class CaseChange extends PartialType(
  PickType(Case, ['leadAgencyId', 'riskBand', 'riskBandReason', 'nextReviewOn', 'whyMultiAgency'] as const),
  { skipNullProperties: false },
) {}

/** Gives a person a role in the case. */
export class CasePersonRequest extends PickType(CasePerson, [
  'personId',
  'role',
  'rationale',
  'since',
  'pregnant',
  'inCustody',
] as const) {}

/** Corrects a person's role in the case. The previous values are stored with the reason. */
export class CasePersonChange extends PartialType(
  PickType(CasePerson, ['role', 'rationale', 'since', 'until', 'pregnant', 'inCustody'] as const),
  { skipNullProperties: false },
) {
  /** Reason for the correction. */
  @Length(3, 500)
  reason: string;
}

/** Ends a person's role in the case, or removes a person who was named in error. */
export class CasePersonEnding {
  /**
   * `ended`: the role ended on a day. `entered_in_error`: the person is removed from the case, which no longer gives
   * anybody access to them.
   */
  @IsIn(ENDING_KINDS)
  kind: EndingKind;

  /** Last day of the role; only for `ended`. Default: today. */
  @IsOptional()
  @CalendarDate()
  until?: string;

  /** Reason for the ending. */
  @Length(3, 500)
  reason: string;

  /**
   * Set if somebody excluded from the person alone may read the case from now on. Without it, such a removal is refused and
   * names the exclusions. Only for `entered_in_error`.
   */
  @IsOptional()
  @IsIn([true])
  opensToExcluded?: true;
}

/** Puts a person back whom a correction of kind `entered_in_error` removed by mistake. */
export class RemovalReversal {
  /** Reason for putting the person back. */
  @Length(3, 500)
  reason: string;
}

/** Contributes information of your agency to the case, or stores it as private research (`agencyOnly`). */
export class ContributionRequest extends PickType(Contribution, [
  'category',
  'kind',
  'summary',
  'text',
  'conditions',
  'occurredOn',
] as const) {
  /** Handling code: `P` (default) or `C`, which requires conditions. */
  @IsOptional()
  @IsIn(['P', 'C'])
  handling?: 'P' | 'C';

  /** Whether other agencies need a release by your agency to read the contribution. Default: false. */
  @IsOptional()
  @IsBoolean()
  originatorControl?: boolean;

  /** Whether the contribution stays inside your agency. Default: false. */
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

/** Reopens a closed case. The reason for closing and the outcome remain in the timeline. */
export class CaseReopening {
  /** Reason for reopening. */
  @Length(3, 1000)
  reason: string;
}

/** Closes a case, with the reason and the outcome. */
export class CaseClosure {
  @IsIn(CLOSURE_REASONS)
  closureReason: ClosureReason;

  @IsIn(CASE_OUTCOMES)
  outcome: CaseOutcome;
}
