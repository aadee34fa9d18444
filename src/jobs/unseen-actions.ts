/**
 * Open actions that nobody of their owner can read: everybody is excluded or recused, or has left. The policy is asked about each
 * person of the agency, so that every way of being kept out counts, and every way of reading.
 */
import type { EntityManager } from 'typeorm';
import { Action, OPEN_STATUSES } from '../plans/action.entity.js';
import '../plans/plans.policy.js';
import type { Actors } from '../policy/actor.js';
import { readableBy, rowsWithFactsOfAll } from '../records/facts.js';

interface OpenAction {
  id: string;
  ownerAgencyId: string;
}

/** $1 the statuses. */
const OPEN = `SELECT a.id, a.owner_agency_id AS "ownerAgencyId" FROM actions a WHERE a.status = ANY ($1) ORDER BY a.id`;

/** Active staff by agency, those with a seat or an office first, as they see most. $1 the agencies. */
const STAFF = `SELECT p.id, p.agency_id AS "agencyId" FROM practitioners p WHERE p.agency_id = ANY ($1::uuid[]) AND p.active
  ORDER BY p.roles = '{}' AND NOT EXISTS (SELECT FROM memberships m WHERE m.practitioner_id = p.id), p.id`;

/** People about whom the policy is asked at once, until each action is seen by somebody. */
const ASKED_AT_ONCE = 25;

/** Identifiers of open actions that nobody of the agency that owns them can read. */
export async function unseenByTheirOwner(manager: EntityManager, actors: Actors, now: Date): Promise<string[]> {
  const open = await manager.query<OpenAction[]>(OPEN, [OPEN_STATUSES]);
  const byOwner = Map.groupBy(open, ({ ownerAgencyId }) => ownerAgencyId);
  const staff = await manager.query<{ id: string; agencyId: string }[]>(STAFF, [[...byOwner.keys()]]);
  const call = { correlationId: '', route: 'job sweep' };
  const unseen: string[] = [];
  for (const [agencyId, actions] of byOwner) {
    const ids = staff.filter((one) => one.agencyId === agencyId).map(({ id }) => id);
    let left = actions.map(({ id }) => id);
    for (let start = 0; start < ids.length && left.length; start += ASKED_AT_ONCE) {
      const some = ids.slice(start, start + ASKED_AT_ONCE);
      const people = await actors.practitionersWithin((sql, values) => manager.query(sql, values), some, { now, call });
      const rows = await rowsWithFactsOfAll(manager, people, Action, ['read'], left);
      for (const one of people) {
        const seen = new Set((await readableBy(manager, one, Action, rows)).map((row) => row['id'] as string));
        left = left.filter((id) => !seen.has(id));
      }
    }
    unseen.push(...left);
  }
  return unseen;
}
