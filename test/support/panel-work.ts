/** What specs about ways in ask of every exit: a case with all that hangs on it, as one person sees it. */
import pg from 'pg';
import type { Response } from 'supertest';
import { as, type Caller } from './people.ts';
import type { TestServer } from './server.ts';

/** The database as its owner: for what only time or an administrator would change. */
export async function asOwner(server: TestServer): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: server.ownerUrl });
  owner.on('error', () => undefined); // the database is dropped when the spec ends
  await owner.connect();
  return owner;
}

/** Identifiers of the cases of a panel that are not closed, newest first. */
export async function casesOf(owner: pg.Client, panel: string): Promise<{ id: string; reference: string }[]> {
  const { rows } = await owner.query<{ id: string; reference: string }>(
    `SELECT c.id, c.reference FROM cases c JOIN panels p ON p.id = c.panel_id
     WHERE p.code = $1 AND c.stage <> 'closed' ORDER BY c.updated_at DESC, c.id`,
    [panel],
  );
  return rows;
}

export async function practitioner(owner: pg.Client, subject: string): Promise<{ id: string; agencyId: string }> {
  const { rows } = await owner.query<{ id: string; agencyId: string }>(
    'SELECT id, agency_id AS "agencyId" FROM practitioners WHERE subject = $1',
    [subject],
  );
  return rows[0] as { id: string; agencyId: string };
}

/** Marks a former name of a member of staff as entered in error, as the data protection officer. */
export async function markInError(
  server: TestServer,
  { id, agencyId }: { id: string; agencyId: string },
  name: string,
): Promise<void> {
  const officer = await as(server, 'dpo');
  const names = `/v1/agencies/${agencyId}/people/${id}/names`;
  const { body } = await officer.get(`${names}?limit=100`).expect(200);
  const found = (body.data as { id: string; name: string }[]).find((one) => one.name === name);
  await officer
    .post(`${names}/${String(found?.id)}/correction`, { reason: 'A slip.' })
    .set('if-match', '*')
    .expect(200);
}

