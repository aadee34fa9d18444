/**
 * An agency gives rights over records to at most five new registrations within 30 days, whichever right, so that it cannot find out
 * by many names which of them a panel excludes.
 *
 * Seen to fail: names tried without limit by the assignment of an action; each other right left out of the limit; a renamed
 * registration that counts as an old one; a limit for people who were registered before, or who had a right before.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, likeness, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const OFFICER = 'housing-officer';
const LIMIT = '409 entrusted-often';

let server: TestServer;
let owner: pg.Client;
let agencyId: string;
let panelId: string;
let caseId: string;
let planId: string;
let count = 0;

const by = (who: string): Promise<Caller> => as(server, who);

const outcome = ({ status, body }: Response): string =>
  status < 300 ? String(status) : `${String(status)} ${String(body.code)}`;

/** Registers a person of the agency under a new name, or the given one, without a role. */
async function registers(name?: string, roles: string[] = []): Promise<Response> {
  const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE subject = $1', [
    OFFICER,
  ]);
  const letters = String((count += 1)).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
  const person = { name: name ?? `Wilmot Garrick${letters}`, jobTitle: 'Officer', roles };
  return (await by('agency-administrator')).post(`/v1/agencies/${agencyId}/people`, {
    ...person,
    ...{ issuer: rows[0]!.issuer, subject: `new-${String(count)}` },
  });
}

const registered = async (name?: string): Promise<string> => {
  const answer = await registers(name);
  expect(outcome(answer)).toBe('201');
  return answer.body.id as string;
};

async function proposed(who = 'jag-coordinator', more: object = {}): Promise<Response> {
  const action = { ownerAgencyId: agencyId, description: 'Fit a lock to the door of the bin store.' };
  return (await by(who)).post(`/v1/plans/${planId}/actions`, { ...action, dueOn: inDays(9).slice(0, 10), ...more });
}

const actionOf = async (): Promise<string> => `/v1/actions/${(await proposed()).body.id as string}`;

const assigns = async (action: string, ownerPractitionerId: string): Promise<Response> =>
  (await by(OFFICER)).post(`${action}/assignment`, { ownerPractitionerId }).set('if-match', '*');

async function change(id: string, changes: object): Promise<string> {
  const administrator = await by('agency-administrator');
  return outcome(await administrator.patch(`/v1/agencies/${agencyId}/people/${id}`, changes, '*'));
}

/** Entrusts new registrations until no other may be entrusted. */
async function entrustTheMost(): Promise<string[]> {
  const [action, made] = [await actionOf(), [] as string[]];
  for (let left = 5; left; left -= 1) {
    const id = await registered();
    expect(outcome(await assigns(action, id))).toBe('200');
    made.push(id);
  }
  return made;
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  ({ agencyId } = await practitioner(owner, OFFICER));
  panelId = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  await owner.query('DELETE FROM exclusions');
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const plan = { modelCode: 'OSARA', title: 'Quiet nights at the bin store' };
  planId = (await (await by('jag-coordinator')).post(`/v1/cases/${caseId}/plans`, plan).expect(201)).body.id as string;
}, 60_000);

afterEach(async () => {
  await owner.query('ALTER TABLE practitioners DISABLE TRIGGER keep_entrusted');
  await owner.query('UPDATE practitioners SET entrusted_at = NULL WHERE agency_id = $1', [agencyId]);
  await owner.query('ALTER TABLE practitioners ENABLE TRIGGER keep_entrusted');
});

test('an agency gets the same refusal for the sixth new name, whether or not a panel excludes the name', async () => {
  const exclusion = { caseId, name: 'Quentin Dray', reason: 'Is a party.' };
  await (await by('jag-chair')).post('/v1/exclusions', exclusion).expect(201);
  await entrustTheMost();
  const action = await actionOf();
  const [kept, other] = [await registered('Quentin Dray'), await registered('Quentin Drew')];
  const [refused, same] = [await assigns(action, kept), await assigns(action, other)];
  expect(outcome(refused)).toBe(LIMIT);
  expect(refused.body.detail).toContain('Leave the action with the agency');
  expect(likeness(refused)).toBe(likeness(same));
});

