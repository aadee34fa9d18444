/**
 * Days of cycles and times of their meetings, computed from the template alone so that the result is reproducible. Days
 * are London days; meetings begin at London time in summer and winter. Source: JAG note, section 3.
 */
import { DateTime } from 'luxon';
import { daysAfter, nthWeekday, applyHolidayRule, workingDaysBefore, type Calendar } from '../panels/working-days.js';
import type { CycleStage, CycleTemplate } from './cycle-template.entity.js';

type CycleSchedule = Pick<
  CycleTemplate,
  | 'recurrence'
  | 'anchorOn'
  | 'anchorNumber'
  | 'lengthDays'
  | 'nth'
  | 'weekday'
  | 'holidayRule'
  | 'jurisdiction'
  | 'closedOn'
>;

/** Returns the day on which cycle `number` opens. */
export function openingDayOf(template: CycleSchedule, number: number): string {
  const { recurrence, anchorOn, anchorNumber, lengthDays, nth, weekday } = template;
  const count = number - anchorNumber;
  if (recurrence === 'every_n_days') return daysAfter(anchorOn, count * (lengthDays as number));
  const month = DateTime.fromISO(anchorOn, { zone: 'utc' }).startOf('month').plus({ months: count });
  return nthWeekday(month.toFormat('yyyy-MM'), (weekday as number) % 7, nth as number);
}

/** Returns the last day of cycle `number`: the day before the next cycle opens. */
export const closingDayOf = (template: CycleSchedule, number: number): string =>
  daysAfter(openingDayOf(template, number + 1), -1);

export interface MeetingTimes {
  /** Day computed from the offset, before it is moved because of holidays. */
  plannedOn: string;
  scheduledAt: Date;
  endsAt: Date;
  papersDueOn: string;
  bidsDueOn: string | null;
}

export function meetingTimesOf(template: CycleSchedule, stage: CycleStage, number: number): MeetingTimes {
  const calendar: Calendar = { jurisdiction: template.jurisdiction, closed: new Set(template.closedOn) };
  const plannedOn = daysAfter(openingDayOf(template, number), stage.offsetDays);
  const on = applyHolidayRule(plannedOn, template.holidayRule, calendar);
  const begins = DateTime.fromISO(`${on}T${stage.startTime}`, { zone: 'Europe/London' });
  const { bidsWorkingDays: bids } = stage;
  return {
    plannedOn,
    scheduledAt: begins.toJSDate(),
    endsAt: begins.plus({ minutes: stage.durationMinutes }).toJSDate(),
    papersDueOn: workingDaysBefore(on, stage.papersWorkingDays, calendar),
    bidsDueOn: bids == null ? null : workingDaysBefore(on, bids, calendar),
  };
}
