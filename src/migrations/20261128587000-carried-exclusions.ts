import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The exclusion that another one carries on to the case of a repeat. There are some hundred exclusions: checking takes milliseconds. */
export class CarriedExclusions20261128587000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" ADD "carried_from_id" uuid`);
    await runner.query(`-- squawk-ignore adding-foreign-key-constraint,constraint-missing-not-valid
      ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_carried_from_id_fkey" FOREIGN KEY ("carried_from_id") REFERENCES "exclusions" ("id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "exclusions" DROP COLUMN "carried_from_id"`);
  }
}
