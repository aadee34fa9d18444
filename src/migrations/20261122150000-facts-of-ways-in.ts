import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What lets somebody in (grants, invitations to an item) is a fact about who acts, so it moves the stamp as other facts do.
 */
export class FactsOfWaysIn20261122150000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['access_grants', 'invitations'])
      await runner.query(
        `CREATE TRIGGER stamp_facts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION stamp_facts()`,
      );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['access_grants', 'invitations']) await runner.query(`DROP TRIGGER stamp_facts ON ${table}`);
  }
}
