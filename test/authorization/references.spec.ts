/**
 * References tell nothing of records that somebody may not read: their numbers are drawn at random, each in the series of its
 * panel. And whoever names an agency names one that acts in the partnership: an agency elsewhere is answered like one that does
 * not exist.
 *
 * Seen to fail: numbers that count up; one series for the referrals of every panel; a number that is drawn although it is used;
 * five digits when a fifth of them is used; an agency of another borough as lead of a case, as presenter of an item that is
 * listed or changed, and as the origin of a point in the minutes.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, openMeeting } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const MISSING = '01990000-0000-7000-8000-000000000000';
const YEAR = new Date().getFullYear();

let server: TestServer;
let owner: pg.Client;
let partnershipId: string;
let placeId: string;
const panels = new Map<string, string>();
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    'SELECT id, code, partnership_id AS partnership FROM panels',
  );
  for (const { id, code } of rows) panels.set(code, id);
  partnershipId = rows.find(({ code }) => code === 'ask-jag')!.partnership;
  const place = { partnershipId, kind: 'estate', name: 'Lantern Court, bin store' };
  placeId = (await (await by('housing-officer')).post('/v1/places', place).expect(201)).body.id;
});

async function referred(panel = 'ask-jag'): Promise<{ id: string; reference: string }> {
  const { body } = await (
    await by('housing-officer')
  )
    .post('/v1/referrals', {
      panelId: panels.get(panel),
      subjectKind: 'place',
      placeId,
      category: 'asb_incident',
      problem: 'Fires in the bin store, three in two weeks, reported by four households.',
      whyMultiAgency: 'Cleaning alone has not helped; fire service and police are needed.',
      criteria: ['repeat_location'],
      legalGateway: 'CDA_S115',
      submit: true,
    })
    .expect(201);
  return body as { id: string; reference: string };
}

const numberOf = (reference: string): number => Number(reference.split('-').at(-1));

describe('a reference', () => {
  test('a referrer gets numbers that do not count up, in the series of the panel', async () => {
    const references: string[] = [];
    for (let n = 0; n < 6; n += 1) references.push((await referred()).reference);
    for (const reference of references) expect(reference).toMatch(new RegExp(`^REF-JAG-${String(YEAR)}-[1-9]\\d{4}$`));
    expect(new Set(references).size).toBe(6);
    const steps = references.slice(1).map((one, n) => Math.abs(numberOf(one) - numberOf(references[n]!)));
    expect(steps.filter((step) => step < 10).length).toBeLessThan(3);
    expect(Math.max(...steps)).toBeGreaterThan(1000);
  });

  test('an accepted referral becomes a case with a random number of the panel', async () => {
    const { id, reference } = await referred();
    const accepted = await (
      await by('jag-coordinator')
    )
      .post(`/v1/referrals/${id}/acceptance`, {})
      .set('if-match', '*')
      .expect(200);
    const { body } = await (await by('jag-coordinator')).get(`/v1/cases/${String(accepted.body.caseId)}`).expect(200);
    expect(body.reference).toMatch(new RegExp(`^JAG-${String(YEAR)}-[1-9]\\d{4}$`));
    const { rows } = await owner.query<{ series: string }>(
      `SELECT series FROM reference_numbers WHERE year = $1 AND (series, number) IN (('REF-JAG', $2), ('JAG', $3)) ORDER BY 1`,
      [YEAR, numberOf(reference), numberOf(body.reference)],
    );
    expect(rows.map(({ series }) => series)).toEqual(['JAG', 'REF-JAG']);
  });

  test('the numbers of all cases and referrals count as used', async () => {
    const { rows } = await owner.query<{ reference: string }>(
      `SELECT reference FROM (SELECT reference FROM cases UNION SELECT reference FROM referrals) r WHERE reference IS NOT NULL
         AND NOT EXISTS (SELECT FROM reference_numbers n WHERE reference = format('%s-%s-%s', n.series, n.year, n.number))`,
    );
    expect(rows).toEqual([]);
  });

  test('a number that is used is not drawn again, and six digits follow when a fifth is used', async () => {
    const fill = (from: number, to: number): Promise<unknown> =>
      owner.query(
        `INSERT INTO reference_numbers (series, year, number) SELECT 'REF-JAG', $1, n FROM generate_series($2::int, $3::int) n
         ON CONFLICT DO NOTHING`,
        [YEAR, from, to],
      );
    // of 90,000 numbers 17,000 are used: among 40 draws some hit a used one
    await fill(10_000, 26_999);
    const drawn = await Promise.all(Array.from({ length: 40 }, () => referred()));
    const numbers = drawn.map(({ reference }) => numberOf(reference));
    expect(new Set(numbers).size).toBe(40);
    for (const number of numbers) expect(number).toBeGreaterThanOrEqual(27_000);
    await fill(27_000, 28_100);
    expect((await referred()).reference).toMatch(new RegExp(`^REF-JAG-${String(YEAR)}-[1-9]\\d{5}$`));
  });

  test('of a referral and a case can be given when access is asked for', async () => {
    const caller = await by('outsider');
    for (const caseReference of [`JAG-${String(YEAR)}-48213`, `JAG-${String(YEAR)}-482131`])
      await caller
        .post('/v1/access-requests', {
          caseReference,
          reason: 'We support a neighbour in this matter.',
          purpose: 'VICTIM_SUPPORT',
        })
        .expect(201);
  });
});

describe('an agency that is named', () => {
  let elsewhere: string;
  let here: string;
  let caseId: string;
  const answer = ({ status, body }: Response): unknown => ({ ...body, correlationId: null, status });

  beforeAll(async () => {
    const { rows } = await owner.query<{ id: string; code: string }>(
      `SELECT id, code FROM agencies WHERE code IN ('pellworth-housing', 'fire')`,
    );
    elsewhere = rows.find(({ code }) => code === 'pellworth-housing')!.id;
    here = rows.find(({ code }) => code === 'fire')!.id;
    const unlisted = await owner.query<{ id: string }>(
      `SELECT id FROM cases WHERE panel_id = $1 AND stage = 'open' AND id NOT IN (SELECT case_id FROM listings) LIMIT 1`,
      [panels.get('ask-jag')],
    );
    caseId = unlisted.rows[0]?.id ?? (await casesOf(owner, 'ask-jag'))[0]!.id;
  });

  /** What is answered to an agency that does not exist, one elsewhere, and one that acts in the partnership. */
  async function tried(ask: (agencyId: string) => Promise<Response>): Promise<void> {
    const missing = answer(await ask(MISSING));
    expect(missing).toMatchObject({ status: 422, code: 'unknown-agency' });
    expect(answer(await ask(elsewhere))).toEqual(missing);
    const { status, text } = await ask(here);
    expect([status, text]).toEqual([expect.any(Number), expect.any(String)]);
    expect([200, 201]).toContain(status);
  }

  test('a coordinator cannot make an agency of another borough the lead of a case', async () => {
    const caller = await by('jag-coordinator');
    await tried(async (leadAgencyId) => caller.patch(`/v1/cases/${caseId}`, { leadAgencyId }, '*'));
  });

  test('a coordinator cannot accept a referral for an agency of another borough', async () => {
    const caller = await by('jag-coordinator');
    const { id } = await referred();
    await tried(async (leadAgencyId) =>
      caller.post(`/v1/referrals/${id}/acceptance`, { leadAgencyId }).set('if-match', '*'),
    );
  });

  test('a coordinator cannot list or change an item that an agency of another borough presents', async () => {
    const caller = await by('jag-coordinator');
    const scheduledAt = new Date(Date.now() + 20 * 86_400_000).toISOString();
    const meeting = { panelId: panels.get('ask-jag'), scheduledAt, endsAt: null, venueOrMode: 'Room 1', chairId: null };
    const { body } = await caller.post('/v1/meetings', meeting).expect(201);
    const path = `/v1/meetings/${body.id as string}/listings`;
    await tried(async (presentedByAgencyId) => caller.post(path, { caseId, kind: 'new', presentedByAgencyId }));
    const { body: list } = await caller.get(path).expect(200);
    await tried(async (presentedByAgencyId) =>
      caller.patch(`${path}/${String(list.data[0].id)}`, { presentedByAgencyId }, '*'),
    );
  });

  test('a coordinator cannot add a resource of an agency of another borough', async () => {
    const caller = await by('jag-coordinator');
    const panelId = panels.get('ask-tasking');
    const resource = { panelId, type: 'ward_officers', name: 'Evening patrol', quantity: 4, unit: 'officers' };
    await tried(async (agencyId) => caller.post('/v1/resources', { ...resource, agencyId }));
  });

  test('a chair of an agency of two boroughs cannot minute what an agency of the other borough told', async () => {
    const { rows } = await owner.query<{ listing: string; meeting: string }>(
      `SELECT id AS listing, meeting_id AS meeting FROM listings WHERE panel_id = $1 AND removed_at IS NULL
         AND id NOT IN (SELECT listing_id FROM minutes) LIMIT 1`,
      [panels.get('ask-marac')],
    );
    const caller = await by('marac-chair');
    await openMeeting(server, `/v1/meetings/${rows[0]!.meeting}`, 'marac-chair');
    const write = async (agencyId: string): Promise<Response> =>
      caller.post(`/v1/meetings/${rows[0]!.meeting}/minutes`, {
        listingId: rows[0]!.listing,
        text: 'Heard.',
        points: [{ text: 'A visit was made.', category: 'housing', agencyId }],
      });
    await caller.get(`/v1/agencies/${elsewhere}`).expect(200);
    const missing = answer(await write(MISSING));
    expect(missing).toMatchObject({ status: 422, code: 'sharing-agency-missing' });
    expect(answer(await write(elsewhere))).toEqual(missing);
    const { status, text } = await write(here);
    expect([status, text]).toEqual([201, expect.any(String)]);
  });
});
