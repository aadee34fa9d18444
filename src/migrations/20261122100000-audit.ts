import type { MigrationInterface, QueryRunner } from 'typeorm';

const OLD_TABLE = `
    CREATE TABLE "audit_entries" (
      "id" uuid NOT NULL,
      "at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "operation" text NOT NULL,
      "action" text NOT NULL,
      "outcome" text NOT NULL,
      "rule" text,
      "actor_kind" text NOT NULL,
      "actor_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "purpose" text NOT NULL,
      "subject_type" text NOT NULL,
      "record_ids" uuid array NOT NULL,
      "fields" text array NOT NULL,
      "withheld" text array NOT NULL,
      "agreement_version_ids" uuid array NOT NULL,
      "route" text NOT NULL,
      "correlation_id" text NOT NULL,
      CONSTRAINT "CHK_e0d65101b066bc655327f54d78" CHECK (outcome IN ('permit', 'refuse')),
      CONSTRAINT "CHK_d76a30048ac667f8338a39d167" CHECK (operation IN ('collect', 'alter', 'consult', 'disclose', 'combine', 'erase')),
      CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
    )`;

/**
 * The log becomes a tree with signed checkpoints. Entries written before cannot be put under a signature afterwards: where
 * there are any, their table is set aside, whole, in the schema `before_sealing`, which the service's role cannot reach.
 */
