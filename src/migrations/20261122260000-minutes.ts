import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Minutes in parts, each of its own category; what each agency told in an item; which actions were taken on in it; and at which
 * later meeting the minutes were confirmed. There are some thousand minutes: checking them takes milliseconds.
 */
export class Minutes20261122260000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "minutes" DROP CONSTRAINT "CHK_63230a51cf23ee38c5e862bc33"`);
    await runner.query(`ALTER TABLE "minutes" ADD "reason" text, ADD "voice" text, ADD "risk_factors" text,
      ADD "protective_factors" text, ADD "disagreement" text, ADD "next_review_on" date, ADD "confirmed_at_id" uuid`);
    for (const [name, constraint] of CONSTRAINTS)
      await runner.query(`${FEW_ROWS}ALTER TABLE "minutes" ADD CONSTRAINT "${name}" ${constraint}`);
    for (const table of TABLES) await runner.query(table);
    for (const [table, columns] of INDEXES)
      await runner.query(
        `CREATE INDEX "${table}_${columns.replaceAll(' ', '_')}_idx" ON "${table}" (${listed(columns)})`,
      );
    for (const [table, columns, to, foreign] of BONDS)
      await runner.query(`ALTER TABLE "${table}" ADD CONSTRAINT "${table}_${columns.replaceAll(' ', '_')}_fkey"
        FOREIGN KEY (${listed(columns)}) REFERENCES "${to}"(${listed(foreign)})`);
    for (const table of NEW_TABLES) await runner.query(`SELECT raise_wall('${table}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "minute_points", "captured_actions"`);
    for (const [name] of [...CONSTRAINTS].reverse())
      await runner.query(`ALTER TABLE "minutes" DROP CONSTRAINT "${name}"`);
    await runner.query(`UPDATE "minutes" SET "status" = 'approved' WHERE "status" = 'confirmed'`);
    await runner.query(`ALTER TABLE "minutes" DROP "reason", DROP "voice", DROP "risk_factors", DROP "protective_factors",
      DROP "disagreement", DROP "next_review_on", DROP "confirmed_at_id"`);
    await runner.query(
      `ALTER TABLE "minutes" ADD CONSTRAINT "CHK_63230a51cf23ee38c5e862bc33" CHECK (status IN ('draft', 'approved'))`,
    );
  }
}

const FEW_ROWS =
  '-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint, disallowed-unique-constraint\n';

const CONSTRAINTS: [name: string, constraint: string][] = [
  ['minutes_status', `CHECK (status IN ('draft', 'approved', 'confirmed'))`],
  [
    'minutes_confirmed',
    `CHECK ((status = 'confirmed') = (confirmed_at_id IS NOT NULL) AND confirmed_at_id <> meeting_id)`,
  ],
  ['minutes_id_listing_id_case_id_panel_id_key', `UNIQUE ("id", "listing_id", "case_id", "panel_id")`],
  [
    'minutes_confirmed_at_id_panel_id_fkey',
    `FOREIGN KEY ("confirmed_at_id", "panel_id") REFERENCES "meetings"("id", "panel_id")`,
  ],
];

const NEW_TABLES = ['minute_points', 'captured_actions'];
const listed = (columns: string): string =>
  columns
    .split(' ')
    .map((one) => `"${one}"`)
    .join(', ');

const OF_AN_ITEM = `"id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL, "case_id" uuid NOT NULL, "panel_id" uuid NOT NULL, "meeting_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL`;

const TABLES = [
  `CREATE TABLE "minute_points" (${OF_AN_ITEM}, "minute_id" uuid NOT NULL, "category" text NOT NULL, "text" text NOT NULL,
      "contribution_id" uuid,
      CONSTRAINT "minute_points_pkey" PRIMARY KEY ("id"))`,
  `CREATE TABLE "captured_actions" (${OF_AN_ITEM}, "action_id" uuid NOT NULL,
      CONSTRAINT "captured_actions_action_id_key" UNIQUE ("action_id"),
      CONSTRAINT "captured_actions_pkey" PRIMARY KEY ("id"))`,
];

const INDEXES: [table: string, columns: string][] = [
  ['minute_points', 'minute_id changed_at id'],
  ['minute_points', 'case_id changed_at id'],
  ['captured_actions', 'listing_id'],
];

const BONDS: [table: string, columns: string, to: string, foreign: string][] = [
  ...NEW_TABLES.flatMap((table): [string, string, string, string][] => [
    [table, 'agency_id', 'agencies', 'id'],
    [table, 'panel_id partnership_id', 'panels', 'id partnership_id'],
    [table, 'case_id panel_id', 'cases', 'id panel_id'],
    [table, 'listing_id meeting_id case_id', 'listings', 'id meeting_id case_id'],
  ]),
  ['minute_points', 'minute_id listing_id case_id panel_id', 'minutes', 'id listing_id case_id panel_id'],
  ['minute_points', 'contribution_id', 'contributions', 'id'],
  ['captured_actions', 'action_id', 'actions', 'id'],
];
