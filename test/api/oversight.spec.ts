/**
 * Whoever takes people out of a matter leaves somebody who chairs it, somebody who audits it and a data protection officer.
 *
 * Seen to fail: both auditors, and the officer, excluded from a case, by identifier, by name and by agency; an auditor recused from
 * an item as the last; two chairs excluded at the same moment. Of each office one holder excluded from a case, and another from a
 * person in it or recused from its item; two panels that exclude two auditors from one person; a chair who has left the agency, or
 * whose seat ends, counted as left; a recusal or the end of a seat at the same moment as an exclusion; a refusal that tells of a
 * conflict that another panel keeps; an exclusion that its own maker may not read, not counted; a
 * recusal that locks its item before it counts, while an exclusion waits for that item.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { asOwner, casesOf, inDays, practitioner, untilWaiting } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let owner: pg.Client;
let coordinator: Caller;
let caseId: string;
/** Named in the case, and in a case of the MARAC. */
let personId: string;
let meeting: string;
let listingId: string;
const panels = new Map<string, string>();

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  coordinator = await as(server, 'jag-coordinator');
  caseId = (await casesOf(owner, 'ask-jag'))[0]!.id;
  const { rows } = await owner.query<{ id: string; code: string; partnership: string }>(
    'SELECT id, code, partnership_id AS partnership FROM panels',
  );
  for (const { id, code } of rows) panels.set(code, id);
  const officer = await as(server, 'housing-officer');
  const named = {
    partnershipId: rows.find(({ code }) => code === 'ask-jag')!.partnership,
    givenName: 'Perpetua',
    familyName: 'Sallowmere',
  };
  personId = (await officer.post('/v1/persons', named).expect(201)).body.id;
  const role = { personId, role: 'complainant', rationale: 'Lives there.', since: '2026-01-01' };
  for (const id of [caseId, (await casesOf(owner, 'ask-marac'))[0]!.id])
    await officer.post(`/v1/cases/${id}/people`, role).expect(201);
  const day = inDays(20).slice(0, 10);
  const made = await coordinator
    .post('/v1/meetings', {
      panelId: panels.get('ask-jag'),
      kind: 'ordinary',
      scheduledAt: `${day}T10:00:00Z`,
      endsAt: `${day}T12:00:00Z`,
      venueOrMode: 'Town hall',
    })
    .expect(201);
  meeting = `/v1/meetings/${String(made.body.id)}`;
  listingId = (await coordinator.post(`${meeting}/listings`, { caseId, kind: 'review' }).expect(201)).body.id;
  // there are two auditors and two chairs
  await owner.query(`UPDATE practitioners SET roles = roles || '{data_protection_officer}' WHERE subject = 'analyst'`);
});

const undone = async (): Promise<void> => {
  for (const table of ['exclusions', 'recusals'])
    await owner.query(`DELETE FROM ${table} WHERE created_at > now() - interval '1 hour'`);
};
afterEach(undone);

const said = ({ status, body }: Response): [number, unknown] => [status, status === 201 ? null : body.code];
const REASON = { reason: 'A conflict, told by telephone.' };
const exclude = async (whom: object): Promise<[number, unknown]> =>
  said(await coordinator.post('/v1/exclusions', { caseId, ...REASON, ...whom }));
const excludeFromPerson = async (who: string, panel = 'ask-jag', by = 'jag-coordinator'): Promise<[number, unknown]> =>
  said(
    await (
      await as(server, by)
    ).post('/v1/exclusions', {
      personId,
      panelId: panels.get(panel),
      ...REASON,
      ...(await person(who)),
    }),
  );
const recuse = async (who: string): Promise<[number, unknown]> =>
  said(await coordinator.post(`${meeting}/recusals`, { listingId, ...REASON, ...(await person(who)) }));
const person = async (who: string) => ({ practitionerId: (await practitioner(owner, who)).id });

test('a case keeps an auditor', async () => {
  expect(await exclude(await person('auditor'))).toEqual([201, null]);
  expect(await exclude(await person('channel-auditor'))).toEqual([422, 'no-auditor-left']);
  // others can still be excluded
  expect(await exclude(await person('fire-officer'))).toEqual([201, null]);
});

