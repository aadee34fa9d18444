import { view } from '../records/response-view.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';

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
