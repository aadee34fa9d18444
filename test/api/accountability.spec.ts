/**
 * Every read, every change and every refusal leaves its entry in the log; every change leaves an event; neither can be
 * altered by the service's own role. What else the log promises is in the `audit` specs.
 *
 * Seen to fail: a refused command written down about what was read on its way, or about nothing; `consulted` left out of `present`; a refusal thrown without its draft; the log not revoked from the
 * service's role in `migrations/grants.sql`.
 */
import pg from 'pg';
import { as } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let database: pg.Client;
let service: pg.Client;

beforeAll(async () => {
  server = await givenServer();
  database = new pg.Client({ connectionString: server.database.adminUrl });
  database.on('error', () => undefined); // the database is dropped when the spec ends
  await database.connect();
  service = new pg.Client({ connectionString: server.databaseUrl });
  service.on('error', () => undefined);
  await service.connect();
});

interface Entry {
  operation: string;
  action: string;
  outcome: string;
  subject_type: string;
  record_ids: string[];
  fields: string[];
  withheld: string[];
  agreement_version_ids: string[];
  purpose: string;
}

/** The entries of one answer, by its correlation id. */
async function entriesOf(answer: { headers: Record<string, string> }): Promise<Entry[]> {
  const { rows } = await database.query<Entry>('SELECT * FROM audit_entries WHERE correlation_id = $1', [
    answer.headers['x-correlation-id'],
  ]);
  return rows;
}

const aCase = async (reference: string): Promise<string> => {
  const { rows } = await database.query<{ id: string }>(
    'SELECT id FROM cases WHERE reference LIKE $1 ORDER BY id LIMIT 1',
    [`${reference}%`],
  );
  return rows[0]?.id ?? '';
};

test('a read is written down with what was shown, what was withheld and under which agreement', async () => {
  const officer = await as(server, 'housing-officer');
  const { rows } = await database.query<{ id: string }>(
    `SELECT p.id FROM persons p JOIN cases c ON c.person_id = p.id JOIN panels n ON n.id = c.panel_id
     WHERE n.code = 'ask-marac' AND p.contributing_type = 'police' LIMIT 1`,
  );
  const answer = await officer
    .get(`/v1/persons/${rows[0]?.id ?? ''}`)
    .set('purpose', 'PANEL_MEETING')
    .expect(200);
  const [entry] = await entriesOf(answer);
  expect(entry).toMatchObject({ operation: 'disclose', action: 'read', outcome: 'permit', subject_type: 'Person' });
  expect(entry?.record_ids).toEqual([answer.body.id]);
  expect(entry?.withheld).toEqual(answer.body.withheld);
  expect(entry?.fields.sort()).toEqual(
    Object.keys(answer.body)
      .filter((field) => field !== 'withheld')
      .sort(),
  );
  expect(entry?.agreement_version_ids.length).toBeGreaterThan(0);
  expect(entry?.purpose).toBe('PANEL_MEETING');
});

test('a list is written down with every record on the page', async () => {
  const idva = await as(server, 'idva');
  const answer = await idva.get('/v1/cases?limit=5').expect(200);
  const written = (await entriesOf(answer)).flatMap((entry) => entry.record_ids);
  expect(written.sort()).toEqual(answer.body.data.map((one: { id: string }) => one.id).sort());
});

test('what the outsider is refused is written down, and he is told nothing', async () => {
  const outsider = await as(server, 'outsider');
  const id = await aCase('MARAC');
  const answer = await outsider.get(`/v1/cases/${id}`).expect(404);
  expect(await entriesOf(answer)).toMatchObject([
    { operation: 'consult', outcome: 'refuse', subject_type: 'Case', record_ids: [id] },
  ]);
});

test('a contribution leaves its event and its entry, and both are undone where it fails', async () => {
  const officer = await as(server, 'housing-officer');
  const id = await aCase('JAG');
  const body = { category: 'housing', kind: 'fact', summary: 'Tenancy began in May.', text: 'Tenancy began in May.' };
  const made = await officer.post(`/v1/cases/${id}/contributions`, body).expect(201);
  const events = await database.query('SELECT type, case_id, category FROM events WHERE subject_id = $1', [
    made.body.id,
  ]);
  expect(events.rows).toEqual([{ type: 'contribution.made', case_id: id, category: 'housing' }]);
  expect((await entriesOf(made)).map((entry) => entry.operation)).toContain('collect');
  const failed = await officer.post(`/v1/cases/${id}/contributions`, { ...body, handling: 'C' }).expect(422);
  expect((await entriesOf(failed)).map((entry) => entry.operation)).not.toContain('collect');
});

test('a command that is refused on the way is written down with what it was about', async () => {
  const officer = await as(server, 'housing-officer');
  const id = await aCase('JAG');
  const { rows } = await database.query<{ partnership_id: string }>('SELECT partnership_id FROM cases WHERE id = $1', [
    id,
  ]);
  const person = await officer
    .post('/v1/persons', { partnershipId: rows[0]?.partnership_id, givenName: 'Ada', familyName: 'Quenby' })
    .expect(201);
  const role = { personId: person.body.id, role: 'witness', rationale: 'Saw it.', since: '2026-01-01' };
  const first = await officer.post(`/v1/cases/${id}/people`, role).expect(201);
  // refused by the database
  const twice = await officer.post(`/v1/cases/${id}/people`, role).expect(409);
  expect(await entriesOf(twice)).toMatchObject([
    { outcome: 'refuse', subject_type: 'Case', record_ids: [id], rule: 'already-exists' },
    { outcome: 'refuse', subject_type: 'Person', record_ids: [person.body.id], rule: 'already-exists' },
  ]);
  // refused by the service, after it read the case
  const path = `/v1/cases/${id}/people/${String(first.body.id)}/ending`;
  const ending = { kind: 'ended', until: '2026-02-01', reason: 'Moved away.' };
  await officer.post(path, ending).expect(201);
  expect(await entriesOf(await officer.post(path, ending).expect(409))).toMatchObject([
    { outcome: 'refuse', subject_type: 'CasePerson', record_ids: [first.body.id], rule: 'ended' },
  ]);
});

test('the service’s own role can neither change nor delete what was written down', async () => {
  for (const table of ['audit_entries', 'events'])
    for (const sql of [`UPDATE ${table} SET id = id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
      await expect(service.query(sql)).rejects.toThrow('permission denied');
});

test('only the auditor reads the log, and her reading is in it', async () => {
  for (const who of ['jag-chair', 'dpo', 'idva']) await (await as(server, who)).get('/v1/audit-entries').expect(403);
  const auditor = await as(server, 'auditor');
  const answer = await auditor.get('/v1/audit-entries?limit=3').expect(200);
  expect(await entriesOf(answer)).toMatchObject([{ subject_type: 'AuditEntry', outcome: 'permit' }]);
});
