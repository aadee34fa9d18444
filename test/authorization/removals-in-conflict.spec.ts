/**
 * A person is removed from a case as entered in error. Nobody lifts the exclusion or recusal of a colleague, or an own one, by
 * that; for people of other agencies the removal counts, whether or not the remover's agency has a conflict.
 *
 * Seen to fail: a removal, or a decision, whose body was held back until the exclusion or recusal was made; a recusal that ended
 * because its conflict is over; a second role of the person that somebody of another agency removes; a role that somebody of
 * another agency removed, and that counts again; a repeat kept for everybody because a colleague of the remover is excluded.
 */
import http from 'node:http';
import type pg from 'pg';
import { aReferral, asOwner, openMeeting, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const EXCLUDED = 'police-sergeant';
const COLLEAGUE = 'marac-chair';
const NEUTRAL = 'marac-coordinator';
const OTHER = 'probation-officer';
const ERROR = { kind: 'entered_in_error', reason: 'Another person was meant.', opensToExcluded: true };

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
  await owner.query('DELETE FROM exclusions');
}, 60_000);

afterEach(() => owner.query('DELETE FROM recusals'));

async function made(who: string, path: string, body: object): Promise<string> {
  const answer = await (await by(who)).post(path, body);
  expect([path, answer.status, answer.text]).toEqual([path, 201, expect.any(String)]);
  return (answer.body as { id: string }).id;
}

const person = (who = 'idva'): Promise<string> =>
  made(who, '/v1/persons', { partnershipId, givenName: 'Sorrel', familyName: `Quenby ${String((count += 1))}` });

const referred = (victim: string, harming: string, people: object[] = [], who = 'idva'): Promise<string> => {
  const body = aReferral(panelId, victim, harming) as { people: object[] };
  return made(who, '/v1/referrals', { ...body, people: [...body.people, ...people] });
};

async function accepted(referralId: string): Promise<string> {
  const path = `/v1/referrals/${referralId}/acceptance`;
  const { body } = await (await by(NEUTRAL)).post(path, {}).set('if-match', '*').expect(200);
  return `/v1/cases/${body.caseId as string}`;
}

async function opened(victim: string, harming: string, people: object[] = []): Promise<string> {
  return accepted(await referred(victim, harming, people));
}

const excluded = async (who: string, from: object): Promise<string> =>
  made(NEUTRAL, '/v1/exclusions', {
    ...from,
    practitionerId: (await practitioner(owner, who)).id,
    reason: 'A relative.',
  });

const caseOf = (path: string): object => ({ caseId: path.split('/').at(-1) });

async function roleOf(path: string, personId: string, role = 'perpetrator', who = 'idva'): Promise<string> {
  const { body } = await (await by(who)).get(`${path}/people?limit=100`).expect(200);
  const all = body.data as { id: string; personId: string; role: string }[];
  return `${path}/people/${all.find((one) => one.personId === personId && one.role === role)!.id}`;
}

const removed = async (who: string, role: string): Promise<unknown> =>
  (await by(who)).post(`${role}/ending`, ERROR).set('if-match', '*').expect(201);

const named = (personId: string, role: string): object => ({ personId, role, rationale: 'Named in the call.' });

