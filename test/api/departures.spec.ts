/**
 * Making somebody inactive ends what others gave to that person alone, and making the person active again brings nothing of it back.
 * System roles that the operator gives stay. Rows 1, 3 and 5 of docs/who-may-widen.md.
 *
 * Seen to fail: seats that run on, and open the cases again with the person; seats of before that come back, where the person was made
 * inactive earlier; invitations by name, access to cases, releases and emergency accesses that do; a seat given at the moment at which
 * the person is made inactive; roles of the operator taken away by an administrator; somebody who heard an item until the account was
 * closed, and is no recipient of what was said.
 */
import type pg from 'pg';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const SERGEANT = 'police-sergeant';
const ADMINISTRATOR = 'police-inspector';

let server: TestServer;
let owner: pg.Client;
let me: { id: string; agencyId: string };
let path: string;
let jag: string;
let panelId: string;
const by = (who: string): Promise<Caller> => as(server, who);

const changed = async (change: object): Promise<{ status: number; body: Record<string, unknown> }> =>
  (await by(ADMINISTRATOR)).patch(path, change, '*');

async function left(): Promise<void> {
  expect((await changed({ active: false })).status).toBe(200);
  const { rows } = await owner.query<{ seats: number; open: number }>(
    `SELECT (SELECT count(*)::int FROM memberships WHERE practitioner_id = $1 AND ended_at IS NULL
         AND coalesce(valid_to, 'infinity') >= now()::date) AS seats,
       (SELECT count(*)::int FROM emergency_accesses WHERE practitioner_id = $1 AND ended_at IS NULL AND expires_at > now()) AS open`,
    [me.id],
  );
  expect(rows).toEqual([{ seats: 0, open: 0 }]);
  expect((await changed({ active: true })).status).toBe(200);
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  me = await practitioner(owner, SERGEANT);
  path = `/v1/agencies/${me.agencyId}/people/${me.id}`;
  const administrator = (await practitioner(owner, ADMINISTRATOR)).id;
  await owner.query(`UPDATE practitioners SET roles = '{agency_administrator}' WHERE id = $1`, [administrator]);
  await owner.query('DELETE FROM exclusions');
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
  panelId = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
}, 60_000);

