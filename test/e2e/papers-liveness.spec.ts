/**
 * Large papers, questions about access and simulations keep nobody waiting: while they are made, `GET /health/live` (sampled
 * from another process) and an ordinary list of another person are answered. Papers are bounded, a thread that fails fails
 * one paper, and nobody takes all places at an expensive route.
 *
 * Seen to fail: papers made on the event loop (a gap of 6.3 s); questions about access without a limit (another person's list
 * took 15.9 s) and without yielding (a gap of 0.7 s); simulations and circulation checks without either (a list of 10.8 s); no bound of
 * characters; actors neither read again after the wait nor compared with the stamp.
 */
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { Response } from 'supertest';
import { agreementCalled, drafted } from '../support/agreement.ts';
import { asOwner, inDays } from '../support/panel-work.ts';
import { binary } from '../support/papers.ts';
import { as, type Caller } from '../support/people.ts';
import { givenLiveness, LONGEST_GAP_MS, type Liveness } from '../support/liveness.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const CASES = 40;
const CONTRIBUTIONS = 10;
const CHARACTERS = 4000;
const MEMBERS = 600;
/** In which an ordinary list of another person is answered. */
const ORDINARY_MS = 1000;
const LONG = 300_000;

let server: TestServer;
let owner: pg.Client;
let liveness: Liveness;
let idle: number;
let meeting: { path: string; id: string };
let caseId: string;
const by = (who: string): Promise<Caller> => as(server, who);

/** Copies of a row, with some of its columns replaced: SQL expressions over `n` and the row itself, `t`. */
const copies = (table: string, where: string, times: number, replaced: Record<string, string>): string =>
  `INSERT INTO ${table} SELECT (jsonb_populate_record(NULL::${table}, to_jsonb(t) || jsonb_build_object(${Object.entries(
    replaced,
  )
    .map(([column, value]) => `'${column}', ${value}`)
    .join(', ')}))).* FROM (SELECT * FROM ${table} WHERE ${where} LIMIT 1) t, generate_series(1, ${String(times)}) n`;

/** A meeting at which `CASES` cases with long contributions are heard, on a panel of `MEMBERS` members. */
async function givenLargeMeeting(): Promise<void> {
  const coordinator = await by('jag-coordinator');
  const { rows } = await owner.query<{ panel: string; case: string }>(
    `SELECT p.id AS panel, c.id AS case FROM panels p JOIN cases c ON c.panel_id = p.id JOIN contributions o ON o.case_id = c.id
     WHERE p.code = 'ask-jag' AND c.stage <> 'closed' AND NOT o.agency_only LIMIT 1`,
  );
  const { panel, case: model } = rows[0]!;
  caseId = model;
  const when = { scheduledAt: inDays(40), endsAt: inDays(40.2), venueOrMode: 'Civic Offices' };
  const made = await coordinator.post('/v1/meetings', { panelId: panel, ...when }).expect(201);
  const id = made.body.id as string;
  meeting = { id, path: `/v1/meetings/${id}` };
  const listed = await coordinator.post(`${meeting.path}/listings`, { caseId: model, kind: 'review' }).expect(201);
  await owner.query(copies('cases', `id = '${model}'`, CASES, { id: 'gen_random_uuid()', reference: `'GEN-' || n` }));
  await owner.query(
    `INSERT INTO listings SELECT (jsonb_populate_record(NULL::listings, to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id,
       'position', row_number() OVER () + 100))).* FROM listings t, cases c WHERE t.id = $1 AND c.reference LIKE 'GEN-%'`,
    [listed.body.id],
  );
  await owner.query(
    `INSERT INTO contributions SELECT (jsonb_populate_record(NULL::contributions, to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id,
       'text', left(repeat('The officer found the stairwell blocked and spoke to residents. ', 200), $1)))).*
     FROM (SELECT * FROM contributions WHERE case_id = $2 AND NOT agency_only LIMIT 1) t, cases c, generate_series(1, $3)
     WHERE c.reference LIKE 'GEN-%'`,
    [CHARACTERS, model, CONTRIBUTIONS],
  );
  await owner.query(
    copies('practitioners', `subject = 'fire-officer'`, MEMBERS, {
      id: 'gen_random_uuid()',
      subject: `'member-' || n`,
      email: `'member-' || n || '@example.test'`,
    }),
  );
  await owner.query(
    `INSERT INTO memberships SELECT (jsonb_populate_record(NULL::memberships, to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'practitioner_id', p.id))).*
     FROM (SELECT m.* FROM memberships m JOIN practitioners f ON f.id = m.practitioner_id
       WHERE m.panel_id = $1 AND f.subject = 'fire-officer' LIMIT 1) t, practitioners p WHERE p.subject LIKE 'member-%'`,
    [panel],
  );
  await owner.query('ANALYZE');
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  await givenLargeMeeting();
  liveness = await givenLiveness(server.url);
  await (await by('idva')).get('/v1/cases').expect(200);
  idle = (await liveness.best(() => setTimeout(1500))).longest;
}, LONG);

