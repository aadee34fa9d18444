import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who recorded in the meeting that somebody is there. Of earlier meetings it was not recorded; whether they were quorate is stored
 * with them. There are some thousand attendances: checking them takes milliseconds.
 */
export class ConfirmedAttendance20261128572000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "attendances" ADD "confirmed_at" TIMESTAMP WITH TIME ZONE, ADD "confirmed_by_id" uuid`,
    );
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "attendances" ADD CONSTRAINT "attendances_confirmed" CHECK ((confirmed_at IS NULL) = (confirmed_by_id IS NULL)
        AND (confirmed_at IS NULL OR status IN ('present', 'deputy')))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "attendances" DROP COLUMN "confirmed_at", DROP COLUMN "confirmed_by_id"`);
  }
}
