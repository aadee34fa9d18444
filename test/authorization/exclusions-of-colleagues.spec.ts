/**
 * Nobody lifts the exclusion of a colleague: not by registering a login again under another name, by ending an exclusion by a name
 * that a colleague has, or by taking out of a case or referral, as named in error, the person from whom the colleague is excluded.
 * Sources: docs/who-may-widen.md, rule 1 and row 24; docs/decisions/0054 and 0057.
 *
 * Seen to fail: names of other registrations of the login not compared; a chair of the agency who ends an exclusion by name; a person
 * taken out of a case, a repeat of it, and a referral by a colleague.
 */
import type pg from 'pg';
import { givenWallsApart, type WallsApart } from '../support/row-level-security.ts';
import { aReferral, asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const ERROR = { kind: 'entered_in_error', reason: 'Another person was meant.', opensToExcluded: true };

let server: TestServer;
let owner: pg.Client;
let walls: WallsApart;
const by = (who: string): Promise<Caller> => as(server, who);
const status = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  walls = await givenWallsApart(server.database);
}, 60_000);

beforeEach(async () => {
  await owner.query('DELETE FROM exclusions');
});

const panel = async (code: string): Promise<string> =>
  (await owner.query<{ id: string }>('SELECT id FROM panels WHERE code = $1', [code])).rows[0]!.id;

/** What the policy and row-level security each hide: rows left to a person by one of the two layers alone. */
async function layers(who: string, subject: 'Case' | 'Referral', id: string): Promise<unknown> {
  const { actor } = (await walls.cast([who]))[0]!;
  return {
    policy: await walls.policyAlone(actor, subject, [id]),
    rowSecurity: await walls.wallAlone(actor, subject, [id]),
  };
}

describe('an exclusion by a name', () => {
  const name = 'Vincent Harbottle';
  let caseId: string;
  let exclude: () => Promise<string>;

  beforeAll(async () => {
    caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
    exclude = async () =>
      (await (await by('police-inspector')).post('/v1/exclusions', { caseId, name, reason: 'Is a party.' }).expect(201))
        .body.id;
  });

  test('continues to hide a case when the login is registered again under another name', async () => {
    const { agencyId } = await practitioner(owner, 'agency-administrator');
    const people = `/v1/agencies/${agencyId}/people`;
    const administrator = await by('agency-administrator');
    const { rows } = await owner.query<{ issuer: string }>(
      `SELECT issuer FROM practitioners WHERE subject = 'agency-administrator'`,
    );
    const registered = async (of: string): Promise<string> => {
      const login = { issuer: rows[0]!.issuer, subject: 'login-of-vh' };
      const request = { name: of, jobTitle: 'Officer', roles: [], ...login };
      const { id } = (await administrator.post(people, request).expect(201)).body as { id: string };
      const seat = { practitionerId: id, tier: 'core', role: 'member', validFrom: inDays(0).slice(0, 10) };
      const panelId = await panel('ask-jag');
      await (await by('jag-chair')).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
      return id;
    };
    const first = await registered(name);
    expect(await status('login-of-vh', `/v1/cases/${caseId}`)).toBe(200);
    const exclusion = await exclude();
    expect(await status('login-of-vh', `/v1/cases/${caseId}`)).toBe(404);
    await administrator.patch(`${people}/${first}`, { active: false }, '*').expect(200);
    await registered('Vince H Bottle');
    expect(await status('login-of-vh', `/v1/cases/${caseId}`)).toBe(404);
    expect(await layers('login-of-vh', 'Case', caseId)).toEqual({ policy: [], rowSecurity: [] });
    const { body } = await (await by('police-inspector')).get(`/v1/exclusions/${exclusion}`).expect(200);
    expect(body.matches).toBe(1);
  });

  test('cannot be ended by a chair of the agency of somebody who has or had the name', async () => {
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE subject = $1', [
      'analyst',
    ]);
    const body = { caseId, name: rows[0]!.name, reason: 'Is a party.' };
    const { id } = (await (await by('police-inspector')).post('/v1/exclusions', body).expect(201)).body as {
      id: string;
    };
    const ending = async (who: string): Promise<number> =>
      (await (await by(who)).post(`/v1/exclusions/${id}/ending`, { reason: 'Over.' }).set('if-match', '*')).status;
    expect(await ending('jag-chair')).toBe(403);
    expect(await ending('police-inspector')).toBe(200);
  });
});

