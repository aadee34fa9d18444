import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Length, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Case, CaseRecord } from '../cases/case.entity.js';
import { Classified, ReasonOfPanel } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';

/** Record about the plan of a case. The category is always `plan_action`, and sharing follows that category. */
export abstract class PlanRecord extends CaseRecord {
  /** Data category; always `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';
}

/** Planning models. Source: JAG note, section 2.2; `SAFETY` is the safety plan of MARAC and SYV panels. */
export const PLAN_MODELS = ['IDPARTNERS', 'SARA', 'OSARA', 'SAFETY'] as const;
export type PlanModel = (typeof PLAN_MODELS)[number];

export const PLAN_STATUSES = ['draft', 'agreed', 'active', 'evaluated', 'closed'] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/** States and commands of a plan. Source: JAG note, section 2.4 "Plan object", operational plans. */
export const planMachine: StateMachine<PlanStatus, 'agreement' | 'start' | 'evaluation' | 'closure'> = {
  name: 'plan',
  initial: 'draft',
  commands: {
    agreement: { from: ['draft'], to: 'agreed' },
    start: { from: ['agreed'], to: 'active' },
    evaluation: { from: ['agreed', 'active'], to: 'evaluated' },
    closure: { from: ['evaluated'], to: 'closed' },
  },
};

/** Returns whether the plan is evaluated or closed. It then accepts neither actions nor changes. */
export const hasEnded = ({ status }: Pick<Plan, 'status'>): boolean => status === 'evaluated' || status === 'closed';

/** Aim of a plan. Source: JAG note, section 2.1, step A. */
export class Aim {
  /** Quantity that is counted, e.g. calls about the place in four weeks. */
  @Length(3, 300)
  metric: string;

  /** Value at the beginning; null if unknown. */
  @IsOptional()
  @Length(1, 100)
  baseline?: string | null;

  /** Value to reach. */
  @Length(1, 100)
  target: string;

  /** Day by which the target is to be reached; null if no day is set. */
  @IsOptional()
  @CalendarDate()
  byWhen?: string | null;
}

/** Methods of evaluation. Source: JAG note, section 2.5 "Evaluation record". */
export const EVALUATION_METHODS = [
  'before_after',
  'comparison_area',
  'time_series',
  'qualitative',
  'not_possible',
] as const;
export type EvaluationMethod = (typeof EVALUATION_METHODS)[number];

export const AIM_VERDICTS = ['met', 'partly_met', 'not_met', 'not_known'] as const;

/** Outcome of one aim. Source: JAG note, section 2.1, step E. */
export class AimOutcome {
  /** Present value, to be compared with the baseline and the target. */
  @Length(1, 300)
  result: string;

  /** Whether the target was reached. */
  @IsIn(AIM_VERDICTS)
  verdict: (typeof AIM_VERDICTS)[number];
}

/** Plan agreed by the panel: aims, lead agency and dates. Its actions belong to their owners. */
@Entity('plans')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Unique(['id', 'caseId'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(`category = 'plan_action'`)
@Check(oneOf('model_code', PLAN_MODELS))
@Check(oneOf('status', PLAN_STATUSES))
@Check(`(status = 'draft') = (agreed_at IS NULL)`)
@Check(`end_on >= start_on`)
@Check('plans_evaluated', `(status IN ('evaluated', 'closed')) = (evaluated_at IS NOT NULL)`)
@Check(
  'plans_evaluation',
  `num_nonnulls(evaluated_at, evaluation_method, outcomes, what_worked, what_is_left) IN (0, 5)
   AND (evaluated_at IS NOT NULL OR num_nonnulls(method_reason, displacement, resident_view, cost) = 0)`,
)
@Check('plans_outcomes', `jsonb_array_length(outcomes) = jsonb_array_length(aims)`)
@Check('plans_method', oneOf('evaluation_method', EVALUATION_METHODS))
@Check('plans_method_reason', `(evaluation_method = 'not_possible') = (method_reason IS NOT NULL)`)
export class Plan extends PlanRecord {
  declare static readonly actions:
    | 'add-action'
    | 'agree'
    | 'agree-nonetheless'
    | 'bid'
    | 'change'
    | 'close'
    | 'evaluate'
    | 'explain'
    | 'read'
    | 'start';

  /** Model by which the plan is structured. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PLAN_MODELS)
  modelCode: PlanModel;

  @Column({ type: 'text' })
  @Classified('plan_action', 'summary')
  @Length(3, 200)
  title: string;

  /** Aims in measurable terms. */
  @Column({ type: 'jsonb', default: [] })
  @Classified('plan_action')
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => Aim)
  aims: Aim[];

  /** Agency that leads the plan. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  leadAgencyId: string;

  /** Resources that the agencies of the plan lack and may bid for at Tasking; null if none. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  resourceNeed: string | null;

  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(PLAN_STATUSES)
  status: PlanStatus;

  /** Time at which the panel agreed the plan; null before. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  agreedAt: Date | null;

  /** Chair's reason for agreeing the plan although an action was not SMART; null if all were. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('plan_action')
  @IsOptional()
  @Length(3, 1000)
  chairReason: string | null;

  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  startOn: string | null;

  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  reviewOn: string | null;

  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  endOn: string | null;

  /** Time of the evaluation; null before. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  evaluatedAt: Date | null;

  /** Method of the evaluation; null before. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  evaluationMethod: EvaluationMethod | null;

  /** Reason why an evaluation was not possible; null for other methods. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  methodReason: string | null;

  /** Outcomes of the aims, in the order of the aims; null before the evaluation. */
  @Column({ type: 'jsonb', nullable: true })
  @Classified('plan_action')
  outcomes: AimOutcome[] | null;

  /** Measures that worked or did not, and lessons learned; null before the evaluation. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  whatWorked: string | null;

  /** Remaining work and maintenance, and who is responsible; null before the evaluation. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  whatIsLeft: string | null;

  /** Whether the problem moved, and where; null if not assessed. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  displacement: string | null;

  /** View of victims and residents; null if not asked. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  residentView: string | null;

  /** Cost in hours or money; null if not recorded. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(1, 300)
  cost: string | null;
}
