/**
 * Facts by which an agenda is ordered, read for each case as the system. Only the resulting order is shown. Whether an
 * emergency meeting can wait is decided by what the actor may read.
 */
import { Assessment } from '../cases/assessment.entity.js';
import { Case } from '../cases/case.entity.js';
import { BANDS, type Band } from '../instruments/instrument.entity.js';
import { OPEN_STATUSES } from '../plans/action.entity.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { findDeferrals } from './deferrals.js';
import { Listing, type Meeting } from './meeting.entity.js';
import { proposeOverflow, type RankingFactors, type Overflow, type RankedListing } from './order-of-hearing.js';

const HIGH: Band = 'high';

const BANDS_SQL = `ARRAY[${BANDS.map((band) => `'${band}'`).join(', ')}]`;

/**
 * SQL for the highest risk band in force of the case `c`. Candidates are the confirmed band and bands of assessments
 * that are not superseded.
 */
const RISK_SQL = `greatest(array_position(${BANDS_SQL}, c.risk_band), (SELECT max(array_position(${BANDS_SQL}, a.effective_band))
  FROM assessments a WHERE a.case_id = c.id AND NOT EXISTS (SELECT FROM assessments n WHERE n.supersedes_id = a.id)), 0)`;

/**
 * SQL for the agencies that must be present: the lead agency, owners of open actions, contributors and invited
 * agencies.
 */
const REQUIRED_AGENCIES_SQL = `SELECT c.lead_agency_id AS agency
  UNION SELECT t.owner_agency_id FROM actions t WHERE t.case_id = c.id AND t.status = ANY ($3)
  UNION SELECT k.agency_id FROM contributions k WHERE k.case_id = c.id AND NOT k.agency_only AND k.recalled_at IS NULL
  UNION SELECT i.agency_id FROM invitations i WHERE i.case_id = c.id AND i.meeting_id = $2 AND i.withdrawn_at IS NULL`;

async function queryRankingFactors(
  work: UnitOfWork,
  meetingId: string,
  caseIds: string[],
): Promise<Map<string, RankingFactors>> {
  const found = await work.manager.query<RankingFactors[]>(
    `SELECT c.id AS "caseId", ${RISK_SQL} AS risk, ARRAY(SELECT agency FROM (${REQUIRED_AGENCIES_SQL}) room ORDER BY 1) AS "requiredAgencyIds",
       coalesce((SELECT min(r.submitted_at) FROM referrals r WHERE r.case_id = c.id), c.opened_at) AS "referredAt"
     FROM cases c WHERE c.id = ANY ($1)`,
    [caseIds, meetingId, OPEN_STATUSES],
  );
  return new Map(found.map((one) => [one.caseId, one]));
}

export async function loadRankingFactors(
  work: UnitOfWork,
  { id }: Meeting,
  listings: readonly Listing[],
): Promise<RankedListing[]> {
  const known = await queryRankingFactors(
    work,
    id,
    listings.map(({ caseId }) => caseId),
  );
  return listings.flatMap((listing) => {
    const bearing = known.get(listing.caseId);
    return bearing ? [{ ...bearing, listing }] : [];
  });
}

/** Returns the overflow between the beginning and the planned end. Without a planned end every item fits. */
export async function findOverflow(
  work: UnitOfWork,
  { panelId, scheduledAt, endsAt }: Meeting,
  order: RankedListing[],
): Promise<Overflow> {
  if (!endsAt) return { minutes: 0, proposal: [] };
  const { counts, limit } = await findDeferrals(
    work,
    panelId,
    order.map(({ caseId }) => caseId),
  );
  const minutes = Math.floor((endsAt.getTime() - scheduledAt.getTime()) / 60_000);
  return proposeOverflow(order, minutes, ({ caseId }) => (counts.get(caseId) ?? 0) >= limit);
}

/**
 * Returns whether a case of high risk is on the list. A risk withheld from the actor counts as not high, because the
 * answer would reveal it.
 */
export async function hearsHighRisk(work: UnitOfWork, { id }: Meeting): Promise<boolean> {
  const listed = await work.records.findMany('read', Listing, { meetingId: id, removedAt: null });
  const caseIds = listed.map(({ caseId }) => caseId);
  if ((await work.records.findMany('read', Case, { id: { $in: caseIds }, riskBand: HIGH }, 1)).length) return true;
  const high = await work.records.findMany('read', Assessment, { caseId: { $in: caseIds }, effectiveBand: HIGH });
  const later = await work.records.findMany('read', Assessment, { supersedesId: { $in: high.map((one) => one.id) } });
  return high.some((one) => !later.some(({ supersedesId }) => supersedesId === one.id));
}
