import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom an invitation invites to what. */
const INVITED = `one."listing_id" = other."listing_id" AND one."agency_id" = other."agency_id"
  AND one."practitioner_id" IS NOT DISTINCT FROM other."practitioner_id"
  AND tstzrange(one."opens_at", one."closes_at") && tstzrange(other."opens_at", other."closes_at")
  AND (one."closes_at", one."id") < (other."closes_at", other."id")`;

/** Who is kept out of what, by which panel, how far. */
const KEY = [
  `(coalesce("panel_id", "partnership_id")) WITH =`,
  `(coalesce("case_id", "person_id")) WITH =`,
  `(coalesce("practitioner_id"::text, "agency_id"::text, "name_key")) WITH =`,
  `(CASE WHEN "declared" THEN 'declared' ELSE 'imposed' END || "reach") WITH =`,
  `tstzrange("since", "until") WITH &&`,
].join(', ');

/**
 * Invitations can be withdrawn, and one invitation or exclusion of the same is open at a time. Of invitations that overlap, the
 * one that closes last stays and opens when the first did. Exclusions of before stay as they are: nobody reads more or less.
 * There are some hundred of each: building the indexes takes milliseconds.
 */
export class NoDoubleEntries20261128510000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "invitations" ADD "withdrawn_at" TIMESTAMP WITH TIME ZONE, ADD "withdrawn_by_id" uuid,
      ADD "withdrawal_reason" text, ADD "change_reason" text`);
    await runner.query(`UPDATE "invitations" other SET "opens_at" = least(other."opens_at", first."opens_at")
      FROM (SELECT other."id", min(one."opens_at") AS "opens_at" FROM "invitations" one JOIN "invitations" other ON ${INVITED}
        GROUP BY other."id") first WHERE first."id" = other."id"`);
    await runner.query(`UPDATE "invitations" one SET "withdrawn_at" = now(), "withdrawal_reason" = 'A second record of the same invitation.',
      "version" = one."version" + 1, "changed_at" = now() FROM "invitations" other WHERE ${INVITED}`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "invitations" ADD CONSTRAINT "invitations_withdrawal"
      CHECK ((withdrawn_at IS NULL) = (withdrawal_reason IS NULL))`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "invitations" ADD CONSTRAINT "invitations_one_at_a_time"
      EXCLUDE USING gist ("listing_id" WITH =, "agency_id" WITH =, (coalesce("practitioner_id", "agency_id")) WITH =,
        tstzrange("opens_at", "closes_at") WITH &&) WHERE (withdrawn_at IS NULL)`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_one_at_a_time" EXCLUDE USING gist (${KEY})
      WHERE (since >= '2026-11-28 00:00+00')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" DROP CONSTRAINT "exclusions_one_at_a_time"`);
    await runner.query(`ALTER TABLE "invitations" DROP CONSTRAINT "invitations_one_at_a_time",
      DROP CONSTRAINT "invitations_withdrawal", DROP COLUMN "withdrawn_at", DROP COLUMN "withdrawn_by_id",
      DROP COLUMN "withdrawal_reason", DROP COLUMN "change_reason"`);
  }
}
