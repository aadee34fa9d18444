/**
 * What is lost is lost at once, at every exit. For each way to lose a case (membership, exclusion of the person and of the
 * agency, grant, emergency, the agency's or one's own deactivation) and to lose what is in it (an agreement suspended or
 * expired), everything that somebody was given before is tried again with the token, the tags, the cursors and the
 * idempotency keys of before. That a running audit export ends is in `audit-reading.spec.ts`.
 *
 * Seen to fail: a cursor that is not bound to its reader; a 304 before the policy is asked; a tag that does not change with
 * the mask; facts that are not read anew when their stamp moved, or while a change waited; facts read
 * anew as of when the request arrived; a change proved before it waits for the log; an invitation that ends meanwhile; rows of a later moment than the stamp beside them; memberships that do not move the stamp; the stored reply to a repeated call as it was.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { intruder } from '../support/audit.ts';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { as, type Caller } from '../support/people.ts';
import { sendRaw } from '../support/raw-http.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const WHO = 'housing-officer';
const PANEL = 'ask-jag';
/** Whoever appends to the log holds this advisory lock (`audit/log.ts`). */
const LOG_LOCK = 7_317_023_190_211;

let server: TestServer;
let owner: pg.Client;
let officer: Caller;
let me: { id: string; agencyId: string };
let caseId: string;
let panelId: string;
/** Somebody who stands in the case and in nothing else. */
let person: { id: string; partnershipId: string; familyName: string };

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  officer = await as(server, WHO);
  me = await practitioner(owner, WHO);
  const cases = await casesOf(owner, PANEL);
  const { rows } = await owner.query<{ id: string; panel_id: string }>(
    `SELECT c.id, c.panel_id FROM cases c WHERE c.id = ANY ($1) AND c.lead_agency_id <> $2
       AND EXISTS (SELECT 1 FROM case_people r JOIN persons p ON p.id = r.person_id WHERE r.case_id = c.id AND p.agency_id <> $2)
       AND EXISTS (SELECT 1 FROM contributions p WHERE p.case_id = c.id AND p.agency_id <> $2 AND NOT p.agency_only)
       AND NOT EXISTS (SELECT 1 FROM actions a WHERE a.case_id = c.id AND a.owner_agency_id = $2)
       AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.case_id = c.id AND r.agency_id = $2) LIMIT 1`,
    [cases.map(({ id }) => id), me.agencyId],
  );
  caseId = rows[0]!.id;
  panelId = rows[0]!.panel_id;
  person = await standsHereAlone();
});

/** Somebody whom another agency recorded, as it did others of the case, and who stands in nothing else. */
async function standsHereAlone(): Promise<typeof person> {
  const { rows } = await owner.query<typeof person>(
    `INSERT INTO persons (id, version, partnership_id, agency_id, contributing_type, author_id, given_name, family_name, family_name_key)
     SELECT gen_random_uuid(), 1, partnership_id, agency_id, contributing_type, author_id, 'Linnet', 'Harrowden', 'harrowden'
     FROM persons WHERE agency_id <> $2 AND id IN (SELECT person_id FROM case_people WHERE case_id = $1) ORDER BY id LIMIT 1
     RETURNING id, partnership_id AS "partnershipId", family_name AS "familyName"`,
    [caseId, me.agencyId],
  );
  await owner.query(
    `INSERT INTO case_people SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'person_id', $2::uuid))).*
     FROM case_people r WHERE r.case_id = $1 ORDER BY r.id LIMIT 1`,
    [caseId, rows[0]!.id],
  );
  return rows[0]!;
}

/** What somebody holds of a case: each thing, and what it gives when it is used. */
interface Held {
  addresses: string[];
  tags: Map<string, string>;
  /** Of one's own earlier first page, and of a colleague's. */
  cursors: { own: string; other: string };
  /** A call that was answered with a record, and can be repeated. */
  replays: { path: string; key: string; body: object; told: Record<string, unknown> }[];
  counted: number;
}

