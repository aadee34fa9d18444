/**
 * Queries for the notices that are due on a day in one partnership, to which row-level security restricts them. A
 * notice that was missed on its day remains due while its matter is unresolved.
 */
import type { EntityManager } from 'typeorm';
import { STEERING_GROUP } from '../panels/panel.entity.js';
import { workingCalendarOf, type Rules } from '../meetings/deadlines.js';
import { TO_BE_HELD } from '../meetings/meeting.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { daysAfter, workingDaysAfter, workingDaysBefore } from '../panels/working-days.js';
import { OPEN_STATUSES, type Action } from '../plans/action.entity.js';
import type { Actors } from '../authentication/actor.js';
import { londonDay } from '../time/clock.js';
import { warningsOf } from '../sharing/agreement-warnings.js';
import type { SharingAgreementVersion } from '../sharing/agreement.entity.js';
import { findMattersWithoutChair } from './matters-without-chair.queries.js';
import { findUnseenActions, type UnseenAction } from './unseen-actions.js';
import { findChangesByExcluded, type ChangedMatter } from './excluded-changes.js';
import { findPeopleExcludedByNaming } from './excluded-by-naming.js';
import { REFUSAL_NOTICE_DAYS, type Notice, type NoticeKind } from './notice.entity.js';

export type DueNotice = Pick<Notice, 'kind' | 'subjectId' | 'dueOn' | 'agencyId'> &
  Partial<
    Pick<Notice, 'subjectType' | 'practitionerId' | 'caseId' | 'listingId' | 'panelId' | 'planPanelId' | 'exclusionId'>
  >;

/** Calendar days that cover the earliest reminder (`reminderWorkingDays`, at most 20 working days). */
const REMINDER_WINDOW_DAYS = 45;

/** Agencies of the current chairs, co-chairs and coordinators of each panel. $1 today. */
const COORDINATION = `SELECT DISTINCT m.panel_id, m.agency_id FROM memberships m
  WHERE m.role IN ('chair', 'co_chair', 'coordinator') AND m.valid_from <= $1 AND coalesce(m.valid_to, 'infinity') >= $1`;

export async function findDueNotices(manager: EntityManager, actors: Actors, now: Date): Promise<DueNotice[]> {
  const today = londonDay(now);
  const found: DueNotice[] = [];
  for (const ask of [
    findActionNotices,
    findEscalationNotices,
    findMeetingNotices,
    findMinutesNotices,
    findBidNotices,
    findFeedNotices,
    findAgreementNotices,
    findEmergencyNotices,
    findReturnNotices,
    findRefusalNotices,
    findRedirectionNotices,
    findErrorNotices,
    findMissingChairNotices,
    findRecipientNotices,
    findExcludedChangeNotices,
    findKeptByNamingNotices,
  ])
    found.push(...(await ask(manager, today, now)));
  found.push(...(await findUnseenActionNotices(manager, today, await findUnseenActions(manager, actors, now))));
  return found;
}

/** Selects decided referrals for the referring agency, with the day of the decision in London. */
const DECIDED_REFERRALS = `SELECT r.id AS "subjectId", r.agency_id AS "agencyId", r.panel_id AS "panelId",
    (r.decided_at AT TIME ZONE 'Europe/London')::date::text AS "dueOn" FROM referrals r`;

type ReferralNotice = Pick<DueNotice, 'subjectId' | 'agencyId' | 'panelId' | 'dueOn'>;

