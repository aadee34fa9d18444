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
  /** Called before a role is removed as entered in error, or put back. The function returned is called afterwards. */
  prepareRoleChange: (work: UnitOfWork, about: Case) => Promise<() => Promise<void>>;
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

/** Prepares dependent records for the removal or return of a role. Call the returned function afterwards. */
export async function prepareRoleChange(work: UnitOfWork, about: Case): Promise<() => Promise<void>> {
  const updates: (() => Promise<void>)[] = [];
  for (const one of dependents) updates.push(await one.prepareRoleChange(work, about));
  return async () => {
    for (const update of updates) await update();
  };
}
