import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Cycles of meetings, what they hand on to each other, resources and the bids for them. */
export class CyclesAndBids20261122230000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "plans" ADD "resource_need" text`);
    await runner.query(`CREATE TABLE "resources" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "name" text NOT NULL,
      "type" text NOT NULL,
      "quantity" integer NOT NULL,
      "unit" text NOT NULL,
      "shifts" jsonb NOT NULL DEFAULT '[]',
      "available" boolean NOT NULL DEFAULT true,
      CONSTRAINT "resources_quantity" CHECK (quantity BETWEEN 1 AND 100000),
      CONSTRAINT "resources_unit" CHECK (unit IN ('officers', 'hours', 'days', 'units')),
      CONSTRAINT "resources_type" CHECK (type IN ('ward_officers', 'asb_officers', 'parks_police', 'council_funded_police', 'outreach_team', 'cctv_fixed', 'cctv_demountable', 'control_room', 'licensing_officers', 'environmental_health', 'street_cleaning', 'design_out_crime', 'other')),
      CONSTRAINT "resources_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "resources_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "resources_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")
    )`);
    await runner.query(
      `CREATE INDEX "resources_panel_id_changed_at_id_idx" ON "resources" ("panel_id", "changed_at", "id")`,
    );
    await runner.query(`CREATE TABLE "bids" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "author_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "panel_id" uuid NOT NULL,
      "plan_id" uuid NOT NULL,
      "plan_panel_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "escalated_from_id" uuid,
      "meeting_id" uuid,
      "status" text NOT NULL DEFAULT 'draft',
      "title" text NOT NULL,
      "resource_id" uuid,
      "resource_type" text NOT NULL,
      "quantity" integer NOT NULL,
      "unit" text NOT NULL,
      "from_on" date NOT NULL,
      "to_on" date NOT NULL,
      "times_of_day" text,
      "location" text NOT NULL,
      "evidence" text NOT NULL,
      "tactic" text NOT NULL,
      "expected_outcome" text NOT NULL,
      "if_refused" text NOT NULL,
      "authority_needed" text,
      "community_impact" text,
      "exit_plan" text,
      "priority" integer,
      "submitted_at" TIMESTAMP WITH TIME ZONE,
      "deferrals" integer NOT NULL DEFAULT '0',
      "warnings" text array NOT NULL DEFAULT '{}',
      "waiver_reason" text,
      "plan_chair_waived_id" uuid,
      "tasking_chair_waived_id" uuid,
      "ratified_at" TIMESTAMP WITH TIME ZONE,
      "granted_quantity" integer,
      "results_due_on" date,
      "end_reason" text,
      CONSTRAINT "bids_escalated_from_id_key" UNIQUE ("escalated_from_id"),
      CONSTRAINT "bids_waiver" CHECK (plan_chair_waived_id <> tasking_chair_waived_id),
      CONSTRAINT "bids_granted" CHECK (status NOT IN ('approved', 'part_approved', 'scheduled', 'deployed') OR granted_quantity BETWEEN 1 AND quantity),
      CONSTRAINT "bids_deferrals" CHECK (deferrals BETWEEN 0 AND 2),
      CONSTRAINT "bids_listed" CHECK (status <> 'listed' OR meeting_id IS NOT NULL),
      CONSTRAINT "bids_submitted" CHECK (status IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL),
      CONSTRAINT "bids_days" CHECK (to_on >= from_on),
      CONSTRAINT "bids_unit" CHECK (unit IN ('officers', 'hours', 'days', 'units')),
      CONSTRAINT "bids_type" CHECK (resource_type IN ('ward_officers', 'asb_officers', 'parks_police', 'council_funded_police', 'outreach_team', 'cctv_fixed', 'cctv_demountable', 'control_room', 'licensing_officers', 'environmental_health', 'street_cleaning', 'design_out_crime', 'other')),
      CONSTRAINT "bids_status" CHECK (status IN ('draft', 'submitted', 'screened', 'listed', 'approved', 'part_approved', 'deferred', 'refused', 'escalated', 'scheduled', 'deployed', 'not_deployed', 'results_returned', 'evaluated', 'closed', 'withdrawn')),
      CONSTRAINT "bids_category" CHECK (category = 'plan_action'),
      CONSTRAINT "bids_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "bids_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id"),
      CONSTRAINT "bids_plan_panel_id_fkey" FOREIGN KEY ("plan_panel_id") REFERENCES "panels"("id"),
      CONSTRAINT "bids_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id"),
      CONSTRAINT "bids_escalated_from_id_fkey" FOREIGN KEY ("escalated_from_id") REFERENCES "bids"("id"),
      CONSTRAINT "bids_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meetings"("id"),
      CONSTRAINT "bids_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "resources"("id"),
      CONSTRAINT "bids_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")
    )`);
    await runner.query(`CREATE INDEX "bids_meeting_id_idx" ON "bids" ("meeting_id")`);
    await runner.query(`CREATE INDEX "bids_case_id_idx" ON "bids" ("case_id")`);
    await runner.query(`CREATE INDEX "bids_agency_id_changed_at_id_idx" ON "bids" ("agency_id", "changed_at", "id")`);
    await runner.query(`CREATE INDEX "bids_panel_id_changed_at_id_idx" ON "bids" ("panel_id", "changed_at", "id")`);
    await runner.query(`CREATE TABLE "bid_decisions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "bid_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "kind" text NOT NULL,
      "granted_quantity" integer,
      "conditions" text,
      "reason" text,
      "alignment" text,
      "decided_by_id" uuid NOT NULL,
      CONSTRAINT "bid_decisions_bid_id_meeting_id_key" UNIQUE ("bid_id", "meeting_id"),
      CONSTRAINT "bid_decisions_granted" CHECK ((kind IN ('approval', 'part_approval')) = (granted_quantity IS NOT NULL)),
      CONSTRAINT "bid_decisions_reason" CHECK (kind IN ('approval', 'escalation') OR reason IS NOT NULL),
      CONSTRAINT "bid_decisions_category" CHECK (category = 'plan_action'),
      CONSTRAINT "bid_decisions_kind" CHECK (kind IN ('approval', 'part_approval', 'deferral', 'refusal', 'escalation')),
      CONSTRAINT "bid_decisions_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "bid_decisions_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "bids"("id"),
      CONSTRAINT "bid_decisions_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id"),
      CONSTRAINT "bid_decisions_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meetings"("id"),
      CONSTRAINT "bid_decisions_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")
    )`);
    await runner.query(
      `CREATE INDEX "bid_decisions_bid_id_changed_at_id_idx" ON "bid_decisions" ("bid_id", "changed_at", "id")`,
    );
    await runner.query(`CREATE TABLE "bid_results" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "bid_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "worked" integer NOT NULL,
      "incidents_before" integer,
      "incidents_during" integer,
      "incidents_after" integer,
      "activity" text NOT NULL,
      "feedback" text,
      "recommendation" text NOT NULL,
      CONSTRAINT "bid_results_bid_id_key" UNIQUE ("bid_id"),
      CONSTRAINT "bid_results_category" CHECK (category = 'plan_action'),
      CONSTRAINT "bid_results_recommendation" CHECK (recommendation IN ('continue', 'adapt', 'end')),
      CONSTRAINT "bid_results_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "bid_results_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "bids"("id"),
      CONSTRAINT "bid_results_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id"),
      CONSTRAINT "bid_results_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")
    )`);
    await runner.query(`CREATE TABLE "cycle_templates" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "name" text NOT NULL,
      "recurrence" text NOT NULL,
      "anchor_on" date NOT NULL,
      "anchor_number" integer NOT NULL DEFAULT '1',
      "length_days" integer,
      "nth" integer,
      "weekday" integer,
      "holiday_rule" text NOT NULL DEFAULT 'forward',
      "jurisdiction" text NOT NULL DEFAULT 'england_and_wales',
      "closed_on" date array NOT NULL DEFAULT '{}',
      "stages" jsonb NOT NULL,
      CONSTRAINT "cycle_templates_jurisdiction" CHECK (jurisdiction IN ('england_and_wales', 'scotland', 'northern_ireland')),
      CONSTRAINT "cycle_templates_holiday_rule" CHECK (holiday_rule IN ('forward', 'back', 'keep')),
      CONSTRAINT "cycle_templates_weekday" CHECK ((recurrence = 'nth_weekday') = (nth IS NOT NULL) AND (nth IS NULL) = (weekday IS NULL) AND nth IN (-1, 1, 2, 3, 4) AND weekday BETWEEN 1 AND 7),
      CONSTRAINT "cycle_templates_length" CHECK ((recurrence = 'every_n_days') = (length_days IS NOT NULL) AND length_days BETWEEN 1 AND 366),
      CONSTRAINT "cycle_templates_recurrence" CHECK (recurrence IN ('every_n_days', 'nth_weekday')),
      CONSTRAINT "cycle_templates_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "cycle_templates_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")
    )`);
    await runner.query(`CREATE TABLE "cycles" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "template_id" uuid NOT NULL,
      "number" integer NOT NULL,
      "opens_on" date NOT NULL,
      "closes_on" date NOT NULL,
      "partial" boolean NOT NULL DEFAULT false,
      "closed_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "cycles_id_partnership_id_key" UNIQUE ("id", "partnership_id"),
      CONSTRAINT "cycles_template_id_number_key" UNIQUE ("template_id", "number"),
      CONSTRAINT "cycles_days" CHECK (closes_on >= opens_on),
      CONSTRAINT "cycles_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "cycles_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id"),
      CONSTRAINT "cycles_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "cycle_templates"("id")
    )`);
    await runner.query(
      `CREATE INDEX "cycles_partnership_id_opens_on_id_idx" ON "cycles" ("partnership_id", "opens_on", "id")`,
    );
    await runner.query(`CREATE TABLE "cycle_meetings" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "cycle_id" uuid NOT NULL,
      "stage" text NOT NULL,
      "meeting_id" uuid NOT NULL,
      "planned_on" date NOT NULL,
      CONSTRAINT "cycle_meetings_cycle_id_stage_key" UNIQUE ("cycle_id", "stage"),
      CONSTRAINT "cycle_meetings_stage" CHECK (stage IN ('jag', 'tasking', 'ttcg')),
      CONSTRAINT "cycle_meetings_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "cycle_meetings_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meetings"("id"),
      CONSTRAINT "cycle_meetings_cycle_id_partnership_id_fkey" FOREIGN KEY ("cycle_id", "partnership_id") REFERENCES "cycles"("id", "partnership_id")
    )`);
    await runner.query(`CREATE INDEX "cycle_meetings_meeting_id_idx" ON "cycle_meetings" ("meeting_id")`);
    await runner.query(`CREATE TABLE "feeds" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "kind" text NOT NULL,
      "cycle_id" uuid,
      "from_meeting_id" uuid NOT NULL,
      "from_panel_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "to_meeting_id" uuid,
      "rolled" integer NOT NULL DEFAULT '0',
      "plan_id" uuid,
      "case_id" uuid,
      "item_id" uuid NOT NULL,
      "text" text NOT NULL,
      "acknowledged_at" TIMESTAMP WITH TIME ZONE,
      "acknowledged_by_id" uuid,
      CONSTRAINT "feeds_once" UNIQUE ("kind", "item_id", "from_meeting_id", "panel_id"),
      CONSTRAINT "feeds_category" CHECK (category = 'plan_action'),
      CONSTRAINT "feeds_acknowledged" CHECK ((acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)),
      CONSTRAINT "feeds_kind" CHECK (kind IN ('plan_need', 'bid_escalation', 'decision', 'priority', 'result', 'intel_requirement')),
      CONSTRAINT "feeds_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "feeds_cycle_id_fkey" FOREIGN KEY ("cycle_id") REFERENCES "cycles"("id"),
      CONSTRAINT "feeds_from_meeting_id_fkey" FOREIGN KEY ("from_meeting_id") REFERENCES "meetings"("id"),
      CONSTRAINT "feeds_from_panel_id_fkey" FOREIGN KEY ("from_panel_id") REFERENCES "panels"("id"),
      CONSTRAINT "feeds_to_meeting_id_fkey" FOREIGN KEY ("to_meeting_id") REFERENCES "meetings"("id"),
      CONSTRAINT "feeds_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plans"("id"),
      CONSTRAINT "feeds_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id"),
      CONSTRAINT "feeds_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")
    )`);
    await runner.query(`CREATE INDEX "feeds_cycle_id_idx" ON "feeds" ("cycle_id")`);
    await runner.query(`CREATE INDEX "feeds_to_meeting_id_idx" ON "feeds" ("to_meeting_id")`);
    await runner.query(`CREATE INDEX "feeds_panel_id_changed_at_id_idx" ON "feeds" ("panel_id", "changed_at", "id")`);
    for (const table of TABLES) await runner.query(`SELECT raise_wall('${table}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`DROP TABLE "${table}"`);
    await runner.query(`ALTER TABLE "plans" DROP "resource_need"`);
  }
}

const TABLES = [
  'resources',
  'bids',
  'bid_decisions',
  'bid_results',
  'cycle_templates',
  'cycles',
  'cycle_meetings',
  'feeds',
];
