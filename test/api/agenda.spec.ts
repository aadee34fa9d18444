/**
 * The agenda: what the generator lists and why, in which order, what does not fit, how often a case is put off, what is locked
 * when it is out, and that each reader sees exactly their items, in it as it is and in every edition, without a gap in time.
 *
 * Seen to fail: an order without the risk, without the assessments, without the room; times by the place in the whole list; a
 * repeat, or what was put off too often, proposed to be moved; a cut-off, a ratification and a cancelled meeting forgotten; a
 * case drawn onto two lists; a decision that defers beyond the limit; deferrals that a hearing does not end; an agenda drawn
 * up when it was out; what is late listed without the reason; an edition of what its sender sees, and one read past the
 * policy; a stored answer to a repeated call; a removal without If-Match, an invitation that outlives it; a coordinator who
 * defers once too often; an item that stays on the agenda although it was taken off; an emergency that begins without cause; an
 * item put back although the agenda is out, or although the case went elsewhere; a hidden item of another meeting betrayed by 409
 * to the removal to that meeting and to the reinstatement; a deferral told to somebody who is recused from its item; a version that
 * rises with the position of an item, by which a hidden item tells of itself, and two items at the same position; a recusal that ends
 * when the item is moved; an item that an ended recusal still hides revealed by 409 to the person who lists its case, moves an item to its
 * meeting, or puts back the item it was carried over from.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, checked, inDays, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Item {
  listingId: string;
  caseId: string;
  kind: string;
  reason: string;
  timeboxMinutes: number;
  presentedByAgencyId: string;
  startsAt: string;
}

interface Section {
  code: string;
  items: Item[];
  actions: { caseId: string; overdue: boolean; dueOn: string }[];
}

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
const by = (who: string): Promise<Caller> => as(server, who);
const COORDINATOR = 'jag-coordinator';

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
});

/** Nothing waits but what a test brings. */
beforeEach(async () => {
  await owner.query(
    `UPDATE cases SET stage = 'closed', closed_at = now(), closure_reason = 'merged', outcome = 'unresolved'
     WHERE panel_id = $1 AND stage <> 'closed'`,
    [panelId],
  );
});

let count = 0;

/** A case of the panel: referred by this person, whose agency leads, and accepted. */
async function opened(who: string, { band, ...more }: { band?: string; urgent?: boolean } = {}): Promise<string> {
  const referrer = await by(who);
  const name = `Crossbill Court, block ${String(++count)}`;
  const place = await referrer.post('/v1/places', { partnershipId, kind: 'estate', name }).expect(201);
  const referral = await referrer
    .post('/v1/referrals', {
      panelId,
      subjectKind: 'place',
      placeId: place.body.id,
      category: 'asb_incident',
      problem: 'Fires in the bin store, three in two weeks.',
      whyMultiAgency: 'Cleaning alone has not helped; others are needed.',
      criteria: ['repeat_location'],
      legalGateway: 'CDA_S115',
      submit: true,
      ...more,
    })
    .expect(201);
  const accepted = await (
    await by(COORDINATOR)
  )
    .post(`/v1/referrals/${referral.body.id as string}/acceptance`, {})
    .set('if-match', '*');
  expect(accepted.status).toBe(200);
  const { rows } = await owner.query<{ id: string }>('SELECT case_id AS id FROM referrals WHERE id = $1', [
    referral.body.id,
  ]);
  const { id } = rows[0]!;
  if (band) await (await by(COORDINATOR)).patch(`/v1/cases/${id}`, { riskBand: band }, '*').expect(200);
  return id;
}

/** A case opened by a referral of the same place as another case. */
async function repeatOf(caseId: string): Promise<string> {
  const { rows } = await owner.query<{ place: string }>('SELECT place_id AS place FROM cases WHERE id = $1', [caseId]);
  const { body } = await (
    await by('housing-officer')
  )
    .post('/v1/referrals', {
      ...{ panelId, subjectKind: 'place', placeId: rows[0]!.place, category: 'asb_incident' },
      problem: 'Fires in the bin store again, two in one week.',
      whyMultiAgency: 'Cleaning alone has not helped; others are needed.',
      ...{ criteria: ['repeat_location'], legalGateway: 'CDA_S115', submit: true },
    })
    .expect(201);
  const path = `/v1/referrals/${body.id as string}/acceptance`;
  return (await (await by('jag-chair')).post(path, {}).set('if-match', '*').expect(200)).body.caseId as string;
}

/** A meeting of the panel, so many days from now and so many minutes long. */
async function convened({
  days = 60,
  minutes = 120,
  ...more
}: { days?: number; minutes?: number; kind?: string } = {}) {
  const scheduledAt = inDays(days);
  const endsAt = new Date(Date.parse(scheduledAt) + minutes * 60_000).toISOString();
  const body = { panelId, scheduledAt, endsAt, venueOrMode: 'Civic Offices, room 2', ...more };
  const made = await (await by(COORDINATOR)).post('/v1/meetings', body).expect(201);
  return { id: made.body.id as string, path: `/v1/meetings/${made.body.id as string}`, scheduledAt };
}
type Convened = Awaited<ReturnType<typeof convened>>;

/** The chair takes somebody out of the item. */
async function recused(who: string, meeting: Convened, listingId: string): Promise<void> {
  const { id: practitionerId } = await practitioner(owner, who);
  const recusal = { listingId, practitionerId, reason: 'A relative of his.' };
  await (await by('jag-chair')).post(`${meeting.path}/recusals`, recusal).expect(201);
}

const drawn = async (meeting: Convened): Promise<Response> =>
  (await by(COORDINATOR)).post(`${meeting.path}/agenda`).expect(201);

async function agenda(who: string, meeting: Convened, edition?: number): Promise<Section[]> {
  const asked = edition === undefined ? '' : `?edition=${String(edition)}`;
  const { body } = await (await by(who)).get(`${meeting.path}/agenda${asked}`).expect(200);
  return body.sections;
}

const itemsOf = (sections: Section[]): Item[] => sections.flatMap(({ items }) => items);
const casesIn = (sections: Section[], code?: string): string[] =>
  itemsOf(sections.filter((one) => !code || one.code === code)).map(({ caseId }) => caseId);
const reasonsIn = (sections: Section[]): Record<string, string> =>
  Object.fromEntries(itemsOf(sections).map(({ caseId, reason }) => [caseId, reason]));

/** From the beginning of the meeting, one after the other: there is no gap. */
function expectNoGap(sections: Section[], from: string): void {
  let at = Date.parse(from);
  for (const { startsAt, timeboxMinutes } of itemsOf(sections)) {
    expect(Date.parse(startsAt)).toBe(at);
    at += timeboxMinutes * 60_000;
  }
}

const listingOf = (sections: Section[], caseId: string): string =>
  itemsOf(sections).find((one) => one.caseId === caseId)!.listingId;

async function listed(meeting: Convened, body: object): Promise<Response> {
  return (await by(COORDINATOR)).post(`${meeting.path}/listings`, body);
}

async function removed(who: string, meeting: Convened, listing: string, toMeetingId?: string): Promise<Response> {
  const body = { reason: 'The school cannot come on that day.', ...(toMeetingId ? { toMeetingId } : {}) };
  return (await by(who)).post(`${meeting.path}/listings/${listing}/removal`, body).set('if-match', '*');
}

