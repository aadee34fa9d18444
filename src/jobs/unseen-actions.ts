/**
 * Query for open actions that nobody of their owner, or not the person named as owner, can read. The causes are exclusions,
 * recusals and people who have left; of the person named, exclusions alone. The policy is evaluated for each person, so that
 * every allow rule and every deny rule counts.
 */
import type { EntityManager } from 'typeorm';
import { Action, OPEN_STATUSES } from '../plans/action.entity.js';
import type { Actor, Actors } from '../authentication/actor.js';
import { EXCLUSION_ATTRIBUTES } from '../referrals/referrals.policy.js';
import { atTime, EXCLUSION_OF_ACTOR_IN_FORCE, selectActors } from '../sharing/access.policy.js';
import { readableBy, rowsWithRelationsOfAll } from '../records/rows-with-relations.js';

interface OpenAction {
  id: string;
  ownerAgencyId: string;
  ownerPractitionerId: string | null;
  /**
   * Exclusion in force of a member of the owner from the case, or from a person in it. Only exclusions maintained by
   * the panel of the action count. Null if none.
   */
  exclusionId: string | null;
  /** Such an exclusion of the person named as owner; null if none. */
  namedExclusionId: string | null;
}

export type UnseenAction = Pick<OpenAction, 'id' | 'exclusionId'>;

/** SQL of the present name of a practitioner `p`. A notice because of a former name would reveal whose it was. */
const PRESENT_NAME =
  'ARRAY(SELECT n.name_key FROM practitioner_names n WHERE n.practitioner_id = p.id AND n.name = p.name)';

/** SQL of one exclusion that hides an action `a` from one of the practitioners `p`, by the names given. $2 now. */
const exclusionOf = (
  practitioners: string,
  names = 'name_keys_of(p.id)',
): string => `(SELECT min(e.id::text) FROM exclusions e
    WHERE e.panel_id = a.panel_id AND (a.case_id IN (SELECT one.case_id FROM excluded_cases(ARRAY[e.id], a.owner_agency_id) one) OR e.person_id IN (SELECT p.person_id FROM case_people p WHERE p.case_id = a.case_id
        UNION SELECT c.person_id FROM cases c WHERE c.id = a.case_id))
      AND EXISTS (SELECT FROM (${selectActors(`WHERE p.active AND ${practitioners}`, { names })}) who
        WHERE ${atTime(EXCLUSION_OF_ACTOR_IN_FORCE, '$2')}))`;

/** Selects open actions. $1 statuses, $2 now. */
const SELECT_OPEN_ACTIONS = `SELECT a.id, a.owner_agency_id AS "ownerAgencyId", a.owner_practitioner_id AS "ownerPractitionerId",
    ${exclusionOf('p.agency_id = a.owner_agency_id')} AS "exclusionId",
    ${exclusionOf('p.id = a.owner_practitioner_id', PRESENT_NAME)} AS "namedExclusionId"
  FROM actions a WHERE a.status = ANY ($1) ORDER BY a.id`;

/** Returns the actor as if no exclusion applied. */
const asIfNotExcluded = (one: Actor): Actor => ({
  ...one,
  ...Object.fromEntries(EXCLUSION_ATTRIBUTES.map((name) => [name, []])),
});

/** Selects active staff by agency, people with a seat or an office first, because they can read most. $1 agencies. */
const SELECT_STAFF = `SELECT p.id, p.agency_id AS "agencyId" FROM practitioners p WHERE p.agency_id = ANY ($1::uuid[]) AND p.active
  ORDER BY p.roles = '{}' AND NOT EXISTS (SELECT FROM memberships m WHERE m.practitioner_id = p.id), p.id`;

/** Batch size for evaluating people, until each action is readable by somebody. */
const PEOPLE_BATCH_SIZE = 25;

/**
 * Returns open actions that nobody of the owning agency, or not the person named as owner, can read. Includes the
 * exclusion that causes it, if the panel maintains one. Actions hidden only by exclusions of other panels are omitted,
 * because a notice would reveal those.
 */
export async function findUnseenActions(manager: EntityManager, actors: Actors, now: Date): Promise<UnseenAction[]> {
  const open = await manager.query<OpenAction[]>(SELECT_OPEN_ACTIONS, [OPEN_STATUSES, now]);
  const byOwner = Map.groupBy(open, ({ ownerAgencyId }) => ownerAgencyId);
  const staff = await manager.query<{ id: string; agencyId: string }[]>(SELECT_STAFF, [[...byOwner.keys()]]);
  const call = { correlationId: '', route: 'job deadline-notices' };
  const find = (some: readonly string[]): Promise<Actor[]> =>
    actors.practitionersWithin((sql, values) => manager.query(sql, values), some, { now, call });
  const unseen = new Map<string, UnseenAction>();
  for (const [agencyId, actions] of byOwner) {
    const ids = staff.filter((one) => one.agencyId === agencyId).map(({ id }) => id);
    const left = await findUnreadableActions(manager, ids, find, idsOf(actions));
    // what nobody could read without exclusions either has another cause: the notice then names no exclusion
    const findAsIfNotExcluded = async (some: readonly string[]): Promise<Actor[]> =>
      (await find(some)).map(asIfNotExcluded);
    const unread = new Set(await findUnreadableActions(manager, ids, findAsIfNotExcluded, left));
    for (const { id, exclusionId } of actions.filter((one) => left.includes(one.id)))
      if (exclusionId || unread.has(id)) unseen.set(id, { id, exclusionId: unread.has(id) ? null : exclusionId });
  }
  const named = open.filter(({ id, namedExclusionId }) => namedExclusionId && !unseen.has(id));
  for (const [practitionerId, actions] of Map.groupBy(named, (one) => one.ownerPractitionerId as string)) {
    const left = await findUnreadableActions(manager, [practitionerId], find, idsOf(actions));
    for (const { id, namedExclusionId } of actions)
      if (left.includes(id)) unseen.set(id, { id, exclusionId: namedExclusionId });
  }
  return [...unseen.values()];
}

const idsOf = (actions: readonly OpenAction[]): string[] => actions.map(({ id }) => id);

/**
 * Returns the actions that none of the people can read. Evaluates people in batches until each action is readable by
 * somebody.
 */
async function findUnreadableActions(
  manager: EntityManager,
  ids: readonly string[],
  find: (some: readonly string[]) => Promise<Actor[]>,
  actionIds: readonly string[],
): Promise<string[]> {
  let left = [...actionIds];
  for (let start = 0; start < ids.length && left.length; start += PEOPLE_BATCH_SIZE) {
    const people = await find(ids.slice(start, start + PEOPLE_BATCH_SIZE));
    const rows = await rowsWithRelationsOfAll(manager, people, Action, ['read'], left);
    for (const one of people) {
      if (!left.length) break;
      const seen = new Set((await readableBy(manager, one, Action, rows)).map((row) => row['id'] as string));
      left = left.filter((id) => !seen.has(id));
    }
  }
  return left;
}
