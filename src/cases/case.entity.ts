import { IsBoolean, IsIn, IsOptional, Length, MaxLength } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { ApiProperty } from '@nestjs/swagger';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { DATA_CATEGORIES, type DataCategory } from '../authorization/data-categories.js';
import { Classified, rowCategory, ReasonOfPanel } from '../authorization/classification.js';
import { BANDS, type Band } from '../instruments/instrument.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';
import { AboutSubject, ContributedRecord, Person, SUBJECT_CHECK } from '../subjects/subject.entity.js';
import { References } from '../authorization/references.js';

/** Stages that a case is kept at. That it stands on the list of a meeting to come follows from its listings. */
export const KEPT_STAGES = ['open', 'plan_agreed', 'monitoring', 'closed'] as const;
export type KeptStage = (typeof KEPT_STAGES)[number];

/** Stages that are shown as `listed` while the case is on the list of a meeting to come. An agreed plan says more. */
export const SHOWN_AS_LISTED = ['open', 'monitoring'] as const satisfies KeptStage[];

/** Stages as shown: `listed` while the case is on the list of a meeting to come, as far as the reader may see the item. */
export const CASE_STAGES = ['open', 'listed', 'plan_agreed', 'monitoring', 'closed'] as const;
export type CaseStage = (typeof CASE_STAGES)[number];

/** How a case moves. Source: JAG note, section 1.6 "Case lifecycle". */
export const caseMachine: StateMachine<KeptStage, 'plan-agreement' | 'monitoring' | 'closure' | 'reopening'> = {
  name: 'case',
  initial: 'open',
  commands: {
    'plan-agreement': { from: ['open', 'plan_agreed', 'monitoring'], to: 'plan_agreed' },
    monitoring: { from: ['open', 'plan_agreed'], to: 'monitoring' },
    closure: { from: ['open', 'plan_agreed', 'monitoring'], to: 'closed' },
    reopening: { from: ['closed'], to: 'open' },
  },
};

/** Why a case is closed. Source: JAG note, section 1.6 "Closure reasons". */
export const CLOSURE_REASONS = [
  'resolved_behaviour_stopped',
  'risk_reduced_single_agency',
  'enforcement_concluded',
  'subject_moved_area',
  'merged',
  'no_further_action_possible',
  'insufficient_evidence',
  'subject_deceased',
  'transferred_other_process',
  'referred_in_error',
] as const;
export type ClosureReason = (typeof CLOSURE_REASONS)[number];