async function moved(who: string, meeting: Convened, what: string, body?: object): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(meeting.path).expect(200);
  return caller.post(`${meeting.path}/${what}`, body).set('if-match', headers['etag'] as string);
}

/** Checked, and then circulated. */
async function circulated(meeting: Convened): Promise<Response> {
  await checked(server, meeting.path, COORDINATOR, 'jag-chair');
  return moved(COORDINATOR, meeting, 'agenda/circulation');
}

/** The coordinator opens the meeting, which then decides on an item. */
async function decided(who: string, meeting: Convened, listingId: string, kind: string): Promise<Response> {
  await openMeeting(server, meeting.path, COORDINATOR);
  return (await by(who)).post(`${meeting.path}/decisions`, {
    listingId,
    kind,
    text: 'As the panel agreed.',
    rationale: 'As it was said.',
  });
}

const excluded = async (who: string, caseId: string): Promise<void> => {
  const { id } = await practitioner(owner, who);
  const body = { caseId, practitionerId: id, reason: 'A neighbour of the family.' };
  expect((await (await by('jag-chair')).post('/v1/exclusions', body)).status).toBe(201);
};

const eventsOf = async (caseId: string, type: string): Promise<number> =>
  (await owner.query('SELECT 1 FROM events WHERE case_id = $1 AND type = $2', [caseId, type])).rowCount ?? 0;

describe('an agenda that is drawn up', () => {
  test('hears what is urgent first, then the highest risk, then keeps the room, then goes by age; and always so', async () => {
    const low = await opened('housing-officer');
    const fire = await opened('fire-officer', { band: 'high' });
    const housing = await opened('housing-officer', { band: 'high' });
    const fireAgain = await opened('fire-officer', { band: 'high' });
    const medium = await opened('fire-officer', { band: 'medium' });
    const urgent = await opened('housing-officer', { urgent: true });
    const meeting = await convened();
    const { body } = await drawn(meeting);
    expect(casesIn(body.sections, 'urgent')).toEqual([urgent]);
    expect(casesIn(body.sections, 'cases')).toEqual([fire, fireAgain, housing, medium, low]);
    expect(body.sections.map(({ code }: Section) => code)).toEqual([
      ...['opening', 'quorum', 'matters_arising', 'tasking_feedback', 'urgent', 'cases', 'reviews', 'themes'],
      ...['resources', 'closures', 'case_reviews', 'learning', 'dates'],
    ]);
    expectNoGap(body.sections, meeting.scheduledAt);
    expect(itemsOf(body.sections).map(({ timeboxMinutes }) => timeboxMinutes)).toEqual(Array(6).fill(15));
    expect(reasonsIn(body.sections)).toMatchObject({ [urgent]: 'urgent', [low]: 'new_referral' });
    const { agencyId } = await practitioner(owner, 'fire-officer');
    expect(itemsOf(body.sections).find(({ caseId }) => caseId === fire)!.presentedByAgencyId).toBe(agencyId);

    const again = await drawn(meeting);
    expect(again.body).toEqual(body);
    await owner.query('DELETE FROM listings WHERE meeting_id = $1', [meeting.id]);
    const anew = await drawn(meeting);
    expect(casesIn(anew.body.sections)).toEqual(casesIn(body.sections));
    const list = await (await by(COORDINATOR)).get(`${meeting.path}/listings`).expect(200);
    expect(list.body.data.map((one: Item) => one.caseId)).toEqual(casesIn(body.sections));
  });

  test('goes by the highest risk that holds, also where only an assessment says so', async () => {
    const confirmed = await opened('housing-officer', { band: 'medium' });
    const assessed = await opened('housing-officer');
    await owner.query(
      `INSERT INTO assessments (id, version, partnership_id, agency_id, contributing_type, case_id, panel_id, category, instrument_id,
         answers, score, computed_band, effective_band, assessed_on, assessed_by_id)
       SELECT gen_random_uuid(), 1, c.partnership_id, c.agency_id, c.contributing_type, c.id, c.panel_id, 'risk_assessment',
         (SELECT id FROM instruments LIMIT 1), '[]', 32, 'high', 'high', '2026-11-01', c.lead_agency_id FROM cases c WHERE c.id = $1`,
      [assessed],
    );
    const { body } = await drawn(await convened());
    expect(casesIn(body.sections)).toEqual([assessed, confirmed]);
  });

  test('takes what is missing, and takes nothing off that was listed by hand', async () => {
    const first = await opened('housing-officer');
    const meeting = await convened();
    const { body: byHand } = await listed(meeting, { caseId: first, kind: 'closure', timeboxMinutes: 5 });
    expect(byHand).toMatchObject({ reason: 'closure', lateReason: null, removedAt: null, carriedFromId: null });
    const second = await opened('fire-officer');
    const { body } = await drawn(meeting);
    expect(itemsOf(body.sections)).toMatchObject([
      { caseId: second, kind: 'new' },
      { caseId: first, kind: 'closure', listingId: byHand.id, timeboxMinutes: 5 },
    ]);
    const elsewhere = await drawn(await convened({ days: 61 }));
    expect(casesIn(elsewhere.body.sections)).toEqual([]);
  });

  test('says why each case is there: a repeat, a review, actions, what was not heard, what comes too late', async () => {
    const repeat = await opened('housing-officer');
    await owner.query('UPDATE cases SET is_repeat = true WHERE id = $1', [repeat]);
    const [review, action, deferred, silent] = [
      await opened('housing-officer'),
      await opened('housing-officer'),
      await opened('fire-officer'),
      await opened('fire-officer'),
    ];
    const before = await convened({ days: 50 });
    for (const caseId of [review, action, deferred, silent]) await listed(before, { caseId, kind: 'new' });
    const sections = await agenda(COORDINATOR, before);
    for (const [caseId, kind] of [
      [review, 'note'],
      [action, 'note'],
      [deferred, 'defer'],
      [silent, 'note'],
    ] as const)
      expect((await decided('jag-chair', before, listingOf(sections, caseId), kind)).status).toBe(201);
    expect((await moved('jag-chair', before, 'closure')).status).toBe(200);
    const called = await convened({ days: 55 });
    const lost = await opened('fire-officer');
    await listed(called, { caseId: lost, kind: 'urgent' });
    expect((await moved(COORDINATOR, called, 'cancellation', { reason: 'The room is flooded.' })).status).toBe(200);
    for (const [caseId, days] of [
      [review, 58],
      [silent, 90],
    ] as const)
      await (await by(COORDINATOR)).patch(`/v1/cases/${caseId}`, { nextReviewOn: inDays(days).slice(0, 10) }, '*');
    await owner.query(
      `INSERT INTO actions (id, version, created_at, partnership_id, agency_id, contributing_type, case_id, panel_id, category, owner_agency_id,
         description, status, due_on, original_due_on)
       SELECT gen_random_uuid(), 1, '2026-10-01', partnership_id, agency_id, contributing_type, id, panel_id, 'plan_action', lead_agency_id,
         'Lock the bin store at Crossbill Court', 'agreed', '2026-11-01', '2026-11-01' FROM cases WHERE id = $1`,
      [action],
    );
    const meeting = await convened();
    const { body } = await drawn(meeting);
    expect(reasonsIn(body.sections)).toEqual({
      [repeat]: 'repeat',
      [review]: 'review_due',
      [action]: 'overdue_actions',
      [deferred]: 'carried_over',
      [lost]: 'carried_over',
    });
    expect(casesIn(body.sections, 'urgent')).toEqual([lost]);
    const item = await (await by(COORDINATOR)).get(`${meeting.path}/listings/${listingOf(body.sections, deferred)}`);
    expect(item.body).toMatchObject({ carriedFromId: listingOf(sections, deferred), kind: 'new' });
    const matters = (body.sections as Section[]).find(({ code }) => code === 'matters_arising')!;
    expect(matters.actions.filter(({ caseId }) => caseId === action)).toMatchObject([
      { caseId: action, overdue: true, dueOn: '2026-11-01' },
    ]);

    const late = await opened('housing-officer');
    const urgent = await opened('housing-officer', { urgent: true });
    const soon = await drawn(await convened({ days: 3 }));
    expect(reasonsIn(soon.body.sections)).toEqual({ [urgent]: 'urgent' });
    expect(casesIn((await drawn(meeting)).body.sections)).toContain(late);
  });

  test('has each case that was heard and has no day of review, until it has one', async () => {
    const caseId = await opened('housing-officer');
    const first = await convened({ days: 61 });
    const listing = listingOf((await drawn(first)).body.sections, caseId);
    expect((await decided('jag-chair', first, listing, 'continue')).status).toBe(201);
    const second = await convened({ days: 62 });
    expect(reasonsIn((await drawn(second)).body.sections)).toMatchObject({ [caseId]: 'review_due' });
    const again = listingOf(await agenda(COORDINATOR, second), caseId);
    expect((await decided('jag-chair', second, again, 'note')).status).toBe(201);
    const coordinator = await by(COORDINATOR);
    await coordinator.patch(`/v1/cases/${caseId}`, { nextReviewOn: inDays(70).slice(0, 10) }, '*').expect(200);
    expect(casesIn((await drawn(await convened({ days: 63 }))).body.sections)).not.toContain(caseId);
    const due = await drawn(await convened({ days: 71 }));
    expect(reasonsIn(due.body.sections)).toMatchObject({ [caseId]: 'review_due' });
  });

  test('has the parts and the time boxes that the panel’s rules name', async () => {
    const caseId = await opened('housing-officer');
    const set = (rules: object) =>
      owner.query('UPDATE panel_rules SET rules = rules || $2 WHERE panel_id = $1', [panelId, JSON.stringify(rules)]);
    await set({ agendaSections: ['dates', 'opening'], caseTimeBoxMinutes: 12 });
    const { body } = await drawn(await convened());
    await set({ agendaSections: null, caseTimeBoxMinutes: 15 });
    const parts = ['opening', 'urgent', 'cases', 'reviews', 'closures', 'dates'];
    expect(body.sections.map(({ code }: Section) => code)).toEqual(parts);
    expect(itemsOf(body.sections)).toMatchObject([{ caseId, timeboxMinutes: 12 }]);
  });

  test('is drawn up by the coordination, and by nobody else', async () => {
    const meeting = await convened();
    expect((await (await by('housing-officer')).post(`${meeting.path}/agenda`)).status).toBe(403);
    for (const who of ['outsider', 'other-borough-coordinator'])
      expect([403, 404]).toContain((await (await by(who)).post(`${meeting.path}/agenda`)).status);
    await (await by('other-borough-coordinator')).get(`${meeting.path}/agenda`).expect(404);
  });

  test('shows to whoever repeats the call what they may see then', async () => {
    const seen = await opened('housing-officer');
    const lost = await opened('fire-officer');
    const meeting = await convened();
    const call = async (): Promise<Response> =>
      (await by(COORDINATOR)).post(`${meeting.path}/agenda`).set('idempotency-key', `draw-${meeting.id}`).expect(201);
    expect(casesIn((await call()).body.sections).sort()).toEqual([seen, lost].sort());
    await excluded(COORDINATOR, lost);
    const again = await call();
    expect(casesIn(again.body.sections)).toEqual([seen]);
    expect(again.text).not.toContain(lost);
  });
});

