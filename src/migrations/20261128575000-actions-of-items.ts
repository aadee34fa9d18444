import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Names the item in which an action was taken on, in the action and in what is about it: notes, escalations, notices, events and
 * disclosures. The second wall hides them with the item. There are some thousand rows; audit entries stay as they are written.
 */
export class ActionsOfItems20261128575000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`ALTER TABLE "${table}" ADD "listing_id" uuid`);
    await runner.query(
      `UPDATE "actions" a SET "listing_id" = k."listing_id" FROM "captured_actions" k WHERE k."action_id" = a."id"`,
    );
    for (const table of ['action_notes', 'escalations'])
      await runner.query(
        `UPDATE "${table}" t SET "listing_id" = k."listing_id" FROM "captured_actions" k WHERE k."action_id" = t."action_id"`,
      );
    for (const [telling, of] of TELLING_OF_RECORDS)
      for (const [type, table] of BENEATH_ITEMS)
        await runner.query(
          `UPDATE "${telling}" t SET "listing_id" = r."listing_id" FROM "${table}" r
           WHERE t."${of}_type" = '${type}' AND r."id" = t."${of}_id" AND r."listing_id" IS NOT NULL`,
        );
    for (const table of TABLES)
      await runner.query(`-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
        ALTER TABLE "${table}" ADD CONSTRAINT "${table}_listing_id_case_id_fkey"
        FOREIGN KEY ("listing_id", "case_id") REFERENCES "listings"("id", "case_id")`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint
      ALTER TABLE "actions" ADD CONSTRAINT "actions_id_listing_id_key" UNIQUE ("id", "listing_id")`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
      ALTER TABLE "captured_actions" ADD CONSTRAINT "captured_actions_action_id_listing_id_fkey"
      FOREIGN KEY ("action_id", "listing_id") REFERENCES "actions"("id", "listing_id")`);
    await runner.query(`ALTER TABLE "captured_actions" DROP CONSTRAINT "captured_actions_action_id_fkey"`);
    for (const table of TABLES) await runner.query(`SELECT raise_wall('${table}')`);
  }

  /** Events and disclosures keep the item that they name: it hides them as before. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
      ALTER TABLE "captured_actions" ADD CONSTRAINT "captured_actions_action_id_fkey"
      FOREIGN KEY ("action_id") REFERENCES "actions"("id")`);
    await runner.query(`ALTER TABLE "captured_actions" DROP CONSTRAINT "captured_actions_action_id_listing_id_fkey"`);
    await runner.query(`ALTER TABLE "actions" DROP CONSTRAINT "actions_id_listing_id_key"`);
    for (const table of TABLES) {
      await runner.query(`DROP POLICY "wall" ON "${table}"`);
      await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "${table}" DROP COLUMN "listing_id"`);
      await runner.query(`SELECT raise_wall('${table}')`);
    }
  }
}

const TABLES = ['actions', 'action_notes', 'escalations', 'notices'];

/** Tables of which a row tells of a record, and what the columns for that are called. */
const TELLING_OF_RECORDS = [
  ['notices', 'subject'],
  ['events', 'subject'],
  ['disclosures', 'record'],
] as const;

const BENEATH_ITEMS = [
  ['Action', 'actions'],
  ['ActionNote', 'action_notes'],
  ['Escalation', 'escalations'],
] as const;
