/**
 * In the room: who is there, from when to when, decides the quorum of an item and who received what was said in it; whoever
 * is recused from an item does not meet it at any exit, and keeps the rest of the case; of two who decide at once one wins.
 *
 * Seen to fail: recusals that neither wall knows; events and disclosures that do not say their item; recipients whatever their
 * spells, or whether or not they may know of the item; a disclosure to the agency of whoever ends the item; a quorum that
 * ignores spells, and one that counts who is recused, who was recorded before the meeting, or by themselves alone; a decision, and the beginning of an item, without a lock; an item refused
 * because of a hidden one; a recusal of the last chair; a recusal by others that its person sees, and one that a coordinator ends;
 * a crime amended as of whoever writes it, and one amended twice; a summary written by one agency and shared as another's; somebody
 * who heard an item until they declared a conflict, and is no recipient of what was said; somebody without seat and invitation
 * who is recorded as present, or as a deputy; a cursor that a recusal of its reader makes
 * unknown; the times of a guest counted over the own item alone; a presence that its person, or the coordinator, took back after an
 * item was begun, or set to begin later; a confirmation that held for an arrival set earlier; a coordinator who opened the meeting and
 * confirms the own presence; a guest whose invitation has ended, recorded with an earlier arrival; the attendance of a guest of a
 * hidden item, or a refusal that tells of it; the gap before a guest's item that the inviter does not know, or that an exclusion of
 * the guest's agency makes; a recusal in the refusal to
 * list; presences, and the quorum of an item, told to every reader; hidden apologies of a guest overwritten, a hidden stay ended by an
 * absence, and a guest whom the minutes name as present and as absent; a wrong request about the own attendance refused as one about
 * somebody else's.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { binary, docxOf } from '../support/papers.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let jag: string;
let marac: string;
const by = (who: string): Promise<Caller> => as(server, who);
const idOf = async (who: string): Promise<string> => (await practitioner(owner, who)).id;

async function peopleOf(subjects: string[]): Promise<{ id: string; agencyId: string }[]> {
  const found = [];
  for (const subject of subjects) found.push(await practitioner(owner, subject));
  return found;
}

async function panel(code: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM panels WHERE code = $1', [code]);
  return rows[0]!.id;
}

beforeAll(async () => {
  server = await givenServer();
  owner = await asOwner(server);
  jag = await panel('ask-jag');
  marac = await panel('ask-marac');
});

/** A recusal holds for all items of the case that are still to be heard, and tests share the cases. */
afterEach(() => owner.query('DELETE FROM recusals'));

/** What the panel's rules say from now on, beside the rest. */
const rule = (panelId: string, rules: object) =>
  owner.query('UPDATE panel_rules SET rules = rules || $2 WHERE panel_id = $1', [panelId, rules]);

const hearsEverything = { minAgencies: 0, mandatory: [], chairRequired: false };

interface Given {
  path: string;
  id: string;
  /** The items, by what stands in their order. */
  items: string[];
  cases: string[];
}

/** A meeting of the panel in session, with so many of its cases on the list. */
async function meeting(
  { panelId = jag, code = 'ask-jag', coordinator = 'jag-coordinator', cases = 1, open = true } = {},
  only?: string[],
): Promise<Given> {
  const caller = await by(coordinator);
  const made = await caller
    .post('/v1/meetings', {
      panelId,
      scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
      venueOrMode: 'Room 2',
    })
    .expect(201);
  const path = `/v1/meetings/${String(made.body.id)}`;
  const heard = only ?? (await ordinaryCases(code)).slice(0, cases);
  const items: string[] = [];
  for (const caseId of heard) {
    const listed = await caller.post(`${path}/listings`, { caseId, kind: 'review', timeboxMinutes: 10 }).expect(201);
    items.push(listed.body.id);
  }
  if (open) expect((await command(coordinator, path, 'opening')).status).toBe(200);
  return { path, id: made.body.id, items, cases: heard };
}

