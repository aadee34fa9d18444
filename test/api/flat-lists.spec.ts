/**
 * The case list stays flat: what a page touches does not grow with the number of cases, also for a panel whose ten cases
 * are older than everything else. Asserted by the plan's own count of buffers and by the number of statements, never by a
 * stopwatch.
 *
 * Seen to fail: the seek by panel taken out of the list query (thousands of buffers); a statement sent for each row.
 */
import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import type { Actor } from '../../src/authentication/actor.ts';
import { givenDatabase } from '../support/database.ts';

const MOST_BUFFERS = 200;
const NEW_PANELS = 16;

interface Plan {
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  'Actual Rows': number;
}

/** `count` cases on sixteen panels, and a seventeenth panel with ten cases older than all of them. */
async function givenCases(count: number): Promise<{ client: pg.Client; panels: string[]; oldPanel: string }> {
  const { adminUrl, serviceUrl } = await givenDatabase();
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined); // the database is dropped when the spec ends
  await client.connect();
  await client.query('SET session_replication_role = replica'); // the panels below are not made
  const uuid = (kind: number, n: string) =>
    `(lpad(to_hex(${n}), 8, '0') || '-0000-7000-8000-' || lpad('${String(kind)}', 12, '0'))::uuid`;
  const columns = `id, version, partnership_id, agency_id, contributing_type, subject_kind, panel_id, reference, stage, category,
    summary, lead_agency_id, rules_edition, opened_at, updated_at`;
  const row = (
    n: string,
    panel: string,
    age: string,
  ) => `SELECT ${uuid(1, n)}, 1, ${uuid(2, '1')}, ${uuid(3, '1')}, 'police', 'theme',
    ${panel}, 'GEN-' || ${n}, 'open', 'asb_incident', repeat('A generated case. ', 20), ${uuid(3, '1')}, 1, now(), now() - ${age}`;
  await client.query(
    `INSERT INTO cases (${columns}) ${row('n', uuid(4, `n % ${String(NEW_PANELS)} + 1`), `n * interval '1 second'`)} FROM generate_series(1, $1::int) n`,
    [count],
  );
  await client.query(
    `INSERT INTO cases (${columns}) ${row('n + 100000000', uuid(4, '999'), `n * interval '1 day' + interval '9 years'`)} FROM generate_series(1, 10) n`,
  );
  await client.query('VACUUM ANALYZE cases');
  const ids = await client.query<{ panel_id: string }>('SELECT DISTINCT panel_id FROM cases WHERE reference LIKE $1', [
    'GEN-%',
  ]);
  const all = ids.rows.map((one) => one.panel_id);
  const oldPanel = all.find((id) => id.startsWith('000003e7')) as string;
  await client.end();
  // read as the service reads: both walls stand
  const service = new pg.Client({ connectionString: serviceUrl });
  service.on('error', () => undefined);
  await service.connect();
  return { client: service, panels: all.filter((id) => id !== oldPanel), oldPanel };
}

/** Somebody of the partnership of all generated cases. */
const WALL = {
  actor: '00000000-0000-7000-8000-000000000009',
  agency: '00000000-0000-7000-8000-000000000008',
  partnerships: '{00000001-0000-7000-8000-000000000002}',
  hidden: '{}',
};

function memberOf(panelIds: string[]): Actor {
  return {
    kind: 'practitioner',
    id: '00000000-0000-7000-8000-000000000009',
    name: 'A core member',
    agencyId: '00000000-0000-7000-8000-000000000008',
    agencyType: 'police',
    roles: [],
    purpose: 'PANEL_MEETING',
    now: new Date(),
    call: { correlationId: 'flat', route: 'TEST' },
    securityContext: WALL,
    nameKeys: [],
    registrationIds: ['00000000-0000-7000-8000-000000000009'],
    loginRegistrationIds: ['00000000-0000-7000-8000-000000000009'],
    partnershipIds: [],
    workingPartnershipIds: [],
    memberships: panelIds.map((panelId) => ({
      panelId,
      partnershipId: '00000000-0000-7000-8000-000000000000',
      panelType: 'jag',
      compartment: false,
      tier: 'core',
      role: 'member',
    })),
    coordinatedPanelIds: [],
    excludedCaseIds: [],
    namedExcludedCaseIds: [],
    excludedReferralIds: [],
    excludedPersonIds: [],
    panelExclusions: [],
    peopleOfHiddenMatters: [],
    emergencyCaseIds: [],
    emergencyRoleIdsAsShared: [],
    emergencyPersonIdsAsShared: [],
    auditedPanelIds: [],
    excludedFromAuditIds: [],
    namedInExcluded: [],
    compartmentPanelIds: [],
    grantedCaseIds: [],
    recusedListingIds: [],
    recusedCaseIds: [],
    invitations: [],
    agreements: [],
  };
}

