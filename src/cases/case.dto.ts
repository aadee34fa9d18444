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
  OUTCOMES,
  type CaseStage,
  type ClosureReason,
  type Outcome,
} from './case.entity.js';
import { SUBJECT_KINDS, type SubjectKind } from '../subjects/subject.entity.js';

export const CASE_ORDERS = ['updatedAt', 'openedAt'] as const;

/** Filters on what is shared by category find only cases in which you may see it; one that is not shared at all is refused. */
export class CaseFilter {
  /** Only cases of this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Only cases at this stage. */
  @IsOptional()
  @IsIn(CASE_STAGES)
  stage?: CaseStage;

  /** Only cases of which you may see that they are in this band. */
  @IsOptional()
  @IsIn(BANDS)
  riskBand?: Band;

  /** Only cases of which you may see that they are, or are not, repeats. */
  @IsOptional()
  @IsIn(['true', 'false'])
  isRepeat?: 'true' | 'false';

  /** Only cases led by this agency. */
  @IsOptional()
  @Uuid()
  leadAgencyId?: string;

  /** Only cases about this kind of subject. */
  @IsOptional()
  @IsIn(SUBJECT_KINDS)
  subjectKind?: SubjectKind;
}

export class CaseQuery extends IntersectionType(PageQuery, CaseFilter) {
  /** Newest first by this date; `updatedAt` if you name none. */
  @IsOptional()
  @IsIn(CASE_ORDERS)
  sort?: (typeof CASE_ORDERS)[number];
}

export const CASE_COUNTS = ['panelId', 'stage', 'subjectKind', 'leadAgencyId', 'riskBand', 'isRepeat'] as const;

export class CaseCountQuery extends CaseFilter {
  /** What to count by; `stage` if you say nothing. */
  @IsOptional()
  @IsIn(CASE_COUNTS)
  by?: (typeof CASE_COUNTS)[number];
}

/** Changes what the panel's coordination keeps of a case. */
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

/** Corrects a person's role in the case. What it said before is kept with the reason. */
export class CasePersonChange extends PartialType(
  PickType(CasePerson, ['role', 'rationale', 'since', 'until', 'pregnant', 'inCustody'] as const),
  { skipNullProperties: false },
) {
  /** Why it is corrected. */
  @Length(3, 500)
  reason: string;
}

/** Ends a person's role in the case, or takes out a person who was named in error. */
export class CasePersonEnding {
  /** `ended`: the role ended on a day. `entered_in_error`: nobody reaches the person through the case any more. */
  @IsIn(ENDING_KINDS)
  kind: EndingKind;

  /** The last day of the role, for `ended`; today where you name none. */
  @IsOptional()
  @CalendarDate()
  until?: string;

  /** Why. */
  @Length(3, 500)
  reason: string;
}

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

/** Reopens a closed case. Why and how it was closed stays in its timeline. */
export class CaseReopening {
  /** Why. */
  @Length(3, 1000)
  reason: string;
}

/** Closes a case: why, and what was reached. */
export class CaseClosure {
  @IsIn(CLOSURE_REASONS)
  closureReason: ClosureReason;

  @IsIn(OUTCOMES)
  outcome: Outcome;
}
