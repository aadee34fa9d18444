/**
 * Who is kept out, and who is let in. An exclusion hides a case at every exit, at once, from the one it names and from nobody
 * else; a grant opens it as to any reader, until its end; and asking tells nothing: a hidden case and a missing one answer
 * alike, before and after somebody decides. An invitation opens one item for a window, and an open action the status alone.
 *
 * Seen to fail: an exclusion that another panel keeps, told with a request for access, or by the status, version or next answer
 * after its refusal; typed names left out of the fact; the bar for the one excluded without their own and the case’s exclusions; a
 * refusal told to whoever may not know of the case; a grant without an end; no chair needed who could end it; a grant to
 * somebody from another borough, not refused by the service, or not by the database; an invitation without a beginning, or
 * without an end; an item that opens what was said at other meetings; an action that is done and still opens the status.
 */
import type pg from 'pg';
import { all, asOwner, casesOf, inDays, likeness, meets, none, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let cases: { id: string; reference: string }[];
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  cases = await casesOf(owner, 'ask-jag');
  expect(cases.length).toBeGreaterThan(3);
});

/** Everybody is in again, as the sandbox has it. */
afterEach(async () => {
  await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
});

const exclude = async (who: string, body: object) =>
  (await by(who)).post('/v1/exclusions', { reason: 'Knows a party.', ...body });
const sees = async (who: string, caseId: string) => meets(await by(who), owner, caseId);

