/** Lookup of the panels and cases of records whose rows do not contain them. */
import type { PoolClient } from 'pg';
import type { AuditDraft, AuditActor } from '../records/audit-recording.js';

/** Subjects whose rows do not contain the panel and case to which they belong. */
const SCOPED_BY_DATABASE = [
  'AccessRequest',
  'AccessDecision',
  'AccessGrant',
  'HandlingAcknowledgement',
  'CycleMeeting',
  'BidDecision',
  'BidResult',
];

const SELECT_AUDIT_SCOPE = 'SELECT audit_scope_of($1::text, $2::uuid[], $3::uuid) AS found';

/**
 * Returns the records whose panel and case must be looked up in the database, or null. Entries about attempts on hidden
 * or missing records were created without a lookup, and no lookup is added here.
 */
export function recordsToLocate({
  subjectType,
  recordIds,
  panelIds,
  copied,
}: AuditDraft): { subject: string; ids: string[] } | null {
  // the entry of a document lists the items that the document contained
  if (copied?.listingIds.length) return { subject: 'Listing', ids: copied.listingIds };
  const isPlaced = panelIds === undefined || !SCOPED_BY_DATABASE.includes(subjectType);
  return isPlaced || !recordIds.length ? null : { subject: subjectType, ids: recordIds };
}

/** Completes the drafts with the panels and cases that the database stores for their records. */
export async function addAuditScopes(client: PoolClient, who: AuditActor, drafts: AuditDraft[]): Promise<AuditDraft[]> {
  const whole: AuditDraft[] = [];
  for (const draft of drafts) {
    const asked = recordsToLocate(draft);
    if (!asked) {
      whole.push(draft);
      continue;
    }
    const { rows } = await client.query<{ found: Pick<Required<AuditDraft>, 'panelIds' | 'parentIds'> }>(
      SELECT_AUDIT_SCOPE,
      [asked.subject, asked.ids, who.id],
    );
    const { panelIds = [], parentIds = [] } = rows[0]?.found ?? {};
    whole.push({
      ...draft,
      panelIds: [...new Set([...(draft.panelIds ?? []), ...panelIds])].sort(),
      parentIds: [...new Set([...(draft.parentIds ?? []), ...parentIds])].sort(),
    });
  }
  return whole;
}
