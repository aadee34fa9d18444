import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/clock.js';
import { view } from '../records/response-view.js';
import { Bid, BidDecision, BidResult, type BidStatus } from './bid.entity.js';
import { Resource } from './resource.entity.js';

/** Resource of the catalogue. */
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

/** Warnings shown to those who list a bid. */
export const BID_WARNINGS = ['results_missing'] as const;
export type BidWarning = (typeof BID_WARNINGS)[number];

const STATUSES_AWAITING_DECISION: readonly BidStatus[] = ['screened', 'listed', 'deferred'];

const warningsOf = ({ status, agencyId }: Bid, owing?: ReadonlySet<string>): BidWarning[] =>
  STATUSES_AWAITING_DECISION.includes(status) && owing?.has(agencyId) ? ['results_missing'] : [];

/** Bid, with the fields that the reader may see. */
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
  /** Whether the bid is deployed and its results were due before today (London time). */
  @Classified('administrative')
  resultsOverdue: boolean;

  /**
   * `results_missing`: the agency that made the bid owes the results of another bid that you may read. Empty before
   * screening and after the decision.
   */
  @ApiProperty({ enum: BID_WARNINGS, isArray: true, maxItems: BID_WARNINGS.length })
  @Classified('administrative')
  warnings: BidWarning[];

  /** `owing`: agencies that owe results, among the bids that the reader may read. */
  static derive = (shown: Row, now: Date, { owing }: Row): Row => ({
    resultsOverdue: owesResults(shown as Row & Bid, now),
    warnings: warningsOf(shown as Row & Bid, owing as ReadonlySet<string> | undefined),
  });
}

/** Returns whether a bid is deployed and the day for its results has passed. */
export const owesResults = ({ status, resultsDueOn }: Pick<Bid, 'status' | 'resultsDueOn'>, now: Date): boolean =>
  status === 'deployed' && resultsDueOn !== null && resultsDueOn < londonDay(now);

/** Decision of a meeting on a bid. */
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

/** Results of a bid. */
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
