import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UNREAD as BEFORE } from './20261128300000-audit-compartments.js';

/**
 * Entries of the log about a person, place or group that is named on the panels of the entry only in cases and referrals from which
 * an auditor is excluded: row-level security hides them from that auditor, and entries about a referral that repeats such a case.
 */
export class PeopleOfUnreadCases20261129200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(NAMED_ONLY_WITHIN);
    await runner.query(`REVOKE ALL ON FUNCTION named_only_within(uuid[], uuid[]) FROM PUBLIC`);
    await runner.query(UNREAD_OF_NAMES);
    await runner.query(`DROP POLICY unread ON audit_entries`);
    await runner.query(POLICY);
    await runner.query(`DROP TRIGGER stamp_facts ON referrals`);
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR DELETE OR UPDATE OF person_id, place_id, group_id, case_id ON referrals FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON repeated_cases FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER stamp_facts ON repeated_cases`);
    await runner.query(`DROP TRIGGER stamp_facts ON referrals`);
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR DELETE OR UPDATE OF person_id, case_id ON referrals FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
    await runner.query(`DROP POLICY unread ON audit_entries`);
    await runner.query(POLICY_BEFORE);
    await runner.query(BEFORE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await runner.query(`DROP FUNCTION named_only_within(uuid[], uuid[])`);
  }
}

/**
 * People, places and groups that these cases and referrals name, with the panels on which no other case or referral names them.
 * Whom a correction took out of them counts as named in them: entries of before remain.
 */
const NAMED_ONLY_WITHIN = `CREATE FUNCTION named_only_within(case_ids uuid[], referral_ids uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $named$
BEGIN
  IF case_ids = '{}' AND referral_ids = '{}' THEN RETURN '[]'; END IF;
  RETURN (WITH within AS (
      SELECT DISTINCT n.panel_id, n.record FROM (
        SELECT c.panel_id, unnest(ARRAY[c.person_id, c.place_id, c.group_id]) AS record FROM cases c WHERE c.id = ANY (case_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM case_people p WHERE p.case_id = ANY (case_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM case_person_corrections p WHERE p.case_id = ANY (case_ids)
        UNION ALL SELECT r.panel_id, unnest(ARRAY[r.person_id, r.place_id, r.group_id]) FROM referrals r WHERE r.id = ANY (referral_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM referral_people p WHERE p.referral_id = ANY (referral_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM referral_person_corrections p WHERE p.referral_id = ANY (referral_ids)) n
      WHERE n.record IS NOT NULL),
    records AS (SELECT array_agg(DISTINCT w.record) AS ids FROM within w),
    elsewhere AS (
      SELECT c.panel_id, unnest(ARRAY[c.person_id, c.place_id, c.group_id]) AS record FROM cases c, records
        WHERE c.id <> ALL (case_ids)
          AND (c.person_id = ANY (records.ids) OR c.place_id = ANY (records.ids) OR c.group_id = ANY (records.ids))
      UNION SELECT p.panel_id, p.person_id FROM case_people p, records
        WHERE p.case_id <> ALL (case_ids) AND p.person_id = ANY (records.ids)
      UNION SELECT r.panel_id, unnest(ARRAY[r.person_id, r.place_id, r.group_id]) FROM referrals r, records
        WHERE r.id <> ALL (referral_ids)
          AND (r.person_id = ANY (records.ids) OR r.place_id = ANY (records.ids) OR r.group_id = ANY (records.ids))
      UNION SELECT p.panel_id, p.person_id FROM referral_people p, records
        WHERE p.referral_id <> ALL (referral_ids) AND p.person_id = ANY (records.ids)),
    places AS (
      SELECT w.record, array_agg(w.panel_id ORDER BY w.panel_id) AS within,
        ARRAY(SELECT e.panel_id FROM elsewhere e WHERE e.record = w.record ORDER BY 1) AS elsewhere
      FROM within w
      WHERE NOT EXISTS (SELECT FROM elsewhere e WHERE e.record = w.record AND e.panel_id = w.panel_id)
      GROUP BY w.record),
    alike AS (SELECT array_agg(p.record ORDER BY p.record) AS ids, p.within, p.elsewhere FROM places p GROUP BY p.within, p.elsewhere)
    SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.ids), '[]') FROM alike a);
END $named$`;

export const UNREAD_OF_NAMES = BEFORE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')
  .replace(
    `UNION SELECT n.referral_id FROM referral_people n WHERE n.person_id = ANY (people));`,
    `UNION SELECT n.referral_id FROM referral_people n WHERE n.person_id = ANY (people)
      UNION SELECT r.id FROM referrals r JOIN repeated_cases n ON n.referral_id = r.id
        WHERE r.case_id IS NULL AND n.earlier_case_id = ANY (cases));`,
  )
  .replace(
    `  END IF;
  others := others ||`,
    `    named := named_only_within(cases, others)::text;
  END IF;
  others := others ||`,
  )
  .replace(
    `  compartments uuid[];
`,
    `  compartments uuid[];
  named text := '';
`,
  )
  .replace(`'closed', compartments::text)`, `'closed', compartments::text, 'named', named)`);

const POLICY_BEFORE = `CREATE POLICY unread ON audit_entries AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.log', true) = 'on' OR current_setting('app.maintenance', true) = 'on'
  OR (rule = 'not-found' AND actor_id = (SELECT nullif(current_setting('app.actor', true), '')::uuid))
  OR (panel_ids && (SELECT nullif(current_setting('app.closed', true), '')::uuid[])::uuid[]
    OR (record_ids || person_ids || parent_ids)
      && (SELECT nullif(current_setting('app.unread', true), '')::uuid[])::uuid[]) IS NOT TRUE)`;

const POLICY = POLICY_BEFORE.replace(
  `::uuid[]) IS NOT TRUE)`,
  `::uuid[]
    OR EXISTS (SELECT FROM jsonb_to_recordset((SELECT nullif(current_setting('app.named', true), '')::jsonb))
        AS n (ids uuid[], within uuid[], elsewhere uuid[])
      WHERE n.ids && (record_ids || person_ids) AND n.within && panel_ids AND NOT n.elsewhere && panel_ids)) IS NOT TRUE)`,
);
