/**
 * What a simulation promises is what enforcement then does: the version is put in force, its parties read, and exactly the
 * promised categories are gained and lost. It is run, read and signed by the officer who ran it, stale once the draft
 * changed, the same for the same data, and tells of no case that its reader may not know of.
 *
 * Seen to fail: the replaced version left in force beside the proposed one; own contributions counted; bars left out of the
 * holdings; the basis not compared when it is signed; cases that are hidden since in the answer to a repeated call.
 */
import type pg from 'pg';
import {
  agreementCalled,
  command,
  connected,
  drafted,
  givenSignatories,
  inDays,
  signed,
  versionPath,
  type Agreement,
} from '../support/agreement.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Change {
  purpose: string;
  panelId: string;
  agencyId: string | null;
  receivingType: string;
  category: string;
  contributingType: string | null;
  before: string;
  after: string;
  cases: number;
  samples: { id: string; reference: string }[];
}

const row = (
  category: string,
  contributingType: string,
  receivingType: string,
  level: string,
  purpose = 'PANEL_MEETING',
) => ({
  purpose,
  category,
  contributingType,
  receivingType,
  level,
  gateway: 'CDA_S115',
  lawfulBasis: 'Art 6(1)(e) public task',
  condition: 'Art 9(2)(g), DPA 2018 Sch 1 para 18',
  onward: 'within_panel',
  retentionClass: 'MARAC_7Y_OR_YOUNGEST_CHILD_25',
});

const CHANGES = [
  row('risk_assessment', 'idva_service', 'police', 'none'),
  row('voice_of_subject', 'any', 'adult_social_care', 'summary'),
  row('education', 'any', 'police', 'full'),
  row('police_intelligence', 'any', 'childrens_social_care', 'none'),
  row('health_mental', 'any', 'panel_coordination', 'full'),
  row('protected_address', 'any', 'idva_service', 'existence'),
  row('probation', 'any', 'housing_local_authority', 'existence'),
  row('court_order', 'police', 'refuge', 'full'),
  row('immigration', 'any', 'refuge', 'none'),
  row('identity', 'any', 'refuge', 'none', 'CASE_PREP'),
];

/** One core member of each agency on the MARAC, none of whom chairs it. */
const READERS = [
  'idva',
  'police-sergeant',
  'social-worker',
  'adult-social-worker',
  'housing-officer',
  'probation-officer',
  'nhs-safeguarding-lead',
  'acute-safeguarding-nurse',
  'refuge-worker',
  'substance-worker',
];
const UNSIGNED = 'education-officer';

/** Of the other agencies that have signed what is in force. */
const OTHERS = ['school-lead', 'youth-justice-worker', 'registered-provider-officer'];

const LEVELS = ['none', 'existence', 'summary', 'full'];

let server: TestServer;
let service: pg.Client;
let owner: pg.Client;
let dpo: Caller;
let agreement: Agreement;
let simulations: string;
let caseIds: string[];

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  service = await connected(server.database.ownerUrl);
  owner = await connected(server.ownerUrl);
  dpo = await as(server, 'dpo');
  agreement = await agreementCalled(dpo, 'ISA-ASK-MARAC');
  simulations = `/v1/sharing-agreements/${agreement.id}/simulations`;
  await givenSignatories(owner, [...READERS, ...OTHERS, UNSIGNED]);
  // a handling condition may hold back more than the agreement: here the agreement alone is compared
  await owner.query(`UPDATE contributions SET handling = 'P'`);
  const { rows } = await service.query<{ id: string }>(
    `SELECT c.id FROM cases c JOIN panels p ON p.id = c.panel_id WHERE p.code = 'ask-marac' ORDER BY 1`,
  );
  caseIds = rows.map(({ id }) => id);
});

const agencyOf = async (who: string): Promise<string> =>
  (await service.query<{ agency_id: string }>('SELECT agency_id FROM practitioners WHERE subject = $1', [who])).rows[0]
    ?.agency_id ?? '';

