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

/** Stages of a cycle, in order: each passes business on to the next. Source: JAG note, section 3.1. */
export const STAGES = ['jag', 'tasking', 'ttcg'] as const;
export type Stage = (typeof STAGES)[number];

export const RECURRENCES = ['every_n_days', 'nth_weekday'] as const;
export type Recurrence = (typeof RECURRENCES)[number];

/** Restricts days to the years 2000 to 2099, as `Instant` does for times. */
const IN_THIS_CENTURY = /^20\d\d-/;

/** Meeting of a cycle. */
export class CycleStage {
  @IsIn(STAGES)
  stage: Stage;

  /** Panel that meets. */
  @Uuid()
  panelId: string;

  /** Number of calendar days from the opening of the cycle to the meeting. */
  @IsInt()
  @Min(0)
  @Max(366)
  offsetDays: number;

  /** Start of the meeting in London time, such as `10:00`. */
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  startTime: string;

  /** Duration in minutes. */
  @IsInt()
  @Min(15)
  @Max(600)
  durationMinutes: number;

  /** Place or mode of the meeting, such as a room or a video call. */
  @Length(2, 300)
  venueOrMode: string;

  /** Number of working days before the meeting on which papers are due. */
  @IsInt()
  @Min(0)
  @Max(60)
  papersWorkingDays: number;

  /**
   * Number of working days before the meeting by which bids are due. Null or omitted if the meeting decides no bids.
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(60)
  bidsWorkingDays?: number | null;

  /**
   * Whether the panel serves several boroughs and meets in its own cycle, to whose meeting this cycle is attached.
   * Default: false.
   */
  @IsOptional()
  @IsBoolean()
  shared?: boolean;
}

/**
 * Template for the sequence of meetings of a partnership's panels: JAG, Tasking, TTCG. The BCU has a template for its
 * TTCG, to whose meetings the cycles of the boroughs are attached. Source: JAG note, sections 3.1 and 3.2
 * `CycleTemplate`.
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
  declare static readonly actions: 'read';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(3, 200)
  name: string;

  /** Recurrence: `every_n_days`, or `nth_weekday` for the n-th weekday of each month. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(RECURRENCES)
  recurrence: Recurrence;

  /** Day from which cycles are counted: the first cycle opens on this day, or in its month for `nth_weekday`. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  @Matches(IN_THIS_CENTURY, { message: '$property must lie in the years 2000 to 2099' })
  anchorOn: string;

  /** Number of the cycle that opens at the anchor. Default: 1. */
  @Column({ type: 'integer', default: 1 })
  @Classified('administrative')
  anchorNumber: number;

  /** Length of a cycle in days, for `every_n_days`. Null otherwise. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(366)
  lengthDays: number | null;

  /** Ordinal of the weekday in the month, 1 to 4 or -1 for the last, for `nth_weekday`. Null otherwise. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsIn([-1, 1, 2, 3, 4])
  nth: number | null;

  /** Weekday, 1 (Monday) to 7 (Sunday), for `nth_weekday`. Null otherwise. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(7)
  weekday: number | null;

  /** Rule for a meeting whose day is not a working day. Default: `forward`. */
  @Column({ type: 'text', default: 'forward' })
  @Classified('administrative')
  @IsIn(HOLIDAY_RULES)
  holidayRule: HolidayRule;

  /** Jurisdiction whose bank holidays apply. Default: `england_and_wales`. */
  @Column({ type: 'text', default: 'england_and_wales' })
  @Classified('administrative')
  @IsIn(JURISDICTIONS)
  jurisdiction: Jurisdiction;

  /** Further days that are not working days, such as office closures or a one-off public holiday. Default: none. */
  @Column({ type: 'date', array: true, default: () => `'{}'` })
  @Classified('administrative')
  @ArrayMaxSize(200)
  @CalendarDate({ each: true })
  @Matches(IN_THIS_CENTURY, { each: true, message: 'each day of $property must lie in the years 2000 to 2099' })
  closedOn: string[];

  /** Meetings of a cycle, in order. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => CycleStage)
  stages: CycleStage[];
}
