/** Guards against changes of closed cases, and against consequences of cases opened in error. */
import { In } from 'typeorm';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Case } from './case.entity.js';

/** Throws if the case is closed. `what` completes the sentence "The case is closed and accepts …". */
export function mustBeOpen({ stage }: Case, what: string): void {
  if (stage === 'closed')
    throw unacceptable(
      'case-closed',
      `The case is closed and accepts ${what}. The panel’s coordination can reopen it: POST /v1/cases/{id}/reopening.`,
    );
}

/** Returns those of the cases that were closed as referred in error, in any partnership and hidden ones included. */
export async function findCasesInError(work: UnitOfWork, caseIds: string[]): Promise<string[]> {
  const found = await work.acrossPartnerships(() =>
    work.manager.findBy(Case, { id: In(caseIds), closureReason: 'referred_in_error' }),
  );
  return found.map(({ id }) => id);
}

/**
 * Refuses what would bring a case closed as referred in error before further people, or carry its consequences on.
 * People who may not read the case get the same answer as for a missing record.
 */
export async function mustNotBeInError(work: UnitOfWork, caseId: string): Promise<void> {
  if (!(await findCasesInError(work, [caseId])).length) return;
  if (!(await work.records.findOrNull('read', Case, caseId))) throw notFound();
  throw conflict(
    'case-in-error',
    'The case was closed as referred in error, and nothing new may come of it. If it was right after all, reopen it first: POST /v1/cases/{id}/reopening.',
  );
}

/** Updates the version and the time of change of the case, so that lists show the case first. */
export async function touch(work: UnitOfWork, found: Case): Promise<void> {
  await work.write.update(Case, found, {});
}