/** Returned referrals, for the referring agency, which completes them. Due until they are submitted again or withdrawn. */
async function findReturnNotices(manager: EntityManager, _: string, now: Date): Promise<DueNotice[]> {
  // the notice of an earlier return would be shown again with that of the present one
  await manager.query(
    `UPDATE notices n SET ended_at = $1, version = n.version + 1, updated_at = $1 FROM referrals r
     WHERE n.kind = 'referral_returned' AND n.ended_at IS NULL AND n.subject_id = r.id
       AND (r.status <> 'returned' OR n.due_on <> (r.decided_at AT TIME ZONE 'Europe/London')::date)`,
    [now],
  );
  // a referral that was returned again on the same day has the same notice, which becomes unread
  await manager.query(
    `UPDATE notices n SET ended_at = NULL, read_at = NULL, read_by_id = NULL, version = n.version + 1, updated_at = $1 FROM referrals r
     WHERE n.kind = 'referral_returned' AND n.subject_id = r.id AND r.status = 'returned'
       AND n.due_on = (r.decided_at AT TIME ZONE 'Europe/London')::date
       AND (n.ended_at IS NOT NULL OR n.read_at < r.decided_at)`,
    [now],
  );
  const found = await manager.query<ReferralNotice[]>(
    `${DECIDED_REFERRALS} WHERE r.status = 'returned' AND r.decided_at IS NOT NULL ORDER BY r.id`,
  );
  return found.map((one) => ({ ...one, kind: 'referral_returned' }));
}

/** Refused referrals, for the referring agency. The notice ends after some days: nothing is left to be done. */
async function findRefusalNotices(manager: EntityManager, today: string, now: Date): Promise<DueNotice[]> {
  const since = daysAfter(today, -REFUSAL_NOTICE_DAYS);
  await manager.query(
    `UPDATE notices SET ended_at = $1, version = version + 1, updated_at = $1
     WHERE kind = 'referral_refused' AND ended_at IS NULL AND due_on <= $2::date`,
    [now, since],
  );
  const found = await manager.query<ReferralNotice[]>(
    `${DECIDED_REFERRALS} WHERE r.status = 'refused' AND (r.decided_at AT TIME ZONE 'Europe/London')::date > $1::date
     ORDER BY r.id`,
    [since],
  );
  return found.map((one) => ({ ...one, kind: 'referral_refused' }));
}

/** Redirected referrals, for the referring agency, which must refer the matter to another panel itself. */
async function findRedirectionNotices(manager: EntityManager, today: string): Promise<DueNotice[]> {
  const found = await manager.query<Pick<DueNotice, 'subjectId' | 'agencyId' | 'panelId' | 'dueOn'>[]>(
    `SELECT id AS "subjectId", agency_id AS "agencyId", panel_id AS "panelId",
       (decided_at AT TIME ZONE 'Europe/London')::date::text AS "dueOn"
     FROM referrals WHERE status = 'redirected' AND decided_at >= $1::date - $2::int ORDER BY id`,
    [today, REMINDER_WINDOW_DAYS],
  );
  return found.map((one) => ({ ...one, kind: 'referral_redirected' }));
}

/** Referrals whose case was closed as referred in error, for the referring agency, which may have to refer other people. */
async function findErrorNotices(manager: EntityManager, today: string, now: Date): Promise<DueNotice[]> {
  // a notice read before the case was reopened and closed again on the same day becomes unread
  await manager.query(
    `UPDATE notices n SET read_at = NULL, read_by_id = NULL, version = n.version + 1, updated_at = $1
     FROM referrals r JOIN cases c ON c.id = r.case_id
     WHERE n.kind = 'referral_in_error' AND n.subject_id = r.id AND r.case_in_error AND n.read_at < c.closed_at
       AND n.due_on = (c.closed_at AT TIME ZONE 'Europe/London')::date`,
    [now],
  );
  const found = await manager.query<Pick<DueNotice, 'subjectId' | 'agencyId' | 'panelId' | 'dueOn'>[]>(
    `SELECT r.id AS "subjectId", r.agency_id AS "agencyId", r.panel_id AS "panelId",
       (c.closed_at AT TIME ZONE 'Europe/London')::date::text AS "dueOn"
     FROM referrals r JOIN cases c ON c.id = r.case_id
     WHERE r.case_in_error AND c.closed_at >= $1::date - $2::int ORDER BY r.id`,
    [today, REMINDER_WINDOW_DAYS],
  );
  return found.map((one) => ({ ...one, kind: 'referral_in_error' }));
}

