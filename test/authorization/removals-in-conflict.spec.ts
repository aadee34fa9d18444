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
import { aReferral, asOwner, practitioner } from '../support/panel-work.ts';
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

const person = (): Promise<string> =>
  made('idva', '/v1/persons', { partnershipId, givenName: 'Sorrel', familyName: `Quenby ${String((count += 1))}` });

const referred = (victim: string, harming: string, people: object[] = []): Promise<string> => {
  const body = aReferral(panelId, victim, harming) as { people: object[] };
  return made('idva', '/v1/referrals', { ...body, people: [...body.people, ...people] });
};

async function opened(victim: string, harming: string, people: object[] = []): Promise<string> {
  const path = `/v1/referrals/${await referred(victim, harming, people)}`;
  const answer = await (await by(NEUTRAL)).post(`${path}/acceptance`, {}).set('if-match', '*').expect(200);
  return `/v1/cases/${answer.body.caseId as string}`;
}

const excluded = async (who: string, from: object): Promise<string> =>
  made(NEUTRAL, '/v1/exclusions', {
    ...from,
    practitionerId: (await practitioner(owner, who)).id,
    reason: 'A relative.',
  });

const caseOf = (path: string): object => ({ caseId: path.split('/').at(-1) });

async function roleOf(path: string, personId: string, role = 'perpetrator'): Promise<string> {
  const { body } = await (await by('idva')).get(`${path}/people?limit=100`).expect(200);
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
