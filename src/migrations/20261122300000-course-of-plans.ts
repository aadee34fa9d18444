import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came of a plan. There are some thousand plans: checking them takes milliseconds. */
export class CourseOfPlans20261122300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "plans" ADD "evaluated_at" TIMESTAMP WITH TIME ZONE, ADD "evaluation_method" text,
      ADD "method_reason" text, ADD "outcomes" jsonb, ADD "what_worked" text, ADD "what_is_left" text, ADD "displacement" text,
      ADD "resident_view" text, ADD "cost" text`);
    // of plans of before it was not kept what came of them
    await runner.query(`UPDATE "plans" SET "evaluated_at" = "changed_at", "evaluation_method" = 'not_possible',
      "method_reason" = 'It was closed before evaluations were kept here.', "what_worked" = 'Not recorded.', "what_is_left" = 'Not recorded.',
      "outcomes" = (SELECT coalesce(jsonb_agg('{"result": "Not recorded.", "verdict": "not_known"}'::jsonb), '[]') FROM jsonb_array_elements("aims"))
      WHERE "status" IN ('evaluated', 'closed')`);
    for (const [name, constraint] of CONSTRAINTS)
      await runner.query(`-- squawk-ignore constraint-missing-not-valid
        ALTER TABLE "plans" ADD CONSTRAINT "${name}" CHECK (${constraint})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "plans" DROP "evaluated_at", DROP "evaluation_method", DROP "method_reason", DROP "outcomes",
      DROP "what_worked", DROP "what_is_left", DROP "displacement", DROP "resident_view", DROP "cost"`);
  }
}

const CONSTRAINTS: [name: string, constraint: string][] = [
  ['plans_evaluated', `(status IN ('evaluated', 'closed')) = (evaluated_at IS NOT NULL)`],
  [
    'plans_evaluation',
    `num_nonnulls(evaluated_at, evaluation_method, outcomes, what_worked, what_is_left) IN (0, 5)
   AND (evaluated_at IS NOT NULL OR num_nonnulls(method_reason, displacement, resident_view, cost) = 0)`,
  ],
  ['plans_outcomes', `jsonb_array_length(outcomes) = jsonb_array_length(aims)`],
  [
    'plans_method',
    `evaluation_method IN ('before_after', 'comparison_area', 'time_series', 'qualitative', 'not_possible')`,
  ],
  ['plans_method_reason', `(evaluation_method = 'not_possible') = (method_reason IS NOT NULL)`],
];