/** Cases of the panel that are hidden from nobody on it, those first that stand on the fewest lists. */
async function ordinaryCases(code: string): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT case_id AS id FROM exclusions WHERE case_id IS NOT NULL
     UNION SELECT cp.case_id FROM exclusions e JOIN case_people cp USING (person_id)`,
  );
  const hidden = rows.map(({ id }) => id);
  const listed = await owner.query<{ id: string; count: number }>(
    'SELECT case_id AS id, count(*)::int AS count FROM listings GROUP BY 1',
  );
  const lists = new Map(listed.rows.map(({ id, count }) => [id, count]));
  return (await casesOf(owner, code))
    .map(({ id }) => id)
    .filter((id) => !hidden.includes(id))
    .sort((a, b) => (lists.get(a) ?? 0) - (lists.get(b) ?? 0));
}

async function command(who: string, path: string, noun: string, body?: object): Promise<Response> {
  const caller = await by(who);
  const { headers } = await caller.get(path).expect(200);
  return caller.post(`${path}/${noun}`, body).set('if-match', headers['etag'] as string);
}

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const item = ({ path, items }: Given, n = 0): string => `${path}/listings/${String(items[n])}`;
const begin = async (given: Given, n = 0, who = 'jag-coordinator') => {
  const answer = await command(who, item(given, n), 'start');
  expect(answer.status).toBe(200);
};
const end = async (given: Given, n = 0, who = 'jag-coordinator') => {
  const answer = await command(who, item(given, n), 'end');
  expect(answer.status).toBe(200);
};

async function arrives(who: string, { path }: Given, more: object = {}): Promise<string> {
  const { body } = await (
    await by(who)
  )
    .post(`${path}/attendances`, {
      practitionerId: await idOf(who),
      status: 'present',
      confidentialityAccepted: true,
      ...more,
    })
    .expect(201);
  return `${path}/attendances/${String(body.id)}`;
}

/** The coordinator records that somebody is there. */
async function confirms(who: string, { path }: Given): Promise<void> {
  const there = { practitionerId: await idOf(who), status: 'present' };
  await (await by('jag-coordinator')).post(`${path}/attendances`, there).expect(201);
}

/** The coordinator invites somebody to an item from now on. */
async function invite(who: string, given: Given, n = 0): Promise<void> {
  const { id, agencyId } = await practitioner(owner, who);
  const closesAt = new Date(Date.now() + 7_200_000).toISOString();
  await (
    await by('jag-coordinator')
  )
    .post(`${item(given, n)}/invitations`, { agencyId, practitionerId: id, closesAt })
    .expect(201);
}

async function leaves(who: string, attendance: string): Promise<void> {
  expect((await command(who, attendance, 'departure', {})).status).toBe(200);
}

const decision = (given: Given, kind: string, n = 0) => ({
  listingId: given.items[n],
  kind,
  text: 'What was decided.',
  rationale: 'Why it was decided.',
  dissent: null,
});

describe('attendance', () => {
  test('has spells: whoever leaves and comes back was there twice, and not between', async () => {
    const given = await meeting();
    const first = await arrives('fire-officer', given);
    await (await by('fire-officer')).post(`${first}/departure`, {}).expect(428);
    expect((await command('police-sergeant', first, 'departure', {})).status).toBe(403);
    await leaves('fire-officer', first);
    expect((await command('fire-officer', first, 'departure', {})).body.code).toBe('not-present');
    // confidentiality was accepted at this meeting
    const second = await arrives('fire-officer', given, { confidentialityAccepted: undefined });
    expect(second).not.toBe(first);
    const { body } = await (await by('jag-chair')).get(`${given.path}/attendances`).expect(200);
    const mine = body.data.filter((one: { practitionerId: string }) => one.practitionerId);
    expect(mine.map((one: { leftAt: string | null }) => one.leftAt === null).sort()).toEqual([false, true]);
    const absent = { practitionerId: await idOf('fire-officer'), status: 'absent' };
    const undone = await (await by('fire-officer')).post(`${given.path}/attendances`, absent);
    expect(undone.body.code).toBe('was-present');
    const early = { ...absent, status: 'present', arrivedAt: new Date(Date.now() - 3_600_000).toISOString() };
    await leaves('jag-chair', second);
    const overlapping = await (await by('fire-officer')).post(`${given.path}/attendances`, early);
    expect(overlapping.body.code).toBe('arrival-invalid');
  });

  test('in confidence only: at each meeting, or once a year where the rules say so; the database holds it, too', async () => {
    const given = await meeting();
    const there = { practitionerId: await idOf('substance-worker'), status: 'present' };
    const refused = await (await by('substance-worker')).post(`${given.path}/attendances`, there);
    expect(refused.body.code).toBe('confidentiality-first');
    await rule(jag, { attendance: { confidentialityDeclaration: 'annual', deputiesAllowed: true } });
    await (await by('substance-worker')).post(`${given.path}/attendances`, there).expect(201);
    await owner.query(
      `UPDATE attendances SET confidentiality_accepted_at = confidentiality_accepted_at - interval '2 years'
       WHERE practitioner_id = $1`,
      [there.practitionerId],
    );
    const later = await meeting();
    const lapsed = await (await by('substance-worker')).post(`${later.path}/attendances`, there);
    expect(lapsed.body.code).toBe('confidentiality-first');
    await rule(jag, { attendance: { confidentialityDeclaration: 'each_meeting', deputiesAllowed: true } });
    await expect(
      owner.query('UPDATE attendances SET confidentiality_accepted_at = NULL WHERE meeting_id = $1', [given.id]),
    ).rejects.toThrow('present_in_confidence');
  });

  test('by a deputy, for another member, where the panel lets deputies come', async () => {
    const given = await meeting();
    const guest = {
      practitionerId: await idOf('agency-administrator'),
      status: 'deputy',
      confidentialityAccepted: true,
    };
    const coordinator = await by('jag-coordinator');
    await invite('agency-administrator', given);
    const record = (body: object) => coordinator.post(`${given.path}/attendances`, { ...guest, ...body });
    expect((await record({})).body.code).toBe('deputy-for-missing');
    expect((await record({ deputyForId: await idOf('outsider') })).body.code).toBe('deputy-for-missing');
    await rule(jag, { attendance: { deputiesAllowed: false } });
    expect((await record({ deputyForId: await idOf('housing-officer') })).body.code).toBe('no-deputies');
    await rule(jag, { attendance: { deputiesAllowed: true } });
    const { body } = await record({ deputyForId: await idOf('housing-officer') }).expect(201);
    expect(body.deputyForId).toBe(await idOf('housing-officer'));
    expect(body.arrivedAt).toBeTruthy();
  });

  test('a coordinator cannot record as present somebody without seat and invitation', async () => {
    const given = await meeting();
    const coordinator = await by('jag-coordinator');
    const outside = { practitionerId: await idOf('agency-administrator'), confidentialityAccepted: true };
    const deputy = { status: 'deputy', deputyForId: await idOf('housing-officer') };
    for (const how of [{ status: 'present' }, deputy]) {
      const { status, body } = await coordinator.post(`${given.path}/attendances`, { ...outside, ...how });
      expect([status, body.code]).toEqual([422, 'not-invited']);
      expect(body.detail).toContain('/invitations');
    }
    const absent = await coordinator.post(`${given.path}/attendances`, { ...outside, status: 'apologies' });
    expect([absent.status, absent.body.code]).toEqual([422, 'not-invited']);
  });

  test('of a guest is known to those who may read an item for which the guest came', async () => {
    const given = await meeting({ cases: 2 });
    await invite('idva', given);
    const guest = await idOf('idva');
    const recusal = { listingId: given.items[0], practitionerId: await idOf('jag-coordinator'), reason: 'A relative.' };
    await (await by('jag-chair')).post(`${given.path}/recusals`, recusal).expect(201);
    const coordinator = await by('jag-coordinator');
    const recorded = (status: string) =>
      coordinator.post(`${given.path}/attendances`, { practitionerId: guest, status, confidentialityAccepted: true });
    const refused = async () => {
      for (const status of ['present', 'apologies', 'absent']) {
        const { body } = await recorded(status);
        expect([status, body.code]).toEqual([status, 'not-invited']);
      }
    };
    const spellsOf = async (who: string): Promise<{ id: string; version: number }[]> =>
      (await (await by(who)).get(`${given.path}/attendances`).expect(200)).body.data.filter(
        (one: { practitionerId: string }) => one.practitionerId === guest,
      );
    await refused();
    const own = await arrives('idva', given);
    await refused();
    for (const who of ['jag-chair', 'fire-officer', 'idva'])
      expect([who, (await spellsOf(who)).length]).toEqual([who, 1]);
    for (const who of ['jag-coordinator', 'agency-administrator']) {
      const { body } = await (await by(who)).get(`${given.path}/attendances`);
      expect([who, JSON.stringify(body).includes(guest)]).toEqual([who, false]);
      expect([who, (await (await by(who)).get(own)).status]).toEqual([who, 404]);
    }
    await coordinator.post(`${own}/departure`, {}).set('if-match', '*').expect(404);

    // invited to an item that the coordinator sees, the guest arrives for that
    const { agencyId } = await practitioner(owner, 'idva');
    const invitation = { agencyId, practitionerId: guest, closesAt: new Date(Date.now() + 7_200_000).toISOString() };
    await (await by('jag-chair')).post(`${item(given, 1)}/invitations`, invitation).expect(201);
    const unsaid = await coordinator.post(`${given.path}/attendances`, { practitionerId: guest, status: 'present' });
    expect(unsaid.body.code).toBe('confidentiality-first');
    const { body } = await recorded('present').expect(201);
    expect(body.version).toBe(1);
    expect((await spellsOf('jag-coordinator')).map(({ id }) => id)).toEqual([body.id]);
    expect(await spellsOf('jag-chair')).toHaveLength(2);
  });

  test('apologies of a guest stay when somebody records the guest who may not read them', async () => {
    const given = await meeting({ cases: 2 });
    const guest = await idOf('idva');
    await invite('idva', given);
    await invite('idva', given, 1);
    const recusal = { listingId: given.items[0], practitionerId: await idOf('jag-coordinator'), reason: 'A relative.' };
    await (await by('jag-chair')).post(`${given.path}/recusals`, recusal).expect(201);
    // the guest answers for the first item alone, before the second invitation
    await owner.query(`UPDATE invitations SET opens_at = now() + interval '1 hour' WHERE listing_id = $1`, [
      given.items[1],
    ]);
    const record = async (who: string, status: string) =>
      (
        await (
          await by(who)
        )
          .post(`${given.path}/attendances`, { practitionerId: guest, status, confidentialityAccepted: true })
          .expect(201)
      ).body as { id: string; version: number };
    const hidden = await record('idva', 'apologies');
    await owner.query(`UPDATE invitations SET opens_at = now() - interval '1 minute' WHERE listing_id = $1`, [
      given.items[1],
    ]);
    const read = async (who: string): Promise<{ id: string; status: string; version: number }[]> =>
      (await (await by(who)).get(`${given.path}/attendances`).expect(200)).body.data
        .filter((one: { agencyId: string; practitionerId: string }) => one.practitionerId === guest)
        .map(({ id, status, version }: { id: string; status: string; version: number }) => ({ id, status, version }));

    const absent = await record('jag-coordinator', 'absent');
    expect(absent.version).toBe(1);
    const present = await record('jag-coordinator', 'present');
    expect(present.id).toBe(absent.id);
    expect(await read('jag-coordinator')).toEqual([{ id: present.id, status: 'present', version: 2 }]);
    const both = await read('jag-chair');
    expect(both).toHaveLength(2);
    expect(both).toContainEqual({ id: hidden.id, status: 'apologies', version: 1 });
    // whoever reads both records the stay, and the minutes name the guest once
    expect((await record('jag-chair', 'present')).id).toBe(present.id);
    expect(await read('idva')).toHaveLength(2);
    const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE id = $1', [guest]);
    const file = await binary((await by('jag-chair')).get(`${given.path}/minutes/document?format=docx`).expect(200));
    const { text } = await docxOf(file.body as Buffer);
    expect(text.split(rows[0]!.name)).toHaveLength(2);
  });

  test('a stay that the coordinator may not read goes on when they record the guest as absent', async () => {
    const given = await meeting({ cases: 2 });
    const guest = await idOf('idva');
    await invite('idva', given);
    const recusal = { listingId: given.items[0], practitionerId: await idOf('jag-coordinator'), reason: 'A relative.' };
    await (await by('jag-chair')).post(`${given.path}/recusals`, recusal).expect(201);
    const stay = await arrives('idva', given);
    await invite('idva', given, 1);
    const absent = { practitionerId: guest, status: 'absent' };
    const { body } = await (await by('jag-coordinator')).post(`${given.path}/attendances`, absent).expect(201);
    expect(body).toMatchObject({ version: 1, confidentialityAcceptedAt: null });
    const { body: going } = await (await by('jag-chair')).get(stay).expect(200);
    expect(going).toMatchObject({ status: 'present', leftAt: null, version: 1 });
  });

  test('a guest invited while the item is heard can be recorded, and receives what is said', async () => {
    const given = await meeting();
    await begin(given);
    const { id: practitionerId, agencyId } = await practitioner(owner, 'idva');
    const late = { practitionerId, status: 'present', confidentialityAccepted: true };
    const coordinator = await by('jag-coordinator');
    expect((await coordinator.post(`${given.path}/attendances`, late)).body.code).toBe('not-invited');
    await invite('idva', given);
    await coordinator.post(`${given.path}/attendances`, late).expect(201);
    await end(given);
    const { body } = await (await by('jag-chair')).get(`${item(given)}/presences`).expect(200);
    expect(body.data.map((one: { practitionerId: string }) => one.practitionerId)).toEqual([practitionerId]);
    expect(await toldOf(given, `caseId=${String(given.cases[0])}`)).toEqual([agencyId]);
  });

  test('a guest whose invitation has ended cannot be recorded with an earlier arrival', async () => {
    const given = await meeting();
    await invite('idva', given);
    await owner.query(
      `UPDATE invitations SET opens_at = now() - interval '2 hours', closes_at = now() - interval '1 minute' WHERE meeting_id = $1`,
      [given.id],
    );
    const late = { practitionerId: await idOf('idva'), status: 'present', confidentialityAccepted: true };
    const record = (arrivedAt?: string) =>
      by('jag-coordinator').then((caller) => caller.post(`${given.path}/attendances`, { ...late, arrivedAt }));
    for (const arrivedAt of [undefined, ago(60)]) {
      const { status, body } = await record(arrivedAt);
      expect([status, body.code]).toEqual([422, 'not-invited']);
    }
  });

  test('a member recorded as there can only depart, and not before an item that was begun', async () => {
    const given = await meeting();
    const arrivedAt = ago(30);
    const spell = await arrives('fire-officer', given, { arrivedAt });
    await confirms('fire-officer', given);
    const fire = await by('fire-officer');
    const mine = { practitionerId: await idOf('fire-officer') };
    const takeBack = async () => {
      for (const more of [
        { status: 'apologies' },
        { status: 'absent', correctionReason: 'A mistake.' },
        { status: 'present', arrivedAt: ago(1) },
      ]) {
        const { status, body } = await fire.post(`${given.path}/attendances`, { ...mine, ...more });
        expect([status, body.code]).toEqual([409, 'recorded-as-there']);
      }
    };
    await takeBack();
    await begin(given);
    await takeBack();
    const before = await command('fire-officer', spell, 'departure', { leftAt: ago(20) });
    expect([before.status, before.body.code]).toEqual([409, 'item-heard-since']);
    const { body } = await fire.get(spell).expect(200);
    expect([Date.parse(body.arrivedAt), body.status, body.leftAt]).toEqual([Date.parse(arrivedAt), 'present', null]);
    expect(body.confirmedAt).toBeTruthy();
    await leaves('fire-officer', spell);
  });

  test('a coordinator can correct an entry made in error with a reason, until an item is heard', async () => {
    const given = await meeting({ cases: 2 });
    await arrives('fire-officer', given, { arrivedAt: ago(30) });
    const coordinator = await by('jag-coordinator');
    const record = async (more: object) =>
      coordinator.post(`${given.path}/attendances`, { practitionerId: await idOf('fire-officer'), ...more });
    const later = await record({ status: 'present', arrivedAt: ago(20) });
    expect([later.status, later.body.code]).toEqual([422, 'correction-needs-reason']);
    const apologies = { status: 'apologies', correctionReason: 'It was a colleague.' };
    expect((await record({ status: 'apologies' })).body.code).toBe('correction-needs-reason');
    const corrected = await record({ status: 'present', arrivedAt: ago(20), correctionReason: 'It was later.' });
    expect(corrected.body).toMatchObject({ status: 'present', correctionReason: 'It was later.' });
    expect((await record(apologies)).body).toMatchObject({ ...apologies, arrivedAt: null });
    const nothing = await record({ status: 'present', correctionReason: 'He came.' });
    expect([nothing.status, nothing.body.code]).toEqual([422, 'corrects-nothing']);
    await record({ status: 'present', arrivedAt: ago(20) });
    await begin(given);
    expect((await record(apologies)).body.code).toBe('item-heard-since');
    await owner.query(`UPDATE listings SET started_at = now() - interval '10 minutes' WHERE id = $1`, [given.items[0]]);
    await end(given);
    for (const taken of [apologies, { ...apologies, status: 'present', arrivedAt: ago(5) }]) {
      const { status, body } = await record(taken);
      expect([status, body.code]).toEqual([409, 'item-heard-since']);
    }
    const free = { status: 'present', arrivedAt: ago(15), correctionReason: 'A little later.' };
    expect((await record(free)).status).toBe(201);
  });

  test('apologies come without what an agency knows: that is contributed to its case', async () => {
    const given = await meeting();
    const sent = { practitionerId: await idOf('fire-officer'), status: 'apologies_with_report' };
    const fire = await by('fire-officer');
    const refused = await fire.post(`${given.path}/attendances`, { ...sent, report: 'What we know of him.' });
    expect(refused.status).toBe(400);
    expect(refused.text).not.toContain('What we know');
    const { body } = await fire.post(`${given.path}/attendances`, sent).expect(201);
    expect(body).toMatchObject({ arrivedAt: null, leftAt: null });
  });
});

describe('the running order', () => {
  test('one item at a time, in a meeting that is in session, with its time derived', async () => {
    const given = await meeting({ cases: 3, open: false });
    expect((await command('jag-coordinator', item(given), 'start')).body.code).toBe('not-in-session');
    expect((await command('jag-coordinator', given.path, 'opening')).status).toBe(200);
    await begin(given);
    expect((await command('jag-chair', item(given, 1), 'start')).body.code).toBe('one-at-a-time');
    const off = await command('jag-chair', item(given), 'removal', { reason: 'Not ready.' });
    expect([off.status, off.body.code]).toEqual([409, 'heard-already']);
    expect((await command('jag-coordinator', item(given, 1), 'end')).body.code).toBe('not-being-heard');
    expect((await command('police-sergeant', item(given), 'end')).status).toBe(403);
    await owner.query(`UPDATE listings SET started_at = now() - interval '14 minutes 20 seconds' WHERE id = $1`, [
      given.items[0],
    ]);
    const order = async (who: string) =>
      (await (await by(who)).get(`${given.path}/running-order`).expect(200)).body.data;
    const [running, waiting, last] = await order('police-sergeant');
    expect(running).toMatchObject({ standing: 'being_heard', minutesUsed: 14, minutesOver: 4, endedAt: null });
    expect(waiting).toMatchObject({ standing: 'waiting', minutesUsed: null, minutesOver: null });
    const inMinutes = (at: string): number => Math.round((Date.parse(at) - Date.now()) / 60_000) + 0;
    expect([running, waiting, last].map((one) => inMinutes(one.expectedEndAt))).toEqual([0, 10, 20]);
    await end(given);
    expect((await command('jag-coordinator', item(given), 'start')).body.code).toBe('begun-already');
    expect((await order('police-sergeant'))[0]).toMatchObject({
      standing: 'heard',
      expectedEndAt: null,
      minutesUsed: 14,
    });
    await begin(given, 1);
    const decided = async (n: number): Promise<unknown> => {
      const { status, body } = await (
        await by('jag-coordinator')
      ).post(`${given.path}/decisions`, decision(given, 'note', n));
      return [status, body.code];
    };
    expect([await decided(0), await decided(1)]).toEqual([
      [201, undefined],
      [201, undefined],
    ]);
    expect(await decided(2)).toEqual([409, 'another-item-being-heard']);
    expect((await command('jag-chair', given.path, 'closure')).body.code).toBe('item-being-heard');
    await end(given, 1);
    expect(await decided(2)).toEqual([201, undefined]);
    expect((await command('jag-chair', given.path, 'closure')).status).toBe(200);
  });

  test('a guest is told the real time of the item, and of no other item', async () => {
    const given = await meeting({ cases: 3, open: false });
    await invite('idva', given, 2);
    type Timed = { id?: string; listingId?: string; expectedEndAt?: string; startsAt?: string };
    const timesOf = async (who: string): Promise<Timed[][]> => {
      const reader = await by(who);
      const { body } = await reader.get(`${given.path}/running-order`).expect(200);
      const agenda = await reader.get(`${given.path}/agenda`).expect(200);
      return [body.data, agenda.body.sections.flatMap(({ items }: { items: Timed[] }) => items)];
    };
    const [order, agenda] = (await timesOf('police-sergeant')).map((rows) =>
      rows.filter(({ id, listingId }) => (listingId ?? id) === given.items[2]),
    );
    const [guestOrder, guestAgenda] = await timesOf('idva');
    expect(guestOrder!.map(({ id, expectedEndAt }) => [id, expectedEndAt])).toEqual([
      [given.items[2], order![0]!.expectedEndAt],
    ]);
    expect(guestAgenda!.map(({ listingId, startsAt }) => [listingId, startsAt])).toEqual([
      [given.items[2], agenda![0]!.startsAt],
    ]);
  });

  test('a guest is told no time that the inviter does not know', async () => {
    const given = await meeting({ cases: 3, open: false });
    const recusal = { listingId: given.items[0], practitionerId: await idOf('jag-coordinator'), reason: 'A relative.' };
    await (await by('jag-chair')).post(`${given.path}/recusals`, recusal).expect(201);
    await invite('idva', given, 2);
    const startOf = async (who: string): Promise<string> => {
      const { body } = await (await by(who)).get(`${given.path}/agenda`).expect(200);
      const items = body.sections.flatMap((one: { items: { listingId: string; startsAt: string }[] }) => one.items);
      return items.find(({ listingId }: { listingId: string }) => listingId === given.items[2]).startsAt;
    };
    const endOf = async (who: string): Promise<string> => {
      const { body } = await (await by(who)).get(`${given.path}/running-order`).expect(200);
      return body.data.find(({ id }: { id: string }) => id === given.items[2]).expectedEndAt;
    };
    for (const time of [startOf, endOf]) {
      expect(await time('idva')).toBe(await time('jag-coordinator'));
      expect(await time('idva')).not.toBe(await time('police-sergeant'));
    }
    await owner.query('UPDATE invitations SET invited_by_id = NULL WHERE meeting_id = $1', [given.id]);
    const alone = Date.parse(await startOf('idva'));
    expect(alone).toBeLessThan(Date.parse(await startOf('jag-coordinator')));

    // nor does a refusal to list the case elsewhere tell of the recusal
    const elsewhere = await meeting({ cases: 0, open: false });
    const listing = { caseId: given.cases[0], kind: 'review' };
    const refused = await (await by('jag-coordinator')).post(`${elsewhere.path}/listings`, listing);
    expect([refused.status, refused.body.code]).toEqual([403, 'not-permitted']);
    expect(refused.text).not.toMatch(/recus/i);
  });

  test('a guest is told no time that rests on an item from which the guest’s agency is excluded', async () => {
    const given = await meeting({ cases: 3, open: false });
    await invite('idva', given, 2);
    const { rows } = await owner.query<{ id: string }>(
      `SELECT agency_id AS id FROM practitioners WHERE subject = 'idva'`,
    );
    const body = { caseId: given.cases[0], agencyId: rows[0]!.id, reason: 'Employs a relative.' };
    type Timed = { id?: string; listingId?: string; expectedEndAt?: string; startsAt?: string };
    const timesOf = async (who: string): Promise<(string | undefined)[]> => {
      const reader = await by(who);
      const order = await reader.get(`${given.path}/running-order`).expect(200);
      const agenda = await reader.get(`${given.path}/agenda`).expect(200);
      const items = agenda.body.sections.flatMap((one: { items: Timed[] }) => one.items);
      return [...order.body.data, ...items]
        .filter((one: Timed) => (one.listingId ?? one.id) === given.items[2])
        .map((one: Timed) => one.expectedEndAt ?? one.startsAt);
    };
    expect(await timesOf('idva')).toEqual(await timesOf('jag-coordinator'));
    const made = await (await by('jag-chair')).post('/v1/exclusions', body).expect(201);
    const [hidden, all] = [await timesOf('idva'), await timesOf('jag-coordinator')];
    expect(hidden).toHaveLength(2);
    const minutes = hidden.map((at, index) => (Date.parse(all[index]!) - Date.parse(at!)) / 60_000);
    expect(minutes).toEqual([10, 10]);
    const taken = { reason: 'Is heard at another meeting.' };
    await (
      await by('jag-coordinator')
    )
      .post(`${item(given)}/removal`, taken)
      .set('if-match', '*')
      .expect(200);
    expect(await timesOf('idva')).toEqual(hidden);
    await owner.query('DELETE FROM exclusions WHERE id = $1', [made.body.id]);
  });

  test('shows no gap to whom an item is hidden, nor hinders them because of it', async () => {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT e.case_id AS id FROM exclusions e JOIN practitioners p ON p.id = e.practitioner_id
       WHERE p.subject = 'related-officer' AND e.case_id IS NOT NULL`,
    );
    const [open] = await ordinaryCases('ask-jag');
    const given = await meeting({}, [rows[0]!.id, open!]);
    const order = async (who: string) =>
      (await (await by(who)).get(`${given.path}/running-order`).expect(200)).body.data;
    await begin(given);
    const inMinutes = (at: string): number => Math.round((Date.parse(at) - Date.now()) / 60_000) + 0;
    expect(
      (await order('police-sergeant')).map((one: { expectedEndAt: string }) => inMinutes(one.expectedEndAt)),
    ).toEqual([10, 20]);
    const [only, ...others] = await order('related-officer');
    expect(others).toEqual([]);
    expect(only.id).toBe(given.items[1]);
    expect(inMinutes(only.expectedEndAt)).toBe(10);
    // somebody who runs the meeting, and from whom what is being heard is hidden
    const away = { listingId: given.items[0], practitionerId: await idOf('police-inspector'), reason: 'A relative.' };
    await (await by('jag-coordinator')).post(`${given.path}/recusals`, away).expect(201);
    await begin(given, 1, 'police-inspector');
  });
});

