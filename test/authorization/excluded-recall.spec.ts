/**
 * An agency that is excluded from a case, or that has left the panel, recalls what it contributed, without reading the case again.
 *
 * Seen to fail: 404 to the agency that contributed; a recall by somebody who is excluded in person; a recall of
 * what another agency contributed; 403 to a former safeguarding lead; a recall by a colleague without a seat; a recall in a compartment
 * by somebody outside it whose agency is excluded; 428 to an author without a seat until somebody excludes the author.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, likeness, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const OFFICER = 'housing-officer';
const reason = 'It was about another tenant.';

let server: TestServer;
let owner: pg.Client;
let jag: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
});

afterEach(async () => {
  await owner.query(`DELETE FROM exclusions WHERE case_id = $1`, [jag]);
});

const contributed = async (): Promise<string> => {
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
  return (await (await by(OFFICER)).post(`/v1/cases/${jag}/contributions`, body).expect(201)).body.id as string;
};

async function excluded(whom: object): Promise<void> {
  await (await by('jag-chair')).post('/v1/exclusions', { caseId: jag, reason: 'Is a party.', ...whom }).expect(201);
}

test('an excluded agency recalls its own contribution and reads nothing', async () => {
  const [id, another] = [await contributed(), await contributed()];
  const sergeant = await by('police-sergeant');
  await sergeant.get(`/v1/contributions/${id}`).expect(200);
  await excluded({ agencyId: (await practitioner(owner, OFFICER)).agencyId });
  const officer = await by(OFFICER);
  const path = `/v1/contributions/${id}/recall`;
  await officer.get(`/v1/contributions/${id}`).expect(404);
  await officer.post(path, { reason }).expect(428);
  const { body } = await officer.post(path, { reason }).set('if-match', '*').expect(200);
  expect(Object.keys(body).sort()).toEqual(['id', 'recalledAt', 'withheld']);
  expect(body).toMatchObject({ id, recalledAt: expect.any(String) });
  expect((await officer.post(path, { reason }).set('if-match', '*')).status).toBe(409);
  for (const hidden of [`/v1/contributions/${id}`, `/v1/cases/${jag}`, `/v1/contributions/${another}`])
    await officer.get(hidden).expect(404);
  await officer.patch(`/v1/contributions/${another}`, { text: 'Something else.' }, '*').expect(404);
  const seen = (await sergeant.get(`/v1/contributions/${id}`).expect(200)).body;
  expect([seen.recalledAt, seen.text]).toEqual([body.recalledAt, undefined]);
  const told = await owner.query(`SELECT pending FROM disclosures WHERE record_id = $1 AND pending = 'recall'`, [id]);
  expect(told.rowCount).toBeGreaterThan(0);
});

test('an excluded agency cannot recall what another contributed', async () => {
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night, three times.' };
  const made = await (await by('police-sergeant')).post(`/v1/cases/${jag}/contributions`, body).expect(201);
  await excluded({ agencyId: (await practitioner(owner, OFFICER)).agencyId });
  const path = `/v1/contributions/${String(made.body.id)}/recall`;
  await (await by(OFFICER)).post(path, { reason }).set('if-match', '*').expect(404);
});

test('somebody who is excluded in person cannot recall what their agency contributed', async () => {
  const id = await contributed();
  const { id: practitionerId, agencyId } = await practitioner(owner, OFFICER);
  const path = `/v1/contributions/${id}/recall`;
  await excluded({ practitionerId });
  await (await by(OFFICER)).post(path, { reason }).set('if-match', '*').expect(404);
  await excluded({ agencyId });
  await (await by(OFFICER)).post(path, { reason }).set('if-match', '*').expect(404);
});

const recall = async (who: string, id: string, ifMatch?: string): Promise<Response> => {
  const request = (await by(who)).post(`/v1/contributions/${id}/recall`, { reason });
  return ifMatch === undefined ? request : request.set('if-match', ifMatch);
};

/** Answers to a recall without `If-Match` and with it. */
const recalls = async (who: string, id: string): Promise<string[]> =>
  [await recall(who, id), await recall(who, id, '*')].map(likeness);

const unseated = async (who: string): Promise<void> => {
  const { id } = await practitioner(owner, who);
  await owner.query(`UPDATE memberships SET valid_to = current_date - 1 WHERE practitioner_id = $1`, [id]);
};

