/**
 * Recipients of what is said in an item: who was in the room while it was heard and could read it at that time, whatever becomes of
 * their access afterwards, and whenever their attendance is recorded.
 *
 * Seen to fail: no presence and no disclosure of people excluded, by identity, agency or name, or by their own declaration, while
 * the item was heard; of members whose seat or registration ended meanwhile; of a guest whose invitation was withdrawn; of a guest
 * invited and excluded while it was heard; of people whose arrival was recorded after the item had ended, also of an item hidden
 * from whoever recorded it.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let free: string[];
const by = (who: string): Promise<Caller> => as(server, who);
const idOf = async (who: string): Promise<string> => (await practitioner(owner, who)).id;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000' } });
  owner = await asOwner(server);
  jag = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`)).rows[0]!.id;
  const { rows } = await owner.query<{ id: string }>(
    `SELECT case_id AS id FROM exclusions WHERE case_id IS NOT NULL UNION SELECT case_id FROM recusals
     UNION SELECT cp.case_id FROM exclusions e JOIN case_people cp USING (person_id)`,
  );
  const hidden = rows.map(({ id }) => id);
  free = (await casesOf(owner, 'ask-jag')).map(({ id }) => id).filter((id) => !hidden.includes(id));
});

interface Given {
  path: string;
  items: string[];
  cases: string[];
}

/** A meeting in session. Its first case is one from which nobody was excluded, and is left to it where somebody will be. */
async function meeting({ cases = 1, excludes = false } = {}): Promise<Given> {
  const coordinator = await by('jag-coordinator');
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
  const made = await coordinator.post('/v1/meetings', { panelId: jag, scheduledAt, venueOrMode: 'Room 2' }).expect(201);
  const path = `/v1/meetings/${String(made.body.id)}`;
  const heard = [...(excludes ? free.splice(0, 1) : free.slice(-2, -1)), ...free.slice(-1)].slice(0, cases);
  expect(heard).toHaveLength(cases);
  const items: string[] = [];
  for (const caseId of heard) {
    const listed = await coordinator
      .post(`${path}/listings`, { caseId, kind: 'review', timeboxMinutes: 10 })
      .expect(201);
    items.push(listed.body.id);
  }
  expect((await command('jag-coordinator', path, 'opening')).status).toBe(200);
  return { path, items, cases: heard };
}

