/**
 * Which auditor reads what the log holds of a compartment, and of a case or person from which the auditor is excluded. Read
 * by list, single entry, explanation and export, and through the second wall alone.
 *
 * Seen to fail: either deny rule left out; a seat on the panel in place of an appointment; an appointment without an end; parents of
 * records not asked about; referrals that name a person left out of the fact; an auditor's own attempts hidden; entries of the first
 * format open; one entry for all panels of a list; columns that a list does not show left out, and the panels through which a
 * person is read; a repeated answer without its place; the case of a request for access written down where its author acts, or
 * not looked up for those who decide; items of an opened document not looked up; row-level security without its policy; a
 * service that may write the table of auditors; panels outside the leaf; the first format refused by the verifier; entries about a person or
 * place that only the closed case names, and those about a waiting referral that repeats it.
 */
import fs from 'node:fs';
import pg from 'pg';
import type { Response } from 'supertest';
import { entriesIn, exported, intruder, verified } from '../support/audit.ts';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { givenWallsApart, type WallsApart } from '../support/row-level-security.ts';
import { as, type Caller } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

interface Entry {
  id: string;
  index: number;
  actorId: string;
  rule: string | null;
  route: string;
  subjectType: string;
  partnershipId: string | null;
  recordIds: string[] | null;
  personIds: string[] | null;
  panelIds: string[] | null;
  parentIds: string[] | null;
}

let server: TestServer;
let owner: pg.Client;
let apart: WallsApart;
let channel: { id: string; partnershipId: string };
let channelCases: { id: string; reference: string }[];
let jagCases: { id: string; reference: string }[];
const by = (who: string): Promise<Caller> => as(server, who);
const NOWHERE = '0193e000-0000-7000-8000-00000000dead';

/** Everything of the log that an auditor reads, by list. */
async function readBy(who: string): Promise<Entry[]> {
  const auditor = await by(who);
  const seen: Entry[] = [];
  let next: string | null = '';
  do {
    const { body }: Response = await auditor
      .get(`/v1/audit-entries?limit=100${next ? `&cursor=${next}` : ''}`)
      .expect(200);
    seen.push(...body.data);
    next = body.next;
  } while (next);
  return seen;
}

/** Entries of one answer, as the database holds them. */
async function entriesOf(answer: { headers: Record<string, string> }): Promise<Entry[]> {
  const { rows } = await owner.query<Entry>(
    `SELECT id, index::int, actor_id AS "actorId", rule, route, subject_type AS "subjectType", partnership_id AS "partnershipId",
       record_ids AS "recordIds", person_ids AS "personIds", panel_ids AS "panelIds", parent_ids AS "parentIds"
     FROM audit_entries WHERE correlation_id = $1 ORDER BY index`,
    [answer.headers['x-correlation-id']],
  );
  return rows;
}

async function entriesOfAll(answers: { headers: Record<string, string> }[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const answer of answers) entries.push(...(await entriesOf(answer)));
  return entries;
}

const idsIn = (entry: Entry): string[] =>
  [entry.recordIds, entry.personIds, entry.panelIds, entry.parentIds].flatMap((ids) => ids ?? []);

/** How an auditor meets an entry: in the list, alone, explained, in the export, and by the policy without row-level security. */
async function meets(who: string, entries: Entry[]): Promise<Record<string, boolean[]>> {
  const auditor = await by(who);
  const listed = new Set((await readBy(who)).map(({ id }) => id));
  const lines = entriesIn(await exported(server, who));
  const alone: boolean[] = [];
  const explained: boolean[] = [];
  for (const { id } of entries) {
    alone.push((await auditor.get(`/v1/audit-entries/${id}/inclusion-proof`)).status === 200);
    const why = await auditor.post('/v1/policy/explanations', { type: 'AuditEntry', action: 'read', id });
    explained.push(why.status === 200 && why.body.outcome === 'permit');
  }
  const [one] = await apart.cast([who]);
  const ids = entries.map(({ id }) => id);
  const withoutTheWall = await apart.policyAlone(one!.actor, 'AuditEntry', ids);
  return {
    listed: ids.map((id) => listed.has(id)),
    alone,
    explained,
    exported: entries.map(({ index }) => lines[index]?.leaf !== undefined),
    policyAlone: ids.map((id) => withoutTheWall.includes(id)),
  };
}

const everywhere = (is: boolean, entries: Entry[]): Record<string, boolean[]> => {
  const each = entries.map(() => is);
  return { listed: each, alone: each, explained: each, exported: each, policyAlone: each };
};

