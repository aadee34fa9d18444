/**
 * A wrong person in a case or referral is corrected, ended or taken out, with a reason. Somebody taken out is reached through
 * the case or referral by nobody; whoever was kept out through that person alone has it again.
 *
 * Seen to fail: a role entered in error that stays in `case_people`; the same in `referral_people` and `referral_subjects`; a
 * member who takes somebody out; a correction that does not keep the values before it; the person that a case is about taken
 * out; a correction read by every member, and by somebody excluded from the person; a draft's correction shown to the panel;
 * agencies that received the record of the wrong person, and are not listed as to be told; the same kept from the list by
 * another case of the panel that names the person; the same after a referral withdrawn as made in error; a MARAC case without a perpetrator; a
 * repeat missed, or found, by whom a case named in error; an assessment that names somebody taken out, and cannot be put right;
 * a wrong value of an ending answered as if the agency might not end the role; a correction of a referral that was accepted while it waited.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { givenWallsApart, type WallsApart } from '../support/row-level-security.ts';
import { aReferral, asOwner, casesOf, meets, all, none, practitioner, untilWaiting } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const SERGEANT = 'police-sergeant';
const OFFICER = 'housing-officer';
const COORDINATOR = 'jag-coordinator';

let server: TestServer;
let owner: pg.Client;
let walls: WallsApart;
let jag: string;
let panelId: string;
let partnershipId: string;
const by = (who: string): Promise<Caller> => as(server, who);
const status = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;
const code = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  walls = await givenWallsApart(server.database);
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
});

afterEach(async () => {
  await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
});

let count = 0;
async function aPerson(): Promise<string> {
  const named = { partnershipId, givenName: 'Perpetua', familyName: `Quillfeather ${String((count += 1))}` };
  return (await (await by(OFFICER)).post('/v1/persons', named).expect(201)).body.id as string;
}

/** Somebody whom housing named in the case. */
async function named(): Promise<{ person: string; role: string }> {
  const person = await aPerson();
  const body = { personId: person, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' };
  const made = await (await by(OFFICER)).post(`/v1/cases/${jag}/people`, body).expect(201);
  return { person, role: made.body.id as string };
}

const rolePath = (role: string): string => `/v1/cases/${jag}/people/${role}`;
const ERROR = { kind: 'entered_in_error', reason: 'Mistaken for a neighbour of the same name.', opensToExcluded: true };
const taking = async (who: string, role: string, body: object = ERROR): Promise<Response> =>
  (await by(who)).post(`${rolePath(role)}/ending`, body);
const exclude = async (person: string, whom: string): Promise<void> => {
  const body = { personId: person, practitionerId: (await practitioner(owner, whom)).id, reason: 'Knows a party.' };
  await (await by(COORDINATOR)).post('/v1/exclusions', { ...body, panelId }).expect(201);
};

/** Agencies listed as to be told of a recall of the record, with the type of the record. */
async function toBeTold(recordId: string, who = COORDINATOR): Promise<string[]> {
  const { body } = await (
    await by(who)
  )
    .get(`/v1/disclosures?recordId=${recordId}&toBeTold=true&limit=100`)
    .expect(200);
  return body.data
    .map((one: { pending: string; recipientAgencyId: string }) => `${one.pending} ${one.recipientAgencyId}`)
    .sort();
}
const recalledFrom = async (...subjects: string[]): Promise<string[]> => {
  const found = await Promise.all(subjects.map((one) => practitioner(owner, one)));
  return [...new Set(found.map(({ agencyId }) => `recall ${agencyId}`))].sort();
};
const reads = async (path: string, ...subjects: string[]): Promise<void> => {
  for (const who of subjects) expect([who, path, await status(who, path)]).toEqual([who, path, 200]);
};

async function referred(submit: boolean): Promise<{ path: string; person: string; role: string }> {
  const officer = await by(OFFICER);
  const place = { partnershipId, kind: 'estate', name: `Lantern Court, stair ${String((count += 1))}` };
  const { body: at } = await officer.post('/v1/places', place).expect(201);
  const person = await aPerson();
  const draft = {
    panelId,
    subjectKind: 'place',
    placeId: at.id,
    category: 'asb_incident',
    problem: 'Fires in the bin store, three in two weeks, reported by four households.',
    whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
    criteria: ['repeat_location'],
    legalGateway: 'CDA_S115',
    people: [{ personId: person, role: 'complainant', rationale: 'Reported it.' }],
    submit,
  };
  const { body } = await officer.post('/v1/referrals', draft).expect(201);
  const path = `/v1/referrals/${body.id as string}`;
  const { body: people } = await officer.get(`${path}/people`).expect(200);
  return { path, person, role: people.data[0].id };
}

describe('a person named in a case in error', () => {
  test('a coordinator can take the person out, and nobody reaches the person through the case', async () => {
    const { person, role } = await named();
    for (const who of [COORDINATOR, 'fire-officer', SERGEANT])
      expect([who, await status(who, `/v1/persons/${person}`)]).toEqual([who, 200]);
    const { body } = await taking(COORDINATOR, role);
    expect(body).toMatchObject({ kind: 'entered_in_error', role: 'complainant', roleId: role, reason: ERROR.reason });
    for (const who of [COORDINATOR, 'jag-chair', 'fire-officer', SERGEANT]) {
      expect([who, await status(who, `/v1/persons/${person}`)]).toEqual([who, 404]);
      const { text } = await (await by(who)).get(`/v1/cases/${jag}/people?limit=100`).expect(200);
      expect(text).not.toContain(person);
    }
    expect(await status(OFFICER, `/v1/persons/${person}`)).toBe(200);
    expect(code(await taking(COORDINATOR, role))).toEqual([404, 'not-found']);
  });

  test('a coordinator reads what was taken out and why, without the person', async () => {
    const { person, role } = await named();
    await taking(COORDINATOR, role);
    const { body } = await (await by(COORDINATOR)).get(`/v1/cases/${jag}/people-corrections?limit=100`).expect(200);
    const kept = body.data.find((one: { roleId: string }) => one.roleId === role);
    expect(kept).toMatchObject({ kind: 'entered_in_error', reason: ERROR.reason, role: 'complainant' });
    expect(kept.withheld).toContain('personId');
    expect(JSON.stringify(kept)).not.toContain(person);
    const { rows } = await owner.query<{ operation: string }>(
      `SELECT operation FROM audit_entries WHERE $1 = ANY (record_ids) AND subject_type = 'CasePerson' AND sub_operation = 'remove'`,
      [role],
    );
    expect(rows).toEqual([{ operation: 'erase' }]);
  });

  test('a member cannot take somebody out, nor read what others took out', async () => {
    const { role } = await named();
    expect(code(await taking('fire-officer', role))).toEqual([403, 'not-permitted']);
    expect(code(await taking(OFFICER, role))).toEqual([403, 'not-permitted']);
    await taking(COORDINATOR, role);
    const { text } = await (await by('fire-officer')).get(`/v1/cases/${jag}/people-corrections?limit=100`).expect(200);
    expect(text).not.toContain(role);
  });

  test('a person kept out through the one taken out gets the case back, and cannot take them out', async () => {
    const { person, role } = await named();
    await exclude(person, SERGEANT);
    expect(none(await meets(await by(SERGEANT), owner, jag))).toBe(true);
    expect(code(await taking(SERGEANT, role))).toEqual([404, 'not-found']);
    expect((await taking(COORDINATOR, role)).status).toBe(201);
    expect(all(await meets(await by(SERGEANT), owner, jag))).toBe(true);
    const { actor } = (await walls.cast([SERGEANT]))[0]!;
    expect(await walls.policyAlone(actor, 'Case', [jag])).toEqual([jag]);
    expect(await walls.wallAlone(actor, 'Case', [jag])).toEqual([jag]);
    expect(await status(SERGEANT, `/v1/persons/${person}`)).toBe(404);
  });

  test('a coordinator excluded from the person cannot read that the person was taken out', async () => {
    const { person, role } = await named();
    const { id: practitionerId } = await practitioner(owner, COORDINATOR);
    const kept = { personId: person, practitionerId, panelId, reason: 'Knows a party.' };
    await (await by('jag-chair')).post('/v1/exclusions', kept).expect(201);
    expect(code(await taking(COORDINATOR, role))).toEqual([404, 'not-found']);
    const made = await taking('police-inspector', role);
    expect(made.status).toBe(201);
    const path = `/v1/cases/${jag}/people-corrections?limit=100`;
    expect((await (await by(COORDINATOR)).get(path).expect(200)).text).not.toContain(role);
    expect((await (await by('jag-chair')).get(path).expect(200)).text).toContain(role);
    expect((await (await by(COORDINATOR)).get(`/v1/cases/${jag}/timeline?limit=100`)).text).not.toContain(made.body.id);
  });

  test('a coordinator cannot take out the person that the case is about', async () => {
    const { rows } = await owner.query<{ case: string; role: string }>(
      `SELECT c.id AS case, r.id AS role FROM cases c JOIN case_people r ON r.case_id = c.id AND r.person_id = c.person_id
       WHERE c.panel_id = $1 AND c.stage <> 'closed'
         AND NOT EXISTS (SELECT 1 FROM case_people o WHERE o.case_id = c.id AND o.person_id = c.person_id AND o.id <> r.id)
         AND NOT EXISTS (SELECT 1 FROM exclusions e WHERE e.case_id = c.id OR e.person_id = c.person_id) LIMIT 1`,
      [panelId],
    );
    const answer = await (
      await by(COORDINATOR)
    ).post(`/v1/cases/${rows[0]!.case}/people/${rows[0]!.role}/ending`, ERROR);
    expect(code(answer)).toEqual([422, 'about-this-person']);
  });
});

describe('agencies that received the record of a person named in error', () => {
  test('are listed as to be told when the person is taken out of the case', async () => {
    const { person, role } = await named();
    await reads(`/v1/persons/${person}`, 'fire-officer', SERGEANT);
    expect(await toBeTold(person)).toEqual([]);
    expect((await taking(COORDINATOR, role)).status).toBe(201);
    expect(await toBeTold(person)).toEqual(await recalledFrom('fire-officer', SERGEANT));
  });

  test('are listed when another case of the panel names the person, once for each case', async () => {
    const { person, role } = await named();
    const other = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const body = { personId: person, role: 'witness', rationale: 'Saw it.', since: '2026-01-01' };
    const { body: still } = await (await by(OFFICER)).post(`/v1/cases/${other}/people`, body).expect(201);
    await reads(`/v1/persons/${person}`, 'fire-officer');
    expect((await taking(COORDINATOR, role)).status).toBe(201);
    expect(await toBeTold(person)).toEqual(await recalledFrom('fire-officer'));
    await (await by(COORDINATOR)).post(`/v1/cases/${other}/people/${still.id as string}/ending`, ERROR).expect(201);
    const [told] = await recalledFrom('fire-officer');
    expect(await toBeTold(person)).toEqual([told, told]);
  });

  test('are not listed on another panel that still names the person', async () => {
    const { person, role } = await named();
    const marac = (await casesOf(owner, 'ask-marac'))[0]!.id;
    const body = { personId: person, role: 'witness', rationale: 'Saw it.', since: '2026-01-01' };
    await (await by(OFFICER)).post(`/v1/cases/${marac}/people`, body).expect(201);
    await reads(`/v1/persons/${person}`, 'fire-officer', 'idva');
    expect((await taking(COORDINATOR, role)).status).toBe(201);
    expect(await toBeTold(person, 'dpo')).toEqual(await recalledFrom('fire-officer'));
  });

  test('are listed as to be told when the person is taken out of the referral', async () => {
    const { path, person, role } = await referred(true);
    await reads(`/v1/persons/${person}`, 'fire-officer');
    await (await by(OFFICER)).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    expect(await toBeTold(person)).toEqual(await recalledFrom('fire-officer'));
  });

  test.each([
    ['referred_in_error', true],
    ['no_longer_needed', false],
  ])('when a referral is withdrawn as %s: listed %s', async (reasonCode, isTold) => {
    const { path, person, role } = await referred(true);
    await reads(path, 'fire-officer');
    await reads(`${path}/people`, 'fire-officer');
    await reads(`/v1/persons/${person}`, 'fire-officer');
    const withdrawal = { reasonCode, reason: 'Another estate was meant.' };
    await (await by(OFFICER)).post(`${path}/withdrawal`, withdrawal).set('if-match', '*').expect(200);
    expect(await status('fire-officer', path)).toBe(isTold ? 404 : 200);
    const expected = isTold ? await recalledFrom('fire-officer') : [];
    for (const id of [path.split('/').at(-1)!, role, person]) expect(await toBeTold(id)).toEqual(expected);
  });
});

test('a case about the wrong person that is closed as referred in error is left to the coordination, until it is reopened', async () => {
  const person = await aPerson();
  const referral = {
    ...{ panelId, subjectKind: 'person_perpetrator', personId: person, category: 'asb_incident', submit: true },
    problem: 'Fires in the bin store, three in two weeks, reported by four households.',
    whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
    ...{ criteria: ['repeat_location'], consentStatus: 'given', legalGateway: 'CDA_S115' },
  };
  const { body } = await (await by(OFFICER)).post('/v1/referrals', referral).expect(201);
  const acceptance = `/v1/referrals/${body.id as string}/acceptance`;
  const accepted = await (await by(COORDINATOR)).post(acceptance, {}).set('if-match', '*').expect(200);
  const id = accepted.body.caseId as string;
  const paths = [`/v1/cases/${id}`, `/v1/persons/${person}`, `/v1/cases/${id}/contributions`];
  const met = async (who: string): Promise<number[]> => Promise.all(paths.map((path) => status(who, path)));
  await reads(`/v1/persons/${person}`, 'fire-officer');
  await reads(`/v1/cases/${id}`, 'fire-officer');
  expect([await met('fire-officer'), await met(COORDINATOR)]).toEqual([
    [200, 200, 200],
    [200, 200, 200],
  ]);
  const command = async (name: string, body: object): Promise<unknown> =>
    (await (await by(COORDINATOR)).post(`/v1/cases/${id}/${name}`, body).set('if-match', '*')).status;
  // a guest of the item, and an agency that is asked what it knows
  const coordinator = await by(COORDINATOR);
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const place = { panelId, scheduledAt: inDays(20), venueOrMode: 'Civic Offices' };
  const meeting = `/v1/meetings/${(await coordinator.post('/v1/meetings', place).expect(201)).body.id as string}`;
  const { body: item } = await coordinator.post(`${meeting}/listings`, { caseId: id, kind: 'new' }).expect(201);
  const guest = await practitioner(owner, 'probation-officer');
  const invited = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(21) };
  await coordinator.post(`${meeting}/listings/${item.id as string}/invitations`, invited).expect(201);
  await coordinator.post(`${meeting}/research-requests`, { agencyIds: [guest.agencyId] }).expect(200);
  const { body: asked } = await (await by('probation-officer')).get('/v1/research-requests?limit=100').expect(200);
  const research = asked.data.find((one: { caseId: string }) => one.caseId === id).id as string;
  const asGuest = [...paths, `${meeting}/listings/${item.id as string}`];
  const metByGuest = async (): Promise<number[]> =>
    Promise.all(asGuest.map((path) => status('probation-officer', path)));
  const ofReferral = async (): Promise<number[]> => {
    const path = `/v1/referrals/${body.id as string}`;
    return Promise.all(['fire-officer', COORDINATOR, OFFICER].map((who) => status(who, path)));
  };
  expect(await ofReferral()).toEqual([200, 200, 200]);
  const searched = async (): Promise<number> => {
    const { body: people } = await (await by('probation-officer')).get(`/v1/research-requests/${research}/people`);
    return people.data?.length ?? 0;
  };
  expect([await metByGuest(), await searched()]).toEqual([[200, 200, 200, 200], 1]);
  const fact = { category: 'asb_incident', kind: 'fact', summary: 'Two fires.', text: 'Two fires in one night.' };
  const { body: told } = await (await by('fire-officer')).post(`/v1/cases/${id}/contributions`, fact).expect(201);
  expect(await command('closure', { closureReason: 'referred_in_error', outcome: 'not_applicable' })).toBe(200);
  expect([await met('fire-officer'), await met(COORDINATOR)]).toEqual([
    [404, 404, 404],
    [200, 200, 200],
  ]);
  expect([await metByGuest(), await searched()]).toEqual([[404, 404, 404, 404], 0]);
  expect(await ofReferral()).toEqual([404, 200, 200]);
  const recall = { reason: 'Another family.' };
  await (
    await by('fire-officer')
  )
    .post(`/v1/contributions/${told.id as string}/recall`, recall)
    .set('if-match', '*')
    .expect(200);
  const emergency = { caseId: id, reasonCode: 'imminent_harm', reason: 'Somebody is in danger tonight.' };
  const opening = await (await by(SERGEANT)).post('/v1/emergency-accesses', emergency);
  expect(opening.status).toBe(404);
  for (const one of [id, person])
    expect(await toBeTold(one)).toEqual(expect.arrayContaining(await recalledFrom('fire-officer')));
  expect(await command('reopening', { reason: 'She was meant after all.' })).toBe(200);
  expect(await met('fire-officer')).toEqual([200, 200, 200]);
  // nobody is to be told of a recall that is over, and the panel reads that the case goes on
  for (const one of [id, person]) expect((await toBeTold(one)).filter((what) => what.startsWith('recall'))).toEqual([]);
  const { body: timeline } = await (await by('fire-officer')).get(`/v1/cases/${id}/timeline?limit=100`).expect(200);
  expect((timeline.data as { type: string }[]).map(({ type }) => type)).toContain('case.reopened');
  expect(await ofReferral()).toEqual([200, 200, 200]);
  expect(await metByGuest()).toEqual([200, 200, 200, 200]);
});