/** To whom it was told in the item, as the data protection officer reads it. */
async function toldOf(given: Given, query: string): Promise<string[]> {
  const { body } = await (
    await by('dpo')
  )
    .get(`/v1/disclosures?limit=100&recordId=${String(given.items[0])}&${query}`)
    .expect(200);
  return body.data
    .filter(
      (one: { recordType: string; fields: string[] }) => one.recordType === 'Listing' && one.fields.includes('spoken'),
    )
    .map((one: { recipientAgencyId: string }) => one.recipientAgencyId)
    .sort();
}

describe('who heard an item', () => {
  test('is whoever was there during any of it and may know of it; their agencies received what was said', async () => {
    const given = await meeting({ cases: 2 });
    const was = await arrives('registered-provider-officer', given);
    const stays = await arrives('police-sergeant', given);
    await arrives('jag-chair', given);
    await arrives('fire-officer', given);
    await arrives('observer', given);
    await leaves('registered-provider-officer', was);
    const aside = { listingId: given.items[0], reason: 'Lives next door.' };
    await (await by('fire-officer')).post(`${given.path}/recusals`, aside).expect(201);
    await begin(given);
    await arrives('substance-worker', given);
    await leaves('police-sergeant', stays);
    await end(given);
    await arrives('environmental-health-officer', given);
    const expected = ['police-sergeant', 'jag-chair', 'substance-worker'];
    const { body } = await (await by('jag-chair')).get(`${item(given)}/presences`).expect(200);
    expect(body.data.map((one: { practitionerId: string }) => one.practitionerId).sort()).toEqual(
      (await peopleOf(expected)).map(({ id }) => id).sort(),
    );

    const agencies = (await peopleOf(expected)).map(({ agencyId }) => agencyId);
    const { rows } = await owner.query<{ by: string }>(
      'SELECT presented_by_agency_id AS by FROM listings WHERE id = $1',
      [given.items[0]],
    );
    const received = agencies.filter((id) => id !== rows[0]!.by).sort();
    expect(await toldOf(given, `caseId=${String(given.cases[0])}`)).toEqual(received);
    const entries = await owner.query<{ recipient: string; ids: string[] }>(
      `SELECT recipient_agency_id AS recipient, record_ids AS ids FROM audit_entries
       WHERE operation = 'disclose' AND sub_operation = 'verbal' AND $1 = ANY (record_ids)`,
      [given.items[0]],
    );
    expect(entries.rows.map((one) => one.recipient).sort()).toEqual([...agencies].sort());
    expect(entries.rows.every((one) => one.ids.length === 2)).toBe(true);
    // nobody was there for the item that was not heard
    const none = await (await by('jag-chair')).get(`${item(given, 1)}/presences`).expect(200);
    expect(none.body.data).toEqual([]);
  });

  test('is told to the coordination, the presenting agency and each of themselves; to them alone the quorum of the item', async () => {
    const given = await meeting();
    for (const who of ['police-sergeant', 'fire-officer', 'housing-officer']) await arrives(who, given);
    await begin(given);
    await end(given);
    await owner.query('UPDATE listings SET presented_by_agency_id = $2 WHERE id = $1', [
      given.items[0],
      (await practitioner(owner, 'housing-officer')).agencyId,
    ]);
    const heardBy = async (who: string): Promise<number> =>
      (await (await by(who)).get(`${item(given)}/presences`).expect(200)).body.data.length;
    const told = {
      'jag-chair': 3,
      'jag-coordinator': 3,
      'housing-officer': 3,
      'fire-officer': 1,
      'police-inspector': 3,
    };
    for (const [who, count] of Object.entries(told)) expect([who, await heardBy(who)]).toEqual([who, count]);
    await (await by('jag-chair')).post(`${given.path}/decisions`, decision(given, 'note')).expect(201);
    const decided = async (who: string) =>
      (await (await by(who)).get(`${given.path}/decisions`).expect(200)).body.data[0];
    expect(typeof (await decided('jag-coordinator')).quorate).toBe('boolean');
    const plain = await decided('fire-officer');
    expect(['quorate' in plain, plain.withheld.includes('quorate')]).toEqual([false, true]);
    expect(plain.kind).toBe('note');
  });

  test('includes somebody who declares a conflict after the item began', async () => {
    const given = await meeting();
    await arrives('jag-chair', given);
    await arrives('fire-officer', given);
    await arrives('registered-provider-officer', given);
    await begin(given);
    const aside = { listingId: given.items[0], reason: 'I know his voice.' };
    await (await by('fire-officer')).post(`${given.path}/recusals`, aside).expect(201);
    // whom the chair takes out heard it as well; somebody who was never there did not
    for (const who of ['registered-provider-officer', 'substance-worker']) {
      const whom = { ...aside, practitionerId: await idOf(who) };
      await (await by('jag-coordinator')).post(`${given.path}/recusals`, whom).expect(201);
    }
    const { body: recusals } = await (await by('jag-chair')).get(`${given.path}/recusals`).expect(200);
    const fire = await idOf('fire-officer');
    const own = recusals.data.find((one: { practitionerId: string }) => one.practitionerId === fire).id as string;
    expect(
      (
        await command('jag-chair', `${given.path}/recusals/${own}`, 'ending', {
          kind: 'entered_in_error',
          reason: 'Moved.',
        })
      ).status,
    ).toBe(200);
    await end(given);
    const heard = await peopleOf(['jag-chair', 'fire-officer', 'registered-provider-officer']);
    const { body } = await (await by('jag-chair')).get(`${item(given)}/presences`).expect(200);
    expect(body.data.map((one: { practitionerId: string }) => one.practitionerId).sort()).toEqual(
      heard.map(({ id }) => id).sort(),
    );
    const told = new Set(await toldOf(given, `caseId=${String(given.cases[0])}`));
    // nothing is disclosed to the agency that presents the item
    const { rows } = await owner.query<{ by: string }>(
      'SELECT presented_by_agency_id AS by FROM listings WHERE id = $1',
      [given.items[0]],
    );
    const received = heard.slice(1).filter(({ agencyId }) => agencyId !== rows[0]!.by);
    expect(received.length).toBeGreaterThan(0);
    for (const { agencyId } of received) expect(told.has(agencyId)).toBe(true);
  });

  test('does not include somebody who declares a conflict before the item began', async () => {
    const given = await meeting();
    await arrives('jag-chair', given);
    await arrives('fire-officer', given);
    const aside = { listingId: given.items[0], reason: 'I know his voice.' };
    await (await by('fire-officer')).post(`${given.path}/recusals`, aside).expect(201);
    await begin(given);
    await end(given);
    const { body } = await (await by('jag-chair')).get(`${item(given)}/presences`).expect(200);
    expect(body.data.map((one: { practitionerId: string }) => one.practitionerId)).toEqual([await idOf('jag-chair')]);
  });

  test('is accounted for to each person of the case', async () => {
    const { rows } = await owner.query<{ case_id: string; person_id: string }>(
      `SELECT cp.case_id, cp.person_id FROM case_people cp JOIN cases c ON c.id = cp.case_id
       WHERE c.panel_id = $1 AND c.stage NOT IN ('closed') AND cp.until IS NULL AND cp.case_id = ANY($2) LIMIT 1`,
      [marac, await ordinaryCases('ask-marac')],
    );
    const { case_id: caseId, person_id: personId } = rows[0]!;
    const given = await meeting({ panelId: marac, code: 'ask-marac', coordinator: 'marac-coordinator' }, [caseId]);
    await arrives('probation-officer', given);
    await begin(given, 0, 'marac-coordinator');
    await end(given, 0, 'marac-coordinator');
    expect(await toldOf(given, `personId=${personId}`)).toEqual([
      (await practitioner(owner, 'probation-officer')).agencyId,
    ]);
  });
});

