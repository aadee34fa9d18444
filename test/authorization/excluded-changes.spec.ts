/**
 * Somebody who is excluded from a case goes on keeping the record of a person that their own agency made, and the referral that they
 * wrote: to refuse it would tell of the exclusion. The coordination of the panel is told to check what was changed.
 *
 * Seen to fail: a notice of changes by somebody who is not excluded; a second change of a day after the notice was read; a returned
 * referral that is rewritten; a notice for a reader from whom the exclusion is hidden; no notice of a naming that keeps a person from
 * somebody excluded; one because of a declared conflict, and one where the person is named in no other case.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
let minutes = 0;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
}, 60_000);

async function jobsDone(): Promise<void> {
  const now = new Date(Date.parse(inDays(0)) + ++minutes * 60_000).toISOString();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/sandbox/clock`, { method: 'PUT', headers, body: JSON.stringify({ now }) });
  if (!answer.ok) throw new Error(await answer.text());
}

const done = ({ status, text, body }: Response, expected: number): Row => {
  expect([status, text]).toEqual([expected, expect.any(String)]);
  return body;
};
const made = async (who: string, path: string, body: object): Promise<Row> =>
  done(await (await by(who)).post(path, body), 201);
const changed = async (who: string, path: string, body: object): Promise<Row> =>
  done(await (await by(who)).patch(path, body, '*'), 200);

const person = async (givenName: string): Promise<string> =>
  (await made('housing-officer', '/v1/persons', { partnershipId, givenName, familyName: 'Farthingsby' }))['id'];

async function referred(personId: string, others: string[] = []): Promise<string> {
  const referral = await made('housing-officer', '/v1/referrals', {
    ...{ panelId, subjectKind: 'person_victim', personId, category: 'asb_incident' },
    people: others.map((id) => ({ personId: id, role: 'witness', rationale: 'Saw it.' })),
    problem: 'Shouted at on her stair every evening, by four households.',
    whyMultiAgency: 'Housing alone has not helped; police are needed.',
    criteria: ['repeat_location'],
    consentStatus: 'given',
    legalGateway: 'CDA_S115',
    submit: true,
  });
  return referral['id'];
}

async function opened(personId: string): Promise<string> {
  const accept = await by('jag-chair');
  const answer = await accept.post(`/v1/referrals/${await referred(personId)}/acceptance`, {}).set('if-match', '*');
  return done(answer, 200)['caseId'];
}

async function toCheck(who: string, subjectId: string, kind = 'changed_by_excluded'): Promise<Row[]> {
  const { body } = await (await by(who)).get(`/v1/notices?limit=100&kind=${kind}`).expect(200);
  const notices: Row[] = body.data.filter((one: Row) => one['subjectId'] === subjectId);
  // one for each agency of the coordination
  return notices.filter(({ agencyId }) => agencyId === notices[0]?.['agencyId']);
}

test('the coordinator gets a notice when somebody excluded from a case changes the safe contact of its person', async () => {
  const personId = await person('Marigold');
  const caseId = await opened(personId);
  await changed('housing-officer', `/v1/persons/${personId}`, { safeContact: 'By her sister, mornings.' });
  await jobsDone();
  expect(await toCheck('jag-coordinator', caseId)).toEqual([]);
  const { id: practitionerId } = await practitioner(owner, 'housing-officer');
  await made('jag-chair', '/v1/exclusions', { caseId, practitionerId, reason: 'A relative of the family.' });
  await changed('housing-officer', `/v1/persons/${personId}`, { safeContact: 'By her husband.' });
  await jobsDone();
  expect(await toCheck('jag-coordinator', caseId)).toMatchObject([{ subjectType: 'Case', caseId, panelId, level: 3 }]);
  for (const who of ['housing-officer', 'police-sergeant', 'outsider']) expect(await toCheck(who, caseId)).toEqual([]);
});

test('the coordinator gets a notice when somebody excluded from a person changes a waiting referral that names the person', async () => {
  const [personId, witness] = [await person('Rosamund'), await person('Emeline')];
  const referralId = await referred(personId, [witness]);
  const { id: practitionerId } = await practitioner(owner, 'housing-officer');
  const of = { personId: witness, panelId, practitionerId };
  await made('jag-chair', '/v1/exclusions', { ...of, reason: 'A relative of the witness.' });
  await jobsDone();
  const before = await toCheck('jag-coordinator', referralId);
  expect(before).toEqual([]);
  const people = (await (await by('housing-officer')).get(`/v1/referrals/${referralId}/people`).expect(200)).body.data;
  const role = people.find((one: Row) => one['personId'] === witness);
  const ending = { kind: 'entered_in_error', reason: 'Somebody else was there.', opensToExcluded: true };
  const path = `/v1/referrals/${referralId}/people/${String(role.id)}/ending`;
  done(await (await by('housing-officer')).post(path, ending).set('if-match', '*'), 201);
  await jobsDone();
  expect(await toCheck('jag-coordinator', referralId)).toMatchObject([{ subjectType: 'Referral', caseId: null }]);
  expect(await toCheck('housing-officer', referralId)).toEqual([]);
});

test('the coordinator gets a notice when a naming keeps a person from somebody who works with them in another case', async () => {
  const personId = await person('Cordelia');
  await opened(personId);
  const caseId = await opened(await person('Theodora'));
  const { id: practitionerId } = await practitioner(owner, 'police-sergeant');
  await made('jag-chair', '/v1/exclusions', { caseId, practitionerId, reason: 'A relative of the family.' });
  const role = { personId, role: 'witness', rationale: 'Saw it.', since: '2026-01-01' };
  const namings = async (who: string): Promise<Row[]> => toCheck(who, caseId, 'excluded_by_naming');
  await made('housing-officer', `/v1/cases/${caseId}/people`, role);
  await jobsDone();
  // also where the person has no protected address, which the notice would reveal
  expect(await namings('jag-coordinator')).toMatchObject([{ subjectType: 'Case', caseId, panelId, level: 3 }]);
  for (const who of ['police-sergeant', 'housing-officer', 'outsider']) expect(await namings(who)).toEqual([]);
});

test('the coordinator gets no notice when somebody declared the conflict or has no other case of the person', async () => {
  const personId = await person('Ottilie');
  const matters = [await opened(await person('Hesper')), await opened(await person('Isolde'))];
  const { id: practitionerId } = await practitioner(owner, 'police-sergeant');
  await made('police-sergeant', '/v1/exclusions', { caseId: matters[0], declared: true, reason: 'A friend.' });
  await made('jag-chair', '/v1/exclusions', {
    caseId: matters[1],
    practitionerId,
    reason: 'A relative of the family.',
  });
  const role = { personId, role: 'witness', rationale: 'Saw it.', since: '2026-01-01' };
  await made('housing-officer', `/v1/cases/${matters[1]}/people`, role);
  const address = { kind: 'refuge', address: '5 Larch Court', panelId };
  await made('housing-officer', `/v1/persons/${personId}/protected-addresses`, address);
  await jobsDone();
  expect(await toCheck('jag-coordinator', matters[1]!, 'excluded_by_naming')).toEqual([]);
  await opened(personId);
  await made('housing-officer', `/v1/cases/${matters[0]}/people`, role);
  await jobsDone();
  expect(await toCheck('jag-coordinator', matters[0]!, 'excluded_by_naming')).toEqual([]);
});

test('the coordinator gets a notice again when the record is changed after the notice was read', async () => {
  const personId = await person('Philippa');
  const caseId = await opened(personId);
  const { id: practitionerId } = await practitioner(owner, 'housing-officer');
  await made('jag-chair', '/v1/exclusions', { caseId, practitionerId, reason: 'A relative of the family.' });
  await changed('housing-officer', `/v1/persons/${personId}`, { safeContact: 'By her husband.' });
  await jobsDone();
  const chair = await by('jag-chair');
  for (const { id } of (await chair.get('/v1/notices?limit=100&kind=changed_by_excluded&read=false').expect(200)).body
    .data)
    await chair.post(`/v1/notices/${String(id)}/reading`).set('if-match', '*');
  const own = async (): Promise<Row[]> =>
    (await chair.get('/v1/notices?limit=100&kind=changed_by_excluded&read=true').expect(200)).body.data.filter(
      (one: Row) => one['subjectId'] === caseId,
    );
  expect(await own()).toHaveLength(1);
  await changed('housing-officer', `/v1/persons/${personId}`, { safeContact: 'By his brother.' });
  await jobsDone();
  expect(await own()).toEqual([]);
});

test('a coordinator who is excluded gets no notice of a change of their own', async () => {
  const personId = await person('Clementine');
  const caseId = await opened(personId);
  const { id: practitionerId, agencyId } = await practitioner(owner, 'jag-coordinator');
  await owner.query('UPDATE persons SET agency_id = $2, author_id = $3 WHERE id = $1', [
    personId,
    agencyId,
    practitionerId,
  ]);
  await made('jag-chair', '/v1/exclusions', { caseId, practitionerId, reason: 'A relative of the family.' });
  await changed('jag-coordinator', `/v1/persons/${personId}`, { safeContact: 'By nobody.' });
  await jobsDone();
  expect(await toCheck('jag-chair', caseId)).toMatchObject([{ subjectType: 'Case' }]);
  expect(await toCheck('jag-coordinator', caseId)).toEqual([]);
});

test('the coordinator gets a notice when an excluded author rewrites a returned referral, also once it was accepted', async () => {
  const [personId, witness] = [await person('Ottoline'), await person('Wilfreda')];
  const referralId = await referred(personId, [witness]);
  const { id: practitionerId } = await practitioner(owner, 'housing-officer');
  await made('jag-chair', '/v1/exclusions', {
    ...{ personId: witness, panelId, practitionerId },
    reason: 'A relative of the witness.',
  });
  const path = `/v1/referrals/${referralId}`;
  const chair = await by('jag-chair');
  const back = { reasonCode: 'more_information', reason: 'Say what was tried before.' };
  done(await chair.post(`${path}/return`, back).set('if-match', '*'), 200);
  await changed('housing-officer', path, {
    problem: 'Nothing happened on her stair; it was made up by the neighbours.',
  });
  await jobsDone();
  expect(await toCheck('jag-coordinator', referralId)).toEqual([]);
  done(await (await by('housing-officer')).post(`${path}/submission`).set('if-match', '*'), 200);
  const { caseId } = done(await chair.post(`${path}/acceptance`, {}).set('if-match', '*'), 200);
  await jobsDone();
  expect(await toCheck('jag-coordinator', caseId)).toMatchObject([{ subjectType: 'Case', caseId }]);
});

test('a coordinator from whom the exclusion is hidden gets no notice', async () => {
  const personId = await person('Perdita');
  // the hidden case repeats the other
  const [caseId, hidden] = [await opened(personId), await opened(personId)];
  const { id: practitionerId } = await practitioner(owner, 'housing-officer');
  const coordinator = (await practitioner(owner, 'jag-coordinator')).id;
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, case_id, person_id, reason, since, reach)
     SELECT gen_random_uuid(), 1, c.partnership_id, c.panel_id, one.practitioner::uuid, one.case_id::uuid, one.person::uuid, 'A relative.',
       now() - interval '1 day', 'panel'
     FROM cases c, (VALUES ($2, $1::text, NULL), ($3, NULL, $4)) one (practitioner, case_id, person) WHERE c.id = $1::uuid`,
    [hidden, coordinator, practitionerId, personId],
  );
  await changed('housing-officer', `/v1/persons/${personId}`, { safeContact: 'By her uncle.' });
  await jobsDone();
  expect(await toCheck('jag-chair', caseId)).toHaveLength(1);
  expect((await (await by('jag-coordinator')).get(`/v1/cases/${caseId}`)).status).toBe(200);
  expect(await toCheck('jag-coordinator', caseId)).toEqual([]);
});
