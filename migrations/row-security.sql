-- The present definition of every function, trigger and policy, but for the functions `acting_…`, which `migrate` makes from
-- the attributes of actors (`src/agencies/actors.ts`). Edit it in place: `migrate` applies the whole file
-- again, after the dated files, whenever its text has changed. Every statement can therefore be repeated. What is taken
-- out of this file must be dropped in a dated file. A new table needs its name in the list of `enable_row_security`.

-- -------------------------------------------------------------------------------------------------------------------
-- Audit log
-- -------------------------------------------------------------------------------------------------------------------

-- Refuses every change of the log but the erasure of a personal value together with its salt, also to the owner.
CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  erasable CONSTANT text[] := ARRAY['record_ids', 'person_ids', 'parent_ids', 'search', 'reason', 'salts'];
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_entries' THEN
    IF to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable
      AND (NEW.record_ids IS NULL OR NEW.record_ids = OLD.record_ids)
      AND (NEW.person_ids IS NULL OR NEW.person_ids = OLD.person_ids)
      AND (NEW.parent_ids IS NULL OR NEW.parent_ids = OLD.parent_ids)
      AND (NEW.search IS NULL OR NEW.search = OLD.search)
      AND (NEW.reason IS NULL OR NEW.reason = OLD.reason)
      AND OLD.salts @> NEW.salts
    THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'the audit log may only grow' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER audit_entries_only_grow BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE OR REPLACE TRIGGER audit_entries_stay BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE OR REPLACE TRIGGER audit_checkpoints_only_grow BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE OR REPLACE TRIGGER audit_checkpoints_stay BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

