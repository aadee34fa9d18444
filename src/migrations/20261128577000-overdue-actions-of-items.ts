import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names the overdue action that is the reason of an item. Items of before are given one that was due by the meeting and had not
 * ended when the case was listed.
 */
export class OverdueActionsOfItems20261128577000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "listings" ADD "overdue_action_id" uuid`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
      ALTER TABLE "listings" ADD CONSTRAINT "listings_overdue_action_id_fkey" FOREIGN KEY ("overdue_action_id") REFERENCES "actions"("id")`);
    await runner.query(`UPDATE "listings" l SET "overdue_action_id" = (
        SELECT a."id" FROM "actions" a WHERE a."case_id" = l."case_id"
          AND a."due_on" <= (m."scheduled_at" AT TIME ZONE 'Europe/London')::date AND a."made_at" <= l."made_at"
          AND (a."ended_on" IS NULL OR a."ended_on" >= (l."made_at" AT TIME ZONE 'Europe/London')::date)
        ORDER BY a."listing_id" IS NOT NULL, a."due_on", a."id" LIMIT 1)
      FROM "meetings" m WHERE m."id" = l."meeting_id" AND l."reason" = 'overdue_actions'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "listings" DROP COLUMN "overdue_action_id"`);
  }
}