describe('what does not fit', () => {
  test('is proposed to be moved: the lowest risk, nothing urgent, no repeat, nothing put off too often; and is not moved', async () => {
    const repeat = await opened('fire-officer');
    await owner.query('UPDATE cases SET is_repeat = true WHERE id = $1', [repeat]);
    await opened('fire-officer', { urgent: true });
    const high = await opened('housing-officer', { band: 'high' });
    const medium = await opened('housing-officer', { band: 'medium' });
    const [older, newer] = [await opened('housing-officer'), await opened('housing-officer')];
    const meeting = await convened({ minutes: 60 });
    const { body } = await drawn(meeting);
    const idOf = (caseId: string): string => listingOf(body.sections, caseId);
    expect(body.overflow).toEqual({ minutes: 30, proposal: [idOf(newer), idOf(older)] });
    expect(itemsOf((await drawn(meeting)).body.sections)).toHaveLength(6);

    const coordinator = await by(COORDINATOR);
    const path = `${meeting.path}/listings/${idOf(newer)}`;
    await coordinator.patch(path, { timeboxMinutes: 30 }).expect(428);
    await coordinator.patch(path, { timeboxMinutes: 30 }, '*').expect(200);
    const longer = await drawn(meeting);
    expect(longer.body.overflow).toEqual({ minutes: 45, proposal: [idOf(newer), idOf(older)] });
    expectNoGap(longer.body.sections, meeting.scheduledAt);

    await owner.query(
      `INSERT INTO listings (id, version, partnership_id, agency_id, contributing_type, case_id, panel_id, meeting_id, kind, reason,
         position, timebox_minutes, presented_by_agency_id, outcome)
       SELECT gen_random_uuid(), 1, l.partnership_id, l.agency_id, l.contributing_type, l.case_id, l.panel_id, m.id, 'new',
         'new_referral', 1, 15, l.presented_by_agency_id, 'defer'
       FROM listings l JOIN meetings m ON m.panel_id = l.panel_id AND m.status = 'held'
       WHERE l.id = $1 ORDER BY m.scheduled_at LIMIT 2`,
      [idOf(newer)],
    );
    expect((await drawn(meeting)).body.overflow).toEqual({
      minutes: 45,
      proposal: [idOf(older), idOf(medium), idOf(high)],
    });
    const open = await (
      await by(COORDINATOR)
    ).post('/v1/meetings', { panelId, scheduledAt: inDays(62), endsAt: null, venueOrMode: 'Civic Offices' });
    expect((await drawn({ ...meeting, path: `/v1/meetings/${open.body.id as string}` })).body.overflow).toEqual({
      minutes: 0,
      proposal: [],
    });
  });

  test('is moved by the coordinator, with a reason, as often as the rules allow; once more by the chair, which is told', async () => {
    const caseId = await opened('housing-officer');
    const meetings = [await convened(), await convened({ days: 61 }), await convened({ days: 62 })] as const;
    const [first, second, third] = meetings;
    await drawn(first);
    const listing = listingOf(await agenda(COORDINATOR, first), caseId);
    const coordinator = await by(COORDINATOR);
    await coordinator.post(`${first.path}/listings/${listing}/removal`, { reason: 'No time.' }).expect(428);
    expect((await removed('housing-officer', first, listing)).status).toBe(403);
    expect((await removed(COORDINATOR, second, listing)).status).toBe(404);
    expect((await removed(COORDINATOR, first, listing, first.id)).body.code).toBe('unknown-meeting');
    const off = await removed(COORDINATOR, first, listing, second.id);
    expect(off.body).toMatchObject({ outcome: 'defer', removalReason: 'The school cannot come on that day.' });
    expect(casesIn(await agenda(COORDINATOR, first))).toEqual([]);
    const { body: list } = await coordinator.get(`${first.path}/listings`).expect(200);
    expect(list.data).toMatchObject([{ id: listing, removedAt: expect.any(String) }]);
    expect((await drawn(first)).body.sections.flatMap(({ items }: Section) => items)).toEqual([]);
    expect((await removed(COORDINATOR, first, listing)).body.code).toBe('not-in-this-state');
    expect((await listed(first, { caseId, kind: 'new' })).body.code).toBe('listing-removed');

    const [item] = itemsOf(await agenda(COORDINATOR, second));
    expect(item).toMatchObject({ caseId, reason: 'carried_over' });
    expect((await removed(COORDINATOR, second, item!.listingId)).status).toBe(200);
    expect(reasonsIn((await drawn(third)).body.sections)).toEqual({ [caseId]: 'carried_over' });
    const last = listingOf(await agenda(COORDINATOR, third), caseId);
    for (const tried of [await removed(COORDINATOR, third, last), await decided(COORDINATOR, third, last, 'defer')])
      expect([tried.status, tried.body.code]).toEqual([403, 'deferred-often']);
    expect(await eventsOf(caseId, 'case.deferred-often')).toBe(0);
    await recused('fire-officer', third, last);
    expect((await decided('jag-chair', third, last, 'defer')).status).toBe(201);
    expect(await eventsOf(caseId, 'case.deferred-often')).toBe(1);
    for (const [who, isTold] of [
      ['fire-officer', false],
      ['police-sergeant', true],
    ] as const) {
      const { text } = await (await by(who)).get(`/v1/cases/${caseId}/timeline?limit=100`).expect(200);
      expect([who, text.includes('case.deferred-often')]).toEqual([who, isTold]);
    }
    const fourth = await convened({ days: 63 });
    await drawn(fourth);
    const heard = listingOf(await agenda(COORDINATOR, fourth), caseId);
    expect((await decided(COORDINATOR, fourth, heard, 'continue')).status).toBe(201);
    const fifth = await convened({ days: 64 });
    const { body } = await listed(fifth, { caseId, kind: 'review' });
    expect((await removed(COORDINATOR, fifth, body.id)).status).toBe(200);
    expect(await eventsOf(caseId, 'case.deferred-often')).toBe(1);
  });
});

