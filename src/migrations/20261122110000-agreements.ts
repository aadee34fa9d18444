import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Agreements are drafted, signed, put in force and simulated. What was once in force stays as it was signed, by the
 * database's own hand: its rows, its parties and its dates are held by triggers, whoever writes.
 */
export class Agreements20261122110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
    CREATE TABLE "sharing_simulations" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agreement_id" uuid NOT NULL,
      "version_id" uuid NOT NULL,
      "as_of" date NOT NULL,
      "digest" text NOT NULL,
      "basis" text NOT NULL,
      "changes" jsonb NOT NULL,
      "sample_case_ids" jsonb NOT NULL,
      "rows" jsonb NOT NULL,
      "made_by_id" uuid NOT NULL,
      "signed_by_id" uuid,
      "signed_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "signed_by_who_and_when" CHECK ((signed_by_id IS NULL) = (signed_at IS NULL)),
      CONSTRAINT "sharing_simulations_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "sharing_simulations_agreement_id_fkey" FOREIGN KEY ("agreement_id") REFERENCES "sharing_agreements"("id"),
      CONSTRAINT "sharing_simulations_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "sharing_agreement_versions"("id"),
      CONSTRAINT "sharing_simulations_made_by_id_fkey" FOREIGN KEY ("made_by_id") REFERENCES "practitioners"("id"),
      CONSTRAINT "sharing_simulations_signed_by_id_fkey" FOREIGN KEY ("signed_by_id") REFERENCES "practitioners"("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "sharing_simulations_agreement_id_changed_at_id_idx" ON "sharing_simulations" ("agreement_id", "changed_at", "id")`,
    );

    // the purposes of a version that has none recorded are those of its rows; it was in force from its first day
    await runner.query(`ALTER TABLE "sharing_agreement_versions" ADD "purposes" text array NOT NULL DEFAULT '{}'`);
    await runner.query(`ALTER TABLE "sharing_agreement_versions" ADD "supersedes_id" uuid`);
    await runner.query(`ALTER TABLE "sharing_agreement_versions" ADD "activated_at" TIMESTAMP WITH TIME ZONE`);
    await runner.query(`ALTER TABLE "sharing_agreement_versions" ADD "status_reason" text`);
    await runner.query(`
    UPDATE "sharing_agreement_versions" v SET
      "purposes" = ARRAY(SELECT DISTINCT r."purpose" FROM "sharing_rows" r WHERE r."agreement_version_id" = v."id" ORDER BY 1),
      "activated_at" = CASE WHEN v."status" <> 'draft' THEN v."effective_from"::timestamp AT TIME ZONE 'Europe/London' END
    `);
    await runner.query(`ALTER TABLE "sharing_agreement_versions" ALTER COLUMN "purposes" DROP DEFAULT`);
    await runner.query(`ALTER TABLE "sharing_parties" ADD "role" text NOT NULL DEFAULT 'controller'`);
    await runner.query(`ALTER TABLE "sharing_parties" ADD "signed_by_id" uuid`);

    for (const [table, name, constraint] of CONSTRAINTS) {
      await runner.query(`ALTER TABLE "${table}" ADD CONSTRAINT "${name}" ${constraint} NOT VALID`);
      await runner.query(`${FEW_ROWS}ALTER TABLE "${table}" VALIDATE CONSTRAINT "${name}"`);
    }
    await runner.query(`ALTER TABLE "sharing_rows" DROP CONSTRAINT "gateway_carries_category"`);
    await runner.query(
      `ALTER TABLE "sharing_rows" ADD CONSTRAINT "gateway_carries_category" CHECK (${GATEWAY_CARRIES}) NOT VALID`,
    );
    await runner.query(`${FEW_ROWS}ALTER TABLE "sharing_rows" VALIDATE CONSTRAINT "gateway_carries_category"`);
    await runner.query(`ALTER TABLE "sharing_agreements" DROP CONSTRAINT "sharing_agreements_code_key"`);
    await runner.query(
      `${FEW_ROWS}ALTER TABLE "sharing_agreements" ADD CONSTRAINT "sharing_agreements_partnership_id_code_key" UNIQUE ("partnership_id", "code")`,
    );

    for (const [table, name, events, body] of TRIGGERS) {
      await runner.query(`CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS $held$ ${body} $held$`);
      await runner.query(
        `CREATE TRIGGER "${name}" BEFORE ${events} ON "${table}" FOR EACH ROW EXECUTE FUNCTION "${name}"()`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, name] of TRIGGERS) {
      await runner.query(`DROP TRIGGER "${name}" ON "${table}"`);
      await runner.query(`DROP FUNCTION "${name}"()`);
    }
    await runner.query(`DROP TABLE "sharing_simulations"`);
    for (const [table, name] of CONSTRAINTS) await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`);
    await runner.query(`ALTER TABLE "sharing_rows" DROP CONSTRAINT "gateway_carries_category"`);
    await runner.query(
      `ALTER TABLE "sharing_rows" ADD CONSTRAINT "gateway_carries_category" CHECK (NOT (gateway = 'PCSC_S16' AND (category LIKE 'health%' OR category LIKE 'social_care%' OR category = 'sexual_health' OR contributing_type LIKE 'health%' OR contributing_type LIKE '%social_care')))`,
    );
    await runner.query(`ALTER TABLE "sharing_agreements" DROP CONSTRAINT "sharing_agreements_partnership_id_code_key"`);
    await runner.query(`ALTER TABLE "sharing_agreements" ADD CONSTRAINT "sharing_agreements_code_key" UNIQUE ("code")`);
    await runner.query(
      `ALTER TABLE "sharing_agreement_versions" DROP COLUMN "purposes", DROP COLUMN "supersedes_id", DROP COLUMN "activated_at", DROP COLUMN "status_reason"`,
    );
    await runner.query(`ALTER TABLE "sharing_parties" DROP COLUMN "role", DROP COLUMN "signed_by_id"`);
  }
}

/** Some thousand rows: validating them takes milliseconds. */
const FEW_ROWS = '-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint\n';

const GATEWAY_CARRIES = `NOT (gateway = 'PCSC_S16' AND (category LIKE 'health%' OR category LIKE 'social_care%' OR category IN ('sexual_health', 'substance_use')
     OR contributing_type LIKE 'health%' OR contributing_type LIKE '%social_care' OR contributing_type IN ('substance_misuse', 'any')))`;

const CONSTRAINTS: [table: string, name: string, constraint: string][] = [
  ['sharing_agreement_versions', 'in_force_was_activated', `CHECK (status = 'draft' OR activated_at IS NOT NULL)`],
  [
    'sharing_agreement_versions',
    'sharing_agreement_versions_supersedes_id_fkey',
    `FOREIGN KEY ("supersedes_id") REFERENCES "sharing_agreement_versions"("id")`,
  ],
  ['sharing_parties', 'signed_by_somebody_on_a_day', `CHECK (signed_by_id IS NULL OR signed_on IS NOT NULL)`],
  ['sharing_parties', 'party_role', `CHECK (role IN ('controller', 'joint', 'processor'))`],
  [
    'sharing_parties',
    'sharing_parties_signed_by_id_fkey',
    `FOREIGN KEY ("signed_by_id") REFERENCES "practitioners"("id")`,
  ],
  [
    'sharing_rows',
    'row_names_its_law',
    `CHECK (gateway <> '' AND btrim(lawful_basis) <> '' AND btrim(condition) <> '' AND btrim(retention_class) <> '')`,
  ],
  ['sharing_rows', 'gateway_carries_persons', `CHECK (NOT (gateway = 'CDA_S17A' AND level <> 'none'))`],
  [
    'sharing_agreements',
    'sharing_agreements_partnership_id_fkey',
    `FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
  ],
];

