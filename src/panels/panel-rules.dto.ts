/** Rules of a panel as a request sets them. */
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

/** A rule may be left out; null is no value of any. */
const Optional = (): PropertyDecorator => ValidateIf((_, value: unknown) => value !== undefined);

/** Who must attend for a meeting to decide. */
export class QuorumRules {
  /** Least number of agencies present; 0 unless set. */
  @Optional()
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, default: 0 })
  @IsInt()
  @Min(0)
  @Max(100)
  minAgencies?: number;

  /** Types of agency that must be present. */
  @Optional()
  @ApiProperty({ isArray: true, enum: AGENCY_TYPES, maxItems: 40 })
  @ArrayMaxSize(40)
  @ArrayUnique()
  @IsIn(AGENCY_TYPES, { each: true })
  mandatory?: AgencyType[];

  /** Whether a chair or co-chair must be present; false unless set. */
  @Optional()
  @IsBoolean()
  chairRequired?: boolean;

  /** Effect of a missed quorum: `warn`, `block` what settles a case, or allow nothing but to `defer`. `block` unless set. */
  @Optional()
  @ApiProperty({ enum: ['warn', 'block', 'defer'], default: 'block' })
  @IsIn(['warn', 'block', 'defer'])
  onFail?: 'warn' | 'block' | 'defer';
}

/** Conditions of attending a meeting. */
export class AttendanceRules {
  /** Whether a deputy may attend in place of a member; true unless set. */
  @Optional()
  @IsBoolean()
  deputiesAllowed?: boolean;

  /** How often confidentiality is declared: `each_meeting` unless set, or `annual`. */
  @Optional()
  @ApiProperty({ enum: ['each_meeting', 'annual'], default: 'each_meeting' })
  @IsIn(['each_meeting', 'annual'])
  confidentialityDeclaration?: 'each_meeting' | 'annual';
}

/** Agencies that are asked for research because of a person in the case. */
export class ResearchAudienceRule {
  /** Condition that a person of the case meets. */
  @ApiProperty({ enum: AUDIENCE_CONDITIONS })
  @IsIn(AUDIENCE_CONDITIONS)
  when: AudienceCondition;

  /** Types of agency to ask. */
  @ApiProperty({ isArray: true, enum: AGENCY_TYPES, maxItems: 40 })
  @ArrayMaxSize(40)
  @ArrayUnique()
  @IsIn(AGENCY_TYPES, { each: true })
  agencyTypes: AgencyType[];
}

/** Rules of a panel as they are set; each may be left out, and no other is known. */
export class PanelRuleSet {
  /** Kinds of subject that the panel hears; every kind unless set, or where the list is empty. */
  @Optional()
  @ApiProperty({ isArray: true, enum: SUBJECT_KINDS, maxItems: SUBJECT_KINDS.length })
  @ArrayMaxSize(SUBJECT_KINDS.length)
  @ArrayUnique()
  @IsIn(SUBJECT_KINDS, { each: true })
  acceptedSubjectKinds?: SubjectKind[];

  /** Nation whose bank holidays are no working days. */
  @Optional()
  @ApiProperty({ enum: JURISDICTIONS, default: 'england_and_wales' })
  @IsIn(JURISDICTIONS)
  jurisdiction?: Jurisdiction;

  /** Further days on which the panel's offices are closed. */
  @Optional()
  @ApiProperty({ type: 'array', items: { type: 'string', format: 'date' }, maxItems: MOST_CLOSED_DAYS })
  @IsArray()
  @ArrayMaxSize(MOST_CLOSED_DAYS)
  @CalendarDate({ each: true })
  closedOn?: string[];

  /** Who must attend for a meeting to decide; nobody in particular unless set. */
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

  /** Parts of the agenda beside those in which cases are heard; every part unless set. */
  @Optional()
  @ApiProperty({ isArray: true, enum: AGENDA_SECTIONS, maxItems: AGENDA_SECTIONS.length })
  @ArrayMaxSize(AGENDA_SECTIONS.length)
  @ArrayUnique()
  @IsIn(AGENDA_SECTIONS, { each: true })
  agendaSections?: AgendaSection[];

  /** Agencies that are asked for research beside the members; education, midwifery and prisons by condition unless set. */
  @Optional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ResearchAudienceRule)
  researchAudience?: ResearchAudienceRule[];

  /** Whether papers need an approved check before circulation: `on` unless set. */
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
