/**
 * A data protection officer reviews who is kept out of what, and who holds which system role, without the reasons and without the
 * people.
 *
 * Seen to fail: an officer without exclusions or roles; a reason or a person shown to one; an exclusion of a compartment; an
 * exclusion of another partnership; a colleague of another agency who reads roles; seats hidden from an officer;
 * a seat that does not say who gave it; the reason why a seat ended; no explanations of what stands in a case; such a ground for the
 * coordination; a field of a record that the officer does not read. Not seen to fail: what another agency keeps to itself,
 * compartments and exclusions, as row-level security hides these rows as well.
 */
import type pg from 'pg';
import { asOwner, casesOf, likeness, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
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

describe('explanations of what stands in a case', () => {
  const MISSING = '01990000-0000-7000-8000-000000000000';
  const PEOPLE = ['jag-chair', 'jag-coordinator', 'housing-officer', 'fire-officer', 'social-worker', 'school-lead'];
  const RECORDS = {
    Action: 'actions',
    Assessment: 'assessments',
    CasePerson: 'case_people',
    Contribution: 'contributions',
    Decision: 'decisions',
    Disclosure: 'disclosures',
    Event: 'events',
    Listing: 'listings',
    Minute: 'minutes',
    MinutePoint: 'minute_points',
    Plan: 'plans',
  };
  type Type = keyof typeof RECORDS;

  const asking = async (who: string, type: string, id: string, about: string | null, more: object = {}) => {
    const actor = about === null ? {} : { actor: (await practitioner(owner, about)).id };
    return (await by(who)).post('/v1/policy/explanations', { action: 'read', type, id, ...actor, ...more });
  };

  /** Some records of the type in cases of panels that meet the condition. */
  async function some(type: Type, where: string, most = 4): Promise<string[]> {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT t.id FROM ${RECORDS[type]} t JOIN cases c ON c.id = t.case_id JOIN panels p ON p.id = c.panel_id
       WHERE ${where} ORDER BY md5(t.id::text) LIMIT ${String(most)}`,
    );
    return rows.map(({ id }) => id);
  }

  beforeAll(async () => {
    const { id } = (await casesOf(owner, 'ask-jag'))[0]!;
    const note = { category: 'asb_incident', kind: 'fact', summary: 'A short note.', text: 'Seen there again.' };
    for (const agencyOnly of [true, false])
      await (await by('housing-officer')).post(`/v1/cases/${id}/contributions`, { ...note, agencyOnly }).expect(201);
    // what somebody reads is disclosed
    for (const who of PEOPLE) await (await by(who)).get(`/v1/cases/${id}/contributions`);
  });

  test.each(Object.keys(RECORDS) as Type[])('an officer gets the truth about who reads a record: %s', async (type) => {
    const isOwn = type === 'Contribution' || type === 'Event' ? ' AND NOT t.agency_only' : '';
    const isExplained = type === 'Event' ? ` AND t.subject_type = 'Contribution'` : '';
    const ids = await some(type, `p.code = 'ask-jag'${isOwn}${isExplained}`);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids)
      for (const about of PEOPLE) {
        const own = await asking(about, type, id, null);
        const truth = own.status === 404 ? 'refuse' : own.body.outcome;
        const asked = await asking('dpo', type, id, about);
        expect([about, asked.status, asked.body.outcome]).toEqual([about, 200, truth]);
        // no identifier, so no record, agency, person or row of an agreement
        expect(asked.text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
      }
  });

  test('an officer cannot read the record, ask about a field of it, or about themselves without being named', async () => {
    const [id] = (await some('Contribution', `p.code = 'ask-jag' AND NOT t.agency_only`, 1)) as [string];
    await (await by('dpo')).get(`/v1/contributions/${id}`).expect(404);
    expect((await asking('dpo', 'Contribution', id, null)).status).toBe(404);
    const field = await asking('dpo', 'Contribution', id, 'jag-chair', { field: 'text' });
    expect([field.status, field.body.code]).toEqual([403, 'not-permitted']);
    const command = await asking('dpo', 'Contribution', id, 'jag-chair', { action: 'change' });
    expect([command.status, command.body.code]).toEqual([403, 'not-permitted']);
  });

  test('an officer gets the answer of a missing record for what another agency keeps to itself', async () => {
    const { agencyId } = await practitioner(owner, 'dpo');
    const ids = await some('Contribution', `p.code LIKE 'ask-%' AND t.agency_only AND t.agency_id <> '${agencyId}'`);
    expect(ids.length).toBeGreaterThan(0);
    const missing = likeness(await asking('dpo', 'Contribution', MISSING, 'jag-chair'));
    for (const id of ids) expect(likeness(await asking('dpo', 'Contribution', id, 'jag-chair'))).toBe(missing);
  });

  test('an officer gets the answer of a missing record in a compartment and in another partnership', async () => {
    const outside = `(p.compartment OR p.partnership_id NOT IN (SELECT a.partnership_id FROM agency_partnerships a
      JOIN practitioners d ON d.agency_id = a.agency_id WHERE d.subject = 'dpo'))`;
    for (const type of Object.keys(RECORDS) as Type[]) {
      const missing = likeness(await asking('dpo', type, MISSING, 'jag-chair'));
      for (const id of [...(await some(type, `${outside} AND p.compartment`)), ...(await some(type, outside))])
        expect([type, likeness(await asking('dpo', type, id, 'jag-chair'))]).toEqual([type, missing]);
    }
    expect(await some('Contribution', 'p.compartment')).not.toEqual([]);
  });

  test('an officer gets the answer of a missing record when excluded from the case', async () => {
    const { id: caseId } = (await casesOf(owner, 'ask-jag'))[2]!;
    const { id: practitionerId } = await practitioner(owner, 'dpo');
    const types = ['CasePerson', 'Contribution', 'Listing'] as const;
    const found = await Promise.all(types.map((type) => some(type, `c.id = '${caseId}'`, 1)));
    const records = types.flatMap((type, n) => (found[n] as string[]).map((id) => ({ type, id })));
    expect(records.length).toBeGreaterThan(0);
    for (const { type, id } of records) expect((await asking('dpo', type, id, 'jag-chair')).status).toBe(200);
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, case_id, practitioner_id, reason, since, reach)
       SELECT gen_random_uuid(), 1, c.partnership_id, c.panel_id, c.id, $2, 'A relative.', now() - interval '1 minute', 'panel'
       FROM cases c WHERE c.id = $1 RETURNING id`,
      [caseId, practitionerId],
    );
    for (const { type, id } of records) {
      const missing = likeness(await asking('dpo', type, MISSING, 'jag-chair'));
      expect(likeness(await asking('dpo', type, id, 'jag-chair'))).toBe(missing);
    }
    await owner.query('DELETE FROM exclusions WHERE id = $1', [rows[0]!.id]);
  });

  test('the coordination gets the answer of a missing record for what no agreement shares; an officer does not', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `UPDATE contributions SET category = 'sexual_health' WHERE id IN (SELECT t.id FROM contributions t
         JOIN panels p ON p.id = t.panel_id WHERE p.code = 'ask-jag' AND t.text = 'Seen there again.' AND NOT t.agency_only) RETURNING id`,
    );
    const { id } = rows[0]!;
    for (const who of ['jag-chair', 'jag-coordinator']) {
      await (await by(who)).get(`/v1/contributions/${id}`).expect(404);
      const missing = likeness(await asking(who, 'Contribution', MISSING, 'housing-officer'));
      expect(likeness(await asking(who, 'Contribution', id, 'housing-officer'))).toBe(missing);
    }
    expect((await asking('dpo', 'Contribution', id, 'housing-officer')).body.outcome).toBe('permit');
    expect((await asking('dpo', 'Contribution', id, 'jag-chair')).body.outcome).toBe('refuse');
  });

  test('nobody else gets another answer than for a missing record that they do not read', async () => {
    let asked = 0;
    for (const type of Object.keys(RECORDS) as Type[])
      for (const who of ['jag-chair', 'jag-coordinator', 'fire-officer', 'auditor']) {
        const missing = likeness(await asking(who, type, MISSING, 'housing-officer'));
        const ids = [...(await some(type, `p.code = 'ask-jag'`, 20)), ...(await some(type, `p.code = 'ask-marac'`, 2))];
        for (const id of ids) {
          if ((await asking(who, type, id, null)).status !== 404) continue;
          asked += 1;
          expect([who, type, likeness(await asking(who, type, id, 'housing-officer'))]).toEqual([who, type, missing]);
        }
      }
    expect(asked).toBeGreaterThan(20);
  });
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
