import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The exclusion that another one carries on to the case of a repeat, and the case that a waiting referral repeats. There are some
 * hundred exclusions and some thousand screenings: filling and checking takes milliseconds.
 */
export class CarriedExclusions20261128587000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" ADD "carried_from_id" uuid`);
    await runner.query(`-- squawk-ignore adding-foreign-key-constraint,constraint-missing-not-valid
      ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_carried_from_id_fkey" FOREIGN KEY ("carried_from_id") REFERENCES "exclusions" ("id")`);
    await runner.query(`ALTER TABLE "referral_screenings" ADD "previous_case_id" uuid`);
    await runner.query(`UPDATE "referral_screenings" s SET "previous_case_id" = p."case_id" FROM "referrals" p
      WHERE p."id" = s."previous_referral_id" AND s."is_repeat"`);
    await runner.query(`-- squawk-ignore adding-foreign-key-constraint,constraint-missing-not-valid
      ALTER TABLE "referral_screenings" ADD CONSTRAINT "referral_screenings_previous_case_id_fkey" FOREIGN KEY ("previous_case_id") REFERENCES "cases" ("id")`);
    await runner.query(
      `CREATE INDEX "referral_screenings_previous_case_id_idx" ON "referral_screenings" ("previous_case_id")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `-- squawk-ignore ban-drop-column\nALTER TABLE "referral_screenings" DROP COLUMN "previous_case_id"`,
    );
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "exclusions" DROP COLUMN "carried_from_id"`);
  }
}
