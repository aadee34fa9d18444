import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who received what of another agency's content. */
export class Disclosures20261122125000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "disclosures" ("id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "panel_id" uuid, "case_id" uuid, "person_id" uuid, "record_type" text NOT NULL, "record_id" uuid NOT NULL, "record_version" integer NOT NULL, "origin_agency_id" uuid NOT NULL, "recipient_agency_id" uuid NOT NULL, "purpose" text NOT NULL, "day" date NOT NULL, "at" TIMESTAMP WITH TIME ZONE NOT NULL, "fields" text array NOT NULL, "agreement_version_ids" uuid array NOT NULL, "tidings" text, "tidings_since" TIMESTAMP WITH TIME ZONE, "told_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "disclosures_once_a_day" UNIQUE ("record_type", "record_id", "record_version", "recipient_agency_id", "purpose", "day", "fields"), CONSTRAINT "CHK_07e17f6eeb115d839289f76bac" CHECK (told_at IS NULL OR tidings IS NOT NULL), CONSTRAINT "CHK_2534de4563577aa2cb835023c1" CHECK ((tidings IS NULL) = (tidings_since IS NULL)), CONSTRAINT "CHK_b44b17b2405d7b50fe224633a8" CHECK (tidings IN ('correction', 'recall')), CONSTRAINT "disclosures_pkey" PRIMARY KEY ("id"))`,
    );
    await runner.query(
      `CREATE INDEX "disclosures_partnership_id_at_id_idx" ON "disclosures"  ("partnership_id", "at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "disclosures_origin_agency_id_at_id_idx" ON "disclosures"  ("origin_agency_id", "at", "id")`,
    );
    await runner.query(`CREATE INDEX "disclosures_panel_id_at_id_idx" ON "disclosures"  ("panel_id", "at", "id")`);
    await runner.query(`CREATE INDEX "disclosures_person_id_at_id_idx" ON "disclosures"  ("person_id", "at", "id")`);
    await runner.query(`CREATE INDEX "disclosures_case_id_at_id_idx" ON "disclosures"  ("case_id", "at", "id")`);
    await runner.query(`CREATE INDEX "disclosures_record_id_idx" ON "disclosures"  ("record_id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "disclosures"`);
  }
}
