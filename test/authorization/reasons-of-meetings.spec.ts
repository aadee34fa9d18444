/**
 * Reasons in words that are given for a meeting or an attendance are read by those who chair or coordinate the panel alone: the words
 * could name a case or a person.
 *
 * Seen to fail: each reason of a meeting shown to a member, an observer and a guest, alone and in a list; the reason for which an
 * attendance was corrected shown to a member.
 */
import type pg from 'pg';
import { asOwner, casesOf, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- responses of several kinds

const REASONS = ['emergencyReason', 'cancelReason', 'openingReversalReason'];
const WORDS = 'The family of Crispin Thistlewood cannot wait.';
const COORDINATION = ['jag-chair', 'police-inspector', 'jag-coordinator'];
/** A core member, an observer and a guest. */
const OTHERS = ['fire-officer', 'victim-support-worker', 'probation-officer'];

let server: TestServer;
let owner: pg.Client;
let panelId: string;

const by = (who: string): Promise<Caller> => as(server, who);

async function command(who: string, path: string, body: object = {}): Promise<void> {
  const answer = await (await by(who)).post(path, body).set('if-match', '*');
  expect([path, answer.status, answer.body.code]).toEqual([path, 200, undefined]);
}

async function convened(kind: string): Promise<string> {
  const meeting = { panelId, scheduledAt: inDays(0.1), venueOrMode: 'Civic Offices', kind };
  const { body } = await (await by('jag-coordinator')).post('/v1/meetings', meeting).expect(201);
  const path = `/v1/meetings/${body.id as string}`;
  const caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const item = { caseId, kind: 'urgent' };
  const listing = (await (await by('jag-coordinator')).post(`${path}/listings`, item).expect(201)).body.id as string;
  const guest = await practitioner(owner, 'probation-officer');
  const invitation = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(2) };
  await (await by('jag-coordinator')).post(`${path}/listings/${listing}/invitations`, invitation).expect(201);
  return path;
}

const read = async (who: string, path: string): Promise<Row> => (await (await by(who)).get(path).expect(200)).body;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  panelId = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  await owner.query('DELETE FROM exclusions');
  await owner.query(`UPDATE memberships SET tier = 'observer' WHERE panel_id = $1 AND practitioner_id = $2`, [
    panelId,
    (await practitioner(owner, 'victim-support-worker')).id,
  ]);
}, 60_000);

async function seesNoReason(who: string, path: string): Promise<void> {
  const seen = await read(who, path);
  const listed = (await read(who, `/v1/meetings?panelId=${panelId}&limit=100`))['data'] as Row[];
  for (const one of [seen, listed.find(({ id }) => id === seen['id'])!]) {
    expect(one).toMatchObject({ kind: 'emergency', venueOrMode: 'Civic Offices' });
    expect([who, one['withheld']]).toEqual([who, REASONS]);
    expect(JSON.stringify(one)).not.toContain('Thistlewood');
  }
}

test('a member, an observer and a guest read a meeting without the reasons given for it', async () => {
  const emergency = await convened('emergency');
  await command('jag-chair', `${emergency}/justification`, { reason: WORDS });
  await command('jag-chair', `${emergency}/opening`);
  await command('jag-chair', `${emergency}/opening-reversal`, { reason: WORDS });
  for (const who of OTHERS) await seesNoReason(who, emergency);
  // takes the item off the list, and with it the invitation
  await command('jag-chair', `${emergency}/cancellation`, { reason: WORDS });
  for (const who of OTHERS.slice(0, 2)) await seesNoReason(who, emergency);
  for (const who of COORDINATION) {
    const seen = await read(who, emergency);
    expect([who, ...REASONS.map((one) => seen[one] as string)]).toEqual([who, WORDS, WORDS, WORDS]);
    expect(seen['withheld']).toEqual([]);
  }
});

test('a member reads an attendance without the reason for which it was corrected', async () => {
  const meeting = await convened('ordinary');
  await command('jag-chair', `${meeting}/opening`);
  const { id: practitionerId } = await practitioner(owner, 'housing-officer');
  const coordinator = await by('jag-coordinator');
  const attendances = `${meeting}/attendances`;
  const present = { practitionerId, status: 'present', confidentialityAccepted: true };
  await coordinator.post(attendances, present).expect(201);
  const corrected = { practitionerId, status: 'absent', correctionReason: WORDS };
  const { body } = await coordinator.post(attendances, corrected);
  expect(body).toMatchObject({ status: 'absent', correctionReason: WORDS });
  const one = `${attendances}/${body.id as string}`;
  expect(await read('jag-coordinator', one)).toMatchObject({ correctionReason: WORDS, withheld: [] });
  const seen = await read('fire-officer', one);
  expect(seen).toMatchObject({ status: 'absent', withheld: ['correctionReason'] });
  expect(JSON.stringify(seen)).not.toContain('Thistlewood');
});
