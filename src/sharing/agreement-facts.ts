/**
 * Permissions that agreements give an agency, computed in two ways. For the actor they are an attribute, read from the
 * database for each request; for a proposed version they are computed in memory. A test compares the two.
 */
import { PANEL_COORDINATION } from '../agencies/agency-types.js';
import type { AttributeOwner } from '../authentication/actor.js';
import type { SharingLevel } from '../authorization/data-categories.js';
import { isAtLeast } from '../authorization/sharing-levels.js';
import { Policy } from '../records/policy.js';
import type { AgreementStatus } from './agreement.entity.js';
import type { AgreementFact } from '../authorization/agreement-fact.js';

export const policy = new Policy();

type Rows = AgreementFact['rows'];
type InForce = Omit<AgreementFact, 'rows'>;

/**
 * Rows of agreements, cached per kind of reader. A version that was once in force never changes (the database refuses
 * it), so they are read once.
 */
const rowsKnown = new Map<string, Promise<Rows>>();
/**
 * Agreements as cached objects. The same agreements are the same object, so that values derived from them are computed
 * once, not per request.
 */
const factsKnown = new Map<string, AgreementFact[]>();
const MOST_KNOWN = 5000;

const ROWS = `SELECT r.category, r.contributing_type AS "contributingType", r.level, r.id AS "rowId",
    r.receiving_type = 'panel_coordination' AS "toCoordination"
  FROM sharing_rows r WHERE r.agreement_version_id = $1 AND r.purpose = $2 AND r.receiving_type IN ($3, 'panel_coordination')`;

function rowsOf(versionId: string, { purpose, agencyType, ask }: AttributeOwner): Promise<Rows> {
  const key = `${versionId} ${purpose} ${agencyType}`;
  let rows = rowsKnown.get(key);
  if (!rows) {
    if (rowsKnown.size > MOST_KNOWN) rowsKnown.clear();
    rows = ask<Rows[number]>(ROWS, [versionId, purpose, agencyType]);
    rows.catch(() => rowsKnown.delete(key));
    rowsKnown.set(key, rows);
  }
  return rows;
}

const inForce = (version: string): string => `${version}.status = 'active'
     AND ${version}.effective_from <= (:now AT TIME ZONE 'Europe/London')::date
     AND ${version}.expires_on >= (:now AT TIME ZONE 'Europe/London')::date`;

/**
 * Returns SQL for the time at which a version of the agreement first came into force; `infinity` if none ever did. The
 * version need not be in force now.
 */
const sinceOf = (agreement: string): string =>
  `(SELECT coalesce(min(first.activated_at), 'infinity') FROM sharing_agreement_versions first WHERE first.agreement_id = ${agreement}.id)`;

/**
 * Returns the SQL condition that the agreement is the panel's own: no other that governs the panel came into force
 * earlier.
 */
const isOwnOf = (panel: string, agreement: string): string => `NOT EXISTS (
          SELECT 1 FROM sharing_agreements o
          WHERE o.partnership_id = ${agreement}.partnership_id AND ${panel}.type = ANY(o.panel_types) AND o.id <> ${agreement}.id
            AND (${sinceOf('o')}, o.id) < (${sinceOf(agreement)}, ${agreement}.id))`;

/** Selects the agreements of a partnership ($1), each with the panels whose own agreement it is. */
export const OWN_PANELS = `SELECT sa.id AS "agreementId", p.id AS "panelId" FROM sharing_agreements sa
   JOIN panels p ON p.partnership_id = sa.partnership_id AND p.type = ANY(sa.panel_types)
   WHERE sa.partnership_id = $1 AND ${isOwnOf('p', 'sa')}`;

/**
 * Versions in force that the actor's agency signed. `rowsOf` reads their rows for the actor's purpose and agency type.
 */
policy.declareAttribute(
  'agreements',
  `SELECT coalesce(jsonb_agg(jsonb_build_object('versionId', v.id,
     'signedAgencyIds', (SELECT jsonb_agg(s.agency_id ORDER BY s.agency_id) FROM sharing_parties s
        WHERE s.agreement_version_id = v.id AND s.signed_on IS NOT NULL),
     'ownPanelIds', (SELECT coalesce(jsonb_agg(p.id ORDER BY p.id), '[]') FROM panels p
        WHERE p.partnership_id = sa.partnership_id AND p.type = ANY(sa.panel_types) AND ${isOwnOf('p', 'sa')}),
     'panelIds', (SELECT coalesce(jsonb_agg(p.id ORDER BY p.id), '[]') FROM panels p
        WHERE p.partnership_id = sa.partnership_id AND p.type = ANY(sa.panel_types))) ORDER BY v.id), '[]')
   FROM sharing_parties party
   JOIN sharing_agreement_versions v ON v.id = party.agreement_version_id
   JOIN sharing_agreements sa ON sa.id = v.agreement_id
   WHERE party.agency_id = who.agency_id AND party.signed_on IS NOT NULL AND ${inForce('v')}`,
  async (value, owner) => {
    const key = JSON.stringify([value, owner.purpose, owner.agencyType]);
    let facts = factsKnown.get(key);
    if (!facts) {
      facts = await Promise.all(
        (value as InForce[]).map(async (one) => ({ ...one, rows: await rowsOf(one.versionId, owner) })),
      );
      if (factsKnown.size > MOST_KNOWN) factsKnown.clear();
      factsKnown.set(key, facts);
    }
    return facts;
  },
);

