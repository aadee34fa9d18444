/**
 * The agency that made a referral learns that it was redirected, to which panel or process, and what to do; nothing of the referral
 * reaches the panel that is named. Source: docs/who-may-widen.md, "What never opens anything".
 *
 * Seen to fail: a status without the panel; no notice; a notice read by the other panel; a draft of a referral that was not
 * redirected, or by the panel's coordination; a draft that takes the consent with it.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const OFFICER = 'housing-officer';
const COORDINATOR = 'jag-coordinator';

let server: TestServer;
let owner: pg.Client;
let person: string;
let path: string;
let referralId: string;
const panels = new Map<string, string>();
const by = (who: string): Promise<Caller> => as(server, who);
const outcome = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

beforeAll(async () => {
  server = await givenServer({ env: { JOBS: 'on' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    'SELECT id, code, partnership_id AS partnership FROM panels',
  );
  for (const { id, code } of rows) panels.set(code, id);
  const partnershipId = rows.find(({ code }) => code === 'ask-jag')!.partnership;
  const officer = await by(OFFICER);
  const named = { partnershipId, givenName: 'Perpetua', familyName: 'Quillfeather' };
  person = (await officer.post('/v1/persons', named).expect(201)).body.id;
  const place = { partnershipId, kind: 'estate', name: 'Lantern Court, bin store' };
  const { body: at } = await officer.post('/v1/places', place).expect(201);
  const draft = {
    panelId: panels.get('ask-jag'),
    subjectKind: 'place',
    placeId: at.id,
    people: [{ personId: person, role: 'complainant', rationale: 'Reported it.' }],
    category: 'asb_incident',
    problem: 'Shouted at on her stair every evening, by four households.',
    whyMultiAgency: 'Housing alone has not helped; police are needed.',
    criteria: ['repeat_location'],
    consentStatus: 'given',
    consentNote: 'Said so on the telephone.',
    legalGateway: 'CDA_S115',
    submit: true,
  };
  const made = await officer.post('/v1/referrals', draft);
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
  referralId = made.body.id;
  path = `/v1/referrals/${referralId}`;
});

const statusOf = async (who: string): Promise<Response> => (await by(who)).get(`${path}/status`);

test('the referrer cannot draft it for another panel before it was redirected', async () => {
  const answer = await (await by(OFFICER)).post(`${path}/copies`, { panelId: panels.get('ask-cmarac') });
  expect(outcome(answer)).toEqual([409, 'not-redirected']);
  expect((await statusOf(OFFICER)).body).toMatchObject({ redirectedToPanelId: null, nextStep: null });
});

test('the referrer reads in the status to which panel it was redirected and what to do', async () => {
  const body = {
    reason: 'The Community MARAC hears what happens to one person.',
    reasonCode: 'owned_by_another_process',
    targetPanelId: panels.get('ask-cmarac'),
  };
  await (await by(COORDINATOR)).post(`${path}/redirection`, body).set('if-match', '*').expect(200);
  const status = await statusOf(OFFICER);
  expect(status.body).toMatchObject({ status: 'redirected', redirectedToPanelId: body.targetPanelId });
  expect(status.body.nextStep).toContain('/copies');
  expect((await (await by('cmarac-chair')).get(path)).status).toBe(404);
  expect((await statusOf('cmarac-chair')).status).toBe(404);
});

test('the agency of the referrer gets a notice, which the panel that is named does not read', async () => {
  await owner.query(`SELECT graphile_worker.add_job('deadline-notices')`);
  const noticesOf = async (who: string): Promise<{ subjectId: string }[]> =>
    (await (await by(who)).get('/v1/notices?kind=referral_redirected&limit=100').expect(200)).body.data;
  for (let tries = 0; tries < 60 && !(await noticesOf(OFFICER)).length; tries += 1)
    await new Promise((done) => setTimeout(done, 250));
  expect(await noticesOf(OFFICER)).toMatchObject([{ subjectType: 'Referral', subjectId: referralId }]);
  for (const who of ['cmarac-chair', 'fire-officer']) expect([who, await noticesOf(who)]).toEqual([who, []]);
});

test('the referrer can draft it for the other panel in one request, without the consent', async () => {
  const made = await (await by(OFFICER)).post(`${path}/copies`, {});
  expect(outcome(made)).toEqual([201, undefined]);
  expect(made.body).toMatchObject({
    panelId: panels.get('ask-cmarac'),
    status: 'draft',
    subjectKind: 'place',
    problem: 'Shouted at on her stair every evening, by four households.',
    consentStatus: null,
  });
  const people = await (await by(OFFICER)).get(`/v1/referrals/${made.body.id as string}/people`).expect(200);
  expect(people.body.data).toMatchObject([{ personId: person, role: 'complainant' }]);
  expect((await (await by('cmarac-chair')).get(`/v1/referrals/${made.body.id as string}`)).status).toBe(404);
  expect((await (await by('cmarac-chair')).get(`/v1/persons/${person}`)).status).toBe(404);
});

test('a coordinator of the panel that redirected it cannot draft it', async () => {
  expect(outcome(await (await by(COORDINATOR)).post(`${path}/copies`, {}))).toEqual([403, 'not-permitted']);
});