/** The longest time in which another person's ordinary list was answered meanwhile. */
async function ordinaryDuring<T>(does: () => Promise<T>): Promise<{ answer: T; longestList: number }> {
  const other = await by('idva');
  const state = { isOver: false };
  let longestList = 0;
  const asking = (async () => {
    while (!state.isOver) {
      const began = performance.now();
      await other.get('/v1/cases').expect(200);
      longestList = Math.max(longestList, performance.now() - began);
      await setTimeout(50);
    }
  })();
  const answer = await does().finally(() => (state.isOver = true));
  await asking;
  return { answer, longestList };
}

/** What others met while this was done; printed with its ratio to an idle service. */
async function others<T>(name: string, does: () => Promise<T>): Promise<{ answer: T; gap: number; list: number }> {
  const began = performance.now();
  const found = await liveness.best(() => ordinaryDuring(does));
  const { longestList, answer } = found.answer;
  process.stdout.write(
    `${name}: ${((performance.now() - began) / 1000).toFixed(1)} s; longest gap ${found.longest.toFixed(0)} ms ` +
      `(${(found.longest / idle).toFixed(1)} × idle, ${idle.toFixed(0)} ms); longest list ${longestList.toFixed(0)} ms\n`,
  );
  return { answer, gap: found.longest, list: longestList };
}

const READERS = ['jag-coordinator', 'jag-chair', 'police-sergeant', 'housing-officer'];

test(
  'others are answered when four readers download large packs as PDF and DOCX',
  async () => {
    const { answer, gap, list } = await others('packs', () =>
      Promise.all(
        READERS.flatMap((who) =>
          ['pdf', 'docx'].map(async (format) =>
            binary((await by(who)).get(`${meeting.path}/pack?format=${format}`).timeout(120_000)),
          ),
        ),
      ),
    );
    expect(answer.map(({ status }) => status)).toEqual(answer.map(() => 200));
    for (const { body } of answer) expect((body as Buffer).length).toBeGreaterThan(10_000);
    expect(gap).toBeLessThan(LONGEST_GAP_MS);
    expect(list).toBeLessThan(ORDINARY_MS);
  },
  LONG,
);

/** Answers or, where there was no place, says when to come back. */
function expectPlaces(answers: Response[], status: number): void {
  const answered = answers.filter((one) => one.status === status);
  expect(answered.length).toBeGreaterThan(1);
  for (const { status: refused, body, headers } of answers.filter((one) => one.status !== status)) {
    expect([refused, body.code]).toEqual([expect.any(Number), 'too-many-at-once']);
    expect([429, 503]).toContain(refused);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  }
}

