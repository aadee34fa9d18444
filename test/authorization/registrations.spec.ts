/**
 * An exclusion or recusal of a person holds for every registration of the same agency under a name that the person has or had. An
 * administrator who registers somebody a second time is answered as for anybody else.
 *
 * Seen to fail: exclusions compared with one registration by the facts, by row-level security, and by what an auditor reads of the log;
 * recusals by the facts; the bar of an exclusion that has ended asked of one registration; facts that somebody else may know, matched by
 * one registration; a chair present under a second registration who counts for the quorum; a recall by a second registration of
 * somebody excluded in person; a recall on one panel stopped by an exclusion on another; `matches` counted by names of today, and of
 * one registration; a name given by mistake that excludes somebody for good; a conflict that somebody declares held against a namesake;
 * a declared conflict that stands in the way of a recusal; an exclusion that ends when one of two active registrations is renamed; a former
 * name that no longer counts; a registration with a role that becomes the administrator's own by either one's name; a name in two scripts;
 * a degree behind a name; a former name corrected by a colleague; the present name corrected.
 */
import type pg from 'pg';
import { givenWallsApart, type WallsApart } from '../support/row-level-security.ts';
import { asOwner, casesOf, inDays, markInError, meets, none, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const OFFICER = 'housing-officer';
const CHAIR = 'jag-chair';

let server: TestServer;
let owner: pg.Client;
let walls: WallsApart;
let jag: string;
let panelId: string;
let first: string;
let second: string;
let agencyId: string;
let number = 0;
const by = (who: string): Promise<Caller> => as(server, who);

/** Registers the officer again, gives the second registration the seats of the first, and lets it sign in as the officer. */
async function registeredAgain(name: string): Promise<string> {
  const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE id = $1', [first]);
  const login = `officer-${String(++number)}`;
  const request = { name, jobTitle: 'Housing Officer', roles: [], issuer: rows[0]!.issuer, subject: login };
  const administrator = await by('agency-administrator');
  const made = (await administrator.post(`/v1/agencies/${agencyId}/people`, request).expect(201)).body.id as string;
  const seat = { practitionerId: made, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
  await (await by(CHAIR)).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
  return made;
}

/** Lets a registration sign in as the officer. */
async function signsIn(id: string): Promise<void> {
  await owner.query(`UPDATE practitioners SET subject = 'away-' || id WHERE subject = $1`, [OFFICER]);
  await owner.query(`UPDATE practitioners SET subject = $2 WHERE id = $1`, [id, OFFICER]);
}

/** Status and code of a change of a registration by the administrator of the agency. */
async function changed(id: string, change: object): Promise<string> {
  // a third new name within 30 days is refused
  await owner.query(`UPDATE practitioner_names SET created_at = created_at - interval '31 days'`);
  const administrator = await by('agency-administrator');
  const { status, body } = await administrator.patch(`/v1/agencies/${agencyId}/people/${id}`, change, '*');
  return `${String(status)} ${String(body.code)}`;
}

async function layers(): Promise<{ policy: string[]; rowSecurity: string[] }> {
  const { actor } = (await walls.cast([OFFICER]))[0]!;
  return {
    policy: await walls.policyAlone(actor, 'Case', [jag]),
    rowSecurity: await walls.wallAlone(actor, 'Case', [jag]),
  };
}

// tests entrust more new registrations of one agency than it may entrust in a month
afterEach(async () => {
  await owner.query('ALTER TABLE practitioners DISABLE TRIGGER keep_entrusted');
  await owner.query('UPDATE practitioners SET entrusted_at = NULL WHERE agency_id = $1', [agencyId]);
  await owner.query('ALTER TABLE practitioners ENABLE TRIGGER keep_entrusted');
});

const excluded = async (body: object): Promise<string> =>
  (await (await by(CHAIR)).post('/v1/exclusions', { reason: 'Is a party.', ...body }).expect(201)).body.id as string;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  walls = await givenWallsApart(server.database);
  panelId = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  await owner.query('DELETE FROM exclusions');
  await owner.query('DELETE FROM recusals');
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
  ({ id: first, agencyId } = await practitioner(owner, OFFICER));
  const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [first]);
  second = await registeredAgain(`Mrs ${rows[0]!.name}`);
  await signsIn(second);
}, 60_000);

afterEach(async () => {
  await signsIn(second);
  // a third new name within 30 days is refused
  await owner.query(`UPDATE practitioner_names SET created_at = created_at - interval '31 days'`);
  await owner.query('DELETE FROM exclusions');
  await owner.query('DELETE FROM recusals');
});

