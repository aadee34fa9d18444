import type { MigrationInterface, QueryRunner } from 'typeorm';
import { UNREAD_OF_NAMES as UNREAD_BEFORE } from './20261129200000-people-of-unread-cases.js';
import { WALL_OF as WALL_BEFORE } from './20261128202000-reach-of-exclusions.js';

/**
 * Exclusions and recusals of a person hold for every registration of the same agency under a name that the person has or had. A
 * second login is no way around them. Changes of `practitioners` and `practitioner_names` raise the stamp of the facts already.
 */
export class Registrations20261129500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REGISTRATIONS);
    await runner.query(`REVOKE ALL ON FUNCTION registrations_of(uuid) FROM PUBLIC`);
    await runner.query(WALL_OF);
    await runner.query(UNREAD);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(UNREAD_BEFORE);
    await runner.query(WALL_BEFORE);
    await runner.query(`DROP FUNCTION registrations_of(uuid)`);
  }
}

/** The registration itself is among them, also that of a system, which has no name. */
export const REGISTRATIONS = `CREATE FUNCTION registrations_of(who uuid) RETURNS uuid[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $registrations$
  SELECT array_agg(one.id ORDER BY one.id) FROM (
    SELECT who AS id
    UNION SELECT other.id FROM practitioners self
      JOIN practitioner_names mine ON mine.practitioner_id = self.id
      JOIN practitioner_names theirs ON theirs.name_key = mine.name_key
      JOIN practitioners other ON other.id = theirs.practitioner_id AND other.agency_id = self.agency_id
      WHERE self.id = who) one
$registrations$`;

const ofRegistrations = (sql: string): string =>
  sql
    .replaceAll('e.practitioner_id = who', 'e.practitioner_id = ANY (registrations)')
    .replaceAll('r.practitioner_id = who', 'r.practitioner_id = ANY (registrations)')
    .replace(
      `DECLARE
`,
      `DECLARE
  registrations uuid[];
`,
    );

export const WALL_OF = ofRegistrations(WALL_BEFORE).replace(
  `  mine := `,
  `  registrations := registrations_of(who);
  mine := `,
);

export const UNREAD = ofRegistrations(UNREAD_BEFORE).replace(
  `  SELECT coalesce(array_agg(e.person_id)`,
  `  registrations := registrations_of(who);
  SELECT coalesce(array_agg(e.person_id)`,
);
