/**
 * A PATCH with the values that the record holds changes nothing: the same ETag, no version, no event, no correction, nobody to
 * be told. Every PATCH of the interface is called by somebody who may call it. A command that takes values of its record is refused
 * or carried out as a whole: none leaves out what follows from it because the values are the same.
 *
 * Seen to fail: a new version and an event for each of these records; a correction kept of a role that was not corrected; the
 * parties of a draft of an agreement removed and written again; an amendment of a crime that left the earlier record current.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { openApi } from '../support/operations.ts';
import { asOwner } from '../support/panel-work.ts';
import { as, castOf, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

/** The records that each PATCH may be tried on, as `keys` in the order of the path, and the row as the database holds it. */
const RECORDS: Record<string, string> = {
  '/v1/agencies/{id}/people/{personId}': 'SELECT ARRAY[agency_id, id] AS keys, t FROM practitioners t',
  '/v1/plans/{id}': `SELECT ARRAY[id] AS keys, t FROM plans t WHERE status IN ('agreed', 'active')`,
  '/v1/actions/{id}': `SELECT ARRAY[id] AS keys, t FROM actions t WHERE status = 'proposed'`,
  '/v1/referrals/{id}': `SELECT ARRAY[id] AS keys, t FROM referrals t WHERE status IN ('draft', 'submitted')`,
  '/v1/referrals/{id}/people/{roleId}': `SELECT ARRAY[referral_id, t.id] AS keys, t FROM referral_people t
    JOIN referrals r ON r.id = t.referral_id WHERE r.status IN ('draft', 'submitted')`,
  '/v1/cases/{id}': `SELECT ARRAY[id] AS keys, t FROM cases t WHERE stage <> 'closed'`,
  '/v1/cases/{id}/people/{roleId}': `SELECT ARRAY[case_id, t.id] AS keys, t FROM case_people t
    JOIN cases c ON c.id = t.case_id WHERE c.stage <> 'closed'`,
  '/v1/contributions/{id}': 'SELECT ARRAY[id] AS keys, t FROM contributions t WHERE recalled_at IS NULL',
  '/v1/meetings/{id}/listings/{listingId}': `SELECT ARRAY[meeting_id, t.id] AS keys, t FROM listings t
    JOIN meetings m ON m.id = t.meeting_id WHERE m.status = 'scheduled'`,
  '/v1/meetings/{id}/listings/{listingId}/invitations/{invitationId}': `SELECT ARRAY[l.meeting_id, l.id, t.id] AS keys, t
    FROM invitations t JOIN listings l ON l.id = t.listing_id WHERE t.closes_at > now() AND withdrawn_at IS NULL`,
  '/v1/research-points/{id}': `SELECT ARRAY[t.id] AS keys, t FROM research_points t
    JOIN research_requests r ON r.id = t.request_id WHERE r.status = 'asked' AND t.decision = 'draft'`,
  '/v1/panels/{id}': 'SELECT ARRAY[id] AS keys, t FROM panels t',
  '/v1/panels/{id}/memberships/{membershipId}': `SELECT ARRAY[panel_id, id] AS keys, t FROM memberships t
    WHERE valid_to > now() AND role NOT IN ('chair', 'co_chair', 'coordinator')`,
  '/v1/cycle-templates/{id}': 'SELECT ARRAY[id] AS keys, t FROM cycle_templates t',
  '/v1/persons/{id}': 'SELECT ARRAY[id] AS keys, t FROM persons t',
  '/v1/protected-addresses/{id}': 'SELECT ARRAY[id] AS keys, t FROM protected_addresses t',
  '/v1/places/{id}': 'SELECT ARRAY[id] AS keys, t FROM places t',
  '/v1/groups/{id}': 'SELECT ARRAY[id] AS keys, t FROM groups t',
  '/v1/resources/{id}': 'SELECT ARRAY[id] AS keys, t FROM resources t',
};

