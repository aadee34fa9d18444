import { IsIn } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Action } from '../plans/action.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';

/**
 * Kinds of escalation: action long overdue, or not done by its agency. Impossible actions are not escalated, because
 * nobody failed.
 */
export const ESCALATION_KINDS = ['overdue', 'not_done'] as const;
export type EscalationKind = (typeof ESCALATION_KINDS)[number];

export const ESCALATION_STATUSES = ['open', 'answered', 'closed'] as const;
export type EscalationStatus = (typeof ESCALATION_STATUSES)[number];

/**
 * States and commands of an escalation. An escalation ends with its action. If the agency did not act, the steering
 * group closes it.
 */
export const escalationMachine: StateMachine<EscalationStatus, 'answer' | 'closure' | 'ending'> = {
  name: 'escalation',
  initial: 'open',
  commands: {
    answer: { from: ['open'], to: 'answered' },
    closure: { from: ['answered'], to: 'closed' },
    ending: { from: ['open', 'answered'], to: 'closed' },
  },
};

/**
 * Undone action brought before the steering group of the partnership, once for each action. The steering group learns
 * which agency owes something to which panel and since when, and nothing of the case. Source: MARAC note, section 2.4
 * "Incomplete actions", section 3.1 (steering group) and section 6.8 (it sees counts).
 */
@Entity('escalations')
@ForeignKey(
  () => Action,
  ['actionId', 'caseId', 'panelId', 'ownerAgencyId'],
  ['id', 'caseId', 'panelId', 'ownerAgencyId'],
)
@ForeignKey('Listing', ['listingId', 'caseId'], ['id', 'caseId'])
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Panel, ['steeringPanelId', 'partnershipId'], ['id', 'partnershipId'])
@Unique('escalations_once', ['actionId'])
@Index(['steeringPanelId', 'updatedAt', 'id'])
@Index(['panelId', 'updatedAt', 'id'])
@Index(['ownerAgencyId', 'updatedAt', 'id'])
@Index(['caseId'])
@Check('escalations_kind', oneOf('kind', ESCALATION_KINDS))
@Check('escalations_status', oneOf('status', ESCALATION_STATUSES))
@Check(
  'escalations_answer',
  `num_nonnulls(answer, answer_due_on, answered_at, answered_by_id, agency_id, contributing_type) IN (0, 6)
   AND (status <> 'open' OR answer IS NULL) AND (status <> 'answered' OR answer IS NOT NULL)`,
)
@Check('escalations_closed', `(status = 'closed') = (closed_on IS NOT NULL)`)
export class Escalation extends PartnershipRecord {
  declare static readonly actions: 'answer' | 'close' | 'explain' | 'read';

  /** Panel that expects the action. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Panel that is the steering group. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  steeringPanelId: string;

  /** Case of the action. The escalation is hidden from everybody who is excluded from the case. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;

  /** Action that was not done. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  actionId: string;

  /**
   * Item of the meeting in which the action was taken on; null if there is none. The escalation is hidden from people
   * recused from the item.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Agency that owns the action. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  ownerAgencyId: string;

  /** `overdue`: the action has not ended; `not_done`: the agency did not act. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ESCALATION_KINDS)
  kind: EscalationKind;

  /** Day by which the action was due. */
  @Column({ type: 'date' })
  @Classified('administrative')
  dueOn: string;

  /** Day (in London) on which the action was escalated. */
  @Column({ type: 'date' })
  @Classified('administrative')
  sinceOn: string;

  @Column({ type: 'text', default: 'open' })
  @Classified('administrative')
  @IsIn(ESCALATION_STATUSES)
  status: EscalationStatus;

  /** Instruction of the steering group; null before the answer. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  answer: string | null;

  /** Day by which the agency is to act; null before the answer. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  answerDueOn: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  answeredAt: Date | null;

  /** Person who answered for the steering group; null before the answer. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  answeredById: string | null;

  /** Agency of the person who answered; null before the answer. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string | null;

  /** Type of the agency that answered; null before the answer. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  contributingType: string | null;

  /** Day (in London) on which the escalation was closed; null before. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  closedOn: string | null;
}