/**
 * Returns SQL for the level that applies to one contributor. The more specific row applies; null if the agreement does
 * not cover the contributor. A unique constraint allows one row of each type, so `max` selects that row of the group.
 */
const levelFor = (agency: string, type: string): string => `CASE WHEN is_own OR EXISTS (SELECT FROM sharing_parties s
       WHERE s.agreement_version_id = version_id AND s.agency_id = ${agency} AND s.signed_on IS NOT NULL)
     THEN coalesce(max(level) FILTER (WHERE contributing_type = ${type}), max(level) FILTER (WHERE contributing_type = 'any')) END`;

/**
 * Selects categories with different levels for records of the contributor and of the writer, in any version. Includes
 * suspended versions, which may come into force again. $1 the panel, $2 now, $3 categories, $4 and $5 contributor of
 * the record, $6 and $7 writer.
 */
const GOES_FURTHER = `WITH governing AS (
    SELECT v.id AS version_id, ${isOwnOf('p', 'sa')} AS is_own FROM panels p
      JOIN sharing_agreements sa ON sa.partnership_id = p.partnership_id AND p.type = ANY(sa.panel_types)
      JOIN sharing_agreement_versions v ON v.agreement_id = sa.id
       AND v.status IN ('active', 'suspended') AND v.expires_on >= ($2::timestamptz AT TIME ZONE 'Europe/London')::date
     WHERE p.id = $1),
  given AS (
    SELECT r.category, ${levelFor('$4::uuid', '$5::text')} AS theirs, ${levelFor('$6::uuid', '$7::text')} AS ours
      FROM governing JOIN sharing_rows r ON r.agreement_version_id = version_id
     WHERE r.category = ANY($3) GROUP BY version_id, is_own, r.purpose, r.category, r.receiving_type)
  SELECT DISTINCT category, theirs, coalesce(ours, 'none') AS ours FROM given WHERE theirs IS DISTINCT FROM ours`;

policy.declareCategoriesSharedFurther(async (ask, writer, { panelId, contributor, columns }) => {
  const { now, agencyId, agencyType } = writer;
  const of = [contributor.agencyId, contributor.type, agencyId, agencyType];
  const asked = [...new Set(columns.map(({ category }) => category))];
  const given = await ask<{ category: string; theirs: SharingLevel | null; ours: SharingLevel }>(GOES_FURTHER, [
    panelId,
    now,
    asked,
    ...of,
  ]);
  const isFurther = (category: string, from: SharingLevel): boolean =>
    given.some(
      (one) => one.category === category && isAtLeast(one.theirs ?? 'none', from) && !isAtLeast(one.ours, from),
    );
  return asked.filter((category) => columns.some((one) => one.category === category && isFurther(category, one.from)));
});

/** Version of an agreement, in memory. */
export interface VersionAtHand {
  versionId: string;
  status: AgreementStatus;
  effectiveFrom: string;
  expiresOn: string;
  /** Panels governed by the agreement. */
  panelIds: string[];
  /** Panels whose own agreement it is. */
  ownPanelIds: string[];
  parties: { agencyId: string; signedOn: string | null }[];
  rows: {
    id: string;
    purpose: string;
    category: string;
    contributingType: string;
    receivingType: string;
    level: SharingLevel;
  }[];
}

/**
 * Receiver of shared data: an agency with its type, or the coordination of a panel, regardless of the employing party.
 */
export type Receiver = { agencyId: string; type: string } | { agencyId: null; type: typeof PANEL_COORDINATION };

/**
 * Computes the attribute `agreements` of a receiver for `purpose` on `today` (a day in London), from the given
 * versions.
 */
export function factsOf(
  versions: readonly VersionAtHand[],
  receiver: Receiver,
  purpose: string,
  today: string,
): AgreementFact[] {
  return versions
    .filter(
      ({ status, effectiveFrom, expiresOn, parties }) =>
        status === 'active' &&
        effectiveFrom <= today &&
        expiresOn >= today &&
        parties.some(
          (one) => one.signedOn !== null && (receiver.agencyId === null || one.agencyId === receiver.agencyId),
        ),
    )
    .sort((a, b) => (a.versionId < b.versionId ? -1 : 1))
    .map((version) => ({
      versionId: version.versionId,
      panelIds: version.panelIds,
      signedAgencyIds: version.parties
        .flatMap(({ agencyId, signedOn }) => (signedOn === null ? [] : [agencyId]))
        .sort((a, b) => (a < b ? -1 : 1)),
      ownPanelIds: version.ownPanelIds,
      rows: version.rows
        .filter((row) => row.purpose === purpose && [receiver.type, PANEL_COORDINATION].includes(row.receivingType))
        .map(({ id, category, contributingType, receivingType, level }) => ({
          category,
          contributingType,
          level,
          rowId: id,
          toCoordination: receivingType === PANEL_COORDINATION,
        })),
    }));
}
