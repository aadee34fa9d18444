/**
 * A person is taken out of a case or referral by mistake, and put back by the chair or coordinator. Source: docs/decisions/0063.
 *
 * Seen to fail: a removal that opened a case to an excluded person without a word; a coordinator who could not put back whom
 * she had removed; a removal from an accepted referral that nobody could undo; a removal that opened the repeat of a case; a
 * refuge address that a colleague's removal and reversal opened; a stale ETag accepted after a reversal; a referral into which the
 * panel put somebody back while its author rewrote it; a refuge address that an emergency access read after a reversal; an
 * exclusion from a repeat, and the mark of a waiting repeat, that a reversal did not restore; a reversal after somebody else had
 * removed the person, and after the author had submitted again; no question where a colleague of the remover has the name; an
 * exclusion ended by the removal of one of two roles, and by one that was reversed; a coordinator who lost what they submitted again; a
 * recall after its reversal.
 */
import type pg from 'pg';
import { aReferral, asOwner, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const EXCLUDED = 'police-sergeant';
const COLLEAGUE = 'marac-chair';
const COORDINATOR = 'marac-coordinator';
const ERROR = { kind: 'entered_in_error', reason: 'Another person was meant.' };
const AGAIN = { reason: 'He was named rightly.' };

let server: TestServer;
let owner: pg.Client;
let panelId: string;
let partnershipId: string;
let count = 0;
const by = (who: string): Promise<Caller> => as(server, who);
const status = async (who: string, path: string): Promise<number> => (await (await by(who)).get(path)).status;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  const { rows } = await owner.query<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE code = 'ask-marac'`,
  );
  panelId = rows[0]!.id;
  partnershipId = rows[0]!.partnership;
}, 60_000);

async function made(who: string, path: string, body: object): Promise<Record<string, string>> {
  const answer = await (await by(who)).post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, expect.any(String)]);
  return answer.body as Record<string, string>;
}

const person = async (): Promise<string> =>
  (
    await made('idva', '/v1/persons', {
      partnershipId,
      givenName: 'Tansy',
      familyName: `Orlebar ${String((count += 1))}`,
    })
  )['id']!;

async function opened(): Promise<{ referral: string; path: string; harming: string; victim: string }> {
  const [harming, victim] = [await person(), await person()];
  const { id } = await made('idva', '/v1/referrals', aReferral(panelId, victim, harming));
  const referral = `/v1/referrals/${String(id)}`;
  const answer = await (await by(COORDINATOR)).post(`${referral}/acceptance`, {}).set('if-match', '*').expect(200);
  return { referral, path: `/v1/cases/${answer.body.caseId as string}`, harming, victim };
}

async function roleIn(record: string, personId: string): Promise<string> {
  const { body } = await (await by('idva')).get(`${record}/people?limit=100`).expect(200);
  return (body.data as { id: string; personId: string }[]).find((one) => one.personId === personId)!.id;
}

const ending = async (who: string, record: string, personId: string, more: object = {}) =>
  (await by(who)).post(`${record}/people/${await roleIn(record, personId)}/ending`, { ...ERROR, ...more });

async function excluded(personId: string): Promise<string> {
  const { id: practitionerId } = await practitioner(owner, EXCLUDED);
  const body = { personId, panelId, practitionerId, reason: 'Is his brother.' };
  return (await made(COORDINATOR, '/v1/exclusions', body))['id']!;
}

/** Exclusions that the coordinator finds for a case. */
async function applying(path: string): Promise<string[]> {
  const { body } = await (await by(COORDINATOR)).get(`/v1/exclusions?caseId=${path.split('/').at(-1)!}`).expect(200);
  return (body.data as { id: string }[]).map(({ id }) => id);
}

test('a removal that opens the case to an excluded person is refused until the request says so', async () => {
  const { path, harming } = await opened();
  const exclusionId = await excluded(harming);
  const refused = await ending(COORDINATOR, path, harming);
  expect([refused.status, refused.body.code, refused.body.exclusionIds]).toEqual([
    409,
    'opens-to-excluded',
    [exclusionId],
  ]);
  expect(await status(EXCLUDED, path)).toBe(404);
  expect((await ending(COORDINATOR, path, harming, { opensToExcluded: true })).status).toBe(201);
  expect(await status(EXCLUDED, path)).toBe(200);
});

test('a coordinator puts back the person whom she removed, and the excluded person loses the case again', async () => {
  const { path, harming } = await opened();
  await excluded(harming);
  const roleId = await roleIn(path, harming);
  const { body: correction } = await ending(COORDINATOR, path, harming, { opensToExcluded: true });
  const reversal = `${path}/people-corrections/${correction.id as string}/reversal`;
  const role = await made(COORDINATOR, reversal, AGAIN);
  expect([role['id'], role['personId'], role['role']]).toEqual([roleId, harming, 'perpetrator']);
  expect(await status(EXCLUDED, path)).toBe(404);
  expect(await status(COORDINATOR, `/v1/persons/${harming}`)).toBe(200);
  const { body } = await (await by(COORDINATOR)).get(`${path}/people-corrections?limit=100`).expect(200);
  const kinds = (body.data as { kind: string; reason: string }[]).map(({ kind, reason }) => `${kind}: ${reason}`);
  expect(kinds.sort()).toEqual([`entered_in_error: ${ERROR.reason}`, `put_back: ${AGAIN.reason}`]);
  const again = await (await by(COORDINATOR)).post(reversal, AGAIN);
  expect([again.status, again.body.code]).toEqual([409, 'named-already']);
});

test('a removal by a colleague of the excluded person is reversed, and somebody of another agency removes the person', async () => {
  const { path, harming } = await opened();
  const exclusionId = await excluded(harming);
  const reversal = (id: string): string => `${path}/people-corrections/${id}/reversal`;
  const { body: correction } = await ending(COLLEAGUE, path, harming, { opensToExcluded: true });
  expect(await status(EXCLUDED, path)).toBe(404);
  expect(await applying(path)).toEqual([exclusionId]);
  expect((await (await by(COORDINATOR)).post(reversal(correction.id as string), AGAIN)).status).toBe(403);
  await made(COLLEAGUE, reversal(correction.id as string), AGAIN);
  expect((await ending(COORDINATOR, path, harming, { opensToExcluded: true })).status).toBe(201);
  expect(await status(EXCLUDED, path)).toBe(200);
  expect(await applying(path)).toEqual([]);
});

test('nobody is to be told of a recall that a reversal ended', async () => {
  const { path, harming } = await opened();
  expect((await (await by(EXCLUDED)).get(`${path}/people`)).status).toBe(200);
  expect((await (await by(EXCLUDED)).get(`/v1/persons/${harming}`)).status).toBe(200);
  const toBeTold = async (): Promise<number> => {
    const query = `/v1/disclosures?toBeTold=true&personId=${harming}&limit=100`;
    return ((await (await by('idva')).get(query).expect(200)).body.data as unknown[]).length;
  };
  const { body: correction } = await ending(COORDINATOR, path, harming);
  expect(await toBeTold()).toBeGreaterThan(0);
  await made(COORDINATOR, `${path}/people-corrections/${correction.id as string}/reversal`, AGAIN);
  expect(await toBeTold()).toBe(0);
});

test('a person removed from an accepted referral is put back by the coordinator', async () => {
  const { referral, harming } = await opened();
  const { body: correction } = await ending(COORDINATOR, referral, harming);
  const reversal = `${referral}/people-corrections/${correction.id as string}/reversal`;
  expect((await made(COORDINATOR, reversal, AGAIN))['personId']).toBe(harming);
  expect(await roleIn(referral, harming)).toBe(correction.roleId);
});

test('only the coordination puts somebody back, for 28 days, and only after a removal', async () => {
  const { path, harming } = await opened();
  const { body: correction } = await ending(COORDINATOR, path, harming);
  const reversal = `${path}/people-corrections/${correction.id as string}/reversal`;
  for (const who of ['idva', EXCLUDED, 'housing-officer'])
    expect([who, [403, 404].includes((await (await by(who)).post(reversal, AGAIN)).status)]).toEqual([who, true]);
  await owner.query(
    `UPDATE case_person_corrections SET corrected_at = corrected_at - interval '29 days' WHERE id = $1`,
    [correction.id],
  );
  const late = await (await by(COORDINATOR)).post(reversal, AGAIN);
  expect([late.status, late.body.code]).toEqual([409, 'too-late']);
  const other = await opened();
  const role = `${other.path}/people/${await roleIn(other.path, other.harming)}`;
  const ended = await (
    await by(COORDINATOR)
  )
    .post(`${role}/ending`, { kind: 'ended', reason: 'Moved away.' })
    .expect(201);
  const wrong = `${other.path}/people-corrections/${ended.body.id as string}/reversal`;
  expect((await (await by(COORDINATOR)).post(wrong, AGAIN)).body.code).toBe('not-removed');
});

test('a removal that opens a repeat to somebody excluded from the earlier case is refused until the request says so', async () => {
  for (const inEarlier of [true, false]) {
    const { path, harming, victim } = await opened();
    const again = await made('idva', '/v1/referrals', aReferral(panelId, victim, harming));
    const acceptance = `/v1/referrals/${String(again['id'])}/acceptance`;
    const { body } = await (await by(COORDINATOR)).post(acceptance, {}).set('if-match', '*').expect(200);
    const repeat = `/v1/cases/${body.caseId as string}`;
    const { id: practitionerId } = await practitioner(owner, EXCLUDED);
    const exclusion = { caseId: path.split('/').at(-1)!, practitionerId, reason: 'Is his brother.' };
    const { id } = await made(COORDINATOR, '/v1/exclusions', exclusion);
    expect(await status(EXCLUDED, repeat)).toBe(404);
    const refused = await ending(COORDINATOR, inEarlier ? path : repeat, harming);
    expect([inEarlier, refused.status, refused.body.exclusionIds]).toEqual([inEarlier, 409, [id]]);
    expect(await status(EXCLUDED, repeat)).toBe(404);
    // for a colleague of the excluded person nothing changes
    expect((await ending(COLLEAGUE, inEarlier ? path : repeat, harming)).status).toBe(201);
    expect(await status(EXCLUDED, repeat)).toBe(404);
  }
});

test('a colleague opens no refuge address to somebody who declared a conflict, by a removal and its reversal', async () => {
  const { path, harming, victim } = await opened();
  const address = { panelId, kind: 'refuge', address: '1 Hidden Way, Askenby' };
  const child = await person();
  await made('idva', `${path}/people`, {
    personId: child,
    role: 'child',
    rationale: 'Lives there.',
    since: '2026-01-01',
  });
  await made('idva', '/v1/referrals', aReferral(panelId, victim, await person())).then(({ id }) =>
    by(COORDINATOR).then((one) =>
      one
        .post(`/v1/referrals/${String(id)}/acceptance`, {})
        .set('if-match', '*')
        .expect(200),
    ),
  );
  await made('idva', `/v1/persons/${victim}/protected-addresses`, address);
  const addresses = async (): Promise<number> => {
    const answer = await (await by(EXCLUDED)).get(`/v1/persons/${victim}/protected-addresses`);
    return answer.status === 200 ? (answer.body.data as unknown[]).length : 0;
  };
  expect(await addresses()).toBe(1);
  await made(EXCLUDED, '/v1/exclusions', {
    personId: child,
    declared: true,
    reach: 'panel',
    panelId,
    reason: 'My niece.',
  });
  expect([await status(EXCLUDED, path), await addresses()]).toEqual([404, 0]);
  const { body: correction } = await ending(COLLEAGUE, path, child, { opensToExcluded: true });
  expect([await status(EXCLUDED, path), await addresses()]).toEqual([404, 0]);
  await made(COLLEAGUE, `${path}/people-corrections/${correction.id as string}/reversal`, AGAIN);
  expect([await status(EXCLUDED, path), await addresses()]).toEqual([404, 0]);
  expect(harming).not.toBe(child);
});

test('an ETag from before the removal changes no role that was put back', async () => {
  const { path, harming } = await opened();
  const role = `${path}/people/${await roleIn(path, harming)}`;
  const coordinator = await by(COORDINATOR);
  const first = (await coordinator.get(role).expect(200)).headers['etag'] as string;
  const newer = { rationale: 'Seen at the house.', reason: 'A second call.' };
  await coordinator.patch(role, newer).set('if-match', first).expect(200);
  const { body: correction } = await ending(COORDINATOR, path, harming);
  await made(COORDINATOR, `${path}/people-corrections/${correction.id as string}/reversal`, AGAIN);
  const older = { rationale: 'Named in the call.', reason: 'From a stale form.' };
  await coordinator.patch(role, older).set('if-match', first).expect(412);
});

test('nobody is put back into a referral while its author rewrites it, nor after it ended', async () => {
  const harming = await person();
  const child = await person();
  const body = aReferral(panelId, await person(), harming) as { people: object[] };
  const people = [...body.people, { personId: child, role: 'child', rationale: 'Lives there.' }];
  const { id } = await made('idva', '/v1/referrals', { ...body, people });
  const referral = `/v1/referrals/${String(id)}`;
  const { body: correction } = await ending(COORDINATOR, referral, child);
  const reversal = `${referral}/people-corrections/${correction.id as string}/reversal`;
  const command = async (who: string, name: string, asked: object): Promise<void> => {
    await (await by(who)).post(`${referral}/${name}`, asked).set('if-match', '*').expect(200);
  };
  await command(COORDINATOR, 'return', { reasonCode: 'incomplete', reason: 'Say more of the children.' });
  await (await by('idva')).patch(referral, { wishes: 'No visit in uniform.' }).set('if-match', '*').expect(200);
  expect([403, 404]).toContain((await (await by(COORDINATOR)).post(reversal, AGAIN)).status);
  await command('idva', 'submission', {});
  await command('idva', 'withdrawal', { reasonCode: 'referred_in_error', reason: 'Another family.' });
  expect((await (await by(COORDINATOR)).post(reversal, AGAIN)).status).toBeGreaterThanOrEqual(403);
});

const HOLDER = 'nhs-safeguarding-lead';

async function named(path: string, role: string): Promise<string> {
  const personId = await person();
  await made('idva', `${path}/people`, { personId, role, rationale: 'Lives there.', since: '2026-01-01' });
  return personId;
}

async function accepted(victim: string, harming: string): Promise<string> {
  const { id } = await made('idva', '/v1/referrals', aReferral(panelId, victim, harming));
  const acceptance = `/v1/referrals/${String(id)}/acceptance`;
  const { body } = await (await by(COORDINATOR)).post(acceptance, {}).set('if-match', '*').expect(200);
  return `/v1/cases/${body.caseId as string}`;
}

test('a reversal opens no more to an emergency access than naming the person does', async () => {
  const { path } = await opened();
  const child = await named(path, 'child');
  await made('idva', `/v1/persons/${child}/protected-addresses`, { panelId, kind: 'refuge', address: '2 Hidden Way' });
  const { body: correction } = await ending(COORDINATOR, path, child);
  const access = await made(HOLDER, '/v1/emergency-accesses', {
    caseId: path.split('/').at(-1)!,
    reasonCode: 'imminent_harm',
    reason: 'He is on his way to her now.',
  });
  await made(COORDINATOR, `${path}/people-corrections/${correction.id as string}/reversal`, AGAIN);
  const seen = await (await by(HOLDER)).get(`/v1/persons/${child}/protected-addresses`);
  expect((seen.body.data as unknown[] | undefined) ?? []).toEqual([]);
  const ended = `/v1/emergency-accesses/${access['id']!}/ending`;
  await (await by(HOLDER)).post(ended).set('if-match', '*').expect(200);
});

test('a reversal restores the exclusion from a repeat whose role was changed before', async () => {
  const first = await opened();
  const { id: practitionerId } = await practitioner(owner, EXCLUDED);
  const caseId = first.path.split('/').at(-1)!;
  const { id: exclusionId } = await made(COORDINATOR, '/v1/exclusions', {
    caseId,
    practitionerId,
    reason: 'His brother.',
  });
  const repeat = await accepted(first.victim, first.harming);
  const role = `${repeat}/people/${await roleIn(repeat, first.harming)}`;
  const change = { role: 'child', reason: 'He is her son.' };
  await (await by(COORDINATOR)).patch(role, change, '*').expect(200);
  expect(await status(EXCLUDED, repeat)).toBe(404);
  const { body: correction } = await ending(COORDINATOR, repeat, first.harming, { opensToExcluded: true });
  expect(await status(EXCLUDED, repeat)).toBe(200);
  await made(COORDINATOR, `${repeat}/people-corrections/${correction.id as string}/reversal`, AGAIN);
  expect(await status(EXCLUDED, repeat)).toBe(404);
  expect(await applying(repeat)).toEqual([exclusionId]);
});

test('a reversal marks a waiting repeat again', async () => {
  const { path, victim, harming } = await opened();
  const { id } = await made('idva', '/v1/referrals', aReferral(panelId, victim, harming));
  const isRepeat = async (): Promise<unknown> =>
    (await (await by(COORDINATOR)).get(`/v1/referrals/${String(id)}/screening`).expect(200)).body.isRepeat;
  expect(await isRepeat()).toBe(true);
  const { body: correction } = await ending(COORDINATOR, path, harming, { opensToExcluded: true });
  expect(await isRepeat()).toBe(false);
  await made(COORDINATOR, `${path}/people-corrections/${correction.id as string}/reversal`, AGAIN);
  expect(await isRepeat()).toBe(true);
});

describe('a removal cannot be reversed', () => {
  const refused = async (record: string, correction: string): Promise<unknown[]> => {
    const answer = await (await by(COORDINATOR)).post(`${record}/people-corrections/${correction}/reversal`, AGAIN);
    return [answer.status, answer.body.code];
  };

  test('twice', async () => {
    const { path } = await opened();
    const child = await named(path, 'child');
    const { body: first } = await ending(COORDINATOR, path, child);
    await made(COORDINATOR, `${path}/people-corrections/${first.id as string}/reversal`, AGAIN);
    expect((await ending(COLLEAGUE, path, child)).status).toBe(201);
    expect(await refused(path, first.id as string)).toEqual([409, 'put-back-already']);
  });

  test('after somebody else removed the person', async () => {
    const { path } = await opened();
    const child = await named(path, 'child');
    const { body: first } = await ending(COORDINATOR, path, child);
    await made('idva', `${path}/people`, {
      personId: child,
      role: 'witness',
      rationale: 'Saw it.',
      since: '2026-01-01',
    });
    expect((await ending(COLLEAGUE, path, child)).status).toBe(201);
    expect(await refused(path, first.id as string)).toEqual([409, 'removed-again']);
  });

  test('after the author submitted the referral again', async () => {
    const body = aReferral(panelId, await person(), await person()) as { people: object[] };
    const child = await person();
    const people = [...body.people, { personId: child, role: 'child', rationale: 'Lives there.' }];
    const { id } = await made('idva', '/v1/referrals', { ...body, people });
    const referral = `/v1/referrals/${String(id)}`;
    const { body: first } = await ending(COORDINATOR, referral, child);
    const returned = { reasonCode: 'incomplete', reason: 'Say more of the children.' };
    await (await by(COORDINATOR)).post(`${referral}/return`, returned).set('if-match', '*').expect(200);
    await (await by('idva')).patch(referral, { wishes: 'No visit in uniform.' }).set('if-match', '*').expect(200);
    await (await by('idva')).post(`${referral}/submission`, {}).set('if-match', '*').expect(200);
    expect(await refused(referral, first.id as string)).toEqual([409, 'submitted-again']);
  });
});

test('a removal is refused although a colleague of the remover bears the excluded name too', async () => {
  const { path, harming } = await opened();
  const { rows } = await owner.query<{ name: string }>('SELECT name FROM practitioners WHERE subject = $1', [EXCLUDED]);
  const body = { personId: harming, panelId, name: rows[0]!.name, reason: 'His brother.' };
  const { id: exclusionId } = await made(COLLEAGUE, '/v1/exclusions', body);
  await owner.query(
    `UPDATE practitioners SET (name, name_key) = (SELECT name, name_key FROM practitioners WHERE subject = $1)
     WHERE id = (SELECT p.id FROM practitioners p JOIN practitioners c ON c.agency_id = p.agency_id AND c.subject = $2
       WHERE p.id <> c.id AND p.name <> c.name ORDER BY p.id LIMIT 1)`,
    [EXCLUDED, COORDINATOR],
  );
  const refused = await ending(COORDINATOR, path, harming);
  expect([refused.status, refused.body.exclusionIds]).toEqual([409, [exclusionId]]);
});

describe('a colleague of the excluded person removes somebody from the case', () => {
  /** Case whose referral names a relative twice, from whom somebody is excluded. */
  async function withRelative(): Promise<{ path: string; referral: string; relative: string }> {
    const [victim, harming, relative] = [await person(), await person(), await person()];
    const body = aReferral(panelId, victim, harming) as { people: object[] };
    const roles = ['family', 'witness'].map((role) => ({ personId: relative, role, rationale: 'Was there.' }));
    const { id } = await made('idva', '/v1/referrals', { ...body, people: [...body.people, ...roles] });
    const referral = `/v1/referrals/${String(id)}`;
    const answer = await (await by(COORDINATOR)).post(`${referral}/acceptance`, {}).set('if-match', '*').expect(200);
    await excluded(relative);
    return { path: `/v1/cases/${answer.body.caseId as string}`, referral, relative };
  }

  async function removeTwice(who: string, record: string, personId: string): Promise<void> {
    for (let role = 0; role < 2; role += 1)
      expect((await ending(who, record, personId, { opensToExcluded: true })).status).toBe(201);
  }

  test('and the removal of one of two roles by another agency does not count as the removal of the person', async () => {
    const { path, referral, relative } = await withRelative();
    await removeTwice(COLLEAGUE, path, relative);
    expect((await ending(COORDINATOR, referral, relative)).status).toBe(201);
    expect(await status(EXCLUDED, path)).toBe(404);
    expect((await ending(COORDINATOR, referral, relative)).body.code).toBe('opens-to-excluded');
    expect(await status(EXCLUDED, path)).toBe(404);
  });

  test('and a removal by another agency that is reversed does not count', async () => {
    const { path, referral, relative } = await withRelative();
    await removeTwice(COLLEAGUE, path, relative);
    await ending(COORDINATOR, referral, relative);
    const { body: last } = await ending(COORDINATOR, referral, relative, { opensToExcluded: true });
    expect(await status(EXCLUDED, path)).toBe(200);
    await made(COORDINATOR, `${referral}/people-corrections/${last.id as string}/reversal`, AGAIN);
    expect(await status(EXCLUDED, path)).toBe(404);
  });

  test('or one of two roles from its referral, which hides the case from nobody', async () => {
    const { path, referral, relative } = await withRelative();
    await removeTwice(COORDINATOR, path, relative);
    expect(await status(EXCLUDED, path)).toBe(200);
    expect((await ending(COLLEAGUE, referral, relative)).status).toBe(201);
    expect(await status(EXCLUDED, path)).toBe(200);
  });
});

test('a coordinator reads on what they submit again about a matter from which they are excluded', async () => {
  const own = COORDINATOR;
  const [victim, harming] = await Promise.all(
    ['Alder', 'Birch'].map(async (givenName) => {
      const { id } = await made(own, '/v1/persons', {
        partnershipId,
        givenName,
        familyName: `Orlebar ${(count += 1)}`,
      });
      return id!;
    }),
  );
  const first = await made(own, '/v1/referrals', aReferral(panelId, victim!, harming!));
  const acceptance = `/v1/referrals/${first['id']!}/acceptance`;
  const { body } = await (await by(COLLEAGUE)).post(acceptance, {}).set('if-match', '*').expect(200);
  const { id: practitionerId } = await practitioner(owner, own);
  await made(COLLEAGUE, '/v1/exclusions', { caseId: body.caseId as string, practitionerId, reason: 'Knows them.' });
  const again = await made(own, '/v1/referrals', aReferral(panelId, victim!, harming!));
  const referral = `/v1/referrals/${again['id']!}`;
  const returned = { reasonCode: 'incomplete', reason: 'Say more of the children.' };
  await (await by(COLLEAGUE)).post(`${referral}/return`, returned).set('if-match', '*').expect(200);
  await (await by(own)).patch(referral, { wishes: 'No visit in uniform.' }).set('if-match', '*').expect(200);
  const submitted = await (await by(own)).post(`${referral}/submission`, {}).set('if-match', '*').expect(200);
  expect(submitted.body.wishes).toBe('No visit in uniform.');
  expect(await status(own, referral)).toBe(200);
});
