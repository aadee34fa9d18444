/**
 * Every agency that received what, when and for which purpose; and who must be told of a correction or a recall. And who
 * can see a case and why.
 *
 * Seen to fail: disclosures not written with the log; a correction that marks nobody, or marks without a change, or for another
 * record of the same identifier, or not behind a wall of its author; an access page that forgets whom a
 * grant lets in.
 */
import pg from 'pg';
import { as } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let database: pg.Client;

beforeAll(async () => {
  server = await givenServer();
  database = new pg.Client({ connectionString: server.ownerUrl });
  database.on('error', () => undefined); // the database is dropped when the spec ends
  await database.connect();
});

const idOf = async (sql: string, values: unknown[] = []): Promise<string> =>
  (await database.query<{ id: string }>(`${sql} LIMIT 1`, values)).rows[0]?.id ?? '';

const aCase = (panel: string): Promise<string> =>
  idOf(
    `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = $1 AND c.stage <> 'closed' ORDER BY c.id`,
    [panel],
  );

/** An incident that the police put before the JAG. */
async function anIncident(caseId: string): Promise<{ id: string; etag: string }> {
  const sergeant = await as(server, 'police-sergeant');
  const body = {
    category: 'asb_incident',
    kind: 'fact',
    summary: 'Noise at night.',
    text: 'Noise at night, three times.',
  };
  const made = await sergeant.post(`/v1/cases/${caseId}/contributions`, body).expect(201);
  return { id: made.body.id, etag: made.headers['etag'] ?? '' };
}

const agencyOf = (subject: string): Promise<string> =>
  idOf('SELECT agency_id AS id FROM practitioners WHERE subject = $1', [subject]);

test('an agency that reads what another contributed stands in its disclosures, once a day, with the purpose', async () => {
  const { id } = await anIncident(await aCase('ask-jag'));
  const sergeant = await as(server, 'police-sergeant');
  const about = async () => (await sergeant.get(`/v1/disclosures?recordId=${id}`).expect(200)).body.data;
  expect(await about()).toEqual([]);
  const officer = await as(server, 'housing-officer');
  for (let times = 0; times < 3; times++) await officer.get(`/v1/contributions/${id}`).expect(200);
  await officer.get(`/v1/contributions/${id}`).set('purpose', 'CASE_PREP');
  const housing = await agencyOf('housing-officer');
  const received = await about();
  expect(received).toMatchObject([
    { recordId: id, recordType: 'Contribution', recipientAgencyId: housing, purpose: 'PANEL_MEETING', pending: null },
  ]);
  expect(received[0].fields).toContain('summary');
  // what the police read of their own is no disclosure
  await sergeant.get(`/v1/contributions/${id}`).expect(200);
  expect(await about()).toHaveLength(1);
});

test('who received it is known to whose it was, to the coordination and to the protection officer, and to nobody else', async () => {
  const caseId = await aCase('ask-jag');
  const { id } = await anIncident(caseId);
  await (await as(server, 'housing-officer')).get(`/v1/contributions/${id}`).expect(200);
  for (const who of ['police-sergeant', 'jag-coordinator', 'dpo'])
    expect((await (await as(server, who)).get(`/v1/disclosures?recordId=${id}`).expect(200)).body.data).toHaveLength(1);
  for (const who of [
    'housing-officer',
    'nhs-safeguarding-lead',
    'pellworth-inspector',
    'related-officer',
    'outsider',
  ]) {
    const { status, body } = await (await as(server, who)).get(`/v1/disclosures?recordId=${id}`);
    expect([who, status === 403 || body.data.length === 0]).toEqual([who, true]);
  }
});

test('a correction and a recall mark everybody who received it, until they were told', async () => {
  const { id, etag } = await anIncident(await aCase('ask-jag'));
  const sergeant = await as(server, 'police-sergeant');
  await (await as(server, 'housing-officer')).get(`/v1/contributions/${id}`).expect(200);
  const toBeTold = async () =>
    (await sergeant.get(`/v1/disclosures?recordId=${id}&toBeTold=true`).expect(200)).body.data as {
      id: string;
      pending: string;
    }[];
  expect(await toBeTold()).toEqual([]);
  const corrected = await sergeant
    .patch(`/v1/contributions/${id}`, { text: 'Noise at night, twice.' })
    .set('if-match', etag)
    .expect(200);
  expect(await toBeTold()).toMatchObject([{ pending: 'correction' }]);
  const [{ id: disclosure } = { id: '' }] = await toBeTold();
  await sergeant.post(`/v1/disclosures/${disclosure}/notification`).set('if-match', '*').expect(200);
  expect(await toBeTold()).toEqual([]);
  expect((await sergeant.post(`/v1/disclosures/${disclosure}/notification`).set('if-match', '*')).status).toBe(409);
  await sergeant
    .post(`/v1/contributions/${id}/recall`, { reason: 'It was another street.' })
    .set('if-match', corrected.headers['etag'] ?? '')
    .expect(200);
  expect(await toBeTold()).toMatchObject([{ pending: 'recall' }]);
});

