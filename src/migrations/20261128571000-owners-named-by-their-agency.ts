import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The owner of an action is named by somebody of the owning agency, who is recorded. Of earlier actions it was not recorded.
 * There are some thousand actions: checking them takes milliseconds.
 */
export class OwnersNamedByTheirAgency20261128571000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "actions" ADD "owner_named_by_id" uuid`);
    await runner.query(`-- squawk-ignore constraint-missing-not-valid
      ALTER TABLE "actions" ADD CONSTRAINT "actions_owner_named" CHECK (owner_named_by_id IS NULL OR owner_practitioner_id IS NOT NULL)`);
    await runner.query(`CREATE FUNCTION owner_is_named_by_the_agency() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        IF NEW.owner_named_by_id IS NOT NULL AND (
          NOT EXISTS (SELECT FROM practitioners p WHERE p.id = NEW.owner_practitioner_id AND p.agency_id = NEW.owner_agency_id)
          OR NOT EXISTS (SELECT FROM practitioners p WHERE p.id = NEW.owner_named_by_id AND p.agency_id = NEW.owner_agency_id
            UNION ALL SELECT FROM clients c WHERE c.id = NEW.owner_named_by_id AND c.agency_id = NEW.owner_agency_id)) THEN
          RAISE EXCEPTION 'the agency that owns an action names one of its people'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'owner_is_named_by_the_agency';
        END IF;
        RETURN NEW;
      END $$`);
    await runner.query(`CREATE TRIGGER owner_is_named_by_the_agency
      BEFORE INSERT OR UPDATE OF owner_practitioner_id, owner_named_by_id ON "actions"
      FOR EACH ROW EXECUTE FUNCTION owner_is_named_by_the_agency()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER owner_is_named_by_the_agency ON "actions"`);
    await runner.query('DROP FUNCTION owner_is_named_by_the_agency()');
    await runner.query(`ALTER TABLE "actions" DROP COLUMN "owner_named_by_id"`);
  }
}
