/**
 * Whoever takes people out of a matter leaves somebody who chairs it, somebody who audits it and a data protection officer.
 *
 * Seen to fail: both auditors, and the officer, excluded from a case, by identifier, by name and by agency; an auditor recused from
 * an item as the last; two chairs excluded at the same moment.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner } from './given-panel-work.ts';
import { as, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

let server: TestServer;
let owner: pg.Client;
let coordinator: Caller;
let caseId: string;

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  coordinator = await as(server, 'jag-coordinator');
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
});

afterEach(async () => {
  await owner.query(`DELETE FROM exclusions WHERE made_at > now() - interval '1 hour'`);
});

const said = ({ status, body }: Response): [number, unknown] => [status, status === 201 ? null : body.code];
const exclude = async (whom: object): Promise<[number, unknown]> =>
  said(await coordinator.post('/v1/exclusions', { caseId, reason: 'A conflict, told by telephone.', ...whom }));
const person = async (who: string) => ({ practitionerId: (await practitioner(owner, who)).id });

test('a case keeps an auditor', async () => {
  expect(await exclude(await person('auditor'))).toEqual([201, null]);
  expect(await exclude(await person('channel-auditor'))).toEqual([422, 'no-auditor-left']);
  // others can still be excluded
  expect(await exclude(await person('fire-officer'))).toEqual([201, null]);
});

test('a case keeps a data protection officer, however the officer is named', async () => {
  expect(await exclude(await person('dpo'))).toEqual([422, 'no-officer-left']);
  const { rows } = await owner.query<{ name: string; agency_id: string }>(
    `SELECT name, agency_id FROM practitioners WHERE subject = 'dpo'`,
  );
  expect(await exclude({ name: rows[0]?.name })).toEqual([422, 'no-officer-left']);
  expect(await exclude({ agencyId: rows[0]?.agency_id })).toEqual([422, expect.stringMatching(/^no-.*-left$/)]);
});

test('a case keeps a chair when two are excluded at the same moment', async () => {
  for (let times = 0; times < 5; times += 1) {
    const both = await Promise.all(['jag-chair', 'police-inspector'].map(async (who) => exclude(await person(who))));
    expect(both.map(([status]) => status).sort()).toEqual([201, 422]);
    await owner.query(`DELETE FROM exclusions WHERE made_at > now() - interval '1 hour'`);
  }
});

test('an item keeps an auditor', async () => {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const [start, end] = [inDays(20), inDays(20).replace(/T\d\d/, 'T18')];
  const meeting = await coordinator
    .post('/v1/meetings', {
      panelId: rows[0]?.id,
      kind: 'ordinary',
      scheduledAt: start,
      endsAt: end,
      venueOrMode: 'Town hall',
    })
    .expect(201);
  const path = `/v1/meetings/${String(meeting.body.id)}`;
  const listing = await coordinator.post(`${path}/listings`, { caseId, kind: 'review' }).expect(201);
  const recuse = async (who: string): Promise<[number, unknown]> =>
    said(
      await coordinator.post(`${path}/recusals`, {
        listingId: listing.body.id,
        reason: 'Lives next door.',
        ...(await person(who)),
      }),
    );
  expect(await recuse('auditor')).toEqual([201, null]);
  expect(await recuse('channel-auditor')).toEqual([422, 'no-auditor-left']);
  expect(await recuse('dpo')).toEqual([422, 'no-officer-left']);
});
