/**
 * An action that nobody of its owner can read, or not the person named as owner: the coordination of the panel gets a notice, as
 * far as it may read the action itself.
 *
 * Seen to fail: no notice where everybody of the owner is excluded from the case, or the person named; a notice of a conflict that
 * another panel keeps; a notice that shows whose former name is excluded.
 */
import type pg from 'pg';
import { asOwner, inDays, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let caseId: string;
let actionId: string;
let agencyId: string;
let planId: string;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  await owner.query('DELETE FROM exclusions');
  agencyId = (await practitioner(owner, 'fire-officer')).agencyId;
  const { rows } = await owner.query<{ id: string; case: string }>(
    `SELECT pl.id, pl.case_id AS "case" FROM plans pl JOIN panels p ON p.id = pl.panel_id AND p.code = 'ask-jag'
     JOIN cases c ON c.id = pl.case_id AND c.stage <> 'closed' WHERE pl.status IN ('draft', 'agreed', 'active') ORDER BY pl.id LIMIT 1`,
  );
  caseId = rows[0]!.case;
  planId = rows[0]!.id;
  actionId = await proposedFor(agencyId);
}, 60_000);

async function proposedFor(ownerAgencyId: string): Promise<string> {
  const proposed = {
    ownerAgencyId,
    description: 'Fit a lock to the bin store door of block C',
    measure: 'Door locked on three visits out of three',
    relatesTo: 'Fires in the bin store',
    dueOn: inDays(20).slice(0, 10),
  };
  return (await (await by('jag-coordinator')).post(`/v1/plans/${planId}/actions`, proposed).expect(201)).body.id;
}

let minutes = 0;

/** The jobs are done when the clock is moved. */
async function jobsDone(): Promise<void> {
  const now = new Date(Date.now() + ++minutes * 60_000).toISOString();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/sandbox/clock`, { method: 'PUT', headers, body: JSON.stringify({ now }) });
  if (!answer.ok) throw new Error(await answer.text());
}

async function noticed(who: string): Promise<string[]> {
  const { body } = await (await by(who)).get('/v1/notices?limit=100&kind=owner_cannot_see').expect(200);
  return body.data.map(({ subjectId }: { subjectId: string }) => subjectId);
}

test('a coordinator gets no notice while somebody of the owner reads the action', async () => {
  await jobsDone();
  expect(await noticed('jag-coordinator')).not.toContain(actionId);
});

test('a coordinator gets no notice when a conflict that another panel keeps hides the action from everybody of the owner', async () => {
  const [{ id: personId }] = (
    await owner.query<{ id: string }>('SELECT person_id AS id FROM case_people WHERE case_id = $1 LIMIT 1', [caseId])
  ).rows as [{ id: string }];
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO exclusions (id, version, partnership_id, panel_id, agency_id, person_id, reason, since, reach)
     SELECT gen_random_uuid(), 1, c.partnership_id, p.id, $2, $3, 'A relative.', now() - interval '1 day', 'partnership'
     FROM cases c JOIN panels p ON p.code = 'ask-marac' WHERE c.id = $1 RETURNING id`,
    [caseId, agencyId, personId],
  );
  await jobsDone();
  expect(await noticed('jag-coordinator')).not.toContain(actionId);
  await owner.query('DELETE FROM exclusions WHERE id = $1', [rows[0]!.id]);
});

test('a coordinator gets a notice while the person named as owner is excluded from the case', async () => {
  const { id: practitionerId, agencyId: police } = await practitioner(owner, 'police-sergeant');
  const named = await proposedFor(police);
  const assignment = { ownerPractitionerId: practitionerId };
  await (
    await by('police-inspector')
  )
    .post(`/v1/actions/${named}/assignment`, assignment)
    .set('if-match', '*')
    .expect(200);
  await jobsDone();
  expect(await noticed('jag-coordinator')).not.toContain(named);
  const excluded = { caseId, practitionerId, reason: 'A relative.' };
  await (await by('jag-chair')).post('/v1/exclusions', excluded).expect(201);
  await jobsDone();
  expect(await noticed('jag-coordinator')).toContain(named);
  // the excluded person must not learn of it
  expect(await noticed('police-sergeant')).toEqual([]);
});

test('a coordinator gets no notice when a former name of the person named as owner is excluded', async () => {
  const { id: practitionerId, agencyId: police } = await practitioner(owner, 'police-inspector');
  await owner.query(
    `INSERT INTO practitioner_names (id, version, created_at, updated_at, practitioner_id, name, name_key)
     VALUES (gen_random_uuid(), 1, now(), now(), $1, 'Delphine Ashwarren', 'delphineashwarren')`,
    [practitionerId],
  );
  const named = await proposedFor(police);
  const assignment = { ownerPractitionerId: practitionerId };
  await (
    await by('police-inspector')
  )
    .post(`/v1/actions/${named}/assignment`, assignment)
    .set('if-match', '*')
    .expect(200);
  const excluded = { caseId, name: 'Delphine Ashwarren', reason: 'A relative.' };
  await (await by('jag-chair')).post('/v1/exclusions', excluded).expect(201);
  await (await by('police-inspector')).get(`/v1/actions/${named}`).expect(404);
  await jobsDone();
  expect(await noticed('jag-coordinator')).not.toContain(named);
});

test('a coordinator gets a notice when everybody of the owner is excluded from the case', async () => {
  const whole = { caseId, agencyId, reason: 'A party to the case works there.' };
  await (await by('jag-chair')).post('/v1/exclusions', whole).expect(201);
  await jobsDone();
  const before = await noticed('jag-coordinator');
  expect(before).toContain(actionId);
  for (const who of ['fire-officer', 'housing-officer']) expect([who, await noticed(who)]).toEqual([who, []]);
  await jobsDone();
  expect(await noticed('jag-coordinator')).toEqual(before);
});

test('a coordinator cannot read the notice when excluded from the case', async () => {
  const own = { caseId, declared: true, reason: 'A friend of the family.' };
  await (await by('jag-coordinator')).post('/v1/exclusions', own).expect(201);
  expect(await noticed('jag-coordinator')).not.toContain(actionId);
  expect(await noticed('jag-chair')).toContain(actionId);
});
