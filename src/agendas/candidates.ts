/** Cases of a panel that belong on the agenda of a meeting, each with the first reason that applies. */
import { isCaseInError } from '../cases/cases.policy.js';
import { OPEN_STATUSES } from '../plans/action.entity.js';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { WAS_NOT_HEARD } from './add-listing.js';
import { TO_BE_HELD, type Listing, type Meeting } from '../meetings/meeting.entity.js';

export type Candidate = Pick<Listing, 'caseId' | 'kind' | 'reason' | 'carriedFromId' | 'overdueActionId'>;

/**
 * SQL for open cases of the panel that are not on the list of a planned meeting. `last`: last listing of the case;
 * `heard`: listings with a decision other than to defer. Cases referred after the meeting's last day for referrals wait
 * for the next meeting, unless urgent (MARAC note, section 2.3, "listed"). Reviews and open actions count if due by the
 * day of the meeting. A case that was heard and has no day of review is due at every meeting, so that no open case is
 * forgotten.
 */
const CANDIDATES_SQL = `WITH listed AS (
    SELECT l.id, l.case_id, l.kind, l.outcome, m.status, m.kind AS meeting_kind, m.scheduled_at
    FROM listings l JOIN meetings m ON m.id = l.meeting_id WHERE l.panel_id = $2),
  last AS (SELECT DISTINCT ON (case_id) * FROM listed ORDER BY case_id, scheduled_at DESC, id DESC),
  heard AS (SELECT case_id, max(scheduled_at) AS at,
      max(scheduled_at) FILTER (WHERE meeting_kind = 'emergency') AS in_emergency_at
    FROM listed WHERE outcome <> 'defer' GROUP BY 1),
  referred AS (SELECT case_id, min(submitted_at) AS at, bool_or(urgent OR immediate_danger) AS urgent
    FROM referrals WHERE panel_id = $2 AND case_id IS NOT NULL GROUP BY 1)
  SELECT c.id AS "caseId", why.reason,
    CASE why.reason WHEN 'carried_over' THEN last.kind WHEN 'urgent' THEN 'urgent' WHEN 'repeat' THEN 'repeat'
      WHEN 'new_referral' THEN 'new' ELSE 'review' END AS kind,
    CASE why.reason WHEN 'carried_over' THEN last.id END AS "carriedFromId",
    CASE why.reason WHEN 'overdue_actions' THEN overdue.id END AS "overdueActionId"
  FROM cases c LEFT JOIN last ON last.case_id = c.id LEFT JOIN heard ON heard.case_id = c.id
  LEFT JOIN referred ON referred.case_id = c.id
  LEFT JOIN LATERAL (SELECT a.id FROM actions a WHERE a.case_id = c.id AND a.status = ANY ($5) AND a.due_on <= $4::date
    ORDER BY a.listing_id IS NOT NULL, a.due_on, a.id LIMIT 1) overdue ON true
  CROSS JOIN LATERAL (SELECT heard.at IS NULL AND ($3::date IS NULL OR
    (coalesce(referred.at, c.opened_at) AT TIME ZONE 'Europe/London')::date <= $3::date) AS waits) first
  CROSS JOIN LATERAL (SELECT CASE
    WHEN heard.in_emergency_at = heard.at THEN 'ratification'
    WHEN ${WAS_NOT_HEARD} THEN 'carried_over'
    WHEN heard.at IS NULL AND referred.urgent THEN 'urgent'
    WHEN first.waits AND c.is_repeat AND NOT ${isCaseInError('c.previous_case_id')} THEN 'repeat'
    WHEN first.waits THEN 'new_referral'
    WHEN heard.at IS NULL THEN NULL
    WHEN c.next_review_on <= $4::date OR EXISTS (SELECT FROM plans p WHERE p.case_id = c.id
      AND p.status IN ('agreed', 'active') AND p.review_on <= $4::date) THEN 'review_due'
    WHEN overdue.id IS NOT NULL THEN 'overdue_actions'
    WHEN c.next_review_on IS NULL AND NOT EXISTS (SELECT FROM plans p WHERE p.case_id = c.id
      AND p.status IN ('agreed', 'active') AND p.review_on IS NOT NULL) THEN 'review_due' END AS reason) why
  WHERE c.panel_id = $2 AND c.stage <> 'closed' AND why.reason IS NOT NULL
    AND NOT EXISTS (SELECT FROM listings l WHERE l.case_id = c.id AND l.meeting_id = $1)
    AND NOT EXISTS (SELECT FROM listed l WHERE l.case_id = c.id AND l.outcome IS NULL AND l.status = ANY ($6))
  ORDER BY c.id`;

export async function findCandidates(work: UnitOfWork, meeting: Meeting): Promise<Candidate[]> {
  const { id, panelId, referralsDueOn, scheduledAt, kind } = meeting;
  const found = await work.manager.query<Candidate[]>(CANDIDATES_SQL, [
    id,
    panelId,
    referralsDueOn,
    londonDay(scheduledAt),
    OPEN_STATUSES,
    TO_BE_HELD,
  ]);
  return kind === 'emergency' ? found.filter((one) => one.kind === 'urgent') : found;
}