/** Registers somebody a second time, by the same agency under the same name, without roles and seats. */
export async function registeredAgain(owner: pg.Client, subject: string): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO practitioners SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'subject', 'again-' || gen_random_uuid(), 'roles', '{}'::text[]))).*
     FROM practitioners p WHERE p.subject = $1 RETURNING id`,
    [subject],
  );
  return rows[0]!.id;
}

/** Everywhere a case can be met: whether this person meets it there. */
export async function meets(caller: Caller, owner: pg.Client, caseId: string): Promise<Record<string, boolean>> {
  const found: Record<string, boolean> = {};
  const at = async (path: string): Promise<void> => {
    const { status } = await caller.get(path.replace('{case}', caseId));
    if (![200, 404].includes(status)) throw new Error(`${caller.who}: ${path}: ${String(status)}`);
    found[path] = status === 200;
  };
  for (const part of ['', '/people', '/contributions', '/assessments', '/plans', '/timeline'])
    await at(`/v1/cases/{case}${part}`);
  let inList = false;
  for (let cursor = ''; ;) {
    const { body } = await caller.get(`/v1/cases?limit=100${cursor}`).expect(200);
    inList ||= body.data.some(({ id }: { id: string }) => id === caseId);
    if (!body.next) break;
    cursor = `&cursor=${String(body.next)}`;
  }
  found['list'] = inList;
  const contributions = await owner.query<{ id: string }>(
    `SELECT id FROM contributions WHERE case_id = $1 AND NOT agency_only AND category = 'asb_incident' LIMIT 1`,
    [caseId],
  );
  for (const { id } of contributions.rows) {
    const { status } = await caller.get(`/v1/contributions/${id}`);
    found['contribution'] = status === 200;
  }
  const { body } = await caller
    .post('/v1/policy/explanations', { action: 'read', type: 'Case', id: caseId })
    .expect((answer: Response) => {
      if (![200, 404].includes(answer.status)) throw new Error(answer.text);
    });
  found['explanation'] = body.outcome === 'permit';
  return found;
}

export const all = (found: Record<string, boolean>): boolean => Object.values(found).every(Boolean);
export const none = (found: Record<string, boolean>): boolean => !Object.values(found).some(Boolean);

/** What an answer says, but for what differs between any two answers. */
export function likeness({ status, headers, body }: Response): string {
  const shape = (value: unknown): unknown =>
    typeof value === 'string'
      ? value
          .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
          .replace(/\b[0-9a-f]{32}\b/g, 'TRACE')
          .replace(/[A-Z]{2,10}-\d{4}-\d+/g, 'REFERENCE')
          .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
      : Array.isArray(value)
        ? value.map(shape)
        : value && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
          : value;
  const named = Object.keys(headers).sort();
  return JSON.stringify([status, named, String(headers['etag'] ?? '').replace(/-.*/, ''), shape(body)]);
}

export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** The coordination checks who would receive what of a meeting's papers, and approves it: then they may go out. */
export async function checked(server: TestServer, meeting: string, maker: string, second: string): Promise<Response> {
  const { body, headers } = await (await as(server, maker)).post(`${meeting}/circulation-checks`).expect(201);
  const approver = await as(server, body.needsSecondApproval ? second : maker);
  return approver
    .post(`${meeting}/circulation-checks/${body.id as string}/approval`)
    .set('if-match', headers['etag'] as string)
    .expect(200);
}

/** Opens a meeting that is planned, so that it can decide and be closed before its day. */
export async function openMeeting(server: TestServer, meeting: string, who: string): Promise<void> {
  const caller = await as(server, who);
  const { body } = await caller.get(meeting).expect(200);
  if (['scheduled', 'papers_out'].includes(body.status as string))
    await caller.post(`${meeting}/opening`).set('if-match', '*').expect(200);
}

/** The body of a referral of a victim and the perpetrator, as an agency submits it. */
export const aReferral = (panelId: string, personId: string, perpetratorId: string): object => ({
  panelId,
  category: 'police_incident',
  subjectKind: 'person_victim',
  personId,
  people: [{ personId: perpetratorId, role: 'perpetrator', rationale: 'Named by the victim.' }],
  criteria: ['visible_high_risk'],
  consentStatus: 'given',
  subjectAware: 'yes',
  safeToTell: true,
  legalGateway: 'CDA_S115',
  incidentOn: new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10),
  problem: 'Threats since the separation, the last one on Friday night.',
  whyMultiAgency: 'Housing, police and health each hold a part of it.',
  submit: true,
});

/** Waits until so many requests wait for a lock of the database, at most two seconds: for the log, the second waits in the service. */
export async function untilWaiting(owner: pg.Client, count: number): Promise<void> {
  const waiting = `SELECT count(DISTINCT l.pid)::int AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE NOT l.granted AND a.datname = current_database()`;
  for (let tries = 0; tries < 40; tries += 1) {
    if ((await owner.query<{ n: number }>(waiting)).rows[0]!.n >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * As if the item was decided while its recusals ran, and a chair ended them then because the conflicts were over: this item
 * stays hidden, and later ones do not.
 */
export async function conflictsAreOver(owner: pg.Client, listingId: string): Promise<void> {
  await owner.query(
    `INSERT INTO decisions (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, case_id, panel_id,
       meeting_id, listing_id, kind, text, rationale, quorate)
     SELECT gen_random_uuid(), 1, r.created_at, r.created_at, r.partnership_id, r.agency_id, r.contributing_type, r.case_id,
       r.panel_id, r.meeting_id, r.listing_id, 'note', 'Noted.', 'Nothing new.', true
     FROM recusals r WHERE r.listing_id = $1 AND r.ended_at IS NULL ORDER BY r.id DESC LIMIT 1
     ON CONFLICT (listing_id) WHERE corrected_at IS NULL DO UPDATE SET created_at = EXCLUDED.created_at`,
    [listingId],
  );
  await owner.query(
    `UPDATE recusals SET ended_at = created_at + interval '1 second', ended_by_id = practitioner_id, end_kind = 'ended',
       end_reason = 'He moved.' WHERE listing_id = $1 AND ended_at IS NULL`,
    [listingId],
  );
}
