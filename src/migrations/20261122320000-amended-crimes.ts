import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A crime that came to light is amended by another record. There are some hundred: checking them takes milliseconds. */
export class AmendedCrimes20261122320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "disclosed_crimes" ADD "amends_id" uuid, ADD "amended_at" TIMESTAMP WITH TIME ZONE`,
    );
    for (const [name, constraint] of CONSTRAINTS)
      await runner.query(`-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint, disallowed-unique-constraint
        ALTER TABLE "disclosed_crimes" ADD CONSTRAINT "disclosed_crimes_${name}" ${constraint}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of CONSTRAINTS.toReversed())
      await runner.query(`ALTER TABLE "disclosed_crimes" DROP CONSTRAINT "disclosed_crimes_${name}"`);
    await runner.query(`ALTER TABLE "disclosed_crimes" DROP "amends_id", DROP "amended_at"`);
  }
}

const CONSTRAINTS: [name: string, constraint: string][] = [
  ['id_listing_id_key', 'UNIQUE ("id", "listing_id")'],
  ['amends_id_key', 'UNIQUE ("amends_id")'],
  [
    'amends_id_listing_id_fkey',
    'FOREIGN KEY ("amends_id", "listing_id") REFERENCES "disclosed_crimes"("id", "listing_id")',
  ],
];
