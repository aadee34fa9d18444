import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Register of the reference numbers in use, in place of a counter: numbers are drawn at random, so that none tells how many there
 * are. The numbers of all cases and referrals of before count as used. The counter is read by nothing but the service's previous
 * version, which must be stopped first.
 */
export class UsedReferences20261128203000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-table
      DROP TABLE "reference_numbers"`);
    await runner.query(`CREATE TABLE "reference_numbers" (
      "series" text NOT NULL,
      "year" integer NOT NULL,
      "number" integer NOT NULL,
      CONSTRAINT "reference_numbers_pkey" PRIMARY KEY ("series", "year", "number"))`);
    await runner.query(`SELECT raise_wall('reference_numbers')`);
    await runner.query(`INSERT INTO "reference_numbers" ("series", "year", "number")
      SELECT DISTINCT part[1], part[2]::integer, part[3]::integer
      FROM (SELECT "reference" FROM "cases" UNION SELECT "reference" FROM "referrals") used,
        regexp_match(used."reference", '^(.+)-(\\d{4})-(\\d{1,9})$') AS part
      WHERE part IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "reference_numbers" RENAME TO "used_references"`);
    await runner.query(
      `ALTER TABLE "used_references" RENAME CONSTRAINT "reference_numbers_pkey" TO "used_references_pkey"`,
    );
    await runner.query(`CREATE TABLE "reference_numbers" ("prefix" text NOT NULL, "year" integer NOT NULL, "last" integer NOT NULL,
      CONSTRAINT "reference_numbers_pkey" PRIMARY KEY ("prefix", "year"))`);
    await runner.query(`SELECT raise_wall('reference_numbers')`);
    await runner.query(
      `INSERT INTO "reference_numbers" SELECT "series", "year", max("number") FROM "used_references" GROUP BY 1, 2`,
    );
    await runner.query(`DROP TABLE "used_references"`);
  }
}