/**
 * The status is read under a lock, so that nothing is written into a draft that is being activated at the same moment.
 * A party may sign later than others, once; nothing else of a version changes but where it stands.
 */
const TRIGGERS: [table: string, name: string, events: string, body: string][] = [
  [
    'sharing_rows',
    'sharing_rows_only_in_drafts',
    'INSERT OR UPDATE OR DELETE',
    `DECLARE standing text;
    BEGIN
      IF TG_OP <> 'INSERT' THEN
        SELECT status INTO standing FROM sharing_agreement_versions WHERE id = OLD.agreement_version_id FOR SHARE;
        IF standing <> 'draft' THEN
          RAISE EXCEPTION 'the rows of a version that is % do not change', standing USING ERRCODE = 'check_violation';
        END IF;
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      SELECT status INTO standing FROM sharing_agreement_versions WHERE id = NEW.agreement_version_id FOR SHARE;
      IF standing <> 'draft' THEN
        RAISE EXCEPTION 'the rows of a version that is % do not change', standing USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END`,
  ],
  [
    'sharing_parties',
    'sharing_parties_only_in_drafts',
    'INSERT OR UPDATE OR DELETE',
    `DECLARE standing text;
    BEGIN
      SELECT status INTO standing FROM sharing_agreement_versions
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.agreement_version_id ELSE OLD.agreement_version_id END FOR SHARE;
      IF standing <> 'draft' AND NOT (TG_OP = 'UPDATE' AND standing <> 'superseded'
          AND OLD.signed_on IS NULL AND NEW.signed_on IS NOT NULL
          AND (NEW.id, NEW.agreement_version_id, NEW.agency_id, NEW.role)
            = (OLD.id, OLD.agreement_version_id, OLD.agency_id, OLD.role)) THEN
        RAISE EXCEPTION 'the parties of a version that is % do not change', standing USING ERRCODE = 'check_violation';
      END IF;
      IF TG_OP = 'UPDATE' AND NEW.agreement_version_id <> OLD.agreement_version_id THEN
        RAISE EXCEPTION 'a party does not move to another version' USING ERRCODE = 'check_violation';
      END IF;
      RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END`,
  ],
  [
    'sharing_agreement_versions',
    'sharing_versions_as_signed',
    'INSERT OR UPDATE OR DELETE',
    `BEGIN
      IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
          RAISE EXCEPTION 'a version begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END IF;
      IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
          RAISE EXCEPTION 'a version that was in force stays' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
      END IF;
      IF OLD.status <> 'draft' AND (NEW.id, NEW.agreement_id, NEW.edition, NEW.purposes, NEW.effective_from, NEW.review_due,
            NEW.expires_on, NEW.activated_at, NEW.made_at)
          IS DISTINCT FROM (OLD.id, OLD.agreement_id, OLD.edition, OLD.purposes, OLD.effective_from, OLD.review_due,
            OLD.expires_on, OLD.activated_at, OLD.made_at) THEN
        RAISE EXCEPTION 'a version that is % does not change', OLD.status USING ERRCODE = 'check_violation';
      END IF;
      IF NEW.status <> OLD.status AND NOT (OLD.status, NEW.status) IN (('draft', 'active'), ('active', 'suspended'),
          ('suspended', 'active'), ('active', 'superseded'), ('suspended', 'superseded')) THEN
        RAISE EXCEPTION 'a version that is % does not become %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
      END IF;
      IF OLD.status = 'draft' AND NEW.status = 'active' AND (SELECT count(*) FROM sharing_parties
          WHERE agreement_version_id = NEW.id AND signed_on IS NOT NULL) < 2 THEN
        RAISE EXCEPTION 'fewer than two parties have signed' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NEW;
    END`,
  ],
  [
    'sharing_simulations',
    'sharing_simulations_as_made',
    'UPDATE OR DELETE',
    `BEGIN
      IF TG_OP = 'UPDATE' AND OLD.signed_at IS NULL AND (NEW.id, NEW.agreement_id, NEW.version_id, NEW.as_of, NEW.digest, NEW.basis,
            NEW.changes, NEW.sample_case_ids, NEW.rows, NEW.made_by_id, NEW.made_at)
          IS NOT DISTINCT FROM (OLD.id, OLD.agreement_id, OLD.version_id, OLD.as_of, OLD.digest, OLD.basis,
            OLD.changes, OLD.sample_case_ids, OLD.rows, OLD.made_by_id, OLD.made_at) THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'a simulation stays as it was made, and is signed once' USING ERRCODE = 'check_violation';
    END`,
  ],
];
