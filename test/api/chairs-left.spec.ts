/**
 * Naming a person from whom everybody who chairs the panel is excluded. The naming is answered as any other, so that nobody learns
 * of an exclusion by it; the service tells those who may see that somebody else chairs the matter.
 *
 * Seen to fail: no notice of such a case or referral; the notice without the bar of its referral; the notice to the steering group
 * with the identifier of the case, or with the type of the record; a notice for every case from which one chair is excluded; a notice each
 * day; no notice of an item from which all chairs are recused, or a notice of it to somebody who is recused; a notice of an item that
 * was taken off the list, and of one with a chair.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, likeness, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

const CHAIRS = ['jag-chair', 'police-inspector'];
const STEERING_CHAIR = 'cmarac-chair';

let server: TestServer;
let owner: pg.Client;
let officer: Caller;
let partnershipId: string;
let panels: Map<string, string>;
let cases: string[];
/** Somebody from whom both chairs of the JAG have declared a conflict. */
let relative: string;
let known: string;
let minutes = 0;

/** The jobs are done when the clock is moved. */
async function jobsDone(days = 0): Promise<void> {
  const now = new Date(Date.parse(inDays(days)) + ++minutes * 60_000).toISOString();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/sandbox/clock`, { method: 'PUT', headers, body: JSON.stringify({ now }) });
  if (!answer.ok) throw new Error(await answer.text());
}

const made = async (answer: Promise<Response>): Promise<Row> => {
  const { status, text, body } = await answer;
  expect([status, text]).toEqual([201, expect.any(String)]);
  return body;
};
const person = async (givenName: string): Promise<string> =>
  (await made(officer.post('/v1/persons', { partnershipId, givenName, familyName: 'Sallowmere' })))['id'];
const named = (caseId: string, personId: string): Promise<Response> =>
  officer.post(`/v1/cases/${caseId}/people`, {
    personId,
    role: 'witness',
    rationale: 'Saw it from the window.',
    since: '2026-01-01',
  });

async function told(who: string, kind: string): Promise<Row[]> {
  const { body } = await (await as(server, who)).get(`/v1/notices?limit=100&kind=${kind}`).expect(200);
  return body.data;
}
/** Notices about the record, as sent to one agency. */
async function about(who: string, kind: string, id: string): Promise<Row[]> {
  const notices = (await told(who, kind)).filter(({ subjectId }) => subjectId === id);
  return notices.filter(({ agencyId }) => agencyId === notices[0]?.['agencyId']);
}
const reads = async (who: string, path: string): Promise<number> => (await (await as(server, who)).get(path)).status;

async function conflict(who: string, personId: string, panel: string): Promise<Row> {
  const body = { personId, declared: true, reach: 'panel', panelId: panels.get(panel), reason: 'A close relative.' };
  return made((await as(server, who)).post('/v1/exclusions', body));
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  officer = await as(server, 'housing-officer');
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    'SELECT id, code, partnership_id AS partnership FROM panels',
  );
  panels = new Map(rows.map(({ id, code }) => [code, id]));
  partnershipId = rows.find(({ code }) => code === 'ask-jag')!.partnership;
  await owner.query('DELETE FROM exclusions');
  cases = (await casesOf(owner, 'ask-jag')).map(({ id }) => id);
  [relative, known] = [await person('Aldous'), await person('Berenice')];
  for (const id of [relative, known]) await made(named(cases[0]!, id));
  for (const who of CHAIRS) await conflict(who, relative, 'ask-jag');
  await jobsDone();
}, 60_000);

describe('naming in a case somebody from whom all chairs are excluded', () => {
  let caseId: string;
  beforeAll(async () => {
    caseId = cases[1]!;
    for (const who of CHAIRS) expect([who, await reads(who, `/v1/cases/${caseId}`)]).toEqual([who, 200]);
    const before = await named(caseId, known);
    const answer = await named(caseId, relative);
    expect(answer.status).toBe(201);
    expect(likeness(answer)).toBe(likeness(before));
    await jobsDone();
  }, 60_000);

  test('the coordinator of the panel gets a notice about the case', async () => {
    expect(await about('jag-coordinator', 'no_chair_left', caseId)).toMatchObject([
      { subjectType: 'Case', caseId, panelId: panels.get('ask-jag'), withheld: [] },
    ]);
  });

  test('the chair of the steering group gets a notice of the panel, without the case', async () => {
    const notices = await told(STEERING_CHAIR, 'deputy_chair_needed');
    expect(notices).toContainEqual(
      expect.objectContaining({
        panelId: panels.get('ask-steering'),
        planPanelId: panels.get('ask-jag'),
        withheld: ['subjectType', 'subjectId', 'caseId'],
      }),
    );
    expect(JSON.stringify(notices)).not.toContain(caseId);
    expect(await reads(STEERING_CHAIR, `/v1/cases/${caseId}`)).toBe(404);
  });

  test('the excluded chairs and other members get no notice', async () => {
    for (const who of [...CHAIRS, 'housing-officer', 'police-sergeant', 'marac-coordinator', 'outsider'])
      expect([who, await told(who, 'no_chair_left'), await told(who, 'deputy_chair_needed')]).toEqual([who, [], []]);
  });

  test('a deputy whom the chair of the steering group appoints can chair the case', async () => {
    const member = await practitioner(owner, 'fire-officer');
    const today = new Date().toISOString().slice(0, 10);
    await owner.query(`DELETE FROM memberships WHERE practitioner_id = $1 AND panel_id = $2`, [
      member.id,
      panels.get('ask-jag'),
    ]);
    const seat = { practitionerId: member.id, tier: 'core', role: 'co_chair', validFrom: today };
    await made((await as(server, STEERING_CHAIR)).post(`/v1/panels/${panels.get('ask-jag')!}/memberships`, seat));
    const deputy = await as(server, 'fire-officer');
    await deputy
      .patch(`/v1/cases/${caseId}`, { nextReviewOn: inDays(30).slice(0, 10) }, '*')
      .expect((answer: Response) => expect([answer.status, answer.text]).toEqual([200, expect.any(String)]));
    await owner.query(`DELETE FROM memberships WHERE practitioner_id = $1 AND role = 'co_chair'`, [member.id]);
  });
});

test('nobody gets a notice while one chair is left', async () => {
  const caseId = cases[2]!;
  const other = await person('Clemency');
  await made(named(cases[0]!, other));
  await conflict('jag-coordinator', other, 'ask-jag');
  await owner.query(`DELETE FROM exclusions WHERE person_id = $1`, [other]);
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, person_id, panel_id, reason, since, reach)
     SELECT gen_random_uuid(), 1, $1, $2, $3, $4, 'A friend.', now() - interval '1 day', 'panel'`,
    [partnershipId, (await practitioner(owner, CHAIRS[0]!)).id, other, panels.get('ask-jag')],
  );
  await made(named(caseId, other));
  await jobsDone();
  expect(await about('jag-coordinator', 'no_chair_left', caseId)).toEqual([]);
});