test('access, invitations, releases and emergency accesses of one person end with the departure', async () => {
  const [granted, opened] = await casesOf(owner, 'ask-cmarac');
  const marac = (await casesOf(owner, 'ask-marac'))[0]!.id;
  const sergeant = await by(SERGEANT);
  const need = { reason: 'Lives next door to a complainant.', purpose: 'PANEL_MEETING' };
  const asked = await sergeant.post('/v1/access-requests', { caseId: granted!.id, ...need }).expect(201);
  const request = `/v1/access-requests/${String(asked.body.id)}`;
  const chair = await by('cmarac-chair');
  await chair
    .post(`${request}/approval`, { expiresAt: inDays(20) })
    .set('if-match', '*')
    .expect(200);
  const note = {
    category: 'asb_incident',
    kind: 'fact',
    summary: 'Noise.',
    text: 'Noise at night.',
    originatorControl: true,
  };
  const contribution = await (await by('idva')).post(`/v1/cases/${marac}/contributions`, note).expect(201);
  const release = await sergeant
    .post(`/v1/contributions/${String(contribution.body.id)}/release-requests`, {
      reason: need.reason,
      releasedTo: 'person',
    })
    .expect(201);
  const approval = `/v1/release-requests/${String(release.body.id)}/approval`;
  await (
    await by('idva')
  )
    .post(approval, { expiresAt: inDays(20) })
    .set('if-match', '*')
    .expect(200);
  await owner.query(
    `INSERT INTO invitations (id, version, partnership_id, meeting_id, listing_id, case_id, panel_id, agency_id, practitioner_id, opens_at, closes_at)
     SELECT gen_random_uuid(), 1, partnership_id, meeting_id, id, case_id, panel_id, $1, $2, now() - interval '1 hour', now() + interval '2 days'
     FROM listings WHERE removed_at IS NULL LIMIT 1`,
    [me.agencyId, me.id],
  );
  const emergency = { reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed now.' };
  await sergeant.post('/v1/emergency-accesses', { caseId: opened!.id, ...emergency }).expect(201);
  for (const { id } of [granted!, opened!]) await sergeant.get(`/v1/cases/${id}`).expect(200);
  await left();
  for (const id of [granted!.id, opened!.id]) await sergeant.get(`/v1/cases/${id}`).expect(404);
  const { rows } = await owner.query<Record<string, unknown>>(
    `SELECT (SELECT bool_and(revoked_at IS NOT NULL) FROM access_grants WHERE practitioner_id = $1) AS granted,
       (SELECT bool_and(withdrawn_at IS NOT NULL) FROM invitations WHERE practitioner_id = $1) AS invited,
       (SELECT bool_and(ended_at IS NOT NULL) FROM emergency_accesses WHERE practitioner_id = $1) AS opened,
       (SELECT status FROM release_requests WHERE practitioner_id = $1 AND contribution_id = $2) AS released`,
    [me.id, contribution.body.id],
  );
  expect(rows).toEqual([{ granted: true, invited: true, opened: true, released: 'revoked' }]);
  const shown = (await chair.get(request).expect(200)).body;
  expect(shown).toMatchObject({
    status: 'revoked',
    decision: 'revocation',
    decisionReason: 'The person left the agency.',
  });
});

describe('a seat', () => {
  beforeEach(async () => {
    await owner.query(
      `UPDATE memberships SET valid_to = NULL, ended_at = NULL, end_reason = NULL WHERE practitioner_id = $1 AND panel_id = $2`,
      [me.id, panelId],
    );
    await (await by(SERGEANT)).get(`/v1/cases/${jag}`).expect(200);
  });

  test('ends with its holder, and does not come back', async () => {
    const sergeant = await by(SERGEANT);
    await left();
    expect((await sergeant.get('/v1/me').expect(200)).body.memberships).toEqual([]);
    await sergeant.get(`/v1/cases/${jag}`).expect(404);
    const chair = await by('jag-chair');
    const { body } = await chair.get(`/v1/panels/${panelId}/memberships?limit=100`).expect(200);
    const seat = body.data.find((one: { practitionerId: string }) => one.practitionerId === me.id);
    expect(seat).toMatchObject({ endedAt: expect.any(String), endReason: 'The person left the agency.' });
    const { rows } = await owner.query(
      `SELECT type FROM events WHERE subject_id = $1 AND type IN ('membership.ended', 'membership.cancelled')`,
      [seat.id],
    );
    expect(rows).toContainEqual({ type: 'membership.ended' });
    const again = { practitionerId: me.id, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
    await chair.post(`/v1/panels/${panelId}/memberships`, again).expect(201);
    await sergeant.get(`/v1/cases/${jag}`).expect(200);
    await owner.query(`DELETE FROM memberships WHERE practitioner_id = $1 AND panel_id = $2 AND id <> $3`, [
      me.id,
      panelId,
      seat.id,
    ]);
  });

  test('of somebody who was made inactive before does not come back', async () => {
    await owner.query('UPDATE practitioners SET active = false WHERE id = $1', [me.id]);
    expect((await changed({ active: true })).status).toBe(200);
    await (await by(SERGEANT)).get(`/v1/cases/${jag}`).expect(404);
  });

  test('of the last chair ends with its holder', async () => {
    await owner.query(`UPDATE memberships SET role = 'member' WHERE panel_id = $1 AND role IN ('chair', 'co_chair')`, [
      panelId,
    ]);
    await owner.query(`UPDATE memberships SET role = 'chair' WHERE panel_id = $1 AND practitioner_id = $2`, [
      panelId,
      me.id,
    ]);
    await left();
    await (await by(SERGEANT)).get(`/v1/cases/${jag}`).expect(404);
    await owner.query(`UPDATE memberships SET role = 'chair' WHERE panel_id = $1 AND practitioner_id = $2`, [
      panelId,
      (await practitioner(owner, 'jag-chair')).id,
    ]);
    await owner.query(`UPDATE memberships SET role = 'member' WHERE panel_id = $1 AND practitioner_id = $2`, [
      panelId,
      me.id,
    ]);
  });

  test('cannot be given at the moment at which somebody is made inactive', async () => {
    await left();
    const chair = await by('jag-chair');
    const seat = { practitionerId: me.id, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
    const other = await asOwner(server);
    await other.query('BEGIN');
    await other.query('UPDATE practitioners SET active = false WHERE id = $1', [me.id]);
    const given = chair.post(`/v1/panels/${panelId}/memberships`, seat).then(({ status, body }) => [status, body.code]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await other.query('COMMIT');
    await other.end();
    expect(await given).toEqual([422, 'unknown-practitioner']);
    await owner.query('UPDATE practitioners SET active = true WHERE id = $1', [me.id]);
  });
});

describe('a hearer', () => {
  const command = async (who: string, at: string, noun: string): Promise<void> => {
    const caller = await by(who);
    const answer = await caller.post(`${at}/${noun}`, {}).set('if-match', '*');
    expect([noun, answer.status, answer.text]).toEqual([noun, 200, expect.any(String)]);
  };

  const seatEnded = async (): Promise<void> => {
    const chair = await by('jag-chair');
    const { body } = await chair.get(`/v1/panels/${panelId}/memberships?limit=100`).expect(200);
    const seat = body.data.find(
      (one: { practitionerId: string; endedAt: unknown }) => one.practitionerId === me.id && !one.endedAt,
    );
    const ending = chair.post(`/v1/panels/${panelId}/memberships/${String(seat.id)}/ending`, { reason: 'Moved.' });
    await ending.set('if-match', '*').expect(200);
  };

  test.each([
    ['made inactive', 1, left],
    ['losing the seat', 2, seatEnded],
  ])('gets recorded as a recipient when %s while an item is heard', async (_, nth, end) => {
    await owner.query(
      `UPDATE memberships SET valid_to = NULL, ended_at = NULL, end_reason = NULL WHERE practitioner_id = $1 AND panel_id = $2`,
      [me.id, panelId],
    );
    const coordinator = await by('jag-coordinator');
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const meeting = await coordinator.post('/v1/meetings', { panelId, scheduledAt, venueOrMode: 'Room 2' }).expect(201);
    const at = `/v1/meetings/${String(meeting.body.id)}`;
    const caseId = (await casesOf(owner, 'ask-jag'))[nth]!.id;
    const listed = { caseId, kind: 'review', timeboxMinutes: 10 };
    const { id } = (await coordinator.post(`${at}/listings`, listed).expect(201)).body;
    const item = `${at}/listings/${String(id)}`;
    await command('jag-coordinator', at, 'opening');
    const present = { practitionerId: me.id, status: 'present', confidentialityAccepted: true };
    await (await by(SERGEANT)).post(`${at}/attendances`, present).expect(201);
    // who may hear the item when it begins is recorded then; the recusal ends while it is heard
    const aside = { listingId: id, practitionerId: me.id, reason: 'Lives next door.' };
    const recusal = await (await by('jag-chair')).post(`${at}/recusals`, aside).expect(201);
    await command('jag-coordinator', item, 'start');
    const ending = (await by('jag-chair')).post(`${at}/recusals/${String(recusal.body.id)}/ending`, {
      kind: 'entered_in_error',
      reason: 'Moved.',
    });
    await ending.set('if-match', '*').expect(200);
    await end();
    await command('jag-coordinator', item, 'end');
    const { body } = await (await by('jag-chair')).get(`${item}/presences`).expect(200);
    expect(body.data.map((one: { practitionerId: string }) => one.practitionerId)).toContain(me.id);
  });
});

describe('an administrator', () => {
  test('gets a conflict to repeat, and nothing ends, when the departure is caught in a deadlock', async () => {
    await owner.query(
      `UPDATE memberships SET valid_to = NULL, ended_at = NULL, end_reason = NULL WHERE practitioner_id = $1 AND panel_id = $2`,
      [me.id, panelId],
    );
    const running = `SELECT p.active, (SELECT count(*)::int FROM memberships m WHERE m.practitioner_id = p.id AND m.ended_at IS NULL) AS seats
      FROM practitioners p WHERE p.id = $1`;
    const before = (await owner.query(running, [me.id])).rows;
    const other = await asOwner(server);
    await other.query('BEGIN');
    await other.query('SELECT FROM memberships WHERE practitioner_id = $1 FOR UPDATE', [me.id]);
    const answer = changed({ active: false });
    await new Promise((resolve) => setTimeout(resolve, 400));
    // whoever waits first finds the deadlock first
    await other.query('SELECT FROM practitioners WHERE id = $1 FOR UPDATE', [me.id]);
    const { status, body } = await answer;
    await other.query('ROLLBACK');
    await other.end();
    expect([status, body['code']]).toEqual([409, 'busy']);
    expect((await owner.query(running, [me.id])).rows).toEqual(before);
    await left();
  });

  test('cannot take away a role that the operator gives', async () => {
    for (const roles of [[], ['safeguarding_lead']]) {
      const { status, body } = await changed({ roles });
      expect([status, body['code'], String(body['detail']).includes('emergency_access')]).toEqual([
        403,
        'role-not-yours',
        true,
      ]);
    }
    const both = await changed({ roles: ['emergency_access', 'safeguarding_lead'] });
    expect([both.status, both.body['roles']]).toEqual([200, ['emergency_access', 'safeguarding_lead']]);
    expect((await changed({ roles: ['emergency_access'] })).status).toBe(200);
  });
});
