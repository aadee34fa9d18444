import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A disclosure for each panel, case and referral through which a record was read. Old rows get the case or referral where the panel
 * knows the record through one alone. There are some thousand rows: filling takes milliseconds.
 */
export class DisclosuresByMatter20261129100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "disclosures" DROP CONSTRAINT "disclosures_once_a_day"`);
    await runner.query(`-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_once_a_day" UNIQUE NULLS NOT DISTINCT ("record_type", "record_id",
        "record_version", "recipient_agency_id", "panel_id", "case_id", "referral_id", "purpose", "day", "fields")`);
    await runner.query(`WITH named AS (
        SELECT panel_id, id AS case_id, NULL::uuid AS referral_id, coalesce(person_id, place_id, group_id) AS record_id FROM cases
        UNION SELECT panel_id, case_id, NULL, person_id FROM case_people
        UNION SELECT panel_id, case_id, CASE WHEN case_id IS NULL THEN id END, coalesce(person_id, place_id, group_id) FROM referrals
          WHERE submitted_at IS NOT NULL
        UNION SELECT r.panel_id, r.case_id, CASE WHEN r.case_id IS NULL THEN r.id END, p.person_id FROM referral_people p
          JOIN referrals r ON r.id = p.referral_id WHERE r.submitted_at IS NOT NULL),
      alone AS (SELECT panel_id, record_id, min(case_id::text)::uuid AS case_id, min(referral_id::text)::uuid AS referral_id
        FROM named GROUP BY panel_id, record_id HAVING count(*) = 1)
      UPDATE "disclosures" d SET "case_id" = a.case_id, "referral_id" = a.referral_id FROM alone a
      WHERE d."record_type" IN ('Person', 'Place', 'Group', 'ProtectedAddress') AND d."case_id" IS NULL AND d."referral_id" IS NULL
        AND d."panel_id" = a.panel_id AND coalesce(d."person_id", d."record_id") = a.record_id`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // of rows that are one without the panel, the case and the referral, the first stays
    const twice = `SELECT id FROM (SELECT "id", row_number() OVER (PARTITION BY "record_type", "record_id", "record_version",
      "recipient_agency_id", "purpose", "day", "fields" ORDER BY "at", "id") AS place FROM "disclosures") d WHERE place > 1`;
    await runner.query(`DELETE FROM "disclosure_revisions" WHERE "disclosure_id" IN (${twice})`);
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'recipient_to_tell' AND "subject_id" IN (${twice})`);
    await runner.query(`DELETE FROM "disclosures" WHERE "id" IN (${twice})`);
    await runner.query(`ALTER TABLE "disclosures" DROP CONSTRAINT "disclosures_once_a_day"`);
    await runner.query(`-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_once_a_day" UNIQUE ("record_type", "record_id", "record_version",
        "recipient_agency_id", "purpose", "day", "fields")`);
  }
}
