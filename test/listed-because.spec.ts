/**
 * An item that is listed because of an earlier item of its case: to those from whom the earlier item is hidden it is shown as an
 * item of a case that was never heard.
 *
 * Seen to fail: kind and reason as they are kept.
 */
import type pg from 'pg';
import { asOwner, casesOf, practitioner } from './given-panel-work.ts';
import { as, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

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

test('an item carried over is shown as a new one to readers from whom the earlier item is hidden', async () => {
  const given = await carriedOver(0);
  await expectShown(given, 'carried_over');
  const { body } = await (await by('fire-officer')).get(`${given.meeting}/listings/${given.to}`).expect(200);
  expect(body.carriedFromId).toBeNull();
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
