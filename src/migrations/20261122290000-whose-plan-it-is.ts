import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whatever comes of a bid names the panel of its plan, so that the second wall hides it with a compartment wherever it stands:
 * decisions, results, what is handed on, and the notices of them. That it is the panel of the case, a key keeps. There are some
 * hundred rows.
 */
export class WhosePlanItIs20261122290000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of NEW_TO_IT) await runner.query(`ALTER TABLE "${table}" ADD "plan_panel_id" uuid`);
    for (const table of ['bid_decisions', 'bid_results', 'feeds'])
      await runner.query(
        `UPDATE "${table}" t SET "plan_panel_id" = c."panel_id" FROM "cases" c WHERE c."id" = t."case_id"`,
      );
    // notices of actions and emergencies stand before the panel of the case itself
    await runner.query(`UPDATE "notices" n SET "plan_panel_id" = c."panel_id" FROM "cases" c
      WHERE c."id" = n."case_id" AND n."subject_type" IN ('Bid', 'Feed')`);
    for (const table of ['bid_decisions', 'bid_results'])
      await runner.query(
        `-- squawk-ignore adding-not-nullable-field\nALTER TABLE "${table}" ALTER COLUMN "plan_panel_id" SET NOT NULL`,
      );
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "feeds" ADD CONSTRAINT "feeds_case" CHECK ((case_id IS NULL) = (plan_panel_id IS NULL))`);
    // the case is named by this key where it is named by the other one
    for (const table of OF_A_CASE) await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${table}_case_id_fkey"`);
    for (const table of TABLES)
      await runner.query(`-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
        ALTER TABLE "${table}" ADD CONSTRAINT "${table}_case_id_plan_panel_id_fkey"
        FOREIGN KEY ("case_id", "plan_panel_id") REFERENCES "cases"("id", "panel_id")`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "bids_plan_panel_id_changed_at_id_idx" ON "bids" ("plan_panel_id", "changed_at", "id")`);
    for (const table of NEW_TO_IT) await runner.query(`SELECT raise_wall('${table}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of OF_A_CASE)
      await runner.query(
        `-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
        ALTER TABLE "${table}" ADD CONSTRAINT "${table}_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id")`,
      );
    await runner.query(`ALTER TABLE "bids" DROP CONSTRAINT "bids_case_id_plan_panel_id_fkey"`);
    await runner.query(`DROP INDEX "bids_plan_panel_id_changed_at_id_idx"`);
    for (const table of NEW_TO_IT) {
      await runner.query(`DROP POLICY "wall" ON "${table}"`);
      await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "${table}" DROP COLUMN "plan_panel_id"`);
      await runner.query(`SELECT raise_wall('${table}')`);
    }
  }
}

const NEW_TO_IT = ['bid_decisions', 'bid_results', 'feeds', 'notices'];
const TABLES = ['bids', ...NEW_TO_IT];
const OF_A_CASE = ['bids', 'bid_decisions', 'bid_results', 'feeds'];