async function hold(caller: Caller): Promise<Held> {
  const addresses = ['', '/people', '/contributions', '/assessments', '/plans', '/timeline'].map(
    (part) => `/v1/cases/${caseId}${part}`,
  );
  const { body: contributions } = await caller.get(`${addresses[2]}?limit=100`).expect(200);
  const theirs = contributions.data.filter((one: { agencyId: string }) => one.agencyId !== me.agencyId);
  for (const { id } of theirs.slice(0, 3)) addresses.push(`/v1/contributions/${id as string}`);
  addresses.push(`/v1/persons/${person.id}`);
  const tags = new Map<string, string>();
  for (const address of addresses) {
    const { headers } = await caller.get(address).expect(200);
    if (headers['etag']) {
      tags.set(address, headers['etag']);
      await caller.get(address).set('if-none-match', headers['etag']).expect(304);
    }
  }
  const path = `/v1/cases/${caseId}/contributions`;
  const body = { category: 'housing', kind: 'fact', summary: 'Rent is paid.', text: 'Rent is paid by the week.' };
  const key = randomUUID();
  const { body: told } = await caller.post(path, body).set('idempotency-key', key).expect(201);
  await caller.post(path, body).set('idempotency-key', key).expect(201, told);
  const colleague = await as(server, 'fire-officer');
  return {
    addresses,
    tags,
    cursors: { own: await cursorOf(caller), other: await cursorOf(colleague) },
    replays: [{ path, key, body, told }],
    counted: await countedBy(caller),
  };
}

const first = '/v1/cases?limit=1';
async function cursorOf(caller: Caller): Promise<string> {
  const { body } = await caller.get(first).expect(200);
  expect(body.next).toEqual(expect.any(String));
  return body.next;
}

async function countedBy(caller: Caller): Promise<number> {
  const { body } = await caller.get(`/v1/case-counts?by=stage`).expect(200);
  return (body.counts ?? body.data).reduce((sum: number, one: { count: number }) => sum + one.count, 0);
}

/** Everything that still gives the case away. */
async function stillGiven(caller: Caller, held: Held, isRefused = false): Promise<string[]> {
  const wrong: string[] = [];
  const refused = isRefused ? 403 : 404;
  const check = (what: string, right: boolean, told: unknown): void => {
    if (!right) wrong.push(`${what}: ${JSON.stringify(told).slice(0, 200)}`);
  };
  for (const address of held.addresses) {
    const plain = await caller.get(address);
    check(address, plain.status === refused && !plain.headers['etag'], [plain.status, plain.text]);
    const tag = held.tags.get(address);
    if (!tag) continue;
    const conditional = await caller.get(address).set('if-none-match', tag);
    check(`${address} with the tag of before`, conditional.status === refused, conditional.status);
  }
  for (const [whose, cursor] of Object.entries(held.cursors)) {
    const { status, body, text } = await caller.get(`/v1/cases?limit=100&cursor=${encodeURIComponent(cursor)}`);
    const rows = (body.data ?? []) as { id: string }[];
    check(`the cursor of ${whose}`, status === (isRefused ? 403 : whose === 'own' ? 200 : 400), [status, text]);
    check(`the cursor of ${whose}`, !rows.some(({ id }) => id === caseId) && status < 500, text);
  }
  for (const { path, key, body } of held.replays) {
    const { status, text } = await caller.post(path, body).set('idempotency-key', key);
    check('the reply to a repeated call', status === refused && !text.includes('Rent is paid'), [status, text]);
  }
  const list = await caller.get('/v1/cases?limit=100');
  check('the list', !list.text.includes(caseId), list.status);
  for (const all of ['/v1/actions', '/v1/meetings', '/v1/persons', '/v1/referrals', '/v1/disclosures'].map(
    (one) => `${one}?limit=100`,
  )) {
    const { text, status } = await caller.get(all);
    check(all, !text.includes(caseId) && !text.includes(person.id), status);
  }
  if (isRefused) return wrong;
  const counted = await countedBy(caller);
  check('the counts', counted < held.counted, [held.counted, counted]);
  const why = await caller.post('/v1/policy/explanations', { action: 'read', type: 'Case', id: caseId });
  check('the explanation', why.status === 404, why.text);
  const { partnershipId, familyName } = person;
  const found = await caller.post('/v1/person-searches', { partnershipId, familyName }).expect(200);
  check('the search', !found.text.includes(person.id), found.text);
  const status = await caller.get(`/v1/cases/${caseId}/status`);
  check('the status', status.status === 404, status.text);
  return wrong;
}

