/**
 * Accounts of guests: what a guest, or an agency asked for research, received and did through items that are hidden from a recused
 * coordinator is hidden with these items, and accounted for to everybody else.
 *
 * Seen to fail: disclosures to the agency of a guest, and to an agency asked for research, told to the coordinator who is recused from
 * the item; a disclosure hidden that the guest received through a second,
 * visible item, or that somebody else of the agency received in another way on the same day.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, conflictsAreOver, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let jag: string;
let free: string[];
const by = (who: string): Promise<Caller> => as(server, who);
const RECUSED = 'jag-coordinator';
const OTHER = 'police-inspector';
const GUEST = 'youth-justice-worker';

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000' } });
  owner = await asOwner(server);
  jag = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  await owner.query('DELETE FROM exclusions');
  await owner.query('DELETE FROM invitations');
  await owner.query(
    'DELETE FROM disclosures WHERE NOT EXISTS (SELECT FROM disclosure_revisions r WHERE r.disclosure_id = disclosures.id)',
  );
  const named = await owner.query<{ id: string }>('SELECT DISTINCT case_id AS id FROM case_people');
  const ids = new Set(named.rows.map(({ id }) => id));
  free = (await casesOf(owner, 'ask-jag')).map(({ id }) => id).filter((id) => ids.has(id));
});

interface Given {
  caseId: string;
  path: string;
  listingId: string;
}

async function listed(caseId: string): Promise<Given> {
  const officer = await by(OTHER);
  const scheduledAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const made = await officer.post('/v1/meetings', { panelId: jag, scheduledAt, venueOrMode: 'Room 2' }).expect(201);
  const path = `/v1/meetings/${String(made.body.id)}`;
  const { body } = await officer.post(`${path}/listings`, { caseId, kind: 'review' }).expect(201);
  return { caseId, path, listingId: body.id };
}

/** An item from which the coordinator is recused by others. */
async function hidden(): Promise<Given> {
  const given = await listed(free.shift()!);
  const { id: practitionerId } = await practitioner(owner, RECUSED);
  const recusal = { listingId: given.listingId, practitionerId, reason: 'Related to the family.' };
  await (await by(OTHER)).post(`${given.path}/recusals`, recusal).expect(201);
  await (await by(RECUSED)).get(`${given.path}/listings/${given.listingId}`).expect(404);
  return given;
}

async function invite(who: string, { path, listingId }: Given): Promise<void> {
  const { id: practitionerId, agencyId } = await practitioner(owner, who);
  const closesAt = new Date(Date.now() + 35 * 86_400_000).toISOString();
  await (
    await by(OTHER)
  )
    .post(`${path}/listings/${listingId}/invitations`, { agencyId, practitionerId, closesAt })
    .expect(201);
}

async function reads(who: string, { caseId }: Given): Promise<void> {
  for (const part of ['', '/people', '/contributions?limit=100', '/plans'])
    await (await by(who)).get(`/v1/cases/${caseId}${part}`).expect(200);
}

async function received(who: string, agency: string, { caseId }: Given): Promise<Row[]> {
  const { agencyId } = await practitioner(owner, agency);
  const { body } = await (
    await by(who)
  )
    .get(`/v1/disclosures?limit=100&caseId=${caseId}&recipientAgencyId=${agencyId}`)
    .expect(200);
  return body.data;
}

describe('a guest of a hidden item', () => {
  test('a recused coordinator reads no disclosure to the guest, others do', async () => {
    const given = await hidden();
    await (await by(GUEST)).get(`/v1/cases/${given.caseId}`).expect(404);
    await invite(GUEST, given);
    await reads(GUEST, given);
    expect(await received(RECUSED, GUEST, given)).toEqual([]);
    for (const who of [OTHER, 'dpo']) expect((await received(who, GUEST, given)).length).toBeGreaterThan(1);
  });

  test('a recused coordinator reads disclosures to a guest of a second item', async () => {
    const given = await hidden();
    await invite(GUEST, given);
    const second = await listed(given.caseId);
    // as if a chair ended it for the second item
    await conflictsAreOver(owner, given.listingId);
    await invite(GUEST, second);
    await reads(GUEST, given);
    expect((await received(RECUSED, GUEST, given)).length).toBeGreaterThan(1);
  });

  test('a recused coordinator reads what the guest received later in another way', async () => {
    const given = await hidden();
    await invite(GUEST, given);
    await reads(GUEST, given);
    const { id } = await practitioner(owner, GUEST);
    await owner.query(
      `INSERT INTO access_grants (id, version, partnership_id, practitioner_id, case_id, granted_at, expires_at)
       SELECT gen_random_uuid(), 1, c.partnership_id, $1, c.id, now() - interval '1 minute', now() + interval '1 day' FROM cases c WHERE c.id = $2`,
      [id, given.caseId],
    );
    await reads(GUEST, given);
    expect((await received(RECUSED, GUEST, given)).length).toBeGreaterThan(1);
  });

  test('a recused coordinator does not read that the guest took note of conditions', async () => {
    const given = await hidden();
    await invite(GUEST, given);
    const contribution = await (
      await by('fire-officer')
    )
      .post(`/v1/cases/${given.caseId}/contributions`, {
        ...{
          category: 'asb_incident',
          kind: 'fact',
          text: 'Fires in the bin store, three in two weeks.',
          summary: 'Fires',
        },
        ...{ handling: 'C', conditions: 'Ask us before you act on it.' },
      })
      .expect(201);
    const path = `/v1/contributions/${String(contribution.body.id)}`;
    const { headers } = await (await by(GUEST)).get(path).expect(200);
    const noted: Response = await (
      await by(GUEST)
    )
      .post(`${path}/acknowledgement`)
      .set('if-match', headers['etag'] as string);
    expect([noted.status, noted.text]).toEqual([200, expect.any(String)]);
    const events = async (who: string): Promise<Row[]> => {
      const { body } = await (await by(who)).get(`/v1/cases/${given.caseId}/timeline?limit=100`).expect(200);
      return body.data.filter(({ type }: Row) => type === 'contribution.conditions-acknowledged');
    };
    // on no timeline: see `unnamed-events.spec.ts`
    for (const who of [OTHER, RECUSED]) expect(await events(who)).toEqual([]);
    expect(await received(RECUSED, GUEST, given)).toEqual([]);
  });
});

test('a recused coordinator reads no disclosure to an agency that was asked for research', async () => {
  const given = await hidden();
  const officer = 'education-officer';
  const { agencyId } = await practitioner(owner, officer);
  await (
    await by(OTHER)
  )
    .post(`${given.path}/research-requests`, { listingId: given.listingId, agencyIds: [agencyId] })
    .expect(200);
  const { body } = await (await by(officer)).get('/v1/research-requests?limit=100').expect(200);
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM research_requests WHERE listing_id = $1', [
    given.listingId,
  ]);
  expect(body.data.map(({ id }: Row) => id)).toContain(rows[0]!.id);
  const people = await (await by(officer)).get(`/v1/research-requests/${rows[0]!.id}/people`).expect(200);
  expect(people.body.data.length).toBeGreaterThan(0);
  expect(await received(RECUSED, officer, given)).toEqual([]);
  for (const who of [OTHER, 'dpo']) expect((await received(who, officer, given)).length).toBeGreaterThan(0);
});
