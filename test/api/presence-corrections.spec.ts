/**
 * A presence at an item that was recorded wrongly is corrected by a further record, and what the agency is recorded to have
 * received by word of mouth is marked as recorded in error. Nothing is deleted, nobody is told of what they never received,
 * and nobody reads more or less of the case. Source: docs/decisions/0064.
 *
 * Seen to fail: an error listed as to be told; a disclosure marked although a colleague heard the item; a mark that stays after the
 * correction was corrected; the person recorded again at the end of the item; a colleague who arrives after the correction left out
 * of the disclosures; a chair who corrects their own presence; a conflict told by a mark, for somebody kept from the item.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const CHAIR = 'jag-chair';
const COORDINATOR = 'jag-coordinator';
const ABSENT = 'fire-officer';
const PRESENT = 'substance-worker';

type Row = Record<string, unknown>;

let server: TestServer;
let owner: pg.Client;
let jag: string;
let caseId: string;
let absent: { id: string; agencyId: string };
let present: { id: string; agencyId: string };
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000' } });
  owner = await asOwner(server);
  jag = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  await owner.query('DELETE FROM exclusions');
  const { rows } = await owner.query<{ id: string }>('SELECT DISTINCT case_id AS id FROM case_people');
  const named = rows.map(({ id }) => id);
  caseId = (await casesOf(owner, 'ask-jag')).find(({ id }) => named.includes(id))!.id;
  [absent, present] = [await practitioner(owner, ABSENT), await practitioner(owner, PRESENT)];
}, 60_000);

afterEach(async () => {
  await owner.query('DELETE FROM exclusions');
  await owner.query('DELETE FROM recusals');
});

interface Given {
  path: string;
  item: string;
  listingId: string;
}

async function arrives(practitionerId: string, { path }: Pick<Given, 'path'>): Promise<string> {
  const there = { practitionerId, status: 'present', confidentialityAccepted: true };
  const { body } = await (await by(CHAIR)).post(`${path}/attendances`, there).expect(201);
  return `${path}/attendances/${body.id as string}`;
}

const given = async (path: string, noun: string, body?: object): Promise<Response> =>
  (await by(CHAIR)).post(`${path}/${noun}`, body).set('if-match', '*').expect(200);

/** An item that housing presents, being heard by these people. */
async function heardBy(ids: string[]): Promise<Given> {
  const chair = await by(CHAIR);
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const made = await chair.post('/v1/meetings', { panelId: jag, scheduledAt, venueOrMode: 'Room 2' }).expect(201);
  const path = `/v1/meetings/${made.body.id as string}`;
  const { body } = await chair.post(`${path}/listings`, { caseId, kind: 'review' }).expect(201);
  const listingId = body.id as string;
  const { agencyId } = await practitioner(owner, 'housing-officer');
  await owner.query('UPDATE listings SET presented_by_agency_id = $2 WHERE id = $1', [listingId, agencyId]);
  await given(path, 'opening');
  for (const id of ids) await arrives(id, { path });
  const item = `${path}/listings/${listingId}`;
  await given(item, 'start');
  return { path, item, listingId };
}

const presences = async (who: string, { item }: Given): Promise<Row[]> =>
  (await (await by(who)).get(`${item}/presences?limit=100`).expect(200)).body.data;

/** The current presence of somebody, as the chair reads it. */
async function presenceOf(id: string, heard: Given): Promise<string> {
  const all = await presences(CHAIR, heard);
  const current = all.find((one) => one['practitionerId'] === id && one['correctedAt'] === null);
  return `${heard.item}/presences/${current!['id'] as string}`;
}

const correct = async (path: string, wasPresent: boolean, who = COORDINATOR): Promise<Response> =>
  (await by(who)).post(`${path}/correction`, { wasPresent, reason: 'Ticked on the wrong line.' }).set('if-match', '*');

/** What agencies are recorded to have received by word of mouth: the agency, and whether that is marked as an error. */
async function spoken(who: string, { listingId }: Given, query = ''): Promise<[string, boolean][]> {
  const { body } = await (await by(who)).get(`/v1/disclosures?limit=100&recordId=${listingId}${query}`).expect(200);
  return (body.data as Row[])
    .filter(({ fields }) => (fields as string[]).includes('spoken'))
    .map((one): [string, boolean] => [one['recipientAgencyId'] as string, one['inErrorSince'] !== null])
    .sort();
}

