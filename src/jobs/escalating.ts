/**
 * Escalation of undone actions to the steering group, once per action.
 *
 * Escalated are actions that their owner accepted and that are still open on their escalation day, and actions recorded
 * as not done after their due date. Actions that became impossible are not escalated, because circumstances changed.
 * Actions that the agency did not accept, or may not do because it is excluded, are a matter of the panel. Plans of a
 * compartment do not leave it, nor do those of a case that was closed as referred in error. Source: MARAC note, sections 2.4 and 2.6.
 */
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Escalation } from '../escalations/escalation.entity.js';
import { STEERING_GROUP } from '../panels/panel.entity.js';
import { ACCEPTED_STATUSES, type Action } from '../plans/action.entity.js';
import { londonDay } from '../time/clock.js';
import { findActionsPastEscalation } from './due-notices.queries.js';

type UndoneAction = Pick<Action, 'partnershipId' | 'caseId' | 'listingId' | 'panelId' | 'ownerAgencyId' | 'dueOn'> & {
  actionId: string;
  kind: Escalation['kind'];
};

export async function escalateUndoneActions(manager: EntityManager, partnershipId: string, now: Date): Promise<void> {
  const today = londonDay(now);
  const [group] = await manager.query<{ id: string; since: string }[]>(
    `SELECT id, (created_at AT TIME ZONE 'Europe/London')::date AS since FROM panels WHERE partnership_id = $1 AND type = $2`,
    [partnershipId, STEERING_GROUP],
  );
  if (!group) return;
  // locked, so that a concurrent end of an action finds its escalation; actions that ended before the group existed are
  // ignored
  const undone = await manager.query<UndoneAction[]>(
    `SELECT a.id AS "actionId", a.partnership_id AS "partnershipId", a.case_id AS "caseId", a.listing_id AS "listingId",
       a.panel_id AS "panelId",
       a.owner_agency_id AS "ownerAgencyId", a.due_on AS "dueOn",
       CASE a.status WHEN 'not_done' THEN 'not_done' ELSE 'overdue' END AS kind
     FROM actions a JOIN panels p ON p.id = a.panel_id AND NOT p.compartment
     WHERE a.partnership_id = $1 AND a.due_on < $5
       AND (a.status = 'not_done' AND a.ended_on >= $2 OR a.id = ANY ($3) AND a.status = ANY ($4))
       AND NOT EXISTS (SELECT FROM cases c WHERE c.id = a.case_id AND c.closure_reason = 'referred_in_error')
       AND NOT EXISTS (SELECT FROM escalations e WHERE e.action_id = a.id)
       AND NOT EXISTS (SELECT FROM exclusions x LEFT JOIN case_people cp ON cp.person_id = x.person_id AND cp.panel_id = x.panel_id
         WHERE x.agency_id = a.owner_agency_id
           AND (a.case_id = cp.case_id OR a.case_id IN (SELECT one.case_id FROM excluded_cases(ARRAY[x.id], a.owner_agency_id) one))
           AND x.since <= $6 AND (x.until IS NULL OR x.until > $6))
     ORDER BY a.id FOR SHARE OF a`,
    [partnershipId, group.since, await findActionsPastEscalation(manager, today), ACCEPTED_STATUSES, today, now],
  );
  for (const one of undone)
    await manager.insert(Escalation, {
      ...one,
      id: uuidv7(),
      steeringPanelId: group.id,
      sinceOn: today,
      status: 'open',
      createdAt: now,
      updatedAt: now,
    });
}
