/**
 * What comes due is told, once, to those who may know of it: with a clock that is moved, two services at once, and a service
 * that is killed between two partnerships. The ledger counts what its reader may read.
 *
 * Seen to fail: an action escalated on the day after it was due; a sweep without its lock; the bars of a notice left out, and the
 * second wall of its case; a notice of missing minutes for a meeting as a whole; runs that made notices kept longer than others, and
 * an end, or an identifier of the end, by which an administrator reads how much a run found.
 */
import type pg from 'pg';
import { asOwner, likeness, practitioner } from '../support/panel-work.ts';
import { givenWallsApart } from '../support/row-level-security.ts';
import { as, stranger, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

let server: TestServer;
let owner: pg.Client;
let coordinator: Caller;
let officer: Caller;
/** Of the same agency as the officer, and kept out of the case. */
let related: Caller;
let housing: { id: string; agencyId: string };
let community: { id: string; agencyId: string };
let plan: { id: string; caseId: string; panelId: string };
let days: typeof import('../../src/panels/working-days.ts');

const today = (): string => new Date().toISOString().slice(0, 10);

/** The day to which the clock was moved last. */
let londonNow = today();

async function moveTo(day: string, moved: TestServer = server, time = '09:00:00'): Promise<void> {
  const answer = await fetch(`${moved.url}/sandbox/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ now: `${day}T${time}Z` }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  if (moved === server) londonNow = day;
}

async function told(caller: Caller, query = ''): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ;) {
    const { body } = await caller.get(`/v1/notices?limit=100${query}${cursor}`).expect(200);
    rows.push(...body.data);
    if (!body.next) return rows;
    cursor = `&cursor=${String(body.next)}`;
  }
}

const about = async (caller: Caller, subjectId: string, query = ''): Promise<Row[]> =>
  (await told(caller, query)).filter((one) => one['subjectId'] === subjectId);
const kinds = (rows: Row[]): string[] => rows.map(({ kind }) => kind as string).sort();

async function propose(dueOn: string): Promise<Row> {
  const { body } = await coordinator
    .post(`/v1/plans/${plan.id}/actions`, {
      ownerAgencyId: housing.agencyId,
      description: 'Fit a lock to the bin store door of block C',
      measure: 'Door locked on three visits out of three',
      relatesTo: 'Fires in the bin store',
      dueOn,
    })
    .expect(201);
  return body;
}

async function count(sql: string, values: unknown[] = []): Promise<number> {
  return Number((await owner.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, values)).rows[0]?.n);
}

/** Nothing half done: every notice stands in the run that made it, and every escalation has its one event. */
async function isWhole(): Promise<void> {
  const ofRun = 'n.partnership_id = r.partnership_id AND n.created_at = r.started_at';
  const runs = '(SELECT partnership_id, started_at, sum(notices) AS made FROM job_runs GROUP BY 1, 2) r';
  expect(await count(`${runs} WHERE made <> (SELECT count(*) FROM notices n WHERE ${ofRun})`)).toBe(0);
  // runs are kept for some days only
  const first = '(SELECT min(started_at) FROM job_runs r WHERE r.partnership_id = n.partnership_id)';
  expect(
    await count(`notices n WHERE created_at >= ${first} AND NOT EXISTS (SELECT FROM job_runs r WHERE ${ofRun})`),
  ).toBe(0);
  expect(await count(`events WHERE type = 'action.escalated'`)).toBe(
    await count(`(SELECT DISTINCT subject_id, due_on FROM notices WHERE kind = 'action_escalated') e`),
  );
}

beforeAll(async () => {
  days = await import('#built/panels/working-days');
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  coordinator = await as(server, 'jag-coordinator');
  officer = await as(server, 'housing-officer');
  related = await as(server, 'related-officer');
  housing = await practitioner(owner, 'housing-officer');
  community = await practitioner(owner, 'jag-coordinator');
  const { rows } = await owner.query<typeof plan>(
    `SELECT p.id, p.case_id AS "caseId", p.panel_id AS "panelId" FROM plans p JOIN exclusions e ON e.case_id = p.case_id
     JOIN practitioners k ON k.id = e.practitioner_id AND k.subject = 'related-officer'
     WHERE p.status IN ('draft', 'agreed', 'active') LIMIT 1`,
  );
  plan = rows[0] as typeof plan;
}, 60_000);

describe('an action', () => {
  let action: Row;
  let due: string;

  beforeAll(async () => {
    due = days.workingDaysAfter(today(), 8);
    action = await propose(due);
  });

  test('is told of three working days before, on the day, on the day after, and each once', async () => {
    await moveTo(days.workingDaysBefore(due, 4));
    expect(await about(officer, action['id'])).toEqual([]);
    await moveTo(days.workingDaysBefore(due, 3));
    expect(kinds(await about(officer, action['id']))).toEqual(['action_due_soon']);
    await moveTo(days.workingDaysBefore(due, 3), server, '15:00:00');
    expect(kinds(await about(officer, action['id']))).toEqual(['action_due_soon']);
    await moveTo(due);
    await moveTo(days.daysAfter(due, 1));
    const notices = await about(officer, action['id']);
    expect(kinds(notices)).toEqual(['action_due', 'action_due_soon', 'action_overdue']);
    for (const notice of notices)
      expect(notice).toMatchObject({
        agencyId: housing.agencyId,
        subjectType: 'Action',
        dueOn: due,
        readAt: null,
        withheld: ['caseId', 'panelId', 'planPanelId'],
      });
  });

  test('is escalated to the coordination five working days after, with one event', async () => {
    await moveTo(days.workingDaysAfter(due, 4));
    expect(kinds(await about(coordinator, action['id'], `&panelId=${plan.panelId}`))).not.toContain('action_escalated');
    await moveTo(days.workingDaysAfter(due, 5));
    await moveTo(days.workingDaysAfter(due, 6));
    const notices = await about(coordinator, action['id'], `&kind=action_escalated`);
    expect(notices.map(({ agencyId }) => agencyId as string)).toContain(community.agencyId);
    expect(notices[0]).toMatchObject({ level: 3, caseId: plan.caseId, panelId: plan.panelId });
    expect(kinds(await about(officer, action['id']))).not.toContain('action_escalated');
    const { body } = await coordinator.get(`/v1/cases/${plan.caseId}/timeline?limit=100`).expect(200);
    const events = (body.data as Row[]).filter(
      ({ type, subjectId }) => type === 'action.escalated' && subjectId === action['id'],
    );
    expect(events).toHaveLength(1);
    await isWhole();
  });

  test('is nothing to whoever is kept out of its case, nor to a stranger', async () => {
    const [notice] = await about(officer, action['id']);
    const missing = likeness(await related.get(`/v1/notices/${crypto.randomUUID()}`).expect(404));
    for (const who of [related, await as(server, stranger)]) {
      expect(await about(who, action['id'])).toEqual([]);
      expect(likeness(await who.get(`/v1/notices/${String(notice?.['id'])}`).expect(404))).toBe(missing);
    }
    // the same agency, another case: he is told of that
    expect((await told(related)).length).toBeGreaterThan(0);
  });

  test('asked for by panel, says nothing to its owner who does not coordinate the panel', async () => {
    expect((await told(coordinator, `&panelId=${plan.panelId}`)).length).toBeGreaterThan(0);
    const { status } = await officer.get(`/v1/notices?panelId=${plan.panelId}`);
    expect(status === 403 || (await told(officer, `&panelId=${plan.panelId}`)).length === 0).toBe(true);
  });

  test('and its notice is read once, by the agency that it was sent to', async () => {
    const [notice] = await about(officer, action['id'], '&kind=action_overdue');
    const path = `/v1/notices/${String(notice?.['id'])}`;
    await coordinator.post(`${path}/reading`).set('if-match', '*').expect(403);
    await officer.post(`${path}/reading`).expect(428);
    const { headers } = await officer.get(path).expect(200);
    const { body } = await officer
      .post(`${path}/reading`)
      .set('if-match', headers['etag'] as string)
      .expect(200);
    expect(body).toMatchObject({ readById: housing.id });
    await officer
      .post(`${path}/reading`)
      .set('if-match', headers['etag'] as string)
      .expect(412);
    await officer.post(`${path}/reading`).set('if-match', '*').expect(409);
    expect(await about(officer, action['id'], '&read=false&kind=action_overdue')).toEqual([]);
  });
});

test('meetings, bids, what was handed on, agreements and emergencies are told of to those who answer for them', async () => {
  const fresh = await givenServer();
  const database = await asOwner(fresh);
  const day = days.daysAfter(today(), 3);
  const oneOf = async (sql: string, values: unknown[] = []): Promise<string> =>
    (await database.query<{ id: string }>(sql, values)).rows[0]?.id as string;
  const ofPanel = `panel_id = (SELECT id FROM panels WHERE code = $1)`;
  await database.query('DELETE FROM notices');
  const meeting = await oneOf(
    `UPDATE meetings SET papers_due_on = $2, research_due_on = $2::date + 1, scheduled_at = $2::date + 10,
       ends_at = NULL WHERE ${ofPanel} AND status = 'scheduled' RETURNING id`,
    ['ask-jag', day],
  );
  const [drafted, approved] = (
    await database.query<{ id: string }>(
      `SELECT id FROM meetings WHERE ${ofPanel} AND status = 'held' ORDER BY scheduled_at DESC LIMIT 2`,
      ['ask-jag'],
    )
  ).rows.map(({ id }) => id) as [string, string];
  await database.query(`DELETE FROM minute_points WHERE minute_id IN (SELECT id FROM minutes WHERE meeting_id = $1)`, [
    drafted,
  ]);
  await database.query(`DELETE FROM minutes WHERE meeting_id = $1`, [drafted]);
  await database.query(
    `UPDATE listings l SET removed_at = now(), removal_reason = 'No minutes', outcome = 'defer' WHERE meeting_id = $1
       AND NOT EXISTS (SELECT FROM minutes n WHERE n.listing_id = l.id AND n.status = 'approved')`,
    [approved],
  );
  const bid = await oneOf(
    `UPDATE bids SET status = 'deployed', granted_quantity = 1, results_due_on = $2 WHERE id = (SELECT id FROM bids WHERE ${ofPanel}
       AND submitted_at IS NOT NULL ORDER BY id LIMIT 1) RETURNING id`,
    ['ask-tasking', day],
  );
  expect(bid).toBeDefined();
  const feed = await oneOf(
    `SELECT id FROM feeds WHERE ${ofPanel} AND acknowledged_at IS NULL AND to_meeting_id IS NOT NULL ORDER BY id LIMIT 1`,
    ['ask-tasking'],
  );
  await database.query(
    `UPDATE meetings SET papers_due_on = $2 WHERE id = (SELECT to_meeting_id FROM feeds WHERE id = $1)`,
    [feed, day],
  );
  const emergency = await oneOf(
    `UPDATE emergency_accesses SET outcome = NULL, review_note = NULL, reviewed_by_id = NULL, reviewed_at = NULL RETURNING id`,
  );
  const agreement = await oneOf(
    `SELECT v.id FROM sharing_agreement_versions v JOIN sharing_parties p ON p.agreement_version_id = v.id
     WHERE p.agency_id = $1 AND v.status = 'active' AND v.review_due > $2::date ORDER BY v.id LIMIT 1`,
    [community.agencyId, day],
  );
  const by = (who: string): Promise<Caller> => as(fresh, who);
  const [chair, inspector, dpo] = [await by('jag-coordinator'), await by('police-inspector'), await by('dpo')];
  const of = async (caller: Caller, id: string): Promise<string[]> => [...new Set(kinds(await about(caller, id)))];

  await moveTo(days.daysAfter(day, -1), fresh);
  expect([await of(chair, meeting), await of(chair, bid), await of(inspector, feed)]).toEqual([[], [], []]);
  // each item by itself: a coordinator who is recused from one, or kept out of its case, learns nothing of it
  const itemsOf = async (id: string): Promise<string[]> =>
    (
      await database.query<{ id: string }>(
        `SELECT id FROM listings l WHERE meeting_id = $1 AND removed_at IS NULL AND NOT EXISTS (SELECT FROM exclusions e
           WHERE e.case_id = l.case_id) AND NOT EXISTS (SELECT FROM exclusions e JOIN case_people cp USING (person_id)
           WHERE cp.case_id = l.case_id) ORDER BY id`,
        [id],
      )
    ).rows.map((one) => one.id);
  const minutesDue = async (caller: Caller): Promise<string[]> =>
    (await told(caller)).filter(({ kind }) => kind === 'minutes_due').map(({ subjectId }) => subjectId as string);
  const [open, done] = [await itemsOf(drafted), await itemsOf(approved)];
  const missing = await minutesDue(chair);
  expect(missing).toEqual(expect.arrayContaining(open));
  expect(missing.filter((id) => done.includes(id))).toEqual([]);
  expect([await of(chair, drafted), await of(chair, approved)]).toEqual([[], []]);
  const { id: recused } = (
    await database.query<{ id: string }>(`SELECT id FROM practitioners WHERE subject = 'jag-coordinator'`)
  ).rows[0]!;
  const recusal = { listingId: open[0], practitionerId: recused, reason: 'A relative of the tenant.' };
  await (await by('jag-chair')).post(`/v1/meetings/${drafted}/recusals`, recusal).expect(201);
  expect((await minutesDue(chair)).sort()).toEqual(missing.filter((id) => id !== open[0]).sort());
  // of an emergency a colleague of the data protection officer learns nothing
  expect([await of(dpo, emergency), await of(chair, emergency)]).toEqual([['emergency_review_due'], []]);
  expect(await of(dpo, agreement)).toEqual([]);
  await moveTo(day, fresh);
  expect([await of(chair, meeting), await of(chair, bid), await of(inspector, feed)]).toEqual([
    ['papers_due'],
    ['bid_results_due'],
    ['feed_not_taken_up'],
  ]);
  await moveTo(days.daysAfter(day, 3), fresh);
  expect([await of(chair, meeting), await of(chair, bid)]).toEqual([
    ['papers_due', 'research_due'],
    ['bid_results_due', 'bid_results_overdue'],
  ]);
  expect(await of(dpo, agreement)).toEqual(['agreement_review_due']);
  expect(await of(await by('idva'), meeting)).toEqual([]);
});

describe('what was not done', () => {
  const end = async (action: Row, body: object, expected = 200): Promise<Row> => {
    const path = `/v1/actions/${String(action['id'])}`;
    const accepted = await officer.get(path).expect(200);
    if (accepted.body.status === 'proposed')
      await officer
        .post(`${path}/acceptance`, {})
        .set('if-match', accepted.headers['etag'] as string)
        .expect(200);
    const { headers } = await officer.get(path).expect(200);
    const answer = await officer.post(`${path}/completion`, body).set('if-match', headers['etag'] as string);
    expect([answer.status, answer.body.code]).toEqual([expected, expected === 200 ? undefined : 'reason-missing']);
    return answer.body;
  };

  test('says why, in one of two ways, and is a matter arising of the next meeting', async () => {
    const { rows } = await owner.query<{ id: string; day: string }>(
      `SELECT id, (scheduled_at AT TIME ZONE 'Europe/London')::date::text AS day FROM meetings
       WHERE panel_id = $1 AND status = 'scheduled' AND kind = 'ordinary' ORDER BY scheduled_at LIMIT 1`,
      [plan.panelId],
    );
    const meeting = rows[0] as { id: string; day: string };
    const matters = async (who: Caller): Promise<Row[]> => {
      const { body } = await who.get(`/v1/meetings/${meeting.id}/agenda`).expect(200);
      return (body.sections as Row[]).find(({ code }) => code === 'matters_arising')?.['actions'] as Row[];
    };
    const late = days.workingDaysAfter(today(), 40);
    const [impossible, omitted, open] = [await propose(late), await propose(late), await propose(late)];
    await owner.query(
      'UPDATE actions SET created_at = $2::date, due_on = $2::date, original_due_on = $2::date WHERE id = $1',
      [open['id'], meeting.day],
    );
    for (const outcome of ['not_possible', 'not_done'] as const)
      await end(outcome === 'not_done' ? omitted : impossible, { outcome }, 422);
    await end(impossible, { outcome: 'not_possible', outcomeText: 'The block was emptied for demolition.' });
    await end(omitted, { outcome: 'not_done', outcomeText: 'Nobody was sent.' });
    const arising = await matters(coordinator);
    expect(arising.filter(({ id }) => [impossible['id'], omitted['id'], open['id']].includes(id))).toHaveLength(3);
    expect(arising.find(({ id }) => id === omitted['id'])).toMatchObject({
      status: 'not_done',
      outcomeText: 'Nobody was sent.',
      overdue: false,
    });
    expect((await matters(related)).filter(({ id }) => id === omitted['id'])).toEqual([]);
  });

  test('stands in the ledger of the panel, as far as its reader may read it', async () => {
    const ledger = async (who: Caller, query = `?panelId=${plan.panelId}`): Promise<Row> => {
      const { body } = await who.get(`/v1/action-ledger${query}`).expect(200);
      return (body.data as Row[]).find(({ id }) => id === housing.agencyId) ?? {};
    };
    const counted = async (where: string): Promise<number> =>
      count(`actions WHERE panel_id = $1 AND owner_agency_id = $2 AND ${where}`, [plan.panelId, housing.agencyId]);
    const [before, hidden] = [await ledger(coordinator), await ledger(related)];
    expect(before).toMatchObject({
      open: await counted(`status IN ('proposed', 'agreed', 'in_progress', 'blocked')`),
      notPossible: await counted(`status = 'not_possible'`),
      notDone: await counted(`status = 'not_done'`),
      doneLate: await counted(`status IN ('done', 'verified') AND ended_on > due_on`),
      doneOnTime: await counted(`status IN ('done', 'verified') AND ended_on <= due_on`),
      slippageDays: await counted('TRUE AND due_on > original_due_on'),
    });
    expect(before['doneOnTime']).toBeGreaterThan(0);
    const action = await propose(days.daysAfter(londonNow, 10));
    const path = `/v1/actions/${String(action['id'])}`;
    const { headers } = await coordinator.get(path).expect(200);
    await coordinator.patch(path, { dueOn: days.daysAfter(londonNow, 17) }, headers['etag'] as string).expect(200);
    expect(await ledger(coordinator)).toEqual({
      ...before,
      open: before['open'] + 1,
      slippageDays: before['slippageDays'] + 7,
    });
    await moveTo(days.daysAfter(londonNow, 18));
    expect((await ledger(coordinator))['overdue']).toBeGreaterThan(before['overdue']);
    await end(action, { outcome: 'done' });
    expect(await ledger(coordinator)).toMatchObject({ open: before['open'], doneLate: before['doneLate'] + 1 });
    // of the case that is hidden from him no number tells
    const after = await ledger(related);
    for (const name of ['open', 'doneOnTime', 'doneLate', 'notPossible', 'notDone', 'slippageDays'])
      expect([name, after[name]]).toEqual([name, hidden[name]]);
    expect(await ledger(await as(server, 'school-lead'))).toEqual({});
    const { body } = await (await as(server, stranger)).get('/v1/action-ledger').expect(200);
    expect(body.data).toEqual([]);
  });
});

test('administrators and data protection officers read that the jobs ran, and not how much there was', async () => {
  const runs = async (who: string): Promise<Row[]> =>
    (await (await as(server, who)).get('/v1/job-runs?limit=100').expect(200)).body.data;
  for (const who of ['agency-administrator', 'dpo'])
    for (const run of await runs(who)) {
      expect(run).toMatchObject({ task: 'deadline-notices', error: null, withheld: ['endedAt', 'notices'] });
      expect(run).not.toHaveProperty('notices');
    }
  await officer.get('/v1/job-runs').expect(403);
});

test('an administrator reads of runs that made notices what they read of others', async () => {
  const made = async (): Promise<number> => count('notices');
  const before = await made();
  for (const time of ['12:00:00', '12:05:00', '12:10:00']) await moveTo(londonNow, server, time);
  expect(await made()).toBe(before);
  await owner.query(`UPDATE actions SET due_on = $1 WHERE status IN ('agreed', 'in_progress')`, [londonNow]);
  for (const time of ['12:15:00', '12:20:00']) await moveTo(londonNow, server, time);
  expect(await made()).toBeGreaterThan(before);
  const { body } = await (await as(server, 'agency-administrator')).get('/v1/job-runs?limit=100').expect(200);
  const ofNoon = (body.data as Row[]).filter(({ startedAt }) => String(startedAt).startsWith(`${londonNow}T12:`));
  const moments = new Set(ofNoon.map(({ startedAt }) => String(startedAt).slice(11, 16)));
  expect([...moments].sort()).toEqual(['12:00', '12:05', '12:10', '12:15', '12:20']);
  // nor does an identifier, which holds the time at which it was made, say when the run ended
  for (const { id, startedAt } of ofNoon)
    expect(parseInt((id as string).replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse(startedAt as string));
});

test('whoever becomes kept out of the case loses its notices at every exit, by each wall alone', async () => {
  const { rows: notices } = await owner.query<{ id: string; kind: string }>(
    `SELECT id, kind FROM notices WHERE case_id = $1 ORDER BY id`,
    [plan.caseId],
  );
  const ids = notices.map(({ id }) => id);
  const recipients = ['housing-officer', 'jag-coordinator'];
  const walls = await givenWallsApart(server.database);
  const met = async (who: string) => {
    const actor = (await walls.cast([who]))[0]!.actor;
    const caller = await as(server, who);
    const answers = await Promise.all(ids.map((id) => caller.get(`/v1/notices/${id}`)));
    const explained = await Promise.all(
      ids.map((id) => caller.post('/v1/policy/explanations', { action: 'read', type: 'Notice', id })),
    );
    const known = (found: { id: string }[]): string[] => found.map(({ id }) => id).filter((id) => ids.includes(id));
    return {
      policy: (await walls.policyAlone(actor, 'Notice', ids)).sort(),
      wall: (await walls.wallAlone(actor, 'Notice', ids)).sort(),
      list: known((await told(caller)) as { id: string }[]).sort(),
      single: known(answers.map(({ body }) => body)).sort(),
      explained: ids.filter((_, n) => explained[n]?.body.outcome === 'permit'),
    };
  };
  const before = new Map<string, string[]>();
  for (const who of recipients) {
    const { wall, ...shown } = await met(who);
    expect(wall).toEqual(ids);
    expect(shown).toEqual({ policy: shown.list, list: shown.list, single: shown.list, explained: shown.list });
    before.set(who, shown.list);
  }
  const kindsOf = (who: string): Set<string> =>
    new Set(notices.filter(({ id }) => before.get(who)?.includes(id)).map(({ kind }) => kind));
  expect(kindsOf('housing-officer')).toEqual(
    new Set(['action_due', 'action_due_soon', 'action_overdue', 'action_before_steering_group']),
  );
  expect([...kindsOf('jag-coordinator')]).toEqual(expect.arrayContaining(['action_escalated', 'action_overdue']));

  await owner.query(
    `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, panel_id, reason, since)
     SELECT gen_random_uuid(), 1, now(), now(), c.partnership_id, p.id, c.id, c.panel_id, 'Kept out for an hour', now() - interval '1 minute'
     FROM cases c, practitioners p WHERE c.id = $1 AND p.subject = ANY ($2)`,
    [plan.caseId, recipients],
  );
  const nothing = { policy: [], wall: [], list: [], single: [], explained: [] };
  for (const who of recipients) {
    expect([who, await met(who)]).toEqual([who, nothing]);
    const caller = await as(server, who);
    const read = async (id: string): Promise<string> =>
      likeness(await caller.post(`/v1/notices/${id}/reading`).set('if-match', '*'));
    if (who === 'housing-officer') expect(await read(before.get(who)![0]!)).toBe(await read(crypto.randomUUID()));
  }
  expect(await about(coordinator, ids[0]!, `&panelId=${plan.panelId}`)).toEqual([]);

  await owner.query(`DELETE FROM exclusions WHERE reason = 'Kept out for an hour'`);
  for (const who of recipients) expect((await met(who)).list).toEqual(before.get(who));
}, 60_000);

test('of one partnership one service sweeps at a time: another one waits until it is done, and finds what was told', async () => {
  const other = await givenServer({ database: server.database });
  const later = days.workingDaysAfter(today(), 55);
  await owner.query(
    `UPDATE actions SET due_on = $1 WHERE id IN (SELECT DISTINCT ON (partnership_id) id FROM actions
       WHERE status IN ('agreed', 'in_progress') ORDER BY partnership_id, id DESC)`,
    [later],
  );
  const blocking = await asOwner(server);
  /** What the services wait for. */
  const waiting = async (): Promise<string[]> => {
    const { rows } = await owner.query<{ locktype: string }>(
      `SELECT l.locktype FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE a.datname = current_database() AND NOT l.granted ORDER BY 1`,
    );
    return rows.map(({ locktype }) => locktype);
  };
  // whoever sweeps stops here, with its work done and not yet written down
  await blocking.query('BEGIN');
  await blocking.query('LOCK TABLE job_runs IN SHARE MODE');
  const swept = Promise.all([moveTo(later), moveTo(later, other)]);
  let waited: string[] = [];
  for (let tries = 0; waited.length < 2 && tries < 400; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    waited = await waiting();
  }
  await blocking.query('ROLLBACK');
  await blocking.end();
  await swept;
  expect(waited).toEqual(['advisory', 'relation']);
  await isWhole();
  const ofTheDay = `job_runs WHERE (started_at AT TIME ZONE 'Europe/London')::date = '${later}'`;
  // in each partnership one told something and the other nothing; both runs are kept, and those of a week before are not
  expect(await count(`(SELECT partnership_id FROM ${ofTheDay} AND notices > 0 GROUP BY 1 HAVING count(*) > 1) r`)).toBe(
    0,
  );
  expect(await count(`${ofTheDay} AND notices > 0`)).toBeGreaterThan(0);
  expect(await count(`(SELECT partnership_id FROM ${ofTheDay} GROUP BY 1 HAVING count(*) < 2) r`)).toBe(0);
  expect(await count(`job_runs WHERE started_at < $1::date - 7`, [later])).toBe(0);
  expect(await count('job_runs WHERE error IS NOT NULL')).toBe(0);
  expect(await other.stop()).toBe(0);
}, 60_000);

test('two services at once tell nothing twice', async () => {
  const other = await givenServer({ database: server.database });
  const later = days.workingDaysAfter(today(), 60);
  await Promise.all([
    moveTo(later),
    moveTo(later, other),
    moveTo(later, server, '09:00:01'),
    moveTo(later, other, '09:00:01'),
  ]);
  await isWhole();
  expect(await count('job_runs WHERE error IS NOT NULL')).toBe(0);
  expect(await other.stop()).toBe(0);
});

test('killed between two partnerships, nothing is half done, and the next run does the rest', async () => {
  const { rows } = await owner.query<{ id: string }>(
    `SELECT DISTINCT partnership_id AS id FROM actions WHERE status IN ('agreed', 'in_progress') ORDER BY 1`,
  );
  const [first, second] = rows.map(({ id }) => id) as [string, string];
  // something new in each
  const later = days.workingDaysAfter(today(), 70);
  await owner.query(
    `UPDATE actions SET due_on = $1 WHERE id IN (SELECT DISTINCT ON (partnership_id) id FROM actions
       WHERE status IN ('agreed', 'in_progress') ORDER BY partnership_id, id)`,
    [later],
  );
  const ranAt = (partnership: string): Promise<number> =>
    count(`notices WHERE partnership_id = $1 AND due_on = $2`, [partnership, later]);
  const dying = await givenServer({ database: server.database });
  await owner.query(`SELECT pg_advisory_lock(hashtextextended('deadline-notices ' || $1, 0))`, [second]);
  const swept = moveTo(later, dying).catch(() => 'killed');
  while (!(await ranAt(first))) await new Promise((resolve) => setTimeout(resolve, 20));
  await dying.kill();
  expect(await swept).toBe('killed');
  await owner.query(`SELECT pg_advisory_unlock(hashtextextended('deadline-notices ' || $1, 0))`, [second]);
  expect(await ranAt(second)).toBe(0);
  await isWhole();
  await moveTo(later);
  expect(await ranAt(second)).toBeGreaterThan(0);
  expect(await count('job_runs WHERE error IS NOT NULL')).toBe(0);
  await isWhole();
});

test('a job on the queue is done by the service, which ends what it began when it is told to stop', async () => {
  const working = await givenServer({ env: { JOBS: 'on' } });
  const other = await asOwner(working);
  await other.query(`SELECT graphile_worker.add_job('deadline-notices')`);
  for (const deadline = Date.now() + 20_000; ;) {
    const { rows } = await other.query<{ n: string }>('SELECT count(DISTINCT partnership_id) AS n FROM job_runs');
    if (Number(rows[0]?.n) === 4) break;
    if (Date.now() > deadline) throw new Error(`no run within the time:\n${working.logs()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await working.stop()).toBe(0);
}, 60_000);
