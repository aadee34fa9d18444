/**
 * Comparison server without duties: the same rows by Fastify, `pg` and prepared statements. No sign-in, no
 * authorization, no masks, no audit. Panels and agency of the reader come from the environment.
 */
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const panels = (process.env.PANELS ?? '').split(',');
const agency = process.env.AGENCY ?? '';

const LIST = `SELECT c.id, c.version, c.reference, c.panel_id AS "panelId", c.stage, c.subject_kind AS "subjectKind", c.risk_band AS "riskBand",
    c.is_repeat AS "isRepeat", c.lead_agency_id AS "leadAgencyId", c.next_review_on AS "nextReviewOn", c.updated_at AS "updatedAt"
  FROM unnest($1::uuid[]) p CROSS JOIN LATERAL (
    SELECT * FROM cases WHERE panel_id = p ORDER BY updated_at DESC, id DESC LIMIT 25) c
  ORDER BY c.updated_at DESC, c.id DESC LIMIT 25`;
const ONE = 'SELECT * FROM cases WHERE id = $1';
const CONTRIBUTIONS = 'SELECT * FROM contributions WHERE case_id = $1 ORDER BY updated_at DESC, id DESC LIMIT 25';
const ACTIONS = `SELECT * FROM actions WHERE owner_agency_id = $1 AND panel_id = ANY($2::uuid[])
  ORDER BY updated_at DESC, id DESC LIMIT 25`;
const REFER = `INSERT INTO referrals (id, version, partnership_id, agency_id, contributing_type, subject_kind, place_id, panel_id, reference, status,
    category, problem, why_multi_agency, criteria, legal_gateway, author_id, submitted_at)
  SELECT $1, 1, p.partnership_id, p.agency_id, p.contributing_type, 'place', p.id, $3, 'BARE-' || $1::uuid, 'submitted',
    $4, $5, $6, $7, $8, p.author_id, now() FROM places p WHERE p.id = $2 RETURNING *`;
const SEARCH = `SELECT DISTINCT p.* FROM persons p JOIN cases c ON c.person_id = p.id AND c.panel_id = ANY($3::uuid[])
  WHERE p.partnership_id = $1 AND p.family_name_key = $2 LIMIT 25`;
const LISTINGS = 'SELECT * FROM listings WHERE meeting_id = $1 AND removed_at IS NULL ORDER BY position';
const OF_PACK = {
  case: 'SELECT *, id AS case_id FROM cases WHERE id = ANY($1::uuid[])',
  people: 'SELECT * FROM case_people WHERE case_id = ANY($1::uuid[])',
  persons: 'SELECT p.*, c.id AS case_id FROM persons p JOIN cases c ON c.person_id = p.id WHERE c.id = ANY($1::uuid[])',
  contributions: 'SELECT * FROM contributions WHERE case_id = ANY($1::uuid[])',
  assessments: 'SELECT * FROM assessments WHERE case_id = ANY($1::uuid[])',
  plans: 'SELECT * FROM plans WHERE case_id = ANY($1::uuid[])',
  actions: 'SELECT * FROM actions WHERE case_id = ANY($1::uuid[])',
  decisions: 'SELECT * FROM decisions WHERE case_id = ANY($1::uuid[])',
};

/** @param {string} name @param {string} text @param {unknown[]} values */
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;
/** @param {import('fastify').FastifyRequest} request */
const idOf = (request) => /** @type {{ id: string }} */ (request.params).id;

const app = Fastify();
app.get('/v1/cases', async () => ({ data: await rows('list', LIST, [panels]), next: null }));
app.get('/v1/cases/:id/file', async (request) => {
  const id = idOf(request);
  const [found, contributions] = await Promise.all([
    rows('one', ONE, [id]),
    rows('contributions', CONTRIBUTIONS, [id]),
  ]);
  return { case: found[0], contributions: { data: contributions, next: null } };
});
app.get('/v1/actions', async () => ({ data: await rows('actions', ACTIONS, [agency, panels]), next: null }));
app.post('/v1/referrals', async (request, reply) => {
  const asked = /** @type {Record<string, unknown>} */ (request.body);
  const { placeId, panelId, category, problem, whyMultiAgency, criteria, legalGateway } = asked;
  const values = [randomUUID(), placeId, panelId, category, problem, whyMultiAgency, criteria, legalGateway];
  const [made] = await rows('refer', REFER, values);
  return reply.status(201).send(made);
});
app.post('/v1/person-searches', async (request) => {
  const { partnershipId, familyName } = /** @type {{ partnershipId: string, familyName: string }} */ (request.body);
  return { data: await rows('search', SEARCH, [partnershipId, familyName.toLowerCase(), panels]), next: null };
});
app.get('/v1/meetings/:id/pack', async (request) => {
  const listings = await rows('listings', LISTINGS, [idOf(request)]);
  const cases = listings.map((one) => one.case_id);
  const parts = await Promise.all(
    Object.entries(OF_PACK).map(async ([part, sql]) => {
      /** @type {[string, Map<string, object[]>]} */
      const byCase = [part, Map.groupBy(await rows(`pack ${part}`, sql, [cases]), (row) => row.case_id)];
      return byCase;
    }),
  );
  const items = listings.map((listing) => ({
    listing,
    ...Object.fromEntries(parts.map(([part, byCase]) => [part, byCase.get(listing.case_id) ?? []])),
  }));
  return { items };
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit());
