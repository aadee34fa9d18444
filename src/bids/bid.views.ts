import { Classified } from '../policy/classification.js';
import type { Row } from '../policy/conditions.js';
import { londonDay } from '../records/london-day.js';
import { view } from '../records/view.js';
import { Bid, BidDecision, BidResult } from './bid.entity.js';
import { Resource } from './resource.entity.js';

/** What can be bid for. */
export class ResourceView extends view(
  Resource,
  'id',
  'version',
  'panelId',
  'agencyId',
  'name',
  'type',
  'quantity',
  'unit',
  'shifts',
  'available',
) {}

/** A bid, as far as you may see it. */
export class BidView extends view(
  Bid,
  'id',
  'version',
  'panelId',
  'planId',
  'planPanelId',
  'caseId',
  'escalatedFromId',
  'meetingId',
  'agencyId',
  'category',
  'status',
  'title',
  'resourceId',
  'resourceType',
  'quantity',
  'unit',
  'fromOn',
  'toOn',
  'timesOfDay',
  'location',
  'evidence',
  'tactic',
  'expectedOutcome',
  'ifRefused',
  'authorityNeeded',
  'communityImpact',
  'exitPlan',
  'priority',
  'deferrals',
  'warnings',
  'waiverReason',
  'planChairWaivedId',
  'taskingChairWaivedId',
  'ratifiedAt',
  'grantedQuantity',
  'resultsDueOn',
  'endReason',
  'changedAt',
) {
  /** It was deployed, and its results are owed since before today (in London). */
  @Classified('administrative')
  resultsOverdue: boolean;

  static derive = (shown: Row, now: Date): Row => ({ resultsOverdue: owesResults(shown as Row & Bid, now) });
}

/** Deployed, and the day for its results is over. */
export const owesResults = ({ status, resultsDueOn }: Pick<Bid, 'status' | 'resultsDueOn'>, now: Date): boolean =>
  status === 'deployed' && resultsDueOn !== null && resultsDueOn < londonDay(now);

/** What a meeting decided about a bid. */
export class BidDecisionView extends view(
  BidDecision,
  'id',
  'version',
  'bidId',
  'meetingId',
  'panelId',
  'agencyId',
  'category',
  'kind',
  'grantedQuantity',
  'conditions',
  'reason',
  'alignment',
  'decidedById',
  'madeAt',
) {}

/** What came of a bid. */
export class BidResultView extends view(
  BidResult,
  'id',
  'version',
  'bidId',
  'panelId',
  'agencyId',
  'category',
  'worked',
  'incidentsBefore',
  'incidentsDuring',
  'incidentsAfter',
  'activity',
  'feedback',
  'recommendation',
  'madeAt',
) {}
