import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deletion of answers to calls with an `Idempotency-Key`, which are kept for a term; each principal sees no other's. */
export class ExpiredReplies20261128100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "idempotent_replies_at_idx" ON "idempotent_replies" ("at")`);
    await runner.query(`CREATE FUNCTION delete_idempotent_replies(before timestamptz) RETURNS void LANGUAGE plpgsql
      SECURITY DEFINER SET search_path = public, pg_temp AS $$
      BEGIN
        PERFORM set_config('app.maintenance', 'on', true);
        DELETE FROM idempotent_replies WHERE at < before;
        PERFORM set_config('app.maintenance', '', true);
      END $$`);
    await runner.query(`REVOKE ALL ON FUNCTION delete_idempotent_replies(timestamptz) FROM PUBLIC`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION delete_idempotent_replies(timestamptz)`);
    await runner.query(`DROP INDEX "idempotent_replies_at_idx"`);
  }
}