test('a case keeps a data protection officer, however the officer is named', async () => {
  expect(await exclude(await person('analyst'))).toEqual([201, null]);
  expect(await exclude(await person('dpo'))).toEqual([422, 'no-officer-left']);
  const { rows } = await owner.query<{ name: string; agency_id: string }>(
    `SELECT name, agency_id FROM practitioners WHERE subject = 'dpo'`,
  );
  expect(await exclude({ name: rows[0]?.name })).toEqual([422, 'no-officer-left']);
  expect(await exclude({ agencyId: rows[0]?.agency_id })).toEqual([422, expect.stringMatching(/^no-.*-left$/)]);
});

/** Two who hold the office, and how it is said that nobody is left who does. */
const OFFICES: [string, string, string][] = [
  ['auditor', 'channel-auditor', 'no-auditor-left'],
  ['dpo', 'analyst', 'no-officer-left'],
  ['jag-chair', 'police-inspector', 'no-chair-left'],
];
const WAYS: Record<string, (who: string) => Promise<[number, unknown]>> = {
  'excluded from the case': async (who) => exclude(await person(who)),
  'excluded from a person in the case': (who) => excludeFromPerson(who),
  'recused from its item': recuse,
};
describe.each(OFFICES)('after %s, %s', (one, other, code) => {
  test.each(Object.keys(WAYS).flatMap((first) => Object.keys(WAYS).map((second) => ({ first, second }))))(
    'cannot be $second when the first is $first',
    async ({ first, second }) => {
      expect(await WAYS[first]!(one)).toEqual([201, null]);
      expect(await WAYS[second]!(other)).toEqual([422, code]);
    },
  );
});

test('a person keeps an auditor when two panels exclude one each', async () => {
  expect(await excludeFromPerson('auditor')).toEqual([201, null]);
  expect(await excludeFromPerson('channel-auditor', 'ask-marac', 'marac-coordinator')).toEqual([
    422,
    'no-auditor-left',
  ]);
});

/** Does the SQL, asks, and undoes it. */
async function meanwhile(change: string, undo: string, asks: () => Promise<void>): Promise<void> {
  await owner.query(change);
  try {
    await asks();
  } finally {
    await owner.query(undo);
  }
}
const inspector = `practitioner_id = (SELECT id FROM practitioners WHERE subject = 'police-inspector')`;
const jag = `panel_id = (SELECT id FROM panels WHERE code = 'ask-jag')`;
const seatEnds = (day: string): string =>
  `UPDATE memberships SET valid_to = ${day} WHERE ${jag} AND ${inspector} AND ended_at IS NULL`;

test.each(['current_date', 'current_date + 20'])('a chair whose seat ends %s does not count as left', async (day) => {
  await meanwhile(seatEnds(day), seatEnds('NULL'), async () => {
    for (const way of Object.values(WAYS)) expect(await way('jag-chair')).toEqual([422, 'no-chair-left']);
  });
});

test('a chair who works for another agency than the seat does not count as left', async () => {
  const agencyOf = (code: string): string =>
    `UPDATE practitioners SET agency_id = (SELECT id FROM agencies WHERE code = '${code}') WHERE subject = 'police-inspector'`;
  await meanwhile(agencyOf('fire'), agencyOf('police'), async () => {
    for (const way of Object.values(WAYS)) expect(await way('jag-chair')).toEqual([422, 'no-chair-left']);
  });
});

