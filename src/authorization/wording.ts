/**
 * Wording of the policy for readers who do not program: record titles, chapters and action phrases. An area declares
 * the wording beside its rules; decisions do not depend on wording.
 */
import { subjectOf } from './subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { Subject } from './subject.types.js';

/** Chapters of the policy matrix, in the order of the work. */
export const CHAPTERS = [
  'Who takes part',
  'What the agreements share',
  'Whom and what it is about',
  'Referring',
  'Working a case',
  'Meeting',
  'Planning and acting',
  'Accounting for it',
] as const;
export type Chapter = (typeof CHAPTERS)[number];

interface Wording {
  chapter: Chapter;
  /** Singular, as used within a sentence: `protected address`. */
  title: string;
  /** Phrases by action that complete "somebody … may"; the record is `it`. */
  deeds: Record<string, string>;
}

const wordings = new Map<Subject, Wording>();

/** Default phrases, shared by almost every record. */
const USUAL = { read: 'read it', change: 'change it', explain: 'ask who sees it and why' };

export function declareWording<A extends string>(
  type: RecordClass<object, A>,
  chapter: Chapter,
  title: string,
  deeds: Partial<Record<NoInfer<A>, string>> = {},
): void {
  wordings.set(subjectOf(type), { chapter, title, deeds: { ...USUAL, ...deeds } });
}

/** Adds phrases for actions that a higher area adds to a record. */
export function addActionPhrases<A extends string>(
  type: RecordClass<object, A>,
  deeds: Partial<Record<NoInfer<A>, string>>,
): void {
  const known = wordings.get(subjectOf(type));
  if (!known) throw new Error(`${type.name} has no words yet`);
  Object.assign(known.deeds, deeds);
}

export function wordingOf(subject: Subject): Wording {
  const known = wordings.get(subject);
  if (!known) throw new Error(`nobody said what a ${subject.name} is called`);
  return known;
}

export function actionPhrase(subject: Subject, action: string): string {
  const deed = wordingOf(subject).deeds[action];
  if (!deed) throw new Error(`nobody said what it is to ${action} a ${subject.name}`);
  return deed;
}

/** Returns a sentence about who may perform the action, regardless of record and actor. */
export function sentenceOfWhoMay(subject: Subject, action: string): string {
  const sentences = subject.allowRules.flatMap(({ actions, sentence }) => (actions.includes(action) ? [sentence] : []));
  if (!sentences.length) return 'Nobody may.';
  return `It takes somebody ${[...new Set(sentences)].join('; or somebody ')}.`;
}
