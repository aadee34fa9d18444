/**
 * Bids that do not go the usual way: ahead of their plan, out of a compartment, past people who are kept out of the case, and
 * with results that nobody brought. The year plays the usual way.
 *
 * Seen to fail: a plan that is not asked; one waiver that is enough; the same person for both panels; a second waiver for the same
 * panel; waivers that nobody ratifies, also when ratified or withdrawn; ratifying what was not waived; ratifying by whoever reads,
 * or chairs anything; a draft that every reader of the case reads, or that its
 * chairs read before they are asked; a bid that no reader of its case reads, as another panel's column
 * was sought; a bid for a plan of a compartment, and its needs handed on; by the policy, then by the second wall, a compartment
 * left out of bids, of what it hands on itself, of what is handed on for its bids, of notices (policy) and of all that came of its
 * bids (wall); needs and bids of a hidden case that stay where they were, also when
 * the meeting is closed; a cycle that names what is hidden from whoever closes
 * it, or comes from a compartment, closes on its last day, or with something on its way; results overdue on the day; a warning on
 * the day, about another agency, or about a bid that is hidden from its reader; the plan, the case and its panel in what is handed on
 * and in notices, for somebody who sits on Tasking alone; an answer to taking up a need that shows the whole row.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, inDays, likeness, openMeeting, practitioner, registeredAgain } from '../support/panel-work.ts';
import { givenWallsApart } from '../support/row-level-security.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let panels: Map<string, { id: string; partnershipId: string }>;

const panelId = (code: string): string => panels.get(code)?.id as string;

const by = (who: string): Promise<Caller> => as(server, who);

/** A command as somebody gives it who read the record before. */
async function command(who: string, path: string, noun: string, body?: object): Promise<Response> {
  const caller = await by(who);
  const read = await caller.get(path);
  return caller.post(`${path}/${noun}`, body).set('if-match', read.headers['etag'] ?? '*');
}

async function done(who: string, path: string, noun: string, body?: object): Promise<Row> {
  const answer = await command(who, path, noun, body);
  expect([who, noun, answer.status, answer.body.code]).toEqual([who, noun, 200, undefined]);
  return answer.body;
}

async function refused(who: string, path: string, noun: string, code: string, body?: object): Promise<Row> {
  const answer = await command(who, path, noun, body);
  expect([who, noun, answer.body.code]).toEqual([who, noun, code]);
  return answer.body;
}

/** Two meetings of a cycle of their own, on which nothing is listed yet; opened, so that they can decide before their day. */
async function newCycle({ open = true } = {}): Promise<{ id: string; jag: string; tasking: string }> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT t.id FROM cycle_templates t JOIN partnerships b ON b.id = t.partnership_id
     JOIN panels p ON p.partnership_id = b.id AND p.code = 'ask-jag'`,
  );
  const coordinator = await by('jag-coordinator');
  const { body } = await coordinator.post('/v1/cycles', { templateId: rows[0]?.id }).expect(201);
  const parts: Row[] = (await coordinator.get(`/v1/cycles/${String(body.id)}/meetings`).expect(200)).body.data;
  const of = (stage: string): string => parts.find((one) => one['stage'] === stage)?.['meetingId'] as string;
  const made = { id: body.id as string, jag: of('jag'), tasking: of('tasking') };
  if (open)
    for (const meeting of [made.jag, made.tasking])
      await openMeeting(server, `/v1/meetings/${meeting}`, 'police-inspector');
  return made;
}

const PLAN = { modelCode: 'OSARA', title: 'Quiet evenings at the underpass' };

/** A new plan for a case that is hidden from nobody, and of which there are the fewest. */
async function freshPlan(
  status: 'draft' | 'agreed',
  { code = 'ask-jag', who = 'jag-coordinator' } = {},
): Promise<{ id: string; caseId: string }> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM cases c JOIN panels n ON n.id = c.panel_id WHERE n.code = $1 AND c.stage <> 'closed'
       AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.case_id = c.id)
     ORDER BY (SELECT count(*) FROM plans p WHERE p.case_id = c.id AND p.title = $2), c.id LIMIT 1`,
    [code, PLAN.title],
  );
  const caseId = rows[0]?.id as string;
  const { body } = await (await by(who)).post(`/v1/cases/${caseId}/plans`, PLAN).expect(201);
  if (status === 'agreed')
    await owner.query(`UPDATE plans SET status = 'agreed', agreed_at = now() WHERE id = $1`, [body.id]);
  return { id: body.id, caseId };
}

async function bidFor(planId: string, { who = 'jag-coordinator', title = 'Patrols at the times of the calls' } = {}) {
  return (await by(who)).post('/v1/bids', {
    planId,
    panelId: panelId('ask-tasking'),
    title,
    resourceType: 'ward_officers',
    quantity: 4,
    unit: 'officers',
    fromOn: inDays(1).slice(0, 10),
    toOn: inDays(15).slice(0, 10),
    location: 'The stairwells and the underpass',
    evidence: 'Forty calls in four weeks, most of them after nine in the evening.',
    tactic: 'High-visibility patrols at the times of the calls.',
    expectedOutcome: 'Half as many calls in the four weeks after.',
    ifRefused: 'Residents expect no change, and say so.',
  });
}

