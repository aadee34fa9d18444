/**
 * A data protection officer reviews who is kept out of what, and who holds which system role, without the reasons and without the
 * people.
 *
 * Seen to fail: an officer without exclusions or roles; a reason or a person shown to one; an exclusion of a compartment; an
 * exclusion of another partnership; a colleague of another agency who reads roles; seats hidden from an officer;
 * a seat that does not say who gave it; the reason why a seat ended.
 */
import type pg from 'pg';
import { asOwner, casesOf, practitioner } from './given-panel-work.ts';
import { as, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
});

test('an officer reads who is kept out of a case, and not why', async () => {
  const caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const { id: practitionerId } = await practitioner(owner, 'fire-officer');
  const reason = 'The brother of the complainant.';
  const made = await (await by('jag-chair')).post('/v1/exclusions', { caseId, practitionerId, reason }).expect(201);
  const path = `/v1/exclusions/${made.body.id as string}`;
  const { body, text } = await (await by('dpo')).get(path).expect(200);
  expect(body).toMatchObject({ practitionerId, caseId, until: null });
  expect(body.withheld).toEqual(expect.arrayContaining(['reason', 'endReason']));
  expect(text).not.toContain('brother');
  expect((await (await by('dpo')).get('/v1/exclusions?limit=100').expect(200)).text).toContain(made.body.id);
  expect((await (await by('dpo')).post(`${path}/ending`, { reason }).set('if-match', '*')).status).toBe(403);
  expect((await (await by('housing-officer')).get(path)).status).toBe(404);
});

test('an officer does not read the person from whom somebody is kept away', async () => {
  const { rows } = await owner.query<{ person: string; panel: string }>(
    `SELECT person_id AS person, panel_id AS panel FROM case_people WHERE case_id = $1 LIMIT 1`,
    [(await casesOf(owner, 'ask-jag'))[1]!.id],
  );
  const { person, panel } = rows[0]!;
  const body = { personId: person, panelId: panel, name: 'Somebody Else', reason: 'A neighbour.' };
  const made = await (await by('jag-chair')).post('/v1/exclusions', body).expect(201);
  const read = await (await by('dpo')).get(`/v1/exclusions/${made.body.id as string}`).expect(200);
  expect(read.text).not.toContain(person);
  expect(read.body.withheld).toContain('personId');
});

test('an officer reads no exclusion of a compartment or of another partnership', async () => {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO exclusions (id, version, partnership_id, panel_id, case_id, practitioner_id, reason, since, reach)
     SELECT gen_random_uuid(), 1, p.partnership_id, p.id, (SELECT c.id FROM cases c WHERE c.panel_id = p.id LIMIT 1),
       (SELECT id FROM practitioners WHERE subject = 'fire-officer'), 'None.', now(), 'panel'
     FROM panels p WHERE (p.compartment OR p.partnership_id NOT IN (SELECT a.partnership_id FROM agency_partnerships a
         JOIN practitioners d ON d.agency_id = a.agency_id WHERE d.subject = 'dpo'))
       AND EXISTS (SELECT 1 FROM cases c WHERE c.panel_id = p.id) RETURNING id`,
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { id } of rows) expect((await (await by('dpo')).get(`/v1/exclusions/${id}`)).status).toBe(404);
});

test('an officer reads who holds which system role in an agency of the partnership; a member of another agency does not', async () => {
  const { rows } = await owner.query<{ agency: string; id: string; roles: string[] }>(
    `SELECT p.agency_id AS agency, p.id, p.roles FROM practitioners p WHERE p.roles && '{emergency_access}'
       AND p.agency_id NOT IN (SELECT agency_id FROM practitioners WHERE subject IN ('dpo', 'fire-officer'))
       AND p.agency_id IN (SELECT a.agency_id FROM agency_partnerships a JOIN panels n ON n.partnership_id = a.partnership_id
         WHERE n.code = 'ask-jag') LIMIT 1`,
  );
  const { agency, id, roles } = rows[0]!;
  const personOf = async (who: string): Promise<object> => {
    const { body } = await (await by(who)).get(`/v1/agencies/${agency}/people?limit=100`).expect(200);
    return body.data.find((one: { id: string }) => one.id === id);
  };
  expect(await personOf('dpo')).toMatchObject({ roles });
  expect(await personOf('fire-officer')).not.toHaveProperty('roles');
});

test('an officer lists the seats of a panel and who gave them, and none of a compartment', async () => {
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    `SELECT id, code, partnership_id AS partnership FROM panels WHERE code = 'ask-jag' OR compartment ORDER BY compartment`,
  );
  const [jag, ...compartments] = rows;
  const { id: practitionerId } = await practitioner(owner, 'agency-administrator');
  const { id: chair } = await practitioner(owner, 'jag-chair');
  const validFrom = new Date().toISOString().slice(0, 10);
  const seat = { practitionerId, tier: 'core', role: 'member', validFrom };
  const made = await (await by('jag-chair')).post(`/v1/panels/${jag!.id}/memberships`, seat).expect(201);
  const dpo = await by('dpo');
  const seats: { id: string }[] = [];
  for (let cursor = ''; ;) {
    const { body } = await dpo.get(`/v1/panels/${jag!.id}/memberships?limit=100${cursor}`).expect(200);
    seats.push(...body.data);
    if (!body.next) break;
    cursor = `&cursor=${String(body.next)}`;
  }
  expect(seats).toContainEqual(expect.objectContaining({ id: made.body.id, practitionerId, appointedById: chair }));
  const { rows: all } = await owner.query('SELECT id FROM memberships WHERE panel_id = $1', [jag!.id]);
  expect(seats).toHaveLength(all.length);
  expect(compartments.length).toBeGreaterThan(0);
  for (const { id } of compartments) await dpo.get(`/v1/panels/${id}/memberships`).expect(404);
});

test('an officer reads that a seat ended, and not why; the chair reads both', async () => {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const path = `/v1/panels/${rows[0]!.id}/memberships`;
  const { id: practitionerId } = await practitioner(owner, 'fire-officer');
  const seatOf = async (who: string): Promise<Record<string, unknown>> => {
    const { body } = await (await by(who)).get(`${path}?limit=100`).expect(200);
    return body.data.find((one: Record<string, unknown>) => one['practitionerId'] === practitionerId);
  };
  const { id } = await seatOf('jag-chair');
  const reason = 'His sister is in one of our cases.';
  await (
    await by('jag-chair')
  )
    .post(`${path}/${String(id)}/ending`, { reason })
    .set('if-match', '*')
    .expect(200);
  expect(await seatOf('jag-chair')).toMatchObject({ endReason: reason, endedAt: expect.any(String) });
  const seen = await seatOf('dpo');
  expect(seen).toMatchObject({ endedAt: expect.any(String), withheld: ['endReason'] });
  expect(JSON.stringify(seen)).not.toContain('sister');
  const one = await (await by('dpo')).get(`${path}/${String(id)}`);
  expect(one.text).not.toContain('sister');
});
