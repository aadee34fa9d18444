/**
 * Nobody acts for themselves, by whichever of their registrations: every one of the same agency under a name that they have or had.
 *
 * Seen to fail: roles for a registration under the own name, when it is made, changed, renamed or made active again; a seat, an
 * invitation, longer or withdrawn, access to a case, a release, the review of an emergency access and the approval of a check,
 * compared with one registration; the confirmation of a presence. The same of a waiver in
 * `bids.spec.ts`, and of the verification of an action in `captured-actions.spec.ts`.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner, registeredAgain } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const NOBODY_ELSE = 'not-for-yourself';

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let caseId: string;
const by = (who: string): Promise<Caller> => as(server, who);
const code = ({ status, body }: Response): unknown[] => [status, (body as { code?: string }).code];

const again = (who: string): Promise<string> => registeredAgain(owner, who);

const command = async (who: string, path: string, body?: object): Promise<Response> =>
  (await by(who)).post(path, body).set('if-match', '*');

async function made(who: string, path: string, body?: object): Promise<string> {
  const answer = await (await by(who)).post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, expect.any(String)]);
  return answer.body.id;
}

/** The record is the second registration's, or the person's, while it is asked. */
const belongsTo = (table: string, id: string, whom: string, column = 'practitioner_id') =>
  owner.query(`UPDATE ${table} SET ${column} = $2 WHERE id = $1`, [id, whom]);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  panelId = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  await owner.query('DELETE FROM exclusions');
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
}, 60_000);

describe('an administrator', () => {
  const ADMINISTRATOR = 'agency-administrator';
  const roles = ['safeguarding_lead'];
  let people: string;
  let me: { id: string; name: string; issuer: string };
  let number = 0;

  beforeAll(async () => {
    const { rows } = await owner.query<typeof me & { agencyId: string }>(
      'SELECT id, name, issuer, agency_id AS "agencyId" FROM practitioners WHERE subject = $1',
      [ADMINISTRATOR],
    );
    me = rows[0]!;
    people = `/v1/agencies/${rows[0]!.agencyId}/people`;
  });

  const registered = async (name: string, given: string[]): Promise<Response> => {
    const login = { issuer: me.issuer, subject: `second-${String(++number)}` };
    return (await by(ADMINISTRATOR)).post(people, { name, jobTitle: 'Officer', roles: given, ...login });
  };
  const changed = async (id: string, change: object): Promise<unknown[]> =>
    code(await (await by(ADMINISTRATOR)).patch(`${people}/${id}`, change, '*'));

  test('cannot register somebody with a role under a name that the administrator has or had', async () => {
    expect(code(await registered(`Ms ${me.name}`, roles))).toEqual([403, NOBODY_ELSE]);
    expect(await changed(me.id, { name: 'Wilhelmina Oxley' })).toEqual([200, undefined]);
    for (const name of [me.name, 'wilhelmina oxley'])
      expect(code(await registered(name, roles))).toEqual([403, NOBODY_ELSE]);
    expect(await changed(me.id, { name: me.name })).toEqual([200, undefined]);
  });

  test('can register a namesake without a role, and anybody else with one', async () => {
    expect(code(await registered(me.name, []))).toEqual([201, undefined]);
    expect(code(await registered('Corin Tolbrook', roles))).toEqual([201, undefined]);
  });

  test('cannot give a role to a registration that has, or is given, the name of the administrator', async () => {
    const namesake = await again(ADMINISTRATOR);
    const other = (await registered('Corin Tolbrook', [])).body.id as string;
    expect(await changed(namesake, { roles })).toEqual([403, NOBODY_ELSE]);
    expect(await changed(other, { roles, name: me.name })).toEqual([403, NOBODY_ELSE]);
    expect(await changed(other, { roles })).toEqual([200, undefined]);
  });

  test('cannot make a registration of the own name active again when it has a role', async () => {
    const namesake = await again(ADMINISTRATOR);
    await owner.query(`UPDATE practitioners SET active = false, roles = '{safeguarding_lead}' WHERE id = $1`, [
      namesake,
    ]);
    expect(await changed(namesake, { active: true })).toEqual([403, NOBODY_ELSE]);
    expect(await changed(namesake, { active: true, roles: [] })).toEqual([200, undefined]);
  });
});

test('a chair cannot appoint a second registration of the chair', async () => {
  const seat = {
    practitionerId: await again('jag-chair'),
    tier: 'core',
    role: 'member',
    validFrom: inDays(0).slice(0, 10),
  };
  expect(code(await command('jag-chair', `/v1/panels/${panelId}/memberships`, seat))).toEqual([403, 'own-appointment']);
});

