/**
 * A repeat of a case from which somebody is excluded: the exclusion applies to the referral while it waits, and to the case that
 * it opens. The excluded are answered as for a record that does not exist.
 *
 * Seen to fail: a case opened without the exclusions of the earlier one; a waiting referral hidden by its own people and case
 * alone; a referral that waited while the earlier one was accepted, and was not screened again; an exclusion that had ended; the
 * waiting referral hidden from its author; an exclusion made when a repeat is open already; the waiting referral after a case was
 * opened; the identifier of an exclusion from a hidden case; chairs not counted over waiting repeats; one earlier case for each
 * repeat, that of the latest referral accepted before; a referral submitted before the one that was accepted; a set that is
 * written anew when a role is corrected; a case that names the perpetrator later; a declared exclusion beside an imposed one; an
 * acceptance, or a submission, that locks its referral before the panel; referrals that ended before the case was opened; a referral that somebody
 * keeps who made it a repeat, and then decides on it; a case from which somebody was excluded only after such an act; a chair who
 * only reads counted as one who decides; rows that stay when a role entered in error is taken out of a case, and rows that go
 * although the referral was corrected before; an acceptance by somebody who is excluded from a case that is found to be repeated only
 * then; the version of a screening that changes with a referral hidden from its reader; the refusal to make an exclusion that
 * a hidden one equals; a pair compared by present roles alone; a case that a correction makes one about the pair of an earlier
 * case; people taken out by a chair of the excluded person's agency, also before the repeat is referred; a declared conflict that
 * applies through a case hidden from its declarer; a naming in error that hides a case for good; the exclusion from a person
 * refused on one panel because of another.
 */
import type pg from 'pg';
import type { Response } from 'supertest';
import { aReferral, asOwner, likeness, practitioner, untilWaiting } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

type Row = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- answers, as they come

const NOBODY = '0192f0c5-7a10-7000-8000-000000000001';
const CHAIRS = ['jag-chair', 'police-inspector'];

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
let personId: string;
let number = 0;
const by = (who: string): Promise<Caller> => as(server, who);

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-jag'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
  await owner.query('DELETE FROM exclusions');
  const named = { partnershipId, givenName: 'Perpetua', familyName: 'Quillfeather' };
  personId = (await made('housing-officer', '/v1/persons', named))['id'];
}, 60_000);

async function made(who: string, path: string, body: object): Promise<Row> {
  const answer = await (await by(who)).post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, expect.any(String)]);
  return answer.body;
}

const place = async (): Promise<string> =>
  (
    await made('housing-officer', '/v1/places', {
      ...{ partnershipId, kind: 'estate', name: `Lantern Court, stair ${String(++number)}` },
    })
  )['id'];

async function referred(placeId: string, witness?: string): Promise<string> {
  const referral = await made('housing-officer', '/v1/referrals', {
    ...{ panelId, subjectKind: 'place', placeId, category: 'asb_incident' },
    people: [
      { personId, role: 'complainant', rationale: 'Reported it.' },
      ...(witness ? [{ personId: witness, role: 'witness', rationale: 'Saw it.' }] : []),
    ],
    problem: 'Shouted at on her stair every evening, by four households.',
    whyMultiAgency: 'Housing alone has not helped; police are needed.',
    criteria: ['repeat_location'],
    consentStatus: 'given',
    legalGateway: 'CDA_S115',
    submit: true,
  });
  return referral['id'];
}

const acceptance = async (who: string, referral: string): Promise<Response> =>
  (await by(who)).post(`/v1/referrals/${referral}/acceptance`, {}).set('if-match', '*');

async function accepted(referral: string, who = 'jag-chair'): Promise<string> {
  const answer = await acceptance(who, referral);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer.body.caseId;
}

const opened = async (placeId: string): Promise<string> => accepted(await referred(placeId));

const excluded = async (caseId: string, whom: object): Promise<Row> =>
  made('jag-chair', '/v1/exclusions', { caseId, reason: 'A relative of the family.', ...whom });

const declared = async (who: string, caseId: string): Promise<Row> =>
  made(who, '/v1/exclusions', { caseId, declared: true, reason: 'A friend of the family.' });

const idOf = async (who: string): Promise<{ practitionerId: string }> => ({
  practitionerId: (await practitioner(owner, who)).id,
});

async function ended({ id }: Row, who = 'jag-chair'): Promise<void> {
  const answer = (await by(who)).post(`/v1/exclusions/${String(id)}/ending`, { reason: 'Entered in error.' });
  await answer.set('if-match', '*').expect(200);
}

const reads = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;

async function listedFor(caseId: string, who = 'jag-chair'): Promise<Row[]> {
  const { body } = await (await by(who)).get('/v1/exclusions?limit=100').expect(200);
  return body.data.filter((one: Row) => one['caseId'] === caseId);
}

/** Compares the answers about the record with those about one that does not exist. */
async function isMissing(who: string, path: string, id: string, parts: string[]): Promise<void> {
  const caller = await by(who);
  for (const part of parts) {
    const [answer, missing] = [await caller.get(`${path}/${id}${part}`), await caller.get(`${path}/${NOBODY}${part}`)];
    expect([who, part, answer.status]).toEqual([who, part, 404]);
    expect(likeness(answer)).toBe(likeness(missing));
  }
  expect((await caller.get(`${path}?limit=100`).expect(200)).text).not.toContain(id);
}

