/**
 * Days of cycles and times of their meetings, computed from the template alone so that the result is reproducible. Days
 * are London days; meetings begin at London time in summer and winter. Source: JAG note, section 3.
 */
import { DateTime } from 'luxon';
import { daysAfter, nthWeekday, settled, workingDaysBefore, type Calendar } from '../panels/working-days.js';
import type { CycleStage, CycleTemplate } from './cycle-template.entity.js';

type Counting = Pick<
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
export function opensOn(template: Counting, number: number): string {
  const { recurrence, anchorOn, anchorNumber, lengthDays, nth, weekday } = template;
  const count = number - anchorNumber;
  if (recurrence === 'every_n_days') return daysAfter(anchorOn, count * (lengthDays as number));
  const month = DateTime.fromISO(anchorOn, { zone: 'utc' }).startOf('month').plus({ months: count });
  return nthWeekday(month.toFormat('yyyy-MM'), (weekday as number) % 7, nth as number);
}

/** Returns the last day of cycle `number`: the day before the next cycle opens. */
export const closesOn = (template: Counting, number: number): string => daysAfter(opensOn(template, number + 1), -1);

export interface Sitting {
  /** Day computed from the offset, before it is moved because of holidays. */
  plannedOn: string;
  scheduledAt: Date;
  endsAt: Date;
  papersDueOn: string;
  bidsDueOn: string | null;
}

export function sittingOf(template: Counting, stage: CycleStage, number: number): Sitting {
  const calendar: Calendar = { jurisdiction: template.jurisdiction, closed: new Set(template.closedOn) };
  const plannedOn = daysAfter(opensOn(template, number), stage.offsetDays);
  const on = settled(plannedOn, template.holidayRule, calendar);
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