test.each([
  ['ask-jag', [422, 'no-chair-left']],
  ['ask-marac', [201, null]],
])('a conflict of the other chair that %s keeps gets the answer that fits it', async (panel, answer) => {
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, person_id, panel_id, reason, since, reach, declared)
     SELECT gen_random_uuid(), 1, p.partnership_id, who.id, $1, p.id, 'A friend.', now() - interval '1 day', 'partnership', true
     FROM panels p, practitioners who WHERE p.code = $2 AND who.subject = 'police-inspector'`,
    [personId, panel],
  );
  expect(await excludeFromPerson('jag-chair')).toEqual(answer);
});

test('a coordinator cannot exclude the agency of the one chair when the other chair is excluded', async () => {
  expect(await exclude(await person('police-inspector'))).toEqual([201, null]);
  const { agencyId } = await practitioner(owner, 'jag-chair');
  expect(await exclude({ agencyId })).toEqual([422, 'no-chair-left']);
});

test('a conflict that the last one declares is not refused', async () => {
  for (const [one, other] of OFFICES.slice(2)) {
    expect(await exclude(await person(one))).toEqual([201, null]);
    const answer = await (await as(server, other)).post('/v1/exclusions', { caseId, declared: true, ...REASON });
    expect(said(answer)).toEqual([201, null]);
  }
});

const twoWays = [
  ['excluded from the case', 'excluded from a person in the case'],
  ['excluded from the case', 'recused from its item'],
] as const;

test.each(
  OFFICES.flatMap(([one, other, code]) => twoWays.map(([first, second]) => ({ one, other, code, first, second }))),
)(
  'one of $one, $first, and $other, $second, is refused at the same moment',
  async ({ one, other, code, first, second }) => {
    for (let times = 0; times < 3; times += 1) {
      const both = await Promise.all([WAYS[first]!(one), WAYS[second]!(other)]);
      expect(both.map(([status]) => status).sort()).toEqual([201, 422]);
      expect(both.map(([, said]) => said)).toContain(code);
      await undone();
    }
  },
);

test('a case keeps a chair when one leaves as the other is excluded', async () => {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM memberships WHERE ${jag} AND ${inspector}`);
  const path = `/v1/panels/${panels.get('ask-jag')!}/memberships/${rows[0]!.id}`;
  const leaves = async (): Promise<[number, unknown]> => {
    const leaver = await as(server, 'police-inspector');
    const { status, body } = await leaver.patch(path, { validTo: inDays(0).slice(0, 10) }, '*');
    return [status, status === 200 ? null : body.code];
  };
  expect(await exclude(await person('jag-chair'))).toEqual([201, null]);
  expect(await leaves()).toEqual([422, 'no-chair-left']);
  await undone();
  for (let times = 0; times < 3; times += 1) {
    const both = await Promise.all([leaves(), exclude(await person('jag-chair'))]);
    expect(both.filter(([, code]) => code === 'no-chair-left')).toHaveLength(1);
    await undone();
    await owner.query(seatEnds('NULL'));
  }
});

test('a case keeps a chair when two are excluded at the same moment', async () => {
  for (let times = 0; times < 5; times += 1) {
    const both = await Promise.all(['jag-chair', 'police-inspector'].map(async (who) => exclude(await person(who))));
    expect(both.map(([status]) => status).sort()).toEqual([201, 422]);
    await owner.query(`DELETE FROM exclusions WHERE created_at > now() - interval '1 hour'`);
  }
});

test('an exclusion and a recusal are both made while the item is heard', async () => {
  await owner.query(`UPDATE listings SET started_at = now() - interval '10 minutes' WHERE id = $1`, [listingId]);
  const who = await person('fire-officer');
  await owner.query('BEGIN');
  const does: Promise<[number, unknown]>[] = [];
  try {
    await owner.query(
      `SELECT pg_advisory_xact_lock(hashtextextended('offices ' || partnership_id, 0)) FROM cases WHERE id = $1`,
      [caseId],
    );
    does.push(exclude(who));
    await untilWaiting(owner, 1);
    does.push(recuse('environmental-health-officer'));
    await untilWaiting(owner, 2);
  } finally {
    await owner.query('COMMIT');
  }
  expect(await Promise.all(does)).toEqual([
    [201, null],
    [201, null],
  ]);
  await owner.query('UPDATE listings SET started_at = NULL WHERE id = $1', [listingId]);
});

test('an item keeps an auditor', async () => {
  expect(await recuse('auditor')).toEqual([201, null]);
  expect(await recuse('channel-auditor')).toEqual([422, 'no-auditor-left']);
});