test('a MARAC referral cannot be accepted when its perpetrator was taken out', async () => {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-marac'`);
  const idva = await by('idva');
  const aNewPerson = async (): Promise<string> => {
    const person = { partnershipId, givenName: 'Perpetua', familyName: `Quillfeather ${String((count += 1))}` };
    return (await idva.post('/v1/persons', person).expect(201)).body.id;
  };
  const perpetrator = { personId: await aNewPerson(), role: 'perpetrator', rationale: 'Named by the victim.' };
  const referral = {
    panelId: rows[0]!.id,
    category: 'police_incident',
    subjectKind: 'person_victim',
    personId: await aNewPerson(),
    people: [perpetrator],
    criteria: ['visible_high_risk'],
    consentStatus: 'given',
    subjectAware: 'yes',
    safeToTell: true,
    legalGateway: 'CDA_S115',
    problem: 'Threats since the separation, the last one on Friday night.',
    overrideReason: 'The age is not known.',
    submit: true,
  };
  const { body: made } = await idva.post('/v1/referrals', referral).expect(201);
  const path = `/v1/referrals/${made.id as string}`;
  const { body: people } = await idva.get(`${path}/people`).expect(200);
  const role = people.data.find((one: { role: string }) => one.role === 'perpetrator').id as string;
  await idva.post(`${path}/people/${role}/ending`, ERROR).expect(201);
  const coordinator = await by('marac-coordinator');
  const refused = await coordinator.post(`${path}/acceptance`, {}).set('if-match', '*');
  expect(code(refused)).toEqual([422, 'not-ready-to-accept']);
  expect(refused.body.detail).toContain('/v1/referrals/{id}/return');
  expect(refused.body.errors).toEqual([{ pointer: '/people', detail: 'name the perpetrator' }]);
  const back = { reasonCode: 'people_unclear', reason: 'Name the perpetrator.' };
  await coordinator.post(`${path}/return`, back).set('if-match', '*').expect(200);
  await idva.post(`${path}/people`, perpetrator).expect(201);
  await idva.post(`${path}/submission`).set('if-match', '*').expect(200);
  await coordinator.post(`${path}/acceptance`, {}).set('if-match', '*').expect(200);
});

