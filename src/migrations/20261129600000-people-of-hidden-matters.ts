import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Corrections of roles raise the stamp of facts, as a fact reads them. An entry of the log about somebody is hidden from an excluded
 * auditor wherever one of its panels knows them only from what is hidden: that another panel knows them says nothing of this one.
 */
export class PeopleOfHiddenMatters20261129600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of CORRECTIONS)
      await runner.query(
        `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
      );
    await runner.query(`DROP POLICY unread ON audit_entries`);
    await runner.query(unread(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP POLICY unread ON audit_entries`);
    await runner.query(unread(' AND NOT n.elsewhere && panel_ids'));
    for (const table of CORRECTIONS) await runner.query(`DROP TRIGGER stamp_facts ON ${table}`);
  }
}

const CORRECTIONS = ['case_person_corrections', 'referral_person_corrections'];

const unread = (unless: string): string => `CREATE POLICY unread ON audit_entries AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.log', true) = 'on' OR current_setting('app.maintenance', true) = 'on'
  OR (rule = 'not-found' AND actor_id = (SELECT nullif(current_setting('app.actor', true), '')::uuid))
  OR (panel_ids && (SELECT nullif(current_setting('app.closed', true), '')::uuid[])::uuid[]
    OR (record_ids || person_ids || parent_ids)
      && (SELECT nullif(current_setting('app.unread', true), '')::uuid[])::uuid[]
    OR EXISTS (SELECT FROM jsonb_to_recordset((SELECT nullif(current_setting('app.named', true), '')::jsonb))
        AS n (ids uuid[], within uuid[], elsewhere uuid[])
      WHERE n.ids && (record_ids || person_ids) AND n.within && panel_ids${unless})) IS NOT TRUE)`;
