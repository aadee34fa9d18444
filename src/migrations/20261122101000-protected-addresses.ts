import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Protected addresses stand apart from the person; a repeated call is shown no more than may still be read. */
export class ProtectedAddresses20261122101000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE "protected_addresses" ("id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "agency_id" uuid NOT NULL, "contributing_type" text NOT NULL, "author_id" uuid NOT NULL, "person_id" uuid NOT NULL, "kind" text NOT NULL, "address" text NOT NULL, CONSTRAINT "CHK_7c05e2aeaf0853208933816bc1" CHECK (kind IN ('refuge', 'restricted')), CONSTRAINT "protected_addresses_pkey" PRIMARY KEY ("id"),
        CONSTRAINT "protected_addresses_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id"),
        CONSTRAINT "protected_addresses_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id"),
        CONSTRAINT "protected_addresses_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id"))`,
    );
    await runner.query(`CREATE INDEX "protected_addresses_person_id_idx" ON "protected_addresses" ("person_id")`);
    await runner.query(
      `INSERT INTO protected_addresses (id, version, made_at, changed_at, partnership_id, agency_id, contributing_type, author_id, person_id, kind, address)
       SELECT gen_random_uuid(), 1, changed_at, changed_at, partnership_id, agency_id, contributing_type, author_id, id, 'restricted', protected_address
       FROM persons WHERE protected_address IS NOT NULL`,
    );
    // services of the release before must not run any more: they would write the address where it is no longer looked for
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "persons" DROP COLUMN "protected_address"`);
    await runner.query(`ALTER TABLE "idempotent_replies" ADD "view" text, ADD "record_id" uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "idempotent_replies" DROP COLUMN "view", DROP COLUMN "record_id"`);
    await runner.query(`ALTER TABLE "persons" ADD "protected_address" text`);
    await runner.query(
      `UPDATE persons p SET protected_address = a.address FROM protected_addresses a WHERE a.person_id = p.id`,
    );
    await runner.query(`DROP TABLE "protected_addresses"`);
  }
}