test('an item that was taken off comes back, unless it went elsewhere, the meeting is over or the agenda is out', async () => {
  const [caseId, other] = [await opened('housing-officer'), await opened('housing-officer')];
  const [first, second] = [await convened(), await convened({ days: 61 })];
  await drawn(first);
  const listing = listingOf(await agenda(COORDINATOR, first), caseId);
  const back = async (who: string, id = listing): Promise<Response> =>
    (await by(who)).post(`${first.path}/listings/${id}/reinstatement`).set('if-match', '*');
  const stands = await back(COORDINATOR);
  expect([stands.status, stands.body.code, stands.body.permitted]).toEqual([409, 'not-in-this-state', ['removal']]);
  expect((await removed(COORDINATOR, first, listing, second.id)).status).toBe(200);
  expect((await back('housing-officer')).status).toBe(403);
  expect((await back('marac-coordinator')).status).toBe(404);
  expect((await back(COORDINATOR)).body.code).toBe('carried-over');
  const carried = listingOf(await agenda(COORDINATOR, second), caseId);
  expect((await removed(COORDINATOR, second, carried)).status).toBe(200);
  const coordinator = await by(COORDINATOR);
  await coordinator.post(`${first.path}/listings/${listing}/reinstatement`).expect(428);
  const { status, body } = await back(COORDINATOR);
  expect([status, body]).toMatchObject([200, { outcome: null, removedAt: null, removalReason: null }]);
  expect(casesIn(await agenda(COORDINATOR, first))).toContain(caseId);
  expect(await eventsOf(caseId, 'case.listing-reinstated')).toBe(1);

  const late = listingOf(await agenda(COORDINATOR, first), other);
  expect((await removed(COORDINATOR, first, late)).status).toBe(200);
  await checked(server, first.path, COORDINATOR, 'jag-chair');
  expect((await moved(COORDINATOR, first, 'agenda/circulation')).status).toBe(200);
  expect((await back(COORDINATOR, late)).body.code).toBe('agenda-locked');
  // an item with which the agenda was circulated comes back
  expect((await removed(COORDINATOR, first, listing)).status).toBe(200);
  expect((await back(COORDINATOR)).status).toBe(200);
  await moved(COORDINATOR, first, 'cancellation', { reason: 'Nobody can come on that day.' });
  expect((await back(COORDINATOR, late)).body.code).toBe('meeting-over');
});

test('an item moved to a meeting that is then cancelled can be put back on its first meeting', async () => {
  const first = await convened({ days: 50 });
  const other = await convened({ days: 80 });
  const made = (await listed(first, { caseId: await opened('housing-officer'), kind: 'new' })).body.id as string;
  expect((await removed(COORDINATOR, first, made, other.id)).status).toBe(200);
  const back = async (): Promise<Response> =>
    (await by(COORDINATOR)).post(`${first.path}/listings/${made}/reinstatement`).set('if-match', '*');
  expect((await back()).body.code).toBe('carried-over');
  expect((await moved(COORDINATOR, other, 'cancellation', { reason: 'The room is gone.' })).status).toBe(200);
  expect((await back()).status).toBe(200);
});

test('a recused person cannot read the item after it is moved to another meeting', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const caseId = await opened('housing-officer');
  const { body: item } = await (
    await by('jag-chair')
  )
    .post(`${first.path}/listings`, { caseId, kind: 'new' })
    .expect(201);
  await recused('police-sergeant', first, item.id as string);
  expect((await removed('police-inspector', first, item.id as string, second.id)).status).toBe(200);
  const carried = listingOf(await agenda('jag-chair', second), caseId);
  const sergeant = await by('police-sergeant');
  await sergeant.get(`${second.path}/listings/${carried}`).expect(404);
  expect(casesIn(await agenda('police-sergeant', second))).not.toContain(caseId);
  const { body: recusals } = await (await by('jag-chair')).get(`${second.path}/recusals?holding=true`).expect(200);
  const [one] = recusals.data as { id: string; declared: boolean }[];
  expect(recusals.data).toMatchObject([{ listingId: item.id, declared: false, endedAt: null }]);
  const ending = (await by('police-inspector')).post(`${first.path}/recusals/${one!.id}/ending`, {
    kind: 'ended',
    reason: 'Moved.',
  });
  await ending.set('if-match', '*').expect(403);
});

