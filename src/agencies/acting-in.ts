/** Agencies that a request names must act in the partnership of the record; any other is answered like one that does not exist. */
import { unacceptable } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { AgencyPartnership } from './agency.entity.js';

export const actsIn = (work: UnitOfWork, agencyId: string, partnershipId: string): Promise<boolean> =>
  work.manager.existsBy(AgencyPartnership, { agencyId, partnershipId });

/** Throws unless each agency that is named acts in the partnership. `pointer` is the JSON Pointer to the value. */
export async function mustActIn(
  work: UnitOfWork,
  agencyId: string | null | undefined,
  partnershipId: string,
  pointer: string,
): Promise<void> {
  if (!agencyId || (await actsIn(work, agencyId, partnershipId))) return;
  throw unacceptable('unknown-agency', 'Name an agency that acts in the panel’s partnership.', [
    { pointer, detail: 'no such agency in this partnership' },
  ]);
}