describe('a role in a case', () => {
  test('a coordinator can correct it with a reason, and the values before it are kept', async () => {
    const { role } = await named();
    const coordinator = await by(COORDINATOR);
    const { headers } = await coordinator.get(rolePath(role)).expect(200);
    const change = { role: 'witness', since: '2026-02-01' };
    expect((await coordinator.patch(rolePath(role), change, headers['etag'])).status).toBe(400);
    const reasoned = { ...change, reason: 'The housing file was misread.' };
    const { body } = await coordinator.patch(rolePath(role), reasoned, headers['etag']).expect(200);
    expect(body).toMatchObject({ id: role, role: 'witness', since: '2026-02-01' });
    const kept = await coordinator.get(`/v1/cases/${jag}/people-corrections?limit=100`).expect(200);
    expect(kept.body.data.find((one: { roleId: string }) => one.roleId === role)).toMatchObject({
      kind: 'changed',
      role: 'complainant',
      since: '2026-01-01',
      reason: reasoned.reason,
    });
    expect((await (await by('fire-officer')).patch(rolePath(role), reasoned, '*')).status).toBe(403);
    expect((await (await by(OFFICER)).patch(rolePath(role), reasoned, '*')).status).toBe(200);
  });

  test('the agency that named the person can end it on a day, once, and the person stays readable', async () => {
    const { person, role } = await named();
    const ended = { kind: 'ended', until: '2026-03-01', reason: 'Moved away.' };
    expect(code(await taking(OFFICER, role, { ...ended, until: '2025-12-31' }))).toEqual([
      422,
      'ends-before-it-begins',
    ]);
    expect((await taking(OFFICER, role, ended)).status).toBe(201);
    expect((await (await by(OFFICER)).get(rolePath(role)).expect(200)).body.until).toBe('2026-03-01');
    expect(code(await taking(OFFICER, role, ended))).toEqual([409, 'ended']);
    expect(await status('fire-officer', `/v1/persons/${person}`)).toBe(200);
  });

  test('the agency that named the person gets the wrong value of an ending, and no refusal in the log', async () => {
    const { role } = await named();
    const wrong = await taking(OFFICER, role, { kind: 'ended', reason: 'x' });
    expect([...code(wrong), wrong.body.errors]).toEqual([
      ...[400, 'invalid'],
      [expect.objectContaining({ pointer: '/reason' })],
    ]);
    const { rows } = await owner.query(
      `SELECT outcome, rule FROM audit_entries WHERE record_ids @> ARRAY[$1]::uuid[] AND action = 'take-out'`,
      [role],
    );
    expect(rows).toEqual([]);
    expect(code(await taking(OFFICER, role))).toEqual([403, 'not-permitted']);
  });

  test('a coordinator cannot reach it through another case', async () => {
    const { role } = await named();
    const other = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const answer = await (await by(COORDINATOR)).post(`/v1/cases/${other}/people/${role}/ending`, ERROR);
    expect(code(answer)).toEqual([404, 'not-found']);
  });
});

