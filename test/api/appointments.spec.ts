/**
 * Seats on panels: who gives them, who ends them, and that nobody gives one to themselves. The rules are rows 1, 2 and 26 of
 * docs/who-may-widen.md.
 *
 * Seen to fail: a coordinator who gives the seat of a chair, to herself and to others; a chair who appoints himself; a
 * coordinator who ends the chair's seat; the chair of a steering group without the right, or with it for a compartment; a seat
 * that has ended and is prolonged; a later end than the present one; two seats at the same time, one after the other and at the
 * same moment; the last chair who leaves, or who leaves to somebody whose seat ends as well; a chair who cannot be replaced because of the rules that
 * the chair set, and rules booked for a day that nobody could replace; an inactive person who is appointed;
 * a seat that goes on opening cases after it was ended at once, or was cancelled; a last day in the past; a coordinator who replaces
 * the chair's seat; a replacement that leaves no chair, or that overlaps with the seat it replaces; a wrong day answered as if the
 * chair of the steering group might not appoint.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
const panels = new Map<string, string>();
const by = (who: string): Promise<Caller> => as(server, who);
const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; code: string }>('SELECT id, code FROM panels');
  for (const { id, code } of rows) panels.set(code, id);
});

/** The seats are again as the sandbox has them. */
afterEach(async () => {
  await owner.query(`DELETE FROM memberships WHERE created_at > now() - interval '1 hour'`);
  await owner.query(`DELETE FROM panel_rules WHERE edition > 1`);
  await owner.query(
    `UPDATE memberships SET valid_to = NULL, ended_at = NULL, end_reason = NULL WHERE updated_at > now() - interval '1 hour'`,
  );
});

const seatsOf = (panel: string): string => `/v1/panels/${panels.get(panel)!}/memberships`;

async function appoint(who: string, panel: string, whom: string, role: string, more: object = {}): Promise<Response> {
  const { id } = await practitioner(owner, whom);
  const seat = { practitionerId: id, tier: 'core', role, validFrom: day(0), validTo: null, ...more };
  return (await by(who)).post(seatsOf(panel), seat);
}