test('an excluded chair of the steering group gets no notice', async () => {
  const caseId = cases[3]!;
  await made(named(caseId, relative));
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, person_id, reason, since, reach)
     SELECT gen_random_uuid(), 1, $1, $2, $3, 'A friend.', now() - interval '1 day', 'partnership'`,
    [partnershipId, (await practitioner(owner, STEERING_CHAIR)).id, relative],
  );
  await jobsDone();
  expect(await about('jag-coordinator', 'no_chair_left', caseId)).toHaveLength(1);
  expect(await told(STEERING_CHAIR, 'deputy_chair_needed')).toEqual([]);
  expect((await told('syv-coordinator', 'deputy_chair_needed')).length).toBeGreaterThan(0);
  await owner.query('DELETE FROM exclusions WHERE practitioner_id = $1', [
    (await practitioner(owner, STEERING_CHAIR)).id,
  ]);
});

test('a referral that names the person gets a notice, from which the excluded are kept', async () => {
  const place = await made(officer.post('/v1/places', { partnershipId, kind: 'estate', name: 'Tansy Row, garages' }));
  const referral = await made(
    officer.post('/v1/referrals', {
      panelId: panels.get('ask-jag'),
      subjectKind: 'place',
      placeId: place['id'],
      category: 'asb_incident',
      problem: 'Break-ins at the garages, four in three weeks.',
      whyMultiAgency: 'Locks have not helped; police and lighting are needed.',
      criteria: ['repeat_location'],
      legalGateway: 'CDA_S115',
      people: [{ personId: relative, role: 'witness', rationale: 'Saw it from the window.' }],
      submit: true,
    }),
  );
  const before = (await told(STEERING_CHAIR, 'deputy_chair_needed')).length;
  await jobsDone();
  expect(await about('jag-coordinator', 'no_chair_left', referral['id'])).toMatchObject([{ subjectType: 'Referral' }]);
  const notices = await told(STEERING_CHAIR, 'deputy_chair_needed');
  expect(notices.length).toBeGreaterThan(before);
  for (const notice of notices) expect(notice).not.toHaveProperty('subjectType');
  for (const who of CHAIRS) expect([who, await told(who, 'no_chair_left')]).toEqual([who, []]);
});

describe('an item of a coming meeting from which all chairs are recused', () => {
  const caseIds: string[] = [];
  const items: string[] = [];
  let path: string;
  const recused = async (who: string, listingId: string): Promise<Row> =>
    made((await as(server, who)).post(`${path}/recusals`, { listingId, reason: 'A close friend.' }));

  beforeAll(async () => {
    const coordinator = await as(server, 'jag-coordinator');
    const day = inDays(20).slice(0, 10);
    const times = { scheduledAt: `${day}T10:00:00Z`, endsAt: `${day}T12:00:00Z` };
    const panelId = panels.get('ask-jag');
    path = `/v1/meetings/${(await made(coordinator.post('/v1/meetings', { panelId, ...times, venueOrMode: 'Room 2' })))['id'] as string}`;
    caseIds.push(...cases.slice(4, 7));
    for (const caseId of caseIds)
      items.push((await made(coordinator.post(`${path}/listings`, { caseId, kind: 'review' })))['id']);
    for (const who of CHAIRS) for (const item of [items[0]!, items[2]!]) await recused(who, item);
    await recused(CHAIRS[0]!, items[1]!);
    const last = `${path}/listings/${items[2]!}`;
    await coordinator
      .post(`${last}/removal`, { reason: 'Heard elsewhere.' })
      .set('if-match', '*')
      .expect((answer: Response) => expect([answer.status, answer.text]).toEqual([200, expect.any(String)]));
  }, 60_000);

  test('the coordinator gets a notice about it, and the steering group one without it', async () => {
    const before = (await told(STEERING_CHAIR, 'deputy_chair_needed')).length;
    await jobsDone();
    expect(await about('jag-coordinator', 'no_chair_left', items[0]!)).toMatchObject([
      { subjectType: 'Listing', caseId: caseIds[0], panelId: panels.get('ask-jag'), withheld: [] },
    ]);
    const notices = await told(STEERING_CHAIR, 'deputy_chair_needed');
    expect(notices.length).toBeGreaterThan(before);
    for (const notice of notices) expect(notice['withheld']).toEqual(['subjectType', 'subjectId', 'caseId']);
    for (const id of [items[0]!, caseIds[0]!]) expect(JSON.stringify(notices)).not.toContain(id);
  });

  test('nobody who is recused from it gets a notice', async () => {
    for (const who of CHAIRS) expect([who, await told(who, 'no_chair_left')]).toEqual([who, []]);
  });

  test('nobody gets a notice of an item that has a chair, or is not on the list any more', async () => {
    for (const item of items.slice(1)) expect(await about('jag-coordinator', 'no_chair_left', item)).toEqual([]);
  });
});

test('a compartment gets the notice itself, and nobody outside does', async () => {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT id FROM cases WHERE panel_id = (SELECT id FROM panels WHERE type = 'channel' AND partnership_id = $1)
       AND stage <> 'closed' LIMIT 1`,
    [partnershipId],
  );
  const caseId = rows[0]!.id;
  await made(
    (await as(server, 'channel-chair')).post('/v1/exclusions', { caseId, declared: true, reason: 'A close relative.' }),
  );
  const outside = (await told(STEERING_CHAIR, 'deputy_chair_needed')).length;
  await jobsDone();
  expect(await about('channel-officer', 'no_chair_left', caseId)).toHaveLength(1);
  for (const who of ['channel-chair', STEERING_CHAIR, 'dpo', 'marac-chair'])
    expect([who, await about(who, 'no_chair_left', caseId)]).toEqual([who, []]);
  expect(await told(STEERING_CHAIR, 'deputy_chair_needed')).toHaveLength(outside);
});

test('the coordinator gets the notice once, and again after a week', async () => {
  const caseId = cases[0]!;
  const before = await about('jag-coordinator', 'no_chair_left', caseId);
  expect(before).toHaveLength(1);
  await jobsDone();
  await jobsDone(1);
  expect(await about('jag-coordinator', 'no_chair_left', caseId)).toHaveLength(1);
  await jobsDone(8);
  expect(await about('jag-coordinator', 'no_chair_left', caseId)).toHaveLength(2);
});
