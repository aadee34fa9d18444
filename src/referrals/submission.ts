/** Checks of a referral before a panel receives it. All missing values are reported together, each with its pointer. */
import type { FieldError } from '../http/problems.js';
import type { PersonRole } from '../cases/case.entity.js';
import type { PanelType } from '../panels/panel.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import type { SubjectKind } from '../subjects/subject.entity.js';
import { MARAC_CRITERIA, type Referral } from './referral.entity.js';

export const VICTIM_ROLES: readonly PersonRole[] = ['victim', 'both_victim_and_harm_causer'];
export const HARM_ROLES: readonly PersonRole[] = [
  'perpetrator',
  'suspected_harm_causer',
  'both_victim_and_harm_causer',
];

/** Role assigned to the person whom a referral is about. */
export const ROLE_OF_SUBJECT: Partial<Record<SubjectKind, PersonRole>> = {
  person_victim: 'victim',
  person_perpetrator: 'suspected_harm_causer',
  person_at_risk: 'at_risk',
};

/** Rules of a panel used to check a referral. */
export interface IntakeRules {
  acceptedSubjectKinds: string[];
  ageMin: number;
  ageMax: number;
  minVictimAge: number;
  repeatWindowMonths: number;
}

/**
 * Returns the intake rules of the panel's rules in force. Absent rules impose no limit, except that a repeat window is
 * 12 months.
 */
export function intakeRules(rules: Record<string, unknown> = {}): IntakeRules {
  const { acceptedSubjectKinds: kinds, ageMax } = rules;
  return {
    acceptedSubjectKinds: Array.isArray(kinds) ? kinds.filter((one): one is string => typeof one === 'string') : [],
    ageMin: ruleNumber(rules, 'ageMin'),
    ageMax: typeof ageMax === 'number' && ageMax >= 0 ? ruleNumber(rules, 'ageMax') : Infinity,
    minVictimAge: ruleNumber(rules, 'minVictimAge'),
    repeatWindowMonths: ruleNumber(rules, 'repeatWindowMonths'),
  };
}

export interface Born {
  dateOfBirth: string | null;
  datePrecision: string;
}

export interface Submission {
  referral: Referral;
  panelType: PanelType;
  rules: IntakeRules;
  roles: readonly PersonRole[];
  /** Person whom the referral is about, with the fields that the referrer may know; null if it is about no person. */
  subject: Born | null;
  /** Current day in London. */
  today: string;
}

export interface Checked {
  errors: FieldError[];
  warnings: string[];
}

export function check(submission: Submission): Checked {
  const age = checkAge(submission);
  return {
    errors: [
      ...checkSubject(submission),
      ...checkContent(submission),
      ...(submission.panelType === 'marac' ? checkMarac(submission) : []),
      ...checkPeople(submission.panelType, submission.roles),
      ...checkConsent(submission.referral),
      ...age.errors,
    ],
    warnings: age.warnings,
  };
}

const missing = (pointer: string, detail: string): FieldError => ({ pointer, detail });

/** Checks the kind of subject; each panel has its own list. Source: JAG note, section 0, point 2. */
function checkSubject({ referral: { subjectKind }, rules: { acceptedSubjectKinds: taken } }: Submission): FieldError[] {
  if (!taken.length || taken.includes(subjectKind)) return [];
  return [missing('/subjectKind', `this panel takes ${taken.join(', ')}`)];
}

/**
 * Checks the mandatory content: the problem, and why a single agency has not solved it. Source: JAG note, section 1.4.
 */
function checkContent({ referral, panelType, today }: Submission): FieldError[] {
  const errors: FieldError[] = [];
  if (!referral.problem) errors.push(missing('/problem', 'say what happens'));
  if ((panelType === 'jag' || panelType === 'community_marac') && !referral.whyMultiAgency)
    errors.push(missing('/whyMultiAgency', 'say why several agencies are needed'));
  if (referral.incidentOn && referral.incidentOn > today) errors.push(missing('/incidentOn', 'lies ahead'));
  if (referral.hateStrands.length && referral.hateElement !== 'yes')
    errors.push(missing('/hateElement', 'strands are named: say yes, or leave them out'));
  return errors;
}

/**
 * Requires at least one criterion, and the grounds of a professional judgement. Source: MARAC note, section 2.2 and
 * section 2.3, guard of `draft -> submitted`.
 */
function checkMarac({ referral: { criteria, judgementRationale } }: Submission): FieldError[] {
  const known: readonly string[] = MARAC_CRITERIA;
  const errors = criteria.flatMap((one, at) =>
    known.includes(one) ? [] : [missing(`/criteria/${String(at)}`, `one of ${known.join(', ')}`)],
  );
  if (!criteria.length) errors.push(missing('/criteria', 'name at least one criterion'));
  if (criteria.includes('professional_judgement') && !judgementRationale)
    errors.push(missing('/judgementRationale', 'state the concerns and reasons of the judgement'));
  return errors;
}

/**
 * Checks the roles that a MARAC needs, at submission and again at acceptance. Source: MARAC note, section 0, point 3
 * (the pair is the key).
 */
export function checkPeople(panelType: PanelType, roles: readonly PersonRole[]): FieldError[] {
  if (panelType !== 'marac') return [];
  const errors: FieldError[] = [];
  if (!roles.some((role) => VICTIM_ROLES.includes(role))) errors.push(missing('/people', 'name the victim'));
  if (!roles.some((role) => HARM_ROLES.includes(role))) errors.push(missing('/people', 'name the perpetrator'));
  return errors;
}

/**
 * Checks the consent record. Source: law and standards note, REQ-LAW-04; MARAC note, section 6.1, A3 (without consent:
 * record why).
 */
function checkConsent({ personId, consentStatus, consentReason, consentNote }: Referral): FieldError[] {
  if (personId === null && consentStatus === null) return [];
  if (consentStatus === null) return [missing('/consentStatus', 'say whether the person consents')];
  if (consentStatus === 'given') return [];
  if (consentStatus === 'not_sought')
    return consentReason
      ? []
      : [missing('/consentReason', 'consent that is not sought needs one of the three reasons')];
  return consentNote ? [] : [missing('/consentNote', 'record why it is referred without consent')];
}

/**
 * Checks the panel's age limits on the day of referral. An age outside them needs a reason; an age that is not exactly
 * known causes a warning and does not block. Source: law and standards note, REQ-SYV-01 and REQ-SYV-03; MARAC rules:
 * `minVictimAge`.
 */
function checkAge({ referral, rules, subject, today }: Submission): Checked {
  const least = Math.max(rules.ageMin, referral.subjectKind === 'person_victim' ? rules.minVictimAge : 0);
  const most = rules.ageMax;
  const nothing = { errors: [], warnings: [] };
  if (!subject || (least === 0 && most === Infinity)) return nothing;
  if (subject.dateOfBirth === null || subject.datePrecision !== 'day')
    return { errors: [], warnings: ['age-not-checked'] };
  const age = ageOn(today, subject.dateOfBirth);
  if ((age >= least && age <= most) || referral.overrideReason) return nothing;
  return {
    errors: [missing('/overrideReason', 'the person’s age is outside the panel’s limits: say why it should hear it')],
    warnings: [],
  };
}

/** Returns the age in whole years by calendar dates: it increases on the birthday. */
export function ageOn(day: string, dateOfBirth: string): number {
  const years = Number(day.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return day.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}
