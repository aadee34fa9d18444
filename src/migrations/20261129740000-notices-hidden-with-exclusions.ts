import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The exclusion because of which a notice was sent. Notices of before were sent for no exclusion, or are of the last hours. */
export class NoticesHiddenWithExclusions20261129740000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE "kind" IN ('changed_by_excluded', 'owner_cannot_see')`);
    await runner.query(`ALTER TABLE "notices" ADD "exclusion_id" uuid`);
    await runner.query(`-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
      ALTER TABLE "notices" ADD CONSTRAINT "notices_exclusion_id_fkey" FOREIGN KEY ("exclusion_id") REFERENCES "exclusions"("id") ON DELETE CASCADE`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_exclusion_id_fkey"`);
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "notices" DROP COLUMN "exclusion_id"`);
  }
}
