import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Why a case is listed, what it carries on, and that it was taken off; the agenda as it was circulated, item by item. What was
 * listed before says by its kind why. There are some hundred meetings and some thousand listings: they are checked at once.
 */
export class Agenda20261122200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "meetings" ADD "emergency_reason" text`);
    await runner.query(`ALTER TABLE "listings" ADD "reason" text, ADD "carried_from_id" uuid, ADD "late_reason" text,
      ADD "removed_at" TIMESTAMP WITH TIME ZONE, ADD "removal_reason" text`);
    await runner.query(`UPDATE "listings" SET "reason" = CASE "kind" WHEN 'new' THEN 'new_referral'
      WHEN 'review' THEN 'review_due' ELSE "kind" END`);
    await runner.query(`-- squawk-ignore adding-not-nullable-field
      ALTER TABLE "listings" ALTER COLUMN "reason" SET NOT NULL`);
    await runner.query(`-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
      ALTER TABLE "listings" ADD CONSTRAINT "listings_id_case_id_key" UNIQUE ("id", "case_id")`);
    for (const [table, name, check] of CHECKS)
      await runner.query(
        `-- squawk-ignore constraint-missing-not-valid\nALTER TABLE "${table}" ADD CONSTRAINT "${name}" CHECK (${check})`,
      );
    await runner.query(`ALTER TABLE "listings" ADD CONSTRAINT "listings_carried_from_id_case_id_fkey"
      FOREIGN KEY ("carried_from_id", "case_id") REFERENCES "listings"("id", "case_id") NOT VALID`);
    await runner.query(`CREATE TABLE "agenda_editions" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "edition" integer NOT NULL,
      "scheduled_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "ends_at" TIMESTAMP WITH TIME ZONE,
      "circulated_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "circulated_by_id" uuid NOT NULL,
      CONSTRAINT "agenda_editions_meeting_id_edition_key" UNIQUE ("meeting_id", "edition"),
      CONSTRAINT "agenda_editions_edition" CHECK (edition >= 1),
      CONSTRAINT "agenda_editions_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "agenda_editions_meeting_id_panel_id_fkey" FOREIGN KEY ("meeting_id", "panel_id") REFERENCES "meetings"("id", "panel_id"),
      CONSTRAINT "agenda_editions_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(`CREATE TABLE "agenda_items" (
      "id" uuid NOT NULL,
      "version" integer NOT NULL,
      "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
      "partnership_id" uuid NOT NULL,
      "agency_id" uuid NOT NULL,
      "contributing_type" text NOT NULL,
      "case_id" uuid NOT NULL,
      "panel_id" uuid NOT NULL,
      "meeting_id" uuid NOT NULL,
      "kind" text NOT NULL,
      "reason" text NOT NULL,
      "position" integer NOT NULL,
      "timebox_minutes" integer NOT NULL,
      "presented_by_agency_id" uuid NOT NULL,
      "listing_id" uuid NOT NULL,
      "edition" integer NOT NULL,
      CONSTRAINT "agenda_items_listing_id_edition_key" UNIQUE ("listing_id", "edition"),
      CONSTRAINT "agenda_items_kind" CHECK (${KIND}),
      CONSTRAINT "agenda_items_reason" CHECK (${REASON}),
      CONSTRAINT "agenda_items_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "agenda_items_panel_id_partnership_id_fkey" FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id"),
      CONSTRAINT "agenda_items_presented_by_agency_id_fkey" FOREIGN KEY ("presented_by_agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "agenda_items_listing_id_meeting_id_case_id_fkey" FOREIGN KEY ("listing_id", "meeting_id", "case_id") REFERENCES "listings"("id", "meeting_id", "case_id"),
      CONSTRAINT "agenda_items_meeting_id_edition_fkey" FOREIGN KEY ("meeting_id", "edition") REFERENCES "agenda_editions"("meeting_id", "edition"),
      CONSTRAINT "agenda_items_case_id_panel_id_fkey" FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id", "panel_id"),
      CONSTRAINT "agenda_items_pkey" PRIMARY KEY ("id")
    )`);
    await runner.query(
      `CREATE INDEX "agenda_items_meeting_id_edition_idx" ON "agenda_items" ("meeting_id", "edition")`,
    );
    await runner.query(
      `CREATE INDEX "agenda_items_case_id_changed_at_id_idx" ON "agenda_items" ("case_id", "changed_at", "id")`,
    );
    for (const table of ['agenda_editions', 'agenda_items']) await runner.query(`SELECT raise_wall('${table}')`);
    // an invitation to what is taken off the list opens nothing any more
    await runner.query(`CREATE TRIGGER stamp_facts AFTER DELETE OR UPDATE OF removed_at ON listings
      FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER stamp_facts ON listings');
    await runner.query('DROP TABLE "agenda_items"');
    await runner.query('DROP TABLE "agenda_editions"');
    await runner.query('ALTER TABLE "listings" DROP CONSTRAINT "listings_carried_from_id_case_id_fkey"');
    for (const [table, name] of CHECKS) await runner.query(`ALTER TABLE "${table}" DROP CONSTRAINT "${name}"`);
    await runner.query('ALTER TABLE "listings" DROP CONSTRAINT "listings_id_case_id_key"');
    await runner.query(`ALTER TABLE "listings" DROP "reason", DROP "carried_from_id", DROP "late_reason", DROP "removed_at",
      DROP "removal_reason"`);
    await runner.query('ALTER TABLE "meetings" DROP "emergency_reason"');
  }
}

const KIND = `kind IN ('urgent', 'repeat', 'new', 'review', 'closure')`;
const REASON =
  `reason IN ('new_referral', 'repeat', 'review_due', 'overdue_actions', 'carried_over', 'ratification', 'closure', 'urgent', ` +
  `'late')`;

const CHECKS: [table: string, name: string, check: string][] = [
  ['meetings', 'meetings_emergency', `kind = 'emergency' OR emergency_reason IS NULL`],
  ['listings', 'listings_reason', REASON],
  ['listings', 'listings_late', `(reason = 'late') = (late_reason IS NOT NULL)`],
  [
    'listings',
    'listings_removed',
    `(removed_at IS NULL) = (removal_reason IS NULL) AND (removed_at IS NULL OR outcome = 'defer')`,
  ],
];
