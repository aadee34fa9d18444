import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Classified, ReasonOfPanel } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';
import { Plan, PlanRecord } from './plan.entity.js';
import { References } from '../authorization/references.js';

/** Source: JAG note, section 1.8. */
export const ACTION_STATUSES = [
  'proposed',
  'agreed',
  'in_progress',
  'blocked',
  'done',
  'verified',
  'not_possible',
  'not_done',
  'cancelled',
  'superseded',
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

/** Something is still to be done. */
export const OPEN_STATUSES = ['proposed', 'agreed', 'in_progress', 'blocked'] as const satisfies ActionStatus[];
export const isOpen = (status: ActionStatus): boolean => (OPEN_STATUSES as readonly ActionStatus[]).includes(status);

/** It ended and was not done: because things changed, or because the agency did not act. */
export const INCOMPLETE_STATUSES = ['not_possible', 'not_done'] as const satisfies ActionStatus[];

/** Accepted by the owner and still to be done: only these can be escalated to the steering group. */
export const ACCEPTED_STATUSES = ['agreed', 'in_progress', 'blocked'] as const satisfies ActionStatus[];

export const isAccepted = (status: ActionStatus): boolean =>
  (ACCEPTED_STATUSES as readonly ActionStatus[]).includes(status);

export type ActionCommand =
  | 'acceptance'
  | 'progress'
  | 'obstruction'
  | 'completion'
  | 'impossibility'
  | 'omission'
  | 'cancellation'
  | 'supersession'
  | 'verification';

/**
 * How an action moves. Source: JAG note, section 1.8; MARAC note, section 2.6, asks to keep `not_possible` (things changed)
 * apart from `not_done` (the agency did not act). Beyond the note: an owner who begins has accepted, a short task may be
 * done at once, and what is blocked may turn out to be impossible.
 */
export const actionMachine: StateMachine<ActionStatus, ActionCommand> = {
  name: 'action',
  initial: 'proposed',
  commands: {
    acceptance: { from: ['proposed'], to: 'agreed' },
    progress: { from: OPEN_STATUSES, to: 'in_progress' },
    obstruction: { from: ACCEPTED_STATUSES, to: 'blocked' },
    completion: { from: ['agreed', 'in_progress'], to: 'done' },
    impossibility: { from: ACCEPTED_STATUSES, to: 'not_possible' },
    omission: { from: ACCEPTED_STATUSES, to: 'not_done' },
    cancellation: { from: OPEN_STATUSES, to: 'cancelled' },
    supersession: { from: OPEN_STATUSES, to: 'superseded' },
    verification: { from: ['done'], to: 'verified' },
  },
};

/**
 * What one agency has to do, and answers for. Its owner sees the task without the case; whether it is overdue follows from
 * the day and is never stored.
 */
@Entity('actions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Plan, ['planId', 'caseId'], ['id', 'caseId'])
@ForeignKey('Listing', ['listingId', 'caseId'], ['id', 'caseId'])
@Unique(['id', 'listingId'])
@Unique('actions_id_case_id_panel_id_owner_agency_id_key', ['id', 'caseId', 'panelId', 'ownerAgencyId'])
@Index(['panelId', 'updatedAt', 'id'])
@Index(['ownerAgencyId', 'updatedAt', 'id'])
@Index(['caseId', 'updatedAt', 'id'])
@Index(['planId'])
@Check(`category = 'plan_action'`)
@Check(oneOf('status', ACTION_STATUSES))
@Check(`status NOT IN ('not_possible', 'not_done', 'cancelled', 'superseded') OR outcome_text IS NOT NULL`)
@Check('actions_owner_named', `owner_named_by_id IS NULL OR owner_practitioner_id IS NOT NULL`)
@Check('actions_due', `due_on >= (created_at AT TIME ZONE 'Europe/London')::date`)
@Check(
  'actions_ended',
  `ended_on IS NULL OR status NOT IN (${OPEN_STATUSES.map((status) => `'${status}'`).join(', ')})`,
)
export class Action extends PlanRecord {
  /** The plan it belongs to. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Plan)
  planId: string | null;

  /** The item of a meeting in which it was taken on; null where it was proposed elsewhere. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** The agency that does it. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  ownerAgencyId: string;

  /** The person in that agency who does it, named by that agency. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  ownerPractitionerId: string | null;

  /** The person or system of the owning agency that named the person; null where nobody is named, or it was not recorded. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  ownerNamedById: string | null;

  /** What is done, where and for whom: a verb, an object and a place or person. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(15, 300)
  description: string;

  /** How success is measured: unit and target. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(2, 300)
  measure: string | null;

  /** What shows that it is done. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(2, 300)
  evidenceOfCompletion: string | null;

  /** The aim, hypothesis or risk that it serves. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(2, 300)
  relatesTo: string | null;

  /** Where it stands. */
  @Column({ type: 'text', default: 'proposed' })
  @Classified('administrative')
  @IsIn(ACTION_STATUSES)
  status: ActionStatus;

  /** The day by which it is done, by custom before the next meeting. It is today or later when it is set. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  dueOn: string;

  /** The day first agreed: the difference is slippage. */
  @Column({ type: 'date' })
  @Classified('administrative')
  originalDueOn: string;

  /** The day on which it ended (in London), whatever came of it. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  endedOn: string | null;

  /** What came of it, or why it was not done. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('plan_action')
  @IsOptional()
  @Length(3, 2000)
  outcomeText: string | null;

  /** The person or system that reported it done. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  completedById: string | null;
}

/** What was told about an action on its way: only ever added to. */
@Entity('action_notes')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey('Listing', ['listingId', 'caseId'], ['id', 'caseId'])
@Index(['actionId', 'updatedAt', 'id'])
@Check(`category = 'plan_action'`)
export class ActionNote extends PlanRecord {
  /** The action. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Action)
  @Classified('administrative')
  actionId: string;

  /** The item of a meeting in which the action was taken on, where it was. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Where the action stood after it. */
  @Column({ type: 'text' })
  @Classified('administrative')
  status: ActionStatus;

  /** What is told. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  note: string;
}