async function command(who: string, path: string, what: string, body?: object) {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${what}`, body).set('if-match', headers['etag'] as string);
}

describe('an exclusion', () => {
  test('hides the case from one person at every exit, at once, until the chair ends it', async () => {
    const { id } = cases[0]!;
    const officer = await practitioner(owner, 'housing-officer');
    expect(all(await sees('housing-officer', id))).toBe(true);
    const made = await exclude('jag-coordinator', { caseId: id, practitionerId: officer.id });
    expect(made.status).toBe(201);
    expect(none(await sees('housing-officer', id))).toBe(true);
    expect(all(await sees('fire-officer', id))).toBe(true);
    const path = `/v1/exclusions/${made.body.id as string}`;
    for (const who of ['housing-officer', 'fire-officer', 'marac-coordinator', 'outsider'])
      await (await by(who)).get(path).expect(404);
    const timeline = await (await by('fire-officer')).get(`/v1/cases/${id}/timeline?limit=100`).expect(200);
    expect(timeline.text).not.toContain('exclusion');
    expect((await command('jag-coordinator', path, 'ending', { reason: 'Mistaken.' })).status).toBe(403);
    const ended = await command('jag-chair', path, 'ending', { reason: 'Mistaken identity.' });
    expect(ended.body).toMatchObject({ endReason: 'Mistaken identity.', reason: 'Knows a party.' });
    expect(all(await sees('housing-officer', id))).toBe(true);
    await (await by('housing-officer')).get(path).expect(404);
    expect((await command('jag-chair', path, 'ending', { reason: 'Again.' })).status).toBe(409);
  });

  test('finds whoever has the name, however it is typed, and somebody who is registered under it later', async () => {
    const { id } = cases[0]!;
    await exclude('jag-coordinator', { caseId: id, name: 'ashwarren,  Delphiné' });
    expect(none(await sees('housing-officer', id))).toBe(true);
    await exclude('jag-coordinator', { caseId: id, name: 'Mrs. Ottoline O’Brae-Quill' });
    expect(all(await sees('fire-officer', id))).toBe(true);
    const fire = await practitioner(owner, 'fire-officer');
    await owner.query(`UPDATE practitioners SET roles = '{agency_administrator}' WHERE id = $1`, [fire.id]);
    const administrator = await by('fire-officer');
    const renamed = await administrator
      .patch(`/v1/agencies/${fire.agencyId}/people/${fire.id}`, { name: 'Ottoline O Brae Quill' }, '*')
      .expect(200);
    expect(none(await sees('fire-officer', id))).toBe(true);
    expect(renamed.body).not.toHaveProperty('nameKey');
    await administrator.patch(`/v1/agencies/${fire.agencyId}/people/${fire.id}`, { name: 'Duncan Emberley' }, '*');
    expect(none(await sees('fire-officer', id))).toBe(true);
    // the name of before stays his: for the other tests he never had it
    await owner.query(`DELETE FROM practitioner_names WHERE practitioner_id = $1 AND name_key LIKE 'ottoline%'`, [
      fire.id,
    ]);
    expect(all(await sees('fire-officer', id))).toBe(true);
  });

  test('keeps out a whole agency, and beats a grant', async () => {
    const { id } = cases[1]!;
    const fire = await practitioner(owner, 'fire-officer');
    await owner.query(
      `INSERT INTO access_grants (id, version, partnership_id, practitioner_id, case_id, granted_at, expires_at)
       SELECT gen_random_uuid(), 1, partnership_id, $1, id, now(), now() + interval '1 day' FROM cases WHERE id = $2`,
      [fire.id, id],
    );
    await exclude('jag-chair', { caseId: id, agencyId: fire.agencyId });
    expect(none(await sees('fire-officer', id))).toBe(true);
  });

  test('from a person hides the person and every case with a role for them', async () => {
    const { rows } = await owner.query<{ person: string; case: string }>(
      `SELECT r.person_id AS person, r.case_id AS case FROM case_people r JOIN cases c ON c.id = r.case_id
       JOIN panels p ON p.id = c.panel_id WHERE p.code = 'ask-jag' AND c.stage <> 'closed' AND r.person_id <> coalesce(c.person_id, c.id) LIMIT 1`,
    );
    const { person, case: caseId } = rows[0]!;
    const fire = await practitioner(owner, 'fire-officer');
    const officer = await by('fire-officer');
    await officer.get(`/v1/persons/${person}`).expect(200);
    expect((await exclude('housing-officer', { personId: person, practitionerId: fire.id })).status).toBe(403);
    expect((await exclude('other-borough-coordinator', { personId: person, practitionerId: fire.id })).status).toBe(
      404,
    );
    expect((await exclude('jag-coordinator', { personId: person, practitionerId: fire.id })).status).toBe(201);
    await officer.get(`/v1/persons/${person}`).expect(404);
    expect(none(await sees('fire-officer', caseId))).toBe(true);
  });

  test('may be declared by anybody who reads the case: they lose it at once, and only the chair gives it back', async () => {
    const { id } = cases[2]!;
    const made = await exclude('fire-officer', { caseId: id, declared: true, reason: 'My sister lives there.' });
    expect(made.body).toMatchObject({ declared: true, reason: 'My sister lives there.' });
    expect(none(await sees('fire-officer', id))).toBe(true);
    const path = `/v1/exclusions/${made.body.id as string}`;
    const officer = await by('fire-officer');
    await officer.get(path).expect(404);
    await officer.post(`${path}/ending`, { reason: 'I want it back.' }).set('if-match', '*').expect(404);
    const kept = await (await by('jag-coordinator')).get(path).expect(200);
    expect(kept.body).toMatchObject({ declared: true, reason: 'My sister lives there.', withheld: [] });
    expect((await exclude('outsider', { caseId: id, declared: true })).status).toBe(404);
  });

  test('is not seen by the one it keeps out, be it the coordinator, nor is any other of that case', async () => {
    const { id } = cases[2]!;
    const coordinator = await practitioner(owner, 'jag-coordinator');
    const fire = await practitioner(owner, 'fire-officer');
    const other = await exclude('jag-coordinator', { caseId: id, practitionerId: fire.id });
    const own = await exclude('jag-chair', { caseId: id, practitionerId: coordinator.id });
    const caller = await by('jag-coordinator');
    for (const { body } of [other, own]) await caller.get(`/v1/exclusions/${body.id as string}`).expect(404);
    const { text } = await caller.get('/v1/exclusions?limit=100').expect(200);
    expect(text).not.toContain(id);
    expect((await exclude('jag-coordinator', { caseId: id, practitionerId: fire.id })).status).toBe(404);
  });

  test('by a former name of the last chair is made, because a refusal would tell whose name it was', async () => {
    const [marac] = await casesOf(owner, 'ask-marac');
    const chair = await practitioner(owner, 'marac-chair');
    const former = [chair.id, 'Delphine Ashwarren', 'delphineashwarren'];
    await owner.query(
      `INSERT INTO practitioner_names (id, version, created_at, updated_at, practitioner_id, name, name_key)
       VALUES (gen_random_uuid(), 1, now(), now(), $1, $2, $3)`,
      former,
    );
    const made = await exclude('marac-coordinator', { caseId: marac!.id, name: 'Delphine Ashwarren' });
    expect(made.status).toBe(201);
    expect(none(await sees('marac-chair', marac!.id))).toBe(true);
    await owner.query('DELETE FROM exclusions WHERE id = $1', [made.body.id]);
    await owner.query('DELETE FROM practitioner_names WHERE practitioner_id = $1 AND name = $2', former.slice(0, 2));
  });

  test('needs somebody who may end it, and names one person, agency or name of the partnership', async () => {
    const [marac] = await casesOf(owner, 'ask-marac');
    const chair = await practitioner(owner, 'marac-chair');
    const last = await exclude('marac-coordinator', { caseId: marac!.id, practitionerId: chair.id });
    expect([last.status, last.body.code]).toEqual([422, 'no-chair-left']);
    const { id } = cases[0]!;
    const elsewhere = await practitioner(owner, 'pellworth-housing-officer');
    for (const [body, code] of [
      [{ caseId: id, practitionerId: elsewhere.id }, 'unknown-in-partnership'],
      [{ caseId: id, practitionerId: chair.id, name: 'Somebody Else' }, 'whom'],
      [{ name: 'Somebody Else' }, 'exclusion-target-missing'],
      [{ caseId: null, personId: null, name: 'Somebody Else' }, 'exclusion-target-missing'],
      [{ personId: id, name: null, declared: true }, 'not-found'],
      [{ personId: id, name: null }, 'whom'],
      [{ caseId: id, personId: id, name: 'Somebody Else' }, 'exclusion-target-missing'],
    ] as const)
      expect((await exclude('jag-chair', body)).body.code).toBe(code);
    expect((await exclude('fire-officer', { caseId: id, name: 'Somebody Else' })).status).toBe(403);
  });
});

describe('a request for access', () => {
  const need = { reason: 'We support a neighbour in this matter.', purpose: 'VICTIM_SUPPORT' };
  const ask = async (who: string, named: object) => (await by(who)).post('/v1/access-requests', { ...need, ...named });
  const pathOf = ({ body }: { body: { id: string } }): string => `/v1/access-requests/${body.id}`;

  test('tells a coordinator of no exclusion that another panel keeps, and opens nothing past it', async () => {
    const { rows } = await owner.query<{ id: string; reference: string; personId: string }>(
      `SELECT c.id, c.reference, cp.person_id AS "personId" FROM cases c JOIN panels p ON p.id = c.panel_id
       JOIN case_people cp ON cp.case_id = c.id WHERE p.code = 'ask-jag' AND c.stage <> 'closed'
         AND NOT EXISTS (SELECT FROM exclusions e WHERE e.person_id = cp.person_id OR e.case_id = c.id) LIMIT 1`,
    );
    const about = rows[0]!;
    const asked = await ask('idva', { caseReference: about.reference });
    expect(asked.status).toBe(201);
    await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, person_id, reason, since, reach, declared)
       SELECT gen_random_uuid(), 1, p.partnership_id, p.id, w.id, $1, 'A cousin.', now() - interval '1 day', 'partnership', true
       FROM practitioners w, panels p WHERE w.subject = 'idva' AND p.code = 'ask-marac'`,
      [about.personId],
    );
    const coordinator = await by('jag-coordinator');
    expect((await coordinator.get(pathOf(asked)).expect(200)).body).toMatchObject({
      caseId: about.id,
      excluded: false,
    });
    const approved = await command('jag-coordinator', pathOf(asked), 'approval', { expiresAt: inDays(2) });
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject({
      version: 1,
      status: 'approved',
      grantedUntil: expect.any(String),
      excluded: false,
    });
    const asker = await by('idva');
    await asker.get(`/v1/cases/${about.id}`).expect(404);
    const { body: theirs } = await asker.get(pathOf(asked)).expect(200);
    expect(theirs).toMatchObject({ version: 1, status: 'submitted', grantedUntil: null, revokedAt: null });
    expect((await ask('idva', { caseReference: about.reference })).body.code).toBe('asked-already');
    const withdrawn = await command('idva', pathOf(asked), 'withdrawal');
    expect([withdrawn.status, withdrawn.body.status]).toEqual([200, 'withdrawn']);
    // the chair reads what the chair decided: only a hidden exclusion lets somebody withdraw after an approval
    const { body: decided } = await (await by('jag-chair')).get(pathOf(asked)).expect(200);
    expect(decided).toEqual(approved.body);
    const revoked = await command('jag-chair', pathOf(asked), 'revocation', { reason: 'It was not needed.' });
    expect([revoked.status, revoked.body.status]).toEqual([200, 'revoked']);
    const { body: last } = await asker.get(pathOf(asked)).expect(200);
    expect(last).toMatchObject({ version: 1, status: 'withdrawn', grantedUntil: null, revokedAt: null });
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A cousin.'`);
  });

  test('is refused alike for the coordinator, whether or not another panel keeps an exclusion of the person', async () => {
    const { rows } = await owner.query<{ id: string; reference: string; personId: string; referralId: string }>(
      `SELECT c.id, c.reference, cp.person_id AS "personId", r.id AS "referralId" FROM cases c JOIN panels p ON p.id = c.panel_id
       JOIN case_people cp ON cp.case_id = c.id JOIN referrals r ON r.case_id = c.id
       WHERE p.code = 'ask-jag' AND c.stage <> 'closed'
         AND NOT EXISTS (SELECT FROM exclusions e WHERE e.person_id = cp.person_id OR e.case_id = c.id)
         AND NOT EXISTS (SELECT FROM access_requests q WHERE q.case_id = c.id)
       ORDER BY c.id DESC LIMIT 1`,
    );
    // the referrer without a seat follows the case, and may not read it
    const { id: authorId, agencyId } = await practitioner(owner, 'idva');
    await owner.query('UPDATE referrals SET author_id = $2, agency_id = $3 WHERE id = $1', [
      rows[0]!.referralId,
      authorId,
      agencyId,
    ]);
    const about = rows[0]!;
    const refusals: unknown[] = [];
    for (const isExcluded of [false, true]) {
      const asked = await ask('idva', { caseReference: about.reference });
      expect(asked.status).toBe(201);
      if (isExcluded)
        await owner.query(
          `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, person_id, reason, since, reach, declared)
           SELECT gen_random_uuid(), 1, p.partnership_id, p.id, w.id, $1, 'A cousin.', now() - interval '1 day', 'partnership', true
           FROM practitioners w, panels p WHERE w.subject = 'idva' AND p.code = 'ask-marac'`,
          [about.personId],
        );
      const refused = await command('jag-coordinator', pathOf(asked), 'refusal', { reason: 'No need to know.' });
      const read = await (await by('jag-coordinator')).get(pathOf(asked)).expect(200);
      const again = await command('jag-coordinator', pathOf(asked), 'approval', { expiresAt: inDays(2) });
      const revoked = await command('jag-coordinator', pathOf(asked), 'revocation', { reason: 'It was not needed.' });
      const theirs = await (await by('idva')).get(pathOf(asked)).expect(200);
      refusals.push([
        [refused.body.status, refused.body.version, refused.body.decision, refused.body.excluded],
        [read.body.status, String(read.headers['etag']).split('-')[0]],
        [again.status, again.body.code, again.body.detail, revoked.status, revoked.body.code, revoked.body.detail],
      ]);
      expect(theirs.body.status).toBe(isExcluded ? 'submitted' : 'refused');
    }
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[0]).toMatchObject([['refused', 1, 'refusal', false], ['refused', '"1'], { length: 6 }]);
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A cousin.'`);
  });

  test('is taken alike for a hidden and for a missing case, and read alike, also when it was refused', async () => {
    const { rows } = await owner.query<{ id: string; reference: string; name: string }>(
      `SELECT c.id, c.reference, p.name_key AS name FROM exclusions e JOIN cases c ON c.id = e.case_id
       JOIN practitioners p ON p.id = e.practitioner_id WHERE p.subject = 'related-officer'`,
    );
    const stairwell = rows[0]!;
    for (const who of ['related-officer', 'outsider']) {
      const missing = await ask(who, { caseReference: 'JAG-2019-99999' });
      const hidden = await ask(who, { caseReference: stairwell.reference });
      expect([missing.status, missing.body.status]).toEqual([201, 'submitted']);
      expect(likeness(hidden)).toBe(likeness(missing));
      expect(likeness(await ask(who, { caseId: stairwell.id }))).toBe(
        likeness(await ask(who, { caseId: '01990000-0000-7000-8000-000000000000' })),
      );
      const coordinator = await by('jag-coordinator');
      const theirs = await coordinator.get(pathOf(hidden)).expect(200);
      expect(theirs.body).toMatchObject({ caseId: stairwell.id, excluded: who === 'related-officer' });
      await coordinator.get(pathOf(missing)).expect(404);
      await (await by('marac-coordinator')).get(pathOf(hidden)).expect(404);
      if (who === 'related-officer') {
        const answer = await command('jag-coordinator', pathOf(hidden), 'approval', { expiresAt: inDays(2) });
        expect([answer.status, answer.body.code]).toEqual([422, 'asker-excluded']);
      }
      const refused = await command('jag-coordinator', pathOf(hidden), 'refusal', { reason: 'No need to know.' });
      expect(refused.body).toMatchObject({ decision: 'refusal', decisionReason: 'No need to know.' });
      const answer = await command('jag-coordinator', pathOf(hidden), 'approval', { expiresAt: inDays(2) });
      expect(answer.status).toBe(409);
      const asker = await by(who);
      expect(likeness(await asker.get(pathOf(hidden)))).toBe(likeness(await asker.get(pathOf(missing))));
      const list = await asker.get('/v1/access-requests').expect(200);
      expect(new Set(list.body.data.map((one: { status: string }) => one.status))).toEqual(new Set(['submitted']));
      expect(list.text).not.toContain('No need to know.');
      for (const one of [hidden, missing])
        expect((await command(who, pathOf(one), 'withdrawal')).body).toMatchObject({ status: 'withdrawn' });
      await asker.get(`/v1/cases/${stairwell.id}`).expect(404);
    }
  });

  test('opens the case until its end, as to any reader, and no other', async () => {
    const { rows } = await owner.query<{ id: string; asked: string; case: string }>(
      `SELECT id, asked, case_id AS case FROM access_requests WHERE status = 'submitted' AND case_id IS NOT NULL
       AND practitioner_id = (SELECT id FROM practitioners WHERE subject = 'victim-support-worker')`,
    );
    const { id, asked, case: caseId } = rows[0]!;
    const path = `/v1/access-requests/${id}`;
    const worker = await by('victim-support-worker');
    expect(none(await meets(worker, owner, caseId))).toBe(true);
    expect((await worker.get(path).expect(200)).body).toMatchObject({ asked, status: 'submitted', grantedUntil: null });
    await worker
      .post(`${path}/approval`, { expiresAt: inDays(2) })
      .set('if-match', '*')
      .expect(403);
    for (const days of [-1, 29]) {
      const answer = await command('marac-coordinator', path, 'approval', { expiresAt: inDays(days) });
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, '/expiresAt']);
    }
    const approved = await command('marac-coordinator', path, 'approval', { expiresAt: inDays(27) });
    expect(approved.body).toMatchObject({ status: 'approved', decision: 'approval' });
    expect(all(await meets(worker, owner, caseId))).toBe(true);
    const others = (await casesOf(owner, 'ask-marac')).filter((one) => one.id !== caseId);
    expect(none(await meets(worker, owner, others[0]!.id))).toBe(true);
    await worker
      .post(`/v1/cases/${caseId}/contributions`, { category: 'housing', kind: 'fact', summary: 'Seen.', text: 'Seen.' })
      .expect(403);
    const told = await worker.get(path).expect(200);
    expect(told.body.status).toBe('approved');
    expect(told.body.withheld).toEqual(expect.arrayContaining(['caseId', 'excluded', 'decision', 'decidedById']));
    expect(Date.parse(told.body.grantedUntil)).toBeGreaterThan(Date.now() + 26 * 86_400_000);

    await owner.query(
      `UPDATE access_grants SET granted_at = now() - interval '2 days', expires_at = now() - interval '1 second' WHERE case_id = $1`,
      [caseId],
    );
    expect(none(await meets(worker, owner, caseId))).toBe(true);
    await owner.query(`UPDATE access_grants SET expires_at = now() + interval '1 day' WHERE case_id = $1`, [caseId]);
    expect(all(await meets(worker, owner, caseId))).toBe(true);
    const revoked = await command('marac-chair', path, 'revocation', { reason: 'Support has ended.' });
    expect(revoked.body).toMatchObject({ status: 'revoked', decisionReason: 'Support has ended.' });
    expect(none(await meets(worker, owner, caseId))).toBe(true);
    expect((await command('marac-chair', path, 'approval', { expiresAt: inDays(2) })).status).toBe(409);
  });

  test('opens nothing in a borough where the agency does not act: it is not approved, and no such grant can be kept', async () => {
    const { id: caseId, reference } = cases[3]!;
    const coordinator = await by('jag-coordinator');
    // from elsewhere it reaches nobody who could decide, as if there were no such case
    const apart = await ask('pellworth-housing-officer', { caseReference: reference });
    expect(likeness(apart)).toBe(likeness(await ask('pellworth-housing-officer', { caseReference: 'JAG-2019-99998' })));
    await coordinator.get(pathOf(apart)).expect(404);

    // and an agency may leave between the question and the answer
    const asked = await ask('outsider', { caseReference: reference });
    const adviser = await practitioner(owner, 'outsider');
    const actsIn = (borough: string): Promise<unknown> =>
      owner.query(
        `UPDATE agency_partnerships SET partnership_id = (SELECT id FROM partnerships WHERE code = $1) WHERE agency_id = $2`,
        [borough, adviser.agencyId],
      );
    const grantIn = (borough: string): Promise<unknown> =>
      owner.query(
        `INSERT INTO access_grants (id, version, partnership_id, practitioner_id, case_id, granted_at, expires_at)
         SELECT gen_random_uuid(), 1, p.id, $1, $2, now() - interval '2 days', now() - interval '1 day'
         FROM partnerships p WHERE p.code = $3`,
        [adviser.id, caseId, borough],
      );
    await actsIn('PEL');
    const answer = await command('jag-coordinator', pathOf(asked), 'approval', { expiresAt: inDays(2) });
    expect([answer.status, answer.body.code]).toEqual([422, 'asker-acts-elsewhere']);
    await expect(grantIn('ASK')).rejects.toThrow('a grant is for somebody whose agency acts in the partnership');
    await expect(grantIn('PEL')).rejects.toThrow('a grant stands in the partnership of its case');
    expect((await (await by('outsider')).get(pathOf(asked)).expect(200)).body).toMatchObject({ status: 'submitted' });
    expect(none(await sees('outsider', caseId))).toBe(true);

    await actsIn('ASK');
    await grantIn('ASK');
    const approved = await command('jag-coordinator', pathOf(asked), 'approval', { expiresAt: inDays(2) });
    expect(approved.body).toMatchObject({ status: 'approved' });
    expect(await sees('outsider', caseId)).toMatchObject({ list: true, explanation: true });
    // what was granted before the agency leaves opens nothing any more, and needs no tidying
    await actsIn('PEL');
    expect(none(await sees('outsider', caseId))).toBe(true);
    const revoked = await command('jag-coordinator', pathOf(asked), 'revocation', { reason: 'They left.' });
    expect(revoked.body).toMatchObject({ status: 'revoked' });
    await actsIn('ASK');
  });

  test('is for people, for what they cannot read, once', async () => {
    expect((await ask('housing-system', { caseReference: 'JAG-2019-1' })).status).toBe(403);
    expect((await ask('fire-officer', { caseId: cases[0]!.id })).body.code).toBe('readable-already');
    await ask('fire-officer', { caseReference: 'JAG-2019-00001' });
    expect((await ask('fire-officer', { caseReference: 'jag-2019-00001' })).body.code).toBe('asked-already');
    for (const named of [{}, { caseId: null }, { caseReference: null }])
      expect((await ask('fire-officer', named)).body.code).toBe('case-missing');
  });
});

