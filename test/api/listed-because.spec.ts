/**
 * An item that is listed because of an earlier item of its case: to those from whom the earlier item is hidden it is shown as an
 * item of a case that was never heard.
 *
 * Seen to fail: an order, or a proposal of what could be moved, by the kept ones; kind and reason as they are kept, also where the reason is an overdue action that is hidden from the reader.
 */
import type pg from 'pg';
import { asOwner, casesOf, conflictsAreOver, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let coordinator: Caller;
const by = (who: string): Promise<Caller> => as(server, who);
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  coordinator = await by('jag-coordinator');
});

async function convened(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const meeting = { panelId: rows[0]!.id, scheduledAt: inDays(3), venueOrMode: 'Room 2' };
  return `/v1/meetings/${String((await coordinator.post('/v1/meetings', meeting).expect(201)).body.id)}`;
}

/** An item that was put off from one meeting to the next; a member is recused from the first, a guest is invited to the second. */
async function carriedOver(n: number): Promise<{ from: string; to: string; meeting: string }> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM unnest($1::uuid[]) c (id) WHERE NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id)
       AND NOT EXISTS (SELECT FROM exclusions e JOIN case_people cp USING (person_id) WHERE cp.case_id = c.id)
     ORDER BY (SELECT count(*) FROM listings l WHERE l.case_id = c.id), c.id`,
    [(await casesOf(owner, 'ask-jag')).map(({ id }) => id)],
  );
  const [first, meeting] = [await convened(), await convened()];
  const item = { caseId: rows[n]!.id, kind: 'review', timeboxMinutes: 10 };
  const { id: from } = (await coordinator.post(`${first}/listings`, item).expect(201)).body as { id: string };
  const { headers } = await coordinator.get(`${first}/listings/${from}`).expect(200);
  const removal = { reason: 'Nobody could come.', toMeetingId: meeting.split('/').at(-1) };
  await coordinator
    .post(`${first}/listings/${from}/removal`, removal)
    .set('if-match', headers['etag'] as string)
    .expect(200);
  const { body } = await coordinator.get(`${meeting}/listings`).expect(200);
  const { id: to } = body.data.find(({ caseId }: { caseId: string }) => caseId === item.caseId) as { id: string };
  const guest = await practitioner(owner, 'agency-administrator');
  const invitation = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(4) };
  await coordinator.post(`${meeting}/listings/${to}/invitations`, invitation).expect(201);
  const recusal = { listingId: from, practitionerId: (await practitioner(owner, 'fire-officer')).id };
  await coordinator.post(`${first}/recusals`, { ...recusal, reason: 'A relative of his.' }).expect(201);
  await conflictsAreOver(owner, from);
  return { from, to, meeting };
}

async function expectShown(given: { to: string; meeting: string }, reason: string): Promise<void> {
  for (const [who, shown] of [
    ['police-sergeant', ['review', reason]],
    ['fire-officer', ['new', 'new_referral']],
    ['agency-administrator', ['new', 'new_referral']],
  ] as const) {
    const reader = await by(who);
    const { body } = await reader.get(`${given.meeting}/listings/${given.to}`).expect(200);
    expect([who, body.kind, body.reason]).toEqual([who, ...shown]);
    const listings = (await reader.get(`${given.meeting}/listings`).expect(200)).body.data as { kind: string }[];
    expect([who, listings.map(({ kind }) => kind)]).toEqual([who, [shown[0]]]);
    const agenda = await reader.get(`${given.meeting}/agenda`);
    expect(JSON.stringify(agenda.body).includes(reason)).toBe(who === 'police-sergeant');
  }
}

afterEach(() => owner.query('DELETE FROM recusals'));

test('an item carried over is shown as a new one to readers from whom the earlier item is hidden', async () => {
  const given = await carriedOver(0);
  await expectShown(given, 'carried_over');
  const { body } = await (await by('fire-officer')).get(`${given.meeting}/listings/${given.to}`).expect(200);
  expect(body.carriedFromId).toBeNull();
});

test('an item listed for an overdue action is shown as a review to readers from whom the action is hidden', async () => {
  const given = await carriedOver(2);
  const { agencyId: ownerAgencyId } = await practitioner(owner, 'housing-officer');
  const first = await owner.query<{ path: string }>(
    `SELECT '/v1/meetings/' || meeting_id || '/listings/' || id AS path FROM listings WHERE id = $1`,
    [given.from],
  );
  const path = first.rows[0]!.path;
  const offered = { ownerAgencyId, description: 'Visit the brother at number nine.', dueOn: inDays(2).slice(0, 10) };
  // taken off one meeting and heard at another: only the reason of the later item is under test
  await owner.query(`UPDATE listings SET removed_at = NULL, removal_reason = NULL, outcome = NULL WHERE id = $1`, [
    given.from,
  ]);
  await openMeeting(server, path.split('/listings/')[0]!, coordinator.who);
  await coordinator.post(`${path}/actions`, offered).expect(201);
  await owner.query(`DELETE FROM invitations WHERE listing_id = $1`, [given.to]);
  await owner.query(`DELETE FROM events WHERE subject_id = $1`, [given.to]);
  const { rows } = await owner.query<{ id: string }>(`DELETE FROM listings WHERE id = $1 RETURNING case_id AS id`, [
    given.to,
  ]);
  await owner.query(
    `UPDATE actions SET status = 'superseded', outcome_text = 'Replaced.', ended_on = current_date
    WHERE case_id = $1 AND listing_id IS DISTINCT FROM $2 AND ended_on IS NULL`,
    [rows[0]!.id, given.from],
  );
  await owner.query(`UPDATE listings SET outcome = 'note' WHERE case_id = $1 AND removed_at IS NULL`, [rows[0]!.id]);
  await owner.query(`UPDATE plans SET review_on = current_date + 365 WHERE case_id = $1`, [rows[0]!.id]);
  await owner.query(`UPDATE cases SET next_review_on = NULL WHERE id = $1`, [rows[0]!.id]);
  await coordinator.post(`${given.meeting}/agenda`).expect(201);
  for (const [who, shown] of [
    ['police-sergeant', 'overdue_actions'],
    ['fire-officer', 'review_due'],
  ] as const) {
    const reader = await by(who);
    const { body } = await reader.get(`${given.meeting}/listings?limit=100`).expect(200);
    const item = body.data.find(({ caseId }: { caseId: string }) => caseId === rows[0]!.id) as Record<string, string>;
    expect([who, item['kind'], item['reason']]).toEqual([who, 'review', shown]);
    const agenda = await reader.get(`${given.meeting}/agenda`).expect(200);
    const sections = agenda.body.sections as { items: { caseId: string; reason: string }[] }[];
    const [listed] = sections.flatMap(({ items }) => items).filter(({ caseId }) => caseId === rows[0]!.id);
    expect([who, listed?.reason]).toEqual([who, shown]);
    const timeline = await reader.get(`/v1/cases/${rows[0]!.id}/timeline?limit=100`).expect(200);
    const told = timeline.body.data.find((one: { subjectId: string }) => one.subjectId === item['id']);
    expect([who, told?.data.reason]).toEqual([who, shown]);
  }
});

test('an item to ratify is shown as a new one to readers from whom the emergency item is hidden', async () => {
  const given = await carriedOver(1);
  await owner.query(
    `UPDATE meetings SET kind = 'emergency' WHERE id = (SELECT meeting_id FROM listings WHERE id = $1)`,
    [given.from],
  );
  await owner.query(`UPDATE listings SET reason = 'ratification', carried_from_id = NULL WHERE id = $1`, [given.to]);
  await expectShown(given, 'ratification');
});

test('lists, packs and proposals go by what the item is shown as', async () => {
  const given = await carriedOver(3);
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM unnest($1::uuid[]) c (id) WHERE NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id)
       AND c.id <> (SELECT case_id FROM listings WHERE id = $2) AND NOT EXISTS (SELECT FROM exclusions e JOIN case_people cp USING (person_id) WHERE cp.case_id = c.id)
     ORDER BY (SELECT count(*) FROM listings l WHERE l.case_id = c.id), c.id`,
    [(await casesOf(owner, 'ask-jag')).map(({ id }) => id), given.to],
  );
  const caseId = rows[0]!.id;
  const other = { caseId, kind: 'new', timeboxMinutes: 10 };
  const { id: later } = (await coordinator.post(`${given.meeting}/listings`, other).expect(201)).body as { id: string };
  await owner.query('UPDATE listings SET position = CASE WHEN id = $1 THEN 1 ELSE 2 END WHERE id = ANY ($2)', [
    given.to,
    [given.to, later],
  ]);
  for (const [who, order] of [
    ['police-sergeant', [later, given.to]],
    ['fire-officer', [given.to, later]],
  ] as const) {
    const reader = await by(who);
    const ids = async (part: string): Promise<string[]> =>
      (await reader.get(`${given.meeting}/${part}`).expect(200)).body.data.map(({ id }: { id: string }) => id);
    expect([who, await ids('listings')]).toEqual([who, order]);
    expect([who, await ids('running-order')]).toEqual([who, order]);
    const { body } = await reader.get(`${given.meeting}/pack`).expect(200);
    const inPack = body.items.map(({ listing }: { listing: { id: string } }) => listing.id);
    expect([who, inPack]).toEqual([who, order]);
  }

  await owner.query(`UPDATE meetings SET kind = 'ordinary', emergency_reason = NULL WHERE kind = 'emergency'`);
  // an item to ratify is never proposed; to a coordinator from whom the emergency item is hidden it is a new one
  await owner.query(
    `UPDATE meetings SET kind = 'emergency' WHERE id = (SELECT meeting_id FROM listings WHERE id = $1)`,
    [given.from],
  );
  await owner.query(`UPDATE listings SET reason = 'ratification', carried_from_id = NULL WHERE id = $1`, [given.to]);
  const id = given.meeting.split('/').at(-1);
  await owner.query(`UPDATE meetings SET ends_at = scheduled_at + interval '1 second' WHERE id = $1`, [id]);
  const proposed = async (who: string): Promise<string[]> =>
    (await (await by(who)).post(`${given.meeting}/agenda`).expect(201)).body.overflow.proposal;
  expect(await proposed('jag-coordinator')).not.toContain(given.to);
  const { rows: from } = await owner.query<{ meeting: string }>(
    'SELECT meeting_id AS meeting FROM listings WHERE id = $1',
    [given.from],
  );
  const recusal = { listingId: given.from, practitionerId: (await practitioner(owner, 'jag-coordinator')).id };
  const chair = await by('jag-chair');
  await chair.post(`/v1/meetings/${from[0]!.meeting}/recusals`, { ...recusal, reason: 'A relative.' }).expect(201);
  await conflictsAreOver(owner, given.from);
  expect(await proposed('jag-coordinator')).toContain(given.to);
});
