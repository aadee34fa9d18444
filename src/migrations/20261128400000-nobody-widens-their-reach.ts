import type { MigrationInterface, QueryRunner } from 'typeorm';

const KINDS = [
  'action_due_soon',
  'action_due',
  'action_overdue',
  'action_escalated',
  'papers_due',
  'research_due',
  'minutes_due',
  'bid_results_due',
  'bid_results_overdue',
  'feed_not_taken_up',
  'agreement_review_due',
  'emergency_review_due',
  'emergency_alarm',
  'action_before_steering_group',
  'steering_group_answered',
  'escalation_to_answer',
];

/**
 * Emergency access one at a time, with an alarm on the second within a day; and the stage of a case without the list of a
 * meeting, which follows from its listings. There are some thousand cases and notices: checking them takes milliseconds.
 */
export class NobodyWidensTheirReach20261128400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "emergency_accesses" ADD "is_repeated" boolean NOT NULL DEFAULT false`);
    await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_kind"`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "notices" ADD CONSTRAINT "notices_kind" CHECK (kind IN (${KINDS.map((kind) => `'${kind}'`).join(', ')}))`);
    await runner.query(`UPDATE "cases" SET "stage" = 'open' WHERE "stage" = 'listed'`);
    await runner.query(`ALTER TABLE "cases" DROP CONSTRAINT "CHK_4463c226d4ab9ea0e463f8851a"`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "cases" ADD CONSTRAINT "cases_stage"
      CHECK (stage IN ('open', 'plan_agreed', 'monitoring', 'closed'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "cases" DROP CONSTRAINT "cases_stage"`);
    await runner.query(`ALTER TABLE "cases" ADD CONSTRAINT "CHK_4463c226d4ab9ea0e463f8851a"
      CHECK (stage IN ('open', 'listed', 'plan_agreed', 'monitoring', 'closed'))`);
    await runner.query(`ALTER TABLE "emergency_accesses" DROP COLUMN "is_repeated"`);
  }
}
