/**
 * How far an exclusion reaches. One that a panel imposes from a person reaches that panel and no other; a conflict that somebody
 * declares with a person reaches the whole partnership. An exclusion by name holds whatever the person is called later.
 *
 * Seen to fail: an exclusion, or a declared conflict, that needs a case; an exclusion by one panel that hides the case of another panel, and the record that the excluded person's own
 * agency made; a panel that excludes in the whole partnership; the bar of referrals, of disclosures and of exclusions without the
 * exclusions by one panel; row-level security without them; a conflict with a person that cannot be declared, or that leaves
 * one panel open; an exclusion by name that ends when staff are renamed, in the policy and in row-level security; a body that names
 * nobody taken for a conflict of one's own; the same exclusion running twice, by the service and by the database; an exclusion by name that
 * does not say how many people it matches, and one that counts people of another partnership; a declared conflict that no panel keeps,
 * which nobody can end; one that a panel keeps, ended by an officer; an action given to an excluded agency; the
 * answer to the ending of an exclusion, with its reason; an exclusion by a colleague of the person that stands in the way of another;
 * a chair who declared a conflict and loses exclusions because of a person whom a member names there later.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { givenWallsApart, type WallsApart } from '../support/row-level-security.ts';
import { all, asOwner, casesOf, markInError, meets, none, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const SERGEANT = 'police-sergeant';
const OFFICER = 'housing-officer';

let server: TestServer;
let owner: pg.Client;
let walls: WallsApart;
let jag: string;
let marac: string;
let person: string;
let referral: string;
const panels = new Map<string, string>();
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  walls = await givenWallsApart(server.database);
  for (const { id, code } of (await owner.query<{ id: string; code: string }>('SELECT id, code FROM panels')).rows)
    panels.set(code, id);
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
  marac = (await casesOf(owner, 'ask-marac'))[0]!.id;
  const officer = await by(OFFICER);
  const { rows } = await owner.query<{ id: string }>(`SELECT partnership_id AS id FROM panels WHERE code = 'ask-jag'`);
  const partnershipId = rows[0]!.id;
  const named = { partnershipId, givenName: 'Perpetua', familyName: 'Quillfeather' };
  person = (await officer.post('/v1/persons', named).expect(201)).body.id;
  const role = { personId: person, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' };
  for (const caseId of [jag, marac]) {
    const answer = await officer.post(`/v1/cases/${caseId}/people`, role);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  }
  referral = await referred(partnershipId);
});

/** Nobody is excluded, but as the sandbox has it. */
afterEach(async () => {
  await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
});

async function referred(partnershipId: string, personId = person): Promise<string> {
  const officer = await by(OFFICER);
  const place = { partnershipId, kind: 'estate', name: 'Lantern Court, bin store' };
  const { body: at } = await officer.post('/v1/places', place).expect(201);
  const draft = {
    panelId: panels.get('ask-jag'),
    subjectKind: 'place',
    placeId: at.id,
    category: 'asb_incident',
    problem: 'Fires in the bin store, three in two weeks, reported by four households.',
    whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
    criteria: ['repeat_location'],
    legalGateway: 'CDA_S115',
  };
  const { body } = await officer.post('/v1/referrals', draft).expect(201);
  const path = `/v1/referrals/${body.id as string}`;
  const role = { personId, role: 'complainant', rationale: 'Reported it.' };
  const people = await officer.post(`${path}/people`, role);
  expect([people.status, people.text]).toEqual([201, expect.any(String)]);
  const submitted = await officer.post(`${path}/submission`).set('if-match', '*');
  expect([submitted.status, submitted.text]).toEqual([200, expect.any(String)]);
  return body.id as string;
}

const exclude = async (who: string, body: object): Promise<Response> =>
  (await by(who)).post('/v1/exclusions', { reason: 'Knows a party.', ...body });
const excluded = async (who: string, whom: string): Promise<Response> =>
  exclude(who, {
    personId: person,
    practitionerId: (await practitioner(owner, whom)).id,
    ...(who === 'jag-coordinator' ? { panelId: panels.get('ask-jag') } : {}),
  });
const sees = async (who: string, caseId: string) => meets(await by(who), owner, caseId);
const status = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;
const code = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

