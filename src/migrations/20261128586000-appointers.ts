import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Says who gave a seat: a data protection officer accounts for it. Of before, the events say it. There are some thousand seats. */
export class Appointers20261128586000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "memberships" ADD "appointed_by_id" uuid`);
    await runner.query(`UPDATE "memberships" m SET "appointed_by_id" = e."actor_id" FROM "events" e
      WHERE e."type" = 'membership.began' AND e."subject_id" = m."id"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "memberships" DROP COLUMN "appointed_by_id"`);
  }
}
