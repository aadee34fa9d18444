import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Several editions of a panel's rules for one day: the last one applies, so that rules booked for a coming day can be replaced.
 * There are some hundred editions: building the index takes milliseconds.
 */
export class EditionsOfADay20261128574000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
      ALTER TABLE "panel_rules" ADD CONSTRAINT "panel_rules_panel_id_effective_from_edition_key" UNIQUE ("panel_id", "effective_from", "edition")`);
    await runner.query(`ALTER TABLE "panel_rules" DROP CONSTRAINT "panel_rules_panel_id_effective_from_key"`);
  }

  /** Fails where a day has several editions: one of them must be removed first, and somebody must say which. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "panel_rules" ADD CONSTRAINT "panel_rules_panel_id_effective_from_key" UNIQUE ("panel_id", "effective_from")`,
    );
    await runner.query(`ALTER TABLE "panel_rules" DROP CONSTRAINT "panel_rules_panel_id_effective_from_edition_key"`);
  }
}
