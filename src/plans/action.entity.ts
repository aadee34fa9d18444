import { IsIn, IsOptional, Length } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Classified, ReasonOfPanel, References } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';
import { Plan, PlanRecord } from './plan.entity.js';

/** Statuses of actions. Source: JAG note, section 1.8. */
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

/** Statuses of actions that have not ended. */
export const OPEN_STATUSES = ['proposed', 'agreed', 'in_progress', 'blocked'] as const satisfies ActionStatus[];
export const isOpen = (status: ActionStatus): boolean => (OPEN_STATUSES as readonly ActionStatus[]).includes(status);

/**
 * Statuses of actions that ended without being done: because circumstances changed, or because the agency did not act.
 */
export const INCOMPLETE_STATUSES = ['not_possible', 'not_done'] as const satisfies ActionStatus[];

/** Statuses of accepted actions that have not ended. Only these can be escalated to the steering group. */
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
 * States and commands of an action. Source: JAG note, section 1.8; MARAC note, section 2.6, asks to distinguish
 * `not_possible` (circumstances changed) from `not_done` (the agency did not act). Beyond the note: an owner who begins
 * has accepted, a short task may be done at once, and a blocked action may turn out to be impossible.
 */
export const actionMachine: StateMachine<ActionStatus, ActionCommand> = {
  name: 'action',
  initial: 'proposed',
  commands: {
    acceptance: { from: ['proposed'], to: 'agreed' },
    progress: { from: OPEN_STATUSES, to: 'in_progress' },
    obstruction: { from: ACCEPTED_STATUSES, to: 'blocked' },
    completion: { from: ['agreed', 'in_progress'], to: 'done' },
    // also declines a proposed action: nobody else's proposal must become overdue in the agency's name
    impossibility: { from: OPEN_STATUSES, to: 'not_possible' },
    omission: { from: ACCEPTED_STATUSES, to: 'not_done' },
    cancellation: { from: OPEN_STATUSES, to: 'cancelled' },
    supersession: { from: OPEN_STATUSES, to: 'superseded' },
    verification: { from: ['done'], to: 'verified' },
  },
};

/**
 * Task of one agency. The owner sees the task without the case. Whether it is overdue follows from the day and is never
 * stored.
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
  declare static readonly actions:
    'accept' | 'cancel' | 'change' | 'complete' | 'explain' | 'locate' | 'name-owner' | 'progress' | 'read' | 'verify';

  /** Plan to which the action belongs; null if the case has no plan or the action continues without one. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Plan)
  planId: string | null;

  /** Item of the meeting in which the action was taken on; null if it was proposed elsewhere. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Agency that carries out the action. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  ownerAgencyId: string;

  /** Person who carries out the action, named by the owning agency; null if nobody is named. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  ownerPractitionerId: string | null;

  /**
   * Person or system of the owning agency that named the person. Null if nobody is named, or the naming was not
   * recorded.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  ownerNamedById: string | null;

  /** Task, with place and people: a verb, an object and a place or person. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(15, 300)
  description: string;

  /** Measure of success, with unit and target; null if none is set. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(2, 300)
  measure: string | null;

  /** Evidence that will show that the action is done; null if none is set. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(2, 300)
  evidenceOfCompletion: string | null;

  /** Aim, hypothesis or risk that the action serves; null if none is named. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(2, 300)
  relatesTo: string | null;

  @Column({ type: 'text', default: 'proposed' })
  @Classified('administrative')
  @IsIn(ACTION_STATUSES)
  status: ActionStatus;

  /**
   * Day by which the action is to be done, by custom before the next meeting. Must be today or later when it is set.
   */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  dueOn: string;

  /** Day first agreed. The difference to `dueOn` is slippage. */
  @Column({ type: 'date' })
  @Classified('administrative')
  originalDueOn: string;

  /** Day (in London) on which the action ended, with any result; null while it is open or if unknown. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  endedOn: string | null;

  /** Result, or the reason why the action was not done; null while there is none. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('plan_action')
  @IsOptional()
  @Length(3, 2000)
  outcomeText: string | null;

  /** Person or system that reported the action done; null before. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  completedById: string | null;
}

/** Note on the progress of an action. Notes are added and never changed. */
@Entity('action_notes')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey('Listing', ['listingId', 'caseId'], ['id', 'caseId'])
@Index(['actionId', 'updatedAt', 'id'])
@Check(`category = 'plan_action'`)
export class ActionNote extends PlanRecord {
  declare static readonly actions: 'explain' | 'read';

  @Column({ type: 'uuid' })
  @ForeignKey(() => Action)
  @Classified('administrative')
  actionId: string;

  /** Item of the meeting in which the action was taken on; null if it was proposed elsewhere. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Status of the action after the note. */
  @Column({ type: 'text' })
  @Classified('administrative')
  status: ActionStatus;

  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 2000)
  note: string;
}
