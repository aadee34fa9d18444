/**
 * Namings that hide a person from an excluded colleague who works with the person in another case of the panel. Hidden are the person's protected address and, from those who decide there, the exclusions
 * because of the person. The excluded are not told, which would reveal the matter; the coordination of the panel is, and
 * has somebody else take over. A notice does not depend on whether there is such an address, which it would reveal. Source: MARAC note, section 6.4 "Conflicts and staff cases".
 */
import type { EntityManager } from 'typeorm';
import { atTime, EXCLUSION_OF_ACTOR_IN_FORCE, selectActors } from '../sharing/access.policy.js';
import { daysAfter } from '../panels/working-days.js';
import type { ChangedMatter } from './excluded-changes.js';

/** Days for which a naming is reported. */
const REPORTED_FOR_DAYS = 28;

/** Parameters: `$1` the current time, `$2` the first day. A declared conflict hides nothing that is named later. */
const NAMINGS = `WITH namings AS MATERIALIZED (
    SELECT 'Case' AS type, c.id, c.panel_id, c.id AS case_id, p.person_id, coalesce(p.absent_until, p.created_at) AS at FROM case_people p
      JOIN cases c ON c.id = p.case_id AND c.stage <> 'closed' WHERE coalesce(p.absent_until, p.created_at) >= $2::date
    UNION ALL SELECT 'Case', c.id, c.panel_id, c.id, c.person_id, c.created_at FROM cases c
      WHERE c.stage <> 'closed' AND c.person_id IS NOT NULL AND c.created_at >= $2::date
    UNION ALL SELECT 'Referral', r.id, r.panel_id, NULL, p.person_id, greatest(r.submitted_at, p.created_at, p.absent_until) FROM referral_people p
      JOIN referrals r ON r.id = p.referral_id AND r.case_id IS NULL AND r.status IN ('submitted', 'returned')
      WHERE greatest(r.submitted_at, p.created_at, p.absent_until) >= $2::date
    UNION ALL SELECT 'Referral', r.id, r.panel_id, NULL, r.person_id, r.submitted_at FROM referrals r
      WHERE r.case_id IS NULL AND r.status IN ('submitted', 'returned') AND r.person_id IS NOT NULL AND r.submitted_at >= $2::date),
  people AS (${selectActors(
    `JOIN memberships m ON m.practitioner_id = p.id AND m.tier = 'core' AND $1::timestamptz::date BETWEEN m.valid_from
        AND coalesce(m.valid_to, 'infinity') WHERE p.active`,
    { more: ', m.panel_id' },
  )}),
  excluded AS (SELECT who.*, e.id AS exclusion_id, e.person_id, e.since FROM people who
    JOIN exclusions e ON e.panel_id = who.panel_id AND NOT e.declared AND ${EXCLUSION_OF_ACTOR_IN_FORCE}),
  applied AS (SELECT one.id, one.exclusion_id, excluding.case_id, excluding.by_matter FROM excluded one
    CROSS JOIN LATERAL excluded_cases(ARRAY[one.exclusion_id], one.agency_id) excluding),
  named_in AS (SELECT id AS case_id, panel_id, person_id FROM cases WHERE person_id IS NOT NULL AND stage <> 'closed'
    UNION SELECT p.case_id, p.panel_id, p.person_id FROM case_people p JOIN cases c ON c.id = p.case_id AND c.stage <> 'closed'),
  hidden AS (SELECT id, case_id FROM applied
    UNION SELECT one.id, n.case_id FROM excluded one JOIN named_in n USING (panel_id, person_id)),
  lost AS (SELECT n.*, one.exclusion_id FROM namings n JOIN excluded one ON one.panel_id = n.panel_id AND n.at > one.since
      AND n.person_id IS DISTINCT FROM one.person_id
      AND (EXISTS (SELECT FROM applied a WHERE a.exclusion_id = one.exclusion_id AND a.case_id = n.case_id)
        OR n.type = 'Case' AND EXISTS (SELECT FROM named_in i WHERE i.case_id = n.id AND i.person_id = one.person_id)
        OR n.type = 'Referral' AND (EXISTS (SELECT FROM referrals r WHERE r.id = n.id AND r.person_id = one.person_id)
          OR EXISTS (SELECT FROM referral_people p WHERE p.referral_id = n.id AND p.person_id = one.person_id)
          OR EXISTS (SELECT FROM repeated_cases repeated JOIN applied a ON a.by_matter AND a.case_id = repeated.matched_case_id
            WHERE repeated.referral_id = n.id AND (repeated.for_agency_ids IS NULL OR one.agency_id = ANY (repeated.for_agency_ids)) AND a.exclusion_id = one.exclusion_id)))
    WHERE EXISTS (SELECT FROM named_in other WHERE other.panel_id = n.panel_id AND other.person_id = n.person_id
        AND other.case_id IS DISTINCT FROM n.case_id
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.id = one.id AND h.case_id = other.case_id))
)
  SELECT type, id, panel_id AS "panelId", case_id AS "caseId", (at AT TIME ZONE 'Europe/London')::date::text AS day, max(at) AS at,
    min(exclusion_id::text) AS "exclusionId" FROM lost GROUP BY 1, 2, 3, 4, 5`;

/** Returns open cases and waiting referrals, with the days on which a naming hid a person from somebody excluded. */
export const findPeopleExcludedByNaming = (
  manager: EntityManager,
  today: string,
  now: Date,
): Promise<ChangedMatter[]> => manager.query(atTime(NAMINGS, '$1'), [now, daysAfter(today, -REPORTED_FOR_DAYS)]);
