import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Steering groups, which govern the panels of a partnership and hear no case, and what is escalated to them. There are some
 * hundred panels and some thousand actions and notices: checking them takes milliseconds.
 */
export class SteeringGroups20261122310000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE UNIQUE INDEX "panels_one_steering_group" ON "panels" ("partnership_id") WHERE type = 'steering_group'`);
    await runner.query(`CREATE FUNCTION hears_cases() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        IF EXISTS (SELECT FROM panels WHERE id = NEW.panel_id AND type = 'steering_group') THEN
          RAISE EXCEPTION 'a steering group hears no case' USING ERRCODE = 'check_violation', CONSTRAINT = 'hears_cases';
        END IF;
        RETURN NEW;
      END $$`);
    for (const table of HEARD)
      await runner.query(`CREATE TRIGGER hears_cases BEFORE INSERT OR UPDATE OF panel_id ON ${table}
        FOR EACH ROW EXECUTE FUNCTION hears_cases()`);
    await runner.query(`-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "actions" ADD CONSTRAINT "actions_id_case_id_panel_id_owner_agency_id_key"
      UNIQUE ("id", "case_id", "panel_id", "owner_agency_id")`);
    await runner.query(`CREATE TABLE "escalations" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "steering_panel_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "action_id" uuid NOT NULL,
      "owner_agency_id" uuid NOT NULL,
      "kind" text NOT NULL,
      "due_on" date NOT NULL,
      "since_on" date NOT NULL,
      "status" text NOT NULL DEFAULT 'open',
      "answer" text,
      "answer_due_on" date,
      "answered_at" TIMESTAMP WITH TIME ZONE,
      "answered_by_id" uuid,
      "agency_id" uuid,
      "contributing_type" text,
      "closed_on" date,
      CONSTRAINT "escalations_once" UNIQUE ("action_id"),
      CONSTRAINT "escalations_kind" CHECK (kind IN ('overdue', 'not_done')),
      CONSTRAINT "escalations_status" CHECK (status IN ('open', 'answered', 'closed')),
      CONSTRAINT "escalations_answer" CHECK (num_nonnulls(answer, answer_due_on, answered_at, answered_by_id, agency_id, contributing_type) IN (0, 6)
   AND (status <> 'open' OR answer IS NULL) AND (status <> 'answered' OR answer IS NOT NULL)),
      CONSTRAINT "escalations_closed" CHECK ((status = 'closed') = (closed_on IS NOT NULL)),
      CONSTRAINT "escalations_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "escalations_owner_agency_id_fkey" FOREIGN KEY ("owner_agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "escalations_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "escalations_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "escalations_steering_panel_id_partnership_id_fkey" FOREIGN KEY ("steering_panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "escalations_action_id_case_id_panel_id_owner_agency_id_fkey" FOREIGN KEY ("action_id", "case_id", "panel_id", "owner_agency_id") REFERENCES "actions"("id", "case_id", "panel_id", "owner_agency_id")
    )`);
    for (const columns of INDEXES)
      await runner.query(
        `CREATE INDEX "escalations_${columns.join('_')}_idx" ON "escalations" (${columns.map((one) => `"${one}"`).join(', ')})`,
      );
    await runner.query(`SELECT raise_wall('escalations')`);
    await notices(runner, [
      ...NOTICES,
      'action_before_steering_group',
      'steering_group_answered',
      'escalation_to_answer',
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "notices" WHERE kind NOT IN (${listed(NOTICES)})`);
    await notices(runner, NOTICES);
    await runner.query(`DROP TABLE "escalations"`);
    await runner.query(`ALTER TABLE "actions" DROP CONSTRAINT "actions_id_case_id_panel_id_owner_agency_id_key"`);
    for (const table of HEARD) await runner.query(`DROP TRIGGER hears_cases ON ${table}`);
    await runner.query('DROP FUNCTION hears_cases()');
    await runner.query(`DROP INDEX "panels_one_steering_group"`);
  }
}

const HEARD = ['cases', 'referrals'];

const INDEXES = [
  ['steering_panel_id', 'changed_at', 'id'],
  ['panel_id', 'changed_at', 'id'],
  ['owner_agency_id', 'changed_at', 'id'],
  ['case_id'],
];

/** In the order of the entity. */
const NOTICES = [
  'action_due_soon',
  'action_due',
  'action_overdue',
  'action_escalated',
  'papers_due',
  'research_due',
  'minutes_due',
  'bid_results_due',
  'bid_results_overdue',
  'feed_not_taken_up',
  'agreement_review_due',
  'emergency_review_due',
];

const listed = (kinds: string[]): string => kinds.map((kind) => `'${kind}'`).join(', ');

async function notices(runner: QueryRunner, kinds: string[]): Promise<void> {
  await runner.query(`ALTER TABLE "notices" DROP CONSTRAINT "notices_kind"`);
  await runner.query(`-- squawk-ignore constraint-missing-not-valid
    ALTER TABLE "notices" ADD CONSTRAINT "notices_kind" CHECK (kind IN (${listed(kinds)}))`);
}
