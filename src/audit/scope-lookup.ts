/** Lookup of the panels and cases of records whose rows do not contain them. */
import type { PoolClient } from 'pg';
import type { AuditDraft, AuditActor } from '../records/audit-recording.js';
import { recordsToLocate } from '../records/audit-drafts.js';

const SELECT_AUDIT_SCOPE = 'SELECT audit_scope_of($1::text, $2::uuid[], $3::uuid) AS found';

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