/** Everywhere an item can be met: whether this person meets it there. */
async function meetsItem(who: string, given: Given, minuteId: string): Promise<Record<string, boolean>> {
  const caller = await by(who);
  const id = String(given.items[0]);
  const found: Record<string, boolean> = {};
  for (const part of ['', '/invitations', '/presences']) {
    const { status } = await caller.get(`${item(given)}${part}`);
    expect([200, 404]).toContain(status);
    found[`item${part}`] = status === 200;
  }
  for (const list of ['listings', 'running-order', 'decisions', 'minutes', 'crimes']) {
    const { body } = await caller.get(`${given.path}/${list}`).expect(200);
    found[list] = body.data.some((one: { id: string; listingId?: string }) => (one.listingId ?? one.id) === id);
  }
  found['minute'] = (await caller.get(`${given.path}/minutes/${minuteId}`)).status === 200;
  const timeline = await caller.get(`/v1/cases/${String(given.cases[0])}/timeline?limit=100`).expect(200);
  found['timeline'] = JSON.stringify(timeline.body).includes(given.id);
  for (const type of ['item.started', 'item.ended', 'decision.taken', 'minutes.drafted', 'crime.disclosed']) {
    const since = timeline.body.data.filter((one: { type: string; at: string }) => Date.parse(one.at) > started);
    found[`timeline ${type}`] = since.some((one: { type: string }) => one.type === type);
  }
  for (const [type, of] of [
    ['Listing', id],
    ['Minute', minuteId],
  ]) {
    const { status, body } = await caller.post('/v1/policy/explanations', { action: 'read', type, id: of });
    found[`explanation of ${String(type)}`] = status === 200 && body.outcome === 'permit';
  }
  return found;
}
let started = Date.now();

