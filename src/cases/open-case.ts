/** What a closed case refuses, and what an addition does to an open one. */
import { unacceptable } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Case } from './case.entity.js';

/** Throws where the case is closed. `what` completes the sentence "A closed case takes …". */
export function mustBeOpen({ stage }: Case, what: string): void {
  if (stage === 'closed')
    throw unacceptable(
      'case-closed',
      `A closed case takes ${what}. Its panel’s coordination can reopen it: POST /v1/cases/{id}/reopening.`,
    );
}

/** Counts the case as changed, so that it comes first in lists. */
export async function touch(work: UnitOfWork, found: Case): Promise<void> {
  await work.write.update(Case, found, {});
}
