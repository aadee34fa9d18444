/** The policy as a page: who may do what to which records, and as what each field counts. Derived, never written. */
import { classifiedProperties, type ColumnClass } from './classification.js';
import { declaredSubjects } from './subjects.js';

export interface MatrixRule {
  subject: string;
  action: string;
  ground: string;
  /** Completes "somebody …". */
  who: string;
  /** The action on the parent that must be permitted too. */
  within: string | null;
  /** The only fields shown on this ground; null means all that the levels allow. */
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
      byName(subject.grounds).flatMap((ground) =>
        [...ground.actions].sort().map((action) => ({
          subject: subject.name,
          action,
          ground: ground.name,
          who: ground.sentence,
          within: ground.within ?? null,
          fields: ground.fields ? [...ground.fields] : null,
        })),
      ),
    ),
    subjects: subjects.map((subject) => ({
      subject: subject.name,
      bars: subject.bars.map((bar) => ({ step: bar.step, who: bar.sentence })),
      caps: subject.caps.map((cap) => ({ level: cap.level, rule: cap.sentence })),
      fields: [...classifiedProperties(subject.type)].map(([field, column]) => ({
        field,
        category: categoryOf(column),
        from: column.from,
      })),
    })),
  };
}

/** The same as text, for reading. */
export function matrixText({ rules, subjects }: Matrix): string {
  const lines = ['WHO MAY DO WHAT', '', 'A row is open where one line here holds and no bar does.', ''];
  for (const { subject, bars, caps, fields } of subjects) {
    lines.push(subject, '-'.repeat(subject.length));
    for (const rule of rules.filter((one) => one.subject === subject))
      lines.push(
        `  ${rule.action.padEnd(16)} somebody ${rule.who}` +
          (rule.within ? ` [needs ${rule.within} on the parent]` : '') +
          (rule.fields ? ` [only: ${rule.fields.join(', ')}]` : ''),
      );
    for (const bar of bars) lines.push(`  NEVER            somebody ${bar.who} (${bar.step})`);
    for (const cap of caps) lines.push(`  AT MOST ${cap.level.padEnd(8)} ${cap.rule}`);
    for (const { field, category, from } of fields.filter((one) => one.category !== 'administrative'))
      lines.push(`    ${field.padEnd(22)} ${category}${from === 'full' ? '' : ` (from ${from})`}`);
    lines.push('');
  }
  return lines.join('\n');
}