async function command(who: string, path: string, noun: string, body?: object): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${noun}`, body).set('if-match', headers['etag'] as string);
}

const item = ({ path, items }: Given, n = 0): string => `${path}/listings/${String(items[n])}`;

async function run(given: Given, noun: 'start' | 'end', n = 0, who = 'jag-coordinator'): Promise<void> {
  expect((await command(who, item(given, n), noun)).status).toBe(200);
}

/** The coordinator records that somebody is there. */
async function there(who: string, { path }: Given, more: object = {}): Promise<void> {
  const present = { practitionerId: await idOf(who), status: 'present', confidentialityAccepted: true, ...more };
  await (await by('jag-coordinator')).post(`${path}/attendances`, present).expect(201);
}

async function invite(who: string, given: Given, n = 0): Promise<string> {
  const { id, agencyId } = await practitioner(owner, who);
  const closesAt = new Date(Date.now() + 7_200_000).toISOString();
  const { body } = await (
    await by('jag-coordinator')
  )
    .post(`${item(given, n)}/invitations`, { agencyId, practitionerId: id, closesAt })
    .expect(201);
  return `${item(given, n)}/invitations/${String(body.id)}`;
}

async function exclude(who: string, given: Given, whom: object): Promise<void> {
  await (
    await by(who)
  )
    .post('/v1/exclusions', { caseId: given.cases[0], reason: 'They are related.', ...whom })
    .expect(201);
}

/** Holds that exactly these people are recipients of the item, and that it was told to each of their agencies but the presenting one. */
async function expectRecipients(given: Given, people: string[], n = 0): Promise<void> {
  const heard = [];
  for (const one of people) heard.push(await practitioner(owner, one));
  const listingId = given.items[n];
  const presences = await owner.query<{ id: string }>(
    'SELECT practitioner_id AS id FROM item_presences WHERE listing_id = $1 AND kept_out_by_ids IS NULL ORDER BY 1',
    [listingId],
  );
  expect(presences.rows.map(({ id }) => id)).toEqual(heard.map(({ id }) => id).sort());
  const told = await owner.query<{ id: string }>(
    `SELECT DISTINCT recipient_agency_id AS id FROM disclosures WHERE record_id = $1 AND 'spoken' = ANY (fields)
       AND kept_out_by_ids IS NULL ORDER BY 1`,
    [listingId],
  );
  const { rows } = await owner.query<{ by: string }>(
    'SELECT presented_by_agency_id AS by FROM listings WHERE id = $1',
    [listingId],
  );
  const agencies = new Set(heard.map(({ agencyId }) => agencyId).filter((id) => id !== rows[0]!.by));
  expect(told.rows.map(({ id }) => id)).toEqual([...agencies].sort());
}

describe('recipients of what is said in an item', () => {
  test('include people excluded from the case while it is heard, in whatever way', async () => {
    const given = await meeting({ excludes: true });
    const members = ['fire-officer', 'substance-worker', 'environmental-health-officer', 'police-sergeant'];
    for (const who of members) await there(who, given);
    await run(given, 'start');
    await exclude('jag-coordinator', given, { practitionerId: await idOf('fire-officer') });
    const { agencyId } = await practitioner(owner, 'substance-worker');
    await exclude('jag-coordinator', given, { agencyId });
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [
      await idOf('environmental-health-officer'),
    ]);
    await exclude('jag-coordinator', given, { name: rows[0]!.name });
    await exclude('police-sergeant', given, { declared: true });
    await run(given, 'end');
    await expectRecipients(given, members);
  });

  test('do not include somebody excluded from the case before it is heard', async () => {
    const given = await meeting({ excludes: true });
    await there('fire-officer', given);
    await there('police-sergeant', given);
    await exclude('jag-coordinator', given, { practitionerId: await idOf('fire-officer') });
    await run(given, 'start');
    await run(given, 'end');
    await expectRecipients(given, ['police-sergeant']);
  });

  test('include a guest whose invitation is withdrawn while the item is heard', async () => {
    const given = await meeting();
    const invitation = await invite('idva', given);
    await run(given, 'start');
    await there('idva', given);
    expect((await command('jag-coordinator', invitation, 'withdrawal', { reason: 'Not needed.' })).status).toBe(200);
    await run(given, 'end');
    await expectRecipients(given, ['idva']);
  });

  test.each(['withdrawn', 'excluded'])(
    'include a guest invited to the item while it is heard, and then %s',
    async (how) => {
      const given = await meeting({ cases: 2, excludes: how === 'excluded' });
      await invite('idva', given, 1);
      await there('idva', given);
      await run(given, 'start');
      const invitation = await invite('idva', given);
      if (how === 'excluded') await exclude('jag-coordinator', given, { practitionerId: await idOf('idva') });
      else {
        const withdrawn = await command('jag-coordinator', invitation, 'withdrawal', { reason: 'Not needed.' });
        expect(withdrawn.status).toBe(200);
      }
      await run(given, 'end');
      await expectRecipients(given, ['idva']);
    },
  );

  test('include a member recorded after the item ended, who had arrived while it was heard', async () => {
    const given = await meeting({ cases: 2 });
    await run(given, 'start');
    await run(given, 'end');
    await owner.query(
      `UPDATE listings SET started_at = now() - interval '40 minutes', ended_at = now() - interval '30 minutes' WHERE id = $1`,
      [given.items[0]],
    );
    await run(given, 'start', 1);
    const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    await there('fire-officer', given, { arrivedAt: ago(35) });
    await there('substance-worker', given, { arrivedAt: ago(20) });
    await there('observer', given, { arrivedAt: ago(35) });
    await expectRecipients(given, ['fire-officer']);
    await expectRecipients(given, ['fire-officer', 'substance-worker'], 1);
    await run(given, 'end', 1);
    await expectRecipients(given, ['fire-officer', 'substance-worker'], 1);
  });

  test('include a member whose arrival is recorded by somebody from whom the item is hidden', async () => {
    const given = await meeting({ excludes: true });
    const away = { listingId: given.items[0], reason: 'A relative.' };
    await (await by('jag-coordinator')).post(`${given.path}/recusals`, away).expect(201);
    await run(given, 'start', 0, 'police-inspector');
    await there('fire-officer', given);
    await exclude('police-inspector', given, { practitionerId: await idOf('fire-officer') });
    await run(given, 'end', 0, 'police-inspector');
    await expectRecipients(given, ['fire-officer']);
  });

  test('include members whose seat or registration ends while the item is heard', async () => {
    const given = await meeting();
    await there('fire-officer', given);
    await there('substance-worker', given);
    await run(given, 'start');
    const { rows } = await owner.query<{ id: string }>(
      'SELECT id FROM memberships WHERE panel_id = $1 AND practitioner_id = $2',
      [jag, await idOf('fire-officer')],
    );
    const seat = `/v1/panels/${jag}/memberships/${rows[0]!.id}`;
    const ended = (await by('jag-chair')).post(`${seat}/ending`, { reason: 'Moved away.' });
    await ended.set('if-match', '*').expect(200);
    await owner.query(`UPDATE practitioners SET active = false WHERE subject = 'substance-worker'`);
    await run(given, 'end');
    await expectRecipients(given, ['fire-officer', 'substance-worker']);
  });
});
