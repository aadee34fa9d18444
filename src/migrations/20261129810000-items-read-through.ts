import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Says of disclosures and events through which items alone the case was read, and hides them by row-level security from those from
 * whom all of these items are hidden. Of before nothing is known.
 */
export class ItemsReadThrough20261129810000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) {
      await runner.query(`ALTER TABLE "${table}" ADD "through_listing_ids" uuid array`);
      await runner.query(`CREATE POLICY read_through ON "${table}" AS RESTRICTIVE FOR SELECT USING (
        current_setting('app.maintenance', true) = 'on' OR "through_listing_ids" IS NULL OR "through_listing_ids" = '{}'
        OR ("through_listing_ids" <@ (SELECT nullif(current_setting('app.hidden', true), '')::uuid[])::uuid[]) IS NOT TRUE)`);
    }
    await runner.query(`ALTER TABLE "disclosures" DROP CONSTRAINT "disclosures_once_a_day"`);
    await runner.query(onceADay(', "kept_out_by_ids", "through_listing_ids"'));
  }

  async down(runner: QueryRunner): Promise<void> {
    // of rows that are one without the items, the first stays
    const twice = `SELECT id FROM (SELECT "id", row_number() OVER (PARTITION BY "record_type", "record_id", "record_version",
      "recipient_agency_id", "panel_id", "case_id", "referral_id", "purpose", "day", "fields", "kept_out_by_ids"
      ORDER BY "at", "id") AS place FROM "disclosures") d WHERE place > 1`;
    await runner.query(`DELETE FROM "disclosure_revisions" WHERE "disclosure_id" IN (${twice})`);
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'recipient_to_tell' AND "subject_id" IN (${twice})`);
    await runner.query(`DELETE FROM "disclosures" WHERE "id" IN (${twice})`);
    await runner.query(`ALTER TABLE "disclosures" DROP CONSTRAINT "disclosures_once_a_day"`);
    await runner.query(onceADay(', "kept_out_by_ids"'));
    for (const table of TABLES) {
      await runner.query(`DROP POLICY read_through ON "${table}"`);
      await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "${table}" DROP COLUMN "through_listing_ids"`);
    }
  }
}

const TABLES = ['disclosures', 'events'];

const onceADay = (more: string): string => `-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_once_a_day" UNIQUE NULLS NOT DISTINCT ("record_type", "record_id",
        "record_version", "recipient_agency_id", "panel_id", "case_id", "referral_id", "purpose", "day", "fields"${more})`;
