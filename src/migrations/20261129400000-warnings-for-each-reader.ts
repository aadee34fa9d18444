import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Values that were worked out over records that some readers may not see are not stored any more: warnings on a bid, and the quorum of
 * a sitting in writing. Runs of jobs that are left of before are those that made notices: they go, because their readers may not know.
 */
export class WarningsForEachReader20261129400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "bids" DROP COLUMN "warnings"`);
    await runner.query(`UPDATE "meetings" SET "quorate" = NULL WHERE "kind" = 'written'`);
    await runner.query(`DELETE FROM "job_runs"`);
  }

  /** Sittings in writing stay without the value, and bids without the warnings that they had. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "bids" ADD "warnings" text[] NOT NULL DEFAULT '{}'`);
  }
}