for (const count of [20_000, 200_000]) {
  test(`a page of cases touches at most ${String(MOST_BUFFERS)} buffers at ${String(count)} cases`, async () => {
    (await import('#built/policies')).registerPolicies();
    const { listSql } = await import('#built/records/record-queries');
    const { Case } = await import('#built/cases/case.entity');
    const { setContextStatement: entering } = await import('#built/records/database-session');
    const { client, panels, oldPanel } = await givenCases(count);
    const touched: Record<string, number> = {};
    for (const [who, on] of [
      ['a member of one panel', panels.slice(0, 1)],
      ['a member of four panels', panels.slice(0, 4)],
      ['a member of sixteen panels', panels],
      ['a member of a panel with ten old cases', [oldPanel]],
      ['a member of that panel and two others', [oldPanel, ...panels.slice(0, 2)]],
      ['a coordinator of one panel, outside a compartment', panels.slice(0, 1)],
      ['a coordinator of four panels, outside a compartment', panels.slice(0, 4)],
    ] as const) {
      const coordinates = who.startsWith('a coordinator') && {
        coordinatedPanelIds: [...on],
        compartmentPanelIds: ['00000000-0000-7000-8000-000000000007'],
      };
      const { text, values } = listSql({ ...memberOf([...on]), ...coordinates }, Case, 'read', {
        filter: {},
        limit: 26,
      });
      await client.query('BEGIN');
      await client.query(entering(WALL));
      // a generic plan is what a prepared statement ends up with
      await client.query('SET plan_cache_mode = force_generic_plan');
      const explain = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
      await client.query({ text: explain, values });
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>({ text: explain, values });
      await client.query('COMMIT');
      const plan = (rows[0] as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan;
      expect(plan['Actual Rows']).toBe(on[0] === oldPanel && on.length === 1 ? 10 : 26);
      touched[who] = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
    }
    await client.end();
    process.stdout.write(`${String(count)} cases: buffers ${JSON.stringify(touched)}\n`);
    for (const [who, buffers] of Object.entries(touched))
      expect({ who, within: buffers <= MOST_BUFFERS }).toEqual({ who, within: true });
  }, 120_000);
}

test('a page of cases takes the same few statements, whatever its size', async () => {
  (await import('#built/policies')).registerPolicies();
  const { SealedLog } = await import('#built/audit/log');
  const { SigningKeys } = await import('#built/audit/sealing');
  const { CaseItemView } = await import('#built/cases/case.response');
  const { entities } = await import('#built/entities');
  const { DisclosureRows } = await import('#built/disclosures/disclosure-rows');
  const { EventOutbox } = await import('#built/events/outbox');
  const { databaseOptions, openDatabase } = await import('#built/database/data-source');
  const { Clock } = await import('#built/time/clock');
  const { ChangeEffects } = await import('#built/records/change-effects');
  const { Records } = await import('#built/records/records');
  const { serviceUrl, ownerUrl } = await givenDatabase();
  const owner = await openDatabase(databaseOptions(ownerUrl, entities, { maintenance: true }));
  const panels = await owner.query<{ id: string; partnership_id: string }[]>('SELECT id, partnership_id FROM panels');
  await owner.destroy();
  const source = await openDatabase(databaseOptions(serviceUrl, entities));
  const log = new SealedLog(
    serviceUrl,
    new SigningKeys(generateKeyPairSync('ed25519').privateKey),
    new DisclosureRows(),
    'policy',
  );
  const records = new Records(
    source,
    log,
    new ChangeEffects(log, new EventOutbox(), new DisclosureRows()),
    new Clock(),
  );

  const { default: driver } = await import('pg');
  const prototype = driver.Client.prototype as unknown as { query: (...sent: unknown[]) => unknown };
  const { query } = prototype;
  let statements = 0;
  prototype.query = function (...sent) {
    statements += 1;
    return query.apply(this, sent);
  };
  try {
    const taken: number[] = [];
    for (const limit of [5, 25]) {
      statements = 0;
      const partnerships = `{${panels.map((one) => one.partnership_id).join(',')}}`;
      const actor = { ...memberOf(panels.map((one) => one.id)), securityContext: { ...WALL, partnerships } };
      const { body } = await records.read(actor, (work) => work.respond.page(CaseItemView, {}, { limit }));
      expect((body as { data: object[] }).data.length).toBe(limit);
      taken.push(statements);
    }
    // begin, the context, the page and commit; the same for the log entry, which reads may share: begin, the context, the
    // last checkpoint, the next, commit
    expect(taken).toEqual([9, 9]);
  } finally {
    prototype.query = query;
    await source.destroy();
    await log.onApplicationShutdown();
  }
});
