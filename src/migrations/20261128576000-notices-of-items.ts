import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deletes notices of missing minutes of whole meetings, which count hidden items. The next sweep tells of each item. */
export class NoticesOfItems20261128576000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'minutes_due' AND "subject_type" = 'Meeting'`);
  }

  /** The sweep of before tells of meetings again. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'minutes_due' AND "subject_type" = 'Listing'`);
  }
}