async function seatOf(panel: string, whom: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT m.id FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id
     WHERE m.panel_id = $1 AND p.subject = $2 ORDER BY m.valid_from DESC LIMIT 1`,
    [panels.get(panel), whom],
  );
  return rows[0]!.id;
}

const endSeat = async (who: string, panel: string, seat: string, validTo = day(1)): Promise<Response> =>
  (await by(who)).patch(`${seatsOf(panel)}/${seat}`, { validTo }, '*');
const end = async (who: string, panel: string, whom: string, validTo?: string): Promise<Response> =>
  endSeat(who, panel, await seatOf(panel, whom), validTo);

const rule = async (who: string, panel: string, effectiveFrom: string, rules: object): Promise<Response> =>
  (await by(who)).post(`/v1/panels/${panels.get(panel)!}/rules`, { effectiveFrom, rules });

const outcome = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

test('a coordinator cannot change the rules that bind the coordination', async () => {
  expect(outcome(await rule('jag-coordinator', 'ask-jag', day(0), { circulationCheck: 'off' }))).toEqual([
    403,
    'not-permitted',
  ]);
});

describe('an end at once', () => {
  const endNow = async (who: string, panel: string, seat: string): Promise<Response> =>
    (await by(who)).post(`${seatsOf(panel)}/${seat}/ending`, { reason: 'Left the job.' }).set('if-match', '*');
  const readsACase = async (who: string, panel: string): Promise<boolean> => {
    const { body } = await (await by(who)).get(`/v1/cases?panelId=${panels.get(panel)!}&limit=1`).expect(200);
    return body.data.length > 0;
  };

  test('a member loses the cases of the panel at once, and the seat says when and why', async () => {
    expect(await readsACase('fire-officer', 'ask-jag')).toBe(true);
    const ended = await endNow('jag-coordinator', 'ask-jag', await seatOf('ask-jag', 'fire-officer'));
    expect(outcome(ended)).toEqual([200, undefined]);
    expect(ended.body).toMatchObject({ validTo: day(-1), endReason: 'Left the job.', endedAt: expect.any(String) });
    expect(await readsACase('fire-officer', 'ask-jag')).toBe(false);
    for (const who of ['fire-officer', 'police-sergeant', 'idva', 'cmarac-chair', 'dpo']) {
      const { status, body } = await (await by(who)).get(`${seatsOf('ask-jag')}?limit=100`);
      const seats = status === 200 ? (body.data as { id: string; endReason?: string }[]) : [];
      expect([who, seats.find(({ id }) => id === ended.body.id)?.endReason]).toEqual([who, undefined]);
    }
    expect(outcome(await endNow('jag-coordinator', 'ask-jag', ended.body.id))).toEqual([409, 'seat-ended']);
  });

  test('a chair can cancel a seat that has not begun, and give another for the same days', async () => {
    const made = await appoint('jag-chair', 'ask-jag', 'outsider', 'member', { validFrom: day(5) });
    const cancelled = await endNow('jag-chair', 'ask-jag', made.body.id);
    expect([cancelled.status, cancelled.body.validTo]).toEqual([200, day(4)]);
    expect(outcome(await appoint('jag-chair', 'ask-jag', 'outsider', 'analyst', { validFrom: day(5) }))).toEqual([
      201,
      undefined,
    ]);
  });

  test('a seat given today by mistake can be ended and given again today', async () => {
    const made = await appoint('jag-chair', 'ask-jag', 'outsider', 'analyst');
    expect((await endNow('jag-chair', 'ask-jag', made.body.id)).status).toBe(200);
    expect(await readsACase('outsider', 'ask-jag')).toBe(false);
    expect((await appoint('jag-chair', 'ask-jag', 'outsider', 'member')).status).toBe(201);
    expect(await readsACase('outsider', 'ask-jag')).toBe(true);
  });

  test('a coordinator cannot end the seat of a chair, and the last chair cannot be ended', async () => {
    const seat = await seatOf('ask-jag', 'jag-chair');
    expect((await endNow('jag-coordinator', 'ask-jag', seat)).status).toBe(403);
    await owner.query(
      `UPDATE memberships SET valid_to = current_date - 1, updated_at = now() WHERE panel_id = $1 AND role = 'co_chair' AND valid_to IS NULL`,
      [panels.get('ask-jag')],
    );
    expect(outcome(await endNow('jag-chair', 'ask-jag', seat))).toEqual([422, 'no-chair-left']);
  });

  test('a last day in the past is refused', async () => {
    expect(outcome(await end('jag-chair', 'ask-jag', 'fire-officer', day(-2)))).toEqual([422, 'end-in-the-past']);
  });
});

describe('a change of role', () => {
  const replace = async (who: string, whom: string, role: string, more: object = {}): Promise<Response> =>
    appoint(who, 'ask-jag', whom, role, {
      replacesId: await seatOf('ask-jag', whom),
      replaceReason: 'Takes over the secretariat.',
      ...more,
    });

  test('a chair can change the role of a member today, in one request', async () => {
    const old = await seatOf('ask-jag', 'fire-officer');
    const made = await replace('jag-chair', 'fire-officer', 'coordinator');
    expect([made.status, made.body.role, made.body.validFrom]).toEqual([201, 'coordinator', day(0)]);
    const { rows } = await owner.query<{ at: Date; reason: string }>(
      'SELECT ended_at AS at, end_reason AS reason FROM memberships WHERE id = $1',
      [old],
    );
    expect(rows[0]).toEqual({ at: expect.any(Date), reason: 'Takes over the secretariat.' });
    expect((await (await by('fire-officer')).get('/v1/exclusions')).body.data.length).toBeGreaterThan(0);
  });

  test('a chair can change it from a later day on, and the old seat lasts until then', async () => {
    const old = await seatOf('ask-jag', 'fire-officer');
    expect((await replace('jag-chair', 'fire-officer', 'analyst', { validFrom: day(3) })).status).toBe(201);
    const { rows } = await owner.query<{ to: string }>('SELECT valid_to::text AS to FROM memberships WHERE id = $1', [
      old,
    ]);
    expect(rows[0]!.to).toBe(day(2));
  });

  test('a coordinator cannot make a chair a member, nor a member a chair', async () => {
    expect((await replace('jag-coordinator', 'jag-chair', 'member')).status).toBe(403);
    expect((await replace('jag-coordinator', 'fire-officer', 'chair')).status).toBe(403);
  });

  test('a chair cannot replace the own seat, nor that of somebody else, nor without a reason', async () => {
    expect(outcome(await replace('jag-chair', 'jag-chair', 'co_chair'))).toEqual([403, 'own-appointment']);
    const another = { replacesId: await seatOf('ask-jag', 'police-sergeant') };
    expect((await replace('jag-chair', 'fire-officer', 'analyst', another)).status).toBe(404);
    expect(outcome(await replace('jag-chair', 'fire-officer', 'analyst', { replaceReason: undefined }))).toEqual([
      422,
      'reason-missing',
    ]);
  });
});

describe('an appointment', () => {
  test.each(['chair', 'co_chair', 'coordinator'])('a coordinator cannot give the seat of a %s', async (role) => {
    for (const whom of ['jag-coordinator', 'outsider'])
      expect(outcome(await appoint('jag-coordinator', 'ask-jag', whom, role))).toEqual([403, 'not-permitted']);
  });

  test('a coordinator can appoint a member, a legal adviser and an analyst', async () => {
    const people = ['outsider', 'idva', 'refuge-worker'];
    for (const [n, role] of ['member', 'legal_adviser', 'analyst'].entries())
      expect(outcome(await appoint('jag-coordinator', 'ask-jag', people[n]!, role))).toEqual([201, undefined]);
  });

  test('nobody can appoint themselves to a seat of any kind', async () => {
    const codes = new Set<string>();
    for (const [who, panel, role] of [
      ['jag-chair', 'ask-jag', 'chair'],
      ['jag-chair', 'ask-jag', 'member'],
      ['jag-coordinator', 'ask-jag', 'member'],
      ['cmarac-chair', 'ask-jag', 'coordinator'],
      ['cmarac-chair', 'ask-steering', 'chair'],
    ] as const)
      codes.add(outcome(await appoint(who, panel, who, role)).join());
    expect([...codes]).toEqual(['403,own-appointment']);
  });

  test('a chair can appoint a co-chair and a coordinator', async () => {
    for (const [whom, role] of [
      ['outsider', 'co_chair'],
      ['idva', 'coordinator'],
    ] as const)
      expect(outcome(await appoint('jag-chair', 'ask-jag', whom, role))).toEqual([201, undefined]);
  });

  test('a member cannot appoint anybody', async () => {
    expect((await appoint('housing-officer', 'ask-jag', 'outsider', 'member')).status).toBe(403);
  });

  test('the chair of the steering group can find a panel, appoint its co-chair and end that seat', async () => {
    const chair = await by('cmarac-chair');
    const { body } = await chair.get('/v1/panels?limit=100').expect(200);
    expect(body.data.map(({ id }: { id: string }) => id)).toContain(panels.get('ask-marac'));
    const made = await appoint('cmarac-chair', 'ask-marac', 'outsider', 'co_chair');
    expect(outcome(made)).toEqual([201, undefined]);
    const seats = (await chair.get(`${seatsOf('ask-marac')}?limit=100`).expect(200)).body.data;
    expect(seats.map(({ id }: { id: string }) => id)).toContain(made.body.id);
    const roles = new Set(seats.map(({ role }: { role: string }) => role));
    for (const role of roles) expect(['chair', 'co_chair', 'coordinator']).toContain(role);
    expect(outcome(await endSeat('cmarac-chair', 'ask-marac', made.body.id))).toEqual([200, undefined]);
  });

  test('the chair of the steering group gets the wrong value of an appointment', async () => {
    const wrong = await appoint('cmarac-chair', 'ask-marac', 'outsider', 'co_chair', { validFrom: 'soon' });
    expect([...outcome(wrong), wrong.body.errors]).toEqual([
      ...[400, 'invalid'],
      [expect.objectContaining({ pointer: '/validFrom' })],
    ]);
    const member = await appoint('idva', 'ask-marac', 'outsider', 'co_chair', { validFrom: 'soon' });
    expect(outcome(member)).toEqual([403, 'not-permitted']);
  });

  test('the chair of the steering group cannot put a colleague in charge of a panel that she does not chair', async () => {
    const colleague = 'marac-coordinator';
    const refusal = await appoint('cmarac-chair', 'ask-jag', colleague, 'co_chair');
    expect(outcome(refusal)).toEqual([403, 'own-agency-appointment']);
    const own = await appoint('cmarac-chair', 'ask-steering', colleague, 'co_chair');
    expect(outcome(own)).toEqual([201, undefined]);
    expect(outcome(await appoint(colleague, 'ask-jag', 'cmarac-chair', 'co_chair'))).toEqual([
      403,
      'own-agency-appointment',
    ]);
    expect(outcome(await endSeat('cmarac-chair', 'ask-steering', own.body.id))).toEqual([200, undefined]);
  });

  test('the chair of the steering group cannot appoint a member of another panel, nor its coordinator a chair', async () => {
    expect((await appoint('cmarac-chair', 'ask-marac', 'outsider', 'member')).status).toBe(403);
    expect((await appoint('syv-coordinator', 'ask-marac', 'outsider', 'chair')).status).toBe(403);
  });

  test('the chair of the steering group cannot appoint in a compartment or in another partnership', async () => {
    expect((await appoint('cmarac-chair', 'ask-channel', 'outsider', 'co_chair')).status).toBe(404);
    // nor where she sits in it as a member
    expect((await appoint('channel-chair', 'ask-channel', 'cmarac-chair', 'member')).status).toBe(201);
    expect((await appoint('cmarac-chair', 'ask-channel', 'outsider', 'co_chair')).status).toBe(403);
    expect((await appoint('cmarac-chair', 'pel-jag', 'pellworth-idva', 'co_chair')).status).toBe(404);
    expect((await appoint('channel-chair', 'ask-channel', 'outsider', 'co_chair')).status).toBe(201);
  });

  test('a person elsewhere, an inactive one and one who does not exist get the same answer', async () => {
    const asked = async (practitionerId: string): Promise<unknown> => {
      const seat = { practitionerId, tier: 'core', role: 'member', validFrom: day(0), validTo: null };
      const { status, body } = await (await by('jag-chair')).post(seatsOf('ask-jag'), seat);
      return { ...body, correlationId: null, status };
    };
    const missing = await asked('01990000-0000-7000-8000-000000000000');
    expect(missing).toMatchObject({ status: 422, code: 'unknown-practitioner' });
    expect(await asked((await practitioner(owner, 'pellworth-housing-officer')).id)).toEqual(missing);
    const { id } = await practitioner(owner, 'outsider');
    await owner.query('UPDATE practitioners SET active = false WHERE id = $1', [id]);
    expect(await asked(id)).toEqual(missing);
    await owner.query('UPDATE practitioners SET active = true WHERE id = $1', [id]);
  });

  test('a person cannot have two seats on a panel at the same time', async () => {
    expect(outcome(await appoint('jag-chair', 'ask-jag', 'housing-officer', 'co_chair'))).toEqual([
      409,
      'seat-overlaps',
    ]);
    const both = await Promise.all([
      appoint('jag-chair', 'ask-jag', 'outsider', 'member', { validTo: day(9) }),
      appoint('jag-chair', 'ask-jag', 'outsider', 'analyst', { validFrom: day(5) }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const member = await practitioner(owner, 'idva');
    await expect(
      owner.query(
        `INSERT INTO memberships (id, version, panel_id, agency_id, practitioner_id, tier, role, valid_from, valid_to)
         SELECT gen_random_uuid(), 1, $1, $2, $3, 'core', 'member', day, NULL FROM unnest(ARRAY['2026-01-01', '2026-02-01']::date[]) day`,
        [panels.get('ask-jag'), member.agencyId, member.id],
      ),
    ).rejects.toMatchObject({ constraint: 'memberships_one_seat_at_a_time' });
  });
});

test('a chair of the steering group is told who can end an ordinary seat that overlaps', async () => {
  const answers = [];
  // an ordinary seat, which the chair of the steering group does not see, and one that the chair does
  for (const whom of ['fire-officer', 'police-inspector'])
    answers.push(await appoint('cmarac-chair', 'ask-jag', whom, 'co_chair'));
  for (const answer of answers) expect(outcome(answer)).toEqual([409, 'seat-overlaps']);
  const [detail] = answers.map(({ body }) => body.detail as string);
  expect(answers.map(({ body }) => body.detail)).toEqual([detail, detail]);
  expect(detail).toContain('coordinator of the panel');
  expect(detail).toContain('POST /v1/panels/{id}/memberships/{membershipId}/ending');
  const own = await appoint('jag-chair', 'ask-jag', 'fire-officer', 'co_chair');
  expect(own.body.detail).toContain('or replace it with replacesId');

  const ending = `${seatsOf('ask-jag')}/${await seatOf('ask-jag', 'fire-officer')}/ending`;
  const ended = await (await by('jag-coordinator')).post(ending, { reason: 'Will chair.' }).set('if-match', '*');
  expect(outcome(ended)).toEqual([200, undefined]);
  expect(outcome(await appoint('cmarac-chair', 'ask-jag', 'fire-officer', 'co_chair'))).toEqual([201, undefined]);
});

describe('the end of a seat', () => {
  test('a coordinator cannot end the seat of a chair, but can end that of a member', async () => {
    for (const whom of ['jag-chair', 'police-inspector'])
      expect(outcome(await end('jag-coordinator', 'ask-jag', whom))).toEqual([403, 'not-permitted']);
    expect(outcome(await end('jag-coordinator', 'ask-jag', 'housing-officer'))).toEqual([200, undefined]);
  });

  test('a chair can end the seat of a co-chair and of a coordinator', async () => {
    for (const whom of ['police-inspector', 'jag-coordinator'])
      expect(outcome(await end('jag-chair', 'ask-jag', whom))).toEqual([200, undefined]);
  });

  test('somebody can end their own seat and nobody else’s', async () => {
    expect((await end('housing-officer', 'ask-jag', 'fire-officer')).status).toBe(403);
    for (const who of ['housing-officer', 'jag-coordinator', 'police-inspector'])
      expect(outcome(await end(who, 'ask-jag', who))).toEqual([200, undefined]);
  });

  test('the last chair cannot leave before somebody else is appointed', async () => {
    expect(outcome(await end('marac-chair', 'ask-marac', 'marac-chair'))).toEqual([422, 'no-chair-left']);
    expect(outcome(await end('cmarac-chair', 'ask-marac', 'marac-chair'))).toEqual([422, 'no-chair-left']);
    const { body } = await appoint('marac-chair', 'ask-marac', 'outsider', 'co_chair', { validTo: day(20) });
    expect(outcome(await end('marac-chair', 'ask-marac', 'marac-chair'))).toEqual([422, 'no-chair-left']);
    await endSeat('marac-chair', 'ask-marac', body.id, day(-1));
    await owner.query('DELETE FROM memberships WHERE id = $1', [body.id]);
    await appoint('marac-chair', 'ask-marac', 'outsider', 'co_chair');
    expect(outcome(await end('marac-chair', 'ask-marac', 'marac-chair'))).toEqual([200, undefined]);
  });

  test('a chair who sets long times for appointments can still be replaced', async () => {
    const edition = await rule('marac-chair', 'ask-marac', day(0), { membershipStartDays: 366, membershipYears: 1 });
    expect(outcome(edition)).toEqual([201, undefined]);
    expect(outcome(await appoint('cmarac-chair', 'ask-marac', 'fire-officer', 'co_chair'))).toEqual([201, undefined]);
    expect(outcome(await end('cmarac-chair', 'ask-marac', 'marac-chair'))).toEqual([200, undefined]);
  });

  test('a seat that has ended cannot be changed', async () => {
    for (const validTo of [day(30), day(-3)])
      expect(outcome(await end('jag-chair', 'ask-jag', 'moved-officer', validTo))).toEqual([409, 'seat-ended']);
    expect((await (await by('moved-officer')).get('/v1/cases?limit=1').expect(200)).body.data).toEqual([]);
  });

  test('a new end cannot be later than the present one, or before the first day', async () => {
    expect(outcome(await end('jag-chair', 'ask-jag', 'housing-officer', day(20)))).toEqual([200, undefined]);
    const later = await end('jag-chair', 'ask-jag', 'housing-officer', day(21));
    expect(outcome(later)).toEqual([422, 'end-not-earlier']);
    expect(later.body.detail).toContain(day(20));
    expect(outcome(await end('jag-chair', 'ask-jag', 'housing-officer', '2001-01-01'))).toEqual([
      422,
      'end-in-the-past',
    ]);
    await appoint('jag-chair', 'ask-jag', 'outsider', 'member', { validFrom: day(5) });
    expect(outcome(await end('jag-chair', 'ask-jag', 'outsider', day(3)))).toEqual([422, 'end-not-earlier']);
    expect(outcome(await end('jag-chair', 'ask-jag', 'housing-officer', day(10)))).toEqual([200, undefined]);
  });

  test('a coordinator of another panel gets 404', async () => {
    expect((await end('marac-coordinator', 'ask-jag', 'fire-officer')).status).toBe(404);
  });
});

test('a chair can replace rules for the same day, and rules for a coming day come into force', async () => {
  const start = (membershipStartDays: number) => ({ membershipStartDays });
  const appointsLate = async (): Promise<(number | string | undefined)[]> => {
    const answer = await appoint('jag-chair', 'ask-jag', 'outsider', 'member', { validFrom: day(100) });
    await owner.query('DELETE FROM memberships WHERE id = $1', [answer.body.id]);
    return outcome(answer);
  };
  for (const effectiveFrom of [day(0), day(1)])
    expect(outcome(await rule('jag-chair', 'ask-jag', effectiveFrom, start(366)))).toEqual([201, undefined]);
  expect(await appointsLate()).toEqual([201, undefined]);
  expect(outcome(await rule('police-inspector', 'ask-jag', day(0), start(10)))).toEqual([201, undefined]);
  expect(await appointsLate()).toEqual([422, 'begins-out-of-range']);
  // the next day
  await owner.query('UPDATE panel_rules SET effective_from = effective_from - 1 WHERE panel_id = $1', [
    panels.get('ask-jag'),
  ]);
  expect(await appointsLate()).toEqual([201, undefined]);
  expect(outcome(await rule('police-inspector', 'ask-jag', day(0), start(10)))).toEqual([201, undefined]);
  expect(await appointsLate()).toEqual([422, 'begins-out-of-range']);
});

test('a chair cannot end an exclusion or a recusal that keeps out the chair or their agency', async () => {
  const { agencyId } = await practitioner(owner, 'police-inspector');
  const { rows } = await owner.query<{ id: string; listing: string; meeting: string }>(
    `SELECT c.id, l.id AS listing, l.meeting_id AS meeting FROM cases c JOIN listings l ON l.case_id = c.id AND l.removed_at IS NULL
     WHERE c.panel_id = $1 AND c.stage <> 'closed' AND c.id NOT IN (SELECT case_id FROM exclusions WHERE case_id IS NOT NULL) LIMIT 1`,
    [panels.get('ask-jag')],
  );
  const { id: caseId, listing: listingId, meeting } = rows[0]!;
  const reason = 'Knows a party.';
  const chair = await by('jag-chair');
  const inspector = await by('police-inspector');

  const recused = await chair
    .post(`/v1/meetings/${meeting}/recusals`, {
      listingId,
      reason,
      practitionerId: (await practitioner(owner, 'police-inspector')).id,
    })
    .expect(201);
  const recusal = `/v1/meetings/${meeting}/recusals/${recused.body.id as string}/ending`;
  expect((await inspector.post(recusal, { kind: 'entered_in_error', reason }).set('if-match', '*')).status).toBe(404);
  await chair.post(recusal, { kind: 'entered_in_error', reason }).set('if-match', '*').expect(200);

  const made = await chair.post('/v1/exclusions', { caseId, agencyId, reason }).expect(201);
  const exclusion = `/v1/exclusions/${made.body.id as string}/ending`;
  expect((await inspector.post(exclusion, { reason }).set('if-match', '*')).status).toBe(404);
  await chair.post(exclusion, { reason }).set('if-match', '*').expect(200);
});

test('a chair cannot end an exclusion or recusal of a colleague, except an exclusion that the chair imposed', async () => {
  const { id: practitionerId } = await practitioner(owner, 'police-sergeant');
  const { rows } = await owner.query<{ id: string; listing: string; meeting: string }>(
    `SELECT c.id, l.id AS listing, l.meeting_id AS meeting FROM cases c JOIN listings l ON l.case_id = c.id AND l.removed_at IS NULL
     WHERE c.panel_id = $1 AND c.stage <> 'closed' AND c.id NOT IN (SELECT case_id FROM exclusions WHERE case_id IS NOT NULL) LIMIT 1`,
    [panels.get('ask-jag')],
  );
  const { id: caseId, listing: listingId, meeting } = rows[0]!;
  const reason = 'Knows a party.';
  const ending = async (who: string, path: string): Promise<[number, string | undefined]> =>
    outcome(
      await (
        await by(who)
      )
        .post(`${path}/ending`, { reason, ...(path.includes('recusals') ? { kind: 'ended' } : {}) })
        .set('if-match', '*'),
    );
  const imposed = async (who: string): Promise<string> => {
    const made = await (await by(who)).post('/v1/exclusions', { caseId, practitionerId, reason }).expect(201);
    return `/v1/exclusions/${made.body.id as string}`;
  };
  const recusals = `/v1/meetings/${meeting}/recusals`;
  const recused = await (await by('jag-chair')).post(recusals, { listingId, reason, practitionerId }).expect(201);
  for (const path of [`${recusals}/${recused.body.id as string}`, await imposed('jag-chair')]) {
    expect(await ending('police-inspector', path)).toEqual([403, 'not-permitted']);
    expect(await ending('jag-chair', path)).toEqual([200, undefined]);
  }
  expect(await ending('police-inspector', await imposed('police-inspector'))).toEqual([200, undefined]);
});
