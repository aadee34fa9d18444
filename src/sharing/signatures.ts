/** An agency that has not signed the agreement of a panel is told so before it sends what nobody there could read. */
import { hasSigned } from '../policy/levels.js';
import { unacceptable } from '../policy/problems.js';
import type { Work } from '../records/work.js';

const IN_FORCE = `SELECT sa.code, sa.title FROM sharing_agreement_versions v
  JOIN sharing_agreements sa ON sa.id = v.agreement_id
  JOIN panels p ON p.partnership_id = sa.partnership_id AND p.type = ANY (sa.panel_types)
  WHERE p.id = $1 AND v.status = 'active' AND $2::date BETWEEN v.effective_from AND v.expires_on ORDER BY sa.code`;

/**
 * Throws unless the actor's agency has signed an agreement in force on the panel, where there is any: what another agency
 * contributes is shared with nobody. `today` is a day in London. Source: note on law and standards, section 5.1, REQ-ISA-04.
 */
export async function mustHaveSigned(work: Work, panelId: string, today: string): Promise<void> {
  if (hasSigned(work.actor, panelId)) return;
  const inForce = await work.manager.query<{ code: string; title: string }[]>(IN_FORCE, [panelId, today]);
  if (!inForce.length) return;
  const named = inForce.map(({ code, title }) => `${title} (${code})`).join(', ');
  throw unacceptable(
    'agreement-not-signed',
    `Your agency has not signed the sharing agreement of this panel, so nobody there could read what you send. Ask an administrator of your agency to sign: ${named}. Nothing was sent; what you drafted is kept. If somebody is in danger now, telephone the panel’s coordinator or the police.`,
  );
}
