/**
 * Comparison server with the same duties, written by hand with Fastify and `pg`. It verifies the token, reads memberships
 * and exclusions for each request, limits rows to them, masks fields by the levels of the agreement, and commits one
 * plain audit row before each response.
 *
 * It has no row-level security, no sealed log, no disclosures, no explanations and no grants, invitations or emergency
 * access. It has no pack, which would repeat the rules of ten types of records.
 */
import { randomInt, randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';
import { auditLog, entryOf, INSERT_AUDIT } from './audit.mjs';
import { FIELDS, masks, TASK_FIELDS } from './masks.mjs';
import { signIn } from './reader.mjs';

/** @typedef {import('./reader.mjs').Reader} Reader */
/** @typedef {Record<string, any>} Row */

// as in the service: a date is a calendar day without a time
pg.types.setTypeParser(pg.types.builtins.DATE, String);

const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString, max: 10 });
const readerOf = await signIn(pool, {
  issuer: 'https://sandbox.wardmote.example',
  audience: 'https://wardmote.example/api',
  jwksUri: process.env.JWKS_URI ?? '',
});
const masksFor = masks(pool);
const audited = await auditLog(new pg.Pool({ connectionString, max: 1 }));

/** @param {string} alias @param {string[]} fields */
const columns = (alias, fields) =>
  fields.map((field) => `${alias}.${field.replace(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)} AS "${field}"`).join();
const CONTRIBUTOR = ['agencyId', 'contributingType'];
const ACTION_FIELDS =
  'id version caseId panelId planId agencyId category ownerAgencyId ownerPractitionerId description measure evidenceOfCompletion relatesTo status dueOn originalDueOn endedOn outcomeText updatedAt'.split(
    ' ',
  );

const STAGE = `CASE WHEN c.stage IN ('open', 'monitoring') AND EXISTS (SELECT FROM listings l JOIN meetings m ON m.id = l.meeting_id
    WHERE l.case_id = c.id AND l.removed_at IS NULL AND l.outcome IS NULL AND m.status IN ('scheduled', 'papers_out', 'in_session'))
  THEN 'listed' ELSE c.stage END AS stage`;
const withoutStage = (/** @type {object} */ fields) => Object.keys(fields).filter((field) => field !== 'stage');
const READABLE = `c.id <> ALL($2::uuid[]) AND c.closure_reason IS DISTINCT FROM 'referred_in_error'`;
const LIST = `SELECT ${columns('c', [...withoutStage(FIELDS.caseItem), ...CONTRIBUTOR])}, ${STAGE}
  FROM unnest($1::uuid[]) p CROSS JOIN LATERAL (
    SELECT * FROM cases c WHERE c.panel_id = p AND ${READABLE} ORDER BY c.updated_at DESC, c.id DESC LIMIT 25) c
  ORDER BY c.updated_at DESC, c.id DESC LIMIT 25`;
const ONE = `SELECT ${columns('c', [...withoutStage(FIELDS.case), 'contributingType'])}, ${STAGE}
  FROM cases c WHERE c.panel_id = ANY($1::uuid[]) AND ${READABLE} AND c.id = $3`;
const CONTRIBUTIONS = `SELECT ${columns('o', [...Object.keys(FIELDS.contribution), 'contributingType', 'panelId'])},
    o.recalled_at IS NOT NULL
    OR (o.originator_control AND o.agency_id <> $2 AND NOT EXISTS (SELECT FROM release_requests r WHERE r.contribution_id = o.id
      AND r.status = 'approved' AND r.agency_id = $2 AND r.expires_at > now() AND (r.released_to = 'agency' OR r.practitioner_id = $3)))
    OR (o.handling = 'C' AND NOT EXISTS (SELECT FROM handling_acknowledgements a WHERE a.contribution_id = o.id
      AND a.practitioner_id = $3 AND a.voided_at IS NULL)) AS "isCapped"
  FROM contributions o WHERE o.case_id = $1 AND (NOT o.agency_only OR o.agency_id = $2) ORDER BY o.updated_at DESC, o.id DESC`;
