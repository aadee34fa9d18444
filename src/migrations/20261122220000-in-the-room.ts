import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * In the room: from when to when somebody was there and for whom, what item is being heard and who heard it, who takes no part
 * in an item, and crimes that came to light.
 *
 * An item from which somebody is recused is hidden from them by the second wall, too: it joins the one list of what is hidden
 * (`app.hidden`), under the identifier of the item and wherever a table names it as `listing_id`. There are some hundred
 * meetings with some hundred items: filling and checking takes milliseconds.
 */
export class InTheRoom20261122220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "attendances" ADD "deputy_for_id" uuid, ADD "arrived_at" TIMESTAMP WITH TIME ZONE, ADD "left_at" TIMESTAMP WITH TIME ZONE`,
    );
    await runner.query(
      `UPDATE "attendances" SET "arrived_at" = "confidentiality_accepted_at" WHERE "status" IN ('present', 'deputy')`,
    );
    await runner.query(`ALTER TABLE "attendances" DROP CONSTRAINT "attendances_meeting_id_practitioner_id_key"`);
    await runner.query(
      `${FEW_ROWS_INDEXED}CREATE UNIQUE INDEX "attendances_meeting_id_practitioner_id_idx" ON "attendances" ("meeting_id", "practitioner_id") WHERE left_at IS NULL`,
    );
    await runner.query(
      `${FEW_ROWS_INDEXED}CREATE INDEX "attendances_panel_id_practitioner_id_idx" ON "attendances" ("panel_id", "practitioner_id")`,
    );
    await runner.query(
      `ALTER TABLE "listings" ADD "started_at" TIMESTAMP WITH TIME ZONE, ADD "ended_at" TIMESTAMP WITH TIME ZONE`,
    );
    for (const [table, name, check] of CHECKS)
      await runner.query(`${FEW_ROWS}ALTER TABLE "${table}" ADD CONSTRAINT "${name}" CHECK (${check})`);
    await runner.query(
      `${FEW_ROWS_HELD}ALTER TABLE "attendances" ADD CONSTRAINT "attendances_deputy_for_id_fkey" FOREIGN KEY ("deputy_for_id") REFERENCES "practitioners"("id")`,
    );
    for (const [telling, of] of TELLING_OF_RECORDS) {
      await runner.query(`ALTER TABLE "${telling}" ADD "listing_id" uuid`);
      await runner.query(`UPDATE "${telling}" SET "listing_id" = "${of}_id" WHERE "${of}_type" = 'Listing'`);
      for (const [type, table] of BENEATH_ITEMS)
        await runner.query(
          `UPDATE "${telling}" t SET "listing_id" = r."listing_id" FROM "${table}" r WHERE t."${of}_type" = '${type}' AND r."id" = t."${of}_id"`,
        );
    }
    for (const table of TABLES) await runner.query(table);
    for (const [name, table, columns, where] of INDEXES)
      await runner.query(`CREATE ${where ? 'UNIQUE ' : ''}INDEX "${name}" ON "${table}" (${columns})${where ?? ''}`);
    for (const table of NEW_TABLES) {
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")`,
      );
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id", "panel_id")`,
      );
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_listing_id_meeting_id_case_id_fkey" FOREIGN KEY ("listing_id", "meeting_id", "case_id") REFERENCES "listings"("id", "meeting_id", "case_id")`,
      );
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id")`,
      );
    }
    for (const table of ['recusals', 'item_presences'])
      await runner.query(
        `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_practitioner_id_fkey" FOREIGN KEY ("practitioner_id") REFERENCES "practitioners"("id")`,
      );
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON recusals FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
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

const FEW_ROWS = '-- squawk-ignore constraint-missing-not-valid\n';
const FEW_ROWS_HELD = '-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint\n';
const FEW_ROWS_INDEXED = '-- squawk-ignore require-concurrent-index-creation\n';

