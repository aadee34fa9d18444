import { IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case } from '../cases/case.entity.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';
import { ContributedRecord, KnownRecord } from '../subjects/subject.entity.js';
import { RESOURCE_TYPES, Resource, UNITS, type ResourceType, type Unit } from './resource.entity.js';
import { References } from '../authorization/references.js';

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

/** What a meeting decides about a bid, once. */
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
 * How a bid moves. Source: JAG note, section 3.4; where it is listed, at Tasking or at the TTCG, its panel says. A bid that was
 * escalated is decided by what the TTCG decides of the bid that it became there.
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

/** So often a bid may be deferred; then it is decided. Source: JAG note, section 3.4. */
export const MOST_DEFERRALS = 2;

/**
 * A request for a resource, for an agreed plan. It names places, problems and what is wanted, and no person: Tasking reads it
 * without the case. Escalated, it becomes another bid before the TTCG, in the partnership of the BCU: the plan and the case do
 * not travel with it. Source: JAG note, sections 3.3 and 3.4.
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
  /** The data category: `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';

  /** The panel before which it stands: a Tasking meeting, or the TTCG. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** The plan that it supports. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Plan)
  @Classified('administrative')
  @References(() => Plan)
  planId: string;

  /** The panel whose plan it is. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  planPanelId: string;

  /** The case of the plan: whoever is kept out of it is kept from the bid, wherever it is heard. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @References(() => Case, ['read', 'track'])
  caseId: string;

  /** The bid that was escalated to make this one. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Bid)
  @Classified('administrative')
  @References(() => Bid)
  escalatedFromId: string | null;

  /** The meeting at which it is listed, or was last. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string | null;

  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(BID_STATUSES)
  status: BidStatus;

  /** What it is called. */
  @Column({ type: 'text' })
  @Classified('plan_action', 'summary')
  @Length(3, 200)
  title: string;

  /** The resource of the catalogue, where it is in there. */
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

  /** How much. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(1)
  @Max(100_000)
  quantity: number;

  /** Of what. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(UNITS)
  unit: Unit;

  /** First day. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  fromOn: string;

  /** Last day. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  toOn: string;

  /** Times of day. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 300)
  timesOfDay: string | null;

  /** Where: streets, estates, premises. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 1000)
  location: string;

  /** The problem in figures: counts, period, trend. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(10, 4000)
  evidence: string;

  /** What is done with it, and to what end. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(10, 2000)
  tactic: string;

  /** What is expected, and how it is measured: an aim of the plan. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(10, 2000)
  expectedOutcome: string;

  /** What happens without it. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  ifRefused: string;

  /** Authorities that are needed: dispersal, surveillance, a DPIA for cameras. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  authorityNeeded: string | null;

  /** Effect on the community and on equality, and what softens it. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  communityImpact: string | null;

  /** Who sustains it afterwards. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  exitPlan: string | null;

  /** From the problem matrix: 1 to 38, the higher the more pressing. */
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

  /** How often it was deferred. */
  @Column({ type: 'integer', default: 0 })
  @Classified('administrative')
  deferrals: number;

  /** Why it cannot wait for the plan to be agreed, where its agency asks for that. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  waiverReason: string | null;

  /** The chair of the plan's panel who lets it go ahead nonetheless. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  planChairWaivedId: string | null;

  /** The chair of Tasking who does. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  taskingChairWaivedId: string | null;

  /** When the plan's panel ratified that. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  ratifiedAt: Date | null;

  /** How much was granted. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  grantedQuantity: number | null;

  /** The day by which its results are owed. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  resultsDueOn: string | null;

  /** Why it was not deployed, or was withdrawn. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  endReason: string | null;
}

/** What is written down about a bid, where the bid stands; its category is always `plan_action`. */
abstract class BidRecord extends ContributedRecord {
  /** The data category: `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';

  @Column({ type: 'uuid' })
  @ForeignKey(() => Bid)
  @Classified('administrative')
  bidId: string;

  /** The panel before which the bid stands. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The panel of its plan. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  planPanelId: string;

  /** The case behind it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;
}

/** What a meeting decided about a bid: exactly one decision a meeting. Decisions are added and never changed. */
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
  /** The meeting that decided. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(BID_DECISIONS)
  kind: BidDecisionKind;

  /** How much is granted. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  grantedQuantity: number | null;

  /** Conditions of the grant. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  conditions: string | null;

  /** Why it is refused, reduced or deferred. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 2000)
  reason: string | null;

  /** The heading of the control strategy that it serves. */
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

/** What came of it. Counts, never names. Source: JAG note, section 3.4 "Results record". */
@Entity('bid_results')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'planPanelId'], ['id', 'panelId'])
@Unique(['bidId'])
@Check('bid_results_recommendation', oneOf('recommendation', RECOMMENDATIONS))
@Check('bid_results_category', `category = 'plan_action'`)
export class BidResult extends BidRecord {
  /** How much of what was granted was worked. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(0)
  @Max(100_000)
  worked: number;

  /** Incidents before, during and after, where they were counted. */
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

  /** What was done, counted: stops, arrests, seizures, notices, warnings, visits. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  activity: string;

  /** What residents say. */
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
