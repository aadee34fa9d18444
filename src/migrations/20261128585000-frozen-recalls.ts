import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps with a recall of papers when they went out. Of before, the editions of the agenda say it. There are some hundred recalls:
 * reading them takes milliseconds.
 */
export class FrozenRecalls20261128585000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "pack_recalls" ADD "circulated_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`UPDATE "pack_recalls" r SET
      "circulated_at" = coalesce((SELECT e."circulated_at" FROM "agenda_editions" e
        WHERE e."meeting_id" = r."meeting_id" AND e."edition" = r."edition"), r."made_at")`);
    await runner.query(`-- squawk-ignore adding-not-nullable-field
      ALTER TABLE "pack_recalls" ALTER COLUMN "circulated_at" SET NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "pack_recalls" DROP COLUMN "circulated_at"`);
  }
}