/** The rest of the case. */
async function keepsCase(who: string, { cases: [caseId] }: Given): Promise<boolean> {
  const caller = await by(who);
  const parts = ['', '/people', '/contributions', '/plans', '/timeline'];
  const answers = await Promise.all(parts.map((part) => caller.get(`/v1/cases/${String(caseId)}${part}`)));
  return answers.every(({ status }) => status === 200);
}

/** An item with everything beneath it. */
async function heardItem(): Promise<{ given: Given; minuteId: string }> {
  started = Date.now();
  // one on no other list, so that what its timeline says of meetings it says of this one
  const given = await meeting({}, [(await ordinaryCases('ask-jag'))[0]!]);
  const coordinator = await by('jag-coordinator');
  await arrives('jag-chair', given);
  await arrives('police-sergeant', given);
  await begin(given);
  await coordinator
    .post(`${given.path}/crimes`, { listingId: given.items[0], summary: 'A theft.', victimWishesReport: 'no' })
    .expect(201);
  await coordinator.post(`${given.path}/decisions`, decision(given, 'note')).expect(201);
  const minute = await coordinator
    .post(`${given.path}/minutes`, { listingId: given.items[0], text: 'What was said of it.' })
    .expect(201);
  await end(given);
  const approved = await command('jag-chair', `${given.path}/minutes/${String(minute.body.id)}`, 'approval');
  expect(approved.status).toBe(200);
  return { given, minuteId: minute.body.id };
}

