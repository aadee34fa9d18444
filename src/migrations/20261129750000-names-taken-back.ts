import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A name that somebody was given for less than a day and that is taken back does not count: by such a change an administrator shut
 * a colleague out for good, where an exclusion was typed with the name. It counts where an exclusion by the name was made meanwhile.
 */
export class NamesTakenBack20261129750000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(keepNames(TAKEN_BACK, 'NEW.changed_at'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(keepNames('BEGIN', 'now()'));
  }
}

/** Exclusions are read past row-level security: whoever changes a name does not read them. */
const TAKEN_BACK = `DECLARE
        before text := coalesce(current_setting('app.maintenance', true), '');
      BEGIN
        IF TG_OP = 'UPDATE' AND NEW.name_key <> OLD.name_key THEN
          PERFORM set_config('app.maintenance', 'on', true);
          DELETE FROM practitioner_names given USING practitioner_names earlier
            WHERE given.practitioner_id = NEW.id AND given.name_key = OLD.name_key
              AND earlier.practitioner_id = NEW.id AND earlier.name_key = NEW.name_key AND earlier.since < given.since
              AND given.since > NEW.changed_at - interval '1 day'
              AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.name_key = given.name_key AND e.made_at >= given.since);
          PERFORM set_config('app.maintenance', before, true);
        END IF;`;

const keepNames = (
  first: string,
  since: string,
): string => `CREATE OR REPLACE FUNCTION keep_practitioner_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $names$ ${first}
        INSERT INTO practitioner_names (practitioner_id, name_key, since) VALUES (NEW.id, NEW.name_key, ${since}) ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $names$`;