/** Commands that take values which their record holds, with the records that each may be tried on. */
const COMMANDS: Record<string, string> = {
  '/v1/actions/{id}/assignment': `SELECT ARRAY[id] AS keys, t FROM actions t
    WHERE owner_practitioner_id IS NOT NULL AND status IN ('agreed', 'in_progress')`,
  '/v1/meetings/{id}/postponement': `SELECT ARRAY[id] AS keys, t FROM meetings t WHERE status = 'scheduled' AND scheduled_at > now()`,
  '/v1/research-points/{id}/sharing': `SELECT ARRAY[t.id] AS keys, t FROM research_points t
    JOIN research_requests r ON r.id = t.request_id WHERE r.status = 'asked' AND t.decision = 'draft'`,
};
/** What an agreed plan takes no more, with whatever value. */
const SETTLED = ['title', 'aims'];
const TRIED = 25;

type Row = Record<string, unknown> & { id: string; version: number };

let server: TestServer;
let owner: pg.Client;
let cast: Caller[];

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000' } });
  owner = await asOwner(server);
  // the seats of the sandbox have no last day
  await owner.query(`UPDATE memberships SET valid_to = now() + interval '100 days' WHERE valid_to IS NULL`);
  // those of the sandbox that nobody shared have none yet
  await owner.query(`UPDATE research_points SET summary = 'Known to us.' WHERE summary IS NULL`);
  cast = await Promise.all((await castOf(server)).map(({ id }) => as(server, id)));
}, 60_000);

const tableOf = (path: string): string =>
  /FROM (\w+) t/.exec((RECORDS[path] ?? COMMANDS[path]) as string)?.[1] as string;

/** All rows that a change would touch: the rows of the table, events, corrections and what is to be told. */
async function state(path: string): Promise<unknown> {
  const table = tableOf(path);
  const { rows } = await owner.query(
    `SELECT (SELECT jsonb_object_agg(id, version) FROM ${table}) AS versions,
       (SELECT jsonb_object_agg(id, version) FROM cases) AS cases, (SELECT count(*) FROM events) AS events,
       (SELECT count(*) FROM case_person_corrections) AS "caseCorrections",
       (SELECT count(*) FROM referral_person_corrections) AS "referralCorrections",
       (SELECT count(*) FROM disclosures WHERE pending IS NOT NULL) AS pending`,
  );
  return rows[0];
}

const camel = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What the request may hold, with the values of the row. */
function sameAs(path: string, row: Row, method: 'patch' | 'post' = 'patch'): Record<string, unknown> {
  const { requestBody } = openApi.paths[path]![method] as unknown as {
    requestBody: { content: Record<string, { schema: { $ref: string } }> };
  };
  const name = requestBody.content['application/json']!.schema.$ref.split('/').at(-1) as string;
  const all = Object.keys(openApi.components.schemas[name]!.properties ?? {});
  const properties = path === '/v1/plans/{id}' ? all.filter((property) => !SETTLED.includes(property)) : all;
  const values = Object.entries(row).map(([column, value]) => [camel(column), value] as const);
  return {
    ...Object.fromEntries(values.filter(([property, value]) => properties.includes(property) && value !== null)),
    ...(properties.includes('reason') ? { reason: 'Sent again by mistake.' } : {}),
  };
}

/** The first request with a row's own values that somebody of the cast may send. */
async function resent(
  path: string,
  method: 'patch' | 'post' = 'patch',
): Promise<{ before: unknown; answer: Response; row: Row } | null> {
  const records = (RECORDS[path] ?? COMMANDS[path]) as string;
  const { rows } = await owner.query<{ keys: string[]; t: Row }>(
    `SELECT found.keys, to_jsonb(found.t) AS t FROM (${records}) found LIMIT ${String(TRIED)}`,
  );
  for (const { keys, t } of rows) {
    let index = 0;
    const address = path.replace(/\{\w+\}/g, () => keys[index++] as string);
    for (const caller of cast) {
      const before = await state(path);
      const body = sameAs(path, t, method);
      const answer =
        method === 'patch'
          ? await caller.patch(address, body, '*')
          : await caller.post(address, body).set('if-match', '*');
      if (answer.status === 200 || (method === 'post' && [409, 422].includes(answer.status)))
        return { before, answer, row: t };
    }
  }
  return null;
}

test('every PATCH of the interface is called here, or by itself below', () => {
  const paths = Object.keys(openApi.paths).filter((path) => 'patch' in openApi.paths[path]!);
  const below = '/v1/sharing-agreements/{id}/versions/{versionId}';
  expect(paths.sort()).toEqual([...Object.keys(RECORDS), below].sort());
});

