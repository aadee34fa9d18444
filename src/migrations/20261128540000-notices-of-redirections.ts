import type { MigrationInterface, QueryRunner } from 'typeorm';

const BEFORE = [
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

/** The agency that made a referral is told that it was redirected. There are some thousand notices: checking takes milliseconds. */
export class NoticesOfRedirections20261128540000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return kinds(runner, [...BEFORE, 'referral_redirected']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'referral_redirected'`);
    await kinds(runner, BEFORE);
  }
}

async function kinds(runner: QueryRunner, known: string[]): Promise<void> {
  await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_kind"`);
  await runner.query(`-- squawk-ignore constraint-missing-not-valid
    ALTER TABLE "notices" ADD CONSTRAINT "notices_kind" CHECK (kind IN (${known.map((kind) => `'${kind}'`).join(', ')}))`);
}