test('a recused person cannot read the item after it is put off and listed by hand at another meeting', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const caseId = await opened('housing-officer');
  const inspector = await by('police-inspector');
  const { body: item } = await inspector.post(`${first.path}/listings`, { caseId, kind: 'new' }).expect(201);
  await recused('police-sergeant', first, item.id as string);
  expect((await removed('police-inspector', first, item.id as string)).status).toBe(200);
  const { body: again } = await inspector.post(`${second.path}/listings`, { caseId, kind: 'new' }).expect(201);
  await (await by('police-sergeant')).get(`${second.path}/listings/${String(again.id)}`).expect(404);
});

test('a recused person cannot read the items of a case that is listed at two meetings', async () => {
  const [first, second, third] = [await convened(), await convened({ days: 61 }), await convened({ days: 62 })];
  const inspector = await by('police-inspector');
  const sergeant = await by('police-sergeant');
  const item = async (meeting: Convened, caseId: string): Promise<string> =>
    (await inspector.post(`${meeting.path}/listings`, { caseId, kind: 'new' }).expect(201)).body.id as string;
  const caseId = await opened('housing-officer');
  const before = await item(first, caseId);
  const meanwhile = await item(second, caseId);
  await recused('police-sergeant', first, before);
  await sergeant.get(`${second.path}/listings/${meanwhile}`).expect(404);
  const later = await item(third, caseId);
  expect((await removed('police-inspector', first, before)).status).toBe(200);
  await sergeant.get(`${third.path}/listings/${later}`).expect(404);
});

test('a recused person cannot read an item that is put back on the list, nor one of a meeting that has been held', async () => {
  const [first, second, held] = [await convened(), await convened({ days: 61 }), await convened({ days: 62 })];
  const inspector = await by('police-inspector');
  const sergeant = await by('police-sergeant');
  const caseId = await opened('housing-officer');
  const item = async (meeting: Convened): Promise<string> =>
    (await inspector.post(`${meeting.path}/listings`, { caseId, kind: 'new' }).expect(201)).body.id as string;
  const undecided = await item(held);
  await owner.query(`UPDATE meetings SET status = 'held', closed_at = now() WHERE id = $1`, [held.id]);
  const before = await item(first);
  expect((await removed('police-inspector', first, before, second.id)).status).toBe(200);
  const carried = listingOf(await agenda('jag-chair', second), caseId);
  await recused('police-sergeant', second, carried);
  expect((await removed('police-inspector', second, carried)).status).toBe(200);
  await inspector.post(`${first.path}/listings/${before}/reinstatement`).set('if-match', '*').expect(200);
  await sergeant.get(`${first.path}/listings/${before}`).expect(404);
  await sergeant.get(`${held.path}/listings/${undecided}`).expect(404);
});

test('a declared conflict holds for later items too, of its own registration alone', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const caseId = await opened('housing-officer');
  const chair = await by('jag-chair');
  const { body: item } = await chair.post(`${first.path}/listings`, { caseId, kind: 'new' }).expect(201);
  const sergeant = await by('police-sergeant');
  const declared = await sergeant.post(`${first.path}/recusals`, { listingId: item.id, reason: 'I know them.' });
  expect([declared.status, declared.body.declared]).toEqual([201, true]);
  // a namesake, who declared nothing
  const names = `UPDATE practitioners SET name = $2, name_key = $3, updated_at = now() WHERE subject = $1`;
  const { rows } = await owner.query<{ subject: string; name: string; key: string }>(
    `SELECT subject, name, name_key AS key FROM practitioners WHERE subject IN ('police-sergeant', 'police-inspector') ORDER BY subject`,
  );
  await owner.query(names, ['police-inspector', rows[1]!.name, rows[1]!.key]);
  expect((await removed('jag-chair', first, item.id as string, second.id)).status).toBe(200);
  const carried = listingOf(await agenda('jag-chair', second), caseId);
  await sergeant.get(`${second.path}/listings/${carried}`).expect(404);
  await (await by('police-inspector')).get(`${second.path}/listings/${carried}`).expect(200);
  const { body: own } = await sergeant.get(`${second.path}/recusals?holding=true`).expect(200);
  // neither the item of the second meeting nor the end of the recusal shows
  expect(own.data).toEqual([]);
  const { body: all } = await chair.get(`${second.path}/recusals?holding=true`).expect(200);
  expect(all.data).toMatchObject([{ listingId: item.id, declared: true, endedAt: null }]);
  await owner.query(names, ['police-inspector', rows[0]!.name, rows[0]!.key]);
  await owner.query(`DELETE FROM practitioner_names n USING practitioners p WHERE p.id = n.practitioner_id
    AND p.subject = 'police-inspector' AND n.name_key <> p.name_key`);
});

test('a recusal whose conflict is over ends for all items of the matter, but not for one that was decided meanwhile', async () => {
  const [first, second, third, fourth] = [
    await convened(),
    await convened({ days: 61 }),
    await convened({ days: 62 }),
    await convened({ days: 63 }),
  ];
  const caseId = await opened('housing-officer');
  const chair = await by('jag-chair');
  const sergeant = await by('police-sergeant');
  const item = async (meeting: Convened): Promise<string> =>
    (await chair.post(`${meeting.path}/listings`, { caseId, kind: 'new' }).expect(201)).body.id as string;
  const [heard, next] = [await item(first), await item(second)];
  await recused('police-sergeant', first, heard);
  await chair.post(`${first.path}/opening`).set('if-match', '*').expect(200);
  await chair.post(`${first.path}/listings/${heard}/start`).set('if-match', '*').expect(200);
  const note = { listingId: heard, kind: 'note', text: 'Noted.', rationale: 'Nothing new.', dissent: null };
  await chair.post(`${first.path}/decisions`, note).expect(201);
  await chair.post(`${first.path}/listings/${heard}/end`).set('if-match', '*').expect(200);
  const later = await item(third);
  const [made] = (await chair.get(`${third.path}/recusals?holding=true`).expect(200)).body.data as { id: string }[];
  const ending = chair.post(`${first.path}/recusals/${made!.id}/ending`, { kind: 'ended', reason: 'He moved.' });
  await ending.set('if-match', '*').expect(200);
  for (const [meeting, id, status] of [
    [first, heard, 404],
    [second, next, 200],
    [third, later, 200],
    [fourth, await item(fourth), 200],
  ] as const)
    expect((await sergeant.get(`${meeting.path}/listings/${id}`)).status).toBe(status);
  // a second conflict holds again, and one entered in error opens everything that it hid
  await recused('police-sergeant', third, later);
  await sergeant.get(`${second.path}/listings/${next}`).expect(404);
  const again = (await chair.get(`${second.path}/recusals?holding=true`).expect(200)).body.data as {
    id: string;
    endedAt: string;
  }[];
  const { id } = again.find(({ endedAt }) => endedAt === null)!;
  const error = { kind: 'entered_in_error', reason: 'A namesake.' };
  await chair.post(`${third.path}/recusals/${id}/ending`, error).set('if-match', '*').expect(200);
  for (const [meeting, one] of [
    [second, next],
    [third, later],
  ] as const)
    await sergeant.get(`${meeting.path}/listings/${one}`).expect(200);
});