/** What each of the two layers of protection lets somebody read, alone. */
async function layers(who: string): Promise<Record<string, { policy: string[]; rowSecurity: string[] }>> {
  const { actor } = (await walls.cast([who]))[0]!;
  const found: Record<string, { policy: string[]; rowSecurity: string[] }> = {};
  for (const [subject, ids] of [
    ['Case', [jag, marac]],
    ['Person', [person]],
    ['Referral', [referral]],
  ] as const)
    found[subject] = {
      policy: (await walls.policyAlone(actor, subject, [...ids])).sort(),
      rowSecurity: (await walls.wallAlone(actor, subject, [...ids])).sort(),
    };
  return found;
}

describe('an exclusion', () => {
  test('no action is given to an agency that is excluded from the case, by whoever may know that', async () => {
    const { agencyId } = await practitioner(owner, 'fire-officer');
    const { rows } = await owner.query<{ id: string; case: string; person: string }>(
      `SELECT p.id, p.case_id AS case, (SELECT cp.person_id FROM case_people cp WHERE cp.case_id = p.case_id LIMIT 1) AS person
       FROM plans p JOIN panels ON panels.id = p.panel_id AND panels.code = 'ask-jag' WHERE p.status NOT IN ('closed', 'evaluated')
      ORDER BY 3 NULLS LAST LIMIT 1`,
    );
    const [plan] = rows as [{ id: string; case: string; person: string }];
    const propose = async (who: string): Promise<Response> =>
      (await by(who)).post(`/v1/plans/${plan.id}/actions`, {
        ownerAgencyId: agencyId,
        description: 'Fit a lock to the bin store.',
        measure: 'Door locked on three visits out of three',
        relatesTo: 'Fires in the bin store',
        dueOn: new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10),
      });
    expect(code(await propose('jag-coordinator'))).toEqual([201, undefined]);
    for (const from of [{ caseId: plan.case }, { personId: plan.person, panelId: panels.get('ask-jag') }]) {
      const { body } = await exclude('jag-chair', { ...from, agencyId });
      const answer = await propose('jag-coordinator');
      expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
        422,
        'owner-excluded',
        [{ pointer: '/ownerAgencyId', detail: 'is excluded from the case' }],
      ]);
      // to whoever may not read the exclusion a refusal would tell of it
      expect(code(await propose(SERGEANT))).toEqual([201, undefined]);
      const chair = await by('jag-chair');
      const path = `/v1/exclusions/${body.id as string}/ending`;
      const ended = await chair.post(path, { reason: 'Mistaken.' }).set('if-match', '*');
      expect(code(ended)).toEqual([200, undefined]);
    }
    expect(code(await propose('jag-coordinator'))).toEqual([201, undefined]);
  });

  test('a chair who names nobody gets 422 that says what to add, and is not excluded', async () => {
    for (const from of [{ caseId: jag }, { personId: person }]) {
      const refused = await exclude('jag-chair', from);
      expect(code(refused)).toEqual([422, 'whom']);
      expect(refused.body.errors).toEqual([
        { pointer: '/declared', detail: 'is missing, as are practitionerId, agencyId and name' },
      ]);
    }
    expect((await exclude('jag-chair', { caseId: jag, declared: false })).status).toBe(400);
    expect(code(await exclude('jag-chair', { caseId: jag, declared: true, name: 'Somebody Else' }))).toEqual([
      422,
      'whom',
    ]);
    expect(all(await sees('jag-chair', jag))).toBe(true);
  });

  test('a coordinator cannot make the same one twice while it runs, and is told the first', async () => {
    const { id: practitionerId, agencyId } = await practitioner(owner, SERGEANT);
    for (const body of [
      { caseId: jag, practitionerId },
      { caseId: jag, name: 'Somebody Else' },
      { personId: person, panelId: panels.get('ask-jag'), agencyId },
    ]) {
      const first = await exclude('jag-coordinator', body);
      expect(first.status).toBe(201);
      const second = await exclude('jag-chair', body);
      expect(code(second)).toEqual([409, 'excluded-already']);
      expect(second.body.exclusionId).toBe(first.body.id);
      await (
        await by('jag-chair')
      )
        .post(`/v1/exclusions/${first.body.id as string}/ending`, { reason: 'Mistaken.' })
        .set('if-match', '*')
        .expect(200);
      expect((await exclude('jag-chair', body)).status).toBe(201);
    }
    await expect(
      owner.query(
        `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, case_id, reason, since, reach)
         SELECT gen_random_uuid(), 1, partnership_id, panel_id, practitioner_id, case_id, reason, now(), reach FROM exclusions
         WHERE case_id = $1 AND practitioner_id = $2 AND until IS NULL`,
        [jag, practitionerId],
      ),
    ).rejects.toThrow('exclusions_one_at_a_time');
  });

  test('one that a chair imposed is ended by the chair after a member names the person where the chair has a conflict', async () => {
    const whom = { personId: person, panelId: panels.get('ask-jag') };
    const { id: practitionerId } = await practitioner(owner, OFFICER);
    const { id: another } = await practitioner(owner, SERGEANT);
    const made = await exclude('jag-chair', { ...whom, practitionerId });
    const other = (await casesOf(owner, 'ask-jag')).find(({ id }) => id !== jag)!.id;
    expect((await exclude('jag-chair', { caseId: other, declared: true })).status).toBe(201);
    const role = { personId: person, role: 'witness', rationale: 'Was there.', since: '2026-01-01' };
    await (await by('fire-officer')).post(`/v1/cases/${other}/people`, role).expect(201);
    expect((await exclude('jag-chair', { ...whom, practitionerId: another })).status).toBe(201);
    const chair = await by('jag-chair');
    const path = `/v1/exclusions/${made.body.id as string}`;
    await chair.get(path).expect(200);
    await chair.post(`${path}/ending`, { reason: 'Mistaken.' }).set('if-match', '*').expect(200);
    await owner.query('DELETE FROM case_people WHERE case_id = $1 AND person_id = $2', [other, person]);
  });

  test('one that a colleague of the person imposed does not stand in the way of one by another chair', async () => {
    const { id: practitionerId } = await practitioner(owner, SERGEANT);
    for (const from of [{ caseId: jag }, { personId: person, panelId: panels.get('ask-jag') }]) {
      const body = { ...from, practitionerId };
      const mild = await exclude('police-inspector', body);
      expect(code(await exclude('police-inspector', body))).toEqual([409, 'excluded-already']);
      const firm = await exclude('jag-chair', body);
      expect([mild.status, firm.status]).toEqual([201, 201]);
      expect(code(await exclude('jag-coordinator', body))).toEqual([409, 'excluded-already']);
      const inspector = await by('police-inspector');
      const end = (id: string) =>
        inspector.post(`/v1/exclusions/${id}/ending`, { reason: 'Over.' }).set('if-match', '*');
      await end(firm.body.id as string).expect(403);
      await end(mild.body.id as string).expect(200);
      expect(none(await sees(SERGEANT, jag))).toBe(true);
      expect(code(await exclude('police-inspector', body))).toEqual([409, 'excluded-already']);
      await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
    }
  });

  test('a person whom others excluded can declare a conflict, as if nobody had', async () => {
    await excluded('marac-coordinator', OFFICER);
    const body = { personId: person, declared: true, reach: 'partnership' };
    expect((await exclude(OFFICER, body)).status).toBe(201);
  });

  test('a person excluded on one panel who declares that conflict for it gets no answer that tells', async () => {
    const body = { personId: person, declared: true, reach: 'panel', panelId: panels.get('ask-marac') };
    const before = await exclude(OFFICER, body);
    await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
    await excluded('marac-coordinator', OFFICER);
    const after = await exclude(OFFICER, body);
    expect([before.status, after.status, after.body.code]).toEqual([201, 422, 'panel-missing']);
  });
});

