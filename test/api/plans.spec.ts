/**
 * A plan after it was agreed: begun, held against its aims, closed. Through HTTP, by those whom the policy lets, and by those
 * whom it does not.
 *
 * Seen to fail: an action taken into a plan that was evaluated; a change of one; an evaluation by whoever may plan for the case; none
 * by the agency that leads the plan; fewer outcomes than aims; a closure that tells of an action that its reader does not see, or
 * leaves it in the closed plan; a person of another agency named as the owner of an action, when it is proposed or by the
 * coordination; a person named by a colleague who does not speak for the agency; a task kept by somebody who named themselves,
 * after their seat ended.
 */
import type pg from 'pg';
import { asOwner, practitioner } from '../support/panel-work.ts';
import { as, stranger, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let coordinator: Caller;
let chair: Caller;
let officer: Caller;
let sergeant: Caller;
let housing: { id: string; agencyId: string };

const AIMS = [
  { metric: 'Calls about the stairwell in four weeks', baseline: '21', target: '5' },
  { metric: 'Households who use the side door', baseline: '4 of 30', target: '25 of 30' },
];
const EVALUATION = {
  evaluationMethod: 'before_after',
  outcomes: [
    { result: '7 calls in four weeks', verdict: 'partly_met' },
    { result: '26 of 30', verdict: 'met' },
  ],
  whatWorked: 'The lock and the lights worked; patrols moved the group for an evening.',
  whatIsLeft: 'Housing checks the lock once a month until the spring.',
  displacement: 'Some of it moved to the car park.',
};

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  coordinator = await as(server, 'jag-coordinator');
  chair = await as(server, 'jag-chair');
  officer = await as(server, 'housing-officer');
  sergeant = await as(server, 'police-sergeant');
  housing = await practitioner(owner, 'housing-officer');
}, 60_000);

/** Gives the command as somebody who just read the plan. */
async function give(caller: Caller, id: string, noun: string, body?: object) {
  const etag = (await caller.get(`/v1/plans/${id}`)).headers['etag'];
  return caller.post(`/v1/plans/${id}/${noun}`, body).set('if-match', etag ?? '*');
}