describe('a person named in a referral in error', () => {
  test.each([OFFICER, COORDINATOR])('%s can take the person out after submission', async (who) => {
    const { path, person, role } = await referred(true);
    expect(await status('fire-officer', `/v1/persons/${person}`)).toBe(200);
    await exclude(person, SERGEANT).catch(() => undefined);
    const { status: made, body } = await (await by(who)).post(`${path}/people/${role}/ending`, ERROR);
    expect([made, body.kind]).toEqual([201, 'entered_in_error']);
    for (const other of ['fire-officer', COORDINATOR]) {
      expect([other, await status(other, `/v1/persons/${person}`)]).toEqual([other, 404]);
      expect((await (await by(other)).get(`${path}/people`).expect(200)).body.data).toEqual([]);
    }
    const kept = await (await by(COORDINATOR)).get(`${path}/people-corrections`).expect(200);
    expect(kept.body.data).toMatchObject([{ roleId: role, reason: ERROR.reason }]);
    expect((await (await by('fire-officer')).get(`${path}/people-corrections`)).body.data).toEqual([]);
  });

  test('the referrer can take a person out of a draft, and the panel never learns of it', async () => {
    const { path, person, role } = await referred(false);
    await (await by(OFFICER)).post(`${path}/people/${role}/ending`, ERROR).expect(201);
    await (await by(OFFICER)).post(`${path}/submission`).set('if-match', '*').expect(200);
    expect(await status('fire-officer', `/v1/persons/${person}`)).toBe(404);
    expect((await (await by(COORDINATOR)).get(`${path}/people-corrections`).expect(200)).body.data).toEqual([]);
    expect((await (await by(OFFICER)).get(`${path}/people-corrections`).expect(200)).body.data).toHaveLength(1);
  });

  test('a member of another agency cannot take the person out', async () => {
    const { path, role } = await referred(true);
    const answer = await (await by('fire-officer')).post(`${path}/people/${role}/ending`, ERROR);
    expect(code(answer)).toEqual([403, 'not-permitted']);
  });

  test('the referrer can correct the role with a reason', async () => {
    const { path, role } = await referred(true);
    const officer = await by(OFFICER);
    const { headers } = await officer.get(`${path}/people/${role}`).expect(200);
    const change = { role: 'witness', reason: 'Saw it, did not report it.' };
    const { body } = await officer.patch(`${path}/people/${role}`, change, headers['etag']).expect(200);
    expect(body.role).toBe('witness');
    const kept = await officer.get(`${path}/people-corrections`).expect(200);
    expect(kept.body.data).toMatchObject([{ kind: 'changed', role: 'complainant', reason: change.reason }]);
  });
});

