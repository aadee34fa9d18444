import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Partnership } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { oneOf, type RecordClass } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { ContributedRecord } from '../subjects/subject.entity.js';
import { CycleTemplate, STAGES, type Stage } from './cycle-template.entity.js';
import { typeNamed } from '../authorization/subjects.js';

/**
 * Cycle of a template: a sequence of meetings that hand business on. A cycle can be closed when all of it was
 * acknowledged.
 */
@Entity('cycles')
@Unique(['templateId', 'number'])
@Unique(['id', 'partnershipId'])
@Index(['partnershipId', 'opensOn', 'id'])
@Check('cycles_days', 'closes_on >= opens_on')
export class Cycle extends PartnershipRecord {
  declare static readonly actions: 'read';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => CycleTemplate)
  @Classified('administrative')
  templateId: string;

  /** Number of the cycle within the template, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  number: number;

  /** First day of the cycle. */
  @Column({ type: 'date' })
  @Classified('administrative')
  opensOn: string;

  /** Last day of the cycle. */
  @Column({ type: 'date' })
  @Classified('administrative')
  closesOn: string;

  /** Whether a meeting of the cycle was cancelled. Default: false. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  partial: boolean;

  /** Time at which the cycle was closed. Null while it is not closed. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  closedAt: Date | null;
}

/** Statuses of a cycle. Except for `closed`, the status is derived from the current day. */
export const CYCLE_STATUSES = ['planned', 'open', 'closing', 'closed'] as const;
export type CycleStatus = (typeof CYCLE_STATUSES)[number];

/** Meeting as a stage of a cycle. A TTCG meeting that serves several boroughs is a stage of a cycle of each borough. */
@Entity('cycle_meetings')
@ForeignKey(() => Cycle, ['cycleId', 'partnershipId'], ['id', 'partnershipId'])
@Unique(['cycleId', 'stage'])
@Index(['meetingId'])
@Check('cycle_meetings_stage', oneOf('stage', STAGES))
export class CycleMeeting extends PartnershipRecord {
  declare static readonly actions: 'read';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  cycleId: string;

  /** Stage of the cycle. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(STAGES)
  stage: Stage;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string;

  /** Day computed from the template, before it was moved because of holidays. */
  @Column({ type: 'date' })
  @Classified('administrative')
  plannedOn: string;
}

/** Kinds of feed. A bid itself is listed and is not a feed. Source: JAG note, section 3.2 `Feed`. */
export const FEED_KINDS = [
  'plan_need',
  'bid_escalation',
  'decision',
  'priority',
  'result',
  'intel_requirement',
] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** Type of record that a feed hands on, by kind. The other kinds hand on the text of the feed itself. */
const RECORD_TYPES: Partial<Record<FeedKind, string>> = {
  plan_need: 'Plan',
  bid_escalation: 'Bid',
  decision: 'BidDecision',
  result: 'BidResult',
};

/** Returns the class of the record by name, because bids depend on cycles and cannot be imported here. */
const recordClassOf = (row: Record<string, unknown>): RecordClass | null => {
  const name = RECORD_TYPES[row['kind'] as FeedKind];
  return name ? typeNamed(name) : null;
};

/**
 * Matter that one meeting hands on to a panel, to be acknowledged at the panel's next meeting. It is handed on once,
 * and remains pending until a member there acknowledges it. A feed belongs to the partnership of the receiving panel.
 * Source: JAG note, section 3.3 "Feed rules".
 */
@Entity('feeds')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'planPanelId'], ['id', 'panelId'])
@Unique('feeds_once', ['kind', 'itemId', 'fromMeetingId', 'panelId'])
@Index(['panelId', 'updatedAt', 'id'])
@Index(['toMeetingId'])
@Index(['cycleId'])
@Check('feeds_kind', oneOf('kind', FEED_KINDS))
@Check('feeds_acknowledged', '(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)')
@Check('feeds_case', '(case_id IS NULL) = (plan_panel_id IS NULL)')
@Check('feeds_category', `category = 'plan_action'`)
export class Feed extends ContributedRecord {
  declare static readonly actions: 'acknowledge' | 'explain' | 'read';

  /** Data category, always `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';

  /** Kind of matter handed on. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(FEED_KINDS)
  kind: FeedKind;

  /** Cycle that cannot close before the feed is acknowledged. Null if the meeting belongs to no cycle. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Cycle)
  @Classified('administrative')
  cycleId: string | null;

  /** Meeting that hands the matter on. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  fromMeetingId: string;

  /** Panel of that meeting. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  fromPanelId: string;

  /** Panel that receives the feed. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Meeting that should acknowledge the feed. Null if no such meeting is convened yet. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  toMeetingId: string | null;

  /** Number of times the feed moved to another meeting because of a cancellation. */
  @Column({ type: 'integer', default: 0 })
  @Classified('administrative')
  rolled: number;

  /** Plan whose need or decision is handed on. Null for other kinds. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Plan)
  @Classified('administrative')
  @References(() => typeNamed('Plan'))
  planId: string | null;

  /** Case behind the matter; a person excluded from the case cannot read the feed. Null if there is none. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Case)
  caseId: string | null;

  /**
   * Panel that owns the case and the plan. If that panel is a compartment, the feed is hidden with it, whichever panel
   * hands it on. Null if there is no case.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  planPanelId: string | null;

  /** Record handed on: a plan, bid, decision or result. For a priority or intelligence requirement, an identifier shared by its feeds. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @References(recordClassOf)
  itemId: string;

  /** Description of the matter. It names no person. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  text: string;

  /** Time at which a member of the receiving panel acknowledged the feed. Null while pending. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  acknowledgedAt: Date | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  acknowledgedById: string | null;
}
