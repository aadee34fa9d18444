/** Many cases on all panels of the sandbox that hear cases, each with contributions of several agencies in several categories. */
import pg from 'pg';

const CONTRIBUTIONS_EACH = 6;

/**
 * @param {string} ownerUrl
 * @param {string} reader whose panels are listed
 * @param {number} count
 * @returns {Promise<{ panels: string[], cases: string[] }>}
 */
export async function caseload(ownerUrl, reader, count) {
  const client = new pg.Client({ connectionString: ownerUrl, options: '-c app.maintenance=on' });
  await client.connect();
  try {
    const ids = async (/** @type {string} */ sql, /** @type {unknown[]} */ values = []) =>
      (await client.query(sql, values)).rows.map((row) => row.id);
    const panels = await ids(
      `SELECT DISTINCT m.panel_id AS id FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id
       WHERE p.subject = $1 AND m.tier = 'core' AND m.valid_to IS NULL ORDER BY 1`,
      [reader],
    );
    // the newest of the generated cases are a minute old: what the sandbox tells stays on top of nothing
    await client.query(
      `INSERT INTO cases (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, subject_kind, panel_id,
         reference, stage, category, summary, lead_agency_id, risk_band, rules_edition, opened_at)
       SELECT gen_random_uuid(), 1, now() - n * interval '1 second', now() - n * interval '1 second', p.partnership_id, a.id, a.type, 'theme', p.id,
         'GEN-' || n, 'open', 'asb_incident', repeat('A generated case. ', 20), a.id, 'medium', 1, now() - n * interval '1 second'
       FROM generate_series(1, $1::int) n
       JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM panels WHERE type <> 'steering_group') p ON p.place = n % p.places
       JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM agencies) a ON a.place = n % a.places`,
      [count],
    );
    await client.query(
      `INSERT INTO contributions (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, case_id, panel_id,
         category, kind, summary, text, handling, agency_only, author_id)
       SELECT gen_random_uuid(), 1, c.updated_at, c.updated_at + n * interval '1 second', c.partnership_id, a.id, a.type, c.id, c.panel_id,
         (ARRAY['asb_incident', 'police_incident', 'professional_opinion', 'asb_incident', 'asb_incident', 'professional_opinion'])[n], 'fact', 'A generated line.',
         repeat('A generated contribution. ', 20), 'P', false, a.id
       FROM cases c CROSS JOIN generate_series(1, ${String(CONTRIBUTIONS_EACH)}) n
       JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM agencies WHERE type IN
         ('police', 'housing_local_authority', 'community_safety') ) a ON a.place = n
       WHERE c.reference LIKE 'GEN-%'`,
    );
    await client.query('ANALYZE cases, contributions');
    const cases = await ids(
      `SELECT id FROM cases WHERE panel_id = ANY($1) AND reference LIKE 'GEN-%' ORDER BY md5(id::text) LIMIT 5000`,
      [panels],
    );
    return { panels, cases };
  } finally {
    await client.end();
  }
}