const ACTIONS = `SELECT ${columns('t', ACTION_FIELDS)}, t.due_on < current_date AND t.status IN ('proposed', 'agreed', 'in_progress', 'blocked') AS overdue
  FROM actions t WHERE t.owner_agency_id = $1 AND t.case_id <> ALL($3::uuid[])
    AND (t.panel_id = ANY($2::uuid[]) OR (t.owner_practitioner_id = $4 AND t.owner_named_by_id <> $4))
  ORDER BY t.updated_at DESC, t.id DESC LIMIT 25`;
const SEARCH = `SELECT ${columns(
  'p',
  Object.keys(FIELDS.person).filter((field) => field !== 'contextPanelIds'),
)}, p.contributing_type AS "contributingType",
    coalesce(x.panels, '{}') AS "contextPanelIds"
  FROM persons p CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT c.panel_id) AS panels FROM (
      SELECT c.* FROM cases c WHERE c.person_id = p.id
      UNION ALL SELECT c.* FROM case_people r JOIN cases c ON c.id = r.case_id WHERE r.person_id = p.id) c
    WHERE c.panel_id = ANY($1::uuid[]) AND ${READABLE}) x
  WHERE p.partnership_id = $3 AND p.family_name_key = $4 AND p.id <> ALL($5::uuid[]) AND (x.panels IS NOT NULL OR p.author_id = $6)`;

const REFERABLE = `SELECT p.partnership_id AS "partnershipId", p.reference_prefix AS prefix FROM panels p JOIN places l ON l.id = $2 AND l.author_id = $3
  WHERE p.id = $1 AND p.type <> 'steering_group' AND NOT p.compartment
    AND p.partnership_id IN (SELECT partnership_id FROM agency_partnerships WHERE agency_id = $4)`;
const NUMBER = `INSERT INTO reference_numbers (series, year, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING number`;
const REFER = `INSERT INTO referrals (id, version, partnership_id, agency_id, contributing_type, subject_kind, place_id, panel_id, reference, status,
    category, problem, why_multi_agency, criteria, legal_gateway, author_id, submitted_at)
  VALUES ($1, 1, $2, $3, $4, 'place', $5, $6, $7, 'submitted', $8, $9, $10, $11, $12, $13, now()) RETURNING *`;
const EARLIER = `SELECT id, status FROM referrals WHERE panel_id = $1 AND place_id = $2 AND id <> $3 AND status IN ('submitted', 'accepted')
  ORDER BY submitted_at DESC LIMIT 1`;
const SCREENING = `INSERT INTO referral_screenings (id, version, partnership_id, agency_id, contributing_type, panel_id, is_repeat, previous_referral_id, duplicate_of_id)
  VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)`;
const EVENT = `INSERT INTO events (id, at, type, subject_type, subject_id, partnership_id, panel_id, actor_id, agency_id, data)
  SELECT gen_random_uuid(), now(), type, 'Referral', $1, $2, $3, $4, $5, '{}' FROM unnest(ARRAY['referral.drafted', 'referral.submitted']) type`;

/** @param {string} name @param {string} text @param {unknown[]} values @returns {Promise<Row[]>} */
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const app = Fastify();
app.decorateRequest('reader', null);
app.addHook('onRequest', async (request, reply) => {
  const reader = await readerOf(request.headers.authorization);
  if (!reader) return reply.status(401).send({ code: 'unauthenticated' });
  request.setDecorator('reader', reader);
});
/** @param {import('fastify').FastifyRequest} request @returns {Reader} */
const readerIn = (request) => request.getDecorator('reader');

app.get('/v1/cases', async (request) => {
  const reader = readerIn(request);
  const [found, { mask }] = await Promise.all([
    rows('list', LIST, [reader.corePanels, reader.hiddenCases]),
    masksFor(reader),
  ]);
  const data = found.map((row) => mask(FIELDS.caseItem, row));
  await audited(entryOf(reader, 'GET /v1/cases', /** @type {any} */ (data)));
  return { data, next: null, withheld: [] };
});

app.get('/v1/cases/:id/file', async (request, reply) => {
  const reader = readerIn(request);
  const { id } = /** @type {{ id: string }} */ (request.params);
  const [[found], contributed, { mask, isShown }] = await Promise.all([
    rows('one', ONE, [reader.corePanels, reader.hiddenCases, id]),
    rows('contributions', CONTRIBUTIONS, [id, reader.agencyId, reader.id]),
    masksFor(reader),
  ]);
  if (!found) return reply.status(404).send({ code: 'not-found' });
  const data = contributed
    .filter((row) => isShown(row, row.category, 'existence'))
    .slice(0, 25)
    .map((row) => mask(FIELDS.contribution, row));
  const shown = mask(FIELDS.case, found);
  await audited(entryOf(reader, 'GET /v1/cases/:id/file', /** @type {any} */ ([shown, ...data])));
  return { case: shown, contributions: { data, next: null, withheld: [] } };
});

