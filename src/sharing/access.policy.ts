/** Who is kept out, and who is let in until a date or for an hour: facts of the actor. */
import { declareChange, declareFact } from '../policy/actor.js';

declare module '../policy/actor.js' {
  interface ActorFacts {
    /** The name by which typed exclusions find the actor; null for a system. */
    nameKey: string | null;
    /** Cases to which the actor was granted access, now. */
    grantedCaseIds: string[];
    /** People who must not exist for the actor. */
    excludedPersonIds: string[];
  }
}

const NAME_KEY = `SELECT p.name_key FROM practitioners p WHERE who.kind = 'practitioner' AND p.id = who.id`;

/** Exclusions `e` of the actor: by person, by agency or by name. */
const MINE = `(e.practitioner_id = who.id OR e.agency_id = who.agency_id OR e.name_key = (${NAME_KEY}))`;

/** Exclusions `e` that concern the actor now. */
export const CONCERNING_ME = `${MINE}
  AND e.since <= :now AND (e.until IS NULL OR e.until > :now)`;

declareFact('nameKey', NAME_KEY);

declareFact(
  'excludedPersonIds',
  `SELECT coalesce(jsonb_agg(DISTINCT e.person_id), '[]') FROM exclusions e
   WHERE e.person_id IS NOT NULL AND ${CONCERNING_ME}`,
);

declareFact(
  'grantedCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT g.case_id), '[]') FROM access_grants g
   WHERE who.kind = 'practitioner' AND g.practitioner_id = who.id
     AND g.granted_at <= :now AND g.expires_at > :now AND g.revoked_at IS NULL`,
);

/** Open now, by somebody who still has the role and works where they did. */
declareFact(
  'emergencyCaseIds',
  `SELECT coalesce(jsonb_agg(DISTINCT e.case_id), '[]') FROM emergency_accesses e
   JOIN practitioners p ON p.id = e.practitioner_id AND 'emergency_access' = ANY (p.roles)
   WHERE who.kind = 'practitioner' AND e.practitioner_id = who.id AND e.agency_id = who.agency_id
     AND e.opened_at <= :now AND e.expires_at > :now AND e.ended_at IS NULL`,
);

declareChange(`SELECT min(change.at) FROM (SELECT unnest(ARRAY[e.since, e.until]) AS at FROM exclusions e WHERE ${MINE}
    UNION ALL SELECT unnest(ARRAY[g.granted_at, g.expires_at]) FROM access_grants g WHERE g.practitioner_id = who.id
    UNION ALL SELECT unnest(ARRAY[e.opened_at, e.expires_at]) FROM emergency_accesses e WHERE e.practitioner_id = who.id) change
  WHERE change.at > :now`);
