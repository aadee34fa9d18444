/**
 * A refused naming of a person, place or group in a case or referral leaves in the log whom or what it named, so that an
 * auditor sees who tries one name after the other. The entry is that of any attempt on what is hidden or missing.
 *
 * Seen to fail: no entry of the person, whatever refused the naming.
 */
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays } from './given-panel-work.ts';
import { as, type Caller } from './people.ts';
import { givenServer, type TestServer } from './support/server.ts';

const OFFICER = 'housing-officer';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let panelId: string;
let partnershipId: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  jag = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
});

/** Entries about whom or what an answer's request named. */
async function named(answer: Response): Promise<unknown[]> {
  const { rows } = await owner.query(
    `SELECT subject_type AS type, rule, record_ids AS ids, person_ids AS people, outcome FROM audit_entries
     WHERE correlation_id = $1 AND action = 'name' ORDER BY subject_type`,
    [answer.headers['x-correlation-id']],
  );
  return rows;
}

const attempt = (type: string, ...ids: string[]) => ({ type, rule: 'not-found', ids, people: null, outcome: 'refuse' });

/** Somebody named in a case of another panel, whom housing neither recorded nor reads. */
async function hidden(): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT p.id FROM persons p JOIN case_people cp ON cp.person_id = p.id JOIN panels l ON l.id = cp.panel_id
     ORDER BY l.compartment DESC, p.id LIMIT 100`,
  );
  const officer = await by(OFFICER);
  for (const { id } of rows) if ((await officer.get(`/v1/persons/${id}`)).status === 404) return id;
  throw new Error('everybody is known to housing');
}

const role = (personId: string) => ({ personId, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' });

test('whoever names a hidden or a missing person in a case leaves the identifier in the log', async () => {
  const officer = await by(OFFICER);
  for (const person of [await hidden(), randomUUID()]) {
    const answer = await officer.post(`/v1/cases/${jag}/people`, role(person)).expect(422);
    expect(await named(answer)).toEqual([attempt('Person', person)]);
  }
});

test('whoever names somebody in a case that they do not read leaves the identifier in the log', async () => {
  const person = await hidden();
  const answer = await (await by(OFFICER)).post(`/v1/cases/${randomUUID()}/people`, role(person)).expect(404);
  expect(await named(answer)).toEqual([attempt('Person', person)]);
});

test('whoever names their own agency’s person where that is refused leaves the person and the rule in the log', async () => {
  const officer = await by(OFFICER);
  const body = { partnershipId, givenName: 'Perpetua', familyName: 'Quillfeather' };
  const { id } = (await officer.post('/v1/persons', body).expect(201)).body as { id: string };
  const ahead = { ...role(id), since: inDays(2).slice(0, 10) };
  const answer = await officer.post(`/v1/cases/${jag}/people`, ahead).expect(422);
  expect(await named(answer)).toEqual([
    { type: 'Person', rule: answer.body.code, ids: [id], people: [id], outcome: 'refuse' },
  ]);
  // what is carried out is written down as what it is
  expect(await named(await officer.post(`/v1/cases/${jag}/people`, role(id)).expect(201))).toEqual([]);
});

test('whoever names hidden people, places and groups in a referral leaves the identifiers in the log', async () => {
  const officer = await by(OFFICER);
  const [person, place, group] = [await hidden(), randomUUID(), randomUUID()];
  const about = { panelId, category: 'asb_incident', problem: 'Noise at night.' };
  const first = {
    ...about,
    subjectKind: 'place',
    placeId: place,
    people: [{ personId: person, role: 'complainant', rationale: 'Named by a neighbour.' }],
  };
  const answer = await officer.post('/v1/referrals', first).expect(422);
  expect(await named(answer)).toEqual([attempt('Person', person), attempt('Place', place)]);
  const second = await officer.post('/v1/referrals', { ...about, subjectKind: 'group', groupId: group }).expect(422);
  expect(await named(second)).toEqual([attempt('Group', group)]);
});
