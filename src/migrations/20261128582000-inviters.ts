import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Says who invited: the times of a guest run over what this person reads. Of before, the events say it. */
export class Inviters20261128582000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "invitations" ADD "invited_by_id" uuid`);
    await runner.query(`UPDATE "invitations" i SET "invited_by_id" = e."actor_id" FROM "events" e
      WHERE e."type" = 'invitation.made' AND e."subject_id" = i."id"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "invitations" DROP COLUMN "invited_by_id"`);
  }
}