/** The jobs are done when the clock is moved. */
async function jobsDone(minutes: number): Promise<void> {
  const now = new Date(Date.now() + minutes * 60_000).toISOString();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/sandbox/clock`, { method: 'PUT', headers, body: JSON.stringify({ now }) });
  if (!answer.ok) throw new Error(await answer.text());
}

const ofReferral = ['', '/people', '/screening', '/status'];
const ofCase = ['', '/people', '/timeline', '/status'];

test('somebody excluded from the earlier case reads neither the waiting repeat nor its case', async () => {
  const at = await place();
  await excluded(await opened(at), await idOf('fire-officer'));
  const repeat = await referred(at);
  await isMissing('fire-officer', '/v1/referrals', repeat, ofReferral);
  expect(await reads('police-sergeant', `/v1/referrals/${repeat}`)).toBe(200);
  const caseId = await accepted(repeat);
  await isMissing('fire-officer', '/v1/cases', caseId, ofCase);
  await isMissing('fire-officer', '/v1/referrals', repeat, ofReferral);
  expect(await reads('police-sergeant', `/v1/cases/${caseId}`)).toBe(200);
});

test('the exclusion of an agency, of a name and by an own declaration holds for the case of the repeat', async () => {
  const at = await place();
  const earlier = await opened(at);
  const { agencyId } = await practitioner(owner, 'fire-officer');
  const made = [
    await excluded(earlier, { agencyId }),
    await excluded(earlier, { name: 'Ralph Quillgate' }),
    await declared('police-sergeant', earlier),
  ];
  const caseId = await opened(at);
  for (const who of ['fire-officer', 'environmental-health-officer', 'police-sergeant'])
    expect([who, await reads(who, `/v1/cases/${caseId}`)]).toEqual([who, 404]);
  expect(await listedFor(caseId)).toEqual([]);
  for (const one of made) await ended(one);
  for (const who of ['fire-officer', 'environmental-health-officer', 'police-sergeant'])
    expect([who, await reads(who, `/v1/cases/${caseId}`)]).toEqual([who, 200]);
});

test('an exclusion holds for the repeat of a repeat', async () => {
  const at = await place();
  await excluded(await opened(at), await idOf('fire-officer'));
  await opened(at);
  const third = await opened(at);
  expect(await reads('fire-officer', `/v1/cases/${third}`)).toBe(404);
});

test('an exclusion that is made later holds for the repeats that are open already, also when one of their own ends', async () => {
  const at = await place();
  const earlier = await opened(at);
  const [second, third] = [await opened(at), await opened(at)];
  const whom = await idOf('fire-officer');
  const own = await excluded(third, whom);
  await excluded(earlier, whom);
  for (const [caseId, count] of [
    [earlier, 1],
    [second, 0],
    [third, 1],
  ] as const) {
    await isMissing('fire-officer', '/v1/cases', caseId, ofCase);
    expect(await listedFor(caseId)).toHaveLength(count);
  }
  await ended(own);
  await isMissing('fire-officer', '/v1/cases', third, ofCase);
  await declared('police-sergeant', second);
  const paths = [earlier, second, third].map((caseId) => `/v1/cases/${caseId}`);
  expect(await Promise.all(paths.map((path) => reads('police-sergeant', path)))).toEqual([200, 404, 404]);
});

test('an exclusion that has ended holds for no repeat', async () => {
  const at = await place();
  await ended(await excluded(await opened(at), await idOf('fire-officer')));
  const repeat = await referred(at);
  expect(await reads('fire-officer', `/v1/referrals/${repeat}`)).toBe(200);
  expect(await reads('fire-officer', `/v1/cases/${await accepted(repeat)}`)).toBe(200);
});

test('a chair ends an exclusion for the case and its repeats together, and one from the repeat goes on', async () => {
  const at = await place();
  const earlier = await opened(at);
  const whom = await idOf('fire-officer');
  const fromEarlier = await excluded(earlier, whom);
  const repeat = await referred(at);
  const caseId = await accepted(repeat);
  const fromRepeat = await excluded(caseId, whom);
  const paths = [`/v1/cases/${caseId}`, `/v1/referrals/${repeat}`, `/v1/cases/${earlier}`];
  const statuses = (): Promise<number[]> => Promise.all(paths.map((path) => reads('fire-officer', path)));
  expect(await statuses()).toEqual([404, 404, 404]);
  await ended(fromEarlier);
  expect(await statuses()).toEqual([404, 404, 200]);
  await ended(fromRepeat);
  expect(await statuses()).toEqual([200, 200, 200]);
});

test('a coordinator excluded from the earlier case is answered as of no referral when accepting or refusing', async () => {
  const at = await place();
  await excluded(await opened(at), await idOf('jag-coordinator'));
  const repeat = await referred(at);
  const [answer, missing] = [await acceptance('jag-coordinator', repeat), await acceptance('jag-coordinator', NOBODY)];
  expect(answer.status).toBe(404);
  expect(likeness(answer)).toBe(likeness(missing));
  await isMissing('jag-coordinator', '/v1/referrals', repeat, ofReferral);
  const caseId = await accepted(repeat);
  await isMissing('jag-coordinator', '/v1/cases', caseId, ofCase);
  expect((await listedFor(caseId, 'jag-coordinator')).length).toBe(0);
});

test('somebody excluded from a case loses a referral that waited when the case was opened', async () => {
  const at = await place();
  const [first, second] = [await referred(at), await referred(at)];
  const caseId = await accepted(first);
  expect(await reads('jag-coordinator', `/v1/referrals/${second}`)).toBe(200);
  await excluded(caseId, await idOf('jag-coordinator'));
  await isMissing('jag-coordinator', '/v1/referrals', second, ofReferral);
  expect((await acceptance('jag-coordinator', second)).status).toBe(404);
  expect(await reads('jag-coordinator', `/v1/cases/${await accepted(second)}`)).toBe(404);
});

test('an author excluded from the earlier case reads the own referral until a case is opened', async () => {
  const at = await place();
  await excluded(await opened(at), await idOf('housing-officer'));
  const repeat = await referred(at);
  expect(await reads('housing-officer', `/v1/referrals/${repeat}`)).toBe(200);
  const caseId = await accepted(repeat);
  await isMissing('housing-officer', '/v1/cases', caseId, ofCase);
  await isMissing('housing-officer', '/v1/referrals', repeat, ofReferral);
});

/** A case that also names a witness from whom the coordinator is excluded, and a repeat without the witness. */
async function earlierHiddenFromCoordinator(): Promise<{ earlier: string; repeat: string }> {
  const at = await place();
  const named = { partnershipId, givenName: 'Isolde', familyName: 'Quillfeather' };
  const witness = (await made('housing-officer', '/v1/persons', named))['id'] as string;
  const earlier = await accepted(await referred(at, witness));
  const hidden = { personId: witness, reason: 'A relative.', ...(await idOf('jag-coordinator')) };
  await made('jag-chair', '/v1/exclusions', { ...hidden, panelId, reach: 'panel' });
  return { earlier, repeat: await accepted(await referred(at)) };
}

test('a coordinator from whom the earlier case is hidden cannot tell that an exclusion from it applies to the repeat', async () => {
  const { earlier, repeat } = await earlierHiddenFromCoordinator();
  const whom = await idOf('fire-officer');
  const { id } = await excluded(earlier, whom);
  const coordinator = await by('jag-coordinator');
  expect([
    await reads('jag-coordinator', `/v1/cases/${repeat}`),
    await reads('fire-officer', `/v1/cases/${repeat}`),
  ]).toEqual([200, 404]);
  await isMissing('jag-coordinator', '/v1/exclusions', id as string, ['']);
  const ending = (missing: string) =>
    coordinator.post(`/v1/exclusions/${missing}/ending`, { reason: 'Entered in error.' }).set('if-match', '*');
  expect(likeness(await ending(id as string))).toBe(likeness(await ending(NOBODY)));
  // the explanation is that of a case without the exclusion
  const access = async (who: string): Promise<unknown> => {
    const { practitionerId } = await idOf(who);
    const path = `/v1/cases/${repeat}/access?practitionerId=${practitionerId}`;
    return (await coordinator.get(path).expect(200)).body as unknown;
  };
  const explained = JSON.stringify(await access('fire-officer'));
  expect(explained).not.toMatch(/exclu/i);
  // the same exclusion imposed by the coordinator is made as if there were none
  const imposed = await made('jag-coordinator', '/v1/exclusions', { caseId: repeat, reason: 'A neighbour.', ...whom });
  expect((await listedFor(repeat, 'jag-coordinator')).map((one) => one['id'] as string)).toEqual([imposed['id']]);
  const again = await coordinator.post('/v1/exclusions', { caseId: repeat, reason: 'A neighbour.', ...whom });
  expect([again.status, again.body.exclusionId]).toEqual([409, imposed['id']]);
  // it applies whatever the coordinator ends
  await ended(imposed);
  await isMissing('fire-officer', '/v1/cases', repeat, ofCase);
});

test('a coordinator from whom the earlier case is hidden reads no recusal from it at an item of the repeat', async () => {
  const { earlier, repeat } = await earlierHiddenFromCoordinator();
  const scheduledAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const meeting = await made('jag-chair', '/v1/meetings', { panelId, scheduledAt, venueOrMode: 'Civic Offices' });
  const path = `/v1/meetings/${String(meeting['id'])}`;
  const items: string[] = [];
  for (const caseId of [earlier, repeat])
    items.push((await made('jag-chair', `${path}/listings`, { caseId, kind: 'new' }))['id'] as string);
  const recusal = { listingId: items[0], ...(await idOf('related-officer')), reason: 'Of the hidden family.' };
  await made('jag-chair', `${path}/recusals`, recusal);
  expect(await reads('related-officer', `${path}/listings/${String(items[1])}`)).toBe(404);
  expect(await reads('jag-coordinator', `${path}/listings/${String(items[1])}`)).toBe(200);
  const { body } = await (await by('jag-coordinator')).get(`${path}/recusals?holding=true`).expect(200);
  expect(body.data).toEqual([]);
  expect((await (await by('jag-chair')).get(`${path}/recusals?holding=true`).expect(200)).body.data).toHaveLength(1);
});

test('a coordinator can accept a repeat that leaves its case without a chair, and gets the notice', async () => {
  const at = await place();
  const earlier = await opened(at);
  const repeat = await referred(at);
  for (const who of CHAIRS) await declared(who, earlier);
  for (const who of CHAIRS) expect([who, await reads(who, `/v1/referrals/${repeat}`)]).toEqual([who, 404]);
  const caseId = await accepted(repeat, 'jag-coordinator');
  for (const who of CHAIRS) expect([who, await reads(who, `/v1/cases/${caseId}`)]).toEqual([who, 404]);
  for (const minutes of [1, 2]) await jobsDone(minutes);
  const { body } = await (await by('jag-coordinator')).get('/v1/notices?limit=100&kind=no_chair_left').expect(200);
  expect(body.data.map(({ subjectId }: Row) => subjectId as string)).toContain(caseId);
});

test('a coordinator cannot exclude a chair from a case where nobody else chairs a waiting repeat of it', async () => {
  const at = await place();
  const earlier = await opened(at);
  const named = { partnershipId, givenName: 'Isidore', familyName: 'Quillfeather' };
  const witness = (await made('housing-officer', '/v1/persons', named))['id'] as string;
  await referred(at, witness);
  // the other chair is kept out of the waiting repeat alone, through somebody whom the earlier case does not name
  const { practitionerId } = await idOf('police-inspector');
  await made('jag-chair', '/v1/exclusions', { personId: witness, practitionerId, panelId, reason: 'A relative.' });
  const last = { caseId: earlier, ...(await idOf('jag-chair')), reason: 'A relative.' };
  const { status, body } = await (await by('jag-coordinator')).post('/v1/exclusions', last);
  expect([status, body.code]).toEqual([422, 'no-chair-left']);
});

test('somebody with a conflict in one repeat reads neither another repeat that waits nor its case', async () => {
  const at = await place();
  await opened(at);
  const [second, third] = [await referred(at), await referred(at)];
  await declared('police-sergeant', await accepted(second));
  await isMissing('police-sergeant', '/v1/referrals', third, ofReferral);
  await isMissing('police-sergeant', '/v1/cases', await accepted(third), ofCase);
});

test('somebody excluded from a case loses an earlier referral of the matter that still waits', async () => {
  const at = await place();
  const [first, second] = [await referred(at), await referred(at)];
  const earlier = await accepted(second);
  await excluded(earlier, await idOf('fire-officer'));
  await isMissing('fire-officer', '/v1/referrals', first, ofReferral);
  const caseId = await accepted(first);
  await isMissing('fire-officer', '/v1/cases', caseId, ofCase);
  // later for the exclusion, and no repeat by the rule of the panel
  const { body } = await (await by('jag-chair')).get(`/v1/cases/${caseId}`).expect(200);
  expect(body).toMatchObject({ isRepeat: false, previousCaseId: null });
  const { practitionerId } = await idOf('environmental-health-officer');
  await excluded(earlier, { practitionerId });
  expect(await reads('environmental-health-officer', `/v1/cases/${caseId}`)).toBe(404);
});

const DUPLICATE = { reasonCode: 'duplicate', reason: 'The same matter was referred twice.' };
const ENDINGS = [
  ['jag-chair', 'refusal', DUPLICATE],
  ['jag-chair', 'redirection', { ...DUPLICATE, reasonCode: 'outside_remit', targetProcess: 'mappa' }],
  ['housing-officer', 'withdrawal', { reasonCode: 'duplicate' }],
] as const;

const decided = async (who: string, referral: string, decision: string, body: object): Promise<Response> =>
  (await by(who)).post(`/v1/referrals/${referral}/${decision}`, body).set('if-match', '*');

test.each(ENDINGS)('somebody excluded from a case loses a referral that ended before: by %s, %s', async (...ending) => {
  const [by_, decision, body] = ending;
  const at = await place();
  const [first, second] = [await referred(at), await referred(at)];
  expect((await decided(by_, first, decision, body)).status).toBe(200);
  const caseId = await accepted(second);
  const others = ['fire-officer', 'jag-coordinator'];
  for (const who of others) expect([who, await reads(who, `/v1/referrals/${first}`)]).toEqual([who, 200]);
  for (const who of [...others, 'housing-officer']) await excluded(caseId, await idOf(who));
  for (const who of others) await isMissing(who, '/v1/referrals', first, ofReferral);
  expect(await reads('police-sergeant', `/v1/referrals/${first}`)).toBe(200);
  // what the author wrote and sent is no news to the author
  expect(await reads('housing-officer', `/v1/referrals/${first}`)).toBe(200);
});

test('a referral that ends after the case was opened stays hidden', async () => {
  const at = await place();
  await excluded(await opened(at), await idOf('fire-officer'));
  const repeat = await referred(at);
  expect((await decided('jag-chair', repeat, 'refusal', DUPLICATE)).status).toBe(200);
  await isMissing('fire-officer', '/v1/referrals', repeat, ofReferral);
});

/** Submits a referral and accepts another while `lock` is taken, in this order. Returns both the referral and the case. */
async function atOnce(lock: string, values: unknown[], placeId: string, other: string): Promise<[string, string]> {
  await Promise.all(['housing-officer', 'jag-chair'].map(by));
  await owner.query('BEGIN');
  const does: Promise<string>[] = [];
  try {
    await owner.query(`SELECT pg_advisory_xact_lock(${lock})`, values);
    does.push(referred(placeId));
    await untilWaiting(owner, 1);
    does.push(accepted(other));
    await untilWaiting(owner, 2);
  } finally {
    await owner.query('COMMIT');
  }
  return (await Promise.all(does)) as [string, string];
}

test('a submission and an acceptance of repeats at the same moment see each other', async () => {
  const at = await place();
  await opened(at);
  const second = await referred(at);
  // a duplicate of this one, so that the next holds no lock on the second
  await referred(at);
  // the lock of the log, which a request takes last: the submission has been screened and is not committed
  const [third, caseId] = await atOnce('7317023190211', [], at, second);
  await excluded(caseId, await idOf('fire-officer'));
  await isMissing('fire-officer', '/v1/referrals', third, ofReferral);
  expect(await reads('fire-officer', `/v1/cases/${await accepted(third)}`)).toBe(404);
});

test('a submission that refers to a referral and the acceptance of that one are both done', async () => {
  const at = await place();
  const second = await referred(at);
  const [third] = await atOnce('hashtextextended($1, 0)', [`screening ${panelId}`], at, second);
  expect(await reads('fire-officer', `/v1/referrals/${third}`)).toBe(200);
});

test('the submission of a returned referral and the acceptance of another of the matter are both done', async () => {
  const at = await place();
  const [returned, other] = [await referred(at), await referred(at)];
  const more = { reasonCode: 'more_information', reason: 'Say more about the calls.' };
  expect((await decided('jag-chair', returned, 'return', more)).status).toBe(200);
  await Promise.all(['housing-officer', 'jag-chair'].map(by));
  await owner.query('BEGIN');
  const does: Promise<unknown>[] = [];
  try {
    await owner.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`screening ${panelId}`]);
    does.push(accepted(other));
    await untilWaiting(owner, 1);
    does.push(decided('housing-officer', returned, 'submission', {}).then(({ status }) => status));
    await untilWaiting(owner, 2);
  } finally {
    await owner.query('COMMIT');
  }
  expect((await Promise.all(does))[1]).toBe(200);
});

test('the screening of a waiting referral does not change for whom the referral is hidden that is accepted', async () => {
  const at = await place();
  const named = { partnershipId, givenName: 'Wilmot', familyName: 'Quillfeather' };
  const witness = (await made('housing-officer', '/v1/persons', named))['id'] as string;
  const earlier = await referred(at, witness);
  const waiting = await referred(at);
  const exclusion = { personId: witness, reason: 'A relative.', ...(await idOf('jag-coordinator')) };
  await made('jag-chair', '/v1/exclusions', exclusion);
  expect(await reads('jag-coordinator', `/v1/referrals/${earlier}`)).toBe(404);
  const screened = async (who: string): Promise<unknown[]> => {
    const { headers, body } = await (await by(who)).get(`/v1/referrals/${waiting}/screening`).expect(200);
    return [headers['etag'], body];
  };
  const before = await screened('jag-coordinator');
  await accepted(earlier);
  expect(await screened('jag-coordinator')).toEqual(before);
  expect((await screened('jag-chair'))[1]).toMatchObject({ isRepeat: true, previousReferralId: earlier });
});

test('a coordinator excluded from a case decides on no referral that turns out to repeat it at that moment', async () => {
  const at = await place();
  await excluded(await opened(at), await idOf('jag-coordinator'));
  const repeat = await referred(at);
  await owner.query('DELETE FROM repeated_cases WHERE referral_id = $1', [repeat]);
  expect((await acceptance('jag-coordinator', repeat)).status).toBe(403);
  const { rows } = await owner.query('SELECT FROM repeated_cases WHERE referral_id = $1', [repeat]);
  expect(rows).toEqual([]);
  expect(await reads('jag-coordinator', `/v1/cases/${await accepted(repeat)}`)).toBe(404);
});

test('one that a colleague of the person imposed, and ends, leaves that of another chair for the repeat', async () => {
  const at = await place();
  const earlier = await opened(at);
  const whom = await idOf('police-sergeant');
  const mild = await made('police-inspector', '/v1/exclusions', { caseId: earlier, reason: 'On leave.', ...whom });
  const other = await excluded(earlier, whom);
  const repeat = await opened(at);
  await ended(mild, 'police-inspector');
  expect(await reads('police-sergeant', `/v1/cases/${repeat}`)).toBe(404);
  await ended(other, 'jag-chair');
  expect(await reads('police-sergeant', `/v1/cases/${repeat}`)).toBe(200);
});

describe('the pair of a MARAC', () => {
  let marac: string;
  const chair = 'marac-chair';

  beforeAll(async () => {
    marac = (await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-marac'`)).rows[0]!.id;
  });

  const person = async (): Promise<string> => {
    const familyName = `Quenby ${String(++number)}`;
    return (await made('idva', '/v1/persons', { partnershipId, givenName: 'Sorrel', familyName }))['id'];
  };
  const pair = async (victim: string, harming: string, more: object[] = []): Promise<string> => {
    const body = aReferral(marac, victim, harming) as { people: object[] };
    return (await made('idva', '/v1/referrals', { ...body, people: [...body.people, ...more] }))['id'];
  };
  const keptOut = async (who: string, caseId: string): Promise<Row> =>
    made(chair, '/v1/exclusions', { caseId, ...(await idOf(who)), reason: 'A relative of the family.' });
  const roleOf = async (path: string, personId: string): Promise<string> => {
    const { body } = await (await by('idva')).get(`${path}/people`).expect(200);
    return `${path}/people/${body.data.find((one: Row) => one['personId'] === personId).id as string}`;
  };
  const changed = async (role: string, to: string): Promise<void> => {
    const change = { role: to, reason: 'Misread in the report.' };
    const answer = await (await by('idva')).patch(role, change, '*');
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  };

  test('an author excluded from the earlier case cannot read the case after correcting a role', async () => {
    const [victim, suspect, other] = [await person(), await person(), await person()];
    await keptOut('idva', await accepted(await pair(victim, suspect), chair));
    const suspected = { personId: suspect, role: 'suspected_harm_causer', rationale: 'Named by the victim.' };
    const repeat = await pair(victim, other, [suspected]);
    await changed(await roleOf(`/v1/referrals/${repeat}`, suspect), 'witness');
    await isMissing('idva', '/v1/cases', await accepted(repeat, chair), ofCase);
  });

  test('somebody excluded from a case loses a waiting referral when the case names its perpetrator', async () => {
    const [victim, suspect, other] = [await person(), await person(), await person()];
    const earlier = await accepted(await pair(victim, other), chair);
    await keptOut('social-worker', earlier);
    const waiting = await pair(victim, suspect);
    expect(await reads('social-worker', `/v1/referrals/${waiting}`)).toBe(200);
    const named = { personId: suspect, role: 'witness', rationale: 'Was there.', since: '2026-01-01' };
    await made('idva', `/v1/cases/${earlier}/people`, named);
    expect(await reads('social-worker', `/v1/referrals/${waiting}`)).toBe(200);
    await changed(await roleOf(`/v1/cases/${earlier}`, suspect), 'perpetrator');
    await isMissing('social-worker', '/v1/referrals', waiting, ofReferral);

    const [third, fourth] = [await person(), await pair(victim, await person())];
    const next = await pair(victim, third);
    await made('idva', `/v1/cases/${earlier}/people`, { ...named, personId: third, role: 'perpetrator' });
    await isMissing('social-worker', '/v1/referrals', next, ofReferral);
    expect(await reads('social-worker', `/v1/referrals/${fourth}`)).toBe(200);
    await isMissing('social-worker', '/v1/cases', await accepted(next, chair), ofCase);
  });

  test('somebody excluded from a case cannot read a repeat after a role in the case is changed', async () => {
    const [victim, suspect] = [await person(), await person()];
    const earlier = await accepted(await pair(victim, suspect), chair);
    await keptOut('social-worker', earlier);
    await changed(await roleOf(`/v1/cases/${earlier}`, suspect), 'witness');
    const waiting = await pair(victim, suspect);
    await isMissing('social-worker', '/v1/referrals', waiting, ofReferral);
    await isMissing('social-worker', '/v1/cases', await accepted(waiting, chair), ofCase);
  });

  test('somebody excluded from a case loses a later case when a correction makes it one about the same pair', async () => {
    const [victim, suspect] = [await person(), await person()];
    await keptOut('social-worker', await accepted(await pair(victim, suspect), chair));
    const witness = { personId: suspect, role: 'witness', rationale: 'Was there.' };
    const later = await accepted(await pair(victim, await person(), [witness]), chair);
    expect(await reads('social-worker', `/v1/cases/${later}`)).toBe(200);
    await changed(await roleOf(`/v1/cases/${later}`, suspect), 'perpetrator');
    await isMissing('social-worker', '/v1/cases', later, ofCase);
  });

  test('somebody excluded from a case loses the repeats of a case that a correction makes a repeat', async () => {
    const [victim, first, second] = [await person(), await person(), await person()];
    const witness = { personId: first, role: 'witness', rationale: 'Was there.' };
    await keptOut('social-worker', await accepted(await pair(victim, first), chair));
    const later = await accepted(await pair(victim, second, [witness]), chair);
    const last = await accepted(await pair(victim, second), chair);
    expect(await reads('social-worker', `/v1/cases/${last}`)).toBe(200);
    await changed(await roleOf(`/v1/cases/${later}`, first), 'perpetrator');
    for (const id of [later, last]) await isMissing('social-worker', '/v1/cases', id, ofCase);
  });

  const listed = async (caseId: string): Promise<string> => {
    const scheduledAt = new Date(Date.now() + (60 + ++number) * 86_400_000).toISOString();
    const meeting = await made(chair, '/v1/meetings', { panelId: marac, scheduledAt, venueOrMode: 'Civic Offices' });
    const path = `/v1/meetings/${String(meeting['id'])}/listings`;
    return `${path}/${String((await made(chair, path, { caseId, kind: 'new' }))['id'])}`;
  };
  const recused = async (who: string, item: string): Promise<Row> => {
    const [meeting, listingId] = item.split('/listings/');
    const recusal = { listingId, ...(await idOf(who)), reason: 'A relative of the family.' };
    return made(chair, `${String(meeting)}/recusals`, recusal);
  };

  test('somebody recused from an item reads no item of a repeat of a repeat, whichever was listed first', async () => {
    const [victim, first, second] = [await person(), await person(), await person()];
    const earlier = await accepted(await pair(victim, first), chair);
    const both = [{ personId: second, role: 'perpetrator', rationale: 'Named in the call.' }];
    const repeat = await accepted(await pair(victim, first, both), chair);
    const third = await accepted(await pair(victim, second), chair);
    const before = await listed(third);
    const item = await listed(earlier);
    await recused('social-worker', item);
    for (const one of [item, before, await listed(third), await listed(repeat)])
      expect(await reads('social-worker', one)).toBe(404);
  });

  test('a conflict in a case proves no case between it and another that is hidden from those who act', async () => {
    const [first, harming, second, other, relative] = [
      await person(),
      await person(),
      await person(),
      await person(),
      await person(),
    ];
    const [declarer, coordinator] = ['refuge-worker', 'marac-coordinator'];
    const opening = await accepted(await pair(first, harming), chair);
    const role = (personId: string, name: string): object => ({
      personId,
      role: name,
      rationale: 'Named in the call.',
    });
    const more = [role(second, 'victim'), role(other, 'perpetrator'), role(relative, 'witness')];
    const between = await accepted(await pair(first, harming, more), chair);
    for (const who of [declarer, coordinator])
      await made(chair, '/v1/exclusions', { personId: relative, ...(await idOf(who)), reason: 'A relative.' });
    const last = await accepted(await pair(second, other), chair);
    for (const who of [declarer, coordinator]) {
      expect(await reads(who, `/v1/cases/${between}`)).toBe(404);
      for (const id of [opening, last]) expect(await reads(who, `/v1/cases/${id}`)).toBe(200);
    }
    const [item, later] = [await listed(opening), await listed(last)];
    const [meeting, listingId] = item.split('/listings/');
    await made(declarer, `${String(meeting)}/recusals`, { listingId, reason: 'I know the family.' });
    expect([await reads(declarer, item), await reads(declarer, later)]).toEqual([404, 200]);
    await made(declarer, '/v1/exclusions', { caseId: opening, declared: true, reason: 'I know the family.' });
    expect(await reads(declarer, `/v1/cases/${opening}`)).toBe(404);
    expect(await reads(declarer, `/v1/cases/${last}`)).toBe(200);
    // an imposed one reaches the last case, and the coordinator reads of it for the first alone
    await made(coordinator, '/v1/exclusions', {
      caseId: opening,
      ...(await idOf('social-worker')),
      reason: 'A friend.',
    });
    expect(await reads('social-worker', `/v1/cases/${last}`)).toBe(404);
    expect([await listedFor(opening, coordinator), await listedFor(last, coordinator)]).toMatchObject([
      [{ caseId: opening }, { caseId: opening }],
      [],
    ]);
    // nor does the list of recusals at the meeting that hears the hidden case
    await recused('probation-officer', item);
    const [elsewhere] = (await listed(between)).split('/listings/');
    const recusals = async (who: string): Promise<unknown[]> =>
      (await (await by(who)).get(`${String(elsewhere)}/recusals?holding=true`).expect(200)).body.data as unknown[];
    expect(await recusals(coordinator)).toEqual([]);
    expect(await recusals(chair)).toHaveLength(2);
  });

  test('a recused coordinator cannot read a repeat after taking a person out of the case in error', async () => {
    const coordinator = 'marac-coordinator';
    const [victim, suspect] = [await person(), await person()];
    const earlier = await accepted(await pair(victim, suspect), chair);
    await recused(coordinator, await listed(earlier));
    const waiting = await pair(victim, suspect);
    const role = await roleOf(`/v1/cases/${earlier}`, suspect);
    const ending = { kind: 'entered_in_error', reason: 'Another family.', opensToExcluded: true };
    await (await by(coordinator)).post(`${role}/ending`, ending).set('if-match', '*').expect(201);
    expect(await reads(coordinator, await listed(await accepted(waiting, coordinator)))).toBe(404);
  });

  test('somebody recused from an item reads no item of a case that a correction makes a repeat', async () => {
    const [victim, suspect] = [await person(), await person()];
    await recused('social-worker', await listed(await accepted(await pair(victim, suspect), chair)));
    const witness = { personId: suspect, role: 'witness', rationale: 'Was there.' };
    const later = await accepted(await pair(victim, await person(), [witness]), chair);
    const item = await listed(later);
    expect(await reads('social-worker', item)).toBe(200);
    await changed(await roleOf(`/v1/cases/${later}`, suspect), 'perpetrator');
    expect(await reads('social-worker', item)).toBe(404);
    expect(await reads('idva', item)).toBe(200);
  });

  test('somebody excluded from a case cannot read a repeat after a chair of their agency takes a person out', async () => {
    const [victim, suspect] = [await person(), await person()];
    const earlier = await accepted(await pair(victim, await person()), chair);
    await keptOut('police-sergeant', earlier);
    const named = { personId: suspect, role: 'perpetrator', rationale: 'Named in the call.', since: '2026-01-01' };
    await made('idva', `/v1/cases/${earlier}/people`, named);
    const waiting = await pair(victim, suspect);
    const ending = { kind: 'entered_in_error', reason: 'Another family.', opensToExcluded: true };
    const role = await roleOf(`/v1/cases/${earlier}`, suspect);
    await (await by(chair)).post(`${role}/ending`, ending).set('if-match', '*').expect(201);
    await isMissing('police-sergeant', '/v1/referrals', waiting, ofReferral);
    // the screening shows what it shows without the exclusion
    const { body: screening } = await (await by(chair)).get(`/v1/referrals/${waiting}/screening`).expect(200);
    expect(screening.isRepeat).toBe(false);
  });

  const removed = async (who: string, caseId: string, personId: string): Promise<void> => {
    const role = await roleOf(`/v1/cases/${caseId}`, personId);
    const ending = { kind: 'entered_in_error', reason: 'Another family.', opensToExcluded: true };
    await (await by(who)).post(`${role}/ending`, ending).set('if-match', '*').expect(201);
  };

  test.each([
    ['by a colleague', 'marac-chair', async () => {}, 404],
    [
      'by a colleague who changed the role before',
      'marac-chair',
      async (role: string) => changed(role, 'witness'),
      404,
    ],
    ['by somebody of another agency', 'marac-coordinator', async () => {}, 200],
  ])('somebody excluded from a case and a repeat referred after a removal %s', async (_, remover, before, status) => {
    const [victim, suspect] = [await person(), await person()];
    const earlier = await accepted(await pair(victim, suspect), chair);
    await keptOut('police-sergeant', earlier);
    await before(await roleOf(`/v1/cases/${earlier}`, suspect));
    await removed(remover, earlier, suspect);
    const repeat = await pair(victim, suspect);
    expect(await reads('police-sergeant', `/v1/referrals/${repeat}`)).toBe(status);
    const { body: screening } = await (await by(chair)).get(`/v1/referrals/${repeat}/screening`).expect(200);
    expect(screening.isRepeat).toBe(false);
    const caseId = await accepted(repeat, 'marac-coordinator');
    expect(await reads('police-sergeant', `/v1/cases/${caseId}`)).toBe(status);
    expect(await reads('probation-officer', `/v1/cases/${caseId}`)).toBe(200);
  });

  test('a recused coordinator who took a person out in error reads no item of a repeat that is referred later', async () => {
    const coordinator = 'marac-coordinator';
    const [victim, suspect] = [await person(), await person()];
    const earlier = await accepted(await pair(victim, suspect), chair);
    await recused(coordinator, await listed(earlier));
    await removed(coordinator, earlier, suspect);
    const item = await listed(await accepted(await pair(victim, suspect), chair));
    expect([await reads(coordinator, item), await reads('idva', item)]).toEqual([404, 200]);
  });

  test.each([
    ['somebody of another agency', 'marac-coordinator', 200],
    ['a colleague', 'marac-chair', 404],
  ])(
    'a case that a naming in error made a repeat is open to the excluded after %s removes the person',
    async (...row) => {
      const [, remover, status] = row;
      const [victim, suspect] = [await person(), await person()];
      await keptOut('police-sergeant', await accepted(await pair(victim, suspect), chair));
      const later = await accepted(await pair(victim, await person()), chair);
      expect(await reads('police-sergeant', `/v1/cases/${later}`)).toBe(200);
      const named = { personId: suspect, role: 'perpetrator', rationale: 'Named by mistake.', since: '2026-01-01' };
      await made('idva', `/v1/cases/${later}/people`, named);
      expect(await reads('police-sergeant', `/v1/cases/${later}`)).toBe(404);
      await removed(remover, later, suspect);
      expect(await reads('police-sergeant', `/v1/cases/${later}`)).toBe(status);
    },
  );

  test('a coordinator excluded from a matter of another panel excludes from the person on their own', async () => {
    const officer = 'housing-officer';
    const named = { partnershipId, givenName: 'Sorrel', familyName: 'Quenby of Lantern Court' };
    const [victim, suspect] = [await made(officer, '/v1/persons', named), await made(officer, '/v1/persons', named)];
    await accepted(await referred(await place(), victim['id'] as string));
    const pairOfBoth = aReferral(marac, victim['id'] as string, suspect['id'] as string);
    const other = await made(officer, '/v1/referrals', pairOfBoth);
    await keptOut('jag-coordinator', await accepted(other['id'] as string, chair));
    const request = { personId: victim['id'] as string, reason: 'A relative.', ...(await idOf('fire-officer')) };
    const { body } = await (await by('jag-coordinator')).post('/v1/exclusions', request).expect(201);
    expect(body.panelId).toBe(panelId);
  });

  const drafted = async (who: string, victim: string, harming: string): Promise<string> =>
    (await made(who, '/v1/referrals', { ...aReferral(marac, victim, harming), submit: false }))['id'];
  const submitted = async (who: string, referral: string): Promise<void> => {
    const answer = await decided(who, referral, 'submission', {});
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  };
  const DECISIONS = [
    ['acceptance', {}],
    ['refusal', DUPLICATE],
    ['redirection', { ...DUPLICATE, reasonCode: 'outside_remit', targetProcess: 'mappa' }],
  ] as const;

  test('somebody excluded from the earlier case keeps the draft of a colleague after submitting it', async () => {
    const [victim, suspect] = [await person(), await person()];
    const { agencyId } = await practitioner(owner, 'idva');
    const colleague = 'social-worker';
    const seat = await practitioner(owner, colleague);
    await owner.query('UPDATE practitioners SET agency_id = $2 WHERE id = $1', [seat.id, agencyId]);
    await owner.query('UPDATE memberships SET agency_id = $2 WHERE practitioner_id = $1', [seat.id, agencyId]);
    try {
      await keptOut(colleague, await accepted(await pair(victim, suspect), chair));
      const repeat = await drafted('idva', victim, suspect);
      await submitted(colleague, repeat);
      for (const part of ['', '/people', '/status'])
        expect([part, await reads(colleague, `/v1/referrals/${repeat}${part}`)]).toEqual([part, 200]);
      // by an act of somebody else
      const next = await pair(victim, suspect);
      await isMissing(colleague, '/v1/referrals', next, ofReferral);
      await isMissing(colleague, '/v1/cases', await accepted(repeat, chair), ofCase);
      await isMissing(colleague, '/v1/referrals', repeat, ofReferral);
    } finally {
      await owner.query('UPDATE practitioners SET agency_id = $2 WHERE id = $1', [seat.id, seat.agencyId]);
      await owner.query('UPDATE memberships SET agency_id = $2 WHERE practitioner_id = $1', [seat.id, seat.agencyId]);
    }
  });

  test('a coordinator excluded from the earlier case keeps a referral that they submit, and does not decide', async () => {
    const coordinator = 'marac-coordinator';
    const pairs: [string, string][] = [];
    for (const familyName of ['Quenby', 'Quillgate']) {
      const named = { partnershipId, givenName: 'Sorrel', familyName };
      const victim = await made(coordinator, '/v1/persons', named);
      pairs.push([victim['id'], (await made(coordinator, '/v1/persons', named))['id']]);
    }
    const [hidden, others] = pairs as [[string, string], [string, string]];
    const first = await drafted(coordinator, ...hidden);
    await submitted(coordinator, first);
    await keptOut(coordinator, await accepted(first, chair));
    const repeat = await drafted(coordinator, ...hidden);
    await submitted(coordinator, repeat);
    const control = await drafted(coordinator, ...others);
    await submitted(coordinator, control);
    for (const part of ['', '/people', '/screening', '/status'])
      for (const id of [repeat, control])
        expect([part, await reads(coordinator, `/v1/referrals/${id}${part}`)]).toEqual([part, 200]);
    const { body } = await (await by(coordinator)).get(`/v1/referrals/${repeat}/screening`).expect(200);
    expect(body).toMatchObject({ isRepeat: false, previousReferralId: null });
    for (const [decision, said] of DECISIONS) {
      const answer = await decided(coordinator, repeat, decision, said);
      expect([decision, answer.status, answer.body.code]).toEqual([decision, 403, 'not-permitted']);
      expect(answer.text).not.toMatch(/exclu|repeat|case|conflict/i);
    }
    expect((await decided(coordinator, control, 'acceptance', {})).status).toBe(200);
    const caseId = await accepted(repeat, chair);
    await isMissing(coordinator, '/v1/cases', caseId, ofCase);
    await isMissing(coordinator, '/v1/referrals', repeat, ofReferral);
  });

  test('a coordinator excluded from the earlier case keeps a referral of which they correct a role', async () => {
    const coordinator = 'marac-coordinator';
    const [victim, suspect] = [await person(), await person()];
    await keptOut(coordinator, await accepted(await pair(victim, suspect), chair));
    const family = { personId: suspect, role: 'family', rationale: 'Named by the victim.' };
    const repeat = await pair(victim, await person(), [family]);
    const role = await roleOf(`/v1/referrals/${repeat}`, suspect);
    const change = { role: 'perpetrator', reason: 'Misread in the report.' };
    expect((await (await by(coordinator)).patch(role, change, '*')).status).toBe(200);
    for (const path of [
      role,
      ...['', '/people', '/people-corrections'].map((part) => `/v1/referrals/${repeat}${part}`),
    ])
      expect([path, await reads(coordinator, path)]).toEqual([path, 200]);
    // another coordinator of the panel made none of this
    expect((await decided(coordinator, repeat, 'acceptance', {})).status).toBe(403);
    await isMissing(coordinator, '/v1/cases', await accepted(repeat, chair), ofCase);
  });

  test('a coordinator excluded only after the act loses the referral that they submitted', async () => {
    const coordinator = 'marac-coordinator';
    const named = { partnershipId, givenName: 'Sorrel', familyName: `Quenby ${String(++number)}` };
    const [victim, suspect] = [
      await made(coordinator, '/v1/persons', named),
      await made(coordinator, '/v1/persons', named),
    ];
    const both = [victim['id'], suspect['id']] as [string, string];
    const first = await drafted(coordinator, ...both);
    await submitted(coordinator, first);
    const earlier = await accepted(first, chair);
    const repeat = await drafted(coordinator, ...both);
    await submitted(coordinator, repeat);
    expect(await reads(coordinator, `/v1/referrals/${repeat}`)).toBe(200);
    await keptOut(coordinator, earlier);
    await isMissing(coordinator, '/v1/referrals', repeat, ofReferral);
  });

  test('somebody excluded from a case gets a referral back when the case named its people in error', async () => {
    const [victim, suspect] = [await person(), await person()];
    const earlier = await accepted(await pair(await person(), await person()), chair);
    await keptOut('social-worker', earlier);
    const [waiting, corrected] = [await pair(victim, suspect), await pair(victim, suspect)];
    const named = { rationale: 'Named by mistake.', since: '2026-01-01' };
    await made('idva', `/v1/cases/${earlier}/people`, { ...named, personId: victim, role: 'victim' });
    await made('idva', `/v1/cases/${earlier}/people`, { ...named, personId: suspect, role: 'perpetrator' });
    for (const id of [waiting, corrected]) await isMissing('social-worker', '/v1/referrals', id, ofReferral);
    const later = await pair(victim, suspect);
    const isRepeat = async (): Promise<boolean> =>
      (await (await by(chair)).get(`/v1/referrals/${later}/screening`).expect(200)).body.isRepeat;
    expect(await isRepeat()).toBe(true);
    await changed(await roleOf(`/v1/referrals/${corrected}`, suspect), 'witness');
    const ending = { kind: 'entered_in_error', reason: 'Another family.', opensToExcluded: true };
    const role = await roleOf(`/v1/cases/${earlier}`, suspect);
    const answer = (await by(chair)).post(`${role}/ending`, ending).set('if-match', '*');
    await answer.expect(201);
    expect(await reads('social-worker', `/v1/referrals/${waiting}`)).toBe(200);
    expect(await isRepeat()).toBe(false);
    // also one whose role its author had changed: the earlier case never had the person
    expect(await reads('social-worker', `/v1/referrals/${corrected}`)).toBe(200);
    expect(await reads('social-worker', `/v1/cases/${await accepted(waiting, chair)}`)).toBe(200);
  });
});

test('an excluded chair cannot read the next referral by shortening the window of repeats', async () => {
  const at = await place();
  const first = await referred(at);
  const earlier = await accepted(first);
  await owner.query(`UPDATE referrals SET submitted_at = submitted_at - interval '3 months' WHERE id = $1`, [first]);
  await excluded(earlier, await idOf('police-inspector'));
  const shorter = { rules: { repeatWindowMonths: 1 }, effectiveFrom: new Date().toISOString().slice(0, 10) };
  await made('police-inspector', `/v1/panels/${panelId}/rules`, shorter);
  const next = await referred(at);
  expect(await reads('police-inspector', `/v1/referrals/${next}`)).toBe(404);
  expect(await reads('police-inspector', `/v1/cases/${await accepted(next)}`)).toBe(404);
});