/** Entries that row-level security alone lets somebody read, asked by no policy. */
async function throughTheWall(subject: string, entries: Entry[]): Promise<boolean[]> {
  const [one] = await apart.cast([subject]);
  const ids = entries.map(({ id }) => id);
  const found = await apart.wallAlone(one!.actor, 'AuditEntry', ids);
  return ids.map((id) => found.includes(id));
}

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  owner = await asOwner(server);
  apart = await givenWallsApart(server.database);
  const { rows } = await owner.query<{ id: string; partnershipId: string }>(
    `SELECT id, partnership_id AS "partnershipId" FROM panels WHERE code = 'ask-channel'`,
  );
  channel = rows[0]!;
  channelCases = await casesOf(owner, 'ask-channel');
  jagCases = await casesOf(owner, 'ask-jag');
  expect(channelCases.length).toBeGreaterThan(0);
});

describe('a compartment', () => {
  /** What was done in Channel. */
  let inside: Entry[];
  /** Identifiers of all that stands in Channel. */
  let secret: Set<string>;

  beforeAll(async () => {
    const chair = await by('channel-chair');
    const { id } = channelCases[0]!;
    const write = () =>
      chair
        .post(`/v1/cases/${id}/contributions`, {
          category: 'radicalisation',
          kind: 'fact',
          summary: 'Seen with the group.',
          text: 'Seen with the group on Friday.',
        })
        .set('idempotency-key', 'compartment-repeats');
    const asked = await (
      await by('police-sergeant')
    ).post('/v1/access-requests', {
      caseId: id,
      reason: 'I meet the family tomorrow.',
      purpose: 'CRIME_PREVENT',
    });
    expect(asked.status).toBe(201);
    const answers = [
      await chair.get(`/v1/cases/${id}`).expect(200),
      await chair.get('/v1/cases?limit=100').expect(200),
      await chair.get(`/v1/cases/${id}/contributions?limit=100`).expect(200),
      await chair.get(`/v1/cases/${id}/people?limit=100`).expect(200),
      await chair.get('/v1/persons?limit=100').expect(200),
      await chair.get(`/v1/meetings?panelId=${channel.id}&limit=100`).expect(200),
      await chair.get(`/v1/referrals?panelId=${channel.id}&limit=100`).expect(200),
      await chair.get(`/v1/panels/${channel.id}`).expect(200),
      await chair.get(`/v1/panels/${channel.id}/memberships?limit=100`).expect(200),
      await write().expect(201),
      await write().expect(201),
      await chair.get(`/v1/cases/${id}/timeline?limit=100`).expect(200),
      await chair.post('/v1/policy/explanations', { type: 'Case', action: 'read', id }).expect(200),
      await chair.get('/v1/access-requests?limit=100').expect(200),
      await chair.get(`/v1/access-requests/${String(asked.body.id)}`).expect(200),
      await (
        await by('channel-officer')
      ).post(`/v1/cases/${id}/closure`, { closureReason: 'merged', outcome: 'resolved' }),
    ];
    const tables = await owner.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'panel_id'
         AND table_name <> 'persons'`,
    );
    secret = new Set([channel.id]);
    for (const { name } of tables.rows)
      for (const row of (
        await owner.query<{ id: string }>(`SELECT id FROM "${name}" WHERE panel_id = $1`, [channel.id])
      ).rows)
        secret.add(row.id);
    secret.add(asked.body.id);
    const all = await entriesOfAll(answers);
    inside = all.filter((entry) => idsIn(entry).some((one) => secret.has(one)));
    const routes = inside.map(({ route }) => route);
    expect(routes).toEqual(expect.arrayContaining(['GET /v1/persons', 'GET /v1/cases/:id/timeline']));
    expect(inside.length).toBeGreaterThanOrEqual(answers.length);
  });

  test('its named auditor can read every entry about it, in every way', async () => {
    expect(await meets('channel-auditor', inside)).toEqual(everywhere(true, inside));
  });

  test('another auditor of the partnership cannot read any entry about it, in any way', async () => {
    expect(await meets('auditor', inside)).toEqual(everywhere(false, inside));
    const text = await exported(server, 'auditor');
    expect(await verified(text)).toMatchObject({ code: 0 });
    const told = entriesIn(text).filter(({ leaf }) => leaf && leaf['rule'] !== 'not-found');
    expect(told.length).toBeGreaterThan(0);
    for (const { values } of told)
      for (const ids of [values!['recordIds'], values!['parentIds']] as (string[] | null)[])
        expect((ids ?? []).filter((id) => channelCases.some((one) => one.id === id))).toEqual([]);
    expect(JSON.stringify(told)).not.toContain(channel.id);
  });

  test('an auditor cannot read them through the second wall alone', async () => {
    const hidden = inside.filter(({ panelIds }) => panelIds?.includes(channel.id));
    expect(hidden.length).toBeGreaterThan(10);
    expect(await throughTheWall('auditor', hidden)).toEqual(hidden.map(() => false));
    expect(await throughTheWall('channel-auditor', hidden)).toEqual(hidden.map(() => true));
  });

  test('a member of the compartment reads other panels in entries of their own', async () => {
    const officer = await by('channel-officer');
    await owner.query(
      `INSERT INTO memberships (id, version, created_at, updated_at, panel_id, agency_id, practitioner_id, tier, role, valid_from)
       SELECT gen_random_uuid(), 1, now(), now(), n.id, p.agency_id, p.id, 'core', 'member', current_date - 1
       FROM practitioners p, panels n WHERE p.subject = 'channel-officer' AND n.code = 'ask-jag'`,
    );
    const entries = await entriesOf(await officer.get('/v1/cases?limit=100').expect(200));
    const isInside = (entry: Entry): boolean => entry.panelIds!.includes(channel.id);
    expect(new Set(entries.map(isInside))).toEqual(new Set([true, false]));
    for (const entry of entries.filter(isInside)) expect(entry.panelIds).toEqual([channel.id]);
    for (const entry of entries.filter((one) => !isInside(one)))
      expect(idsIn(entry).filter((id) => secret.has(id))).toEqual([]);
    const found = await meets('auditor', entries);
    for (const way of ['listed', 'policyAlone']) expect(found[way]).toEqual(entries.map((one) => !isInside(one)));
  });

  test('a hidden case and a missing one leave the same entries of an attempt', async () => {
    const shape = async (answer: { headers: Record<string, string> }) =>
      (await entriesOf(answer)).map(({ id: _, index: __, recordIds, ...rest }) => ({
        ...rest,
        ids: recordIds?.length,
      }));
    for (const who of ['outsider', 'auditor', 'police-sergeant']) {
      const caller = await by(who);
      for (const path of ['/v1/cases/', '/v1/panels/', '/v1/referrals/']) {
        const hidden = await caller
          .get(`${path}${path.includes('panels') ? channel.id : channelCases[0]!.id}`)
          .expect(404);
        const missing = await caller.get(`${path}${NOWHERE}`).expect(404);
        expect(await shape(hidden)).toEqual(await shape(missing));
        const both = [...(await entriesOf(hidden)), ...(await entriesOf(missing))];
        const { listed, policyAlone } = await meets('auditor', both);
        expect([new Set(listed).size, new Set(policyAlone).size]).toEqual([1, 1]);
      }
    }
    const ask = async (caseId: string) =>
      (await by('fire-officer')).post('/v1/access-requests', {
        caseId,
        reason: 'I need it.',
        purpose: 'CRIME_PREVENT',
      });
    const [hidden, missing] = [await ask(channelCases[0]!.id), await ask(NOWHERE)];
    expect([hidden.status, missing.status]).toEqual([201, 201]);
    expect(await shape(hidden)).toEqual(await shape(missing));
    const both = [...(await entriesOf(hidden)), ...(await entriesOf(missing))];
    expect(await meets('auditor', both)).toEqual(everywhere(true, both));
  });

  test('its auditor loses the entries when the operator ends the appointment', async () => {
    await owner.query(`UPDATE compartment_auditors SET until = now()`);
    expect(await meets('channel-auditor', inside)).toEqual(everywhere(false, inside));
    await owner.query(`UPDATE compartment_auditors SET until = NULL`);
    expect(await meets('channel-auditor', inside)).toEqual(everywhere(true, inside));
  });

  test('an auditor who sits on the panel cannot read the entries without being named', async () => {
    await owner.query(
      `INSERT INTO memberships (id, version, created_at, updated_at, panel_id, agency_id, practitioner_id, tier, role, valid_from)
       SELECT gen_random_uuid(), 1, now(), now(), $1, p.agency_id, p.id, 'core', 'member', current_date - 1
       FROM practitioners p WHERE p.subject = 'auditor'`,
      [channel.id],
    );
    expect(await meets('auditor', inside)).toEqual(everywhere(false, inside));
    await owner.query(
      `DELETE FROM memberships WHERE practitioner_id = (SELECT id FROM practitioners WHERE subject = 'auditor')`,
    );
  });

  test('the role of the service can name no auditor', async () => {
    const service = new pg.Client({ connectionString: server.databaseUrl });
    await service.connect();
    for (const sql of [
      'INSERT INTO compartment_auditors SELECT * FROM compartment_auditors',
      'UPDATE compartment_auditors SET until = NULL',
      'DELETE FROM compartment_auditors',
      'TRUNCATE compartment_auditors',
    ])
      await expect(service.query(sql)).rejects.toMatchObject({ code: '42501' });
    await service.end();
  });
});

describe('an excluded auditor', () => {
  const exclude = async (column: 'case_id' | 'person_id', id: string): Promise<void> => {
    const auditor = await practitioner(owner, 'auditor');
    await owner.query(
      `INSERT INTO exclusions (id, version, created_at, updated_at, partnership_id, practitioner_id, ${column}, reason, since, declared)
       VALUES (gen_random_uuid(), 1, now(), now(), $1, $2, $3, 'A neighbour.', now() - interval '1 minute', false)`,
      [channel.partnershipId, auditor.id, id],
    );
  };
  afterEach(async () => {
    await owner.query(`DELETE FROM exclusions WHERE reason = 'A neighbour.'`);
  });

  test('cannot read entries about the case; another auditor of the partnership can', async () => {
    const { rows } = await owner.query<{ id: string; meeting: string }>(
      `SELECT l.case_id AS id, l.meeting_id AS meeting FROM listings l JOIN panels n ON n.id = l.panel_id JOIN minutes m ON m.listing_id = l.id
       WHERE n.code = 'ask-jag' AND l.case_id IS NOT NULL ORDER BY l.id LIMIT 1`,
    );
    const { id, meeting } = rows[0]!;
    const other = jagCases.find((one) => one.id !== id)!;
    const officer = await by('housing-officer');
    const coordinator = await practitioner(owner, 'jag-coordinator');
    const about = await entriesOfAll([
      await officer.get(`/v1/cases/${id}`).expect(200),
      await officer.get(`/v1/cases/${id}/contributions?limit=100`).expect(200),
      await officer.get(`/v1/cases/${id}/people?limit=100`).expect(200),
      await (await by('outsider')).get(`/v1/cases/${id}`).expect(404),
      await officer
        .post('/v1/policy/explanations', { type: 'Case', action: 'read', id, actor: coordinator.id })
        .expect(403),
    ]);
    const opened = await officer.get(`/v1/meetings/${meeting}/minutes/document`).expect(200);
    const document = (await entriesOf(opened)).filter(({ parentIds }) => parentIds?.includes(id));
    expect(document.map(({ subjectType }) => subjectType)).toContain('Meeting');
    about.push(...document);
    const elsewhere = await entriesOf(await officer.get(`/v1/cases/${other.id}`).expect(200));
    expect(about.length).toBeGreaterThanOrEqual(5);
    expect(await meets('auditor', about)).toEqual(everywhere(true, about));
    await exclude('case_id', id);
    expect(await meets('auditor', about)).toEqual(everywhere(false, about));
    expect(await meets('auditor', elsewhere)).toEqual(everywhere(true, elsewhere));
    expect(await meets('channel-auditor', about)).toEqual(everywhere(true, about));
    expect(await throughTheWall('auditor', [...about, ...elsewhere])).toEqual([
      ...about.map(() => false),
      ...elsewhere.map(() => true),
    ]);
    expect(await verified(await exported(server, 'auditor'))).toMatchObject({ code: 0 });
  });

  test('cannot read entries about the person, their cases and the referrals that name them', async () => {
    const { rows } = await owner.query<{ person: string; referral: string }>(
      `SELECT n.person_id AS person, r.id AS referral FROM referral_people n JOIN referrals r ON r.id = n.referral_id
       JOIN panels p ON p.id = r.panel_id WHERE p.code = 'ask-marac' AND r.person_id IS DISTINCT FROM n.person_id
         AND r.submitted_at IS NOT NULL AND r.case_id IS NULL LIMIT 1`,
    );
    const { person, referral } = rows[0]!;
    const coordinator = await by('marac-coordinator');
    const about = await entriesOfAll([
      await coordinator.get(`/v1/persons/${person}`).expect(200),
      await coordinator.get(`/v1/referrals/${referral}`).expect(200),
      await coordinator.get(`/v1/referrals/${referral}/people`).expect(200),
    ]);
    expect(await meets('auditor', about)).toEqual(everywhere(true, about));
    await exclude('person_id', person);
    expect(await meets('auditor', about)).toEqual(everywhere(false, about));
    expect(await throughTheWall('auditor', about)).toEqual(about.map(() => false));
    expect(await meets('channel-auditor', about)).toEqual(everywhere(true, about));
  });

  test('cannot read entries about people and places that the excluded case or its repeat names', async () => {
    const officer = await by('housing-officer');
    const coordinator = await by('jag-coordinator');
    const { partnershipId } = channel;
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM panels WHERE code = 'ask-jag'`);
    const panelId = rows[0]!.id;
    const idOf = ({ body }: Response): string => (body as { id: string }).id;
    const personCalled = async (givenName: string): Promise<string> =>
      idOf(await officer.post('/v1/persons', { partnershipId, givenName, familyName: 'Larkmoor' }).expect(201));
    const placeCalled = async (name: string): Promise<string> =>
      idOf(await officer.post('/v1/places', { partnershipId, kind: 'estate', name }).expect(201));
    const referred = async (placeId: string, personIds: string[]): Promise<string> => {
      const people = personIds.map((personId) => ({ personId, role: 'complainant', rationale: 'Reported it.' }));
      const problem = 'Shouted at on the stair every evening, by four households.';
      const whyMultiAgency = 'Housing alone has not helped; police are needed.';
      const about = {
        panelId,
        subjectKind: 'place',
        placeId,
        category: 'asb_incident',
        people,
        problem,
        whyMultiAgency,
      };
      const lawful = { criteria: ['repeat_location'], consentStatus: 'given', legalGateway: 'CDA_S115' };
      return idOf(await officer.post('/v1/referrals', { ...about, ...lawful, submit: true }).expect(201));
    };
    const accepted = async (referral: string): Promise<string> =>
      (await coordinator.post(`/v1/referrals/${referral}/acceptance`, {}).set('if-match', '*').expect(200)).body.caseId;
    const [alone, shared] = [await personCalled('Isolde'), await personCalled('Ferelith')];
    const [place, elsewhere] = [await placeCalled('Larkmoor Yard'), await placeCalled('Larkmoor Green')];
    const caseId = await accepted(await referred(place, [alone, shared]));
    await accepted(await referred(elsewhere, [shared]));
    const inside = [
      await coordinator.get(`/v1/persons/${alone}`).expect(200),
      await coordinator.get(`/v1/places/${place}`).expect(200),
    ];
    await exclude('case_id', caseId);
    const repeat = await referred(place, [alone]);
    inside.push(
      await coordinator.get(`/v1/referrals/${repeat}`).expect(200),
      await coordinator.get(`/v1/persons/${alone}`).expect(200),
    );
    const hidden = await entriesOfAll(inside);
    // another case names this one as well, which makes no difference
    hidden.push(...(await entriesOf(await coordinator.get(`/v1/persons/${shared}`).expect(200))));
    expect(hidden).toHaveLength(5);
    expect(await meets('auditor', hidden)).toEqual(everywhere(false, hidden));
    expect(await throughTheWall('auditor', hidden)).toEqual(hidden.map(() => false));
    expect(await meets('channel-auditor', hidden)).toEqual(everywhere(true, hidden));
    // nor does a draft of anybody, or a later case
    await accepted(await referred(elsewhere, [alone]));
    expect(await meets('auditor', hidden)).toEqual(everywhere(false, hidden));
  });

  test('cannot read an entry about somebody on two panels, of which one has the excluded case', async () => {
    const officer = await by('housing-officer');
    const named = { partnershipId: channel.partnershipId, givenName: 'Perdita', familyName: 'Larkmoor' };
    const personId = (await officer.post('/v1/persons', named).expect(201)).body.id as string;
    const [marac] = await casesOf(owner, 'ask-marac');
    for (const id of [jagCases[0]!.id, marac!.id]) {
      const role = { personId, role: 'witness', rationale: 'Lives next door.', since: '2026-01-01' };
      await officer.post(`/v1/cases/${id}/people`, role).expect(201);
    }
    const reader = await by('adult-social-worker');
    const both = await entriesOf(await reader.get(`/v1/persons/${personId}`).expect(200));
    expect(both.map(({ panelIds }) => panelIds?.length)).toEqual([2]);
    expect(await meets('auditor', both)).toEqual(everywhere(true, both));
    await exclude('case_id', marac!.id);
    expect(await meets('auditor', both)).toEqual(everywhere(false, both));
    expect(await throughTheWall('auditor', both)).toEqual([false]);
    expect(await meets('channel-auditor', both)).toEqual(everywhere(true, both));
  });

  test('learns nothing from the entry of their own attempt', async () => {
    const { id } = jagCases[2]!;
    await exclude('case_id', id);
    const auditor = await by('auditor');
    const own = await entriesOfAll([await auditor.get(`/v1/cases/${id}`), await auditor.get(`/v1/cases/${NOWHERE}`)]);
    expect(own.map(({ rule }) => rule)).toEqual(['not-found', 'not-found']);
    expect(await meets('auditor', own)).toEqual(everywhere(true, own));
    expect(await throughTheWall('auditor', own)).toEqual([true, true]);
  });
});