/** Before: everything is given; after the loss nothing; and after it is undone all is as before, so that the loss did it. */
async function losing(lose: string, undo: string, values: unknown[], isRefused = false): Promise<string[]> {
  const held = await hold(officer);
  await owner.query(lose, values);
  try {
    return await stillGiven(officer, held, isRefused);
  } finally {
    await owner.query(undo, values);
    await officer.get(`/v1/cases/${caseId}`).expect(200);
  }
}

const EXCLUDES = (whom: 'practitioner_id' | 'agency_id'): string =>
  `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, ${whom}, case_id, panel_id, reason, since)
   SELECT gen_random_uuid(), 1, now(), now(), partnership_id, $1, id, panel_id, 'Planted by the spec.', now() - interval '1 second'
   FROM cases WHERE id = $2`;
const LETS_IN = `DELETE FROM exclusions WHERE reason = 'Planted by the spec.' AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL`;

it('a membership that ended', async () => {
  const { rows } = await owner.query<{ id: string }>(
    'SELECT id FROM memberships WHERE practitioner_id = $1 AND panel_id = $2',
    [me.id, panelId],
  );
  expect(rows).toHaveLength(1);
  expect(
    await losing(
      `UPDATE memberships SET valid_to = current_date - 1 WHERE id = $1`,
      `UPDATE memberships SET valid_to = NULL WHERE id = $1`,
      [rows[0]!.id],
    ),
  ).toEqual([]);
}, 60_000);

it('an exclusion of the person', async () => {
  expect(await losing(EXCLUDES('practitioner_id'), LETS_IN, [me.id, caseId])).toEqual([]);
}, 60_000);

it('an exclusion of the agency', async () => {
  expect(await losing(EXCLUDES('agency_id'), LETS_IN, [me.agencyId, caseId])).toEqual([]);
}, 60_000);

it('a person, and an agency, that act no longer', async () => {
  const active = (table: string, is: boolean): string => `UPDATE ${table} SET active = ${String(is)} WHERE id = $1`;
  expect(await losing(active('practitioners', false), active('practitioners', true), [me.id], true)).toEqual([]);
  expect(await losing(active('agencies', false), active('agencies', true), [me.agencyId], true)).toEqual([]);
}, 60_000);

