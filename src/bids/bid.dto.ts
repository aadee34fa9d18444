import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Bid, BID_STATUSES, BidDecision, BidResult, type BidStatus } from './bid.entity.js';
import { Resource } from './resource.entity.js';

export class ResourceQuery extends PageQuery {
  /** Returns only resources that this panel allocates. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

/** Resource that agencies can bid for. */
export class ResourceRequest extends IntersectionType(
  PickType(Resource, ['panelId', 'agencyId', 'name', 'type', 'quantity', 'unit'] as const),
  PartialType(PickType(Resource, ['shifts', 'available'] as const), { skipNullProperties: false }),
) {}

/** Changes a resource. */
export class ResourceChange extends PartialType(
  PickType(Resource, ['name', 'quantity', 'unit', 'shifts', 'available'] as const),
  { skipNullProperties: false },
) {}

export class BidQuery extends PageQuery {
  /** Returns only bids to this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Returns only bids with this status. */
  @IsOptional()
  @IsIn(BID_STATUSES)
  status?: BidStatus;
}

/** Bid to a Tasking panel for a resource that a plan needs. Describe places and problems; do not name people. */
export class BidRequest extends PickType(Bid, [
  'panelId',
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
] as const) {
  /** Plan that the bid supports. */
  @Uuid()
  planId: string;
}

/** Lists a bid at a meeting of the panel that decides it. */
export class BidListing {
  /** Meeting at which the bid is listed. */
  @Uuid()
  meetingId: string;
}

/** Decision of the meeting at which the bid is listed. A refusal, part approval or deferral requires a reason. */
export class BidDecisionRequest extends PickType(BidDecision, [
  'kind',
  'grantedQuantity',
  'conditions',
  'reason',
  'alignment',
] as const) {}

/** Asks the chairs of both panels to allow submission of a bid before its plan is agreed. */
export class BidWaiverRequest {
  /** Reason why the bid cannot wait for the plan. */
  @Length(10, 1000)
  reason: string;
}

/** Reason for a withdrawal or for not deploying the resource. */
export class BidEnd {
  @Length(3, 1000)
  reason: string;
}

/** Results of a deployed bid. */
export class BidResultRequest extends PickType(BidResult, [
  'worked',
  'incidentsBefore',
  'incidentsDuring',
  'incidentsAfter',
  'activity',
  'feedback',
  'recommendation',
] as const) {}
