/**
 * A case comes onto the list of a meeting: drawn up by the generator, by hand, or moved from another meeting. The case itself
 * is not changed: its stage, version or date would tell of an item that is hidden from somebody who is recused from it.
 */
import type { Case } from '../../cases/case.entity.js';
import { ruleNumber } from '../../panels/panel-rules.js';
import { conflict } from '../../policy/problems.js';
import { rulesInForce } from '../../panels/panels.service.js';
import type { Work } from '../../records/work.js';
import { Listing, type Meeting } from '../meeting.entity.js';

export type Enlisted = Pick<Listing, 'kind' | 'reason'> &
  Partial<Pick<Listing, 'timeboxMinutes' | 'presentedByAgencyId' | 'carriedFromId' | 'overdueActionId' | 'lateReason'>>;

export async function enlist(work: Work, meeting: Meeting, found: Case, values: Enlisted): Promise<Listing> {
  if (found.stage === 'closed')
    throw conflict('case-closed', 'A closed case is not listed. Reopen it first: POST /v1/cases/{id}/reopening.');
  const { actor } = work;
  const listing = await work.insert(Listing, {
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
  work.happened('case.listed', Listing, listing, {
    meetingId: meeting.id,
    kind: listing.kind,
    reason: listing.reason,
  });
  return listing;
}

/** Counted over all items, hidden ones too: the number itself is never shown. */
async function nextPosition(work: Work, meetingId: string): Promise<number> {
  return ((await work.asService(() => work.manager.maximum(Listing, 'position', { meetingId }))) ?? 0) + 1;
}

async function usualTimebox(work: Work, panelId: string): Promise<number> {
  const inForce = await rulesInForce(work, panelId);
  return ruleNumber(inForce?.rules, 'caseTimeBoxMinutes');
}
