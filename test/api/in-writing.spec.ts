/**
 * Panels without meetings: a sitting in writing has a closing date, written contributions instead of a room, and a decision by
 * the chair. A case that needs a room can still be heard in one.
 *
 * Seen to fail: a decision before the closing date; a decision by the coordinator; attendance at a sitting in writing; a quorum
 * that counts nobody who answered in writing; a sitting in writing on a panel that meets; a quorum that counts contributions of which
 * the chair, or another member, must not know.
 */
import type pg from 'pg';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const HEALTH = 'nhs-safeguarding-lead';

interface Item {
  id: string;
  caseId: string;
}

let server: TestServer;
let owner: pg.Client;
let panelId: string;
const by = (who: string): Promise<Caller> => as(server, who);
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

async function changed(who: string, path: string, noun: string, body?: object) {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${noun}`, body).set('if-match', headers['etag'] as string);
}

const convene = async (more: object = {}) =>
  (await by('jag-coordinator')).post('/v1/meetings', {
    panelId,
    scheduledAt: inHours(48),
    venueOrMode: 'In writing',
    chairId: null,
    endsAt: null,
    ...more,
  });

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  panelId = rows[0]!.id;
});

test('a panel that meets does not sit in writing; its coordination says when it does', async () => {
  expect((await convene({ kind: 'written' })).body).toMatchObject({ code: 'panel-meets' });
  const caller = await by('jag-coordinator');
  const { headers } = await caller.get(`/v1/panels/${panelId}`).expect(200);
  const answer = await caller.patch(`/v1/panels/${panelId}`, { mode: 'asynchronous' }, headers['etag']);
  expect(answer.body).toMatchObject({ mode: 'asynchronous' });
  await (await by('housing-officer')).patch(`/v1/panels/${panelId}`, { mode: 'meeting' }, '*').expect(403);
});

test('agencies contribute until the closing date, then the chair decides on what was told', async () => {
  const meeting = (await convene()).body;
  expect(meeting).toMatchObject({ kind: 'written', status: 'scheduled' });
  const path = `/v1/meetings/${meeting.id as string}`;
  const cases = await casesOf(owner, 'ask-jag');
  const coordinator = await by('jag-coordinator');
  let listing: { id: string; caseId: string } | undefined;
  for (const { id: caseId } of cases) {
    const answer = await coordinator.post(`${path}/listings`, { caseId, kind: 'review' });
    if (answer.status === 201) {
      listing = answer.body;
      break;
    }
  }
  const listingId = listing!.id;
  const decision = { listingId, kind: 'close', text: 'Nothing is left to do.', rationale: 'All told.', dissent: null };

  // nobody is in a room
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM practitioners WHERE subject = 'jag-coordinator'`);
  const there = { practitionerId: rows[0]!.id, status: 'present', confidentialityAccepted: true };
  expect((await coordinator.post(`${path}/attendances`, there)).body).toMatchObject({
    status: 409,
    code: 'in-writing',
  });
  expect((await changed('jag-chair', path, 'opening')).body).toMatchObject({ status: 409, code: 'in-writing' });

  // the closing date is to come
  expect((await (await by('jag-chair')).post(`${path}/decisions`, decision)).body).toMatchObject({
    code: 'still-open',
  });
  expect((await coordinator.post(`${path}/decisions`, decision)).status).toBe(403);

  // what is told in writing counts as being there: police and community safety are mandatory, and four agencies
  await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: inHours(49) }),
  });
  const inquorate = await (await by('jag-chair')).post(`${path}/decisions`, { ...decision, kind: 'note' });
  expect(inquorate.body).toMatchObject({ kind: 'note', quorate: false });
  // only the chair corrects what only the chair decides
  const correction = `${path}/decisions/${inquorate.body.id as string}/correction`;
  const other = { text: 'Nothing is left to do for now.', reason: 'A word was missing.' };
  expect((await coordinator.post(correction, other).set('if-match', '*')).status).toBe(403);
  expect((await (await by('jag-chair')).post(correction, other).set('if-match', '*')).status).toBe(200);
  // over all items it would tell of those that a reader may not see
  await changed('jag-chair', path, 'closure').then((answer) =>
    expect(answer.body).toMatchObject({ status: 'held', quorate: null }),
  );
});

