import type { MigrationInterface, QueryRunner } from 'typeorm';

const OF_PROCESS = `"record_type" IN ('Exclusion', 'Recusal', 'CasePersonCorrection', 'ReferralPersonCorrection', 'EmergencyAccess',
  'AccessRequest')`;

/**
 * Removes disclosures of records about the process, which no agency contributed: their own agency need not know of them. Who read them
 * stays in the log. There are some hundred rows.
 */
export class NoDisclosuresOfProcess20261129101000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const rows = `SELECT "id" FROM "disclosures" WHERE ${OF_PROCESS}`;
    await runner.query(`DELETE FROM "disclosure_revisions" WHERE "disclosure_id" IN (${rows})`);
    await runner.query(`DELETE FROM "notices" WHERE "kind" = 'recipient_to_tell' AND "subject_id" IN (${rows})`);
    await runner.query(`DELETE FROM "disclosures" WHERE ${OF_PROCESS}`);
  }

  async down(): Promise<void> {
    // the rows are gone; the log has what they said
  }
}
