import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A seat can be ended at once, and cancelled before it begins. `valid_to` is its last whole day, so the rules and row-level
 * security, which count by days, need no change; `ended_at` says the moment. A seat without a whole day overlaps with none.
 * There are some thousand seats: building the index and checking takes milliseconds.
 */
export class SeatsThatEndAtOnce20261128520000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "memberships" ADD "ended_at" TIMESTAMP WITH TIME ZONE, ADD "end_reason" text`);
    await runner.query(`ALTER TABLE "memberships" DROP CONSTRAINT "memberships_one_seat_at_a_time",
      DROP CONSTRAINT "memberships_panel_id_practitioner_id_valid_from_key", DROP CONSTRAINT "CHK_85fbe2c5eb19c6dc8c370088b3"`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "memberships" ADD CONSTRAINT "memberships_days" CHECK (valid_to IS NULL OR valid_to >= valid_from
        OR (ended_at IS NOT NULL AND valid_to = valid_from - 1))`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "memberships" ADD CONSTRAINT "memberships_ending" CHECK ((ended_at IS NULL) = (end_reason IS NULL)
        AND (ended_at IS NULL OR valid_to IS NOT NULL))`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "memberships" ADD CONSTRAINT "memberships_one_seat_at_a_time"
      EXCLUDE USING gist ("panel_id" WITH =, "practitioner_id" WITH =, daterange("valid_from", "valid_to" + 1, '[)') WITH &&)`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('seats without a whole day have no place in the earlier form: restore the backup'));
  }
}
