import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a meeting is before it is held: papers out, in session; its deadlines, its planned end, and why it was cancelled. There
 * are some hundred meetings: checking them takes milliseconds.
 */
export class CourseOfMeetings20261122190000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "meetings" DROP CONSTRAINT "CHK_6736a12e943e5f181bda0ece08"`);
    await runner.query(`ALTER TABLE "meetings"
      ADD "ends_at" TIMESTAMP WITH TIME ZONE, ADD "kind" text NOT NULL DEFAULT 'ordinary', ADD "cancel_reason" text,
      ADD "referrals_due_on" date, ADD "papers_due_on" date, ADD "bids_due_on" date, ADD "research_due_on" date,
      ADD "minutes_due_on" date, ADD "agenda_edition" integer NOT NULL DEFAULT 0, ADD "circulated_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`UPDATE "meetings" SET "cancel_reason" = 'Not recorded.' WHERE "status" = 'cancelled'`);
    for (const [name, check] of CHECKS)
      await runner.query(`${FEW_ROWS}ALTER TABLE "meetings" ADD CONSTRAINT "${name}" CHECK (${check})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of CHECKS) await runner.query(`ALTER TABLE "meetings" DROP CONSTRAINT "${name}"`);
    await runner.query(`UPDATE "meetings" SET "status" = 'scheduled' WHERE "status" IN ('papers_out', 'in_session')`);
    await runner.query(`ALTER TABLE "meetings"
      DROP "ends_at", DROP "kind", DROP "cancel_reason", DROP "referrals_due_on", DROP "papers_due_on", DROP "bids_due_on",
      DROP "research_due_on", DROP "minutes_due_on", DROP "agenda_edition", DROP "circulated_at"`);
    await runner.query(`ALTER TABLE "meetings" ADD CONSTRAINT "CHK_6736a12e943e5f181bda0ece08"
      CHECK (status IN ('scheduled', 'held', 'cancelled'))`);
  }
}

const FEW_ROWS = '-- squawk-ignore constraint-missing-not-valid\n';

const CHECKS: [name: string, check: string][] = [
  ['meetings_status', `status IN ('scheduled', 'papers_out', 'in_session', 'held', 'cancelled')`],
  ['meetings_kind', `kind IN ('ordinary', 'emergency')`],
  ['meetings_end', 'ends_at > scheduled_at'],
  ['meetings_cancelled', `(status = 'cancelled') = (cancel_reason IS NOT NULL)`],
  ['meetings_circulated', '(agenda_edition = 0) = (circulated_at IS NULL) AND agenda_edition >= 0'],
];
