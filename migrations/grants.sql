-- What the service's role may do, applied at the end of every run of `migrate`. :"service" is the role in DATABASE_URL;
-- it owns nothing.

GRANT USAGE ON SCHEMA public TO :"service";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"service";

-- The log and the events only grow.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries, audit_checkpoints, events FROM :"service";

-- Written by triggers, and by the operator as the owner.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON authorization_versions, practitioner_names, compartment_auditors FROM :"service";
GRANT UPDATE (version, updated_at, entered_in_error_at, entered_in_error_by_id, entered_in_error_reason)
  ON practitioner_names TO :"service";

REVOKE ALL ON migrations FROM :"service";

GRANT EXECUTE ON FUNCTION audit_scope_of(text, uuid[], uuid) TO :"service";
GRANT EXECUTE ON FUNCTION delete_idempotent_replies(timestamptz) TO :"service";
GRANT EXECUTE ON FUNCTION erase_from_audit(uuid, text) TO :"service";
GRANT EXECUTE ON FUNCTION matter_of(uuid, uuid, boolean, uuid[]) TO :"service";
GRANT EXECUTE ON FUNCTION registrations_of(uuid) TO :"service";
GRANT EXECUTE ON FUNCTION kept_after_removal(uuid[], uuid) TO :"service";
GRANT EXECUTE ON FUNCTION excluded_cases(uuid[], uuid, uuid[]) TO :"service";
GRANT EXECUTE ON FUNCTION referrals_after_removal(uuid[], uuid) TO :"service";
GRANT EXECUTE ON FUNCTION login_registrations_of(uuid) TO :"service";
GRANT EXECUTE ON FUNCTION name_keys_of(uuid) TO :"service";
GRANT EXECUTE ON FUNCTION registrations_named(text) TO :"service";
