/** Audit entries of what a meeting hears: the item that one agency presents is disclosed to the agencies present. */
import { asRow } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Listing } from '../meetings/meeting.entity.js';
import { SPOKEN, type DisclosureDraft } from '../records/audit-recording.js';
import { disclosureDraft } from '../records/audit-trail.js';
import type { UnitOfWork } from '../records/unit-of-work.js';

const spokenDisclosureOf = (listing: Listing): DisclosureDraft => ({
  ...disclosureDraft(subjectOf(Listing), asRow(listing), { content: [SPOKEN], agreementVersionIds: [] }),
  originAgencyId: listing.presentedByAgencyId,
});

/** Records that the presenting agency disclosed the item verbally to another. */
export function noteSpokenDisclosure(
  { audit }: UnitOfWork,
  listing: Listing,
  to: { agencyId: string; recordIds: string[] },
): void {
  const spoken = { ...spokenDisclosureOf(listing), recipientAgencyId: to.agencyId };
  audit.add('disclose', 'verbal', subjectOf(Listing), [asRow(listing)], {
    recordIds: [listing.id, ...to.recordIds],
    recipientAgencyId: to.agencyId,
    disclosed: to.agencyId === listing.presentedByAgencyId ? [] : [spoken],
  });
}

/**
 * Records what an agency would have received if a conflict had not excluded its only recipient. This is not a
 * disclosure and has no audit entry of its own; it is stored with the entry added last.
 */
export function notePreventedDisclosure(
  { audit }: UnitOfWork,
  listing: Listing,
  to: { agencyId: string; keptOutByIds: string[] },
): void {
  const entry = audit.drafts.at(-1);
  if (!entry || to.agencyId === listing.presentedByAgencyId) return;
  const prevented = { ...spokenDisclosureOf(listing), recipientAgencyId: to.agencyId, keptOutByIds: to.keptOutByIds };
  entry.disclosed = [...(entry.disclosed ?? []), prevented];
}

/** Marks the verbal disclosures of the item to an agency as recorded in error, or ends that mark. */
export function noteReceiptCorrection(
  work: UnitOfWork,
  { listingId, agencyId, isInError }: { listingId: string; agencyId: string; isInError: boolean },
): void {
  work.write.correctedReceipts.push({
    recordType: subjectOf(Listing).name,
    recordId: listingId,
    recipientAgencyId: agencyId,
    isInError,
    at: work.now,
  });
}
