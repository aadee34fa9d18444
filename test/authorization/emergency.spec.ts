/**
 * Breaking the glass: one case, to read, for an hour, by somebody with the capability; told to those concerned by reference;
 * reviewed in time, or there is no next time. What is sealed, kept back or barred stays so.
 *
 * Seen to fail: several open at once; earlier ones forgotten after a declared conflict; no alarm; no limit of those that wait for review; the purpose of the request in the
 * log; the fact without `expires_at`; no sealed categories; the name of whoever opened it among the fields of the
 * notice; an overdue review that blocks nothing; a review of an access that is still open; a person read in an
 * emergency who is not found by the case; somebody who is named in the case in that hour, and read in full;
 * an access, and a disclosure in it, told to ordinary members of the agency that leads the case or contributed the record;
 * a holder locked out by an open access that an exclusion hides; "open already" answered only for cases that could be opened; a plan
 * changed in the hour.
 */
import type pg from 'pg';
import { all, asOwner, casesOf, likeness, meets, none, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let cases: { id: string; reference: string }[];
/** Sits on four panels of the borough, and not on this one. */
let sergeant: Caller;
let me: { id: string; agencyId: string };
const by = (who: string): Promise<Caller> => as(server, who);
const need = { reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed now.' };

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  sergeant = await by('police-sergeant');
  me = await practitioner(owner, 'police-sergeant');
  cases = await casesOf(owner, 'ask-cmarac');
  expect(cases.length).toBeGreaterThan(2);
});

/** Each test begins with nothing open and nobody kept out. */
afterEach(async () => {
  await owner.query('DELETE FROM exclusions WHERE practitioner_id = $1', [me.id]);
  await owner.query(`UPDATE emergency_accesses SET ended_at = expires_at - interval '1 second' WHERE ended_at IS NULL`);
  await owner.query(
    `UPDATE emergency_accesses SET outcome = 'justified', review_note = 'Seen.', reviewed_by_id = $1, reviewed_at = now(),
       opened_at = opened_at - interval '2 days', expires_at = expires_at - interval '2 days', ended_at = ended_at - interval '2 days'`,
    [(await practitioner(owner, 'jag-chair')).id],
  );
});

const open = async (caseId: string, who = 'police-sergeant') =>
  (await by(who)).post('/v1/emergency-accesses', { ...need, caseId });
const past = (id: string) =>
  owner.query(
    `UPDATE emergency_accesses SET opened_at = opened_at - interval '61 minutes', expires_at = expires_at - interval '61 minutes' WHERE id = $1`,
    [id],
  );
const etag = async (caller: Caller, path: string): Promise<string> =>
  (await caller.get(path).expect(200)).headers['etag'] as string;

test('opens one case to read, at every exit, and no other; and closes at its end', async () => {
  const [here, there] = [cases[0]!, cases[1]!];
  expect(none(await meets(sergeant, owner, here.id))).toBe(true);
  const made = await open(here.id);
  expect(made.status).toBe(201);
  const { openedAt, expiresAt, outcome } = made.body as Record<string, string>;
  expect(new Date(expiresAt!).getTime() - new Date(openedAt!).getTime()).toBe(3_600_000);
  expect(outcome).toBeNull();
  expect(all(await meets(sergeant, owner, here.id))).toBe(true);
  expect(none(await meets(sergeant, owner, there.id))).toBe(true);
  expect((await open(here.id)).status).toBe(409);
  await past(made.body.id);
  expect(none(await meets(sergeant, owner, here.id))).toBe(true);
});

test('whoever reviews by the case finds the people that were read', async () => {
  const { rows } = await owner.query<{ case: string; person: string }>(
    `SELECT c.id AS case, cp.person_id AS person FROM cases c JOIN case_people cp ON cp.case_id = c.id
       JOIN persons p ON p.id = cp.person_id JOIN practitioners me ON me.subject = 'police-sergeant' AND me.agency_id <> p.agency_id
     WHERE c.id = ANY ($1) ORDER BY 1, 2 LIMIT 1`,
    [cases.map(({ id }) => id)],
  );
  const { case: caseId, person } = rows[0]!;
  expect((await open(caseId)).status).toBe(201);
  await sergeant.get(`/v1/persons/${person}`).expect(200);
  const { body } = await (await by('dpo')).get(`/v1/disclosures?caseId=${caseId}&limit=100`).expect(200);
  const read = body.data.filter((one: { recordId: string }) => one.recordId === person);
  expect(read).toMatchObject([{ recordType: 'Person', caseId, purpose: 'EMERGENCY_BTG' }]);
});

