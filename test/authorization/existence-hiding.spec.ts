/**
 * What is hidden answers as what is missing. For every route with an identifier, and every kind of hiding (another panel, a
 * conflict, another partnership, a compartment), a hidden record and one that never was get the same status, headers and
 * body; so does whoever names it in a body or a filter; lists, counts and searches are those of a database in which it was
 * deleted; and it takes no longer to be refused the one than the other.
 *
 * A compartment (Channel) is asked about twice: by an officer who knows the person from another panel, and by a sergeant
 * whose own agency refers to it, contributes and acts in it, and who may open other cases in an emergency.
 *
 * Seen to fail: screening that looks beyond its panel; the bar left out of `Case` and the compartment out of the second wall,
 * where either alone still hides it; a 409 where the record exists; a header more on its 404; a stale tag compared before the
 * policy is asked; a request for access refused where there is no such case; one more question to the database where the
 * record exists; counts straight from the table; a search that tells whether it found more than it shows.
 */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import type { Response, Test } from 'supertest';
import { intruder } from '../support/audit.ts';
import { hasId, openApi, sample, send, v1, withIds } from '../support/operations.ts';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const WHO = 'housing-officer';
let server: TestServer;
let owner: pg.Client;
let officer: Caller;
/** Of the police, as one member of the compartment is. */
let sergeant: Caller;
let partnershipId: string;
/** Why it is hidden, and the case. */
const hidden = new Map<string, string>();
/** By collection, such as `persons`: one record of each hidden case, and why it is hidden. */
const records = new Map<string, { why: string; id: string }[]>();

