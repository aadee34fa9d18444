import type { MigrationInterface, QueryRunner } from 'typeorm';

const FEW_ROWS_INDEXED = '-- squawk-ignore require-concurrent-index-creation\n';
const FEW_ROWS_DROPPED = '-- squawk-ignore require-concurrent-index-deletion\n';

/**
 * Limits each person to one open stay in a meeting, and each member to one apology. A guest may have several: whoever may not read an
 * earlier one records another beside it. There are some thousand rows: building the indexes takes milliseconds.
 */
export class ApologiesOfGuests20261128588000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${FEW_ROWS_DROPPED}DROP INDEX "attendances_meeting_id_practitioner_id_idx"`);
    await runner.query(
      `${FEW_ROWS_INDEXED}CREATE UNIQUE INDEX "attendances_one_stay" ON "attendances" ("meeting_id", "practitioner_id") WHERE arrived_at IS NOT NULL AND left_at IS NULL`,
    );
    await runner.query(
      `${FEW_ROWS_INDEXED}CREATE UNIQUE INDEX "attendances_one_apology" ON "attendances" ("meeting_id", "practitioner_id") WHERE arrived_at IS NULL AND came_for IS NULL`,
    );
  }

  /** Keeps of each person the stay, or else what was recorded last. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "attendances" a WHERE a."arrived_at" IS NULL AND EXISTS (
      SELECT FROM "attendances" b WHERE b."meeting_id" = a."meeting_id" AND b."practitioner_id" = a."practitioner_id"
        AND b."left_at" IS NULL AND (b."arrived_at" IS NOT NULL OR b."id" > a."id"))`);
    await runner.query(`${FEW_ROWS_DROPPED}DROP INDEX "attendances_one_apology"`);
    await runner.query(`${FEW_ROWS_DROPPED}DROP INDEX "attendances_one_stay"`);
    await runner.query(
      `${FEW_ROWS_INDEXED}CREATE UNIQUE INDEX "attendances_meeting_id_practitioner_id_idx" ON "attendances" ("meeting_id", "practitioner_id") WHERE left_at IS NULL`,
    );
  }
}
