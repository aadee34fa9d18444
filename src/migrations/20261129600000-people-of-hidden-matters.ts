import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  REGISTRATIONS as REGISTRATIONS_BEFORE,
  UNREAD as UNREAD_BEFORE,
  WALL_OF as WALL_BEFORE,
} from './20261129500000-registrations.js';

/**
 * Corrections of roles raise the stamp of facts, as a fact reads them. An entry of the log about somebody is hidden from an excluded auditor
 * wherever a matter that is hidden names them on one of its panels: what else names them makes no difference, or whoever names them
 * elsewhere would open it. A conflict that somebody declares holds for the one who declares it, and no namesake. Two active registrations are
 * those of one person only while their names are the same: a name that was given by mistake joins nobody for good.
 */
export class PeopleOfHiddenMatters20261129600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of CORRECTIONS)
      await runner.query(
        `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
      );
    await runner.query(NAMED_WITHIN);
    await runner.query(`REVOKE ALL ON FUNCTION named_within(uuid[], uuid[]) FROM PUBLIC`);
    await runner.query(REGISTRATIONS);
    await runner.query(WALL_OF);
    await runner.query(UNREAD);
    await runner.query(`DROP POLICY unread ON audit_entries`);
    await runner.query(unread(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP POLICY unread ON audit_entries`);
    await runner.query(unread(' AND NOT n.elsewhere && panel_ids'));
    await runner.query(UNREAD_BEFORE);
    await runner.query(WALL_BEFORE);
    await runner.query(REGISTRATIONS_BEFORE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION'));
    await runner.query(`DROP FUNCTION named_within(uuid[], uuid[])`);
    for (const table of CORRECTIONS) await runner.query(`DROP TRIGGER stamp_facts ON ${table}`);
  }
}

const CORRECTIONS = ['case_person_corrections', 'referral_person_corrections'];

/**
 * People, places and groups that these cases and referrals name, by the panels on which they do. Whom a correction took out of them counts
 * as named in them: entries of before remain.
 */
const NAMED_WITHIN = `CREATE FUNCTION named_within(case_ids uuid[], referral_ids uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $named$
BEGIN
  IF case_ids = '{}' AND referral_ids = '{}' THEN RETURN '[]'; END IF;
  RETURN (WITH named AS (
      SELECT DISTINCT n.panel_id, n.record FROM (
        SELECT c.panel_id, unnest(ARRAY[c.person_id, c.place_id, c.group_id]) AS record FROM cases c WHERE c.id = ANY (case_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM case_people p WHERE p.case_id = ANY (case_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM case_person_corrections p WHERE p.case_id = ANY (case_ids)
        UNION ALL SELECT r.panel_id, unnest(ARRAY[r.person_id, r.place_id, r.group_id]) FROM referrals r WHERE r.id = ANY (referral_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM referral_people p WHERE p.referral_id = ANY (referral_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM referral_person_corrections p WHERE p.referral_id = ANY (referral_ids)) n
      WHERE n.record IS NOT NULL),
    by_record AS (SELECT n.record, array_agg(n.panel_id ORDER BY n.panel_id) AS within FROM named n GROUP BY n.record),
    alike AS (SELECT array_agg(b.record ORDER BY b.record) AS ids, b.within FROM by_record b GROUP BY b.within)
    SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.ids), '[]') FROM alike a);
END $named$`;

const REGISTRATIONS = REGISTRATIONS_BEFORE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION').replace(
  `WHERE self.id = who)`,
  `WHERE self.id = who AND (NOT (self.active AND other.active) OR self.name_key = other.name_key))`,
);

const namesake = (sql: string): string =>
  sql.replaceAll(
    /(\w)\.practitioner_id = ANY \(registrations\)/g,
    '($1.practitioner_id = who OR NOT $1.declared AND $1.practitioner_id = ANY (registrations))',
  );

const WALL_OF = namesake(WALL_BEFORE);

const UNREAD = namesake(UNREAD_BEFORE).replace('named_only_within(cases, others)', 'named_within(cases, others)');

const unread = (unless: string): string => `CREATE POLICY unread ON audit_entries AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.log', true) = 'on' OR current_setting('app.maintenance', true) = 'on'
  OR (rule = 'not-found' AND actor_id = (SELECT nullif(current_setting('app.actor', true), '')::uuid))
  OR (panel_ids && (SELECT nullif(current_setting('app.closed', true), '')::uuid[])::uuid[]
    OR (record_ids || person_ids || parent_ids)
      && (SELECT nullif(current_setting('app.unread', true), '')::uuid[])::uuid[]
    OR EXISTS (SELECT FROM jsonb_to_recordset((SELECT nullif(current_setting('app.named', true), '')::jsonb))
        AS n (ids uuid[], within uuid[], elsewhere uuid[])
      WHERE n.ids && (record_ids || person_ids) AND n.within && panel_ids${unless})) IS NOT TRUE)`;
