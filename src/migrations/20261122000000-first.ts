import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Everything there is at the beginning. */
export class First20261122000000 implements MigrationInterface {
  readonly name = 'First20261122000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
    CREATE TABLE "partnerships" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "code" text NOT NULL,
      "name" text NOT NULL,
      "kind" text NOT NULL,
      "within_id" uuid,
      CONSTRAINT "partnerships_code_key" UNIQUE ("code"),
      CONSTRAINT "CHK_142f407b059fcf79e531960e86" CHECK (kind IN ('borough', 'bcu')),
      CONSTRAINT "partnerships_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "agencies" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "code" text NOT NULL,
      "name" text NOT NULL,
      "type" text NOT NULL,
      "active" boolean NOT NULL DEFAULT true,
      CONSTRAINT "agencies_code_key" UNIQUE ("code"),
      CONSTRAINT "agencies_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "agency_partnerships" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agency_id" uuid NOT NULL,
      "partnership_id" uuid NOT NULL,
      CONSTRAINT "agency_partnerships_agency_id_partnership_id_key" UNIQUE ("agency_id", "partnership_id"),
      CONSTRAINT "agency_partnerships_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "agency_partnerships_partnership_id_idx" ON "agency_partnerships" ("partnership_id")`,
    );
    await runner.query(`
    CREATE TABLE "practitioners" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agency_id" uuid NOT NULL,
      "name" text NOT NULL,
      "job_title" text NOT NULL,
      "email" text,
      "roles" text array NOT NULL DEFAULT '{}',
      "issuer" text NOT NULL,
      "subject" text NOT NULL,
      "active" boolean NOT NULL DEFAULT true,
      CONSTRAINT "practitioners_issuer_subject_key" UNIQUE ("issuer", "subject"),
      CONSTRAINT "practitioners_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "practitioners_agency_id_idx" ON "practitioners" ("agency_id")`);
    await runner.query(`
    CREATE TABLE "clients" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agency_id" uuid NOT NULL,
      "name" text NOT NULL,
      "issuer" text NOT NULL,
      "client_id" text NOT NULL,
      "scopes" text array NOT NULL DEFAULT '{}',
      "purpose" text NOT NULL,
      "active" boolean NOT NULL DEFAULT true,
      CONSTRAINT "clients_issuer_client_id_key" UNIQUE ("issuer", "client_id"),
      CONSTRAINT "clients_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "clients_agency_id_idx" ON "clients" ("agency_id")`);
    await runner.query(`
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
    )
    `);
    await runner.query(`CREATE INDEX "audit_entries_actor_id_idx" ON "audit_entries" ("actor_id")`);
    await runner.query(`CREATE INDEX "audit_entries_at_id_idx" ON "audit_entries" ("at", "id")`);
    await runner.query(`
    CREATE TABLE "panels" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "code" text NOT NULL,
      "type" text NOT NULL,
      "name" text NOT NULL,
      "reference_prefix" text NOT NULL,
      "mode" text NOT NULL DEFAULT 'meeting',
      "compartment" boolean NOT NULL DEFAULT false,
      CONSTRAINT "panels_id_partnership_id_key" UNIQUE ("id", "partnership_id"),
      CONSTRAINT "panels_code_key" UNIQUE ("code"),
      CONSTRAINT "panels_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "panel_rules" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "panel_id" uuid NOT NULL,
      "edition" integer NOT NULL,
      "effective_from" date NOT NULL,
      "rules" jsonb NOT NULL,
      CONSTRAINT "panel_rules_panel_id_effective_from_key" UNIQUE ("panel_id", "effective_from"),
      CONSTRAINT "panel_rules_panel_id_edition_key" UNIQUE ("panel_id", "edition"),
      CONSTRAINT "panel_rules_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "memberships" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "panel_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL,
      "tier" text NOT NULL,
      "role" text NOT NULL,
      "valid_from" date NOT NULL,
      "valid_to" date,
      CONSTRAINT "memberships_panel_id_practitioner_id_valid_from_key" UNIQUE ("panel_id", "practitioner_id", "valid_from"),
      CONSTRAINT "CHK_85fbe2c5eb19c6dc8c370088b3" CHECK (valid_to IS NULL OR valid_to >= valid_from),
      CONSTRAINT "CHK_23d35a75211489b0068e314273" CHECK (tier = 'core' OR role IN ('member', 'legal_adviser', 'analyst')),
      CONSTRAINT "CHK_ef2f0cfbf827309aa4fa0b9f9d" CHECK (role IN ('chair', 'co_chair', 'coordinator', 'member', 'legal_adviser', 'analyst')),
      CONSTRAINT "CHK_f8c40acd061512f086b743ec7f" CHECK (tier IN ('core', 'flexible', 'observer')),
      CONSTRAINT "memberships_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "memberships_practitioner_id_valid_from_idx" ON "memberships" ("practitioner_id", "valid_from")`,
    );
    await runner.query(`
    CREATE TABLE "persons" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "given_name" text,
      "family_name" text,
      "family_name_key" text,
      "aliases" text array NOT NULL DEFAULT '{}',
      "date_of_birth" date,
      "date_precision" text NOT NULL DEFAULT 'day',
      "sex" text,
      "ethnicity" text,
      "first_language" text,
      "interpreter_needed" boolean,
      "nhs_number" text,
      "phone" text,
      "email" text,
      "safe_contact" text,
      "current_address" text,
      "protected_address" text,
      CONSTRAINT "persons_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "persons_partnership_id_family_name_key_idx" ON "persons" ("partnership_id", "family_name_key")`,
    );
    await runner.query(`
    CREATE TABLE "places" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "kind" text NOT NULL,
      "name" text NOT NULL,
      "address_text" text,
      "uprn" text,
      "postcode" text,
      CONSTRAINT "CHK_f90420d8e69bb43af7ae89ddc0" CHECK (kind IN ('address', 'premises', 'street', 'estate', 'park', 'transport', 'open_space', 'school', 'online_space', 'area')),
      CONSTRAINT "places_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "groups" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "kind" text NOT NULL,
      "name" text NOT NULL,
      "description" text,
      CONSTRAINT "CHK_192da79f0a63af81ef877a294e" CHECK (kind IN ('peer_group', 'youth_group', 'street_population', 'household', 'other')),
      CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "cases" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "subject_kind" text NOT NULL,
      "person_id" uuid,
      "place_id" uuid,
      "group_id" uuid,
      "panel_id" uuid NOT NULL,
      "reference" text NOT NULL,
      "stage" text NOT NULL DEFAULT 'open',
      "category" text NOT NULL,
      "summary" text NOT NULL,
      "why_multi_agency" text,
      "lead_agency_id" uuid NOT NULL,
      "risk_band" text,
      "is_repeat" boolean NOT NULL DEFAULT false,
      "previous_case_id" uuid,
      "next_review_on" date,
      "rules_edition" integer NOT NULL,
      "opened_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "closed_at" TIMESTAMP WITH TIME ZONE,
      "closure_reason" text,
      "outcome" text,
      CONSTRAINT "cases_id_panel_id_key" UNIQUE ("id", "panel_id"),
      CONSTRAINT "cases_reference_key" UNIQUE ("reference"),
      CONSTRAINT "CHK_97956942c9bc06db79b29572e9" CHECK ((stage = 'closed') = (closed_at IS NOT NULL AND closure_reason IS NOT NULL AND outcome IS NOT NULL)),
      CONSTRAINT "CHK_4463c226d4ab9ea0e463f8851a" CHECK (stage IN ('open', 'listed', 'plan_agreed', 'monitoring', 'closed')),
      CONSTRAINT "CHK_e6c19fac98b81d9468b1a7545a" CHECK ((subject_kind LIKE 'person%') = (person_id IS NOT NULL) AND (subject_kind = 'place') = (place_id IS NOT NULL) AND (subject_kind = 'group') = (group_id IS NOT NULL)),
      CONSTRAINT "cases_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "cases_person_id_idx" ON "cases" ("person_id")`);
    await runner.query(`CREATE INDEX "cases_place_id_idx" ON "cases" ("place_id")`);
    await runner.query(`CREATE INDEX "cases_group_id_idx" ON "cases" ("group_id")`);
    await runner.query(`CREATE INDEX "cases_lead_agency_id_idx" ON "cases" ("lead_agency_id")`);
    await runner.query(`CREATE INDEX "cases_panel_id_changed_at_id_idx" ON "cases" ("panel_id", "changed_at", "id")`);
    await runner.query(`
    CREATE TABLE "case_people" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "person_id" uuid NOT NULL,
      "role" text NOT NULL,
      "rationale" text NOT NULL,
      "since" date NOT NULL,
      "until" date,
      CONSTRAINT "case_people_case_id_person_id_role_since_key" UNIQUE ("case_id", "person_id", "role", "since"),
      CONSTRAINT "CHK_507bc94386867ba3fa7793bc18" CHECK (until IS NULL OR until >= since),
      CONSTRAINT "CHK_536cc86f5f61db680a06735041" CHECK (role IN ('victim', 'at_risk', 'suspected_harm_causer', 'both_victim_and_harm_causer', 'perpetrator', 'child', 'complainant', 'witness', 'family', 'carer', 'linked_peer', 'person_of_concern_adult', 'professional')),
      CONSTRAINT "case_people_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "case_people_person_id_idx" ON "case_people" ("person_id")`);
    await runner.query(
      `CREATE INDEX "case_people_case_id_changed_at_id_idx" ON "case_people" ("case_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "contributions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "category" text NOT NULL,
      "kind" text NOT NULL,
      "summary" text NOT NULL,
      "text" text NOT NULL,
      "handling" text NOT NULL DEFAULT 'P',
      "conditions" text,
      "agency_only" boolean NOT NULL DEFAULT false,
      "occurred_on" date,
      "author_id" uuid NOT NULL,
      CONSTRAINT "CHK_cb37a4a4fd39a6a8de85cd07cb" CHECK (handling = 'P' OR conditions IS NOT NULL),
      CONSTRAINT "CHK_a0d757595ca05ff187eb749b5b" CHECK (handling IN ('P', 'C')),
      CONSTRAINT "CHK_313485f216608ea017c54f30bd" CHECK (kind IN ('fact', 'opinion', 'intelligence', 'allegation', 'self_report')),
      CONSTRAINT "contributions_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "contributions_case_id_changed_at_id_idx" ON "contributions" ("case_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "reference_numbers" (
      "prefix" text NOT NULL,
      "year" integer NOT NULL,
      "last" integer NOT NULL,
      CONSTRAINT "reference_numbers_pkey" PRIMARY KEY ("prefix", "year")
    )
    `);
    await runner.query(`
    CREATE TABLE "events" (
      "id" uuid NOT NULL,
      "at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "type" text NOT NULL,
      "subject_type" text NOT NULL,
      "subject_id" uuid NOT NULL,
      "partnership_id" uuid,
      "panel_id" uuid,
      "case_id" uuid,
      "actor_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "category" text,
      "contributing_type" text,
      "agency_only" boolean NOT NULL DEFAULT false,
      "data" jsonb NOT NULL,
      CONSTRAINT "events_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "events_panel_id_at_id_idx" ON "events" ("panel_id", "at", "id")`);
    await runner.query(`CREATE INDEX "events_case_id_at_id_idx" ON "events" ("case_id", "at", "id")`);
    await runner.query(`
    CREATE TABLE "idempotent_replies" (
      "principal_id" uuid NOT NULL,
      "route" text NOT NULL,
      "key" text NOT NULL,
      "fingerprint" text NOT NULL,
      "status" integer NOT NULL,
      "headers" jsonb NOT NULL,
      "body" text NOT NULL,
      "at" TIMESTAMP WITH TIME ZONE NOT NULL,
      CONSTRAINT "CHK_9e80bde4528d99d5018082583c" CHECK (status BETWEEN 200 AND 299),
      CONSTRAINT "idempotent_replies_pkey" PRIMARY KEY ("principal_id", "route", "key")
    )
    `);
    await runner.query(`
    CREATE TABLE "sharing_agreements" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "code" text NOT NULL,
      "title" text NOT NULL,
      "panel_types" text array NOT NULL,
      CONSTRAINT "sharing_agreements_code_key" UNIQUE ("code"),
      CONSTRAINT "sharing_agreements_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "sharing_agreement_versions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agreement_id" uuid NOT NULL,
      "edition" integer NOT NULL,
      "status" text NOT NULL,
      "effective_from" date NOT NULL,
      "review_due" date NOT NULL,
      "expires_on" date NOT NULL,
      CONSTRAINT "sharing_agreement_versions_agreement_id_edition_key" UNIQUE ("agreement_id", "edition"),
      CONSTRAINT "CHK_792290b1dddd36ff95eb7d9c52" CHECK (expires_on > effective_from AND review_due >= effective_from),
      CONSTRAINT "CHK_7ee26d8c9a61e7df7ff8541ec8" CHECK (status IN ('draft', 'active', 'suspended', 'superseded')),
      CONSTRAINT "sharing_agreement_versions_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE UNIQUE INDEX "sharing_agreement_versions_agreement_id_idx" ON "sharing_agreement_versions" ("agreement_id") WHERE status = 'active'`,
    );
    await runner.query(`
    CREATE TABLE "sharing_parties" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agreement_version_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "signed_on" date,
      CONSTRAINT "sharing_parties_agreement_version_id_agency_id_key" UNIQUE ("agreement_version_id", "agency_id"),
      CONSTRAINT "sharing_parties_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "sharing_parties_agency_id_idx" ON "sharing_parties" ("agency_id")`);
    await runner.query(`
    CREATE TABLE "sharing_rows" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "agreement_version_id" uuid NOT NULL,
      "purpose" text NOT NULL,
      "category" text NOT NULL,
      "contributing_type" text NOT NULL,
      "receiving_type" text NOT NULL,
      "level" text NOT NULL,
      "gateway" text NOT NULL,
      "lawful_basis" text NOT NULL,
      "condition" text NOT NULL,
      "onward" text NOT NULL,
      "retention_class" text NOT NULL,
      CONSTRAINT "sharing_rows_agreement_version_id_purpose_category_bb3f5d6b_key" UNIQUE ("agreement_version_id", "purpose", "category", "contributing_type", "receiving_type"),
      CONSTRAINT "gateway_carries_category" CHECK (NOT (gateway = 'PCSC_S16' AND (category LIKE 'health%' OR category LIKE 'social_care%' OR category = 'sexual_health' OR contributing_type LIKE 'health%' OR contributing_type LIKE '%social_care'))),
      CONSTRAINT "CHK_892fee6d7be7f450bc45711507" CHECK (level IN ('none', 'existence', 'summary', 'full')),
      CONSTRAINT "sharing_rows_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "exclusions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "practitioner_id" uuid,
      "agency_id" uuid,
      "case_id" uuid,
      "person_id" uuid,
      "reason" text NOT NULL,
      "since" TIMESTAMP WITH TIME ZONE NOT NULL,
      "until" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "CHK_21caa50d9fdb54db6694138327" CHECK (until IS NULL OR until > since),
      CONSTRAINT "CHK_ae1661692faadba75b919ad70b" CHECK ((case_id IS NULL) <> (person_id IS NULL)),
      CONSTRAINT "CHK_8746f5bde8027814326d6c91e6" CHECK ((practitioner_id IS NULL) <> (agency_id IS NULL)),
      CONSTRAINT "exclusions_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "exclusions_practitioner_id_idx" ON "exclusions" ("practitioner_id")`);
    await runner.query(`CREATE INDEX "exclusions_agency_id_idx" ON "exclusions" ("agency_id")`);
    await runner.query(`
    CREATE TABLE "access_grants" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "granted_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "revoked_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "CHK_1cabc302663ecbc881a8879bf4" CHECK (expires_at > granted_at),
      CONSTRAINT "access_grants_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "access_grants_case_id_idx" ON "access_grants" ("case_id")`);
    await runner.query(
      `CREATE INDEX "access_grants_practitioner_id_case_id_idx" ON "access_grants" ("practitioner_id", "case_id")`,
    );
    await runner.query(
      `ALTER TABLE "partnerships" ADD CONSTRAINT "partnerships_within_id_fkey" FOREIGN KEY ("within_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "agency_partnerships" ADD CONSTRAINT "agency_partnerships_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "agency_partnerships" ADD CONSTRAINT "agency_partnerships_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "practitioners" ADD CONSTRAINT "practitioners_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "clients" ADD CONSTRAINT "clients_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "panels" ADD CONSTRAINT "panels_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "panel_rules" ADD CONSTRAINT "panel_rules_panel_id_fkey" FOREIGN KEY ("panel_id") REFERENCES "panels"("id")`,
    );
    await runner.query(
      `ALTER TABLE "memberships" ADD CONSTRAINT "memberships_panel_id_fkey" FOREIGN KEY ("panel_id") REFERENCES "panels"("id")`,
    );
    await runner.query(
      `ALTER TABLE "memberships" ADD CONSTRAINT "memberships_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "memberships" ADD CONSTRAINT "memberships_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "persons" ADD CONSTRAINT "persons_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "persons" ADD CONSTRAINT "persons_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "places" ADD CONSTRAINT "places_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "places" ADD CONSTRAINT "places_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "groups" ADD CONSTRAINT "groups_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "groups" ADD CONSTRAINT "groups_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_place_id_fkey" FOREIGN KEY ("place_id") REFERENCES "places"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_panel_id_fkey" FOREIGN KEY ("panel_id") REFERENCES "panels"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_lead_agency_id_fkey" FOREIGN KEY ("lead_agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "cases" ADD CONSTRAINT "cases_previous_case_id_fkey" FOREIGN KEY ("previous_case_id") REFERENCES "cases"("id")`,
    );
    await runner.query(
      `ALTER TABLE "case_people" ADD CONSTRAINT "case_people_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "case_people" ADD CONSTRAINT "case_people_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id")`,
    );
    await runner.query(
      `ALTER TABLE "case_people" ADD CONSTRAINT "case_people_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "contributions" ADD CONSTRAINT "contributions_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "contributions" ADD CONSTRAINT "contributions_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "sharing_agreement_versions" ADD CONSTRAINT "sharing_agreement_versions_agreement_id_fkey" FOREIGN KEY ("agreement_id") REFERENCES "sharing_agreements"("id")`,
    );
    await runner.query(
      `ALTER TABLE "sharing_parties" ADD CONSTRAINT "sharing_parties_agreement_version_id_fkey" FOREIGN KEY ("agreement_version_id") REFERENCES "sharing_agreement_versions"("id")`,
    );
    await runner.query(
      `ALTER TABLE "sharing_parties" ADD CONSTRAINT "sharing_parties_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "sharing_rows" ADD CONSTRAINT "sharing_rows_agreement_version_id_fkey" FOREIGN KEY ("agreement_version_id") REFERENCES "sharing_agreement_versions"("id")`,
    );
    await runner.query(
      `ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "access_grants" ADD CONSTRAINT "access_grants_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE "partnerships", "agencies", "agency_partnerships", "practitioners", "clients", "audit_entries", "panels", "panel_rules", "memberships", "persons", "places", "groups", "cases", "case_people", "contributions", "reference_numbers", "events", "idempotent_replies", "sharing_agreements", "sharing_agreement_versions", "sharing_parties", "sharing_rows", "exclusions", "access_grants" CASCADE`,
    );
  }
}
