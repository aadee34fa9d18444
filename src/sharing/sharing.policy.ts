/** Agreements open, exclusions close. Both are facts of the actor, read at each request. */
import { declareFact } from '../policy/actor.js';
import { declareSubject } from '../policy/subjects.js';
import { declareWords } from '../policy/wording.js';
import './agreements.policy.js';
import { AccessGrant, Exclusion } from './sharing.entity.js';

declare module '../policy/actor.js' {
  interface ActorFacts {
    /** People who must not exist for the actor. */
    excludedPersonIds: string[];
  }
}

const MINE = `(e.practitioner_id = who.id OR e.agency_id = who.agency_id)
  AND e.since <= :now AND (e.until IS NULL OR e.until > :now)`;

declareFact(
  'excludedPersonIds',
  `SELECT coalesce(jsonb_agg(DISTINCT e.person_id), '[]') FROM exclusions e WHERE ${MINE} AND e.person_id IS NOT NULL`,
);

/** Emergency access that is open now. */
declareFact('emergencyCaseIds', `'[]'::jsonb`);

declareSubject(Exclusion, 'Exclusion', {});
declareSubject(AccessGrant, 'AccessGrant', {});

declareWords(Exclusion, 'Working a case', 'exclusion');
declareWords(AccessGrant, 'Working a case', 'grant of access');
