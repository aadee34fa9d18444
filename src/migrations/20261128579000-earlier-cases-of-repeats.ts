import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Names the earlier case of a repeat that was accepted by somebody from whom that case was hidden. */
export class EarlierCasesOfRepeats20261128579000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE "cases" c SET "previous_case_id" = p."case_id"
      FROM "referrals" r JOIN "referral_screenings" s ON s."id" = r."id" JOIN "referrals" p ON p."id" = s."previous_referral_id"
      WHERE r."case_id" = c."id" AND c."is_repeat" AND c."previous_case_id" IS NULL AND p."case_id" <> c."id"`);
  }

  /** Nothing to take back: the earlier case is what the screening says. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