test('a holder cannot open a second case while one is open', async () => {
  expect((await open(cases[0]!.id)).status).toBe(201);
  const second = await open(cases[1]!.id);
  expect([second.status, second.body.code]).toEqual([409, 'open-already']);
  expect(none(await meets(sergeant, owner, cases[1]!.id))).toBe(true);
});

test('the data protection officer gets an alarm when a second is opened within a day', async () => {
  const first = await open(cases[0]!.id);
  expect(first.body.isRepeated).toBe(false);
  await past(first.body.id);
  const second = await open(cases[1]!.id);
  expect(second.body.isRepeated).toBe(true);
  const notices = await (await by('dpo')).get('/v1/notices?kind=emergency_alarm').expect(200);
  expect(notices.body.data.map((one: { subjectId: string }) => one.subjectId)).toEqual([second.body.id]);
  expect((await (await by('auditor')).get('/v1/notices?kind=emergency_alarm').expect(200)).body.data).toEqual([]);
});

test('a conflict that the holder declares hides no earlier access from the limits', async () => {
  const first = await open(cases[0]!.id);
  await sergeant
    .post('/v1/exclusions', { caseId: cases[0]!.id, declared: true, reason: 'A conflict of my own.' })
    .expect(201);
  await sergeant.get(`/v1/emergency-accesses/${first.body.id as string}`).expect(404);
  await past(first.body.id);
  const third = await open(cases[1]!.id);
  expect([third.status, third.body.isRepeated]).toEqual([201, true]);
});

test('an access that an exclusion hides from its holder ends with the next, and counts for the limits', async () => {
  const first = await open(cases[0]!.id);
  const exclusion = { caseId: cases[0]!.id, practitionerId: me.id, reason: 'Knows her.' };
  await (await by('cmarac-chair')).post('/v1/exclusions', exclusion).expect(201);
  expect((await open(cases[0]!.id)).status).toBe(404);
  const endedAt = async (): Promise<unknown> =>
    (await owner.query('SELECT ended_at FROM emergency_accesses WHERE id = $1', [first.body.id])).rows[0].ended_at;
  expect(await endedAt()).toBeNull();
  const second = await open(cases[1]!.id);
  expect([second.status, second.body.isRepeated]).toEqual([201, true]);
  expect(await endedAt()).toBeInstanceOf(Date);
  expect(none(await meets(sergeant, owner, cases[0]!.id))).toBe(true);
  const notices = await (await by('dpo')).get('/v1/notices?kind=emergency_alarm').expect(200);
  expect(notices.body.data.map((one: { subjectId: string }) => one.subjectId)).toContain(second.body.id);
});

test('whoever has one open gets the same answer for every case', async () => {
  await open(cases[0]!.id);
  const compartment = (await casesOf(owner, 'ask-channel'))[0]!.id;
  const answers = [];
  for (const caseId of [cases[1]!.id, compartment, '0192f0c5-7a10-7000-8000-000000000001'])
    answers.push(likeness(await open(caseId)));
  expect(answers[0]).toContain('open-already');
  expect(new Set(answers).size).toBe(1);
});

test('a holder cannot open a fourth while three wait for their review', async () => {
  for (const { id } of cases.slice(0, 3)) await past((await open(id)).body.id);
  const fourth = await open(cases[0]!.id);
  expect([fourth.status, fourth.body.code]).toEqual([403, 'review-first']);
  const { rows } = await owner.query<{ outcome: string; rule: string }>(
    'SELECT outcome, rule FROM audit_entries WHERE actor_id = $1 AND correlation_id = $2',
    [me.id, fourth.headers['x-correlation-id']],
  );
  expect(rows).toEqual([{ outcome: 'refuse', rule: 'review-first' }]);
});