/** Somebody who sits on the panel only when invited: one item, for a window, and for the life of what they have to do. */
describe('a flexible member', () => {
  const WHO = 'school-lead';

  test('sees the case of their one item in the window, its status while an action of theirs is open, and then nothing', async () => {
    const school = await practitioner(owner, WHO);
    const { rows } = await owner.query<{ id: string; case: string; listing: string; meeting: string; panel: string }>(
      `SELECT id, case_id AS case, listing_id AS listing, meeting_id AS meeting, panel_id AS panel FROM invitations
       WHERE practitioner_id = $1`,
      [school.id],
    );
    expect(rows.length).toBe(1);
    const invited = rows[0]!;
    const lead = await by(WHO);
    const window = (opens: string, closes: string): Promise<unknown> =>
      owner.query(
        `UPDATE invitations SET opens_at = now() + $2::interval, closes_at = now() + $3::interval WHERE id = $1`,
        [invited.id, opens, closes],
      );
    const ids = async (path: string): Promise<string[]> =>
      (await lead.get(`${path}?limit=100`).expect(200)).body.data.map(({ id }: { id: string }) => id);
    const status = async (): Promise<number> => (await lead.get(`/v1/cases/${invited.case}/status`)).status;
    const { rows: elsewhere } = await owner.query<{ id: string; meeting: string }>(
      'SELECT id, meeting_id AS meeting FROM listings WHERE case_id = $1 AND id <> $2',
      [invited.case, invited.listing],
    );
    expect(elsewhere.length).toBeGreaterThan(0);
    const nothing = async (): Promise<void> => {
      expect(none(await meets(lead, owner, invited.case))).toBe(true);
      expect(await ids('/v1/cases')).toEqual([]);
      // when and where the panel meets is known to whoever sits on it; what it hears is not
      for (const meeting of [invited.meeting, ...elsewhere.map((one) => one.meeting)])
        for (const what of ['listings', 'decisions', 'minutes'])
          expect([what, await ids(`/v1/meetings/${meeting}/${what}`)]).toEqual([what, []]);
    };

    await window('1 hour', '2 days');
    await nothing();
    expect(await status()).toBe(404);

    await window('-1 hour', '1 hour');
    expect(await sees(WHO, invited.case)).toMatchObject({ '/v1/cases/{case}': true, list: true, explanation: true });
    expect(await status()).toBe(200);
    expect(await ids('/v1/cases')).toEqual([invited.case]);
    expect(await ids(`/v1/meetings/${invited.meeting}/listings`)).toEqual([invited.listing]);
    // what was said of the same case at other meetings is for others
    for (const { meeting } of elsewhere)
      for (const what of ['listings', 'decisions', 'minutes'])
        expect([what, await ids(`/v1/meetings/${meeting}/${what}`)]).toEqual([what, []]);
    for (const { id } of (await casesOf(owner, 'ask-marac')).filter((one) => one.id !== invited.case)) {
      await lead.get(`/v1/cases/${id}`).expect(404);
      await lead.get(`/v1/cases/${id}/status`).expect(404);
    }

    const { rows: plans } = await owner.query<{ id: string }>(
      `SELECT id FROM plans WHERE case_id = $1 AND status <> 'closed' LIMIT 1`,
      [invited.case],
    );
    const proposed = await (
      await by('marac-coordinator')
    ).post(`/v1/plans/${plans[0]!.id}/actions`, {
      ownerAgencyId: school.agencyId,

      description: 'Let the children leave by the second exit, and tell the office why nobody may be told.',
      measure: 'Both exits in use for four weeks',
      evidenceOfCompletion: 'A note by the head of year',
      relatesTo: 'child',
      dueOn: inDays(14).slice(0, 10),
    });
    expect([proposed.status, proposed.text]).toEqual([201, expect.any(String)]);
    const path = `/v1/actions/${proposed.body.id as string}`;

    await window('-2 days', '-1 second');
    await nothing();
    const followed = await lead.get(`/v1/cases/${invited.case}/status`).expect(200);
    expect(followed.body.openActions.map(({ id }: { id: string }) => id)).toEqual([proposed.body.id]);
    expect(followed.body).not.toHaveProperty('summary');
    expect(await ids('/v1/actions')).toEqual([proposed.body.id]);
    const task = await lead.get(path).expect(200);
    expect(task.body.description).toMatch('second exit');
    expect(task.body).not.toHaveProperty('caseId');

    expect((await command(WHO, path, 'acceptance')).body).toMatchObject({ status: 'agreed' });
    expect(await status()).toBe(200);
    const done = await command(WHO, path, 'completion', { outcome: 'done', outcomeText: 'Both exits are in use.' });
    expect(done.body).toMatchObject({ status: 'done' });
    await nothing();
    expect(await status()).toBe(404);
    // what their own agency did stays theirs to show, and says no more of the case than before
    expect((await lead.get(path).expect(200)).body).not.toHaveProperty('caseId');
  });
});
