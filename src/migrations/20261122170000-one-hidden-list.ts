import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The walls in fewer stones: cases, people and panels that are hidden from somebody are one list (`app.hidden`: identifiers
 * are unique among them), and where a row always stands in a partnership, that alone closes it to whoever said nothing. Each
 * setting that a wall reads costs every statement a step for every table, whether or not a row of it is looked at.
 *
 * What the walls hide is what they hid: see the migration that raised them first.
 */
export class OneHiddenList20261122170000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RAISE_WALL);
    await runner.query(WALL_OF);
    await runner.query(`SELECT raise_wall(c.oid::regclass) FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'migrations' ORDER BY c.relname`);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error('the walls of before are not kept: go back by restoring what was backed up before'),
    );
  }
}

const RAISE_WALL = `CREATE OR REPLACE FUNCTION raise_wall(target regclass) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $wall$
DECLARE
  somebody constant text := '(SELECT nullif(current_setting(''app.actor'', true), '''')) IS NOT NULL';
  own constant text := '(SELECT nullif(current_setting(''app.%s'', true), '''')::uuid)';
  list constant text := '(SELECT nullif(current_setting(''app.%s'', true), '''')::uuid[])::uuid[]';
  walls text[];
  hideable text[] := '{}';
  plain text := (SELECT relname FROM pg_class WHERE oid = target);
  column_of jsonb := (SELECT jsonb_object_agg(attname, NOT attnotnull) FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped);
BEGIN
  -- where an agency acts is no secret, and a rule that asks who does not act somewhere must be told the truth
  IF column_of ? 'partnership_id' AND plain <> 'agency_partnerships' THEN
    walls := ARRAY[format('partnership_id = ANY (' || list || ')', 'partnerships')];
    IF (column_of ->> 'partnership_id')::boolean THEN
      walls := ARRAY[somebody, '(partnership_id IS NULL OR ' || walls[1] || ')'];
    END IF;
  ELSE
    walls := ARRAY[somebody];
  END IF;
  IF plain IN ('cases', 'panels', 'persons') THEN
    hideable := hideable || 'id'::text;
  END IF;
  -- whoever asked for access goes on seeing that they asked, whatever became of the case
  IF plain = 'access_requests' THEN
    hideable := hideable || format('CASE WHEN practitioner_id IS DISTINCT FROM ' || own || ' THEN case_id END', 'actor');
  ELSIF column_of ? 'case_id' THEN
    hideable := hideable || 'case_id'::text;
  END IF;
  IF column_of ? 'panel_id' THEN
    hideable := hideable || 'panel_id'::text;
  END IF;
  -- the bar of a referral asks whom it names: hidden from the bar, they would open the referral
  IF column_of ? 'person_id' AND plain <> 'referral_people' THEN
    hideable := hideable || 'person_id'::text;
  END IF;
  IF hideable <> '{}' THEN
    walls := walls || format('(ARRAY[' || array_to_string(hideable, ', ') || '] && ' || list || ') IS NOT TRUE', 'hidden');
  END IF;
  IF column_of ? 'agency_only' THEN
    walls := walls || format('(agency_only IS NOT TRUE OR agency_id = ' || own || ')', 'agency');
  END IF;
  IF column_of ? 'principal_id' THEN
    walls := walls || format('principal_id = ' || own, 'actor');
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('DROP POLICY IF EXISTS wall ON %s', target);
  EXECUTE format('DROP POLICY IF EXISTS maintenance ON %s', target);
  EXECUTE format('CREATE POLICY wall ON %s USING (%s)', target, array_to_string(walls, ' AND '));
  EXECUTE format('CREATE POLICY maintenance ON %s TO CURRENT_USER USING (current_setting(''app.maintenance'', true) = ''on'')', target);
END $wall$`;

const WALL_OF = `CREATE OR REPLACE FUNCTION wall_of(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $wall$
DECLARE
  before text := coalesce(current_setting('app.maintenance', true), '');
  people uuid[];
  cases uuid[];
  compartments uuid[];
BEGIN
  PERFORM set_config('app.maintenance', 'on', true);
  SELECT coalesce(array_agg(DISTINCT e.person_id) FILTER (WHERE e.person_id IS NOT NULL), '{}'),
         coalesce(array_agg(DISTINCT e.case_id) FILTER (WHERE e.case_id IS NOT NULL), '{}')
    INTO people, cases FROM exclusions e
    WHERE (e.agency_id = agency OR (kind = 'practitioner' AND (e.practitioner_id = who
        OR e.name_key = (SELECT p.name_key FROM practitioners p WHERE p.id = who))))
      AND e.since <= moment AND coalesce(e.until, 'infinity') > moment;
  IF people <> '{}' THEN
    cases := cases || ARRAY(SELECT p.case_id FROM case_people p WHERE p.person_id = ANY (people)
      UNION SELECT c.id FROM cases c WHERE c.person_id = ANY (people));
  END IF;
  compartments := ARRAY(SELECT p.id FROM panels p WHERE p.compartment AND NOT EXISTS (
    SELECT 1 FROM memberships m WHERE m.panel_id = p.id AND kind = 'practitioner' AND m.practitioner_id = who
      AND m.agency_id = agency AND (moment AT TIME ZONE 'Europe/London')::date >= m.valid_from
      AND (moment AT TIME ZONE 'Europe/London')::date <= coalesce(m.valid_to, 'infinity')) ORDER BY 1);
  PERFORM set_config('app.maintenance', before, true);
  RETURN jsonb_build_object(
    'actor', who::text,
    'agency', agency::text,
    'partnerships', ARRAY(SELECT p.partnership_id FROM agency_partnerships p WHERE p.agency_id = agency ORDER BY 1)::text,
    'hidden', (people || cases || compartments)::text);
END $wall$`;