test('reads in the hour are logged for the emergency, whatever the request says', async () => {
  await open(cases[0]!.id);
  await sergeant.get(`/v1/cases/${cases[0]!.id}`).expect(200);
  const { rows } = await owner.query<{ purpose: string }>(
    `SELECT DISTINCT purpose FROM audit_entries WHERE actor_id = $1 AND sub_operation = 'view' AND $2 = ANY (record_ids)`,
    [me.id, cases[0]!.id],
  );
  expect(rows.map(({ purpose }) => purpose)).toEqual(['EMERGENCY_BTG']);
});

test('may be named by its reference, and ended early by whoever opened it', async () => {
  const { id, reference } = cases[1]!;
  const { body } = await sergeant.post('/v1/emergency-accesses', { ...need, caseReference: reference }).expect(201);
  expect(body.caseId).toBe(id);
  await sergeant.get(`/v1/cases/${id}`).expect(200);
  const path = `/v1/emergency-accesses/${body.id as string}`;
  const tag = await etag(sergeant, path);
  await sergeant.post(`${path}/ending`).set('if-match', tag).expect(200);
  await sergeant.get(`/v1/cases/${id}`).expect(404);
  await sergeant.post(`${path}/ending`).set('if-match', '*').expect(409);
});

test('shows no more of somebody whom the holder, or a colleague, names in the case since it was opened', async () => {
  const { rows } = await owner.query<{ case: string; person: string }>(
    `SELECT c.id AS case, p.id AS person FROM cases c JOIN persons p ON p.agency_id <> $1 AND p.ethnicity IS NOT NULL
       WHERE c.panel_id = (SELECT id FROM panels WHERE code = 'ask-jag') AND c.closed_at IS NULL
         AND EXISTS (SELECT FROM case_people n WHERE n.person_id = p.id AND n.panel_id = c.panel_id)
         AND NOT EXISTS (SELECT FROM case_people n WHERE n.person_id = p.id AND n.case_id = c.id)
         AND p.id IS DISTINCT FROM c.person_id ORDER BY 1, 2`,
    [(await practitioner(owner, 'nhs-safeguarding-lead')).agencyId],
  );
  const lead = await by('nhs-safeguarding-lead');
  const withheld = async (person: string): Promise<string[]> =>
    (await lead.get(`/v1/persons/${person}`).expect(200)).body.withheld;
  const found: typeof rows = [];
  for (const row of rows) if ((await withheld(row.person)).includes('ethnicity')) found.push(row);
  const [own, another] = [
    found[0]!,
    found.find((one) => one.person !== found[0]!.person && one.case === found[0]!.case)!,
  ];
  expect((await open(own.case, 'nhs-safeguarding-lead')).status).toBe(201);
  for (const [who, { person }] of [
    ['nhs-safeguarding-lead', own],
    ['jag-coordinator', another],
  ] as const) {
    const before = await withheld(person);
    const role = { personId: person, role: 'witness', rationale: 'Lives next door.', since: '2026-01-01' };
    await (await by(who)).post(`/v1/cases/${own.case}/people`, role).expect(201);
    expect([who, await withheld(person)]).toEqual([who, before]);
  }
  // who was named in that hour is read because of it all the same
  const { rows: read } = await owner.query<{ purpose: string }>(
    `SELECT DISTINCT purpose FROM disclosures WHERE case_id = $1 AND record_id = ANY ($2) AND recipient_agency_id = $3`,
    [own.case, [own.person, another.person], (await practitioner(owner, 'nhs-safeguarding-lead')).agencyId],
  );
  expect(read).toEqual([{ purpose: 'EMERGENCY_BTG' }]);
});

test('lets nothing be changed', async () => {
  const { id } = cases[0]!;
  await open(id);
  const person = await owner.query<{ id: string }>('SELECT person_id AS id FROM case_people WHERE case_id = $1', [id]);
  const changes: [string, object][] = [
    ['contributions', { category: 'police_incident', kind: 'fact', summary: 'Seen.', text: 'Seen tonight.' }],
    ['people', { personId: person.rows[0]!.id, role: 'witness', rationale: 'Was there.', since: '2026-01-01' }],
    ['closure', { closureReason: 'merged', outcome: 'resolved' }],
    ['plans', { modelCode: 'SARA', title: 'A plan', aims: [], startOn: '2026-01-01', reviewOn: '2026-02-01' }],
  ];
  for (const [what, body] of changes) {
    const { status, body: problem } = await sergeant.post(`/v1/cases/${id}/${what}`, body).set('if-match', '*');
    expect([what, status, problem.code]).toEqual([what, 403, 'not-permitted']);
  }
  await sergeant.patch(`/v1/cases/${id}`, { whyMultiAgency: 'Because.' }, '*').expect(403);
});