/** Sends the headers and the first byte of a request; the function returned sends the rest. */
async function heldBack(who: string, path: string, body: object): Promise<() => Promise<number>> {
  const caller = await by(who);
  const data = JSON.stringify(body);
  const url = new URL(path, server.url);
  const headers = {
    authorization: `Bearer ${caller.token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(data),
    'if-match': '*',
  };
  const request = http.request(url, { method: 'POST', headers });
  const answer = new Promise<number>((resolve, reject) => {
    request.on('error', reject).on('response', (response) => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0);
      });
    });
  });
  request.flushHeaders();
  request.write(data.slice(0, 1));
  await new Promise((sent) => setTimeout(sent, 300));
  return () => {
    request.end(data.slice(1));
    return answer;
  };
}

async function listed(path: string): Promise<{ meeting: string; listingId: string }> {
  const scheduledAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const id = await made(COLLEAGUE, '/v1/meetings', { panelId, scheduledAt, venueOrMode: 'Civic Offices' });
  const meeting = `/v1/meetings/${id}`;
  return { meeting, listingId: await made(COLLEAGUE, `${meeting}/listings`, { ...caseOf(path), kind: 'new' }) };
}

const recused = async (
  who: string,
  { meeting, listingId }: { meeting: string; listingId: string },
): Promise<string> => {
  const { id: practitionerId } = await practitioner(owner, who);
  return `${meeting}/recusals/${await made(NEUTRAL, `${meeting}/recusals`, { listingId, practitionerId, reason: 'A relative.' })}`;
};

const itemOf = ({ meeting, listingId }: { meeting: string; listingId: string }): string =>
  `${meeting}/listings/${listingId}`;

describe('a request that a colleague began before somebody was excluded, and ends after it', () => {
  test('does not part the repeat from the case', async () => {
    const [victim, harming] = [await person(), await person()];
    const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming)];
    const end = await heldBack(COLLEAGUE, `${await roleOf(repeat, harming)}/ending`, ERROR);
    await excluded(EXCLUDED, caseOf(earlier));
    expect(await end()).toBe(201);
    expect([await status(EXCLUDED, earlier), await status(EXCLUDED, repeat)]).toEqual([404, 404]);
  });

  test('does not lift the exclusion from a person', async () => {
    const child = await person();
    const path = await opened(await person(), await person(), [named(child, 'child')]);
    const end = await heldBack(COLLEAGUE, `${await roleOf(path, child, 'child')}/ending`, ERROR);
    await excluded(EXCLUDED, { personId: child });
    expect(await end()).toBe(201);
    expect(await status(EXCLUDED, path)).toBe(404);
  });

  test('does not count as removal before one that somebody else made meanwhile', async () => {
    const child = await person();
    const path = await opened(await person(), await person(), [named(child, 'child'), named(child, 'witness')]);
    await excluded(EXCLUDED, { personId: child });
    const end = await heldBack(COLLEAGUE, `${await roleOf(path, child, 'child')}/ending`, ERROR);
    await removed(NEUTRAL, await roleOf(path, child, 'witness'));
    expect(await status(EXCLUDED, path)).toBe(404);
    expect(await end()).toBe(201);
    expect(await status(EXCLUDED, path)).toBe(404);
  });

  test('does not show a decision made after a recusal', async () => {
    const [victim, harming] = [await person(), await person()];
    const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming)];
    const [item, later] = [await listed(earlier), await listed(repeat)];
    const decision = { listingId: later.listingId, kind: 'note', text: 'Noted.', rationale: 'Nothing new.' };
    await openMeeting(server, later.meeting, COLLEAGUE);
    const end = await heldBack(COLLEAGUE, `${later.meeting}/decisions`, decision);
    await recused(EXCLUDED, item);
    expect(await end()).toBe(201);
    expect(await status(EXCLUDED, itemOf(later))).toBe(404);
  });
});

test('items decided during a recusal whose conflict is over stay hidden after a colleague removes a person', async () => {
  const [victim, harming] = [await person(), await person()];
  const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming)];
  const [item, later] = [await listed(earlier), await listed(repeat)];
  const recusal = await recused(EXCLUDED, item);
  await openMeeting(server, later.meeting, COLLEAGUE);
  await made(COLLEAGUE, `${later.meeting}/decisions`, {
    ...{ listingId: later.listingId, kind: 'note', text: 'Noted.', rationale: 'Nothing new.' },
  });
  await owner.query(
    `UPDATE recusals SET ended_at = now(), end_kind = 'ended', end_reason = 'Over.', ended_by_id = practitioner_id
    WHERE id = $1`,
    [recusal.split('/').at(-1)],
  );
  expect([await status(EXCLUDED, itemOf(item)), await status(EXCLUDED, itemOf(later))]).toEqual([200, 404]);
  await removed(COLLEAGUE, await roleOf(repeat, harming));
  expect(await status(EXCLUDED, itemOf(later))).toBe(404);
});

test('a role that a colleague removed counts until somebody without a conflict removes the same role', async () => {
  const [victim, harming] = [await person(), await person()];
  const path = await opened(victim, harming);
  await excluded(EXCLUDED, caseOf(path));
  await made(COLLEAGUE, `${path}/people`, { ...named(harming, 'professional'), since: '2026-01-01' });
  await removed(COLLEAGUE, await roleOf(path, harming));
  await removed(NEUTRAL, await roleOf(path, harming, 'professional'));
  expect(await status(EXCLUDED, `/v1/referrals/${await referred(victim, harming)}`)).toBe(404);
  await made('idva', `${path}/people`, { ...named(harming, 'perpetrator'), since: '2026-01-01' });
  await removed(NEUTRAL, await roleOf(path, harming));
  expect(await status(EXCLUDED, `/v1/referrals/${await referred(victim, harming)}`)).toBe(200);
});

test('a role that somebody without a conflict removed does not count again when a colleague removes another', async () => {
  const [victim, harming] = [await person(), await person()];
  const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming, [named(harming, 'witness')])];
  await excluded(OTHER, caseOf(earlier));
  await excluded(EXCLUDED, caseOf(repeat));
  expect(await status(OTHER, repeat)).toBe(404);
  await removed(NEUTRAL, await roleOf(repeat, harming));
  expect(await status(OTHER, repeat)).toBe(200);
  await removed(COLLEAGUE, await roleOf(repeat, harming, 'witness'));
  expect(await status(OTHER, repeat)).toBe(200);
});

test('a removal by a colleague of one excluded person opens the repeat to excluded people of other agencies', async () => {
  const [victim, harming] = [await person(), await person()];
  const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming)];
  for (const who of [EXCLUDED, OTHER]) await excluded(who, caseOf(earlier));
  expect([await status(EXCLUDED, repeat), await status(OTHER, repeat)]).toEqual([404, 404]);
  await removed(COLLEAGUE, await roleOf(repeat, harming));
  expect([await status(EXCLUDED, repeat), await status(OTHER, repeat)]).toEqual([404, 200]);
});

test('a removal does the same to somebody of another agency whether or not a colleague is excluded', async () => {
  const explained = async (isColleagueExcluded: boolean): Promise<unknown[]> => {
    const [victim, harming] = [await person(), await person()];
    const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming)];
    if (isColleagueExcluded) await excluded(EXCLUDED, { personId: victim });
    await excluded(OTHER, caseOf(earlier));
    await removed(COLLEAGUE, await roleOf(repeat, harming));
    const { id } = await practitioner(owner, OTHER);
    const { body } = await (await by(COLLEAGUE)).get(`${repeat}/access?practitionerId=${id}`).expect(200);
    return [await status(OTHER, repeat), (body as { allowed: unknown }).allowed];
  };
  expect(await explained(true)).toEqual(await explained(false));
});

test('an exclusion made after a colleague removed a person from a case does not hide the case', async () => {
  const child = await person();
  const path = await opened(await person(), await person(), [named(child, 'child')]);
  const other = await opened(await person(), await person(), [named(child, 'child')]);
  await removed(COLLEAGUE, await roleOf(path, child, 'child'));
  await excluded(EXCLUDED, { personId: child });
  expect([await status(EXCLUDED, path), await status(EXCLUDED, other)]).toEqual([200, 404]);
});

/**
 * A colleague takes the person who made the repeat out of the repeat in a way that separates nothing, names another person in
 * both, and has somebody of another agency remove that one from the earlier case.
 */
describe('a removal of another person, by another agency, does not separate a repeat that a colleague had corrected', () => {
  const WITNESS = { role: 'witness', reason: 'Only saw it.' };
  const corrected = async (path: string, body: object): Promise<unknown> =>
    (await by(COLLEAGUE)).patch(path, body).set('if-match', '*').expect(200);

  test.each(['the role in the case', 'the role in the referral', 'the referral, by removing the person'])(
    'in %s',
    async (where) => {
      const [victim, harming, other] = [await person(COLLEAGUE), await person(COLLEAGUE), await person(COLLEAGUE)];
      const earlier = await accepted(await referred(victim, harming, [], COLLEAGUE));
      await excluded(EXCLUDED, caseOf(earlier));
      const isCase = where === 'the role in the case';
      const both = isCase ? [] : [named(other, 'perpetrator')];
      const referral = `/v1/referrals/${await referred(victim, harming, both, COLLEAGUE)}`;
      if (where === 'the role in the referral')
        await corrected(await roleOf(referral, harming, 'perpetrator', COLLEAGUE), WITNESS);
      if (where.startsWith('the referral,'))
        await removed(COLLEAGUE, await roleOf(referral, harming, 'perpetrator', COLLEAGUE));
      const repeat = await accepted(referral.split('/').at(-1)!);
      if (isCase) {
        await corrected(await roleOf(repeat, harming, 'perpetrator', COLLEAGUE), WITNESS);
        await made(COLLEAGUE, `${repeat}/people`, { ...named(other, 'perpetrator'), since: '2026-01-01' });
      }
      await made(COLLEAGUE, `${earlier}/people`, { ...named(other, 'perpetrator'), since: '2026-01-01' });
      expect(await status(EXCLUDED, repeat)).toBe(404);
      await removed(NEUTRAL, await roleOf(earlier, other, 'perpetrator', COLLEAGUE));
      expect(await status(EXCLUDED, repeat)).toBe(404);
    },
  );
});

test('a removal counts although the role was changed before, in either case', async () => {
  for (const inEarlier of [true, false]) {
    const [victim, harming] = [await person(), await person()];
    const [earlier, repeat] = [await opened(victim, harming), await opened(victim, harming)];
    await excluded(EXCLUDED, caseOf(earlier));
    const role = await roleOf(inEarlier ? earlier : repeat, harming);
    await (await by(NEUTRAL)).patch(role, { role: 'witness', reason: 'Saw it.' }).set('if-match', '*').expect(200);
    expect([inEarlier, await status(EXCLUDED, repeat)]).toEqual([inEarlier, 404]);
    await removed(NEUTRAL, role);
    expect([inEarlier, await status(EXCLUDED, repeat)]).toEqual([inEarlier, 200]);
  }
});

test('a removal from a redirected referral does not open the case of its copy for another panel', async () => {
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-cmarac'`);
  const other = rows[0]!.id;
  const { id: practitionerId } = await practitioner(owner, EXCLUDED);
  await owner.query('DELETE FROM memberships WHERE panel_id = $1 AND practitioner_id = $2', [other, practitionerId]);
  const seat = { practitionerId, tier: 'core', role: 'member', validFrom: new Date().toISOString().slice(0, 10) };
  await made('cmarac-chair', `/v1/panels/${other}/memberships`, seat);
  const [victim, harming] = [await person(COLLEAGUE), await person(COLLEAGUE)];
  const whyMultiAgency = 'Housing, police and health each hold a part.';
  const body = { ...aReferral(panelId, victim, harming), whyMultiAgency };
  const id = await made(COLLEAGUE, '/v1/referrals', body);
  const command = async (who: string, path: string, asked: object): Promise<{ body: { caseId: string } }> =>
    (await by(who)).post(path, asked).set('if-match', '*').expect(200);
  const redirection = { reason: 'Another panel hears it.', reasonCode: 'outside_remit', targetPanelId: other };
  await command(NEUTRAL, `/v1/referrals/${id}/redirection`, redirection);
  const copy = `/v1/referrals/${await made(COLLEAGUE, `/v1/referrals/${id}/copies`, { panelId: other })}`;
  await (await by(COLLEAGUE)).patch(copy, { consentStatus: 'given' }).set('if-match', '*').expect(200);
  await command(COLLEAGUE, `${copy}/submission`, {});
  await made('cmarac-chair', '/v1/exclusions', {
    personId: harming,
    panelId: other,
    practitionerId,
    reason: 'A relative.',
  });
  await removed(COLLEAGUE, await roleOf(copy, harming, 'perpetrator', COLLEAGUE));
  const { caseId } = (await command('cmarac-chair', `${copy}/acceptance`, {})).body;
  expect(await status(EXCLUDED, `/v1/cases/${caseId}`)).toBe(404);
  await removed(NEUTRAL, await roleOf(`/v1/referrals/${id}`, harming, 'perpetrator', COLLEAGUE));
  expect(await status(EXCLUDED, `/v1/cases/${caseId}`)).toBe(404);
});