test('a recusal from a case leaves a chair for the items of its repeats', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const caseId = await opened('housing-officer');
  const coordinator = await by(COORDINATOR);
  const item = async (meeting: Convened, id: string): Promise<string> =>
    (await coordinator.post(`${meeting.path}/listings`, { caseId: id, kind: 'new' }).expect(201)).body.id as string;
  const earlier = await item(first, caseId);
  const later = await item(second, await repeatOf(caseId));
  const recuses = async (meeting: Convened, listingId: string, who: string): Promise<Response> => {
    const recusal = { listingId, practitionerId: (await practitioner(owner, who)).id, reason: 'A relative of his.' };
    return coordinator.post(`${meeting.path}/recusals`, recusal);
  };
  expect((await recuses(second, later, 'police-inspector')).status).toBe(201);
  const last = await recuses(first, earlier, 'jag-chair');
  expect([last.status, last.body.code]).toEqual([422, 'no-chair-left']);
  await (await by('jag-chair')).get(`${second.path}/listings/${later}`).expect(200);
});

test('a coordinator recused by others reads the recusal neither before nor after its end', async () => {
  const meeting = await convened();
  const caseId = await opened('housing-officer');
  const inspector = await by('police-inspector');
  const { body: item } = await inspector.post(`${meeting.path}/listings`, { caseId, kind: 'new' }).expect(201);
  await recused(COORDINATOR, meeting, item.id as string);
  const chair = await by('jag-chair');
  const [made] = (await chair.get(`${meeting.path}/recusals`).expect(200)).body.data as { id: string }[];
  const path = `${meeting.path}/recusals/${made!.id}`;
  const coordinator = await by(COORDINATOR);
  const isHidden = async (): Promise<void> => {
    await coordinator.get(path).expect(404);
    expect((await coordinator.get(`${meeting.path}/recusals`).expect(200)).body.data).toEqual([]);
  };
  await isHidden();
  // a colleague of the coordinator cannot end it
  const end = { kind: 'entered_in_error', reason: 'A namesake.' };
  await chair.post(`${path}/ending`, end).set('if-match', '*').expect(403);
  await inspector.post(`${path}/ending`, end).set('if-match', '*').expect(200);
  await isHidden();
  await coordinator.get(`${meeting.path}/listings/${String(item.id)}`).expect(200);
  // and lists the case again
  const next = await convened({ days: 64 });
  await coordinator.post(`${next.path}/listings`, { caseId, kind: 'new' }).expect(201);
});

test('the end of a declared conflict does not show to the person who declared it', async () => {
  const meeting = await convened();
  const caseId = await opened('housing-officer');
  const chair = await by('jag-chair');
  const { body: item } = await chair.post(`${meeting.path}/listings`, { caseId, kind: 'new' }).expect(201);
  const sergeant = await by('police-sergeant');
  const made = await sergeant.post(`${meeting.path}/recusals`, { listingId: item.id, reason: 'I know them.' });
  const path = `${meeting.path}/recusals/${String(made.body.id)}`;
  const shown = async (): Promise<unknown> => {
    const { headers, body } = await sergeant.get(path).expect(200);
    return [headers['etag'], body];
  };
  await recused('police-sergeant', meeting, item.id as string);
  const before = await shown();
  await chair
    .post(`${path}/ending`, { kind: 'entered_in_error', reason: 'Not needed.' })
    .set('if-match', '*')
    .expect(200);
  expect(await shown()).toEqual(before);
  expect((await chair.get(path).expect(200)).body.endedAt).not.toBeNull();
  expect((await chair.post(`${path}/ending`, { kind: 'ended', reason: 'Again.' }).set('if-match', '*')).body.code).toBe(
    'ended',
  );
});

test('a recused person cannot read a later item after the first was heard, nor items of a repeat, nor list it', async () => {
  const [first, second, third] = [await convened(), await convened({ days: 61 }), await convened({ days: 62 })];
  const caseId = await opened('housing-officer');
  const inspector = await by('police-inspector');
  const coordinator = await by(COORDINATOR);
  const item = async (meeting: Convened, id: string): Promise<string> =>
    (await inspector.post(`${meeting.path}/listings`, { caseId: id, kind: 'new' }).expect(201)).body.id as string;
  const heard = await item(first, caseId);
  await recused(COORDINATOR, first, heard);
  const chair = await by('jag-chair');
  await chair.post(`${first.path}/opening`).set('if-match', '*').expect(200);
  await chair.post(`${first.path}/listings/${heard}/start`).set('if-match', '*').expect(200);
  const note = { listingId: heard, kind: 'note', text: 'Noted.', rationale: 'Nothing new.', dissent: null };
  await chair.post(`${first.path}/decisions`, note).expect(201);
  await chair.post(`${first.path}/listings/${heard}/end`).set('if-match', '*').expect(200);
  const later = await item(second, caseId);
  await coordinator.get(`${second.path}/listings/${later}`).expect(404);

  const repeat = await repeatOf(caseId);
  const listing = await coordinator.post(`${third.path}/listings`, { caseId: repeat, kind: 'repeat' });
  expect([listing.status, listing.body.code]).toEqual([403, 'not-permitted']);
  const again = await item(third, repeat);
  await coordinator.get(`${third.path}/listings/${again}`).expect(404);
  // one imposed later from the earlier case holds for the repeat too
  await recused('police-sergeant', second, later);
  await (await by('police-sergeant')).get(`${third.path}/listings/${again}`).expect(404);
});

test('a recusal that is imposed while the case is listed again holds for both items', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const caseId = await opened('housing-officer');
  const chair = await by('jag-chair');
  const inspector = await by('police-inspector');
  const { body: item } = await inspector.post(`${first.path}/listings`, { caseId, kind: 'new' }).expect(201);
  const { id: practitionerId } = await practitioner(owner, COORDINATOR);
  const [made, listed] = await Promise.all([
    chair.post(`${first.path}/recusals`, { listingId: item.id, practitionerId, reason: 'A relative of his.' }),
    inspector.post(`${second.path}/listings`, { caseId, kind: 'new' }),
  ]);
  expect([made.status, listed.status]).toEqual([201, 201]);
  await (await by(COORDINATOR)).get(`${second.path}/listings/${listed.body.id as string}`).expect(404);
});

test('a recused person cannot read a later item after the first was decided without being begun', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const caseId = await opened('housing-officer');
  const inspector = await by('police-inspector');
  const { body: item } = await inspector.post(`${first.path}/listings`, { caseId, kind: 'new' }).expect(201);
  await recused('police-sergeant', first, item.id as string);
  const decided = { listingId: item.id, kind: 'note', text: 'Noted.', rationale: 'Nothing new.', dissent: null };
  await openMeeting(server, first.path, COORDINATOR);
  await inspector.post(`${first.path}/decisions`, decided).expect(201);
  const { body: again } = await inspector.post(`${second.path}/listings`, { caseId, kind: 'new' }).expect(201);
  await (await by('police-sergeant')).get(`${second.path}/listings/${String(again.id)}`).expect(404);
});

