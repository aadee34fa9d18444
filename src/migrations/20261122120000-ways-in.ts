import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Exclusions by name, access requests and emergency access; conditions, releases and recalls of contributions.
 *
 * Constraints of tables that were there before are not validated: their new columns are empty, so that every row meets
 * them. The indexes and the one NOT NULL are of small tables, which are written to by hand.
 */
export class WaysIn20261122120000 implements MigrationInterface {
  readonly name = 'WaysIn20261122120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" DROP CONSTRAINT "CHK_8746f5bde8027814326d6c91e6"`);
    await runner.query(`ALTER TABLE "practitioners" ADD "name_key" text`);
    await runner.query(`ALTER TABLE "contributions" ADD "originator_control" boolean NOT NULL DEFAULT false`);
    await runner.query(`ALTER TABLE "contributions" ADD "recalled_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "contributions" ADD "recall_reason" text`);
    await runner.query(`ALTER TABLE "exclusions" ADD "name" text`);
    await runner.query(`ALTER TABLE "exclusions" ADD "name_key" text`);
    await runner.query(`ALTER TABLE "exclusions" ADD "panel_id" uuid`);
    await runner.query(`ALTER TABLE "exclusions" ADD "declared" boolean NOT NULL DEFAULT false`);
    await runner.query(`ALTER TABLE "exclusions" ADD "made_by_id" uuid`);
    await runner.query(`ALTER TABLE "exclusions" ADD "made_by_agency_id" uuid`);
    await runner.query(`ALTER TABLE "exclusions" ADD "made_by_agency_type" text`);
    await runner.query(`ALTER TABLE "exclusions" ADD "ended_by_id" uuid`);
    await runner.query(`ALTER TABLE "exclusions" ADD "end_reason" text`);
    await fillNameKeys(runner);
    await runner.query(`-- squawk-ignore adding-not-nullable-field
      ALTER TABLE "practitioners" ALTER COLUMN "name_key" SET NOT NULL`);
    await runner.query(`UPDATE "exclusions" e SET "panel_id" = c."panel_id" FROM "cases" c WHERE c."id" = e."case_id"`);
    await runner.query(`CREATE TABLE "emergency_accesses" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "reason_code" text NOT NULL,
      "reason" text NOT NULL,
      "opened_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "ended_at" TIMESTAMP WITH TIME ZONE,
      "review_due_on" date NOT NULL,
      "outcome" text,
      "review_note" text,
      "reviewed_by_id" uuid,
      "reviewed_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "emergency_accesses_review" CHECK (num_nonnulls(outcome, review_note, reviewed_by_id, reviewed_at) IN (0, 4) AND reviewed_by_id <> practitioner_id AND outcome IN ('justified', 'unjustified', 'training', 'escalated')),
      CONSTRAINT "emergency_accesses_ending" CHECK (ended_at IS NULL OR ended_at >= opened_at),
      CONSTRAINT "emergency_accesses_hour" CHECK (expires_at > opened_at AND expires_at - opened_at <= interval '60 minutes'),
      CONSTRAINT "emergency_accesses_reason" CHECK (reason_code IN ('imminent_harm', 'court_order', 'statutory_duty', 'missing_person', 'other') AND char_length(reason) >= 20),
      CONSTRAINT "emergency_accesses_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE TABLE "access_requests" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "practitioner_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "asked" text NOT NULL,
      "case_id" uuid,
      "reason" text NOT NULL,
      "purpose" text NOT NULL,
      "status" text NOT NULL DEFAULT 'submitted',
      "grant_id" uuid,
      CONSTRAINT "access_requests_case" CHECK (status IN ('submitted', 'withdrawn') OR case_id IS NOT NULL),
      CONSTRAINT "access_requests_grant" CHECK ((grant_id IS NOT NULL) = (status IN ('approved', 'revoked'))),
      CONSTRAINT "access_requests_status" CHECK (status IN ('submitted', 'approved', 'refused', 'withdrawn', 'revoked')),
      CONSTRAINT "access_requests_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE TABLE "access_decisions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "access_request_id" uuid NOT NULL,
      "kind" text NOT NULL,
      "reason" text,
      "decided_by_id" uuid NOT NULL,
      "told" boolean NOT NULL,
      CONSTRAINT "access_decisions_access_request_id_kind_key" UNIQUE ("access_request_id", "kind"),
      CONSTRAINT "access_decisions_told" CHECK (told OR kind = 'refusal'),
      CONSTRAINT "access_decisions_reason" CHECK (kind <> 'refusal' OR reason IS NOT NULL),
      CONSTRAINT "access_decisions_kind" CHECK (kind IN ('approval', 'refusal', 'revocation')),
      CONSTRAINT "access_decisions_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE TABLE "handling_acknowledgements" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "contribution_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL,
      "acknowledged_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "voided_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "CHK_41ba83b423c3487fafeae598c9" CHECK (voided_at IS NULL OR voided_at >= acknowledged_at),
      CONSTRAINT "handling_acknowledgements_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE TABLE "release_requests" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "contribution_id" uuid NOT NULL,
      "originator_agency_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL,
      "released_to" text NOT NULL,
      "reason" text NOT NULL,
      "status" text NOT NULL DEFAULT 'submitted',
      "expires_at" TIMESTAMP WITH TIME ZONE,
      "refusal_reason" text,
      "decided_by_id" uuid,
      "decided_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "release_requests_refused" CHECK ((status = 'refused') = (refusal_reason IS NOT NULL)),
      CONSTRAINT "release_requests_decided" CHECK ((status = 'submitted') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)),
      CONSTRAINT "release_requests_end" CHECK ((expires_at IS NOT NULL) = (status IN ('approved', 'revoked'))),
      CONSTRAINT "release_requests_to" CHECK (released_to IN ('agency', 'person')),
      CONSTRAINT "release_requests_status" CHECK (status IN ('submitted', 'approved', 'refused', 'revoked')),
      CONSTRAINT "release_requests_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE INDEX "emergency_accesses_case_id_idx" ON "emergency_accesses" ("case_id")`);
    await runner.query(`CREATE INDEX "emergency_accesses_panel_id_idx" ON "emergency_accesses" ("panel_id")`);
    await runner.query(
      `CREATE INDEX "emergency_accesses_practitioner_id_expires_at_idx" ON "emergency_accesses" ("practitioner_id", "expires_at")`,
    );
    await runner.query(`CREATE INDEX "access_requests_case_id_idx" ON "access_requests" ("case_id")`);
    await runner.query(
      `CREATE UNIQUE INDEX "access_requests_practitioner_id_asked_idx" ON "access_requests" ("practitioner_id", "asked") WHERE status = 'submitted'`,
    );
    await runner.query(
      `CREATE INDEX "access_requests_practitioner_id_changed_at_id_idx" ON "access_requests" ("practitioner_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX "handling_acknowledgements_contribution_id_practitioner_id_idx" ON "handling_acknowledgements" ("contribution_id", "practitioner_id") WHERE voided_at IS NULL`,
    );
    await runner.query(
      `CREATE UNIQUE INDEX "release_requests_contribution_id_agency_id_practitioner_id_idx" ON "release_requests" ("contribution_id", "agency_id", "practitioner_id") WHERE status = 'submitted'`,
    );
    await runner.query(
      `CREATE INDEX "release_requests_originator_agency_id_changed_at_id_idx" ON "release_requests" ("originator_agency_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "release_requests_agency_id_changed_at_id_idx" ON "release_requests" ("agency_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "release_requests_contribution_id_changed_at_id_idx" ON "release_requests" ("contribution_id", "changed_at", "id")`,
    );
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "practitioners_name_key_idx" ON "practitioners" ("name_key")`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "exclusions_name_key_idx" ON "exclusions" ("name_key")`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "exclusions_case_id_idx" ON "exclusions" ("case_id")`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "exclusions_person_id_idx" ON "exclusions" ("person_id")`);
    await runner.query(`-- squawk-ignore require-concurrent-index-creation
      CREATE INDEX "exclusions_panel_id_idx" ON "exclusions" ("panel_id")`);
    await runner.query(
      `ALTER TABLE "contributions" ADD CONSTRAINT "contributions_recall" CHECK ((recalled_at IS NULL) = (recall_reason IS NULL)) NOT VALID`,
    );
    await runner.query(
      `ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_ending" CHECK ((ended_by_id IS NULL) = (end_reason IS NULL) AND (ended_by_id IS NULL OR until IS NOT NULL)) NOT VALID`,
    );
    await runner.query(
      `ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_whom" CHECK (num_nonnulls(practitioner_id, agency_id, name_key) = 1 AND (name IS NULL) = (name_key IS NULL)) NOT VALID`,
    );
    await runner.query(
      `ALTER TABLE "emergency_accesses" ADD CONSTRAINT "emergency_accesses_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "emergency_accesses" ADD CONSTRAINT "emergency_accesses_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_case_id_fkey" FOREIGN KEY ("case_id") REFERENCES "cases"("id")`,
    );
    await runner.query(
      `ALTER TABLE "access_requests" ADD CONSTRAINT "access_requests_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "access_grants"("id")`,
    );
    await runner.query(
      `ALTER TABLE "access_decisions" ADD CONSTRAINT "access_decisions_access_request_id_fkey" FOREIGN KEY ("access_request_id") REFERENCES "access_requests"("id")`,
    );
    await runner.query(
      `ALTER TABLE "handling_acknowledgements" ADD CONSTRAINT "handling_acknowledgements_contribution_id_fkey" FOREIGN KEY ("contribution_id") REFERENCES "contributions"("id")`,
    );
    await runner.query(
      `ALTER TABLE "handling_acknowledgements" ADD CONSTRAINT "handling_acknowledgements_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "release_requests" ADD CONSTRAINT "release_requests_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "release_requests" ADD CONSTRAINT "release_requests_contribution_id_fkey" FOREIGN KEY ("contribution_id") REFERENCES "contributions"("id")`,
    );
    await runner.query(
      `ALTER TABLE "release_requests" ADD CONSTRAINT "release_requests_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "release_requests" ADD CONSTRAINT "release_requests_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE "emergency_accesses", "access_decisions", "access_requests", "handling_acknowledgements", "release_requests"`,
    );
    await runner.query(
      `ALTER TABLE "contributions" DROP COLUMN "originator_control", DROP COLUMN "recalled_at", DROP COLUMN "recall_reason"`,
    );
    // an exclusion by name cannot be kept in the shape before; one that is dropped would open a case unseen
    await runner.query(
      `ALTER TABLE "exclusions" DROP CONSTRAINT "exclusions_ending", DROP CONSTRAINT "exclusions_whom"`,
    );
    await runner.query(
      `ALTER TABLE "exclusions" ADD CONSTRAINT "CHK_8746f5bde8027814326d6c91e6" CHECK ((practitioner_id IS NULL) <> (agency_id IS NULL))`,
    );
    await runner.query(
      `ALTER TABLE "exclusions" DROP COLUMN "name", DROP COLUMN "name_key", DROP COLUMN "panel_id", DROP COLUMN "declared",
         DROP COLUMN "made_by_id", DROP COLUMN "made_by_agency_id", DROP COLUMN "made_by_agency_type", DROP COLUMN "ended_by_id",
         DROP COLUMN "end_reason"`,
    );
    await runner.query(`DROP INDEX "exclusions_case_id_idx", "exclusions_person_id_idx"`);
    await runner.query(`ALTER TABLE "practitioners" DROP COLUMN "name_key"`);
  }
}

const TITLES = new Set(
  'mr mrs ms miss mx dr prof rev cllr sir dame pc dc ps sgt ds insp di ci dci supt dsu cs pcso'.split(' '),
);

/** The key of every name there is, as the service of this version makes it. */
async function fillNameKeys(runner: QueryRunner): Promise<void> {
  const people = (await runner.query(`SELECT "id", "name" FROM "practitioners"`)) as { id: string; name: string }[];
  for (const { id, name } of people)
    await runner.query(`UPDATE "practitioners" SET "name_key" = $1 WHERE "id" = $2`, [keyOf(name), id]);
}

function keyOf(name: string): string {
  const [family, given] = name.split(',', 2) as [string, string?];
  const words = (given?.trim() ? `${given} ${family}` : name).trim().split(/\s+/);
  while (words.length > 2 && TITLES.has((words[0] ?? '').replace(/\.$/, '').toLowerCase())) words.shift();
  const letters = words
    .join(' ')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return letters || name;
}
