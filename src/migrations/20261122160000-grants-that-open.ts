import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A grant is made in the partnership of its case, to somebody whose agency acts there. Any other would look like access to
 * whoever decides and to whoever asked, and the second wall would let it open nothing. An agency that leaves a partnership
 * later takes what its people were granted there with it.
 */
export class GrantsThatOpen20261122160000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE FUNCTION "access_grants_open_something"() RETURNS trigger LANGUAGE plpgsql
      SET search_path = public, pg_temp AS $held$ BEGIN
        IF NOT EXISTS (SELECT FROM cases c WHERE c.id = NEW.case_id AND c.partnership_id = NEW.partnership_id) THEN
          RAISE EXCEPTION 'a grant stands in the partnership of its case' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT FROM practitioners p JOIN agency_partnerships ap ON ap.agency_id = p.agency_id
            WHERE p.id = NEW.practitioner_id AND ap.partnership_id = NEW.partnership_id) THEN
          RAISE EXCEPTION 'a grant is for somebody whose agency acts in the partnership' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
      END $held$`);
    await runner.query(`CREATE TRIGGER "access_grants_open_something"
      BEFORE INSERT OR UPDATE OF practitioner_id, case_id, partnership_id ON "access_grants"
      FOR EACH ROW EXECUTE FUNCTION "access_grants_open_something"()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER "access_grants_open_something" ON "access_grants"');
    await runner.query('DROP FUNCTION "access_grants_open_something"()');
  }
}