test('a recused coordinator gets the same refusal whether or not another meeting hears the case', async () => {
  const meetings = [await convened(), await convened({ days: 61 }), await convened({ days: 62 })] as const;
  const [first, second, third] = meetings;
  const refusal = ({ status, body }: Response): object => ({ status, code: body.code, detail: body.detail });
  const item = async (meeting: Convened, caseId: string): Promise<string> => {
    const { body } = await (
      await by('jag-chair')
    )
      .post(`${meeting.path}/listings`, { caseId, kind: 'new' })
      .expect(201);
    return body.id as string;
  };
  const both = await opened('housing-officer');
  const seen = await item(first, both);
  await recused(COORDINATOR, second, await item(second, both));
  const [toSecond, toThird] = [
    refusal(await removed(COORDINATOR, first, seen, second.id)),
    refusal(await removed(COORDINATOR, first, seen, third.id)),
  ];
  expect(toSecond).toEqual(toThird);
  expect(toSecond).toMatchObject({ status: 404, code: 'not-found' });

  const answers: object[] = [];
  for (const isCarriedOver of [true, false]) {
    const caseId = await opened('housing-officer');
    const listing = await item(first, caseId);
    expect((await removed('jag-chair', first, listing, second.id)).status).toBe(200);
    const carried = listingOf(await agenda('jag-chair', second), caseId);
    await recused(COORDINATOR, second, carried);
    if (!isCarriedOver) expect((await removed('jag-chair', second, carried)).status).toBe(200);
    const back = (await by(COORDINATOR)).post(`${first.path}/listings/${listing}/reinstatement`);
    answers.push(refusal(await back.set('if-match', '*')));
  }
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toMatchObject({ status: 404, code: 'not-found' });
});

test('a coordinator gets the answer of an unlisted case when an ended recusal still hides its item', async () => {
  const [first, second] = [await convened(), await convened({ days: 61 })];
  const coordinator = await by(COORDINATOR);
  const inspector = await by('police-inspector');
  const item = async (meeting: Convened, caseId: string): Promise<string> =>
    (await inspector.post(`${meeting.path}/listings`, { caseId, kind: 'new' }).expect(201)).body.id as string;
  // decided during the recusal of the coordinator, whose conflict is over now
  const hidden = async (meeting: Convened, listingId: string): Promise<void> => {
    const { id: practitionerId } = await practitioner(owner, COORDINATOR);
    const recusal = { listingId, practitionerId, reason: 'A relative of his.' };
    const { body } = await inspector.post(`${meeting.path}/recusals`, recusal).expect(201);
    expect((await decided('police-inspector', meeting, listingId, 'note')).status).toBe(201);
    const ending = { kind: 'ended', reason: 'He moved.' };
    await inspector
      .post(`${meeting.path}/recusals/${body.id as string}/ending`, ending)
      .set('if-match', '*')
      .expect(200);
    await coordinator.get(`${meeting.path}/listings/${listingId}`).expect(404);
  };
  const cases = async (): Promise<[string, string]> => [
    await opened('housing-officer'),
    await opened('housing-officer'),
  ];
  const answers: unknown[] = [];

  const [listedCase, unlistedCase] = await cases();
  const heard = await item(second, listedCase);
  await hidden(second, heard);
  for (const caseId of [listedCase, unlistedCase])
    answers.push([caseId === listedCase, (await listed(second, { caseId, kind: 'urgent' })).status]);
  // an item that the reader may read continues to be refused
  expect((await listed(second, { caseId: listedCase, kind: 'urgent' })).body.code).toBe('listed-already');

  const [moving, control] = await cases();
  await hidden(second, await item(second, moving));
  for (const caseId of [moving, control]) {
    const from = await item(first, caseId);
    answers.push([caseId === moving, (await removed(COORDINATOR, first, from, second.id)).status]);
  }

  const [carried, taken] = await cases();
  for (const caseId of [carried, taken]) {
    const off = await item(first, caseId);
    const to = caseId === carried ? second.id : undefined;
    expect((await removed('police-inspector', first, off, to)).status).toBe(200);
    if (to) await hidden(second, listingOf(await agenda('police-inspector', second), carried));
    const back = await coordinator.post(`${first.path}/listings/${off}/reinstatement`).set('if-match', '*');
    answers.push([caseId === carried, back.status]);
  }

  expect(answers).toEqual(
    [201, 200, 200].flatMap((status) => [
      [true, status],
      [false, status],
    ]),
  );
  // people from whom the decided item is not hidden cannot list the case again beside it
  const third = await convened({ days: 62 });
  const visible = await item(third, await opened('housing-officer'));
  expect((await decided('police-inspector', third, visible, 'note')).status).toBe(201);
  const { body: known } = await inspector.get(`${third.path}/listings/${visible}`).expect(200);
  const again = await inspector.post(`${third.path}/listings`, { caseId: known.caseId, kind: 'new' });
  expect([again.status, again.body.code]).toEqual([409, 'listed-already']);
});

test('a coordinator sees no item change when an item hidden from them comes before it', async () => {
  const [hidden, ...seen] = [
    await opened('fire-officer', { band: 'high' }),
    await opened('housing-officer', { band: 'medium' }),
    await opened('housing-officer'),
  ];
  await excluded(COORDINATOR, hidden);
  const meeting = await convened();
  const coordinator = await by(COORDINATOR);
  for (const caseId of seen) expect((await listed(meeting, { caseId, kind: 'new' })).status).toBe(201);
  await drawn(meeting);
  const { body: check } = await coordinator.post(`${meeting.path}/circulation-checks`).expect(201);
  const shown = async (): Promise<unknown[]> => {
    const paths = itemsOf(await agenda(COORDINATOR, meeting)).map(({ listingId }) => `/listings/${listingId}`);
    const answers: unknown[] = [];
    for (const path of [...paths, '/listings', `/circulation-checks/${check.id as string}`]) {
      const { headers, text } = await coordinator.get(`${meeting.path}${path}`).expect(200);
      answers.push([path, headers['etag'], text]);
    }
    return answers;
  };
  const before = await shown();
  const added = await (await by('jag-chair')).post(`${meeting.path}/listings`, { caseId: hidden, kind: 'new' });
  expect(added.status).toBe(201);
  await (await by('jag-chair')).post(`${meeting.path}/agenda`).expect(201);
  expect(await shown()).toEqual(before);
  expect(casesIn(await agenda('jag-chair', meeting))).toEqual([hidden, ...seen]);
  // whoever does not see it draws up the rest, and it stays where it is
  await drawn(meeting);
  expect(await shown()).toEqual(before);
  expect(casesIn(await agenda('jag-chair', meeting))).toEqual([hidden, ...seen]);
  const { rows } = await owner.query<{ position: number }>(
    'SELECT position FROM listings WHERE meeting_id = $1 ORDER BY position',
    [meeting.id],
  );
  expect(rows.map(({ position }) => position)).toEqual([1, 2, 3]);
});