/** Per contribution of another agency: its kind, and how much of it this person receives. */
async function received(who: string): Promise<Map<string, { kind: string; level: string }>> {
  const caller = await as(server, who);
  const own = await agencyOf(who);
  const { rows } = await service.query<{ id: string; kind: string }>(
    `SELECT id, category || ' from ' || contributing_type AS kind FROM contributions
     WHERE case_id = ANY($1) AND NOT agency_only AND agency_id <> $2`,
    [caseIds, own],
  );
  const seen = new Map<string, Record<string, unknown>>();
  for (const id of caseIds) {
    const { body } = await caller.get(`/v1/cases/${id}/contributions?limit=100`);
    for (const one of body.data ?? []) seen.set(one.id, one);
  }
  return new Map(
    rows.map(({ id, kind }) => {
      const one = seen.get(id);
      const level = !one ? 'none' : 'text' in one ? 'full' : 'summary' in one ? 'summary' : 'existence';
      return [id, { kind, level }];
    }),
  );
}

/** What changed for this person, as the simulation would say it. */
async function observed(who: string, before: Awaited<ReturnType<typeof received>>): Promise<string[]> {
  const after = await received(who);
  const found = new Set<string>();
  for (const [id, { kind, level }] of before) {
    const now = after.get(id)?.level ?? 'none';
    if (now !== level) found.add(`${kind}: ${level} -> ${now}`);
  }
  return [...found].sort();
}

/** What the simulation promises of the kinds of contribution that others made. */
function promised(changes: Change[], agencyId: string | null, before: Awaited<ReturnType<typeof received>>): string[] {
  const kinds = new Set([...before.values()].map(({ kind }) => kind));
  const found = changes
    .filter((one) => one.agencyId === agencyId && one.purpose === 'PANEL_MEETING')
    .map((one) => ({ kind: `${one.category} from ${String(one.contributingType)}`, ...one }))
    .filter(({ kind }) => kinds.has(kind))
    .map(({ kind, before: was, after }) => `${kind}: ${was} -> ${after}`);
  return [...new Set(found)].sort();
}

const run = async (caller: Caller, versionId: string) =>
  (await caller.post(simulations, { versionId }).expect(201)).body;

