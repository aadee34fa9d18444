/** The same rows without any wall: Fastify, `pg`, prepared statements, nobody asked who they are. */
import Fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const panels = (process.env.PANELS ?? '').split(',');

const LIST = `SELECT c.id, c.version, c.reference, c.panel_id AS "panelId", c.stage, c.subject_kind AS "subjectKind", c.risk_band AS "riskBand",
    c.is_repeat AS "isRepeat", c.lead_agency_id AS "leadAgencyId", c.next_review_on AS "nextReviewOn", c.updated_at AS "updatedAt"
  FROM unnest($1::uuid[]) p CROSS JOIN LATERAL (
    SELECT * FROM cases WHERE panel_id = p ORDER BY updated_at DESC, id DESC LIMIT 25) c
  ORDER BY c.updated_at DESC, c.id DESC LIMIT 25`;
const ONE = 'SELECT * FROM cases WHERE id = $1';
const CONTRIBUTIONS = 'SELECT * FROM contributions WHERE case_id = $1 ORDER BY updated_at DESC, id DESC LIMIT 25';

/** @param {string} name @param {string} text @param {unknown[]} values */
const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const app = Fastify();
app.get('/cases', async () => ({ data: await rows('list', LIST, [panels]), next: null }));
app.get('/cases/:id/file', async (request) => {
  const { id } = /** @type {{ id: string }} */ (request.params);
  const [found, contributions] = await Promise.all([
    rows('one', ONE, [id]),
    rows('contributions', CONTRIBUTIONS, [id]),
  ]);
  return { case: found[0], contributions: { data: contributions, next: null } };
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