test('opens what the agreement does not share, and leaves closed what is sealed, private or kept by its originator', async () => {
  const { id } = cases[2]!;
  const worker = await by('adult-social-worker');
  const told = { kind: 'fact', summary: 'A line.', text: 'The whole of it.' };
  const ids: Record<string, string> = {};
  for (const [name, more] of Object.entries({
    health: { category: 'health_physical' },
    privileged: { category: 'legal_privileged' },
    channel: { category: 'radicalisation' },
    private: { category: 'health_physical', agencyOnly: true },
    controlled: { category: 'health_physical', originatorControl: true },
    bound: { category: 'health_physical', handling: 'C', conditions: 'Tell nobody.' },
  }))
    ids[name] = (await worker.post(`/v1/cases/${id}/contributions`, { ...told, ...more }).expect(201)).body.id;
  await open(id);
  const read = (name: string) => sergeant.get(`/v1/contributions/${ids[name]!}`).set('purpose', 'EMERGENCY_BTG');
  expect((await read('health')).body.text).toBe('The whole of it.');
  for (const sealed of ['privileged', 'channel', 'private']) expect((await read(sealed)).status).toBe(404);
  for (const kept of ['controlled', 'bound']) {
    const { body } = await read(kept).expect(200);
    expect(body.withheld).toEqual(expect.arrayContaining(['text', 'summary', 'kind']));
  }
  const list = await sergeant
    .get(`/v1/cases/${id}/contributions?limit=100`)
    .set('purpose', 'EMERGENCY_BTG')
    .expect(200);
  const listed = list.body.data.map((one: { id: string }) => one.id);
  for (const sealed of ['privileged', 'channel', 'private']) expect(listed).not.toContain(ids[sealed]);
  const why = await sergeant
    .post('/v1/policy/explanations', { action: 'read', type: 'Contribution', id: ids['health'], field: 'text' })
    .set('purpose', 'EMERGENCY_BTG')
    .expect(200);
  expect(why.body).toMatchObject({ outcome: 'permit' });
  expect(why.body.steps.at(-1).step).toBe('emergency');
});