async function openCase(panel: string, stages: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = $1 AND c.stage = ANY ($2)
       AND NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id) ORDER BY c.id LIMIT 1`,
    [panel, stages.split(' ')],
  );
  return rows[0]!.id;
}

/** An agreed plan that housing leads, with an action of the coordinator's agency. */
async function agreedPlan(by = coordinator, panel = 'ask-jag', more: object = { leadAgencyId: housing.agencyId }) {
  const caseId = await openCase(panel, 'open listed plan_agreed');
  const { body: plan } = await by
    .post(`/v1/cases/${caseId}/plans`, { modelCode: 'SARA', title: 'A stairwell for its tenants', aims: AIMS, ...more })
    .expect(201);
  const me = await practitioner(owner, by.who);
  const action = await propose(by, plan.id, me.agencyId);
  expect((await give(by, plan.id, 'agreement', {})).status).toBe(200);
  return { id: plan.id as string, caseId, action };
}

async function propose(by: Caller, planId: string, ownerAgencyId: string): Promise<string> {
  const { body } = await by
    .post(`/v1/plans/${planId}/actions`, {
      ownerAgencyId,
      description: 'Fit a lock to the side door of block C',
      measure: 'Door locked on three visits of three',
      relatesTo: 'Households who use the side door',
      dueOn: '2027-03-01',
    })
    .expect(201);
  return body.id;
}

const complete = async (by: Caller, id: string): Promise<void> => {
  const { headers } = await by.get(`/v1/actions/${id}`).expect(200);
  await by
    .post(`/v1/actions/${id}/completion`, { outcome: 'done', outcomeText: 'It is fitted.' })
    .set('if-match', headers['etag'] as string)
    .expect(200);
};

describe('a plan', () => {
  test('is begun by whoever may plan for its case, once it was agreed, and by nobody else', async () => {
    const { id, caseId } = await agreedPlan();
    for (const who of ['observer', 'moved-officer', 'marac-coordinator', stranger])
      expect((await give(await as(server, who), id, 'start')).status).toBe(404);
    expect((await sergeant.post(`/v1/plans/${id}/start`)).status).toBe(428);
    const started = await give(sergeant, id, 'start');
    expect([started.status, started.body.status]).toEqual([200, 'active']);
    const { body } = await coordinator.get(`/v1/cases/${caseId}/timeline?limit=100`).expect(200);
    expect(
      (body.data as Row[]).filter((one) => one['type'] === 'plan.started' && one['subjectId'] === id),
    ).toHaveLength(1);
  });

  test('is held against each of its aims by the agency that leads it', async () => {
    const { id } = await agreedPlan();
    await give(sergeant, id, 'start');
    const refused = await give(sergeant, id, 'evaluation', EVALUATION);
    expect([refused.status, refused.body.code]).toEqual([403, 'not-permitted']);
    const short = await give(officer, id, 'evaluation', { ...EVALUATION, outcomes: EVALUATION.outcomes.slice(1) });
    expect([short.status, short.body.code, short.body.errors]).toEqual([
      422,
      'an-outcome-for-each-aim',
      [{ pointer: '/outcomes', detail: 'must have as many entries as the plan has aims' }],
    ]);
    for (const wrong of [{ evaluationMethod: 'not_possible' }, { methodReason: 'There was no time for it.' }])
      expect((await give(officer, id, 'evaluation', { ...EVALUATION, ...wrong })).body.code).toBe('method-reason');
    expect((await give(officer, id, 'evaluation', { ...EVALUATION, whatIsLeft: undefined })).status).toBe(400);
    expect((await officer.get(`/v1/plans/${id}`)).body).toMatchObject({ status: 'active', evaluatedAt: null });
    expect((await give(officer, id, 'evaluation', EVALUATION)).status).toBe(200);
    expect((await sergeant.get(`/v1/plans/${id}`)).body).toMatchObject({
      ...EVALUATION,
      status: 'evaluated',
      methodReason: null,
      residentView: null,
      evaluatedAt: expect.any(String) as string,
    });
  });

  test('takes no action and no change once it was evaluated', async () => {
    const { id } = await agreedPlan();
    expect((await give(chair, id, 'evaluation', EVALUATION)).status).toBe(200);
    const { headers } = await chair.get(`/v1/plans/${id}`).expect(200);
    const answers = [
      await coordinator.post(`/v1/plans/${id}/actions`, {
        ownerAgencyId: housing.agencyId,
        description: 'Fit a second lock to the side door',
        dueOn: '2027-03-01',
      }),
      await chair.patch(`/v1/plans/${id}`, { resourceNeed: 'Two officers' }, headers['etag']),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'plan-ended'],
      [422, 'plan-ended'],
    ]);
  });

  test('is closed when each of its actions has ended, and says which has not', async () => {
    const { id, action } = await agreedPlan();
    const other = await propose(coordinator, id, housing.agencyId);
    expect((await give(chair, id, 'closure')).body).toMatchObject({ status: 409, code: 'not-in-this-state' });
    await give(chair, id, 'evaluation', EVALUATION);
    expect((await give(sergeant, id, 'closure')).status).toBe(403);
    const open = await give(officer, id, 'closure');
    expect([open.status, open.body.code]).toEqual([409, 'open-actions']);
    expect((open.body.errors as Row[]).map(({ detail }) => detail as string).sort()).toEqual(
      [action, other].map((one) => `action ${one} has not ended`).sort(),
    );
    await complete(coordinator, action);
    const { headers } = await coordinator.get(`/v1/actions/${other}`).expect(200);
    await coordinator
      .post(`/v1/actions/${other}/cancellation`, { outcome: 'cancelled', outcomeText: 'No longer wanted.' })
      .set('if-match', headers['etag'] as string)
      .expect(200);
    const closed = await give(officer, id, 'closure');
    expect([closed.status, closed.body.status]).toEqual([200, 'closed']);
  });

  test('is closed past an open action that is hidden from whoever closes it; that goes on in the case', async () => {
    const dunmarrow = await as(server, 'dunmarrow-coordinator');
    const { id, caseId, action } = await agreedPlan(dunmarrow, 'dun-cmarac', {});
    const landlord = await practitioner(owner, 'dunmarrow-housing-officer');
    // nothing is shared there any more: what housing wrote, and owns, the coordinator does not see
    await owner.query(
      `UPDATE actions SET agency_id = $2, owner_agency_id = $2, contributing_type = 'housing_local_authority' WHERE id = $1`,
      [action, landlord.agencyId],
    );
    await dunmarrow.get(`/v1/actions/${action}`).expect(404);
    await give(dunmarrow, id, 'evaluation', EVALUATION);
    const { status, body, text } = await give(dunmarrow, id, 'closure');
    expect([status, body.status]).toEqual([200, 'closed']);
    expect(text).not.toContain(action);
    const kept = async (): Promise<Row> =>
      (await owner.query<Row>(`SELECT plan_id, status, case_id FROM actions WHERE id = $1`, [action])).rows[0]!;
    expect(await kept()).toEqual({ plan_id: null, status: 'agreed', case_id: caseId });
    // closing the case says nothing of it either, and leaves the task with its owner
    await owner.query(
      `UPDATE actions SET status = 'done', ended_on = current_date
       WHERE case_id = $1 AND id <> $2 AND status IN ('proposed', 'agreed', 'in_progress', 'blocked')`,
      [caseId, action],
    );
    const { headers } = await dunmarrow.get(`/v1/cases/${caseId}`).expect(200);
    const answer = await dunmarrow
      .post(`/v1/cases/${caseId}/closure`, { closureReason: 'merged', outcome: 'resolved' })
      .set('if-match', headers['etag'] as string);
    expect([answer.status, answer.body.stage]).toEqual([200, 'closed']);
    expect(await kept()).toMatchObject({ status: 'agreed' });
    await (await as(server, 'dunmarrow-housing-officer')).get(`/v1/actions/${action}`).expect(200);
  });
});

test('a coordinator who closes a case is told which actions have not ended', async () => {
  const coordinator = await as(server, 'jag-coordinator');
  const { caseId, action } = await agreedPlan();
  const closure = { closureReason: 'merged', outcome: 'resolved' };
  const { body } = await coordinator.post(`/v1/cases/${caseId}/closure`, closure).set('if-match', '*').expect(422);
  expect(body.code).toBe('not-ready-to-close');
  expect(body.errors.map(({ detail }: { detail: string }) => detail)).toContainEqual(
    expect.stringMatching(new RegExp(`^action ${String(action)}, due on \\d{4}-\\d{2}-\\d{2}, has not ended`)),
  );
});

test('the database keeps an evaluation and a status together', async () => {
  const { id } = await agreedPlan();
  const changes: [set: string, constraint: string][] = [
    [`status = 'evaluated'`, 'plans_evaluated'],
    [`evaluated_at = now()`, 'plans_evaluated'],
    [`cost = '20 hours'`, 'plans_evaluation'],
    [
      `status = 'evaluated', evaluated_at = now(), evaluation_method = 'qualitative', outcomes = '[]', what_worked = 'x', what_is_left = 'x'`,
      'plans_outcomes',
    ],
    [
      `status = 'evaluated', evaluated_at = now(), evaluation_method = 'not_possible', outcomes = aims, what_worked = 'x', what_is_left = 'x'`,
      'plans_method_reason',
    ],
  ];
  for (const [set, constraint] of changes)
    await expect(owner.query(`UPDATE plans SET ${set} WHERE id = $1`, [id])).rejects.toMatchObject({ constraint });
});

describe('the person who does an action', () => {
  const colleague = 'agency-administrator';
  let planId: string;
  let caseId: string;
  let fellow: Caller;
  let named: { id: string };

  /** An action of housing, open. */
  const proposed = (): Promise<string> => propose(coordinator, planId, housing.agencyId);

  async function assign(caller: Caller, action: string, ownerPractitionerId: string) {
    const { headers } = await caller.get(`/v1/actions/${action}`);
    return caller
      .post(`/v1/actions/${action}/assignment`, { ownerPractitionerId })
      .set('if-match', headers['etag'] ?? '*');
  }

  const sees = async (caller: Caller, action: string): Promise<number[]> => [
    (await caller.get(`/v1/actions/${action}`)).status,
    (await caller.get(`/v1/cases/${caseId}/status`)).status,
  ];

  /** While the seat of the housing officer on the panel has ended. */
  async function withoutSeat(does: () => Promise<void>): Promise<void> {
    const end = (validTo: string | null) =>
      owner.query(
        `UPDATE memberships SET valid_to = $2 WHERE practitioner_id = $1 AND panel_id = (SELECT panel_id FROM cases WHERE id = $3)`,
        [housing.id, validTo, caseId],
      );
    expect((await end('2026-01-01')).rowCount).toBe(1);
    try {
      await does();
    } finally {
      await end(null);
    }
  }

  beforeAll(async () => {
    ({ id: planId, caseId } = await agreedPlan());
    fellow = await as(server, colleague);
    named = await practitioner(owner, colleague);
    // nobody else's task lets them follow the case
    await owner.query(
      `UPDATE actions SET owner_practitioner_id = NULL, owner_named_by_id = NULL WHERE case_id = $1 AND owner_agency_id = $2`,
      [caseId, housing.agencyId],
    );
  });

  test('cannot be named by the planner of another agency', async () => {
    const request = {
      ownerAgencyId: housing.agencyId,
      ownerPractitionerId: named.id,
      description: 'Fit a lock to the side door of block D',
      dueOn: '2027-03-01',
    };
    const made = await coordinator.post(`/v1/plans/${planId}/actions`, request);
    expect([made.status, made.body.code]).toEqual([403, 'agency-names-the-person']);
    const action = await proposed();
    const { headers } = await coordinator.get(`/v1/actions/${action}`).expect(200);
    const changed = await coordinator.patch(
      `/v1/actions/${action}`,
      { ownerPractitionerId: named.id },
      headers['etag'],
    );
    expect([changed.status, changed.body.code]).toEqual([403, 'agency-names-the-person']);
    const assigned = await assign(coordinator, action, named.id);
    expect([assigned.status, assigned.body.code]).toEqual([403, 'not-permitted']);
    expect(await sees(fellow, action)).toEqual([404, 404]);
    await expect(
      owner.query(
        `UPDATE actions SET owner_practitioner_id = $2, owner_named_by_id = (SELECT id FROM practitioners WHERE subject = 'jag-coordinator')
         WHERE id = $1`,
        [action, named.id],
      ),
    ).rejects.toMatchObject({ constraint: 'owner_is_named_by_the_agency' });
  });

  test('is named by somebody with a seat for the owning agency, and sees the task without the case', async () => {
    const action = await proposed();
    const other = await assign(officer, action, (await practitioner(owner, 'police-sergeant')).id);
    expect([other.status, other.body.code]).toEqual([422, 'not-of-the-owner']);
    await owner.query('UPDATE practitioners SET active = false WHERE id = $1', [named.id]);
    expect((await assign(officer, action, named.id)).body.code).toBe('owner-not-active');
    await owner.query('UPDATE practitioners SET active = true WHERE id = $1', [named.id]);
    const { body } = await assign(officer, action, named.id);
    expect(body).toMatchObject({ id: action, ownerPractitionerId: named.id });
    expect(await sees(fellow, action)).toEqual([200, 200]);
    await fellow.get(`/v1/cases/${caseId}`).expect(404);
    await withoutSeat(async () => expect(await sees(fellow, action)).toEqual([200, 200]));
    // carries it out, and does not pass it on
    const on = await assign(fellow, action, housing.id);
    expect([on.status, on.body.code]).toEqual([403, 'not-permitted']);
    const path = `/v1/actions/${action}`;
    const { headers } = await fellow.get(path).expect(200);
    const passed = await fellow
      .post(`${path}/acceptance`, { ownerPractitionerId: housing.id })
      .set('if-match', headers['etag'] as string);
    expect([passed.status, passed.body.code]).toEqual([403, 'agency-names-the-person']);
    const accepted = await fellow
      .post(`${path}/acceptance`, { ownerPractitionerId: named.id })
      .set('if-match', headers['etag'] as string);
    expect([accepted.status, accepted.body.status]).toEqual([200, 'agreed']);
    expect(await sees(fellow, action)).toEqual([200, 200]);
    expect((await assign(officer, action, housing.id)).status).toBe(200);
    expect(await sees(fellow, action)).toEqual([404, 404]);
  });

  test('loses task, status and notices with the seat where they named themselves', async () => {
    const action = await proposed();
    expect((await assign(officer, action, housing.id)).status).toBe(200);
    await owner.query(
      `INSERT INTO notices (id, version, partnership_id, agency_id, practitioner_id, kind, subject_type, subject_id, case_id, panel_id, due_on, level)
       SELECT gen_random_uuid(), 1, partnership_id, owner_agency_id, owner_practitioner_id, 'action_due', 'Action', id, case_id, panel_id, due_on, 1
       FROM actions WHERE id = $1`,
      [action],
    );
    const notices = async (): Promise<Row[]> =>
      ((await officer.get('/v1/notices?limit=100').expect(200)).body.data as Row[]).filter(
        (one) => one['subjectId'] === action,
      );
    expect(await notices()).toHaveLength(1);
    await withoutSeat(async () => {
      expect(await sees(officer, action)).toEqual([404, 404]);
      expect(await notices()).toEqual([]);
    });
    // named by a colleague, the task is theirs without a seat
    const related = await as(server, 'related-officer');
    expect((await assign(related, action, housing.id)).status).toBe(200);
    await withoutSeat(async () => {
      expect(await sees(officer, action)).toEqual([200, 200]);
      expect(await notices()).toHaveLength(1);
    });
  });
});
