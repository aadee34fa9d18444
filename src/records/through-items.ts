/**
 * Items of meetings by which alone somebody reads a case: guests and agencies that are asked for research have no other way to it. What
 * they receive and do is written down with these items, so that it is hidden from whoever is recused from all of them.
 */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import type { RecordClass } from '../database/record-class.js';

/** What is needed of a unit of work. */
export interface Reading {
  readonly actor: Actor;
  readonly now: Date;
  findMany: <T extends object>(action: string, type: RecordClass<T>, filter: Where, limit?: number) => Promise<T[]>;
  knownRecords: (
    type: RecordClass,
    actions: readonly string[],
    ids: string[],
    reader?: Actor,
  ) => Promise<ReadonlyMap<string, boolean>>;
}

/** By case, the items through which alone whoever works does the action; a case that is read in another way is left out. */
export type ItemsByCase = ReadonlyMap<string, string[]>;

interface Finder {
  /** Whether whoever works may have read something through an item alone; cheap, as it is asked at every read. */
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