describe('a person taken out in error by a colleague of somebody who is excluded from the person', () => {
  let panelId: string;
  let partnershipId: string;
  let count = 0;

  beforeAll(async () => {
    panelId = await panel('ask-jag');
    ({ partnershipId } = (
      await owner.query<{ partnershipId: string }>(
        'SELECT partnership_id AS "partnershipId" FROM panels WHERE id = $1',
        [panelId],
      )
    ).rows[0]!);
  });

  async function aPerson(): Promise<string> {
    const person = { partnershipId, givenName: 'Perpetua', familyName: `Quillfeather${String((count += 1))}` };
    return (await (await by('police-sergeant')).post('/v1/persons', person).expect(201)).body.id;
  }

  const exclude = async (personId: string): Promise<string> => {
    const { id: practitionerId } = await practitioner(owner, 'analyst');
    const body = { personId, panelId, practitionerId, reason: 'Is a relative.' };
    return (await (await by('police-inspector')).post('/v1/exclusions', body).expect(201)).body.id;
  };

  async function namedIn(path: string, personId: string): Promise<string> {
    const role = {
      personId,
      role: 'witness',
      rationale: 'Saw it.',
      ...(path.includes('cases') ? { since: '2026-01-01' } : {}),
    };
    return (await (await by('police-sergeant')).post(`${path}/people`, role).expect(201)).body.id;
  }

  /** Ends every exclusion of the analyst, as a chair of another agency. */
  async function endAll(): Promise<void> {
    const { id } = await practitioner(owner, 'analyst');
    const { rows } = await owner.query<{ id: string }>(
      'SELECT id FROM exclusions WHERE practitioner_id = $1 AND until IS NULL',
      [id],
    );
    for (const one of rows)
      await (
        await by('police-inspector')
      )
        .post(`/v1/exclusions/${one.id}/ending`, { reason: 'Over.' })
        .set('if-match', '*')
        .expect(200);
  }

  test('is kept from them with the case, until somebody else ends the exclusion', async () => {
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    const personId = await aPerson();
    const role = await namedIn(path, personId);
    expect(await status('analyst', path)).toBe(200);
    await exclude(personId);
    expect(await status('analyst', path)).toBe(404);
    await (await by('jag-coordinator')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    expect(await status('analyst', path)).toBe(404);
    expect(await layers('analyst', 'Case', caseId)).toEqual({ policy: [], rowSecurity: [] });
    await endAll();
    expect(await status('analyst', path)).toBe(200);
  });

  test('is open to them again when somebody of another agency takes the person out', async () => {
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    const personId = await aPerson();
    const role = await namedIn(path, personId);
    await exclude(personId);
    expect(await status('analyst', path)).toBe(404);
    await (await by('police-inspector')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    expect(await status('analyst', path)).toBe(200);
  });

  test('is kept from them with the referral, and with the case that it opens', async () => {
    const { path, personId, role } = await referred();
    const id = path.split('/').at(-1)!;
    expect(await status('analyst', path)).toBe(200);
    await exclude(personId);
    expect(await status('analyst', path)).toBe(404);
    await (await by('jag-coordinator')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    expect(await status('analyst', path)).toBe(404);
    expect(await layers('analyst', 'Referral', id)).toMatchObject({ policy: [] });
    const accepted = await (
      await by('police-inspector')
    )
      .post(`${path}/acceptance`, {})
      .set('if-match', '*')
      .expect(200);
    expect(await status('fire-officer', `/v1/cases/${accepted.body.caseId as string}`)).toBe(200);
    expect(await status('analyst', `/v1/cases/${accepted.body.caseId as string}`)).toBe(404);
    expect(await status('analyst', path)).toBe(404);
  });

  async function referred(): Promise<{ path: string; personId: string; role: string; other: string }> {
    const personId = await aPerson();
    const referral = aReferral(panelId, await aPerson(), await aPerson()) as { people: object[] };
    const people = [...referral.people, { personId, role: 'witness', rationale: 'Saw it.' }];
    const sergeant = await by('police-sergeant');
    const { id } = (await sergeant.post('/v1/referrals', { ...referral, people }).expect(201)).body as { id: string };
    const path = `/v1/referrals/${id}`;
    const { body } = await sergeant.get(`${path}/people?limit=100`).expect(200);
    const roles = body.data as { id: string; personId: string }[];
    return {
      path,
      personId,
      role: roles.find((one) => one.personId === personId)!.id,
      other: roles.find((one) => one.personId !== personId)!.id,
    };
  }

  const command = async (who: string, path: string, body: object): Promise<number> =>
    (await (await by(who)).post(path, body).set('if-match', '*')).status;

  test('is kept from them with the case of a referral that was returned and submitted again', async () => {
    const { path, personId, role } = await referred();
    const { id: practitionerId } = await practitioner(owner, 'police-inspector');
    const body = { personId, panelId, practitionerId, reason: 'Is a relative.' };
    await (await by('jag-chair')).post('/v1/exclusions', body).expect(201);
    const returned = { reasonCode: 'more_information', reason: 'Say more about the fires.' };
    expect(await command('jag-chair', `${path}/return`, returned)).toBe(200);
    await (await by('police-sergeant')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    expect(await command('police-sergeant', `${path}/submission`, {})).toBe(200);
    const accepted = await (await by('jag-chair')).post(`${path}/acceptance`, {}).set('if-match', '*').expect(200);
    const opened = `/v1/cases/${accepted.body.caseId as string}`;
    expect([await status('police-inspector', opened), await status('jag-chair', opened)]).toEqual([404, 200]);
  });

  test('is kept from somebody of that agency who is given an excluded name later', async () => {
    const { path, personId, role } = await referred();
    const body = { personId, panelId, name: 'Duncan Emberton', reason: 'Is a relative.' };
    await (await by('jag-chair')).post('/v1/exclusions', body).expect(201);
    await (await by('police-sergeant')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    for (const subject of ['police-inspector', 'fire-officer'])
      await owner.query(
        `INSERT INTO practitioner_names (id, version, created_at, updated_at, practitioner_id, name, name_key)
         SELECT gen_random_uuid(), 1, now(), now(), p.id, 'Duncan Emberton', 'duncanemberton' FROM practitioners p WHERE p.subject = $1`,
        [subject],
      );
    expect([await status('police-inspector', path), await status('fire-officer', path)]).toEqual([404, 200]);
    await owner.query(`DELETE FROM practitioner_names WHERE name = 'Duncan Emberton'`);
  });

  test('leaves the contribution of the excluded person out of their reach, also to recall it', async () => {
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    await endAll();
    const fact = { category: 'asb_incident', kind: 'fact', summary: 'Two fires.', text: 'Two fires in one night.' };
    const { body: told } = await (await by('analyst')).post(`${path}/contributions`, fact).expect(201);
    const personId = await aPerson();
    const role = await namedIn(path, personId);
    await exclude(personId);
    await (await by('jag-coordinator')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    const recall = `/v1/contributions/${told.id as string}/recall`;
    expect(await command('analyst', recall, { reason: 'Not to be known.' })).toBe(404);
  });

  test('lets nobody write into a referral that its excluded author reads', async () => {
    const { path, personId, role, other } = await referred();
    const { id: practitionerId } = await practitioner(owner, 'police-sergeant');
    const body = { personId, panelId, practitionerId, reason: 'Is a relative.' };
    await (await by('jag-chair')).post('/v1/exclusions', body).expect(201);
    const change = { rationale: 'Now at the refuge with her sister.', reason: 'New.' };
    const write = async (): Promise<unknown> =>
      (await (await by('jag-coordinator')).patch(`${path}/people/${other}`, change, '*')).body.code;
    expect(await write()).toBe('author-is-excluded');
    await (await by('police-sergeant')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    expect(await write()).toBe('author-is-excluded');
  });

  test('is kept from them when the colleague imposed the exclusion by their name', async () => {
    await owner.query('DELETE FROM exclusions');
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    const personId = await aPerson();
    const role = await namedIn(path, personId);
    const { rows } = await owner.query<{ name: string }>(
      `SELECT name FROM practitioners WHERE subject = 'police-sergeant'`,
    );
    const body = { personId, panelId, name: rows[0]!.name, reason: 'Is a relative.' };
    await (await by('police-inspector')).post('/v1/exclusions', body).expect(201);
    expect(await status('police-sergeant', path)).toBe(404);
    expect(await command('police-inspector', `${path}/people/${role}/ending`, ERROR)).toBe(201);
    expect(await status('police-sergeant', path)).toBe(404);
  });

  test('is kept from them when the colleague names the person a second time before taking them out', async () => {
    await owner.query('DELETE FROM exclusions');
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    const personId = await aPerson();
    const role = await namedIn(path, personId);
    await exclude(personId);
    const again = { personId, role: 'victim', rationale: 'Named again.', since: '2026-01-01' };
    const { body } = await (await by('jag-coordinator')).post(`${path}/people`, again).expect(201);
    for (const one of [role, body.id as string])
      expect(await command('jag-coordinator', `${path}/people/${one}/ending`, ERROR)).toBe(201);
    expect(await status('analyst', path)).toBe(404);
  });

  test('is kept from them by each of two exclusions, and by one that a chair makes from the case', async () => {
    await owner.query('DELETE FROM exclusions');
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    const people = [await aPerson(), await aPerson()];
    const roles = [await namedIn(path, people[0]!), await namedIn(path, people[1]!)];
    const made = [await exclude(people[0]!), await exclude(people[1]!)];
    for (const role of roles)
      expect(await command('jag-coordinator', `${path}/people/${role}/ending`, ERROR)).toBe(201);
    const { id: practitionerId } = await practitioner(owner, 'analyst');
    const direct = { caseId, practitionerId, reason: 'Is a party.' };
    const { body } = await (await by('police-inspector')).post('/v1/exclusions', direct).expect(201);
    for (const exclusion of [made[0]!, body.id as string]) {
      expect(await command('police-inspector', `/v1/exclusions/${exclusion}/ending`, { reason: 'Over.' })).toBe(200);
      expect(await status('analyst', path)).toBe(404);
    }
    expect(await command('police-inspector', `/v1/exclusions/${made[1]!}/ending`, { reason: 'Over.' })).toBe(200);
    expect(await status('analyst', path)).toBe(200);
  });

  test('is open to them again when the exclusion from the person ends', async () => {
    await owner.query('DELETE FROM exclusions');
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const path = `/v1/cases/${caseId}`;
    const personId = await aPerson();
    const role = await namedIn(path, personId);
    const exclusion = await exclude(personId);
    expect(await command('jag-coordinator', `${path}/people/${role}/ending`, ERROR)).toBe(201);
    expect(await status('analyst', path)).toBe(404);
    expect(await command('police-inspector', `/v1/exclusions/${exclusion}/ending`, { reason: 'Over.' })).toBe(200);
    expect(await status('analyst', path)).toBe(200);
  });

  test('is kept from them with the copy of the referral for another panel', async () => {
    const person = async (): Promise<string> => {
      const named = { partnershipId, givenName: 'Perpetua', familyName: `Quillfeather${String((count += 1))}` };
      return (await (await by('social-worker')).post('/v1/persons', named).expect(201)).body.id as string;
    };
    const witness = await person();
    const referral = aReferral(await panel('ask-marac'), await person(), await person()) as { people: object[] };
    const people = [...referral.people, { personId: witness, role: 'witness', rationale: 'Saw it.' }];
    const author = await by('social-worker');
    const { id } = (await author.post('/v1/referrals', { ...referral, people }).expect(201)).body as { id: string };
    const path = `/v1/referrals/${id}`;
    const declared = { personId: witness, declared: true, reason: 'A brother-in-law.' };
    await (await by('police-sergeant')).post('/v1/exclusions', declared).expect(201);
    const { body } = await (await by('marac-chair')).get(`${path}/people?limit=100`).expect(200);
    const role = (body.data as { id: string; personId: string }[]).find((one) => one.personId === witness)!.id;
    expect(await command('marac-chair', `${path}/people/${role}/ending`, ERROR)).toBe(201);
    const redirection = { reasonCode: 'outside_remit', reason: 'For the JAG to hear.', targetPanelId: panelId };
    expect(await command('marac-coordinator', `${path}/redirection`, redirection)).toBe(200);
    const copy = `/v1/referrals/${(await author.post(`${path}/copies`, {}).expect(201)).body.id as string}`;
    await author.patch(copy, { consentStatus: 'given' }, '*').expect(200);
    expect(await command('social-worker', `${copy}/submission`, {})).toBe(200);
    expect([await status('police-sergeant', copy), await status('jag-chair', copy)]).toEqual([404, 200]);
  });

  test('is open to them again when another agency names the person again and takes them out', async () => {
    const { path, personId, role } = await referred();
    await exclude(personId);
    await (await by('jag-coordinator')).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    const accepted = await (
      await by('police-inspector')
    )
      .post(`${path}/acceptance`, {})
      .set('if-match', '*')
      .expect(200);
    const opened = `/v1/cases/${accepted.body.caseId as string}`;
    expect(await status('analyst', opened)).toBe(404);
    const again = await namedIn(opened, personId);
    expect(await command('police-inspector', `${opened}/people/${again}/ending`, ERROR)).toBe(201);
    expect(await status('analyst', opened)).toBe(200);
    const last = await namedIn(opened, personId);
    expect(await command('jag-coordinator', `${opened}/people/${last}/ending`, ERROR)).toBe(201);
    expect(await status('analyst', opened)).toBe(404);
    expect(await layers('analyst', 'Case', opened.split('/').at(-1)!)).toEqual({ policy: [], rowSecurity: [] });
  });

  test('shows no exclusion to somebody from whom the exclusion from the person is hidden', async () => {
    await owner.query('DELETE FROM exclusions');
    const [, first, second] = await casesOf(owner, 'ask-jag');
    const personId = await aPerson();
    for (const one of [first!, second!]) await namedIn(`/v1/cases/${one.id}`, personId);
    const { id: inspector } = await practitioner(owner, 'police-inspector');
    const { id: sergeant } = await practitioner(owner, 'police-sergeant');
    const from = { caseId: first!.id, practitionerId: inspector, reason: 'Is a party.' };
    await (await by('jag-chair')).post('/v1/exclusions', from).expect(201);
    const secret = { personId, panelId, practitionerId: sergeant, reason: 'SECRET of the sergeant.' };
    await (await by('jag-chair')).post('/v1/exclusions', secret).expect(201);
    const path = `/v1/cases/${second!.id}`;
    const { body } = await (await by('jag-coordinator')).get(`${path}/people?limit=100`).expect(200);
    const role = (body.data as { id: string; personId: string }[]).find((one) => one.personId === personId)!.id;
    expect(await command('police-inspector', `${path}/people/${role}/ending`, ERROR)).toBe(201);
    expect(await status('police-sergeant', path)).toBe(404);
    const { text } = await (await by('police-inspector')).get('/v1/exclusions?limit=100').expect(200);
    expect(text).not.toContain('SECRET');
    expect((await (await by('jag-coordinator')).get('/v1/exclusions?limit=100').expect(200)).text).toContain('SECRET');
  });
});
