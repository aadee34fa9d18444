/** Exclusions from a case hold for the cases that repeat it: the same people are concerned. Source: docs/who-may-widen.md. */
import type { Case } from '../cases/case.entity.js';
import type { Work } from '../records/work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';

type Repeat = Pick<Case, 'id' | 'panelId' | 'partnershipId'>;

const RUNNING = `SELECT e.id FROM exclusions e WHERE e.case_id = $1 AND (e.until IS NULL OR e.until > $2) ORDER BY e.since, e.id`;

/** The running exclusion of the same whom. $1 the case, $2 now, $3 person, $4 agency, $5 key of a name. */
const SAME = `SELECT e.id FROM exclusions e WHERE e.case_id = $1 AND (e.until IS NULL OR e.until > $2)
  AND e.practitioner_id IS NOT DISTINCT FROM $3 AND e.agency_id IS NOT DISTINCT FROM $4 AND e.name_key IS NOT DISTINCT FROM $5 LIMIT 1`;

/** Cases that repeat a case, and cases that repeat those, the nearest first. $1 the case. */
const REPEATS = `WITH RECURSIVE repeats AS (
    SELECT c.id, c.previous_case_id, c.panel_id, c.partnership_id, 1 AS distance FROM cases c WHERE c.previous_case_id = $1
    UNION ALL SELECT c.id, c.previous_case_id, c.panel_id, c.partnership_id, r.distance + 1
      FROM cases c JOIN repeats r ON c.previous_case_id = r.id)
  SELECT id, previous_case_id AS "previousCaseId", panel_id AS "panelId", partnership_id AS "partnershipId" FROM repeats
  ORDER BY distance, id`;

/**
 * Excludes from the new case whoever is excluded from the earlier one, by exclusions of their own that a chair can end. The whole
 * is the service's doing: whoever accepts need not know of the exclusions, or of the earlier case.
 */
export async function carryExclusionsOver(work: Work, earlierCaseId: string, opened: Repeat): Promise<void> {
  await work.asService(async () => {
    const running = await work.manager.query<{ id: string }[]>(RUNNING, [earlierCaseId, work.now]);
    for (const { id } of running) await carriedOn(work, await work.manager.findOneByOrFail(Exclusion, { id }), opened);
  });
}

/** Returns the cases that repeat the case, whether or not the actor may know of them. */
export const repeatsOf = (work: Work, caseId: string): Promise<(Repeat & { previousCaseId: string })[]> =>
  work.asService(() => work.manager.query(REPEATS, [caseId]));

/** Excludes from the repeats of a case, too, whoever was just excluded from the case. */
export async function carryOnToRepeats(work: Work, made: Exclusion): Promise<void> {
  if (!made.caseId) return;
  const byCase = new Map([[made.caseId, made]]);
  for (const repeat of await repeatsOf(work, made.caseId)) {
    const earlier = byCase.get(repeat.previousCaseId);
    if (earlier) byCase.set(repeat.id, await work.asService(() => carriedOn(work, earlier, repeat)));
  }
}

/** The exclusion for a case that repeats the one it was made for. Where the same one is running there, that one stays. */
async function carriedOn(
  work: Work,
  earlier: Exclusion,
  { id: caseId, panelId, partnershipId }: Repeat,
): Promise<Exclusion> {
  const { practitionerId, agencyId, name, nameKey, reason, declared } = earlier;
  const { madeById, madeByAgencyId, madeByAgencyType } = earlier;
  const whom = [practitionerId, agencyId, nameKey];
  const [same] = await work.manager.query<{ id: string }[]>(SAME, [caseId, work.now, ...whom]);
  if (same) return work.manager.findOneByOrFail(Exclusion, { id: same.id });
  const carried = await work.insert(Exclusion, {
    ...{ caseId, personId: null, panelId, partnershipId, reach: 'panel', carriedFromId: earlier.id },
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
  return carried;
}
