/**
 * Registry for modules whose records depend on which cases a case repeats. Those modules import `referrals`, which must
 * not import them.
 */
import type { UnitOfWork } from '../records/unit-of-work.js';

/** Updates dependent records of a case that was found to repeat another after it was opened. */
export type RepeatDependent = (work: UnitOfWork, caseId: string) => Promise<void>;

const dependents: RepeatDependent[] = [];

export function registerRepeatDependent(one: RepeatDependent): void {
  dependents.push(one);
}

export async function updateRepeatDependents(work: UnitOfWork, caseId: string): Promise<void> {
  for (const update of dependents) await update(work, caseId);
}
