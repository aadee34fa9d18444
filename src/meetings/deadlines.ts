/**
 * By when things are due around a meeting: so many working days before or after its day in London, as the panel's rules say.
 * Where they name none, the defaults of the registry hold (`panel-rules.ts`).
 */
import { closedDays, ruleNumber, type NumericRule } from '../panels/panel-rules.js';
import {
  JURISDICTIONS,
  workingDaysAfter,
  workingDaysBefore,
  type Calendar,
  type Jurisdiction,
} from '../panels/working-days.js';
import { londonDay } from '../time/london-day.js';

export type Rules = Record<string, unknown>;

/** The working calendar of a panel: `jurisdiction`, and `closedOn` for days on which its offices are closed. */
export function calendarOf(rules: Rules = {}): Calendar {
  const { jurisdiction } = rules;
  return {
    jurisdiction: JURISDICTIONS.includes(jurisdiction as Jurisdiction)
      ? (jurisdiction as Jurisdiction)
      : 'england_and_wales',
    closed: closedDays(rules),
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
  const before = (name: NumericRule): string => workingDaysBefore(day, ruleNumber(rules, name), calendar);
  return {
    referralsDueOn: before('referralCutOffWorkingDays'),
    papersDueOn: before('caseListWorkingDays'),
    researchDueOn: before('researchDueWorkingDays'),
    minutesDueOn: workingDaysAfter(day, ruleNumber(rules, 'minutesDueWorkingDays'), calendar),
  };
}