test('a sitting is quorate by those who told something', async () => {
  const meeting = (await convene({ scheduledAt: inHours(49 + 48) })).body;
  const path = `/v1/meetings/${meeting.id as string}`;
  const coordinator = await by('jag-coordinator');
  let caseId = '';
  let listingId = '';
  for (const { id } of await casesOf(owner, 'ask-jag')) {
    const answer = await coordinator.post(`${path}/listings`, { caseId: id, kind: 'review' });
    if (answer.status !== 201) continue;
    [caseId, listingId] = [id, answer.body.id as string];
    break;
  }
  for (const who of ['police-sergeant', 'jag-coordinator', 'housing-officer', 'fire-officer', 'victim-support-worker'])
    await (
      await by(who)
    )
      .post(`/v1/cases/${caseId}/contributions`, {
        category: 'asb_incident',
        kind: 'fact',
        summary: 'Told in writing.',
        text: `What ${who} knows of it, told in writing before the closing date.`,
        occurredOn: null,
      })
      .then((answer) =>
        expect({ who, status: answer.status, text: answer.status === 201 ? '' : answer.text }).toEqual({
          who,
          status: 201,
          text: '',
        }),
      );
  await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: inHours(49 + 49) }),
  });
  const decided = await (
    await by('jag-chair')
  ).post(`${path}/decisions`, {
    listingId,
    kind: 'note',
    text: 'The panel goes on as before.',
    rationale: 'Five agencies told what they know.',
    dissent: null,
  });
  expect(decided.body).toMatchObject({ kind: 'note', quorate: true });
});

test('a quorum counts no contribution that is withheld from a reader of the decision, and each answer', async () => {
  const quorum = { minAgencies: 0, mandatory: ['health_mental_health'], chairRequired: false, onFail: 'block' };
  await owner.query('UPDATE panel_rules SET rules = rules || $2 WHERE panel_id = $1', [panelId, { quorum }]);
  const path = `/v1/meetings/${(await convene({ scheduledAt: inHours(49 + 60) })).body.id as string}`;
  const [coordinator, chair, health] = [await by('jag-coordinator'), await by('jag-chair'), await by(HEALTH)];
  const items: Item[] = [];
  for (const { id: caseId } of await casesOf(owner, 'ask-jag')) {
    const answer = await coordinator.post(`${path}/listings`, { caseId, kind: 'review' });
    if (answer.status === 201 && items.push(answer.body) === 5) break;
  }
  const [nothing, unknown, knownToSome, known, answered] = items as [Item, Item, Item, Item, Item];
  const contribute = async ({ caseId }: Item, category: string): Promise<string> => {
    const what = { category, kind: 'fact', summary: 'Told in writing.', text: 'What we know.', occurredOn: null };
    return (await health.post(`/v1/cases/${caseId}/contributions`, what).expect(201)).body.id;
  };
  // hidden from the chair; known to the chair and hidden from other members; known to all
  await chair.get(`/v1/contributions/${await contribute(unknown, 'sexual_health')}`).expect(404);
  const some = `/v1/contributions/${await contribute(knownToSome, 'health_mental')}`;
  await chair.get(some).expect(200);
  await (await by('environmental-health-officer')).get(some).expect(404);
  await contribute(known, 'plan_action');
  const asked = { listingId: answered.id };
  const requests = await coordinator.post(`${path}/research-requests`, asked).expect(200);
  const { agencyId } = await practitioner(owner, HEALTH);
  const { id } = requests.body.data.find((one: { askedAgencyId: string }) => one.askedAgencyId === agencyId);
  await health
    .post(`/v1/research-requests/${id as string}/return`, { nil: true })
    .set('if-match', '*')
    .expect(200);
  await fetch(`${server.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: inHours(49 + 61) }),
  });
  const decide = async ({ id: listingId }: Item) => {
    const decision = {
      listingId,
      kind: 'close',
      text: 'Nothing is left to do.',
      rationale: 'All told.',
      dissent: null,
    };
    const { status, body } = await chair.post(`${path}/decisions`, decision);
    return { status, code: body.code, detail: body.detail, errors: body.errors, quorate: body.quorate };
  };
  const refused = await decide(nothing);
  expect(refused).toMatchObject({
    status: 422,
    code: 'inquorate',
    errors: [{ pointer: '/kind', detail: 'health_mental_health must be present' }],
  });
  expect(await decide(unknown)).toEqual(refused);
  expect(await decide(knownToSome)).toEqual(refused);
  expect(await decide(known)).toMatchObject({ status: 201, quorate: true });
  expect(await decide(answered)).toMatchObject({ status: 201, quorate: true });
});

test('a case that needs a room is heard in one', async () => {
  const meeting = (await convene({ scheduledAt: inHours(200), kind: 'ordinary' })).body;
  expect(meeting).toMatchObject({ kind: 'ordinary' });
  expect((await changed('jag-chair', `/v1/meetings/${meeting.id as string}`, 'opening')).body).toMatchObject({
    status: 'in_session',
  });
});
