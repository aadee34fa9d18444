/**
 * Query for changes by a person who is excluded from a matter to records that the matter's panel relies on. These are
 * the record or the protected address of a person whom the matter names, and the waiting referral. Agencies maintain
 * their own records and authors their referrals, so such a change is not refused; the coordination of the panel is
 * notified to check it. Source: MARAC note, section 6.4 "Conflicts and staff cases".
 */
import type { EntityManager } from 'typeorm';
import { atTime, EXCLUSION_OF_ACTOR_IN_FORCE, selectActors } from '../sharing/access.policy.js';
import { daysAfter } from '../panels/working-days.js';

/** Maximum age in days of a change that is reported. It matters if the exclusion was made after the change. */
const REPORTED_FOR_DAYS = 28;

const NAMED_IN_CASE = `SELECT c.person_id UNION SELECT cp.person_id FROM case_people cp WHERE cp.case_id = c.id`;

/** People whom a referral names, or named before a correction. */
const EVER_NAMED = `SELECT r.person_id UNION SELECT rp.person_id FROM referral_people rp WHERE rp.referral_id = r.id
  UNION SELECT corrected.person_id FROM referral_person_corrections corrected WHERE corrected.referral_id = r.id`;

/**
 * Selects the changes. $1 now, $2 first day. Events about people have no panel; events about addresses have the panel
 * that the address is disclosed to. Only exclusions maintained by the panel of the matter count. A returned referral
 * can be rewritten without anybody else reading it, so its new submission counts as a change.
 */
const SELECT_CHANGES = `WITH changes AS MATERIALIZED (
    SELECT e.at, e.actor_id, e.type = 'referral.submitted' AS is_submission, CASE e.subject_type WHEN 'Person' THEN e.subject_id ELSE a.person_id END AS person_id,
      CASE e.subject_type WHEN 'Referral' THEN e.subject_id END AS referral_id
    FROM events e LEFT JOIN protected_addresses a ON e.subject_type = 'ProtectedAddress' AND a.id = e.subject_id
    WHERE e.at >= $2::date AND (e.panel_id IS NULL OR e.panel_id IN (SELECT id FROM panels))
      AND (e.type IN ('person.changed', 'protected-address.changed', 'protected-address.recorded') OR e.type IN
        ('referral.submitted', 'referral.person-changed', 'referral.person-removed', 'referral.withdrawn'))),
  people AS (${selectActors('WHERE p.id IN (SELECT actor_id FROM changes)')}
    UNION ALL SELECT 'client', s.id, s.agency_id, ARRAY[s.id], ARRAY[s.id], '{}' FROM clients s WHERE s.id IN (SELECT actor_id FROM changes)),
  by_excluded AS (SELECT change.*, e.id AS exclusion_id, e.person_id AS from_person, e.panel_id, who.agency_id
    FROM changes change JOIN people who ON who.id = change.actor_id JOIN exclusions e ON ${EXCLUSION_OF_ACTOR_IN_FORCE}
      AND (NOT change.is_submission OR change.at >= e.since)),
  matters AS (
    SELECT 'Case' AS type, c.id, c.panel_id, c.id AS case_id, change.exclusion_id, change.at FROM by_excluded change
    JOIN cases c ON c.panel_id = change.panel_id AND c.stage <> 'closed' AND (change.person_id IN (${NAMED_IN_CASE})
        OR c.id IN (SELECT r.case_id FROM referrals r WHERE r.id = change.referral_id))
      AND (c.id IN (SELECT one.case_id FROM excluded_cases(ARRAY[change.exclusion_id], change.agency_id) one) OR change.from_person IN (${NAMED_IN_CASE}))
    UNION SELECT 'Referral', r.id, r.panel_id, NULL, change.exclusion_id, change.at FROM by_excluded change
    JOIN referrals r ON r.panel_id = change.panel_id AND r.submitted_at IS NOT NULL AND r.case_id IS NULL
      AND (r.id = change.referral_id OR r.status IN ('submitted', 'returned') AND change.person_id IN (${EVER_NAMED}))
      AND (change.from_person IN (${EVER_NAMED}) OR EXISTS (SELECT FROM repeated_cases repeated
        JOIN excluded_cases(ARRAY[change.exclusion_id], change.agency_id) one ON one.by_matter AND one.case_id = repeated.matched_case_id
        WHERE repeated.referral_id = r.id AND (repeated.for_agency_ids IS NULL OR change.agency_id = ANY (repeated.for_agency_ids)))))
  SELECT type, id, panel_id AS "panelId", case_id AS "caseId", (at AT TIME ZONE 'Europe/London')::date::text AS day, max(at) AS at,
    min(exclusion_id::text) AS "exclusionId" FROM matters GROUP BY 1, 2, 3, 4, 5`;

export interface ChangedMatter {
  type: 'Case' | 'Referral';
  id: string;
  panelId: string;
  caseId: string | null;
  /** Day of the change (London time). */
  day: string;
  /** Time of the last change of that day. */
  at: Date;
  /** One of the exclusions that apply. */
  exclusionId: string;
}

/**
 * Returns each open case and waiting referral with the days on which an excluded person changed records it relies on.
 */
export const findChangesByExcluded = (manager: EntityManager, today: string, now: Date): Promise<ChangedMatter[]> =>
  manager.query(atTime(SELECT_CHANGES, '$1'), [now, daysAfter(today, -REPORTED_FOR_DAYS)]);