type OpenAction = Pick<Action, 'dueOn' | 'caseId' | 'listingId' | 'panelId'> & {
  subjectId: string;
  ownerAgencyId: string;
  practitionerId: string | null;
  rules: Rules | null;
  coordination: string[];
};

const findOpenActions = (manager: EntityManager, today: string): Promise<OpenAction[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT a.id AS "subjectId", a.due_on AS "dueOn", a.owner_agency_id AS "ownerAgencyId", a.case_id AS "caseId",
       a.listing_id AS "listingId", a.owner_practitioner_id AS "practitionerId", a.panel_id AS "panelId",
       (SELECT r.rules FROM panel_rules r WHERE r.panel_id = a.panel_id AND r.effective_from <= $1
        ORDER BY r.effective_from DESC, r.edition DESC LIMIT 1) AS rules,
       ARRAY(SELECT c.agency_id FROM coordination c WHERE c.panel_id = a.panel_id ORDER BY 1) AS coordination
     FROM actions a WHERE a.status = ANY ($2) AND a.due_on <= $3 ORDER BY a.id`,
    [today, OPEN_STATUSES, daysAfter(today, REMINDER_WINDOW_DAYS)],
  );

/** Returns whether an action is overdue for longer than its panel's `escalationWorkingDays`. */
const isPastEscalationDay = ({ dueOn, rules }: OpenAction, today: string): boolean =>
  today > dueOn &&
  today >= workingDaysAfter(dueOn, ruleNumber(rules ?? {}, 'escalationWorkingDays'), workingCalendarOf(rules ?? {}));

async function findActionNotices(manager: EntityManager, today: string): Promise<DueNotice[]> {
  return (await findOpenActions(manager, today)).flatMap((action) => {
    const { ownerAgencyId, practitionerId, rules, coordination, ...about } = action;
    const { dueOn } = about;
    const kind = today < dueOn ? 'action_due_soon' : today === dueOn ? 'action_due' : 'action_overdue';
    const reminder = ruleNumber(rules ?? {}, 'reminderWorkingDays');
    if (today < workingDaysBefore(dueOn, reminder, workingCalendarOf(rules ?? {}))) return [];
    const notices: DueNotice[] = [{ ...about, kind, agencyId: ownerAgencyId, practitionerId }];
    if (isPastEscalationDay(action, today))
      notices.push(...coordination.map((agencyId): DueNotice => ({ ...about, kind: 'action_escalated', agencyId })));
    return notices;
  });
}

/** Returns open actions whose escalation day has been reached. */
export const findActionsPastEscalation = async (manager: EntityManager, today: string): Promise<string[]> =>
  (await findOpenActions(manager, today))
    .filter((one) => isPastEscalationDay(one, today))
    .map(({ subjectId }) => subjectId);

/**
 * Escalations, for the coordination of the steering group and for the owner of the action; the answer, for the owner.
 */
const findEscalationNotices = (manager: EntityManager, today: string): Promise<DueNotice[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT 'escalation_to_answer' AS kind, e.id AS "subjectId", e.due_on AS "dueOn", c.agency_id AS "agencyId",
       e.case_id AS "caseId", e.listing_id AS "listingId", e.steering_panel_id AS "panelId"
     FROM escalations e JOIN coordination c ON c.panel_id = e.steering_panel_id WHERE e.status = 'open'
     UNION ALL
     SELECT CASE e.status WHEN 'open' THEN 'action_before_steering_group' ELSE 'steering_group_answered' END, e.action_id,
       coalesce(e.answer_due_on, e.due_on), e.owner_agency_id, e.case_id, e.listing_id,
       e.panel_id
     FROM escalations e WHERE e.status <> 'closed' ORDER BY 1, 2`,
    [today],
  );

