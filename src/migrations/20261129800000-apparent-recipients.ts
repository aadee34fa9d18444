import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Says of presences, disclosures by word of mouth and copies which items an exclusion or recusal alone kept from the person, and by
 * which records. Of before nothing is known. There are some thousand rows: checking takes milliseconds. Row-level security shows a
 * copy also to those who may read an item that was kept from its reader.
 */
export class ApparentRecipients20261129800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "item_presences" ADD "kept_out_by_ids" uuid array, ADD "in_emergency" boolean NOT NULL DEFAULT false`,
    );
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "item_presences" ADD CONSTRAINT "item_presences_kept_out" CHECK (NOT in_emergency OR kept_out_by_ids IS NULL)`);
    await runner.query(`ALTER TABLE "disclosures" ADD "kept_out_by_ids" uuid array`);
    await runner.query(`ALTER TABLE "disclosures" DROP CONSTRAINT "disclosures_once_a_day"`);
    await runner.query(onceADay(', "kept_out_by_ids"'));
    await runner.query(`ALTER TABLE "document_copies" ADD "kept_listing_ids" uuid array NOT NULL DEFAULT '{}',
      ADD "kept_out_by_ids" uuid array NOT NULL DEFAULT '{}'`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "document_copies" ADD CONSTRAINT "document_copies_kept" CHECK (
        cardinality(kept_listing_ids) = cardinality(kept_out_by_ids) AND NOT kept_listing_ids && listing_ids)`);
    await runner.query(`DROP POLICY items ON "document_copies"`);
    await runner.query(policyFor(`("listing_ids" || "kept_listing_ids")`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP POLICY items ON "document_copies"`);
    await runner.query(policyFor(`("listing_ids")`));
    for (const [table, name] of CHECKS) await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`);
    await runner.query(`-- squawk-ignore ban-drop-column
      ALTER TABLE "document_copies" DROP COLUMN "kept_out_by_ids", DROP COLUMN "kept_listing_ids"`);
    await runner.query(`DELETE FROM "item_presences" WHERE "kept_out_by_ids" IS NOT NULL`);
    await runner.query(`DELETE FROM "disclosure_revisions" r USING "disclosures" d
      WHERE d."id" = r."disclosure_id" AND d."kept_out_by_ids" IS NOT NULL`);
    await runner.query(`DELETE FROM "notices" n USING "disclosures" d
      WHERE n."kind" = 'recipient_to_tell' AND d."id" = n."subject_id" AND d."kept_out_by_ids" IS NOT NULL`);
    await runner.query(`DELETE FROM "disclosures" WHERE "kept_out_by_ids" IS NOT NULL`);
    await runner.query(`ALTER TABLE "disclosures" DROP CONSTRAINT "disclosures_once_a_day"`);
    await runner.query(onceADay(''));
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "disclosures" DROP COLUMN "kept_out_by_ids"`);
    await runner.query(`-- squawk-ignore ban-drop-column
      ALTER TABLE "item_presences" DROP COLUMN "in_emergency", DROP COLUMN "kept_out_by_ids"`);
  }
}

const CHECKS = [
  ['item_presences', 'item_presences_kept_out'],
  ['document_copies', 'document_copies_kept'],
] as const;

const policyFor = (items: string): string => `CREATE POLICY items ON "document_copies" AS RESTRICTIVE FOR SELECT USING (
      current_setting('app.maintenance', true) = 'on'
      OR EXISTS (SELECT FROM "listings" l WHERE l."id" = ANY ${items}))`;

const onceADay = (more: string): string => `-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_once_a_day" UNIQUE NULLS NOT DISTINCT ("record_type", "record_id",
        "record_version", "recipient_agency_id", "panel_id", "case_id", "referral_id", "purpose", "day", "fields"${more})`;