export const OUTCOMES = ['resolved', 'partly_resolved', 'unresolved', 'not_applicable'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A matter before a panel. The panel owns its decisions, plans and listings; each agency keeps what it contributed. */
@Entity('cases')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Check(SUBJECT_CHECK)
@Check('cases_stage', oneOf('stage', KEPT_STAGES))
@Check(`(stage = 'closed') = (closed_at IS NOT NULL AND closure_reason IS NOT NULL AND outcome IS NOT NULL)`)
@Check('cases_reopening', `(reopened_at IS NULL) = (reopening_reason IS NULL)`)
@Index(['panelId', 'updatedAt', 'id'])
@Unique(['reference'])
@Unique(['id', 'panelId'])
export class Case extends AboutSubject {
  /** The panel that hears it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Human reference, e.g. `JAG-2026-00042`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  reference: string;

  /** Stage of the case: open, listed for a meeting to come, plan agreed, monitored, closed. */
  @Column({ type: 'text', default: 'open' })
  @Classified('administrative')
  @ApiProperty({ enum: CASE_STAGES })
  @IsIn(KEPT_STAGES)
  stage: KeptStage;

  /** The data category of the summary. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** What the case is about, in the words of the referral. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(10, 4000)
  summary: string;

  /** Why several agencies are needed. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @MaxLength(4000)
  whyMultiAgency: string | null;

  /** The agency that leads. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  @Uuid()
  leadAgencyId: string;

  /** The band in force, confirmed by a person. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @IsIn(BANDS)
  riskBand: Band | null;

  /** Why the band was lowered or cleared, against what stood before. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('risk_assessment')
  @IsOptional()
  @Length(3, 1000)
  riskBandReason: string | null;

  /** The same victim and perpetrator within the panel's repeat window. */
  @Column({ type: 'boolean', default: false })
  @Classified('risk_assessment', 'summary')
  @IsBoolean()
  isRepeat: boolean;

  /** The earlier case of a repeat. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Case)
  @Classified('risk_assessment')
  @References(() => Case)
  previousCaseId: string | null;

  /** When it is next reviewed. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  nextReviewOn: string | null;

  /** The edition of the panel's rules that applied when it was opened. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  rulesEdition: number;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  openedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  closedAt: Date | null;

  /** Why it was closed. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(CLOSURE_REASONS)
  closureReason: ClosureReason | null;

  /** What was reached, apart from why it was closed. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(OUTCOMES)
  outcome: Outcome | null;

  /** When it was reopened last (UTC); null where it never was. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  reopenedAt: Date | null;

  /** Why it was reopened last. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('professional_opinion')
  @Length(3, 1000)
  reopeningReason: string | null;
}

/** A record inside a case: `panelId` is the case's own and `partnershipId` the panel's, held equal by the database. */
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
export abstract class CaseRecord extends ContributedRecord {
  @ForeignKey(() => Agency)
  declare agencyId: string;

  /** The case. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;

  /** The panel of the case. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;
}

/** Roles of people in cases; one person may hold several. Source: law and standards note, section 1.4. */
export const PERSON_ROLES = [
  'victim',
  'at_risk',
  'suspected_harm_causer',
  'both_victim_and_harm_causer',
  'perpetrator',
  'child',
  'complainant',
  'witness',
  'family',
  'carer',
  'linked_peer',
  'person_of_concern_adult',
  'professional',
] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** A person's role in one case: who says so, since when, why. */
@Entity('case_people')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Unique(['caseId', 'personId', 'role', 'since'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(oneOf('role', PERSON_ROLES))
@Check(`until IS NULL OR until >= since`)
export class CasePerson extends CaseRecord {
  /** The person. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @Uuid()
  personId: string;

  /** The role in this case, and in no other. */
  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(PERSON_ROLES)
  role: PersonRole;

  /** On what the role rests. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 1000)
  rationale: string;

  @Column({ type: 'date' })
  @Classified('identity', 'summary')
  @CalendarDate()
  since: string;

  @Column({ type: 'date', nullable: true })
  @Classified('identity', 'summary')
  @IsOptional()
  @CalendarDate()
  until: string | null;

  /** Known to be pregnant: midwifery is asked what it knows. Null where nobody said. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('health_physical', 'summary')
  @IsOptional()
  @IsBoolean()
  pregnant: boolean | null;

  /** Known to be in custody: the prison is asked what it knows. Null where nobody said. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('court_order', 'summary')
  @IsOptional()
  @IsBoolean()
  inCustody: boolean | null;
}

export const CONTRIBUTION_KINDS = ['fact', 'opinion', 'intelligence', 'allegation', 'self_report'] as const;
export type ContributionKind = (typeof CONTRIBUTION_KINDS)[number];

/** `P`: may be shared as the agreement says. `C`: only with those who took note of its conditions. */
export const HANDLING = ['P', 'C'] as const;
export type Handling = (typeof HANDLING)[number];

/**
 * What one agency knows and puts before the panel, or keeps to itself as private research. Its category decides who
 * receives how much; its handling may hold back more. Source: law and standards note, section 5.2 "Markings".
 */
@Entity('contributions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(`kind IN ('fact', 'opinion', 'intelligence', 'allegation', 'self_report')`)
@Check(`handling IN ('P', 'C')`)
@Check(`handling = 'P' OR conditions IS NOT NULL`)
@Check('contributions_recall', `(recalled_at IS NULL) = (recall_reason IS NULL)`)
export class Contribution extends CaseRecord {
  /** The data category. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Fact, professional opinion, intelligence, allegation or what the person said. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'), 'summary')
  @IsIn(CONTRIBUTION_KINDS)
  kind: ContributionKind;

  /** One line for those who receive a summary. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'), 'summary')
  @Length(3, 500)
  summary: string;

  /** The whole, for those who receive it in full. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(3, 10000)
  text: string;

  /** `P` or `C`. */
  @Column({ type: 'text', default: 'P' })
  @Classified(rowCategory('category'), 'existence')
  @IsIn(HANDLING)
  handling: Handling;

  /** The conditions of handling `C`: known before the content, to those who take note of them. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'), 'existence')
  @IsOptional()
  @Length(3, 1000)
  conditions: string | null;

  /** Other agencies read it only where the agency that contributed it releases it to them. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  @IsBoolean()
  originatorControl: boolean;

  /** When the agency that contributed it took it back. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  recalledAt: Date | null;

  /** Why it took it back. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  recallReason: string | null;

  /** Private research: nobody outside the agency reads it. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  @IsBoolean()
  agencyOnly: boolean;

  /** The day on which what is told happened. */
  @Column({ type: 'date', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @CalendarDate()
  occurredOn: string | null;

  /** The person or system that wrote it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;
}

/** A reference number in use, per series and year. */
@Entity('reference_numbers')
export class ReferenceNumber {
  @PrimaryColumn({ type: 'text' })
  series: string;

  @PrimaryColumn({ type: 'integer' })
  year: number;

  @PrimaryColumn({ type: 'integer' })
  number: number;
}