const isCompartment = (why: string): boolean => why.startsWith('a compartment');
/** Who asks about what: from the sergeant only the compartment is hidden in every case. */
const askers = (): [Caller, (why: string) => boolean][] => [
  [officer, () => true],
  [sergeant, isCompartment],
];
const hiddenFrom = (asked: (why: string) => boolean): Map<string, string> =>
  new Map([...hidden].filter(([why]) => asked(why)));

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000' } });
  owner = await asOwner(server);
  officer = await as(server, WHO);
  sergeant = await as(server, 'police-sergeant');
  const me = await practitioner(owner, WHO);
  const ours = await casesOf(owner, 'ask-jag');
  // she is a member of the panel, and reads the case until she is excluded from it
  const { rows: mine } = await owner.query<{ id: string; partnershipId: string }>(
    `SELECT c.id, c.partnership_id AS "partnershipId" FROM cases c WHERE id = ANY ($1) ORDER BY
       (SELECT count(*) FROM actions a WHERE a.case_id = c.id) DESC, id LIMIT 1`,
    [ours.map(({ id }) => id)],
  );
  partnershipId = mine[0]!.partnershipId;
  hidden.set('a conflict', mine[0]!.id);
  for (const panel of ['ask-syv', 'ask-tasking', 'ask-cmarac'])
    for (const { id } of (await casesOf(owner, panel)).slice(0, 3))
      if ((await officer.get(`/v1/cases/${id}`)).status === 404) hidden.set('another panel', id);
  hidden.set('another partnership', (await casesOf(owner, 'pel-jag'))[0]!.id);
  await owner.query(
    `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, panel_id, reason, since)
     SELECT gen_random_uuid(), 1, now(), now(), partnership_id, $1, id, panel_id, 'A relative.', now() - interval '1 second'
     FROM cases WHERE id = $2`,
    [me.id, mine[0]!.id],
  );
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'case_id' GROUP BY 1`,
  );
  const { rows: apart } = await owner.query<{ why: string; id: string }>(
    `SELECT DISTINCT ON (known) c.id, 'a compartment, of somebody ' || CASE WHEN known THEN 'heard elsewhere' ELSE 'else' END AS why
     FROM cases c JOIN panels p ON p.id = c.panel_id CROSS JOIN LATERAL (
       SELECT count(*) > 1 AS known FROM case_people here JOIN case_people r USING (person_id) WHERE here.case_id = c.id) other
     WHERE p.compartment ORDER BY known, (SELECT count(*) FROM actions a WHERE a.case_id = c.id) DESC, c.id`,
  );
  for (const { why, id } of apart) hidden.set(why, id);
  expect([...hidden.keys()].sort()).toEqual([
    'a compartment, of somebody else',
    'a compartment, of somebody heard elsewhere',
    'a conflict',
    'another panel',
    'another partnership',
  ]);
  for (const [why, id] of hidden) {
    records.set('cases', [...(records.get('cases') ?? []), { why, id }]);
    for (const { name } of tables) {
      const { rows } = await owner.query<{ id: string }>(
        `SELECT id FROM ${name} WHERE case_id = $1 ORDER BY id LIMIT 1`,
        [id],
      );
      const collection = name.replaceAll('_', '-');
      for (const row of rows) records.set(collection, [...(records.get(collection) ?? []), { why, id: row.id }]);
    }
  }
  // the panel itself, its meetings and who sits on it
  for (const [collection, its] of [
    ['panels', 'id'],
    ['meetings', 'panel_id'],
    ['memberships', 'panel_id'],
  ] as const) {
    const { rows } = await owner.query<{ id: string }>(
      `SELECT id FROM ${collection} WHERE ${its} IN (SELECT id FROM panels WHERE compartment) ORDER BY id`,
    );
    for (const { id } of rows)
      records.set(collection, [...(records.get(collection) ?? []), { why: 'a compartment', id }]);
  }
}, 60_000);

/** Everything that an answer says, but for what differs between any two answers. */
function said({ status, headers, text }: Response): string {
  const { date: _, ratelimit: __, 'x-correlation-id': ___, ...rest } = headers as Record<string, string>;
  return JSON.stringify([status, rest, text.replace(/"correlationId":"[0-9a-f]{32}"/, '')]);
}

it('every route with an identifier tells the same of what is hidden and of what is missing', async () => {
  const compared: Record<string, number> = {};
  const wrong: string[] = [];
  for (const [caller, asks] of askers())
    for (const operation of v1.filter(hasId)) {
      const collection = operation.path.split('/')[2] ?? '';
      for (const { why, id } of (records.get(collection) ?? []).filter((one) => asks(one.why))) {
        // what the officer's agency contributed or has to do is its own, whatever the case: but nothing in a compartment
        if (!isCompartment(why) && (await caller.get(`/v1/${collection}/${id}`)).status === 200) continue;
        const inner = randomUUID();
        const at = (one: string): string => withIds(operation.path, (index) => (index ? inner : one));
        const right = sample(operation.takes);
        const ways: Record<string, (address: string) => Test> = {
          'as it should be': (address) => send(caller, operation, address),
          ...(operation.takes ? { 'nothing sent': (address) => send(caller, operation, address, {}) } : {}),
          ...(operation.needsIfMatch
            ? {
                'a tag of before': (address) => send(caller, operation, address, right, '"0-stale"'),
                'no tag': (address) => caller.call(operation.method, address).send(right as object),
              }
            : {}),
        };
        for (const [how, ask] of Object.entries(ways)) {
          const [there, nowhere] = [await ask(at(id)), await ask(at(randomUUID()))];
          compared[why] = (compared[why] ?? 0) + 1;
          if (said(there) !== said(nowhere))
            wrong.push(`${caller.who}: ${operation.name}: ${why}, ${how}: ${said(there)} ≠ ${said(nowhere)}`);
        }
      }
    }
  process.stdout.write(`parity: pairs compared: ${JSON.stringify(compared)}\n`);
  expect(wrong).toEqual([]);
  for (const why of [...hidden.keys(), 'a compartment']) expect([why, (compared[why] ?? 0) > 25]).toEqual([why, true]);
}, 240_000);

it('so does every list that is filtered by it', async () => {
  const { rows } = await owner.query<Record<string, string>>(
    `SELECT c.id AS "caseId", c.panel_id AS "panelId", c.person_id AS "personId",
       (SELECT min(meeting_id::text) FROM listings l WHERE l.case_id = c.id) AS "meetingId"
     FROM cases c WHERE c.id = ANY ($1)`,
    [[...hiddenFrom(isCompartment).values()]],
  );
  const filters = v1
    .filter((one) => one.method === 'get' && one.isList && !hasId(one))
    .flatMap(({ path }) =>
      (openApi.paths[path]?.['get']?.parameters ?? []).flatMap(({ in: where, name }) =>
        where === 'query' && Object.keys(rows[0]!).includes(name) ? [{ path, name }] : [],
      ),
    );
  expect(filters.length).toBeGreaterThan(4);
  const wrong: string[] = [];
  for (const caller of [officer, sergeant])
    for (const { path, name } of filters)
      for (const row of rows) {
        // somebody whom the caller knows otherwise is there in any case
        if (name === 'personId' && (await caller.get(`/v1/persons/${row[name]!}`)).status === 200) continue;
        const [there, nowhere] = [
          await caller.get(`${path}?${name}=${row[name]!}`),
          await caller.get(`${path}?${name}=${randomUUID()}`),
        ];
        if (said(there) !== said(nowhere))
          wrong.push(`${caller.who}: ${path}: ${name}: ${said(there)} ≠ ${said(nowhere)}`);
      }
  expect(wrong).toEqual([]);
}, 60_000);

it('so does whoever names it in a body', async () => {
  const { rows: jag } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
  const { rows: named } = await owner.query<{ id: string; reference: string }>('SELECT id, reference FROM cases');
  const referenceOf = new Map(named.map(({ id, reference }) => [id, reference]));
  const meant = v1.find(({ name }) => name === 'POST /v1/referrals')!;
  const anId = (): string => randomUUID();
  let last = 99_000;
  const aReference = (like: string): string => like.replace(/\d{4}-\d{5}$/, () => `2019-${String(last++)}`);
  const access = { reason: 'Needed for the visit.', purpose: 'PANEL_MEETING' };
  const emergency = { reasonCode: 'missing_person', reason: 'Reported missing tonight; contacts needed.' };
  const told = new Set<string>();
  const wrong: string[] = [];
  for (const [caller, asks] of askers()) {
    const cases = hiddenFrom(asks);
    const references = new Map([...cases].map(([why, id]) => [why, referenceOf.get(id)!]));
    const persons = new Map<string, string>();
    for (const [why, id] of cases) {
      const { rows } = await owner.query<{ id: string }>('SELECT person_id AS id FROM case_people WHERE case_id = $1', [
        id,
      ]);
      for (const row of rows) if ((await caller.get(`/v1/persons/${row.id}`)).status === 404) persons.set(why, row.id);
    }
    if (caller === officer) expect([...persons.keys()]).toContain('a compartment, of somebody else');
    const ways: [
      what: string,
      path: string,
      them: Map<string, string>,
      other: (like: string) => string,
      body: (id: string) => object,
    ][] = [
      ['asks for access', '/v1/access-requests', cases, anId, (caseId) => ({ ...access, caseId })],
      [
        'asks for access by its reference',
        '/v1/access-requests',
        references,
        aReference,
        (caseReference) => ({ ...access, caseReference }),
      ],
      ['opens in an emergency', '/v1/emergency-accesses', cases, anId, (caseId) => ({ ...emergency, caseId })],
      [
        'opens in an emergency by its reference',
        '/v1/emergency-accesses',
        references,
        aReference,
        (caseReference) => ({ ...emergency, caseReference }),
      ],
      ['asks why', '/v1/policy/explanations', cases, anId, (id) => ({ action: 'read', type: 'Case', id })],
      [
        'asks why of a field',
        '/v1/policy/explanations',
        persons,
        anId,
        (id) => ({ action: 'read', type: 'Person', id, field: 'phone' }),
      ],
      [
        'refers the person',
        '/v1/referrals',
        persons,
        anId,
        (personId) => ({
          ...(sample(meant.takes) as object),
          panelId: jag[0]!.id,
          subjectKind: 'person_victim',
          personId,
        }),
      ],
      [
        'excludes from the case',
        '/v1/exclusions',
        cases,
        anId,
        (caseId) => ({ caseId, declared: true, reason: 'A relative.' }),
      ],
      [
        'excludes from the person',
        '/v1/exclusions',
        persons,
        anId,
        (personId) => ({ personId, name: 'Somebody Else', reason: 'A relative.' }),
      ],
    ];
    for (const [what, path, them, other, body] of ways) {
      if (caller === officer) expect([what, them.size > 0]).toEqual([what, true]);
      for (const [why, one] of them) {
        const there = await caller.post(path, body(one));
        const nowhere = await caller.post(path, body(other(one)));
        told.add(`${caller.who}: ${what}: ${String(there.status)}`);
        if (shape(there) !== shape(nowhere))
          wrong.push(`${caller.who}: ${what}: ${why}: ${shape(there)} ≠ ${shape(nowhere)}`);
        if (there.status >= 500 || there.status === 400) wrong.push(`${what}: ${there.text}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  // not refused for who he is: he holds the role, and there is no such case
  expect([...told]).toContain('police-sergeant: opens in an emergency: 404');
  expect(told.size).toBeGreaterThan(6);
}, 60_000);

