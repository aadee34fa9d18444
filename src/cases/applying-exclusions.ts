/** Exclusions that apply to cases: from a case, from one that it repeats, from a person, or after a removal. */
import type { UnitOfWork } from '../records/unit-of-work.js';

/**
 * Selects the exclusions in force that apply to cases, with each agency of the people whom they exclude. $1 the cases, $2 now, $3
 * cases hidden from the actor, which lead to none.
 */
const APPLYING = `SELECT e.id, c.id AS "caseId", excluded.agency_id AS "agencyId"
  FROM cases c JOIN exclusions e ON e.partnership_id = c.partnership_id AND e.since <= $2 AND (e.until IS NULL OR e.until > $2)
    CROSS JOIN LATERAL (SELECT e.agency_id WHERE e.agency_id IS NOT NULL
      UNION SELECT p.agency_id FROM practitioners p
        WHERE p.id = e.practitioner_id OR e.name_key IS NOT NULL AND p.id = ANY (registrations_named(e.name_key))) excluded (agency_id)
  WHERE c.id = ANY ($1::uuid[]) AND (
    (e.reach = 'partnership' OR e.panel_id = c.panel_id) AND (e.person_id = c.person_id
      OR EXISTS (SELECT FROM case_people p WHERE p.case_id = c.id AND p.person_id = e.person_id))
    OR EXISTS (SELECT FROM excluded_cases(ARRAY[e.id], excluded.agency_id, $3::uuid[]) applied WHERE applied.case_id = c.id))`;

/** Exclusion that applies to a case, for the excluded people of one agency. */
export interface ApplyingExclusion {
  id: string;
  caseId: string;
  agencyId: string;
}

/** Returns the exclusions that apply to the cases, including those that the actor may not read. */
export const exclusionsApplyingTo = (work: UnitOfWork, caseIds: string[]): Promise<ApplyingExclusion[]> =>
  work.asSystem(() => work.manager.query(APPLYING, [caseIds, work.now, work.actor.excludedCaseIds]));
