import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Agencies are asked what they know for an item of a meeting, and keep what they find as points of their own: those carry
 * `agency_only`, always true, so that the second wall hides them from every other agency. And two facts about a person in a
 * case on which it depends who is asked.
 */
export class Research20261122210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "case_people" ADD "pregnant" boolean, ADD "in_custody" boolean`);
    await runner.query(REQUESTS);
    await runner.query(POINTS);
    for (const columns of [
      'case_id',
      'asked_agency_id changed_at id',
      'panel_id changed_at id',
      'meeting_id changed_at id',
    ])
      await runner.query(index('research_requests', columns));
    for (const columns of ['request_id changed_at id', 'agency_id changed_at id'])
      await runner.query(index('research_points', columns));
    for (const [table, columns, to, foreign] of BONDS)
      await runner.query(`ALTER TABLE "${table}" ADD CONSTRAINT "${table}_${columns.replaceAll(' ', '_')}_fkey"
        FOREIGN KEY (${listed(columns)}) REFERENCES "${to}"(${listed(foreign)})`);
    for (const table of TABLES) await runner.query(`SELECT raise_wall('${table}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "research_points", "research_requests"`);
    await runner.query(`ALTER TABLE "case_people" DROP COLUMN "pregnant", DROP COLUMN "in_custody"`);
  }
}

const TABLES = ['research_requests', 'research_points'];
const listed = (columns: string): string =>
  columns
    .split(' ')
    .map((one) => `"${one}"`)
    .join(', ');
const index = (table: string, columns: string): string =>
  `CREATE INDEX "${table}_${columns.replaceAll(' ', '_')}_idx" ON "${table}" (${listed(columns)})`;

const BONDS: [table: string, columns: string, to: string, foreign: string][] = [
  ...TABLES.flatMap((table): [string, string, string, string][] => [
    [table, 'agency_id', 'agencies', 'id'],
    [table, 'panel_id partnership_id', 'panels', 'id partnership_id'],
  ]),
  ['research_requests', 'asked_agency_id', 'agencies', 'id'],
  ['research_requests', 'practitioner_id', 'practitioners', 'id'],
  ['research_requests', 'case_id panel_id', 'cases', 'id panel_id'],
  ['research_requests', 'listing_id meeting_id case_id', 'listings', 'id meeting_id case_id'],
  ['research_points', 'contribution_id', 'contributions', 'id'],
  [
    'research_points',
    'request_id case_id panel_id agency_id',
    'research_requests',
    'id case_id panel_id asked_agency_id',
  ],
];

const RECORD = `"id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,`;

const REQUESTS = `CREATE TABLE "research_requests" (
      ${RECORD}
      "meeting_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL,
      "asked_agency_id" uuid NOT NULL,
      "answered_by" text NOT NULL,
      "practitioner_id" uuid,
      "due_on" date NOT NULL,
      "original_due_on" date NOT NULL,
      "closes_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "status" text NOT NULL DEFAULT 'asked',
      "returned_at" TIMESTAMP WITH TIME ZONE,
      "nil" boolean,
      CONSTRAINT "research_requests_id_case_id_panel_id_asked_agency_id_key" UNIQUE ("id", "case_id", "panel_id", "asked_agency_id"),
      CONSTRAINT "research_requests_listing_id_asked_agency_id_key" UNIQUE ("listing_id", "asked_agency_id"),
      CONSTRAINT "research_requests_returned" CHECK ((status = 'returned') = (returned_at IS NOT NULL) AND (returned_at IS NULL) = (nil IS NULL)),
      CONSTRAINT "research_requests_person" CHECK ((answered_by = 'person') = (practitioner_id IS NOT NULL)),
      CONSTRAINT "research_requests_answerer" CHECK (answered_by IN ('members', 'person', 'agency')),
      CONSTRAINT "research_requests_status" CHECK (status IN ('asked', 'returned', 'cancelled')),
      CONSTRAINT "research_requests_pkey" PRIMARY KEY ("id")
    )`;

const POINTS = `CREATE TABLE "research_points" (
      ${RECORD}
      "request_id" uuid NOT NULL,
      "agency_only" boolean NOT NULL DEFAULT true,
      "category" text NOT NULL,
      "kind" text NOT NULL,
      "text" text NOT NULL,
      "summary" text,
      "handling" text NOT NULL DEFAULT 'P',
      "conditions" text,
      "originator_control" boolean NOT NULL DEFAULT false,
      "occurred_on" date,
      "decision" text NOT NULL DEFAULT 'draft',
      "withheld_reason" text,
      "contribution_id" uuid,
      "author_id" uuid NOT NULL,
      CONSTRAINT "research_points_contributed" CHECK ((decision = 'contributed') = (contribution_id IS NOT NULL)),
      CONSTRAINT "research_points_shared" CHECK (decision IN ('draft', 'withheld') OR summary IS NOT NULL),
      CONSTRAINT "research_points_withheld" CHECK ((decision = 'withheld') = (withheld_reason IS NOT NULL)),
      CONSTRAINT "research_points_decision" CHECK (decision IN ('draft', 'shared', 'withheld', 'contributed')),
      CONSTRAINT "research_points_handling" CHECK (handling IN ('P', 'C') AND (handling = 'P' OR conditions IS NOT NULL)),
      CONSTRAINT "research_points_kind" CHECK (kind IN ('fact', 'opinion', 'intelligence', 'allegation', 'self_report')),
      CONSTRAINT "research_points_own" CHECK (agency_only),
      CONSTRAINT "research_points_pkey" PRIMARY KEY ("id")
    )`;