test('a coordinator whose correction waited for an acceptance is told to correct the case', async () => {
  const { path, role } = await referred(true);
  const [coordinator, chair] = [await by(COORDINATOR), await by('jag-chair')];
  await owner.query('BEGIN');
  const does: Promise<Response>[] = [];
  try {
    await owner.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`screening ${panelId}`]);
    does.push(chair.post(`${path}/acceptance`, {}).set('if-match', '*').then());
    await untilWaiting(owner, 1);
    does.push(coordinator.post(`${path}/people/${role}/ending`, ERROR).then());
    await untilWaiting(owner, 2);
  } finally {
    await owner.query('COMMIT');
  }
  const [accepted, corrected] = (await Promise.all(does)) as [Response, Response];
  expect([accepted.status, corrected.status, corrected.body.code]).toEqual([200, 409, 'accepted-meanwhile']);
});

describe('a referral that the panel has decided on', () => {
  test('its author cannot change whom it names, and so not what later referrals are compared with', async () => {
    const { path, role } = await referred(true);
    const coordinator = await by(COORDINATOR);
    expect((await coordinator.post(`${path}/acceptance`, {}).set('if-match', '*')).status).toBe(200);
    const officer = await by(OFFICER);
    const change = { role: 'witness', reason: 'A correction of what was told.' };
    expect(code(await officer.patch(`${path}/people/${role}`, change, '*'))).toEqual([409, 'decided-already']);
    expect(code(await officer.post(`${path}/people/${role}/ending`, ERROR))).toEqual([409, 'decided-already']);
    expect(code(await coordinator.post(`${path}/people/${role}/ending`, ERROR))).toEqual([201, undefined]);
  });
});

