import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The cases that a referral repeats. Of before, the case of the latest accepted referral is known, for referrals that wait and for
 * those that opened a case. There are some thousand screenings: filling and checking takes milliseconds.
 */
export class RepeatedCases20261128590000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "repeated_cases" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "referral_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "earlier_case_id" uuid NOT NULL,
      CONSTRAINT "repeated_cases_referral_id_earlier_case_id_key" UNIQUE ("referral_id", "earlier_case_id"),
      CONSTRAINT "repeated_cases_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "repeated_cases_referral_id_fkey" FOREIGN KEY ("referral_id") REFERENCES "referral_screenings"("id"),
      CONSTRAINT "repeated_cases_earlier_case_id_panel_id_fkey" FOREIGN KEY ("earlier_case_id", "panel_id") REFERENCES "cases"("id", "panel_id"),
      CONSTRAINT "repeated_cases_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE INDEX "repeated_cases_earlier_case_id_idx" ON "repeated_cases" ("earlier_case_id")`);
    await runner.query(`INSERT INTO "repeated_cases"
        ("id", "version", "partnership_id", "referral_id", "panel_id", "earlier_case_id")
      SELECT gen_random_uuid(), 1, s."partnership_id", s."id", s."panel_id", c."id"
      FROM "referral_screenings" s JOIN "referrals" p ON p."id" = s."previous_referral_id"
        JOIN "cases" c ON c."id" = p."case_id" AND c."panel_id" = s."panel_id"
      WHERE s."is_repeat"`);
    await runner.query(`SELECT raise_wall('repeated_cases')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "repeated_cases"`);
  }
}