describe('what is in the case', () => {
  /** The fields that other agencies gave, as they are shown. */
  const shown = (body: { data: Record<string, unknown>[] }): string[] =>
    body.data
      .filter((one) => one['agencyId'] !== me.agencyId)
      .flatMap((one) => Object.keys(one).filter((field) => ['text', 'summary', 'kind', 'handling'].includes(field)));

  it.each([
    ['suspended', `status = 'suspended'`, `status = 'active'`],
    ['expired', `expires_on = current_date - 1`, `expires_on = current_date + 300`],
    ['not yet in force', `effective_from = current_date + 1`, `effective_from = current_date - 100`],
  ])(
    'is gone with its agreement %s: from lists, reads with a tag, replays, searches and filters',
    async (_, lose, undo) => {
      const versions = `id IN (SELECT v.id FROM sharing_agreement_versions v JOIN sharing_agreements a ON a.id = v.agreement_id
      WHERE v.status IN ('active', 'suspended') AND a.partnership_id = (SELECT partnership_id FROM cases WHERE id = $1))`;
      const held = await hold(officer);
      const list = `/v1/cases/${caseId}/contributions?limit=100`;
      const before = await officer.get(list).expect(200);
      expect(shown(before.body).length).toBeGreaterThan(0);
      const sought = await anybody();
      expect(await foundOfOthers(sought)).not.toEqual([]);
      const visit = `/v1/cases/${caseId}`;
      const key = randomUUID();
      const command = {
        category: 'asb_incident',
        kind: 'fact',
        summary: 'Noise at night.',
        text: 'Noise at night again.',
      };
      const made = await officer.post(`${visit}/contributions`, command).set('idempotency-key', key).expect(201);
      // a version in force does not change, but days pass: with the triggers off that forbid it, and so with the stamp by hand
      const time = await intruder(server);
      const passes = async (change: string): Promise<void> => {
        await time.query(`UPDATE sharing_agreement_versions SET ${change} WHERE ${versions}`, [caseId]);
        await time.query('UPDATE authorization_versions SET version = version + 1');
      };
      await passes(lose);
      try {
        const after = await officer.get(list).expect(200);
        expect(shown(after.body)).toEqual([]);
        for (const [address, tag] of held.tags) {
          const { status, body } = await officer.get(address).set('if-none-match', tag);
          const record = await officer.get(address);
          expect([address, [200, 404].includes(status), status]).toEqual([address, true, record.status]);
          if (/contributions/.test(address)) continue;
          expect([address, Object.keys(body).filter((one) => /Name|summary|phone|^text$|riskBand/.test(one))]).toEqual([
            address,
            [],
          ]);
        }
        // one's own contribution stays one's own
        const replay = await officer.post(`${visit}/contributions`, command).set('idempotency-key', key);
        expect([replay.status, replay.body]).toEqual([201, made.body]);
        await officer.get(`/v1/cases?riskBand=high&panelId=${panelId}`).expect(403);
        await officer.get('/v1/case-counts?by=riskBand').expect(403);
        expect(await foundOfOthers(sought)).toEqual([]);
      } finally {
        await passes(undo);
      }
      expect(shown((await officer.get(list).expect(200)).body).sort()).toEqual(shown(before.body).sort());
    },
    60_000,
  );

  /** The persons of that name whose record another agency keeps: one's own agency's stay one's own. */
  async function foundOfOthers(sought: { partnershipId: string; familyName: string }): Promise<unknown[]> {
    const { body } = await officer.post('/v1/person-searches', sought).expect(200);
    return body.data.filter((one: { agencyId: string }) => one.agencyId !== me.agencyId);
  }

  async function anybody(): Promise<{ partnershipId: string; familyName: string }> {
    const { rows } = await owner.query<{ partnershipId: string; familyName: string }>(
      `SELECT partnership_id AS "partnershipId", family_name AS "familyName" FROM persons
       WHERE id IN (SELECT person_id FROM case_people WHERE case_id = $1) AND agency_id <> $2 ORDER BY id LIMIT 1`,
      [caseId, me.agencyId],
    );
    return rows[0]!;
  }

  it('is gone when a release is revoked, with the tag of before', async () => {
    const fire = await as(server, 'fire-officer');
    const note = { category: 'asb_incident', kind: 'fact', summary: 'Held.', text: 'Held by its originator.' };
    const { body: made } = await officer
      .post(`/v1/cases/${caseId}/contributions`, { ...note, originatorControl: true })
      .expect(201);
    const path = `/v1/contributions/${made.id as string}`;
    expect((await fire.get(path).expect(200)).body).not.toHaveProperty('text');
    const { body: asked } = await fire
      .post(`${path}/release-requests`, { reason: 'Needed for the visit.', releasedTo: 'agency' })
      .expect(201);
    const request = `/v1/release-requests/${asked.id as string}`;
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await officer.post(`${request}/approval`, { expiresAt }).set('if-match', '*').expect(200);
    const read = await fire.get(path).expect(200);
    expect(read.body.text).toBe(note.text);
    await officer.post(`${request}/revocation`).set('if-match', '*').expect(200);
    const again = await fire
      .get(path)
      .set('if-none-match', read.headers['etag'] as string)
      .expect(200);
    expect(again.body).not.toHaveProperty('text');
    expect((await fire.get(`/v1/cases/${caseId}/contributions?limit=100`).expect(200)).text).not.toContain(note.text);
  });
});

