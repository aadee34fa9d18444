/** Audit entries of what a meeting hears: the item that one agency presents is disclosed to the agencies present. */
import { asRow } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Listing } from '../meetings/meeting.entity.js';
import { spokenDisclosureOf } from '../records/audit-trail.js';
import type { UnitOfWork } from '../records/unit-of-work.js';

/** Records that the presenting agency disclosed the item verbally to another. */
export function noteSpokenDisclosure(
  { audit }: UnitOfWork,
  listing: Listing,
  to: { agencyId: string; recordIds: string[] },
): void {
  const subject = subjectOf(Listing);
  const row = asRow(listing);
  const origin = listing.presentedByAgencyId;
  const spoken = { ...spokenDisclosureOf(subject, row, origin), recipientAgencyId: to.agencyId };
  audit.add('disclose', 'verbal', subject, [row], {
    recordIds: [listing.id, ...to.recordIds],
    recipientAgencyId: to.agencyId,
    disclosed: to.agencyId === origin ? [] : [spoken],
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
  const origin = listing.presentedByAgencyId;
  if (!entry || to.agencyId === origin) return;
  const spoken = spokenDisclosureOf(subjectOf(Listing), asRow(listing), origin);
  const prevented = { ...spoken, recipientAgencyId: to.agencyId, keptOutByIds: to.keptOutByIds };
  entry.disclosed = [...(entry.disclosed ?? []), prevented];
}