const CHECKS: [table: string, name: string, check: string][] = [
  ['attendances', 'attendances_arrived', `(status IN ('present', 'deputy')) = (arrived_at IS NOT NULL)`],
  ['attendances', 'attendances_left', 'left_at IS NULL OR (arrived_at IS NOT NULL AND left_at > arrived_at)'],
  [
    'attendances',
    'attendances_deputy',
    `deputy_for_id IS NULL OR (status = 'deputy' AND deputy_for_id <> practitioner_id)`,
  ],
  ['listings', 'listings_heard', 'ended_at IS NULL OR (started_at IS NOT NULL AND ended_at >= started_at)'],
];

/** What tells of other records, and by what columns. */
const TELLING_OF_RECORDS: [table: string, of: string][] = [
  ['events', 'subject'],
  ['disclosures', 'record'],
];

/** Whose events and disclosures belong to an item. */
const BENEATH_ITEMS: [type: string, table: string][] = [
  ['Invitation', 'invitations'],
  ['Decision', 'decisions'],
  ['Minute', 'minutes'],
];

const NEW_TABLES = ['recusals', 'item_presences', 'disclosed_crimes'];

const OF_AN_ITEM = `"id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL, "case_id" uuid NOT NULL, "panel_id" uuid NOT NULL, "meeting_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL`;

const TABLES = [
  `CREATE TABLE "recusals" (${OF_AN_ITEM}, "practitioner_id" uuid NOT NULL, "reason" text NOT NULL, "declared" boolean NOT NULL,
      "ended_at" TIMESTAMP WITH TIME ZONE, "ended_by_id" uuid, "end_reason" text,
      CONSTRAINT "recusals_ended" CHECK ((ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)),
      CONSTRAINT "recusals_pkey" PRIMARY KEY ("id"))`,
  `CREATE TABLE "item_presences" (${OF_AN_ITEM}, "practitioner_id" uuid NOT NULL,
      CONSTRAINT "item_presences_listing_id_practitioner_id_key" UNIQUE ("listing_id", "practitioner_id"),
      CONSTRAINT "item_presences_pkey" PRIMARY KEY ("id"))`,
  `CREATE TABLE "disclosed_crimes" (${OF_AN_ITEM}, "category" text NOT NULL DEFAULT 'police_incident', "summary" text NOT NULL,
      "victim_wishes_report" text NOT NULL, "reported_to" text, "reference" text,
      CONSTRAINT "disclosed_crimes_category" CHECK (category = 'police_incident'),
      CONSTRAINT "disclosed_crimes_wish" CHECK (victim_wishes_report IN ('yes', 'no', 'not_asked', 'not_known')),
      CONSTRAINT "disclosed_crimes_pkey" PRIMARY KEY ("id"))`,
];

const INDEXES: [name: string, table: string, columns: string, uniqueWhere?: string][] = [
  ['recusals_listing_id_practitioner_id_idx', 'recusals', '"listing_id", "practitioner_id"', ' WHERE ended_at IS NULL'],
  ['recusals_meeting_id_changed_at_id_idx', 'recusals', '"meeting_id", "changed_at", "id"'],
  ['recusals_practitioner_id_idx', 'recusals', '"practitioner_id"'],
  ['item_presences_listing_id_changed_at_id_idx', 'item_presences', '"listing_id", "changed_at", "id"'],
  ['disclosed_crimes_meeting_id_changed_at_id_idx', 'disclosed_crimes', '"meeting_id", "changed_at", "id"'],
  ['disclosed_crimes_listing_id_idx', 'disclosed_crimes', '"listing_id"'],
];

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
  items uuid[];
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
  items := ARRAY(SELECT r.listing_id FROM recusals r
    WHERE kind = 'practitioner' AND r.practitioner_id = who AND r.ended_at IS NULL ORDER BY 1);
  PERFORM set_config('app.maintenance', before, true);
  RETURN jsonb_build_object(
    'actor', who::text,
    'agency', agency::text,
    'partnerships', ARRAY(SELECT p.partnership_id FROM agency_partnerships p WHERE p.agency_id = agency ORDER BY 1)::text,
    'hidden', (people || cases || compartments || items)::text);
END $wall$`;
