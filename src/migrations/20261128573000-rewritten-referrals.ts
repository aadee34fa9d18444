import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a returned referral was changed by its referrer. There are some thousand referrals: checking them takes milliseconds. */
export class RewrittenReferrals20261128573000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "referrals" ADD "rewritten_at" TIMESTAMP WITH TIME ZONE`);
    // a change of a returned referral is known by its time alone
    await runner.query(
      `UPDATE "referrals" SET "rewritten_at" = "changed_at" WHERE "status" = 'returned' AND "changed_at" > "decided_at"`,
    );
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "referrals" ADD CONSTRAINT "referrals_rewritten" CHECK (rewritten_at IS NULL OR status IN ('returned', 'withdrawn'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "referrals" DROP COLUMN "rewritten_at"`);
  }
}
