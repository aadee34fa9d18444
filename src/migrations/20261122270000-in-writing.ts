import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A panel may sit in writing. There are some hundred meetings: checking them takes milliseconds. */
export class InWriting20261122270000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return kinds(runner, `'ordinary', 'emergency', 'written'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE "meetings" SET "kind" = 'ordinary' WHERE "kind" = 'written'`);
    await kinds(runner, `'ordinary', 'emergency'`);
  }
}

async function kinds(runner: QueryRunner, among: string): Promise<void> {
  await runner.query(`ALTER TABLE "meetings" DROP CONSTRAINT "meetings_kind"`);
  await runner.query(`-- squawk-ignore constraint-missing-not-valid
    ALTER TABLE "meetings" ADD CONSTRAINT "meetings_kind" CHECK (kind IN (${among}))`);
}
