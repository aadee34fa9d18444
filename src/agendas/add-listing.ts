/**
 * Adds a case to the list of a meeting: by the generator, by hand, or from another meeting. The case itself is not
 * changed, because its stage, version or date would reveal an item to people recused from it.
 */
import { IsNull } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { conflict } from '../http/problems.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing, type Meeting } from '../meetings/meeting.entity.js';
import { Recusal } from '../proceedings/recusal.entity.js';

export type ListingValues = Pick<Listing, 'kind' | 'reason'> &
  Partial<Pick<Listing, 'timeboxMinutes' | 'presentedByAgencyId' | 'carriedFromId' | 'overdueActionId' | 'lateReason'>>;

export async function addListing(
  work: UnitOfWork,
  meeting: Meeting,
  found: Case,
  values: ListingValues,
): Promise<Listing> {
  if (found.stage === 'closed')
    throw conflict('case-closed', 'A closed case cannot be listed. Reopen it first: POST /v1/cases/{id}/reopening.');
  const { actor } = work;
  const listing = await work.write.insert(Listing, {
    meetingId: meeting.id,
    position: await nextPosition(work, meeting.id),
    ...values,
    timeboxMinutes: values.timeboxMinutes ?? (await defaultTimebox(work, meeting.panelId)),
    presentedByAgencyId: values.presentedByAgencyId ?? found.leadAgencyId,
    caseId: found.id,
    panelId: found.panelId,
    partnershipId: found.partnershipId,
    agencyId: actor.agencyId,
    contributingType: actor.agencyType,
  });
  await carryRecusals(work, listing);
  work.recordEvent('case.listed', Listing, listing, {
    meetingId: meeting.id,
    kind: listing.kind,
    reason: listing.reason,
  });
  return listing;
}

/** SQL condition on the last item `last` of a case, with the status of its meeting: deferred or not heard. */
export const WAS_NOT_HEARD = `(last.outcome = 'defer' OR (last.outcome IS NULL AND last.status IN ('held', 'cancelled')))`;

/**
 * SQL for the item that a new one continues. This is the last item of the case `$1` before the new item `$2`, if it was
 * not heard. Applies however the case was listed again.
 */
const CARRIED_FROM_SQL = `SELECT last.id FROM (
    SELECT l.id, l.outcome, m.status FROM listings l JOIN meetings m ON m.id = l.meeting_id
    WHERE l.case_id = $1 AND l.id <> $2 ORDER BY m.scheduled_at DESC, l.id DESC LIMIT 1) last
  WHERE ${WAS_NOT_HEARD}`;

/**
 * Carries recusals over from the earlier item, because moving an item does not end a recusal. Runs as the system,
 * because the person who lists the case need not know of the recusals.
 */
async function carryRecusals(work: UnitOfWork, listing: Listing): Promise<void> {
  await work.asSystem(async () => {
    const [last] = await work.manager.query<{ id: string }[]>(CARRIED_FROM_SQL, [listing.caseId, listing.id]);
    const earlierId = listing.carriedFromId ?? last?.id;
    if (!earlierId) return;
    const running = await work.manager.findBy(Recusal, { listingId: earlierId, endedAt: IsNull() });
    for (const { id: _, version: _version, createdAt: _created, updatedAt: _updated, ...recusal } of running) {
      const values = { ...recusal, listingId: listing.id, meetingId: listing.meetingId };
      const { caseId: _case, ...carried } = await work.write.insert(Recusal, values);
      // without the case, whose timeline every reader of the case sees
      work.recordEvent('recusal.made', Recusal, carried);
    }
  });
}

/** Returns the next free position, counted over all items including hidden ones. Positions are never shown. */
async function nextPosition(work: UnitOfWork, meetingId: string): Promise<number> {
  return ((await work.asSystem(() => work.manager.maximum(Listing, 'position', { meetingId }))) ?? 0) + 1;
}

async function defaultTimebox(work: UnitOfWork, panelId: string): Promise<number> {
  const inForce = await rulesInForce(work, panelId);
  return ruleNumber(inForce?.rules, 'caseTimeBoxMinutes');
}