test.each(Object.keys(RECORDS))('PATCH %s with the values of the record changes nothing', async (path) => {
  const sent = await resent(path);
  expect(sent).not.toBeNull();
  const { before, answer, row } = sent!;
  expect(await state(path)).toEqual(before);
  expect(answer.headers['etag']).toContain(`"${String(row.version)}-`);
  const { rows } = await owner.query(
    `SELECT fields FROM audit_entries WHERE operation = 'alter' AND $1 = ANY (record_ids) ORDER BY index DESC LIMIT 1`,
    [row.id],
  );
  expect(rows).toEqual([{ fields: [] }]);
});

test.each(Object.keys(COMMANDS))('POST %s with the values of the record changes it, or is refused', async (path) => {
  const sent = await resent(path, 'post');
  expect(sent).not.toBeNull();
  const { before, answer, row } = sent!;
  const now = await owner.query<Row>(`SELECT * FROM ${tableOf(path)} WHERE id = $1`, [row.id]);
  if (answer.status === 200) expect(now.rows[0]!.version).toBe(row.version + 1);
  else expect(await state(path)).toEqual(before);
});

test('a coordinator cannot amend a crime without an amendment, nor is it left with two current records', async () => {
  const { rows: items } = await owner.query<{ id: string; meeting: string }>(
    `SELECT l.id, l.meeting_id AS meeting FROM listings l JOIN meetings m ON m.id = l.meeting_id JOIN panels p ON p.id = l.panel_id
     WHERE p.code = 'ask-jag' AND m.status <> 'cancelled' AND l.removed_at IS NULL`,
  );
  const coordinator = await as(server, 'jag-coordinator');
  const values = { summary: 'A window was broken.', victimWishesReport: 'no' };
  let made: Response | undefined;
  for (const { id, meeting } of items) {
    made = await coordinator.post(`/v1/meetings/${meeting}/crimes`, { listingId: id, ...values });
    if (made.status === 201) break;
  }
  expect(made?.status).toBe(201);
  const path = `/v1/meetings/${String(made!.body.meetingId)}/crimes/${String(made!.body.id)}`;
  const amend = (body: object) => coordinator.post(`${path}/amendment`, body).set('if-match', '*');
  for (const nothing of [{}, values, { summary: values.summary }]) {
    const { status, body } = await amend(nothing);
    expect([status, body.code]).toEqual([422, 'nothing-amended']);
  }
  await amend({ ...values, reportedTo: 'Askenby police' }).expect(200);
  const { rows } = await owner.query(
    `SELECT amended_at IS NULL AS current FROM disclosed_crimes WHERE $1 IN (id, amends_id) ORDER BY 1`,
    [made!.body.id],
  );
  expect(rows).toEqual([{ current: false }, { current: true }]);
});

describe('the draft of an agreement', () => {
  it('sent again as it is keeps its version', async () => {
    const dpo = await as(server, 'dpo');
    const { body } = await dpo.get('/v1/sharing-agreements?limit=100').expect(200);
    const own = (body.data as { id: string }[]).map((one) => one.id);
    const { rows } = await owner.query<{ id: string; agreement: string; expires: string }>(
      `SELECT id, agreement_id AS agreement, expires_on::text AS expires FROM sharing_agreement_versions WHERE status = 'active' AND agreement_id = ANY ($1)`,
      [own],
    );
    const { id, agreement, expires } = rows[0]!;
    const made = await dpo.post(`/v1/sharing-agreements/${agreement}/versions`, { basedOn: id }).expect(201);
    const path = `/v1/sharing-agreements/${agreement}/versions/${String(made.body.id)}`;
    const parties = async (): Promise<unknown> =>
      (await owner.query('SELECT id FROM sharing_parties WHERE agreement_version_id = $1 ORDER BY id', [made.body.id]))
        .rows;
    const before = await parties();
    const etag = made.headers['etag'] as string;
    const again = await dpo.patch(path, { expiresOn: expires }, etag).expect(200);
    expect([again.headers['etag'], await parties()]).toEqual([etag, before]);
    const { rowCount } = await owner.query(
      `SELECT FROM events WHERE subject_id = $1 AND type = 'sharing-agreement.draft-changed'`,
      [made.body.id],
    );
    expect(rowCount).toBe(0);
  });
});
