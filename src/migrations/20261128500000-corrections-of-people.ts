import type { MigrationInterface, QueryRunner } from 'typeorm';

const ROLES = [
  'victim',
  'at_risk',
  'suspected_harm_causer',
  'both_victim_and_harm_causer',
  'perpetrator',
  'child',
  'complainant',
  'witness',
  'family',
  'carer',
  'linked_peer',
  'person_of_concern_adult',
  'professional',
];

/**
 * Corrections of who is named in cases and referrals. A role entered in error leaves `case_people` and `referral_people`, which
 * the policy and row-level security read, and is kept here with its reason, which opens nothing and hides no case.
 */
export class CorrectionsOfPeople20261128500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "case_person_corrections" (${COMMON}, "case_id" uuid NOT NULL,
      "since" date NOT NULL, "until" date, "pregnant" boolean, "in_custody" boolean,
      ${constraintsOf('case_person_corrections', ['changed', 'ended', 'entered_in_error'])},
      CONSTRAINT "case_person_corrections_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id"),
      CONSTRAINT "case_person_corrections_case_id_panel_id_fkey"
        FOREIGN KEY ("case_id", "panel_id") REFERENCES "cases"("id", "panel_id"))`);
    await runner.query(`CREATE TABLE "referral_person_corrections" (${COMMON}, "referral_id" uuid NOT NULL,
      "in_draft" boolean NOT NULL,
      ${constraintsOf('referral_person_corrections', ['changed', 'entered_in_error'])},
      CONSTRAINT "referral_person_corrections_referral_id_panel_id_fkey"
        FOREIGN KEY ("referral_id", "panel_id") REFERENCES "referrals"("id", "panel_id"))`);
    for (const [table, parent] of [
      ['case_person_corrections', 'case_id'],
      ['referral_person_corrections', 'referral_id'],
    ] as const) {
      await runner.query(`CREATE INDEX "${table}_person_id_idx" ON "${table}" ("person_id")`);
      await runner.query(
        `CREATE INDEX "${table}_${parent}_changed_at_id_idx" ON "${table}" ("${parent}", "changed_at", "id")`,
      );
      await runner.query(`SELECT raise_wall('${table}')`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "referral_person_corrections", "case_person_corrections"');
  }
}

const COMMON = `"id" uuid NOT NULL, "version" integer NOT NULL, "made_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  "changed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(), "partnership_id" uuid NOT NULL, "agency_id" uuid NOT NULL,
  "contributing_type" text NOT NULL, "panel_id" uuid NOT NULL, "role_id" uuid NOT NULL, "person_id" uuid NOT NULL,
  "kind" text NOT NULL, "reason" text NOT NULL, "role" text NOT NULL, "rationale" text NOT NULL,
  "corrected_by_id" uuid NOT NULL, "corrected_at" TIMESTAMP WITH TIME ZONE NOT NULL`;

const listed = (values: string[]): string => values.map((one) => `'${one}'`).join(', ');

const constraintsOf = (table: string, kinds: string[]): string => `CONSTRAINT "${table}_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "${table}_kind" CHECK (kind IN (${listed(kinds)})),
  CONSTRAINT "${table}_role" CHECK (role IN (${listed(ROLES)})),
  CONSTRAINT "${table}_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "persons"("id"),
  CONSTRAINT "${table}_panel_id_partnership_id_fkey"
    FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")`;
