import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each exclusion that is carried over, with the case of the one that carries none on. */
const ORIGINS = `WITH RECURSIVE carried AS (
    SELECT "id", "carried_from_id" AS "from_id" FROM "exclusions" WHERE "carried_from_id" IS NOT NULL
    UNION ALL SELECT c."id", e."carried_from_id" FROM carried c JOIN "exclusions" e ON e."id" = c."from_id"
      WHERE e."carried_from_id" IS NOT NULL)
  SELECT c."id", e."case_id" FROM carried c JOIN "exclusions" e ON e."id" = c."from_id" WHERE e."carried_from_id" IS NULL`;

/** Who is kept out of what, by which panel, how far; `kind` says which of them can run at the same time. */
const oneAtATime = (kind: string): string => `-- squawk-ignore constraint-missing-not-valid
  ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_one_at_a_time" EXCLUDE USING gist (
    (coalesce("panel_id", "partnership_id")) WITH =, (coalesce("case_id", "person_id")) WITH =,
    (coalesce("practitioner_id"::text, "agency_id"::text, "name_key")) WITH =, (${kind}) WITH =,
    tstzrange("since", "until") WITH &&) WHERE (since >= '2026-11-28 00:00+00')`;

const KIND = `CASE WHEN "declared" THEN 'declared' ELSE 'imposed' END || "reach"`;

/**
 * The case for which an exclusion that is carried over was first made: nobody from whom it is hidden reads the exclusion. One that is
 * carried over and one that is made for the repeat itself run side by side. There are some hundred exclusions: filling and checking
 * takes milliseconds.
 */
export class OriginsOfCarriedExclusions20261129650000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" ADD "origin_case_id" uuid`);
    await runner.query(
      `UPDATE "exclusions" one SET "origin_case_id" = origin."case_id" FROM (${ORIGINS}) origin WHERE origin."id" = one."id"`,
    );
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_origin" CHECK ((carried_from_id IS NULL) = (origin_case_id IS NULL))`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "exclusions_origin_case_id_idx" ON "exclusions" ("origin_case_id")`);
    await runner.query(`ALTER TABLE "exclusions" DROP CONSTRAINT "exclusions_one_at_a_time"`);
    await runner.query(oneAtATime(`${KIND} || coalesce("origin_case_id"::text, '')`));
  }

  /** Of equal ones that run side by side, the one that was made first stays. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" DROP CONSTRAINT "exclusions_one_at_a_time"`);
    await runner.query(`ALTER TABLE "exclusions" DROP CONSTRAINT "exclusions_origin"`);
    await runner.query(`UPDATE "exclusions" SET "carried_from_id" = NULL WHERE "carried_from_id" IN (${DOUBLE})`);
    await runner.query(`DELETE FROM "exclusions" WHERE "id" IN (${DOUBLE})`);
    await runner.query(`DROP INDEX "exclusions_origin_case_id_idx"`);
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "exclusions" DROP COLUMN "origin_case_id"`);
    await runner.query(oneAtATime(KIND));
  }
}

/** Carried exclusions beside an equal one of an earlier moment. */
const DOUBLE = `SELECT later."id" FROM "exclusions" later JOIN "exclusions" first
    ON coalesce(first."panel_id", first."partnership_id") = coalesce(later."panel_id", later."partnership_id") AND first."case_id" = later."case_id"
    AND coalesce(first."practitioner_id"::text, first."agency_id"::text, first."name_key")
      = coalesce(later."practitioner_id"::text, later."agency_id"::text, later."name_key")
    AND first."declared" = later."declared" AND first."reach" = later."reach"
    AND tstzrange(first."since", first."until") && tstzrange(later."since", later."until")
  WHERE (first."origin_case_id" IS NULL, later."since", later."id") > (later."origin_case_id" IS NULL, first."since", first."id")
    AND later."since" >= '2026-11-28 00:00+00' AND later."origin_case_id" IS NOT NULL AND first."id" <> later."id"`;
