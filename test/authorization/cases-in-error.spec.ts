/**
 * Consequences of a case that was closed as referred in error: nothing new comes of it, and nobody new reads of it.
 *
 * Seen to fail: the need of its plan handed on to Tasking; a draft bid submitted, and a waiver asked for one; a received bid
 * screened, approved and escalated; a decision on its bid handed on to the members of the panel; a guest invited to its item; an
 * agency asked what it knows; a person named for an action; an action escalated to the steering group; recipients of its plan, action,
 * decision, referral and bid who are not listed as to be told of the recall.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, inDays, likeness, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- responses of several kinds

const OFFICER = 'environmental-health-officer';
/** Core member of JAG and Tasking, who coordinates neither at first. */
const SERGEANT = 'police-sergeant';
/** Coordinates Tasking, and reads the cases of the JAG as a member. */
const CLERK = 'analyst';
const NEED = 'Two officers at the bin store on Friday nights';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let tasking: string;
let count = 0;

const by = (who: string): Promise<Caller> => as(server, who);

async function command(who: string, path: string, noun: string, body: object = {}): Promise<Response> {
  return (await by(who)).post(`${path}/${noun}`, body).set('if-match', '*');
}

async function done(who: string, path: string, noun: string, body?: object): Promise<Row> {
  const answer = await command(who, path, noun, body);
  expect([who, noun, answer.status, answer.body.code]).toEqual([who, noun, 200, undefined]);
  return answer.body;
}

const refusal = async (who: string, path: string, noun: string, body?: object): Promise<string> => {
  const { status, body: answer } = await command(who, path, noun, body);
  return `${String(status)} ${String(answer.code)}`;
};

const status = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;

/** A new case of the JAG with an agreed plan that needs something. */
async function newCase(): Promise<{ path: string; id: string; planId: string }> {
  const coordinator = await by('jag-coordinator');
  const { rows } = await owner.query<{ id: string }>('SELECT partnership_id AS id FROM panels WHERE id = $1', [jag]);
  const name = { givenName: 'Crispin', familyName: `Thistlewood ${String((count += 1))}` };
  const person = { partnershipId: rows[0]!.id, ...name };
  const officer = await by('housing-officer');
  const personId = (await officer.post('/v1/persons', person).expect(201)).body.id as string;
  const referral = {
    ...{ panelId: jag, subjectKind: 'person_perpetrator', personId, category: 'asb_incident', submit: true },
    problem: 'Fires in the bin store, three in two weeks, reported by four households.',
    whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
    ...{ criteria: ['repeat_location'], consentStatus: 'given', legalGateway: 'CDA_S115' },
  };
  const { body } = await officer.post('/v1/referrals', referral).expect(201);
  const id = (await done('jag-coordinator', `/v1/referrals/${body.id as string}`, 'acceptance'))['caseId'] as string;
  const plan = { modelCode: 'OSARA', title: 'Quiet nights at the bin store', resourceNeed: NEED };
  const planId = (await coordinator.post(`/v1/cases/${id}/plans`, plan).expect(201)).body.id as string;
  await owner.query(`UPDATE plans SET status = 'agreed', agreed_at = now() WHERE id = $1`, [planId]);
  return { path: `/v1/cases/${id}`, id, planId };
}

const closeInError = (path: string): Promise<Row> =>
  done('jag-coordinator', path, 'closure', { closureReason: 'referred_in_error', outcome: 'not_applicable' });

async function draft(who: string, planId: string): Promise<string> {
  const bid = {
    ...{ planId, panelId: tasking, title: 'Patrols at the bin store', resourceType: 'ward_officers', quantity: 4 },
    ...{ unit: 'officers', fromOn: inDays(1).slice(0, 10), toOn: inDays(15).slice(0, 10) },
    location: 'The bin store of block C',
    evidence: 'Four fires in four weeks, most of them after nine in the evening.',
    tactic: 'High-visibility patrols at the times of the fires.',
    expectedOutcome: 'No fires in the four weeks after.',
    ifRefused: 'Residents expect no change, and say so.',
  };
  return `/v1/bids/${(await (await by(who)).post('/v1/bids', bid).expect(201)).body.id as string}`;
}

