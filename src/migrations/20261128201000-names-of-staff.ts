import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every name that a practitioner has or had, as typed exclusions are matched with it. A trigger keeps it, so that no change of a
 * name, by whatever way, ends an exclusion. The service cannot change or delete a row (`migrate.ts`).
 */
export class NamesOfStaff20261128201000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "practitioner_names" (
      "practitioner_id" uuid NOT NULL,
      "name_key" text NOT NULL,
      "since" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      CONSTRAINT "practitioner_names_pkey" PRIMARY KEY ("practitioner_id", "name_key"),
      CONSTRAINT "practitioner_names_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id") ON DELETE CASCADE)`);
    await runner.query(`CREATE INDEX "practitioner_names_name_key_idx" ON "practitioner_names" ("name_key")`);
    await runner.query(`SELECT raise_wall('practitioner_names')`);
    await runner.query(`CREATE POLICY names ON "practitioner_names" TO CURRENT_USER USING (true)`);
    await runner.query(
      `INSERT INTO "practitioner_names" ("practitioner_id", "name_key", "since") SELECT "id", "name_key", "made_at" FROM "practitioners"`,
    );
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "practitioner_names" FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
    await runner.query(`CREATE FUNCTION keep_practitioner_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $names$ BEGIN
        INSERT INTO practitioner_names (practitioner_id, name_key) VALUES (NEW.id, NEW.name_key) ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $names$`);
    await runner.query('REVOKE ALL ON FUNCTION keep_practitioner_names() FROM PUBLIC');
    await runner.query(`CREATE TRIGGER keep_practitioner_names AFTER INSERT OR UPDATE OF name_key ON "practitioners"
      FOR EACH ROW EXECUTE FUNCTION keep_practitioner_names()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER keep_practitioner_names ON "practitioners"');
    await runner.query('DROP FUNCTION keep_practitioner_names()');
    await runner.query('DROP TABLE "practitioner_names"');
  }
}
