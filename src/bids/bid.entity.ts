import { IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';
import { ContributedRecord, KnownRecord } from '../subjects/subject.entity.js';
import { RESOURCE_TYPES, Resource, UNITS, type ResourceType, type Unit } from './resource.entity.js';

export const BID_STATUSES = [
  'draft',
  'submitted',
  'screened',
  'listed',
  'approved',
  'part_approved',
  'deferred',
  'refused',
  'escalated',
  'scheduled',
  'deployed',
  'not_deployed',
  'results_returned',
  'evaluated',
  'closed',
  'withdrawn',
] as const;
export type BidStatus = (typeof BID_STATUSES)[number];

/** Decisions a meeting can take on a bid. Each meeting decides a bid once. */
export const BID_DECISIONS = ['approval', 'part_approval', 'deferral', 'refusal', 'escalation'] as const;
export type BidDecisionKind = (typeof BID_DECISIONS)[number];

export type BidCommand =
  | 'submission'
  | 'screening'
  | 'listing'
  | 'unlisting'
  | BidDecisionKind
  | 'approval_above'
  | 'part_approval_above'
  | 'refusal_above'
  | 'scheduling'
  | 'deployment'
  | 'non_deployment'
  | 'results'
  | 'evaluation'
  | 'closure'
  | 'withdrawal';

/**
 * States and commands of a bid. Source: JAG note, section 3.4. The type of the panel tells whether the bid is listed at
 * Tasking or at the TTCG. An escalated bid takes the decision of the TTCG on the copy made for the TTCG (commands
 * `…_above`).
 */
export const bidMachine: StateMachine<BidStatus, BidCommand> = {
  name: 'bid',
  initial: 'draft',
  commands: {
    submission: { from: ['draft'], to: 'submitted' },
    screening: { from: ['submitted'], to: 'screened' },
    listing: { from: ['screened', 'deferred'], to: 'listed' },
    unlisting: { from: ['listed'], to: 'screened' },
    approval: { from: ['listed'], to: 'approved' },
    part_approval: { from: ['listed'], to: 'part_approved' },
    deferral: { from: ['listed'], to: 'deferred' },
    refusal: { from: ['listed'], to: 'refused' },
    escalation: { from: ['listed'], to: 'escalated' },
    approval_above: { from: ['escalated'], to: 'approved' },
    part_approval_above: { from: ['escalated'], to: 'part_approved' },
    refusal_above: { from: ['escalated'], to: 'refused' },
    scheduling: { from: ['approved', 'part_approved'], to: 'scheduled' },
    deployment: { from: ['scheduled'], to: 'deployed' },
    non_deployment: { from: ['scheduled'], to: 'not_deployed' },
    results: { from: ['deployed'], to: 'results_returned' },
    evaluation: { from: ['results_returned'], to: 'evaluated' },
    closure: { from: ['evaluated', 'not_deployed'], to: 'closed' },
    withdrawal: { from: ['draft', 'submitted', 'screened', 'listed', 'deferred'], to: 'withdrawn' },
  },
};

/** Maximum number of deferrals of a bid. Source: JAG note, section 3.4. */
export const MOST_DEFERRALS = 2;

/**
 * Request for a resource that an agreed plan needs. Tasking reads a bid without the case, so a bid describes places and
 * problems and names no person. An escalation creates a second bid to the TTCG, in the partnership of the BCU; the plan
 * and the case are not shared with it. Source: JAG note, sections 3.3 and 3.4.
 */
@Entity('bids')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'planPanelId'], ['id', 'panelId'])
@Unique(['escalatedFromId'])
@Index(['panelId', 'updatedAt', 'id'])
@Index(['planPanelId', 'updatedAt', 'id'])
@Index(['agencyId', 'updatedAt', 'id'])
@Index(['caseId'])
@Index(['meetingId'])
@Check('bids_category', `category = 'plan_action'`)
@Check('bids_status', oneOf('status', BID_STATUSES))
@Check('bids_type', oneOf('resource_type', RESOURCE_TYPES))
@Check('bids_unit', oneOf('unit', UNITS))
@Check('bids_days', 'to_on >= from_on')
@Check('bids_submitted', `status IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL`)
@Check('bids_listed', `status <> 'listed' OR meeting_id IS NOT NULL`)
@Check('bids_deferrals', `deferrals BETWEEN 0 AND ${String(MOST_DEFERRALS)}`)
@Check(
  'bids_granted',
  `status NOT IN ('approved', 'part_approved', 'scheduled', 'deployed') OR granted_quantity BETWEEN 1 AND quantity`,
)
@Check('bids_waiver', `plan_chair_waived_id <> tasking_chair_waived_id`)
@Check(
  'bids_waiver_asked',
  `waiver_reason IS NOT NULL OR (plan_chair_waived_id IS NULL AND tasking_chair_waived_id IS NULL)`,
)
export class Bid extends KnownRecord {
  declare static readonly actions:
    | 'ask-waiver'
    | 'decide'
    | 'deploy'
    | 'explain'
    | 'list'
    | 'ratify'
    | 'read'
    | 'report-results'
    | 'screen'
    | 'submit'
    | 'waive'
    | 'withdraw';

