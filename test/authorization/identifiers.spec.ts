/**
 * Identifiers in upper case: a rule about oneself, or about a colleague, holds however an identifier is written.
 *
 * Seen to fail: an invitation of oneself and of the own agency, by the coordination; the own presence, confirmed; a recusal of oneself
 * that counted as imposed by others; an action for an agency that is excluded from the case.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let caseId: string;
let meeting: string;
let listing: string;
let me: { id: string; agencyId: string };
const by = (who: string): Promise<Caller> => as(server, who);
const outcome = ({ status, body }: Response): [number, string | undefined] => [status, body.code];

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  jag = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
  me = await practitioner(owner, 'jag-coordinator');
  const coordinator = await by('jag-coordinator');
  const convened = { panelId: jag.toUpperCase(), scheduledAt: inDays(20), venueOrMode: 'Room 1' };
  const { body } = await coordinator.post('/v1/meetings', convened).expect(201);
  expect(body.panelId).toBe(jag);
  meeting = `/v1/meetings/${body.id as string}`;
  const listed = await coordinator.post(`${meeting}/listings`, { caseId, kind: 'new' }).expect(201);
  listing = listed.body.id;
});

test.each([
  ['themselves', () => ({ agencyId: me.agencyId, practitionerId: me.id.toUpperCase() })],
  ['their own agency', () => ({ agencyId: me.agencyId.toUpperCase(), practitionerId: null })],
])('a coordinator cannot invite %s by an identifier in upper case', async (_, whom) => {
  const invitation = { ...whom(), closesAt: inDays(21) };
  const answer = await (await by('jag-coordinator')).post(`${meeting}/listings/${listing}/invitations`, invitation);
  expect(outcome(answer)).toEqual([403, 'own-invitation']);
});

test('a coordinator cannot confirm their own presence by an identifier in upper case', async () => {
  const coordinator = await by('jag-coordinator');
  const first = await coordinator.post('/v1/meetings', {
    panelId: jag,
    scheduledAt: inDays(0.05),
    venueOrMode: 'Room 1',
  });
  const path = `/v1/meetings/${first.body.id as string}`;
  await coordinator.post(`${path}/opening`).set('if-match', '*').expect(200);
  const { status, body } = await coordinator.post(`${path}/attendances`, {
    ...{ practitionerId: me.id.toUpperCase(), status: 'present', confidentialityAccepted: true },
  });
  expect([status, body.practitionerId, body.confirmedAt]).toEqual([201, me.id, null]);
});

test('a recusal of oneself by an identifier in upper case is declared', async () => {
  const sergeant = await by('police-sergeant');
  const practitionerId = (await practitioner(owner, 'police-sergeant')).id.toUpperCase();
  const recusal = { listingId: listing.toUpperCase(), practitionerId, reason: 'My cousin.' };
  const { status, body } = await sergeant.post(`${meeting}/recusals`, recusal);
  expect([status, body.declared, body.listingId]).toEqual([201, true, listing]);
});
