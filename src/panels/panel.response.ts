import { ApiProperty } from '@nestjs/swagger';
import { MeView } from '../agencies/agency.response.js';
import { view } from '../records/response-view.js';
import {
  Membership,
  MEMBERSHIP_ROLES,
  MEMBERSHIP_TIERS,
  Panel,
  PANEL_TYPES,
  PanelRules,
  type MembershipRole,
  type MembershipTier,
  type PanelType,
} from './panel.entity.js';
import { PanelRuleSet } from './panel-rules.dto.js';

export class PanelView extends view(
  Panel,
  'id',
  'version',
  'partnershipId',
  'code',
  'type',
  'name',
  'referencePrefix',
  'mode',
) {}

export class PanelRulesView extends view(PanelRules, 'id', 'panelId', 'edition', 'effectiveFrom', 'rules') {}
// the column is JSON, validated as this class when the edition is set
ApiProperty({ type: () => PanelRuleSet })(PanelRulesView.prototype, 'rules');

/** Present membership of the caller. */
export class CurrentMembership {
  @ApiProperty({ format: 'uuid' })
  panelId: string;

  @ApiProperty({ format: 'uuid' })
  partnershipId: string;

  @ApiProperty({ enum: PANEL_TYPES })
  panelType: PanelType;

  /** Whether only its members know of the panel’s cases. */
  compartment: boolean;

  @ApiProperty({ enum: MEMBERSHIP_TIERS })
  tier: MembershipTier;

  @ApiProperty({ enum: MEMBERSHIP_ROLES })
  role: MembershipRole;
}
// declared here, because the area of agencies does not know panels
ApiProperty({ type: () => CurrentMembership, isArray: true })(MeView.prototype, 'memberships');

export class MembershipView extends view(
  Membership,
  'id',
  'version',
  'panelId',
  'agencyId',
  'practitionerId',
  'tier',
  'role',
  'validFrom',
  'validTo',
  'appointedById',
  'endedAt',
  'endReason',
) {}