describe('somebody let in from elsewhere', () => {
  it.each([
    [
      'a grant that is revoked',
      `INSERT INTO access_grants (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, granted_at, expires_at)
       SELECT gen_random_uuid(), 1, now(), now(), partnership_id, $1, id, now() - interval '1 minute', now() + interval '1 day' FROM cases WHERE id = $2`,
      `UPDATE access_grants SET revoked_at = now() WHERE practitioner_id = $1 AND case_id = $2`,
    ],
    [
      'a grant that ended',
      `INSERT INTO access_grants (id, version, created_at, updated_at, partnership_id, practitioner_id, case_id, granted_at, expires_at)
       SELECT gen_random_uuid(), 1, now(), now(), partnership_id, $1, id, now() - interval '2 minute', now() + interval '1 day' FROM cases WHERE id = $2`,
      `UPDATE access_grants SET expires_at = now() - interval '1 second' WHERE practitioner_id = $1 AND case_id = $2 AND revoked_at IS NULL`,
    ],
  ])('loses the case with %s', async (_, give, lose) => {
    const sergeant = await as(server, 'police-sergeant');
    const her = await practitioner(owner, 'police-sergeant');
    const [one] = await casesOf(owner, 'ask-cmarac');
    const address = `/v1/cases/${one!.id}`;
    await sergeant.get(address).expect(404);
    const without = await countedBy(sergeant);
    await owner.query(give, [her.id, one!.id]);
    const addresses = ['', '/people', '/contributions', '/plans', '/assessments', '/timeline'].map((p) => address + p);
    const { headers } = await sergeant.get(address).expect(200);
    for (const path of addresses) await sergeant.get(path).expect(200);
    expect(await countedBy(sergeant)).toBe(without + 1);
    const cursor = await cursorOf(sergeant);
    await owner.query(lose, [her.id, one!.id]);
    for (const path of addresses) await sergeant.get(path).expect(404);
    await sergeant
      .get(address)
      .set('if-none-match', headers['etag'] as string)
      .expect(404);
    const page = await sergeant.get(`/v1/cases?limit=100&cursor=${encodeURIComponent(cursor)}`);
    expect(page.text).not.toContain(one!.id);
    expect(await countedBy(sergeant)).toBe(without);
    await sergeant.post('/v1/policy/explanations', { action: 'read', type: 'Case', id: one!.id }).expect(404);
  });
});

test('whoever loses nothing is held up by no change of what others may read', async () => {
  const change = await intruder(server);
  const { rows: backends } = await change.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const address = `/v1/cases/${caseId}`;
  // as fast as it goes: between any two statements of the service
  await change.query('SET synchronous_commit = off');
  const changing = change
    .query('DO $$ BEGIN LOOP UPDATE authorization_versions SET version = version + 1; COMMIT; END LOOP; END $$')
    .catch((error: unknown) => error);
  const stop = await intruder(server);
  const version = async (): Promise<unknown> => (await stop.query('SELECT version FROM authorization_versions')).rows;
  const before = JSON.stringify(await version());
  while (JSON.stringify(await version()) === before) await setTimeout(10);
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Noise.', text: 'Noise at night.' };
  const read = await officer.get(address);
  const written = await officer.post(`${address}/contributions`, body);
  await stop.query('SELECT pg_cancel_backend($1)', [backends[0]!.pid]);
  await changing;
  expect([read.status, written.status]).toEqual([200, 201]);
}, 30_000);

