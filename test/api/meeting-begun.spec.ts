/**
 * A meeting that nobody opened has decided, heard and seen nothing before its day in London. Records of that are refused until
 * the meeting is opened or its day comes, so that a slip does not stand as the decision of the day.
 *
 * Seen to fail without the check: a decision, a presence, minutes, a disclosed crime, a captured action and a decision on a
 * bid recorded in advance; a planned meeting closed in advance; a meeting on its day that had to be opened first.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, checked, inDays, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const COORDINATOR = 'jag-coordinator';
const CHAIR = 'jag-chair';

let server: TestServer;
let owner: pg.Client;
let cases: string[];
let made = 0;
const by = (who: string): Promise<Caller> => as(server, who);

interface Planned {
  path: string;
  id: string;
  listingId: string;
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  await owner.query('DELETE FROM exclusions');
  cases = (await casesOf(owner, 'ask-jag')).map(({ id }) => id);
  await owner.query(
    `UPDATE panel_rules SET rules = rules || $1 WHERE panel_id = (SELECT id FROM panels WHERE code = 'ask-jag')`,
    [{ quorum: { minAgencies: 0, mandatory: [], chairRequired: false } }],
  );
}, 60_000);

/** A meeting of the JAG in 20 days, with one case on its list. */
async function planned(kind = 'ordinary'): Promise<Planned> {
  const coordinator = await by(COORDINATOR);
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const body = { panelId: rows[0]!.id, kind, scheduledAt: inDays(20), venueOrMode: 'Room 2' };
  const id = (await coordinator.post('/v1/meetings', body).expect(201)).body.id as string;
  const path = `/v1/meetings/${id}`;
  const caseId = cases[(made += 1) % cases.length]!;
  const listing = { caseId, kind: kind === 'emergency' ? 'urgent' : 'review', timeboxMinutes: 10 };
  const item = await coordinator.post(`${path}/listings`, listing).expect(201);
  return { path, id, listingId: item.body.id as string };
}

const outcome = ({ status, body }: Response): unknown[] => [status, (body as { code?: string }).code];

/** Moves the meeting to a minute of the London day that is `days` after today. */
const onTheDay = (id: string, days = 0): Promise<unknown> =>
  owner.query(
    `UPDATE meetings SET ends_at = NULL, scheduled_at =
       (date_trunc('day', now() AT TIME ZONE 'Europe/London') + make_interval(days => $2) + interval '1 day - 1 minute') AT TIME ZONE 'Europe/London'
     WHERE id = $1`,
    [id, days],
  );

const decide = async ({ path, listingId }: Planned): Promise<Response> =>
  (await by(COORDINATOR)).post(`${path}/decisions`, {
    listingId,
    kind: 'note',
    text: 'Housing visits weekly.',
    rationale: 'Calls have halved.',
  });
const attends = async ({ path }: Planned, status: string): Promise<Response> =>
  (await by(COORDINATOR)).post(`${path}/attendances`, {
    practitionerId: (await practitioner(owner, 'housing-officer')).id,
    status,
    ...(status === 'present' ? { confidentialityAccepted: true } : {}),
  });
const minutes = async ({ path, listingId }: Planned): Promise<Response> =>
  (await by(COORDINATOR)).post(`${path}/minutes`, { listingId, text: 'The panel heard from housing.' });
const crime = async ({ path, listingId }: Planned): Promise<Response> =>
  (await by(COORDINATOR)).post(`${path}/crimes`, {
    listingId,
    summary: 'A window was broken.',
    victimWishesReport: 'no',
  });
const action = async ({ path, listingId }: Planned): Promise<Response> =>
  (await by(COORDINATOR)).post(`${path}/listings/${listingId}/actions`, {
    ownerAgencyId: (await practitioner(owner, 'housing-officer')).agencyId,
    description: 'Visit the flat about the smoke alarm',
    measure: 'Visited once',
    dueOn: inDays(28).slice(0, 10),
  });
