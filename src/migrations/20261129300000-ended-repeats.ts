import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Referrals that ended without a case are repeats, too, and whoever made a referral a repeat by an act of their own is known. Of
 * before, the rows are those of whom referrals and cases name today and of the rules in force today. There are some thousand
 * referrals: filling takes seconds.
 */
export class EndedRepeats20261129300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "repeated_cases" ADD "found_by_id" uuid`);
    await runner.query(`INSERT INTO "repeated_cases"
        ("id", "version", "partnership_id", "referral_id", "panel_id", "earlier_case_id")
      SELECT gen_random_uuid(), 1, now."partnership_id", now."id", now."panel_id", earlier."id"
      FROM "referrals" now JOIN "referral_screenings" s ON s."id" = now."id" JOIN "panels" p ON p."id" = now."panel_id"
        JOIN "cases" earlier ON earlier."panel_id" = now."panel_id"
        LEFT JOIN "referrals" opening ON opening."case_id" = earlier."id"
      WHERE now."case_id" IS NULL
        AND (coalesce(opening."submitted_at", earlier."opened_at") AT TIME ZONE 'Europe/London')::date
            + make_interval(months => coalesce((SELECT least(${MOST}, greatest(${FEWEST}, CASE WHEN jsonb_typeof(r."rules" -> 'repeatWindowMonths') = 'number'
                THEN (r."rules" ->> 'repeatWindowMonths')::numeric::integer ELSE ${OTHERWISE} END))
              FROM "panel_rules" r WHERE r."panel_id" = now."panel_id" AND r."effective_from" <= (now() AT TIME ZONE 'Europe/London')::date
              ORDER BY r."effective_from" DESC, r."edition" DESC LIMIT 1), ${OTHERWISE}))
          >= coalesce(now."incident_on", (now."submitted_at" AT TIME ZONE 'Europe/London')::date)
        AND CASE WHEN p."type" = 'marac' THEN ${shares(VICTIMS)} AND ${shares(HARM)}
          ELSE earlier."person_id" = now."person_id" OR earlier."place_id" = now."place_id" OR earlier."group_id" = now."group_id" END
      ON CONFLICT DO NOTHING`);
  }

  /** Rows of referrals that wait stay: the earlier version of the service reads them, too. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM "repeated_cases" r USING "referrals" e
      WHERE e."id" = r."referral_id" AND e."status" IN ('refused', 'redirected', 'withdrawn')`);
    await runner.query(`-- squawk-ignore ban-drop-column\nALTER TABLE "repeated_cases" DROP COLUMN "found_by_id"`);
  }
}

/** Months of the repeat window, as `repeatWindowMonths` of the panel's rules limits them. */
const FEWEST = '1';
const MOST = '120';
const OTHERWISE = '12';
const VICTIMS = `'{victim,both_victim_and_harm_causer}'::text[]`;
const HARM = `'{perpetrator,suspected_harm_causer,both_victim_and_harm_causer}'::text[]`;

const shares = (roles: string): string => `EXISTS (SELECT 1 FROM "referral_people" mine
  JOIN "case_people" theirs ON theirs."person_id" = mine."person_id" AND theirs."case_id" = earlier."id"
  WHERE mine."referral_id" = now."id" AND mine."role" = ANY (${roles}) AND theirs."role" = ANY (${roles}))`;