async function draftFor(planId: string, more: object = {}): Promise<string> {
  const answer = await bidFor(planId, more);
  expect([answer.status, answer.body.code]).toEqual([201, undefined]);
  return `/v1/bids/${String(answer.body.id)}`;
}

async function listedFor(
  planId: string,
  meetingId: string,
  more: object = {},
  submitter = 'jag-coordinator',
): Promise<string> {
  const path = await draftFor(planId, more);
  for (const [noun, body] of [['submission'], ['screening'], ['listing', { meetingId }]] as [string, object?][])
    await done(noun === 'submission' ? submitter : 'jag-coordinator', path, noun, body);
  return path;
}

const RESULTS = { worked: 4, activity: 'Eleven warnings, two seizures, thirty visits.', recommendation: 'end' };

/** What came from a compartment: bids, what is handed on, and what became of them. */
const foreign: { name: string; ids: string[] }[] = [];

/** All that a list shows. */
async function all(who: string, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ;) {
    const { body } = await (await by(who)).get(`${path}?limit=100${cursor}`).expect(200);
    rows.push(...(body.data as Row[]));
    if (!body.next) return rows;
    cursor = `&cursor=${String(body.next)}`;
  }
}

/** From now on the case must not exist for this person. */
async function keepOut(who: string, caseId: string): Promise<void> {
  const { rowCount } = await owner.query(
    `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, panel_id, reason, since)
     SELECT gen_random_uuid(), 1, now(), now(), c.partnership_id, p.id, c.id, c.panel_id, 'A relative is a party.', now() - interval '1 minute'
     FROM cases c, practitioners p WHERE c.id = $1 AND p.subject = $2`,
    [caseId, who],
  );
  expect(rowCount).toBe(1);
}

const idOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

async function inTheDatabase(path: string): Promise<Row> {
  const { rows } = await owner.query<Row>('SELECT * FROM bids WHERE id = $1', [idOf(path)]);
  return rows[0] as Row;
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ code: string; id: string; partnershipId: string }>(
    `SELECT code, id, partnership_id AS "partnershipId" FROM panels`,
  );
  panels = new Map(rows.map((one) => [one.code, one]));
});

