import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * No action is due before the day on which it was made, and an escalation is of an action that was accepted and whose day is
 * over. Dates before the day of making stay in `original_due_on`. There are some thousand actions: checking them takes
 * milliseconds.
 */
export class EscalationsByTheDate20261128570000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE "actions" SET "due_on" = ("made_at" AT TIME ZONE 'Europe/London')::date
      WHERE "due_on" < ("made_at" AT TIME ZONE 'Europe/London')::date`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "actions" ADD CONSTRAINT "actions_due" CHECK (due_on >= (made_at AT TIME ZONE 'Europe/London')::date)`);
    await runner.query(`CREATE FUNCTION escalates_by_the_date() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM actions a WHERE a.id = NEW.action_id AND a.due_on = NEW.due_on AND a.due_on < NEW.since_on
            AND a.status = ANY (CASE NEW.kind WHEN 'not_done' THEN '{not_done}' ELSE '{agreed,in_progress,blocked}' END::text[])) THEN
          RAISE EXCEPTION 'only what was accepted and is past its day is escalated'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'escalates_by_the_date';
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(`CREATE TRIGGER escalates_by_the_date BEFORE INSERT ON "escalations"
      FOR EACH ROW EXECUTE FUNCTION escalates_by_the_date()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER escalates_by_the_date ON "escalations"`);
    await runner.query('DROP FUNCTION escalates_by_the_date()');
    await runner.query(`ALTER TABLE "actions" DROP CONSTRAINT "actions_due"`);
  }
}
