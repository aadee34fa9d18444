/** People who would have received an item of a meeting but for an exclusion or recusal. */
import type { Actor } from '../authentication/actor.js';
import { explain } from '../authorization/explanation.js';
import { subjectOf } from '../authorization/subjects.js';
import { rowsWithRelations } from '../records/rows-with-relations.js';
import { conflictsExcludingFrom, withoutConflicts, type Conflict } from '../records/known-attributes.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing } from '../meetings/meeting.entity.js';

/** Returns whether the person may read the item, by the rules of the policy. */
export async function canReadItem(work: UnitOfWork, reader: Actor, { id }: Pick<Listing, 'id'>): Promise<boolean> {
  const [row] = await rowsWithRelations(work.manager, reader, Listing, ['read'], [id]);
  return row !== undefined && explain(reader, subjectOf(Listing), 'read', row).outcome === 'permit';
}

/**
 * Returns the conflicts that alone exclude the person from the item. Empty if the item is withheld for another reason
 * too.
 */
export async function findExcludingConflicts(
  work: UnitOfWork,
  reader: Actor,
  conflicts: readonly Conflict[],
  listing: Pick<Listing, 'id' | 'caseId'>,
): Promise<string[]> {
  const keeping = conflictsExcludingFrom(conflicts, listing).map(({ id }) => id);
  if (!keeping.length) return [];
  return (await work.asSystem(() => canReadItem(work, withoutConflicts(reader), listing))) ? keeping.sort() : [];
}
