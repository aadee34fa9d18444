/**
 * Data of the benchmark on top of the sandbox: cases on all panels that hear cases, with contributions, actions and
 * people, places to refer, and one planned meeting with 30 items.
 */
import pg from 'pg';

/**
 * Data categories of the contributions to one case. The reader sees the first four in full, and the others as a summary
 * or as existing, so that masks differ between rows.
 */
const CATEGORIES = [
  'asb_incident',
  'police_incident',
  'professional_opinion',
  'asb_incident',
  'police_intelligence',
  'third_party',
];
const PLACES = 20_000;
const PACK_ITEMS = 30;
const CASES_PER_PERSON = 20;
const PEOPLE_PER_NAME = 30;
/** Number of cases among which the benchmark chooses. */
const CHOSEN_CASES = 5000;

/**
 * Records that the requests name.
 * @typedef {object} Caseload
 * @property {string[]} panels core panels of the reader
 * @property {string} agencyId agency of the reader
 * @property {string} partnershipId
 * @property {string} panelId panel that receives referrals and meets
 * @property {string} meetingId
 * @property {string[]} cases
 * @property {string[]} places recorded by the referrer
 * @property {string[]} familyNames
 */

/** Rows with a number each, for joins by the remainder of a division. */
const PANELS = `(SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM panels WHERE type <> 'steering_group')`;
const AGENCIES = `(SELECT *, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places FROM agencies)`;

/** Number from 0 to `below` - 1 that looks random and is the same in each run. */
const draw = (/** @type {number} */ seed, /** @type {string} */ below) =>
  `((hashint8extended(n, ${String(seed)}) & 1073741823) % (${below}))`;
const HAS_PERSON = `${draw(1, String(CASES_PER_PERSON))} = 0`;
const HAS_ACTION = `${draw(2, '4')} = 0`;
const NAMED = 'Benchname';

/**
 * @param {string} ownerUrl
 * @param {string} reader subject of the practitioner who reads
 * @param {number} count
 * @param {string} [referrer] subject of the practitioner who refers
 * @returns {Promise<Caseload>}
 */
