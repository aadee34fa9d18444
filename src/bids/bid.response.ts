import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/london-day.js';
import { view } from '../records/response-view.js';
import { Bid, BidDecision, BidResult, type BidStatus } from './bid.entity.js';
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

/** What to know on listing a bid. */
export const BID_WARNINGS = ['results_missing'] as const;
export type BidWarning = (typeof BID_WARNINGS)[number];

const AWAITS_DECISION: readonly BidStatus[] = ['screened', 'listed', 'deferred'];

const warningsOf = ({ status, agencyId }: Bid, owing?: ReadonlySet<string>): BidWarning[] =>
  AWAITS_DECISION.includes(status) && owing?.has(agencyId) ? ['results_missing'] : [];

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
  'waiverReason',
  'planChairWaivedId',
  'taskingChairWaivedId',
  'ratifiedAt',
  'grantedQuantity',
  'resultsDueOn',
  'endReason',
  'updatedAt',
) {
  /** It was deployed, and its results are owed since before today (in London). */
  @Classified('administrative')
  resultsOverdue: boolean;

  /**
   * `results_missing`: the agency that made it owes the results of another bid that you may read. Empty before it is screened and
   * after it is decided.
   */
  @ApiProperty({ enum: BID_WARNINGS, isArray: true, maxItems: BID_WARNINGS.length })
  @Classified('administrative')
  warnings: BidWarning[];

  /** `owing`: the agencies that owe results, as far as the reader may know. */
  static derive = (shown: Row, now: Date, { owing }: Row): Row => ({
    resultsOverdue: owesResults(shown as Row & Bid, now),
    warnings: warningsOf(shown as Row & Bid, owing as ReadonlySet<string> | undefined),
  });
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
  'createdAt',
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
  'createdAt',
) {}
