/**
 * Commands that would change the outcome of an explanation. Each command that the subject of the case declares is
 * tried: the decision is evaluated again as after the command.
 */
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { explain, type Explanation } from '../authorization/explanation.js';
import type { Remedy, Subject } from '../authorization/subject.types.js';
import { subjectOf, typeNamed } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { withoutConflicts } from './known-attributes.js';
import type { UnitOfWork } from './unit-of-work.js';

export interface ExplainedDecision {
  about: Actor;
  subject: Subject;
  action: string;
  field?: string;
  row: Row;
  explained: Explanation;
  /** Loads the record with the relations that the rules use for an actor. Omits what the asker may not know. */
  load: (as: Actor) => Promise<Row | undefined>;
}

/**
 * Returns advice on the commands that would lead to another outcome, the fewest first. Conflicts of an asker who asks
 * about themselves, and the state of a case that the asker may not know, do not count: the advice would reveal them.
 */
export async function adviceOn(work: UnitOfWork, decision: ExplainedDecision): Promise<string[]> {
  const { about, subject, action, field, row, explained } = decision;
  const caseId = subject.case === undefined ? null : (row[subject.case] as string | null);
  const ofCase = subjectOf(typeNamed('Case'));
  if (explained.outcome === 'permit' || !caseId) return [];
  const matter = await work.asSystem(() =>
    work.manager.findOneBy<Row>(ofCase.type as RecordClass<Row>, { id: caseId }),
  );
  if (!matter) return [];
  const changing = ofCase.remedies.filter(({ changeRow }) => changeRow?.(matter));
  const isKnown = await mayKnowCase(work, ofCase.type, caseId);
  // a state of the case that the asker may not know does not count
  const assumed = isKnown ? [] : changing;
  const person = about === work.actor ? withoutConflicts(about) : about;
  const outcomeAfter = async (remedies: readonly Remedy[]): Promise<Explanation['outcome']> => {
    const as = remedies.reduce((one, { changeActor }) => changeActor?.(one, matter) ?? one, person);
    const loaded = await decision.load(as);
    if (!loaded) return explained.outcome;
    const changed = [...assumed, ...remedies].reduce(
      (one, { changeRow }) =>
        replaceRows(subject, one, ofCase.type, (of) => (of['id'] === caseId && changeRow?.(of)) || of),
      loaded,
    );
    return explain(as, subject, action, changed, field).outcome;
  };
  if ((await outcomeAfter([])) !== explained.outcome) return [];
  const possible = ofCase.remedies.filter(
    (one) => !assumed.includes(one) && (changing.includes(one) || one.changeActor?.(person, matter)),
  );
  const sufficient: Remedy[][] = [];
  for (const remedies of subsetsOf(possible))
    if (
      !sufficient.some((fewer) => fewer.every((one) => remedies.includes(one))) &&
      (await outcomeAfter(remedies)) !== explained.outcome
    )
      sufficient.push(remedies);
  return sufficient.map((remedies) => remedies.map(({ advice }) => advice).join('; then '));
}

/** Returns whether the asker may read the case, or explain who reads it, and so knows its state. */
const mayKnowCase = async (work: UnitOfWork, type: RecordClass, id: string): Promise<boolean> =>
  (await work.records.findOrNull('read', type, id)) !== null ||
  (await work.records.findOrNull('explain', type, id)) !== null;

/** Returns every non-empty selection, smaller ones first, each in the order of the list. */
const subsetsOf = <T>(list: readonly T[]): T[][] =>
  list
    .reduce<T[][]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]])
    .filter((set) => set.length)
    .sort((a, b) => a.length - b.length);

/** Returns a copy of the row with `change` applied to each row of the type, related rows included. */
function replaceRows(subject: Subject, row: Row, type: RecordClass, change: (row: Row) => Row): Row {
  const related = Object.entries(subject.relations).flatMap(([name, { to }]) => {
    const rows = row[name] as Row[] | undefined;
    return rows ? [[name, rows.map((one) => replaceRows(subjectOf(to), one, type, change))] as const] : [];
  });
  const copy: Row = { ...row, ...Object.fromEntries(related) };
  return subject.type === type ? change(copy) : copy;
}
