import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps with a recall of papers when they went out and of which cases they were. Of before, the editions of the agenda and the
 * items made until the recall say it. There are some hundred recalls: reading them takes milliseconds.
 */
export class FrozenRecalls20261128585000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "pack_recalls" ADD "circulated_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "pack_recalls" ADD "case_ids" uuid array`);
    await runner.query(`UPDATE "pack_recalls" r SET
      "circulated_at" = coalesce((SELECT e."circulated_at" FROM "agenda_editions" e
        WHERE e."meeting_id" = r."meeting_id" AND e."edition" = r."edition"), r."made_at"),
      "case_ids" = CASE WHEN r."case_id" IS NOT NULL THEN ARRAY[r."case_id"] ELSE ARRAY(SELECT DISTINCT l."case_id"
        FROM "listings" l WHERE l."meeting_id" = r."meeting_id" AND l."made_at" <= r."made_at" ORDER BY 1) END`);
    for (const column of ['circulated_at', 'case_ids'])
      await runner.query(`-- squawk-ignore adding-not-nullable-field
        ALTER TABLE "pack_recalls" ALTER COLUMN "${column}" SET NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of ['case_ids', 'circulated_at'])
      await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "pack_recalls" DROP COLUMN "${column}"`);
  }
}
