import type { MigrationInterface, QueryRunner } from 'typeorm';

const stampFacts = (body: string): string => `CREATE OR REPLACE FUNCTION stamp_facts() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$ ${body} $$`;

/**
 * Keeps the stamp that stood before the transaction's own first change, so that a change can prove at its end that nobody else
 * changed what its facts are read from. From its own first change on it holds the stamp's row, and nobody else can.
 */
export class StampBeforeOwnChanges20261128578000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      stampFacts(`DECLARE before text; BEGIN
        UPDATE fact_stamps SET stamp = stamp + 1 RETURNING (stamp - 1)::text INTO before;
        IF coalesce(current_setting('app.stamp_before', true), '') = '' THEN
          PERFORM set_config('app.stamp_before', before, true);
        END IF;
        RETURN NULL; END`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(stampFacts(`BEGIN UPDATE fact_stamps SET stamp = stamp + 1; RETURN NULL; END`));
  }
}
