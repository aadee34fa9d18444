/**
 * Whether the chairs of JAG and Tasking came to the TTCG (JAG note, section 3.3, rule 6) is read off who was there and who chairs
 * on that day, by those whom it concerns.
 *
 * Seen to fail: a deputy who does not count; somebody who chaired on another day; a member who does not chair; chairs shown to
 * whoever sits on a panel of the cycle; another borough's chairs shown to a coordinator.
 */
import type pg from 'pg';
import { asOwner } from '../support/panel-work.ts';
import { as, stranger } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Line {
  partnershipId: string;
  stage: string;
  attendance: string;
  withheld: string[];
}

let server: TestServer;
let owner: pg.Client;
let meetingId: string;
let askenby: string;

const linesFor = async (who: string): Promise<Line[]> => {
  const { body } = await (await as(server, who)).get(`/v1/meetings/${meetingId}/chairs`).expect(200);
  return body.data;
};

const inAskenby = async (who: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await linesFor(who))
      .filter((one) => one.partnershipId === askenby)
      .map(({ stage, attendance }) => [stage, attendance]),
  );

/** What is recorded of somebody at the TTCG, in place of whatever was. */
async function record(who: string, status: string, deputyFor: string | null = null): Promise<void> {
  await owner.query(
    `DELETE FROM attendances WHERE meeting_id = $1 AND practitioner_id = (SELECT id FROM practitioners WHERE subject = $2)`,
    [meetingId, who],
  );
  await owner.query(
    `INSERT INTO attendances (id, version, partnership_id, panel_id, meeting_id, agency_id, practitioner_id, status, deputy_for_id,
       arrived_at, confidentiality_accepted_at)
     SELECT gen_random_uuid(), 1, m.partnership_id, m.panel_id, m.id, p.agency_id, p.id, $3,
       (SELECT id FROM practitioners WHERE subject = $4), t.at, t.at
     FROM meetings m, practitioners p, (SELECT CASE WHEN $3 IN ('present', 'deputy') THEN now() END AS at) t
     WHERE m.id = $1 AND p.subject = $2`,
    [meetingId, who, status, deputyFor],
  );
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; askenby: string }>(
    `SELECT m.id, (SELECT id FROM partnerships WHERE code = 'ASK') AS askenby FROM meetings m JOIN panels p ON p.id = m.panel_id
     WHERE p.code = 'bcu-ttcg' AND m.status = 'held' ORDER BY m.scheduled_at DESC LIMIT 1`,
  );
  ({ id: meetingId, askenby } = rows[0]!);
  await owner.query('DELETE FROM attendances WHERE meeting_id = $1', [meetingId]);
});

test('each JAG and Tasking of the three boroughs has its line, and nobody recorded is not absent', async () => {
  const lines = await linesFor('ttcg-coordinator');
  expect(lines.map(({ stage }) => stage).sort()).toEqual(['jag', 'jag', 'jag', 'tasking', 'tasking', 'tasking']);
  expect(new Set(lines.map(({ partnershipId }) => partnershipId)).size).toBe(3);
  expect(lines.map(({ attendance, withheld }) => [attendance, withheld])).toEqual(
    lines.map(() => ['not_recorded', []]),
  );
});

test('somebody who chairs a panel on that day came, sent a deputy, sent apologies or was absent', async () => {
  // chairs the JAG and co-chairs Tasking
  await record('jag-chair', 'absent');
  expect(await inAskenby('ttcg-chair')).toEqual({ jag: 'absent', tasking: 'absent' });
  await record('jag-chair', 'apologies_with_report');
  expect(await inAskenby('ttcg-chair')).toEqual({ jag: 'apologies', tasking: 'apologies' });
  await record('analyst', 'deputy', 'jag-chair');
  expect(await inAskenby('ttcg-chair')).toEqual({ jag: 'deputy', tasking: 'deputy' });
  // co-chairs the JAG and chairs Tasking
  await record('police-inspector', 'present');
  expect(await inAskenby('ttcg-chair')).toEqual({ jag: 'present', tasking: 'present' });
  // a member of Tasking who chairs neither
  await record('police-inspector', 'absent');
  await record('police-sergeant', 'present');
  expect(await inAskenby('ttcg-chair')).toEqual({ jag: 'deputy', tasking: 'deputy' });
  await owner.query(
    `UPDATE memberships SET valid_to = '2020-01-01', valid_from = '2019-01-01' WHERE role IN ('chair', 'co_chair')
       AND panel_id = (SELECT id FROM panels WHERE code = 'ask-tasking')`,
  );
  expect(await inAskenby('ttcg-chair')).toEqual({ jag: 'deputy', tasking: 'not_recorded' });
});

test('it is read by the TTCG’s core members and by the coordinators of the panels concerned', async () => {
  const boroughs = async (who: string) => new Set((await linesFor(who)).map(({ partnershipId }) => partnershipId));
  for (const who of ['ttcg-chair', 'jag-chair', 'pellworth-jag-chair']) expect((await boroughs(who)).size).toBe(3);
  expect(await boroughs('jag-coordinator')).toEqual(new Set([askenby]));
  const elsewhere = await boroughs('other-borough-coordinator');
  expect([elsewhere.size, elsewhere.has(askenby)]).toEqual([1, false]);
  for (const who of ['police-sergeant', 'marac-coordinator', 'housing-officer', stranger]) {
    const { status } = await (await as(server, who)).get(`/v1/meetings/${meetingId}/chairs`);
    expect({ who, isRefused: [403, 404].includes(status) }).toEqual({ who, isRefused: true });
  }
  const { rows } = await owner.query<{ id: string }>(
    `SELECT m.id FROM meetings m JOIN panels p ON p.id = m.panel_id WHERE p.code = 'ask-jag' LIMIT 1`,
  );
  await (await as(server, 'jag-coordinator')).get(`/v1/meetings/${rows[0]!.id}/chairs`).expect(403);
});