/** What an answer says, but for identifiers, references and times. */
const shape = (answer: Response): string =>
  said(answer)
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replace(/\b(R-)?[A-Z]{2,10}-\d{4}-\d+/g, 'REFERENCE')
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
    .replace(/"etag":"[^,]*"/, 'ETAG');

it('a referral of somebody whom a compartment hears is screened as of anybody else, and read so by whoever screens it', async () => {
  const { rows: panels } = await owner.query<{ code: string; id: string }>('SELECT code, id FROM panels');
  const panelId = (code: string): string => panels.find((one) => one.code === code)!.id;
  // both are named in one case of the JAG; one of them is the subject of a case and a referral in the compartment
  const { rows: people } = await owner.query<{ id: string; apart: boolean }>(
    `SELECT r.person_id AS id, EXISTS (SELECT FROM referrals f JOIN panels p ON p.id = f.panel_id
       WHERE p.compartment AND f.person_id = r.person_id) AS apart
     FROM case_people r JOIN cases c ON c.id = r.case_id JOIN panels p ON p.id = c.panel_id
     WHERE p.code = 'ask-jag' AND NOT EXISTS (SELECT FROM referrals f JOIN panels p ON p.id = f.panel_id
       WHERE f.person_id = r.person_id AND NOT p.compartment) ORDER BY apart DESC, r.person_id`,
  );
  const [heard, other] = [people.find(({ apart }) => apart)!, people.find(({ apart }) => !apart)!];
  const refer = (caller: Caller, panel: string, personId: string, subjectKind: string): Promise<Response> =>
    caller.post('/v1/referrals', {
      panelId: panelId(panel),
      subjectKind,
      personId,
      category: 'asb_incident',
      problem: 'Shouting at night, three times in two weeks, reported by four households.',
      whyMultiAgency: 'A warning alone has not helped; it needs more than the landlord.',
      criteria: ['professional_judgement'],
      judgementRationale: 'The pattern is new and grows quickly.',
      consentStatus: 'given',
      legalGateway: 'CDA_S115',
      submit: true,
    });
  const screened = async (who: string, { body }: Response): Promise<Response> =>
    (await as(server, who)).get(`/v1/referrals/${body.id as string}/screening`).expect(200);

  // the compartment knows that it has heard of him
  const member = await as(server, 'channel-officer');
  const again = await refer(member, 'ask-channel', heard.id, 'person_at_risk');
  expect([again.status, again.text]).toEqual([201, expect.stringContaining('submitted')]);
  expect((await screened('channel-chair', again)).body).toMatchObject({ isRepeat: true });
  const third = await refer(member, 'ask-channel', heard.id, 'person_at_risk');
  expect((await screened('channel-chair', third)).body).toMatchObject({ duplicateOfId: again.body.id });

  // and nobody else does
  for (const [panel, coordinator] of [
    ['ask-jag', 'jag-coordinator'],
    ['ask-cmarac', 'jag-coordinator'],
  ] as const) {
    const [him, her] = [
      await refer(officer, panel, heard.id, 'person_perpetrator'),
      await refer(officer, panel, other.id, 'person_perpetrator'),
    ];
    expect([him.status, shape(him)]).toEqual([201, shape(her)]);
    const read = [await screened(coordinator, him), await screened(coordinator, her)];
    expect(shape(read[0]!)).toBe(shape(read[1]!));
    expect(read[0]!.body).toMatchObject({ isRepeat: false, previousReferralId: null, duplicateOfId: null });
  }
}, 60_000);

