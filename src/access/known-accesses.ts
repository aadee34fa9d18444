/**
 * Records from which exclusion and access attributes of people are computed. The policy decides which of them a
 * requester may know.
 */
import type { Actor } from '../authentication/actor.js';
import type { UnitOfWork } from '../records/unit-of-work.js';

export interface OpenEmergency {
  id: string;
  practitionerId: string;
  caseId: string;
}

/** Returns open emergency accesses of these people. */
export async function openEmergencies(work: UnitOfWork, people: readonly Actor[]): Promise<OpenEmergency[]> {
  if (!people.length) return [];
  return work.manager.query<OpenEmergency[]>(
    `SELECT e.id, e.practitioner_id AS "practitionerId", e.case_id AS "caseId" FROM emergency_accesses e
     WHERE e.practitioner_id = ANY ($1::uuid[]) AND e.opened_at <= $2 AND e.expires_at > $2 AND e.ended_at IS NULL`,
    [people.map(({ id }) => id), work.now],
  );
}

export interface CurrentExclusion {
  id: string;
  practitionerId: string | null;
  agencyId: string | null;
  nameKey: string | null;
  personId: string | null;
  reach: string;
  panelId: string | null;
  /** Agency of the people for whom `caseIds` and `referralIds` are selected. */
  ofAgencyId: string;
  /** Cases hidden by the exclusion, as far as no case hidden from the requester leads to them. */
  caseIds: string[];
  /** Referrals without a case from which a colleague removed its person. */
  referralIds: string[];
}

/**
 * Returns exclusions in force for these people, at the time of their attributes: by person, by agency, or by a present
 * or former name.
 */
export async function exclusionsOf(work: UnitOfWork, people: readonly Actor[]): Promise<CurrentExclusion[]> {
  const excluded = people.filter(
    (one) => one.excludedCaseIds.length || one.excludedPersonIds.length || one.panelExclusions.length,
  );
  if (!excluded.length) return [];
  return work.manager.query<CurrentExclusion[]>(
    `SELECT e.id, e.practitioner_id AS "practitionerId", e.agency_id AS "agencyId", e.name_key AS "nameKey",
       e.person_id AS "personId", e.reach, e.panel_id AS "panelId",
       of_agency.id AS "ofAgencyId", referrals_after_removal(ARRAY[e.id], of_agency.id) AS "referralIds",
       ARRAY(SELECT one.case_id FROM excluded_cases(ARRAY[e.id], of_agency.id, $5::uuid[]) one
         UNION SELECT cp.case_id FROM case_people cp WHERE cp.person_id = e.person_id
           AND (e.reach = 'partnership' OR cp.panel_id = e.panel_id)
         UNION SELECT c.id FROM cases c WHERE c.person_id = e.person_id
           AND (e.reach = 'partnership' OR c.panel_id = e.panel_id)) AS "caseIds"
     FROM exclusions e CROSS JOIN unnest($2::uuid[]) of_agency (id)
     WHERE (e.practitioner_id = ANY ($1::uuid[]) OR e.agency_id = ANY ($2::uuid[]) OR e.name_key = ANY ($3::text[]))
       AND e.since <= $4 AND (e.until IS NULL OR e.until > $4)`,
    [
      excluded.flatMap(({ registrationIds }) => registrationIds),
      [...new Set(excluded.map(({ agencyId }) => agencyId))],
      excluded.flatMap(({ nameKeys }) => nameKeys),
      new Date(Math.max(...excluded.map(({ now }) => now.getTime()))),
      work.actor.excludedCaseIds,
    ],
  );
}

/** Returns the column by which the exclusion names the person; null if it does not concern the person. */
export function namedBy(exclusion: CurrentExclusion, one: Actor): 'practitionerId' | 'agencyId' | 'name' | null {
  if (exclusion.ofAgencyId !== one.agencyId) return null;
  if (exclusion.practitionerId !== null && one.registrationIds.includes(exclusion.practitionerId))
    return 'practitionerId';
  if (exclusion.agencyId === one.agencyId) return 'agencyId';
  return exclusion.nameKey !== null && one.nameKeys.includes(exclusion.nameKey) ? 'name' : null;
}
