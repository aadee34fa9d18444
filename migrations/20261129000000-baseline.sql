-- The tables, by area. Functions, triggers and row-level security are in row-security.sql, which is applied after
-- this file.
--
-- Names that are not written here are those that PostgreSQL gives: <table>_pkey, <table>_<columns>_key,
-- <table>_<columns>_fkey.

-- A trusted extension: the owner of the database may create it. The exclusion constraints compare identifiers with
-- it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- -------------------------------------------------------------------------------------------------------------------
-- Partnerships, agencies and the people who act for them
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE partnerships (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  kind text NOT NULL,
  within_id uuid REFERENCES partnerships,
  CONSTRAINT "CHK_142f407b059fcf79e531960e86" CHECK (kind IN ('borough', 'bcu'))
);

CREATE TABLE agencies (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  type text NOT NULL,
  active boolean NOT NULL DEFAULT true
);

CREATE TABLE agency_partnerships (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agency_id uuid NOT NULL REFERENCES agencies,
  partnership_id uuid NOT NULL REFERENCES partnerships,
  UNIQUE (agency_id, partnership_id)
);
CREATE INDEX agency_partnerships_partnership_id_idx ON agency_partnerships (partnership_id);

-- A login is unique in its agency and not beyond: whether it is registered elsewhere must not show in an answer.
CREATE TABLE practitioners (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agency_id uuid NOT NULL REFERENCES agencies,
  name text NOT NULL,
  name_key text NOT NULL,
  job_title text NOT NULL,
  email text,
  roles text[] NOT NULL DEFAULT '{}',
  issuer text NOT NULL,
  subject text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  entrusted_at timestamptz,
  CONSTRAINT practitioners_name CHECK (
    name IS NULL OR (name ~ '[A-Za-z\u00C0-\u024F]')::integer + (name ~ '[\u0370-\u03FF]')::integer
      + (name ~ '[\u0400-\u052F]')::integer <= 1
  )
);
CREATE INDEX practitioners_agency_id_idx ON practitioners (agency_id);
CREATE UNIQUE INDEX practitioners_agency_id_issuer_subject_idx ON practitioners (agency_id, issuer, subject) WHERE active;
CREATE INDEX practitioners_issuer_subject_idx ON practitioners (issuer, subject);
CREATE INDEX practitioners_name_key_idx ON practitioners (name_key);

-- Every name that a practitioner has or had: exclusions are matched with it, so that a change of name ends none. The
-- trigger keep_practitioner_names adds the rows. A data protection officer marks a former name as entered in error.
CREATE TABLE practitioner_names (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  name text NOT NULL,
  name_key text NOT NULL,
  entered_in_error_at timestamptz,
  entered_in_error_by_id uuid,
  entered_in_error_reason text,
  UNIQUE (practitioner_id, name_key),
  CONSTRAINT practitioner_names_error CHECK (
    num_nulls(entered_in_error_at, entered_in_error_by_id, entered_in_error_reason) IN (0, 3)
  )
);
CREATE INDEX practitioner_names_name_key_idx ON practitioner_names (name_key);

CREATE TABLE clients (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agency_id uuid NOT NULL REFERENCES agencies,
  name text NOT NULL,
  issuer text NOT NULL,
  client_id text NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}',
  purpose text NOT NULL,
  active boolean NOT NULL DEFAULT true,
  UNIQUE (issuer, client_id)
);
CREATE INDEX clients_agency_id_idx ON clients (agency_id);

-- -------------------------------------------------------------------------------------------------------------------
-- Panels, their rules and their seats
-- -------------------------------------------------------------------------------------------------------------------

-- A partnership has one steering group, which governs its panels and hears no case.
CREATE TABLE panels (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  code text NOT NULL UNIQUE,
  type text NOT NULL,
  name text NOT NULL,
  reference_prefix text NOT NULL,
  mode text NOT NULL DEFAULT 'meeting',
  compartment boolean NOT NULL DEFAULT false,
  UNIQUE (id, partnership_id)
);
CREATE UNIQUE INDEX panels_one_steering_group ON panels (partnership_id) WHERE type = 'steering_group';

-- Of several editions for one day the last one applies.
CREATE TABLE panel_rules (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  panel_id uuid NOT NULL REFERENCES panels,
  edition integer NOT NULL,
  effective_from date NOT NULL,
  rules jsonb NOT NULL,
  UNIQUE (panel_id, edition),
  UNIQUE (panel_id, effective_from, edition)
);

-- A person has one seat on a panel at a time. valid_to is the last whole day of a seat; ended_at is the moment of one
-- that was ended at once. A seat without a whole day overlaps with none.
CREATE TABLE memberships (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  panel_id uuid NOT NULL REFERENCES panels,
  agency_id uuid NOT NULL REFERENCES agencies,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  tier text NOT NULL,
  role text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  ended_at timestamptz,
  appointed_by_id uuid,
  end_reason text,
  CONSTRAINT memberships_one_seat_at_a_time EXCLUDE USING gist (
    panel_id WITH =,
    practitioner_id WITH =,
    daterange(valid_from, valid_to + 1, '[)') WITH &&
  ),
  CONSTRAINT "CHK_23d35a75211489b0068e314273" CHECK (tier = 'core' OR role IN ('member', 'legal_adviser', 'analyst')),
  CONSTRAINT "CHK_ef2f0cfbf827309aa4fa0b9f9d" CHECK (
    role IN ('chair', 'co_chair', 'coordinator', 'member', 'legal_adviser', 'analyst')
  ),
  CONSTRAINT "CHK_f8c40acd061512f086b743ec7f" CHECK (tier IN ('core', 'flexible', 'observer')),
  CONSTRAINT memberships_days CHECK (
    valid_to IS NULL OR valid_to >= valid_from OR (ended_at IS NOT NULL AND valid_to = valid_from - 1)
  ),
  CONSTRAINT memberships_ending CHECK (
    (ended_at IS NULL) = (end_reason IS NULL) AND (ended_at IS NULL OR valid_to IS NOT NULL)
  )
);
CREATE INDEX memberships_practitioner_id_valid_from_idx ON memberships (practitioner_id, valid_from);

-- -------------------------------------------------------------------------------------------------------------------
-- People, places and groups
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE persons (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  author_id uuid NOT NULL,
  given_name text,
  family_name text,
  family_name_key text,
  aliases text[] NOT NULL DEFAULT '{}',
  date_of_birth date,
  date_precision text NOT NULL DEFAULT 'day',
  sex text,
  ethnicity text,
  first_language text,
  interpreter_needed boolean,
  nhs_number text,
  phone text,
  email text,
  safe_contact text,
  current_address text
);
CREATE INDEX persons_partnership_id_family_name_key_idx ON persons (partnership_id, family_name_key);

-- Apart from the person, because its readers are those of one panel.
CREATE TABLE protected_addresses (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  author_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  panel_id uuid,
  kind text NOT NULL,
  address text NOT NULL,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_7c05e2aeaf0853208933816bc1" CHECK (kind IN ('refuge', 'restricted'))
);
CREATE INDEX protected_addresses_person_id_idx ON protected_addresses (person_id);

CREATE TABLE places (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  author_id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  address_text text,
  uprn text,
  postcode text,
  CONSTRAINT "CHK_f90420d8e69bb43af7ae89ddc0" CHECK (
    kind IN ('address', 'premises', 'street', 'estate', 'park', 'transport', 'open_space', 'school', 'online_space',
      'area')
  )
);

CREATE TABLE groups (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  author_id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  description text,
  CONSTRAINT "CHK_192da79f0a63af81ef877a294e" CHECK (
    kind IN ('peer_group', 'youth_group', 'street_population', 'household', 'other')
  )
);

-- -------------------------------------------------------------------------------------------------------------------
-- Instruments of assessment
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE instruments (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  code text NOT NULL,
  edition integer NOT NULL,
  title text NOT NULL,
  panel_types text[] NOT NULL,
  method text NOT NULL DEFAULT 'sum',
  items jsonb NOT NULL,
  bands jsonb NOT NULL,
  effective_from date NOT NULL,
  effective_to date,
  UNIQUE (code, edition),
  CONSTRAINT "CHK_285eaca4c5e4e2701ea49643d7" CHECK (method IN ('sum', 'product')),
  CONSTRAINT "CHK_313370aa2dc0ea10014f51490b" CHECK (effective_to IS NULL OR effective_to >= effective_from),
  CONSTRAINT "CHK_4deee7ecd868ad535b8b121cbe" CHECK (
    panel_types <@ ARRAY['jag', 'marac', 'community_marac', 'syv', 'tasking', 'ttcg', 'channel']
  )
);

-- -------------------------------------------------------------------------------------------------------------------
-- Cases, contributions and handling
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE cases (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  subject_kind text NOT NULL,
  person_id uuid REFERENCES persons,
  place_id uuid REFERENCES places,
  group_id uuid REFERENCES groups,
  panel_id uuid NOT NULL,
  reference text NOT NULL UNIQUE,
  stage text NOT NULL DEFAULT 'open',
  category text NOT NULL,
  summary text NOT NULL,
  why_multi_agency text,
  lead_agency_id uuid NOT NULL REFERENCES agencies,
  risk_band text,
  risk_band_reason text,
  is_repeat boolean NOT NULL DEFAULT false,
  previous_case_id uuid REFERENCES cases,
  next_review_on date,
  rules_edition integer NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  closure_reason text,
  outcome text,
  reopened_at timestamptz,
  reopening_reason text,
  UNIQUE (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_97956942c9bc06db79b29572e9" CHECK (
    (stage = 'closed') = (closed_at IS NOT NULL AND closure_reason IS NOT NULL AND outcome IS NOT NULL)
  ),
  CONSTRAINT "CHK_e6c19fac98b81d9468b1a7545a" CHECK (
    (subject_kind LIKE 'person%') = (person_id IS NOT NULL)
    AND (subject_kind = 'place') = (place_id IS NOT NULL)
    AND (subject_kind = 'group') = (group_id IS NOT NULL)
  ),
  CONSTRAINT cases_closure_reason CHECK (
    closure_reason IN (
      'resolved_behaviour_stopped', 'risk_reduced_single_agency', 'enforcement_concluded',
      'subject_moved_area', 'merged', 'no_further_action_possible', 'insufficient_evidence',
      'subject_deceased', 'transferred_other_process', 'referred_in_error')
  ),
  CONSTRAINT cases_outcome CHECK (outcome IN ('resolved', 'partly_resolved', 'unresolved', 'not_applicable')),
  CONSTRAINT cases_reopening CHECK ((reopened_at IS NULL) = (reopening_reason IS NULL)),
  CONSTRAINT cases_stage CHECK (stage IN ('open', 'plan_agreed', 'monitoring', 'closed'))
);
CREATE INDEX cases_group_id_idx ON cases (group_id);
CREATE INDEX cases_lead_agency_id_idx ON cases (lead_agency_id);
CREATE INDEX cases_panel_id_closure_reason_updated_at_id_idx
  ON cases (panel_id, closure_reason, updated_at, id);
CREATE INDEX cases_panel_id_updated_at_id_idx ON cases (panel_id, updated_at, id);
CREATE INDEX cases_person_id_idx ON cases (person_id);
CREATE INDEX cases_place_id_idx ON cases (place_id);