-- Erases one personal value and its salt from an entry. The service may call it; it cannot change an entry.
CREATE OR REPLACE FUNCTION erase_from_audit(entry uuid, field text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  member CONSTANT text := CASE field WHEN 'record_ids' THEN 'recordIds' WHEN 'person_ids' THEN 'personIds'
    WHEN 'parent_ids' THEN 'parentIds' ELSE field END;
  before CONSTANT text := coalesce(current_setting('app.maintenance', true), '');
  done boolean;
BEGIN
  -- row-level security binds the owner too
  PERFORM set_config('app.maintenance', 'on', true);
  IF member NOT IN ('recordIds', 'personIds', 'parentIds', 'search', 'reason') THEN
    RAISE EXCEPTION 'only recordIds, personIds, parentIds, search and reason can be erased from the audit log'
        USING ERRCODE = 'invalid_parameter_value';
  END IF;
  UPDATE public.audit_entries e SET
    record_ids = CASE WHEN member = 'recordIds' THEN NULL ELSE e.record_ids END,
    person_ids = CASE WHEN member = 'personIds' THEN NULL ELSE e.person_ids END,
    parent_ids = CASE WHEN member = 'parentIds' THEN NULL ELSE e.parent_ids END,
    search = CASE WHEN member = 'search' THEN NULL ELSE e.search END,
    reason = CASE WHEN member = 'reason' THEN NULL ELSE e.reason END,
    salts = e.salts - member
  WHERE e.id = entry AND e.salts ? member;
  done := FOUND;
  PERFORM set_config('app.maintenance', before, true);
  RETURN done;
END
$$;
REVOKE ALL ON FUNCTION erase_from_audit(uuid, text) FROM PUBLIC;

-- Panels and cases of records whose own rows do not name them all. A request for access tells its own author of no
-- case, so nothing is returned for the author.
CREATE OR REPLACE FUNCTION audit_scope_of(subject text, ids uuid[], actor uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  before text := coalesce(current_setting('app.maintenance', true), '');
  found jsonb;
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  SELECT jsonb_build_object('panelIds', coalesce(jsonb_agg(DISTINCT s.panel) FILTER (WHERE s.panel IS NOT NULL), '[]'),
      'parentIds', coalesce(jsonb_agg(DISTINCT s.parent) FILTER (WHERE s.parent IS NOT NULL), '[]')) INTO found
  FROM (
    SELECT c.panel_id AS panel, c.id AS parent FROM access_requests r JOIN cases c ON c.id = r.case_id
      WHERE subject = 'AccessRequest' AND r.id = ANY (ids) AND r.practitioner_id IS DISTINCT FROM actor
    UNION ALL SELECT c.panel_id, c.id FROM access_decisions d JOIN access_requests r ON r.id = d.access_request_id
      JOIN cases c ON c.id = r.case_id
      WHERE subject = 'AccessDecision' AND d.id = ANY (ids) AND r.practitioner_id IS DISTINCT FROM actor
    UNION ALL SELECT c.panel_id, c.id FROM access_grants g JOIN cases c ON c.id = g.case_id
      WHERE subject = 'AccessGrant' AND g.id = ANY (ids) AND g.practitioner_id IS DISTINCT FROM actor
    UNION ALL SELECT c.panel_id, c.case_id FROM handling_acknowledgements a JOIN contributions c ON c.id = a.contribution_id
      WHERE subject = 'HandlingAcknowledgement' AND a.id = ANY (ids)
    UNION ALL SELECT l.panel_id, l.case_id FROM listings l WHERE subject = 'Listing' AND l.id = ANY (ids)
    UNION ALL SELECT n.panel_id, n.matched_case_id FROM repeated_cases n WHERE subject = 'RepeatedCase' AND n.id = ANY (ids)
    UNION ALL SELECT m.panel_id, NULL FROM cycle_meetings y JOIN meetings m ON m.id = y.meeting_id
      WHERE subject = 'CycleMeeting' AND y.id = ANY (ids)
    UNION ALL SELECT unnest(ARRAY[b.panel_id, b.plan_panel_id]), b.case_id FROM bids b
      WHERE subject = 'BidDecision' AND b.id IN (SELECT d.bid_id FROM bid_decisions d WHERE d.id = ANY (ids))
    UNION ALL SELECT unnest(ARRAY[b.panel_id, b.plan_panel_id]), b.case_id FROM bids b
      WHERE subject = 'BidResult' AND b.id IN (SELECT r.bid_id FROM bid_results r WHERE r.id = ANY (ids))) s;
  PERFORM set_config('app.maintenance', before, true);
  RETURN found;
END
$$;
REVOKE ALL ON FUNCTION audit_scope_of(text, uuid[], uuid) FROM PUBLIC;

-- -------------------------------------------------------------------------------------------------------------------
-- Sharing agreements
-- -------------------------------------------------------------------------------------------------------------------

-- Keeps a version that was in force as it was signed, and its course: draft, active, suspended, superseded.
CREATE OR REPLACE FUNCTION sharing_versions_as_signed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
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
        NEW.expires_on, NEW.activated_at, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.agreement_id, OLD.edition, OLD.purposes, OLD.effective_from, OLD.review_due,
        OLD.expires_on, OLD.activated_at, OLD.created_at) THEN
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
END
$$;

CREATE OR REPLACE TRIGGER sharing_versions_as_signed BEFORE INSERT OR UPDATE OR DELETE ON sharing_agreement_versions
  FOR EACH ROW EXECUTE FUNCTION sharing_versions_as_signed();

-- Keeps the parties of a version that is no draft. A party may sign later than others, once. The status is read under
-- a lock, so that nothing is written into a draft that is being activated at the same moment.
CREATE OR REPLACE FUNCTION sharing_parties_only_in_drafts() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE standing text;
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
END
$$;

CREATE OR REPLACE TRIGGER sharing_parties_only_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON sharing_parties
  FOR EACH ROW EXECUTE FUNCTION sharing_parties_only_in_drafts();

-- Keeps the rows of a version that is no draft.
CREATE OR REPLACE FUNCTION sharing_rows_only_in_drafts() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE standing text;
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
END
$$;

CREATE OR REPLACE TRIGGER sharing_rows_only_in_drafts BEFORE INSERT OR UPDATE OR DELETE ON sharing_rows
  FOR EACH ROW EXECUTE FUNCTION sharing_rows_only_in_drafts();

-- Keeps a simulation as it was made; it can be signed once.
CREATE OR REPLACE FUNCTION sharing_simulations_as_made() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.signed_at IS NULL AND (NEW.id, NEW.agreement_id, NEW.version_id, NEW.as_of, NEW.digest, NEW.basis,
        NEW.changes, NEW.sample_case_ids, NEW.rows, NEW.made_by_id, NEW.created_at)
      IS NOT DISTINCT FROM (OLD.id, OLD.agreement_id, OLD.version_id, OLD.as_of, OLD.digest, OLD.basis,
        OLD.changes, OLD.sample_case_ids, OLD.rows, OLD.made_by_id, OLD.created_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a simulation stays as it was made, and is signed once' USING ERRCODE = 'check_violation';
END
$$;

CREATE OR REPLACE TRIGGER sharing_simulations_as_made BEFORE UPDATE OR DELETE ON sharing_simulations
  FOR EACH ROW EXECUTE FUNCTION sharing_simulations_as_made();

-- -------------------------------------------------------------------------------------------------------------------
-- Panels and access
-- -------------------------------------------------------------------------------------------------------------------

-- Refuses cases and referrals of a steering group.
CREATE OR REPLACE FUNCTION hears_cases() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM panels WHERE id = NEW.panel_id AND type = 'steering_group') THEN
    RAISE EXCEPTION 'a steering group hears no case' USING ERRCODE = 'check_violation', CONSTRAINT = 'hears_cases';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER hears_cases BEFORE INSERT OR UPDATE OF panel_id ON cases
  FOR EACH ROW EXECUTE FUNCTION hears_cases();
CREATE OR REPLACE TRIGGER hears_cases BEFORE INSERT OR UPDATE OF panel_id ON referrals
  FOR EACH ROW EXECUTE FUNCTION hears_cases();

-- Marks the referral of a case that is closed as referred in error, and removes the mark when the case is reopened. The
-- version of the referral stays: nothing that its readers see has changed.
CREATE OR REPLACE FUNCTION mark_referral_of_error() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before text := coalesce(current_setting('app.maintenance', true), '');
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  UPDATE referrals SET case_in_error = (NEW.closure_reason IS NOT DISTINCT FROM 'referred_in_error') WHERE case_id = NEW.id;
  PERFORM set_config('app.maintenance', before, true);
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION mark_referral_of_error() FROM PUBLIC;

CREATE OR REPLACE TRIGGER mark_referral_of_error AFTER UPDATE OF closure_reason ON cases
  FOR EACH ROW WHEN (OLD.closure_reason IS DISTINCT FROM NEW.closure_reason
    AND 'referred_in_error' IN (coalesce(OLD.closure_reason, ''), coalesce(NEW.closure_reason, '')))
  EXECUTE FUNCTION mark_referral_of_error();

-- Refuses a grant outside the partnership of its case, and to a person whose agency does not act there: row-level
-- security would let it open nothing.
CREATE OR REPLACE FUNCTION access_grants_open_something() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM cases c WHERE c.id = NEW.case_id AND c.partnership_id = NEW.partnership_id) THEN
    RAISE EXCEPTION 'a grant stands in the partnership of its case' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM practitioners p JOIN agency_partnerships ap ON ap.agency_id = p.agency_id
      WHERE p.id = NEW.practitioner_id AND ap.partnership_id = NEW.partnership_id) THEN
    RAISE EXCEPTION 'a grant is for somebody whose agency acts in the partnership' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER access_grants_open_something
  BEFORE INSERT OR UPDATE OF practitioner_id, case_id, partnership_id ON access_grants
  FOR EACH ROW EXECUTE FUNCTION access_grants_open_something();

-- Marks an exclusion that somebody of the agency of the person who is kept out imposed.
CREATE OR REPLACE FUNCTION mark_exclusion_by_colleague() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.by_colleague := NOT NEW.declared AND EXISTS (
    SELECT FROM practitioners p WHERE p.id = NEW.practitioner_id AND p.agency_id = NEW.made_by_agency_id);
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER mark_exclusion_by_colleague
  BEFORE INSERT OR UPDATE OF practitioner_id, made_by_agency_id, declared, by_colleague ON exclusions
  FOR EACH ROW EXECUTE FUNCTION mark_exclusion_by_colleague();

-- -------------------------------------------------------------------------------------------------------------------
-- Plans and escalations
-- -------------------------------------------------------------------------------------------------------------------