/** Meetings with papers not circulated or research due, for the coordination of the panel. */
const findMeetingNotices = (manager: EntityManager, today: string, now: Date): Promise<DueNotice[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT due.kind, m.id AS "subjectId", due.day AS "dueOn", c.agency_id AS "agencyId", m.panel_id AS "panelId"
     FROM meetings m JOIN coordination c ON c.panel_id = m.panel_id
     CROSS JOIN LATERAL (VALUES
       ('papers_due', m.papers_due_on, m.status = 'scheduled' AND m.circulated_at IS NULL AND m.scheduled_at > $2),
       ('research_due', m.research_due_on, m.status = ANY ($3) AND m.scheduled_at > $2)
     ) AS due (kind, day, applies)
     WHERE due.applies AND due.day <= $1 ORDER BY m.id`,
    [today, now, TO_BE_HELD],
  );

/**
 * Items without approved minutes. One notice per item, so that no notice depends on an item that is hidden from its
 * reader.
 */
const findMinutesNotices = (manager: EntityManager, today: string): Promise<DueNotice[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT 'minutes_due' AS kind, l.id AS "subjectId", m.minutes_due_on AS "dueOn", c.agency_id AS "agencyId",
       l.case_id AS "caseId", l.id AS "listingId", l.panel_id AS "panelId"
     FROM meetings m JOIN coordination c ON c.panel_id = m.panel_id
     JOIN listings l ON l.meeting_id = m.id AND l.removed_at IS NULL
     WHERE m.status = 'held' AND m.minutes_due_on <= $1
       AND NOT EXISTS (SELECT FROM minutes n WHERE n.listing_id = l.id AND n.status IN ('approved', 'confirmed'))
     ORDER BY l.id`,
    [today],
  );

/** Bids with results due or overdue, for the bidding agency. Source: JAG note, section 3.3, rule 5. */
const findBidNotices = (manager: EntityManager, today: string): Promise<DueNotice[]> =>
  manager.query(
    `SELECT CASE b.results_due_on WHEN $1 THEN 'bid_results_due' ELSE 'bid_results_overdue' END AS kind, b.id AS "subjectId",
       b.results_due_on AS "dueOn", b.agency_id AS "agencyId", b.case_id AS "caseId", b.panel_id AS "panelId",
       b.plan_panel_id AS "planPanelId"
     FROM bids b WHERE b.status = 'deployed' AND b.results_due_on <= $1 ORDER BY b.id`,
    [today],
  );

/** Feeds not acknowledged when the papers of the meeting are due. Source: JAG note, section 3.3, rule 1. */
const findFeedNotices = (manager: EntityManager, today: string): Promise<DueNotice[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT 'feed_not_taken_up' AS kind, f.id AS "subjectId", m.papers_due_on AS "dueOn", c.agency_id AS "agencyId",
       f.case_id AS "caseId", f.panel_id AS "panelId", f.plan_panel_id AS "planPanelId"
     FROM feeds f JOIN meetings m ON m.id = f.to_meeting_id JOIN coordination c ON c.panel_id = f.panel_id
     WHERE f.acknowledged_at IS NULL AND m.status = ANY ($2) AND m.papers_due_on <= $1 ORDER BY f.id`,
    [today, TO_BE_HELD],
  );

async function findAgreementNotices(manager: EntityManager, today: string): Promise<DueNotice[]> {
  const inForce = await manager.query<
    (Pick<SharingAgreementVersion, 'id' | 'status' | 'reviewDue' | 'expiresOn'> & { agencyId: string })[]
  >(
    `SELECT v.id, v.status, v.review_due AS "reviewDue", v.expires_on AS "expiresOn", p.agency_id AS "agencyId"
     FROM sharing_agreements a JOIN sharing_agreement_versions v ON v.agreement_id = a.id
     JOIN sharing_parties p ON p.agreement_version_id = v.id ORDER BY v.id, p.agency_id`,
  );
  return inForce
    .filter((version) => warningsOf(version, today).some(({ code }) => code.startsWith('review')))
    .map(({ id, reviewDue, agencyId }) => ({
      kind: 'agreement_review_due',
      subjectId: id,
      dueOn: reviewDue,
      agencyId,
    }));
}

/** Emergency accesses with a review due, for the agencies of the partnership that have a data protection officer. */
const findEmergencyNotices = (manager: EntityManager, today: string): Promise<DueNotice[]> =>
  manager.query(
    `SELECT DISTINCT 'emergency_review_due' AS kind, e.id AS "subjectId", e.review_due_on AS "dueOn", p.agency_id AS "agencyId",
       e.case_id AS "caseId", e.panel_id AS "panelId"
     FROM emergency_accesses e JOIN agency_partnerships ap ON ap.partnership_id = e.partnership_id
     JOIN practitioners p ON p.agency_id = ap.agency_id AND p.active AND 'data_protection_officer' = ANY (p.roles)
     WHERE e.reviewed_at IS NULL AND e.review_due_on <= $1`,
    [today],
  );

/** Days between reminders that nobody can chair a matter, or read an action. */
const REMINDER_INTERVAL_DAYS = 7;

/**
 * Actions that nobody of their owner can read, or not the person named as owner. For the coordination of the panel, which
 * can reassign them.
 */
const findUnseenActionNotices = (
  manager: EntityManager,
  today: string,
  actions: UnseenAction[],
): Promise<DueNotice[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT 'owner_cannot_see' AS kind, a.id AS "subjectId", $1::date::text AS "dueOn", c.agency_id AS "agencyId",
       a.case_id AS "caseId", a.listing_id AS "listingId", a.panel_id AS "panelId", j."exclusionId"
     FROM jsonb_to_recordset($2) AS j (id uuid, "exclusionId" uuid) JOIN actions a ON a.id = j.id
     JOIN coordination c ON c.panel_id = a.panel_id
     WHERE NOT EXISTS (SELECT FROM notices n WHERE n.kind = 'owner_cannot_see'
       AND n.subject_id = a.id AND n.agency_id = c.agency_id AND n.due_on >= $3) ORDER BY a.id, c.agency_id`,
    [today, JSON.stringify(actions), daysAfter(today, 1 - REMINDER_INTERVAL_DAYS)],
  );

