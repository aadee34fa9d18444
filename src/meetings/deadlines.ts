/**
 * Deadlines around a meeting, in working days before or after its day in London. The panel's rules set the number of
 * days; the defaults are in the registry (`panel-rules.ts`).
 */
import { closedDays, ruleNumber, type NumericRule } from '../panels/panel-rules.js';
import {
  JURISDICTIONS,
  workingDaysAfter,
  workingDaysBefore,
  type Calendar,
  type Jurisdiction,
} from '../panels/working-days.js';
import { londonDay } from '../time/clock.js';

export type Rules = Record<string, unknown>;

/**
 * Returns the working calendar of a panel from the rules `jurisdiction` and `closedOn` (days on which its offices are
 * closed).
 */
export function workingCalendarOf(rules: Rules = {}): Calendar {
  const { jurisdiction } = rules;
  return {
    jurisdiction: JURISDICTIONS.includes(jurisdiction as Jurisdiction)
      ? (jurisdiction as Jurisdiction)
      : 'england_and_wales',
    closed: closedDays(rules),
  };
}

export interface Deadlines {
  /** Last day for referrals that are to be heard. */
  referralsDueOn: string;
  /** Day on which the case list is circulated. */
  papersDueOn: string;
  /** Last day on which agencies return their research. */
  researchDueOn: string;
  /** Day by which the minutes are circulated. */
  minutesDueOn: string;
}

export function deadlinesOf(scheduledAt: Date, rules: Rules = {}): Deadlines {
  const day = londonDay(scheduledAt);
  const calendar = workingCalendarOf(rules);
  const before = (name: NumericRule): string => workingDaysBefore(day, ruleNumber(rules, name), calendar);
  return {
    referralsDueOn: before('referralCutOffWorkingDays'),
    papersDueOn: before('caseListWorkingDays'),
    researchDueOn: before('researchDueWorkingDays'),
    minutesDueOn: workingDaysAfter(day, ruleNumber(rules, 'minutesDueWorkingDays'), calendar),
  };
}
