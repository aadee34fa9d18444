import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The second wall: row-level security on every table, forced, coarse, and knowing nothing of the policy's rules. A
 * connection sees a row only where a transaction said who acts (`app.*`, see `records/wall.ts`), and then nothing of another
 * partnership, of a case or person from whom the actor is kept, of a compartment the actor does not sit in, and no private
 * research of another agency. A connection that said nothing sees nothing.
 *
 * `wall_of` finds by itself what is hidden from somebody; it shares no statement with the facts of the policy. The owner's
 * migrations and seed say `app.maintenance`, which opens the tables to their owner alone.
 *
 * A new table needs `SELECT raise_wall('…')` in its migration; a test finds the table without.
 */
export class Walls20261122130000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RAISE_WALL);
    await runner.query(`REVOKE ALL ON FUNCTION raise_wall(regclass) FROM PUBLIC`);
    await runner.query(WALL_OF);
    await runner.query(`REVOKE ALL ON FUNCTION wall_of(text, uuid, uuid, timestamptz) FROM PUBLIC`);
    await runner.query(`SELECT raise_wall(c.oid::regclass) FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'migrations' ORDER BY c.relname`);
    // entries and disclosures tell of others than the one who happens to write them down
    for (const table of ['audit_entries', 'disclosures'])
      await runner.query(
        `CREATE POLICY journal ON ${table} FOR INSERT WITH CHECK (nullif(current_setting('app.actor', true), '') IS NOT NULL)`,
      );
    await runner.query(`CREATE POLICY log ON audit_entries FOR SELECT USING (current_setting('app.log', true) = 'on')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DO $$ DECLARE one record; BEGIN
      FOR one IN SELECT format('%I.%I', schemaname, tablename) AS t, policyname FROM pg_policies WHERE schemaname = 'public'
      LOOP EXECUTE format('DROP POLICY %I ON %s', one.policyname, one.t); END LOOP;
      FOR one IN SELECT oid::regclass AS t FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity
      LOOP EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', one.t); END LOOP; END $$`);
    await runner.query('DROP FUNCTION raise_wall(regclass)');
    await runner.query('DROP FUNCTION wall_of(text, uuid, uuid, timestamptz)');
  }
}

/**
 * What a table's columns say about whom it concerns decides its wall. Each setting is read once a statement (a scalar
 * subquery), and an unset or emptied one is null: closed.
 */
const RAISE_WALL = `CREATE FUNCTION raise_wall(target regclass) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $wall$
DECLARE
  walls text[] := ARRAY['(SELECT nullif(current_setting(''app.actor'', true), '''')) IS NOT NULL'];
  plain text := (SELECT relname FROM pg_class WHERE oid = target);
  column_of jsonb := (SELECT jsonb_object_agg(attname, NOT attnotnull) FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped);
  list constant text := '(SELECT nullif(current_setting(''app.%s'', true), '''')::uuid[])::uuid[]';
  hidden constant text := '(%I = ANY (' || list || ')) IS NOT TRUE';
BEGIN
  -- where an agency acts is no secret, and a rule that asks who does not act somewhere must be told the truth
  IF column_of ? 'partnership_id' AND plain <> 'agency_partnerships' THEN
    walls := walls || (CASE WHEN (column_of ->> 'partnership_id')::boolean THEN '(partnership_id IS NULL OR ' ELSE '(' END
      || format('partnership_id = ANY (' || list || '))', 'partnerships'));
  END IF;
  -- whoever asked for access goes on seeing that they asked, whatever became of the case
  IF plain = 'access_requests' THEN
    walls := walls || format('(practitioner_id = (SELECT nullif(current_setting(''app.actor'', true), '''')::uuid) OR '
      || hidden || ')', 'case_id', 'hidden_cases');
  ELSIF plain = 'cases' OR column_of ? 'case_id' THEN
    walls := walls || format(hidden, CASE WHEN plain = 'cases' THEN 'id' ELSE 'case_id' END, 'hidden_cases');
  END IF;
  IF plain = 'panels' OR column_of ? 'panel_id' THEN
    walls := walls || format(hidden, CASE WHEN plain = 'panels' THEN 'id' ELSE 'panel_id' END, 'hidden_panels');
  END IF;
  -- the bar of a referral asks whom it names: hidden from the bar, they would open the referral
  IF plain = 'persons' OR (column_of ? 'person_id' AND plain <> 'referral_people') THEN
    walls := walls || format(hidden, CASE WHEN plain = 'persons' THEN 'id' ELSE 'person_id' END, 'hidden_people');
  END IF;
  IF column_of ? 'agency_only' THEN
    walls := walls || '(agency_only IS NOT TRUE OR agency_id = (SELECT nullif(current_setting(''app.agency'', true), '''')::uuid))'::text;
  END IF;
  IF column_of ? 'principal_id' THEN
    walls := walls || 'principal_id = (SELECT nullif(current_setting(''app.actor'', true), '''')::uuid)'::text;
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('DROP POLICY IF EXISTS wall ON %s', target);
  EXECUTE format('DROP POLICY IF EXISTS maintenance ON %s', target);
  EXECUTE format('CREATE POLICY wall ON %s USING (%s)', target, array_to_string(walls, ' AND '));
  EXECUTE format('CREATE POLICY maintenance ON %s TO CURRENT_USER USING (current_setting(''app.maintenance'', true) = ''on'')', target);
END $wall$`;

const WALL_OF = `CREATE FUNCTION wall_of(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $wall$
DECLARE
  before text := coalesce(current_setting('app.maintenance', true), '');
  people uuid[];
  cases uuid[];
  wall jsonb;
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
  wall := jsonb_build_object(
    'actor', who::text,
    'agency', agency::text,
    'partnerships', ARRAY(SELECT p.partnership_id FROM agency_partnerships p WHERE p.agency_id = agency ORDER BY 1)::text,
    'hidden_cases', cases::text,
    'hidden_people', people::text,
    'hidden_panels', ARRAY(SELECT p.id FROM panels p WHERE p.compartment AND NOT EXISTS (
      SELECT 1 FROM memberships m WHERE m.panel_id = p.id AND kind = 'practitioner' AND m.practitioner_id = who
        AND m.agency_id = agency AND (moment AT TIME ZONE 'Europe/London')::date >= m.valid_from
        AND (moment AT TIME ZONE 'Europe/London')::date <= coalesce(m.valid_to, 'infinity')) ORDER BY 1)::text);
  PERFORM set_config('app.maintenance', before, true);
  RETURN wall;
END $wall$`;