/**
 * Matters without a chair, for the coordination of the panel and for the steering group. The chair of the steering
 * group may appoint a deputy. For a compartment, only its core members are notified.
 */
async function findMissingChairNotices(manager: EntityManager, today: string, now: Date): Promise<DueNotice[]> {
  const matters = await findMattersWithoutChair(manager, today, now);
  if (!matters.length) return [];
  const recent = daysAfter(today, 1 - REMINDER_INTERVAL_DAYS);
  return manager.query(
    `WITH coordination AS (${COORDINATION}), matters AS (
       SELECT j.*, p.compartment, p.partnership_id FROM jsonb_to_recordset($2)
         AS j (id uuid, type text, "panelId" uuid, "caseId" uuid, "listingId" uuid)
       JOIN panels p ON p.id = j."panelId"), recipients AS (
       SELECT 'no_chair_left' AS kind, j.*, j."panelId" AS before, c.agency_id FROM matters j JOIN coordination c ON c.panel_id = j."panelId"
       UNION SELECT 'no_chair_left', j.*, j."panelId", m.agency_id FROM matters j JOIN memberships m ON j.compartment
         AND m.panel_id = j."panelId" AND m.tier = 'core' AND m.valid_from <= $1 AND coalesce(m.valid_to, 'infinity') >= $1
       UNION SELECT 'deputy_chair_needed', j.*, s.id, c.agency_id FROM matters j JOIN panels s ON NOT j.compartment
         AND s.partnership_id = j.partnership_id AND s.type = $3 JOIN coordination c ON c.panel_id = s.id)
     SELECT t.kind, t.type AS "subjectType", t.id AS "subjectId", $1::date::text AS "dueOn", t.agency_id AS "agencyId",
       t."caseId", t."listingId", t.before AS "panelId", t."panelId" AS "planPanelId" FROM recipients t
     WHERE NOT EXISTS (SELECT FROM notices n WHERE n.kind = t.kind AND n.subject_id = t.id AND n.agency_id = t.agency_id
       AND n.due_on >= $4) ORDER BY t.kind, t.id, t.agency_id`,
    [today, JSON.stringify(matters), STEERING_GROUP, recent],
  );
}

