/** What a closed case refuses: additions to it. */
import { unacceptable } from '../policy/problems.js';
import type { Case } from './case.entity.js';

/** Throws where the case is closed. `what` completes the sentence "A closed case takes …". */
export function mustBeOpen({ stage }: Case, what: string): void {
  if (stage === 'closed')
    throw unacceptable(
      'case-closed',
      `A closed case takes ${what}. Its panel’s coordination can reopen it: POST /v1/cases/{id}/reopening.`,
    );
}
