/** People who would have received an item of a meeting if no exclusion or recusal kept them from it. */
import type { Actor } from '../../policy/actor.js';
import { explain } from '../../policy/explanation.js';
import { subjectOf } from '../../policy/subjects.js';
import { rowsWithFacts } from '../../records/facts.js';
import { keepingFrom, withoutConflicts, type Conflict } from '../../records/known-facts.js';
import type { Work } from '../../records/work.js';
import { Listing } from '../meeting.entity.js';

/** Returns whether the person may read the item, by the rules of the policy. */
export async function mayRead(work: Work, reader: Actor, { id }: Pick<Listing, 'id'>): Promise<boolean> {
  const [row] = await rowsWithFacts(work.manager, reader, Listing, ['read'], [id]);
  return row !== undefined && explain(reader, subjectOf(Listing), 'read', row).outcome === 'permit';
}

/** Returns the identifiers of the conflicts that keep the person from the item; none where something else does, too. */
export async function keptOutBy(
  work: Work,
  reader: Actor,
  conflicts: readonly Conflict[],
  listing: Pick<Listing, 'id' | 'caseId'>,
): Promise<string[]> {
  const keeping = keepingFrom(conflicts, listing).map(({ id }) => id);
  if (!keeping.length) return [];
  return (await work.asService(() => mayRead(work, withoutConflicts(reader), listing))) ? keeping.sort() : [];
}
