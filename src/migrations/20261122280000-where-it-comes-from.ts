import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What comes from a compartment is hidden with it wherever it stands: the second wall asks for the panel from which a record
 * comes, too. A bid names the panel of its plan, what is handed on the panel that hands it on. There are some hundred rows.
 */
export class WhereItComesFrom20261122280000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RAISE_WALL);
    await runner.query(`SELECT raise_wall('bids'), raise_wall('feeds')`);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('the wall of before is not kept: go back by restoring what was backed up before'));
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
  IF plain IN ('cases', 'panels', 'persons', 'listings') THEN
    hideable := hideable || 'id'::text;
  END IF;
  -- whoever asked for access goes on seeing that they asked, whatever became of the case
  IF plain = 'access_requests' THEN
    hideable := hideable || format('CASE WHEN practitioner_id IS DISTINCT FROM ' || own || ' THEN case_id END', 'actor');
  ELSIF column_of ? 'case_id' THEN
    hideable := hideable || 'case_id'::text;
  END IF;
  -- whoever declared a conflict in an item goes on seeing that they did
  IF plain = 'recusals' THEN
    hideable := hideable || format('CASE WHEN practitioner_id IS DISTINCT FROM ' || own || ' OR NOT declared THEN listing_id END', 'actor');
  ELSIF column_of ? 'listing_id' THEN
    hideable := hideable || 'listing_id'::text;
  END IF;
  -- before which panel it stands, and from which it comes; where it is sent, its sender knows
  hideable := hideable || ARRAY(SELECT name FROM unnest('{panel_id,plan_panel_id,from_panel_id}'::text[]) name WHERE column_of ? name);
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