describe('a bid ahead of its plan', () => {
  const reason = { reason: 'The fair comes on Friday, before the panel meets.' };
  let path: string;
  let withdrawn: string;
  let jag: string;
  let plan: { id: string; caseId: string };

  beforeAll(async () => {
    ({ jag } = await newCycle());
    plan = await freshPlan('draft');
    [path, withdrawn] = [
      await draftFor(plan.id),
      await draftFor(plan.id, { title: 'A second one, that is withdrawn' }),
    ];
    // somebody who chairs the JAG alone; the inspector and the chair of the JAG chair both panels
    await owner.query(`UPDATE memberships SET role = 'co_chair' WHERE panel_id = $1 AND practitioner_id = $2`, [
      panelId('ask-jag'),
      (await practitioner(owner, 'police-sergeant')).id,
    ]);
  });

  test('is not submitted before both chairs waived that, who are two people', async () => {
    await refused('jag-coordinator', path, 'submission', 'plan-not-agreed');
    // a draft is its agency's own, until that asks
    for (const chair of ['jag-chair', 'police-inspector', 'police-sergeant'])
      expect((await (await by(chair)).get(path)).status).toBe(chair === 'jag-chair' ? 200 : 404);
    for (const noun of ['waiver', 'ratification']) await refused('jag-chair', path, noun, 'not-permitted');
    await expect(
      owner.query('UPDATE bids SET plan_chair_waived_id = author_id WHERE id = $1', [idOf(path)]),
    ).rejects.toMatchObject({ constraint: 'bids_waiver_asked' });
    expect((await command('police-inspector', path, 'waiver-request', reason)).status).toBe(404);
    for (const one of [path, withdrawn]) await done('jag-coordinator', one, 'waiver-request', reason);
    await refused('jag-coordinator', path, 'waiver-request', 'asked-already', reason);
    for (const chair of ['police-inspector', 'police-sergeant'])
      expect((await (await by(chair)).get(path)).body).toMatchObject({ waiverReason: reason.reason });
    expect(await done('jag-chair', path, 'waiver')).toMatchObject({ taskingChairWaivedId: null });
    await refused('jag-coordinator', path, 'submission', 'plan-not-agreed');
    // neither she, who chairs Tasking, too, nor somebody else for the panel for which it is waived
    expect((await refused('jag-chair', path, 'waiver', 'waived-already'))['status']).toBe(409);
    expect((await refused('police-sergeant', path, 'waiver', 'waived-already'))['status']).toBe(409);
    await refused('jag-chair', path, 'ratification', 'nothing-to-ratify');
    // nor the inspector, by another registration of his
    const waivedBy = (id: string) =>
      owner.query('UPDATE bids SET plan_chair_waived_id = $2 WHERE id = $1', [idOf(path), id]);
    await waivedBy(await registeredAgain(owner, 'police-inspector'));
    await refused('police-inspector', path, 'waiver', 'waived-already');
    await waivedBy((await practitioner(owner, 'jag-chair')).id);
    await done('police-inspector', path, 'waiver');
    expect(await inTheDatabase(path)).toMatchObject({
      status: 'draft',
      waiver_reason: reason.reason,
      plan_chair_waived_id: (await practitioner(owner, 'jag-chair')).id,
      tasking_chair_waived_id: (await practitioner(owner, 'police-inspector')).id,
    });
    expect((await command('police-sergeant', path, 'waiver')).status).toBe(409);
    // whoever else reads the case reads it when it is submitted
    const housing = await by('housing-officer');
    expect((await housing.get(`/v1/cases/${plan.caseId}`)).status).toBe(200);
    expect((await housing.get(path)).status).toBe(404);
    expect(await done('jag-coordinator', path, 'submission')).toMatchObject({ status: 'submitted' });
    expect((await housing.get(path)).status).toBe(200);
    await refused('police-inspector', path, 'waiver', 'not-in-this-state');
    // the database keeps them two, too
    await expect(
      owner.query('UPDATE bids SET plan_chair_waived_id = tasking_chair_waived_id WHERE id = $1', [idOf(path)]),
    ).rejects.toMatchObject({ constraint: 'bids_waiver' });
  });

  test('that one chair of both panels waived waits for the chair of the other one, all the same', async () => {
    await done('police-inspector', withdrawn, 'waiver');
    await refused('police-inspector', withdrawn, 'waiver', 'waived-already');
    await refused('jag-coordinator', withdrawn, 'submission', 'plan-not-agreed');
    await done('jag-chair', withdrawn, 'waiver');
    await done('jag-coordinator', withdrawn, 'submission');
  });

  test('is not there for whoever may not read it: they learn that when they would ratify it, too', async () => {
    const draft = await draftFor((await freshPlan('draft')).id);
    const hidden = await freshPlan('draft');
    const kept = await draftFor(hidden.id);
    await keepOut('police-sergeant', hidden.caseId);
    const ratifying = async (who: string, one: string): Promise<Response> =>
      (await by(who)).post(`${one}/ratification`).set('if-match', '*');
    const none = `/v1/bids/${crypto.randomUUID()}`;
    for (const [who, one] of [
      ['pellworth-jag-chair', draft],
      ['marac-chair', draft],
      ['police-sergeant', kept],
    ] as const) {
      expect((await (await by(who)).get(one)).status).toBe(404);
      expect((await ratifying(who, one)).status).toBe(404);
      expect(likeness(await ratifying(who, one))).toBe(likeness(await ratifying(who, none)));
    }
    // the same person, and a draft of another case: that one she reads once the chairs are asked, and nothing was waived
    expect((await ratifying('police-sergeant', draft)).status).toBe(404);
    await done('jag-coordinator', draft, 'waiver-request', reason);
    expect((await ratifying('police-sergeant', draft)).body).toMatchObject({ code: 'nothing-to-ratify' });
  });

  test('is ratified at the next meeting of the panel, or withdrawn: that does not close before', async () => {
    const meeting = `/v1/meetings/${jag}`;
    const open = async (): Promise<string[]> =>
      ((await refused('jag-chair', meeting, 'closure', 'unratified-waivers'))['errors'] as Row[]).map((one) =>
        String(one['detail']),
      );
    expect((await command('jag-chair', meeting, 'closure')).status).toBe(422);
    expect((await open()).sort()).toEqual([path, withdrawn].map((one) => `bid ${idOf(one)} is not ratified`).sort());
    // the coordinator reads it, and does not ratify
    expect((await command('jag-coordinator', path, 'ratification')).status).toBe(403);
    await done('jag-chair', path, 'ratification');
    await refused('jag-chair', path, 'ratification', 'ratified-already');
    expect(await open()).toEqual([`bid ${idOf(withdrawn)} is not ratified`]);
    await done('jag-coordinator', withdrawn, 'withdrawal', { reason: 'The fair is called off.' });
    expect(await done('jag-chair', meeting, 'closure')).toMatchObject({ status: 'held' });
  });
});

test('a bid is not decided before the day of a meeting that nobody opened', async () => {
  const { tasking } = await newCycle({ open: false });
  const bid = await listedFor((await freshPlan('agreed')).id, tasking);
  const { detail } = await refused('police-inspector', bid, 'decision', 'meeting-not-begun', { kind: 'approval' });
  expect(detail).toContain('/opening');
  await openMeeting(server, `/v1/meetings/${tasking}`, 'police-inspector');
  expect(await done('police-inspector', bid, 'decision', { kind: 'approval' })).toMatchObject({ status: 'approved' });
});

