/**
 * The research cycle: who is asked, what whoever is asked may read in order to answer, and that what they find is theirs
 * alone, against everybody who runs, checks or protects the panel.
 *
 * Seen to fail: names shown under every agreement of their reader instead of the asking panel's; names without an end; the
 * whole agency that answers where members of it sit on the panel; exclusions from a person forgotten; a child of 18; last
 * days in calendar days; one event for each agency asked; a return that shares nothing and is not nil; a nil return while a point is a draft; handling lost on the
 * way to the contribution; an education
 * service without names, and one with the address; an agency that received names for a request that was taken back, and is not
 * listed as to be told; a guest who goes on reading and answering when the invitation has ended; points of an earlier guest that a later one reads
 * and shares; a return that told the coordination by `nil` of what was shared and withheld from it.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
let cases: { id: string; reference: string }[];
const agencies = new Map<string, string>();
const by = (who: string): Promise<Caller> => as(server, who);

/** Two kinds of agency that the sandbox does not have. */
const ADDED = { midwives: 'health_midwifery', 'thorn-prison': 'prison' };

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership_id: string }>(
    `SELECT id, partnership_id FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership_id;
  for (const [code, type] of Object.entries(ADDED))
    await owner.query(
      `WITH a AS (INSERT INTO agencies (id, version, code, name, type) VALUES (gen_random_uuid(), 1, $1, $1, $2) RETURNING id)
       INSERT INTO agency_partnerships (id, version, agency_id, partnership_id) SELECT gen_random_uuid(), 1, id, $3 FROM a`,
      [code, type, partnershipId],
    );
  const known = await owner.query<{ id: string; code: string }>('SELECT id, code FROM agencies');
  for (const { id, code } of known.rows) agencies.set(code, id);
  cases = await casesOf(owner, 'ask-jag');
  expect(cases.length).toBeGreaterThan(5);
  // grown up, all of them: who is a child is said by each test
  await owner.query(`UPDATE persons SET date_of_birth = '1980-05-05' WHERE partnership_id = $1`, [partnershipId]);
});

const agencyOf = (code: string): string => agencies.get(code) as string;
const london = (day: string, hour = 10): string => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;
let days = 0;

interface Item {
  meetingId: string;
  listingId: string;
  caseId: string;
}

/** A meeting on a day of its own, with one case on its list. */
async function item(
  caseId: string,
  day = `2027-02-${String((++days % 27) + 1).padStart(2, '0')}`,
  on = { panelId, coordinator: 'jag-coordinator' },
): Promise<Item> {
  const coordinator = await by(on.coordinator);
  const met = { panelId: on.panelId, scheduledAt: london(day), endsAt: london(day, 12), venueOrMode: 'Room 2' };
  const meeting = await coordinator.post('/v1/meetings', met).expect(201);
  const meetingId: string = meeting.body.id;
  const listing = await coordinator
    .post(`/v1/meetings/${meetingId}/listings`, { caseId, kind: 'review', timeboxMinutes: 15 })
    .expect(201);
  return { meetingId, listingId: listing.body.id, caseId };
}

interface Asked {
  id: string;
  askedAgencyId: string;
  dueOn: string;
  status: string;
}

async function ask({ meetingId }: Item, body: object = {}, who = 'jag-coordinator'): Promise<Asked[]> {
  const answer = await (await by(who)).post(`/v1/meetings/${meetingId}/research-requests`, body);
  expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.anything()]);
  return answer.body.data;
}

const to = (asked: Asked[], code: string): Asked | undefined =>
  asked.find((one) => one.askedAgencyId === agencyOf(code));
const codesOf = (asked: Asked[]): string[] =>
  asked.map(({ askedAgencyId }) => [...agencies].find(([, id]) => id === askedAgencyId)![0]).sort();

async function known(dateOfBirth: string | null, more: object = {}, who = 'housing-officer'): Promise<string> {
  const person = { partnershipId, givenName: 'Wren', familyName: `Testling${String(++days)}`, dateOfBirth, ...more };
  const { body } = await (await by(who)).post('/v1/persons', person).expect(201);
  return body.id;
}

async function named(
  caseId: string,
  personId: string,
  role: string,
  more: object = {},
  who = 'housing-officer',
): Promise<void> {
  await (
    await by(who)
  )
    .post(`/v1/cases/${caseId}/people`, { personId, role, rationale: 'Lives there.', since: '2026-01-01', ...more })
    .expect(201);
}

async function command(who: string, path: string, what: string, body?: object): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${what}`, body).set('if-match', headers['etag'] as string);
}

const finding = {
  category: 'housing',
  kind: 'fact',
  text: 'CANARY-FINDING rent arrears since spring.',
  summary: 'Arrears.',
};

