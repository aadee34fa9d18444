import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps each correction and recall of what an agency received, and when the recipient was told of it. Of before, the last one is
 * known, and not by whom the recipient was told.
 */
export class RevisionsOfDisclosures20261128583000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "disclosure_revisions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "disclosure_id" uuid NOT NULL,
      "tidings" text NOT NULL,
      "since" TIMESTAMP WITH TIME ZONE NOT NULL,
      "fields" text array NOT NULL,
      "told_at" TIMESTAMP WITH TIME ZONE,
      "told_by_id" uuid,
      CONSTRAINT "disclosure_revisions_once" UNIQUE ("disclosure_id", "since", "tidings"),
      CONSTRAINT "disclosure_revisions_tidings" CHECK (tidings IN ('correction', 'recall')),
      CONSTRAINT "disclosure_revisions_told" CHECK (told_by_id IS NULL OR told_at IS NOT NULL),
      CONSTRAINT "disclosure_revisions_disclosure_id_fkey" FOREIGN KEY ("disclosure_id") REFERENCES "disclosures"("id"),
      CONSTRAINT "disclosure_revisions_told_by_id_fkey" FOREIGN KEY ("told_by_id") REFERENCES "practitioners"("id"),
      CONSTRAINT "disclosure_revisions_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(
      `CREATE INDEX "disclosure_revisions_disclosure_id_changed_at_id_idx" ON "disclosure_revisions" ("disclosure_id", "changed_at", "id")`,
    );
    await runner.query(`INSERT INTO "disclosure_revisions"
        ("id", "version", "made_at", "changed_at", "partnership_id", "disclosure_id", "tidings", "since", "fields", "told_at")
      SELECT gen_random_uuid(), 1, "tidings_since", coalesce("told_at", "tidings_since"), "partnership_id", "id", "tidings",
        "tidings_since", '{}', "told_at" FROM "disclosures" WHERE "tidings" IS NOT NULL`);
    await runner.query(`SELECT raise_wall('disclosure_revisions')`);
    // the disclosures stand behind their own wall
    await runner.query(`CREATE POLICY disclosed ON "disclosure_revisions" AS RESTRICTIVE FOR SELECT USING (
      current_setting('app.maintenance', true) = 'on'
      OR EXISTS (SELECT FROM "disclosures" d WHERE d."id" = "disclosure_id"))`);
    await runner.query(`CREATE FUNCTION "refuse_change_of_told_revision"() RETURNS trigger LANGUAGE plpgsql
      SET search_path = public, pg_temp AS $held$ BEGIN
        RAISE EXCEPTION 'a revision of which the recipient was told stays as it is' USING ERRCODE = 'check_violation';
      END $held$`);
    await runner.query(`CREATE TRIGGER "disclosure_revisions_stay" BEFORE UPDATE ON "disclosure_revisions"
      FOR EACH ROW WHEN (OLD."told_at" IS NOT NULL) EXECUTE FUNCTION "refuse_change_of_told_revision"()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "disclosure_revisions"`);
    await runner.query(`DROP FUNCTION "refuse_change_of_told_revision"`);
  }
}
