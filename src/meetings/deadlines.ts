/**
 * By when things are due around a meeting: so many working days before or after its day in London, as the panel's rules say.
 * Where they name none, the figures that the MARAC note proposes hold (section 2.4 "Time limits"; they are no law).
 */
import {
  JURISDICTIONS,
  workingDaysAfter,
  workingDaysBefore,
  type Calendar,
  type Jurisdiction,
} from '../panels/working-days.js';
import { londonDay } from '../records/london-day.js';

export type Rules = Record<string, unknown>;

/** A whole number of the rules; `usual` where they name none that makes sense. */
export const numberIn = (rules: Rules, name: string, usual: number, most = 100): number => {
  const value = rules[name];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : usual;
};

/** The working calendar of a panel: `jurisdiction`, and `closedOn` for days on which its offices are closed. */
export function calendarOf(rules: Rules = {}): Calendar {
  const { jurisdiction, closedOn } = rules;
  return {
    jurisdiction: JURISDICTIONS.includes(jurisdiction as Jurisdiction)
      ? (jurisdiction as Jurisdiction)
      : 'england_and_wales',
    closed: Array.isArray(closedOn) ? closedOn.filter((day) => typeof day === 'string') : [],
  };
}

export interface Deadlines {
  /** Last day for referrals to be heard. */
  referralsDueOn: string;
  /** The day on which the list goes out. */
  papersDueOn: string;
  /** Last day for what agencies know. */
  researchDueOn: string;
  /** The day by which minutes are out. */
  minutesDueOn: string;
}

export function deadlinesOf(scheduledAt: Date, rules: Rules = {}): Deadlines {
  const day = londonDay(scheduledAt);
  const calendar = calendarOf(rules);
  const before = (name: string, usual: number): string =>
    workingDaysBefore(day, numberIn(rules, name, usual), calendar);
  return {
    referralsDueOn: before('referralCutOffWorkingDays', 10),
    papersDueOn: before('caseListWorkingDays', 8),
    researchDueOn: before('researchDueWorkingDays', 2),
    minutesDueOn: workingDaysAfter(day, numberIn(rules, 'minutesDueWorkingDays', 3), calendar),
  };
}