it('it takes no longer to be refused what is hidden than what is missing', async () => {
  const rounds = 300;
  const mean = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
  const once = async (id: string): Promise<number> => {
    const begin = performance.now();
    const reply = await fetch(`${server.url}/v1/cases/${id}`, {
      headers: { authorization: `Bearer ${officer.token}` },
    });
    await reply.text();
    if (reply.status !== 404) throw new Error(`${String(reply.status)}`);
    return performance.now() - begin;
  };
  for (const [why, id] of hidden) {
    const took: Record<string, number[]> = { hidden: [], missing: [], also: [] };
    for (let round = 0; round < rounds; round++) {
      // interleaved, in another order each time, so that what else the machine does falls on all alike
      const kinds: [string, string][] = [
        ['hidden', id],
        ['missing', randomUUID()],
        ['also', randomUUID()],
      ];
      for (let n = 0; n < 3; n++) {
        const [kind, one] = kinds[(n + round) % 3]!;
        took[kind]!.push(await once(one));
      }
    }
    const [there, nowhere, also] = ['hidden', 'missing', 'also'].map((kind) => mean(took[kind]!)) as [
      number,
      number,
      number,
    ];
    // the noise is what two series of the same question differ by, estimated over resampled halves of missing ones
    const missing = [...took['missing']!, ...took['also']!];
    const noise = Array.from({ length: 200 }, () => {
      const drawn = Array.from({ length: rounds * 2 }, () => missing[Math.floor(Math.random() * missing.length)]!);
      return Math.abs(mean(drawn.slice(0, rounds)) - mean(drawn.slice(rounds)));
    }).sort((a, b) => a - b);
    const bound = Math.max(noise.at(-1)! * 1.5, Math.abs(nowhere - also) * 2, 0.1);
    process.stdout.write(
      `parity: ${why}: hidden ${there.toFixed(3)} ms, missing ${nowhere.toFixed(3)} and ${also.toFixed(3)} ms, bound ${bound.toFixed(3)} ms\n`,
    );
    expect([why, Math.abs(there - (nowhere + also) / 2) <= bound]).toEqual([why, true]);
  }
}, 120_000);

