/**
 * What lets somebody in has a longest time, and what is said to have been the case has begun. Each refusal says the latest date
 * that is permitted.
 *
 * Seen to fail: an invitation to oneself, or to a meeting long past; an invitation without a latest end, to a meeting of a distant year too, or that opens in a year; a grant as long
 * as the rules of the panel say, however long that is; a membership that begins in a year, began a year ago, or lasts for
 * decades; the role of a person in a case, a contribution and a research point with a day in the future; a meeting chaired by
 * somebody whose seat has ended.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let caseId: string;
const by = (who: string): Promise<Caller> => as(server, who);
const day = (ahead: number): string => inDays(ahead).slice(0, 10);
const code = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  panelId = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
});

describe('a membership', () => {
  async function appoint(validFrom: string, validTo: string | null): Promise<Response> {
    await owner.query(`DELETE FROM memberships WHERE created_at > now() - interval '1 hour'`);
    const { id } = await practitioner(owner, 'outsider');
    const seat = { practitionerId: id, tier: 'core', role: 'member', validFrom, validTo };
    return (await by('jag-chair')).post(`/v1/panels/${panelId}/memberships`, seat);
  }

  test('cannot begin more than 92 days ahead, or more than 31 days ago', async () => {
    for (const ahead of [-31, 0, 91]) expect(code(await appoint(day(ahead), null))).toEqual([201, undefined]);
    for (const validFrom of ['2030-01-01', day(94), day(-33), '2001-01-01']) {
      const refused = await appoint(validFrom, null);
      expect(code(refused)).toEqual([422, 'begins-out-of-range']);
      expect(refused.body.errors[0]).toMatchObject({ pointer: '/validFrom' });
      expect(refused.body.detail).toMatch(new RegExp(`${day(92)}|${day(91)}|${day(93)}`));
    }
  });

  test('cannot last longer than five years, or end before it begins', async () => {
    const from = day(0);
    const inYears = (years: number): string => `${String(Number(from.slice(0, 4)) + years)}${from.slice(4)}`;
    expect(code(await appoint(from, day(5 * 365)))).toEqual([201, undefined]);
    for (const validTo of [inYears(5), inYears(64), day(-1)]) {
      const refused = await appoint(from, validTo);
      expect(code(refused)).toEqual([422, 'end-out-of-range']);
      expect(refused.body.errors[0]).toMatchObject({ pointer: '/validTo' });
    }
  });
});

test('a membership without an end gets the last day of its five years', async () => {
  await owner.query(`DELETE FROM memberships WHERE created_at > now() - interval '1 hour'`);
  const { id: practitionerId } = await practitioner(owner, 'outsider');
  const seat = { practitionerId, tier: 'core', role: 'member', validFrom: day(0) };
  const { body } = await (await by('jag-chair')).post(`/v1/panels/${panelId}/memberships`, seat).expect(201);
  const years = (Date.parse(body.validTo) + 86_400_000 - Date.parse(body.validFrom)) / 86_400_000 / 365.25;
  expect(Math.abs(years - 5)).toBeLessThan(0.01);
  await owner.query(`DELETE FROM memberships WHERE created_at > now() - interval '1 hour'`);
});

describe('the chair of a meeting', () => {
  test('cannot be somebody whose seat as chair has ended, or ends before the meeting', async () => {
    const { id, agencyId } = await practitioner(owner, 'cmarac-chair');
    const convene = async (ahead: number): Promise<Response> =>
      (await by('jag-coordinator')).post('/v1/meetings', {
        panelId,
        scheduledAt: inDays(ahead),
        endsAt: null,
        venueOrMode: 'Room 1',
        chairId: id,
      });
    const seated = async (until: number): Promise<void> => {
      await owner.query(`DELETE FROM memberships WHERE panel_id = $1 AND practitioner_id = $2`, [panelId, id]);
      await owner.query(
        `INSERT INTO memberships (id, version, panel_id, practitioner_id, agency_id, tier, role, valid_from, valid_to)
         VALUES (gen_random_uuid(), 1, $1, $2, $3, 'core', 'chair', $4, $5)`,
        [panelId, id, agencyId, day(-400), day(until)],
      );
    };
    await seated(-1);
    const lapsed = await convene(20);
    expect([...code(lapsed), lapsed.body.errors]).toEqual([
      422,
      'not-a-chair',
      [{ pointer: '/chairId', detail: 'has no seat as chair or co-chair of this panel on that day' }],
    ]);
    await seated(10);
    expect(code(await convene(20))).toEqual([422, 'not-a-chair']);
    expect(code(await convene(9))).toEqual([201, undefined]);
    await owner.query(`DELETE FROM memberships WHERE panel_id = $1 AND practitioner_id = $2`, [panelId, id]);
  });
});

describe('an invitation', () => {
  let path: string;
  let meeting: string;

  beforeAll(async () => {
    const caller = await by('jag-coordinator');
    const convened = { panelId, scheduledAt: inDays(20), endsAt: null, venueOrMode: 'Room 1', chairId: null };
    meeting = (await caller.post('/v1/meetings', convened).expect(201)).body.id;
    const { body } = await caller.post(`/v1/meetings/${meeting}/listings`, { caseId, kind: 'new' }).expect(201);
    path = `/v1/meetings/${meeting}/listings/${body.id as string}/invitations`;
  });

  afterEach(() => owner.query(`DELETE FROM invitations WHERE listing_id = $1`, [path.split('/')[5]]));

  const invite = async (closesAt: string, opensAt?: string): Promise<Response> => {
    const { id, agencyId } = await practitioner(owner, 'idva');
    return (await by('jag-coordinator')).post(path, { agencyId, practitionerId: id, closesAt, opensAt });
  };

  test('cannot close more than 14 days after the meeting', async () => {
    expect(code(await invite(inDays(33.9)))).toEqual([201, undefined]);
    for (const closesAt of ['2099-12-31T00:00:00Z', inDays(34.1)]) {
      const refused = await invite(closesAt);
      expect(code(refused)).toEqual([422, 'end-out-of-range']);
      expect(refused.body.errors[0]).toMatchObject({ pointer: '/closesAt' });
      expect(refused.body.detail).toContain(day(34));
    }
  });

  test('cannot be given when the meeting was more than 14 days ago', async () => {
    const moved = (days: number): Promise<unknown> =>
      owner.query(`UPDATE meetings SET scheduled_at = $2, ends_at = NULL WHERE id = $1`, [meeting, inDays(days)]);
    await moved(-10);
    expect(code(await invite(inDays(3)))).toEqual([201, undefined]);
    expect(code(await invite(inDays(5)))).toEqual([422, 'end-out-of-range']);
    await moved(-15);
    expect(code(await invite(inDays(1)))).toEqual([409, 'meeting-long-over']);
    await moved(20);
  });

  test('cannot be given by somebody to themselves', async () => {
    const { id, agencyId } = await practitioner(owner, 'jag-coordinator');
    const caller = await by('jag-coordinator');
    for (const whom of [{ agencyId, practitionerId: id }, { agencyId }])
      expect(code(await caller.post(path, { ...whom, closesAt: inDays(21) }))).toEqual([403, 'own-invitation']);
  });

  test('opens nothing once its meeting is cancelled', async () => {
    const { id: practitionerId, agencyId } = await practitioner(owner, 'outsider');
    const caller = await by('jag-coordinator');
    const convened = { panelId, scheduledAt: inDays(5), endsAt: null, venueOrMode: 'Room 2', chairId: null };
    const address = `/v1/meetings/${(await caller.post('/v1/meetings', convened).expect(201)).body.id as string}`;
    const other = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const { body: item } = await caller.post(`${address}/listings`, { caseId: other, kind: 'review' }).expect(201);
    const whom = { agencyId, practitionerId, closesAt: inDays(10) };
    await caller.post(`${address}/listings/${item.id as string}/invitations`, whom).expect(201);
    const guest = await by('outsider');
    expect((await guest.get(`/v1/cases/${other}`)).status).toBe(200);
    const reason = { reason: 'The room was flooded.' };
    expect((await caller.post(`${address}/cancellation`, reason).set('if-match', '*')).status).toBe(200);
    expect((await guest.get(`/v1/cases/${other}`)).status).toBe(404);
  });

  test('cannot be given until a distant year by convening a meeting in it', async () => {
    await owner.query(`UPDATE meetings SET scheduled_at = '2098-01-01' WHERE id = $1`, [meeting]);
    expect(code(await invite('2098-01-05T00:00:00Z'))).toEqual([422, 'end-out-of-range']);
    await owner.query(`UPDATE meetings SET scheduled_at = $2 WHERE id = $1`, [meeting, inDays(20)]);
  });

  test('cannot open more than 92 days ahead', async () => {
    await owner.query(`UPDATE meetings SET scheduled_at = $2 WHERE id = $1`, [meeting, inDays(91)]);
    expect(code(await invite(inDays(95), inDays(90)))).toEqual([201, undefined]);
    const refused = await invite(inDays(95), inDays(93));
    expect(code(refused)).toEqual([422, 'begins-out-of-range']);
    expect(refused.body.errors[0]).toMatchObject({ pointer: '/opensAt' });
    expect(refused.body.detail).toContain(day(92));
  });
});

test('a grant cannot last longer than 92 days, whatever the rules of the panel say', async () => {
  await owner.query(
    `UPDATE panel_rules SET rules = rules || '{"accessGrantDays": 25000}' WHERE panel_id = (SELECT panel_id FROM cases WHERE id = $1)`,
    [caseId],
  );
  const { rows } = await owner.query<{ reference: string }>('SELECT reference FROM cases WHERE id = $1', [caseId]);
  const need = { reason: 'We support a neighbour in this matter.', purpose: 'VICTIM_SUPPORT' };
  const asked = await (
    await by('outsider')
  )
    .post('/v1/access-requests', { ...need, caseReference: rows[0]!.reference })
    .expect(201);
  const approve = async (expiresAt: string): Promise<Response> =>
    (await by('jag-coordinator'))
      .post(`/v1/access-requests/${String(asked.body.id)}/approval`, { expiresAt })
      .set('if-match', '*');
  for (const expiresAt of ['2090-01-01T00:00:00Z', inDays(92.1), inDays(-1)]) {
    const refused = await approve(expiresAt);
    expect(code(refused)).toEqual([422, 'end-out-of-range']);
    expect(refused.body.detail).toContain(day(92));
  }
  expect(code(await approve(inDays(91.9)))).toEqual([200, undefined]);
});

describe('a day on which something was the case', () => {
  test('cannot lie in the future for a role in a case', async () => {
    const { rows } = await owner.query<{ id: string }>(
      'SELECT person_id AS id FROM case_people WHERE case_id = $1 LIMIT 1',
      [caseId],
    );
    const officer = await by('housing-officer');
    const name = (since: string) =>
      officer.post(`/v1/cases/${caseId}/people`, {
        personId: rows[0]!.id,
        role: 'witness',
        rationale: 'Saw it.',
        since,
      });
    const refused = await name(day(2));
    expect(code(refused)).toEqual([422, 'in-the-future']);
    expect(refused.body.errors[0]).toMatchObject({ pointer: '/since' });
    const named = await name(day(-1));
    expect([named.status, named.text]).toEqual([201, expect.any(String)]);
  });

  test('cannot lie in the future for a contribution that is made or changed', async () => {
    const officer = await by('housing-officer');
    const said = { category: 'housing', kind: 'fact', summary: 'Seen.', text: 'Seen.' };
    expect(code(await officer.post(`/v1/cases/${caseId}/contributions`, { ...said, occurredOn: day(2) }))).toEqual([
      422,
      'in-the-future',
    ]);
    const { body } = await officer
      .post(`/v1/cases/${caseId}/contributions`, { ...said, occurredOn: day(-1) })
      .expect(201);
    const changed = await officer.patch(`/v1/contributions/${String(body.id)}`, { occurredOn: day(2) }, '*');
    expect(code(changed)).toEqual([422, 'in-the-future']);
  });

  test('cannot lie in the future for a research point', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT r.id FROM research_requests r JOIN practitioners p ON p.agency_id = r.asked_agency_id
       WHERE p.subject = 'housing-officer' AND r.status = 'asked' LIMIT 1`,
    );
    const officer = await by('housing-officer');
    const point = { category: 'housing', kind: 'fact', text: 'Seen twice.' };
    const noted = (occurredOn: string) =>
      officer.post(`/v1/research-requests/${rows[0]!.id}/points`, { ...point, occurredOn });
    expect(code(await noted(day(2)))).toEqual([422, 'in-the-future']);
    const { status, text, body } = await noted(day(-1));
    expect([status, text]).toEqual([201, expect.any(String)]);
    const corrected = await officer.patch(`/v1/research-points/${String(body.id)}`, { occurredOn: day(2) }, '*');
    expect(code(corrected)).toEqual([422, 'in-the-future']);
  });
});