test(
  'others are answered when 50 questions ask who sees a case of 600 members',
  async () => {
    const { answer, gap, list } = await others('access', async () =>
      Promise.all(
        Array.from({ length: 50 }, async (_, n) =>
          (await by(n % 2 ? 'jag-coordinator' : 'jag-chair')).get(`/v1/cases/${caseId}/access`),
        ),
      ),
    );
    expectPlaces(answer, 200);
    const [whole] = answer.filter(({ status }) => status === 200);
    expect(whole?.body.people.length).toBeGreaterThan(MEMBERS);
    expect(gap).toBeLessThan(LONGEST_GAP_MS);
    expect(list).toBeLessThan(ORDINARY_MS);
  },
  LONG,
);

test(
  'others are answered when 20 simulations and 10 circulation checks run at once',
  async () => {
    const dpo = await by('dpo');
    const coordinator = await by('jag-coordinator');
    const agreement = await agreementCalled(dpo, 'ISA-ASK-MARAC');
    const { body: draft } = await drafted(dpo, agreement);
    // papers go to a panel, not to a conference
    await owner.query(
      `UPDATE memberships SET valid_from = '2019-01-01', valid_to = '2019-12-31'
       WHERE practitioner_id IN (SELECT id FROM practitioners WHERE subject LIKE 'member-%' OFFSET 40)`,
    );
    const { answer, gap, list } = await others('simulations and circulation checks', async () => {
      const simulations = Array.from({ length: 20 }, async () =>
        dpo.post(`/v1/sharing-agreements/${agreement.id}/simulations`, { versionId: draft.id }),
      );
      const checks = Array.from({ length: 10 }, async () => coordinator.post(`${meeting.path}/circulation-checks`));
      return [await Promise.all(simulations), await Promise.all(checks)] as const;
    });
    expectPlaces(answer[0], 201);
    expect(answer[1].filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    expect(gap).toBeLessThan(LONGEST_GAP_MS);
    expect(list).toBeLessThan(ORDINARY_MS);
  },
  LONG,
);

test(
  'a reader who loses access while waiting for a place gets nothing',
  async () => {
    const reader = await by('police-sergeant');
    const paths = Array.from({ length: 3 }, () => binary(reader.get(`${meeting.path}/pack?format=pdf`)));
    const answers = Promise.all(paths);
    await setTimeout(400);
    const { rows } = await owner.query<{ id: string }>(
      `UPDATE memberships SET valid_from = '2019-01-01', valid_to = '2019-12-31'
       WHERE practitioner_id = (SELECT id FROM practitioners WHERE subject = 'police-sergeant') RETURNING id`,
    );
    expect(rows.length).toBeGreaterThan(0);
    const statuses = (await answers).map(({ status }) => status);
    expect(statuses.at(-1)).toBe(404);
  },
  LONG,
);

test(
  'a reader cannot get a document that is too large, and gets one item of it',
  async () => {
    await owner.query(
      `UPDATE contributions SET text = repeat('A long report. ', 600) WHERE case_id IN (SELECT id FROM cases WHERE reference LIKE 'GEN-%')`,
    );
    const reader = await by('jag-coordinator');
    const { body } = await reader.get(`${meeting.path}/pack?format=pdf`).expect(422);
    expect([body.code, body.detail]).toEqual(['paper-too-large', expect.stringContaining('listingId')]);
    const listed = await reader.get(`${meeting.path}/listings?limit=100`).expect(200);
    const listingId = listed.body.data[3].id as string;
    const one = await reader.get(`${meeting.path}/pack?listingId=${listingId}`).expect(200);
    expect(one.body.items.map(({ listing }: { listing: { id: string } }) => listing.id)).toEqual([listingId]);
    const file = await binary(reader.get(`${meeting.path}/pack?format=pdf&listingId=${listingId}`).expect(200));
    expect((file.body as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
    await reader.get(`${meeting.path}/pack?format=pdf&listingId=${caseId}`).expect(404);
    const outsider = await by('outsider');
    await outsider.get(`${meeting.path}/pack?listingId=${listingId}`).expect(404);
    const { rows } = await owner.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM document_copies WHERE meeting_id = $1 AND cardinality(listing_ids) = 1`,
      [meeting.id],
    );
    expect(rows[0]?.n).toBe(2);
  },
  LONG,
);
