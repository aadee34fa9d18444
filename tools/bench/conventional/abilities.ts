/** CASL ability of the conventional comparison server, built for each request. */
import { AbilityBuilder, createMongoAbility, type MongoAbility } from '@casl/ability';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Exclusion, Practitioner } from './entities.ts';

interface AgreedRow {
  panelId: string;
  category: string;
  contributingType: string;
  level: 'existence' | 'summary' | 'full';
  contributorIds: string[] | null;
}

const CASE_FIELDS =
  'id version reference panelId stage subjectKind leadAgencyId nextReviewOn updatedAt personId category agencyId openedAt closureReason'.split(
    ' ',
  );
const CONTRIBUTION_FIELDS = 'id version agencyId category agencyOnly updatedAt handling'.split(' ');
const FIELDS_AT = { existence: [], summary: ['kind', 'summary'], full: ['kind', 'summary', 'text'] };

/** Rows of the agreements in force that the agency ($1) of a type ($2) signed. */
const AGREED = `SELECT p.id AS "panelId", r.category, r.contributing_type AS "contributingType", r.level,
    CASE WHEN EXISTS (SELECT FROM sharing_agreements o JOIN sharing_agreement_versions w ON w.agreement_id = o.id
        WHERE o.partnership_id = sa.partnership_id AND p.type = ANY(o.panel_types) AND o.id <> sa.id
          AND w.activated_at < (SELECT min(activated_at) FROM sharing_agreement_versions f WHERE f.agreement_id = sa.id))
      THEN ARRAY(SELECT s.agency_id FROM sharing_parties s WHERE s.agreement_version_id = v.id AND s.signed_on IS NOT NULL) END AS "contributorIds"
  FROM sharing_agreements sa JOIN panels p ON p.partnership_id = sa.partnership_id AND p.type = ANY(sa.panel_types)
    JOIN sharing_agreement_versions v ON v.agreement_id = sa.id AND v.status = 'active' AND current_date BETWEEN v.effective_from AND v.expires_on
    JOIN sharing_parties mine ON mine.agreement_version_id = v.id AND mine.agency_id = $1 AND mine.signed_on IS NOT NULL
    JOIN sharing_rows r ON r.agreement_version_id = v.id AND r.purpose = 'PANEL_MEETING' AND r.level <> 'none'
      AND r.receiving_type IN ($2, 'panel_coordination')`;

@Injectable()
export class Abilities {
  private readonly agreed = new Map<string, Promise<AgreedRow[]>>();

  constructor(private readonly source: DataSource) {}

  /** Builds the ability from the memberships, exclusions and agreements of the practitioner. */
  async of(practitioner: Practitioner): Promise<MongoAbility> {
    const { agencyId } = practitioner;
    const panelIds = corePanels(practitioner);
    const exclusions = await this.source
      .getRepository(Exclusion)
      .find({ where: [{ practitionerId: practitioner.id }, { agencyId }] });
    const { can, cannot, build } = new AbilityBuilder<MongoAbility>(createMongoAbility);
    can('read', 'Case', CASE_FIELDS, { panelId: { $in: panelIds } });
    can('read', 'Case', ['summary', 'riskBand', 'isRepeat'], { panelId: { $in: panelIds }, agencyId });
    can('read', 'Contribution', [...CONTRIBUTION_FIELDS, ...FIELDS_AT.full], { agencyId });
    for (const row of await this.agreementRows(practitioner)) {
      if (!panelIds.includes(row.panelId)) continue;
      const shared = {
        panelId: row.panelId,
        ...(row.contributorIds ? { agencyId: { $in: row.contributorIds } } : {}),
        ...(row.contributingType === 'any' ? {} : { contributingType: row.contributingType }),
      };
      const fields = [...CONTRIBUTION_FIELDS, ...FIELDS_AT[row.level]];
      can('read', 'Contribution', fields, { ...shared, category: row.category, agencyOnly: false });
      if (row.level === 'full') can('read', 'Case', ['summary'], { ...shared, category: row.category });
      if (row.category === 'risk_assessment' && row.level !== 'existence')
        can('read', 'Case', ['riskBand', 'isRepeat'], shared);
    }
    const inForce = exclusions.filter(({ until }) => !until || until > new Date());
    const ids = (of: (string | null)[]): string[] => of.filter((id) => id !== null);
    cannot('read', 'Case', { id: { $in: ids(inForce.map(({ caseId }) => caseId)) } });
    cannot('read', 'Case', { personId: { $in: ids(inForce.map(({ personId }) => personId)) } });
    cannot('read', 'Case', { closureReason: 'referred_in_error' });
    return build({ detectSubjectType: (row) => row.constructor.name });
  }

  /** Agreement rows, read once for each agency: a signed version does not change. */
  private agreementRows({ agencyId, agency }: Practitioner): Promise<AgreedRow[]> {
    const known = this.agreed.get(agencyId) ?? this.source.query<AgreedRow[]>(AGREED, [agencyId, agency.type]);
    this.agreed.set(agencyId, known);
    return known;
  }
}

/** Returns the panels of which the practitioner is a core member today. */
export function corePanels({ memberships }: Practitioner): string[] {
  const today = new Date().toISOString().slice(0, 10);
  return memberships
    .filter(({ tier, validFrom, validTo }) => tier === 'core' && validFrom <= today && (!validTo || validTo >= today))
    .map(({ panelId }) => panelId);
}
