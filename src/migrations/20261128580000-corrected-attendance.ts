import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps why a recorded presence was taken back, or its arrival set later. */
export class CorrectedAttendance20261128580000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "attendances" ADD "correction_reason" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "attendances" DROP COLUMN "correction_reason"`);
  }
}
