/**
 * What agencies leave undone comes before the steering group, once, and the steering group learns nothing of the case: with a
 * clock that is moved, and as each of those who may know of it, and as those who may not.
 *
 * Seen to fail: an action escalated on the day after it was due; the case told to the steering group, by the escalation and by the
 * notice of it; what became impossible escalated; what a compartment leaves undone; an escalation that does not end with its
 * action; an answer by a member who neither chairs nor coordinates; a referral to a steering group; the case told to the bare
 * owner; an action due in the past, or moved there; a day brought forward after its owner accepted it; what its owner did not
 * accept escalated; what was reported as not done escalated before its day; what its owner may not do, as it is excluded,
 * escalated. Not seen: the bar of the excluded left out (the second wall hides it too).
 */
import type pg from 'pg';
import { asOwner, likeness, practitioner } from '../support/panel-work.ts';
import { as, stranger, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let days: typeof import('../../src/panels/working-days.ts');
/** Coordinates the JAG: reads case and action. */
let coordinator: Caller;
/** Chairs the steering group and sits on no JAG. */
let chair: Caller;
/** Sits on the steering group and on no JAG. */
let member: Caller;
/** Of an agency that may own an action of the JAG, whose cases she does not see. */
let socialWorker: Caller;
let housing: string;
let childrens: string;
let plan: { id: string; caseId: string; panelId: string; reference: string };
let steering: string;

const DESCRIPTION = 'Fit a lock to the bin store door of block C';

/** The day to which the clock was moved last: it never goes back. */
let now = new Date().toISOString().slice(0, 10);
const today = (): string => now;

async function moveTo(day: string, time = '09:00:00'): Promise<void> {
  const answer = await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: `${day}T${time}Z` }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  now = day;
}

/** The jobs do their work on the next day. */
const sweep = (): Promise<void> => moveTo(days.daysAfter(today(), 1));

async function all(caller: Caller, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ;) {
    const { body } = await caller.get(`${path}?limit=100${cursor}`).expect(200);
    rows.push(...body.data);
    if (!body.next) return rows;
    cursor = `&cursor=${String(body.next)}`;
  }
}

async function propose(ownerAgencyId: string, dueOn: string): Promise<string> {
  const { body } = await coordinator
    .post(`/v1/plans/${plan.id}/actions`, {
      ownerAgencyId,
      description: DESCRIPTION,
      measure: 'Door locked on three visits out of three',
      relatesTo: 'Fires in the bin store',
      dueOn,
    })
    .expect(201);
  return body.id;
}

/** The escalation of an action, as the database has it. */
async function escalationOf(actionId: string): Promise<Row | undefined> {
  const { rows } = await owner.query<Row>(
    'SELECT e.*, due_on::text, since_on::text FROM escalations e WHERE action_id = $1',
    [actionId],
  );
  expect(rows.length).toBeLessThan(2);
  return rows[0];
}

/** Gives a command as somebody who just read the record. */
async function give(caller: Caller, path: string, noun: string, body?: object) {
  const { headers } = await caller.get(path);
  return caller.post(`${path}/${noun}`, body).set('if-match', headers['etag'] ?? '*');
}

const end = async (actionId: string, outcome: string): Promise<void> => {
  const path = `/v1/actions/${actionId}`;
  if (outcome === 'done') await give(coordinator, path, 'acceptance', {});
  const answer = await give(coordinator, path, 'completion', { outcome, outcomeText: 'As it was told.' });
  expect(answer.status).toBe(200);
};

