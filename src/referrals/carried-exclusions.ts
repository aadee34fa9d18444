/**
 * Exclusions from a case also apply to cases that repeat it, because the same people are concerned. Source:
 * docs/who-may-widen.md.
 */
import type { Case } from '../cases/case.entity.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { newExclusionId } from '../sharing/exclusion-id.js';

type RepeatingCase = Pick<Case, 'id' | 'panelId' | 'partnershipId'>;

/**
 * Selects exclusions in force on the cases that a referral repeats, those of the latest case first. $1 the referral, $2
 * now.
 */
const RUNNING = `SELECT e.id FROM repeated_cases repeated JOIN cases c ON c.id = repeated.earlier_case_id
    JOIN exclusions e ON e.case_id = c.id
  WHERE repeated.referral_id = $1 AND (e.until IS NULL OR e.until > $2) ORDER BY c.opened_at DESC, c.id DESC, e.since, e.id`;

/**
 * Selects the equivalent exclusion in force: same target, equally imposed or declared, carried over from the same first
 * case.
 * An exclusion made for this case itself is not equivalent, because it can be ended alone. One imposed by a colleague,
 * who may end it, is not equivalent to one imposed by others. $1 the case, $2 now, $3 person, $4 agency, $5 key of a
 * name, $6 whether it is declared, $7 the first case, $8 whether a colleague imposed it.
 */
const EQUIVALENT = `SELECT e.id FROM exclusions e WHERE e.case_id = $1 AND (e.until IS NULL OR e.until > $2)
  AND e.practitioner_id IS NOT DISTINCT FROM $3 AND e.agency_id IS NOT DISTINCT FROM $4 AND e.name_key IS NOT DISTINCT FROM $5
  AND e.declared = $6 AND e.origin_case_id = $7 AND e.by_colleague = $8 ORDER BY e.id LIMIT 1`;

/**
 * Selects cases opened by a repeat of a case, directly or through other repeats. Each row has the repeated case; rows
 * are in the order of opening. $1 the case.
 */
const REPEATS = `WITH RECURSIVE opened AS (
    SELECT repeated.earlier_case_id, c.id, c.panel_id, c.partnership_id, c.opened_at
    FROM repeated_cases repeated JOIN referrals r ON r.id = repeated.referral_id JOIN cases c ON c.id = r.case_id),
  repeats AS (
    SELECT * FROM opened WHERE earlier_case_id = $1
    UNION SELECT next.* FROM opened next JOIN repeats r ON next.earlier_case_id = r.id)
  SELECT id, earlier_case_id AS "earlierCaseId", panel_id AS "panelId", partnership_id AS "partnershipId" FROM repeats
  ORDER BY opened_at, id`;

/**
 * Copies exclusions of repeated cases to the new case, as separate exclusions that a chair can end. Runs with the
 * service's own rights: the user who accepts the referral may be unaware of the exclusions or the earlier cases.
 */
export async function copyFromEarlierCases(work: UnitOfWork, referralId: string, opened: RepeatingCase): Promise<void> {
  await work.asSystem(async () => {
    const running = await work.manager.query<{ id: string }[]>(RUNNING, [referralId, work.now]);
    for (const { id } of running) {
      const copy = await findOrCopy(work, await work.manager.findOneByOrFail(Exclusion, { id }), opened);
      // a repeat that is found late may have repeats; a declared exclusion reaches none that its declarer may not know
      if (!copy.declared) await copyToRepeats(work, copy);
    }
  });
}

/** Returns the cases that repeat the case, each with the repeated case, including cases hidden from the actor. */
const repeatsOf = (work: UnitOfWork, caseId: string): Promise<(RepeatingCase & { earlierCaseId: string })[]> =>
  work.asSystem(() => work.manager.query(REPEATS, [caseId]));

/** Returns the case and its repeats that are reached without a case from which the actor is excluded. */
export async function matterKnownToActor(work: UnitOfWork, caseId: string): Promise<string[]> {
  const { excludedCaseIds } = work.actor;
  const repeats = Map.groupBy(await repeatsOf(work, caseId), ({ earlierCaseId }) => earlierCaseId);
  const known = new Set([caseId]);
  for (const earlier of known)
    for (const { id } of repeats.get(earlier) ?? []) if (!excludedCaseIds.includes(id)) known.add(id);
  return [...known];
}

/**
 * Copies a new exclusion from a case to the repeats of the case. A conflict that the actor declares is not copied to or
 * through a case from which the actor is excluded: its effect would reveal that case.
 */
export async function copyToRepeats(work: UnitOfWork, made: Exclusion): Promise<void> {
  if (!made.caseId) return;
  const known = made.declared ? await matterKnownToActor(work, made.caseId) : null;
  const edges = (await repeatsOf(work, made.caseId)).filter(({ id }) => !known || known.includes(id));
  const repeats = Map.groupBy(edges, ({ earlierCaseId }) => earlierCaseId);
  const done = new Set([made.caseId]);
  const exclusions = [made];
  for (const earlier of exclusions)
    for (const repeat of repeats.get(earlier.caseId as string) ?? []) {
      if (done.has(repeat.id)) continue;
      done.add(repeat.id);
      exclusions.push(await work.asSystem(() => findOrCopy(work, earlier, repeat)));
    }
}

/** Returns the exclusion for a repeat of the case of `earlier`. Reuses an equivalent exclusion in force. */
async function findOrCopy(
  work: UnitOfWork,
  earlier: Exclusion,
  { id: caseId, panelId, partnershipId }: RepeatingCase,
): Promise<Exclusion> {
  const { practitionerId, agencyId, name, nameKey, reason, declared } = earlier;
  const { madeById, madeByAgencyId, madeByAgencyType } = earlier;
  const originCaseId = earlier.originCaseId ?? earlier.caseId;
  const whom = [practitionerId, agencyId, nameKey, declared, originCaseId, earlier.byColleague];
  const [same] = await work.manager.query<{ id: string }[]>(EQUIVALENT, [caseId, work.now, ...whom]);
  if (same) return work.manager.findOneByOrFail(Exclusion, { id: same.id });
  const carried = await work.write.insert(Exclusion, {
    id: newExclusionId(work.now),
    ...{ caseId, personId: null, panelId, partnershipId, reach: 'panel', carriedFromId: earlier.id, originCaseId },
    throughCaseIds: [...earlier.throughCaseIds, earlier.caseId as string],
    ...{ practitionerId, agencyId, name, nameKey, reason, declared },
    ...{ madeById, madeByAgencyId, madeByAgencyType },
    since: work.now,
    until: null,
    endedById: null,
    endReason: null,
  });
  // without the case: its timeline is read by everybody in the case
  const { caseId: _, ...exclusion } = carried;
  work.recordEvent('exclusion.made', Exclusion, exclusion);
  return carried;
}