describe('who is asked', () => {
  const CORE = [
    'askenby-adults',
    'askenby-community-safety',
    'askenby-environmental-health',
    'askenby-housing',
    'askenby-legal',
    'fire',
    'mallowfield-recovery',
    'mental-health-trust',
    'osierbank-homes',
    'police',
    'victims-service',
  ];

  test('are the agencies of core members, once each, however often they are asked', async () => {
    const one = await item(cases[0]!.id);
    const asked = await ask(one);
    expect(codesOf(asked)).toEqual(CORE);
    expect(await ask(one)).toEqual(asked);
    const { rows } = await owner.query(
      `SELECT count(*)::int AS n FROM events WHERE type = 'research.asked' AND subject_id = $1`,
      [one.listingId],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test('are those invited to the item, too, and those who are named', async () => {
    const one = await item(cases[0]!.id);
    const coordinator = await by('jag-coordinator');
    const { body: meeting } = await coordinator.get(`/v1/meetings/${one.meetingId}`).expect(200);
    const invited = { agencyId: agencyOf('askenby-youth-justice'), closesAt: meeting.endsAt };
    await owner.query(`UPDATE practitioners SET roles = '{safeguarding_lead}' WHERE subject = 'youth-justice-worker'`);
    await coordinator.post(`/v1/meetings/${one.meetingId}/listings/${one.listingId}/invitations`, invited).expect(201);
    expect(codesOf(await ask(one))).toEqual([...CORE, 'askenby-youth-justice'].sort());
    const more = await ask(one, { listingId: one.listingId, agencyIds: [agencyOf('thistlemoor-academy')] });
    expect(codesOf(more)).toEqual([...CORE, 'askenby-youth-justice', 'thistlemoor-academy'].sort());
    for (const unknown of [agencyOf('pellworth-housing'), randomUUID()]) {
      const answer = await coordinator.post(`/v1/meetings/${one.meetingId}/research-requests`, {
        agencyIds: [agencyOf('fire'), unknown],
      });
      expect([answer.status, answer.body.code, answer.body.errors[0].pointer]).toEqual([
        422,
        'unknown-agency',
        '/agencyIds/1',
      ]);
    }
  });

  test.each(['is withdrawn', 'has ended'])('is closed to a person whose invitation %s', async (how) => {
    const one = await item(cases[0]!.id);
    const coordinator = await by('jag-coordinator');
    const { body: meeting } = await coordinator.get(`/v1/meetings/${one.meetingId}`).expect(200);
    const { rows } = await owner.query<{ id: string; agencyId: string }>(
      `SELECT id, agency_id AS "agencyId" FROM practitioners WHERE subject = 'idva'`,
    );
    const path = `/v1/meetings/${one.meetingId}/listings/${one.listingId}/invitations`;
    const invited = { agencyId: rows[0]!.agencyId, practitionerId: rows[0]!.id, closesAt: meeting.endsAt };
    const { body: invitation } = await coordinator.post(path, invited).expect(201);
    await ask(one);
    const asked = (await (await by('idva')).get('/v1/research-requests?limit=100').expect(200)).body.data.find(
      (request: { listingId: string }) => request.listingId === one.listingId,
    );
    const people = async () => (await (await by('idva')).get(`/v1/research-requests/${asked.id}/people`)).body;
    expect((await people()).data.length).toBeGreaterThan(0);
    if (how === 'is withdrawn')
      await coordinator
        .post(`${path}/${invitation.id as string}/withdrawal`, { reason: 'The wrong colleague.' })
        .set('if-match', '*')
        .expect(200);
    else
      await owner.query(
        `UPDATE invitations SET opens_at = now() - interval '2 minutes', closes_at = now() - interval '1 minute' WHERE id = $1`,
        [invitation.id],
      );
    expect((await people()).data ?? []).toEqual([]);
    const point = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night.' };
    const answer = await (await by('idva')).post(`/v1/research-requests/${String(asked.id)}/points`, point);
    expect([403, 404]).toContain(answer.status);
  });

  test('an agency’s later guest cannot read or decide on what an earlier guest noted, unless they lead its safeguarding', async () => {
    const one = await item(cases[0]!.id);
    const coordinator = await by('jag-coordinator');
    const first = await practitioner(owner, 'idva');
    const second = await practitioner(owner, 'outsider');
    await owner.query('UPDATE practitioners SET agency_id = $2 WHERE id = $1', [second.id, first.agencyId]);
    // who sits on a panel of the partnership works there
    await owner.query(
      `INSERT INTO memberships SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'practitioner_id', $2::uuid))).*
       FROM memberships m WHERE m.practitioner_id = $1 LIMIT 1`,
      [first.id, second.id],
    );
    const { body: meeting } = await coordinator.get(`/v1/meetings/${one.meetingId}`).expect(200);
    const invitations = `/v1/meetings/${one.meetingId}/listings/${one.listingId}/invitations`;
    const invite = async (practitionerId: string): Promise<string> => {
      const guest = { agencyId: first.agencyId, practitionerId, closesAt: meeting.endsAt };
      return `${invitations}/${(await coordinator.post(invitations, guest).expect(201)).body.id as string}`;
    };
    const ofGuest = (asked: Asked[]): Asked => asked.find((other) => other.askedAgencyId === first.agencyId)!;
    const invited = await invite(first.id);
    const path = `/v1/research-requests/${ofGuest(await ask(one)).id}`;
    const author = await by('idva');
    const reason = { decision: 'withheld', withheldReason: 'Would name the source.' };
    const noted: string[] = [];
    for (const more of [reason, { decision: 'shared' }, {}])
      noted.push((await author.post(`${path}/points`, { ...finding, ...more }).expect(201)).body.id);
    expect((await command('jag-coordinator', invited, 'withdrawal', { reason: 'The wrong colleague.' })).status).toBe(
      200,
    );
    await invite(second.id);
    expect(ofGuest(await ask(one, { agencyIds: [first.agencyId] })).status).toBe('asked');

    const later = await by('outsider');
    const own = (await later.post(`${path}/points`, { ...finding, ...reason }).expect(201)).body.id as string;
    const points = async (): Promise<string[]> =>
      (await later.get(`${path}/points`).expect(200)).body.data.map(({ id }: { id: string }) => id).sort();
    expect(await points()).toEqual([own]);
    for (const id of noted) {
      await later.get(`/v1/research-points/${id}`).expect(404);
      const shared = await later.post(`/v1/research-points/${id}/sharing`).set('if-match', '*');
      expect(shared.status).toBe(404);
    }
    await owner.query(`UPDATE practitioners SET roles = '{safeguarding_lead}' WHERE id = $1`, [second.id]);
    expect(await points()).toEqual([...noted, own].sort());
    await owner.query('DELETE FROM memberships WHERE practitioner_id = $1', [second.id]);
    await owner.query(`UPDATE practitioners SET roles = '{}', agency_id = $2 WHERE id = $1`, [
      second.id,
      second.agencyId,
    ]);
  });

  test.each([
    ['5 that day', '2022-03-10', true],
    ['5 the day after', '2022-03-11', false],
    ['18 that day', '2009-03-10', false],
    ['18 the day after', '2009-03-11', true],
    ['of unknown age', null, false],
  ])('is education where a child is %s', async (_, dateOfBirth, isAsked) => {
    const { id } = cases[1]!;
    await owner.query(`DELETE FROM case_people WHERE case_id = $1 AND role = 'child'`, [id]);
    await named(id, await known(dateOfBirth), 'child');
    const meetingId = await item(id, '2027-03-10');
    expect(to(await ask(meetingId), 'askenby-education') !== undefined).toBe(isAsked);
  });

  test.each([
    ['midwives', { pregnant: true }, true],
    ['midwives', { pregnant: false, inCustody: true }, false],
    ['midwives', {}, false],
    ['thorn-prison', { inCustody: true }, true],
    ['thorn-prison', { pregnant: true, inCustody: null }, false],
  ])('is %s where it is known that %j: %s', async (code, facts, isAsked) => {
    const { id } = cases[2]!;
    await owner.query(`UPDATE case_people SET pregnant = NULL, in_custody = NULL WHERE case_id = $1`, [id]);
    await named(id, await known('1990-01-01'), 'witness', facts);
    expect(to(await ask(await item(id)), code) !== undefined).toBe(isAsked);
  });

  test('is nobody for what the coordination itself may not know', async () => {
    // the agreement of this panel has run out
    const { rows } = await owner.query<{ id: string; panel: string; partnership: string }>(
      `SELECT c.id, c.panel_id AS panel, c.partnership_id AS partnership FROM cases c JOIN panels p ON p.id = c.panel_id
       JOIN case_people r ON r.case_id = c.id JOIN agencies a ON a.id = r.agency_id
       WHERE p.code = 'dun-cmarac' AND c.stage <> 'closed' AND a.code <> 'dunmarrow-community-safety' LIMIT 1`,
    );
    const { id: caseId, panel, partnership } = rows[0]!;
    await owner.query(
      `INSERT INTO agency_partnerships (id, version, agency_id, partnership_id) VALUES (gen_random_uuid(), 1, $1, $2)`,
      [agencyOf('midwives'), partnership],
    );
    await owner.query(`UPDATE case_people SET pregnant = true WHERE case_id = $1`, [caseId]);
    const there = await item(caseId, undefined, { panelId: panel, coordinator: 'dunmarrow-coordinator' });
    const asked = await ask(there, {}, 'dunmarrow-coordinator');
    expect([asked.length > 2, to(asked, 'midwives')]).toEqual([true, undefined]);
    await owner.query(`UPDATE case_people SET agency_id = $2 WHERE case_id = $1`, [
      caseId,
      agencyOf('dunmarrow-community-safety'),
    ]);
    expect(to(await ask(there, {}, 'dunmarrow-coordinator'), 'midwives')).toBeDefined();
  });

  test('is who the panel’s rules say, where they say so', async () => {
    const { id } = cases[2]!;
    const rules = {
      effectiveFrom: new Date().toISOString().slice(0, 10),
      rules: { researchAudience: [{ when: 'pregnant', agencyTypes: ['probation'] }] },
    };
    await owner.query(`UPDATE panel_rules SET effective_from = effective_from - 30 WHERE panel_id = $1`, [panelId]);
    const made = await (await by('jag-chair')).post(`/v1/panels/${panelId}/rules`, rules).expect(201);
    await owner.query(`UPDATE case_people SET pregnant = true, in_custody = true WHERE case_id = $1`, [id]);
    const asked = await ask(await item(id));
    expect([to(asked, 'probation') !== undefined, to(asked, 'midwives'), to(asked, 'thorn-prison')]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    await owner.query('DELETE FROM panel_rules WHERE id = $1', [made.body.id]);
    await owner.query(`UPDATE panel_rules SET effective_from = effective_from + 30 WHERE panel_id = $1`, [panelId]);
  });

  test('is never an agency that is kept from the case, or from somebody in it; and they read nothing of it', async () => {
    for (const what of ['case_id', 'person_id']) {
      const { id } = cases[4]!;
      const one = await item(id);
      const before = await item(id);
      const earlier = to(await ask(before), 'fire')!;
      const fire = await by('fire-officer');
      await fire.get(`/v1/research-requests/${earlier.id}`).expect(200);
      await owner.query(
        `INSERT INTO exclusions (id, version, partnership_id, panel_id, agency_id, ${what}, reason, since)
         SELECT gen_random_uuid(), 1, $1, $2, $3, ${what === 'case_id' ? '$4' : '(SELECT person_id FROM case_people WHERE case_id = $4 LIMIT 1)'}, 'Staff are parties.', now() - interval '1 second'`,
        [partnershipId, panelId, agencyOf('fire'), id],
      );
      expect(to(await ask(one), 'fire')).toBeUndefined();
      const again = await (
        await by('jag-coordinator')
      ).post(`/v1/meetings/${one.meetingId}/research-requests`, { agencyIds: [agencyOf('fire')] });
      expect(again.body.code).toBe('unknown-agency');
      for (const path of ['', '/people', '/points'])
        await fire.get(`/v1/research-requests/${earlier.id}${path}`).expect(404);
      expect((await fire.get(`/v1/meetings/${before.meetingId}/research-requests`).expect(200)).body.data).toEqual([]);
      await owner.query(`DELETE FROM exclusions WHERE reason = 'Staff are parties.'`);
    }
  });

  test('is an agency whose exclusion the coordinator cannot read, and that agency reads nothing of it', async () => {
    const { id } = cases[4]!;
    const one = await item(id);
    const coordinator = await by('jag-coordinator');
    const personId = await known('1980-01-01');
    await named(id, personId, 'witness');
    const { rows } = await owner.query<{ id: string }>(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, agency_id, person_id, reach, reason, since)
       SELECT gen_random_uuid(), 1, $1, p.id, $2, $3, 'partnership', 'Known to another panel.', now() - interval '1 second'
       FROM panels p WHERE p.code = 'ask-marac' RETURNING id`,
      [partnershipId, agencyOf('fire'), personId],
    );
    await coordinator.get(`/v1/exclusions/${rows[0]!.id}`).expect(404);
    const asked = to(await ask(one), 'fire');
    expect(asked?.status).toBe('asked');
    expect(to(await ask(one, { agencyIds: [agencyOf('fire')] }), 'fire')?.id).toBe(asked!.id);
    const fire = await by('fire-officer');
    for (const path of ['', '/people', '/points'])
      await fire.get(`/v1/research-requests/${asked!.id}${path}`).expect(404);
    await fire.get(`/v1/persons/${personId}`).expect(404);
    const meeting = await fire.get(`/v1/meetings/${one.meetingId}/research-requests`).expect(200);
    expect(meeting.body.data).toEqual([]);
    const { body: all } = await fire.get('/v1/research-requests?limit=100').expect(200);
    expect(all.data.map((other: Asked) => other.id)).not.toContain(asked!.id);
    const point = await fire.post(`/v1/research-requests/${asked!.id}/points`, finding);
    expect(point.status).toBe(404);
    await owner.query(`DELETE FROM exclusions WHERE id = $1`, [rows[0]!.id]);
    await owner.query('DELETE FROM case_people WHERE person_id = $1', [personId]);
  });

  test('is, for a compartment, nobody who does not sit in it', async () => {
    const [apart] = await casesOf(owner, 'ask-channel');
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-channel'`);
    const on = { panelId: rows[0]!.id, coordinator: 'channel-chair' };
    const one = await item(apart!.id, undefined, on);
    await named(apart!.id, await known('2016-01-01', {}, 'channel-chair'), 'child', {}, 'channel-chair');
    const asked = await ask(one, {}, 'channel-chair');
    expect(codesOf(asked)).toEqual(['askenby-community-safety', 'police']);
    const outside = await (
      await by('channel-chair')
    ).post(`/v1/meetings/${one.meetingId}/research-requests`, { agencyIds: [agencyOf('askenby-education')] });
    expect(outside.body.code).toBe('unknown-agency');
    const path = `/v1/research-requests/${to(asked, 'police')!.id}`;
    await (await by('channel-officer')).get(`${path}/people`).expect(200);
    for (const who of ['police-sergeant', 'police-inspector', 'marac-chair', 'jag-coordinator', 'dpo'])
      for (const at of [path, `${path}/people`, `${path}/points`, `/v1/meetings/${one.meetingId}/research-requests`])
        expect([who, [403, 404].includes((await (await by(who)).get(at)).status)]).toEqual([who, true]);
  });

  test('is asked by the coordination of the panel alone, while the meeting is to come', async () => {
    const one = await item(cases[0]!.id);
    const path = `/v1/meetings/${one.meetingId}/research-requests`;
    for (const [who, status] of [
      ['fire-officer', 403],
      ['marac-coordinator', 403],
      ['dpo', 403],
      ['outsider', 403],
    ] as const) {
      const answer = await (await by(who)).post(path, {});
      expect([who, [403, 404].includes(answer.status), status]).toEqual([who, true, status]);
    }
    const cancelled = await command('jag-coordinator', `/v1/meetings/${one.meetingId}`, 'cancellation', {
      reason: 'The room is flooded.',
    });
    expect(cancelled.status).toBe(200);
    const late = await (await by('jag-coordinator')).post(path, {});
    expect([late.status, late.body.code]).toEqual([409, 'meeting-over']);
  });
});

describe('the last day', () => {
  test('is counted in working days, past bank holidays, and may be earlier but not later', async () => {
    // Easter 2027: Good Friday 26 March, Easter Monday 29 March
    const one = await item(cases[0]!.id, '2027-03-30');
    const coordinator = await by('jag-coordinator');
    const path = `/v1/meetings/${one.meetingId}/research-requests`;
    const late = await coordinator.post(path, { dueOn: '2027-03-25' });
    expect([late.status, late.body.code]).toEqual([422, 'due-day']);
    expect(to(await ask(one, { agencyIds: [agencyOf('fire')], dueOn: '2027-03-20' }), 'fire')!.dueOn).toBe(
      '2027-03-20',
    );
    expect(to(await ask(one), 'police')!.dueOn).toBe('2027-03-24');
  });

  test('moves with the meeting and is kept as it first was; overdue is worked out, and stops nothing', async () => {
    const one = await item(cases[0]!.id, '2027-05-05');
    const asked = to(await ask(one), 'police')!;
    expect(asked.dueOn).toBe('2027-04-30'); // 3 May is a bank holiday
    const moved = await command('jag-coordinator', `/v1/meetings/${one.meetingId}`, 'postponement', {
      scheduledAt: london('2027-05-12'),
      endsAt: london('2027-05-12', 12),
    });
    expect(moved.status).toBe(200);
    const path = `/v1/research-requests/${asked.id}`;
    const { body } = await (await by('police-sergeant')).get(path).expect(200);
    expect(body).toMatchObject({ dueOn: '2027-05-10', originalDueOn: '2027-04-30', overdue: false, status: 'asked' });
    await owner.query(`UPDATE research_requests SET due_on = '2026-01-02' WHERE id = $1`, [asked.id]);
    expect((await (await by('jag-chair')).get(path).expect(200)).body.overdue).toBe(true);
    expect((await command('police-sergeant', path, 'return', { nil: true })).body).toMatchObject({
      status: 'returned',
      overdue: false,
    });
    expect((await command('jag-coordinator', `/v1/meetings/${one.meetingId}`, 'opening')).status).toBe(200);
  });

  test('of a meeting that is cancelled does not come', async () => {
    const one = await item(cases[0]!.id);
    const asked = to(await ask(one), 'police')!;
    await command('jag-coordinator', `/v1/meetings/${one.meetingId}`, 'cancellation', {
      reason: 'No quorum expected.',
    });
    const path = `/v1/research-requests/${asked.id}`;
    expect((await (await by('police-sergeant')).get(path).expect(200)).body.status).toBe('cancelled');
    const late = await command('police-sergeant', path, 'return', { nil: true });
    expect([late.status, late.body.code, late.body.permitted]).toEqual([409, 'not-in-this-state', []]);
  });

  test('comes for a request that was taken back only where the agency is named anew', async () => {
    const one = await item(cases[0]!.id);
    const path = `/v1/research-requests/${to(await ask(one), 'fire')!.id}`;
    expect((await command('fire-officer', path, 'cancellation')).status).toBe(403);
    expect((await command('jag-coordinator', path, 'cancellation')).body.status).toBe('cancelled');
    expect((await (await by('fire-officer')).get(`${path}/people`).expect(200)).body.data).toEqual([]);
    // an agency does not open for itself again what it was shown: whom the case has named since is asked for anew
    expect((await command('fire-officer', path, 'reopening')).status).toBe(403);
    expect((await command('jag-coordinator', path, 'reopening')).status).toBe(409);
    expect(to(await ask(one), 'fire')!.status).toBe('cancelled');
    expect(to(await ask(one, { agencyIds: [agencyOf('fire')] }), 'fire')!.status).toBe('asked');
  });
});

describe('an agency that is asked and has no seat on the panel', () => {
  test('is listed as to be told of the people when the coordinator cancels the request', async () => {
    const worker = await by('youth-justice-worker');
    const strange = [];
    for (const { id } of cases.slice(5)) strange.push((await worker.get(`/v1/cases/${id}`)).status);
    const { id: caseId } = cases[5 + strange.indexOf(404)]!;
    const personId = await known('1971-07-07');
    await named(caseId, personId, 'complainant');
    const seats = ['askenby-youth-justice', 'fire'].map(agencyOf);
    const asked = await ask(await item(caseId), { agencyIds: seats });
    const toBeTold = async (): Promise<string[]> => {
      const { body } = await (await by('dpo')).get(`/v1/disclosures?recordId=${personId}&toBeTold=true`).expect(200);
      return body.data.map((one: { recipientAgencyId: string }) => one.recipientAgencyId);
    };
    const cancel = async (who: string, code: string): Promise<void> => {
      const path = `/v1/research-requests/${to(asked, code)!.id}`;
      const { body } = await (await by(who)).get(`${path}/people`).expect(200);
      expect(body.data.map(({ id }: { id: string }) => id)).toContain(personId);
      expect((await command('jag-coordinator', path, 'cancellation')).body.status).toBe('cancelled');
    };
    await cancel('fire-officer', 'fire');
    expect(await toBeTold()).toEqual([]);
    await cancel('youth-justice-worker', 'askenby-youth-justice');
    expect(await toBeTold()).toEqual([agencyOf('askenby-youth-justice')]);
  });
});

describe('whoever is asked and reads nothing else of the panel', () => {
  const SECRETS = ['phone', 'email', 'safeContact'] as const;
  let one: Item;
  let request: Asked;
  let personId: string;

  beforeAll(async () => {
    const strange = await Promise.all(
      cases.slice(5).map(async ({ id }) => (await (await by('youth-justice-worker')).get(`/v1/cases/${id}`)).status),
    );
    const { id } = cases[5 + strange.indexOf(404)]!;
    personId = await known('1971-07-07', {
      givenName: 'Perpetua',
      aliases: ['Pepper'],
      currentAddress: '4 Cooper Rise, YK1 9ZZ',
      phone: 'CANARY-PHONE',
      email: 'canary-email@example.org',
      safeContact: 'CANARY-SAFE',
      ethnicity: 'M9',
      nhsNumber: '9434765919',
    });
    await named(id, personId, 'complainant', { rationale: 'CANARY-RATIONALE' });
    await (
      await by('housing-officer')
    )
      .post(`/v1/persons/${personId}/protected-addresses`, { kind: 'refuge', address: 'CANARY-REFUGE', panelId: null })
      .expect(201);
    await owner.query(
      `UPDATE cases SET summary = 'CANARY-SUMMARY', why_multi_agency = 'CANARY-WHY', risk_band_reason = 'CANARY-BAND' WHERE id = $1`,
      [id],
    );
    await (
      await by('housing-officer')
    )
      .post(`/v1/cases/${id}/contributions`, { ...finding, text: 'CANARY-CONTRIBUTION', summary: 'CANARY-LINE' })
      .expect(201);
    one = await item(id);
    const asked = await ask(one, {
      agencyIds: ['askenby-youth-justice', 'askenby-education', 'thistlemoor-academy'].map(agencyOf),
    });
    request = to(asked, 'askenby-youth-justice')!;
  });

  test('sees the request, and of the people what is needed to search for them', async () => {
    const worker = await by('youth-justice-worker');
    const path = `/v1/research-requests/${request.id}`;
    for (const list of ['/v1/research-requests', `/v1/meetings/${one.meetingId}/research-requests`])
      expect((await worker.get(list).expect(200)).body.data.map(({ id }: Asked) => id)).toContain(request.id);
    const { body } = await worker.get(path).expect(200);
    expect(body.withheld.sort()).toEqual(['caseId', 'listingId']);
    const { body: people } = await worker.get(`${path}/people`).expect(200);
    const sought = people.data.find(({ id }: { id: string }) => id === personId);
    expect(sought).toMatchObject({
      givenName: 'Perpetua',
      aliases: ['Pepper'],
      dateOfBirth: '1971-07-07',
      currentAddress: '4 Cooper Rise, YK1 9ZZ',
      roles: ['complainant'],
      withheld: [],
    });
    expect(Object.keys(sought).sort()).toEqual(
      'id givenName familyName aliases dateOfBirth datePrecision currentAddress roles withheld'.split(' ').sort(),
    );
  });

  test('receives them as a disclosure, under the agreement of the panel that asks', async () => {
    const { rows } = await owner.query(
      `SELECT panel_id AS "panelId", fields, cardinality(agreement_version_ids) AS versions FROM disclosures
       WHERE record_type = 'Person' AND record_id = $1 AND recipient_agency_id = $2`,
      [personId, agencyOf('askenby-youth-justice')],
    );
    const fields = ['aliases', 'currentAddress', 'dateOfBirth', 'datePrecision', 'familyName', 'givenName', 'roles'];
    expect(rows).toEqual([{ panelId, fields, versions: 1 }]);
  });

  test('and finds nothing of the case, by any exit', async () => {
    const worker = await by('youth-justice-worker');
    const path = `/v1/research-requests/${request.id}`;
    const texts: string[] = [];
    for (const at of [
      path,
      `${path}/people`,
      `${path}/points`,
      '/v1/research-requests',
      '/v1/cases',
      '/v1/persons',
      '/v1/meetings',
      '/v1/changes',
    ])
      texts.push((await worker.get(at)).text);
    const search = { familyName: 'Testling', partnershipId };
    texts.push((await worker.post('/v1/person-searches', search)).text);
    for (const at of ['', '/people', '/contributions', '/assessments', '/plans', '/timeline', '/status'])
      await worker.get(`/v1/cases/${one.caseId}${at}`).expect(404);
    await worker.get(`/v1/persons/${personId}`).expect(404);
    await worker.get(`/v1/persons/${personId}/protected-addresses`).expect(404);
    await worker.post(`/v1/cases/${one.caseId}/contributions`, finding).expect(404);
    await worker.get(`/v1/meetings/${one.meetingId}/listings`).expect((answer) => {
      if (answer.text.includes(one.caseId)) throw new Error('the case is on the list');
    });
    expect(texts.filter((text) => /CANARY|canary|9434765919|"M9"/.test(text))).toEqual([]);
    expect(SECRETS.every((field) => !texts[1]!.includes(field))).toBe(true);
    const explained = { action: 'research', type: 'Person', id: personId, field: 'phone' };
    await worker.post('/v1/policy/explanations', explained).expect(404);
  });

  test('is education, too: with what is needed to search a roll, and without the address', async () => {
    const officer = await by('education-officer');
    const { body } = await officer.get(`/v1/meetings/${one.meetingId}/research-requests`).expect(200);
    expect(body.data).toHaveLength(1);
    const { body: people } = await officer.get(`/v1/research-requests/${body.data[0].id as string}/people`).expect(200);
    const sought = people.data.find(({ id }: { id: string }) => id === personId);
    expect(sought).toMatchObject({
      givenName: 'Perpetua',
      aliases: ['Pepper'],
      dateOfBirth: '1971-07-07',
      withheld: ['currentAddress'],
    });
    expect(JSON.stringify(people)).not.toMatch(/CANARY|canary|9434765919|"M9"|Cooper Rise/);
  });

  test('gets no name where the agreement gives their kind of agency none', async () => {
    const officer = await by('school-lead');
    const { body } = await officer.get(`/v1/meetings/${one.meetingId}/research-requests`).expect(200);
    expect(body.data).toHaveLength(1);
    const { body: people } = await officer.get(`/v1/research-requests/${body.data[0].id as string}/people`).expect(200);
    const sought = people.data.find(({ id }: { id: string }) => id === personId);
    expect(Object.keys(sought).sort()).toEqual(['id', 'withheld']);
    expect(sought.withheld).toEqual(expect.arrayContaining(['givenName', 'dateOfBirth', 'currentAddress', 'roles']));
  });

  test('gets no more of a person whom they read elsewhere than the other panel gives', async () => {
    const before = await (await by('social-worker')).get(`/v1/persons/${personId}`);
    expect(before.status).toBe(404);
    const asked = await ask(one, { agencyIds: [agencyOf('askenby-childrens')] });
    const theirs = to(asked, 'askenby-childrens')!;
    const syv = (await casesOf(owner, 'ask-syv'))[0]!;
    await owner.query(
      `INSERT INTO case_people (id, version, partnership_id, agency_id, contributing_type, case_id, panel_id, person_id, role, rationale, since)
       SELECT gen_random_uuid(), 1, c.partnership_id, p.agency_id, p.contributing_type, c.id, c.panel_id, p.id, 'linked_peer', 'Seen together.', '2026-02-02'
       FROM cases c, persons p WHERE c.id = $1 AND p.id = $2`,
      [syv.id, personId],
    );
    const worker = await by('social-worker');
    const whileAsked = await worker.get(`/v1/persons/${personId}`).expect(200);
    const people = await worker.get(`/v1/research-requests/${theirs.id}/people`).expect(200);
    expect(people.text).toContain('Perpetua');
    await command('social-worker', `/v1/research-requests/${theirs.id}`, 'return', { nil: true });
    const { body } = await worker.get(`/v1/persons/${personId}`).expect(200);
    expect(whileAsked.body).toEqual(body);
    await owner.query(`DELETE FROM case_people WHERE person_id = $1 AND role = 'linked_peer'`, [personId]);
  });

  test('is kept from a person from whom they are excluded, and a colleague who does not answer sees nothing', async () => {
    const me = await practitioner(owner, 'youth-justice-worker');
    await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, case_id, reason, since)
       VALUES (gen_random_uuid(), 1, $1, $2, $3, $4, 'Knows her.', now() - interval '1 second')`,
      [partnershipId, panelId, me.id, one.caseId],
    );
    const worker = await by('youth-justice-worker');
    await worker.get(`/v1/research-requests/${request.id}`).expect(404);
    await worker.get(`/v1/research-requests/${request.id}/people`).expect(404);
    await worker.get(`/v1/meetings/${one.meetingId}/research-requests`).expect((answer) => {
      if (answer.text.includes(request.id)) throw new Error('the request is listed');
    });
    await owner.query(`DELETE FROM exclusions WHERE reason = 'Knows her.'`);
    await worker.get(`/v1/research-requests/${request.id}`).expect(200);
    const housing = to(await ask(one), 'askenby-housing')!;
    await (await by('housing-officer')).get(`/v1/research-requests/${housing.id}`).expect(200);
    for (const who of ['agency-administrator', 'fire-officer', 'marac-chair', 'dpo', 'auditor', 'analyst', 'outsider'])
      await (await by(who)).get(`/v1/research-requests/${housing.id}/people`).expect((answer) => {
        if (![403, 404].includes(answer.status)) throw new Error(`${who}: ${String(answer.status)}`);
      });
  });

  test('reads the names until they answered, and again when it is opened again; not when the meeting is over', async () => {
    const worker = await by('youth-justice-worker');
    const path = `/v1/research-requests/${request.id}`;
    const names = async (): Promise<number> => (await worker.get(`${path}/people`).expect(200)).body.data.length;
    expect(await names()).toBeGreaterThan(0);
    expect((await command('youth-justice-worker', path, 'return', { nil: true })).status).toBe(200);
    expect(await names()).toBe(0);
    expect((await command('jag-coordinator', path, 'reopening')).body).toMatchObject({ status: 'asked', nil: null });
    expect(await names()).toBeGreaterThan(0);
    await owner.query(`UPDATE research_requests SET closes_at = now() - interval '1 second' WHERE id = $1`, [
      request.id,
    ]);
    expect(await names()).toBe(0);
    const late = await command('youth-justice-worker', path, 'return', { nil: true });
    expect([late.status, late.body.code]).toEqual([409, 'meeting-over']);
    expect((await worker.post(`${path}/points`, finding)).body.code).toBe('meeting-over');
  });
});

/** Refused, missing, or a list with nothing in it. */
const isNothing = ({ status, body }: Response): boolean =>
  [403, 404].includes(status) || (status === 200 && body.data?.length === 0);

describe('what an agency finds', () => {
  let one: Item;
  let path: string;

  beforeEach(async () => {
    one = await item(cases[6 % cases.length]!.id, `2027-06-${String((days++ % 25) + 1).padStart(2, '0')}`);
    path = `/v1/research-requests/${to(await ask(one), 'askenby-housing')!.id}`;
  });

  async function noted(body: object = finding): Promise<string> {
    const made = await (await by('housing-officer')).post(`${path}/points`, body);
    expect([made.status, made.text.slice(0, 200)]).toEqual([201, expect.anything()]);
    return `/v1/research-points/${made.body.id as string}`;
  }

  test('is read by nobody else, whoever they are', async () => {
    const point = await noted({ ...finding, decision: 'withheld', withheldReason: 'CANARY-REASON' });
    await (await by('housing-officer')).get(point).expect(200);
    const others = ['jag-chair', 'jag-coordinator', 'police-sergeant', 'fire-officer', 'dpo', 'auditor', 'analyst'];
    const also = ['agency-administrator', 'outsider', 'police-system', 'statistics-system'];
    for (const who of [...others, ...also]) {
      const caller = await by(who);
      for (const at of [point, `${path}/points`, `${path}/people`])
        expect([who, at, isNothing(await caller.get(at))]).toEqual([who, at, true]);
      const texts = await Promise.all(
        [
          path,
          `/v1/meetings/${one.meetingId}/research-requests`,
          `/v1/cases/${one.caseId}/contributions?limit=100`,
          `/v1/cases/${one.caseId}/timeline?limit=100`,
          '/v1/research-points?limit=100',
          '/v1/audit-entries?limit=100',
          '/v1/disclosures?limit=100',
        ].map(async (at) => (await caller.get(at)).text),
      );
      expect([who, texts.filter((text) => text.includes('CANARY-FINDING') || text.includes('CANARY-REASON'))]).toEqual([
        who,
        [],
      ]);
      const asked = { action: 'read', type: 'ResearchPoint', id: point.split('/').at(-1) };
      expect([403, 404]).toContain((await caller.post('/v1/policy/explanations', asked)).status);
    }
    const { rows } = await owner.query(
      `SELECT 1 FROM events WHERE subject_type = 'ResearchPoint' OR data::text LIKE '%CANARY%'`,
    );
    expect(rows).toEqual([]);
  });

  test('is not read by those of the same agency who check the panel or protect its data', async () => {
    const own = to(await ask(one), 'askenby-community-safety')!;
    const made = await (
      await by('jag-coordinator')
    )
      .post(`/v1/research-requests/${own.id}/points`, finding)
      .expect(201);
    for (const who of ['auditor', 'dpo', 'marac-coordinator', 'statistics-system'])
      for (const at of [`/v1/research-points/${made.body.id as string}`, `/v1/research-requests/${own.id}/points`])
        expect([who, isNothing(await (await by(who)).get(at))]).toEqual([who, true]);
  });

  test('may be found and told by a system of the agency, as far as its scopes go', async () => {
    const system = await by('housing-system');
    const { body: sought } = await system.get(`${path}/people`).expect(200);
    expect(sought.data.length).toBeGreaterThan(0);
    expect(sought.data[0]).toHaveProperty('familyName');
    const made = await system.post(`${path}/points`, { ...finding, decision: 'shared' }).expect(201);
    expect((await command('housing-system', path, 'return', { nil: false })).body).toMatchObject({ nil: false });
    expect((await system.get(`/v1/research-points/${made.body.id as string}`).expect(200)).body.decision).toBe(
      'contributed',
    );
    expect((await system.post(`${path}/reopening`).set('if-match', '*')).status).toBe(403);
    await (await by('police-system')).get('/v1/research-requests').expect(403);
  });

  test('is hidden by the database, too', async () => {
    await noted();
    const { rows } = await owner.query<{ qual: string }>(
      `SELECT qual FROM pg_policies WHERE tablename = 'research_points' AND policyname = 'wall'`,
    );
    expect(rows[0]!.qual).toContain('agency_only');
    await expect(owner.query(`UPDATE research_points SET agency_only = false`)).rejects.toThrow('research_points_own');
  });

  test('leaves where it is shared, as what the agency contributed, and only with the return', async () => {
    const shared = await noted();
    await noted({ ...finding, text: 'Kept.', summary: null, decision: 'withheld', withheldReason: 'Not needed.' });
    const early = await command('housing-officer', path, 'return', { nil: false });
    expect([early.status, early.body.code]).toEqual([422, 'undecided-points']);
    const earlyNil = await command('housing-officer', path, 'return', { nil: true });
    expect([earlyNil.status, earlyNil.body.code]).toEqual([422, 'undecided-points']);
    const decided = await command('housing-officer', shared, 'sharing', {
      summary: 'Arrears since spring.',
      handling: 'C',
      conditions: 'Not to be told to the tenant.',
      originatorControl: true,
    });
    expect(decided.body).toMatchObject({ decision: 'shared', contributionId: null });
    const held = async (who: string) =>
      (await (await by(who)).get(`/v1/cases/${one.caseId}/contributions?limit=100`).expect(200)).body.data.filter(
        ({ agencyId, category }: { agencyId: string; category: string }) =>
          agencyId === agencyOf('askenby-housing') && category === 'housing',
      );
    const before = (await held('fire-officer')).length;
    const nil = await command('housing-officer', path, 'return', { nil: true });
    expect([nil.status, nil.body.code]).toEqual([422, 'not-nil']);
    const returned = await command('housing-officer', path, 'return', { nil: false });
    expect(returned.body).toMatchObject({ status: 'returned', nil: false, returnedAt: expect.any(String) });
    expect((await held('fire-officer')).length).toBe(before + 1);
    const { body } = await (await by('housing-officer')).get(shared).expect(200);
    expect(body).toMatchObject({ decision: 'contributed', contributionId: expect.any(String) });
    const contribution = `/v1/contributions/${body.contributionId as string}`;
    const mine = await (await by('housing-officer')).get(contribution).expect(200);
    expect(mine.body).toMatchObject({ text: finding.text, handling: 'C', originatorControl: true, agencyOnly: false });
    const theirs = await (await by('police-sergeant')).get(contribution).expect(200);
    expect(theirs.body).not.toHaveProperty('text');
    for (const what of ['sharing', 'withholding']) {
      const late = await command('housing-officer', shared, what, { summary: 'Again.', reason: 'Again.' });
      expect([400, 409]).toContain(late.status);
    }
    const again = await command('housing-officer', shared, 'sharing', { summary: 'Once more.' });
    expect([again.status, again.body.code]).toEqual([409, 'not-in-this-state']);
    expect((await (await by('housing-officer')).post(`${path}/points`, finding)).status).toBe(409);
  });

  test('may be nothing: a nil return is a return, and tells nothing of what is withheld', async () => {
    await noted({ ...finding, decision: 'withheld', withheldReason: 'Not proportionate.' });
    const nothing = await command('housing-officer', path, 'return', { nil: false });
    expect([nothing.status, nothing.body.code]).toEqual([422, 'nothing-shared']);
    expect((await command('housing-officer', path, 'return', { nil: true })).body.nil).toBe(true);
    const fire = to(await ask(one), 'fire')!;
    expect((await command('fire-officer', `/v1/research-requests/${fire.id}`, 'return', { nil: true })).status).toBe(
      200,
    );
    const { body } = await (await by('jag-chair')).get(`/v1/meetings/${one.meetingId}/research-requests?limit=100`);
    const [withSome, without] = ['askenby-housing', 'fire'].map((code) => {
      const {
        id: _,
        askedAgencyId: __,
        version: ___,
        returnedAt: ____,
        updatedAt: _____,
        ...rest
      } = to(body.data, code) as Asked & Record<string, unknown>;
      return rest;
    });
    expect(withSome).toEqual(without);
    expect(withSome).toMatchObject({ status: 'returned', nil: true, overdue: false });
    expect(Object.keys(withSome!).filter((field) => /point|count|withheldReason/i.test(field))).toEqual([]);
    expect(to(body.data, 'police')).toMatchObject({ status: 'asked', nil: null });
  });

  test('is nil to the coordination where it may know of nothing that was shared, and to nobody else', async () => {
    const nhs = to(await ask(one), 'mental-health-trust')!;
    const request = `/v1/research-requests/${nhs.id}`;
    const shared = { ...finding, decision: 'shared' };
    const returns = async (category: string): Promise<void> => {
      await (await by('nhs-safeguarding-lead')).post(`${request}/points`, { ...shared, category }).expect(201);
      expect((await command('nhs-safeguarding-lead', request, 'return', { nil: false })).body.nil).toBe(false);
    };
    const asTold = async (who: string): Promise<unknown> => (await (await by(who)).get(request).expect(200)).body.nil;
    await returns('sexual_health');
    const mine = await (await by('nhs-safeguarding-lead')).get(`/v1/cases/${one.caseId}/contributions?limit=100`);
    const hidden = mine.body.data.find(({ category }: { category: string }) => category === 'sexual_health');
    for (const who of ['jag-chair', 'jag-coordinator']) {
      await (await by(who)).get(`/v1/contributions/${hidden.id as string}`).expect(404);
      expect([who, await asTold(who)]).toEqual([who, true]);
    }
    expect(await asTold('nhs-safeguarding-lead')).toBe(false);
    expect((await command('jag-coordinator', request, 'reopening')).status).toBe(200);
    await returns('professional_opinion');
    for (const who of ['jag-chair', 'nhs-safeguarding-lead']) expect([who, await asTold(who)]).toEqual([who, false]);
  });

  test('needs a reason to be withheld, a line to be shared, conditions where they are said', async () => {
    const officer = await by('housing-officer');
    for (const [body, code] of [
      [{ ...finding, decision: 'withheld' }, 'reason-to-withhold'],
      [{ ...finding, withheldReason: 'Because.' }, 'reason-to-withhold'],
      [{ ...finding, summary: null, decision: 'shared' }, 'summary-missing'],
      [{ ...finding, handling: 'C' }, 'conditions-missing'],
    ] as const) {
      const answer = await officer.post(`${path}/points`, body);
      expect([answer.status, answer.body.code]).toEqual([422, code]);
    }
    const point = await noted();
    await officer.post(`${point}/withholding`, { reason: 'Not needed.' }).expect(428);
    expect((await command('housing-officer', point, 'withholding', { reason: 'Not needed.' })).body).toMatchObject({
      decision: 'withheld',
      withheldReason: 'Not needed.',
    });
    const { headers } = await officer.get(point);
    const corrected = await officer.patch(point, { text: 'Arrears are paid.' }, headers['etag'] as string).expect(200);
    expect(corrected.body).toMatchObject({ decision: 'draft', withheldReason: null, text: 'Arrears are paid.' });
  });
});
