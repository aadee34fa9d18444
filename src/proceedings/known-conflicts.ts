/**
 * Conflicts that a reader may know: exclusions of a person or agency, exclusions by a shown name, and recusals. The
 * same condition applies to lists, to single reads and to copies of documents.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { seesWhere } from '../records/filter-authorization.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { Recusal } from './recusal.entity.js';
import type { DenyRule, Relation } from '../authorization/subject.types.js';
import { permittedRows } from '../authorization/applicable-rules.js';

/** Relations of a record whose `keptOutByIds` holds exclusions and recusals. */
export const CONFLICT_RELATIONS = {
  exclusions: { to: Exclusion, local: 'keptOutByIds', foreign: 'id' },
  recusals: { to: Recusal, local: 'keptOutByIds', foreign: 'id' },
} satisfies Record<string, Relation>;

/** Returns the conditions for exclusions and recusals of others that the reader may know. */
function knownConflictConditions(actor: Actor): { exclusions: Where | null; recusals: Where | null } {
  const reader = withoutScopes(actor);
  const readable = (type: RecordClass): Where | null => permittedRows(reader, subjectOf(type), 'read');
  const exclusions = readable(Exclusion);
  // exclusions by a name that is not shown do not reveal the person named
  const isShown = { $or: [{ nameKey: null }, seesWhere(reader, subjectOf(Exclusion), 'name')] };
  return { exclusions: exclusions && { $and: [exclusions, isShown] }, recusals: readable(Recusal) };
}

/** Hides a presence from readers who may know of the conflict that excluded the person from the item. */
export const hiddenIfConflictKnown: DenyRule = {
  name: 'known-to-be-kept-out',
  step: 'conflict',
  sentence: 'who may know of the exclusion or recusal by which the person was kept from the item',
  where: (actor) => {
    const { exclusions, recusals } = knownConflictConditions(actor);
    const ways = [
      ...(exclusions ? [{ exclusions: { $elemMatch: exclusions } }] : []),
      ...(recusals ? [{ recusals: { $elemMatch: recusals } }] : []),
    ];
    return ways.length ? { $or: ways } : null;
  },
};

/** Returns which of these exclusions and recusals the actor may know. */
export async function findKnownConflicts(work: UnitOfWork, ids: readonly string[]): Promise<Set<string>> {
  if (!ids.length) return new Set();
  const filter = { id: { $in: [...new Set(ids)] } };
  const exclusions = await work.records.findMany('read', Exclusion, filter, ids.length);
  const recusals = await work.records.findMany('read', Recusal, filter, ids.length);
  const named = exclusions.filter(({ nameKey }) => nameKey !== null).map(({ id }) => id);
  const shown = await work.records.shownOf(Exclusion, named);
  return new Set([...exclusions, ...recusals].map(({ id }) => id).filter((id) => shown.get(id)?.has('name') ?? true));
}
