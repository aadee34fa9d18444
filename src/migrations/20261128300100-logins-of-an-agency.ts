import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A login is unique in its agency: whether it is registered elsewhere must not show in an answer. */
export class LoginsOfAnAgency20261128300100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "practitioners" ADD CONSTRAINT "practitioners_agency_id_issuer_subject_key" UNIQUE ("agency_id", "issuer", "subject")`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "practitioners_issuer_subject_idx" ON "practitioners" ("issuer", "subject")`);
    await runner.query(`ALTER TABLE "practitioners" DROP CONSTRAINT "practitioners_issuer_subject_key"`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "practitioners" ADD CONSTRAINT "practitioners_issuer_subject_key" UNIQUE ("issuer", "subject")`,
    );
    await runner.query(`DROP INDEX "practitioners_issuer_subject_idx"`);
    await runner.query(`ALTER TABLE "practitioners" DROP CONSTRAINT "practitioners_agency_id_issuer_subject_key"`);
  }
}