/**
 * Recipients not yet notified of a correction or recall, for the contributing agency and for the coordination of the
 * panel. A disclosure has no foreign keys; references without a match become null.
 */
const findRecipientNotices = (manager: EntityManager, today: string): Promise<DueNotice[]> =>
  manager.query(
    `WITH coordination AS (${COORDINATION}), pending AS (
       SELECT d.id, d.origin_agency_id, (d.pending_since AT TIME ZONE 'Europe/London')::date::text AS due_on,
         c.id AS case_id, l.id AS listing_id, p.id AS panel_id
       FROM disclosures d LEFT JOIN cases c ON c.id = d.case_id
       LEFT JOIN listings l ON l.id = d.listing_id AND l.case_id = d.case_id
       LEFT JOIN panels p ON p.id = d.panel_id AND p.partnership_id = d.partnership_id
       WHERE d.pending IS NOT NULL AND d.notified_at IS NULL AND d.in_error_since IS NULL), recipients AS (
       SELECT *, origin_agency_id AS agency_id FROM pending
       UNION SELECT q.*, c.agency_id FROM pending q JOIN coordination c ON c.panel_id = q.panel_id)
     SELECT 'recipient_to_tell' AS kind, id AS "subjectId", due_on AS "dueOn", agency_id AS "agencyId", case_id AS "caseId",
       listing_id AS "listingId", panel_id AS "panelId" FROM recipients ORDER BY id, agency_id`,
    [today],
  );

/** Changes made by excluded people, for the coordination of the panel of the matter, which checks them. */
const findExcludedChangeNotices = async (manager: EntityManager, today: string, now: Date): Promise<DueNotice[]> =>
  noticesOfMatters(manager, 'changed_by_excluded', await findChangesByExcluded(manager, today, now), today, now);

/** People named in a matter and so hidden from somebody excluded from it, for the coordination of its panel. */
const findKeptByNamingNotices = async (manager: EntityManager, today: string, now: Date): Promise<DueNotice[]> =>
  noticesOfMatters(manager, 'excluded_by_naming', await findPeopleExcludedByNaming(manager, today, now), today, now);

async function noticesOfMatters(
  manager: EntityManager,
  kind: NoticeKind,
  changed: ChangedMatter[],
  today: string,
  now: Date,
): Promise<DueNotice[]> {
  if (!changed.length) return [];
  // a notice read before a later change of the same day becomes unread
  await manager.query(
    `UPDATE notices n SET read_at = NULL, read_by_id = NULL, version = n.version + 1, updated_at = $1
     FROM jsonb_to_recordset($2) AS j (id uuid, day date, at timestamptz)
     WHERE n.kind = $3 AND n.subject_id = j.id AND n.due_on = j.day AND n.read_at < j.at`,
    [now, JSON.stringify(changed), kind],
  );
  return manager.query(
    `WITH coordination AS (${COORDINATION})
     SELECT $3::text AS kind, j.type AS "subjectType", j.id AS "subjectId", j.day AS "dueOn", c.agency_id AS "agencyId",
       j."caseId", j."panelId", j."exclusionId"
     FROM jsonb_to_recordset($2) AS j (id uuid, type text, "panelId" uuid, "caseId" uuid, "exclusionId" uuid, day text)
     JOIN coordination c ON c.panel_id = j."panelId" ORDER BY j.id, j.day, c.agency_id`,
    [today, JSON.stringify(changed), kind],
  );
}

/** Marks notices of recipients as unread if the record was corrected again after they were read. */
export const markRecipientNoticesUnread = (manager: EntityManager, now: Date): Promise<unknown> =>
  manager.query(
    `UPDATE notices n SET read_at = NULL, read_by_id = NULL, version = n.version + 1, updated_at = $1 FROM disclosures d
     WHERE n.kind = 'recipient_to_tell' AND d.id = n.subject_id AND d.pending IS NOT NULL AND d.notified_at IS NULL
       AND n.read_at < d.pending_since`,
    [now],
  );