describe('a change that is under way', () => {
  const body = { category: 'asb_incident', kind: 'fact', summary: 'Late.', text: 'Written after access had ended.' };
  const exclude = (): Promise<unknown> =>
    owner.query(
      `INSERT INTO exclusions (id, version, partnership_id, panel_id, case_id, practitioner_id, reason, since, declared)
       SELECT gen_random_uuid(), 1, partnership_id, panel_id, id, $2, 'Knows the family.', now(), false FROM cases WHERE id = $1`,
      [caseId, me.id],
    );

  afterEach(async () => {
    await owner.query(`DELETE FROM exclusions WHERE case_id = $1 AND practitioner_id = $2`, [caseId, me.id]);
    const { rows } = await owner.query('SELECT 1 FROM contributions WHERE case_id = $1 AND summary = $2', [
      caseId,
      'Late.',
    ]);
    expect(rows).toEqual([]);
  });

  it('is refused to whoever is excluded while it waits for the case', async () => {
    await owner.query('BEGIN');
    await owner.query('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [caseId]);
    const answered = officer.post(`/v1/cases/${caseId}/contributions`, body).then(({ status }) => status);
    await waitingForALock();
    await exclude();
    await owner.query('COMMIT');
    expect(await answered).toBe(404);
  });

  it('is refused to whoever is excluded while it waits for the log', async () => {
    await owner.query('BEGIN');
    await owner.query('SELECT pg_advisory_xact_lock($1)', [LOG_LOCK]);
    const answered = officer.post(`/v1/cases/${caseId}/contributions`, body).then(({ status }) => status);
    await waitingForALock();
    await exclude();
    await owner.query('COMMIT');
    expect(await answered).toBe(404);
  });

  it('is refused to a guest whose invitation ends while it waits for the log', async () => {
    const guest = await as(server, 'idva');
    const { id } = await practitioner(owner, 'idva');
    await owner.query(
      `INSERT INTO invitations (id, version, created_at, updated_at, partnership_id, panel_id, meeting_id, listing_id, case_id, agency_id, practitioner_id, opens_at, closes_at)
       SELECT gen_random_uuid(), 1, now(), now(), l.partnership_id, l.panel_id, l.meeting_id, l.id, l.case_id, p.agency_id, p.id, now() - interval '1 hour', now() + interval '3 seconds'
       FROM listings l, practitioners p WHERE l.id = (SELECT id FROM listings WHERE case_id = $1 ORDER BY id LIMIT 1) AND p.id = $2`,
      [caseId, id],
    );
    await guest.get(`/v1/cases/${caseId}`).expect(200);
    await owner.query('BEGIN');
    await owner.query('SELECT pg_advisory_xact_lock($1)', [LOG_LOCK]);
    const answered = guest.post(`/v1/cases/${caseId}/contributions`, body).then(({ status }) => status);
    await waitingForALock();
    await setTimeout(3_200);
    await owner.query('COMMIT');
    expect(await answered).toBe(404);
  });

  it('lets nobody read what was written after they were excluded', async () => {
    const address = `/v1/cases/${caseId}`;
    const { text: before } = await officer.get(address).expect(200);
    await owner.query('BEGIN');
    await owner.query('LOCK TABLE cases IN ACCESS EXCLUSIVE MODE');
    const answered = officer.get(address).then(({ status, text }) => ({ status, text }));
    await waitingForALock();
    await exclude();
    await owner.query(`UPDATE cases SET summary = 'Written since.' WHERE id = $1`, [caseId]);
    await owner.query('COMMIT');
    const { status, text } = await answered;
    if (status === 200) expect(text).toBe(before);
    else expect(status).toBe(404);
    await officer.get(address).expect(404);
  });

  it('is refused to whoever is excluded while the body is received', async () => {
    const { token } = await as(server, WHO);
    const sent = JSON.stringify(body);
    const answered = await sendRaw(
      server.url,
      [
        `POST /v1/cases/${caseId}/contributions HTTP/1.1`,
        'Host: localhost',
        `Authorization: Bearer ${token}`,
        'Content-Type: application/json',
        `Content-Length: ${String(sent.length)}`,
      ],
      (async (): Promise<string> => {
        await setTimeout(500);
        await exclude();
        return sent;
      })(),
    );
    expect(answered.status).toBe(404);
  });
});

async function waitingForALock(): Promise<void> {
  const onlooker = await intruder(server);
  for (;;) {
    const { rows } = await onlooker.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rows.length) return;
    await setTimeout(20);
  }
}