/** Moves the service's clock, which runs the jobs that are due. */
async function clockSetTo(now: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/sandbox/clock`, { method: 'PUT', headers, body: JSON.stringify({ now }) });
  expect(answer.ok).toBe(true);
}

async function meetingOf(panelId: string): Promise<string> {
  const place = { panelId, scheduledAt: inDays(20), venueOrMode: 'Civic Offices' };
  return (await (await by('police-inspector')).post('/v1/meetings', place).expect(201)).body.id as string;
}

/** A bid that Tasking received, at this status. */
async function received(planId: string, until: 'submitted' | 'listed'): Promise<string> {
  const path = await draft(OFFICER, planId);
  await done(OFFICER, path, 'submission');
  if (until === 'submitted') return path;
  await done('police-inspector', path, 'screening');
  const meetingId = await meetingOf(tasking);
  await done('police-inspector', path, 'listing', { meetingId });
  await openMeeting(server, `/v1/meetings/${meetingId}`, 'police-inspector');
  return path;
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ code: string; id: string }>('SELECT code, id FROM panels');
  [jag, tasking] = ['ask-jag', 'ask-tasking'].map((code) => rows.find((one) => one.code === code)!.id) as [
    string,
    string,
  ];
  await owner.query(`UPDATE memberships SET role = 'coordinator' WHERE panel_id = $1 AND practitioner_id = $2`, [
    tasking,
    (await practitioner(owner, CLERK)).id,
  ]);
}, 60_000);

test('the need of its plan is not handed on when the JAG closes its meeting', async () => {
  const [wrong, right] = [await newCase(), await newCase()];
  await closeInError(wrong.path);
  const { rows } = await owner.query<{ id: string }>(
    `SELECT t.id FROM cycle_templates t JOIN panels p ON p.partnership_id = t.partnership_id AND p.code = 'ask-jag'`,
  );
  const coordinator = await by('jag-coordinator');
  const cycle = (await coordinator.post('/v1/cycles', { templateId: rows[0]!.id }).expect(201)).body.id as string;
  const parts: Row[] = (await coordinator.get(`/v1/cycles/${cycle}/meetings`).expect(200)).body.data;
  const meeting = parts.find((one) => one['stage'] === 'jag')!['meetingId'] as string;
  await openMeeting(server, `/v1/meetings/${meeting}`, 'jag-coordinator');
  await done('jag-chair', `/v1/meetings/${meeting}`, 'closure');
  const handedOn = await owner.query<{ id: string; planId: string }>(
    `SELECT id, plan_id AS "planId" FROM feeds WHERE from_meeting_id = $1 AND plan_id = ANY ($2)`,
    [meeting, [wrong.planId, right.planId]],
  );
  expect(handedOn.rows.map(({ planId }) => planId)).toEqual([right.planId]);
  for (const who of [CLERK, SERGEANT]) expect(await status(who, `/v1/feeds/${handedOn.rows[0]!.id}`)).toBe(200);
});

describe('a draft of a bid', () => {
  const reason = { reason: 'The fair comes on Friday, before the panel meets.' };

  test('cannot be submitted or shown to the chairs until the case is reopened', async () => {
    const { path, planId } = await newCase();
    const bid = await draft(OFFICER, planId);
    await closeInError(path);
    const none = `/v1/bids/${crypto.randomUUID()}`;
    for (const [noun, body] of [['submission'], ['waiver-request', reason]] as [string, object?][])
      expect([noun, likeness(await command(OFFICER, bid, noun, body))]).toEqual([
        noun,
        likeness(await command(OFFICER, none, noun, body)),
      ]);
    expect([await status(OFFICER, path), await status(SERGEANT, bid)]).toEqual([404, 404]);
    await done('jag-coordinator', path, 'reopening', { reason: 'The right person after all.' });
    await done(OFFICER, bid, 'submission');
    expect(await status(SERGEANT, bid)).toBe(200);
  });

  test('is refused with the reason to those who may read the case', async () => {
    const { path, planId } = await newCase();
    const [bid, asked] = [await draft('jag-coordinator', planId), await draft('jag-coordinator', planId)];
    await done('jag-coordinator', asked, 'waiver-request', reason);
    await closeInError(path);
    const answer = await command('jag-coordinator', bid, 'submission');
    expect([answer.status, answer.body.code]).toEqual([409, 'case-in-error']);
    expect(answer.body.detail).toContain('/v1/cases/{id}/reopening');
    expect(await refusal('jag-chair', asked, 'waiver')).toBe('409 case-in-error');
    await done('jag-coordinator', bid, 'withdrawal', { reason: 'The case was opened in error.' });
  });
});

describe('a bid that Tasking received', () => {
  test('stays readable there, and is not carried on', async () => {
    const { path, planId } = await newCase();
    const [submitted, listed] = [await received(planId, 'submitted'), await received(planId, 'listed')];
    await closeInError(path);
    for (const bid of [submitted, listed]) expect(await status(SERGEANT, bid)).toBe(200);
    const decisions = ['approval', 'escalation'].map((kind) => ['decision', { kind }] as const);
    for (const [bid, noun, body] of [
      [submitted, 'screening', {}] as const,
      ...decisions.map(([noun, body]) => [listed, noun, body] as const),
    ]) {
      expect(await refusal('police-inspector', bid, noun, body)).toBe('409 case-in-error');
      expect(await refusal(CLERK, bid, noun, body)).toBe('404 not-found');
    }
    const above = await owner.query('SELECT 1 FROM bids WHERE escalated_from_id = $1', [listed.split('/').at(-1)]);
    expect(above.rowCount).toBe(0);
  });

  test('can be refused, and the members of the panel of its plan do not read of it', async () => {
    const { path, id, planId } = await newCase();
    const bid = await received(planId, 'listed');
    await closeInError(path);
    await done(CLERK, bid, 'decision', { kind: 'refusal', reason: 'Nobody is left for it.' });
    const { rowCount } = await owner.query(`SELECT 1 FROM feeds WHERE case_id = $1 AND kind = 'decision'`, [id]);
    expect(rowCount).toBe(0);
  });
});

test('nobody is invited to its item, asked for research about it, or named for its actions', async () => {
  const { path, id, planId } = await newCase();
  const coordinator = await by('jag-coordinator');
  const meeting = `/v1/meetings/${await meetingOf(jag)}`;
  const { body: item } = await coordinator.post(`${meeting}/listings`, { caseId: id, kind: 'new' }).expect(201);
  const housing = await practitioner(owner, 'housing-officer');
  const action = { ownerAgencyId: housing.agencyId, description: 'Fit a lock to the door of the bin store.' };
  const due = { dueOn: inDays(5).slice(0, 10) };
  const { body: made } = await coordinator.post(`/v1/plans/${planId}/actions`, { ...action, ...due }).expect(201);
  const task = `/v1/actions/${made.id as string}`;
  await done('jag-coordinator', task, 'cancellation', { outcome: 'cancelled', outcomeText: 'Not needed.' });
  await closeInError(path);
  // as an action that is hidden from the person who closes the case, which does not prevent the closure
  await owner.query(`UPDATE actions SET status = 'proposed', ended_on = NULL, outcome_text = NULL WHERE id = $1`, [
    made.id,
  ]);
  const guest = await practitioner(owner, 'probation-officer');
  const invited = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(21) };
  const inviting = await coordinator.post(`${meeting}/listings/${item.id as string}/invitations`, invited);
  expect([inviting.status, inviting.body.code]).toEqual([409, 'case-in-error']);
  const asked = { agencyIds: [guest.agencyId] };
  const asking = await coordinator.post(`${meeting}/research-requests`, { ...asked, listingId: item.id as string });
  expect([asking.status, asking.body.code]).toEqual([409, 'case-in-error']);
  await coordinator.post(`${meeting}/research-requests`, asked).expect(200);
  const requests = await owner.query('SELECT 1 FROM research_requests WHERE case_id = $1', [id]);
  expect(requests.rowCount).toBe(0);
  expect(await status('housing-officer', task)).toBe(200);
  expect(await refusal('housing-officer', task, 'assignment', { ownerPractitionerId: housing.id })).toBe(
    '404 not-found',
  );
});

test('everything that agencies received of it is listed as to be told of the recall', async () => {
  const { path, id, planId } = await newCase();
  const coordinator = await by('jag-coordinator');
  const bid = await received(planId, 'listed');
  await done('police-inspector', bid, 'decision', { kind: 'escalation' });
  const housing = await practitioner(owner, 'housing-officer');
  const action = {
    ownerAgencyId: housing.agencyId,
    description: 'Fit a lock to the door.',
    dueOn: inDays(5).slice(0, 10),
  };
  const { body: task } = await coordinator.post(`/v1/plans/${planId}/actions`, action).expect(201);
  const place = { panelId: jag, scheduledAt: inDays(0.01), venueOrMode: 'Civic Offices' };
  const meeting = `/v1/meetings/${(await coordinator.post('/v1/meetings', place).expect(201)).body.id as string}`;
  const { body: item } = await coordinator.post(`${meeting}/listings`, { caseId: id, kind: 'new' }).expect(201);
  await done('jag-chair', meeting, 'opening', { chairId: (await practitioner(owner, 'jag-chair')).id });
  await done('jag-chair', `${meeting}/listings/${item.id as string}`, 'start');
  const decision = {
    listingId: item.id as string,
    kind: 'note',
    text: 'The lock is fitted this week.',
    rationale: 'Fires.',
  };
  await (await by('jag-chair')).post(`${meeting}/decisions`, decision).expect(201);
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM referrals WHERE case_id = $1', [id]);
  const above = await owner.query<{ id: string }>('SELECT id FROM bids WHERE escalated_from_id = $1', [
    bid.split('/').at(-1),
  ]);
  for (const one of [
    ...[path, `${path}/people`, `${path}/plans`, `/v1/actions/${task.id as string}`, `${meeting}/decisions`],
    `/v1/referrals/${rows[0]!.id}`,
  ])
    expect([one, await status('fire-officer', one)]).toEqual([one, 200]);
  expect([await status(SERGEANT, bid), await status('ttcg-chair', `/v1/bids/${above.rows[0]!.id}`)]).toEqual([
    200, 200,
  ]);
  await done('jag-coordinator', `/v1/actions/${task.id as string}`, 'cancellation', {
    ...{ outcome: 'cancelled', outcomeText: 'Not needed.' },
  });
  const pending = async (who: string, query: string): Promise<Row[]> =>
    (await (await by(who)).get(`/v1/disclosures?toBeTold=true&limit=100&${query}`).expect(200)).body.data;
  const before = await owner.query<{ id: string }>(
    'SELECT id FROM disclosures WHERE case_id = $1 OR referral_id = $2',
    [id, rows[0]!.id],
  );
  await closeInError(path);
  const { agencyId } = await practitioner(owner, 'fire-officer');
  const toBeTold = (await pending('jag-coordinator', `caseId=${id}`)).filter(
    (one) => one['recipientAgencyId'] === agencyId,
  );
  expect(new Set(toBeTold.map((one) => `${String(one['recordType'])} ${String(one['pending'])}`))).toEqual(
    new Set(['Case', 'CasePerson', 'Plan', 'Action', 'Decision', 'Referral'].map((one) => `${one} recall`)),
  );
  expect(await pending('jag-coordinator', `recordId=${rows[0]!.id}`)).not.toEqual([]);
  expect(await pending('police-inspector', `recordId=${bid.split('/').at(-1)!}`)).not.toEqual([]);
  expect(await pending('ttcg-coordinator', `recordId=${above.rows[0]!.id}`)).not.toEqual([]);
  const left = await owner.query(
    'SELECT record_type FROM disclosures WHERE id = ANY ($1) AND pending IS DISTINCT FROM $2',
    [before.rows.map((one) => one.id), 'recall'],
  );
  expect(before.rows.length).toBeGreaterThan(10);
  expect(left.rows).toEqual([]);
});

test('the agency that referred it gets a notice, and reads in the status what to do', async () => {
  const { path, id } = await newCase();
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM referrals WHERE case_id = $1', [id]);
  const referralId = rows[0]!.id;
  const next = async (): Promise<unknown> =>
    (await (await by('housing-officer')).get(`/v1/referrals/${referralId}/status`).expect(200)).body.nextStep;
  expect(await next()).toBeNull();
  await closeInError(path);
  expect(await next()).toContain('POST /v1/referrals');
  await clockSetTo(new Date(Date.now() + 60_000).toISOString());
  const noticesOf = async (who: string): Promise<Row[]> =>
    ((await (await by(who)).get('/v1/notices?kind=referral_in_error&limit=100').expect(200)).body.data as Row[]).filter(
      ({ subjectId }) => subjectId === referralId,
    );
  const [notice, ...others] = await noticesOf('housing-officer');
  expect([notice, others]).toEqual([expect.objectContaining({ readAt: null }), []]);
  for (const who of ['fire-officer', 'jag-coordinator']) expect([who, await noticesOf(who)]).toEqual([who, []]);
  const one = `/v1/notices/${String(notice!['id'])}`;
  await done('housing-officer', one, 'reading');
  await done('jag-coordinator', path, 'reopening', { reason: 'The right person after all.' });
  expect(await next()).toBeNull();
  // the notice ends with the state of the case, and is sent again with it
  expect(await noticesOf('housing-officer')).toEqual([]);
  expect(await status('housing-officer', one)).toBe(404);
  await closeInError(path);
  await clockSetTo(new Date(Date.now() + 120_000).toISOString());
  expect(await noticesOf('housing-officer')).toMatchObject([{ id: notice!['id'], readAt: null }]);
});

describe('an explanation of what would change', () => {
  const advice = async (who: string, asked: object, about?: string): Promise<string[]> => {
    const actor = about ? { actor: (await practitioner(owner, about)).id } : {};
    const answer = await (await by(who)).post('/v1/policy/explanations', { action: 'read', ...asked, ...actor });
    expect([answer.status, answer.body.outcome]).not.toEqual([200, 'permit']);
    return (answer.body.wouldChange as string[]).filter((one) => one.includes('POST '));
  };
  const REOPENED = expect.stringContaining('POST /v1/cases/{id}/reopening');
  const GRANT = expect.stringContaining('POST /v1/access-requests');

  test('a coordinator gets the reopening of the case, before any grant', async () => {
    const { path, id } = await newCase();
    const about = { type: 'Case', id };
    expect(await advice('jag-coordinator', about, 'idva')).toEqual([GRANT]);
    await closeInError(path);
    for (const who of ['jag-coordinator', 'dpo']) {
      const [member, ...more] = await advice(who, about, 'fire-officer');
      expect([member, more]).toEqual([REOPENED, []]);
      expect(member).not.toContain('access-requests');
      expect(await advice(who, about, 'idva')).toEqual([expect.stringMatching(/reopening.* then .*access-requests/)]);
    }
    expect(await advice('jag-coordinator', { ...about, action: 'contribute' })).toEqual([REOPENED]);
  });

  test('the owner of an action gets the same answer whether or not the case was closed in error', async () => {
    const { path, planId } = await newCase();
    const named = await practitioner(owner, 'social-worker');
    const action = {
      ...{ ownerAgencyId: (await practitioner(owner, 'housing-officer')).agencyId },
      ...{ description: 'Call on the family.', dueOn: inDays(5).slice(0, 10) },
    };
    const { body } = await (await by('jag-coordinator')).post(`/v1/plans/${planId}/actions`, action).expect(201);
    await owner.query('UPDATE actions SET owner_agency_id = $2, owner_practitioner_id = $3 WHERE id = $1', [
      ...[body.id, named.agencyId, named.id],
    ]);
    await done('jag-coordinator', `/v1/actions/${body.id as string}`, 'cancellation', {
      ...{ outcome: 'cancelled', outcomeText: 'Not needed.' },
    });
    const asked = { type: 'Action', id: body.id as string, field: 'caseId' };
    const before = await advice('social-worker', asked);
    expect(before).toEqual([GRANT]);
    await closeInError(path);
    expect(await advice('social-worker', asked)).toEqual(before);
  });
});

test('an action that was not done is not escalated to the steering group', async () => {
  const [wrong, right] = [await newCase(), await newCase()];
  const housing = (await practitioner(owner, 'housing-officer')).agencyId;
  const undone: string[] = [];
  for (const { planId } of [wrong, right]) {
    const action = { ownerAgencyId: housing, description: 'Fit a lock to the door.', dueOn: inDays(0).slice(0, 10) };
    const { body } = await (await by('jag-coordinator')).post(`/v1/plans/${planId}/actions`, action).expect(201);
    const path = `/v1/actions/${body.id as string}`;
    await done('housing-officer', path, 'acceptance');
    await done('housing-officer', path, 'completion', { outcome: 'not_done', outcomeText: 'Nobody had the key.' });
    undone.push(body.id as string);
  }
  await closeInError(wrong.path);
  await clockSetTo(inDays(20));
  const { rows } = await owner.query<{ id: string }>(
    'SELECT action_id AS id FROM escalations WHERE action_id = ANY ($1)',
    [undone],
  );
  expect(rows.map(({ id }) => id)).toEqual([undone[1]]);
}, 60_000);