test('a change that changes nothing is no correction', async () => {
  const { id, etag } = await anIncident(await aCase('ask-jag'));
  const sergeant = await as(server, 'police-sergeant');
  await (await as(server, 'housing-officer')).get(`/v1/contributions/${id}`).expect(200);
  const toBeTold = async () =>
    (await sergeant.get(`/v1/disclosures?recordId=${id}&toBeTold=true`).expect(200)).body.data as object[];
  const same = { summary: 'Noise at night.', text: 'Noise at night, three times.' };
  const { headers } = await sergeant.patch(`/v1/contributions/${id}`, same, etag).expect(200);
  expect(await toBeTold()).toEqual([]);
  await sergeant.patch(`/v1/contributions/${id}`, { summary: 'Noise.' }, headers['etag'] ?? '').expect(200);
  expect(await toBeTold()).toMatchObject([{ pending: 'correction' }]);
});

test('a screening that is done again is no correction of the referral', async () => {
  const id = await idOf(
    `SELECT r.id FROM referrals r JOIN panels p ON p.id = r.panel_id
     WHERE p.code = 'ask-jag' AND r.status = 'submitted' AND r.agency_id <> (SELECT agency_id FROM practitioners WHERE subject = 'jag-coordinator')
     ORDER BY r.id`,
  );
  const coordinator = await as(server, 'jag-coordinator');
  await coordinator.get(`/v1/referrals/${id}`).expect(200);
  const received = `SELECT record_type FROM disclosures WHERE record_id = '${id}' AND record_type = 'Referral'`;
  expect((await database.query(received)).rowCount).toBeGreaterThan(0);
  await coordinator.post(`/v1/referrals/${id}/acceptance`, {}).set('if-match', '*').expect(200);
  expect((await database.query(`${received} AND pending IS NOT NULL`)).rows).toEqual([]);
});

test('a correction reaches agencies in a compartment into which its author does not see', async () => {
  const { rows } = await database.query<{ id: string }>(
    `UPDATE persons SET author_id = officer.id FROM practitioners officer, case_people cp JOIN panels p ON p.id = cp.panel_id
     WHERE officer.subject = 'housing-officer' AND persons.agency_id = officer.agency_id AND cp.person_id = persons.id
       AND p.compartment RETURNING persons.id`,
  );
  const id = rows[0]?.id ?? '';
  await (await as(server, 'channel-chair')).get(`/v1/persons/${id}`).expect(200);
  const received = `SELECT pending FROM disclosures WHERE record_id = '${id}' AND recipient_agency_id = '${await agencyOf('channel-chair')}'`;
  expect((await database.query(received)).rows).toEqual([{ pending: null }]);
  const officer = await as(server, 'housing-officer');
  await officer.patch(`/v1/persons/${id}`, { email: 'another@example.org' }).set('if-match', '*').expect(200);
  expect((await database.query(received)).rows).toEqual([{ pending: 'correction' }]);
});

test('what was received about a person is found by the person, also what stands in their cases', async () => {
  const { rows } = await database.query<{ person_id: string; case_id: string }>(
    `SELECT cp.person_id, cp.case_id FROM case_people cp JOIN panels p ON p.id = cp.panel_id JOIN cases c ON c.id = cp.case_id
     WHERE p.code = 'ask-jag' AND c.stage <> 'closed' ORDER BY 1 LIMIT 1`,
  );
  const { person_id: personId, case_id: caseId } = rows[0] ?? { person_id: '', case_id: '' };
  const { id } = await anIncident(caseId);
  await (await as(server, 'housing-officer')).get(`/v1/contributions/${id}`).expect(200);
  const dpo = await as(server, 'dpo');
  const { body } = await dpo.get(`/v1/disclosures?personId=${personId}&limit=100`).expect(200);
  expect(body.data.map((one: { recordId: string }) => one.recordId)).toContain(id);
  await dpo.get(`/v1/persons/${personId}`).expect(404);
  await (await as(server, 'pellworth-jag-chair')).get(`/v1/disclosures?personId=${personId}`).expect(404);
});

test('who can see a case is told with the reasons, to the coordination and to the protection officer', async () => {
  const caseId = await idOf(`SELECT case_id AS id FROM exclusions WHERE case_id IS NOT NULL`);
  const grantee = await idOf(`SELECT id FROM practitioners WHERE subject = 'outsider'`);
  await database.query(
    `INSERT INTO access_grants (id, version, partnership_id, practitioner_id, case_id, granted_at, expires_at)
     SELECT gen_random_uuid(), 1, partnership_id, $1, id, now() - interval '1 hour', now() + interval '1 hour' FROM cases WHERE id = $2`,
    [grantee, caseId],
  );
  for (const who of ['jag-coordinator', 'dpo']) {
    const { body } = await (await as(server, who)).get(`/v1/cases/${caseId}/access`).expect(200);
    const people = body.people as { practitionerId: string; outcome: string; because: string[]; receives: object }[];
    const of = async (subject: string) => {
      const id = await idOf(`SELECT id FROM practitioners WHERE subject = $1`, [subject]);
      return people.find((one) => one.practitionerId === id);
    };
    expect(await of('housing-officer')).toMatchObject({
      outcome: 'permit',
      because: ['who is a core member of the panel, unless the case was closed as referred in error'],
    });
    expect(await of('related-officer')).toMatchObject({ outcome: 'refuse', receives: {} });
    expect((await of('outsider'))?.because).toEqual([
      'who was granted access to the case until a date, unless it was closed as referred in error',
    ]);
    expect(body.complete).toBe(true);
    // the page says of everybody what their own read says
    const { rows } = await database.query<{ id: string; subject: string }>(
      'SELECT id, subject FROM practitioners ORDER BY subject',
    );
    for (const { id, subject } of rows) {
      const read = (await (await as(server, subject)).get(`/v1/cases/${caseId}`)).status === 200;
      const told = people.some((one) => one.practitionerId === id && one.outcome === 'permit');
      expect([subject, told]).toEqual([subject, read]);
    }
  }
  await (await as(server, 'housing-officer')).get(`/v1/cases/${caseId}/access`).expect(403);
  await (await as(server, 'related-officer')).get(`/v1/cases/${caseId}/access`).expect(404);
});

