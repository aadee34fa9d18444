/** Actor attributes for exclusions, access grants and emergency access. */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

/** People from whom one panel excludes the actor, on that panel only. */
export interface PanelExclusionFact {
  panelId: string;
  personIds: string[];
}

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /**
     * Keys of every present or former name of the actor, for matching typed exclusions. Includes the names of all
     * registrations of the actor. Empty for a system. Computed by the database function `name_keys_of`.
     */
    nameKeys: string[];
    /**
     * Registrations of the actor: the actor's own, those with the same login, and all of the same agency under a present
     * or former name of the actor. Records hidden from one of them are hidden from each. Computed by the database function
     * `registrations_of`.
     */
    registrationIds: string[];
    /** Registrations of the actor's login, the actor's own included. Conflicts that one of them declared apply to each. */
    loginRegistrationIds: string[];
    /** Cases to which the actor has a grant in effect. */
    grantedCaseIds: string[];
    /** People hidden from the actor on all panels of the partnership and in all records. */
    excludedPersonIds: string[];
    /** People from whom individual panels exclude the actor. */
    panelExclusions: PanelExclusionFact[];
  }
}

/**
 * Returns the condition that an exclusion or recusal names the actor. A declared conflict applies to the login
 * that declared it, not to others of the same name.
 */
export const concernsActor = (alias: string): string =>
  `(${alias}.practitioner_id = ANY (who.of_login) OR NOT ${alias}.declared AND ${alias}.practitioner_id = ANY (who.registrations))`;

/** Condition for exclusions `e` of the actor: by person, by agency, or by a name of the actor. */
const OF_ACTOR = `(${concernsActor('e')} OR e.agency_id = who.agency_id OR e.name_key = ANY (who.name_keys))`;

/**
 * SQL of rows `who` for conditions about exclusions: `kind`, `id`, `agency_id`, `of_login`, `registrations` and `name_keys`.
 * `from` follows the table of practitioners `p`; `names` replaces the names, `more` adds columns.
 */
export const selectActors = (from: string, { names = 'name_keys_of(p.id)', more = '' } = {}): string =>
  `SELECT 'practitioner' AS kind, p.id, p.agency_id, login_registrations_of(p.id) AS of_login,
    registrations_of(p.id) AS registrations, ${names} AS name_keys${more} FROM practitioners p ${from}`;

/** Replaces the named parameter `:now` of a condition, for a statement with numbered parameters. */
export const atTime = (sql: string, parameter: string): string =>
  sql.replaceAll(/(?<!:):now\b/g, `${parameter}::timestamptz`);

/** Condition for exclusions `e` in force for the actor `who`, at `:now`. */
export const EXCLUSION_OF_ACTOR_IN_FORCE = `${OF_ACTOR}
  AND e.since <= :now AND (e.until IS NULL OR e.until > :now)`;

policy.declareAttribute('nameKeys', 'SELECT to_jsonb(who.name_keys)');

policy.declareAttribute('registrationIds', 'SELECT to_jsonb(who.registrations)');

policy.declareAttribute('loginRegistrationIds', 'SELECT to_jsonb(who.of_login)');

policy.declareAttribute(
  'excludedPersonIds',
  `SELECT coalesce(jsonb_agg(DISTINCT e.person_id), '[]') FROM exclusions e
   WHERE e.person_id IS NOT NULL AND e.reach = 'partnership' AND ${EXCLUSION_OF_ACTOR_IN_FORCE}`,
);

policy.declareAttribute(
  'panelExclusions',
  `SELECT coalesce(jsonb_agg(jsonb_build_object('panelId', one.panel_id, 'personIds', one.people) ORDER BY one.panel_id), '[]')
   FROM (SELECT e.panel_id, jsonb_agg(DISTINCT e.person_id) AS people FROM exclusions e
     WHERE e.person_id IS NOT NULL AND e.reach = 'panel' AND ${EXCLUSION_OF_ACTOR_IN_FORCE} GROUP BY e.panel_id) one`,
);

/**
 * Returns conditions for rows of a panel that name a person from whom that panel excludes the actor. `names` builds the
 * condition on the person.
 */
export const excludedByPanel = (
  { panelExclusions }: Actor,
  names: (personIds: string[]) => Where = (personIds) => ({ personId: { $in: personIds } }),
): Where[] => panelExclusions.map(({ panelId, personIds }) => ({ panelId, ...names(personIds) }));

policy.declareAttribute(
  'grantedCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT g.case_id), '[]') FROM access_grants g
   WHERE who.kind = 'practitioner' AND g.practitioner_id = who.id
     AND g.granted_at <= :now AND g.expires_at > :now AND g.revoked_at IS NULL`,
);

/** Selects open emergency accesses of people who still have the role and the same agency. */
const OPEN_EMERGENCIES = `emergency_accesses e
   JOIN practitioners p ON p.id = e.practitioner_id AND 'emergency_access' = ANY (p.roles)
   WHERE who.kind = 'practitioner' AND e.practitioner_id = who.id AND e.agency_id = who.agency_id
     AND e.opened_at <= :now AND e.expires_at > :now AND e.ended_at IS NULL`;

policy.declareAttribute(
  'emergencyCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT e.case_id), '[]') FROM ${OPEN_EMERGENCIES}`,
);

/** SQL condition that a role had been removed by mistake at the time, and was put back later. */
export const isAbsentAt = (role: string, time: string): string =>
  `coalesce(${time} >= ${role}.absent_from AND ${time} < ${role}.absent_until, false)`;

/**
 * Roles in the cases of open emergency accesses: whether their people are read only as the agreement shares them. True for people
 * whom the case did not name when it was opened.
 */
const EMERGENCY_ROLES = `SELECT cp.id, cp.person_id,
     cp.created_at >= e.opened_at OR ${isAbsentAt('cp', 'e.opened_at')} OR cp.agency_id = who.agency_id AS as_shared
   FROM case_people cp JOIN (SELECT e.case_id, e.opened_at FROM ${OPEN_EMERGENCIES}) e ON e.case_id = cp.case_id`;

policy.declareAttribute(
  'emergencyRoleIdsAsShared',
  `SELECT coalesce(jsonb_agg(role.id ORDER BY role.id) FILTER (WHERE role.as_shared), '[]') FROM (${EMERGENCY_ROLES}) role`,
);

policy.declareAttribute(
  'emergencyPersonIdsAsShared',
  `SELECT coalesce(jsonb_agg(one.person_id ORDER BY one.person_id), '[]') FROM (
     SELECT role.person_id FROM (${EMERGENCY_ROLES}) role GROUP BY 1 HAVING bool_and(role.as_shared)) one`,
);

policy.declareTimedChange(`SELECT min(change.at) FROM (SELECT unnest(ARRAY[e.since, e.until]) AS at FROM exclusions e WHERE ${OF_ACTOR}
    UNION ALL SELECT unnest(ARRAY[g.granted_at, g.expires_at]) FROM access_grants g WHERE g.practitioner_id = who.id
    UNION ALL SELECT unnest(ARRAY[e.opened_at, e.expires_at]) FROM emergency_accesses e WHERE e.practitioner_id = who.id) change
  WHERE change.at > :now`);
