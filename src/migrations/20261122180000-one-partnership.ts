import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What belongs to a panel stands in the panel's partnership. Until now only the service saw to it; and where such a row
 * stood elsewhere, the second wall took it away from a rule that asks for it in order to refuse.
 */
export class OnePartnership20261122180000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of OF_PANELS)
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${ofPanel(table)}" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id") NOT VALID`,
      );
    for (const table of NAMED_THE_PANEL)
      await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${table}_panel_id_fkey"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of NAMED_THE_PANEL)
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_panel_id_fkey" FOREIGN KEY ("panel_id") REFERENCES "panels"("id") NOT VALID`,
      );
    for (const table of OF_PANELS) await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${ofPanel(table)}"`);
  }
}

/** The same, held for the rows of before: apart, so that no table is locked while they are read. */
export class OnePartnershipHeld20261122181000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of OF_PANELS) await runner.query(`ALTER TABLE "${table}" VALIDATE CONSTRAINT "${ofPanel(table)}"`);
  }

  async down(): Promise<void> {
    // nothing was made
  }
}

const ofPanel = (table: string): string => `${table}_panel_id_partnership_id_fkey`;
const NAMED_THE_PANEL = ['cases', 'referrals'];
const OF_PANELS = [
  ...NAMED_THE_PANEL,
  'case_people',
  'contributions',
  'assessments',
  'release_requests',
  'listings',
  'invitations',
  'attendances',
  'decisions',
  'minutes',
  'plans',
  'actions',
  'action_notes',
  'referral_people',
  'referral_decisions',
  'referral_screenings',
  'referral_subjects',
];