CREATE TABLE case_people (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  role text NOT NULL,
  rationale text NOT NULL,
  since date NOT NULL,
  until date,
  pregnant boolean,
  in_custody boolean,
  absent_from timestamptz,
  absent_until timestamptz,
  CONSTRAINT case_people_absence CHECK (absent_from < absent_until OR (absent_from IS NULL AND absent_until IS NULL)),
  UNIQUE (case_id, person_id, role, since),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_507bc94386867ba3fa7793bc18" CHECK (until IS NULL OR until >= since),
  CONSTRAINT "CHK_536cc86f5f61db680a06735041" CHECK (
    role IN ('victim', 'at_risk', 'suspected_harm_causer', 'both_victim_and_harm_causer', 'perpetrator', 'child',
      'complainant', 'witness', 'family', 'carer', 'linked_peer', 'person_of_concern_adult', 'professional')
  )
);
CREATE INDEX case_people_case_id_updated_at_id_idx ON case_people (case_id, updated_at, id);
CREATE INDEX case_people_person_id_idx ON case_people (person_id);

-- A role entered in error leaves case_people, which the policy and row-level security read, and stays here with its
-- reason.
CREATE TABLE case_person_corrections (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  role_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  kind text NOT NULL,
  reason text NOT NULL,
  role text NOT NULL,
  rationale text NOT NULL,
  since date NOT NULL,
  until date,
  pregnant boolean,
  in_custody boolean,
  named_at timestamptz NOT NULL,
  corrected_by_id uuid NOT NULL,
  corrected_by_agency_id uuid NOT NULL REFERENCES agencies,
  was_last_role boolean NOT NULL DEFAULT false,
  corrected_at timestamptz NOT NULL,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT case_person_corrections_last_role CHECK (kind = 'entered_in_error' OR NOT was_last_role),
  CONSTRAINT case_person_corrections_kind CHECK (kind IN ('changed', 'ended', 'entered_in_error', 'put_back')),
  CONSTRAINT case_person_corrections_role CHECK (
    role IN ('victim', 'at_risk', 'suspected_harm_causer', 'both_victim_and_harm_causer', 'perpetrator', 'child',
      'complainant', 'witness', 'family', 'carer', 'linked_peer', 'person_of_concern_adult', 'professional')
  )
);
CREATE INDEX case_person_corrections_case_id_updated_at_id_idx ON case_person_corrections (case_id, updated_at, id);
CREATE INDEX case_person_corrections_person_id_idx ON case_person_corrections (person_id);

CREATE TABLE contributions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  category text NOT NULL,
  kind text NOT NULL,
  summary text NOT NULL,
  text text NOT NULL,
  handling text NOT NULL DEFAULT 'P',
  conditions text,
  originator_control boolean NOT NULL DEFAULT false,
  recalled_at timestamptz,
  recall_reason text,
  agency_only boolean NOT NULL DEFAULT false,
  occurred_on date,
  author_id uuid NOT NULL,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_313485f216608ea017c54f30bd" CHECK (
    kind IN ('fact', 'opinion', 'intelligence', 'allegation', 'self_report')
  ),
  CONSTRAINT "CHK_a0d757595ca05ff187eb749b5b" CHECK (handling IN ('P', 'C')),
  CONSTRAINT "CHK_cb37a4a4fd39a6a8de85cd07cb" CHECK (handling = 'P' OR conditions IS NOT NULL),
  CONSTRAINT contributions_recall CHECK ((recalled_at IS NULL) = (recall_reason IS NULL))
);
CREATE INDEX contributions_case_id_updated_at_id_idx ON contributions (case_id, updated_at, id);

CREATE TABLE handling_acknowledgements (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  contribution_id uuid NOT NULL REFERENCES contributions,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  acknowledged_at timestamptz NOT NULL,
  voided_at timestamptz,
  CONSTRAINT "CHK_41ba83b423c3487fafeae598c9" CHECK (voided_at IS NULL OR voided_at >= acknowledged_at)
);
CREATE UNIQUE INDEX handling_acknowledgements_contribution_id_practitioner_id_idx
  ON handling_acknowledgements (contribution_id, practitioner_id) WHERE voided_at IS NULL;

CREATE TABLE release_requests (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  contribution_id uuid NOT NULL REFERENCES contributions,
  originator_agency_id uuid NOT NULL,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  released_to text NOT NULL,
  reason text NOT NULL,
  status text NOT NULL DEFAULT 'submitted',
  expires_at timestamptz,
  refusal_reason text,
  decided_by_id uuid,
  decided_at timestamptz,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT release_requests_decided CHECK (
    (status = 'submitted') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)
  ),
  CONSTRAINT release_requests_end CHECK ((expires_at IS NOT NULL) = (status IN ('approved', 'revoked'))),
  CONSTRAINT release_requests_refused CHECK ((status = 'refused') = (refusal_reason IS NOT NULL)),
  CONSTRAINT release_requests_status CHECK (status IN ('submitted', 'approved', 'refused', 'revoked')),
  CONSTRAINT release_requests_to CHECK (released_to IN ('agency', 'person'))
);
CREATE INDEX release_requests_agency_id_updated_at_id_idx ON release_requests (agency_id, updated_at, id);
CREATE UNIQUE INDEX release_requests_contribution_id_agency_id_practitioner_id_idx
  ON release_requests (contribution_id, agency_id, practitioner_id) WHERE status = 'submitted';
CREATE INDEX release_requests_contribution_id_updated_at_id_idx ON release_requests (contribution_id, updated_at, id);
CREATE INDEX release_requests_originator_agency_id_updated_at_id_idx
  ON release_requests (originator_agency_id, updated_at, id);

CREATE TABLE assessments (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'risk_assessment',
  instrument_id uuid NOT NULL REFERENCES instruments,
  person_id uuid REFERENCES persons,
  answers jsonb NOT NULL,
  score double precision NOT NULL,
  computed_band text NOT NULL,
  judgement_band text,
  judgement_reason text,
  effective_band text NOT NULL,
  assessed_on date NOT NULL,
  assessed_by_id uuid NOT NULL,
  supersedes_id uuid UNIQUE REFERENCES assessments,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_122b3717563854a7975a062237" CHECK (effective_band = coalesce(judgement_band, computed_band)),
  CONSTRAINT "CHK_149837e5e671abfeb0743b3678" CHECK ((judgement_band IS NULL) = (judgement_reason IS NULL)),
  CONSTRAINT "CHK_34ec1c0cda42f24669bb8c3c15" CHECK (category = 'risk_assessment'),
  CONSTRAINT "CHK_7f078e19a76eacfdb9ef9f92d0" CHECK (judgement_band IN ('standard', 'medium', 'high')),
  CONSTRAINT "CHK_d9c31f053ea871f52dca58ec3b" CHECK (computed_band IN ('standard', 'medium', 'high'))
);
CREATE INDEX assessments_case_id_updated_at_id_idx ON assessments (case_id, updated_at, id);
CREATE INDEX assessments_person_id_idx ON assessments (person_id);

-- Numbers in use, drawn at random, so that no number tells how many cases or referrals there are.
CREATE TABLE reference_numbers (
  series text NOT NULL,
  year integer NOT NULL,
  number integer NOT NULL,
  PRIMARY KEY (series, year, number)
);

-- -------------------------------------------------------------------------------------------------------------------
-- Referrals
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE referrals (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  subject_kind text NOT NULL,
  person_id uuid REFERENCES persons,
  place_id uuid REFERENCES places,
  group_id uuid REFERENCES groups,
  panel_id uuid NOT NULL,
  reference text UNIQUE,
  external_ref text,
  status text NOT NULL DEFAULT 'draft',
  category text NOT NULL,
  problem text,
  incident_on date,
  why_multi_agency text,
  tried_already text,
  wishes text,
  criteria text[] NOT NULL DEFAULT '{}',
  judgement_rationale text,
  override_reason text,
  urgent boolean NOT NULL DEFAULT false,
  immediate_danger boolean NOT NULL DEFAULT false,
  hate_element text NOT NULL DEFAULT 'not_known',
  hate_strands text[] NOT NULL DEFAULT '{}',
  consent_status text,
  consent_reason text,
  consent_note text,
  consent_recorded_by_id uuid,
  consent_recorded_at timestamptz,
  legal_gateway text,
  subject_aware text NOT NULL DEFAULT 'not_known',
  safe_to_tell boolean NOT NULL DEFAULT false,
  warnings text[] NOT NULL DEFAULT '{}',
  author_id uuid NOT NULL,
  co_author_ids uuid[] NOT NULL DEFAULT '{}',
  submitted_at timestamptz,
  rewritten_at timestamptz,
  rules_edition integer,
  decision text,
  reason_code text,
  decided_at timestamptz,
  case_id uuid,
  copied_from_id uuid REFERENCES referrals,
  case_in_error boolean NOT NULL DEFAULT false,
  UNIQUE (id, panel_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_2a1b560624dd8e4d14a511caa2" CHECK (
    consent_reason IN ('cannot_be_given', 'cannot_reasonably_be_obtained', 'would_prejudice_protection')
  ),
  CONSTRAINT "CHK_93e8cfc06bfebdc87f8411bce9" CHECK (hate_element IN ('yes', 'no', 'not_known')),
  CONSTRAINT "CHK_95eeb413ef7cfba0a7e955544c" CHECK (
    consent_status IN ('given', 'refused', 'not_sought', 'withdrawn', 'lacks_capacity')
  ),
  CONSTRAINT "CHK_a9c0fbc0e6e2fca20b22e7eabf" CHECK (
    (subject_kind LIKE 'person%') = (person_id IS NOT NULL)
    AND (subject_kind = 'place') = (place_id IS NOT NULL)
    AND (subject_kind = 'group') = (group_id IS NOT NULL)
  ),
  CONSTRAINT "CHK_b84f7e3d1d0aeb9713881f7955" CHECK (
    status IN ('draft', 'withdrawn') OR (reference IS NOT NULL AND submitted_at IS NOT NULL AND problem IS NOT NULL)
  ),
  CONSTRAINT "CHK_df0c1f32502110da2e9d6624b8" CHECK ((status = 'accepted') = (case_id IS NOT NULL)),
  CONSTRAINT "CHK_fa3ff7b3b0bcef592ce616b291" CHECK (
    status IN ('draft', 'submitted', 'returned', 'accepted', 'refused', 'redirected', 'withdrawn')
  ),
  CONSTRAINT referrals_case_in_error CHECK (NOT case_in_error OR case_id IS NOT NULL),
  CONSTRAINT referrals_rewritten CHECK (rewritten_at IS NULL OR status IN ('returned', 'withdrawn'))
);
CREATE INDEX referrals_copied_from_id_idx ON referrals (copied_from_id);
CREATE INDEX referrals_agency_id_updated_at_id_idx ON referrals (agency_id, updated_at, id);
CREATE INDEX referrals_case_id_idx ON referrals (case_id);
CREATE INDEX referrals_group_id_idx ON referrals (group_id);
CREATE INDEX referrals_panel_id_updated_at_id_idx ON referrals (panel_id, updated_at, id);
CREATE INDEX referrals_person_id_idx ON referrals (person_id);
CREATE INDEX referrals_place_id_idx ON referrals (place_id);

