import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The referral in which a disclosed record stands, and the case of an exclusion: who is excluded from either does not read who received
 * it. Old rows whose record is gone stay without. There are some thousand rows: filling takes milliseconds.
 */
export class ReferralsOfDisclosures20261128591000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "disclosures" ADD "referral_id" uuid`);
    await runner.query(`UPDATE "disclosures" SET "referral_id" = "record_id"
      WHERE "record_type" IN ('Referral', 'ReferralScreening')`);
    for (const [type, table] of IN_A_REFERRAL)
      await runner.query(`UPDATE "disclosures" d SET "referral_id" = r."referral_id" FROM "${table}" r
        WHERE d."record_type" = '${type}' AND d."record_id" = r."id"`);
    await runner.query(`UPDATE "disclosures" d SET "case_id" = e."case_id" FROM "exclusions" e
      WHERE d."record_type" = 'Exclusion' AND d."record_id" = e."id" AND d."case_id" IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "disclosures" DROP COLUMN "referral_id"`);
  }
}

const IN_A_REFERRAL: [type: string, table: string][] = [
  ['ReferralDecision', 'referral_decisions'],
  ['ReferralPerson', 'referral_people'],
  ['ReferralPersonCorrection', 'referral_person_corrections'],
  ['ReferralSubject', 'referral_subjects'],
];
