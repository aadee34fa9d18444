/**
 * An agency that is excluded from a case, or that has left the panel, recalls what it contributed, without reading the case again.
 *
 * Seen to fail: 404 to the agency that contributed; a recall by somebody who is excluded in person; a recall of
 * what another agency contributed; 403 to a former member; a recall by a colleague without a seat.
 */
import type pg from 'pg';
import { asOwner, casesOf, practitioner } from './given-panel-work.ts';
import { as, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

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
  const told = await owner.query(`SELECT tidings FROM disclosures WHERE record_id = $1 AND tidings = 'recall'`, [id]);
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

test('somebody whose seat ended recalls what they contributed and reads nothing', async () => {
  const [id, kept, ofOthers] = [await contributed(), await contributed(), await contributed()];
  const { id: officerId } = await practitioner(owner, OFFICER);
  const { id: otherId, agencyId: otherAgencyId } = await practitioner(owner, 'police-sergeant');
  await owner.query(`UPDATE contributions SET author_id = $2, agency_id = $3 WHERE id = $1`, [
    ofOthers,
    otherId,
    otherAgencyId,
  ]);
  // what a colleague wrote is for the safeguarding lead
  await owner.query(`UPDATE contributions SET author_id = gen_random_uuid() WHERE id = $1`, [kept]);
  await owner.query(`UPDATE memberships SET valid_to = current_date - 1 WHERE practitioner_id = $1`, [officerId]);
  const officer = await by(OFFICER);
  const recall = (which: string) => officer.post(`/v1/contributions/${which}/recall`, { reason }).set('if-match', '*');
  for (const hidden of [`/v1/contributions/${id}`, `/v1/cases/${jag}`]) await officer.get(hidden).expect(404);
  const { body } = await recall(id).expect(200);
  expect(Object.keys(body).sort()).toEqual(['id', 'recalledAt', 'withheld']);
  for (const hidden of [`/v1/contributions/${id}`, `/v1/cases/${jag}`]) await officer.get(hidden).expect(404);
  await recall(id).expect(409);
  await recall(ofOthers).expect(404);
  await recall(kept).expect(404);
  await owner.query(`UPDATE contributions SET author_id = $2 WHERE id = $1`, [kept, officerId]);
  await excluded({ practitionerId: officerId });
  await recall(kept).expect(404);
  await owner.query(`DELETE FROM exclusions WHERE case_id = $1`, [jag]);
  await recall(kept).expect(200);
});