test('an agency cannot give any other right to a sixth new registration', async () => {
  await entrustTheMost();
  const id = await registered();
  const owned = { ownerPractitionerId: id };
  const officer = await by(OFFICER);
  const give = async (action: string, noun: string): Promise<string> =>
    outcome(await officer.post(`${action}/${noun}`, owned).set('if-match', '*'));
  expect(await give(await actionOf(), 'acceptance')).toBe(LIMIT);
  expect(outcome(await proposed(OFFICER, owned))).toBe(LIMIT);
  expect(await change(id, { roles: ['safeguarding_lead'] })).toBe(LIMIT);
  expect(outcome(await registers(undefined, ['safeguarding_lead']))).toBe(LIMIT);
  // the officer coordinates the panel, and gives rights to colleagues as such
  await owner.query(`UPDATE memberships SET role = 'coordinator' WHERE panel_id = $1 AND practitioner_id = $2`, [
    panelId,
    (await practitioner(owner, OFFICER)).id,
  ]);
  const coordinator = await by(OFFICER);
  const changed = await coordinator.patch(await actionOf(), owned, '*');
  expect(outcome(changed)).toBe(LIMIT);
  const seat = { practitionerId: id, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
  expect(outcome(await coordinator.post(`/v1/panels/${panelId}/memberships`, seat))).toBe(LIMIT);
  const place = { panelId, scheduledAt: inDays(1), venueOrMode: 'Civic Offices' };
  const meeting = `/v1/meetings/${(await coordinator.post('/v1/meetings', place).expect(201)).body.id as string}`;
  const { body: item } = await coordinator.post(`${meeting}/listings`, { caseId, kind: 'review' }).expect(201);
  const path = `${meeting}/listings/${item.id as string}`;
  const invitation = { agencyId, practitionerId: id, closesAt: inDays(2) };
  expect(outcome(await coordinator.post(`${path}/invitations`, invitation))).toBe(LIMIT);
  await openMeeting(server, meeting, OFFICER);
  const captured = { ownerAgencyId: agencyId, description: 'Visit number nine.', dueOn: inDays(9).slice(0, 10) };
  expect(outcome(await coordinator.post(`${path}/actions`, { ...captured, ...owned }))).toBe(LIMIT);
  // a person of another agency gives the seat
  expect(outcome(await (await by('jag-chair')).post(`/v1/panels/${panelId}/memberships`, seat))).toBe('201');
});

test('each right that an agency gives to a new registration counts', async () => {
  const coordinator = await by(OFFICER);
  const seat = {
    practitionerId: await registered(),
    tier: 'observer',
    role: 'member',
    validFrom: inDays(0).slice(0, 10),
  };
  await coordinator.post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
  expect(await change(await registered(), { roles: ['safeguarding_lead'] })).toBe('200');
  expect(outcome(await registers(undefined, ['safeguarding_lead']))).toBe('201');
  expect(outcome(await proposed(OFFICER, { ownerPractitionerId: await registered() }))).toBe('201');
  expect(outcome(await assigns(await actionOf(), await registered()))).toBe('200');
  expect(outcome(await assigns(await actionOf(), await registered()))).toBe(LIMIT);
});

test('an agency can entrust people registered for longer, and those who had a right before, until they are renamed', async () => {
  const [lead, earlier] = [await registered(), await registered()];
  expect(await change(lead, { roles: ['safeguarding_lead'] })).toBe('200');
  expect(await change(lead, { roles: [] })).toBe('200');
  await owner.query(
    `UPDATE practitioner_names SET created_at = created_at - interval '31 days' WHERE practitioner_id = $1`,
    [earlier],
  );
  const action = await actionOf();
  for (let left = 4; left; left -= 1) expect(outcome(await assigns(action, await registered()))).toBe('200');
  expect(outcome(await assigns(action, await registered()))).toBe(LIMIT);
  expect(await change(lead, { roles: ['safeguarding_lead'] })).toBe('200');
  const renamed = await registered();
  await owner.query(
    `UPDATE practitioner_names SET created_at = created_at - interval '31 days' WHERE practitioner_id = $1`,
    [renamed],
  );
  expect(await change(renamed, { name: 'Peregrine Thrale' })).toBe('200');
  expect(outcome(await assigns(action, renamed))).toBe(LIMIT);
  expect(outcome(await assigns(action, earlier))).toBe('200');
});

test('an agency can entrust new registrations again after 30 days', async () => {
  const made = await entrustTheMost();
  const [action, next] = [await actionOf(), await registered()];
  expect(outcome(await assigns(action, next))).toBe(LIMIT);
  await owner.query('ALTER TABLE practitioners DISABLE TRIGGER keep_entrusted');
  await owner.query(`UPDATE practitioners SET entrusted_at = entrusted_at - interval '31 days' WHERE id = ANY ($1)`, [
    made,
  ]);
  await owner.query('ALTER TABLE practitioners ENABLE TRIGGER keep_entrusted');
  expect(outcome(await assigns(action, next))).toBe('200');
});

test('the database keeps the time at which a registration was first entrusted', async () => {
  const id = await registered();
  const kept = async (): Promise<string | null> =>
    (await owner.query<{ at: string | null }>('SELECT entrusted_at::text AS at FROM practitioners WHERE id = $1', [id]))
      .rows[0]!.at;
  expect(await kept()).toBeNull();
  const action = await actionOf();
  await assigns(action, id);
  const at = await kept();
  expect(at).not.toBeNull();
  await owner.query('UPDATE practitioners SET entrusted_at = NULL WHERE id = $1', [id]);
  await assigns(await actionOf(), id);
  expect(await kept()).toBe(at);
});

test('a colleague who coordinates the panel cannot approve access for a sixth new registration', async () => {
  const { id: officer } = await practitioner(owner, OFFICER);
  await owner.query(`UPDATE memberships SET role = 'coordinator' WHERE practitioner_id = $1 AND panel_id = $2`, [
    officer,
    panelId,
  ]);
  const { rows } = await owner.query<{ reference: string }>('SELECT reference FROM cases WHERE id = $1', [caseId]);
  const approved = async (): Promise<string> => {
    const id = await registered();
    const { rows: logins } = await owner.query<{ subject: string }>('SELECT subject FROM practitioners WHERE id = $1', [
      id,
    ]);
    const need = { reason: 'We support a neighbour in this matter.', purpose: 'VICTIM_SUPPORT' };
    const asker = await by(logins[0]!.subject);
    const request = await asker.post('/v1/access-requests', { ...need, caseReference: rows[0]!.reference }).expect(201);
    const path = `/v1/access-requests/${request.body.id as string}/approval`;
    return outcome(await (await by(OFFICER)).post(path, { expiresAt: inDays(2) }).set('if-match', '*'));
  };
  for (let left = 5; left; left -= 1) expect(await approved()).toBe('200');
  expect(await approved()).toBe(LIMIT);
});
