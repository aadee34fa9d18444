/**
 * The agency that made a referral gets a notice when it is returned or refused. Those of the agency who may read the referral
 * read the notice: not the panel, not another agency, and nobody who is excluded from the referral.
 *
 * Seen to fail: a notice that outlives the submission, the withdrawal or the four weeks; one that stays read when the referral is
 * returned again; the notice of the first return beside that of the second.
 */
import type pg from 'pg';
import { asOwner, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const OFFICER = 'housing-officer';
const COORDINATOR = 'jag-coordinator';
const DAY = 86_400_000;

type Notice = { id: string; subjectId: string; readAt: string | null; dueOn: string };

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let person: string;
let minutes = 0;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { JOBS: 'on' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  const named = { partnershipId: rows[0]!.partnership, givenName: 'Perpetua', familyName: 'Quillfeather' };
  person = (await (await by(OFFICER)).post('/v1/persons', named).expect(201)).body.id as string;
}, 60_000);

/** A referral that the officer submits. */
async function submitted(): Promise<{ id: string; path: string }> {
  const officer = await by(OFFICER);
  const { rows } = await owner.query<{ partnership: string }>(
    `SELECT partnership_id AS partnership FROM panels WHERE id = $1`,
    [panelId],
  );
  const place = { partnershipId: rows[0]!.partnership, kind: 'estate', name: `Lantern Court ${crypto.randomUUID()}` };
  const { body: at } = await officer.post('/v1/places', place).expect(201);
  const { body } = await officer
    .post('/v1/referrals', {
      ...{ panelId, subjectKind: 'place', placeId: at.id, category: 'asb_incident' },
      people: [{ personId: person, role: 'complainant', rationale: 'Reported it.' }],
      problem: 'Shouted at on her stair every evening, by four households.',
      whyMultiAgency: 'Housing alone has not helped; police are needed.',
      ...{ criteria: ['repeat_location'], consentStatus: 'given', legalGateway: 'CDA_S115', submit: true },
    })
    .expect(201);
  return { id: body.id as string, path: `/v1/referrals/${body.id as string}` };
}

/** Moves the clock on by so many days and a minute, which runs the jobs. */
async function later(days = 0): Promise<void> {
  minutes += 1;
  past += days;
  const now = new Date(Date.now() + past * DAY + minutes * 60_000).toISOString();
  const answer = await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now }),
  });
  expect(answer.ok).toBe(true);
}
let past = 0;

const decide = async (path: string, noun: string, body: object): Promise<unknown> =>
  (await by(COORDINATOR)).post(`${path}/${noun}`, body).set('if-match', '*').expect(200);
const returned = (path: string): Promise<unknown> =>
  decide(path, 'return', { reason: 'Which block is meant?', reasonCode: 'more_information' });
const refuse = (path: string): Promise<unknown> =>
  decide(path, 'refusal', { reason: 'Housing can act alone.', reasonCode: 'one_agency_suffices' });
const resubmit = async (path: string): Promise<unknown> =>
  (await by(OFFICER)).post(`${path}/submission`).set('if-match', '*').expect(200);

const noticesOf = async (who: string, kind: string, id: string): Promise<Notice[]> =>
  ((await (await by(who)).get(`/v1/notices?kind=${kind}&limit=100`).expect(200)).body.data as Notice[]).filter(
    ({ subjectId }) => subjectId === id,
  );

test('the referrer gets a notice when a referral is returned, until it is submitted again', async () => {
  const { id, path } = await submitted();
  await returned(path);
  await later();
  const [notice, ...more] = await noticesOf(OFFICER, 'referral_returned', id);
  expect([notice, more]).toEqual([expect.objectContaining({ subjectType: 'Referral', readAt: null }), []]);
  for (const who of ['fire-officer', COORDINATOR, 'police-sergeant'])
    expect([who, await noticesOf(who, 'referral_returned', id)]).toEqual([who, []]);
  await resubmit(path);
  // before any job runs
  expect(await noticesOf(OFFICER, 'referral_returned', id)).toEqual([]);
  await (await by(OFFICER)).get(`/v1/notices/${notice!.id}`).expect(404);
});