test('a coordinator cannot invite a second registration of the coordinator, nor change or withdraw its invitation', async () => {
  const convened = { panelId, scheduledAt: inDays(20), venueOrMode: 'Room 1' };
  const meeting = await made('jag-coordinator', '/v1/meetings', convened);
  const listing = await made('jag-coordinator', `/v1/meetings/${meeting}/listings`, { caseId, kind: 'review' });
  const path = `/v1/meetings/${meeting}/listings/${listing}/invitations`;
  const { agencyId } = await practitioner(owner, 'jag-coordinator');
  const practitionerId = await again('jag-coordinator');
  const invitation = { agencyId, practitionerId, closesAt: inDays(21) };
  expect(code(await command('jag-coordinator', path, invitation))).toEqual([403, 'own-invitation']);
  const id = await made('jag-chair', path, invitation);
  const coordinator = await by('jag-coordinator');
  const longer = { closesAt: inDays(22), reason: 'It takes longer.' };
  expect((await coordinator.patch(`${path}/${id}`, longer, '*')).status).toBe(403);
  expect((await command('jag-coordinator', `${path}/${id}/withdrawal`, { reason: 'Over.' })).status).toBe(403);
  expect((await (await by('jag-chair')).patch(`${path}/${id}`, longer, '*')).status).toBe(200);
});

test('a chair cannot approve a request for access of a second registration of the chair', async () => {
  const { rows } = await owner.query<{ reference: string }>('SELECT reference FROM cases WHERE id = $1', [caseId]);
  const need = { reason: 'We support a neighbour in this matter.', purpose: 'VICTIM_SUPPORT' };
  const id = await made('idva', '/v1/access-requests', { ...need, caseReference: rows[0]!.reference });
  const approve = async (): Promise<number> =>
    (await command('jag-coordinator', `/v1/access-requests/${id}/approval`, { expiresAt: inDays(2) })).status;
  await belongsTo('access_requests', id, await again('jag-coordinator'));
  expect(await approve()).toBe(404);
  await belongsTo('access_requests', id, (await practitioner(owner, 'idva')).id);
  expect(await approve()).toBe(200);
});

test('a data protection officer cannot review an emergency access of a second registration of the officer', async () => {
  const need = { reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed now.' };
  const about = (await casesOf(owner, 'ask-cmarac'))[0]!.id;
  const id = await made('police-sergeant', '/v1/emergency-accesses', { ...need, caseId: about });
  await command('police-sergeant', `/v1/emergency-accesses/${id}/ending`);
  const review = async (): Promise<number> =>
    (await command('dpo', `/v1/emergency-accesses/${id}/review`, { outcome: 'justified', note: 'Right.' })).status;
  await belongsTo('emergency_accesses', id, await again('dpo'));
  expect(await review()).toBe(403);
  await belongsTo('emergency_accesses', id, (await practitioner(owner, 'police-sergeant')).id);
  expect(await review()).toBe(200);
});

test('a chair cannot approve the check that a second registration of the chair made', async () => {
  const meeting = await made('jag-chair', '/v1/meetings', { panelId, scheduledAt: inDays(20), venueOrMode: 'Room 1' });
  await made('jag-chair', `/v1/meetings/${meeting}/listings`, { caseId, kind: 'review' });
  const id = await made('jag-chair', `/v1/meetings/${meeting}/circulation-checks`);
  await owner.query('UPDATE circulation_checks SET needs_second_approval = true WHERE id = $1', [id]);
  const approve = async (): Promise<number> =>
    (await command('jag-chair', `/v1/meetings/${meeting}/circulation-checks/${id}/approval`)).status;
  await belongsTo('circulation_checks', id, await again('jag-chair'), 'made_by_id');
  expect(await approve()).toBe(403);
  await belongsTo('circulation_checks', id, (await practitioner(owner, 'jag-coordinator')).id, 'made_by_id');
  expect(await approve()).toBe(200);
});

test('a member cannot approve a release that a registration of the member asked for', async () => {
  const body = {
    ...{ category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' },
    originatorControl: true,
  };
  const marac = (await casesOf(owner, 'ask-marac'))[0]!.id;
  const contribution = await made('police-sergeant', `/v1/cases/${marac}/contributions`, body);
  const need = { reason: 'Needed for the plan.' };
  const id = await made('idva', `/v1/contributions/${contribution}/release-requests`, need);
  const approve = async (): Promise<number> =>
    (await command('police-sergeant', `/v1/release-requests/${id}/approval`, { expiresAt: inDays(2) })).status;
  await belongsTo('release_requests', id, await again('police-sergeant'));
  expect(await approve()).toBe(403);
  await belongsTo('release_requests', id, (await practitioner(owner, 'idva')).id);
  expect(await approve()).toBe(200);
});

test('a coordinator cannot confirm the presence of a second registration of the coordinator', async () => {
  const practitionerId = await again('jag-coordinator');
  const seat = { practitionerId, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
  await made('jag-chair', `/v1/panels/${panelId}/memberships`, seat);
  const convened = { panelId, scheduledAt: inDays(0.05), venueOrMode: 'Room 2' };
  const path = `/v1/meetings/${await made('jag-coordinator', '/v1/meetings', convened)}`;
  expect((await command('jag-coordinator', `${path}/opening`)).status).toBe(200);
  const present = { practitionerId, status: 'present', confidentialityAccepted: true };
  const confirmed = async (who: string): Promise<unknown> => {
    const { rows } = await owner.query<{ at: Date | null }>(
      'SELECT confirmed_at AS at FROM attendances WHERE id = $1',
      [await made(who, `${path}/attendances`, present)],
    );
    return rows[0]!.at;
  };
  expect(await confirmed('jag-coordinator')).toBeNull();
  expect(await confirmed('jag-chair')).toBeInstanceOf(Date);
});
