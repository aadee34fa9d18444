/**
 * Score of an action by the SMART criteria: five letters, one point each. Source: JAG note, section 2.3 "SMART
 * enforcement".
 *
 * smart({ description: 'Monitor the situation', … }).warnings
 * [{ letter: 'specific', missed: false, detail: … }, …]
 */
import type { Action } from './action.entity.js';

export const SMART_LETTERS = ['specific', 'measurable', 'achievable', 'relevant', 'time-bound'] as const;
export type SmartLetter = (typeof SMART_LETTERS)[number];

export interface SmartWarning {
  letter: SmartLetter;
  /** Whether the letter scores no point. If false, the letter scores, but the warning should be reviewed. */
  missed: boolean;
  detail: string;
}

export interface Smart {
  /** Points from 0 to 5. */
  score: number;
  warnings: SmartWarning[];
}

/** Fields of an action on which the score depends. */
export const SMART_FIELDS = ['description', 'measure', 'evidenceOfCompletion', 'relatesTo', 'dueOn', 'status'] as const;

export type SmartInput = Pick<Action, (typeof SMART_FIELDS)[number]>;

/** Vague verbs, and words usually combined with them. */
const VAGUE = new Set(
  (
    'monitor monitoring liaise liaising continue continuing review reviewing discuss consider support engage ' +
    'situation case matter issue issues things progress position agencies agency partners partner everyone others ' +
    'ongoing regularly closely appropriate necessary needed required usual before as and or the a an to of with for on in it ' +
    'all any this that from now'
  ).split(' '),
);

/** Returns whether the description consists of vague words only. */
function isVague(description: string): boolean {
  const words = description.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? [];
  return words.every((word) => VAGUE.has(word));
}

const hasText = (text: string | null): boolean => Boolean(text?.trim());

export function smart(action: SmartInput, planEndsOn: string | null = null): Smart {
  const length = action.description.trim().length;
  const missed: [letter: SmartLetter, isMissed: boolean, detail: string][] = [
    ['specific', length < 15 || length > 300, 'Say in 15 to 300 characters what is done, where and for whom.'],
    [
      'measurable',
      !hasText(action.measure) && !hasText(action.evidenceOfCompletion),
      'Name a measure, or the evidence that will show that the action is done.',
    ],
    ['achievable', action.status === 'proposed', 'The owning agency has not accepted the action yet.'],
    ['relevant', !hasText(action.relatesTo), 'Name the aim, hypothesis or risk that the action serves.'],
    [
      'time-bound',
      planEndsOn !== null && action.dueOn > planEndsOn,
      'The action is due after the plan ends: move one of the two dates.',
    ],
  ];
  const warnings = missed.flatMap(([letter, isMissed, detail]) => (isMissed ? [{ letter, missed: true, detail }] : []));
  const score = SMART_LETTERS.length - warnings.length;
  if (isVague(action.description))
    warnings.push({
      letter: 'specific',
      missed: false,
      detail: 'Monitoring, liaising or continuing alone is not an action: say what will be done.',
    });
  return { score, warnings };
}