CREATE TABLE referral_people (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  referral_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  role text NOT NULL,
  rationale text NOT NULL,
  absent_from timestamptz,
  absent_until timestamptz,
  CONSTRAINT referral_people_absence CHECK (absent_from < absent_until OR (absent_from IS NULL AND absent_until IS NULL)),
  UNIQUE (referral_id, person_id, role),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (referral_id, panel_id) REFERENCES referrals (id, panel_id),
  CONSTRAINT "CHK_26a9502b7f51ec4e47fd3c0345" CHECK (
    role IN ('victim', 'at_risk', 'suspected_harm_causer', 'both_victim_and_harm_causer', 'perpetrator', 'child',
      'complainant', 'witness', 'family', 'carer', 'linked_peer', 'person_of_concern_adult', 'professional')
  )
);
CREATE INDEX referral_people_person_id_idx ON referral_people (person_id);
CREATE INDEX referral_people_referral_id_updated_at_id_idx ON referral_people (referral_id, updated_at, id);

-- As case_person_corrections, for referral_people.
CREATE TABLE referral_person_corrections (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  referral_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  role_id uuid NOT NULL,
  person_id uuid NOT NULL REFERENCES persons,
  kind text NOT NULL,
  reason text NOT NULL,
  role text NOT NULL,
  rationale text NOT NULL,
  in_draft boolean NOT NULL,
  named_at timestamptz NOT NULL,
  corrected_by_id uuid NOT NULL,
  corrected_by_agency_id uuid NOT NULL REFERENCES agencies,
  was_last_role boolean NOT NULL DEFAULT false,
  corrected_at timestamptz NOT NULL,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (referral_id, panel_id) REFERENCES referrals (id, panel_id),
  CONSTRAINT referral_person_corrections_last_role CHECK (kind = 'entered_in_error' OR NOT was_last_role),
  CONSTRAINT referral_person_corrections_kind CHECK (kind IN ('changed', 'entered_in_error', 'put_back')),
  CONSTRAINT referral_person_corrections_role CHECK (
    role IN ('victim', 'at_risk', 'suspected_harm_causer', 'both_victim_and_harm_causer', 'perpetrator', 'child',
      'complainant', 'witness', 'family', 'carer', 'linked_peer', 'person_of_concern_adult', 'professional')
  )
);
CREATE INDEX referral_person_corrections_person_id_idx ON referral_person_corrections (person_id);
CREATE INDEX referral_person_corrections_referral_id_updated_at_id_idx
  ON referral_person_corrections (referral_id, updated_at, id);

CREATE TABLE referral_decisions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  referral_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  kind text NOT NULL,
  reason_code text,
  reason text,
  target_panel_id uuid REFERENCES panels,
  target_process text,
  decided_by_id uuid NOT NULL,
  decided_at timestamptz NOT NULL,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (referral_id, panel_id) REFERENCES referrals (id, panel_id),
  CONSTRAINT "CHK_124057d3c1c16a708c7097a74d" CHECK (kind IN ('acceptance', 'withdrawal') OR reason IS NOT NULL),
  CONSTRAINT "CHK_26626ba772ad03c6f84468465c" CHECK (kind = 'acceptance' OR reason_code IS NOT NULL),
  CONSTRAINT "CHK_b53e1329375efefdbfeda4f858" CHECK (
    kind IN ('acceptance', 'return', 'refusal', 'redirection', 'withdrawal')
  ),
  CONSTRAINT "CHK_9a5bff2e589a55cc5f46fe3806" CHECK (
    kind = 'redirection' OR (target_panel_id IS NULL AND target_process IS NULL)
  )
);
CREATE INDEX referral_decisions_referral_id_updated_at_id_idx ON referral_decisions (referral_id, updated_at, id);

CREATE TABLE referral_screenings (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  panel_id uuid NOT NULL,
  is_repeat boolean NOT NULL,
  previous_referral_id uuid REFERENCES referrals,
  duplicate_of_id uuid REFERENCES referrals,
  FOREIGN KEY (id, panel_id) REFERENCES referrals (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id)
);

CREATE TABLE referral_subjects (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  referral_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  person_id uuid REFERENCES persons,
  place_id uuid REFERENCES places,
  group_id uuid REFERENCES groups,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (referral_id, panel_id) REFERENCES referrals (id, panel_id),
  CONSTRAINT "CHK_39a9eb4c7c1cf2d630529d245b" CHECK (num_nonnulls(person_id, place_id, group_id) = 1)
);
CREATE INDEX referral_subjects_group_id_idx ON referral_subjects (group_id);
CREATE INDEX referral_subjects_panel_id_idx ON referral_subjects (panel_id);
CREATE INDEX referral_subjects_person_id_idx ON referral_subjects (person_id);
CREATE INDEX referral_subjects_place_id_idx ON referral_subjects (place_id);
CREATE INDEX referral_subjects_referral_id_idx ON referral_subjects (referral_id);

-- Cases about the same matter as a referral, regardless of which of the two was submitted first.
CREATE TABLE repeated_cases (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  referral_id uuid NOT NULL REFERENCES referral_screenings,
  panel_id uuid NOT NULL,
  matched_case_id uuid NOT NULL,
  for_agency_ids uuid[],
  found_by_id uuid,
  UNIQUE (referral_id, matched_case_id),
  FOREIGN KEY (matched_case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT repeated_cases_for_agencies CHECK (for_agency_ids <> '{}')
);
CREATE INDEX repeated_cases_matched_case_id_idx ON repeated_cases (matched_case_id);

-- -------------------------------------------------------------------------------------------------------------------
-- Sharing agreements, exclusions and access
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE sharing_agreements (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  code text NOT NULL,
  title text NOT NULL,
  panel_types text[] NOT NULL,
  UNIQUE (partnership_id, code)
);

-- A version that was in force stays as it was signed: triggers hold its rows, its parties and its dates, whoever
-- writes.
CREATE TABLE sharing_agreement_versions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agreement_id uuid NOT NULL REFERENCES sharing_agreements,
  edition integer NOT NULL,
  status text NOT NULL,
  purposes text[] NOT NULL,
  effective_from date NOT NULL,
  review_due date NOT NULL,
  expires_on date NOT NULL,
  supersedes_id uuid REFERENCES sharing_agreement_versions,
  activated_at timestamptz,
  status_reason text,
  UNIQUE (agreement_id, edition),
  CONSTRAINT "CHK_792290b1dddd36ff95eb7d9c52" CHECK (expires_on > effective_from AND review_due >= effective_from),
  CONSTRAINT "CHK_7ee26d8c9a61e7df7ff8541ec8" CHECK (status IN ('draft', 'active', 'suspended', 'superseded')),
  CONSTRAINT in_force_was_activated CHECK (status = 'draft' OR activated_at IS NOT NULL)
);
CREATE UNIQUE INDEX sharing_agreement_versions_agreement_id_idx
  ON sharing_agreement_versions (agreement_id) WHERE status = 'active';

CREATE TABLE sharing_parties (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agreement_version_id uuid NOT NULL REFERENCES sharing_agreement_versions,
  agency_id uuid NOT NULL REFERENCES agencies,
  role text NOT NULL DEFAULT 'controller',
  signed_on date,
  signed_by_id uuid REFERENCES practitioners,
  UNIQUE (agreement_version_id, agency_id),
  CONSTRAINT party_role CHECK (role IN ('controller', 'joint', 'processor')),
  CONSTRAINT signed_by_somebody_on_a_day CHECK (signed_by_id IS NULL OR signed_on IS NOT NULL)
);
CREATE INDEX sharing_parties_agency_id_idx ON sharing_parties (agency_id);

CREATE TABLE sharing_rows (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agreement_version_id uuid NOT NULL REFERENCES sharing_agreement_versions,
  purpose text NOT NULL,
  category text NOT NULL,
  contributing_type text NOT NULL,
  receiving_type text NOT NULL,
  level text NOT NULL,
  gateway text NOT NULL,
  lawful_basis text NOT NULL,
  condition text NOT NULL,
  onward text NOT NULL,
  retention_class text NOT NULL,
  CONSTRAINT sharing_rows_agreement_version_id_purpose_category_bb3f5d6b_key UNIQUE (agreement_version_id, purpose,
      category, contributing_type, receiving_type),
  CONSTRAINT "CHK_892fee6d7be7f450bc45711507" CHECK (level IN ('none', 'existence', 'summary', 'full')),
  CONSTRAINT gateway_carries_category CHECK (
    NOT (gateway = 'PCSC_S16' AND (category LIKE 'health%' OR category LIKE 'social_care%'
      OR category IN ('sexual_health', 'substance_use') OR contributing_type LIKE 'health%'
      OR contributing_type LIKE '%social_care' OR contributing_type IN ('substance_misuse', 'any')))
  ),
  CONSTRAINT gateway_carries_persons CHECK (NOT (gateway = 'CDA_S17A' AND level <> 'none')),
  CONSTRAINT row_names_its_law CHECK (
    gateway <> '' AND btrim(lawful_basis) <> '' AND btrim(condition) <> '' AND btrim(retention_class) <> ''
  )
);

CREATE TABLE sharing_simulations (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  agreement_id uuid NOT NULL REFERENCES sharing_agreements,
  version_id uuid NOT NULL REFERENCES sharing_agreement_versions,
  as_of date NOT NULL,
  digest text NOT NULL,
  basis text NOT NULL,
  changes jsonb NOT NULL,
  sample_case_ids jsonb NOT NULL,
  rows jsonb NOT NULL,
  made_by_id uuid NOT NULL REFERENCES practitioners,
  signed_by_id uuid REFERENCES practitioners,
  signed_at timestamptz,
  CONSTRAINT signed_by_who_and_when CHECK ((signed_by_id IS NULL) = (signed_at IS NULL))
);
CREATE INDEX sharing_simulations_agreement_id_updated_at_id_idx ON sharing_simulations (agreement_id, updated_at, id);