export async function caseload(ownerUrl, reader, count, referrer = 'housing-officer') {
  const client = new pg.Client({ connectionString: ownerUrl, options: '-c app.maintenance=on' });
  await client.connect();
  const run = async (/** @type {string} */ sql, /** @type {unknown[]} */ values = []) =>
    (await client.query(sql, values)).rows;
  const ids = async (/** @type {string} */ sql, /** @type {unknown[]} */ values = []) =>
    /** @type {string[]} */ ((await run(sql, values)).map((row) => row.id));
  const names = Math.max(1, Math.floor(count / CASES_PER_PERSON / PEOPLE_PER_NAME));
  try {
    const panels = await ids(
      `SELECT DISTINCT m.panel_id AS id FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id
       WHERE p.subject = $1 AND m.tier = 'core' AND m.valid_to IS NULL ORDER BY 1`,
      [reader],
    );
    const [found] = await run(
      `SELECT p.id AS "panelId", p.partnership_id AS "partnershipId",
         (SELECT agency_id FROM practitioners WHERE subject = $1) AS "agencyId" FROM panels p WHERE p.code = 'ask-jag'`,
      [reader],
    );
    await run(
      `INSERT INTO persons (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, author_id,
         given_name, family_name, family_name_key, date_of_birth, sex, phone, current_address)
       SELECT md5('person ' || n)::uuid, 1, now(), now() - n * interval '1 second', p.partnership_id, a.id, a.type, a.id,
         'Generated', '${NAMED}' || ${draw(3, '$2::int')}, lower('${NAMED}') || ${draw(3, '$2::int')}, '1990-01-01', 'NS', '020 7946 0000', '1 Generated Street'
       FROM generate_series(1, $1::int) n JOIN ${PANELS} p ON p.place = n % p.places JOIN ${AGENCIES} a ON a.place = n % a.places
       WHERE ${HAS_PERSON}`,
      [count, names],
    );
    // the newest generated case is one second old
    await run(
      `INSERT INTO cases (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, subject_kind, person_id, panel_id,
         reference, stage, category, summary, lead_agency_id, risk_band, rules_edition, opened_at)
       SELECT gen_random_uuid(), 1, now() - n * interval '1 second', now() - n * interval '1 second', p.partnership_id, a.id, a.type,
         CASE WHEN ${HAS_PERSON} THEN 'person_at_risk' ELSE 'theme' END, CASE WHEN ${HAS_PERSON} THEN md5('person ' || n)::uuid END, p.id,
         'GEN-' || n, 'open', 'asb_incident', repeat('A generated case. ', 20), a.id, 'medium', 1, now() - n * interval '1 second'
       FROM generate_series(1, $1::int) n JOIN ${PANELS} p ON p.place = n % p.places JOIN ${AGENCIES} a ON a.place = n % a.places`,
      [count],
    );
    await run(
      `INSERT INTO contributions (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, case_id, panel_id,
         category, kind, summary, text, handling, agency_only, author_id)
       SELECT gen_random_uuid(), 1, c.updated_at, c.updated_at + n * interval '1 second', c.partnership_id, a.id, a.type, c.id, c.panel_id,
         ($1::text[])[n], 'fact', 'A generated line.',
         repeat('A generated contribution. ', 20), 'P', false, a.id
       FROM cases c CROSS JOIN generate_series(1, cardinality($1::text[])) n
       JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM agencies WHERE type IN
         ('police', 'housing_local_authority', 'community_safety') ) a ON a.place = n
       WHERE c.reference LIKE 'GEN-%'`,
      [CATEGORIES],
    );
    await run(
      `INSERT INTO actions (id, version, created_at, updated_at, partnership_id, agency_id, contributing_type, case_id, panel_id,
         owner_agency_id, description, measure, status, due_on, original_due_on)
       SELECT gen_random_uuid(), 1, c.created_at, c.updated_at, c.partnership_id, c.agency_id, c.contributing_type, c.id, c.panel_id,
         a.id, 'Visit the generated place and report.', 'One visit', 'agreed', current_date + 30, current_date + 30
       FROM cases c CROSS JOIN LATERAL (SELECT substr(c.reference, 5)::int AS n) g
       JOIN ${AGENCIES} a ON a.place = ${draw(4, 'a.places')} WHERE c.reference LIKE 'GEN-%' AND ${HAS_ACTION}`,
    );
    const places = await ids(
      `INSERT INTO places (id, version, partnership_id, agency_id, contributing_type, author_id, kind, name)
       SELECT gen_random_uuid(), 1, $1, p.agency_id, a.type, p.id, 'estate', 'Generated place ' || n
       FROM generate_series(1, ${String(PLACES)}) n, practitioners p JOIN agencies a ON a.id = p.agency_id WHERE p.subject = $2 RETURNING id`,
      [found.partnershipId, referrer],
    );
    const [meetingId = ''] = await ids(
      `INSERT INTO meetings (id, version, partnership_id, panel_id, scheduled_at, venue_or_mode)
       VALUES (gen_random_uuid(), 1, $1, $2, now() + interval '3 days', 'Town hall') RETURNING id`,
      [found.partnershipId, found.panelId],
    );
    await run(
      `INSERT INTO listings (id, version, partnership_id, agency_id, contributing_type, case_id, panel_id, meeting_id, kind, reason,
         position, timebox_minutes, presented_by_agency_id)
       SELECT gen_random_uuid(), 1, c.partnership_id, c.agency_id, c.contributing_type, c.id, c.panel_id, $2, 'new', 'new_referral',
         row_number() OVER (ORDER BY c.updated_at DESC), 10, c.agency_id
       FROM (SELECT * FROM cases WHERE panel_id = $1 AND reference LIKE 'GEN-%' ORDER BY updated_at DESC LIMIT ${String(PACK_ITEMS)}) c`,
      [found.panelId, meetingId],
    );
    await run('ANALYZE cases, contributions, actions, persons, places, listings, meetings, referrals');
    const cases = await ids(
      `SELECT id FROM cases WHERE panel_id = ANY($1) AND reference LIKE 'GEN-%' ORDER BY md5(id::text) LIMIT ${String(CHOSEN_CASES)}`,
      [panels],
    );
    const familyNames = Array.from({ length: names }, (_, n) => `${NAMED}${String(n)}`);
    return { ...found, panels, meetingId, cases, places, familyNames };
  } finally {
    await client.end();
  }
}