describe('a simulation', () => {
  test('is for the data protection officer, and read by whoever ran it', async () => {
    const { body: draft } = await drafted(dpo, agreement, { rowChanges: CHANGES });
    for (const who of ['marac-chair', 'auditor', 'agency-administrator'])
      await (await as(server, who)).post(simulations, { versionId: draft.id }).expect(403);
    await (await as(server, 'outsider')).post(simulations, { versionId: draft.id }).expect(403);
    const made = await run(dpo, draft.id);
    const list = await dpo.get(simulations).expect(200);
    expect(list.body.data.map(({ id }: { id: string }) => id)).toContain(made.id);
    await owner.query(`UPDATE practitioners SET roles = '{data_protection_officer}' WHERE subject = 'cmarac-chair'`);
    const another = await as(server, 'cmarac-chair');
    await another.get(`${simulations}/${made.id}`).expect(404);
    expect((await another.get(simulations).expect(200)).body.data).toEqual([]);
    const other = await agreementCalled(dpo, 'ISA-ASK-JAG');
    await dpo.get(`/v1/sharing-agreements/${other.id}/simulations/${made.id}`).expect(404);
    await dpo.post(simulations, { versionId: other.currentVersionId }).expect(422);
  });

  test('of nothing new changes nothing', async () => {
    const { body: draft } = await drafted(dpo, agreement);
    const { changes, rowDifferences } = await run(dpo, draft.id);
    expect([changes, rowDifferences]).toEqual([[], []]);
  });

  test('is the same for the same data, and another where a row says otherwise', async () => {
    const { body: draft } = await drafted(dpo, agreement, { rowChanges: CHANGES });
    const [one, two] = [await run(dpo, draft.id), await run(dpo, draft.id)];
    expect(two.id).not.toBe(one.id);
    expect([two.digest, two.changes]).toEqual([one.digest, one.changes]);
    expect(one.digest).toMatch(/^[0-9a-f]{64}$/);
    const path = versionPath(agreement, draft.id);
    const { headers } = await dpo.get(path).expect(200);
    await dpo.patch(path, { rowChanges: [row('family', 'any', 'refuge', 'none')] }, headers['etag']).expect(200);
    expect((await run(dpo, draft.id)).digest).not.toBe(one.digest);
  });

  test('is signed as it was read, once, and not where the draft or what is in force changed since', async () => {
    const { body: draft } = await drafted(dpo, agreement, { rowChanges: CHANGES });
    const made = await run(dpo, draft.id);
    const path = `${simulations}/${made.id}`;
    const unsigned = await dpo.get(path).expect(200);
    expect(unsigned.body).toMatchObject({ stale: false, signedAt: null });
    await dpo.post(`${path}/signature`).expect(428);
    const done = await command(dpo, path, 'signature', 200);
    expect(done.body.signedById).toBe(made.madeById);
    expect((await command(dpo, path, 'signature', 409)).body.code).toBe('already-signed');
    const page = await dpo
      .get(path)
      .set('accept', 'text/plain')
      .expect(200)
      .expect('content-type', /text\/plain/);
    for (const part of [
      'WHO GAINS',
      /education from [^,]+ \(education\): existence -> full/,
      'WHO LOSES',
      /risk assessment from [^,]+ \(idva service\): full -> none/,
      'The coordination of the panel, on ',
      'PANEL_MEETING: probation from any to housing local authority: no row -> existence',
      made.digest,
      'Signed by Ambrose Clearwell',
    ])
      expect(page.text).toMatch(part);
    expect(page.text).not.toContain('STALE');
    // two kinds of change make it stale: of the draft …
    const another = await run(dpo, draft.id);
    const draftPath = versionPath(agreement, draft.id);
    const { headers } = await dpo.get(draftPath).expect(200);
    await dpo.patch(draftPath, { rowChanges: [row('family', 'any', 'refuge', 'none')] }, headers['etag']).expect(200);
    expect((await command(dpo, `${simulations}/${another.id}`, 'signature', 409)).body.code).toBe('simulation-stale');
    expect((await dpo.get(path).set('accept', 'text/plain').expect(200)).text).toContain('STALE');
    // … and of what is in force
    const third = await run(dpo, draft.id);
    const current = versionPath(agreement, agreement.currentVersionId);
    await command(dpo, current, 'suspension', 200, { reason: 'To see that it matters.' });
    expect((await dpo.get(`${simulations}/${third.id}`).expect(200)).body.stale).toBe(true);
    await command(dpo, current, 'resumption', 200, { reason: 'It was seen that it does.' });
    expect((await dpo.get(`${simulations}/${third.id}`).expect(200)).body.stale).toBe(false);
  });

  test('stays as it was made, by the database’s hand', async () => {
    const { body: draft } = await drafted(dpo, agreement, { rowChanges: CHANGES });
    const { id } = await run(dpo, draft.id);
    for (const sql of [
      `UPDATE sharing_simulations SET changes = '[]' WHERE id = '${id}'`,
      `UPDATE sharing_simulations SET digest = 'x' WHERE id = '${id}'`,
      `DELETE FROM sharing_simulations WHERE id = '${id}'`,
    ])
      await expect(owner.query(sql)).rejects.toThrow('stays as it was made');
  });
});