-- One exclusion of the same person or agency from the same matter runs at a time. One that is carried over to a
-- repeat and one made for the repeat itself run side by side, as do one that a colleague of the person imposed, who may
-- end it, and one that others imposed.
CREATE TABLE exclusions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  practitioner_id uuid REFERENCES practitioners,
  agency_id uuid REFERENCES agencies,
  name text,
  name_key text,
  case_id uuid,
  person_id uuid,
  reach text NOT NULL DEFAULT 'partnership',
  panel_id uuid,
  reason text NOT NULL,
  hidden_from_declarer_ids uuid[] NOT NULL DEFAULT '{}',
  since timestamptz NOT NULL,
  until timestamptz,
  declared boolean NOT NULL DEFAULT false,
  made_by_id uuid,
  made_by_agency_id uuid,
  made_by_agency_type text,
  by_colleague boolean NOT NULL DEFAULT false,
  ended_by_id uuid,
  end_reason text,
  CONSTRAINT exclusions_one_at_a_time EXCLUDE USING gist (
    (coalesce("panel_id", "partnership_id")) WITH =,
    (coalesce("case_id", "person_id")) WITH =,
    (coalesce("practitioner_id"::text, "agency_id"::text, "name_key")) WITH =,
    (CASE WHEN "declared" THEN 'declared' WHEN "by_colleague" THEN 'colleague' ELSE 'imposed' END || "reach") WITH =,
    tstzrange("since", "until") WITH &&
  ) WHERE (since >= '2026-11-28 00:00+00'),
  CONSTRAINT "CHK_21caa50d9fdb54db6694138327" CHECK (until IS NULL OR until > since),
  CONSTRAINT "CHK_ae1661692faadba75b919ad70b" CHECK ((case_id IS NULL) <> (person_id IS NULL)),
  CONSTRAINT exclusions_ending CHECK (
    (ended_by_id IS NULL) = (end_reason IS NULL) AND (ended_by_id IS NULL OR until IS NOT NULL)
  ),
  CONSTRAINT exclusions_name CHECK (
    name IS NULL OR (name ~ '[A-Za-z\u00C0-\u024F]')::integer + (name ~ '[\u0370-\u03FF]')::integer
      + (name ~ '[\u0400-\u052F]')::integer <= 1
  ),
  CONSTRAINT exclusions_hidden_from_declarer CHECK (hidden_from_declarer_ids = '{}' OR (declared AND case_id IS NOT NULL)),
  CONSTRAINT exclusions_reach CHECK (reach = 'partnership' OR (reach = 'panel' AND panel_id IS NOT NULL)),
  CONSTRAINT exclusions_whom CHECK (
    num_nonnulls(practitioner_id, agency_id, name_key) = 1 AND (name IS NULL) = (name_key IS NULL)
  )
);
CREATE INDEX exclusions_agency_id_idx ON exclusions (agency_id);
CREATE INDEX exclusions_case_id_idx ON exclusions (case_id);
CREATE INDEX exclusions_name_key_idx ON exclusions (name_key);
CREATE INDEX exclusions_panel_id_idx ON exclusions (panel_id);
CREATE INDEX exclusions_person_id_idx ON exclusions (person_id);
CREATE INDEX exclusions_practitioner_id_idx ON exclusions (practitioner_id);

-- A grant is made in the partnership of its case: row-level security would let any other open nothing.
CREATE TABLE access_grants (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  case_id uuid NOT NULL,
  granted_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT "CHK_1cabc302663ecbc881a8879bf4" CHECK (expires_at > granted_at)
);
CREATE INDEX access_grants_case_id_idx ON access_grants (case_id);
CREATE INDEX access_grants_practitioner_id_case_id_idx ON access_grants (practitioner_id, case_id);

CREATE TABLE emergency_accesses (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  agency_id uuid NOT NULL REFERENCES agencies,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  reason_code text NOT NULL,
  reason text NOT NULL,
  opened_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  is_repeated boolean NOT NULL DEFAULT false,
  review_due_on date NOT NULL,
  outcome text,
  review_note text,
  reviewed_by_id uuid,
  reviewed_at timestamptz,
  CONSTRAINT emergency_accesses_ending CHECK (ended_at IS NULL OR ended_at >= opened_at),
  CONSTRAINT emergency_accesses_hour CHECK (
    expires_at > opened_at AND expires_at - opened_at <= interval '60 minutes'
  ),
  CONSTRAINT emergency_accesses_reason CHECK (
    reason_code IN ('imminent_harm', 'court_order', 'statutory_duty', 'missing_person', 'other')
    AND char_length(reason) >= 20
  ),
  CONSTRAINT emergency_accesses_review CHECK (
    num_nonnulls(outcome, review_note, reviewed_by_id, reviewed_at) IN (0, 4)
    AND reviewed_by_id <> practitioner_id
    AND outcome IN ('justified', 'unjustified', 'training', 'escalated')
  )
);
CREATE INDEX emergency_accesses_case_id_idx ON emergency_accesses (case_id);
CREATE INDEX emergency_accesses_panel_id_idx ON emergency_accesses (panel_id);
CREATE INDEX emergency_accesses_practitioner_id_expires_at_idx ON emergency_accesses (practitioner_id, expires_at);

-- -------------------------------------------------------------------------------------------------------------------
-- Requests for access
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE access_requests (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  agency_id uuid NOT NULL REFERENCES agencies,
  asked text NOT NULL,
  case_id uuid REFERENCES cases,
  reason text NOT NULL,
  purpose text NOT NULL,
  status text NOT NULL DEFAULT 'submitted',
  withdrawn_at timestamptz,
  grant_id uuid REFERENCES access_grants,
  CONSTRAINT access_requests_case CHECK (status = 'submitted' OR case_id IS NOT NULL),
  CONSTRAINT access_requests_grant CHECK ((grant_id IS NOT NULL) = (status IN ('approved', 'revoked'))),
  CONSTRAINT access_requests_status CHECK (status IN ('submitted', 'approved', 'refused', 'revoked'))
);
CREATE INDEX access_requests_case_id_idx ON access_requests (case_id);
CREATE UNIQUE INDEX access_requests_practitioner_id_asked_idx
  ON access_requests (practitioner_id, asked) WHERE status = 'submitted' AND withdrawn_at IS NULL;
CREATE INDEX access_requests_practitioner_id_updated_at_id_idx ON access_requests (practitioner_id, updated_at, id);

CREATE TABLE access_decisions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  access_request_id uuid NOT NULL REFERENCES access_requests,
  kind text NOT NULL,
  reason text,
  decided_by_id uuid NOT NULL,
  told boolean NOT NULL,
  UNIQUE (access_request_id, kind),
  CONSTRAINT access_decisions_kind CHECK (kind IN ('approval', 'refusal', 'revocation')),
  CONSTRAINT access_decisions_reason CHECK (kind <> 'refusal' OR reason IS NOT NULL)
);