describe('the verifier', () => {
  const old = fs.readFileSync('test/fixtures/audit-export-1.ndjson', 'utf8');

  test('accepts an export of the first format, and finds what was altered in it', async () => {
    expect(await verified(old)).toMatchObject({ code: 0, text: expect.stringContaining('ok: 5 entries') });
    expect(await verified(old.replace('"outcome":"refuse"', '"outcome":"permit"'))).toMatchObject({ code: 1 });
  });

  test('accepts a log that began with entries of the first format', async () => {
    const { generateKeyPairSync } = await import('node:crypto');
    const { Frontier } = await import('#built/audit/sealing');
    const {
      commitTo: committed,
      EARLIER_LEAF_MEMBERS,
      FORMAT,
      LEAF_MEMBERS,
      leafHashOf,
      leafOf,
      PERSONAL,
      SigningKeys,
    } = await import('#built/audit/sealing');
    const keys = new SigningKeys(generateKeyPairSync('ed25519').privateKey);
    const tree = new Frontier();
    const lines: object[] = [];
    for (const [index, panelIds] of [null, null, [channel.id]].entries()) {
      const values = { recordIds: [NOWHERE], personIds: null, parentIds: panelIds, search: null, reason: null };
      const blank = Object.fromEntries(LEAF_MEMBERS.map((member) => [member, null]));
      const entry = { ...blank, index, panelIds, ...values, ...committed(values) } as never as Parameters<
        typeof leafOf
      >[0];
      tree.append(leafHashOf(entry));
      const leafHash = leafHashOf(entry).toString('base64');
      lines.push({ type: 'entry', index, leafHash, leaf: leafOf(entry), values, salts: entry.salts });
      const signed = { size: tree.size, root: tree.root().toString('base64'), time: new Date() };
      lines.push({ type: 'checkpoint', ...signed, keyId: keys.id, signature: keys.sign(signed) });
    }
    expect(Object.keys((lines[0] as { leaf: object }).leaf)).not.toContain('panelIds');
    expect(Object.keys((lines[4] as { leaf: object }).leaf)).toContain('panelIds');
    const header = {
      type: 'header',
      format: FORMAT,
      keys: [...keys.publicKeys].map(([id, publicKey]) => ({ id, publicKey })),
      size: 3,
      leafMembers: LEAF_MEMBERS,
      earlierLeafMembers: EARLIER_LEAF_MEMBERS,
      personal: PERSONAL,
    };
    const text = (all: object[]): string => `${all.map((one) => JSON.stringify(one)).join('\n')}\n`;
    expect(await verified(text([header, ...lines]))).toMatchObject({ code: 0 });
    const moved = text([header, ...lines]).replace(new RegExp(`"panelIds":\\["${channel.id}"\\]`), '"panelIds":[]');
    expect(await verified(moved)).toMatchObject({ code: 1 });
  });
});

test('an entry made before panels were written down is read by no auditor who is kept from anything', async () => {
  const entries = await entriesOf(await (await by('housing-officer')).get(`/v1/cases/${jagCases[3]!.id}`).expect(200));
  await (
    await intruder(server)
  ).query('UPDATE audit_entries SET panel_ids = NULL WHERE id = ANY ($1)', [entries.map(({ id }) => id)]);
  expect(await meets('auditor', entries)).toEqual(everywhere(false, entries));
  expect(await meets('channel-auditor', entries)).toEqual(everywhere(true, entries));
});