export class Audit20261122100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
    DO $$ BEGIN
      IF EXISTS (SELECT FROM audit_entries) THEN
        CREATE SCHEMA before_sealing;
        ALTER TABLE audit_entries SET SCHEMA before_sealing;
      ELSE
        DROP TABLE audit_entries;
      END IF;
    END $$`);
    await runner.query(`
    CREATE TABLE "audit_checkpoints" (
      "id" uuid NOT NULL,
      "size" bigint NOT NULL,
      "root" text NOT NULL,
      "frontier" bytea NOT NULL,
      "time" TIMESTAMP WITH TIME ZONE NOT NULL,
      "key_id" text NOT NULL,
      "signature" text NOT NULL,
      CONSTRAINT "CHK_d1db7eb1c142efdaf635619a9a" CHECK (size > 0),
      CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE UNIQUE INDEX "audit_checkpoints_size_idx" ON "audit_checkpoints" ("size")`);
    await runner.query(`CREATE INDEX "audit_checkpoints_time_id_idx" ON "audit_checkpoints" ("time", "id")`);
    await runner.query(`
    CREATE TABLE "audit_entries" (
      "id" uuid NOT NULL,
      "index" bigint NOT NULL,
      "at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "recorded_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "operation" text NOT NULL,
      "sub_operation" text NOT NULL,
      "action" text NOT NULL,
      "outcome" text NOT NULL,
      "rule" text,
      "actor_kind" text NOT NULL,
      "actor_id" uuid,
      "agency_id" uuid,
      "principal" text,
      "recipient_agency_id" uuid,
      "purpose" text,
      "partnership_id" uuid,
      "subject_type" text NOT NULL,
      "record_ids" uuid array,
      "person_ids" uuid array,
      "search" text,
      "reason" text,
      "result_count" integer NOT NULL,
      "fields" text array NOT NULL,
      "withheld" text array NOT NULL,
      "agreement_version_ids" uuid array NOT NULL,
      "policy_version" text NOT NULL,
      "route" text NOT NULL,
      "correlation_id" text NOT NULL,
      "commitments" jsonb NOT NULL,
      "salts" jsonb NOT NULL,
      "nodes" bytea NOT NULL,
      CONSTRAINT "CHK_5e1c06ab3ad51a6b6660291186" CHECK (index >= 0),
      CONSTRAINT "CHK_498098189b870ede5625f65760" CHECK ((actor_kind = 'unknown') = (actor_id IS NULL) AND (actor_kind = 'unknown') = (principal IS NOT NULL)),
      CONSTRAINT "CHK_e0d65101b066bc655327f54d78" CHECK (outcome IN ('permit', 'refuse')),
      CONSTRAINT "CHK_d76a30048ac667f8338a39d167" CHECK (operation IN ('collect', 'alter', 'consult', 'disclose', 'combine', 'erase')),
      CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE UNIQUE INDEX "audit_entries_index_idx" ON "audit_entries" ("index")`);
    await runner.query(`CREATE INDEX "audit_entries_actor_id_idx" ON "audit_entries" ("actor_id")`);
    await runner.query(
      `CREATE INDEX "audit_entries_partnership_id_at_id_idx" ON "audit_entries" ("partnership_id", "at", "id")`,
    );
    await runner.query(`CREATE INDEX "audit_entries_at_id_idx" ON "audit_entries" ("at", "id")`);
    // Nothing is ever changed or deleted, whoever tries; but a personal value may go, together with its salt.
    await runner.query(`
    CREATE FUNCTION "refuse_change_of_audit"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
      erasable CONSTANT text[] := ARRAY['record_ids', 'person_ids', 'search', 'reason', 'salts'];
    BEGIN
      IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entries' THEN
        IF to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable
          AND (NEW.record_ids IS NULL OR NEW.record_ids = OLD.record_ids)
          AND (NEW.person_ids IS NULL OR NEW.person_ids = OLD.person_ids)
          AND (NEW.search IS NULL OR NEW.search = OLD.search)
          AND (NEW.reason IS NULL OR NEW.reason = OLD.reason)
          AND OLD.salts @> NEW.salts
        THEN RETURN NEW; END IF;
      END IF;
      RAISE EXCEPTION 'the audit log may only grow' USING ERRCODE = 'insufficient_privilege';
    END $$`);
    for (const table of ['audit_entries', 'audit_checkpoints']) {
      await runner.query(
        `CREATE TRIGGER "${table}_only_grow" BEFORE UPDATE OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_audit"()`,
      );
      await runner.query(
        `CREATE TRIGGER "${table}_stay" BEFORE TRUNCATE ON "${table}" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change_of_audit"()`,
      );
    }
    await runner.query(`
    CREATE FUNCTION "erase_from_audit"(entry uuid, field text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      member CONSTANT text := CASE field WHEN 'record_ids' THEN 'recordIds' WHEN 'person_ids' THEN 'personIds' ELSE field END;
      before CONSTANT text := coalesce(current_setting('app.maintenance', true), '');
      done boolean;
    BEGIN
      -- row-level security binds the owner, too
      PERFORM set_config('app.maintenance', 'on', true);
      IF member NOT IN ('recordIds', 'personIds', 'search', 'reason') THEN
        RAISE EXCEPTION 'only recordIds, personIds, search and reason can be erased from the audit log' USING ERRCODE = 'invalid_parameter_value';
      END IF;
      UPDATE public.audit_entries e SET
        record_ids = CASE WHEN member = 'recordIds' THEN NULL ELSE e.record_ids END,
        person_ids = CASE WHEN member = 'personIds' THEN NULL ELSE e.person_ids END,
        search = CASE WHEN member = 'search' THEN NULL ELSE e.search END,
        reason = CASE WHEN member = 'reason' THEN NULL ELSE e.reason END,
        salts = e.salts - member
      WHERE e.id = entry AND e.salts ? member;
      done := FOUND;
      PERFORM set_config('app.maintenance', before, true);
      RETURN done;
    END $$`);
    await runner.query(`REVOKE ALL ON FUNCTION "erase_from_audit"(uuid, text) FROM PUBLIC`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION "erase_from_audit"(uuid, text)`);
    await runner.query(`DROP TABLE "audit_entries", "audit_checkpoints"`);
    await runner.query(`DROP FUNCTION "refuse_change_of_audit"()`);
    await runner.query(OLD_TABLE);
    await runner.query(`CREATE INDEX "audit_entries_actor_id_idx" ON "audit_entries" ("actor_id")`);
    await runner.query(`CREATE INDEX "audit_entries_at_id_idx" ON "audit_entries" ("at", "id")`);
  }
}
