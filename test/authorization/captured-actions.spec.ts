/**
 * Actions taken on in an item of a meeting: hidden with the item from those who are recused from it, and from guests of other
 * items of the case, with notes, events, notices, escalations and disclosures.
 *
 * Seen to fail: a note, an escalation and a notice without the item of their action; an action captured without its item, which the
 * database refuses; an action that a guest of another item reads, and one that a guest verifies;
 * notes of other agencies that an owner without a seat reads; an action that its owner cannot accept without the case, and one given
 * to an agency without a seat. That a recused owner follows the case by a hidden action both
 * walls prevent: one of them left out changes nothing.
 */
import type pg from 'pg';
import { asOwner, casesOf, openMeeting, practitioner, registeredAgain } from '../support/panel-work.ts';
import { givenWallsApart } from '../support/row-level-security.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
const by = (who: string): Promise<Caller> => as(server, who);
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
});

/** Cases of the panel from which nobody is excluded, those first that stand on the fewest lists. */
async function ordinaryCases(code: string): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT c.id FROM unnest($1::uuid[]) c (id) WHERE NOT EXISTS (SELECT FROM exclusions e WHERE e.case_id = c.id)
       AND NOT EXISTS (SELECT FROM exclusions e JOIN case_people cp USING (person_id) WHERE cp.case_id = c.id)
     ORDER BY (SELECT count(*) FROM listings l WHERE l.case_id = c.id), c.id`,
    [(await casesOf(owner, code)).map(({ id }) => id)],
  );
  return rows.map(({ id }) => id);
}

interface Item {
  meeting: string;
  id: string;
  path: string;
}

async function listed(coordinator: Caller, caseId: string): Promise<Item> {
  const { rows } = await owner.query<{ id: string }>('SELECT panel_id AS id FROM cases WHERE id = $1', [caseId]);
  const convened = { panelId: rows[0]!.id, scheduledAt: inDays(1), venueOrMode: 'Room 2' };
  const meeting = `/v1/meetings/${String((await coordinator.post('/v1/meetings', convened).expect(201)).body.id)}`;
  const item = { caseId, kind: 'review', timeboxMinutes: 10 };
  const { id } = (await coordinator.post(`${meeting}/listings`, item).expect(201)).body as { id: string };
  await openMeeting(server, meeting, coordinator.who);
  return { meeting, id, path: `${meeting}/listings/${id}` };
}

async function captured(coordinator: Caller, item: Item, ownerAgencyId: string): Promise<string> {
  const request = {
    ownerAgencyId,
    description: 'Visit the brother at number nine about the noise.',
    dueOn: inDays(5).slice(0, 10),
  };
  return (await coordinator.post(`${item.path}/actions`, request).expect(201)).body.id as string;
}

async function move(caller: Caller, action: string, noun: string, body: object = {}) {
  const { headers } = await caller.get(`/v1/actions/${action}`).expect(200);
  return caller.post(`/v1/actions/${action}/${noun}`, body).set('if-match', headers['etag'] as string);
}

async function all(caller: Caller, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ;) {
    const { body } = await caller.get(`${path}${path.includes('?') ? '&' : '?'}limit=100${cursor}`).expect(200);
    rows.push(...body.data);
    if (!body.next) return rows;
    cursor = `&cursor=${String(body.next)}`;
  }
}

async function recuse(item: Item, who: string): Promise<void> {
  const { id: practitionerId } = await practitioner(owner, who);
  const recusal = { listingId: item.id, practitionerId, reason: 'A relative of the tenant.' };
  await (await by('jag-coordinator')).post(`${item.meeting}/recusals`, recusal).expect(201);
}

describe('an action of an agency that cannot read the case', () => {
  test('a flexible member reads, accepts and completes the action without the case', async () => {
    const coordinator = await by('jag-coordinator');
    const [caseId] = (await ordinaryCases('ask-jag')).slice(-1) as [string];
    const member = await practitioner(owner, 'social-worker');
    await owner.query(`DELETE FROM invitations WHERE practitioner_id = $1 OR agency_id = $2`, [
      member.id,
      member.agencyId,
    ]);
    const item = await listed(coordinator, caseId);
    const action = await captured(coordinator, item, member.agencyId);
    const carrier = await by('social-worker');
    await carrier.get(`/v1/cases/${caseId}`).expect(404);
    const { body } = await carrier.get(`/v1/actions/${action}`).expect(200);
    expect(body).toMatchObject({ description: expect.any(String), dueOn: expect.any(String), status: 'proposed' });
    expect(body).not.toHaveProperty('caseId');
    expect((await all(carrier, '/v1/actions?mine=true')).map(({ id }) => id as string)).toContain(action);
    for (const [noun, sent, status] of [
      ['acceptance', {}, 'agreed'],
      ['progress', { status: 'in_progress', note: 'A visit is arranged.' }, 'in_progress'],
      ['completion', { outcome: 'done', outcomeText: 'Visited; the brother moves out.' }, 'done'],
    ] as const) {
      const answer = await move(carrier, action, noun, sent);
      expect([noun, answer.status, answer.body.status]).toEqual([noun, 200, status]);
    }
    expect((await coordinator.get(`/v1/actions/${action}`).expect(200)).body.status).toBe('done');
  });

  test('a coordinator cannot give an action to an agency without a seat', async () => {
    const coordinator = await by('jag-coordinator');
    const item = await listed(coordinator, (await ordinaryCases('ask-jag'))[0]!);
    const { agencyId: ownerAgencyId } = await practitioner(owner, 'outsider');
    const request = { ownerAgencyId, description: 'Visit the brother about the noise.', dueOn: inDays(5).slice(0, 10) };
    const { status, body } = await coordinator.post(`${item.path}/actions`, request);
    expect([status, body.code]).toEqual([422, 'not-on-the-panel']);
  });
});

describe('a guest of one item', () => {
  test('can read what was taken on in that item, and cannot read what was taken on in another', async () => {
    const coordinator = await by('marac-coordinator');
    const caseId = (await ordinaryCases('ask-marac'))[0]!;
    const { agencyId } = await practitioner(owner, 'idva');
    const items = [await listed(coordinator, caseId), await listed(coordinator, caseId)];
    const actions: string[] = [];
    for (const item of items) actions.push(await captured(coordinator, item, agencyId));
    const guest = await practitioner(owner, 'agency-administrator');
    const invitation = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(2) };
    await coordinator.post(`${items[1]!.path}/invitations`, invitation).expect(201);
    const invited = await by('agency-administrator');
    const read = await all(invited, '/v1/actions');
    const timeline = await all(invited, `/v1/cases/${caseId}/timeline`);
    for (const [n, action] of actions.entries()) {
      const { status } = await invited.get(`/v1/actions/${action}`);
      const found = [
        status === 200,
        (await invited.get(`/v1/actions/${action}/progress`)).status === 200,
        read.some(({ id }) => id === action),
        timeline.some((one) => one['subjectId'] === action),
      ];
      expect([n, ...found]).toEqual([n, ...found.map(() => n === 1)]);
    }
    expect(
      (await all(await by('idva'), '/v1/actions')).filter(({ id }) => actions.includes(id as string)),
    ).toHaveLength(2);
  });
});

test('a guest of the item cannot verify that an action was done, and a core member can', async () => {
  const coordinator = await by('marac-coordinator');
  const caseId = (await ordinaryCases('ask-marac'))[1]!;
  const item = await listed(coordinator, caseId);
  const action = await captured(coordinator, item, (await practitioner(owner, 'idva')).agencyId);
  const idva = await by('idva');
  expect((await move(idva, action, 'acceptance')).status).toBe(200);
  expect((await move(idva, action, 'completion', { outcome: 'done' })).status).toBe(200);
  const guest = await practitioner(owner, 'agency-administrator');
  const invitation = { agencyId: guest.agencyId, practitionerId: guest.id, closesAt: inDays(2) };
  await coordinator.post(`${item.path}/invitations`, invitation).expect(201);
  expect((await move(await by('agency-administrator'), action, 'verification')).status).toBe(403);
  const { rows } = await owner.query<{ id: string }>('SELECT completed_by_id AS id FROM actions WHERE id = $1', [
    action,
  ]);
  const completedBy = (id: string) =>
    owner.query('UPDATE actions SET completed_by_id = $2 WHERE id = $1', [action, id]);
  // by another registration of hers
  await completedBy(await registeredAgain(owner, 'social-worker'));
  expect((await move(await by('social-worker'), action, 'verification')).status).toBe(403);
  await completedBy(rows[0]!.id);
  expect((await move(await by('social-worker'), action, 'verification')).status).toBe(200);
});

describe('the owner of an action, named by a colleague, without a seat on the panel', () => {
  test('can read the notes of their own agency, and none of another agency', async () => {
    const coordinator = await by('jag-coordinator');
    const officer = await by('housing-officer');
    const named = await practitioner(owner, 'agency-administrator');
    const caseId = (await ordinaryCases('ask-jag'))[1]!;
    const action = await captured(coordinator, await listed(coordinator, caseId), named.agencyId);
    expect((await move(officer, action, 'assignment', { ownerPractitionerId: named.id })).status).toBe(200);
    expect((await move(officer, action, 'acceptance')).status).toBe(200);
    const own = { status: 'in_progress', note: 'The lock was ordered.' };
    expect((await move(officer, action, 'progress', own)).status).toBe(200);
    const outcome = { outcome: 'not_possible', outcomeText: 'The tenant was arrested in May.' };
    expect((await move(coordinator, action, 'completion', outcome)).status).toBe(200);
    const ownerAlone = await by('agency-administrator');
    await ownerAlone.get(`/v1/cases/${caseId}`).expect(404);
    const path = `/v1/actions/${action}/progress`;
    const notes = await all(ownerAlone, path);
    expect(notes.map(({ note }) => note as string)).toEqual([own.note]);
    expect(notes[0]!['withheld']).toEqual(['category']);
    expect((await all(officer, path)).map(({ note }) => note as string).sort()).toEqual(
      [own.note, outcome.outcomeText].sort(),
    );
  });
});

describe('an action taken on in an item', () => {
  const KEPT_OUT = ['jag-chair', 'police-sergeant'];
  let caseId: string;
  let item: Item;
  let action: string;
  let note: string;

  /** By each way to it: whether the person finds it there. */
  async function finds(who: string): Promise<Record<string, boolean>> {
    const caller = await by(who);
    const found: Record<string, boolean> = {};
    for (const path of [`/v1/actions/${action}`, `/v1/actions/${action}/progress`]) {
      const { status } = await caller.get(path);
      expect([200, 404]).toContain(status);
      found[path.replace(action, '{id}')] = status === 200;
    }
    const holds = (rows: Row[], id: string, ...columns: string[]): boolean =>
      rows.some((row) => columns.some((column) => row[column] === id));
    found['list'] = holds(await all(caller, '/v1/actions'), action, 'id');
    found['timeline'] = holds(await all(caller, `/v1/cases/${caseId}/timeline`), action, 'subjectId');
    for (const [type, id] of [
      ['Action', action],
      ['ActionNote', note],
    ]) {
      const { status, body } = await caller.post('/v1/policy/explanations', { action: 'read', type, id });
      found[`explanation of ${String(type)}`] = status === 200 && body.outcome === 'permit';
    }
    return found;
  }

  /** What others are told because of it. */
  async function isTold(who: string): Promise<Record<string, boolean>> {
    const caller = await by(who);
    return {
      notices: (await all(caller, '/v1/notices')).some((one) => one['subjectId'] === action),
      escalations: (await all(caller, '/v1/escalations')).some((one) => one['actionId'] === action),
    };
  }

  const disclosuresTo = async (who: string): Promise<number> => {
    const caller = await by(who);
    const of = async (id: string): Promise<number> => (await all(caller, `/v1/disclosures?recordId=${id}`)).length;
    return (await of(action)) + (await of(note));
  };

  /** The one chair is recused, and the other one is a colleague of whom it concerns: nobody ends it but a chair who is appointed. */
  const endRecusal = (practitionerId: string): Promise<unknown> =>
    owner.query(
      `UPDATE recusals SET ended_at = now(), ended_by_id = practitioner_id, end_reason = 'He moved.', end_kind = 'entered_in_error'
       WHERE practitioner_id = $1 AND listing_id = $2 AND ended_at IS NULL`,
      [practitionerId, item.id],
    );

  const everywhere = (found: Record<string, boolean>, is: boolean): void =>
    expect(Object.entries(found).filter(([, one]) => one !== is)).toEqual([]);

  beforeAll(async () => {
    const coordinator = await by('jag-coordinator');
    const inspector = await by('police-inspector');
    caseId = (await ordinaryCases('ask-jag'))[0]!;
    item = await listed(coordinator, caseId);
    action = await captured(coordinator, item, (await practitioner(owner, 'police-inspector')).agencyId);
    expect((await move(inspector, action, 'acceptance')).status).toBe(200);
    expect(
      (await move(inspector, action, 'progress', { status: 'in_progress', note: 'He was not at home.' })).status,
    ).toBe(200);
    note = (await all(coordinator, `/v1/actions/${action}/progress`))[0]!['id'] as string;
  });

  test('is found by members of the panel, who are not recused', async () => {
    for (const who of [...KEPT_OUT, 'police-inspector', 'fire-officer']) everywhere(await finds(who), true);
    expect(await disclosuresTo('jag-chair')).toBeGreaterThan(0);
  });

  test('cannot be found by members who are recused from the item, its owner among them', async () => {
    for (const who of KEPT_OUT) await recuse(item, who);
    for (const who of KEPT_OUT) {
      everywhere(await finds(who), false);
      await (await by(who)).get(`/v1/cases/${caseId}`).expect(200);
      const refused = await (
        await by(who)
      )
        .post(`/v1/actions/${action}/progress`, { status: 'blocked', note: 'Moved away.' })
        .set('if-match', '*');
      expect(refused.status).toBe(404);
    }
    expect(await disclosuresTo('jag-chair')).toBe(0);
    for (const who of ['police-inspector', 'fire-officer']) everywhere(await finds(who), true);
    expect(await disclosuresTo('police-inspector')).toBeGreaterThan(0);
  });

  test('is no task by which a recused owner follows the case', async () => {
    const { id, agencyId } = await practitioner(owner, 'police-sergeant');
    await owner.query('UPDATE actions SET owner_practitioner_id = NULL WHERE case_id = $1 AND owner_agency_id = $2', [
      caseId,
      agencyId,
    ]);
    expect((await move(await by('police-inspector'), action, 'assignment', { ownerPractitionerId: id })).status).toBe(
      200,
    );
    const seats = (validTo: string | null) =>
      owner.query('UPDATE memberships SET valid_to = $2 WHERE practitioner_id = $1', [id, validTo]);
    await seats('2026-01-01');
    const sergeant = await by('police-sergeant');
    const statuses = async (): Promise<number[]> =>
      Promise.all(
        [`/v1/actions/${action}`, `/v1/cases/${caseId}/status`].map(async (path) => (await sergeant.get(path)).status),
      );
    expect(await statuses()).toEqual([404, 404]);
    await endRecusal(id);
    expect(await statuses()).toEqual([200, 200]);
    await recuse(item, 'police-sergeant');
    await seats(null);
  });

  test('is not told of to recused members when it is overdue', async () => {
    const answer = await fetch(`${server.url}/sandbox/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: inDays(30) }),
    });
    expect(answer.status).toBe(200);
    everywhere(await isTold('jag-coordinator'), true);
    everywhere(await isTold('police-inspector'), true);
    for (const who of KEPT_OUT) {
      everywhere(await isTold(who), false);
      everywhere(await finds(who), false);
    }
  });

  test('is hidden by each of the two walls alone', async () => {
    const walls = await givenWallsApart(server.database);
    const told = await owner.query<{ id: string; type: string }>(
      `SELECT id, 'Notice' AS type FROM notices WHERE subject_id = $1 UNION ALL
       SELECT id, 'Escalation' FROM escalations WHERE action_id = $1 UNION ALL SELECT id, 'Event' FROM events WHERE subject_id = $1
       UNION ALL SELECT $1, 'Action' UNION ALL SELECT $2, 'ActionNote'`,
      [action, note],
    );
    const types = Map.groupBy(told.rows, ({ type }) => type);
    expect([...types.keys()].sort()).toEqual(['Action', 'ActionNote', 'Escalation', 'Event', 'Notice']);
    for (const { who, actor } of await walls.cast(['jag-coordinator', 'jag-chair'])) {
      for (const [type, rows] of types) {
        const ids = rows.map(({ id }) => id);
        const shown = [await walls.policyAlone(actor, type, ids), await walls.wallAlone(actor, type, ids)];
        expect([who, type, ...shown.map(({ length }) => length > 0)]).toEqual([
          who,
          type,
          who === 'jag-coordinator',
          who === 'jag-coordinator',
        ]);
      }
    }
  });
});