describe('a second registration', () => {
  test('cannot read a case from which the person is excluded', async () => {
    expect(await layers()).toEqual({ policy: [jag], rowSecurity: [jag] });
    await excluded({ caseId: jag, practitionerId: first });
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
    expect(none(await meets(await by(OFFICER), owner, jag))).toBe(true);
  });

  test('cannot read the case after the person is renamed, leaves, and is registered under the name of before', async () => {
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [first]);
    await excluded({ caseId: jag, practitionerId: first });
    const path = `/v1/agencies/${agencyId}/people/${first}`;
    await (await by('agency-administrator')).patch(path, { name: 'Somebody Else', active: false }, '*').expect(200);
    await signsIn(await registeredAgain(rows[0]!.name));
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
    await (await by('agency-administrator')).patch(path, { name: rows[0]!.name, active: true }, '*').expect(200);
    // later tests need the seats that ended with the departure
    await owner.query(
      `UPDATE memberships SET valid_to = NULL, ended_at = NULL, end_reason = NULL WHERE practitioner_id = $1 AND ended_at > now() - interval '1 minute'`,
      [first],
    );
  });

  test('reads the case again after the name of the excluded person was marked as entered in error', async () => {
    const other = await registeredAgain('Corin Tolbrook');
    await excluded({ caseId: jag, practitionerId: other });
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [second]);
    const administrator = await by('agency-administrator');
    const path = `/v1/agencies/${agencyId}/people/${second}`;
    await administrator.patch(path, { name: 'Corin Tolbrook' }, '*').expect(200);
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
    await administrator.patch(path, { name: rows[0]!.name }, '*').expect(200);
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
    await markInError(server, { id: second, agencyId }, 'Corin Tolbrook');
    expect(await layers()).toEqual({ policy: [jag], rowSecurity: [jag] });
  });

  test('cannot read the case after an administrator renames the excluded registration, or makes it active again renamed', async () => {
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [first]);
    await excluded({ caseId: jag, practitionerId: first });
    const administrator = await by('agency-administrator');
    const path = `/v1/agencies/${agencyId}/people/${first}`;
    for (const change of [
      { name: 'Thora Wintergill' },
      { active: false },
      { name: 'Wilhelmina Oxley', active: true },
    ]) {
      await administrator.patch(path, change, '*').expect(200);
      expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
    }
    await administrator.patch(path, { name: rows[0]!.name }, '*').expect(200);
    await owner.query(
      `UPDATE memberships SET valid_to = NULL, ended_at = NULL, end_reason = NULL WHERE practitioner_id = $1 AND ended_at > now() - interval '1 minute'`,
      [first],
    );
  });

  test('cannot read the case under a former name of the excluded person', async () => {
    const person = await registeredAgain('Tessa Vane');
    const path = `/v1/agencies/${agencyId}/people/${person}`;
    const administrator = await by('agency-administrator');
    await administrator.patch(path, { name: 'Nadia Brook' }, '*').expect(200);
    await excluded({ caseId: jag, practitionerId: person });
    await administrator.patch(path, { name: 'Tessa Vane' }, '*').expect(200);
    await administrator.patch(path, { active: false }, '*').expect(200);
    await signsIn(await registeredAgain('Nadia Brook'));
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
  });

  test('cannot read the item under a former name of the recused person', async () => {
    const person = await registeredAgain('Tessa Harrowgate');
    const path = `/v1/agencies/${agencyId}/people/${person}`;
    const administrator = await by('agency-administrator');
    await administrator.patch(path, { name: 'Nadia Harrowgate' }, '*').expect(200);
    const { path: meeting, listingId } = await item();
    const recusal = { listingId, practitionerId: person, reason: 'A relative.' };
    await (await by(CHAIR)).post(`${meeting}/recusals`, recusal).expect(201);
    await administrator.patch(path, { name: 'Tessa Harrowgate' }, '*').expect(200);
    await signsIn(await registeredAgain('Nadia Harrowgate'));
    await (await by(OFFICER)).get(`${meeting}/listings/${listingId}`).expect(404);
  });

  test('cannot read the case after losing the name of the excluded person', async () => {
    const person = await registeredAgain('Corin Ashdale');
    await excluded({ caseId: jag, practitionerId: person });
    const other = await registeredAgain('Ivo Ashdale');
    await owner.query('DELETE FROM memberships WHERE practitioner_id = $1', [other]);
    const administrator = await by('agency-administrator');
    const path = `/v1/agencies/${agencyId}/people/${other}`;
    await administrator.patch(path, { name: 'Corin Ashdale' }, '*').expect(200);
    const seat = { practitionerId: other, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
    await (await by(CHAIR)).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
    await administrator.patch(path, { name: 'Ivo Ashdale' }, '*').expect(200);
    await signsIn(other);
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
  });

  test('goes on as the same person as an administrator of that name when one of them is renamed', async () => {
    const { rows } = await owner.query<{ id: string; name: string }>(
      `SELECT id, name FROM practitioners WHERE subject = 'agency-administrator'`,
    );
    const { id, name } = rows[0]!;
    const namesake = await registeredAgain(name);
    const isRefused = async (): Promise<void> =>
      expect(await changed(namesake, { roles: ['safeguarding_lead'] })).toBe('403 not-for-yourself');
    await isRefused();
    expect(await changed(namesake, { name: 'Wilhelmina Oxley' })).toBe('200 undefined');
    await isRefused();
    expect(await changed(namesake, { active: false })).toBe('200 undefined');
    expect(await changed(namesake, { active: true, name: 'Thora Wintergill' })).toBe('200 undefined');
    await isRefused();
    expect(await changed(id, { name: 'Thora Oxley' })).toBe('200 undefined');
    await isRefused();
    expect(await changed(id, { name })).toBe('200 undefined');
  });

  test('cannot get a name that looks like another by letters of two scripts, nor can an exclusion name it', async () => {
    const mixed = 'C\u043erin Holt';
    const person = await registeredAgain('Corin Holt');
    expect(await changed(person, { name: mixed })).toMatch(/^400/);
    const administrator = await by('agency-administrator');
    const request = { name: mixed, jobTitle: 'Officer', roles: [], issuer: 'https://issuer.example', subject: 'mixed' };
    const registered = await administrator.post(`/v1/agencies/${agencyId}/people`, request);
    const typed = await (await by(CHAIR)).post('/v1/exclusions', { caseId: jag, name: mixed, reason: 'Is a party.' });
    for (const { status, body } of [registered, typed])
      expect([status, body.errors[0].pointer]).toEqual([400, '/name']);
    await expect(owner.query('UPDATE practitioners SET name = $2 WHERE id = $1', [person, mixed])).rejects.toThrow(
      'practitioners_name',
    );
    expect(await changed(person, { name: 'Иван Петров' })).toBe('200 undefined');
  });

  test('cannot read the case under the name of the excluded person with a degree behind it', async () => {
    const person = await registeredAgain('Jorin Holt');
    await excluded({ caseId: jag, practitionerId: person });
    expect(await changed(person, { active: false })).toBe('200 undefined');
    await signsIn(await registeredAgain('Holt, Jorin BSc'));
    expect(await layers()).toEqual({ policy: [], rowSecurity: [] });
  });

  test('with the login of somebody else is corrected by making it inactive, and exclusions of the login remain', async () => {
    const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE id = $1', [first]);
    const issuer = rows[0]!.issuer;
    const administrator = await by('agency-administrator');
    const registers = async (
      name: string,
      subject: string,
    ): Promise<{ status: number; body: Record<string, string> }> =>
      administrator.post(`/v1/agencies/${agencyId}/people`, { name, jobTitle: 'Officer', roles: [], issuer, subject });
    const wrong = (await registers('Corisande Wedge', 'owner-of-the-login')).body['id']!;
    const refused = await registers('Lucasta Mere', 'owner-of-the-login');
    expect([refused.status, refused.body['code']]).toEqual([409, 'login-registered']);
    expect(refused.body['detail']).toContain(wrong);
    expect(await changed(wrong, { active: false })).toBe('200 undefined');
    const right = (await registers('Lucasta Mere', 'owner-of-the-login')).body['id']!;
    expect(await changed(wrong, { active: true })).toBe('409 login-registered');
    const tokens = await fetch(`${server.url}/sandbox/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: 'owner-of-the-login' }),
    });
    const { access_token: token } = (await tokens.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const signedIn = await fetch(`${server.url}/v1/agencies/${agencyId}/people?limit=1`, { headers });
    expect(signedIn.status).toBe(200);
    // the same login is the same person, whatever the names
    const seat = { practitionerId: right, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
    await (await by(CHAIR)).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
    const reads = async (): Promise<number> => (await fetch(`${server.url}/v1/cases/${jag}`, { headers })).status;
    expect(await reads()).toBe(200);
    await excluded({ caseId: jag, practitionerId: wrong });
    expect(await reads()).toBe(404);
  });

  test('cannot read a case from which somebody is excluded who has a former name of the login', async () => {
    const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE id = $1', [first]);
    const administrator = await by('agency-administrator');
    const registers = async (name: string, subject: string): Promise<string> => {
      const request = { name, jobTitle: 'Officer', roles: [], issuer: rows[0]!.issuer, subject };
      return (await administrator.post(`/v1/agencies/${agencyId}/people`, request).expect(201)).body.id;
    };
    const former = await registers('Barnaby Thwaite', 'login-of-two-names');
    await changed(former, { active: false });
    const present = await registers('Silas Penhallow', 'login-of-two-names');
    const namesake = await registers('Barnaby Thwaite', 'login-of-the-namesake');
    const seat = { practitionerId: present, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
    await (await by(CHAIR)).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
    const reads = async (): Promise<number> => (await (await by('login-of-two-names')).get(`/v1/cases/${jag}`)).status;
    expect(await reads()).toBe(200);
    await excluded({ caseId: jag, practitionerId: namesake });
    expect(await reads()).toBe(404);
  });

  test('with a role does not become one of an administrator who gives it or takes on its name', async () => {
    const { rows } = await owner.query<{ id: string; name: string }>(
      `SELECT id, name FROM practitioners WHERE subject = 'agency-administrator'`,
    );
    const { id, name } = rows[0]!;
    const fresh = await registeredAgain('Fresh Namely');
    expect(await changed(fresh, { roles: ['safeguarding_lead'] })).toBe('200 undefined');
    expect(await changed(fresh, { name })).toBe('403 not-for-yourself');
    expect(await changed(fresh, { name, roles: [] })).toBe('200 undefined');
    expect(await changed(fresh, { roles: ['safeguarding_lead'] })).toBe('403 not-for-yourself');
    const other = await registeredAgain('Fresher Namely');
    expect(await changed(other, { roles: ['safeguarding_lead'] })).toBe('200 undefined');
    expect(await changed(id, { name: 'Fresher Namely' })).toBe('403 not-for-yourself');
  });

  test('reads a case from which a person of the same name declared a conflict for themselves', async () => {
    await owner.query(
      `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, panel_id, reason, since, declared)
       SELECT gen_random_uuid(), 1, now(), now(), c.partnership_id, $2, c.id, c.panel_id, 'A friend.', now() - interval '1 minute', true
       FROM cases c WHERE c.id = $1`,
      [jag, first],
    );
    expect(await layers()).toEqual({ policy: [jag], rowSecurity: [jag] });
  });

  test('reads the case when the exclusion is of another person of the agency', async () => {
    await excluded({ caseId: jag, practitionerId: await registeredAgain('Corin Tolbrook') });
    expect(await layers()).toEqual({ policy: [jag], rowSecurity: [jag] });
  });

  test('cannot end or read the exclusion of the person as a chair', async () => {
    await owner.query(`UPDATE memberships SET role = 'co_chair' WHERE practitioner_id = $1`, [second]);
    const id = await excluded({ caseId: jag, practitionerId: first });
    const chair = await by(OFFICER);
    await chair.post(`/v1/exclusions/${id}/ending`, { reason: 'Over.' }).set('if-match', '*').expect(404);
    await chair.get(`/v1/exclusions/${id}`).expect(404);
    const other = await by(CHAIR);
    await other.post(`/v1/exclusions/${id}/ending`, { reason: 'Over.' }).set('if-match', '*').expect(200);
    await chair.get(`/v1/exclusions/${id}`).expect(404);
    await owner.query(`UPDATE memberships SET role = 'member' WHERE practitioner_id = $1`, [second]);
  });

  test('is explained to the chair as excluded', async () => {
    await excluded({ caseId: jag, practitionerId: first });
    const question = { action: 'read', type: 'Case', id: jag, actor: second };
    const { body } = await (await by(CHAIR)).post('/v1/policy/explanations', question).expect(200);
    expect(body).toMatchObject({ outcome: 'refuse' });
  });

  test('cannot recall a contribution from a case from which person and agency are excluded', async () => {
    const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
    const officer = await by(OFFICER);
    const { id } = (await officer.post(`/v1/cases/${jag}/contributions`, body).expect(201)).body as { id: string };
    await excluded({ caseId: jag, practitionerId: first });
    await excluded({ caseId: jag, agencyId });
    await officer.post(`/v1/contributions/${id}/recall`, { reason: 'Wrong.' }).set('if-match', '*').expect(404);
  });

  test('cannot read the log about a case from which the person is excluded, as an auditor', async () => {
    await owner.query(`UPDATE practitioners SET roles = '{auditor}' WHERE id = $1`, [second]);
    await (await by(CHAIR)).get(`/v1/cases/${jag}`).expect(200);
    const id = await owner.query<{ id: string }>(
      `SELECT id FROM audit_entries WHERE $1 = ANY (record_ids) AND rule IS DISTINCT FROM 'not-found' ORDER BY at DESC LIMIT 5`,
      [jag],
    );
    const entries = id.rows.map((one) => one.id);
    expect(entries.length).toBeGreaterThan(0);
    const seen = async (): Promise<[number, number]> => {
      const { actor } = (await walls.cast([OFFICER]))[0]!;
      const policy = await walls.policyAlone(actor, 'AuditEntry', entries);
      return [policy.length, (await walls.wallAlone(actor, 'AuditEntry', entries)).length];
    };
    expect(await seen()).toEqual([entries.length, entries.length]);
    await excluded({ caseId: jag, practitionerId: first });
    expect(await seen()).toEqual([0, 0]);
    await owner.query(`UPDATE practitioners SET roles = '{}' WHERE id = $1`, [second]);
  });
});

interface Item {
  path: string;
  listingId: string;
}

async function item(): Promise<Item> {
  const coordinator = await by('jag-coordinator');
  const meeting = { panelId, scheduledAt: inDays(0.05), venueOrMode: 'Room 2' };
  const made = await coordinator.post('/v1/meetings', meeting).expect(201);
  const path = `/v1/meetings/${String(made.body.id)}`;
  const asked = { caseId: jag, kind: 'review', timeboxMinutes: 10 };
  const listed = await coordinator.post(`${path}/listings`, asked).expect(201);
  return { path, listingId: listed.body.id };
}

describe('a second registration', () => {
  test('cannot read the item from which the person is recused, and cannot end the recusal', async () => {
    const { path, listingId } = await item();
    const officer = await by(OFFICER);
    await officer.get(`${path}/listings/${listingId}`).expect(200);
    const recusal = { listingId, practitionerId: first, reason: 'A relative.' };
    const made = await (await by(CHAIR)).post(`${path}/recusals`, recusal).expect(201);
    const { actor } = (await walls.cast([OFFICER]))[0]!;
    expect(await walls.policyAlone(actor, 'Listing', [listingId])).toEqual([]);
    expect(await walls.wallAlone(actor, 'Listing', [listingId])).toEqual([]);
    await officer.get(`${path}/listings/${listingId}`).expect(404);
    await owner.query(`UPDATE memberships SET role = 'co_chair' WHERE practitioner_id = $1`, [second]);
    const ending = officer.post(`${path}/recusals/${String(made.body.id)}/ending`, { kind: 'ended', reason: 'Over.' });
    await ending.set('if-match', '*').expect(404);
    await owner.query(`UPDATE memberships SET role = 'member' WHERE practitioner_id = $1`, [second]);
  });

  test('receives the item from which a namesake declared a conflict, and is checked as receiving it', async () => {
    const { path, listingId } = await item();
    await signsIn(first);
    await (await by(OFFICER)).post(`${path}/recusals`, { listingId, reason: 'I know them.' }).expect(201);
    await signsIn(second);
    const made = await (await by('jag-coordinator')).post(`${path}/circulation-checks`).expect(201);
    const recipients = made.body.recipients as { practitionerId: string; receivesNothing: boolean }[];
    expect(recipients.filter((one) => [first, second].includes(one.practitionerId))).toMatchObject(
      [first, second].sort().map((practitionerId) => ({ practitionerId, receivesNothing: practitionerId === first })),
    );
  });

  test('cannot read an item after the person declared a conflict and is then recused', async () => {
    const { path, listingId } = await item();
    await signsIn(first);
    await (await by(OFFICER)).post(`${path}/recusals`, { listingId, reason: 'I know them.' }).expect(201);
    await signsIn(second);
    await (await by(OFFICER)).get(`${path}/listings/${listingId}`).expect(200);
    const recusal = { listingId, practitionerId: first, reason: 'A relative.' };
    const chair = await by(CHAIR);
    await chair.post(`${path}/recusals`, recusal).expect(201);
    expect((await chair.post(`${path}/recusals`, recusal)).body).toMatchObject({ code: 'recused-already' });
    await (await by(OFFICER)).get(`${path}/listings/${listingId}`).expect(404);
  });

  test('does not count for the quorum of an item from which the person is recused', async () => {
    const { rows } = await owner.query<{ rules: object }>('SELECT rules FROM panel_rules WHERE panel_id = $1', [
      panelId,
    ]);
    const quorum = { minAgencies: 0, mandatory: [], chairRequired: true, onFail: 'block' };
    await owner.query('UPDATE panel_rules SET rules = rules || $2 WHERE panel_id = $1', [panelId, { quorum }]);
    await owner.query(`UPDATE memberships SET role = 'co_chair' WHERE practitioner_id = $1`, [second]);
    const { path, listingId } = await item();
    const coordinator = await by('jag-coordinator');
    await coordinator.post(`${path}/opening`).set('if-match', '*').expect(200);
    const present = { practitionerId: second, status: 'present', confidentialityAccepted: true };
    await coordinator.post(`${path}/attendances`, present).expect(201);
    const recusal = { listingId, practitionerId: first, reason: 'A relative.' };
    await (await by(CHAIR)).post(`${path}/recusals`, recusal).expect(201);
    const decision = {
      listingId,
      kind: 'plan_agreed',
      text: 'Plan agreed.',
      rationale: 'Agreed by all who were there.',
    };
    const answer = await (await by(CHAIR)).post(`${path}/decisions`, decision);
    expect([answer.status, answer.body.code]).toEqual([422, 'inquorate']);
    await owner.query(`UPDATE memberships SET role = 'member' WHERE practitioner_id = $1`, [second]);
    await owner.query('UPDATE panel_rules SET rules = $2 WHERE panel_id = $1', [panelId, rows[0]!.rules]);
  });
});

describe('a chair', () => {
  test('reads how many people an exclusion keeps out, by names of today and of before', async () => {
    const chair = await by(CHAIR);
    const matches = async (whom: object): Promise<unknown> => {
      const { body } = await chair.get(`/v1/exclusions/${await excluded({ caseId: jag, ...whom })}`).expect(200);
      return body.matches;
    };
    const bearer = await registeredAgain('Cressida Nightbarrow');
    const name = 'cressida NIGHTBARROW';
    expect([await matches({ practitionerId: bearer }), await matches({ name })]).toEqual([1, 1]);
    await owner.query('DELETE FROM exclusions');
    const path = `/v1/agencies/${agencyId}/people/${bearer}`;
    await (await by('agency-administrator')).patch(path, { name: 'Cressida Dale' }, '*').expect(200);
    const namesake = await registeredAgain('Cressida Nightbarrow');
    for (const practitionerId of [bearer, namesake]) expect(await matches({ practitionerId })).toBe(2);
    expect(await matches({ name })).toBe(2);
    expect(await matches({ agencyId })).toBeNull();
  });
});

describe('a login', () => {
  test('cannot be given many names by other registrations under its present name', async () => {
    const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE id = $1', [first]);
    const victim = await registeredAgain('Rosalind Tarrant');
    const administrator = await by('agency-administrator');
    const tried = async (name: string, n: number): Promise<string> => {
      const login = { issuer: rows[0]!.issuer, subject: `login-of-probe-${String(n)}` };
      const request = { name: 'Rosalind Tarrant', jobTitle: 'Officer', roles: [], ...login };
      const made = await administrator.post(`/v1/agencies/${agencyId}/people`, request);
      if (made.status !== 201) return `${String(made.status)} ${String(made.body.code)}`;
      const path = `/v1/agencies/${agencyId}/people/${made.body.id as string}`;
      const { status, body } = await administrator.patch(path, { name }, '*');
      return `${String(status)} ${String(body.code)}`;
    };
    expect(victim).toEqual(expect.any(String));
    expect(await tried('Una Tarrant', 1)).toBe('200 undefined');
    expect(await tried('Vera Tarrant', 2)).toBe('200 undefined');
    expect(await tried('Wilma Tarrant', 3)).toBe('409 renamed-often');
  });

  test('keeps the conflicts that it declared when it is registered again', async () => {
    const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE id = $1', [first]);
    const administrator = await by('agency-administrator');
    const registered = async (name: string): Promise<string> => {
      const login = { issuer: rows[0]!.issuer, subject: 'login-with-a-conflict' };
      const request = { name, jobTitle: 'Officer', roles: [], ...login };
      const { body } = await administrator.post(`/v1/agencies/${agencyId}/people`, request).expect(201);
      const seat = { practitionerId: body.id, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
      await (await by(CHAIR)).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
      return body.id;
    };
    const reads = async (): Promise<number> =>
      (await (await by('login-with-a-conflict')).get(`/v1/cases/${jag}`)).status;
    const earlier = await registered('Esme Dorrow');
    const conflict = { caseId: jag, declared: true, reason: 'My sister.' };
    await (await by('login-with-a-conflict')).post('/v1/exclusions', conflict).expect(201);
    expect(await reads()).toBe(404);
    await administrator.patch(`/v1/agencies/${agencyId}/people/${earlier}`, { active: false }, '*').expect(200);
    await registered('Esme Dorrow Pike');
    expect(await reads()).toBe(404);
    const { actor } = (await walls.cast(['login-with-a-conflict']))[0]!;
    expect(await walls.policyAlone(actor, 'Case', [jag])).toEqual([]);
    expect(await walls.wallAlone(actor, 'Case', [jag])).toEqual([]);
  });

  test('gets two new names within 30 days, whichever registration has them', async () => {
    const { rows } = await owner.query<{ issuer: string }>('SELECT issuer FROM practitioners WHERE id = $1', [first]);
    const administrator = await by('agency-administrator');
    const registers = async (name: string): Promise<string> => {
      const login = { issuer: rows[0]!.issuer, subject: 'login-of-many-names' };
      const request = { name, jobTitle: 'Officer', roles: [], ...login };
      const { status, body } = await administrator.post(`/v1/agencies/${agencyId}/people`, request);
      if (status === 201)
        await administrator.patch(`/v1/agencies/${agencyId}/people/${body.id as string}`, { active: false }, '*');
      return `${String(status)} ${String(body.code)}`;
    };
    for (const name of ['Ada Trewin', 'Bea Trewin', 'Cleo Trewin']) expect(await registers(name)).toBe('201 undefined');
    expect(await registers('Dora Trewin')).toBe('409 renamed-often');
    expect(await registers('Bea Trewin')).toBe('201 undefined');
  });
});

describe('a former name', () => {
  test('that is excluded is not shown to the coordination as the name of somebody present', async () => {
    const name = 'Jane Oldcorne';
    const id = await registeredAgain(name);
    expect(await changed(id, { name: 'Jemima Freshwater' })).toBe('200 undefined');
    await signsIn(id);
    await excluded({ caseId: jag, name });
    expect(none(await meets(await by(OFFICER), owner, jag))).toBe(true);
    const { body } = await (await by('jag-coordinator')).get(`/v1/cases/${jag}/access?limit=100`).expect(200);
    const found = (body.people as { practitionerId: string }[]).find((one) => one.practitionerId === id);
    expect(JSON.stringify(found)).not.toContain('excluded');
  });

  const names = (id: string) => `/v1/agencies/${agencyId}/people/${id}/names`;
  const nameId = async (id: string, name: string): Promise<string> => {
    const { body } = await (await by('agency-administrator')).get(names(id)).expect(200);
    return (body.data as { id: string; name: string }[]).find((one) => one.name === name)!.id;
  };
  const corrected = async (who: string, id: string, name: string): Promise<string> => {
    const path = `${names(id)}/${await nameId(id, name)}/correction`;
    const { status, body } = await (await by(who)).post(path, { reason: 'A slip.' }).set('if-match', '*');
    return `${String(status)} ${String(body.code)}`;
  };

  test('is marked as entered in error by a data protection officer of another agency alone, and counts again when given again', async () => {
    const id = await registeredAgain('Jessamy Thornbeck');
    expect(await changed(id, { name: 'Jessamy Thornbury' })).toBe('200 undefined');
    for (const who of ['agency-administrator', CHAIR, OFFICER, 'auditor'])
      expect(await corrected(who, id, 'Jessamy Thornbeck')).toMatch(/^40[34]/);
    await owner.query(`UPDATE practitioners SET agency_id = $1 WHERE subject = 'dpo'`, [agencyId]);
    expect(await corrected('dpo', id, 'Jessamy Thornbeck')).toMatch(/^403/);
    await owner.query(
      `UPDATE practitioners SET agency_id = (SELECT id FROM agencies WHERE code = 'askenby-community-safety') WHERE subject = 'dpo'`,
    );
    expect(await corrected('dpo', id, 'Jessamy Thornbury')).toBe('409 present-name');
    expect(await corrected('dpo', id, 'Jessamy Thornbeck')).toBe('200 undefined');
    expect(await corrected('dpo', id, 'Jessamy Thornbeck')).toBe('409 entered-in-error');
    const marked = (await (await by('dpo')).get(names(id)).expect(200)).body.data as { enteredInErrorReason: string }[];
    expect(marked.map((one) => one.enteredInErrorReason).sort()).toEqual(['A slip.', null]);
    await expect(
      owner.query(
        `UPDATE practitioner_names SET entered_in_error_at = now(), entered_in_error_by_id = practitioner_id,
           entered_in_error_reason = 'A slip.' WHERE practitioner_id = $1 AND entered_in_error_at IS NULL`,
        [id],
      ),
    ).rejects.toThrow('present name');
    expect(await changed(id, { name: 'Jessamy Thornbeck' })).toBe('200 undefined');
    const { body } = await (await by('dpo')).get(names(id)).expect(200);
    expect((body.data as { enteredInErrorAt: null }[]).map((one) => one.enteredInErrorAt)).toEqual([null, null]);
  });

  test('is followed by two new ones within 30 days, whether or not an exclusion is by one of them', async () => {
    const administrator = await by('agency-administrator');
    const renames = async (id: string, names: string[]): Promise<string[]> => {
      const found: string[] = [];
      for (const name of names) {
        const { status, body } = await administrator.patch(`/v1/agencies/${agencyId}/people/${id}`, { name }, '*');
        found.push(`${String(status)} ${String(body.code)}`);
      }
      return found;
    };
    await excluded({ caseId: jag, name: 'Orla Brightwater' });
    const [one, other] = [await registeredAgain('Ysabel Orme'), await registeredAgain('Ysolde Orme')];
    const expected = ['200 undefined', '200 undefined', '409 renamed-often', '200 undefined'];
    expect(await renames(one, ['Ann Leefield', 'Bob Crayford', 'Orla Brightwater', 'Ysabel Orme'])).toEqual(expected);
    expect(await renames(other, ['Cath Leefield', 'Orla Brightwater', 'Dora Minnow', 'Ysolde Orme'])).toEqual(expected);
  });

  test('is hidden from people of other agencies, and from colleagues', async () => {
    for (const who of [CHAIR, OFFICER, 'auditor', 'outsider'])
      expect((await (await by(who)).get(names(second))).body.data ?? []).toEqual([]);
  });
});

describe('an administrator', () => {
  test('gets the same answer for somebody who is excluded under another registration', async () => {
    await excluded({ caseId: jag, practitionerId: first });
    const { rows } = await owner.query<{ name: string; issuer: string }>(
      'SELECT name, issuer FROM practitioners WHERE id = $1',
      [first],
    );
    const register = async (name: string): Promise<unknown> => {
      const request = {
        name,
        jobTitle: 'Officer',
        roles: [],
        issuer: rows[0]!.issuer,
        subject: `login-${String(++number)}`,
      };
      const administrator = await by('agency-administrator');
      const { status, body } = await administrator.post(`/v1/agencies/${agencyId}/people`, request);
      return [status, { ...body, id: '', name: '', subject: '' }];
    };
    expect(await register(rows[0]!.name)).toEqual(await register('Corin Tolbrook'));
  });
});

describe('an exclusion from a person by one panel', () => {
  test('does not stop a recall of what the agency put before another panel', async () => {
    await signsIn(first);
    const officer = await by(OFFICER);
    const { rows } = await owner.query<{ id: string }>('SELECT partnership_id AS id FROM panels WHERE id = $1', [
      panelId,
    ]);
    const named = { partnershipId: rows[0]!.id, givenName: 'Perpetua', familyName: 'Quillfeather' };
    const personId = (await officer.post('/v1/persons', named).expect(201)).body.id as string;
    const marac = (await casesOf(owner, 'ask-marac'))[0]!.id;
    const role = { personId, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' };
    for (const caseId of [jag, marac]) await officer.post(`/v1/cases/${caseId}/people`, role).expect(201);
    const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
    const { id } = (await officer.post(`/v1/cases/${jag}/contributions`, body).expect(201)).body as { id: string };
    const maracChair = await by('marac-chair');
    const from = { personId, practitionerId: first, reason: 'Is a party.' };
    await maracChair.post('/v1/exclusions', from).expect(201);
    await excluded({ caseId: jag, agencyId });
    await officer.get(`/v1/contributions/${id}`).expect(404);
    await officer.post(`/v1/contributions/${id}/recall`, { reason: 'Wrong.' }).set('if-match', '*').expect(200);
  });
});