describe('an exclusion from a person that a panel imposes', () => {
  test('a member of two panels keeps the case, referral and person of the panel that did not exclude', async () => {
    const made = await excluded('marac-coordinator', SERGEANT);
    expect(made.body).toMatchObject({ reach: 'panel', panelId: panels.get('ask-marac'), personId: person });
    expect(none(await sees(SERGEANT, marac))).toBe(true);
    expect(all(await sees(SERGEANT, jag))).toBe(true);
    expect(await status(SERGEANT, `/v1/persons/${person}`)).toBe(200);
    expect(await status(SERGEANT, `/v1/referrals/${referral}`)).toBe(200);
    expect(await layers(SERGEANT)).toEqual({
      Case: { policy: [jag], rowSecurity: [jag] },
      Person: { policy: [person], rowSecurity: [person] },
      Referral: { policy: [referral], rowSecurity: [referral] },
    });
  });

  test('a member cannot read the referrals of the panel that name the person', async () => {
    expect(await status(SERGEANT, `/v1/referrals/${referral}`)).toBe(200);
    expect((await excluded('jag-coordinator', SERGEANT)).status).toBe(201);
    for (const part of ['', '/people', '/status'])
      expect([part, await status(SERGEANT, `/v1/referrals/${referral}${part}`)]).toEqual([part, 404]);
    const { text } = await (await by(SERGEANT)).get('/v1/referrals?limit=100').expect(200);
    expect(text).not.toContain(referral);
    expect(await status('fire-officer', `/v1/referrals/${referral}`)).toBe(200);
    expect((await layers(SERGEANT))['Referral']!.policy).toEqual([]);
  });

  test('a person whom every panel excludes cannot read the person of another agency', async () => {
    await excluded('jag-coordinator', SERGEANT);
    expect(await status(SERGEANT, `/v1/persons/${person}`)).toBe(200);
    await excluded('marac-coordinator', SERGEANT);
    expect(await status(SERGEANT, `/v1/persons/${person}`)).toBe(404);
  });

  test('a person keeps the record that the own agency made, and loses the case of the panel', async () => {
    await excluded('jag-coordinator', OFFICER);
    await excluded('marac-coordinator', OFFICER);
    expect(await status(OFFICER, `/v1/persons/${person}`)).toBe(200);
    for (const caseId of [jag, marac]) expect(none(await sees(OFFICER, caseId))).toBe(true);
    expect((await layers(OFFICER))['Person']).toEqual({ policy: [person], rowSecurity: [person] });
    expect((await layers(OFFICER))['Case']).toEqual({ policy: [], rowSecurity: [] });
  });

  test('an excluded agency keeps the case of the panel that did not exclude it', async () => {
    const { agencyId } = await practitioner(owner, OFFICER);
    expect((await exclude('marac-coordinator', { personId: person, agencyId })).status).toBe(201);
    expect(none(await sees(OFFICER, marac))).toBe(true);
    expect(all(await sees(OFFICER, jag))).toBe(true);
    expect(await status(OFFICER, `/v1/persons/${person}`)).toBe(200);
  });

  test('a person who names somebody from whom the panel excludes them is answered as one whom nobody excludes', async () => {
    const [, other, another] = await casesOf(owner, 'ask-jag');
    const role = { personId: person, role: 'complainant', rationale: 'Lives there.', since: '2026-01-02' };
    const officer = await by(OFFICER);
    const before = await officer.post(`/v1/cases/${other!.id}/people`, role);
    await excluded('jag-coordinator', OFFICER);
    const after = await officer.post(`/v1/cases/${another!.id}/people`, role);
    expect([after.status, Object.keys(after.body)]).toEqual([201, Object.keys(before.body)]);
    expect(none(await sees(OFFICER, another!.id))).toBe(true);
  });

  test('a coordinator who is excluded cannot read the exclusions of the panel from that person', async () => {
    const own = await exclude('jag-chair', {
      personId: person,
      practitionerId: (await practitioner(owner, 'jag-coordinator')).id,
    });
    const other = await excluded('jag-chair', SERGEANT);
    for (const { body } of [own, other])
      expect(await status('jag-coordinator', `/v1/exclusions/${body.id as string}`)).toBe(404);
    expect(await status('jag-chair', `/v1/exclusions/${other.body.id as string}`)).toBe(200);
  });

  test('a coordinator who is excluded cannot read what was disclosed about the person on the panel', async () => {
    const disclosed = async (who: string): Promise<number> => {
      const { body } = await (await by(who)).get('/v1/disclosures?limit=100').expect(200);
      return body.data.filter((one: { personId: string }) => one.personId === person).length;
    };
    await (await by('fire-officer')).get(`/v1/persons/${person}`).expect(200);
    expect(await disclosed('jag-coordinator')).toBeGreaterThan(0);
    await exclude('jag-chair', {
      personId: person,
      practitionerId: (await practitioner(owner, 'jag-coordinator')).id,
    });
    expect(await disclosed('jag-coordinator')).toBe(0);
  });

  test('a coordinator of two panels excludes on both when naming none', async () => {
    const both = await (await by(OFFICER)).get(`/v1/persons/${person}`).expect(200);
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM cases WHERE panel_id = $1 LIMIT 1`, [
      panels.get('ask-cmarac'),
    ]);
    const role = { personId: both.body.id, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' };
    await (await by(OFFICER)).post(`/v1/cases/${rows[0]!.id}/people`, role).expect(201);
    const { id } = await practitioner(owner, 'fire-officer');
    expect((await exclude('jag-coordinator', { personId: person, practitionerId: id })).status).toBe(201);
    const made = await owner.query<{ panel: string }>(
      `SELECT panel_id AS panel FROM exclusions WHERE practitioner_id = $1 AND reach = 'panel'`,
      [id],
    );
    expect(new Set(made.rows.map(({ panel }) => panel))).toEqual(
      new Set([panels.get('ask-jag'), panels.get('ask-cmarac')]),
    );
    expect(await status('fire-officer', `/v1/persons/${person}`)).toBe(404);
    await owner.query('DELETE FROM case_people WHERE case_id = $1 AND person_id = $2', [rows[0]!.id, person]);
  });

  test('a panel cannot exclude in the whole partnership, nor on another panel', async () => {
    const { id: practitionerId } = await practitioner(owner, SERGEANT);
    for (const [body, expected] of [
      [{ personId: person, practitionerId, reach: 'partnership' }, 'reach-too-wide'],
      [{ personId: person, practitionerId, panelId: panels.get('ask-jag') }, 'panel-missing'],
      [{ caseId: marac, practitionerId, reach: 'partnership' }, 'reach-of-a-case'],
      [{ caseId: marac, practitionerId, panelId: panels.get('ask-marac') }, 'reach-of-a-case'],
    ] as const)
      expect(code(await exclude('marac-coordinator', body))).toEqual([422, expected]);
    await expect(
      owner.query(
        `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, person_id, reason, since, reach)
         SELECT gen_random_uuid(), 1, partnership_id, $1, $2, 'None.', now(), 'panel' FROM panels LIMIT 1`,
        [practitionerId, person],
      ),
    ).rejects.toMatchObject({ constraint: 'exclusions_reach' });
  });
});

describe('while a referral waits, before there is a case', () => {
  let named: string;
  let waiting: string;

  beforeAll(async () => {
    const officer = await by(OFFICER);
    const { rows } = await owner.query<{ id: string }>(
      `SELECT partnership_id AS id FROM panels WHERE code = 'ask-jag'`,
    );
    const partnershipId = rows[0]!.id;
    const made = { partnershipId, givenName: 'Ottoline', familyName: 'Fenwhistle' };
    named = (await officer.post('/v1/persons', made).expect(201)).body.id;
    waiting = await referred(partnershipId, named);
  });

  test('a coordinator can keep a member away from a person whom it names', async () => {
    expect(await status(SERGEANT, `/v1/referrals/${waiting}`)).toBe(200);
    const { id } = await practitioner(owner, SERGEANT);
    const made = await exclude('jag-coordinator', { personId: named, practitionerId: id });
    expect([made.status, made.body.panelId]).toEqual([201, panels.get('ask-jag')]);
    expect(await status(SERGEANT, `/v1/referrals/${waiting}`)).toBe(404);
    expect(await status(SERGEANT, `/v1/persons/${named}`)).toBe(404);
    expect((await exclude('marac-coordinator', { personId: named, practitionerId: id })).status).toBe(404);
  });

  test('a member can declare a conflict with a person whom it names, which the panel keeps', async () => {
    const made = await exclude(SERGEANT, { personId: named, declared: true });
    expect([made.status, made.body.panelId]).toEqual([201, panels.get('ask-jag')]);
    expect(await status(SERGEANT, `/v1/referrals/${waiting}`)).toBe(404);
    expect(await status('jag-chair', `/v1/exclusions/${made.body.id as string}`)).toBe(200);
  });
});

describe('a conflict with a person that somebody declares', () => {
  test('hides the person on every panel and in the own agency’s record, until a chair ends it', async () => {
    const made = await exclude(OFFICER, { personId: person, declared: true, reason: 'She is my aunt.' });
    expect(made.body).toMatchObject({ declared: true, reach: 'partnership', personId: person });
    expect(await status(OFFICER, `/v1/persons/${person}`)).toBe(404);
    expect(await status(OFFICER, `/v1/referrals/${referral}`)).toBe(404);
    for (const caseId of [jag, marac]) expect(none(await sees(OFFICER, caseId))).toBe(true);
    const nothing = { policy: [], rowSecurity: [] };
    expect(await layers(OFFICER)).toMatchObject({ Case: nothing, Person: nothing, Referral: { policy: [] } });
    const path = `/v1/exclusions/${made.body.id as string}`;
    expect(await status(OFFICER, path)).toBe(404);
    const keeper = made.body.panelId === panels.get('ask-jag') ? 'jag-chair' : 'marac-chair';
    await (await by(keeper)).post(`${path}/ending`, { reason: 'Mistaken.' }).set('if-match', '*').expect(200);
    expect(await status(OFFICER, `/v1/persons/${person}`)).toBe(200);
  });

  test('can be limited to one panel', async () => {
    const body = { personId: person, declared: true, reach: 'panel', reason: 'She is my aunt.' };
    expect(code(await exclude(OFFICER, body))).toEqual([422, 'panel-missing']);
    const made = await exclude(OFFICER, { ...body, panelId: panels.get('ask-marac') });
    expect(made.body).toMatchObject({ declared: true, reach: 'panel', panelId: panels.get('ask-marac') });
    expect(none(await sees(OFFICER, marac))).toBe(true);
    expect(all(await sees(OFFICER, jag))).toBe(true);
  });

  test('is kept by the steering group when the person is known through no panel', async () => {
    const { rows } = await owner.query<{ id: string; partnership: string }>(
      `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-steering'`,
    );
    const named = { partnershipId: rows[0]!.partnership, givenName: 'Ottilie', familyName: 'Marrowfen' };
    const { body } = await (await by(OFFICER)).post('/v1/persons', named).expect(201);
    const made = await exclude(OFFICER, { personId: body.id, declared: true, reason: 'A friend.' });
    expect(made.body).toMatchObject({ reach: 'partnership', panelId: rows[0]!.id });
    expect(await status(OFFICER, `/v1/persons/${body.id as string}`)).toBe(404);
    expect(await status('cmarac-chair', `/v1/exclusions/${made.body.id as string}`)).toBe(200);
  });

  describe('in a partnership without a steering group', () => {
    let path: string;
    let named: string;
    const ending = async (who: string) =>
      (await by(who)).post(`${path}/ending`, { reason: 'Mistaken.' }).set('if-match', '*');

    /** The panel is no steering group until the test ends. */
    const typed = (type: string) =>
      owner.query('UPDATE panels SET type = $2 WHERE id = $1', [panels.get('ask-steering'), type]);
    const declares = async (who: string): Promise<void> => {
      const { rows } = await owner.query<{ id: string }>(
        `SELECT partnership_id AS id FROM panels WHERE code = 'ask-jag'`,
      );
      const record = { partnershipId: rows[0]!.id, givenName: 'Ottilie', familyName: 'Marrowfen' };
      named = (await (await by(who)).post('/v1/persons', record).expect(201)).body.id;
      const made = await exclude(who, { personId: named, declared: true, reason: 'A friend.' });
      expect([made.status, made.body.panelId]).toEqual([201, null]);
      path = `/v1/exclusions/${made.body.id as string}`;
    };
    beforeEach(() => typed('tasking'));
    afterEach(() => typed('steering_group'));

    test('a data protection officer can end it, and nobody else', async () => {
      await declares(OFFICER);
      for (const who of [OFFICER, 'jag-chair', 'cmarac-chair', 'jag-coordinator', 'outsider'])
        expect([who, (await ending(who)).status]).toEqual([who, 404]);
      expect(await status(OFFICER, `/v1/persons/${named}`)).toBe(404);
      const ended = await ending('dpo');
      expect([ended.status, ended.text]).toEqual([200, expect.any(String)]);
      expect(ended.text).not.toContain('A friend.');
      expect(await status(OFFICER, `/v1/persons/${named}`)).toBe(200);
    });

    test('a data protection officer of the same agency ends it and is not told why', async () => {
      const roles = `UPDATE practitioners SET roles = roles || '{data_protection_officer}' WHERE subject = 'related-officer'`;
      await owner.query(roles);
      await declares(OFFICER);
      const before = await (await by('related-officer')).get(path).expect(200);
      const ended = await ending('related-officer');
      expect([ended.status, Object.keys(ended.body).sort()]).toEqual([200, Object.keys(before.body).sort()]);
      expect(ended.text).not.toContain('A friend.');
      await owner.query(
        roles.replace("roles || '{data_protection_officer}'", "array_remove(roles, 'data_protection_officer')"),
      );
    });

    test('a data protection officer can end another’s, and not their own', async () => {
      await owner.query(
        `UPDATE practitioners SET roles = roles || '{data_protection_officer}' WHERE subject = '${OFFICER}'`,
      );
      await declares(SERGEANT);
      expect((await ending(OFFICER)).status).toBe(200);
      await declares(OFFICER);
      expect((await ending(OFFICER)).status).toBe(404);
      await owner.query(
        `UPDATE practitioners SET roles = array_remove(roles, 'data_protection_officer') WHERE subject = '${OFFICER}'`,
      );
    });
  });

  test('a data protection officer cannot end one that a panel keeps', async () => {
    const made = await exclude(OFFICER, { personId: person, declared: true, reason: 'She is my aunt.' });
    const dpo = await by('dpo');
    const path = `/v1/exclusions/${made.body.id as string}`;
    expect((await dpo.post(`${path}/ending`, { reason: 'Mistaken.' }).set('if-match', '*')).status).toBe(403);
  });

  test('somebody who cannot read the person gets 404, and a system is refused', async () => {
    expect((await exclude('outsider', { personId: person, declared: true })).status).toBe(404);
    expect((await exclude('housing-system', { personId: person, declared: true })).status).toBeGreaterThanOrEqual(403);
  });
});

