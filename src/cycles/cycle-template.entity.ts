import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey } from 'typeorm';
import { Partnership } from '../agencies/agency.entity.js';
import { HOLIDAY_RULES, JURISDICTIONS, type HolidayRule, type Jurisdiction } from '../panels/working-days.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PartnershipRecord } from '../records/record-entity.js';

/** In the order in which the business of one feeds the next. Source: JAG note, section 3.1. */
export const STAGES = ['jag', 'tasking', 'ttcg'] as const;
export type Stage = (typeof STAGES)[number];

export const RECURRENCES = ['every_n_days', 'nth_weekday'] as const;
export type Recurrence = (typeof RECURRENCES)[number];

/** As moments do (`Instant`). */
const IN_THIS_CENTURY = /^20\d\d-/;

/** One meeting of a cycle. */
export class CycleStage {
  /** Which. */
  @IsIn(STAGES)
  stage: Stage;

  /** The panel that meets. */
  @Uuid()
  panelId: string;

  /** Days after the cycle opens. */
  @IsInt()
  @Min(0)
  @Max(366)
  offsetDays: number;

  /** When it begins, in London: `10:00`. */
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  startTime: string;

  /** How long it takes. */
  @IsInt()
  @Min(15)
  @Max(600)
  durationMinutes: number;

  /** Where, or how: a room, by video. */
  @Length(2, 300)
  venueOrMode: string;

  /** Working days before the meeting on which papers go out. */
  @IsInt()
  @Min(0)
  @Max(60)
  papersWorkingDays: number;

  /** Working days before the meeting by which bids are in; where no bids are decided, null. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(60)
  bidsWorkingDays?: number | null;

  /** The panel serves several boroughs and meets in a cycle of its own: this one attaches to its meeting. */
  @IsOptional()
  @IsBoolean()
  shared?: boolean;
}

/**
 * By which the meetings of a partnership's panels follow each other: JAG, Tasking, TTCG. The BCU keeps a template for its
 * TTCG, to whose meetings the boroughs' cycles attach. Source: JAG note, sections 3.1 and 3.2 `CycleTemplate`.
 */
@Entity('cycle_templates')
@Check('cycle_templates_recurrence', `recurrence IN ('every_n_days', 'nth_weekday')`)
@Check(
  'cycle_templates_length',
  `(recurrence = 'every_n_days') = (length_days IS NOT NULL) AND length_days BETWEEN 1 AND 366`,
)
@Check(
  'cycle_templates_weekday',
  `(recurrence = 'nth_weekday') = (nth IS NOT NULL) AND (nth IS NULL) = (weekday IS NULL) AND nth IN (-1, 1, 2, 3, 4) AND weekday BETWEEN 1 AND 7`,
)
@Check('cycle_templates_holiday_rule', `holiday_rule IN ('forward', 'back', 'keep')`)
@Check('cycle_templates_jurisdiction', `jurisdiction IN ('england_and_wales', 'scotland', 'northern_ireland')`)
export class CycleTemplate extends PartnershipRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  /** What it is called. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 200)
  name: string;

  /** Every so many days, or on the n-th weekday of each month: the two drift apart. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(RECURRENCES)
  recurrence: Recurrence;

  /** The day from which it is counted: the first cycle opens on it, or in its month. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  @Matches(IN_THIS_CENTURY, { message: '$property must lie in the years 2000 to 2099' })
  anchorOn: string;

  /** The number of the cycle that opens at the anchor. */
  @Column({ type: 'integer', default: 1 })
  @Classified('administrative')
  anchorNumber: number;

  /** Days of a cycle; for `every_n_days`. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(366)
  lengthDays: number | null;

  /** Which weekday of the month: 1 to 4, or -1 for the last; for `nth_weekday`. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsIn([-1, 1, 2, 3, 4])
  nth: number | null;

  /** 1 is Monday, 7 Sunday; for `nth_weekday`. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(7)
  weekday: number | null;

  /** What becomes of a meeting whose day is no working day. */
  @Column({ type: 'text', default: 'forward' })
  @Classified('administrative')
  @IsIn(HOLIDAY_RULES)
  holidayRule: HolidayRule;

  /** Whose bank holidays count. */
  @Column({ type: 'text', default: 'england_and_wales' })
  @Classified('administrative')
  @IsIn(JURISDICTIONS)
  jurisdiction: Jurisdiction;

  /** Further days that are no working days: offices closed, a holiday proclaimed for one occasion. */
  @Column({ type: 'date', array: true, default: () => `'{}'` })
  @Classified('administrative')
  @ArrayMaxSize(200)
  @CalendarDate({ each: true })
  @Matches(IN_THIS_CENTURY, { each: true, message: 'each day of $property must lie in the years 2000 to 2099' })
  closedOn: string[];

  /** Its meetings, in their order. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => CycleStage)
  stages: CycleStage[];
}
