import { IsIn } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Action } from '../plans/action.entity.js';
import { Classified } from '../authorization/classification.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';

/** Still to be done long after its day, or not done by its agency. What became impossible is nobody's failure. */
export const ESCALATION_KINDS = ['overdue', 'not_done'] as const;
export type EscalationKind = (typeof ESCALATION_KINDS)[number];

export const ESCALATION_STATUSES = ['open', 'answered', 'closed'] as const;
export type EscalationStatus = (typeof ESCALATION_STATUSES)[number];

/** How an escalation moves. It ends with its action; where the agency did not act, the steering group closes it. */
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
 * An action that its agency leaves undone, before the steering group of the partnership: once for each action. The steering
 * group learns which agency owes something to which panel since when, and nothing of the case. Source: MARAC note, section 2.4
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
  /** The panel to which the action is owed. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The steering group. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  steeringPanelId: string;

  /** The case of the action: whoever is kept out of it is kept from the escalation. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;

  /** The action. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  actionId: string;

  /** The item of a meeting in which the action was taken on, where it was: hidden from those who are recused from it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** The agency that has to do it. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  ownerAgencyId: string;

  /** Still to be done, or not done by its agency. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ESCALATION_KINDS)
  kind: EscalationKind;

  /** The day by which the action was due. */
  @Column({ type: 'date' })
  @Classified('administrative')
  dueOn: string;

  /** The day (in London) since which it is before the steering group. */
  @Column({ type: 'date' })
  @Classified('administrative')
  sinceOn: string;

  /** Where it stands. */
  @Column({ type: 'text', default: 'open' })
  @Classified('administrative')
  @IsIn(ESCALATION_STATUSES)
  status: EscalationStatus;

  /** What the agency is told to do. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  answer: string | null;

  /** By which day. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  answerDueOn: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  answeredAt: Date | null;

  /** Who answered for the steering group. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  answeredById: string | null;

  /** The agency of whoever answered. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string | null;

  /** The type of that agency. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  contributingType: string | null;

  /** The day (in London) on which it ended. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  closedOn: string | null;
}
