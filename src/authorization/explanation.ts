/**
 * Explains a decision of the policy as an ordered list of steps, each with its result. The steps use the same deny
 * rules, allow rules and sharing levels as enforcement, evaluated in memory; a test compares explanations with
 * enforcement.
 */
import type { Actor } from '../authentication/actor.js';
import { isAtLeast, ruleText, evaluateSharing } from './sharing-levels.js';
import { classOf } from './classification.js';
import { parseCondition, type Row, type Where } from './conditions.js';
import { conditionHolds } from './conditions-in-memory.js';
import type { Step, Subject, AllowRule } from './subject.types.js';
import { applicableRules, type ApplicableRule } from './applicable-rules.js';
import type { SharingLevel } from './data-categories.js';

export interface ExplainedStep {
  step: Step;
  result: 'passed' | 'stopped' | 'opened' | 'not-met' | 'not-applicable';
  /** Rule as a sentence. */
  rule: string;
}

export interface Explanation {
  outcome: 'permit' | 'withhold' | 'refuse';
  steps: ExplainedStep[];
  /** Deciding step and its rule; null if no step decided. */
  decidedBy: { step: Step; rule: string } | null;
  /** Agreement row that was evaluated; null if none was. */
  agreementRowId: string | null;
  /** Changes that would lead to another outcome, and how to request each. */
  wouldChange: string[];
}

/** Reason for withholding a field if every applicable rule is limited to other fields. */
export const OTHER_FIELDS = 'these grounds show other fields only';

const BAR_STEPS = ['conflict', 'compartment'] as const;

/** Explains the decision about one record. `row` must include the relations that the rules use. */
export function explain(actor: Actor, subject: Subject, action: string, row: Row, field?: string): Explanation {
  const active: ExplainedStep = { step: 'active', result: 'passed', rule: 'registered and active, as is the agency' };
  const { steps: denials, denied } = explainDenials(actor, subject, row);
  const steps = [active, ...denials];
  if (denied) return conclude('refuse', steps, [`the ${denied} would have to end: it beats every ground`]);
  const rules = subject.allowRules.filter((rule) => rule.actions.includes(action));
  const opened = applicableRules(actor, subject, action).filter(({ where }) => holds(where, row));
  steps.push(...rules.map((ground) => explainGround(ground, opened)));
  if (!opened.length) return conclude('refuse', steps, wouldPermit(rules));
  return field === undefined ? conclude('permit', steps) : explainField(actor, subject, row, field, steps, opened);
}

const holds = (where: Where, row: Row): boolean => conditionHolds(parseCondition(where), row);

/** Evaluates the deny rules step by step, up to the first that denies. */
function explainDenials(actor: Actor, subject: Subject, row: Row): { steps: ExplainedStep[]; denied?: Step } {
  const steps: ExplainedStep[] = [];
  for (const step of BAR_STEPS) {
    const denyRules = subject.denyRules.filter((bar) => bar.step === step);
    const denial = denyRules.find((bar) => {
      const where = bar.where(actor);
      return where !== null && holds(where, row);
    });
    if (denial) return { steps: [...steps, { step, result: 'stopped', rule: denial.sentence }], denied: step };
    steps.push({ step, result: denyRules.length ? 'passed' : 'not-applicable', rule: `no ${step} applies` });
  }
  return { steps };
}

function explainGround(ground: AllowRule, opened: ApplicableRule[]): ExplainedStep {
  const way = opened.find((one) => one.ground === ground);
  const through = way?.through ? `, through: ${way.through}` : '';
  return { step: 'relationship', result: way ? 'opened' : 'not-met', rule: ground.sentence + through };
}

const wouldPermit = (rules: AllowRule[]): string[] => rules.map((ground) => `being somebody ${ground.sentence}`);

/** Explains whether a field of a permitted row is shown. */
function explainField(
  actor: Actor,
  subject: Subject,
  row: Row,
  field: string,
  steps: ExplainedStep[],
  opened: ApplicableRule[],
): Explanation {
  if (opened.every(({ ground }) => ground.fields && !ground.fields.includes(field))) {
    const limited: ExplainedStep = { step: 'relationship', result: 'stopped', rule: OTHER_FIELDS };
    return conclude('withhold', [...steps, limited], ['a ground that shows the whole record']);
  }
  const column = classOf(subject.type, field);
  const sharing = evaluateSharing(actor, subject, row, column);
  const isShown = column !== undefined && isAtLeast(sharing.level, column.from);
  const step = sharing.step === 'administrative' ? 'level' : sharing.step;
  const all: ExplainedStep[] = [...steps, { step, result: isShown ? 'opened' : 'stopped', rule: ruleText(sharing) }];
  const rowId = sharing.agreementRowId ?? null;
  if (isShown) return conclude('permit', all, [], rowId);
  return conclude('withhold', all, [sharing.remedy ?? agreementNeeded(column?.from ?? 'full')], rowId);
}

const agreementNeeded = (level: SharingLevel): string =>
  `an active agreement row that shares it at ${level} with this type of agency for this purpose: ask the data protection officer of your partnership`;

function conclude(
  outcome: Explanation['outcome'],
  steps: ExplainedStep[],
  wouldChange: string[] = [],
  agreementRowId: string | null = null,
): Explanation {
  const result = outcome === 'permit' ? 'opened' : 'stopped';
  const decisive = steps.findLast((one) => one.result === result);
  const decidedBy = decisive ? { step: decisive.step, rule: decisive.rule } : null;
  return { outcome, steps, decidedBy, agreementRowId, wouldChange };
}