test('is for one who may, with a reason, for a case that may be opened: all other cases are the same 404', async () => {
  const { id } = cases[0]!;
  expect((await open(id, 'jag-chair')).body.code).toBe('no-ground');
  await sergeant.post('/v1/emergency-accesses', { ...need, caseId: id, reason: 'Too short.' }).expect(400);
  await sergeant.post('/v1/emergency-accesses', { ...need, caseId: id, reasonCode: 'curiosity' }).expect(400);
  for (const named of [{}, { caseId: null }, { caseReference: null }])
    await sergeant.post('/v1/emergency-accesses', { ...need, ...named }).expect(422);

  const unknown = likeness(await open('01990000-0000-7000-8000-000000000000'));
  const elsewhere = (await casesOf(owner, 'pel-jag'))[0]!;
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, case_id, panel_id, reason, since)
     SELECT gen_random_uuid(), 1, partnership_id, $1, id, panel_id, 'A relative.', now() FROM cases WHERE id = $2`,
    [me.id, id],
  );
  expect(likeness(await open(elsewhere.id))).toBe(unknown);
  expect(likeness(await open(id))).toBe(unknown);
  const byReference = (caseReference: string) => sergeant.post('/v1/emergency-accesses', { ...need, caseReference });
  expect(likeness(await byReference(cases[0]!.reference))).toBe(unknown);
  expect(likeness(await byReference('CMARAC-2020-99999'))).toBe(unknown);
  await owner.query(`UPDATE panels SET compartment = TRUE WHERE code = 'ask-cmarac'`);
  expect(likeness(await open(cases[1]!.id))).toBe(unknown);
  await owner.query(`UPDATE panels SET compartment = FALSE WHERE code = 'ask-cmarac'`);
  expect((await open(cases[1]!.id)).status).toBe(201);
});

test('a conflict beats it, and so does the loss of the capability, at once', async () => {
  const { id } = cases[0]!;
  await open(id);
  await sergeant.get(`/v1/cases/${id}`).expect(200);
  await owner.query(`UPDATE practitioners SET roles = '{}' WHERE id = $1`, [me.id]);
  await sergeant.get(`/v1/cases/${id}`).expect(404);
  await owner.query(`UPDATE practitioners SET roles = '{emergency_access}' WHERE id = $1`, [me.id]);
  await sergeant.get(`/v1/cases/${id}`).expect(200);
  const chair = await by('cmarac-chair');
  const body = { caseId: id, practitionerId: me.id, reason: 'Lives next door.' };
  await chair.post('/v1/exclusions', body).expect(201);
  expect(none(await meets(sergeant, owner, id))).toBe(true);
});

test('those concerned learn of it by reference; its reviewer learns who and why', async () => {
  const { id } = cases[1]!;
  const path = `/v1/emergency-accesses/${(await open(id)).body.id as string}`;
  const notice = await (await by('cmarac-chair')).get(path).expect(200);
  expect(notice.body.caseId).toBe(id);
  expect(notice.body.withheld).toEqual(
    expect.arrayContaining(['practitionerId', 'agencyId', 'reasonCode', 'reason', 'outcome', 'reviewNote']),
  );
  expect(notice.text).not.toContain(me.id);
  const dpo = await by('dpo');
  expect((await dpo.get(path).expect(200)).body).toMatchObject({ ...need, practitionerId: me.id, withheld: [] });
  for (const who of ['jag-chair', 'outsider', 'other-borough-coordinator']) await (await by(who)).get(path).expect(404);
  const timeline = await (await by('cmarac-chair')).get(`/v1/cases/${id}/timeline?limit=100`).expect(200);
  expect(timeline.text).not.toContain(me.id);
  const { rows } = await owner.query('SELECT data, case_id FROM events WHERE subject_id = $1', [
    path.split('/').at(-1),
  ]);
  expect(rows).toEqual([{ data: {}, case_id: null }]);
});

test('safeguarding leads of the agency of the case learn of it, and no other member', async () => {
  const { id } = cases[1]!;
  const { rows } = await owner.query<{ subject: string; agency: string; roles: string[] }>(
    `SELECT p.subject, p.agency_id AS agency, p.roles FROM memberships m JOIN panels n ON n.id = m.panel_id AND n.code = 'ask-cmarac'
       JOIN practitioners p ON p.id = m.practitioner_id AND p.active
     WHERE m.tier = 'core' AND m.role = 'member' AND coalesce(m.valid_to, 'infinity') >= current_date AND m.valid_from <= current_date
       AND NOT 'safeguarding_lead' = ANY (p.roles) AND p.agency_id <> $1 ORDER BY 1 LIMIT 1`,
    [me.agencyId],
  );
  const { subject, agency } = rows[0]!;
  await owner.query('UPDATE cases SET lead_agency_id = $2, agency_id = $2, version = version + 1 WHERE id = $1', [
    id,
    agency,
  ]);
  const path = `/v1/emergency-accesses/${(await open(id)).body.id as string}`;
  await sergeant.get(`/v1/cases/${id}`).expect(200);
  const disclosed = async (): Promise<string[]> => {
    const { body } = await (await by(subject)).get(`/v1/disclosures?caseId=${id}&limit=100`).expect(200);
    return body.data.map(({ purpose }: { purpose: string }) => purpose);
  };
  await (await by(subject)).get(`/v1/cases/${id}`).expect(200);
  await (await by(subject)).get(path).expect(404);
  expect(await disclosed()).not.toContain('EMERGENCY_BTG');
  await owner.query(`UPDATE practitioners SET roles = array_append(roles, 'safeguarding_lead') WHERE subject = $1`, [
    subject,
  ]);
  const { body } = await (await by(subject)).get(path).expect(200);
  expect(body.withheld).toEqual(expect.arrayContaining(['practitionerId', 'agencyId']));
  expect(await disclosed()).toContain('EMERGENCY_BTG');
  await owner.query(`UPDATE practitioners SET roles = array_remove(roles, 'safeguarding_lead') WHERE subject = $1`, [
    subject,
  ]);
});

test('is reviewed within two working days, by somebody else; until then there is no next time', async () => {
  const made = await open(cases[2]!.id);
  const path = `/v1/emergency-accesses/${made.body.id as string}`;
  const review = { outcome: 'justified', note: 'Right to open.' };
  await sergeant.post(`${path}/review`, review).set('if-match', '*').expect(403);
  await (await by('cmarac-chair')).post(`${path}/review`, review).set('if-match', '*').expect(403);
  const early = await (await by('dpo')).post(`${path}/review`, review).set('if-match', '*').expect(409);
  expect(early.body.code).toBe('still-open');
  await past(made.body.id);
  await owner.query(`UPDATE emergency_accesses SET review_due_on = current_date - 1 WHERE id = $1`, [made.body.id]);
  const refused = await open(cases[1]!.id);
  expect([refused.status, refused.body.code]).toEqual([403, 'review-overdue']);
  const dpo = await by('dpo');
  await dpo
    .post(`${path}/review`, { ...review, outcome: 'fine' })
    .set('if-match', '*')
    .expect(400);
  const reviewed = await dpo.post(`${path}/review`, review).set('if-match', await etag(dpo, path));
  expect(reviewed.body).toMatchObject({ outcome: 'justified', reviewNote: review.note });
  await dpo.post(`${path}/review`, review).set('if-match', '*').expect(409);
  expect((await open(cases[1]!.id)).status).toBe(201);

  await owner.query(`UPDATE practitioners SET roles = roles || '{emergency_access}' WHERE subject = 'dpo'`);
  const own = await open(cases[2]!.id, 'dpo');
  expect(own.status).toBe(201);
  const itself = `/v1/emergency-accesses/${own.body.id as string}/review`;
  await dpo.post(itself, review).set('if-match', '*').expect(403);
});

test('the database holds it to its hour and its review to somebody else', async () => {
  const { body } = await open(cases[0]!.id);
  const set = (what: string) => owner.query(`UPDATE emergency_accesses SET ${what} WHERE id = $1`, [body.id]);
  await expect(set(`expires_at = opened_at + interval '61 minutes'`)).rejects.toThrow('emergency_accesses_hour');
  await expect(set(`reason = 'short'`)).rejects.toThrow('emergency_accesses_reason');
  await expect(
    set(`outcome = 'justified', review_note = 'mine', reviewed_at = now(), reviewed_by_id = practitioner_id`),
  ).rejects.toThrow('emergency_accesses_review');
});

test('shows no more of somebody whom a colleague named before the access was opened', async () => {
  const { rows } = await owner.query<{ case: string; person: string }>(
    `SELECT c.id AS case, p.id AS person FROM cases c JOIN persons p ON p.agency_id <> $1 AND p.ethnicity IS NOT NULL
       WHERE c.panel_id = (SELECT id FROM panels WHERE code = 'ask-jag') AND c.closed_at IS NULL
         AND EXISTS (SELECT FROM case_people n WHERE n.person_id = p.id AND n.panel_id = c.panel_id)
         AND NOT EXISTS (SELECT FROM case_people n WHERE n.person_id = p.id AND n.case_id = c.id)
         AND p.id IS DISTINCT FROM c.person_id ORDER BY 1, 2`,
    [me.agencyId],
  );
  const withheld = async (person: string): Promise<string[]> =>
    (await sergeant.get(`/v1/persons/${person}`).expect(200)).body.withheld;
  const found: typeof rows = [];
  for (const row of rows) if ((await withheld(row.person)).includes('ethnicity')) found.push(row);
  const { case: caseId, person } = found[0]!;
  const role = { personId: person, role: 'witness', rationale: 'Lives next door.', since: '2026-01-01' };
  await (await by('police-inspector')).post(`/v1/cases/${caseId}/people`, role).expect(201);
  const before = await withheld(person);
  expect((await open(caseId)).status).toBe(201);
  expect(await withheld(person)).toEqual(before);
});

test('shows no more of somebody whom a colleague referred to the panel before the access was opened', async () => {
  const lead = await by('nhs-safeguarding-lead');
  const { rows: panels } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const { agencyId } = await practitioner(owner, 'nhs-safeguarding-lead');
  const { rows } = await owner.query<{ person: string }>(
    `SELECT p.id AS person FROM persons p WHERE p.agency_id <> $1 AND p.ethnicity IS NOT NULL
       AND EXISTS (SELECT FROM case_people n WHERE n.person_id = p.id AND n.panel_id = $2) ORDER BY 1`,
    [agencyId, panels[0]!.id],
  );
  const withheld = async (id: string): Promise<string[]> => (await lead.get(`/v1/persons/${id}`)).body.withheld ?? [];
  let person = '';
  for (const row of rows) if (!person && (await withheld(row.person)).includes('ethnicity')) person = row.person;
  const referral = {
    ...{ panelId: panels[0]!.id, subjectKind: 'person_victim', personId: person, category: 'asb_incident' },
    ...{
      problem: 'Seen at the clinic after another night of shouting.',
      whyMultiAgency: 'Several services know a part.',
    },
    ...{ consentStatus: 'given', criteria: ['repeat_location'], legalGateway: 'CDA_S115', submit: true },
  };
  const made = await lead.post('/v1/referrals', referral);
  expect([made.status, made.body.errors]).toEqual([201, undefined]);
  const chair = await by('jag-chair');
  const accepted = await chair.post(`/v1/referrals/${made.body.id as string}/acceptance`).set('if-match', '*');
  expect([accepted.status, accepted.body.code]).toEqual([200, undefined]);
  const before = await withheld(person);
  expect((await open(accepted.body.caseId, 'nhs-safeguarding-lead')).status).toBe(201);
  expect(await withheld(person)).toEqual(before);
});

test('permits no command on what it shows: a plan of another agency is neither changed nor given an action', async () => {
  const holder = 'jag-coordinator';
  const coordinator = await by(holder);
  await owner.query(`UPDATE practitioners SET roles = array_append(roles, 'emergency_access') WHERE subject = $1`, [
    holder,
  ]);
  const { agencyId } = await practitioner(owner, holder);
  const others = await owner.query<{ id: string }>(
    `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id AND p.code = 'ask-jag'
     WHERE c.stage <> 'closed' AND c.agency_id <> $1 AND c.lead_agency_id <> $1 AND NOT EXISTS (SELECT FROM plans x WHERE x.case_id = c.id)
       AND NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id) ORDER BY c.id LIMIT 1`,
    [agencyId],
  );
  const caseId = others.rows[0]!.id;
  const aims = [{ metric: 'Calls about the stairwell in four weeks', baseline: '21', target: '5' }];
  const plan = { modelCode: 'SARA', title: 'A plan of the police', aims };
  const made = await (await by('police-inspector')).post(`/v1/cases/${caseId}/plans`, plan).expect(201);
  // the agreement shares the plan with nobody else
  const path = `/v1/plans/${made.body.id as string}`;
  const { rows } = await owner.query<{ id: string; agreement: string }>(
    `SELECT v.id, v.agreement_id AS agreement FROM sharing_agreement_versions v JOIN sharing_agreements a ON a.id = v.agreement_id
     WHERE v.status = 'active' AND a.code = 'ISA-ASK-JAG'`,
  );
  const version = `/v1/sharing-agreements/${rows[0]!.agreement}/versions/${rows[0]!.id}`;
  const suspension = (await by('dpo')).post(`${version}/suspension`, { reason: 'Breach under review.' });
  await suspension.set('if-match', '*').expect(200);
  await coordinator.get(path).expect(404);
  const opened = await open(caseId, holder);
  expect(opened.status).toBe(201);
  await coordinator.get(path).expect(200);
  expect((await coordinator.patch(path, { title: 'Changed in the hour' }, '*')).status).not.toBe(200);
  const action = { ownerAgencyId: agencyId, description: 'Made in the hour', dueOn: '2027-03-01' };
  expect((await coordinator.post(`${path}/actions`, action)).status).not.toBe(201);
});
