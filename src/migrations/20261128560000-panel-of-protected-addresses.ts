import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The panel before whose readers a protected address is put. An address that was recorded before is put before the panels that have
 * the person in a case, where the agency that wrote the address sits as a core member or brought the case: once for each of them.
 * Where there is none it is kept to the agency. There are some hundred addresses: filling and checking takes milliseconds.
 */
export class PanelOfProtectedAddresses20261128560000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "protected_addresses" ADD "panel_id" uuid`);
    await runner.query(`-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
      ALTER TABLE "protected_addresses" ADD CONSTRAINT "protected_addresses_panel_id_partnership_id_fkey"
      FOREIGN KEY ("panel_id", "partnership_id") REFERENCES "panels"("id", "partnership_id")`);
    await runner.query(`CREATE TEMPORARY TABLE "put_before" ON COMMIT DROP AS
      SELECT a.id, c.panel_id, row_number() OVER (PARTITION BY a.id ORDER BY c.panel_id) AS number
      FROM protected_addresses a CROSS JOIN LATERAL (
        SELECT DISTINCT c.panel_id FROM cases c
        WHERE (c.person_id = a.person_id OR EXISTS (SELECT FROM case_people p WHERE p.case_id = c.id AND p.person_id = a.person_id))
          AND (c.agency_id = a.agency_id OR EXISTS (SELECT FROM memberships m WHERE m.panel_id = c.panel_id
            AND m.agency_id = a.agency_id AND m.tier = 'core' AND coalesce(m.valid_to, 'infinity') >= current_date))) c`);
    await runner.query(`INSERT INTO protected_addresses
        (id, version, made_at, changed_at, partnership_id, agency_id, contributing_type, author_id, person_id, kind, address, panel_id)
      SELECT gen_random_uuid(), 1, made_at, changed_at, partnership_id, agency_id, contributing_type, author_id, person_id, kind, address,
        b.panel_id FROM put_before b JOIN protected_addresses a USING (id) WHERE b.number > 1`);
    await runner.query(
      `UPDATE protected_addresses a SET panel_id = b.panel_id FROM put_before b WHERE b.id = a.id AND b.number = 1`,
    );
    await runner.query(`SELECT raise_wall('protected_addresses')`);
  }

  down(): Promise<void> {
    return Promise.reject(
      new Error(
        'where an address may travel is not known without its panel: restore the backup that was made before the migration',
      ),
    );
  }
}
