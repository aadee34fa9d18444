/**
 * A PATCH with the values that the record holds changes nothing: the same ETag, no version, no event, no correction, nobody to
 * be told. Every PATCH of the interface is called by somebody who may call it.
 *
 * Seen to fail: a new version and an event for each of these records; a correction kept of a role that was not corrected; the
 * parties of a draft of an agreement removed and written again.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { openApi } from './given-operations.ts';
import { asOwner } from './given-panel-work.ts';
import { as, castOf, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

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
  cast = await Promise.all((await castOf(server)).map(({ id }) => as(server, id)));
}, 60_000);

/** All rows that a change would touch: the rows of the table, events, corrections and what is to be told. */
async function state(path: string): Promise<unknown> {
  const table = /FROM (\w+) t/.exec(RECORDS[path] as string)?.[1] as string;
  const { rows } = await owner.query(
    `SELECT (SELECT jsonb_object_agg(id, version) FROM ${table}) AS versions,
       (SELECT jsonb_object_agg(id, version) FROM cases) AS cases, (SELECT count(*) FROM events) AS events,
       (SELECT count(*) FROM case_person_corrections) AS "caseCorrections",
       (SELECT count(*) FROM referral_person_corrections) AS "referralCorrections",
       (SELECT count(*) FROM disclosures WHERE tidings IS NOT NULL) AS tidings`,
  );
  return rows[0];
}

const camel = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What the request of a PATCH may hold, with the values of the row. */
function sameAs(path: string, row: Row): Record<string, unknown> {
  const { requestBody } = openApi.paths[path]!['patch'] as unknown as {
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

/** The first PATCH with a row's own values that somebody of the cast may send. */
async function resent(path: string): Promise<{ before: unknown; answer: Response; row: Row } | null> {
  const { rows } = await owner.query<{ keys: string[]; t: Row }>(
    `SELECT found.keys, to_jsonb(found.t) AS t FROM (${RECORDS[path] as string}) found LIMIT ${String(TRIED)}`,
  );
  for (const { keys, t } of rows) {
    let index = 0;
    const address = path.replace(/\{\w+\}/g, () => keys[index++] as string);
    for (const caller of cast) {
      const before = await state(path);
      const answer = await caller.patch(address, sameAs(path, t), '*');
      if (answer.status === 200) return { before, answer, row: t };
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
