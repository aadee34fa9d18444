/**
 * Explains a decision of the policy as an ordered list of steps, each with its result. The steps use the same deny
 * rules, allow rules and sharing levels as enforcement, evaluated in memory; a test compares explanations with
 * enforcement.
 */
import type { Actor } from '../authentication/actor.js';
import { isAtLeast, ruleText, evaluateSharing } from './sharing-levels.js';
import { classOf } from './classification.js';
import { parseCondition, type Row } from './conditions.js';
import { conditionHolds } from './conditions-in-memory.js';
import type { Step, Subject } from './subject.types.js';
import { applicableRules } from './applicable-rules.js';

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

/** Advice if no allow rule applies: a grant can be requested. */
const HOW_TO_ASK = ['a grant until a date: ask the chair of the panel with POST /v1/access-requests'];

/** Reason for withholding a field if every applicable rule is limited to other fields. */
export const OTHER_FIELDS = 'these grounds show other fields only';

const BAR_STEPS = ['conflict', 'compartment'] as const;

/** Explains the decision about one record. `row` must include the relations that the rules use. */
export function explain(actor: Actor, subject: Subject, action: string, row: Row, field?: string): Explanation {
  const steps: ExplainedStep[] = [
    { step: 'active', result: 'passed', rule: 'registered and active, as is the agency' },
  ];
  const conclude = (
    outcome: Explanation['outcome'],
    wouldChange: string[] = [],
    agreementRowId: string | null = null,
  ): Explanation => {
    const result = { permit: 'opened', withhold: 'stopped', refuse: 'stopped' }[outcome];
    const decisive = steps.findLast((one) => one.result === result);
    return {
      outcome,
      steps,
      decidedBy: decisive ? { step: decisive.step, rule: decisive.rule } : null,
      agreementRowId,
      wouldChange,
    };
  };

  for (const step of BAR_STEPS) {
    const denyRules = subject.denyRules.filter((bar) => bar.step === step);
    const denied = denyRules.find((bar) => {
      const where = bar.where(actor);
      return where !== null && conditionHolds(parseCondition(where), row);
    });
    steps.push(
      denied
        ? { step, result: 'stopped', rule: denied.sentence }
        : { step, result: denyRules.length ? 'passed' : 'not-applicable', rule: `no ${step} applies` },
    );
    if (denied) return conclude('refuse', [`the ${step} would have to end: it beats every ground`]);
  }

  const ways = applicableRules(actor, subject, action);
  const opened = ways.filter(({ where }) => conditionHolds(parseCondition(where), row));
  const rules = subject.allowRules.filter((rule) => rule.actions.includes(action));
  for (const ground of rules) {
    const way = opened.find((one) => one.ground === ground);
    const through = way?.through ? `, through: ${way.through}` : '';
    steps.push({ step: 'relationship', result: way ? 'opened' : 'not-met', rule: ground.sentence + through });
  }
  if (!opened.length)
    return conclude(
      'refuse',
      rules.length
        ? [...rules.map((ground) => `being somebody ${ground.sentence}`), ...HOW_TO_ASK]
        : [`no rule of the policy opens ${action} on ${subject.name}`],
    );
  if (field === undefined) return conclude('permit');

  const limited = opened.every(({ ground }) => ground.fields && !ground.fields.includes(field));
  if (limited) {
    steps.push({ step: 'relationship', result: 'stopped', rule: OTHER_FIELDS });
    return conclude('withhold', ['a ground that shows the whole record', ...HOW_TO_ASK]);
  }
  const column = classOf(subject.type, field);
  const weighing = evaluateSharing(actor, subject, row, column);
  const shown = column !== undefined && isAtLeast(weighing.level, column.from);
  steps.push({
    step: weighing.step === 'administrative' ? 'level' : weighing.step,
    result: shown ? 'opened' : 'stopped',
    rule: ruleText(weighing),
  });
  const rowId = weighing.agreementRowId ?? null;
  if (shown) return conclude('permit', [], rowId);
  return conclude(
    'withhold',
    [
      weighing.remedy ??
        `an active agreement row that shares it at ${column?.from ?? 'full'} with this type of agency for this purpose: ask the data protection officer of your partnership`,
    ],
    rowId,
  );
}
