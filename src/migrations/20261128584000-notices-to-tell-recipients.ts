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
];

/** Reminds agencies of recipients who are still to be told of a correction. There are some thousand notices: checking takes milliseconds. */
export class NoticesToTellRecipients20261128584000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await limitKinds(runner, [...BEFORE, 'recipient_to_tell']);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "disclosures_to_be_told" ON "disclosures" ("partnership_id") WHERE tidings IS NOT NULL AND told_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "disclosures_to_be_told"`);
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'recipient_to_tell'`);
    await limitKinds(runner, BEFORE);
  }
}

async function limitKinds(runner: QueryRunner, known: string[]): Promise<void> {
  await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_kind"`);
  await runner.query(`-- squawk-ignore constraint-missing-not-valid
    ALTER TABLE "notices" ADD CONSTRAINT "notices_kind" CHECK (kind IN (${known.map((kind) => `'${kind}'`).join(', ')}))`);
}
