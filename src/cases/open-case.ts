/** Guard against changes of closed cases. */
import { unacceptable } from '../http/problems.js';
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

/** Updates the version and the time of change of the case, so that lists show the case first. */
export async function touch(work: UnitOfWork, found: Case): Promise<void> {
  await work.write.update(Case, found, {});
}
