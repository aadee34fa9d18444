import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables from which facts about who acts are read: any change there makes every fact that is kept in mind stale. */
const WHATEVER_CHANGES = [
  'partnerships',
  'agencies',
  'agency_partnerships',
  'practitioners',
  'clients',
  'panels',
  'memberships',
  'exclusions',
  'emergency_accesses',
  'sharing_agreements',
  'sharing_agreement_versions',
  'sharing_parties',
  'case_people',
];

/**
 * A stamp that changes, in the same transaction, with whatever facts about who acts are read from: what was read under a
 * stamp is current as long as the stamp is. The row is locked until the change commits, so that nobody reads old facts
 * under the new stamp.
 */
export class FactStamp20261122140000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "fact_stamps" ("id" integer NOT NULL, "stamp" bigint NOT NULL,
      CONSTRAINT "fact_stamps_pkey" PRIMARY KEY ("id"), CONSTRAINT "fact_stamps_one" CHECK (id = 1))`);
    await runner.query(`INSERT INTO "fact_stamps" VALUES (1, 1)`);
    await runner.query(`SELECT raise_wall('fact_stamps')`);
    await runner.query(`CREATE POLICY stamp ON "fact_stamps" TO CURRENT_USER USING (true)`);
    await runner.query(`CREATE FUNCTION stamp_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $$ BEGIN UPDATE fact_stamps SET stamp = stamp + 1; RETURN NULL; END $$`);
    for (const table of WHATEVER_CHANGES)
      await runner.query(
        `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
      );
    // a person's cases are hidden with the person
    await runner.query(
      `CREATE TRIGGER stamp_facts AFTER INSERT OR DELETE OR UPDATE OF person_id ON cases FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
    );
    await runner.query(`REVOKE ALL ON FUNCTION stamp_facts() FROM PUBLIC`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...WHATEVER_CHANGES, 'cases']) await runner.query(`DROP TRIGGER stamp_facts ON ${table}`);
    await runner.query('DROP FUNCTION stamp_facts()');
    await runner.query('DROP TABLE "fact_stamps"');
  }
}