-- -------------------------------------------------------------------------------------------------------------------
-- Meetings: agenda, research, proceedings, minutes, packs
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE meetings (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  scheduled_at timestamptz NOT NULL,
  ends_at timestamptz,
  kind text NOT NULL DEFAULT 'ordinary',
  emergency_reason text,
  venue_or_mode text NOT NULL,
  status text NOT NULL DEFAULT 'scheduled',
  chair_id uuid REFERENCES practitioners,
  quorate boolean,
  closed_at timestamptz,
  cancel_reason text,
  opened_from text,
  chair_by_opening boolean NOT NULL DEFAULT false,
  opening_reversal_reason text,
  referrals_due_on date,
  papers_due_on date,
  bids_due_on date,
  research_due_on date,
  minutes_due_on date,
  agenda_edition integer NOT NULL DEFAULT 0,
  circulated_at timestamptz,
  UNIQUE (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_afbd18035fa36875367aef2329" CHECK ((status = 'held') = (closed_at IS NOT NULL)),
  CONSTRAINT meetings_cancelled CHECK ((status = 'cancelled') = (cancel_reason IS NOT NULL)),
  CONSTRAINT meetings_circulated CHECK ((agenda_edition = 0) = (circulated_at IS NULL) AND agenda_edition >= 0),
  CONSTRAINT meetings_emergency CHECK (kind = 'emergency' OR emergency_reason IS NULL),
  CONSTRAINT meetings_end CHECK (ends_at > scheduled_at),
  CONSTRAINT meetings_kind CHECK (kind IN ('ordinary', 'emergency', 'written')),
  CONSTRAINT meetings_opened_from CHECK (opened_from IN ('scheduled', 'papers_out')),
  CONSTRAINT meetings_status CHECK (status IN ('scheduled', 'papers_out', 'in_session', 'held', 'cancelled'))
);
CREATE INDEX meetings_panel_id_scheduled_at_id_idx ON meetings (panel_id, scheduled_at, id);

CREATE TABLE listings (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  position integer NOT NULL,
  timebox_minutes integer NOT NULL,
  presented_by_agency_id uuid NOT NULL REFERENCES agencies,
  carried_from_id uuid,
  overdue_action_id uuid,
  late_reason text,
  outcome text,
  removed_at timestamptz,
  removal_reason text,
  started_at timestamptz,
  ended_at timestamptz,
  UNIQUE (id, case_id),
  UNIQUE (id, meeting_id, case_id),
  FOREIGN KEY (carried_from_id, case_id) REFERENCES listings (id, case_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (meeting_id, panel_id) REFERENCES meetings (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_64bb96ada5f24df31c6e4c7ae0" CHECK (kind IN ('urgent', 'repeat', 'new', 'review', 'closure')),
  CONSTRAINT "CHK_64d27fb702f996a9fba78aca98" CHECK (timebox_minutes BETWEEN 1 AND 480),
  CONSTRAINT "CHK_fa81c7dd3211cef7f695f92f44" CHECK (
    outcome IN ('plan_agreed', 'continue', 'defer', 'escalate', 'close', 'note')
  ),
  CONSTRAINT listings_heard CHECK (ended_at IS NULL OR (started_at IS NOT NULL AND ended_at >= started_at)),
  CONSTRAINT listings_late CHECK ((reason = 'late') = (late_reason IS NOT NULL)),
  CONSTRAINT listings_reason CHECK (
    reason IN ('new_referral', 'repeat', 'review_due', 'overdue_actions', 'carried_over', 'ratification', 'closure',
      'urgent', 'late')
  ),
  CONSTRAINT listings_removed CHECK (
    (removed_at IS NULL) = (removal_reason IS NULL) AND (removed_at IS NULL OR outcome = 'defer')
  )
);
CREATE INDEX listings_case_id_updated_at_id_idx ON listings (case_id, updated_at, id);
CREATE INDEX listings_meeting_id_case_id_idx ON listings (meeting_id, case_id);
CREATE UNIQUE INDEX listings_once ON listings (meeting_id, case_id) WHERE outcome IS NULL OR removed_at IS NOT NULL;

CREATE TABLE agenda_editions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  edition integer NOT NULL,
  scheduled_at timestamptz NOT NULL,
  ends_at timestamptz,
  circulated_at timestamptz NOT NULL,
  circulated_by_id uuid NOT NULL,
  UNIQUE (meeting_id, edition),
  FOREIGN KEY (meeting_id, panel_id) REFERENCES meetings (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT agenda_editions_edition CHECK (edition >= 1)
);

CREATE TABLE agenda_items (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  position integer NOT NULL,
  timebox_minutes integer NOT NULL,
  presented_by_agency_id uuid NOT NULL REFERENCES agencies,
  listing_id uuid NOT NULL,
  edition integer NOT NULL,
  UNIQUE (listing_id, edition),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (meeting_id, edition) REFERENCES agenda_editions (meeting_id, edition),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT agenda_items_kind CHECK (kind IN ('urgent', 'repeat', 'new', 'review', 'closure')),
  CONSTRAINT agenda_items_reason CHECK (
    reason IN ('new_referral', 'repeat', 'review_due', 'overdue_actions', 'carried_over', 'ratification', 'closure',
      'urgent', 'late')
  )
);
CREATE INDEX agenda_items_case_id_updated_at_id_idx ON agenda_items (case_id, updated_at, id);
CREATE INDEX agenda_items_meeting_id_edition_idx ON agenda_items (meeting_id, edition);

-- One invitation of the same agency or person to the same item is open at a time.
CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  practitioner_id uuid REFERENCES practitioners,
  invited_by_id uuid,
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  withdrawn_by_id uuid,
  withdrawal_reason text,
  change_reason text,
  CONSTRAINT invitations_one_at_a_time EXCLUDE USING gist (
    "listing_id" WITH =,
    "agency_id" WITH =,
    (coalesce("practitioner_id", "agency_id")) WITH =,
    tstzrange("opens_at", "closes_at") WITH &&
  ) WHERE (withdrawn_at IS NULL),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_d6ff81f31eea3f040b0e05ce6a" CHECK (closes_at > opens_at),
  CONSTRAINT invitations_withdrawal CHECK ((withdrawn_at IS NULL) = (withdrawal_reason IS NULL))
);
CREATE INDEX invitations_agency_id_closes_at_idx ON invitations (agency_id, closes_at);
CREATE INDEX invitations_case_id_idx ON invitations (case_id);
CREATE INDEX invitations_listing_id_updated_at_id_idx ON invitations (listing_id, updated_at, id);

-- One open stay for each person, and one apology for each member. A guest may have several apologies: whoever may not
-- read an earlier one records another beside it.
CREATE TABLE attendances (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  status text NOT NULL,
  deputy_for_id uuid REFERENCES practitioners,
  listing_ids uuid[],
  arrived_at timestamptz,
  left_at timestamptz,
  confidentiality_accepted_at timestamptz,
  confirmed_at timestamptz,
  confirmed_by_id uuid,
  correction_reason text,
  FOREIGN KEY (meeting_id, panel_id) REFERENCES meetings (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_d652e6ee54b6943c1c3e07cc8e" CHECK (
    status IN ('present', 'apologies', 'apologies_with_report', 'deputy', 'absent')
  ),
  CONSTRAINT attendances_arrived CHECK ((status IN ('present', 'deputy')) = (arrived_at IS NOT NULL)),
  CONSTRAINT attendances_confirmed CHECK (
    (confirmed_at IS NULL) = (confirmed_by_id IS NULL) AND (confirmed_at IS NULL OR status IN ('present', 'deputy'))
  ),
  CONSTRAINT attendances_deputy CHECK (
    deputy_for_id IS NULL OR (status = 'deputy' AND deputy_for_id <> practitioner_id)
  ),
  CONSTRAINT attendances_left CHECK (left_at IS NULL OR (arrived_at IS NOT NULL AND left_at > arrived_at)),
  CONSTRAINT present_in_confidence CHECK (
    status NOT IN ('present', 'deputy') OR confidentiality_accepted_at IS NOT NULL
  )
);
CREATE INDEX attendances_meeting_id_updated_at_id_idx ON attendances (meeting_id, updated_at, id);
CREATE UNIQUE INDEX attendances_one_apology
  ON attendances (meeting_id, practitioner_id) WHERE arrived_at IS NULL AND listing_ids IS NULL;
CREATE UNIQUE INDEX attendances_one_stay
  ON attendances (meeting_id, practitioner_id) WHERE arrived_at IS NOT NULL AND left_at IS NULL;
CREATE INDEX attendances_panel_id_practitioner_id_idx ON attendances (panel_id, practitioner_id);

CREATE TABLE pack_recalls (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  listing_id uuid,
  case_id uuid,
  edition integer NOT NULL,
  circulated_at timestamptz NOT NULL,
  reason text NOT NULL,
  made_by_id uuid NOT NULL,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (meeting_id, panel_id) REFERENCES meetings (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT pack_recalls_edition CHECK (edition >= 1),
  CONSTRAINT pack_recalls_item CHECK ((listing_id IS NULL) = (case_id IS NULL))
);
CREATE INDEX pack_recalls_meeting_id_updated_at_id_idx ON pack_recalls (meeting_id, updated_at, id);

-- Copies of documents that were opened, written with the entry of the audit log and apart from it.
CREATE TABLE document_copies (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL REFERENCES meetings,
  document text NOT NULL,
  reader_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  listing_ids uuid[] NOT NULL,
  -- Items that an exclusion or recusal alone kept from the reader, and by which record: two lists of one length.
  kept_listing_ids uuid[] NOT NULL DEFAULT '{}',
  kept_out_by_ids uuid[] NOT NULL DEFAULT '{}',
  CONSTRAINT document_copies_kept CHECK (
    cardinality(kept_listing_ids) = cardinality(kept_out_by_ids) AND NOT kept_listing_ids && listing_ids),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT document_copies_document CHECK (document IN ('pack', 'minutes'))
);
CREATE INDEX document_copies_meeting_id_updated_at_id_idx ON document_copies (meeting_id, updated_at, id);
CREATE INDEX document_copies_panel_id_updated_at_id_idx ON document_copies (panel_id, updated_at, id);

CREATE TABLE circulation_checks (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  edition integer NOT NULL,
  recipients jsonb NOT NULL,
  named jsonb NOT NULL,
  basis jsonb NOT NULL,
  needs_second_approval boolean NOT NULL,
  made_by_id uuid NOT NULL REFERENCES practitioners,
  approved_by_id uuid REFERENCES practitioners,
  approved_at timestamptz,
  UNIQUE (meeting_id, edition),
  FOREIGN KEY (meeting_id, panel_id) REFERENCES meetings (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT circulation_checks_approved CHECK ((approved_by_id IS NULL) = (approved_at IS NULL)),
  CONSTRAINT circulation_checks_edition CHECK (edition >= 1),
  CONSTRAINT circulation_checks_second_approval CHECK (
    NOT needs_second_approval OR approved_by_id IS NULL OR approved_by_id <> made_by_id
  )
);

-- A recusal hides the item from the person, and every item of the matter that is decided later.
CREATE TABLE recusals (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  reason text NOT NULL,
  declared boolean NOT NULL,
  ended_at timestamptz,
  ended_by_id uuid,
  end_kind text,
  end_reason text,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT recusals_ended CHECK (
    (ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)
    AND (ended_at IS NULL) = (end_kind IS NULL)
  ),
  CONSTRAINT recusals_end_kind CHECK (end_kind IN ('ended', 'entered_in_error'))
);
CREATE UNIQUE INDEX recusals_listing_id_practitioner_id_declared_idx
  ON recusals (listing_id, practitioner_id, declared) WHERE ended_at IS NULL;
CREATE INDEX recusals_case_id_idx ON recusals (case_id);
CREATE INDEX recusals_meeting_id_updated_at_id_idx ON recusals (meeting_id, updated_at, id);
CREATE INDEX recusals_practitioner_id_idx ON recusals (practitioner_id);

CREATE TABLE item_presences (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  -- Exclusions and recusals that alone kept the item from the person; null where the person heard it.
  kept_out_by_ids uuid[],
  in_emergency boolean NOT NULL DEFAULT false,
  was_present boolean NOT NULL DEFAULT true,
  corrects_id uuid,
  correction_reason text,
  corrected_at timestamptz,
  UNIQUE (corrects_id),
  UNIQUE (id, listing_id),
  FOREIGN KEY (corrects_id, listing_id) REFERENCES item_presences (id, listing_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT item_presences_kept_out CHECK (NOT in_emergency OR kept_out_by_ids IS NULL),
  CONSTRAINT item_presences_correction CHECK ((corrects_id IS NULL) = (correction_reason IS NULL)),
  CONSTRAINT item_presences_first CHECK (was_present OR corrects_id IS NOT NULL)
);
CREATE UNIQUE INDEX item_presences_current ON item_presences (listing_id, practitioner_id) WHERE corrected_at IS NULL;
CREATE INDEX item_presences_listing_id_updated_at_id_idx ON item_presences (listing_id, updated_at, id);

CREATE TABLE disclosed_crimes (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'police_incident',
  summary text NOT NULL,
  victim_wishes_report text NOT NULL,
  reported_to text,
  reference text,
  amends_id uuid UNIQUE,
  amended_at timestamptz,
  UNIQUE (id, listing_id),
  FOREIGN KEY (amends_id, listing_id) REFERENCES disclosed_crimes (id, listing_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT disclosed_crimes_category CHECK (category = 'police_incident'),
  CONSTRAINT disclosed_crimes_wish CHECK (victim_wishes_report IN ('yes', 'no', 'not_asked', 'not_known'))
);
CREATE INDEX disclosed_crimes_listing_id_idx ON disclosed_crimes (listing_id);
CREATE INDEX disclosed_crimes_meeting_id_updated_at_id_idx ON disclosed_crimes (meeting_id, updated_at, id);

CREATE TABLE decisions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  kind text NOT NULL,
  text text NOT NULL,
  rationale text NOT NULL,
  dissent text,
  quorate boolean NOT NULL,
  rules_edition integer,
  corrects_id uuid UNIQUE,
  correction_reason text,
  corrected_at timestamptz,
  UNIQUE (id, listing_id),
  FOREIGN KEY (corrects_id, listing_id) REFERENCES decisions (id, listing_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT decisions_correction CHECK ((corrects_id IS NULL) = (correction_reason IS NULL)),
  CONSTRAINT "CHK_128185e38db5a8fc565159377f" CHECK (category = 'plan_action'),
  CONSTRAINT "CHK_caa2a79c244e5481a04a017585" CHECK (
    kind IN ('plan_agreed', 'continue', 'defer', 'escalate', 'close', 'note')
  )
);
CREATE UNIQUE INDEX decisions_current ON decisions (listing_id) WHERE corrected_at IS NULL;
CREATE INDEX decisions_case_id_updated_at_id_idx ON decisions (case_id, updated_at, id);
CREATE INDEX decisions_listing_id_idx ON decisions (listing_id);
CREATE INDEX decisions_meeting_id_updated_at_id_idx ON decisions (meeting_id, updated_at, id);

CREATE TABLE minutes (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'professional_opinion',
  text text NOT NULL,
  reason text,
  voice text,
  risk_factors text,
  protective_factors text,
  disagreement text,
  next_review_on date,
  status text NOT NULL DEFAULT 'draft',
  confirmed_at_id uuid,
  edition integer NOT NULL,
  UNIQUE (id, listing_id, case_id, panel_id),
  UNIQUE (listing_id, edition),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (confirmed_at_id, panel_id) REFERENCES meetings (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_acf08aec40d021b792e5eac1fa" CHECK (category = 'professional_opinion'),
  CONSTRAINT minutes_confirmed CHECK (
    (status = 'confirmed') = (confirmed_at_id IS NOT NULL) AND confirmed_at_id <> meeting_id
  ),
  CONSTRAINT minutes_status CHECK (status IN ('draft', 'approved', 'confirmed', 'superseded'))
);
CREATE INDEX minutes_case_id_updated_at_id_idx ON minutes (case_id, updated_at, id);
CREATE INDEX minutes_meeting_id_updated_at_id_idx ON minutes (meeting_id, updated_at, id);

CREATE TABLE minute_points (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  minute_id uuid NOT NULL,
  category text NOT NULL,
  text text NOT NULL,
  contribution_id uuid REFERENCES contributions,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (minute_id, listing_id, case_id, panel_id) REFERENCES minutes (id, listing_id, case_id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id)
);
CREATE INDEX minute_points_case_id_updated_at_id_idx ON minute_points (case_id, updated_at, id);
CREATE INDEX minute_points_minute_id_updated_at_id_idx ON minute_points (minute_id, updated_at, id);

CREATE TABLE captured_actions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  action_id uuid NOT NULL UNIQUE,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id)
);
CREATE INDEX captured_actions_listing_id_idx ON captured_actions (listing_id);

CREATE TABLE research_requests (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  meeting_id uuid NOT NULL,
  listing_id uuid NOT NULL,
  asked_agency_id uuid NOT NULL REFERENCES agencies,
  answered_by text NOT NULL,
  practitioner_id uuid REFERENCES practitioners,
  due_on date NOT NULL,
  original_due_on date NOT NULL,
  closes_at timestamptz NOT NULL,
  status text NOT NULL DEFAULT 'asked',
  returned_at timestamptz,
  nil boolean,
  UNIQUE (id, case_id, panel_id, asked_agency_id),
  UNIQUE (listing_id, asked_agency_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, meeting_id, case_id) REFERENCES listings (id, meeting_id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT research_requests_answerer CHECK (answered_by IN ('members', 'person', 'agency')),
  CONSTRAINT research_requests_person CHECK ((answered_by = 'person') = (practitioner_id IS NOT NULL)),
  CONSTRAINT research_requests_returned CHECK (
    (status = 'returned') = (returned_at IS NOT NULL) AND (returned_at IS NULL) = (nil IS NULL)
  ),
  CONSTRAINT research_requests_status CHECK (status IN ('asked', 'returned', 'cancelled'))
);
CREATE INDEX research_requests_asked_agency_id_updated_at_id_idx
  ON research_requests (asked_agency_id, updated_at, id);
CREATE INDEX research_requests_case_id_idx ON research_requests (case_id);
CREATE INDEX research_requests_meeting_id_updated_at_id_idx ON research_requests (meeting_id, updated_at, id);
CREATE INDEX research_requests_panel_id_updated_at_id_idx ON research_requests (panel_id, updated_at, id);

-- agency_only is always true: row-level security hides the points from every other agency.
CREATE TABLE research_points (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  request_id uuid NOT NULL,
  agency_only boolean NOT NULL DEFAULT true,
  category text NOT NULL,
  kind text NOT NULL,
  text text NOT NULL,
  summary text,
  handling text NOT NULL DEFAULT 'P',
  conditions text,
  originator_control boolean NOT NULL DEFAULT false,
  occurred_on date,
  decision text NOT NULL DEFAULT 'draft',
  withheld_reason text,
  contribution_id uuid REFERENCES contributions,
  author_id uuid NOT NULL,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (request_id, case_id, panel_id, agency_id) REFERENCES research_requests (id, case_id, panel_id,
      asked_agency_id),
  CONSTRAINT research_points_contributed CHECK ((decision = 'contributed') = (contribution_id IS NOT NULL)),
  CONSTRAINT research_points_decision CHECK (decision IN ('draft', 'shared', 'withheld', 'contributed')),
  CONSTRAINT research_points_handling CHECK (handling IN ('P', 'C') AND (handling = 'P' OR conditions IS NOT NULL)),
  CONSTRAINT research_points_kind CHECK (kind IN ('fact', 'opinion', 'intelligence', 'allegation', 'self_report')),
  CONSTRAINT research_points_own CHECK (agency_only),
  CONSTRAINT research_points_shared CHECK (decision IN ('draft', 'withheld') OR summary IS NOT NULL),
  CONSTRAINT research_points_withheld CHECK ((decision = 'withheld') = (withheld_reason IS NOT NULL))
);
CREATE INDEX research_points_agency_id_updated_at_id_idx ON research_points (agency_id, updated_at, id);
CREATE INDEX research_points_request_id_updated_at_id_idx ON research_points (request_id, updated_at, id);

-- -------------------------------------------------------------------------------------------------------------------
-- Plans and actions
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE plans (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  model_code text NOT NULL,
  title text NOT NULL,
  aims jsonb NOT NULL DEFAULT '[]',
  lead_agency_id uuid NOT NULL REFERENCES agencies,
  resource_need text,
  status text NOT NULL DEFAULT 'draft',
  agreed_at timestamptz,
  chair_reason text,
  start_on date,
  review_on date,
  end_on date,
  evaluated_at timestamptz,
  evaluation_method text,
  method_reason text,
  outcomes jsonb,
  what_worked text,
  what_is_left text,
  displacement text,
  resident_view text,
  cost text,
  UNIQUE (id, case_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_12d912b78926d77b9904571a23" CHECK (model_code IN ('IDPARTNERS', 'SARA', 'OSARA', 'SAFETY')),
  CONSTRAINT "CHK_5f69c82fe8ef35a4e4fb202b50" CHECK ((status = 'draft') = (agreed_at IS NULL)),
  CONSTRAINT "CHK_a4db5fd876331c228e160b3799" CHECK (status IN ('draft', 'agreed', 'active', 'evaluated', 'closed')),
  CONSTRAINT "CHK_bb6bd32b68fa13013bc93ef8e4" CHECK (end_on >= start_on),
  CONSTRAINT "CHK_e067ada83a3de8f4fbbe40ef60" CHECK (category = 'plan_action'),
  CONSTRAINT plans_evaluated CHECK ((status IN ('evaluated', 'closed')) = (evaluated_at IS NOT NULL)),
  CONSTRAINT plans_evaluation CHECK (
    num_nonnulls(evaluated_at, evaluation_method, outcomes, what_worked, what_is_left) IN (0, 5)
    AND (evaluated_at IS NOT NULL OR num_nonnulls(method_reason, displacement, resident_view, cost) = 0)
  ),
  CONSTRAINT plans_method CHECK (
    evaluation_method IN ('before_after', 'comparison_area', 'time_series', 'qualitative', 'not_possible')
  ),
  CONSTRAINT plans_method_reason CHECK ((evaluation_method = 'not_possible') = (method_reason IS NOT NULL)),
  CONSTRAINT plans_outcomes CHECK (jsonb_array_length(outcomes) = jsonb_array_length(aims))
);
CREATE INDEX plans_case_id_updated_at_id_idx ON plans (case_id, updated_at, id);

-- Dates before the day of making stay in original_due_on.
CREATE TABLE actions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  plan_id uuid,
  listing_id uuid,
  owner_agency_id uuid NOT NULL REFERENCES agencies,
  owner_practitioner_id uuid REFERENCES practitioners,
  owner_named_by_id uuid,
  description text NOT NULL,
  measure text,
  evidence_of_completion text,
  relates_to text,
  status text NOT NULL DEFAULT 'proposed',
  due_on date NOT NULL,
  original_due_on date NOT NULL,
  ended_on date,
  outcome_text text,
  completed_by_id uuid,
  UNIQUE (id, case_id, panel_id, owner_agency_id),
  UNIQUE (id, listing_id),
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, case_id) REFERENCES listings (id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (plan_id, case_id) REFERENCES plans (id, case_id),
  CONSTRAINT "CHK_2c5f585abc58703b5b776d4792" CHECK (
    status IN ('proposed', 'agreed', 'in_progress', 'blocked', 'done', 'verified', 'not_possible', 'not_done',
      'cancelled', 'superseded')
  ),
  CONSTRAINT "CHK_871bdd867405c5aa9bd6d8002d" CHECK (category = 'plan_action'),
  CONSTRAINT "CHK_a7b2eb2489e3d2c120943ed3f6" CHECK (
    status NOT IN ('not_possible', 'not_done', 'cancelled', 'superseded') OR outcome_text IS NOT NULL
  ),
  CONSTRAINT actions_due CHECK (due_on >= (created_at AT TIME ZONE 'Europe/London')::date),
  CONSTRAINT actions_ended CHECK (ended_on IS NULL OR status NOT IN ('proposed', 'agreed', 'in_progress', 'blocked')),
  CONSTRAINT actions_owner_named CHECK (owner_named_by_id IS NULL OR owner_practitioner_id IS NOT NULL)
);
CREATE INDEX actions_case_id_updated_at_id_idx ON actions (case_id, updated_at, id);
CREATE INDEX actions_owner_agency_id_updated_at_id_idx ON actions (owner_agency_id, updated_at, id);
CREATE INDEX actions_panel_id_updated_at_id_idx ON actions (panel_id, updated_at, id);
CREATE INDEX actions_plan_id_idx ON actions (plan_id);

CREATE TABLE action_notes (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  contributing_type text NOT NULL,
  case_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  action_id uuid NOT NULL REFERENCES actions,
  listing_id uuid,
  status text NOT NULL,
  note text NOT NULL,
  FOREIGN KEY (case_id, panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, case_id) REFERENCES listings (id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT "CHK_26b8fbe1d2be6879ee0eafd4a8" CHECK (category = 'plan_action')
);
CREATE INDEX action_notes_action_id_updated_at_id_idx ON action_notes (action_id, updated_at, id);

-- -------------------------------------------------------------------------------------------------------------------
-- Cycles of meetings
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE cycle_templates (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  name text NOT NULL,
  recurrence text NOT NULL,
  anchor_on date NOT NULL,
  anchor_number integer NOT NULL DEFAULT 1,
  length_days integer,
  nth integer,
  weekday integer,
  holiday_rule text NOT NULL DEFAULT 'forward',
  jurisdiction text NOT NULL DEFAULT 'england_and_wales',
  closed_on date[] NOT NULL DEFAULT '{}',
  stages jsonb NOT NULL,
  CONSTRAINT cycle_templates_holiday_rule CHECK (holiday_rule IN ('forward', 'back', 'keep')),
  CONSTRAINT cycle_templates_jurisdiction CHECK (
    jurisdiction IN ('england_and_wales', 'scotland', 'northern_ireland')
  ),
  CONSTRAINT cycle_templates_length CHECK (
    (recurrence = 'every_n_days') = (length_days IS NOT NULL) AND length_days BETWEEN 1 AND 366
  ),
  CONSTRAINT cycle_templates_recurrence CHECK (recurrence IN ('every_n_days', 'nth_weekday')),
  CONSTRAINT cycle_templates_weekday CHECK (
    (recurrence = 'nth_weekday') = (nth IS NOT NULL)
    AND (nth IS NULL) = (weekday IS NULL)
    AND nth IN (-1, 1, 2, 3, 4)
    AND weekday BETWEEN 1 AND 7
  )
);

CREATE TABLE cycles (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  template_id uuid NOT NULL REFERENCES cycle_templates,
  number integer NOT NULL,
  opens_on date NOT NULL,
  closes_on date NOT NULL,
  partial boolean NOT NULL DEFAULT false,
  closed_at timestamptz,
  UNIQUE (id, partnership_id),
  UNIQUE (template_id, number),
  CONSTRAINT cycles_days CHECK (closes_on >= opens_on)
);
CREATE INDEX cycles_partnership_id_opens_on_id_idx ON cycles (partnership_id, opens_on, id);

CREATE TABLE cycle_meetings (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  cycle_id uuid NOT NULL,
  stage text NOT NULL,
  meeting_id uuid NOT NULL REFERENCES meetings,
  planned_on date NOT NULL,
  UNIQUE (cycle_id, stage),
  FOREIGN KEY (cycle_id, partnership_id) REFERENCES cycles (id, partnership_id),
  CONSTRAINT cycle_meetings_stage CHECK (stage IN ('jag', 'tasking', 'ttcg'))
);
CREATE INDEX cycle_meetings_meeting_id_idx ON cycle_meetings (meeting_id);

-- from_panel_id and plan_panel_id name where the content comes from, so that a compartment hides it.
CREATE TABLE feeds (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  kind text NOT NULL,
  cycle_id uuid REFERENCES cycles,
  from_meeting_id uuid NOT NULL REFERENCES meetings,
  from_panel_id uuid NOT NULL REFERENCES panels,
  panel_id uuid NOT NULL,
  to_meeting_id uuid REFERENCES meetings,
  rolled integer NOT NULL DEFAULT 0,
  plan_id uuid REFERENCES plans,
  case_id uuid,
  plan_panel_id uuid,
  item_id uuid NOT NULL,
  text text NOT NULL,
  acknowledged_at timestamptz,
  acknowledged_by_id uuid,
  CONSTRAINT feeds_once UNIQUE (kind, item_id, from_meeting_id, panel_id),
  FOREIGN KEY (case_id, plan_panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT feeds_acknowledged CHECK ((acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)),
  CONSTRAINT feeds_case CHECK ((case_id IS NULL) = (plan_panel_id IS NULL)),
  CONSTRAINT feeds_category CHECK (category = 'plan_action'),
  CONSTRAINT feeds_kind CHECK (
    kind IN ('plan_need', 'bid_escalation', 'decision', 'priority', 'result', 'intel_requirement')
  )
);
CREATE INDEX feeds_cycle_id_idx ON feeds (cycle_id);
CREATE INDEX feeds_panel_id_updated_at_id_idx ON feeds (panel_id, updated_at, id);
CREATE INDEX feeds_to_meeting_id_idx ON feeds (to_meeting_id);

-- -------------------------------------------------------------------------------------------------------------------
-- Resources and bids
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE resources (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  name text NOT NULL,
  type text NOT NULL,
  quantity integer NOT NULL,
  unit text NOT NULL,
  shifts jsonb NOT NULL DEFAULT '[]',
  available boolean NOT NULL DEFAULT true,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT resources_quantity CHECK (quantity BETWEEN 1 AND 100000),
  CONSTRAINT resources_type CHECK (
    type IN ('ward_officers', 'asb_officers', 'parks_police', 'council_funded_police', 'outreach_team',
      'cctv_fixed', 'cctv_demountable', 'control_room', 'licensing_officers', 'environmental_health',
      'street_cleaning', 'design_out_crime', 'other')
  ),
  CONSTRAINT resources_unit CHECK (unit IN ('officers', 'hours', 'days', 'units'))
);
CREATE INDEX resources_panel_id_updated_at_id_idx ON resources (panel_id, updated_at, id);

-- plan_panel_id names the panel of the plan, so that a compartment hides the bid wherever it is decided.
CREATE TABLE bids (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  author_id uuid NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  panel_id uuid NOT NULL,
  plan_id uuid NOT NULL REFERENCES plans,
  plan_panel_id uuid NOT NULL REFERENCES panels,
  case_id uuid NOT NULL,
  escalated_from_id uuid UNIQUE REFERENCES bids,
  meeting_id uuid REFERENCES meetings,
  status text NOT NULL DEFAULT 'draft',
  title text NOT NULL,
  resource_id uuid REFERENCES resources,
  resource_type text NOT NULL,
  quantity integer NOT NULL,
  unit text NOT NULL,
  from_on date NOT NULL,
  to_on date NOT NULL,
  times_of_day text,
  location text NOT NULL,
  evidence text NOT NULL,
  tactic text NOT NULL,
  expected_outcome text NOT NULL,
  if_refused text NOT NULL,
  authority_needed text,
  community_impact text,
  exit_plan text,
  priority integer,
  submitted_at timestamptz,
  deferrals integer NOT NULL DEFAULT 0,
  waiver_reason text,
  plan_chair_waived_id uuid,
  tasking_chair_waived_id uuid,
  ratified_at timestamptz,
  granted_quantity integer,
  results_due_on date,
  end_reason text,
  FOREIGN KEY (case_id, plan_panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT bids_category CHECK (category = 'plan_action'),
  CONSTRAINT bids_days CHECK (to_on >= from_on),
  CONSTRAINT bids_deferrals CHECK (deferrals BETWEEN 0 AND 2),
  CONSTRAINT bids_granted CHECK (
    status NOT IN ('approved', 'part_approved', 'scheduled', 'deployed') OR granted_quantity BETWEEN 1 AND quantity
  ),
  CONSTRAINT bids_listed CHECK (status <> 'listed' OR meeting_id IS NOT NULL),
  CONSTRAINT bids_status CHECK (
    status IN ('draft', 'submitted', 'screened', 'listed', 'approved', 'part_approved', 'deferred', 'refused',
      'escalated', 'scheduled', 'deployed', 'not_deployed', 'results_returned', 'evaluated', 'closed', 'withdrawn')
  ),
  CONSTRAINT bids_submitted CHECK (status IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL),
  CONSTRAINT bids_type CHECK (
    resource_type IN ('ward_officers', 'asb_officers', 'parks_police', 'council_funded_police', 'outreach_team',
      'cctv_fixed', 'cctv_demountable', 'control_room', 'licensing_officers', 'environmental_health',
      'street_cleaning', 'design_out_crime', 'other')
  ),
  CONSTRAINT bids_unit CHECK (unit IN ('officers', 'hours', 'days', 'units')),
  CONSTRAINT bids_waiver CHECK (plan_chair_waived_id <> tasking_chair_waived_id),
  CONSTRAINT bids_waiver_asked CHECK (
    waiver_reason IS NOT NULL OR (plan_chair_waived_id IS NULL AND tasking_chair_waived_id IS NULL)
  )
);
CREATE INDEX bids_agency_id_updated_at_id_idx ON bids (agency_id, updated_at, id);
CREATE INDEX bids_case_id_idx ON bids (case_id);
CREATE INDEX bids_meeting_id_idx ON bids (meeting_id);
CREATE INDEX bids_panel_id_updated_at_id_idx ON bids (panel_id, updated_at, id);
CREATE INDEX bids_plan_panel_id_updated_at_id_idx ON bids (plan_panel_id, updated_at, id);

CREATE TABLE bid_decisions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  bid_id uuid NOT NULL REFERENCES bids,
  panel_id uuid NOT NULL,
  plan_panel_id uuid NOT NULL,
  case_id uuid NOT NULL,
  meeting_id uuid NOT NULL REFERENCES meetings,
  kind text NOT NULL,
  granted_quantity integer,
  conditions text,
  reason text,
  alignment text,
  decided_by_id uuid NOT NULL,
  UNIQUE (bid_id, meeting_id),
  FOREIGN KEY (case_id, plan_panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT bid_decisions_category CHECK (category = 'plan_action'),
  CONSTRAINT bid_decisions_granted CHECK ((kind IN ('approval', 'part_approval')) = (granted_quantity IS NOT NULL)),
  CONSTRAINT bid_decisions_kind CHECK (kind IN ('approval', 'part_approval', 'deferral', 'refusal', 'escalation')),
  CONSTRAINT bid_decisions_reason CHECK (kind IN ('approval', 'escalation') OR reason IS NOT NULL)
);
CREATE INDEX bid_decisions_bid_id_updated_at_id_idx ON bid_decisions (bid_id, updated_at, id);

CREATE TABLE bid_results (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  contributing_type text NOT NULL,
  category text NOT NULL DEFAULT 'plan_action',
  bid_id uuid NOT NULL UNIQUE REFERENCES bids,
  panel_id uuid NOT NULL,
  plan_panel_id uuid NOT NULL,
  case_id uuid NOT NULL,
  worked integer NOT NULL,
  incidents_before integer,
  incidents_during integer,
  incidents_after integer,
  activity text NOT NULL,
  feedback text,
  recommendation text NOT NULL,
  FOREIGN KEY (case_id, plan_panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT bid_results_category CHECK (category = 'plan_action'),
  CONSTRAINT bid_results_recommendation CHECK (recommendation IN ('continue', 'adapt', 'end'))
);

-- -------------------------------------------------------------------------------------------------------------------
-- Escalations
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE escalations (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  steering_panel_id uuid NOT NULL,
  case_id uuid NOT NULL,
  action_id uuid NOT NULL,
  listing_id uuid,
  owner_agency_id uuid NOT NULL REFERENCES agencies,
  kind text NOT NULL,
  due_on date NOT NULL,
  since_on date NOT NULL,
  status text NOT NULL DEFAULT 'open',
  answer text,
  answer_due_on date,
  answered_at timestamptz,
  answered_by_id uuid,
  agency_id uuid REFERENCES agencies,
  contributing_type text,
  closed_on date,
  CONSTRAINT escalations_once UNIQUE (action_id),
  FOREIGN KEY (action_id, case_id, panel_id, owner_agency_id) REFERENCES actions (id, case_id, panel_id,
      owner_agency_id),
  FOREIGN KEY (listing_id, case_id) REFERENCES listings (id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  FOREIGN KEY (steering_panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT escalations_answer CHECK (
    num_nonnulls(answer, answer_due_on, answered_at, answered_by_id, agency_id, contributing_type) IN (0, 6)
    AND (status <> 'open' OR answer IS NULL)
    AND (status <> 'answered' OR answer IS NOT NULL)
  ),
  CONSTRAINT escalations_closed CHECK ((status = 'closed') = (closed_on IS NOT NULL)),
  CONSTRAINT escalations_kind CHECK (kind IN ('overdue', 'not_done')),
  CONSTRAINT escalations_status CHECK (status IN ('open', 'answered', 'closed'))
);
CREATE INDEX escalations_case_id_idx ON escalations (case_id);
CREATE INDEX escalations_owner_agency_id_updated_at_id_idx ON escalations (owner_agency_id, updated_at, id);
CREATE INDEX escalations_panel_id_updated_at_id_idx ON escalations (panel_id, updated_at, id);
CREATE INDEX escalations_steering_panel_id_updated_at_id_idx ON escalations (steering_panel_id, updated_at, id);

-- -------------------------------------------------------------------------------------------------------------------
-- Jobs and notices
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE job_runs (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL REFERENCES partnerships,
  task text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  notices integer NOT NULL,
  error text,
  CONSTRAINT job_runs_notices CHECK (notices >= 0 AND (error IS NULL OR notices = 0)),
  CONSTRAINT job_runs_times CHECK (ended_at >= started_at)
);
CREATE INDEX job_runs_partnership_id_updated_at_id_idx ON job_runs (partnership_id, updated_at, id);

CREATE TABLE notices (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  agency_id uuid NOT NULL REFERENCES agencies,
  practitioner_id uuid REFERENCES practitioners,
  kind text NOT NULL,
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  case_id uuid REFERENCES cases,
  listing_id uuid,
  plan_panel_id uuid,
  panel_id uuid,
  exclusion_id uuid REFERENCES exclusions ON DELETE CASCADE,
  due_on date NOT NULL,
  level integer NOT NULL,
  read_at timestamptz,
  read_by_id uuid,
  ended_at timestamptz,
  CONSTRAINT notices_once UNIQUE (kind, subject_id, due_on, agency_id),
  FOREIGN KEY (case_id, plan_panel_id) REFERENCES cases (id, panel_id),
  FOREIGN KEY (listing_id, case_id) REFERENCES listings (id, case_id),
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT notices_kind CHECK (
    kind IN ('action_due_soon', 'action_due', 'action_overdue', 'action_escalated', 'papers_due', 'research_due',
      'minutes_due', 'bid_results_due', 'bid_results_overdue', 'feed_not_taken_up', 'agreement_review_due',
      'emergency_review_due', 'emergency_alarm', 'action_before_steering_group', 'steering_group_answered',
      'escalation_to_answer', 'referral_returned', 'referral_refused', 'referral_redirected', 'referral_in_error',
      'no_chair_left', 'deputy_chair_needed', 'recipient_to_tell', 'owner_cannot_see', 'changed_by_excluded',
      'excluded_by_naming')
  ),
  CONSTRAINT notices_level CHECK (level BETWEEN 0 AND 3),
  CONSTRAINT notices_read CHECK ((read_at IS NULL) = (read_by_id IS NULL))
);
CREATE INDEX notices_agency_id_updated_at_id_idx ON notices (agency_id, updated_at, id);
CREATE INDEX notices_case_id_idx ON notices (case_id);
CREATE INDEX notices_panel_id_updated_at_id_idx ON notices (panel_id, updated_at, id);

-- -------------------------------------------------------------------------------------------------------------------
-- Disclosures
-- -------------------------------------------------------------------------------------------------------------------

-- One row for each panel, case and referral through which a record was read. The unique key treats null as a value.
CREATE TABLE disclosures (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  panel_id uuid,
  case_id uuid,
  referral_id uuid,
  person_id uuid,
  listing_id uuid,
  record_type text NOT NULL,
  record_id uuid NOT NULL,
  record_version integer NOT NULL,
  origin_agency_id uuid NOT NULL,
  recipient_agency_id uuid NOT NULL,
  purpose text NOT NULL,
  day date NOT NULL,
  at timestamptz NOT NULL,
  fields text[] NOT NULL,
  agreement_version_ids uuid[] NOT NULL,
  pending text,
  pending_since timestamptz,
  notified_at timestamptz,
  -- Items of meetings through which alone the case was read; null where there was another way.
  through_listing_ids uuid[],
  -- Exclusions and recusals that kept it from the one person who would have received it; null where it was received.
  kept_out_by_ids uuid[],
  -- Marked as recorded in error: nobody of the agency was present when the record was discussed.
  in_error_since timestamptz,
  CONSTRAINT disclosures_once_a_day UNIQUE NULLS NOT DISTINCT (record_type, record_id, record_version,
      recipient_agency_id, panel_id, case_id, referral_id, purpose, day, fields, kept_out_by_ids, through_listing_ids,
      in_error_since),
  CONSTRAINT "CHK_dc3cf3fb883c19c1a632275c32" CHECK (notified_at IS NULL OR pending IS NOT NULL),
  CONSTRAINT "CHK_d09a1f3cbef33c0427a8952cb6" CHECK ((pending IS NULL) = (pending_since IS NULL)),
  CONSTRAINT "CHK_a7e412a547046736c1cdf4adfd" CHECK (pending IN ('correction', 'recall'))
);
CREATE INDEX disclosures_case_id_at_id_idx ON disclosures (case_id, at, id);
CREATE INDEX disclosures_origin_agency_id_at_id_idx ON disclosures (origin_agency_id, at, id);
CREATE INDEX disclosures_panel_id_at_id_idx ON disclosures (panel_id, at, id);
CREATE INDEX disclosures_partnership_id_at_id_idx ON disclosures (partnership_id, at, id);
CREATE INDEX disclosures_person_id_at_id_idx ON disclosures (person_id, at, id);
CREATE INDEX disclosures_record_id_idx ON disclosures (record_id);
CREATE INDEX disclosures_to_be_told ON disclosures (partnership_id) WHERE pending IS NOT NULL AND notified_at IS NULL;

-- Each correction and recall of what an agency received, and when its recipient was told.
CREATE TABLE disclosure_revisions (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  disclosure_id uuid NOT NULL REFERENCES disclosures,
  pending text NOT NULL,
  since timestamptz NOT NULL,
  fields text[] NOT NULL,
  notified_at timestamptz,
  notified_by_id uuid REFERENCES practitioners,
  CONSTRAINT disclosure_revisions_once UNIQUE (disclosure_id, since, pending),
  CONSTRAINT disclosure_revisions_pending CHECK (pending IN ('correction', 'recall')),
  CONSTRAINT disclosure_revisions_told CHECK (notified_by_id IS NULL OR notified_at IS NOT NULL)
);
CREATE INDEX disclosure_revisions_disclosure_id_updated_at_id_idx
  ON disclosure_revisions (disclosure_id, updated_at, id);

-- -------------------------------------------------------------------------------------------------------------------
-- Events
-- -------------------------------------------------------------------------------------------------------------------

CREATE TABLE events (
  id uuid PRIMARY KEY,
  at timestamptz NOT NULL,
  type text NOT NULL,
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  partnership_id uuid,
  panel_id uuid,
  case_id uuid,
  actor_id uuid NOT NULL,
  agency_id uuid NOT NULL,
  actor_is_core_member boolean NOT NULL DEFAULT false,
  actor_invitation_id uuid,
  category text,
  contributing_type text,
  listing_id uuid,
  agency_only boolean NOT NULL DEFAULT false,
  data jsonb NOT NULL
);
CREATE INDEX events_case_id_at_id_idx ON events (case_id, at, id);
CREATE INDEX events_panel_id_at_id_idx ON events (panel_id, at, id);

-- -------------------------------------------------------------------------------------------------------------------
-- Audit log
-- -------------------------------------------------------------------------------------------------------------------

-- A hash tree under signed checkpoints. Entries are never changed or deleted; a personal value may be erased with its
-- salt.
CREATE TABLE audit_entries (
  id uuid PRIMARY KEY,
  "index" bigint NOT NULL,
  at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  operation text NOT NULL,
  sub_operation text NOT NULL,
  action text NOT NULL,
  outcome text NOT NULL,
  rule text,
  actor_kind text NOT NULL,
  actor_id uuid,
  agency_id uuid,
  principal text,
  recipient_agency_id uuid,
  purpose text,
  partnership_id uuid,
  panel_ids uuid[],
  subject_type text NOT NULL,
  record_ids uuid[],
  person_ids uuid[],
  parent_ids uuid[],
  search text,
  reason text,
  result_count integer NOT NULL,
  fields text[] NOT NULL,
  withheld text[] NOT NULL,
  agreement_version_ids uuid[] NOT NULL,
  policy_version text NOT NULL,
  route text NOT NULL,
  correlation_id text NOT NULL,
  commitments jsonb NOT NULL,
  salts jsonb NOT NULL,
  nodes bytea NOT NULL,
  CONSTRAINT "CHK_498098189b870ede5625f65760" CHECK (
    (actor_kind = 'unknown') = (actor_id IS NULL) AND (actor_kind = 'unknown') = (principal IS NOT NULL)
  ),
  CONSTRAINT "CHK_5e1c06ab3ad51a6b6660291186" CHECK (index >= 0),
  CONSTRAINT "CHK_d76a30048ac667f8338a39d167" CHECK (
    operation IN ('collect', 'alter', 'consult', 'disclose', 'combine', 'erase')
  ),
  CONSTRAINT "CHK_e0d65101b066bc655327f54d78" CHECK (outcome IN ('permit', 'refuse'))
);
CREATE INDEX audit_entries_actor_id_idx ON audit_entries (actor_id);
CREATE INDEX audit_entries_at_id_idx ON audit_entries (at, id);
CREATE UNIQUE INDEX audit_entries_index_idx ON audit_entries (index);
CREATE INDEX audit_entries_partnership_id_at_id_idx ON audit_entries (partnership_id, at, id);

-- Everybody reads the checkpoints with opens_day, the first of each day: the size of any other one tells how many
-- entries a request made.
CREATE TABLE audit_checkpoints (
  id uuid PRIMARY KEY,
  size bigint NOT NULL,
  root text NOT NULL,
  frontier bytea NOT NULL,
  time timestamptz NOT NULL,
  opens_day boolean NOT NULL,
  key_id text NOT NULL,
  signature text NOT NULL,
  CONSTRAINT "CHK_d1db7eb1c142efdaf635619a9a" CHECK (size > 0)
);
CREATE INDEX audit_checkpoints_opens_day_idx ON audit_checkpoints ("time", id) WHERE opens_day;
CREATE UNIQUE INDEX audit_checkpoints_size_idx ON audit_checkpoints (size);
CREATE INDEX audit_checkpoints_time_id_idx ON audit_checkpoints ("time", id);

-- Named by the operator as owner of the database; the service reads it.
CREATE TABLE compartment_auditors (
  id uuid PRIMARY KEY,
  version integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  partnership_id uuid NOT NULL,
  panel_id uuid NOT NULL,
  practitioner_id uuid NOT NULL REFERENCES practitioners,
  since timestamptz NOT NULL,
  until timestamptz,
  FOREIGN KEY (panel_id, partnership_id) REFERENCES panels (id, partnership_id),
  CONSTRAINT compartment_auditors_until CHECK (until IS NULL OR until > since)
);
CREATE INDEX compartment_auditors_practitioner_id_idx ON compartment_auditors (practitioner_id);

-- -------------------------------------------------------------------------------------------------------------------
-- Service
-- -------------------------------------------------------------------------------------------------------------------

-- Replies to calls with an Idempotency-Key, kept for 24 hours.
CREATE TABLE idempotent_replies (
  principal_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  headers jsonb NOT NULL,
  body text NOT NULL,
  view text,
  record_id uuid,
  at timestamptz NOT NULL,
  PRIMARY KEY (principal_id, route, key),
  CONSTRAINT "CHK_9e80bde4528d99d5018082583c" CHECK (status BETWEEN 200 AND 299)
);
CREATE INDEX idempotent_replies_at_idx ON idempotent_replies (at);

-- Version of everything that the permissions of an actor are read from. What was read under a version is current
-- while the version is.
CREATE TABLE authorization_versions (
  id integer PRIMARY KEY,
  version bigint NOT NULL,
  CONSTRAINT authorization_versions_one CHECK (id = 1)
);
INSERT INTO authorization_versions (id, version) VALUES (1, 1);

-- -------------------------------------------------------------------------------------------------------------------
-- Foreign keys to tables further down
-- -------------------------------------------------------------------------------------------------------------------

ALTER TABLE listings
  ADD FOREIGN KEY (overdue_action_id) REFERENCES actions;
ALTER TABLE captured_actions
  ADD FOREIGN KEY (action_id, listing_id) REFERENCES actions (id, listing_id);
