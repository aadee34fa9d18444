import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UNREAD } from './20261129200000-people-of-unread-cases.js';

/**
 * An exclusion by name concerns whoever has the name, was registered with it, or had it before the exclusion was made: a name that
 * is given later and taken away again leaves nothing. The time of a name is that of the change, by the clock of the service. There
 * are some thousand names: filling takes milliseconds.
 */
export class MatchingNames20261129301000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "practitioner_names" ADD "registered" boolean NOT NULL DEFAULT false`);
    await runner.query(`UPDATE "practitioner_names" n SET "registered" = true WHERE NOT EXISTS (SELECT 1 FROM "practitioner_names" earlier
      WHERE earlier."practitioner_id" = n."practitioner_id" AND earlier."since" < n."since")`);
    await runner.query(
      keepNames(
        'practitioner_id, name_key, since, registered',
        `NEW.id, NEW.name_key, NEW.changed_at, TG_OP = 'INSERT'`,
      ),
    );
    await runner.query(wallOf(MATCHING));
    await runner.query(unreadOf(MATCHING));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(unreadOf(EVER));
    await runner.query(wallOf(EVER));
    await runner.query(keepNames('practitioner_id, name_key', 'NEW.id, NEW.name_key'));
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "practitioner_names" DROP COLUMN "registered"`);
  }
}

const EVER = `EXISTS (SELECT 1 FROM practitioner_names n WHERE n.practitioner_id = who AND n.name_key = e.name_key)`;
const MATCHING = `EXISTS (SELECT 1 FROM practitioner_names n JOIN practitioners bearer ON bearer.id = n.practitioner_id
        WHERE n.practitioner_id = who AND n.name_key = e.name_key
          AND (n.registered OR n.since <= e.since OR n.name_key = bearer.name_key))`;

const keepNames = (
  columns: string,
  values: string,
): string => `CREATE OR REPLACE FUNCTION keep_practitioner_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $names$ BEGIN
  INSERT INTO practitioner_names (${columns}) VALUES (${values}) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $names$`;

const wallOf = (
  named: string,
): string => `CREATE OR REPLACE FUNCTION wall_of(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $wall$
DECLARE
  before text := coalesce(current_setting('app.maintenance', true), '');
  mine uuid[];
  people uuid[];
  cases uuid[];
  compartments uuid[];
  items uuid[];
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  mine := ARRAY(SELECT e.id FROM exclusions e
    WHERE (e.agency_id = agency OR (kind = 'practitioner' AND (e.practitioner_id = who OR ${named})))
      AND e.since <= moment AND coalesce(e.until, 'infinity') > moment);
  people := ARRAY(SELECT DISTINCT e.person_id FROM exclusions e
    WHERE e.id = ANY (mine) AND e.person_id IS NOT NULL AND e.reach <> 'panel');
  cases := ARRAY(SELECT DISTINCT e.case_id FROM exclusions e WHERE e.id = ANY (mine) AND e.case_id IS NOT NULL);
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
  items := ARRAY(SELECT r.listing_id FROM recusals r
    WHERE kind = 'practitioner' AND r.practitioner_id = who AND r.ended_at IS NULL ORDER BY 1);
  PERFORM set_config('app.maintenance', before, true);
  RETURN jsonb_build_object(
    'actor', who::text,
    'agency', agency::text,
    'partnerships', ARRAY(SELECT p.partnership_id FROM agency_partnerships p WHERE p.agency_id = agency ORDER BY 1)::text,
    'hidden', (people || cases || compartments || items)::text);
END $wall$`;

const NAMED_IN_LOG = `e.name_key IN (SELECT n.name_key FROM practitioner_names n WHERE n.practitioner_id = who)`;

/** Of an auditor: what they read no entry of. The policy lets nobody else read any. */
function unreadOf(named: string): string {
  if (!UNREAD.includes(NAMED_IN_LOG)) throw new Error('unread_entries_of does not match names as it did');
  return UNREAD.replace(NAMED_IN_LOG, named);
}
