/** Rules of a panel in a request. */
import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { AGENCY_TYPES, type AgencyType } from '../agencies/agency-types.js';
import { CalendarDate } from '../time/calendar-date.js';
import { SUBJECT_KINDS, type SubjectKind } from '../subjects/subject.entity.js';
import {
  AGENDA_SECTIONS,
  AUDIENCE_CONDITIONS,
  MOST_CLOSED_DAYS,
  NUMERIC_RULES,
  type AgendaSection,
  type AudienceCondition,
} from './panel-rules.js';
import { JURISDICTIONS, type Jurisdiction } from './working-days.js';

/** Allows a rule to be omitted but not to be null. */
const Optional = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

/** Attendance required for a meeting to decide. */
export class QuorumRules {
  /** Minimum number of agencies present. Default: 0. */
  @Optional()
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, default: 0 })
  @IsInt()
  @Min(0)
  @Max(100)
  minAgencies?: number;

  /** Types of agency that must be present. Default: none. */
  @Optional()
  @ApiProperty({ isArray: true, enum: AGENCY_TYPES, maxItems: 40 })
  @ArrayMaxSize(40)
  @ArrayUnique()
  @IsIn(AGENCY_TYPES, { each: true })
  mandatory?: AgencyType[];

  /** Whether a chair or co-chair must be present. Default: false. */
  @Optional()
  @IsBoolean()
  chairRequired?: boolean;

  /**
   * Effect of a missed quorum. `warn`: decide with a warning. `block` (default): no decision that settles a case.
   * `defer`: nothing but deferral.
   */
  @Optional()
  @ApiProperty({ enum: ['warn', 'block', 'defer'], default: 'block' })
  @IsIn(['warn', 'block', 'defer'])
  onFail?: 'warn' | 'block' | 'defer';
}

/** Conditions of attending a meeting. */
export class AttendanceRules {
  /** Whether a deputy may attend in place of a member. Default: true. */
  @Optional()
  @IsBoolean()
  deputiesAllowed?: boolean;

  /** Frequency of the confidentiality declaration: `each_meeting` (default) or `annual`. */
  @Optional()
  @ApiProperty({ enum: ['each_meeting', 'annual'], default: 'each_meeting' })
  @IsIn(['each_meeting', 'annual'])
  confidentialityDeclaration?: 'each_meeting' | 'annual';
}

/** Agencies that receive research requests because of a person in the case. */
export class ResearchAudienceRule {
  /** Condition on a person of the case. */
  @ApiProperty({ enum: AUDIENCE_CONDITIONS })
  @IsIn(AUDIENCE_CONDITIONS)
  when: AudienceCondition;

  /** Types of agency that receive the request. */
  @ApiProperty({ isArray: true, enum: AGENCY_TYPES, maxItems: 40 })
  @ArrayMaxSize(40)
  @ArrayUnique()
  @IsIn(AGENCY_TYPES, { each: true })
  agencyTypes: AgencyType[];
}

/** Rules of a panel. Each rule may be omitted; unknown rules are refused. */
export class PanelRuleSet {
  /** Kinds of subject that the panel accepts. Default, and if the list is empty: every kind. */
  @Optional()
  @ApiProperty({ isArray: true, enum: SUBJECT_KINDS, maxItems: SUBJECT_KINDS.length })
  @ArrayMaxSize(SUBJECT_KINDS.length)
  @ArrayUnique()
  @IsIn(SUBJECT_KINDS, { each: true })
  acceptedSubjectKinds?: SubjectKind[];

  /** Jurisdiction whose bank holidays are not working days. */
  @Optional()
  @ApiProperty({ enum: JURISDICTIONS, default: 'england_and_wales' })
  @IsIn(JURISDICTIONS)
  jurisdiction?: Jurisdiction;

  /** Further days on which the panel's offices are closed. Default: none. */
  @Optional()
  @ApiProperty({ type: 'array', items: { type: 'string', format: 'date' }, maxItems: MOST_CLOSED_DAYS })
  @IsArray()
  @ArrayMaxSize(MOST_CLOSED_DAYS)
  @CalendarDate({ each: true })
  closedOn?: string[];

  /** Attendance required for a meeting to decide. Default: no requirement. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => QuorumRules)
  quorum?: QuorumRules;

  /** Conditions of attending a meeting. */
  @Optional()
  @IsObject()
  @ValidateNested()
  @Type(() => AttendanceRules)
  attendance?: AttendanceRules;

  /** Sections of the agenda in addition to those in which cases are heard. Default: all sections. */
  @Optional()
  @ApiProperty({ isArray: true, enum: AGENDA_SECTIONS, maxItems: AGENDA_SECTIONS.length })
  @ArrayMaxSize(AGENDA_SECTIONS.length)
  @ArrayUnique()
  @IsIn(AGENDA_SECTIONS, { each: true })
  agendaSections?: AgendaSection[];

  /**
   * Agencies that receive research requests in addition to the members. Default: education, midwifery and prisons, by
   * condition.
   */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ResearchAudienceRule)
  researchAudience?: ResearchAudienceRule[];

  /** Whether circulation of papers requires an approved check. Default: `on`. */
  @Optional()
  @ApiProperty({ enum: ['on', 'off'], default: 'on' })
  @IsIn(['on', 'off'])
  circulationCheck?: 'on' | 'off';
}

for (const [name, { minimum, maximum, ...more }] of Object.entries(NUMERIC_RULES))
  for (const decorate of [
    Optional(),
    ApiProperty({ type: 'integer', required: false, minimum, maximum, ...more }),
    IsInt(),
    Min(minimum),
    Max(maximum),
  ])
    decorate(PanelRuleSet.prototype, name);