test('the levels of the page are those at which people read contributions', async () => {
  const { rows } = await database.query<{ id: string; case: string; category: string; type: string; agency: string }>(
    `SELECT k.id, k.case_id AS case, k.category, k.contributing_type AS type, k.agency_id AS agency FROM contributions k
     WHERE NOT k.agency_only AND NOT k.originator_control AND k.handling = 'P' AND k.recalled_at IS NULL AND k.case_id = (
       SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id JOIN contributions o ON o.case_id = c.id
       WHERE p.code = 'ask-marac' GROUP BY c.id ORDER BY count(DISTINCT o.category || o.contributing_type) DESC, c.id LIMIT 1)`,
  );
  const caseId = rows[0]?.case ?? '';
  const { body } = await (await as(server, 'dpo')).get(`/v1/cases/${caseId}/access`).expect(200);
  const subjects = new Map(
    (await database.query<{ id: string; subject: string }>('SELECT id, subject FROM practitioners')).rows.map((one) => [
      one.id,
      one.subject,
    ]),
  );
  interface Told {
    practitionerId: string;
    agencyId: string;
    outcome: string;
    receives: Record<'full' | 'summary' | 'existence', string[]> & {
      exceptions: { category: string; contributingType: string; level: string }[];
    };
  }
  let compared = 0;
  let apart = 0;
  for (const { practitionerId, agencyId, outcome, receives } of body.people as Told[]) {
    if (outcome !== 'permit') continue;
    const reader = await as(server, subjects.get(practitionerId) ?? '');
    for (const { id, category, type } of rows.filter((row) => row.agency !== agencyId)) {
      const exception = receives.exceptions.find((one) => one.category === category && one.contributingType === type);
      const usual = (['full', 'summary', 'existence'] as const).find((level) => receives[level].includes(category));
      const { status, body: read } = await reader.get(`/v1/contributions/${id}`);
      const level = status === 404 ? 'none' : 'text' in read ? 'full' : 'summary' in read ? 'summary' : 'existence';
      expect([subjects.get(practitionerId), category, type, exception?.level ?? usual ?? 'none']).toEqual([
        subjects.get(practitionerId),
        category,
        type,
        level,
      ]);
      compared += 1;
      if (exception) apart += 1;
    }
  }
  expect(compared).toBeGreaterThan(30);
  expect(apart).toBeGreaterThan(0);
});

test('a filter is put only to cases that would answer it, and refused by name where none would', async () => {
  const officer = await as(server, 'housing-officer');
  const all: { id: string; riskBand?: string }[] = [];
  let next = '';
  do {
    const { body } = await officer.get(`/v1/cases?limit=100${next && `&cursor=${next}`}`).expect(200);
    all.push(...body.data);
    next = body.next ?? '';
  } while (next);
  const { body: high } = await officer.get('/v1/cases?riskBand=high&limit=100').expect(200);
  const expected = all.filter((one) => one.riskBand === 'high').map((one) => one.id);
  expect(high.data.map((one: { id: string }) => one.id).sort()).toEqual(expected.sort());
  expect(expected.length).toBeGreaterThan(0);
  const { body: counts } = await officer.get('/v1/case-counts?by=riskBand').expect(200);
  expect(counts.data.find((one: { value: string }) => one.value === 'high')?.count).toBe(expected.length);
  const total = (counts.data as { count: number }[]).reduce((sum, one) => sum + one.count, 0);
  expect(total).toBe(all.filter((one) => one.riskBand).length);
  // an agreement that has run out shares no band
  const elsewhere = await as(server, 'dunmarrow-housing-officer');
  const panel = await idOf(`SELECT id FROM panels WHERE code = 'dun-cmarac'`);
  const refused = await elsewhere.get(`/v1/cases?riskBand=high&panelId=${panel}`).expect(403);
  expect(refused.body).toMatchObject({ code: 'filter-not-permitted', errors: [{ pointer: '?riskBand' }] });
  await officer.get('/v1/cases?summary=noise').expect(400);
  await officer.get('/v1/cases?sort=riskBand').expect(400);
});