test('a meeting that a coordinator opens is chaired by the chair who closes it', async () => {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const place = {
    panelId: rows[0]!.id,
    scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
    venueOrMode: 'Room 2',
  };
  const { body } = await (await by('jag-coordinator')).post('/v1/meetings', place).expect(201);
  const path = `/v1/meetings/${body.id as string}`;
  expect((await command('jag-coordinator', path, 'opening')).body.chairId).toBeNull();
  expect((await command('jag-chair', path, 'closure')).body.chairId).toBe(await idOf('jag-chair'));
});

describe('a recusal from one item', () => {
  test('a member can go on with a list after being recused from its last item', async () => {
    const given = await meeting({ cases: 2 });
    const member = await by('fire-officer');
    const page = async (cursor = '') =>
      member.get(`/v1/cases?stage=listed&panelId=${jag}&limit=1${cursor && `&cursor=${cursor}`}`);
    const seen: string[] = [];
    let { body } = await page();
    for (; !given.cases.includes(body.data[0].id as string); { body } = await page(String(body.next)))
      seen.push(body.data[0].id as string);
    const last = given.cases.indexOf(body.data[0].id as string);
    const aside = { listingId: given.items[last], reason: 'Lives next door.' };
    await member.post(`${given.path}/recusals`, aside).expect(201);
    const next = await page(String(body.next));
    expect([next.status, next.body.code]).toEqual([200, undefined]);
    expect([...seen, body.data[0].id]).not.toContain(next.body.data[0].id);
  });

  test('takes that item away at every exit, at once, and nothing else of the case; the chair ends it', async () => {
    const { given, minuteId } = await heardItem();
    const exits = await meetsItem('police-sergeant', given, minuteId);
    expect(Object.entries(exits).filter(([, met]) => !met)).toEqual([]);

    const declared = await (
      await by('police-sergeant')
    )
      .post(`${given.path}/recusals`, { listingId: given.items[0], reason: 'My brother lives there.' })
      .expect(201);
    expect(declared.body).toMatchObject({ declared: true, reason: 'My brother lives there.' });
    const after = await meetsItem('police-sergeant', given, minuteId);
    expect(Object.entries(after).filter(([, met]) => met)).toEqual([]);
    expect(await keepsCase('police-sergeant', given)).toBe(true);
    // others go on as before
    expect(Object.values(await meetsItem('jag-chair', given, minuteId)).every(Boolean)).toBe(true);

    // their own declaration they see, and cannot undo it
    const path = `${given.path}/recusals/${String(declared.body.id)}`;
    await (await by('police-sergeant')).get(path).expect(200);
    expect((await command('police-sergeant', path, 'ending', { kind: 'ended', reason: 'It is over.' })).status).toBe(
      403,
    );
    expect((await command('jag-coordinator', path, 'ending', { kind: 'ended', reason: 'It is over.' })).status).toBe(
      403,
    );
    await (await by('fire-officer')).get(path).expect(404);
    expect((await command('jag-chair', path, 'ending', { kind: 'entered_in_error', reason: 'He moved.' })).status).toBe(
      200,
    );
    const back = await meetsItem('police-sergeant', given, minuteId);
    expect(Object.entries(back).filter(([, met]) => !met)).toEqual([]);
  });

  test('that others impose is not seen by whom it concerns, nor imposed by everybody', async () => {
    const { given, minuteId } = await heardItem();
    const whom = {
      listingId: given.items[0],
      practitionerId: await idOf('police-sergeant'),
      reason: 'A witness knows him.',
    };
    await (await by('fire-officer')).post(`${given.path}/recusals`, whom).expect(403);
    await (await by('outsider')).post(`${given.path}/recusals`, whom).expect(404);
    const made = await (await by('jag-coordinator')).post(`${given.path}/recusals`, whom).expect(201);
    const again = await (await by('jag-coordinator')).post(`${given.path}/recusals`, whom);
    expect(again.body.code).toBe('recused-already');
    const sergeant = await by('police-sergeant');
    expect((await sergeant.get(`${given.path}/recusals`).expect(200)).body.data).toEqual([]);
    await sergeant.get(`${given.path}/recusals/${String(made.body.id)}`).expect(404);
    expect(Object.entries(await meetsItem('police-sergeant', given, minuteId)).filter(([, met]) => met)).toEqual([]);
  });

  test('imposed on every chair is refused: one of them must be left who can end it', async () => {
    const given = await meeting();
    const coordinator = await by('jag-coordinator');
    const whom = async (who: string): Promise<object> => ({
      listingId: given.items[0],
      practitionerId: await idOf(who),
      reason: 'He knows the family.',
    });
    await coordinator.post(`${given.path}/recusals`, await whom('jag-chair')).expect(201);
    const last = await coordinator.post(`${given.path}/recusals`, await whom('police-inspector'));
    expect([last.status, last.body.code]).toEqual([422, 'no-chair-left']);
    await (await by('police-inspector')).get(item(given)).expect(200);
  });

  test('of the chair leaves the item to whoever stands in', async () => {
    const given = await meeting();
    const chair = await by('jag-chair');
    const { body } = await chair
      .post(`${given.path}/recusals`, { listingId: given.items[0], reason: 'My sister’s flat.' })
      .expect(201);
    await chair.post(`${given.path}/decisions`, decision(given, 'note')).expect(404);
    await chair.post(`${given.path}/minutes`, { listingId: given.items[0], text: 'My own.' }).expect(404);
    await chair
      .post(`${item(given)}/start`)
      .set('if-match', '*')
      .expect(404);
    const own = `${given.path}/recusals/${String(body.id)}`;
    expect((await command('jag-chair', own, 'ending', { kind: 'ended', reason: 'I say so.' })).status).toBe(403);
    await begin(given, 0, 'police-inspector');
    await (await by('police-inspector')).post(`${given.path}/decisions`, decision(given, 'note')).expect(201);
    await arrives('fire-officer', given);
    await end(given, 0, 'police-inspector');
    // nor does the chair account for what was said in it
    const accounts = async (who: string): Promise<number> =>
      (await (await by(who)).get(`/v1/disclosures?recordId=${String(given.items[0])}`).expect(200)).body.data.length;
    expect(await accounts('police-inspector')).toBeGreaterThan(0);
    expect(await accounts('jag-chair')).toBe(0);
    // the chair may close the meeting: the item is none to them
    expect((await command('jag-chair', given.path, 'closure')).status).toBe(200);
  });

  test.each([
    ['imposed', 'jag-coordinator'],
    ['declared', 'fire-officer'],
  ])('ended by mistake: a chair can correct the end of one that was %s to entered in error', async (kind, by_) => {
    const given = await meeting();
    const whom = { listingId: given.items[0], practitionerId: await idOf('fire-officer'), reason: 'A neighbour.' };
    const { body: made } = await (await by(by_)).post(`${given.path}/recusals`, whom).expect(201);
    const path = `${given.path}/recusals/${String(made.id)}`;
    await begin(given);
    await (await by('jag-coordinator')).post(`${given.path}/decisions`, decision(given, 'note')).expect(201);
    await end(given);
    const ends = async (who: string, as_: string): Promise<Response> =>
      command(who, path, 'ending', { kind: as_, reason: `As ${who} says.` });
    const reads = async (): Promise<number> => (await (await by('fire-officer')).get(item(given))).status;

    expect((await ends('jag-chair', 'ended')).status).toBe(200);
    expect(await reads()).toBe(404);
    const same = await ends('jag-chair', 'ended');
    expect([same.status, same.body.code, same.body.detail]).toEqual([
      409,
      'ended',
      expect.stringContaining('entered_in_error'),
    ]);
    expect((await ends('jag-coordinator', 'entered_in_error')).status).toBe(403);

    const corrected = await ends('police-inspector', 'entered_in_error');
    expect([corrected.status, corrected.body]).toEqual([
      200,
      expect.objectContaining({
        ...{ endKind: 'entered_in_error', endReason: 'As police-inspector says.' },
        endedById: await idOf('police-inspector'),
      }),
    ]);
    expect(await reads()).toBe(200);
    if (kind === 'declared') {
      const { body: own } = await (await by('fire-officer')).get(path).expect(200);
      expect([own.version, own.endKind]).toEqual([made.version, undefined]);
    }
    for (const again of ['ended', 'entered_in_error']) {
      const refusal = await ends('jag-chair', again);
      expect([refusal.status, refusal.body.code, refusal.body.detail]).toEqual([
        ...[409, 'ended'],
        expect.stringContaining('recuse the person again'),
      ]);
    }
    const { rows } = await owner.query(
      `SELECT e.type, p.subject AS by, e.case_id AS case FROM events e JOIN practitioners p ON p.id = e.actor_id
       WHERE e.subject_id = $1 AND e.type LIKE 'recusal.end%' ORDER BY e.at, e.id`,
      [made.id],
    );
    expect(rows).toEqual([
      { type: 'recusal.ended', by: 'jag-chair', case: null },
      { type: 'recusal.end-corrected', by: 'police-inspector', case: null },
    ]);
  });

  test('takes from the invited what the invitation gave, and the next meeting from the status of the case', async () => {
    const given = await meeting({ panelId: marac, code: 'ask-marac', coordinator: 'marac-coordinator' }, [
      (await ordinaryCases('ask-marac'))[0]!,
    ]);
    const coordinator = await by('marac-coordinator');
    const guest = await practitioner(owner, 'fire-officer');
    const closesAt = new Date(Date.now() + 86_400_000).toISOString();
    await coordinator
      .post(`${item(given)}/invitations`, { agencyId: guest.agencyId, practitionerId: guest.id, closesAt })
      .expect(201);
    const guesting = await by('fire-officer');
    const seen = async (): Promise<number[]> =>
      Promise.all(
        [`/v1/cases/${String(given.cases[0])}`, given.path, item(given)].map(
          async (one) => (await guesting.get(one)).status,
        ),
      );
    expect(await seen()).toEqual([200, 200, 200]);
    await guesting
      .post(`${given.path}/recusals`, { listingId: given.items[0], reason: 'He is our tenant.' })
      .expect(201);
    expect(await seen()).toEqual([404, 404, 404]);

    const status = async (who: string) =>
      (await (await by(who)).get(`/v1/cases/${String(given.cases[0])}/status`).expect(200)).body.nextMeetingAt;
    const next = await meeting({ panelId: marac, coordinator: 'marac-coordinator', open: false }, given.cases);
    const before = await status('idva');
    expect(before).toBeTruthy();
    await (
      await by('idva')
    )
      .post(`${next.path}/recusals`, { listingId: next.items[0], reason: 'A friend.' })
      .expect(201);
    await (await by('idva')).get(item(given)).expect(404);
    expect(await status('idva')).not.toBe(before);
    expect(await status('social-worker')).toBe(before);
  });
});