-- Lets only the agency that owns an action name the person who does it, and only one of its own.
CREATE OR REPLACE FUNCTION owner_is_named_by_the_agency() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.owner_named_by_id IS NOT NULL AND (
    NOT EXISTS (SELECT FROM practitioners p WHERE p.id = NEW.owner_practitioner_id AND p.agency_id = NEW.owner_agency_id)
    OR NOT EXISTS (SELECT FROM practitioners p WHERE p.id = NEW.owner_named_by_id AND p.agency_id = NEW.owner_agency_id
      UNION ALL SELECT FROM clients c WHERE c.id = NEW.owner_named_by_id AND c.agency_id = NEW.owner_agency_id)) THEN
    RAISE EXCEPTION 'the agency that owns an action names one of its people'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'owner_is_named_by_the_agency';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER owner_is_named_by_the_agency
  BEFORE INSERT OR UPDATE OF owner_practitioner_id, owner_named_by_id ON actions
  FOR EACH ROW EXECUTE FUNCTION owner_is_named_by_the_agency();

-- Refuses the escalation of an action that was not accepted or whose day is not over.
CREATE OR REPLACE FUNCTION escalates_by_the_date() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM actions a WHERE a.id = NEW.action_id AND a.due_on = NEW.due_on AND a.due_on < NEW.since_on
      AND a.status = ANY (CASE NEW.kind WHEN 'not_done' THEN '{not_done}' ELSE '{agreed,in_progress,blocked}' END::text[])) THEN
    RAISE EXCEPTION 'only what was accepted and is past its day is escalated'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'escalates_by_the_date';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER escalates_by_the_date BEFORE INSERT ON escalations
  FOR EACH ROW EXECUTE FUNCTION escalates_by_the_date();

-- -------------------------------------------------------------------------------------------------------------------
-- Disclosures
-- -------------------------------------------------------------------------------------------------------------------

-- Keeps a revision of which the recipient was told.
CREATE OR REPLACE FUNCTION refuse_change_of_told_revision() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a revision of which the recipient was told stays as it is' USING ERRCODE = 'check_violation';
END
$$;

