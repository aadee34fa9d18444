/**
 * A case comes onto the list of a meeting: drawn up by the generator, by hand, or moved from another meeting. The case itself
 * is not changed: its stage, version or date would tell of an item that is hidden from somebody who is recused from it.
 */
import { IsNull } from 'typeorm';
import type { Case } from '../cases/case.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { conflict } from '../http/problems.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing, type Meeting } from '../meetings/meeting.entity.js';
import { Recusal } from '../proceedings/recusal.entity.js';

export type Enlisted = Pick<Listing, 'kind' | 'reason'> &
  Partial<Pick<Listing, 'timeboxMinutes' | 'presentedByAgencyId' | 'carriedFromId' | 'overdueActionId' | 'lateReason'>>;

export async function addListing(work: UnitOfWork, meeting: Meeting, found: Case, values: Enlisted): Promise<Listing> {
  if (found.stage === 'closed')
    throw conflict('case-closed', 'A closed case is not listed. Reopen it first: POST /v1/cases/{id}/reopening.');
  const { actor } = work;
  const listing = await work.write.insert(Listing, {
    meetingId: meeting.id,
    position: await nextPosition(work, meeting.id),
    ...values,
    timeboxMinutes: values.timeboxMinutes ?? (await usualTimebox(work, meeting.panelId)),
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

/** Condition on the last item of a case, with the status of its meeting: it was put off or not heard. */
export const WAS_NOT_HEARD = `(last.outcome = 'defer' OR (last.outcome IS NULL AND last.status IN ('held', 'cancelled')))`;

/**
 * Item from which a new one carries its case over, however the case was listed again: the last one of the case, if not heard.
 * $1 the case, $2 the new item.
 */
const CARRIED_FROM = `SELECT last.id FROM (
    SELECT l.id, l.outcome, m.status FROM listings l JOIN meetings m ON m.id = l.meeting_id
    WHERE l.case_id = $1 AND l.id <> $2 ORDER BY m.scheduled_at DESC, l.id DESC LIMIT 1) last
  WHERE ${WAS_NOT_HEARD}`;

/**
 * Recuses from an item that was carried over whoever is recused from the earlier one: moving an item ends no recusal. The service
 * acts as the system, because the person who lists the case need not know of the recusals.
 */
async function carryRecusals(work: UnitOfWork, listing: Listing): Promise<void> {
  await work.asSystem(async () => {
    const [last] = await work.manager.query<{ id: string }[]>(CARRIED_FROM, [listing.caseId, listing.id]);
    const earlierId = listing.carriedFromId ?? last?.id;
    if (!earlierId) return;
    const running = await work.manager.findBy(Recusal, { listingId: earlierId, endedAt: IsNull() });
    for (const { id: _, version: _version, createdAt: _created, updatedAt: _updated, ...recusal } of running) {
      const values = { ...recusal, listingId: listing.id, meetingId: listing.meetingId };
      const { caseId: _case, ...carried } = await work.write.insert(Recusal, values);
      // not told on the timeline of the case, which everybody in it reads
      work.recordEvent('recusal.made', Recusal, carried);
    }
  });
}

/** Counted over all items, hidden ones too: the number itself is never shown. */
async function nextPosition(work: UnitOfWork, meetingId: string): Promise<number> {
  return ((await work.asSystem(() => work.manager.maximum(Listing, 'position', { meetingId }))) ?? 0) + 1;
}

async function usualTimebox(work: UnitOfWork, panelId: string): Promise<number> {
  const inForce = await rulesInForce(work, panelId);
  return ruleNumber(inForce?.rules, 'caseTimeBoxMinutes');
}
