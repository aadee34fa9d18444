/**
 * Bids that do not go the usual way: ahead of their plan, out of a compartment, past people who are kept out of the case, and
 * with results that nobody brought. The year plays the usual way.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, inDays, likeness, practitioner } from './given-panel-work.ts';
import { as, castOf, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

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
  return caller.post(`${path}/${noun}`, body).set('if-match', (read.headers['etag'] as string | undefined) ?? '*');
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

/** Two meetings of a cycle of their own, on which nothing is listed yet. */
async function newCycle(): Promise<{ id: string; jag: string; tasking: string }> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT t.id FROM cycle_templates t JOIN partnerships b ON b.id = t.partnership_id
     JOIN panels p ON p.partnership_id = b.id AND p.code = 'ask-jag'`,
  );
  const coordinator = await by('jag-coordinator');
  const { body } = await coordinator.post('/v1/cycles', { templateId: rows[0]?.id }).expect(201);
  const parts: Row[] = (await coordinator.get(`/v1/cycles/${String(body.id)}/meetings`).expect(200)).body.data;
  const of = (stage: string): string => parts.find((one) => one['stage'] === stage)?.['meetingId'] as string;
  return { id: body.id, jag: of('jag'), tasking: of('tasking') };
}

/** A plan for a case that is hidden from nobody and for which nobody bids; each case is given once. */
const given = new Set<string>();
async function freshPlan(
  status: 'draft' | 'agreed',
  { code = 'ask-jag', who = 'jag-coordinator' } = {},
): Promise<{ id: string; caseId: string }> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM cases c JOIN panels n ON n.id = c.panel_id WHERE n.code = $1 AND c.stage <> 'closed' AND c.id <> ALL ($2)
       AND NOT EXISTS (SELECT 1 FROM bids b WHERE b.case_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.case_id = c.id OR e.person_id IS NOT NULL AND e.panel_id = c.panel_id)
     ORDER BY c.id LIMIT 1`,
    [code, [...given]],
  );
  const caseId = rows[0]?.id as string;
  given.add(caseId);
  const { body } = await (
    await by(who)
  )
    .post(`/v1/cases/${caseId}/plans`, { modelCode: 'OSARA', title: 'Quiet evenings at the underpass' })
    .expect(201);
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
    fromOn: '2031-06-02',
    toOn: '2031-06-15',
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

async function listedFor(planId: string, meetingId: string, more: object = {}): Promise<string> {
  const path = await draftFor(planId, more);
  for (const [noun, body] of [['submission'], ['screening'], ['listing', { meetingId }]] as [string, object?][])
    await done('jag-coordinator', path, noun, body);
  return path;
}

/** From now on the case must not exist for this person. */
async function keepOut(who: string, caseId: string): Promise<void> {
  const { rowCount } = await owner.query(
    `INSERT INTO exclusions (id, version, made_at, changed_at, partnership_id, practitioner_id, case_id, panel_id, reason, since)
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
    await refused('jag-chair', path, 'ratification', 'nothing-to-ratify');
    expect(await done('jag-chair', path, 'waiver', reason)).toMatchObject({ taskingChairWaivedId: null });
    await refused('jag-coordinator', path, 'submission', 'plan-not-agreed');
    // neither she, who chairs Tasking, too, nor somebody else for the panel for which it is waived
    expect((await refused('jag-chair', path, 'waiver', 'waived-already', reason))['status']).toBe(409);
    expect((await refused('police-sergeant', path, 'waiver', 'waived-already', reason))['status']).toBe(409);
    await refused('jag-chair', path, 'ratification', 'nothing-to-ratify');
    await done('police-inspector', path, 'waiver', { reason: 'Another reason, which is not kept.' });
    expect(await inTheDatabase(path)).toMatchObject({
      status: 'draft',
      waiver_reason: reason.reason,
      plan_chair_waived_id: (await practitioner(owner, 'jag-chair')).id,
      tasking_chair_waived_id: (await practitioner(owner, 'police-inspector')).id,
    });
    expect((await command('police-sergeant', path, 'waiver', reason)).status).toBe(409);
    expect(await done('jag-coordinator', path, 'submission')).toMatchObject({ status: 'submitted' });
    await refused('police-inspector', path, 'waiver', 'not-in-this-state', reason);
    // the database keeps them two, too
    await expect(
      owner.query('UPDATE bids SET plan_chair_waived_id = tasking_chair_waived_id WHERE id = $1', [idOf(path)]),
    ).rejects.toMatchObject({ constraint: 'bids_waiver' });
  });

  test('that one chair of both panels waived waits for the chair of the other one, all the same', async () => {
    await done('police-inspector', withdrawn, 'waiver', reason);
    await refused('police-inspector', withdrawn, 'waiver', 'waived-already', reason);
    await refused('jag-coordinator', withdrawn, 'submission', 'plan-not-agreed');
    await done('jag-chair', withdrawn, 'waiver', reason);
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
    // the same person, and a draft of another case: that one she reads, and nothing was waived
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