CREATE OR REPLACE TRIGGER disclosure_revisions_stay BEFORE UPDATE ON disclosure_revisions
  FOR EACH ROW WHEN (OLD.notified_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_told_revision();

-- -------------------------------------------------------------------------------------------------------------------
-- Replies to repeated calls
-- -------------------------------------------------------------------------------------------------------------------

-- Deletes replies that were kept long enough. A principal sees no reply of another, so that the service needs this
-- function.
CREATE OR REPLACE FUNCTION delete_idempotent_replies(before timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  DELETE FROM idempotent_replies WHERE at < before;
  PERFORM set_config('app.maintenance', '', true);
END
$$;
REVOKE ALL ON FUNCTION delete_idempotent_replies(timestamptz) FROM PUBLIC;

-- -------------------------------------------------------------------------------------------------------------------
-- Names and registrations of practitioners
-- -------------------------------------------------------------------------------------------------------------------

-- Adds the name that a practitioner is given. A name given again counts again.
CREATE OR REPLACE FUNCTION keep_practitioner_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO practitioner_names (id, version, created_at, updated_at, practitioner_id, name, name_key)
    VALUES (gen_random_uuid(), 1, NEW.updated_at, NEW.updated_at, NEW.id, NEW.name, NEW.name_key)
    ON CONFLICT (practitioner_id, name_key) DO UPDATE SET entered_in_error_at = NULL, entered_in_error_by_id = NULL,
      entered_in_error_reason = NULL, version = practitioner_names.version + 1, updated_at = NEW.updated_at
      WHERE practitioner_names.entered_in_error_at IS NOT NULL;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION keep_practitioner_names() FROM PUBLIC;

CREATE OR REPLACE TRIGGER keep_practitioner_names AFTER INSERT OR UPDATE OF name_key ON practitioners
  FOR EACH ROW EXECUTE FUNCTION keep_practitioner_names();

-- Refuses to mark the present name of a practitioner as entered in error: the practitioner is renamed first.
CREATE OR REPLACE FUNCTION refuse_error_in_present_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM practitioners p WHERE p.id = NEW.practitioner_id AND p.name_key = NEW.name_key FOR SHARE;
  IF FOUND THEN
    RAISE EXCEPTION 'present name of practitioner %', NEW.practitioner_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'practitioner_names_former';
  END IF;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION refuse_error_in_present_name() FROM PUBLIC;

CREATE OR REPLACE TRIGGER refuse_error_in_present_name BEFORE UPDATE ON practitioner_names
  FOR EACH ROW WHEN (NEW.entered_in_error_at IS NOT NULL) EXECUTE FUNCTION refuse_error_in_present_name();

-- Keeps when an agency first gave one of its registrations a right over records, also after the right has ended: here by
-- the role of safeguarding lead.
CREATE OR REPLACE FUNCTION keep_entrusted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    NEW.entrusted_at := coalesce(OLD.entrusted_at, NEW.entrusted_at);
  END IF;
  IF 'safeguarding_lead' = ANY (NEW.roles) THEN
    NEW.entrusted_at := coalesce(NEW.entrusted_at, NEW.updated_at);
  END IF;
  RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION keep_entrusted() FROM PUBLIC;

CREATE OR REPLACE TRIGGER keep_entrusted BEFORE INSERT OR UPDATE ON practitioners
  FOR EACH ROW EXECUTE FUNCTION keep_entrusted();

-- Keeps when a colleague first gave a registration an action, a seat or an invitation. The arguments are the columns of
-- the person who receives it and of the person who gives it.
CREATE OR REPLACE FUNCTION keep_entrusted_by_colleague() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  entrusted constant uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
  giver constant uuid := (to_jsonb(NEW) ->> TG_ARGV[1])::uuid;
BEGIN
  -- a statement without rows would advance the authorization version as well
  IF entrusted <> giver AND EXISTS (SELECT FROM practitioners p WHERE p.id = entrusted AND p.entrusted_at IS NULL AND p.agency_id IN (
      SELECT g.agency_id FROM practitioners g WHERE g.id = giver UNION ALL SELECT c.agency_id FROM clients c WHERE c.id = giver)) THEN
    UPDATE practitioners SET entrusted_at = NEW.updated_at WHERE id = entrusted;
  END IF;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION keep_entrusted_by_colleague() FROM PUBLIC;

CREATE OR REPLACE TRIGGER keep_entrusted_by_colleague AFTER INSERT OR UPDATE OF owner_practitioner_id ON actions
  FOR EACH ROW EXECUTE FUNCTION keep_entrusted_by_colleague('owner_practitioner_id', 'owner_named_by_id');
CREATE OR REPLACE TRIGGER keep_entrusted_by_colleague AFTER INSERT OR UPDATE OF practitioner_id ON memberships
  FOR EACH ROW EXECUTE FUNCTION keep_entrusted_by_colleague('practitioner_id', 'appointed_by_id');
CREATE OR REPLACE TRIGGER keep_entrusted_by_colleague AFTER INSERT OR UPDATE OF practitioner_id ON invitations
  FOR EACH ROW EXECUTE FUNCTION keep_entrusted_by_colleague('practitioner_id', 'invited_by_id');

-- Registrations of one login, made one after the other: only one is active. They are one person whatever the names.
CREATE OR REPLACE FUNCTION login_registrations_of(who uuid) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT array_agg(one.id ORDER BY one.id) FROM (
  SELECT who AS id
  UNION SELECT other.id FROM practitioners self JOIN practitioners other USING (agency_id, issuer, subject)
    WHERE self.id = who) one
$$;
REVOKE ALL ON FUNCTION login_registrations_of(uuid) FROM PUBLIC;

-- Registrations of the same agency under a name that the person has or had, or with the same login, the person included:
-- neither a second login nor another name is a way around an exclusion.
CREATE OR REPLACE FUNCTION registrations_of(who uuid) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT array_agg(one.id ORDER BY one.id) FROM (
  SELECT who AS id
  UNION SELECT other.id FROM practitioners self
    JOIN practitioners other USING (agency_id, issuer, subject)
    WHERE self.id = who
  UNION SELECT other.id FROM practitioners self
    JOIN practitioners login USING (agency_id, issuer, subject)
    JOIN practitioner_names mine ON mine.practitioner_id = login.id AND mine.entered_in_error_at IS NULL
    JOIN practitioner_names theirs ON theirs.name_key = mine.name_key AND theirs.entered_in_error_at IS NULL
    JOIN practitioners bearer ON bearer.id = theirs.practitioner_id AND bearer.agency_id = self.agency_id
    JOIN practitioners other ON (other.agency_id, other.issuer, other.subject) = (bearer.agency_id, bearer.issuer, bearer.subject)
    WHERE self.id = who) one
$$;
REVOKE ALL ON FUNCTION registrations_of(uuid) FROM PUBLIC;

-- Names of all registrations of a person, without names entered in error.
CREATE OR REPLACE FUNCTION name_keys_of(who uuid) RETURNS text[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT coalesce(array_agg(DISTINCT n.name_key ORDER BY n.name_key), '{}') FROM unnest(registrations_of(who)) one (id)
  JOIN practitioner_names n ON n.practitioner_id = one.id AND n.entered_in_error_at IS NULL
$$;
REVOKE ALL ON FUNCTION name_keys_of(uuid) FROM PUBLIC;

-- Registrations to which an exclusion by a name applies: all of everybody who has or had the name.
CREATE OR REPLACE FUNCTION registrations_named(key text) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT coalesce(array_agg(DISTINCT one.id ORDER BY one.id), '{}') FROM practitioner_names n
  CROSS JOIN LATERAL unnest(registrations_of(n.practitioner_id)) one (id)
  WHERE n.name_key = key AND n.entered_in_error_at IS NULL
$$;
REVOKE ALL ON FUNCTION registrations_named(text) FROM PUBLIC;

-- A case and the cases that repeat it: directly, or with `transitive` also through other repeats. Counts repeats for everybody
-- and those for `of_agency` alone; every repeat if it is null. Repeats in `without`, and what repeats only them, are left
-- out; the case itself never is. Depends on what the caller's context lets it read.
CREATE OR REPLACE FUNCTION matter_of(case_id uuid, of_agency uuid, transitive boolean, without uuid[] DEFAULT '{}')
RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
WITH RECURSIVE matter (id, distance) AS (
  SELECT matter_of.case_id, 0
  -- if transitive, a constant distance: UNION removes duplicates and cycles end
  UNION SELECT later.case_id, CASE WHEN transitive THEN 1 ELSE matter.distance + 1 END FROM matter
    JOIN repeated_cases repeated ON repeated.matched_case_id = matter.id
    JOIN referrals later ON later.id = repeated.referral_id AND later.case_id IS NOT NULL
    WHERE (transitive OR matter.distance = 0) AND NOT later.case_id = ANY (without)
      AND (repeated.for_agency_ids IS NULL OR of_agency IS NULL OR of_agency = ANY (repeated.for_agency_ids)))
SELECT array_agg(DISTINCT id ORDER BY id) FROM matter
$$;
REVOKE ALL ON FUNCTION matter_of(uuid, uuid, boolean, uuid[]) FROM PUBLIC;

-- Exclusions from a person that apply to somebody of `of_agency` in a case or referral although the person was removed from
-- it as entered in error: staff of that agency made the last removal of the person, from the case and its referral together,
-- while the exclusion was in force. A removal counts if it took the person's last role in its record, and was not reversed. A request that removes somebody, or that excludes, takes the lock of the panel before
-- its time (`lockPanel`).
CREATE OR REPLACE FUNCTION kept_after_removal(exclusion_ids uuid[], of_agency uuid)
RETURNS TABLE (exclusion_id uuid, case_id uuid, referral_id uuid)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
WITH RECURSIVE people AS (
    SELECT DISTINCT e.person_id FROM exclusions e WHERE e.id = ANY (exclusion_ids) AND e.person_id IS NOT NULL),
  -- nobody but its agency reads a referral before the first submission; also removals before this one was copied from
  -- it for another panel
  of_referral (person_id, referral_id, corrected_by_agency_id, corrected_at, id) AS (
    SELECT k.person_id, k.referral_id, k.corrected_by_agency_id, k.corrected_at, k.id
      FROM referral_person_corrections k JOIN people USING (person_id)
      JOIN referral_screenings s ON s.id = k.referral_id AND s.created_at <= k.corrected_at
      WHERE k.was_last_role AND NOT EXISTS (SELECT FROM referral_person_corrections back
        WHERE back.role_id = k.role_id AND back.kind = 'put_back' AND back.corrected_at >= k.corrected_at)
    UNION SELECT o.person_id, r.id, o.corrected_by_agency_id, o.corrected_at, o.id
      FROM of_referral o JOIN referrals r ON r.copied_from_id = o.referral_id AND o.corrected_at <= r.created_at),
  removals AS (
    SELECT k.person_id, k.case_id, NULL::uuid AS referral_id, k.panel_id, k.corrected_by_agency_id, k.corrected_at, k.id
      FROM case_person_corrections k JOIN people USING (person_id)
      WHERE k.was_last_role AND NOT EXISTS (SELECT FROM case_person_corrections back
        WHERE back.role_id = k.role_id AND back.kind = 'put_back' AND back.corrected_at >= k.corrected_at)
    UNION ALL SELECT o.person_id, r.case_id, r.id, r.panel_id, o.corrected_by_agency_id, o.corrected_at, o.id
      FROM of_referral o JOIN referrals r ON r.id = o.referral_id),
  last AS (
    SELECT DISTINCT ON (person_id, coalesce(case_id, referral_id)) * FROM removals
    ORDER BY person_id, coalesce(case_id, referral_id), corrected_at DESC, id DESC)
SELECT e.id, last.case_id, last.referral_id FROM last JOIN exclusions e ON e.person_id = last.person_id
    AND e.since <= last.corrected_at
  WHERE last.corrected_by_agency_id = of_agency AND e.id = ANY (exclusion_ids)
    AND (e.reach = 'partnership' OR e.panel_id = last.panel_id)
$$;
REVOKE ALL ON FUNCTION kept_after_removal(uuid[], uuid) FROM PUBLIC;

-- Referrals without a case that keep exclusions after a removal.
CREATE OR REPLACE FUNCTION referrals_after_removal(exclusion_ids uuid[], of_agency uuid) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT ARRAY(SELECT DISTINCT k.referral_id FROM kept_after_removal(exclusion_ids, of_agency) k WHERE k.case_id IS NULL ORDER BY 1)
$$;
REVOKE ALL ON FUNCTION referrals_after_removal(uuid[], uuid) FROM PUBLIC;

-- Cases to which exclusions of somebody of `of_agency` apply, whomever the cases name now. `by_matter`: the case of an
-- exclusion from a case, and the cases that repeat it. Otherwise the cases that keep an exclusion from a person after a
-- removal. Cases in `without`, and what repeats only them, are left out, but for the case of an exclusion.
CREATE OR REPLACE FUNCTION excluded_cases(exclusion_ids uuid[], of_agency uuid, without uuid[] DEFAULT '{}')
RETURNS TABLE (exclusion_id uuid, case_id uuid, by_matter boolean)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT e.id, matter.id, true FROM exclusions e
  CROSS JOIN LATERAL unnest(matter_of(e.case_id, of_agency, true, e.hidden_from_declarer_ids || without)) matter (id)
  WHERE e.id = ANY (exclusion_ids) AND e.case_id IS NOT NULL
UNION ALL SELECT k.exclusion_id, k.case_id, false FROM kept_after_removal(exclusion_ids, of_agency) k
  WHERE k.case_id IS NOT NULL AND NOT k.case_id = ANY (without)
$$;
REVOKE ALL ON FUNCTION excluded_cases(uuid[], uuid, uuid[]) FROM PUBLIC;

-- -------------------------------------------------------------------------------------------------------------------
-- Version of authorization data
-- -------------------------------------------------------------------------------------------------------------------

-- Raises the version in the transaction of the change. The row stays locked until the commit, so that nobody reads
-- old data under the new version. app.version_before holds the version before the first change of the transaction
-- itself: with it, a change can prove at its end that nobody else changed what it was permitted by.
CREATE OR REPLACE FUNCTION advance_authorization_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before text; BEGIN
UPDATE authorization_versions SET version = version + 1 RETURNING (version - 1)::text INTO before;
IF coalesce(current_setting('app.version_before', true), '') = '' THEN
  PERFORM set_config('app.version_before', before, true);
END IF;
RETURN NULL; END
$$;
REVOKE ALL ON FUNCTION advance_authorization_version() FROM PUBLIC;

CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON partnerships
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agencies
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agency_partnerships
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON practitioners
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON practitioner_names
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON clients
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON panels
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON memberships
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR DELETE OR UPDATE OF person_id, place_id, group_id ON cases
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON case_people
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON case_person_corrections
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version
  AFTER INSERT OR DELETE OR UPDATE OF person_id, place_id, group_id, case_id, submitted_at, author_id, co_author_ids, copied_from_id ON referrals
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON referral_people
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON referral_person_corrections
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR DELETE OR UPDATE OF created_at ON referral_screenings
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON repeated_cases
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sharing_agreements
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sharing_agreement_versions
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sharing_parties
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON exclusions
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON access_grants
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON emergency_accesses
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR DELETE OR UPDATE OF removed_at ON listings
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR DELETE OR UPDATE OF listing_id ON minutes
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR DELETE OR UPDATE OF listing_id ON disclosed_crimes
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON decisions
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON invitations
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON recusals
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();
CREATE OR REPLACE TRIGGER advance_authorization_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON compartment_auditors
  FOR EACH STATEMENT EXECUTE FUNCTION advance_authorization_version();

-- -------------------------------------------------------------------------------------------------------------------
-- Row-level security: the policies of each table
-- -------------------------------------------------------------------------------------------------------------------

-- Enables row-level security on a table and makes its policies from its columns. `wall` is coarse and knows nothing
-- of the rules of the policy: it hides other partnerships, what is hidden from the actor (app.hidden), and private
-- rows of other agencies. A connection that has not set app.actor sees no row. Each setting is read in a scalar
-- subquery, once a statement. `maintenance` opens the table to its owner, whom row-level security binds too.
CREATE OR REPLACE FUNCTION enable_row_security(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  somebody constant text := '(SELECT nullif(current_setting(''app.actor'', true), '''')) IS NOT NULL';
  own constant text := '(SELECT nullif(current_setting(''app.%s'', true), '''')::uuid)';
  list constant text := '(SELECT nullif(current_setting(''app.%s'', true), '''')::uuid[])::uuid[]';
  conditions text[];
  hideable text[] := '{}';
  plain text := (SELECT relname FROM pg_class WHERE oid = target);
  column_of jsonb := (SELECT jsonb_object_agg(attname, NOT attnotnull) FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped);
BEGIN
  -- where an agency acts is no secret, and a negative condition on these rows needs all of them
  IF column_of ? 'partnership_id' AND plain <> 'agency_partnerships' THEN
    conditions := ARRAY[format('partnership_id = ANY (' || list || ')', 'partnerships')];
    IF (column_of ->> 'partnership_id')::boolean THEN
      conditions := ARRAY[somebody, '(partnership_id IS NULL OR ' || conditions[1] || ')'];
    END IF;
  ELSE
    conditions := ARRAY[somebody];
  END IF;
  IF plain IN ('cases', 'panels', 'persons', 'listings') THEN
    hideable := hideable || 'id'::text;
  END IF;
  -- the author of a request goes on seeing it when the case is hidden
  IF plain = 'access_requests' THEN
    hideable := hideable || format('CASE WHEN practitioner_id IS DISTINCT FROM ' || own || ' THEN case_id END', 'actor');
  ELSIF column_of ? 'case_id' THEN
    hideable := hideable || 'case_id'::text;
  END IF;
  -- the person who declared a conflict goes on seeing the declaration
  IF plain = 'recusals' THEN
    hideable := hideable || format('CASE WHEN practitioner_id IS DISTINCT FROM ' || own ||
        ' OR NOT declared THEN listing_id END', 'actor');
  ELSIF column_of ? 'listing_id' THEN
    hideable := hideable || 'listing_id'::text;
  END IF;
  -- the panel of the row and the panel it comes from; the sender knows the panel it is sent to
  hideable := hideable || ARRAY(SELECT name FROM unnest('{panel_id,plan_panel_id,from_panel_id}'::text[]) name
      WHERE column_of ? name);
  -- the deny rule of a referral reads whom the referral names: hiding those rows would open the referral
  IF column_of ? 'person_id' AND plain <> 'referral_people' THEN
    hideable := hideable || 'person_id'::text;
  END IF;
  IF hideable <> '{}' THEN
    conditions := conditions || format('(ARRAY[' || array_to_string(hideable, ', ') || '] && ' || list || ') IS NOT TRUE', 'hidden');
  END IF;
  IF column_of ? 'agency_only' THEN
    conditions := conditions || format('(agency_only IS NOT TRUE OR agency_id = ' || own || ')', 'agency');
  END IF;
  IF column_of ? 'principal_id' THEN
    conditions := conditions || format('principal_id = ' || own, 'actor');
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('DROP POLICY IF EXISTS wall ON %s', target);
  EXECUTE format('DROP POLICY IF EXISTS maintenance ON %s', target);
  EXECUTE format('CREATE POLICY wall ON %s USING (%s)', target, array_to_string(conditions, ' AND '));
  EXECUTE
      format('CREATE POLICY maintenance ON %s TO CURRENT_USER USING (current_setting(''app.maintenance'', true) = ''on'')',
      target);
END
$$;
REVOKE ALL ON FUNCTION enable_row_security(regclass) FROM PUBLIC;

-- Every table but migrations. A test finds a table that is missing here.
SELECT enable_row_security(name)
FROM unnest(
  ARRAY[
    'partnerships', 'agencies', 'agency_partnerships', 'practitioners', 'practitioner_names', 'clients',
    'panels', 'panel_rules', 'memberships',
    'persons', 'protected_addresses', 'places', 'groups',
    'instruments',
    'cases', 'case_people', 'case_person_corrections', 'contributions', 'handling_acknowledgements',
    'release_requests', 'assessments', 'reference_numbers',
    'referrals', 'referral_people', 'referral_person_corrections', 'referral_decisions', 'referral_screenings',
    'referral_subjects', 'repeated_cases',
    'sharing_agreements', 'sharing_agreement_versions', 'sharing_parties', 'sharing_rows', 'sharing_simulations',
    'exclusions', 'access_grants', 'emergency_accesses',
    'access_requests', 'access_decisions',
    'meetings', 'listings', 'agenda_editions', 'agenda_items', 'invitations', 'attendances', 'pack_recalls',
    'document_copies', 'circulation_checks', 'recusals', 'item_presences', 'disclosed_crimes', 'decisions', 'minutes',
    'minute_points', 'captured_actions', 'research_requests', 'research_points',
    'plans', 'actions', 'action_notes',
    'cycle_templates', 'cycles', 'cycle_meetings', 'feeds',
    'resources', 'bids', 'bid_decisions', 'bid_results',
    'escalations',
    'job_runs', 'notices',
    'disclosures', 'disclosure_revisions',
    'events',
    'audit_entries', 'audit_checkpoints', 'compartment_auditors',
    'idempotent_replies', 'authorization_versions'
  ]::regclass[]
) AS name;

-- Entries of the log, disclosures and copies are written for other partnerships and people than those of the actor.
DROP POLICY IF EXISTS journal ON audit_entries;
CREATE POLICY journal ON audit_entries FOR INSERT
  WITH CHECK (nullif(current_setting('app.actor', true), '') IS NOT NULL);

DROP POLICY IF EXISTS journal ON disclosures;
CREATE POLICY journal ON disclosures FOR INSERT
  WITH CHECK (nullif(current_setting('app.actor', true), '') IS NOT NULL);

DROP POLICY IF EXISTS journal ON document_copies;
CREATE POLICY journal ON document_copies FOR INSERT
  WITH CHECK (nullif(current_setting('app.actor', true), '') IS NOT NULL);

-- The log's own connections read every entry, in order to seal the log and to prove entries.
DROP POLICY IF EXISTS log ON audit_entries;
CREATE POLICY log ON audit_entries FOR SELECT USING (current_setting('app.log', true) = 'on');

-- Hides from an auditor the entries about what the auditor is excluded from, and of compartments for which the
-- auditor is not named. A refusal as not found stays visible to the person who was refused.
DROP POLICY IF EXISTS unread ON audit_entries;
CREATE POLICY unread ON audit_entries AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.log', true) = 'on'
  OR current_setting('app.maintenance', true) = 'on'
  OR (rule = 'not-found' AND actor_id = (SELECT nullif(current_setting('app.actor', true), '')::uuid))
  OR (
    panel_ids && (SELECT nullif(current_setting('app.closed', true), '')::uuid[])::uuid[]
    OR (record_ids || person_ids || parent_ids) && (SELECT nullif(current_setting('app.unread', true), '')::uuid[])::uuid[]
    OR EXISTS (
      SELECT FROM jsonb_to_recordset((SELECT nullif(current_setting('app.named', true), '')::jsonb))
        AS n(ids uuid[], within uuid[], elsewhere uuid[])
      WHERE n.ids && (record_ids || person_ids) AND n.within && panel_ids
    )
  ) IS NOT TRUE
);

-- Hides the attendance of a guest from actors from whom every item the guest came for is hidden.
DROP POLICY IF EXISTS listing_ids ON attendances;
CREATE POLICY listing_ids ON attendances AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.maintenance', true) = 'on'
  OR listing_ids IS NULL
  OR practitioner_id = (SELECT nullif(current_setting('app.actor', true), '')::uuid)
  OR EXISTS (SELECT FROM listings l WHERE l.id = ANY (listing_ids))
);

-- Hides a copy from actors from whom every item is hidden that it held, or that a conflict kept from its reader.
DROP POLICY IF EXISTS items ON document_copies;
CREATE POLICY items ON document_copies AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.maintenance', true) = 'on'
  OR EXISTS (SELECT FROM listings l WHERE l.id = ANY (listing_ids || kept_listing_ids))
);

-- Hides what was read through items alone that are all hidden from the actor.
DROP POLICY IF EXISTS read_through ON disclosures;
CREATE POLICY read_through ON disclosures AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.maintenance', true) = 'on' OR through_listing_ids IS NULL OR through_listing_ids = '{}'
  OR (through_listing_ids <@ (SELECT nullif(current_setting('app.hidden', true), '')::uuid[])::uuid[]) IS NOT TRUE
);

-- Hides a revision with its disclosure.
DROP POLICY IF EXISTS disclosed ON disclosure_revisions;
CREATE POLICY disclosed ON disclosure_revisions AS RESTRICTIVE FOR SELECT USING (
  current_setting('app.maintenance', true) = 'on'
  OR EXISTS (SELECT FROM disclosures d WHERE d.id = disclosure_id)
);

-- The triggers that write these tables run as their owner, in transactions of every actor.
DROP POLICY IF EXISTS versions ON authorization_versions;
CREATE POLICY versions ON authorization_versions TO CURRENT_USER USING (true);

DROP POLICY IF EXISTS names ON practitioner_names;
CREATE POLICY names ON practitioner_names TO CURRENT_USER USING (true);

-- -------------------------------------------------------------------------------------------------------------------
-- Row-level security: what is hidden from an actor
-- -------------------------------------------------------------------------------------------------------------------

-- Items hidden from a person by recusals. A recusal applies to its item, and to the items of the matter that were not decided
-- before it. Running, it hides them; one that ended because the conflict is over hides those of which a decision, minutes or a
-- crime was recorded meanwhile.
CREATE OR REPLACE FUNCTION recused_items(of_login uuid[], registrations uuid[], of_agency uuid) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
SELECT ARRAY(SELECT DISTINCT l.id FROM recusals r
  CROSS JOIN LATERAL unnest(matter_of(r.case_id, of_agency, NOT r.declared)) matter (case_id)
  JOIN listings l ON l.case_id = matter.case_id
  LEFT JOIN decisions d ON d.listing_id = l.id AND d.corrects_id IS NULL
  WHERE (r.practitioner_id = ANY (of_login) OR NOT r.declared AND r.practitioner_id = ANY (registrations))
    AND (l.id = r.listing_id OR d.id IS NULL OR d.created_at >= r.created_at)
    AND (r.ended_at IS NULL OR r.end_kind = 'ended' AND EXISTS (SELECT FROM (
        SELECT w.listing_id, w.created_at FROM decisions w UNION ALL SELECT w.listing_id, w.created_at FROM minutes w
        UNION ALL SELECT w.listing_id, w.created_at FROM disclosed_crimes w) written
      WHERE written.listing_id = l.id AND written.created_at >= r.created_at AND written.created_at < r.ended_at))
  ORDER BY 1)
$$;
REVOKE ALL ON FUNCTION recused_items(uuid[], uuid[], uuid) FROM PUBLIC;

-- Settings of row-level security for an actor at a moment (app.actor, app.agency, app.partnerships, app.hidden).
-- Selects the exclusions and recusals of the actor with statements of its own. What a person is called, which cases repeat a
-- case and what a removal left excluded is shared with the policy: a fault there is a fault in both. Shared are
-- the functions login_registrations_of, registrations_of, name_keys_of, matter_of and excluded_cases.
CREATE OR REPLACE FUNCTION row_security_context(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  of_login uuid[];
  registrations uuid[];
  names text[];
  before text := coalesce(current_setting('app.maintenance', true), '');
  mine uuid[];
  people uuid[];
  cases uuid[];
  compartments uuid[];
  items uuid[];
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  of_login := login_registrations_of(who);
  registrations := registrations_of(who);
  names := name_keys_of(who);
  mine := ARRAY(SELECT e.id FROM exclusions e
    WHERE (e.agency_id = agency OR (kind = 'practitioner' AND ((e.practitioner_id = ANY (of_login) OR NOT e.declared
        AND e.practitioner_id = ANY (registrations)) OR e.name_key = ANY (names))))
      AND e.since <= moment AND coalesce(e.until, 'infinity') > moment);
  people := ARRAY(SELECT DISTINCT e.person_id FROM exclusions e
    WHERE e.id = ANY (mine) AND e.person_id IS NOT NULL AND e.reach <> 'panel');
  cases := ARRAY(SELECT DISTINCT e.case_id FROM excluded_cases(mine, agency) e);
  IF people <> '{}' THEN
    cases := cases || ARRAY(SELECT p.case_id FROM case_people p WHERE p.person_id = ANY (people)
      UNION SELECT c.id FROM cases c WHERE c.person_id = ANY (people));
  END IF;
  IF mine <> '{}' THEN
    cases := cases || ARRAY(SELECT c.id FROM exclusions e JOIN cases c ON c.panel_id = e.panel_id
      WHERE e.id = ANY (mine) AND e.person_id IS NOT NULL AND e.reach = 'panel' AND (c.person_id = e.person_id
        OR EXISTS (SELECT 1 FROM case_people p WHERE p.case_id = c.id AND p.person_id = e.person_id)));
  END IF;
  compartments := ARRAY(SELECT p.id FROM panels p WHERE p.compartment AND NOT EXISTS (
    SELECT 1 FROM memberships m WHERE m.panel_id = p.id AND kind = 'practitioner' AND m.practitioner_id = who
      AND m.agency_id = agency AND (moment AT TIME ZONE 'Europe/London')::date >= m.valid_from
      AND (moment AT TIME ZONE 'Europe/London')::date <= coalesce(m.valid_to, 'infinity')) ORDER BY 1);
  IF kind = 'practitioner' THEN
    items := recused_items(of_login, registrations, agency);
  END IF;
  PERFORM set_config('app.maintenance', before, true);
  RETURN jsonb_build_object(
    'actor', who::text,
    'agency', agency::text,
    'partnerships', ARRAY(SELECT p.partnership_id FROM agency_partnerships p WHERE p.agency_id = agency ORDER BY 1)::text,
    'hidden', (people || cases || compartments || items)::text);
END
$$;
REVOKE ALL ON FUNCTION row_security_context(text, uuid, uuid, timestamptz) FROM PUBLIC;

-- People, places and groups that these cases and referrals name, by the panels on which they do. A person whom a
-- correction took out counts as named: earlier entries of the log remain.
CREATE OR REPLACE FUNCTION named_within(case_ids uuid[], referral_ids uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF case_ids = '{}' AND referral_ids = '{}' THEN RETURN '[]'; END IF;
  RETURN (WITH named AS (
      SELECT DISTINCT n.panel_id, n.record FROM (
        SELECT c.panel_id, unnest(ARRAY[c.person_id, c.place_id, c.group_id]) AS record FROM cases c WHERE c.id = ANY (case_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM case_people p WHERE p.case_id = ANY (case_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM case_person_corrections p WHERE p.case_id = ANY (case_ids)
        UNION ALL SELECT r.panel_id, unnest(ARRAY[r.person_id, r.place_id, r.group_id]) FROM referrals r
            WHERE r.id = ANY (referral_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM referral_people p WHERE p.referral_id = ANY (referral_ids)
        UNION ALL SELECT p.panel_id, p.person_id FROM referral_person_corrections p WHERE p.referral_id = ANY (referral_ids)) n
      WHERE n.record IS NOT NULL),
    by_record AS (SELECT n.record, array_agg(n.panel_id ORDER BY n.panel_id) AS within FROM named n GROUP BY n.record),
    alike AS (SELECT array_agg(b.record ORDER BY b.record) AS ids, b.within FROM by_record b GROUP BY b.within)
    SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.ids), '[]') FROM alike a);
END
$$;
REVOKE ALL ON FUNCTION named_within(uuid[], uuid[]) FROM PUBLIC;

-- Settings of row-level security for an auditor (app.unread, app.closed, app.named): records and compartments whose
-- entries the auditor does not read. The policy lets nobody else read entries.
CREATE OR REPLACE FUNCTION unread_entries_of(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  registrations uuid[];
  keys text[];
  mine uuid[];
  before text := coalesce(current_setting('app.maintenance', true), '');
  people uuid[];
  cases uuid[];
  others uuid[];
  compartments uuid[];
  named text := '';
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  IF kind <> 'practitioner' OR NOT EXISTS (SELECT 1 FROM practitioners p WHERE p.id = who AND 'auditor' = ANY (p.roles)) THEN
    PERFORM set_config('app.maintenance', before, true);
    RETURN '{}';
  END IF;
  registrations := registrations_of(who);
  keys := name_keys_of(who);
  SELECT coalesce(array_agg(e.id), '{}'), coalesce(array_agg(e.person_id) FILTER (WHERE e.person_id IS NOT NULL), '{}')
    INTO mine, people FROM exclusions e
    WHERE (e.agency_id = agency OR e.practitioner_id = ANY (login_registrations_of(who))
        OR NOT e.declared AND e.practitioner_id = ANY (registrations)
        OR e.name_key = ANY (keys))
      AND e.since <= moment AND coalesce(e.until, 'infinity') > moment;
  cases := ARRAY(SELECT DISTINCT e.case_id FROM excluded_cases(mine, agency) e);
  IF people <> '{}' THEN
    cases := cases || ARRAY(SELECT p.case_id FROM case_people p WHERE p.person_id = ANY (people)
      UNION SELECT c.id FROM cases c WHERE c.person_id = ANY (people));
  END IF;
  IF people <> '{}' OR cases <> '{}' THEN
    others := ARRAY(SELECT r.id FROM referrals r WHERE r.person_id = ANY (people) OR r.case_id = ANY (cases)
      UNION SELECT n.referral_id FROM referral_people n WHERE n.person_id = ANY (people)
      UNION SELECT unnest(referrals_after_removal(mine, agency))
      UNION SELECT r.id FROM referrals r JOIN repeated_cases n ON n.referral_id = r.id
        WHERE r.case_id IS NULL AND n.matched_case_id = ANY (cases)
          AND (n.for_agency_ids IS NULL OR agency = ANY (n.for_agency_ids)));
    named := named_within(cases, others)::text;
  END IF;
  others := others || recused_items(login_registrations_of(who), registrations, agency);
  compartments := ARRAY(SELECT p.id FROM panels p WHERE p.compartment AND NOT EXISTS (
      SELECT 1 FROM compartment_auditors a WHERE a.panel_id = p.id AND a.practitioner_id = who
        AND a.since <= moment AND coalesce(a.until, 'infinity') > moment) ORDER BY 1);
  PERFORM set_config('app.maintenance', before, true);
  RETURN jsonb_build_object('unread', (people || cases || others)::text, 'closed', compartments::text, 'named', named);
END
$$;
REVOKE ALL ON FUNCTION unread_entries_of(text, uuid, uuid, timestamptz) FROM PUBLIC;
