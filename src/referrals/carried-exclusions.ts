/** Exclusions from a case hold for the case that repeats it: the same people are concerned. Source: docs/who-may-widen.md. */
import type { Case } from '../cases/case.entity.js';
import type { Work } from '../records/work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';

const RUNNING = `SELECT e.id FROM exclusions e WHERE e.case_id = $1 AND (e.until IS NULL OR e.until > $2) ORDER BY e.since, e.id`;

/**
 * Excludes from the new case whoever is excluded from the earlier one, by exclusions of their own that a chair can end. The whole
 * is the service's doing: whoever accepts need not know of the exclusions, or of the earlier case.
 */
export async function carryExclusionsOver(
  work: Work,
  earlierCaseId: string,
  { id: caseId, panelId, partnershipId }: Case,
): Promise<void> {
  await work.asService(async () => {
    const running = await work.manager.query<{ id: string }[]>(RUNNING, [earlierCaseId, work.now]);
    for (const { id: carriedFromId } of running) {
      const earlier = await work.manager.findOneByOrFail(Exclusion, { id: carriedFromId });
      const { practitionerId, agencyId, name, nameKey, reason, declared } = earlier;
      const { madeById, madeByAgencyId, madeByAgencyType } = earlier;
      const carried = await work.insert(Exclusion, {
        ...{ caseId, personId: null, panelId, partnershipId, reach: 'panel', carriedFromId },
        ...{ practitionerId, agencyId, name, nameKey, reason, declared },
        ...{ madeById, madeByAgencyId, madeByAgencyType },
        since: work.now,
        until: null,
        endedById: null,
        endReason: null,
      });
      // not told on the timeline of the case, which everybody in it reads
      const { caseId: _, ...exclusion } = carried;
      work.happened('exclusion.made', Exclusion, exclusion);
    }
  });
}