test('the notice ends when the referrer withdraws the returned referral', async () => {
  const { id, path } = await submitted();
  await returned(path);
  await later();
  expect(await noticesOf(OFFICER, 'referral_returned', id)).toHaveLength(1);
  const withdrawal = { reason: 'The household moved.', reasonCode: 'no_longer_needed' };
  await (await by(OFFICER)).post(`${path}/withdrawal`, withdrawal).set('if-match', '*').expect(200);
  expect(await noticesOf(OFFICER, 'referral_returned', id)).toEqual([]);
});

test('the referrer gets an unread notice for each return, and one at a time', async () => {
  const { id, path } = await submitted();
  await returned(path);
  await later();
  const [first] = await noticesOf(OFFICER, 'referral_returned', id);
  await (await by(OFFICER)).post(`/v1/notices/${first!.id}/reading`).set('if-match', '*').expect(200);
  await resubmit(path);
  await returned(path);
  await later();
  expect(await noticesOf(OFFICER, 'referral_returned', id)).toMatchObject([{ readAt: null }]);
  await resubmit(path);
  await later(2);
  await returned(path);
  await later();
  const now = await noticesOf(OFFICER, 'referral_returned', id);
  expect(now).toMatchObject([{ readAt: null }]);
  expect(now[0]!.id).not.toBe(first!.id);
});

test('the referrer gets a notice when a referral is refused, for four weeks', async () => {
  const { id, path } = await submitted();
  await refuse(path);
  await later();
  expect(await noticesOf(OFFICER, 'referral_refused', id)).toMatchObject([{ readAt: null }]);
  for (const who of ['fire-officer', COORDINATOR])
    expect([who, await noticesOf(who, 'referral_refused', id)]).toEqual([who, []]);
  await later(26);
  expect(await noticesOf(OFFICER, 'referral_refused', id)).toHaveLength(1);
  await later(3);
  expect(await noticesOf(OFFICER, 'referral_refused', id)).toEqual([]);
});

test('a colleague of the referrer who is excluded from the person gets no notice', async () => {
  const { rows } = await owner.query<{ subject: string }>(
    `SELECT p.subject FROM practitioners p JOIN practitioners o ON o.agency_id = p.agency_id AND o.subject = $1
     JOIN memberships m ON m.practitioner_id = p.id AND m.panel_id = $2 AND m.tier = 'core'
     WHERE p.subject <> $1 AND p.active ORDER BY m.role IN ('chair', 'co_chair', 'coordinator'), p.subject LIMIT 1`,
    [OFFICER, panelId],
  );
  const colleague = rows[0]!.subject;
  const [refused, back] = [await submitted(), await submitted()];
  await refuse(refused.path);
  await returned(back.path);
  await later();
  const seen = async (): Promise<number[]> => [
    (await noticesOf(colleague, 'referral_refused', refused.id)).length,
    (await noticesOf(colleague, 'referral_returned', back.id)).length,
  ];
  expect(await seen()).toEqual([1, 1]);
  const { id: practitionerId } = await practitioner(owner, colleague);
  const exclusion = { personId: person, panelId, practitionerId, reason: 'A relative of hers.' };
  await (await by('jag-chair')).post('/v1/exclusions', exclusion).expect(201);
  expect(await seen()).toEqual([0, 0]);
  expect(await noticesOf(OFFICER, 'referral_refused', refused.id)).toHaveLength(1);
});

test('the document says of each kind of notice what it means', async () => {
  const answer = await fetch(`${server.url}/openapi.json`);
  const text = await answer.text();
  for (const kind of ['referral_returned', 'referral_refused']) expect(text).toContain(`\`${kind}\`: A referral of`);
});