describe('of a case that is hidden from whoever acts', () => {
  test('the need is handed on by the meeting that they close, and they learn nothing of it', async () => {
    const { jag } = await newCycle();
    const [plan, other] = [await freshPlan('agreed'), await freshPlan('agreed')];
    for (const { id } of [plan, other])
      await owner.query(`UPDATE plans SET resource_need = 'Two officers on Friday nights' WHERE id = $1`, [id]);
    await keepOut('jag-chair', plan.caseId);
    const chair = await by('jag-chair');
    expect((await chair.get(`/v1/plans/${plan.id}`)).status).toBe(404);
    const closed = await command('jag-chair', `/v1/meetings/${jag}`, 'closure');
    expect(closed.status).toBe(200);
    const { rows } = await owner.query<{ id: string; planId: string; text: string; taskingId: string }>(
      `SELECT id, plan_id AS "planId", text, panel_id AS "taskingId" FROM feeds WHERE from_meeting_id = $1 AND plan_id = ANY ($2)`,
      [jag, [plan.id, other.id]],
    );
    expect(rows.map(({ planId }) => planId).sort()).toEqual([plan.id, other.id].sort());
    expect(new Set(rows.map(({ taskingId }) => taskingId))).toEqual(new Set([panelId('ask-tasking')]));
    const [hidden, shown] = [plan, other].map(({ id }) => rows.find((one) => one.planId === id)?.id as string);
    const told = async (who: string): Promise<string[]> => (await all(who, '/v1/feeds')).map(({ id }) => id as string);
    expect(await told('jag-chair')).toContain(shown);
    expect(await told('jag-chair')).not.toContain(hidden);
    expect(likeness(await chair.get(`/v1/feeds/${hidden}`))).toBe(
      likeness(await chair.get(`/v1/feeds/${crypto.randomUUID()}`)),
    );
    for (const id of [hidden, plan.id, plan.caseId]) expect(closed.text).not.toContain(id);
    expect(await told('police-inspector')).toEqual(expect.arrayContaining([hidden, shown]));
  });

  test('a bid goes on from the meeting that they close: to the next one, and they learn nothing of it', async () => {
    const [first, second] = [(await newCycle()).tasking, (await newCycle()).tasking];
    const [plan, other] = [await freshPlan('agreed'), await freshPlan('agreed')];
    const [hidden, shown] = [await listedFor(plan.id, first), await listedFor(other.id, first)];
    await keepOut('police-inspector', plan.caseId);
    const meeting = `/v1/meetings/${first}`;
    const { errors } = await refused('police-inspector', meeting, 'closure', 'undecided-bids');
    expect(errors).toEqual([{ pointer: '', detail: `bid ${idOf(shown)} has no decision` }]);
    await done('police-inspector', shown, 'decision', { kind: 'refusal', reason: 'Nobody is free on those nights.' });
    const closed = await command('police-inspector', meeting, 'closure');
    expect([closed.status, closed.body.status]).toEqual([200, 'held']);
    expect(closed.text).not.toContain(idOf(hidden));
    expect(await inTheDatabase(hidden)).toMatchObject({ status: 'listed', meeting_id: second, deferrals: 0 });
    await refused('jag-chair', `/v1/meetings/${second}`, 'closure', 'undecided-bids');
  });

  test('a waiver waits for somebody who sees its bid, and does not stop whoever does not', async () => {
    const [first, second] = [(await newCycle()).jag, (await newCycle()).jag];
    const plan = await freshPlan('agreed');
    const path = await draftFor(plan.id);
    await done('jag-coordinator', path, 'submission');
    await owner.query(
      `UPDATE bids SET waiver_reason = 'It cannot wait for the plan.', plan_chair_waived_id = (SELECT id FROM practitioners WHERE subject = 'jag-chair'),
         tasking_chair_waived_id = (SELECT id FROM practitioners WHERE subject = 'police-inspector') WHERE id = $1`,
      [idOf(path)],
    );
    await keepOut('jag-chair', plan.caseId);
    const closed = await command('jag-chair', `/v1/meetings/${first}`, 'closure');
    expect([closed.status, closed.body.status]).toEqual([200, 'held']);
    const { errors } = await refused('police-inspector', `/v1/meetings/${second}`, 'closure', 'unratified-waivers');
    expect(errors).toEqual([{ pointer: '', detail: `bid ${idOf(path)} is not ratified` }]);
    await done('police-inspector', path, 'ratification');
    await done('police-inspector', `/v1/meetings/${second}`, 'closure');
  });

  test('a bid goes on from the meeting that they cancel: to the next one, or back where there is none', async () => {
    const [first, second] = [(await newCycle({ open: false })).tasking, (await newCycle({ open: false })).tasking];
    const [plan, other] = [await freshPlan('agreed'), await freshPlan('agreed')];
    const [hidden, shown] = [await listedFor(plan.id, first), await listedFor(other.id, first)];
    await keepOut('jag-coordinator', plan.caseId);
    const cancel = async (meetingId: string): Promise<void> => {
      const answer = await command('jag-coordinator', `/v1/meetings/${meetingId}`, 'cancellation', {
        reason: 'Everybody is needed elsewhere.',
      });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(idOf(hidden));
    };
    await cancel(first);
    for (const one of [hidden, shown])
      expect(await inTheDatabase(one)).toMatchObject({ status: 'listed', meeting_id: second });
    await cancel(second);
    for (const one of [hidden, shown])
      expect(await inTheDatabase(one)).toMatchObject({ status: 'screened', meeting_id: null });
    expect((await (await by('jag-coordinator')).get(hidden)).status).toBe(404);
    expect((await (await by('jag-coordinator')).get(shown)).body).toMatchObject({ status: 'screened' });
    expect((await (await by('police-inspector')).get(hidden)).body).toMatchObject({ status: 'screened' });
  });
});