describe('an agenda that is out', () => {
  test('is locked: what is urgent or late comes to it by hand, and another circulation makes the next edition', async () => {
    const [known, urgent, late] = [
      await opened('housing-officer'),
      await opened('housing-officer'),
      await opened('fire-officer'),
    ];
    const meeting = await convened();
    await listed(meeting, { caseId: known, kind: 'new' });
    await (await by(COORDINATOR)).get(`${meeting.path}/agenda?edition=1`).expect(404);
    await (await by(COORDINATOR)).post(`${meeting.path}/agenda/circulation`).expect(428);
    expect((await moved('housing-officer', meeting, 'agenda/circulation')).status).toBe(403);
    const out = await circulated(meeting);
    expect(out.body).toMatchObject({ status: 'papers_out', agendaEdition: 1 });
    const refused = await (await by(COORDINATOR)).post(`${meeting.path}/agenda`);
    expect([refused.status, refused.body.code]).toEqual([409, 'agenda-locked']);
    expect((await listed(meeting, { caseId: late, kind: 'new' })).body.code).toBe('agenda-locked');
    expect((await listed(meeting, { caseId: late, kind: 'new', late: true })).body.code).toBe('late-with-reason');
    const item = listingOf(await agenda(COORDINATOR, meeting), known);
    const changed = await (await by(COORDINATOR)).patch(`${meeting.path}/listings/${item}`, { kind: 'closure' }, '*');
    expect(changed.body.code).toBe('agenda-locked');
    const lateReason = 'The threats began on Friday.';
    const added = await listed(meeting, { caseId: late, kind: 'new', late: true, lateReason });
    expect(added.body).toMatchObject({ reason: 'late', lateReason });
    expect((await listed(meeting, { caseId: urgent, kind: 'urgent' })).body).toMatchObject({ reason: 'urgent' });
    expect(casesIn(await agenda('police-sergeant', meeting))).toEqual([urgent, known, late]);
    expect(casesIn(await agenda('police-sergeant', meeting, 1))).toEqual([known]);

    const next = await circulated(meeting);
    expect(next.body).toMatchObject({ status: 'papers_out', agendaEdition: 2 });
    expect(casesIn(await agenda('police-sergeant', meeting, 1))).toEqual([known]);
    expect(casesIn(await agenda('police-sergeant', meeting, 2))).toEqual([urgent, known, late]);
    await (await by(COORDINATOR)).get(`${meeting.path}/agenda?edition=3`).expect(404);
    const elsewhere = await convened({ days: 61 });
    await drawn(elsewhere);
    expect((await removed(COORDINATOR, meeting, item, elsewhere.id)).status).toBe(200);
    expect(casesIn(await agenda('police-sergeant', meeting, 2))).toEqual([urgent, known, late]);

    const postponement = { scheduledAt: inDays(70), endsAt: inDays(70.1) };
    expect((await moved(COORDINATOR, meeting, 'postponement', postponement)).status).toBe(200);
    const { body } = await drawn(meeting);
    expectNoGap(body.sections, postponement.scheduledAt);
    expectNoGap(await agenda(COORDINATOR, meeting, 2), meeting.scheduledAt);
  });

  test('is read by each as they may read now, as it is and in its edition, with no gap in time', async () => {
    const cases = [
      await opened('housing-officer', { band: 'high' }),
      await opened('fire-officer', { band: 'medium' }),
      await opened('housing-officer', { band: 'standard' }),
      await opened('housing-officer'),
    ] as const;
    const [first, second, third, fourth] = cases;
    const meeting = await convened();
    await drawn(meeting);
    await excluded('housing-officer', second);
    await excluded(COORDINATOR, first);
    const listing = listingOf(await agenda('jag-chair', meeting), third);
    const invited = await practitioner(owner, 'social-worker');
    const invitation = { agencyId: invited.agencyId, practitionerId: invited.id, closesAt: inDays(70) };
    await (await by(COORDINATOR)).post(`${meeting.path}/listings/${listing}/invitations`, invitation).expect(201);
    await drawn(meeting);
    expect((await circulated(meeting)).status).toBe(200);
    const { body: told } = await (await by(COORDINATOR)).get(meeting.path).expect(200);
    expect(JSON.stringify(told)).not.toContain(first);
    for (const edition of [undefined, 1]) {
      for (const [who, theirs] of [
        ['jag-chair', cases],
        ['housing-officer', [first, third, fourth]],
        [COORDINATOR, [second, third, fourth]],
        ['social-worker', [third]],
        ['observer', []],
      ] as const) {
        const sections = await agenda(who, meeting, edition);
        expect([who, casesIn(sections)]).toEqual([who, theirs]);
        expectNoGap(sections, meeting.scheduledAt);
        const { text } = await (await by(who)).get(`${meeting.path}/agenda${edition ? '?edition=1' : ''}`);
        for (const other of cases.filter((one) => !(theirs as readonly string[]).includes(one)))
          expect(text).not.toContain(other);
        expect(text).not.toContain('position');
      }
    }
    await excluded('fire-officer', fourth);
    for (const edition of [undefined, 1])
      expect(casesIn(await agenda('fire-officer', meeting, edition))).toEqual([first, second, third]);

    const flexible = await by('social-worker');
    await flexible.get(`/v1/cases/${third}`).expect(200);
    expect((await removed('jag-chair', meeting, listing)).status).toBe(200);
    for (const path of [`/v1/cases/${third}`, meeting.path, `${meeting.path}/agenda?edition=1`])
      await flexible.get(path).expect((answer: Response) => {
        if (answer.status === 200 && answer.text.includes(third)) throw new Error(answer.text);
      });
    await flexible.get(`/v1/cases/${third}`).expect(404);
  });
});

describe('an emergency meeting', () => {
  test('hears what is urgent, of high risk or with the chair’s reason; the next ordinary one ratifies', async () => {
    const [urgent, plain] = [await opened('housing-officer', { urgent: true }), await opened('fire-officer')];
    const meeting = await convened({ days: 2, kind: 'emergency' });
    const { body } = await drawn(meeting);
    expect(reasonsIn(body.sections)).toEqual({ [urgent]: 'urgent' });
    expect(body.sections.map(({ code }: Section) => code)).not.toContain('themes');
    expect((await listed(meeting, { caseId: plain, kind: 'new' })).body.code).toBe('urgent-only');
    for (const what of ['agenda/circulation', 'opening'])
      expect((await moved(COORDINATOR, meeting, what)).body.code).toBe('emergency-reason-missing');
    const reason = { reason: 'The court sits on Monday.' };
    expect((await moved(COORDINATOR, meeting, 'justification', reason)).status).toBe(403);
    const justified = await moved('jag-chair', meeting, 'justification', reason);
    expect(justified.body).toMatchObject({ emergencyReason: reason.reason });
    expect((await circulated(meeting)).status).toBe(200);
    expect((await moved('jag-chair', await convened(), 'justification', reason)).body.code).toBe('no-emergency');

    const listing = listingOf(await agenda(COORDINATOR, meeting), urgent);
    expect((await decided('jag-chair', meeting, listing, 'continue')).status).toBe(201);
    expect((await moved('jag-chair', meeting, 'closure')).status).toBe(200);
    const ordinary = await convened();
    const next = await drawn(ordinary);
    expect(reasonsIn(next.body.sections)).toEqual({ [urgent]: 'ratification', [plain]: 'new_referral' });
    const ratified = listingOf(next.body.sections, urgent);
    expect((await decided('jag-chair', ordinary, ratified, 'note')).status).toBe(201);
    expect(reasonsIn((await drawn(await convened({ days: 70 }))).body.sections)).toEqual({ [urgent]: 'review_due' });
  });

  test('needs no reason where a case of high risk is on its list', async () => {
    await opened('housing-officer', { urgent: true, band: 'high' });
    const meeting = await convened({ days: 2, kind: 'emergency' });
    await drawn(meeting);
    expect((await circulated(meeting)).body).toMatchObject({ status: 'papers_out' });
    expect((await moved('jag-chair', meeting, 'opening')).body).toMatchObject({ status: 'in_session' });
  });
});