test('a protected address is shown again after another agency removed the person from a hidden case, not after a colleague did', async () => {
  const someone = 'social-worker';
  for (const [remover, shown] of [
    [NEUTRAL, 1],
    [COLLEAGUE, 0],
  ] as const) {
    const [about, hidden] = [await person(someone), await person(someone)];
    const earlier = await accepted(await referred(hidden, await person(someone), [], someone));
    await accepted(await referred(about, await person(someone), [], someone));
    const address = { panelId, kind: 'refuge', address: '1 Hidden Way, Askenby' };
    await made(someone, `/v1/persons/${about}/protected-addresses`, address);
    const addresses = async (): Promise<number> => {
      const { body } = await (await by(EXCLUDED)).get(`/v1/persons/${about}/protected-addresses`).expect(200);
      return (body.data as unknown[]).length;
    };
    await excluded(EXCLUDED, caseOf(earlier));
    expect([remover, await addresses()]).toEqual([remover, 1]);
    await made(someone, `${earlier}/people`, { ...named(about, 'witness'), since: '2026-01-01' });
    expect([remover, await addresses()]).toEqual([remover, 0]);
    await removed(remover, await roleOf(earlier, about, 'witness', someone));
    expect([remover, await addresses()]).toEqual([remover, shown]);
  }
});

test('referrals that are submitted at once do not deadlock with exclusions', async () => {
  const [victim, harming] = [await person(), await person()];
  const earlier = await opened(victim, harming);
  let isOver = false;
  const referring = [1, 2].map(async () => {
    while (!isOver) await (await by('idva')).post('/v1/referrals', aReferral(panelId, victim, harming));
  });
  const answers: number[] = [];
  for (const name of ['Zork Alba', 'Zork Bela', 'Zork Cela', 'Zork Dela', 'Zork Ela', 'Zork Fela'])
    answers.push(
      (await (await by(NEUTRAL)).post('/v1/exclusions', { ...caseOf(earlier), name, reason: 'Knows a party.' })).status,
    );
  isOver = true;
  await Promise.all(referring);
  expect(answers).toEqual(answers.map(() => 201));
}, 60_000);
