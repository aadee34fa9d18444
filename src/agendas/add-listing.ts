/**
 * Adds a case to the list of a meeting: by the generator, by hand, or from another meeting. The case itself is not
 * changed, because its stage, version or date would reveal an item to people recused from it.
 */
import type { Case } from '../cases/case.entity.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { conflict } from '../http/problems.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Listing, type Meeting } from '../meetings/meeting.entity.js';
import { contributorOf } from '../authentication/actor.js';

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
    ...contributorOf(actor),
  });
  work.recordEvent('case.listed', Listing, listing, {
    meetingId: meeting.id,
    kind: listing.kind,
    reason: listing.reason,
  });
  return listing;
}

/** SQL condition on the last item `last` of a case, with the status of its meeting: deferred or not heard. */
export const WAS_NOT_HEARD = `(last.outcome = 'defer' OR (last.outcome IS NULL AND last.status IN ('held', 'cancelled')))`;

/** Returns the next free position, counted over all items including hidden ones. Positions are never shown. */
async function nextPosition(work: UnitOfWork, meetingId: string): Promise<number> {
  return ((await work.asSystem(() => work.manager.maximum(Listing, 'position', { meetingId }))) ?? 0) + 1;
}

async function defaultTimebox(work: UnitOfWork, panelId: string): Promise<number> {
  const inForce = await rulesInForce(work, panelId);
  return ruleNumber(inForce?.rules, 'caseTimeBoxMinutes');
}