describe('what comes from a compartment', () => {
  let plan: { id: string; caseId: string };
  let bid: string;
  let above: string;

  /** Copies a row of the sandbox, as if it came from the plan. */
  async function copied(name: string, table: string, from: string, changes: Row): Promise<string> {
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(t, $1)).* FROM ${table} t WHERE ${from} ORDER BY t.id LIMIT 1 RETURNING id`,
      [{ case_id: plan.caseId, ...changes, id: crypto.randomUUID() }],
    );
    const { id } = rows[0] as { id: string };
    const kind = foreign.find((one) => one.name === name);
    if (kind) kind.ids.push(id);
    else foreign.push({ name, ids: [id] });
    return id;
  }

  beforeAll(async () => {
    // as they come from a case that everybody knows
    const { tasking: meetingId } = await newCycle();
    const escalated = await listedFor((await freshPlan('agreed')).id, meetingId);
    await done('police-inspector', escalated, 'decision', { kind: 'escalation' });
    const worked = await listedFor((await freshPlan('agreed')).id, meetingId);
    await done('police-inspector', worked, 'decision', { kind: 'approval' });
    for (const noun of ['scheduling', 'deployment']) await done('jag-coordinator', worked, noun);
    await done('jag-coordinator', worked, 'results', RESULTS);
    plan = await freshPlan('agreed', { code: 'ask-channel', who: 'channel-chair' });
    const of = { plan_id: plan.id, plan_panel_id: panelId('ask-channel') };
    const [tasking, ttcg] = [panelId('ask-tasking'), panelId('bcu-ttcg')];
    bid = await copied('Bid', 'bids', `panel_id = '${tasking}' AND status = 'escalated'`, of);
    above = await copied('Bid', 'bids', `panel_id = '${ttcg}' AND status = 'screened'`, {
      ...of,
      escalated_from_id: bid,
    });
    await copied('BidDecision', 'bid_decisions', `panel_id = '${tasking}'`, { ...of, bid_id: bid });
    await copied('BidResult', 'bid_results', `panel_id = '${tasking}'`, { ...of, bid_id: bid });
    // a need and a priority that the panel hands on itself, and what became of a bid of its
    const from = { from_panel_id: panelId('ask-channel') };
    const need = `kind = 'plan_need' AND panel_id = '${tasking}'`;
    await copied('Feed', 'feeds', need, { ...of, ...from, item_id: plan.id });
    const nothing = { case_id: null, plan_id: null, plan_panel_id: null };
    await copied('Feed', 'feeds', need, { ...nothing, ...from, kind: 'priority', item_id: crypto.randomUUID() });
    await copied('Feed', 'feeds', `kind = 'bid_escalation' AND panel_id = '${ttcg}'`, {
      ...of,
      item_id: above,
    });
    await copied('Notice', 'notices', 'TRUE', {
      ...of,
      listing_id: null,
      partnership_id: panels.get('ask-tasking')?.partnershipId,
      panel_id: tasking,
      agency_id: (await practitioner(owner, 'jag-coordinator')).agencyId,
      kind: 'bid_results_due',
      subject_type: 'Bid',
      subject_id: bid,
    });
  });

  test('is no bid: the resource is found without one', async () => {
    const answer = await bidFor(plan.id, { who: 'channel-chair' });
    expect([answer.status, answer.body.code]).toEqual([422, 'compartment']);
    expect(answer.body.errors).toEqual([{ pointer: '/planId', detail: 'is a plan of a compartment' }]);
    // to whoever is outside it is no plan at all
    const outside = async (planId: string): Promise<string> =>
      likeness(await bidFor(planId, { who: 'jag-coordinator' }));
    expect(await outside(plan.id)).toBe(await outside(crypto.randomUUID()));
  });

  /** Those of the records that anybody meets who does not sit there, by each wall alone. */
  async function metOutside(): Promise<{ policy: Set<string>; wall: Set<string>; people: number }> {
    const walls = await givenWallsApart(server.database);
    const met = { policy: new Set<string>(), wall: new Set<string>(), people: 0 };
    for (const { who, actor } of await walls.cast()) {
      if (who === 'channel-chair' || who === 'channel-officer') continue;
      met.people += 1;
      for (const { name, ids } of foreign) {
        for (const id of await walls.policyAlone(actor, name, ids)) met.policy.add(`${name} ${id}`);
        for (const id of await walls.wallAlone(actor, name, ids)) met.wall.add(`${name} ${id}`);
      }
    }
    return met;
  }

  test('is not handed on: what its own plans need stays in it', async () => {
    const { jag } = await newCycle();
    const { id } = await freshPlan('agreed');
    await owner.query(`UPDATE plans SET resource_need = 'Somebody who speaks Tigrinya' WHERE id = $1`, [id]);
    const closed = async (compartment: boolean): Promise<number> => {
      await owner.query(`UPDATE panels SET compartment = $1 WHERE code = 'ask-jag'`, [compartment]);
      await done('jag-chair', `/v1/meetings/${jag}`, 'closure');
      const { rowCount } = await owner.query(`SELECT 1 FROM feeds WHERE from_meeting_id = $1 AND plan_id = $2`, [
        jag,
        id,
      ]);
      return rowCount ?? 0;
    };
    expect(await closed(true)).toBe(0);
    // the same meeting, once more, of a panel that is none
    await owner.query(`UPDATE meetings SET status = 'in_session', closed_at = NULL WHERE id = $1`, [jag]);
    expect(await closed(false)).toBe(1);
  });

  test('is met by nobody outside it, by the policy alone nor behind the wall alone', async () => {
    expect(await metOutside()).toMatchObject({ policy: new Set(), wall: new Set() });
    // the same records, were it no compartment: each is met
    await owner.query(`UPDATE panels SET compartment = false WHERE code = 'ask-channel'`);
    const open = await metOutside();
    await owner.query(`UPDATE panels SET compartment = true WHERE code = 'ask-channel'`);
    const every = new Set(foreign.flatMap(({ name, ids }) => ids.map((id) => `${name} ${id}`)));
    expect([every.size, open.policy, open.wall]).toEqual([8, every, every]);
    expect(open.people).toBeGreaterThan(40);
  }, 120_000);

  test('is nowhere in what they are answered; inside, it is', async () => {
    const known = foreign.flatMap(({ ids }) => ids);
    const none = crypto.randomUUID();
    for (const who of ['police-inspector', 'jag-chair', 'jag-coordinator', 'ttcg-chair', 'analyst']) {
      const caller = await by(who);
      for (const list of ['/v1/bids', '/v1/feeds', '/v1/notices'])
        for (const { id } of await all(who, list)) expect(known).not.toContain(id);
      for (const id of [bid, above])
        for (const part of ['', '/decisions', '/results'])
          expect([who, likeness(await caller.get(`/v1/bids/${id}${part}`))]).toEqual([
            who,
            likeness(await caller.get(`/v1/bids/${none}${part}`)),
          ]);
      for (const { name, ids } of foreign)
        for (const id of ids) {
          const asked = async (one: string): Promise<string> =>
            likeness(await caller.post('/v1/policy/explanations', { action: 'read', type: name, id: one }));
          expect([who, name, await asked(id)]).toEqual([who, name, await asked(none)]);
        }
    }
    expect((await (await by('channel-chair')).get(`/v1/bids/${bid}`)).body).toMatchObject({ planId: plan.id });
  });
});

describe('a coordinator of Tasking who is invited to the case and has no seat on the panel of its plan', () => {
  const CLERK = 'social-worker';
  let plan: { id: string; caseId: string };
  let tasking: string;
  let clerk: { id: string; agencyId: string };

  const feedOf = async (kind: string): Promise<string> => {
    const { rows } = await owner.query<{ id: string }>('SELECT id FROM feeds WHERE plan_id = $1 AND kind = $2', [
      plan.id,
      kind,
    ]);
    return `/v1/feeds/${String(rows[0]?.id)}`;
  };
  const read = async (who: string, path: string): Promise<Row> => (await (await by(who)).get(path).expect(200)).body;

  beforeAll(async () => {
    clerk = await practitioner(owner, CLERK);
    await owner.query(
      `INSERT INTO memberships (id, version, panel_id, agency_id, practitioner_id, tier, role, valid_from)
       VALUES (gen_random_uuid(), 1, $1, $2, $3, 'core', 'coordinator', current_date - 1)`,
      [panelId('ask-tasking'), clerk.agencyId, clerk.id],
    );
    await owner.query(
      `UPDATE memberships SET valid_from = current_date - 3, valid_to = current_date - 2 WHERE panel_id = $1 AND practitioner_id = $2`,
      [panelId('ask-jag'), clerk.id],
    );
    const cycle = await newCycle();
    tasking = cycle.tasking;
    plan = await freshPlan('agreed');
    await owner.query(`UPDATE plans SET resource_need = 'Two officers on Friday nights' WHERE id = $1`, [plan.id]);
    const coordinator = await by('jag-coordinator');
    const { jag } = await newCycle();
    const item = await coordinator
      .post(`/v1/meetings/${jag}/listings`, { caseId: plan.caseId, kind: 'review' })
      .expect(201);
    await coordinator
      .post(`/v1/meetings/${jag}/listings/${String(item.body.id)}/invitations`, {
        agencyId: clerk.agencyId,
        practitionerId: clerk.id,
        closesAt: inDays(20),
      })
      .expect(201);
    expect(await read(CLERK, `/v1/cases/${plan.caseId}`)).toMatchObject({ id: plan.caseId });
    await done('jag-chair', `/v1/meetings/${cycle.jag}`, 'closure');
  });

  test('is answered by taking up a need what they read of it', async () => {
    const path = await feedOf('plan_need');
    const taken = await done(CLERK, path, 'acknowledgement');
    expect(taken).toEqual(await read(CLERK, path));
    expect(taken['withheld']).toEqual(expect.arrayContaining(['caseId', 'planId']));
    expect(JSON.stringify(taken)).not.toContain(plan.caseId);
  });

  test('reads what Tasking hands on without the plan and the case', async () => {
    const bid = await listedFor(plan.id, tasking);
    await done('police-inspector', bid, 'decision', { kind: 'refusal', reason: 'Nobody is left for it.' });
    const path = await feedOf('decision');
    const seen = await read(CLERK, path);
    expect(seen['withheld']).toEqual(expect.arrayContaining(['caseId', 'planId']));
    expect([seen['caseId'], seen['planId'], seen['text']]).toEqual([undefined, undefined, expect.any(String)]);
    // with a seat on both panels
    expect(await read('jag-coordinator', path)).toMatchObject({ caseId: plan.caseId, planId: plan.id });
  });

  test('reads notices about a bid without the panel of its plan, also for the agency that bid', async () => {
    const noticeTo = async (agencyId: string): Promise<string> => {
      const { rows } = await owner.query<{ id: string }>(
        `INSERT INTO notices (id, version, created_at, updated_at, partnership_id, agency_id, kind, subject_type, subject_id, case_id, panel_id,
           plan_panel_id, due_on, level)
         SELECT gen_random_uuid(), 1, now(), now(), b.partnership_id, $2, 'bid_results_overdue', 'Bid', b.id, b.case_id, b.panel_id,
           b.plan_panel_id, current_date, 2 FROM bids b WHERE b.plan_id = $1 LIMIT 1 RETURNING id`,
        [plan.id, agencyId],
      );
      return `/v1/notices/${String(rows[0]?.id)}`;
    };
    const isKept = async (path: string): Promise<void> => {
      const seen = await read(CLERK, path);
      expect(seen).toMatchObject({ kind: 'bid_results_overdue', panelId: panelId('ask-tasking') });
      expect(seen['withheld']).toEqual(['caseId', 'planPanelId']);
    };
    const toBidder = await noticeTo((await practitioner(owner, 'jag-coordinator')).agencyId);
    await isKept(toBidder);
    expect(await read('jag-coordinator', toBidder)).toMatchObject({ planPanelId: panelId('ask-jag') });
    const toOwn = await noticeTo(clerk.agencyId);
    await owner.query(`UPDATE memberships SET role = 'member' WHERE panel_id = $1 AND practitioner_id = $2`, [
      panelId('ask-tasking'),
      clerk.id,
    ]);
    await isKept(toOwn);
  });
});

describe('a member who wrote a bid and has left the panel of its plan', () => {
  test('cannot read its decisions nor report its results, unless they lead the safeguarding of their agency', async () => {
    const { tasking } = await newCycle();
    const bid = await listedFor((await freshPlan('agreed')).id, tasking, { who: 'housing-officer' }, 'housing-officer');
    await done('police-inspector', bid, 'decision', { kind: 'approval' });
    for (const noun of ['scheduling', 'deployment']) await done('jag-coordinator', bid, noun);
    const { id } = await practitioner(owner, 'housing-officer');
    const officer = await by('housing-officer');
    const reads = async (): Promise<number[]> => [
      (await officer.get(bid)).status,
      (await officer.get(`${bid}/decisions`)).status,
      (await officer.get(`${bid}/results`)).status,
    ];
    expect(await reads()).toEqual([200, 200, 200]);
    const seats = await owner.query<{ id: string }>(
      `UPDATE memberships m SET valid_from = valid_from - 2, valid_to = current_date - 1 FROM panels p
       WHERE p.id = m.panel_id AND p.code IN ('ask-jag', 'ask-tasking') AND m.practitioner_id = $1
         AND (m.valid_to IS NULL OR m.valid_to >= current_date) RETURNING m.id`,
      [id],
    );
    const roles = await owner.query<{ roles: string[] }>('SELECT roles FROM practitioners WHERE id = $1', [id]);
    await owner.query(`UPDATE practitioners SET roles = '{}' WHERE id = $1`, [id]);
    expect(await reads()).toEqual([404, 404, 404]);
    expect((await all('housing-officer', '/v1/bids')).map((one) => one['id'])).not.toContain(idOf(bid));
    const reported = await officer.post(`${bid}/results`, RESULTS).set('if-match', '*');
    expect([403, 404]).toContain(reported.status);
    await owner.query(`UPDATE practitioners SET roles = '{safeguarding_lead}' WHERE id = $1`, [id]);
    expect(await reads()).toEqual([200, 200, 200]);
    await owner.query('UPDATE practitioners SET roles = $2 WHERE id = $1', [id, roles.rows[0]!.roles]);
    await owner.query(`UPDATE memberships SET valid_from = valid_from + 2, valid_to = NULL WHERE id = ANY ($1)`, [
      seats.rows.map((one) => one.id),
    ]);
    expect(await reads()).toEqual([200, 200, 200]);
    await done('housing-officer', bid, 'results', RESULTS);
  });
});

describe('when days pass', () => {
  /** The moment at which it is this time in London on that day. */
  const at = (day: string, time: string): Date => new Date(`${day}T${time}Z`);
  const TEN_MINUTES = 600_000;
  const london = (moment: Date): string =>
    new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(moment);

  async function moveTo(now: Date): Promise<void> {
    const answer = await fetch(`${server.url}/sandbox/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: now.toISOString() }),
    });
    expect(answer.ok).toBe(true);
  }

  /** Late on that day in London, and the first second of the next; the clock goes on from where it is put. */
  function aroundTheEndOf(day: string): [last: Date, first: Date] {
    const [summer, winter] = [at(day, '23:00:00'), new Date(at(day, '23:00:00').getTime() + 3_600_000)];
    const first = london(summer) === day ? winter : summer;
    return [new Date(first.getTime() - TEN_MINUTES), new Date(first.getTime() + 1000)];
  }

  test('results are owed from the day after; the agency’s next bid is listed with a warning, until they are in', async () => {
    const { tasking } = await newCycle();
    const planOf = async (): Promise<string> => (await freshPlan('agreed')).id;
    const worked = await listedFor(await planOf(), tasking);
    await done('police-inspector', worked, 'decision', { kind: 'approval' });
    await done('jag-coordinator', worked, 'scheduling');
    const { resultsDueOn } = await done('jag-coordinator', worked, 'deployment');
    const read = async (): Promise<unknown> =>
      (await (await by('police-inspector')).get(worked).expect(200)).body.resultsOverdue;
    const another = async (who = 'jag-coordinator'): Promise<unknown> => {
      const path = await draftFor(await planOf(), { who });
      await done(who, path, 'submission');
      await done('jag-coordinator', path, 'screening');
      const { warnings } = await done('jag-coordinator', path, 'listing', { meetingId: tasking });
      await done('police-inspector', path, 'decision', { kind: 'refusal', reason: 'Nobody is left for it.' });
      return warnings;
    };
    const [last, first] = aroundTheEndOf(resultsDueOn as string);
    await moveTo(last);
    expect([await read(), await another()]).toEqual([false, []]);
    await moveTo(first);
    expect([await read(), await another()]).toEqual([true, ['results_missing']]);
    // the results of another agency are no warning about this one
    expect(await another('housing-officer')).toEqual([]);
    await done('jag-coordinator', worked, 'results', RESULTS);
    expect([await read(), await another()]).toEqual([false, []]);
  });

  test('a cycle closes past what is hidden from whoever closes it, and names none of it', async () => {
    const cycle = await newCycle();
    const [plan, other] = [await freshPlan('agreed'), await freshPlan('agreed')];
    for (const { id } of [plan, other])
      await owner.query(`UPDATE plans SET resource_need = 'Two officers on Friday nights' WHERE id = $1`, [id]);
    await done('police-inspector', `/v1/meetings/${cycle.jag}`, 'closure');
    await done('police-inspector', `/v1/meetings/${cycle.tasking}`, 'closure');
    const { rows } = await owner.query<{ id: string; planId: string }>(
      `SELECT id, plan_id AS "planId" FROM feeds WHERE cycle_id = $1 AND acknowledged_at IS NULL`,
      [cycle.id],
    );
    const [hidden, shown] = [plan, other].map(({ id }) => rows.find((one) => one.planId === id)?.id as string);
    for (const { id } of rows)
      if (id !== hidden && id !== shown) await done('police-inspector', `/v1/feeds/${id}`, 'acknowledgement');
    await keepOut('jag-coordinator', plan.caseId);
    // and what comes from a compartment is nobody's who closes it
    const priority = foreign.find(({ name }) => name === 'Feed')?.ids[1];
    await owner.query(
      'UPDATE feeds SET cycle_id = $1, acknowledged_at = NULL, acknowledged_by_id = NULL WHERE id = $2',
      [cycle.id, priority],
    );
    const { rows: days } = await owner.query<{ last: string }>(
      'SELECT closes_on::text AS last FROM cycles WHERE id = $1',
      [cycle.id],
    );
    const [last, first] = aroundTheEndOf(days[0]?.last as string);
    const path = `/v1/cycles/${cycle.id}`;
    const left = async (who: string): Promise<unknown[]> =>
      ((await refused(who, path, 'closure', 'cycle-unfinished'))['errors'] as Row[]).map(
        (one) => one['detail'] as string,
      );
    const unmet = (id: string | undefined): string => `not acknowledged: plan need ${String(id)}`;
    await moveTo(last);
    await refused('police-inspector', path, 'closure', 'cycle-not-over');
    await moveTo(first);
    expect((await left('police-inspector')).sort()).toEqual([unmet(hidden), unmet(shown)].sort());
    expect(await left('jag-coordinator')).toEqual([unmet(shown)]);
    await done('jag-coordinator', `/v1/feeds/${shown}`, 'acknowledgement');
    expect(await left('police-inspector')).toEqual([unmet(hidden)]);
    expect((await command('jag-coordinator', path, 'closure')).status).toBe(200);
  });

  test('a bid without results warns nobody of it from whom it is hidden, whoever lists the next one', async () => {
    // tests before this one keep people out of most cases
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A relative is a party.'`);
    const { tasking } = await newCycle();
    const plan = await freshPlan('agreed');
    const owing = await listedFor(plan.id, tasking);
    await owner.query(
      `UPDATE bids SET status = 'deployed', granted_quantity = 1, results_due_on = current_date - 1 WHERE id = $1`,
      [idOf(owing)],
    );
    const ofAnotherCase = async (): Promise<string> => {
      const { id, caseId } = await freshPlan('agreed');
      return caseId === plan.caseId ? ofAnotherCase() : id;
    };
    const next = await listedFor(await ofAnotherCase(), tasking);
    const warnings = async (who: string, path: string): Promise<unknown[]> => [
      (await (await by(who)).get(path).expect(200)).body.warnings,
      (await all(who, '/v1/bids')).find(({ id }) => id === idOf(path))?.['warnings'],
    ];
    const [warned, notWarned] = [
      [['results_missing'], ['results_missing']],
      [[], []],
    ];
    expect(await warnings('jag-coordinator', next)).toEqual(warned);
    await keepOut('jag-coordinator', plan.caseId);
    expect(await warnings('jag-coordinator', next)).toEqual(notWarned);
    expect(await warnings('police-inspector', next)).toEqual(warned);
    const another = await listedFor(await ofAnotherCase(), tasking);
    expect(await warnings('jag-coordinator', another)).toEqual(notWarned);
    expect(await warnings('police-inspector', another)).toEqual(warned);
  });
});
