import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Says for which items somebody without a seat came. By both walls the row is hidden from those from whom these are hidden; so are
 * copies of documents. Of before, the invitations say it that had opened and were not withdrawn. There are some thousand rows:
 * reading them takes milliseconds.
 */
export class AttendancesOfGuests20261128581000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "attendances" ADD "came_for" uuid array`);
    await runner.query(`UPDATE "attendances" a SET "came_for" = ARRAY(
        SELECT DISTINCT i."listing_id" FROM "invitations" i
        WHERE i."meeting_id" = a."meeting_id" AND i."agency_id" = a."agency_id" AND i."opens_at" <= a."changed_at"
          AND (i."practitioner_id" IS NULL OR i."practitioner_id" = a."practitioner_id")
          AND i."closes_at" > a."made_at" AND (i."withdrawn_at" IS NULL OR i."withdrawn_at" > a."made_at"))
      WHERE NOT EXISTS (SELECT FROM "memberships" m WHERE m."panel_id" = a."panel_id"
        AND m."practitioner_id" = a."practitioner_id"
        AND m."valid_from" <= (a."changed_at" AT TIME ZONE 'Europe/London')::date
        AND (m."valid_to" IS NULL OR m."valid_to" >= (a."made_at" AT TIME ZONE 'Europe/London')::date))`);
    // the items stand behind their own wall
    await runner.query(`CREATE POLICY came_for ON "attendances" AS RESTRICTIVE FOR SELECT USING (
      current_setting('app.maintenance', true) = 'on' OR "came_for" IS NULL
      OR "practitioner_id" = (SELECT nullif(current_setting('app.actor', true), '')::uuid)
      OR EXISTS (SELECT FROM "listings" l WHERE l."id" = ANY ("came_for")))`);
    await runner.query(`CREATE POLICY items ON "document_copies" AS RESTRICTIVE FOR SELECT USING (
      current_setting('app.maintenance', true) = 'on'
      OR EXISTS (SELECT FROM "listings" l WHERE l."id" = ANY ("listing_ids")))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP POLICY items ON "document_copies"`);
    await runner.query(`DROP POLICY came_for ON "attendances"`);
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "attendances" DROP COLUMN "came_for"`);
  }
}
