/**
 * Generates the policy matrix: permissions on each record type, and the classification of each field. Derived from the
 * declarations, never written by hand.
 */
import { SEALED_CATEGORIES } from './data-categories.js';
import { classifiedProperties, type ColumnClass } from './classification.js';
import { declaredSubjects, subjectOf } from './subjects.js';
import { CHAPTERS, actionPhrase, wordingOf } from './wording.js';
import type { AllowRule, Relation, Subject } from './subject.types.js';

export interface MatrixRule {
  subject: string;
  action: string;
  ground: string;
  /** Completes the phrase "somebody …". */
  who: string;
  /** Action on the parent that must be permitted as well; null if none. */
  within: string | null;
  /** Only fields shown under this rule; null means all fields that the sharing levels allow. */
  fields: string[] | null;
}

export interface MatrixSubject {
  subject: string;
  bars: { step: string; who: string }[];
  caps: { level: string; rule: string }[];
  fields: { field: string; category: string; from: string }[];
}

export interface Matrix {
  rules: MatrixRule[];
  subjects: MatrixSubject[];
}

const categoryOf = ({ category }: ColumnClass): string =>
  typeof category === 'string' ? category : `the row’s own ${category.column}`;

const byName = <T extends { name: string }>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => (a.name < b.name ? -1 : 1));

export function policyMatrix(): Matrix {
  const subjects = byName(declaredSubjects());
  return {
    rules: subjects.flatMap((subject) =>
      byName(subject.allowRules).flatMap((rule) =>
        [...rule.actions].sort().map((action) => ({
          subject: subject.name,
          action,
          ground: rule.name,
          who: rule.sentence,
          within: rule.within ?? null,
          fields: rule.fields ? [...rule.fields] : null,
        })),
      ),
    ),
    subjects: subjects.map((subject) => ({
      subject: subject.name,
      bars: subject.denyRules.map((bar) => ({ step: bar.step, who: bar.sentence })),
      caps: subject.sharingLimits.map((limit) => ({ level: limit.level, rule: limit.sentence })),
      fields: [...classifiedProperties(subject.type)].map(([field, column]) => ({
        field,
        category: categoryOf(column),
        from: column.from,
      })),
    })),
  };
}

const HEAD = `WHO MAY DO WHAT, AND THE DATA CATEGORY OF EACH FIELD

How to read this page

Nothing is permitted that this page does not list. Each line under "Who may" is an allow rule: somebody for whom one of them is
true may do what it names. A deny rule takes precedence over every allow rule. The deny rules of a kind of record are listed
first, under "Who may not". If they name the parent record (such as the case to which a plan belongs), nobody whom a rule denies
the parent record can read this one.

Permission to read a record does not show every field of it. Each field belongs to a category of data. The sharing agreement of
the panel grants each category to a type of agency, for a purpose, at one of four levels: none, existence (that there is
something), summary, or full. A field is shown at the level named before it, or a higher one. What an agency contributed is
always shown to that agency. Reasons of the panel (why a risk band was lowered, a case reopened, a referral or plan decided, an
item taken off, an action ended, an exclusion or recusal ended) are an exception: the panel's own agreement alone shares them,
like contributions of any agency, and also with the agency to which the referral or task belongs. Fields about the process
(dates, stages, who wrote it, numbers) are shown with the record and are not listed here. An emergency access shows the content
of its case in full whatever the agreement says, except the limits under "At most" and the sealed categories
(${SEALED_CATEGORIES.map((one) => one.replaceAll('_', ' ')).join(', ')}). Systems of agencies may, in addition, do only what they are registered for.`;

/** Splits an identifier such as `whyMultiAgency` or `nhsNumber` into words. */
const inWords = (name: string): string =>
  name
    .replace(/Id$/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

const WIDTH = 120;

/** Formats a list item, with further lines indented. */
function point(text: string, indent = '  - '): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.trim() && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}

const listed = (words: string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}` : (words[0] ?? '');

/** Titles of the steps at which a deny rule is checked. */
const DENY_STEP_TITLES = { conflict: 'a conflict', compartment: 'a compartment' } as const;

function deniedTo({ denyRules, parent, relations, allowRules }: Subject): string[] {
  const above =
    parent && allowRules.every(({ within }) => within) ? subjectOf((relations[parent] as Relation).to) : null;
  return [
    ...denyRules.map((rule) => point(`Somebody ${rule.sentence} (${DENY_STEP_TITLES[rule.step]})`)),
    ...(above ? [point(`Somebody whom a rule denies the ${wordingOf(above).title} to which it belongs`)] : []),
  ];
}

/** Returns the permission needed on the parent, or an empty string if the rule's own sentence names that permission. */
function proviso({ parent, relations }: Subject, { within, sentence }: AllowRule): string {
  if (!within || !parent) return '';
  const above = subjectOf((relations[parent] as Relation).to);
  const deed = actionPhrase(above, within).replaceAll(/\bit\b/g, `the ${wordingOf(above).title}`);
  return sentence.includes(`may ${deed}`) ? '' : `, and who may ${deed}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const mayDo = (subject: Subject): string[] =>
  subject.allowRules.map((rule) => {
    const deeds = listed(rule.actions.map((action) => actionPhrase(subject, action)));
    const shown = rule.fields ? ` (of it they see only: ${rule.fields.map(inWords).join(', ')})` : '';
    return point(`${capital(deeds)}: somebody ${rule.sentence}${proviso(subject, rule)}${shown}`);
  });

/** Lists fields grouped by level and category, e.g. `From summary on, as identity: role, since`. */
function counts(subject: Subject): string[] {
  const groups = new Map<string, string[]>();
  for (const [field, { category, from }] of classifiedProperties(subject.type)) {
    if (category === 'administrative') continue;
    const counted =
      typeof category === 'string' ? inWords(category) : `the ${category.column} that the record itself names`;
    const key = `${from === 'full' ? 'In full only' : `From ${from} on`}, as ${counted}`;
    groups.set(key, [...(groups.get(key) ?? []), inWords(field)]);
  }
  return [...groups].map(([key, fields]) => point(`${key}: ${fields.join(', ')}`));
}

function section(subject: Subject): string {
  const title = wordingOf(subject).title;
  const may = mayDo(subject);
  const parts: [string, string[]][] = [
    ['Who may not, whichever allow rule applies', may.length ? deniedTo(subject) : []],
    ['Who may', may.length ? may : [point('Nobody: it decides about other records and is not shown')]],
    ['At most', subject.sharingLimits.map((limit) => point(`${capital(limit.level)}: ${limit.sentence}`))],
    ['Which field counts as what', counts(subject)],
  ];
  return [
    capital(title),
    '-'.repeat(title.length),
    ...parts.filter(([, lines]) => lines.length).flatMap(([what, lines]) => [what, ...lines]),
  ].join('\n');
}

/** Renders the matrix as text for a data protection officer, in the order of the work. */
export function matrixText(): string {
  const chapters = CHAPTERS.map((chapter, index) => {
    const heading = `${String(index + 1)}. ${chapter.toUpperCase()}`;
    const within = declaredSubjects().filter((subject) => wordingOf(subject).chapter === chapter);
    return [`${heading}\n${'='.repeat(heading.length)}`, ...within.map(section)].join('\n\n');
  });
  return `${[HEAD, ...chapters].join('\n\n\n')}\n`;
}