describe('an exclusion by name', () => {
  const rename = async (name: string): Promise<void> => {
    const fire = await practitioner(owner, 'fire-officer');
    await owner.query(`UPDATE practitioners SET roles = '{agency_administrator}' WHERE id = $1`, [fire.id]);
    // a third new name within 30 days is refused
    await owner.query(`UPDATE practitioner_names SET created_at = created_at - interval '31 days'`);
    await (
      await by('fire-officer')
    )
      .patch(`/v1/agencies/${fire.agencyId}/people/${fire.id}`, { name }, '*')
      .expect(200);
  };

  test('an excluded person cannot get back by being renamed', async () => {
    expect((await exclude('jag-coordinator', { caseId: jag, name: 'Emberley, Duncan' })).status).toBe(201);
    expect(none(await sees('fire-officer', jag))).toBe(true);
    await rename('Duncan Fennelgrove');
    expect(none(await sees('fire-officer', jag))).toBe(true);
    const { actor } = (await walls.cast(['fire-officer']))[0]!;
    expect(await walls.policyAlone(actor, 'Case', [jag])).toEqual([]);
    expect(await walls.wallAlone(actor, 'Case', [jag])).toEqual([]);
    await rename('Duncan Emberley');
  });

  test('matches a former name until a data protection officer marks it as entered in error', async () => {
    await exclude('jag-coordinator', { caseId: jag, name: 'Duncan Thornmere' });
    await rename('Duncan Thornmere');
    await rename('Duncan Emberley');
    expect(none(await sees('fire-officer', jag))).toBe(true);
    await markInError(server, await practitioner(owner, 'fire-officer'), 'Duncan Thornmere');
    expect(all(await sees('fire-officer', jag))).toBe(true);
    const { actor } = (await walls.cast(['fire-officer']))[0]!;
    expect(await walls.wallAlone(actor, 'Case', [jag])).toEqual([jag]);
  });

  test('matches a name that is taken back where it was made while somebody had the name', async () => {
    await rename('Duncan Oakhurst');
    await exclude('jag-coordinator', { caseId: jag, name: 'Duncan Oakhurst' });
    await rename('Duncan Emberley');
    expect(none(await sees('fire-officer', jag))).toBe(true);
  });

  test('matches a name that somebody had before, and one that somebody gets later', async () => {
    await rename('Duncan Fennelgrove');
    await rename('Duncan Emberley');
    await exclude('jag-coordinator', { caseId: jag, name: 'Sgt Duncan Fennelgrove' });
    expect(none(await sees('fire-officer', jag))).toBe(true);
    await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
    await exclude('jag-coordinator', { caseId: jag, name: 'Duncan Aldersyke' });
    expect(all(await sees('fire-officer', jag))).toBe(true);
    await rename('Duncan Aldersyke');
    expect(none(await sees('fire-officer', jag))).toBe(true);
    await rename('Duncan Emberley');
  });

  test('a person who is matched by an earlier name cannot read the exclusion', async () => {
    await rename('Duncan Fennelgrove');
    const made = await exclude('jag-chair', { caseId: jag, name: 'Duncan Emberley' });
    const seat = [(await practitioner(owner, 'fire-officer')).id, panels.get('ask-jag')];
    const becomes = (role: string) =>
      owner.query(`UPDATE memberships SET role = '${role}' WHERE practitioner_id = $1 AND panel_id = $2`, seat);
    await becomes('coordinator');
    expect(await status('fire-officer', `/v1/exclusions/${made.body.id as string}`)).toBe(404);
    await becomes('member');
    await rename('Duncan Emberley');
  });

  test('the service cannot add, delete or change a name', async () => {
    const { rows } = await owner.query<{ may: boolean }>(
      `SELECT has_table_privilege('wardmote_service', 'practitioner_names', 'INSERT, UPDATE, DELETE, TRUNCATE')
         OR has_column_privilege('wardmote_service', 'practitioner_names', 'name_key', 'UPDATE') AS may`,
    );
    expect(rows).toEqual([{ may: false }]);
  });
});

