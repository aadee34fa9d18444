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
  'referral_redirected',
  'no_chair_left',
  'deputy_chair_needed',
  'recipient_to_tell',
];

/** Tells a panel of an action that nobody of its owner can read. There are some thousand notices: checking takes milliseconds. */
export class NoticesOfUnseenActions20261129660000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await limitKinds(runner, [...BEFORE, 'owner_cannot_see']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'owner_cannot_see'`);
    await limitKinds(runner, BEFORE);
  }
}

async function limitKinds(runner: QueryRunner, known: string[]): Promise<void> {
  await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_kind"`);
  await runner.query(`-- squawk-ignore constraint-missing-not-valid
    ALTER TABLE "notices" ADD CONSTRAINT "notices_kind" CHECK (kind IN (${known.map((kind) => `'${kind}'`).join(', ')}))`);
}
