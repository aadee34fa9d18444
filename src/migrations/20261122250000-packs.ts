import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The check of a meeting's papers before they go out, and their recall. */
export class Packs20261122250000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "pre_flights" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "edition" integer NOT NULL,
      "recipients" jsonb NOT NULL,
      "named" jsonb NOT NULL,
      "basis" jsonb NOT NULL,
      "needs_second_approval" boolean NOT NULL,
      "made_by_id" uuid NOT NULL,
      "approved_by_id" uuid,
      "approved_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "pre_flights_meeting_id_edition_key" UNIQUE ("meeting_id", "edition"),
      CONSTRAINT "pre_flights_edition" CHECK (edition >= 1),
      CONSTRAINT "pre_flights_approved" CHECK ((approved_by_id IS NULL) = (approved_at IS NULL)),
      CONSTRAINT "pre_flights_second_approval" CHECK (NOT needs_second_approval OR approved_by_id IS NULL OR approved_by_id <> made_by_id),
      CONSTRAINT "pre_flights_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "pre_flights_meeting_id_panel_id_fkey" FOREIGN KEY ("meeting_id", "panel_id") REFERENCES "meetings"("id", "panel_id"),
      CONSTRAINT "pre_flights_made_by_id_fkey" FOREIGN KEY ("made_by_id") REFERENCES "practitioners"("id"),
      CONSTRAINT "pre_flights_approved_by_id_fkey" FOREIGN KEY ("approved_by_id") REFERENCES "practitioners"("id"),
      CONSTRAINT "pre_flights_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE TABLE "pack_recalls" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "listing_id" uuid,
      "case_id" uuid,
      "edition" integer NOT NULL,
      "reason" text NOT NULL,
      "made_by_id" uuid NOT NULL,
      CONSTRAINT "pack_recalls_edition" CHECK (edition >= 1),
      CONSTRAINT "pack_recalls_item" CHECK ((listing_id IS NULL) = (case_id IS NULL)),
      CONSTRAINT "pack_recalls_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "pack_recalls_meeting_id_panel_id_fkey" FOREIGN KEY ("meeting_id", "panel_id") REFERENCES "meetings"("id", "panel_id"),
      CONSTRAINT "pack_recalls_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id", "panel_id"),
      CONSTRAINT "pack_recalls_listing_id_meeting_id_case_id_fkey" FOREIGN KEY ("listing_id", "meeting_id", "case_id") REFERENCES "listings"("id", "meeting_id", "case_id"),
      CONSTRAINT "pack_recalls_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(
      `CREATE INDEX "pack_recalls_meeting_id_changed_at_id_idx" ON "pack_recalls" ("meeting_id", "changed_at", "id")`,
    );
    for (const table of ['pre_flights', 'pack_recalls']) await runner.query(`SELECT raise_wall('${table}')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "pack_recalls", "pre_flights"');
  }
}
