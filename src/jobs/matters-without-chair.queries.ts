/**
 * Query for matters that nobody can chair, because every current chair of the panel is excluded or recused. Matters are
 * open cases, submitted referrals and items of future meetings. The query evaluates the current state, because a person
 * named in a case, a declared conflict and the end of a seat can each be the cause.
 */
import { In, type EntityManager } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Listing, TO_BE_HELD } from '../meetings/meeting.entity.js';
import { findRowsHiddenFromAll } from '../panels/oversight.js';
import { CHAIRING_ROLES } from '../panels/panel.entity.js';
import { declaredAttributes, type Actor, type ActorAttributes } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { type RecordClass } from '../database/columns.js';
import { Referral } from '../referrals/referral.entity.js';
import { EXCLUSION_ATTRIBUTES, repeatingForDecision } from '../referrals/referrals.policy.js';
import { atTime, selectActors } from '../sharing/access.policy.js';

/** Actor attributes by which an exclusion hides a case or referral: `peopleOfHiddenMatters` hides neither. */
const EXCLUDING_ATTRIBUTES = EXCLUSION_ATTRIBUTES.filter((name) => name !== 'peopleOfHiddenMatters');

/** Actor attributes by which a conflict hides an item of a meeting. */
const ITEM_EXCLUDING_ATTRIBUTES = [
  ...EXCLUDING_ATTRIBUTES,
  'recusedListingIds',
] as const satisfies (keyof ActorAttributes)[];

/** Attributes to load; the deny rules need `coordinatedPanelIds` and the agency as well. */
const LOADED_ATTRIBUTES = [...ITEM_EXCLUDING_ATTRIBUTES, 'coordinatedPanelIds'] as const;

type Chair = Pick<Actor, 'id' | 'agencyId' | (typeof LOADED_ATTRIBUTES)[number]>;

export interface Matter {
  id: string;
  type: 'Case' | 'Referral' | 'Listing';
  panelId: string;
  caseId: string | null;
  listingId: string | null;
}

/** Loads the current chairs and co-chairs of each panel with their attributes. */
async function loadChairsByPanel(manager: EntityManager, today: string, now: Date): Promise<Map<string, Chair[]>> {
  const facts = declaredAttributes()
    .filter(({ name }) => LOADED_ATTRIBUTES.some((one) => one === name))
    .map(({ name, sql }) => `(${atTime(sql, '$1')}) AS "${name}"`);
  const chairs = await manager.query<(Chair & { panelId: string })[]>(
    `SELECT who.id, who.agency_id AS "agencyId", who.panel_id AS "panelId", ${facts.join(', ')} FROM (
       ${selectActors(
         `JOIN memberships m ON p.id = m.practitioner_id AND p.agency_id = m.agency_id AND p.active
            AND m.role = ANY ($2) AND m.valid_from <= $3 AND coalesce(m.valid_to, 'infinity') >= $3`,
         { more: ', m.panel_id' },
       )}) who`,
    [now, CHAIRING_ROLES, today],
  );
  return Map.groupBy(chairs, ({ panelId }) => panelId);
}

export async function findMattersWithoutChair(manager: EntityManager, today: string, now: Date): Promise<Matter[]> {
  const found: Matter[] = [];
  for (const [panelId, chairs] of await loadChairsByPanel(manager, today, now)) {
    const areAllExcluded = (by: readonly (keyof Chair)[]): boolean =>
      chairs.every((chair) => by.some((fact) => chair[fact].length));
    if (areAllExcluded(EXCLUDING_ATTRIBUTES))
      found.push(
        ...(await findHiddenFromAll(manager, Case, { panelId, stage: { $ne: 'closed' } }, chairs)),
        ...(await findHiddenFromAll(manager, Referral, { panelId, status: 'submitted' }, chairs)),
      );
    if (areAllExcluded(ITEM_EXCLUDING_ATTRIBUTES))
      found.push(...(await findItemsHiddenFromAll(manager, panelId, chairs, found)));
  }
  return found;
}

/** Returns items still to be heard of cases that have a chair themselves. */
async function findItemsHiddenFromAll(
  manager: EntityManager,
  panelId: string,
  chairs: Chair[],
  closedCases: Matter[],
): Promise<Matter[]> {
  const toCome = { panelId, removedAt: null, endedAt: null, outcome: null };
  const atMeeting = { meeting: { $elemMatch: { status: { $in: [...TO_BE_HELD] } } } };
  const items = await findHiddenFromAll(manager, Listing, { ...toCome, ...atMeeting }, chairs);
  if (!items.length) return [];
  const rows = await manager.findBy(Listing, { id: In(items.map(({ id }) => id)) });
  const caseOf = new Map(rows.map(({ id, caseId }) => [id, caseId]));
  const known = new Set(closedCases.map(({ caseId }) => caseId));
  return items
    .map((one) => ({ ...one, caseId: caseOf.get(one.id) ?? null, listingId: one.id }))
    .filter(({ caseId }) => !known.has(caseId));
}

async function findHiddenFromAll(
  manager: EntityManager,
  type: RecordClass,
  filter: Where,
  chairs: Chair[],
): Promise<Matter[]> {
  const { name } = subjectOf(type);
  const undecided = type === Referral ? repeatingForDecision : undefined;
  const rows = await findRowsHiddenFromAll(manager, type, filter, chairs as Actor[], undecided);
  return rows.map(({ id, panelId }) => ({
    id,
    type: name as Matter['type'],
    panelId,
    caseId: type === Case ? id : null,
    listingId: null,
  }));
}