test('counts and samples are of cases that whoever runs it may know of', async () => {
  await owner.query(
    `UPDATE practitioners SET roles = array_append(roles, 'data_protection_officer') WHERE subject = 'idva'`,
  );
  const idva = await as(server, 'idva');
  const { body: draft } = await drafted(dpo, agreement, { rowChanges: CHANGES });
  const isolated = (changes: Change[]) =>
    changes.find(
      (one) => one.receivingType === 'police' && one.category === 'education' && one.contributingType === 'education',
    );
  const { rows } = await service.query<{ id: string }>(
    `SELECT DISTINCT case_id AS id FROM contributions WHERE category = 'education' AND case_id = ANY($1) ORDER BY 1`,
    [caseIds],
  );
  const counted = isolated((await run(dpo, draft.id)).changes);
  expect(counted).toMatchObject({ cases: rows.length, before: 'existence', after: 'full', samples: [] });
  const seen = isolated((await run(idva, draft.id)).changes);
  expect(seen?.cases).toBe(rows.length);
  expect(seen?.samples.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).slice(0, 3));
  for (const { id, reference } of seen?.samples ?? [])
    expect((await idva.get(`/v1/cases/${id}`).expect(200)).body.reference).toBe(reference);
  // a case from which she is excluded is not counted, nor shown where it was, nor when the call is repeated
  const keyed = () =>
    idva.post(simulations, { versionId: draft.id }).set('idempotency-key', 'run-before-the-exclusion').expect(201);
  const old = (await keyed()).body as { id: string; changes: Change[] };
  expect((await keyed()).body).toEqual(old);
  await owner.query(
    `INSERT INTO exclusions (id, version, partnership_id, practitioner_id, case_id, reason, since)
     SELECT gen_random_uuid(), 1, $1, id, $2, 'For a test.', now() - interval '1 day' FROM practitioners WHERE subject = 'idva'`,
    [agreement.partnershipId, rows[0]?.id],
  );
  const fewer = isolated((await run(idva, draft.id)).changes);
  expect(fewer?.cases ?? 0).toBe(rows.length - 1);
  const again = await idva.get(`${simulations}/${old.id}`).expect(200);
  expect(JSON.stringify(again.body)).not.toContain(rows[0]?.id);
  const repeated = await keyed();
  expect(repeated.body.id).toBe(old.id);
  expect(repeated.text).not.toContain(rows[0]?.id);
  expect(JSON.stringify(old.changes)).toContain(rows[0]?.id);
  await owner.query(`DELETE FROM exclusions WHERE reason = 'For a test.'`);
});

test('what one contributed oneself is no gain', async () => {
  const { body: draft } = await drafted(dpo, agreement, {
    rowChanges: [
      row('risk_assessment', 'idva_service', 'idva_service', 'none'),
      row('education', 'education', 'education', 'none'),
    ],
  });
  const { changes } = (await run(dpo, draft.id)) as { changes: Change[] };
  const agencies = (type: string): Set<string | null> =>
    new Set(changes.filter((one) => one.receivingType === type).map(({ agencyId }) => agencyId));
  const { rows } = await service.query<{ type: string; others: number }>(
    `SELECT a.type, count(DISTINCT o.case_id)::int AS others FROM agencies a, contributions o
     WHERE a.type IN ('idva_service', 'education') AND o.agency_id = a.id AND o.contributing_type = a.type AND o.case_id = ANY($1)
     GROUP BY 1`,
    [caseIds],
  );
  // they contributed of it, each the only agency of its type here
  expect(rows.every(({ others }) => others > 0)).toBe(true);
  expect([...agencies('idva_service')]).toEqual([]);
  expect([...agencies('education')]).toEqual([]);
});

