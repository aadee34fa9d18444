import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Checkpoints that everybody reads: the first of each day. The size of every other one tells how many entries a request made. */
export class FirstCheckpointsOfADay20261129760000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "audit_checkpoints" ADD "opens_day" boolean NOT NULL DEFAULT false`);
    await runner.query(`UPDATE "audit_checkpoints" SET "opens_day" = true WHERE "size" IN (
      SELECT min("size") FROM "audit_checkpoints" GROUP BY ("time" AT TIME ZONE 'Europe/London')::date)`);
    await runner.query(`ALTER TABLE "audit_checkpoints" ALTER COLUMN "opens_day" DROP DEFAULT`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "audit_checkpoints_opens_day_idx" ON "audit_checkpoints" ("time", "id") WHERE opens_day`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "audit_checkpoints_opens_day_idx"`);
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "audit_checkpoints" DROP COLUMN "opens_day"`);
  }
}