const outcome = ({ status, body }: Response): unknown[] => [status, (body as { code?: string }).code];

/** Somebody else of the agency, with a seat on the panel. */
async function colleague(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO practitioners SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),
       'subject', 'colleague-' || gen_random_uuid(), 'name', 'Colleague Of Theirs', 'name_key', 'colleague of theirs'))).*
     FROM practitioners p WHERE p.id = $1 RETURNING id`,
    [absent.id],
  );
  await owner.query(
    `INSERT INTO memberships SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'practitioner_id', $2::uuid))).*
     FROM memberships m WHERE m.practitioner_id = $1 AND m.panel_id = $3 LIMIT 1`,
    [absent.id, rows[0]!.id, jag],
  );
  return rows[0]!.id;
}

describe('a presence that was recorded wrongly', () => {
  test('is replaced by a further record with the reason, and the first stays', async () => {
    const heard = await heardBy([absent.id, present.id]);
    const first = await presenceOf(absent.id, heard);
    const { status, body } = await correct(first, false);
    expect([status, body]).toMatchObject([
      200,
      {
        ...{ practitionerId: absent.id, agencyId: absent.agencyId, wasPresent: false, correctedAt: null },
        ...{ correctsId: first.split('/').at(-1), correctionReason: 'Ticked on the wrong line.' },
      },
    ]);
    const { body: before } = await (await by(CHAIR)).get(first).expect(200);
    expect(before).toMatchObject({ wasPresent: true, correctsId: null, correctedAt: expect.any(String) });
    expect(outcome(await correct(first, false))).toEqual([409, 'corrected-already']);
    const second = await presenceOf(absent.id, heard);
    expect(outcome(await correct(second, false))).toEqual([422, 'nothing-corrected']);
    expect(
      outcome(await correct(second.replace(heard.item, `${heard.path}/listings/${crypto.randomUUID()}`), true)),
    ).toEqual([404, 'not-found']);
  });

  test('is written down in the audit log with both records', async () => {
    const heard = await heardBy([absent.id]);
    const first = await presenceOf(absent.id, heard);
    const { body } = await correct(first, false);
    const { rows } = await owner.query<{ operation: string; ids: string[] }>(
      `SELECT operation, record_ids::text[] AS ids FROM audit_entries
       WHERE subject_type = 'ItemPresence' AND operation IN ('collect', 'alter') AND record_ids && $1::uuid[] AND at > now() - interval '1 minute'`,
      [[body.id, first.split('/').at(-1)]],
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { operation: 'collect', ids: [body.id] },
        { operation: 'alter', ids: [first.split('/').at(-1)] },
      ]),
    );
  });

  test('leaves its disclosure on record, marked as recorded in error, of which nobody is to be told', async () => {
    const heard = await heardBy([absent.id, present.id]);
    const right: [string, boolean][] = [
      [absent.agencyId, false],
      [present.agencyId, false],
    ];
    for (const who of [CHAIR, 'housing-officer', 'dpo'])
      expect([who, await spoken(who, heard)]).toEqual([who, right.sort()]);
    await correct(await presenceOf(absent.id, heard), false);
    const marked = right.map(([id]): [string, boolean] => [id, id === absent.agencyId]).sort();
    for (const who of [CHAIR, 'housing-officer', 'dpo']) {
      expect([who, await spoken(who, heard)]).toEqual([who, marked]);
      expect(await spoken(who, heard, '&toBeTold=true')).toEqual([]);
    }
    // a change of the item that is to be told to others is not told to an agency that never heard of it
    await owner.query(
      `UPDATE disclosures SET pending = 'recall', pending_since = now() WHERE record_id = $1 AND fields = ARRAY['spoken']`,
      [heard.listingId],
    );
    expect(await spoken(CHAIR, heard, '&toBeTold=true')).toEqual([[present.agencyId, false]]);
    const { rows } = await owner.query<{ id: string }>(
      'SELECT id FROM disclosures WHERE record_id = $1 AND recipient_agency_id = $2 AND in_error_since IS NOT NULL',
      [heard.listingId, absent.agencyId],
    );
    const told = (await by(CHAIR)).post(`/v1/disclosures/${rows[0]!.id}/notification`).set('if-match', '*');
    expect(outcome(await told)).toEqual([409, 'nothing-to-tell']);
  });

  test('is corrected back, which ends the mark', async () => {
    const heard = await heardBy([absent.id]);
    expect((await correct(await presenceOf(absent.id, heard), false)).status).toBe(200);
    expect(await spoken('dpo', heard)).toEqual([[absent.agencyId, true]]);
    expect((await correct(await presenceOf(absent.id, heard), true)).body).toMatchObject({ wasPresent: true });
    expect(await spoken('dpo', heard)).toEqual([[absent.agencyId, false]]);
    expect(await presences(CHAIR, heard)).toHaveLength(3);
  });

  test('marks no disclosure while a colleague of the person was there', async () => {
    const other = await colleague();
    const heard = await heardBy([absent.id, other]);
    await correct(await presenceOf(absent.id, heard), false);
    expect(await spoken('dpo', heard)).toEqual([[absent.agencyId, false]]);
    await correct(await presenceOf(other, heard), false);
    expect(await spoken('dpo', heard)).toEqual([[absent.agencyId, true]]);
    await owner.query('DELETE FROM memberships WHERE practitioner_id = $1', [other]);
  });

  test('is not recorded again at the end of the item, and a colleague who comes later is a recipient', async () => {
    const heard = await heardBy([absent.id]);
    await correct(await presenceOf(absent.id, heard), false);
    const other = await colleague();
    await arrives(other, heard);
    await given(heard.item, 'end');
    const current = (await presences(CHAIR, heard)).filter((one) => one['correctedAt'] === null);
    expect(current.map((one) => [one['practitionerId'], one['wasPresent']]).sort()).toEqual(
      [
        [absent.id, false],
        [other, true],
      ].sort(),
    );
    for (const who of [CHAIR, 'dpo'])
      expect(await spoken(who, heard)).toEqual([
        [absent.agencyId, false],
        [absent.agencyId, true],
      ]);
    await owner.query('DELETE FROM memberships WHERE practitioner_id = $1', [other]);
  });

  test('lets the coordinator correct the attendance too, which an item that was heard otherwise forbids', async () => {
    const heard = await heardBy([absent.id]);
    const never = { practitionerId: absent.id, status: 'absent', correctionReason: 'The wrong line.' };
    const remove = async (): Promise<Response> => (await by(COORDINATOR)).post(`${heard.path}/attendances`, never);
    const refused = await remove();
    expect(outcome(refused)).toEqual([409, 'item-heard-since']);
    expect(refused.body.detail).toContain('/presences/{presenceId}/correction');
    await correct(await presenceOf(absent.id, heard), false);
    expect((await remove()).status).toBe(201);
  });

  test('is corrected after the meeting', async () => {
    const heard = await heardBy([absent.id]);
    await given(heard.item, 'end');
    const decision = { listingId: heard.listingId, kind: 'note', text: 'Noted.', rationale: 'Nothing new.' };
    await (await by(CHAIR)).post(`${heard.path}/decisions`, decision).expect(201);
    await given(heard.path, 'closure');
    expect((await correct(await presenceOf(absent.id, heard), false)).status).toBe(200);
    expect(await spoken('dpo', heard)).toEqual([[absent.agencyId, true]]);
  });
});

describe('who corrects a presence', () => {
  test('members, and the presenting agency, cannot; the latter reads that it was corrected, not why', async () => {
    const heard = await heardBy([absent.id]);
    const path = await presenceOf(absent.id, heard);
    for (const who of [ABSENT, PRESENT, 'housing-officer', 'idva'])
      expect([403, 404]).toContain((await correct(path, false, who)).status);
    await correct(path, false);
    const shown = await presences('housing-officer', heard);
    expect(shown.map((one) => one['wasPresent']).sort()).toEqual([false, true]);
    for (const one of shown) {
      expect(one['withheld']).toEqual(expect.arrayContaining(['practitionerId', 'correctionReason']));
      expect(one).not.toHaveProperty('correctionReason');
    }
  });

  test('a chair cannot take their own agency off the recipients by correcting their own presence', async () => {
    const chair = await practitioner(owner, CHAIR);
    const heard = await heardBy([chair.id]);
    const path = await presenceOf(chair.id, heard);
    expect((await correct(path, false, CHAIR)).status).toBe(403);
    expect((await correct(path, false, COORDINATOR)).status).toBe(200);
  });

  test('a coordinator who is recused from the item cannot know of it', async () => {
    const heard = await heardBy([absent.id]);
    const path = await presenceOf(absent.id, heard);
    const { id: practitionerId } = await practitioner(owner, COORDINATOR);
    const recusal = { listingId: heard.listingId, practitionerId, reason: 'A relative.' };
    await (await by(CHAIR)).post(`${heard.path}/recusals`, recusal).expect(201);
    expect((await correct(path, false)).status).toBe(404);
  });
});

describe('what a correction opens', () => {
  test('nothing: the person reads the same of the case and the item before and after', async () => {
    const heard = await heardBy([absent.id, present.id]);
    const read = async (who: string): Promise<number[]> => {
      const caller = await by(who);
      const paths = [`/v1/cases/${caseId}`, heard.item, `${heard.item}/presences`, `${heard.path}/decisions`];
      return Promise.all(paths.map(async (path) => (await caller.get(path)).status));
    };
    const others = ['school-lead', 'idva', ABSENT, 'observer'];
    const before = await Promise.all(others.map(read));
    await correct(await presenceOf(absent.id, heard), false);
    expect(await Promise.all(others.map(read))).toEqual(before);
    await correct(await presenceOf(absent.id, heard), true);
    expect(await Promise.all(others.map(read))).toEqual(before);
  });

  test('a chair learns of no conflict by correcting somebody whom another panel keeps from the item', async () => {
    const { rowCount } = await owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, practitioner_id, person_id, reason, since, reach, declared)
       SELECT gen_random_uuid(), 1, p.partnership_id, p.id, $1, cp.person_id, 'A cousin.', now() - interval '1 day', 'partnership', true
       FROM panels p, case_people cp WHERE p.code = 'ask-marac' AND cp.case_id = $2 LIMIT 1`,
      [absent.id, caseId],
    );
    expect(rowCount).toBe(1);
    await (await by(ABSENT)).get(`/v1/cases/${caseId}`).expect(404);
    const heard = await heardBy([absent.id, present.id]);
    const alike = ({ body }: Response): unknown => ({
      ...(body as object),
      ...{ id: 0, practitionerId: 0, agencyId: 0, createdAt: 0, correctsId: 0 },
    });
    const kept = await correct(await presenceOf(absent.id, heard), false);
    const control = await correct(await presenceOf(present.id, heard), false);
    expect([kept.status, alike(kept)]).toEqual([200, alike(control)]);
    expect((await spoken(CHAIR, heard)).map(([, isInError]) => isInError)).toEqual([true, true]);
    // nothing was disclosed to the agency of the one who was kept from it
    expect(await spoken('dpo', heard)).toEqual([[present.agencyId, true]]);
    await given(heard.item, 'end');
    expect((await presences(CHAIR, heard)).filter((one) => one['correctedAt'] === null)).toHaveLength(2);
  });
});

test('the database keeps one current record for each person, and lets only a correction say that somebody was not there', async () => {
  const heard = await heardBy([absent.id]);
  const id = (await presenceOf(absent.id, heard)).split('/').at(-1)!;
  await expect(owner.query('UPDATE item_presences SET was_present = false WHERE id = $1', [id])).rejects.toMatchObject({
    constraint: 'item_presences_first',
  });
  await expect(
    owner.query('UPDATE item_presences SET correction_reason = $2 WHERE id = $1', [id, 'No.']),
  ).rejects.toMatchObject({ constraint: 'item_presences_correction' });
  await expect(
    owner.query(
      `INSERT INTO item_presences SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).*
       FROM item_presences p WHERE id = $1`,
      [id],
    ),
  ).rejects.toMatchObject({ constraint: 'item_presences_current' });
});
