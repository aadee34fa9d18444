/** SQL for the partnerships in which a person works, and for safeguarding leads of agencies. */
import type { UnitOfWork } from '../records/unit-of-work.js';

/** Condition for seats `m` of `who` that are valid today. */
export const CURRENT_SEAT = `m.practitioner_id = who.id AND m.agency_id = who.agency_id
  AND m.valid_from <= (:now AT TIME ZONE 'Europe/London')::date
  AND (m.valid_to IS NULL OR m.valid_to >= (:now AT TIME ZONE 'Europe/London')::date)`;

/** Partnerships in which `who` works for the agency, as `id`. SQL of the actor attribute `workingPartnershipIds`. */
export const WORKING_PARTNERSHIPS = `SELECT p.partnership_id AS id FROM memberships m JOIN panels p ON p.id = m.panel_id WHERE ${CURRENT_SEAT}
     UNION ALL SELECT ap.partnership_id FROM agency_partnerships ap WHERE ap.agency_id = who.agency_id
       AND (who.kind = 'client' OR 1 = (SELECT count(*) FROM agency_partnerships one
         JOIN partnerships borough ON borough.id = one.partnership_id AND borough.kind = 'borough'
         WHERE one.agency_id = who.agency_id))`;

/**
 * Returns the condition that a person `who` is a safeguarding lead of the agency who works in the partnership. SQL
 * counterpart of `entrustedPartnerships`.
 */
export const isLeadIn = (partnershipId: string): string =>
  `('safeguarding_lead' = ANY (who.roles) AND ${partnershipId} IN (${WORKING_PARTNERSHIPS}))`;

/**
 * Returns the identifiers of the active safeguarding leads of the agencies who work in the partnership. Exclusions and
 * recusals are ignored, because results that depend on the leads must not reveal them.
 */
export async function safeguardingLeadsOf(
  work: UnitOfWork,
  agencyIds: readonly string[],
  partnershipId: string,
): Promise<string[]> {
  if (!agencyIds.length) return [];
  const condition = isLeadIn('$2::uuid').replace(/(?<!:):now\b/g, '$3::timestamptz');
  const leads = await work.asSystem(() =>
    work.manager.query<{ id: string }[]>(
      `SELECT who.id FROM (SELECT 'practitioner' AS kind, p.id, p.agency_id, p.roles FROM practitioners p
         JOIN agencies a ON a.id = p.agency_id AND a.active WHERE p.active AND a.id = ANY ($1)) who WHERE ${condition}`,
      [agencyIds, partnershipId, work.now],
    ),
  );
  return leads.map(({ id }) => id);
}