const close = async ({ path }: Planned): Promise<Response> =>
  (await by(CHAIR)).post(`${path}/closure`).set('if-match', '*');

const RECORDS: [string, (meeting: Planned) => Promise<Response>][] = [
  ['a decision', decide],
  ['a presence', (meeting) => attends(meeting, 'present')],
  ['minutes', minutes],
  ['a disclosed crime', crime],
  ['an action', action],
];

test.each(RECORDS)('nobody records %s of a meeting that was not opened, before its day', async (_, record) => {
  const meeting = await planned();
  const early = await record(meeting);
  expect(outcome(early)).toEqual([409, 'meeting-not-begun']);
  expect(early.body.detail).toContain('POST /v1/meetings/{id}/opening');
  await openMeeting(server, meeting.path, COORDINATOR);
  expect((await record(meeting)).status).toBe(201);
});

test.each(RECORDS)('the coordinator records %s on the day, without an opening', async (_, record) => {
  const meeting = await planned();
  await onTheDay(meeting.id, 1);
  expect(outcome(await record(meeting))).toEqual([409, 'meeting-not-begun']);
  await onTheDay(meeting.id);
  expect((await record(meeting)).status).toBe(201);
});

test('an early decision leaves the item undecided, so that the meeting decides it on its day', async () => {
  const meeting = await planned();
  expect(outcome(await decide(meeting))).toEqual([409, 'meeting-not-begun']);
  const item = await (await by(COORDINATOR)).get(`${meeting.path}/listings/${meeting.listingId}`).expect(200);
  expect(item.body.outcome).toBeNull();
  await onTheDay(meeting.id);
  expect((await decide(meeting)).status).toBe(201);
});

test('apologies are recorded in advance', async () => {
  expect((await attends(await planned(), 'apologies')).status).toBe(201);
});

test('the papers of a meeting that is still to come do not stand for its opening', async () => {
  const meeting = await planned();
  await checked(server, meeting.path, COORDINATOR, CHAIR);
  await (await by(COORDINATOR)).post(`${meeting.path}/agenda/circulation`).set('if-match', '*').expect(200);
  expect(outcome(await decide(meeting))).toEqual([409, 'meeting-not-begun']);
});

test('the chair closes a planned meeting on its day, not before', async () => {
  const meeting = await planned();
  expect(outcome(await close(meeting))).toEqual([409, 'meeting-not-begun']);
  await onTheDay(meeting.id);
  expect(outcome(await close(meeting))).toEqual([422, 'undecided']);
  expect((await decide(meeting)).status).toBe(201);
  expect((await close(meeting)).body).toMatchObject({ status: 'held' });
});

test('an emergency meeting decides once it is opened, whatever its day', async () => {
  const meeting = await planned('emergency');
  expect(outcome(await decide(meeting))).toEqual([409, 'meeting-not-begun']);
  const reason = { reason: 'The court sits on Monday.' };
  await (await by(CHAIR)).post(`${meeting.path}/justification`, reason).set('if-match', '*').expect(200);
  await openMeeting(server, meeting.path, COORDINATOR);
  expect((await decide(meeting)).status).toBe(201);
});

test('a member who may not record somebody else gets that answer first', async () => {
  const { path } = await planned();
  const { id: practitionerId } = await practitioner(owner, 'fire-officer');
  const there = { practitionerId, status: 'present', confidentialityAccepted: true };
  const answer = await (await by('housing-officer')).post(`${path}/attendances`, there);
  expect(outcome(answer)).toEqual([403, 'own-attendance-only']);
});

test('who may not know of the item gets the same answer before and after the opening', async () => {
  const meeting = await planned();
  const unknown = { ...meeting, listingId: crypto.randomUUID() };
  expect([(await decide(unknown)).status, (await minutes(unknown)).status]).toEqual([404, 404]);
});