describe('the quorum of an item', () => {
  const decides = async (given: Given, kind: string, n = 0) =>
    (await by('jag-coordinator')).post(`${given.path}/decisions`, decision(given, kind, n));

  test('counts who is there for it: not who left, nor who is recused', async () => {
    await rule(jag, { quorum: { ...hearsEverything, mandatory: ['police'], onFail: 'block' } });
    const given = await meeting({ cases: 4 });
    const sergeant = await arrives('police-sergeant', given);
    await confirms('police-sergeant', given);
    await begin(given);
    const first = await decides(given, 'plan_agreed');
    expect(first.body).toMatchObject({ kind: 'plan_agreed', quorate: true });
    await end(given);
    const aside = { listingId: given.items[1], practitionerId: await idOf('police-sergeant'), reason: 'A relative.' };
    await (await by('jag-coordinator')).post(`${given.path}/recusals`, aside).expect(201);
    await begin(given, 1);
    const recused = await decides(given, 'plan_agreed', 1);
    expect(recused.body).toMatchObject({ code: 'inquorate', errors: [{ detail: 'police must be present' }] });
    expect((await decides(given, 'note', 1)).body.quorate).toBe(false);
    await end(given, 1);
    await begin(given, 2);
    await end(given, 2);
    await leaves('police-sergeant', sergeant);
    // written down after the item, at which police were
    expect((await decides(given, 'close', 2)).body.quorate).toBe(true);
    await begin(given, 3);
    expect((await decides(given, 'close', 3)).body.code).toBe('inquorate');
  });

  test('counts a guest at the items of the invitation, and neither at others nor for the meeting', async () => {
    const { rows } = await owner.query<{ type: string }>(
      `SELECT a.type FROM practitioners p JOIN agencies a ON a.id = p.agency_id WHERE p.subject = 'idva'`,
    );
    await rule(jag, { quorum: { ...hearsEverything, mandatory: [rows[0]!.type], onFail: 'block' } });
    const given = await meeting({ cases: 2 });
    await invite('idva', given);
    await arrives('idva', given);
    await confirms('idva', given);
    await begin(given, 1);
    expect((await decides(given, 'plan_agreed', 1)).body.code).toBe('inquorate');
    expect((await decides(given, 'note', 1)).body.quorate).toBe(false);
    await end(given, 1);
    await begin(given);
    expect((await decides(given, 'plan_agreed')).body).toMatchObject({ kind: 'plan_agreed', quorate: true });
    await end(given);
    expect((await command('jag-chair', given.path, 'closure')).body).toMatchObject({ status: 'held', quorate: false });
    await rule(jag, { quorum: hearsEverything });
  });

  test('does not count who was recorded before the meeting, or by themselves alone', async () => {
    await rule(jag, { quorum: { ...hearsEverything, mandatory: ['police'], onFail: 'block' } });
    const given = await meeting({ open: false });
    await arrives('police-sergeant', given);
    await confirms('police-sergeant', given);
    expect((await command('jag-coordinator', given.path, 'opening')).status).toBe(200);
    await begin(given);
    const inquorate = async () => expect((await decides(given, 'plan_agreed')).body.code).toBe('inquorate');
    await inquorate();
    const again = await arrives('police-sergeant', given);
    // co-chairs for the police, and runs the meeting; it is chaired by somebody else
    await arrives('police-inspector', given);
    await inquorate();
    await confirms('police-sergeant', given);
    await arrives('police-sergeant', given);
    await leaves('police-sergeant', again);
    await inquorate();
    await arrives('police-sergeant', given);
    await inquorate();
    await confirms('police-sergeant', given);
    expect((await decides(given, 'plan_agreed')).body).toMatchObject({ kind: 'plan_agreed', quorate: true });
    await rule(jag, { quorum: hearsEverything });
  });

  test('does not count for an earlier item a member who sets the arrival earlier than was confirmed', async () => {
    await rule(jag, { quorum: { ...hearsEverything, mandatory: ['police'], onFail: 'block' } });
    const given = await meeting();
    await begin(given);
    await end(given);
    await owner.query(
      `UPDATE listings SET started_at = now() - interval '40 minutes', ended_at = now() - interval '35 minutes' WHERE id = $1`,
      [given.items[0]],
    );
    await arrives('police-sergeant', given);
    await confirms('police-sergeant', given);
    const spell = await arrives('police-sergeant', given, { arrivedAt: ago(50) });
    expect((await (await by('police-sergeant')).get(spell).expect(200)).body.confirmedAt).toBeNull();
    expect((await decides(given, 'plan_agreed')).body.code).toBe('inquorate');
    await confirms('police-sergeant', given);
    expect((await decides(given, 'plan_agreed')).body).toMatchObject({ kind: 'plan_agreed', quorate: true });
    await rule(jag, { quorum: hearsEverything });
  });

  test('counts by the own record only a chair who runs the meeting, not a coordinator who opened it', async () => {
    const opened = await meeting();
    const own = await arrives('jag-coordinator', opened);
    expect((await (await by('jag-coordinator')).get(own).expect(200)).body.confirmedAt).toBeNull();
    const chaired = await meeting({ open: false });
    expect((await command('jag-chair', chaired.path, 'opening')).status).toBe(200);
    const chair = await arrives('jag-chair', chaired);
    expect((await (await by('jag-chair')).get(chair).expect(200)).body.confirmedAt).toBeTruthy();
  });

  test('missed, leaves nothing but to defer where the rules say so, and only warns where they say that', async () => {
    await rule(jag, { quorum: { ...hearsEverything, mandatory: ['fire_service'], onFail: 'defer' } });
    const given = await meeting({ cases: 2 });
    await begin(given);
    for (const kind of ['note', 'continue', 'escalate', 'plan_agreed'])
      expect((await decides(given, kind)).body.code).toBe('inquorate');
    expect((await decides(given, 'defer')).status).toBe(201);
    await rule(jag, { quorum: { ...hearsEverything, mandatory: ['fire_service'], onFail: 'warn' } });
    await end(given);
    expect((await decides(given, 'close', 1)).body).toMatchObject({ kind: 'close', quorate: false });
    await rule(jag, { quorum: hearsEverything });
  });
});