/** Overdue for longer than its panel waits. */
async function escalated(
  ownerAgencyId = housing,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<{ actionId: string; path: string }> {
  const actionId = await propose(ownerAgencyId, today());
  await meanwhile();
  await owner.query(`UPDATE actions SET created_at = $2::date, due_on = $2::date, status = 'agreed' WHERE id = $1`, [
    actionId,
    days.daysAfter(today(), -30),
  ]);
  await sweep();
  const made = await escalationOf(actionId);
  return { actionId, path: `/v1/escalations/${String(made?.['id'])}` };
}

const ended = async (who: string, path: string): Promise<void> => {
  const answer = await give(await as(server, who), path, 'ending', { reason: 'No conflict after all.' });
  expect(answer.status).toBe(200);
};

beforeAll(async () => {
  days = await import('#built/panels/working-days');
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  [coordinator, chair, member, socialWorker] = (await Promise.all(
    ['jag-coordinator', 'cmarac-chair', 'probation-officer', 'social-worker'].map((who) => as(server, who)),
  )) as [Caller, Caller, Caller, Caller];
  housing = (await practitioner(owner, 'housing-officer')).agencyId;
  childrens = (await practitioner(owner, 'social-worker')).agencyId;
  const { rows } = await owner.query<typeof plan>(
    `SELECT p.id, p.case_id AS "caseId", p.panel_id AS "panelId", c.reference FROM plans p JOIN cases c ON c.id = p.case_id
     JOIN panels j ON j.id = p.panel_id AND j.code = 'ask-jag'
     WHERE p.status IN ('agreed', 'active') AND NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id)
       AND NOT EXISTS (SELECT FROM invitations i WHERE i.case_id = c.id) AND NOT EXISTS (SELECT FROM access_grants g WHERE g.case_id = c.id)
     ORDER BY p.id LIMIT 1`,
  );
  plan = rows[0]!;
  steering = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-steering'`)).rows[0]!.id;
}, 60_000);

describe('an action that is left undone', () => {
  let due: string;
  let actionId: string;

  beforeAll(async () => {
    due = days.workingDaysAfter(today(), 4);
    actionId = await propose(childrens, due);
    await give(socialWorker, `/v1/actions/${actionId}`, 'acceptance', {});
  });

  test('comes before the steering group on the day of its escalation, once however often the day comes', async () => {
    await moveTo(days.workingDaysAfter(due, 4));
    expect(await escalationOf(actionId)).toBeUndefined();
    const day = days.workingDaysAfter(due, 5);
    for (const time of ['08:00:00', '12:00:00', '18:00:00']) await moveTo(day, time);
    await moveTo(days.workingDaysAfter(due, 9));
    expect(await escalationOf(actionId)).toMatchObject({
      panel_id: plan.panelId,
      steering_panel_id: steering,
      case_id: plan.caseId,
      owner_agency_id: childrens,
      kind: 'overdue',
      status: 'open',
      due_on: due,
      since_on: day,
    });
  });

  test('is known to the steering group without case and action, wherever it looks', async () => {
    const id = (await escalationOf(actionId))!['id'] as string;
    for (const caller of [chair, member]) {
      const { body } = await caller.get(`/v1/escalations/${id}`).expect(200);
      expect(body).toMatchObject({
        id,
        panelId: plan.panelId,
        steeringPanelId: steering,
        ownerAgencyId: childrens,
        kind: 'overdue',
        dueOn: due,
        status: 'open',
        answer: null,
        withheld: ['caseId', 'actionId'],
      });
      const texts = [
        ...(await all(caller, '/v1/escalations')),
        ...(await all(caller, '/v1/notices')),
        ...(await all(caller, '/v1/actions')),
        ...(await all(caller, '/v1/cases')),
        (
          await caller
            .post('/v1/policy/explanations', { action: 'read', type: 'Escalation', id, field: 'caseId' })
            .expect(200)
        ).body as Row,
      ].map((one) => JSON.stringify(one));
      expect(texts.length).toBeGreaterThan(2);
      for (const secret of [plan.caseId, plan.reference, actionId, DESCRIPTION])
        expect(texts.filter((text) => text.includes(secret))).toEqual([]);
      for (const path of [`/v1/actions/${actionId}`, `/v1/cases/${plan.caseId}`, `/v1/cases/${plan.caseId}/timeline`])
        await caller.get(path).expect(404);
    }
  });

  test('is known to its owner with the task, and to whoever reads the action with the case', async () => {
    const { id } = (await escalationOf(actionId)) as { id: string };
    const { body: owners } = await socialWorker.get(`/v1/escalations/${id}`).expect(200);
    expect(owners).toMatchObject({ actionId, ownerAgencyId: childrens, withheld: ['panelId', 'caseId'] });
    const { body: readers } = await coordinator.get(`/v1/escalations/${id}`).expect(200);
    expect(readers).toMatchObject({ actionId, caseId: plan.caseId, panelId: plan.panelId, withheld: [] });
    const missing = likeness(await member.get(`/v1/escalations/${crypto.randomUUID()}`).expect(404));
    for (const who of [stranger, 'agency-administrator', 'other-borough-coordinator', 'channel-chair']) {
      const caller = await as(server, who);
      expect(likeness(await caller.get(`/v1/escalations/${id}`).expect(404))).toBe(missing);
    }
  });

  test('is told of to its owner and to the coordination of the steering group, which learns no case from it', async () => {
    const { id } = (await escalationOf(actionId)) as { id: string };
    const told = async (caller: Caller, subjectId: string): Promise<Row[]> =>
      (await all(caller, '/v1/notices')).filter((one) => one['subjectId'] === subjectId);
    expect((await told(socialWorker, actionId)).map(({ kind }) => kind as string)).toContain(
      'action_before_steering_group',
    );
    expect(await told(chair, id)).toMatchObject([
      {
        kind: 'escalation_to_answer',
        subjectType: 'Escalation',
        panelId: steering,
        withheld: ['caseId', 'planPanelId'],
      },
    ]);
    expect(await told(member, id)).toEqual([]);
    expect(await told(coordinator, id)).toEqual([]);
  });
});

describe('nobody', () => {
  const dated = (dueOn: string) => ({
    ownerAgencyId: childrens,
    description: DESCRIPTION,
    measure: 'Door locked on three visits out of three',
    dueOn,
  });

  test('can make an action that is due before today, or move one there', async () => {
    const yesterday = days.daysAfter(today(), -1);
    const refusal = [422, 'in-the-past', [{ pointer: '/dueOn', detail: 'must not be before today' }]];
    for (const dueOn of ['2020-01-01', yesterday]) {
      const made = await coordinator.post(`/v1/plans/${plan.id}/actions`, dated(dueOn));
      expect([made.status, made.body.code, made.body.errors]).toEqual(refusal);
    }
    await coordinator.post(`/v1/plans/${plan.id}/actions`, dated(today())).expect(201);
    const path = `/v1/actions/${await propose(childrens, days.daysAfter(today(), 30))}`;
    const { headers } = await coordinator.get(path).expect(200);
    const moved = await coordinator.patch(path, { dueOn: yesterday }, headers['etag']);
    expect([moved.status, moved.body.code, moved.body.errors]).toEqual(refusal);
    await expect(
      owner.query('UPDATE actions SET due_on = $2 WHERE id = $1', [path.slice('/v1/actions/'.length), '2026-01-01']),
    ).rejects.toMatchObject({ constraint: 'actions_due' });
  });

  test('can bring the day forward that the owner accepted', async () => {
    const due = days.daysAfter(today(), 30);
    const path = `/v1/actions/${await propose(childrens, due)}`;
    await give(socialWorker, path, 'acceptance', {});
    const move = async (dueOn: string) => {
      const { headers } = await coordinator.get(path).expect(200);
      return coordinator.patch(path, { dueOn }, headers['etag']);
    };
    const early = await move(today());
    expect([early.status, early.body.code]).toEqual([422, 'action-accepted']);
    expect((await move(days.daysAfter(due, 30))).status).toBe(200);
    expect((await move(due)).body).toMatchObject({ dueOn: due, originalDueOn: due });
  });

  test('cannot bring an action before the steering group by excluding its owner', async () => {
    let made = { body: { id: '' } };
    const { actionId } = await escalated(housing, async () => {
      const exclusion = { caseId: plan.caseId, agencyId: housing, reason: 'A tenant works there.' };
      made = await coordinator.post('/v1/exclusions', exclusion).expect(201);
    });
    expect(await escalationOf(actionId)).toBeUndefined();
    await ended('jag-chair', `/v1/exclusions/${String(made.body.id)}`);
    await sweep();
    expect(await escalationOf(actionId)).toBeDefined();
    await end(actionId, 'done');
    await owner.query(`DELETE FROM exclusions WHERE id = $1`, [made.body.id]);
  });

  test('can bring an action before the steering group that its owner did not accept', async () => {
    const due = days.workingDaysAfter(today(), 1);
    const actionId = await propose(childrens, due);
    await moveTo(days.workingDaysAfter(due, 9));
    expect(await escalationOf(actionId)).toBeUndefined();
    // the coordination of the panel, which proposed it, is told that nobody took it
    expect(
      (await all(coordinator, '/v1/notices'))
        .filter((one) => one['subjectId'] === actionId)
        .map(({ kind }) => String(kind)),
    ).toContain('action_escalated');
    const values = [actionId, days.daysAfter(due, 9), steering];
    await expect(
      owner.query(
        `INSERT INTO escalations (id, version, partnership_id, panel_id, steering_panel_id, case_id, action_id, owner_agency_id, kind, due_on, since_on)
         SELECT gen_random_uuid(), 1, partnership_id, panel_id, $3, case_id, id, owner_agency_id, 'overdue', due_on, $2
         FROM actions WHERE id = $1`,
        values,
      ),
    ).rejects.toMatchObject({ constraint: 'escalates_by_the_date' });
  });
});

describe('the steering group', () => {
  test('answers, by its chair or coordinator, and the owner is told', async () => {
    const { actionId, path } = await escalated(childrens);
    const answer = { answer: 'Name somebody who does it by Friday.', answerDueOn: days.daysAfter(today(), 7) };
    for (const caller of [member, coordinator]) {
      const { status, body } = await give(caller, path, 'answer', answer);
      expect([caller.who, status, body.code]).toEqual([caller.who, 403, 'not-permitted']);
    }
    expect((await give(await as(server, stranger), path, 'answer', answer)).status).toBe(404);
    const past = await give(chair, path, 'answer', { ...answer, answerDueOn: days.daysAfter(today(), -1) });
    expect([past.status, past.body.code]).toEqual([422, 'in-the-past']);
    const given = await give(await as(server, 'syv-coordinator'), path, 'answer', answer);
    expect([given.status, given.body.status]).toEqual([200, 'answered']);
    await sweep();
    for (const caller of [member, coordinator, socialWorker])
      expect((await caller.get(path).expect(200)).body).toMatchObject(answer);
    expect(
      (await all(socialWorker, '/v1/notices')).filter(
        (one) => one['kind'] === 'steering_group_answered' && one['subjectId'] === actionId,
      ),
    ).toMatchObject([{ dueOn: answer.answerDueOn, withheld: ['caseId', 'panelId', 'planPanelId'] }]);
    const timeline = await all(coordinator, `/v1/cases/${plan.caseId}/timeline`);
    expect(
      timeline.filter((one) => one['type'] === 'action.steering-group-answered' && one['subjectId'] === actionId),
    ).toHaveLength(1);
    const open = await give(chair, path, 'closure');
    expect([open.status, open.body.code]).toEqual([409, 'action-open']);
  });

  test('has nothing before it any more when the action ends', async () => {
    for (const outcome of ['done', 'not_possible']) {
      const { actionId, path } = await escalated();
      await end(actionId, outcome);
      expect((await chair.get(path).expect(200)).body).toMatchObject({ status: 'closed', closedOn: today() });
      await sweep();
      expect(await escalationOf(actionId)).toMatchObject({ status: 'closed' });
    }
  });

  test('hears of what its agency did not do, not of what became impossible', async () => {
    const kept = await propose(housing, days.daysAfter(today(), 20));
    const due = days.daysAfter(today(), 20);
    const failed = await propose(housing, due);
    for (const id of [kept, failed])
      await give(await as(server, 'housing-officer'), `/v1/actions/${id}`, 'acceptance', {});
    await end(kept, 'not_possible');
    await end(failed, 'not_done');
    await sweep();
    // whoever reports it early does not set the escalation going
    await moveTo(due);
    expect(await escalationOf(failed)).toBeUndefined();
    await sweep();
    expect(await escalationOf(kept)).toBeUndefined();
    expect(await escalationOf(failed)).toMatchObject({ kind: 'not_done', status: 'open', due_on: due });
    // what was overdue and is then not done stays before it, until it says that it is settled
    const { actionId, path } = await escalated();
    await end(actionId, 'not_done');
    expect((await chair.get(path).expect(200)).body).toMatchObject({ kind: 'not_done', status: 'open' });
    await give(chair, path, 'answer', { answer: 'Tell the group why.', answerDueOn: days.daysAfter(today(), 3) });
    expect((await give(member, path, 'closure')).status).toBe(403);
    expect((await give(chair, path, 'closure')).body).toMatchObject({ status: 'closed', closedOn: today() });
  });

  test('is without those whom the case is kept from, in its chair too', async () => {
    const { path } = await escalated();
    const id = path.slice(path.lastIndexOf('/') + 1);
    await chair.get(path).expect(200);
    for (const who of ['cmarac-chair', 'probation-officer'])
      await owner.query(
        `INSERT INTO exclusions (id, version, partnership_id, case_id, panel_id, practitioner_id, reason, since)
         SELECT gen_random_uuid(), 1, c.partnership_id, c.id, c.panel_id, p.id, 'A relative.', '2026-01-01'
         FROM cases c, practitioners p WHERE c.id = $1 AND p.subject = $2`,
        [plan.caseId, who],
      );
    const missing = likeness(await member.get(`/v1/escalations/${crypto.randomUUID()}`).expect(404));
    for (const caller of [chair, member]) {
      expect(likeness(await caller.get(path).expect(404))).toBe(missing);
      expect((await all(caller, '/v1/escalations')).map((one) => one['id'] as string)).not.toContain(id);
      expect((await all(caller, '/v1/notices')).map((one) => one['subjectId'] as string)).not.toContain(id);
    }
    await (await as(server, 'syv-coordinator')).get(path).expect(200);
    const { rowCount } = await owner.query(`DELETE FROM exclusions WHERE case_id = $1`, [plan.caseId]);
    expect(rowCount).toBe(2);
  });

  test('learns nothing of what a compartment leaves undone', async () => {
    const { rowCount } = await owner.query(
      `UPDATE actions SET status = 'agreed', ended_on = NULL, created_at = $1::date, due_on = $1::date WHERE panel_id = (SELECT id FROM panels WHERE code = 'ask-channel')`,
      [days.daysAfter(today(), -30)],
    );
    expect(rowCount).toBeGreaterThan(0);
    const before = await owner.query('SELECT FROM job_runs');
    await sweep();
    expect((await owner.query('SELECT FROM job_runs')).rowCount).not.toBe(before.rowCount);
    const { rows } = await owner.query(
      `SELECT e.id FROM escalations e JOIN panels p ON p.id = e.panel_id WHERE p.compartment`,
    );
    expect(rows).toEqual([]);
    const { rows: notices } = await owner.query<{ n: string }>(
      `SELECT count(*) AS n FROM notices n JOIN panels p ON p.id = n.panel_id WHERE p.code = 'ask-channel' AND n.kind = 'action_escalated'`,
    );
    expect(Number(notices[0]?.n)).toBeGreaterThan(0); // its own chair is told
  });

  test('takes no referral and hears no case, not even past the service', async () => {
    const { body: place } = await coordinator
      .post('/v1/places', {
        partnershipId: (await coordinator.get(`/v1/panels/${steering}`).expect(200)).body.partnershipId,
        kind: 'estate',
        name: 'Lantern Court',
      })
      .expect(201);
    for (const caller of [chair, coordinator]) {
      const { status, body } = await caller.post('/v1/referrals', {
        panelId: steering,
        subjectKind: 'place',
        placeId: place.id,
        category: 'asb_incident',
        problem: 'Fires in the bin store, three in two weeks.',
        criteria: ['repeat_location'],
        legalGateway: 'CDA_S115',
      });
      expect([caller.who, status, body.code]).toEqual([caller.who, 403, 'not-permitted']);
    }
    for (const table of ['cases', 'referrals'])
      await expect(
        owner.query(`UPDATE ${table} SET panel_id = $1 WHERE panel_id = $2`, [steering, plan.panelId]),
      ).rejects.toMatchObject({ constraint: 'hears_cases' });
    const { body: meetings } = await chair.get(`/v1/meetings?panelId=${steering}`).expect(200);
    expect(meetings.data.length).toBeGreaterThan(0);
  });
});
