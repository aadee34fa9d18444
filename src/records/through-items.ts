/**
 * Meeting items that are a reader's only access to a case. Guests and agencies asked for research read a case through
 * such items. Their disclosures and actions are recorded with these items, and are thereby hidden from readers recused
 * from all of them.
 */
import type { Actor } from '../authentication/actor.js';
import type { DisclosureDraft } from './audit-recording.js';
import type { Where } from '../authorization/conditions.js';
import type { RecordClass } from '../database/record-class.js';
import type { KnownRecords } from './hidden-references.js';

/** Part of a unit of work used by the finders. */
export interface Reading {
  readonly actor: Actor;
  readonly now: Date;
  readonly records: {
    findMany: <T extends object>(action: string, type: RecordClass<T>, filter: Where, limit?: number) => Promise<T[]>;
    known: (type: RecordClass, actions: readonly string[], ids: string[], reader?: Actor) => Promise<KnownRecords>;
  };
}

/** Items by case, for cases to which the current actor has no other access for the action. */
export type ItemsByCase = ReadonlyMap<string, string[]>;

interface Finder {
  /**
   * Returns whether the actor may have read something only through an item. Must be cheap, because every read calls it.
   */
  concerns: (work: Reading, action: string) => boolean;
  find: (work: Reading, action: string, caseIds: string[]) => Promise<ItemsByCase>;
}

const finders: Finder[] = [];

export function declareItemsRead(finder: Finder): void {
  finders.push(finder);
}

export async function itemsReadThrough(
  work: Reading,
  action: string,
  casesOf: () => (string | null | undefined)[],
): Promise<ItemsByCase> {
  const found = new Map<string, string[]>();
  for (const { concerns, find } of finders) {
    if (!concerns(work, action)) continue;
    const caseIds = [...new Set(casesOf().filter((id) => id != null))];
    if (!caseIds.length) continue;
    for (const [caseId, ids] of await find(work, action, caseIds)) found.set(caseId, [...new Set(ids)].sort());
  }
  return found;
}

/** Adds the meeting items that are the actor's only access to the case. */
export const withItems = (one: DisclosureDraft, items: ItemsByCase): DisclosureDraft => {
  const throughListingIds = items.get(one.caseId ?? '');
  return throughListingIds ? { ...one, throughListingIds } : one;
};
