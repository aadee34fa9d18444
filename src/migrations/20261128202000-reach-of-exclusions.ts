import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Reach of an exclusion. One that a panel imposed from a person reaches that panel; where nobody says otherwise it reaches the
 * whole partnership, which hides the most. `wall_of` hides what the reach says, and matches every name that somebody has or had.
 * There are some hundred exclusions: filling and checking takes milliseconds.
 *
 * Referrals to a panel that name a person are hidden by the policy alone, where only that panel excludes: row-level security
 * knows whole people, cases, panels and items.
 */
export class ReachOfExclusions20261128202000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "exclusions" ADD "reach" text NOT NULL DEFAULT 'partnership'`);
    await runner.query(`UPDATE "exclusions" SET "reach" = 'panel' WHERE "panel_id" IS NOT NULL`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "exclusions" ADD CONSTRAINT "exclusions_reach"
      CHECK (reach = 'partnership' OR (reach = 'panel' AND panel_id IS NOT NULL))`);
    await runner.query(WALL_OF);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error('the earlier row-level security is not kept: restore the backup that was made before the migration'),
    );
  }
}

export const WALL_OF = `CREATE OR REPLACE FUNCTION wall_of(kind text, who uuid, agency uuid, moment timestamptz) RETURNS jsonb
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
    WHERE (e.agency_id = agency OR (kind = 'practitioner' AND (e.practitioner_id = who OR EXISTS (
        SELECT 1 FROM practitioner_names n WHERE n.practitioner_id = who AND n.name_key = e.name_key))))
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