describe('crimes disclosed at a meeting', () => {
  test('are recorded by those who run it, with the victim’s wish, and shared as police incidents are', async () => {
    const given = await meeting({ panelId: marac, code: 'ask-marac', coordinator: 'marac-coordinator' });
    const chair = await by('marac-chair');
    const crime = { listingId: given.items[0], summary: 'He broke her phone in May.' };
    const without = await chair.post(`${given.path}/crimes`, crime);
    expect(without.body.errors).toMatchObject([{ pointer: '/victimWishesReport' }]);
    await (await by('idva')).post(`${given.path}/crimes`, { ...crime, victimWishesReport: 'no' }).expect(403);
    const { body } = await chair
      .post(`${given.path}/crimes`, { ...crime, victimWishesReport: 'no', reportedTo: 'Nobody yet' })
      .expect(201);
    const seenBy = async (who: string) =>
      (await (await by(who)).get(`${given.path}/crimes`).expect(200)).body.data.find(
        (one: { id: string }) => one.id === body.id,
      );
    expect(await seenBy('idva')).toMatchObject({ summary: crime.summary, victimWishesReport: 'no' });
    // the agreement gives housing a summary of what police know, and the crime is told in full or not at all
    const stub = await seenBy('housing-officer');
    expect(stub).not.toHaveProperty('summary');
    expect(stub.withheld).toEqual(expect.arrayContaining(['summary', 'victimWishesReport', 'reportedTo', 'reference']));
    // what becomes known later takes its place, shared as before; the first record stays
    const path = `${given.path}/crimes/${body.id as string}`;
    const etag = (await chair.get(path).expect(200)).headers['etag'] as string;
    const later = { reportedTo: 'Sexual offences team', reference: 'SOT-2026-118' };
    await chair.post(`${path}/amendment`, later).expect(428);
    const refused = await (await by('idva')).post(`${path}/amendment`, later).set('if-match', '*');
    expect([refused.status, refused.body.code]).toEqual([403, 'not-permitted']);
    await (await by('jag-coordinator')).post(`${path}/amendment`, later).set('if-match', '*').expect(404);
    // a coordinator of another agency would share the police's words as their own
    const other = await (await by('marac-coordinator')).post(`${path}/amendment`, later).set('if-match', '*');
    expect([other.status, other.body.code]).toEqual([403, 'not-permitted']);
    const { body: amended } = await chair.post(`${path}/amendment`, later).set('if-match', '*').expect(200);
    expect(amended).toMatchObject({ ...later, summary: crime.summary, victimWishesReport: 'no', amendsId: body.id });
    expect(amended.agencyId).toBe(body.agencyId);
    expect(await seenBy('idva')).toMatchObject({ reportedTo: 'Nobody yet', amendedAt: expect.any(String) as string });
    const again = await chair.post(`${path}/amendment`, later).set('if-match', '*');
    expect([again.status, again.body.code]).toEqual([409, 'amended-already']);
    await chair.post(`${path}/amendment`, later).set('if-match', etag).expect(412);
    const hidden = await (await by('housing-officer')).get(`${given.path}/crimes/${amended.id as string}`).expect(200);
    expect(hidden.body.withheld).toEqual(expect.arrayContaining(['summary', 'reportedTo', 'reference']));
    const elsewhere = await meeting();
    const astray = await (
      await by('jag-coordinator')
    ).post(`${elsewhere.path}/crimes`, {
      ...crime,
      victimWishesReport: 'yes',
    });
    expect(astray.status).toBe(404);
  });
});

describe('an action captured in an item', () => {
  test('is an action of a plan of its case, by the rules of every action', async () => {
    const { rows } = await owner.query<{ id: string; case_id: string }>(
      `SELECT id, case_id FROM plans WHERE panel_id = $1 AND status IN ('agreed', 'active') AND case_id = ANY($2) LIMIT 1`,
      [jag, await ordinaryCases('ask-jag')],
    );
    const plan = rows[0]!;
    const given = await meeting({}, [
      plan.case_id,
      (await ordinaryCases('ask-jag')).find((id) => id !== plan.case_id)!,
    ]);
    const fire = await practitioner(owner, 'fire-officer');
    const action = {
      planId: plan.id,
      ownerAgencyId: fire.agencyId,
      ownerPractitionerId: null,
      description: 'Visit the flat about the smoke alarm.',
      measure: 'Visited once.',
      evidenceOfCompletion: null,
      relatesTo: 'place',
      dueOn: new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10),
    };
    const coordinator = await by('jag-coordinator');
    const { body } = await coordinator.post(`${item(given)}/actions`, action).expect(201);
    expect(body).toMatchObject({
      planId: plan.id,
      caseId: plan.case_id,
      status: 'proposed',
      ownerAgencyId: fire.agencyId,
    });
    const elsewhere = await coordinator.post(`${item(given, 1)}/actions`, action);
    expect(elsewhere.body.code).toBe('no-such-plan');
    // the first meeting about a case ends with actions, and nobody has drafted a plan
    const { planId: _, ...unplanned } = action;
    const alone = await coordinator.post(`${item(given, 1)}/actions`, unplanned).expect(201);
    expect(alone.body).toMatchObject({ planId: null, caseId: given.cases[1], status: 'proposed' });
    const owners = await (await by('fire-officer')).get(`/v1/actions/${alone.body.id as string}`).expect(200);
    expect(owners.body.description).toBe(action.description);
    const refused = await (await by('dpo')).post(`${item(given, 1)}/actions`, unplanned);
    expect([403, 404]).toContain(refused.status);
    await (await by('fire-officer')).post(`${item(given)}/actions`, action).expect(403);
  });
});

describe('two who decide at once', () => {
  test('one wins, the other is told, and nothing is lost', async () => {
    for (const withTag of [false, true]) {
      const given = await meeting();
      const tag = (await (await by('jag-chair')).get(item(given)).expect(200)).headers['etag'] as string;
      const answers = await Promise.all(
        ['jag-chair', 'jag-coordinator', 'police-inspector'].map(async (who) => {
          const call = (await by(who)).post(`${given.path}/decisions`, {
            ...decision(given, 'note'),
            text: `By ${who}.`,
          });
          return withTag ? call.set('if-match', tag) : call;
        }),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual(withTag ? [201, 412, 412] : [201, 409, 409]);
      const lost = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
      expect(new Set(lost)).toEqual(new Set([withTag ? 'changed-meanwhile' : 'decided-already']));
      const { body } = await (await by('jag-chair')).get(`${given.path}/decisions`).expect(200);
      const won = answers.find(({ status }) => status === 201)!;
      expect(body.data).toHaveLength(1);
      expect(body.data[0].text).toBe(won.body.text);
      expect((await (await by('jag-chair')).get(item(given))).body.outcome).toBe('note');
    }
  });

  test('nor do two begin two items', async () => {
    const given = await meeting({ cases: 2 });
    const answers = await Promise.all([
      command('jag-chair', item(given, 0), 'start'),
      command('jag-coordinator', item(given, 1), 'start'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});
