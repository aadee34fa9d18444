import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, Length, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { Case, CaseRecord } from '../cases/case.entity.js';
import { Classified, ReasonOfPanel } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';

/** What is planned about a case: its category is always `plan_action`, and it is shared as that category is. */
export abstract class PlanRecord extends CaseRecord {
  /** The data category: `plan_action`. */
  @Column({ type: 'text', default: 'plan_action' })
  @Classified('administrative')
  category: 'plan_action';
}

/** How the plan is built up. Source: JAG note, section 2.2; `SAFETY` is the safety plan of MARAC and SYV panels. */
export const PLAN_MODELS = ['IDPARTNERS', 'SARA', 'OSARA', 'SAFETY'] as const;
export type PlanModel = (typeof PLAN_MODELS)[number];

export const PLAN_STATUSES = ['draft', 'agreed', 'active', 'evaluated', 'closed'] as const;
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/** How a plan moves. Source: JAG note, section 2.4 "Plan object", operational plans. */
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

/** What came of it was said: it takes no action any more, and is not changed. */
export const hasEnded = ({ status }: Pick<Plan, 'status'>): boolean => status === 'evaluated' || status === 'closed';

/** What the plan wants to reach. Source: JAG note, section 2.1, step A. */
export class Aim {
  /** What is counted, e.g. calls about the place in four weeks. */
  @Length(3, 300)
  metric: string;

  /** Where it stood at the beginning. */
  @IsOptional()
  @Length(1, 100)
  baseline?: string | null;

  /** Where it should stand. */
  @Length(1, 100)
  target: string;

  /** By which day. */
  @IsOptional()
  @CalendarDate()
  byWhen?: string | null;
}

/** How it was found out what came of a plan. Source: JAG note, section 2.5 "Evaluation record". */
export const EVALUATION_METHODS = [
  'before_after',
  'comparison_area',
  'time_series',
  'qualitative',
  'not_possible',
] as const;
export type EvaluationMethod = (typeof EVALUATION_METHODS)[number];

export const AIM_VERDICTS = ['met', 'partly_met', 'not_met', 'not_known'] as const;

/** What came of one aim. Source: JAG note, section 2.1, step E. */
export class AimOutcome {
  /** Where it stands now: to be held against the baseline and the target. */
  @Length(1, 300)
  result: string;

  /** Was the target reached? */
  @IsIn(AIM_VERDICTS)
  verdict: (typeof AIM_VERDICTS)[number];
}

/** A plan that the panel agrees: what is wanted, who leads, by when. The actions in it stay their owners'. */
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
  /** How it is built up. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PLAN_MODELS)
  modelCode: PlanModel;

  /** What the plan is called. */
  @Column({ type: 'text' })
  @Classified('plan_action', 'summary')
  @Length(3, 200)
  title: string;

  /** What it wants to reach, in figures. */
  @Column({ type: 'jsonb', default: [] })
  @Classified('plan_action')
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => Aim)
  aims: Aim[];

  /** The agency that leads it. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  leadAgencyId: string;

  /** What it needs that its agencies do not have: it can be bid for at Tasking. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  resourceNeed: string | null;

  /** Where it stands. */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(PLAN_STATUSES)
  status: PlanStatus;

  /** When the panel agreed it. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  agreedAt: Date | null;

  /** Why the chair agreed it although an action is not SMART yet. */
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

  /** When it was evaluated. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  evaluatedAt: Date | null;

  /** How it was found out what came of it. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  evaluationMethod: EvaluationMethod | null;

  /** Why it could not be found out. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  methodReason: string | null;

  /** What came of each aim, in the order of the aims. */
  @Column({ type: 'jsonb', nullable: true })
  @Classified('plan_action')
  outcomes: AimOutcome[] | null;

  /** What worked, what did not, and what was learned. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  whatWorked: string | null;

  /** What is left to do and to keep up, and who sees to it. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  whatIsLeft: string | null;

  /** Did the problem move, and where to? */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  displacement: string | null;

  /** What victims and residents say. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 1000)
  residentView: string | null;

  /** What it took: hours, money. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(1, 300)
  cost: string | null;
}
