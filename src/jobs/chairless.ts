/**
 * Open cases and submitted referrals that nobody can chair: everybody who chairs the panel today is excluded from them. Asked of
 * the state, because a name in a case, a declared conflict and the end of a seat can each be the cause.
 */
import type { EntityManager } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import '../cases/cases.policy.js';
import { closedToAll } from '../panels/oversight.js';
import { CHAIRING_ROLES } from '../panels/panel.entity.js';
import { declaredFacts, type Actor, type ActorFacts } from '../policy/actor.js';
import type { Where } from '../policy/conditions.js';
import { subjectOf, type RecordClass } from '../policy/subjects.js';
import { Referral } from '../referrals/referral.entity.js';
import '../referrals/referrals.policy.js';

/** The facts by which a conflict bars somebody from a case or referral. */
const EXCLUDING = [
  'excludedCaseIds',
  'namedExcludedCaseIds',
  'excludedPersonIds',
  'panelExclusions',
] as const satisfies (keyof ActorFacts)[];

/** The bars ask for these as well. */
const ASKED = [...EXCLUDING, 'coordinatedPanelIds'] as const;

type Chair = Pick<Actor, 'id' | (typeof ASKED)[number]>;

export interface Matter {
  id: string;
  type: 'Case' | 'Referral';
  panelId: string;
  caseId: string | null;
}

/** Of every panel with a chair or co-chair today: what excludes each of them. */
async function chairsByPanel(manager: EntityManager, today: string, now: Date): Promise<Map<string, Chair[]>> {
  const facts = declaredFacts()
    .filter(({ name }) => ASKED.some((one) => one === name))
    .map(({ name, sql }) => `(${sql.replace(/(?<!:):now\b/g, '$1::timestamptz')}) AS "${name}"`);
  const chairs = await manager.query<(Chair & { panelId: string })[]>(
    `SELECT who.id, who.panel_id AS "panelId", ${facts.join(', ')} FROM (
       SELECT 'practitioner' AS kind, p.id, p.agency_id, m.panel_id FROM memberships m
       JOIN practitioners p ON p.id = m.practitioner_id AND p.agency_id = m.agency_id AND p.active
       WHERE m.role = ANY ($2) AND m.valid_from <= $3 AND coalesce(m.valid_to, 'infinity') >= $3) who`,
    [now, CHAIRING_ROLES, today],
  );
  return Map.groupBy(chairs, ({ panelId }) => panelId);
}

export async function withoutAChair(manager: EntityManager, today: string, now: Date): Promise<Matter[]> {
  const found: Matter[] = [];
  for (const [panelId, chairs] of await chairsByPanel(manager, today, now))
    if (chairs.every((chair) => EXCLUDING.some((fact) => chair[fact].length)))
      found.push(
        ...(await excludingAll(manager, Case, { panelId, stage: { $ne: 'closed' } }, chairs)),
        ...(await excludingAll(manager, Referral, { panelId, status: 'submitted' }, chairs)),
      );
  return found;
}

async function excludingAll(
  manager: EntityManager,
  type: RecordClass,
  filter: Where,
  chairs: Chair[],
): Promise<Matter[]> {
  const { name } = subjectOf(type);
  const closed = await closedToAll(manager, type, filter, chairs as Actor[]);
  return closed.map(({ id, panelId }) => ({
    id,
    type: name as Matter['type'],
    panelId,
    caseId: type === Case ? id : null,
  }));
}
