/** Sign-in of the comparison server: verifies the access token, and reads who its owner is for each request. */
import { createPublicKey, verify } from 'node:crypto';

/**
 * @typedef {object} Reader
 * @property {string} id
 * @property {string} agencyId
 * @property {string} agencyType
 * @property {string[]} corePanels
 * @property {string[]} seatedPanels panels with a seat that is not an observer's
 * @property {string[]} coordinatedPanels
 * @property {string[]} hiddenCases cases from which the reader is excluded
 * @property {string[]} hiddenPeople
 */

const CLOCK_SKEW_SECONDS = 5;

const SEATS = `SELECT m.* FROM memberships m WHERE m.practitioner_id = p.id
    AND m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to >= current_date)`;
const EXCLUSIONS = `SELECT e.* FROM exclusions e WHERE (e.practitioner_id = p.id OR e.agency_id = p.agency_id OR e.name_key = p.name_key)
    AND e.since <= now() AND (e.until IS NULL OR e.until > now())`;
const READER = {
  name: 'reader',
  text: `SELECT p.id, p.agency_id AS "agencyId", a.type AS "agencyType",
    ARRAY(SELECT panel_id FROM (${SEATS}) s WHERE tier = 'core') AS "corePanels",
    ARRAY(SELECT panel_id FROM (${SEATS}) s WHERE tier <> 'observer') AS "seatedPanels",
    ARRAY(SELECT panel_id FROM (${SEATS}) s WHERE role IN ('chair', 'co_chair', 'coordinator')) AS "coordinatedPanels",
    ARRAY(SELECT case_id FROM (${EXCLUSIONS}) x WHERE case_id IS NOT NULL
      UNION SELECT r.case_id FROM case_people r JOIN (${EXCLUSIONS}) x USING (person_id)
      UNION SELECT c.id FROM cases c JOIN (${EXCLUSIONS}) x USING (person_id)) AS "hiddenCases",
    ARRAY(SELECT person_id FROM (${EXCLUSIONS}) x WHERE person_id IS NOT NULL) AS "hiddenPeople"
  FROM practitioners p JOIN agencies a ON a.id = p.agency_id AND a.active
  WHERE p.active AND p.issuer = $1 AND p.subject = $2`,
};

/**
 * Returns a function that reads the owner of a token, or null if the token or its owner is not accepted.
 * @param {import('pg').Pool} pool
 * @param {{ issuer: string, audience: string, jwksUri: string }} trusted
 */
export async function signIn(pool, { issuer, audience, jwksUri }) {
  const reply = await fetch(jwksUri);
  const { keys } = /** @type {{ keys: (import('node:crypto').JsonWebKey & { kid: string })[] }} */ (await reply.json());
  const keyOf = new Map(keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));

  /** @param {string} token */
  const claimsOf = (token) => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { alg, typ, kid } = parse(header);
    const key = keyOf.get(kid);
    if (!key || alg !== 'RS256' || typ !== 'at+jwt') return null;
    const isSigned = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    const claims = parse(payload);
    const isCurrent = Date.now() / 1000 < claims.exp + CLOCK_SKEW_SECONDS;
    return isSigned && isCurrent && claims.iss === issuer && claims.aud === audience ? claims : null;
  };

  /** @param {string | undefined} authorization @returns {Promise<Reader | null>} */
  return async (authorization = '') => {
    const claims = claimsOf(authorization.replace(/^Bearer /, ''));
    if (!claims) return null;
    const { rows } = await pool.query({ ...READER, values: [issuer, claims.sub] });
    return rows[0] ?? null;
  };
}

/** @param {string} part @returns {Record<string, any>} */
const parse = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
