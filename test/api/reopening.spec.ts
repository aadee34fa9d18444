/**
 * What was closed or opened by mistake goes back: a closed case is reopened by the coordination of its panel, and the opening of a
 * meeting is reversed by its chair while nobody was confirmed to be there and nothing was decided. Both with a reason, and what was before stays known.
 *
 * Seen to fail: a reopening by a member; one that forgets how the case was closed; a change of a closed case; a reversal by the
 * coordinator, and after a decision or a confirmed attendance; one that forgets that the papers were out; one refused because of an
 * item that is hidden from the chair; an item that cannot be ended a second time after it was set back; an event that repeats the words of a reason.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, meets, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const COORDINATOR = 'jag-coordinator';
const CHAIR = 'jag-chair';

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);
const outcome = ({ status, body }: Response): [number, string | undefined] => [status, body.code];
const reason = 'The wrong one of two was taken.';
const command = async (who: string, path: string, body: object = {}): Promise<Response> =>
  (await by(who)).post(path, body).set('if-match', '*');

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
});

describe('a closed case', () => {
  let path: string;
  let id: string;

  beforeEach(async () => {
    id = (await casesOf(owner, 'ask-jag'))[0]!.id;
    path = `/v1/cases/${id}`;
    await owner.query(
      `UPDATE cases SET stage = 'closed', closed_at = now(), closure_reason = 'merged', outcome = 'resolved' WHERE id = $1`,
      [id],
    );
  });

  test('a coordinator can reopen it with a reason, and it takes contributions again', async () => {
    const contribution = {
      category: 'asb_incident',
      kind: 'fact',
      summary: 'Noise again.',
      text: 'Noise every night.',
    };
    const added = async (): Promise<Response> => (await by('fire-officer')).post(`${path}/contributions`, contribution);
    expect(outcome(await added())).toEqual([422, 'case-closed']);
    const readers = async (): Promise<object[]> =>
      Promise.all(['fire-officer', 'outsider', 'idva'].map(async (who) => meets(await by(who), owner, id)));
    const before = await readers();
    const { headers } = await (await by(COORDINATOR)).get(path).expect(200);
    expect((await command(COORDINATOR, `${path}/reopening`)).status).toBe(400);
    const answer = await (
      await by(COORDINATOR)
    )
      .post(`${path}/reopening`, { reason })
      .set('if-match', headers['etag'] as string);
    expect(answer.body).toMatchObject({ stage: 'open', closedAt: null, outcome: null, reopeningReason: reason });
    expect(await readers()).toEqual(before);
    expect((await added()).status).toBe(201);
    const { body } = await (await by(COORDINATOR)).get(`${path}/timeline?limit=100`).expect(200);
    const event = body.data.find(({ type }: { type: string }) => type === 'case.reopened');
    expect(event.data).toEqual({
      closureReason: 'merged',
      outcome: 'resolved',
      fields: ['stage', 'reopenedAt', 'reopeningReason'],
    });
  });

  test('a member cannot reopen it, and somebody who cannot read it gets 404', async () => {
    expect(outcome(await command('fire-officer', `${path}/reopening`, { reason }))).toEqual([403, 'not-permitted']);
    expect(outcome(await command('outsider', `${path}/reopening`, { reason }))).toEqual([404, 'not-found']);
  });

  test('a coordinator cannot change it, nor reopen it twice', async () => {
    const change = await (await by(COORDINATOR)).patch(path, { nextReviewOn: '2027-01-04' }, '*');
    expect(outcome(change)).toEqual([422, 'case-closed']);
    expect(change.body.detail).toContain('/reopening');
    expect((await command(COORDINATOR, `${path}/reopening`, { reason })).status).toBe(200);
    expect(outcome(await command(COORDINATOR, `${path}/reopening`, { reason }))).toEqual([409, 'not-in-this-state']);
  });
});

describe('a meeting opened by mistake', () => {
  // a recusal is carried to later items of the case, which tests share
  afterEach(() => owner.query('DELETE FROM recusals'));

  async function opened(from = 'scheduled'): Promise<{ path: string; listing: string }> {
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
    const caller = await by(COORDINATOR);
    const convened = {
      panelId: rows[0]!.id,
      scheduledAt: inDays(9),
      endsAt: null,
      venueOrMode: 'Room 1',
      chairId: null,
    };
    const { body } = await caller.post('/v1/meetings', convened).expect(201);
    const path = `/v1/meetings/${body.id as string}`;
    await owner.query(
      `UPDATE cases SET stage = 'open', closed_at = NULL, closure_reason = NULL, outcome = NULL WHERE stage = 'closed'`,
    );
    const caseId = (await casesOf(owner, 'ask-jag'))[1]!.id;
    const item = await caller.post(`${path}/listings`, { caseId, kind: 'new' }).expect(201);
    await owner.query(`UPDATE meetings SET status = $2 WHERE id = $1`, [body.id, from]);
    expect((await command(COORDINATOR, `${path}/opening`)).status).toBe(200);
    return { path, listing: `${path}/listings/${item.body.id as string}` };
  }

  test.each(['scheduled', 'papers_out'])('its chair can reverse it, and it is %s as before', async (from) => {
    const { path } = await opened(from);
    const answer = await command(CHAIR, `${path}/opening-reversal`, { reason });
    expect(answer.body).toMatchObject({ status: from, chairId: null, openingReversalReason: reason });
    expect(outcome(await command(CHAIR, `${path}/opening-reversal`, { reason }))).toEqual([409, 'not-in-this-state']);
    expect((await command(COORDINATOR, `${path}/opening`)).status).toBe(200);
  });

  test('a coordinator and a member cannot reverse it', async () => {
    const { path } = await opened();
    for (const who of [COORDINATOR, 'fire-officer'])
      expect(outcome(await command(who, `${path}/opening-reversal`, { reason }))).toEqual([403, 'not-permitted']);
  });

  const there = async (who: string) => ({
    practitionerId: (await practitioner(owner, who)).id,
    status: 'present',
    confidentialityAccepted: true,
  });

  test('its chair can reverse it after an item was begun, which is heard another day', async () => {
    const { path, listing } = await opened();
    await (await by('fire-officer')).post(`${path}/attendances`, await there('fire-officer')).expect(201);
    for (const _ of ['by mistake', 'another day']) {
      for (const what of ['start', 'end']) expect((await command(CHAIR, `${listing}/${what}`)).status).toBe(200);
      const { body } = await (await by(CHAIR)).get(`${listing}/presences`).expect(200);
      expect(body.data).toHaveLength(1);
      expect((await command(CHAIR, `${path}/opening-reversal`, { reason })).status).toBe(200);
      const item = await (await by(CHAIR)).get(listing).expect(200);
      expect(item.body).toMatchObject({ startedAt: null, endedAt: null });
      expect((await command(COORDINATOR, `${path}/opening`)).status).toBe(200);
    }
  });

  test('its chair cannot reverse it after somebody’s attendance was confirmed', async () => {
    const { path } = await opened();
    await (await by(COORDINATOR)).post(`${path}/attendances`, await there('fire-officer')).expect(201);
    expect(outcome(await command(CHAIR, `${path}/opening-reversal`, { reason }))).toEqual([409, 'meeting-took-place']);
  });

  test.each([
    ['begun', null, true],
    ['decided', 'note', false],
  ])('its recused chair can reverse it whether or not a hidden item was %s', async (_, kind, isSetBack) => {
    const { path, listing } = await opened();
    const listingId = listing.split('/').at(-1)!;
    const { id: practitionerId } = await practitioner(owner, CHAIR);
    const recusal = { listingId, practitionerId, reason: 'A relative of his.' };
    await (await by('police-inspector')).post(`${path}/recusals`, recusal).expect(201);
    expect((await command(COORDINATOR, `${listing}/start`)).status).toBe(200);
    if (kind) {
      const decision = { listingId, kind, text: 'Heard.', rationale: 'As told.' };
      await (await by(COORDINATOR)).post(`${path}/decisions`, decision).expect(201);
    }
    expect(outcome(await command(CHAIR, `${path}/opening-reversal`, { reason }))).toEqual([200, undefined]);
    const { body } = await (await by(COORDINATOR)).get(listing).expect(200);
    expect([body.startedAt === null, body.outcome]).toEqual([isSetBack, kind]);
  });

  test('its chair cannot reverse it after a decision was taken', async () => {
    const { path, listing } = await opened();
    const decision = {
      listingId: listing.split('/').at(-1),
      kind: 'defer',
      text: 'Heard another day.',
      rationale: 'No time.',
    };
    const taken = await (await by(CHAIR)).post(`${path}/decisions`, decision);
    expect([taken.status, taken.body.code]).toEqual([201, undefined]);
    expect(outcome(await command(CHAIR, `${path}/opening-reversal`, { reason }))).toEqual([409, 'meeting-took-place']);
  });
});
