/**
 * What an agency keeps to itself, or under its control or conditions, is read by its author, by the agency's safeguarding leads and by those
 * with a seat on the panel. A colleague who was let into the case by an invitation, a grant or an emergency reads what the agency
 * shares. Sources: design, section 1, principle 4; docs/who-may-widen.md, rows 6 to 8.
 *
 * Seen to fail: any reader of the case of the same agency; any colleague who contributes to the case and changes or recalls it; points
 * of minutes that repeat what is withheld from a colleague.
 */
import type pg from 'pg';
import { asOwner, casesOf, inDays, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const COLLEAGUE = 'agency-administrator';

let server: TestServer;
let owner: pg.Client;
let caseId: string;
const ids: Record<string, string> = {};
const by = (who: string): Promise<Caller> => as(server, who);
const status = async (who: string, name: string): Promise<number> =>
  (await (await by(who)).get(`/v1/contributions/${ids[name]!}`)).status;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  await owner.query('DELETE FROM exclusions');
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const officer = await by('housing-officer');
  const told = {
    category: 'voice_of_subject',
    kind: 'self_report',
    text: 'The whole of it.',
    summary: 'A part of it.',
  };
  for (const [name, more] of Object.entries({
    open: {},
    private: { agencyOnly: true },
    controlled: { originatorControl: true },
    bound: { handling: 'C', conditions: 'Tell nobody.' },
  }))
    ids[name] = (await officer.post(`/v1/cases/${caseId}/contributions`, { ...told, ...more }).expect(201)).body.id;
}, 60_000);

test('a colleague who is granted access reads what the agency shares, and nothing that it keeps to itself', async () => {
  for (const name of Object.keys(ids)) expect([name, await status(COLLEAGUE, name)]).toEqual([name, 404]);
  const { id } = await practitioner(owner, COLLEAGUE);
  await owner.query(
    `INSERT INTO access_grants (id, version, partnership_id, practitioner_id, case_id, granted_at, expires_at)
     SELECT gen_random_uuid(), 1, partnership_id, $2, id, now() - interval '1 hour', now() + interval '5 days' FROM cases WHERE id = $1`,
    [caseId, id],
  );
  expect((await (await by(COLLEAGUE)).get(`/v1/cases/${caseId}`)).status).toBe(200);
  expect(await status(COLLEAGUE, 'open')).toBe(200);
  for (const name of ['private', 'controlled', 'bound'])
    expect([name, await status(COLLEAGUE, name)]).toEqual([name, 404]);
  await owner.query('DELETE FROM access_grants WHERE case_id = $1', [caseId]);
});

test('a colleague who is invited cannot publish or recall what the agency keeps to itself', async () => {
  const { rows } = await owner.query<{ meeting: string; item: string }>(
    `SELECT l.meeting_id AS meeting, l.id AS item FROM listings l JOIN meetings m ON m.id = l.meeting_id AND m.status = 'scheduled'
     JOIN panels p ON p.id = m.panel_id AND p.code = 'ask-jag' WHERE l.case_id = $1 AND l.removed_at IS NULL`,
    [caseId],
  );
  const meeting = (
    await owner.query<{ id: string }>(
      `SELECT m.id FROM meetings m JOIN panels p ON p.id = m.panel_id AND p.code = 'ask-jag' WHERE m.status = 'scheduled'
         AND m.scheduled_at > now() ORDER BY m.scheduled_at LIMIT 1`,
    )
  ).rows[0]!.id;
  const found = rows.find((one) => one.meeting === meeting);
  const chair = await by('jag-chair');
  const agencyId = (await practitioner(owner, 'housing-officer')).agencyId;
  const item =
    found?.item ??
    (
      await chair.post(`/v1/meetings/${meeting}/listings`, {
        caseId,
        kind: 'new',
        presentedByAgencyId: agencyId,
        timeboxMinutes: 10,
      })
    ).body.id;
  const { id: practitionerId } = await practitioner(owner, COLLEAGUE);
  const closesAt = inDays(2);
  await chair
    .post(`/v1/meetings/${meeting}/listings/${String(item)}/invitations`, { agencyId, practitionerId, closesAt })
    .expect(201);
  const colleague = await by(COLLEAGUE);
  expect(await status(COLLEAGUE, 'open')).toBe(200);
  const path = `/v1/contributions/${ids['private']!}`;
  expect((await colleague.get(path)).status).toBe(404);
  expect((await colleague.patch(path, { agencyOnly: false }, '*')).status).toBe(404);
  expect((await colleague.post(`${path}/recall`, { reason: 'Not to be known.' }).set('if-match', '*')).status).toBe(
    404,
  );
  const open = `/v1/contributions/${ids['open']!}/recall`;
  expect((await colleague.post(open, { reason: 'Not to be known.' }).set('if-match', '*')).status).toBe(403);
  await owner.query('DELETE FROM invitations WHERE case_id = $1', [caseId]);
});

test('a colleague who is granted access reads of approved minutes only the points that repeat what the colleague may read', async () => {
  const coordinator = await by('jag-coordinator');
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const place = { panelId: rows[0]!.id, scheduledAt: inDays(1), venueOrMode: 'Room 2' };
  const meeting = `/v1/meetings/${(await coordinator.post('/v1/meetings', place).expect(201)).body.id as string}`;
  const listed = await coordinator.post(`${meeting}/listings`, { caseId, kind: 'review' }).expect(201);
  const points = Object.entries(ids).map(([name, contributionId]) => ({ text: `Point of ${name}.`, contributionId }));
  const officer = await by('housing-officer');
  const visible = points.filter(({ text }) => !text.includes('private'));
  const body = { listingId: listed.body.id as string, text: 'The item was heard.', points: visible };
  await openMeeting(server, meeting, 'jag-coordinator');
  const made = (await coordinator.post(`${meeting}/minutes`, body).expect(201)).body.id as string;
  const path = `${meeting}/minutes/${made}`;
  await (await by('jag-chair')).post(`${path}/approval`).set('if-match', '*').expect(200);
  const { id } = await practitioner(owner, COLLEAGUE);
  await owner.query(
    `INSERT INTO access_grants (id, version, partnership_id, practitioner_id, case_id, granted_at, expires_at)
     SELECT gen_random_uuid(), 1, partnership_id, $2, id, now() - interval '1 hour', now() + interval '5 days' FROM cases WHERE id = $1`,
    [caseId, id],
  );
  const read = async (who: string): Promise<string[]> => {
    const { body: page } = await (await by(who)).get(`${path}/points?limit=100`).expect(200);
    return (page.data as { text?: string }[]).map(({ text }) => text ?? '').sort();
  };
  expect(await read(COLLEAGUE)).toEqual(['Point of open.']);
  expect((await officer.get(`${path}/points?limit=100`).expect(200)).body.data).toHaveLength(visible.length);
  await owner.query('DELETE FROM access_grants WHERE case_id = $1', [caseId]);
});
