import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A person has one seat on a panel at a time. Overlapping seats of before are shortened: the earlier one ends on the day before
 * the later one begins. There are some thousand seats: building the index takes milliseconds.
 *
 * `btree_gist` is a trusted extension of PostgreSQL: whoever may create objects in the database may create it.
 */
export class OneSeatAtATime20261128200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS btree_gist');
    await runner.query(`UPDATE "memberships" m SET "valid_to" = later."valid_from" - 1, "version" = m."version" + 1, "changed_at" = now()
      FROM (SELECT one."id", min(other."valid_from") AS "valid_from" FROM "memberships" one JOIN "memberships" other
          ON other."panel_id" = one."panel_id" AND other."practitioner_id" = one."practitioner_id"
          AND other."valid_from" > one."valid_from" AND other."valid_from" <= coalesce(one."valid_to", 'infinity')
        GROUP BY one."id") later WHERE later."id" = m."id"`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "memberships" ADD CONSTRAINT "memberships_one_seat_at_a_time"
      EXCLUDE USING gist ("panel_id" WITH =, "practitioner_id" WITH =, daterange("valid_from", "valid_to", '[]') WITH &&)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "memberships" DROP CONSTRAINT "memberships_one_seat_at_a_time"`);
  }
}
