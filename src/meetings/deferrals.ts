/**
 * Number of consecutive deferrals of a case: taken off a list, or deferred by decision, and not heard since. At the
 * panel's `deferralLimit` only the chair of the panel may defer once more. Source: JAG note, section 1.6 "DEFERRED"
 * (two, then the chair is alerted).
 */
import { In } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { refused } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing } from './meeting.entity.js';

export interface Deferrals {
  counts: Map<string, number>;
  limit: number;
}

export async function findDeferrals(work: UnitOfWork, panelId: string, caseIds: string[]): Promise<Deferrals> {
  const inForce = await rulesInForce(work, panelId);
  const found = await work.manager.query<{ caseId: string; count: number }[]>(
    `SELECT l.case_id AS "caseId", count(*)::int AS count FROM listings l JOIN meetings m ON m.id = l.meeting_id
     WHERE l.case_id = ANY ($1) AND l.outcome = 'defer' AND NOT EXISTS (
       SELECT FROM listings h JOIN meetings later ON later.id = h.meeting_id
       WHERE h.case_id = l.case_id AND h.outcome <> 'defer' AND later.scheduled_at > m.scheduled_at)
     GROUP BY 1`,
    [caseIds],
  );
  return {
    counts: new Map(found.map(({ caseId, count }) => [caseId, count])),
    limit: ruleNumber(inForce?.rules, 'deferralLimit'),
  };
}

/** Authorizes the deferral of a case. Refuses if only the chair may defer, and records an event if the chair does. */
export async function authorizeDeferral(work: UnitOfWork, listing: Listing): Promise<void> {
  const { id, caseId, panelId } = listing;
  await work.records.find('list', Case, caseId, { lock: true });
  const { counts, limit } = await findDeferrals(work, panelId, [caseId]);
  const before = counts.get(caseId) ?? 0;
  if (before < limit) {
    await recordHiddenDeferrals(work, { panelId, caseId }, before);
    return;
  }
  if (!(await work.records.findOrNull('defer-again', Listing, id)))
    throw refused(
      'deferred-often',
      'The case was deferred as often as the panel’s rules allow. Ask the chair of the panel to defer it once more, with a reason.',
    );
  // event of the item, so that it is hidden together with the item
  work.recordEvent('case.deferred-often', Listing, listing, { deferrals: before + 1 });
}

/**
 * Records the event if the limit is reached by items from which the actor is recused. The actor is not refused because
 * of these items, which would reveal them. The event belongs to the latest of the hidden items, so that it is hidden
 * from the actor too and reaches the chair.
 */
async function recordHiddenDeferrals(
  work: UnitOfWork,
  { panelId, caseId }: Pick<Listing, 'panelId' | 'caseId'>,
  visible: number,
): Promise<void> {
  const hidden = work.actor.recusedListingIds;
  if (!hidden.length) return;
  await work.asSystem(async () => {
    const { counts, limit } = await findDeferrals(work, panelId, [caseId]);
    const before = counts.get(caseId) ?? 0;
    if (before < limit || before === visible) return;
    const where = { id: In(hidden), caseId, outcome: 'defer' } as const;
    const [latest] = await work.manager.find(Listing, { where, order: { id: 'DESC' }, take: 1 });
    if (latest) work.recordEvent('case.deferred-often', Listing, latest, { deferrals: before + 1 });
  });
}