test('what is promised is what is then enforced, to everybody, once all have signed who signed before', async () => {
  const { body: draft } = await drafted(dpo, agreement, {
    rowChanges: CHANGES,
    expiresOn: inDays(300),
    reviewDue: inDays(200),
  });
  const { changes } = (await run(dpo, draft.id)) as { changes: Change[] };
  expect(changes.every(({ before, after }) => LEVELS.includes(before) && LEVELS.includes(after))).toBe(true);
  // a handling holds one item back, whatever the agreement gives of its category: here none does
  await owner.query(
    `UPDATE contributions SET handling = 'P', conditions = NULL, originator_control = false, recalled_at = NULL, recall_reason = NULL
     WHERE case_id = ANY($1)`,
    [caseIds],
  );
  const everybody = [...READERS, UNSIGNED, 'marac-coordinator'];
  const before = new Map<string, Awaited<ReturnType<typeof received>>>();
  for (const who of everybody) before.set(who, await received(who));
  // those who are known on this panel alone: who is known on two is read as the more generous one says
  const { rows: people } = await service.query<{ id: string }>(
    `SELECT DISTINCT p.id FROM persons p JOIN case_people cp ON cp.person_id = p.id JOIN agencies a ON a.id = p.agency_id
     WHERE cp.case_id = ANY($1) AND a.type = 'police'
       AND NOT EXISTS (SELECT 1 FROM case_people o WHERE o.person_id = p.id AND o.case_id <> ALL($1))
       AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.person_id = p.id AND o.id <> ALL($1)) ORDER BY 1`,
    [caseIds],
  );
  expect(people.length).toBeGreaterThan(0);
  const idva = await as(server, 'idva');
  await service.query(
    `INSERT INTO protected_addresses (id, version, partnership_id, agency_id, contributing_type, author_id, person_id, kind, address, panel_id)
     SELECT gen_random_uuid(), 1, partnership_id, agency_id, contributing_type, author_id, id, 'refuge', 'Somewhere safe',
       (SELECT panel_id FROM cases WHERE id = $2) FROM persons WHERE id = ANY($1)`,
    [people.map(({ id }) => id), caseIds[0]],
  );
  const addressesKnown = async (): Promise<number[]> =>
    Promise.all(
      people.map(
        async ({ id }) => (await idva.get(`/v1/persons/${id}/protected-addresses`).expect(200)).body.data.length,
      ),
    );
  expect(Math.min(...(await addressesKnown()))).toBe(1);

  const path = versionPath(agreement, draft.id);
  await signed(server, path, [...READERS, ...OTHERS, 'dpo']);
  // nobody's sharing ends behind their back: the one agency that has not signed is named
  const early = await command(dpo, path, 'activation', 422);
  expect(early.body).toMatchObject({ code: 'not-signed-as-before', errors: [{ pointer: '/parties' }] });
  expect(early.body.errors[0].detail).toContain(await agencyOf(UNSIGNED));
  await signed(server, path, [UNSIGNED]);
  await command(dpo, path, 'activation', 200);

  const found: Record<string, string[]> = {};
  for (const who of [...READERS, UNSIGNED, 'marac-coordinator']) {
    const known = before.get(who) ?? new Map<string, { kind: string; level: string }>();
    const agencyId = who === 'marac-coordinator' ? null : await agencyOf(who);
    found[who] = await observed(who, known);
    expect([who, found[who]]).toEqual([who, promised(changes, agencyId, known)]);
  }
  // what was changed is what was seen to change, and nobody else noticed anything
  expect(found).toEqual({
    ...Object.fromEntries([...READERS, UNSIGNED].map((who) => [who, []])),
    'police-sergeant': [
      'education from education: existence -> full',
      'risk_assessment from idva_service: full -> none',
    ],
    'adult-social-worker': ['voice_of_subject from idva_service: full -> summary'],
    'social-worker': ['police_intelligence from police: summary -> none'],
    'housing-officer': ['probation from probation: none -> existence'],
    'refuge-worker': ['court_order from police: summary -> full'],
    'marac-coordinator': ['health_mental from health_mental_health: summary -> full'],
  });
  expect(Math.max(...(await addressesKnown()))).toBe(0);
  const candlewick = await agencyOf('idva');
  expect(changes.filter((one) => one.agencyId === candlewick && one.category === 'protected_address')).toContainEqual(
    expect.objectContaining({ contributingType: 'police', before: 'full', after: 'existence' }),
  );
});