describe('an author who is excluded from somebody named in the referral', () => {
  test('reads the referral, and not the person, and takes out of it what they wrote, as anybody else', async () => {
    const { person } = await named();
    const sergeant = await by(SERGEANT);
    const place = { partnershipId, kind: 'estate', name: 'Lantern Court, roof' };
    const { body: at } = await sergeant.post('/v1/places', place).expect(201);
    const { body } = await sergeant
      .post('/v1/referrals', {
        panelId,
        subjectKind: 'place',
        placeId: at.id,
        category: 'asb_incident',
        problem: 'Stones thrown from the roof, three times in two weeks.',
        whyMultiAgency: 'Housing holds the keys, police were called each time.',
        criteria: ['repeat_location'],
        legalGateway: 'CDA_S115',
        people: [{ personId: person, role: 'complainant', rationale: 'Reported it.' }],
        submit: true,
      })
      .expect(201);
    const path = `/v1/referrals/${body.id as string}`;
    const { body: people } = await sergeant.get(`${path}/people`).expect(200);
    await exclude(person, SERGEANT);
    expect(await status(SERGEANT, path)).toBe(200);
    expect(await status(SERGEANT, `/v1/persons/${person}`)).toBe(404);
    const taken = await sergeant.post(`${path}/people/${people.data[0].id as string}/ending`, ERROR);
    expect([taken.status, taken.text]).toEqual([201, expect.any(String)]);
    expect(await status(SERGEANT, `/v1/persons/${person}`)).toBe(404);
    expect(await status('fire-officer', `/v1/persons/${person}`)).toBe(200);
  });
});

