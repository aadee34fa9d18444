import { IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Partnership } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { ContributedRecord } from '../subjects/subject.entity.js';
import { CycleTemplate, STAGES, type Stage } from './cycle-template.entity.js';
import { References } from '../authorization/references.js';
import { typeNamed } from '../authorization/subjects.js';
import { type RecordClass } from '../database/record-class.js';

/** One turn of a template: its meetings feed each other, and it is closed when what they handed on has arrived. */
@Entity('cycles')
@Unique(['templateId', 'number'])
@Unique(['id', 'partnershipId'])
@Index(['partnershipId', 'opensOn', 'id'])
@Check('cycles_days', 'closes_on >= opens_on')
export class Cycle extends PartnershipRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  /** The template. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => CycleTemplate)
  @Classified('administrative')
  templateId: string;

  /** Counts the cycles of the template, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  number: number;

  /** First day. */
  @Column({ type: 'date' })
  @Classified('administrative')
  opensOn: string;

  /** Last day. */
  @Column({ type: 'date' })
  @Classified('administrative')
  closesOn: string;

  /** One of its meetings did not take place. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  partial: boolean;

  /** When it was closed: nothing is on its way any more. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  closedAt: Date | null;
}

/** Where a cycle stands: what was not closed follows from the day. */
export const CYCLE_STATUSES = ['planned', 'open', 'closing', 'closed'] as const;
export type CycleStatus = (typeof CYCLE_STATUSES)[number];

/** A meeting as a stage of a cycle. A TTCG that serves several boroughs is a stage of a cycle of each. */
@Entity('cycle_meetings')
@ForeignKey(() => Cycle, ['cycleId', 'partnershipId'], ['id', 'partnershipId'])
@Unique(['cycleId', 'stage'])
@Index(['meetingId'])
@Check('cycle_meetings_stage', oneOf('stage', STAGES))
export class CycleMeeting extends PartnershipRecord {
  /** The cycle. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  cycleId: string;

  /** Which of its stages. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(STAGES)
  stage: Stage;

  /** The meeting. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  meetingId: string;

  /** The day that the template gives, before holidays moved it. */
  @Column({ type: 'date' })
  @Classified('administrative')
  plannedOn: string;
}

/** What one meeting hands on to another. Source: JAG note, section 3.2 `Feed`; a bid itself is listed, and is no feed. */
export const FEED_KINDS = [
  'plan_need',
  'bid_escalation',
  'decision',
  'priority',
  'result',
  'intel_requirement',
] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** The record that a feed hands on, by its kind; what is not named here is the feed itself. */
const ITEMS: Partial<Record<FeedKind, string>> = {
  plan_need: 'Plan',
  bid_escalation: 'Bid',
  decision: 'BidDecision',
  result: 'BidResult',
};

/** Bids come later than cycles: their records are found by name. */
const itemOf = (row: Record<string, unknown>): RecordClass | null => {
  const name = ITEMS[row['kind'] as FeedKind];
  return name ? typeNamed(name) : null;
};

/**
 * Something that one meeting hands on to a panel, to be taken up at its next meeting: once, and until somebody there has
 * acknowledged it. It stands in the partnership of the panel to which it goes. Source: JAG note, section 3.3 "Feed rules".
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
  /** The data category: `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';

  /** What is handed on. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(FEED_KINDS)
  kind: FeedKind;

  /** The cycle that cannot close before it has arrived. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Cycle)
  @Classified('administrative')
  cycleId: string | null;

  /** The meeting that hands it on. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  fromMeetingId: string;

  /** The panel that met there. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  fromPanelId: string;

  /** The panel to which it goes. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The meeting that is to take it up; null while none is convened. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Meeting)
  @Classified('administrative')
  toMeetingId: string | null;

  /** How often it went on to another meeting because the one before did not take place. */
  @Column({ type: 'integer', default: 0 })
  @Classified('administrative')
  rolled: number;

  /** The plan whose need it is. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Plan)
  @Classified('administrative')
  @References(() => typeNamed('Plan'))
  planId: string | null;

  /** The case behind it: whoever is kept out of the case is kept from it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Case)
  caseId: string | null;

  /** The panel whose case and plan that are: what comes from a compartment is hidden with it, whoever hands it on. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  planPanelId: string | null;

  /** What exactly is handed on: a plan, a bid, a decision, a result, or itself. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @References(itemOf)
  itemId: string;

  /** In words; no person is named. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  text: string;

  /** When somebody of the panel to which it goes took it up. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  acknowledgedAt: Date | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  acknowledgedById: string | null;
}
