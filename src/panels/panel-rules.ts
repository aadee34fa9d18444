/**
 * Registry of the rules of a panel: numeric rules with bounds and defaults, and the values of the others. Rules that
 * are not registered are refused (`panel-rules.dto.ts`), so that every published rule is one that the code reads.
 */
import { isCalendarDate } from '../time/calendar-date.js';

interface NumericBounds {
  minimum: number;
  maximum: number;
  /** Value if the panel sets none. */
  default: number;
  description: string;
}

/**
 * Numeric rules. Deadlines and reminders: MARAC note, section 2.4 "Time limits" (proposals, no law). Time for an item:
 * MARAC note, section 2.4 "Discussion per case". Named people: law and standards note, section 1.8, REQ-GM-07. Days of
 * a grant, an invitation and a membership: `docs/who-may-widen.md`, rows 1, 6 and 7.
 */
export const NUMERIC_RULES = {
  ageMin: {
    minimum: 0,
    maximum: 120,
    default: 0,
    description: 'Minimum age of the person on the day of referral; a younger person needs a reason.',
  },
  ageMax: {
    minimum: 0,
    maximum: 120,
    default: 120,
    description: 'Maximum age of the person on the day of referral; an older person needs a reason.',
  },
  minVictimAge: {
    minimum: 0,
    maximum: 120,
    default: 0,
    description: 'Minimum age of a victim on the day of referral; a younger victim needs a reason.',
  },
  repeatWindowMonths: {
    minimum: 1,
    maximum: 120,
    default: 12,
    description: 'Months within which a second referral counts as a repeat.',
  },
  referralCutOffWorkingDays: {
    minimum: 0,
    maximum: 100,
    default: 10,
    description: 'Working days before a meeting on which referrals for it close.',
  },
  caseListWorkingDays: {
    minimum: 0,
    maximum: 100,
    default: 8,
    description: 'Working days before a meeting on which its papers are due.',
  },
  researchDueWorkingDays: {
    minimum: 0,
    maximum: 100,
    default: 2,
    description: 'Working days before a meeting on which answers to research requests are due.',
  },
  minutesDueWorkingDays: {
    minimum: 0,
    maximum: 100,
    default: 3,
    description: 'Working days after a meeting on which its minutes are due.',
  },
  caseTimeBoxMinutes: {
    minimum: 1,
    maximum: 480,
    default: 15,
    description: 'Minutes for an item of the agenda.',
  },
  deferralLimit: {
    minimum: 0,
    maximum: 100,
    default: 2,
    description: 'Deferrals of a case after which only the chair may defer it again.',
  },
  reminderWorkingDays: {
    minimum: 0,
    maximum: 20,
    default: 3,
    description: 'Working days before an action is due on which its owner is reminded.',
  },
  escalationWorkingDays: {
    minimum: 1,
    maximum: 20,
    default: 5,
    description: 'Working days after an action was due on which it is escalated to the steering group.',
  },
  circulationCheckNamedPeople: {
    minimum: 0,
    maximum: 100,
    default: 10,
    description: 'People named in the papers above which a second person approves the check before circulation.',
  },
  accessGrantDays: {
    minimum: 1,
    maximum: 92,
    default: 28,
    description: 'Maximum number of days of an approved request for access.',
  },
  invitationDaysAfterMeeting: {
    minimum: 0,
    maximum: 14,
    default: 14,
    description: 'Maximum number of days after a meeting that an invitation to one of its items lasts.',
  },
  membershipStartDays: {
    minimum: 0,
    maximum: 366,
    default: 92,
    description: 'Days from today within which a new membership must begin.',
  },
  membershipYears: {
    minimum: 1,
    maximum: 5,
    default: 5,
    description: 'Maximum number of years of a membership.',
  },
} as const satisfies Record<string, NumericBounds>;

export type NumericRule = keyof typeof NUMERIC_RULES;

/** Returns a numeric rule, limited to its bounds. Returns the default if the panel sets no integer. */
export function ruleNumber(rules: Record<string, unknown> | undefined, name: NumericRule): number {
  const { minimum, maximum, default: otherwise } = NUMERIC_RULES[name];
  const value = rules?.[name];
  return Number.isInteger(value) ? Math.min(maximum, Math.max(minimum, value as number)) : otherwise;
}

/** Sections of an agenda. Source: JAG note, section 1.7 "Agenda order". */
export const AGENDA_SECTIONS = [
  'opening',
  'quorum',
  'matters_arising',
  'tasking_feedback',
  'urgent',
  'cases',
  'reviews',
  'themes',
  'resources',
  'closures',
  'case_reviews',
  'learning',
  'dates',
] as const;
export type AgendaSection = (typeof AGENDA_SECTIONS)[number];

/** Conditions that add agencies to a research request. Source: MARAC note, section 6.8 "Conditional audience". */
export const AUDIENCE_CONDITIONS = ['school_age_child', 'pregnant', 'in_custody'] as const;
export type AudienceCondition = (typeof AUDIENCE_CONDITIONS)[number];

export const MOST_CLOSED_DAYS = 400;

/** Returns the days on which a panel's offices are closed. A set, because the calendar looks up each day it counts. */
export function closedDays({ closedOn }: Record<string, unknown>): ReadonlySet<string> {
  return new Set(Array.isArray(closedOn) ? closedOn.slice(0, MOST_CLOSED_DAYS).filter(isCalendarDate) : []);
}
