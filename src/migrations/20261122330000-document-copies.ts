import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who opened which copy of a document, written with the log's own entry and kept apart from it. */
export class DocumentCopies20261122330000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "document_copies" (
      "id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "panel_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL, "document" text NOT NULL, "reader_id" uuid NOT NULL, "agency_id" uuid NOT NULL,
      "opened_at" TIMESTAMP WITH TIME ZONE NOT NULL, "listing_ids" uuid array NOT NULL,
      CONSTRAINT "document_copies_document" CHECK (document IN ('pack', 'minutes')),
      CONSTRAINT "document_copies_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "document_copies_meeting_id_fkey" FOREIGN KEY ("meeting_id") REFERENCES "meetings"("id"),
      CONSTRAINT "document_copies_panel_id_partnership_id_fkey"
        FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"))`);
    for (const column of ['meeting', 'panel'])
      await runner.query(
        `CREATE INDEX "document_copies_${column}_id_changed_at_id_idx" ON "document_copies" ("${column}_id", "changed_at", "id")`,
      );
    await runner.query(`SELECT raise_wall('document_copies')`);
    // whoever writes the log writes for others than themselves
    await runner.query(
      `CREATE POLICY journal ON "document_copies" FOR INSERT WITH CHECK (nullif(current_setting('app.actor', true), '') IS NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "document_copies"`);
  }
}
