/** Drafts of disclosures: which content of one agency another agency received, by being shown it or verbally. */
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/sharing-levels.js';
import type { Subject } from '../authorization/subjects.js';
import { EMERGENCY_PURPOSE, type Purpose } from '../authentication/purposes.js';
import type { DisclosureDraft } from './audit-recording.js';
import { fieldMask, type FieldMask } from './field-mask.js';
import type { ViewShape } from './response-view.js';

/** Placeholder for the field names of a verbal disclosure. */
const SPOKEN = 'spoken';

/** Referrals, and record types that share the identifier of a referral. */
const REFERRALS = ['Referral', 'ReferralScreening'];

/** Returns whether the reader sees content contributed by another agency. */
export function isDisclosed(actor: Actor, { contributor }: Subject, row: Row, { content }: FieldMask): boolean {
  const from = contributor ? row[contributor.agency] : null;
  return from != null && from !== actor.agencyId && content.some((field) => row[field] != null);
}

/**
 * Returns what the reader's agency received of a record of another agency. There is one disclosure per case and
 * referral through which the record was read, each with the fields that the agreement of its panel permits,
 * independently of the others.
 */
export function disclosuresOf(
  actor: Actor,
  shape: ViewShape,
  subject: Subject,
  action: string,
  row: Row,
  masked: FieldMask,
  purpose: Purpose | undefined,
): DisclosureDraft[] {
  if (subject.isAboutProcess) return [];
  const context = row[READING_CONTEXT] as ReadingContext | undefined;
  if (!context?.through?.length)
    return isDisclosed(actor, subject, row, masked) ? [{ ...draftOf(subject, row, masked), purpose }] : [];
  const isMixed = context.panelIds.length > 1 || context.through.some((one) => one.inEmergency !== context.inEmergency);
  return context.through.flatMap(({ panelId, caseId, referralId, inEmergency }) => {
    const there = { ...row, [READING_CONTEXT]: { panelIds: [panelId], inEmergency } };
    const given = isMixed ? fieldMask(actor, shape, action, there) : masked;
    if (!isDisclosed(actor, subject, row, given)) return [];
    const purpose = actor.emergencyCaseIds.includes(caseId ?? '') ? EMERGENCY_PURPOSE : undefined;
    return [{ ...draftOf(subject, row, given), panelId, caseId, referralId, purpose }];
  });
}

/** Creates the draft of a verbal disclosure. */
export const spokenDisclosureOf = (subject: Subject, row: Row, originAgencyId: string): DisclosureDraft => ({
  ...draftOf(subject, row, { content: [SPOKEN], agreementVersionIds: [] }),
  originAgencyId,
});

/** Returns the meeting item that the row is or belongs to. */
export function listingOf({ name }: Subject, row: object): string | null {
  const { id, listingId = null } = row as { id: string; listingId?: string | null };
  return name === 'Listing' ? id : listingId;
}

function draftOf(
  subject: Subject,
  row: Row,
  { content, agreementVersionIds }: Pick<FieldMask, 'content' | 'agreementVersionIds'>,
): DisclosureDraft {
  const id = (column: string | undefined): string | null => (column && (row[column] as string | null)) || null;
  return {
    partnershipId: row['partnershipId'] as string,
    panelId: id(subject.panel),
    caseId: id(subject.case) ?? id('caseId'),
    referralId: REFERRALS.includes(subject.name) ? id('id') : id('referralId'),
    personId: subject.name === 'Person' ? id('id') : id('personId'),
    listingId: listingOf(subject, row),
    recordType: subject.name,
    recordId: row['id'] as string,
    recordVersion: (row['version'] as number | undefined) ?? 1,
    originAgencyId: row[subject.contributor?.agency ?? 'agencyId'] as string,
    fields: content,
    agreementVersionIds,
  };
}