  /** Data category, always `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';

  /** Panel that decides the bid: a Tasking panel or the TTCG. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** Plan that the bid supports. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Plan)
  @Classified('administrative')
  @References(() => Plan)
  planId: string;

  /** Panel that owns the plan. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  planPanelId: string;

  /** Case of the plan. A person excluded from the case cannot read the bid, at any panel. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @References(() => Case, ['read', 'track'])
  caseId: string;

  /** Bid from which an escalation created this bid. Null if the bid was not created by an escalation. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Bid)
  @Classified('administrative')
  @References(() => Bid)
  escalatedFromId: string | null;

  /** Meeting at which the bid is listed or was last listed. Null before the first listing. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string | null;

  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(BID_STATUSES)
  status: BidStatus;

  @Column({ type: 'text' })
  @Classified('plan_action', 'summary')
  @Length(3, 200)
  title: string;

  /** Resource of the catalogue. Null if the bid asks for a resource that is not in the catalogue. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Resource)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  resourceId: string | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(RESOURCE_TYPES)
  resourceType: ResourceType;

  /** Quantity requested, in `unit`. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(1)
  @Max(100_000)
  quantity: number;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(UNITS)
  unit: Unit;

  /** First day of the deployment. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  fromOn: string;

  /** Last day of the deployment. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  toOn: string;

  /** Times of day of the deployment, in words. Null if not stated. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 300)
  timesOfDay: string | null;

  /** Streets, estates or premises. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 1000)
  location: string;

  /** Problem in figures: counts, period, trend. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(10, 4000)
  evidence: string;

  /** Use of the resource and its purpose. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(10, 2000)
  tactic: string;

  /** Expected outcome and its measure: an aim of the plan. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(10, 2000)
  expectedOutcome: string;

  /** Consequences of a refusal. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  ifRefused: string;

  /**
   * Legal authorities required, such as a dispersal authority, surveillance authority or DPIA for cameras. Null if
   * none.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  authorityNeeded: string | null;

  /** Impact on the community and on equality, with mitigation. Null if not assessed. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  communityImpact: string | null;

  /** Arrangement that sustains the result after the deployment. Null if none. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  exitPlan: string | null;

  /** Score from the problem matrix, 1 (lowest) to 38 (highest). Null if not scored. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(38)
  priority: number | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  submittedAt: Date | null;

  /** Number of deferrals so far. */
  @Column({ type: 'integer', default: 0 })
  @Classified('administrative')
  deferrals: number;

  /** Reason why the bid cannot wait for an agreed plan. Null if the agency has not asked for a waiver. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  waiverReason: string | null;

  /** Chair of the panel that owns the plan, who granted the waiver. Null if not granted. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  planChairWaivedId: string | null;

  /** Chair of the Tasking panel who granted the waiver. Null if not granted. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  taskingChairWaivedId: string | null;

  /** Time at which the panel that owns the plan ratified the waiver. Null if not ratified. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  ratifiedAt: Date | null;

  /** Quantity granted, in `unit`. Null before an approval. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  grantedQuantity: number | null;

  /** Last day for returning results. Null before deployment. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  resultsDueOn: string | null;

  /** Reason for a withdrawal or for not deploying the resource. Null otherwise. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  endReason: string | null;
}

/** Record about a bid, in the partnership of the bid. Its data category is always `plan_action`. */
abstract class BidRecord extends ContributedRecord {
  /** Data category, always `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';

  @Column({ type: 'uuid' })
  @ForeignKey(() => Bid)
  @Classified('administrative')
  bidId: string;

  /** Panel that decides the bid. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Panel that owns the plan. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  planPanelId: string;

  /** Case of the plan. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;
}

/** Decision of a meeting on a bid; each meeting decides a bid once. Decisions are inserted and never changed. */
@Entity('bid_decisions')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'planPanelId'], ['id', 'panelId'])
@Unique(['bidId', 'meetingId'])
@Index(['bidId', 'updatedAt', 'id'])
@Check('bid_decisions_kind', oneOf('kind', BID_DECISIONS))
@Check('bid_decisions_category', `category = 'plan_action'`)
@Check('bid_decisions_reason', `kind IN ('approval', 'escalation') OR reason IS NOT NULL`)
@Check('bid_decisions_granted', `(kind IN ('approval', 'part_approval')) = (granted_quantity IS NOT NULL)`)
export class BidDecision extends BidRecord {
  declare static readonly actions: 'explain' | 'read';

  /** Meeting that decided. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(BID_DECISIONS)
  kind: BidDecisionKind;

  /**
   * Quantity granted, in the unit of the bid. Required for a part approval; null for a refusal, deferral or escalation.
   */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  grantedQuantity: number | null;

  /** Conditions of the grant. Null if none. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  conditions: string | null;

  /** Reason for a refusal, part approval or deferral. Null for an approval or escalation without a reason. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  reason: string | null;

  /** Heading of the control strategy that the bid serves. Null if none. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 300)
  alignment: string | null;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  decidedById: string;
}

export const RECOMMENDATIONS = ['continue', 'adapt', 'end'] as const;

/** Results of a bid, as counts without names. Source: JAG note, section 3.4 "Results record". */
@Entity('bid_results')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'planPanelId'], ['id', 'panelId'])
@Unique(['bidId'])
@Check('bid_results_recommendation', oneOf('recommendation', RECOMMENDATIONS))
@Check('bid_results_category', `category = 'plan_action'`)
export class BidResult extends BidRecord {
  declare static readonly actions: 'explain' | 'read';

  /** Quantity of the grant that was used, in the unit of the bid. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(0)
  @Max(100_000)
  worked: number;

  /**
   * Number of incidents before the deployment. `incidentsDuring` and `incidentsAfter` count the periods that follow.
   * Null if not counted.
   */
  @Column({ type: 'integer', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  incidentsBefore: number | null;

  @Column({ type: 'integer', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  incidentsDuring: number | null;

  @Column({ type: 'integer', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  incidentsAfter: number | null;

  /** Activity in counts: stops, arrests, seizures, notices, warnings, visits. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  activity: string;

  /** Feedback from residents. Null if none. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  feedback: string | null;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(RECOMMENDATIONS)
  recommendation: (typeof RECOMMENDATIONS)[number];
}