test('a coordinator cannot read who received a referral when excluded from a person it names', async () => {
  const coordinator = await by('jag-coordinator');
  await (await by(SERGEANT)).get(`/v1/referrals/${referral}`).expect(200);
  const received = async (): Promise<string[]> => {
    const { body } = await coordinator.get(`/v1/disclosures?recordId=${referral}&limit=100`).expect(200);
    return body.data.map((one: { id: string }) => one.id);
  };
  const [before] = await received();
  expect(before).toBeDefined();
  const { id: practitionerId } = await practitioner(owner, 'jag-coordinator');
  const made = await exclude('jag-chair', { personId: person, panelId: panels.get('ask-jag'), practitionerId });
  expect(code(made)).toEqual([201, undefined]);
  expect(await received()).toEqual([]);
  expect(await status('jag-coordinator', `/v1/disclosures/${before as string}`)).toBe(404);
});

test('a coordinator who excludes by name gets how many people of the partnership have that name', async () => {
  const coordinator = await by('jag-coordinator');
  const matching = async (whom: object): Promise<[number, number | null]> => {
    const made = await coordinator.post('/v1/exclusions', { caseId: jag, reason: 'A relative.', ...whom });
    const { id, matches } = made.body as { id: string; matches: number | null };
    const one = await coordinator.get(`/v1/exclusions/${id}`).expect(200);
    const { body } = await coordinator.get('/v1/exclusions?limit=100').expect(200);
    const listed = (body.data as { id: string; matches: number | null }[]).find((each) => each.id === id);
    expect([one.body.matches, listed?.matches]).toEqual([matches, matches]);
    return [made.status, matches];
  };
  expect(await matching({ name: 'Emberley, Duncan' })).toEqual([201, 1]);
  expect(await matching({ name: 'Duncan Emberly' })).toEqual([201, 0]);
  // somebody of another partnership
  expect(await matching({ name: 'Glenn Saddleby' })).toEqual([201, 0]);
  expect(await matching({ practitionerId: (await practitioner(owner, SERGEANT)).id })).toEqual([201, 1]);
});