test('somebody outside a compartment cannot recall in it when the agency is excluded', async () => {
  const CHANNEL = 'channel-officer';
  const [{ id: caseId }] = (await (await by(CHANNEL)).get('/v1/cases').expect(200)).body.data;
  const body = { category: 'police_incident', kind: 'fact', summary: 'Seen.', text: 'Seen at the yard on Friday.' };
  const made = await (await by(CHANNEL)).post(`/v1/cases/${String(caseId)}/contributions`, body).expect(201);
  const { agencyId } = await practitioner(owner, CHANNEL);
  await unseated(CHANNEL);
  // also a safeguarding lead of the agency, with no seat there
  const lead = (await practitioner(owner, 'police-sergeant')).id;
  await owner.query(`UPDATE practitioners SET roles = roles || '{safeguarding_lead}' WHERE id = $1`, [lead]);
  const before = [await recalls(CHANNEL, made.body.id), await recalls('police-sergeant', made.body.id)];
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, panel_id, case_id, agency_id, reason, since, reach)
     SELECT gen_random_uuid(), 1, partnership_id, panel_id, id, $2, 'A party.', now() - interval '1 minute', 'panel'
     FROM cases WHERE id = $1`,
    [caseId, agencyId],
  );
  const after = [await recalls(CHANNEL, made.body.id), await recalls('police-sergeant', made.body.id)];
  await owner.query(`DELETE FROM exclusions WHERE case_id = $1`, [caseId]);
  await owner.query(`UPDATE practitioners SET roles = array_remove(roles, 'safeguarding_lead') WHERE id = $1`, [lead]);
  expect(after).toEqual(before);
  expect(after.flat().every((one) => one.includes('404') || one.includes('403'))).toBe(true);
  const { rows } = await owner.query('SELECT recalled_at FROM contributions WHERE id = $1', [made.body.id]);
  expect(rows).toEqual([{ recalled_at: null }]);
});

test('an author whose seat ended gets one answer to a recall, with an exclusion and without', async () => {
  const AUTHOR = 'fire-officer';
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Fire.', text: 'Fire on Friday, in the yard.' };
  const made = await (await by(AUTHOR)).post(`/v1/cases/${jag}/contributions`, body).expect(201);
  const { id: practitionerId } = await practitioner(owner, AUTHOR);
  await unseated(AUTHOR);
  const before = await recalls(AUTHOR, made.body.id);
  await excluded({ practitionerId });
  const after = await recalls(AUTHOR, made.body.id);
  expect(new Set([...before, ...after]).size).toBe(1);
  expect([403, 404]).toContain((await recall(AUTHOR, made.body.id)).status);
});

test('a safeguarding lead whose seat ended recalls what the agency contributed and reads nothing', async () => {
  const [id, kept, ofOthers] = [await contributed(), await contributed(), await contributed()];
  const { id: officerId } = await practitioner(owner, OFFICER);
  const { id: otherId, agencyId: otherAgencyId } = await practitioner(owner, 'police-sergeant');
  await owner.query(`UPDATE contributions SET author_id = $2, agency_id = $3 WHERE id = $1`, [
    ofOthers,
    otherId,
    otherAgencyId,
  ]);
  // what a colleague wrote
  await owner.query(`UPDATE contributions SET author_id = gen_random_uuid() WHERE id = $1`, [id]);
  await unseated(OFFICER);
  expect([403, 404]).toContain((await recall(OFFICER, kept, '*')).status);
  await owner.query(`UPDATE practitioners SET roles = roles || '{safeguarding_lead}' WHERE id = $1`, [officerId]);
  const officer = await by(OFFICER);
  for (const hidden of [`/v1/contributions/${id}`, `/v1/cases/${jag}`]) await officer.get(hidden).expect(404);
  const answer = await recall(OFFICER, id, '*');
  expect(answer.status).toBe(200);
  expect(Object.keys(answer.body as object).sort()).toEqual(['id', 'recalledAt', 'withheld']);
  for (const hidden of [`/v1/contributions/${id}`, `/v1/cases/${jag}`]) await officer.get(hidden).expect(404);
  expect((await recall(OFFICER, id, '*')).status).toBe(409);
  expect((await recall(OFFICER, ofOthers, '*')).status).toBe(404);
  await excluded({ practitionerId: officerId });
  expect((await recall(OFFICER, kept, '*')).status).toBe(404);
  await owner.query(`DELETE FROM exclusions WHERE case_id = $1`, [jag]);
  expect((await recall(OFFICER, kept, '*')).status).toBe(200);
});
