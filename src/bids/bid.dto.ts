import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import { Bid, BID_STATUSES, BidDecision, BidResult, type BidStatus } from './bid.entity.js';
import { Resource } from './resource.entity.js';

export class ResourceQuery extends PageQuery {
  /** Only what this panel gives. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

/** A resource that can be bid for before a panel. */
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
  /** Only bids before this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Only bids that stand there. */
  @IsOptional()
  @IsIn(BID_STATUSES)
  status?: BidStatus;
}

/** Bids before a Tasking meeting for what a plan needs. Name places and problems, and no person. */
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
  /** The plan. */
  @Uuid()
  planId: string;
}

/** Lists a bid at a meeting of the panel before which it stands. */
export class BidListing {
  /** The meeting. */
  @Uuid()
  meetingId: string;
}

/** What the meeting at which the bid is listed decides. A reason is needed to refuse, to reduce and to defer. */
export class BidDecisionRequest extends PickType(BidDecision, [
  'kind',
  'grantedQuantity',
  'conditions',
  'reason',
  'alignment',
] as const) {}

/** Asks the chairs of both panels to let a bid go ahead although its plan is not agreed yet. */
export class BidWaiverRequest {
  /** Why it cannot wait. */
  @Length(10, 1000)
  reason: string;
}

/** Why it was not deployed, or is withdrawn. */
export class BidEnd {
  @Length(3, 1000)
  reason: string;
}

/** What came of it. */
export class BidResultRequest extends PickType(BidResult, [
  'worked',
  'incidentsBefore',
  'incidentsDuring',
  'incidentsAfter',
  'activity',
  'feedback',
  'recommendation',
] as const) {}
