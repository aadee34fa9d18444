/**
 * Registry for modules whose records depend on the people named in a case. Those modules import `cases`, which must not
 * import them.
 */
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Case } from './case.entity.js';

export interface PeopleDependent {
  /** Locks the panel. Called before the case is locked, so that concurrent requests lock in the same order. */
  lock: (work: UnitOfWork, panelId: string) => Promise<void>;
  /** Updates dependent records for the people whom the case names now. */
  update: (work: UnitOfWork, about: Case) => Promise<void>;
  /** Called before a role that was entered in error is removed. The function returned is called after the removal. */
  prepareRemoval: (work: UnitOfWork, about: Case) => Promise<() => Promise<void>>;
}

const dependents: PeopleDependent[] = [];

export function registerPeopleDependent(one: PeopleDependent): void {
  dependents.push(one);
}

export async function lockPeople(work: UnitOfWork, panelId: string): Promise<void> {
  for (const one of dependents) await one.lock(work, panelId);
}

export async function updatePeopleDependents(work: UnitOfWork, about: Case): Promise<void> {
  for (const one of dependents) await one.update(work, about);
}

/** Prepares dependent records for the removal of a role. Call the returned function after the removal. */
export async function prepareRoleRemoval(work: UnitOfWork, about: Case): Promise<() => Promise<void>> {
  const afterRemoval: (() => Promise<void>)[] = [];
  for (const one of dependents) afterRemoval.push(await one.prepareRemoval(work, about));
  return async () => {
    for (const one of afterRemoval) await one();
  };
}