test('a later referral is compared with whom the case names, not with whom it named in error', async () => {
  const idva = await by('idva');
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-marac'`);
  const recorded = async (): Promise<string> => {
    const person = { partnershipId, givenName: 'Sorrel', familyName: `Quenby ${String((count += 1))}` };
    return (await idva.post('/v1/persons', person).expect(201)).body.id as string;
  };
  const refer = async (victim: string, perpetrator: string): Promise<string> => {
    const made = await idva.post('/v1/referrals', aReferral(rows[0]!.id, victim, perpetrator)).expect(201);
    return made.body.id as string;
  };
  const coordinator = await by('marac-coordinator');
  const [victim, wrong, right] = [await recorded(), await recorded(), await recorded()];
  const accepted = await coordinator
    .post(`/v1/referrals/${await refer(victim, wrong)}/acceptance`, {})
    .set('if-match', '*')
    .expect(200);
  const people = `/v1/cases/${String(accepted.body.caseId)}/people`;
  const role = { personId: right, role: 'perpetrator', rationale: 'Named in error at first.', since: '2026-01-01' };
  await idva.post(people, role).expect(201);
  const { data } = (await coordinator.get(people).expect(200)).body;
  const taken = (data as { id: string; personId: string }[]).filter(({ personId }) => personId === wrong);
  for (const { id } of taken) await coordinator.post(`${people}/${id}/ending`, ERROR).expect(201);
  const isRepeat = async (perpetrator: string): Promise<boolean> => {
    const path = `/v1/referrals/${await refer(victim, perpetrator)}/screening`;
    return (await coordinator.get(path).expect(200)).body.isRepeat as boolean;
  };
  expect([await isRepeat(right), await isRepeat(wrong)]).toEqual([true, false]);
});