/** Last, because it deletes. */
it('lists, counts and searches are those of a database without it', async () => {
  const { rows: people } = await owner.query<{ familyName: string }>(
    `SELECT DISTINCT family_name AS "familyName" FROM persons WHERE id IN
       (SELECT person_id FROM case_people WHERE case_id = ANY ($1))`,
    [[...hidden.values()]],
  );
  const everythingFor = async (caller: Caller): Promise<string[]> => {
    const told: string[] = [];
    for (const path of [
      ...v1.filter((one) => one.method === 'get' && one.isList && !hasId(one)).map((one) => `${one.path}?limit=100`),
      ...['stage', 'isRepeat', 'leadAgencyId', 'panelId', 'riskBand'].map((by) => `/v1/case-counts?by=${by}`),
    ]) {
      if (/audit|disclosures|access-requests|emergency/.test(path)) continue;
      for (let next: string | null = ''; next !== null;) {
        const { text, body } = await caller.get(`${path}${next ? `&cursor=${encodeURIComponent(next)}` : ''}`);
        next = (body.next as string | null | undefined) ?? null;
        told.push(`${path}: ${text.replace(/"(next|correlationId)":"[^"]*"/, '')}`);
      }
    }
    for (const { familyName } of people)
      told.push((await caller.post('/v1/person-searches', { partnershipId, familyName })).text);
    return told;
  };
  const time = await intruder(server);
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'case_id' GROUP BY 1`,
  );
  /** Whoever stands in nothing that the caller may read goes with the case. */
  const unseenBy = async (caller: Caller, ids: string[]): Promise<string[]> => {
    const { rows } = await owner.query<{ id: string }>(
      'SELECT DISTINCT person_id AS id FROM case_people WHERE case_id = ANY ($1)',
      [ids],
    );
    const unseen: string[] = [];
    for (const { id } of rows) if ((await caller.get(`/v1/persons/${id}`)).status === 404) unseen.push(id);
    return unseen;
  };
  const remove = async (ids: string[], people: string[]): Promise<number> => {
    let deleted = 0;
    for (const { name } of tables)
      deleted += (await time.query(`DELETE FROM ${name} WHERE case_id = ANY ($1)`, [ids])).rowCount ?? 0;
    deleted += (await time.query('DELETE FROM cases WHERE id = ANY ($1)', [ids])).rowCount ?? 0;
    return deleted + ((await time.query('DELETE FROM persons WHERE id = ANY ($1)', [people])).rowCount ?? 0);
  };
  let gone = 0;
  const compare = async (callers: Caller[], ids: string[]): Promise<void> => {
    const before: string[][] = [];
    for (const caller of callers) before.push(await everythingFor(caller));
    let unseen = await unseenBy(callers[0]!, ids);
    for (const caller of callers.slice(1)) {
      const also = await unseenBy(caller, ids);
      unseen = unseen.filter((id) => also.includes(id));
    }
    gone += unseen.length;
    expect(await remove(ids, unseen)).toBeGreaterThan(10);
    for (const [at, caller] of callers.entries()) {
      const [told, after] = [before[at]!, await everythingFor(caller)];
      expect(told.length).toBeGreaterThan(15);
      expect(after.length).toBe(told.length);
      const changed = told.filter((one, n) => one !== after[n]).map((one) => one.slice(0, 120));
      expect([caller.who, changed]).toEqual([caller.who, []]);
    }
  };
  await compare([officer, sergeant], [...hiddenFrom(isCompartment).values()]);
  await compare([officer], [...hiddenFrom((why) => !isCompartment(why)).values()]);
  expect(gone).toBeGreaterThan(0);
}, 120_000);
