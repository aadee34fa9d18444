import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A closed case is reopened, and the opening of a meeting reversed. No row changes: both begin empty. */
export class Reopening20261128530000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "cases" ADD "reopened_at" TIMESTAMP WITH TIME ZONE, ADD "reopening_reason" text`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "cases" ADD CONSTRAINT "cases_reopening" CHECK ((reopened_at IS NULL) = (reopening_reason IS NULL))`);
    await runner.query(`ALTER TABLE "meetings" ADD "opened_from" text, ADD "chair_by_opening" boolean NOT NULL DEFAULT false,
      ADD "opening_reversal_reason" text`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "meetings" ADD CONSTRAINT "meetings_opened_from" CHECK (opened_from IN ('scheduled', 'papers_out'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "meetings" DROP CONSTRAINT "meetings_opened_from", DROP COLUMN "opened_from",
      DROP COLUMN "chair_by_opening", DROP COLUMN "opening_reversal_reason"`);
    await runner.query(
      `ALTER TABLE "cases" DROP CONSTRAINT "cases_reopening", DROP COLUMN "reopened_at", DROP COLUMN "reopening_reason"`,
    );
  }
}
