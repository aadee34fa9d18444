import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nobody lets a bid go ahead of its plan for which that was not asked. There are some hundred bids. */
export class WaiversAreAskedFor20261122291000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "bids" ADD CONSTRAINT "bids_waiver_asked"
      CHECK (waiver_reason IS NOT NULL OR (plan_chair_waived_id IS NULL AND tasking_chair_waived_id IS NULL))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "bids" DROP CONSTRAINT "bids_waiver_asked"`);
  }
}
