import type { MigrationInterface, QueryRunner } from 'typeorm';

const EARLIER = [
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
];
const ADDED = ['no_chair_left', 'deputy_chair_needed'];

/** Notices of cases and referrals that nobody can chair. There are some thousand notices: checking them takes milliseconds. */
export class ChairsLeft20261128550000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await limitKinds(runner, [...EARLIER, ...ADDED]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE kind IN (${listed(ADDED)})`);
    await limitKinds(runner, EARLIER);
  }
}

const listed = (kinds: string[]): string => kinds.map((kind) => `'${kind}'`).join(', ');

async function limitKinds(runner: QueryRunner, kinds: string[]): Promise<void> {
  await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_kind"`);
  await runner.query(`-- squawk-ignore constraint-missing-not-valid
    ALTER TABLE "notices" ADD CONSTRAINT "notices_kind" CHECK (kind IN (${listed(kinds)}))`);
}
