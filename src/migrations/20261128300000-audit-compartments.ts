import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Audit entries say to which panels, cases, referrals and items their records belong, and the operator names the auditors of
 * a compartment. Row-level security hides the entries that an auditor does not read.
 */
export class AuditCompartments20261128300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "audit_entries" ADD "panel_ids" uuid array, ADD "parent_ids" uuid array`);
    await runner.query(ONLY_GROW);
    await runner.query(ERASE);
    await runner.query(`CREATE TABLE "compartment_auditors" (
      "id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "panel_id" uuid NOT NULL,
      "practitioner_id" uuid NOT NULL, "since" TIMESTAMP WITH TIME ZONE NOT NULL, "until" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT "compartment_auditors_until" CHECK (until IS NULL OR until > since),
      CONSTRAINT "compartment_auditors_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "compartment_auditors_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id"),
      CONSTRAINT "compartment_auditors_panel_id_partnership_id_fkey"
        FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"))`);
    await runner.query(
      `CREATE INDEX "compartment_auditors_practitioner_id_idx" ON "compartment_auditors" ("practitioner_id")`,
    );
    await runner.query(`SELECT raise_wall('compartment_auditors')`);
    for (const table of ['compartment_auditors', 'referral_people'])
      await runner.query(
        `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
      );
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR DELETE OR UPDATE OF person_id, case_id ON referrals FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
    await runner.query(STANDING);
    await runner.query(`REVOKE ALL ON FUNCTION audit_standing(text, uuid[], uuid) FROM PUBLIC`);
    await runner.query(UNREAD);
    await runner.query(`REVOKE ALL ON FUNCTION unread_entries_of(text, uuid, uuid, timestamptz) FROM PUBLIC`);
    await runner.query(`CREATE POLICY unread ON audit_entries AS RESTRICTIVE FOR SELECT USING (
      current_setting('app.log', true) = 'on' OR current_setting('app.maintenance', true) = 'on'
      OR (rule = 'not-found' AND actor_id = (SELECT nullif(current_setting('app.actor', true), '')::uuid))
      OR (panel_ids && (SELECT nullif(current_setting('app.closed', true), '')::uuid[])::uuid[]
        OR (record_ids || person_ids || parent_ids)
          && (SELECT nullif(current_setting('app.unread', true), '')::uuid[])::uuid[]) IS NOT TRUE)`);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error('the log may only grow, also by its columns: go back by restoring what was backed up before'),
    );
  }
}

const ONLY_GROW = `CREATE OR REPLACE FUNCTION "refuse_change_of_audit"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
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
    END $$`;

const ERASE = `CREATE OR REPLACE FUNCTION "erase_from_audit"(entry uuid, field text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
      member CONSTANT text := CASE field WHEN 'record_ids' THEN 'recordIds' WHEN 'person_ids' THEN 'personIds'
        WHEN 'parent_ids' THEN 'parentIds' ELSE field END;
      before CONSTANT text := coalesce(current_setting('app.maintenance', true), '');
      done boolean;
    BEGIN
      -- row-level security binds the owner, too
      PERFORM set_config('app.maintenance', 'on', true);
      IF member NOT IN ('recordIds', 'personIds', 'parentIds', 'search', 'reason') THEN
        RAISE EXCEPTION 'only recordIds, personIds, parentIds, search and reason can be erased from the audit log' USING ERRCODE = 'invalid_parameter_value';
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
    END $$`;

/**
 * Panels and cases of records whose own rows do not name them all. A request for access tells its own author of no case, so
 * nothing is answered where the author acts.
 */
const STANDING = `CREATE FUNCTION audit_standing(subject text, ids uuid[], actor uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $standing$
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
    UNION ALL SELECT m.panel_id, NULL FROM cycle_meetings y JOIN meetings m ON m.id = y.meeting_id
      WHERE subject = 'CycleMeeting' AND y.id = ANY (ids)
    UNION ALL SELECT unnest(ARRAY[b.panel_id, b.plan_panel_id]), b.case_id FROM bids b
      WHERE subject = 'BidDecision' AND b.id IN (SELECT d.bid_id FROM bid_decisions d WHERE d.id = ANY (ids))
    UNION ALL SELECT unnest(ARRAY[b.panel_id, b.plan_panel_id]), b.case_id FROM bids b
      WHERE subject = 'BidResult' AND b.id IN (SELECT r.bid_id FROM bid_results r WHERE r.id = ANY (ids))) s;
  PERFORM set_config('app.maintenance', before, true);
  RETURN found;
END $standing$`;

/** Of an auditor: identifiers and compartments of which they read no entry. The policy lets nobody else read any. */
export const UNREAD = `CREATE FUNCTION unread_entries_of(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $unread$
DECLARE
  before text := coalesce(current_setting('app.maintenance', true), '');
  people uuid[];
  cases uuid[];
  others uuid[];
  compartments uuid[];
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  IF kind <> 'practitioner' OR NOT EXISTS (SELECT 1 FROM practitioners p WHERE p.id = who AND 'auditor' = ANY (p.roles)) THEN
    PERFORM set_config('app.maintenance', before, true);
    RETURN '{}';
  END IF;
  SELECT coalesce(array_agg(e.person_id) FILTER (WHERE e.person_id IS NOT NULL), '{}'),
         coalesce(array_agg(e.case_id) FILTER (WHERE e.case_id IS NOT NULL), '{}')
    INTO people, cases FROM exclusions e
    WHERE (e.agency_id = agency OR e.practitioner_id = who
        OR e.name_key IN (SELECT n.name_key FROM practitioner_names n WHERE n.practitioner_id = who))
      AND e.since <= moment AND coalesce(e.until, 'infinity') > moment;
  IF people <> '{}' THEN
    cases := cases || ARRAY(SELECT p.case_id FROM case_people p WHERE p.person_id = ANY (people)
      UNION SELECT c.id FROM cases c WHERE c.person_id = ANY (people));
  END IF;
  IF people <> '{}' OR cases <> '{}' THEN
    others := ARRAY(SELECT r.id FROM referrals r WHERE r.person_id = ANY (people) OR r.case_id = ANY (cases)
      UNION SELECT n.referral_id FROM referral_people n WHERE n.person_id = ANY (people));
  END IF;
  others := others || ARRAY(SELECT r.listing_id FROM recusals r WHERE r.practitioner_id = who AND r.ended_at IS NULL);
  compartments := ARRAY(SELECT p.id FROM panels p WHERE p.compartment AND NOT EXISTS (
      SELECT 1 FROM compartment_auditors a WHERE a.panel_id = p.id AND a.practitioner_id = who
        AND a.since <= moment AND coalesce(a.until, 'infinity') > moment) ORDER BY 1);
  PERFORM set_config('app.maintenance', before, true);
  RETURN jsonb_build_object('unread', (people || cases || others)::text, 'closed', compartments::text);
END $unread$`;
