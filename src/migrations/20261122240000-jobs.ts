import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What agencies are told when a day has come, what the jobs did that told them, and the day on which an action ended. */
export class Jobs20261122240000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "actions" ADD "ended_on" date`);
    // rows of before: the day on which it was told that they ended
    await runner.query(`UPDATE "actions" a SET "ended_on" = e."on" FROM (
      SELECT "subject_id", max("at" AT TIME ZONE 'Europe/London')::date AS "on" FROM "events"
      WHERE "type" IN ('action.done', 'action.not-possible', 'action.not-done', 'action.cancelled', 'action.superseded')
      GROUP BY 1) e
      WHERE e."subject_id" = a."id" AND a."status" NOT IN ('proposed', 'agreed', 'in_progress', 'blocked')`);
    await runner.query(
      `ALTER TABLE "actions" ADD CONSTRAINT "actions_ended" CHECK (ended_on IS NULL OR status NOT IN ('proposed', 'agreed', 'in_progress', 'blocked')) NOT VALID`,
    );
    await runner.query(`CREATE TABLE "notices" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "practitioner_id" uuid,
      "kind" text NOT NULL,
      "subject_type" text NOT NULL,
      "subject_id" uuid NOT NULL,
      "case_id" uuid,
      "panel_id" uuid,
      "due_on" date NOT NULL,
      "level" integer NOT NULL,
      "read_at" TIMESTAMP WITH TIME ZONE,
      "read_by_id" uuid,
      CONSTRAINT "notices_once" UNIQUE ("kind", "subject_id", "due_on", "agency_id"),
      CONSTRAINT "notices_read" CHECK ((read_at IS NULL) = (read_by_id IS NULL)),
      CONSTRAINT "notices_level" CHECK (level BETWEEN 0 AND 3),
      CONSTRAINT "notices_kind" CHECK (kind IN ('action_due_soon', 'action_due', 'action_overdue', 'action_escalated', 'papers_due', 'research_due', 'minutes_due', 'bid_results_due', 'bid_results_overdue', 'feed_not_taken_up', 'agreement_review_due', 'emergency_review_due')),
      CONSTRAINT "notices_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "notices_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "notices_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id"),
      CONSTRAINT "notices_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id"),
      CONSTRAINT "notices_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")
    )`);
    await runner.query(`CREATE INDEX "notices_case_id_idx" ON "notices" ("case_id")`);
    await runner.query(
      `CREATE INDEX "notices_panel_id_changed_at_id_idx" ON "notices" ("panel_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "notices_agency_id_changed_at_id_idx" ON "notices" ("agency_id", "changed_at", "id")`,
    );
    await runner.query(`CREATE TABLE "job_runs" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "task" text NOT NULL,
      "started_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "ended_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "notices" integer NOT NULL,
      "error" text,
      CONSTRAINT "job_runs_notices" CHECK (notices >= 0 AND (error IS NULL OR notices = 0)),
      CONSTRAINT "job_runs_times" CHECK (ended_at >= started_at),
      CONSTRAINT "job_runs_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "job_runs_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")
    )`);
    await runner.query(
      `CREATE INDEX "job_runs_partnership_id_changed_at_id_idx" ON "job_runs" ("partnership_id", "changed_at", "id")`,
    );
    for (const table of TABLES) await runner.query(`SELECT raise_wall('${table}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(`DROP TABLE "${table}"`);
    await runner.query(`ALTER TABLE "actions" DROP "ended_on"`);
  }
}

const TABLES = ['notices', 'job_runs'];