test('an assessment of somebody taken out names them no more, is told as taken back, and can be superseded', async () => {
  const { person, role } = await named();
  const officer = await by(OFFICER);
  const { rows } = await owner.query<{ id: string; instrument: string }>(
    `INSERT INTO assessments (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, case_id, panel_id,
       person_id, instrument_id, answers, score, computed_band, judgement_band, judgement_reason, effective_band, assessed_on, assessed_by_id)
     SELECT gen_random_uuid(), 1, now(), now(), a.partnership_id, o.agency_id, g.type, $1, $2, $3, a.instrument_id,
       a.answers, a.score, a.computed_band, a.judgement_band, a.judgement_reason, a.effective_band, a.assessed_on, o.id
     FROM assessments a JOIN panels p ON p.id = a.panel_id, practitioners o JOIN agencies g ON g.id = o.agency_id
     WHERE p.code = 'ask-jag' AND o.subject = $4 LIMIT 1 RETURNING id, instrument_id AS instrument`,
    [jag, panelId, person, OFFICER],
  );
  const { id, instrument } = rows[0]!;
  const path = `/v1/assessments/${id}`;
  expect((await (await by('fire-officer')).get(path).expect(200)).body.personId).toBe(person);
  const { answers } = (await officer.get(path).expect(200)).body;
  await taking(COORDINATOR, role);
  const { text, body } = await (await by('fire-officer')).get(path).expect(200);
  expect(text).not.toContain(person);
  expect(body.withheld).toContain('personId');
  expect(await toBeTold(id)).toEqual([expect.stringMatching(/^recall /)]);
  const other = await named();
  const again = { instrumentId: instrument, answers, personId: other.person, supersedesId: id };
  const made = await officer.post(`/v1/cases/${jag}/assessments`, { ...again, assessedOn: body.assessedOn });
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);
});

test('somebody excluded from a person who was taken out of a case cannot read an assessment of that person', async () => {
  const { person, role } = await named();
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO assessments (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, case_id, panel_id,
       person_id, instrument_id, answers, score, computed_band, judgement_band, judgement_reason, effective_band, assessed_on, assessed_by_id)
     SELECT gen_random_uuid(), 1, now(), now(), a.partnership_id, a.agency_id, a.contributing_type, $1, $2, $3, a.instrument_id,
       a.answers, a.score, a.computed_band, a.judgement_band, a.judgement_reason, a.effective_band, a.assessed_on, a.assessed_by_id
     FROM assessments a JOIN panels p ON p.id = a.panel_id WHERE p.code = 'ask-jag' LIMIT 1 RETURNING id`,
    [jag, panelId, person],
  );
  const path = `/v1/assessments/${rows[0]!.id}`;
  expect(await status('fire-officer', path)).toBe(200);
  await exclude(person, 'fire-officer');
  await taking(COORDINATOR, role);
  expect(await status('fire-officer', `/v1/cases/${jag}`)).toBe(200);
  expect(await status('fire-officer', path)).toBe(404);
  const { text } = await (await by('fire-officer')).get(`/v1/cases/${jag}/assessments?limit=100`).expect(200);
  expect(text).not.toContain(rows[0]!.id);
});
