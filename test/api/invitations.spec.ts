/**
 * An invitation to an item is corrected within the limits of a new one, and withdrawn at once; a second one of the same is
 * refused while the first is open.
 *
 * Seen to fail: a withdrawn invitation that goes on opening the case; a correction beyond the limits of the panel, of what is
 * over or withdrawn; a double invitation, by the service and by the database; the invited who corrects the own invitation; a meeting
 * that a recused coordinator could not move; an invitation of the own agency that its coordinator lengthened; one lengthened by a
 * meeting of weeks; one to a cancelled meeting; a reason of professionals told as administrative; an invitation of an agency that opened
 * to its administrators, to every colleague, to a lead who works in another partnership alone, or to nobody; a colleague recorded as its
 * guest; one that outlasted its meeting when that was moved by hand or by a template, or closed early, or was moved during a correction;
 * research left open for somebody whose invitation a move ended; another meeting told to the invited by stage, tag, filter and next meeting.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import {
  asOwner,
  casesOf,
  inDays,
  meets,
  none,
  openMeeting,
  practitioner,
  untilWaiting,
} from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const GUEST = 'idva';
const COORDINATOR = 'jag-coordinator';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let caseId: string;
let path: string;
let listing: string;
const by = (who: string): Promise<Caller> => as(server, who);
const code = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  jag = rows[0]!.id;
  for (const { id } of await casesOf(owner, 'ask-jag'))
    if (none(await meets(await by(GUEST), owner, id))) caseId ??= id;
  const caller = await by(COORDINATOR);
  const convened = {
    panelId: jag,
    scheduledAt: inDays(20),
    endsAt: null,
    venueOrMode: 'Room 1',
    chairId: null,
  };
  const meeting = (await caller.post('/v1/meetings', convened).expect(201)).body.id as string;
  const { body } = await caller.post(`/v1/meetings/${meeting}/listings`, { caseId, kind: 'new' }).expect(201);
  listing = `/v1/meetings/${meeting}/listings/${body.id as string}`;
  path = `${listing}/invitations`;
});

afterEach(() => owner.query(`DELETE FROM invitations WHERE case_id = $1`, [caseId]));

async function invite(values: object = {}): Promise<Response> {
  const { id, agencyId } = await practitioner(owner, GUEST);
  return (await by(COORDINATOR)).post(path, { agencyId, practitionerId: id, closesAt: inDays(21), ...values });
}

const roles = (who: string, ...given: string[]): Promise<unknown> =>
  owner.query('UPDATE practitioners SET roles = $2 WHERE subject = $1', [who, given]);

const one = ({ body }: Response): string => `${path}/${body.id as string}`;
const changed = async (made: Response, body: object, who = COORDINATOR): Promise<Response> =>
  (await by(who)).patch(one(made), body, '*');
const withdrawn = async (made: Response, who = COORDINATOR): Promise<Response> =>
  (await by(who)).post(`${one(made)}/withdrawal`, { reason: 'The wrong colleague.' }).set('if-match', '*');
const reason = 'The day was mistyped.';

describe('a withdrawal', () => {
  test('the invited person cannot read the case any more, at once', async () => {
    const made = await invite();
    expect((await (await by(GUEST)).get(`/v1/cases/${caseId}`)).status).toBe(200);
    const answer = await withdrawn(made);
    expect(code(answer)).toEqual([200, undefined]);
    expect(answer.body).toMatchObject({ withdrawalReason: 'The wrong colleague.', withdrawnAt: expect.any(String) });
    expect(none(await meets(await by(GUEST), owner, caseId))).toBe(true);
    expect((await (await by(GUEST)).get(one(made))).status).toBe(404);
  });

  test('a coordinator cannot repeat it, nor correct what was withdrawn, and can invite again', async () => {
    const made = await invite();
    await withdrawn(made);
    expect(code(await withdrawn(made))).toEqual([409, 'withdrawn']);
    expect(code(await changed(made, { closesAt: inDays(22), reason }))).toEqual([409, 'withdrawn']);
    expect(code(await invite())).toEqual([201, undefined]);
    const { body } = await (await by(COORDINATOR)).get(path).expect(200);
    expect(body.data).toHaveLength(2);
  });

  test('a member and the invited person cannot withdraw or correct it', async () => {
    const made = await invite();
    for (const [who, expected] of [
      ['fire-officer', 404],
      [GUEST, 403],
    ] as const) {
      expect([who, (await withdrawn(made, who)).status]).toEqual([who, expected]);
      expect([who, (await changed(made, { closesAt: inDays(30), reason }, who)).status]).toEqual([who, expected]);
    }
  });
});

describe('a correction', () => {
  test('a coordinator can change the dates with a reason, and the earlier ones stay known', async () => {
    const made = await invite();
    const { headers } = await (await by(COORDINATOR)).get(one(made)).expect(200);
    const later = { opensAt: inDays(5), closesAt: inDays(25) };
    expect((await (await by(COORDINATOR)).patch(one(made), later, headers['etag'])).status).toBe(400);
    const answer = await (await by(COORDINATOR)).patch(one(made), { ...later, reason }, headers['etag']);
    expect(answer.body).toMatchObject({ ...later, changeReason: reason });
    expect(none(await meets(await by(GUEST), owner, caseId))).toBe(true);
    const { rows } = await owner.query<{ data: object }>(`SELECT data FROM events WHERE subject_id = $1 ORDER BY at`, [
      made.body.id,
    ]);
    expect(rows.map(({ data }) => data)).toMatchObject([{ closesAt: made.body.closesAt }, later]);
  });

  test('a coordinator cannot go beyond the limits of a new invitation', async () => {
    const made = await invite();
    for (const [body, expected] of [
      [{ closesAt: inDays(35) }, 'end-out-of-range'],
      [{ closesAt: '2099-01-01T00:00:00Z' }, 'end-out-of-range'],
      [{ opensAt: inDays(93), closesAt: inDays(95) }, 'begins-out-of-range'],
      [{ closesAt: inDays(-1) }, 'closes-too-early'],
    ] as const)
      expect(code(await changed(made, { ...body, reason }))).toEqual([422, expected]);
  });

  test('a coordinator cannot revive an invitation that is over', async () => {
    const made = await invite();
    await owner.query(
      `UPDATE invitations SET opens_at = now() - interval '2 days', closes_at = now() - interval '1 day' WHERE id = $1`,
      [made.body.id],
    );
    expect(code(await changed(made, { closesAt: inDays(21), reason }))).toEqual([409, 'invitation-over']);
  });
});

describe('an invitation that does not fit the meeting any more', () => {
  const meetingOf = (): string => path.split('/listings/')[0]!;
  const move = async (who: string, days: number): Promise<Response> =>
    (await by(who))
      .post(`${meetingOf()}/postponement`, { scheduledAt: inDays(days), endsAt: null })
      .set('if-match', '*');

  test('a coordinator who is recused from the item can move the meeting, which shortens it', async () => {
    const made = await invite({ closesAt: inDays(30) });
    expect(made.status).toBe(201);
    const declared = await (
      await by(COORDINATOR)
    ).post(`${meetingOf()}/recusals`, {
      listingId: made.body.listingId,
      reason: 'A neighbour of the family.',
    });
    expect(code(declared)).toEqual([201, undefined]);
    expect(code(await move(COORDINATOR, 10))).toEqual([200, undefined]);
    const { body } = await (await by('jag-chair')).get(one(made)).expect(200);
    expect(Date.parse(body.closesAt)).toBeLessThan(Date.parse(inDays(25)));
    const { rows } = await owner.query(
      `SELECT type FROM events WHERE subject_id = $1 AND type = 'invitation.changed'`,
      [made.body.id],
    );
    expect(rows).toHaveLength(1);
    await owner.query(`DELETE FROM recusals WHERE id = $1`, [declared.body.id]);
    expect(code(await move(COORDINATOR, 20))).toEqual([200, undefined]);
  });

  test('an invited person does not answer research when a moved meeting ends the invitation', async () => {
    const made = await invite({ opensAt: inDays(30), closesAt: inDays(33) });
    const asking = { listingId: listing.split('/').at(-1) };
    await (await by(COORDINATOR)).post(`${meetingOf()}/research-requests`, asking).expect(200);
    expect(code(await move(COORDINATOR, 10))).toEqual([200, undefined]);
    const { body } = await (await by(COORDINATOR)).get(one(made)).expect(200);
    expect(body.withdrawnAt).toEqual(expect.any(String));
    const { id } = await practitioner(owner, GUEST);
    const { rows } = await owner.query(
      'SELECT status FROM research_requests WHERE case_id = $1 AND practitioner_id = $2',
      [caseId, id],
    );
    expect(rows).toEqual([{ status: 'cancelled' }]);
    await owner.query('DELETE FROM research_requests WHERE case_id = $1', [caseId]);
    expect(code(await move(COORDINATOR, 20))).toEqual([200, undefined]);
  });

  test('a coordinator cannot lengthen one while the meeting is moved to an earlier day', async () => {
    const made = await invite();
    await owner.query('BEGIN');
    await owner.query('UPDATE meetings SET scheduled_at = $2 WHERE id = $1', [
      meetingOf().split('/').at(-1),
      inDays(10),
    ]);
    const answer = changed(made, { closesAt: inDays(33), reason });
    // sent, and held by the lock of the meeting
    void Promise.resolve(answer).catch(() => undefined);
    await untilWaiting(owner, 1);
    await owner.query('COMMIT');
    expect(code(await answer)).toEqual([422, 'end-out-of-range']);
    expect(code(await move(COORDINATOR, 20))).toEqual([200, undefined]);
  });

  test('a coordinator shortens one by a template of cycles that moves the meeting to an earlier day', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT t.id FROM cycle_templates t JOIN panels p ON p.partnership_id = t.partnership_id AND p.code = 'ask-jag'`,
    );
    const coordinator = await by(COORDINATOR);
    const { body: cycle } = await coordinator.post('/v1/cycles', { templateId: rows[0]!.id }).expect(201);
    const { body: parts } = await coordinator.get(`/v1/cycles/${cycle.id as string}/meetings`).expect(200);
    const id = parts.data.find((part: { stage: string }) => part.stage === 'jag').meetingId as string;
    const { body: planned } = await coordinator.get(`/v1/meetings/${id}`).expect(200);
    const { body: item } = await coordinator
      .post(`/v1/meetings/${id}/listings`, { caseId, kind: 'review' })
      .expect(201);
    const invitations = `/v1/meetings/${id}/listings/${item.id as string}/invitations`;
    const guest = await practitioner(owner, GUEST);
    const closesAt = new Date(Date.parse(planned.endsAt) + 14 * 86_400_000).toISOString();
    const { body: invitation } = await coordinator
      .post(invitations, { agencyId: guest.agencyId, practitionerId: guest.id, closesAt })
      .expect(201);
    const path = `/v1/cycle-templates/${rows[0]!.id}`;
    const { body: before, headers } = await coordinator.get(path).expect(200);
    const stages = before.stages.map((stage: { stage: string }) =>
      stage.stage === 'jag' ? { ...stage, offsetDays: 0 } : stage,
    );
    expect(code(await coordinator.patch(path, { stages }, headers['etag']))).toEqual([200, undefined]);
    const { body: moved } = await coordinator.get(`/v1/meetings/${id}`).expect(200);
    expect(Date.parse(moved.scheduledAt)).toBeLessThan(Date.parse(planned.scheduledAt));
    const { body: after } = await coordinator.get(`${invitations}/${invitation.id as string}`).expect(200);
    expect(Date.parse(after.closesAt)).toBe(Date.parse(moved.endsAt) + 14 * 86_400_000);
    await owner.query('DELETE FROM invitations WHERE id = $1', [invitation.id]);
  });

  test('a coordinator cannot move a meeting into the past by a template of cycles, and nothing is changed', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT t.id FROM cycle_templates t JOIN panels p ON p.partnership_id = t.partnership_id AND p.code = 'ask-jag'`,
    );
    const coordinator = await by(COORDINATOR);
    const { body: cycle } = await coordinator.post('/v1/cycles', { templateId: rows[0]!.id }).expect(201);
    const { body: parts } = await coordinator.get(`/v1/cycles/${cycle.id as string}/meetings`).expect(200);
    const meetings = parts.data.map((part: { meetingId: string }) => `/v1/meetings/${part.meetingId}`) as string[];
    const path = `/v1/cycle-templates/${rows[0]!.id}`;
    const read = async (): Promise<object[]> =>
      Promise.all([path, ...meetings].map(async (at) => (await coordinator.get(at).expect(200)).body as object));
    const before = await read();
    const { headers } = await coordinator.get(path).expect(200);
    const anchorOn = inDays(-400).slice(0, 10);
    const refused = await coordinator.patch(path, { anchorOn }, headers['etag']);
    expect([code(refused), refused.body.errors]).toEqual([
      [422, 'in-the-past'],
      [{ pointer: '/anchorOn', detail: expect.any(String) }],
    ]);
    expect(await read()).toEqual(before);
  });

  test('a chair shortens one by closing the meeting before its day', async () => {
    const coordinator = await by(COORDINATOR);
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
    const convened = { panelId: rows[0]!.id, scheduledAt: inDays(60), venueOrMode: 'Room 1' };
    const { body: meeting } = await coordinator.post('/v1/meetings', convened).expect(201);
    const base = `/v1/meetings/${meeting.id as string}`;
    const { body: item } = await coordinator.post(`${base}/listings`, { caseId, kind: 'review' }).expect(201);
    const invitations = `${base}/listings/${item.id as string}/invitations`;
    const guest = await practitioner(owner, GUEST);
    const whom = { agencyId: guest.agencyId, practitionerId: guest.id };
    const { body: made } = await coordinator.post(invitations, { ...whom, closesAt: inDays(73) }).expect(201);
    const chair = await by('jag-chair');
    const noted = { listingId: item.id, kind: 'note', text: 'Nothing new.', rationale: 'Nothing was told.' };
    await openMeeting(server, base, COORDINATOR);
    expect(code(await chair.post(`${base}/decisions`, noted))).toEqual([201, undefined]);
    expect(code(await chair.post(`${base}/closure`).set('if-match', '*'))).toEqual([200, undefined]);
    const { body: after } = await coordinator.get(`${invitations}/${made.id as string}`).expect(200);
    expect(Date.parse(after.closesAt)).toBeLessThanOrEqual(Date.parse(inDays(14)));
    expect(
      code(await coordinator.patch(`${invitations}/${made.id as string}`, { closesAt: inDays(40), reason }, '*')),
    ).toEqual([422, 'end-out-of-range']);
  });

  test('a coordinator cannot let a meeting last for weeks to lengthen it', async () => {
    const answer = await (
      await by(COORDINATOR)
    )
      .post(`${meetingOf()}/postponement`, { scheduledAt: inDays(20), endsAt: inDays(50) })
      .set('if-match', '*');
    expect(code(answer)).toEqual([422, 'ends-too-late']);
  });

  test('a coordinator of the invited agency cannot lengthen the invitation of the whole agency', async () => {
    const { agencyId } = await practitioner(owner, COORDINATOR);
    await roles(COORDINATOR, 'safeguarding_lead');
    const made = await (await by('police-inspector')).post(path, { agencyId, closesAt: inDays(21) });
    expect(code(made)).toEqual([201, undefined]);
    expect(code(await changed(made, { closesAt: inDays(25), reason }))).toEqual([403, 'not-permitted']);
    expect(code(await changed(made, { closesAt: inDays(25), reason }, 'police-inspector'))).toEqual([200, undefined]);
    await roles(COORDINATOR);
  });

  test('a coordinator cannot invite to an item of a cancelled meeting', async () => {
    await owner.query(`UPDATE meetings SET status = 'cancelled', cancel_reason = 'For a test.' WHERE id = $1`, [
      meetingOf().split('/').at(-1),
    ]);
    expect(code(await invite())).toEqual([409, 'meeting-over']);
    await owner.query(`UPDATE meetings SET status = 'scheduled', cancel_reason = NULL WHERE id = $1`, [
      meetingOf().split('/').at(-1),
    ]);
  });

  test('a coordinator’s reason for taking the item off is not told with the invitation', async () => {
    const made = await invite();
    const removal = await (
      await by(COORDINATOR)
    )
      .post(`${listing}/removal`, { reason: 'Her sister has moved in, as police told us.' })
      .set('if-match', '*');
    expect(code(removal)).toEqual([200, undefined]);
    const { body } = await (await by(COORDINATOR)).get(one(made)).expect(200);
    expect(body.withdrawalReason).toBe('The item was taken off the list of the meeting.');
    expect(code(await (await by(COORDINATOR)).post(`${listing}/reinstatement`).set('if-match', '*'))[0]).toBe(200);
  });
});

describe('an invitation of a whole agency', () => {
  const LEAD = 'syv-chair';
  const COLLEAGUE = 'social-worker';
  const ofAgency = async (who = LEAD): Promise<Response> => {
    const { agencyId } = await practitioner(owner, who);
    return (await by(COORDINATOR)).post(path, { agencyId, closesAt: inDays(21) });
  };
  const meetingOf = (): string => path.split('/listings/')[0]!;
  afterEach(async () => {
    await roles(LEAD, 'safeguarding_lead');
    await roles(COLLEAGUE);
  });

  test('opens the case to its safeguarding lead, and to no colleague and no administrator', async () => {
    expect(none(await meets(await by(LEAD), owner, caseId))).toBe(true);
    const made = await ofAgency();
    expect(code(made)).toEqual([201, undefined]);
    const readers = async (who: string): Promise<number[]> => {
      const caller = await by(who);
      const paths = [`/v1/cases/${caseId}`, listing, one(made), `/v1/cases/${caseId}/status`];
      return Promise.all(paths.map(async (each) => (await caller.get(each)).status));
    };
    expect(await readers(LEAD)).toEqual([200, 200, 200, 200]);
    expect(await readers(COLLEAGUE)).toEqual([404, 404, 404, 404]);
    await roles(COLLEAGUE, 'safeguarding_lead');
    for (const other of [[], ['agency_administrator']]) {
      await roles(LEAD, ...other);
      expect(none(await meets(await by(LEAD), owner, caseId))).toBe(true);
      expect(await readers(LEAD)).toEqual([404, 404, 404, 404]);
      expect((await (await by(LEAD)).get(meetingOf())).status).toBe(404);
    }
    expect(await readers(COLLEAGUE)).toEqual([200, 200, 200, 200]);
  });

  test('a lead who works in another partnership alone cannot read the case', async () => {
    expect(code(await ofAgency('ttcg-chair'))).toEqual([201, undefined]);
    expect((await (await by('marac-chair')).get(`/v1/cases/${caseId}`)).status).toBe(200);
    await roles('ttcg-chair', 'safeguarding_lead');
    expect(none(await meets(await by('ttcg-chair'), owner, caseId))).toBe(true);
    await roles('ttcg-chair');
  });

  test('a coordinator gets 422 when no safeguarding lead of the agency works in the partnership', async () => {
    for (const others of [[], ['agency_administrator']]) {
      await roles(GUEST, ...others);
      const refused = await ofAgency(GUEST);
      expect(code(refused)).toEqual([422, 'no-safeguarding-lead']);
      expect(refused.body.errors).toMatchObject([{ pointer: '/practitionerId' }]);
      expect(refused.body.detail).toContain('practitionerId');
    }
    await roles(GUEST);
    expect(code(await invite())).toEqual([201, undefined]);
  });

  test('a coordinator gets the same answer when the only lead is excluded from the case', async () => {
    const { id } = await practitioner(owner, LEAD);
    await owner.query(
      `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, panel_id, reason, since)
       SELECT gen_random_uuid(), 1, now(), now(), partnership_id, $2, id, panel_id, 'A relative.', now() - interval '1 day' FROM cases WHERE id = $1`,
      [caseId, id],
    );
    expect(code(await ofAgency())).toEqual([201, undefined]);
    expect(none(await meets(await by(LEAD), owner, caseId))).toBe(true);
    await owner.query('DELETE FROM exclusions WHERE practitioner_id = $1 AND case_id = $2', [id, caseId]);
  });

  test('a coordinator cannot record a colleague as its guest, and can record its safeguarding lead', async () => {
    await ofAgency();
    await roles(COLLEAGUE, 'safeguarding_lead');
    const { id } = await practitioner(owner, LEAD);
    const record = async (): Promise<Response> =>
      (await by(COORDINATOR)).post(`${meetingOf()}/attendances`, { practitionerId: id, status: 'apologies' });
    await roles(LEAD, 'agency_administrator');
    expect(code(await record())).toEqual([422, 'not-invited']);
    await roles(LEAD, 'safeguarding_lead');
    expect(code(await record())).toEqual([201, undefined]);
    const { rows } = await owner.query(`SELECT listing_ids FROM attendances WHERE practitioner_id = $1`, [id]);
    expect(rows).toContainEqual({ listing_ids: [listing.split('/').at(-1)] });
  });
});

describe('a second invitation', () => {
  test('of the same person to the same item gets 409 that names the first', async () => {
    const first = await invite();
    const second = await invite({ closesAt: inDays(22) });
    expect(code(second)).toEqual([409, 'invited-already']);
    expect(second.body.invitationId).toBe(first.body.id);
    expect(second.body.detail).toContain(first.body.id);
    await roles(GUEST, 'safeguarding_lead');
    const wholeAgency = await invite({ practitionerId: undefined });
    expect(wholeAgency.status).toBe(201);
    expect(code(await invite({ practitionerId: undefined }))).toEqual([409, 'invited-already']);
    await roles(GUEST);
    await expect(
      owner.query(
        `INSERT INTO invitations (id, version, partnership_id, meeting_id, listing_id, case_id, panel_id, agency_id, practitioner_id, opens_at, closes_at)
         SELECT gen_random_uuid(), 1, partnership_id, meeting_id, listing_id, case_id, panel_id, agency_id, practitioner_id, opens_at, closes_at
         FROM invitations WHERE id = $1`,
        [first.body.id],
      ),
    ).rejects.toThrow('invitations_one_at_a_time');
  });
});

test('an invited person learns of no other meeting by stage, tag, filter or next meeting of the case', async () => {
  const coordinator = await by(COORDINATOR);
  const guest = await by(GUEST);
  const asTold = async (who: Caller): Promise<Record<string, unknown>> => {
    const { body, headers } = await who.get(`/v1/cases/${caseId}`).expect(200);
    const status = await who.get(`/v1/cases/${caseId}/status`).expect(200);
    const listed = await who.get('/v1/cases?stage=listed&limit=100').expect(200);
    return {
      stage: body.stage,
      tag: headers['etag'],
      statusStage: status.body.stage,
      nextMeetingAt: status.body.nextMeetingAt,
      inList: listed.body.data.some(({ id }: { id: string }) => id === caseId),
    };
  };
  expect(code(await invite())).toEqual([201, undefined]);
  const meeting = listing.split('/listings/')[0]!;
  expect(await asTold(guest)).toMatchObject({ stage: 'listed', statusStage: 'listed', inList: true });
  const decision = { kind: 'note', text: 'Noted.', rationale: 'As told.', listingId: listing.split('/').at(-1) };
  await openMeeting(server, meeting, COORDINATOR);
  await coordinator.post(`${meeting}/decisions`, decision).expect(201);
  const before = await asTold(guest);
  expect(before).toMatchObject({ stage: 'open', statusStage: 'open', inList: false });

  const sooner = { panelId: jag, scheduledAt: inDays(3), endsAt: null, venueOrMode: 'Room 2', chairId: null };
  const second = await coordinator.post('/v1/meetings', sooner).expect(201);
  await coordinator.post(`/v1/meetings/${second.body.id as string}/listings`, { caseId, kind: 'review' }).expect(201);
  await guest.get(`/v1/meetings/${second.body.id as string}`).expect(404);
  expect(await asTold(coordinator)).toMatchObject({
    stage: 'listed',
    statusStage: 'listed',
    inList: true,
    nextMeetingAt: second.body.scheduledAt,
  });
  expect(await asTold(guest)).toEqual(before);
});