app.get('/v1/actions', async (request) => {
  const reader = readerIn(request);
  const values = [reader.agencyId, reader.seatedPanels, reader.hiddenCases, reader.id];
  const data = (await rows('actions', ACTIONS, values)).map((row) => {
    // the owner sees every field in a case that it reads, and the task alone in another
    const hidden = reader.corePanels.includes(row.panelId)
      ? []
      : Object.keys(row).filter((field) => !TASK_FIELDS.includes(field));
    const shown = Object.fromEntries(Object.entries(row).filter(([field]) => !hidden.includes(field)));
    return { ...shown, withheld: hidden };
  });
  await audited(entryOf(reader, 'GET /v1/actions', /** @type {any} */ (data)));
  return { data, next: null, withheld: [] };
});

app.post('/v1/person-searches', async (request) => {
  const reader = readerIn(request);
  const { partnershipId, familyName } = /** @type {{ partnershipId: string, familyName: string }} */ (request.body);
  const key = familyName.toLowerCase();
  const values = [reader.corePanels, reader.hiddenCases, partnershipId, key, reader.hiddenPeople, reader.id];
  const [found, { mask, isShown }] = await Promise.all([rows('search', SEARCH, values), masksFor(reader)]);
  const data = found
    .filter((row) => isShown(row, 'identity', 'full'))
    .slice(0, 25)
    .map((row) => mask(FIELDS.person, row));
  await audited(entryOf(reader, 'POST /v1/person-searches', /** @type {any} */ (data)));
  return { data, next: null, withheld: [] };
});

app.post('/v1/referrals', async (request, reply) => {
  const reader = readerIn(request);
  const asked = /** @type {Row} */ (request.body);
  const client = await pool.connect();
  try {
    /** @param {string} name @param {string} text @param {unknown[]} values @returns {Promise<Row[]>} */
    const ask = async (name, text, values) => (await client.query({ name, text, values })).rows;
    await client.query('BEGIN');
    const { agencyId, agencyType } = reader;
    const { panelId, placeId } = asked;
    const [panel] = await ask('referable', REFERABLE, [panelId, placeId, reader.id, agencyId]);
    if (!panel) throw Object.assign(new Error('Not found'), { statusCode: 404 });
    const reference = await newReference(ask, `REF-${panel.prefix}`);
    const id = randomUUID();
    const { category, problem, whyMultiAgency, criteria, legalGateway } = asked;
    const content = [category, problem, whyMultiAgency, criteria, legalGateway];
    const owned = [panel.partnershipId, agencyId, agencyType];
    const [made] = await ask('refer', REFER, [id, ...owned, placeId, panelId, reference, ...content, reader.id]);
    const [earlier] = await ask('earlier', EARLIER, [panelId, placeId, id]);
    const [repeats, repeated] = [earlier?.status === 'accepted', earlier?.id ?? null];
    const screened = [repeats, repeats ? repeated : null, repeats ? null : repeated];
    await ask('screening', SCREENING, [id, ...owned, panelId, ...screened]);
    await ask('events', EVENT, [id, panel.partnershipId, panelId, reader.id, agencyId]);
    const entry = entryOf(reader, 'POST /v1/referrals', [{ id, withheld: [] }]);
    await client.query({ ...INSERT_AUDIT, values: [JSON.stringify([entry])] });
    await client.query('COMMIT');
    return await reply.status(201).send({ ...made, withheld: [] });
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});

/** Draws an unused number. @param {(name: string, text: string, values: unknown[]) => Promise<Row[]>} ask @param {string} series */
async function newReference(ask, series) {
  const year = new Date().getFullYear();
  for (;;) {
    const number = randomInt(100_000, 1_000_000);
    const taken = await ask('number', NUMBER, [series, year, number]);
    if (taken.length) return `${series}-${String(year)}-${String(number)}`;
  }
}

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit());
