/**
 * Exclusions carried over to another case. Exclusions from a case also apply to cases that repeat it, because the same
 * people are concerned. Exclusions from a person apply to a case from which a colleague removed the person, because
 * nobody may lift the exclusion of a colleague. Source: docs/who-may-widen.md.
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
  WHERE repeated.referral_id = $1 AND e.from_person_id IS NULL AND (e.until IS NULL OR e.until > $2) ORDER BY c.opened_at DESC, c.id DESC, e.since, e.id`;

/**
 * Selects the equivalent exclusion in force: same target, equally imposed or declared, carried over from the same first
 * case.
 * An exclusion made for this case itself is not equivalent, because it can be ended alone. One imposed by a colleague,
 * who may end it, is not equivalent to one imposed by others. $1 the case, $2 now, $3 person, $4 agency, $5 key of a
 * name, $6 whether it is declared, $7 the first case, $8 whether a colleague imposed it, $9 the
 * person of the first exclusion, because a copy ends with that exclusion.
 */
const EQUIVALENT = `SELECT e.id FROM exclusions e WHERE e.case_id = $1 AND (e.until IS NULL OR e.until > $2)
  AND e.practitioner_id IS NOT DISTINCT FROM $3 AND e.agency_id IS NOT DISTINCT FROM $4 AND e.name_key IS NOT DISTINCT FROM $5
  AND e.declared = $6 AND e.origin_case_id = $7 AND e.by_colleague = $8 AND e.from_person_id IS NOT DISTINCT FROM $9 ORDER BY e.id LIMIT 1`;

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
 * Selects exclusions in force from a person, kept by the panel, of somebody of an agency. Those that the remover imposed
 * on a registration may be ended by the remover, and are left out. $1 the person, $2 the panel, $3 now, $4 the remover, $5
 * the remover's agency.
 */
const OF_COLLEAGUES = `SELECT e.id FROM exclusions e
  WHERE e.person_id = $1 AND e.panel_id = $2 AND (e.until IS NULL OR e.until > $3)
    AND (e.declared OR e.name_key IS NOT NULL OR e.made_by_id IS DISTINCT FROM $4)
    AND (e.agency_id = $5 OR EXISTS (SELECT FROM practitioners p
      WHERE p.agency_id = $5 AND (p.id = e.practitioner_id OR p.id = ANY (registrations_named(e.name_key)))))
  ORDER BY e.since, e.id`;

/** Selects exclusions in force, kept by the panel, that a referral keeps after removals. $1 the referral, $2 now. */
const KEPT_BY_REFERRAL = `SELECT DISTINCT e.id FROM referrals r
  JOIN referral_person_corrections removed ON removed.referral_id = r.id
  JOIN exclusions e ON e.person_id = removed.person_id AND e.panel_id = r.panel_id AND (e.until IS NULL OR e.until > $2)
  JOIN kept_after_removal(ARRAY[e.id]) kept ON kept.referral_id = r.id
  WHERE r.id = $1 ORDER BY e.id`;

/** Excludes the remover's colleagues from a case from which the remover removed the person as entered in error. */
export async function keepAfterRemoval(work: UnitOfWork, about: RepeatingCase, personId: string): Promise<void> {
  const { id, agencyId } = work.actor;
  await copyFromPerson(work, OF_COLLEAGUES, [personId, about.panelId, work.now, id, agencyId], about);
}

/** Excludes from a new case the people from whom the referral is hidden after removals. */
export async function copyFromReferral(work: UnitOfWork, referralId: string, opened: RepeatingCase): Promise<void> {
  await copyFromPerson(work, KEPT_BY_REFERRAL, [referralId, work.now], opened);
}

/** Copies exclusions from a person to one case. Its repeats do not name the person, and were not hidden before. */
async function copyFromPerson(
  work: UnitOfWork,
  select: string,
  parameters: unknown[],
  about: RepeatingCase,
): Promise<void> {
  await work.asSystem(async () => {
    for (const { id } of await work.manager.query<{ id: string }[]>(select, parameters))
      await findOrCopy(work, await work.manager.findOneByOrFail(Exclusion, { id }), about);
  });
}

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

/**
 * Returns the exclusion that carries `earlier` over to a case. The case repeats that of `earlier`, or the person of
 * `earlier` was removed from it. Reuses an equivalent exclusion in force.
 */
async function findOrCopy(
  work: UnitOfWork,
  earlier: Exclusion,
  { id: caseId, panelId, partnershipId }: RepeatingCase,
): Promise<Exclusion> {
  const { practitionerId, agencyId, name, nameKey, reason, declared } = earlier;
  const { madeById, madeByAgencyId, madeByAgencyType } = earlier;
  const originCaseId = earlier.originCaseId ?? earlier.caseId ?? caseId;
  const fromPersonId = earlier.fromPersonId ?? earlier.personId;
  const whom = [practitionerId, agencyId, nameKey, declared, originCaseId, earlier.byColleague, fromPersonId];
  const [same] = await work.manager.query<{ id: string }[]>(EQUIVALENT, [caseId, work.now, ...whom]);
  if (same) return work.manager.findOneByOrFail(Exclusion, { id: same.id });
  const carried = await work.write.insert(Exclusion, {
    id: newExclusionId(work.now),
    ...{ caseId, personId: null, panelId, partnershipId, reach: 'panel', carriedFromId: earlier.id, originCaseId },
    fromPersonId,
    throughCaseIds: [...earlier.throughCaseIds, earlier.caseId ?? caseId],
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
