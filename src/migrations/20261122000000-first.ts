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
    CREATE TABLE "instruments" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "code" text NOT NULL,
      "edition" integer NOT NULL,
      "title" text NOT NULL,
      "panel_types" text array NOT NULL,
      "method" text NOT NULL DEFAULT 'sum',
      "items" jsonb NOT NULL,
      "bands" jsonb NOT NULL,
      "effective_from" date NOT NULL,
      "effective_to" date,
      CONSTRAINT "instruments_code_edition_key" UNIQUE ("code", "edition"),
      CONSTRAINT "CHK_4deee7ecd868ad535b8b121cbe" CHECK (panel_types <@ ARRAY['jag', 'marac', 'community_marac', 'syv', 'tasking', 'ttcg', 'channel']),
      CONSTRAINT "CHK_313370aa2dc0ea10014f51490b" CHECK (effective_to IS NULL OR effective_to >= effective_from),
      CONSTRAINT "CHK_285eaca4c5e4e2701ea49643d7" CHECK (method IN ('sum', 'product')),
      CONSTRAINT "instruments_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "persons" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "author_id" uuid NOT NULL,
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
      "author_id" uuid NOT NULL,
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
      "author_id" uuid NOT NULL,
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
      "risk_band_reason" text,
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
    CREATE TABLE "assessments" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'risk_assessment',
      "instrument_id" uuid NOT NULL,
      "person_id" uuid,
      "answers" jsonb NOT NULL,
      "score" double precision NOT NULL,
      "computed_band" text NOT NULL,
      "judgement_band" text,
      "judgement_reason" text,
      "effective_band" text NOT NULL,
      "assessed_on" date NOT NULL,
      "assessed_by_id" uuid NOT NULL,
      "supersedes_id" uuid,
      CONSTRAINT "assessments_supersedes_id_key" UNIQUE ("supersedes_id"),
      CONSTRAINT "CHK_149837e5e671abfeb0743b3678" CHECK ((judgement_band IS NULL) = (judgement_reason IS NULL)),
      CONSTRAINT "CHK_122b3717563854a7975a062237" CHECK (effective_band = coalesce(judgement_band, computed_band)),
      CONSTRAINT "CHK_7f078e19a76eacfdb9ef9f92d0" CHECK (judgement_band IN ('standard', 'medium', 'high')),
      CONSTRAINT "CHK_d9c31f053ea871f52dca58ec3b" CHECK (computed_band IN ('standard', 'medium', 'high')),
      CONSTRAINT "CHK_34ec1c0cda42f24669bb8c3c15" CHECK (category = 'risk_assessment'),
      CONSTRAINT "assessments_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "assessments_person_id_idx" ON "assessments" ("person_id")`);
    await runner.query(
      `CREATE INDEX "assessments_case_id_changed_at_id_idx" ON "assessments" ("case_id", "changed_at", "id")`,
    );
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
    CREATE TABLE "meetings" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "scheduled_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "venue_or_mode" text NOT NULL,
      "status" text NOT NULL DEFAULT 'scheduled',
      "chair_id" uuid,
      "quorate" boolean,
      "closed_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "meetings_id_panel_id_key" UNIQUE ("id", "panel_id"),
      CONSTRAINT "CHK_afbd18035fa36875367aef2329" CHECK ((status = 'held') = (closed_at IS NOT NULL)),
      CONSTRAINT "CHK_6736a12e943e5f181bda0ece08" CHECK (status IN ('scheduled', 'held', 'cancelled')),
      CONSTRAINT "meetings_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "meetings_panel_id_scheduled_at_id_idx" ON "meetings" ("panel_id", "scheduled_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "listings" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "kind" text NOT NULL,
      "position" integer NOT NULL,
      "timebox_minutes" integer NOT NULL,
      "presented_by_agency_id" uuid NOT NULL,
      "outcome" text,
      CONSTRAINT "listings_id_meeting_id_case_id_key" UNIQUE ("id", "meeting_id", "case_id"),
      CONSTRAINT "listings_meeting_id_case_id_key" UNIQUE ("meeting_id", "case_id"),
      CONSTRAINT "CHK_64d27fb702f996a9fba78aca98" CHECK (timebox_minutes BETWEEN 1 AND 480),
      CONSTRAINT "CHK_fa81c7dd3211cef7f695f92f44" CHECK (outcome IN ('plan_agreed', 'continue', 'defer', 'escalate', 'close', 'note')),
      CONSTRAINT "CHK_64bb96ada5f24df31c6e4c7ae0" CHECK (kind IN ('urgent', 'repeat', 'new', 'review', 'closure')),
      CONSTRAINT "listings_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "listings_case_id_changed_at_id_idx" ON "listings" ("case_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "invitations" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "practitioner_id" uuid,
      "opens_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "closes_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      CONSTRAINT "CHK_d6ff81f31eea3f040b0e05ce6a" CHECK (closes_at > opens_at),
      CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "invitations_agency_id_closes_at_idx" ON "invitations" ("agency_id", "closes_at")`,
    );
    await runner.query(`CREATE INDEX "invitations_case_id_idx" ON "invitations" ("case_id")`);
    await runner.query(
      `CREATE INDEX "invitations_listing_id_changed_at_id_idx" ON "invitations" ("listing_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "attendances" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL,
      "status" text NOT NULL,
      "confidentiality_accepted_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "attendances_meeting_id_practitioner_id_key" UNIQUE ("meeting_id", "practitioner_id"),
      CONSTRAINT "present_in_confidence" CHECK (status NOT IN ('present', 'deputy') OR confidentiality_accepted_at IS NOT NULL),
      CONSTRAINT "CHK_d652e6ee54b6943c1c3e07cc8e" CHECK (status IN ('present', 'apologies', 'apologies_with_report', 'deputy', 'absent')),
      CONSTRAINT "attendances_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "attendances_meeting_id_changed_at_id_idx" ON "attendances" ("meeting_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "decisions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "kind" text NOT NULL,
      "text" text NOT NULL,
      "rationale" text NOT NULL,
      "dissent" text,
      "quorate" boolean NOT NULL,
      "rules_edition" integer,
      CONSTRAINT "decisions_listing_id_key" UNIQUE ("listing_id"),
      CONSTRAINT "CHK_caa2a79c244e5481a04a017585" CHECK (kind IN ('plan_agreed', 'continue', 'defer', 'escalate', 'close', 'note')),
      CONSTRAINT "CHK_128185e38db5a8fc565159377f" CHECK (category = 'plan_action'),
      CONSTRAINT "decisions_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "decisions_case_id_changed_at_id_idx" ON "decisions" ("case_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "decisions_meeting_id_changed_at_id_idx" ON "decisions" ("meeting_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "minutes" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'professional_opinion',
      "text" text NOT NULL,
      "status" text NOT NULL DEFAULT 'draft',
      "edition" integer NOT NULL,
      CONSTRAINT "minutes_listing_id_edition_key" UNIQUE ("listing_id", "edition"),
      CONSTRAINT "CHK_63230a51cf23ee38c5e862bc33" CHECK (status IN ('draft', 'approved')),
      CONSTRAINT "CHK_acf08aec40d021b792e5eac1fa" CHECK (category = 'professional_opinion'),
      CONSTRAINT "minutes_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "minutes_case_id_changed_at_id_idx" ON "minutes" ("case_id", "changed_at", "id")`);
    await runner.query(
      `CREATE INDEX "minutes_meeting_id_changed_at_id_idx" ON "minutes" ("meeting_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "plans" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "model_code" text NOT NULL,
      "title" text NOT NULL,
      "aims" jsonb NOT NULL DEFAULT '[]',
      "lead_agency_id" uuid NOT NULL,
      "status" text NOT NULL DEFAULT 'draft',
      "agreed_at" TIMESTAMP WITH TIME ZONE,
      "chair_reason" text,
      "start_on" date,
      "review_on" date,
      "end_on" date,
      CONSTRAINT "plans_id_case_id_key" UNIQUE ("id", "case_id"),
      CONSTRAINT "CHK_bb6bd32b68fa13013bc93ef8e4" CHECK (end_on >= start_on),
      CONSTRAINT "CHK_5f69c82fe8ef35a4e4fb202b50" CHECK ((status = 'draft') = (agreed_at IS NULL)),
      CONSTRAINT "CHK_a4db5fd876331c228e160b3799" CHECK (status IN ('draft', 'agreed', 'active', 'evaluated', 'closed')),
      CONSTRAINT "CHK_12d912b78926d77b9904571a23" CHECK (model_code IN ('IDPARTNERS', 'SARA', 'OSARA', 'SAFETY')),
      CONSTRAINT "CHK_e067ada83a3de8f4fbbe40ef60" CHECK (category = 'plan_action'),
      CONSTRAINT "plans_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "plans_case_id_changed_at_id_idx" ON "plans" ("case_id", "changed_at", "id")`);
    await runner.query(`
    CREATE TABLE "actions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "plan_id" uuid,
      "owner_agency_id" uuid NOT NULL,
      "owner_practitioner_id" uuid,
      "description" text NOT NULL,
      "measure" text,
      "evidence_of_completion" text,
      "relates_to" text,
      "status" text NOT NULL DEFAULT 'proposed',
      "due_on" date NOT NULL,
      "original_due_on" date NOT NULL,
      "outcome_text" text,
      "completed_by_id" uuid,
      CONSTRAINT "CHK_a7b2eb2489e3d2c120943ed3f6" CHECK (status NOT IN ('not_possible', 'not_done', 'cancelled', 'superseded') OR outcome_text IS NOT NULL),
      CONSTRAINT "CHK_2c5f585abc58703b5b776d4792" CHECK (status IN ('proposed', 'agreed', 'in_progress', 'blocked', 'done', 'verified', 'not_possible', 'not_done', 'cancelled', 'superseded')),
      CONSTRAINT "CHK_871bdd867405c5aa9bd6d8002d" CHECK (category = 'plan_action'),
      CONSTRAINT "actions_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "actions_plan_id_idx" ON "actions" ("plan_id")`);
    await runner.query(`CREATE INDEX "actions_case_id_changed_at_id_idx" ON "actions" ("case_id", "changed_at", "id")`);
    await runner.query(
      `CREATE INDEX "actions_owner_agency_id_changed_at_id_idx" ON "actions" ("owner_agency_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "actions_panel_id_changed_at_id_idx" ON "actions" ("panel_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "action_notes" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "category" text NOT NULL DEFAULT 'plan_action',
      "action_id" uuid NOT NULL,
      "status" text NOT NULL,
      "note" text NOT NULL,
      CONSTRAINT "CHK_26b8fbe1d2be6879ee0eafd4a8" CHECK (category = 'plan_action'),
      CONSTRAINT "action_notes_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "action_notes_action_id_changed_at_id_idx" ON "action_notes" ("action_id", "changed_at", "id")`,
    );
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
    CREATE TABLE "referrals" (
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
      "reference" text,
      "external_ref" text,
      "status" text NOT NULL DEFAULT 'draft',
      "category" text NOT NULL,
      "problem" text,
      "incident_on" date,
      "why_multi_agency" text,
      "tried_already" text,
      "wishes" text,
      "criteria" text array NOT NULL DEFAULT '{}',
      "judgement_rationale" text,
      "override_reason" text,
      "urgent" boolean NOT NULL DEFAULT false,
      "immediate_danger" boolean NOT NULL DEFAULT false,
      "hate_element" text NOT NULL DEFAULT 'not_known',
      "hate_strands" text array NOT NULL DEFAULT '{}',
      "consent_status" text,
      "consent_reason" text,
      "consent_note" text,
      "consent_recorded_by_id" uuid,
      "consent_recorded_at" TIMESTAMP WITH TIME ZONE,
      "legal_gateway" text,
      "subject_aware" text NOT NULL DEFAULT 'not_known',
      "safe_to_tell" boolean NOT NULL DEFAULT false,
      "warnings" text array NOT NULL DEFAULT '{}',
      "author_id" uuid NOT NULL,
      "submitted_at" TIMESTAMP WITH TIME ZONE,
      "rules_edition" integer,
      "decision" text,
      "reason_code" text,
      "decided_at" TIMESTAMP WITH TIME ZONE,
      "case_id" uuid,
      CONSTRAINT "referrals_id_panel_id_key" UNIQUE ("id", "panel_id"),
      CONSTRAINT "referrals_reference_key" UNIQUE ("reference"),
      CONSTRAINT "CHK_df0c1f32502110da2e9d6624b8" CHECK ((status = 'accepted') = (case_id IS NOT NULL)),
      CONSTRAINT "CHK_b84f7e3d1d0aeb9713881f7955" CHECK (status IN ('draft', 'withdrawn') OR (reference IS NOT NULL AND submitted_at IS NOT NULL AND problem IS NOT NULL)),
      CONSTRAINT "CHK_2a1b560624dd8e4d14a511caa2" CHECK (consent_reason IN ('cannot_be_given', 'cannot_reasonably_be_obtained', 'would_prejudice_protection')),
      CONSTRAINT "CHK_95eeb413ef7cfba0a7e955544c" CHECK (consent_status IN ('given', 'refused', 'not_sought', 'withdrawn', 'lacks_capacity')),
      CONSTRAINT "CHK_93e8cfc06bfebdc87f8411bce9" CHECK (hate_element IN ('yes', 'no', 'not_known')),
      CONSTRAINT "CHK_fa3ff7b3b0bcef592ce616b291" CHECK (status IN ('draft', 'submitted', 'returned', 'accepted', 'refused', 'redirected', 'withdrawn')),
      CONSTRAINT "CHK_a9c0fbc0e6e2fca20b22e7eabf" CHECK ((subject_kind LIKE 'person%') = (person_id IS NOT NULL) AND (subject_kind = 'place') = (place_id IS NOT NULL) AND (subject_kind = 'group') = (group_id IS NOT NULL)),
      CONSTRAINT "referrals_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "referrals_person_id_idx" ON "referrals" ("person_id")`);
    await runner.query(`CREATE INDEX "referrals_place_id_idx" ON "referrals" ("place_id")`);
    await runner.query(`CREATE INDEX "referrals_group_id_idx" ON "referrals" ("group_id")`);
    await runner.query(`CREATE INDEX "referrals_case_id_idx" ON "referrals" ("case_id")`);
    await runner.query(
      `CREATE INDEX "referrals_agency_id_changed_at_id_idx" ON "referrals" ("agency_id", "changed_at", "id")`,
    );
    await runner.query(
      `CREATE INDEX "referrals_panel_id_changed_at_id_idx" ON "referrals" ("panel_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "referral_people" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "referral_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "person_id" uuid NOT NULL,
      "role" text NOT NULL,
      "rationale" text NOT NULL,
      CONSTRAINT "referral_people_referral_id_person_id_role_key" UNIQUE ("referral_id", "person_id", "role"),
      CONSTRAINT "CHK_26a9502b7f51ec4e47fd3c0345" CHECK (role IN ('victim', 'at_risk', 'suspected_harm_causer', 'both_victim_and_harm_causer', 'perpetrator', 'child', 'complainant', 'witness', 'family', 'carer', 'linked_peer', 'person_of_concern_adult', 'professional')),
      CONSTRAINT "referral_people_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "referral_people_person_id_idx" ON "referral_people" ("person_id")`);
    await runner.query(
      `CREATE INDEX "referral_people_referral_id_changed_at_id_idx" ON "referral_people" ("referral_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "referral_decisions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "referral_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "kind" text NOT NULL,
      "reason_code" text,
      "reason" text,
      "target_panel_id" uuid,
      "target_process" text,
      "decided_by_id" uuid NOT NULL,
      "decided_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      CONSTRAINT "CHK_e5cf04352396f5d7f0b96a7b48" CHECK ((kind = 'redirection') = (target_panel_id IS NOT NULL OR target_process IS NOT NULL)),
      CONSTRAINT "CHK_124057d3c1c16a708c7097a74d" CHECK (kind IN ('acceptance', 'withdrawal') OR reason IS NOT NULL),
      CONSTRAINT "CHK_26626ba772ad03c6f84468465c" CHECK (kind = 'acceptance' OR reason_code IS NOT NULL),
      CONSTRAINT "CHK_b53e1329375efefdbfeda4f858" CHECK (kind IN ('acceptance', 'return', 'refusal', 'redirection', 'withdrawal')),
      CONSTRAINT "referral_decisions_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(
      `CREATE INDEX "referral_decisions_referral_id_changed_at_id_idx" ON "referral_decisions" ("referral_id", "changed_at", "id")`,
    );
    await runner.query(`
    CREATE TABLE "referral_screenings" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "panel_id" uuid NOT NULL,
      "is_repeat" boolean NOT NULL,
      "previous_referral_id" uuid,
      "duplicate_of_id" uuid,
      CONSTRAINT "referral_screenings_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`
    CREATE TABLE "referral_subjects" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "referral_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "person_id" uuid,
      "place_id" uuid,
      "group_id" uuid,
      CONSTRAINT "CHK_39a9eb4c7c1cf2d630529d245b" CHECK (num_nonnulls(person_id, place_id, group_id) = 1),
      CONSTRAINT "referral_subjects_pkey" PRIMARY KEY ("id")
    )
    `);
    await runner.query(`CREATE INDEX "referral_subjects_person_id_idx" ON "referral_subjects" ("person_id")`);
    await runner.query(`CREATE INDEX "referral_subjects_place_id_idx" ON "referral_subjects" ("place_id")`);
    await runner.query(`CREATE INDEX "referral_subjects_group_id_idx" ON "referral_subjects" ("group_id")`);
    await runner.query(`CREATE INDEX "referral_subjects_panel_id_idx" ON "referral_subjects" ("panel_id")`);
    await runner.query(`CREATE INDEX "referral_subjects_referral_id_idx" ON "referral_subjects" ("referral_id")`);
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
      `ALTER TABLE "assessments" ADD CONSTRAINT "assessments_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "assessments" ADD CONSTRAINT "assessments_instrument_id_fkey" FOREIGN KEY ("instrument_id") REFERENCES "instruments"("id")`,
    );
    await runner.query(
      `ALTER TABLE "assessments" ADD CONSTRAINT "assessments_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id")`,
    );
    await runner.query(
      `ALTER TABLE "assessments" ADD CONSTRAINT "assessments_supersedes_id_fkey" FOREIGN KEY ("supersedes_id") REFERENCES "assessments"("id")`,
    );
    await runner.query(
      `ALTER TABLE "assessments" ADD CONSTRAINT "assessments_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "meetings" ADD CONSTRAINT "meetings_chair_id_fkey" FOREIGN KEY ("chair_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "meetings" ADD CONSTRAINT "meetings_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id","partnership_id")`,
    );
    await runner.query(
      `ALTER TABLE "listings" ADD CONSTRAINT "listings_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "listings" ADD CONSTRAINT "listings_presented_by_agency_id_fkey" FOREIGN KEY ("presented_by_agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "listings" ADD CONSTRAINT "listings_meeting_id_panel_id_fkey" FOREIGN KEY ("meeting_id", "panel_id") REFERENCES "meetings"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "listings" ADD CONSTRAINT "listings_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "invitations" ADD CONSTRAINT "invitations_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "invitations" ADD CONSTRAINT "invitations_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "invitations" ADD CONSTRAINT "invitations_listing_id_meeting_id_case_id_fkey" FOREIGN KEY ("listing_id", "meeting_id", "case_id") REFERENCES "listings"("id","meeting_id","case_id")`,
    );
    await runner.query(
      `ALTER TABLE "invitations" ADD CONSTRAINT "invitations_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "attendances" ADD CONSTRAINT "attendances_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "attendances" ADD CONSTRAINT "attendances_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "attendances" ADD CONSTRAINT "attendances_meeting_id_panel_id_fkey" FOREIGN KEY ("meeting_id", "panel_id") REFERENCES "meetings"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "decisions" ADD CONSTRAINT "decisions_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "decisions" ADD CONSTRAINT "decisions_listing_id_meeting_id_case_id_fkey" FOREIGN KEY ("listing_id", "meeting_id", "case_id") REFERENCES "listings"("id","meeting_id","case_id")`,
    );
    await runner.query(
      `ALTER TABLE "decisions" ADD CONSTRAINT "decisions_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "minutes" ADD CONSTRAINT "minutes_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "minutes" ADD CONSTRAINT "minutes_listing_id_meeting_id_case_id_fkey" FOREIGN KEY ("listing_id", "meeting_id", "case_id") REFERENCES "listings"("id","meeting_id","case_id")`,
    );
    await runner.query(
      `ALTER TABLE "minutes" ADD CONSTRAINT "minutes_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "plans" ADD CONSTRAINT "plans_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "plans" ADD CONSTRAINT "plans_lead_agency_id_fkey" FOREIGN KEY ("lead_agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "plans" ADD CONSTRAINT "plans_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "actions" ADD CONSTRAINT "actions_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "actions" ADD CONSTRAINT "actions_owner_agency_id_fkey" FOREIGN KEY ("owner_agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "actions" ADD CONSTRAINT "actions_owner_practitioner_id_fkey" FOREIGN KEY ("owner_practitioner_id") REFERENCES "practitioners"("id")`,
    );
    await runner.query(
      `ALTER TABLE "actions" ADD CONSTRAINT "actions_plan_id_case_id_fkey" FOREIGN KEY ("plan_id", "case_id") REFERENCES "plans"("id","case_id")`,
    );
    await runner.query(
      `ALTER TABLE "actions" ADD CONSTRAINT "actions_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "action_notes" ADD CONSTRAINT "action_notes_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "action_notes" ADD CONSTRAINT "action_notes_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "actions"("id")`,
    );
    await runner.query(
      `ALTER TABLE "action_notes" ADD CONSTRAINT "action_notes_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_partnership_id_fkey" FOREIGN KEY ("partnership_id") REFERENCES "partnerships"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_place_id_fkey" FOREIGN KEY ("place_id") REFERENCES "places"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_panel_id_fkey" FOREIGN KEY ("panel_id") REFERENCES "panels"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referrals" ADD CONSTRAINT "referrals_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_people" ADD CONSTRAINT "referral_people_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_people" ADD CONSTRAINT "referral_people_referral_id_panel_id_fkey" FOREIGN KEY ("referral_id", "panel_id") REFERENCES "referrals"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_decisions" ADD CONSTRAINT "referral_decisions_target_panel_id_fkey" FOREIGN KEY ("target_panel_id") REFERENCES "panels"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_decisions" ADD CONSTRAINT "referral_decisions_referral_id_panel_id_fkey" FOREIGN KEY ("referral_id", "panel_id") REFERENCES "referrals"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_screenings" ADD CONSTRAINT "referral_screenings_previous_referral_id_fkey" FOREIGN KEY ("previous_referral_id") REFERENCES "referrals"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_screenings" ADD CONSTRAINT "referral_screenings_duplicate_of_id_fkey" FOREIGN KEY ("duplicate_of_id") REFERENCES "referrals"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_screenings" ADD CONSTRAINT "referral_screenings_id_panel_id_fkey" FOREIGN KEY ("id", "panel_id") REFERENCES "referrals"("id","panel_id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_subjects" ADD CONSTRAINT "referral_subjects_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_subjects" ADD CONSTRAINT "referral_subjects_place_id_fkey" FOREIGN KEY ("place_id") REFERENCES "places"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_subjects" ADD CONSTRAINT "referral_subjects_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id")`,
    );
    await runner.query(
      `ALTER TABLE "referral_subjects" ADD CONSTRAINT "referral_subjects_referral_id_panel_id_fkey" FOREIGN KEY ("referral_id", "panel_id") REFERENCES "referrals"("id","panel_id")`,
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
      `DROP TABLE "partnerships", "agencies", "agency_partnerships", "practitioners", "clients", "audit_entries", "panels", "panel_rules", "memberships", "instruments", "persons", "places", "groups", "cases", "case_people", "contributions", "reference_numbers", "assessments", "events", "meetings", "listings", "invitations", "attendances", "decisions", "minutes", "plans", "actions", "action_notes", "idempotent_replies", "referrals", "referral_people", "referral_decisions", "referral_screenings", "referral_subjects", "sharing_agreements", "sharing_agreement_versions", "sharing_parties", "sharing_rows", "exclusions", "access_grants" CASCADE`,
    );
  }
}
