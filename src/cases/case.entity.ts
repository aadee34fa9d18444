import { IsBoolean, IsIn, IsOptional, Length, MaxLength } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { ApiProperty } from '@nestjs/swagger';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import { DATA_CATEGORIES, type DataCategory } from '../authorization/data-categories.js';
import { Classified, rowCategory, ReasonOfPanel, References } from '../authorization/classification.js';
import { BANDS, type Band } from '../instruments/instrument.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';
import { AboutSubject, ContributedRecord, Person, SUBJECT_CHECK } from '../subjects/subject.entity.js';

/** Stored stages of a case. The stage `listed` is not stored but derived from the listings. */
export const STORED_STAGES = ['open', 'plan_agreed', 'monitoring', 'closed'] as const;
export type StoredStage = (typeof STORED_STAGES)[number];

/**
 * Stages shown as `listed` while the case is on the list of a future meeting. A case with an agreed plan keeps that
 * stage.
 */
export const SHOWN_AS_LISTED = ['open', 'monitoring'] as const satisfies StoredStage[];

/** Stages as shown. `listed` means that the case is on the list of a future meeting and the reader may see the item. */
export const CASE_STAGES = ['open', 'listed', 'plan_agreed', 'monitoring', 'closed'] as const;
export type CaseStage = (typeof CASE_STAGES)[number];

/** Stages and commands of a case. Source: JAG note, section 1.6 "Case lifecycle". */
export const caseMachine: StateMachine<StoredStage, 'plan-agreement' | 'monitoring' | 'closure' | 'reopening'> = {
  name: 'case',
  initial: 'open',
  commands: {
    'plan-agreement': { from: ['open', 'plan_agreed', 'monitoring'], to: 'plan_agreed' },
    monitoring: { from: ['open', 'plan_agreed'], to: 'monitoring' },
    closure: { from: ['open', 'plan_agreed', 'monitoring'], to: 'closed' },
    reopening: { from: ['closed'], to: 'open' },
  },
};

/** Reasons for closing a case. Source: JAG note, section 1.6 "Closure reasons". */
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

export const CASE_OUTCOMES = ['resolved', 'partly_resolved', 'unresolved', 'not_applicable'] as const;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

/** Matter that a panel works on. The panel owns decisions, plans and listings; each agency owns its contributions. */
@Entity('cases')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Check(SUBJECT_CHECK)
@Check('cases_stage', oneOf('stage', STORED_STAGES))
@Check('cases_closure_reason', oneOf('closure_reason', CLOSURE_REASONS))
@Check('cases_outcome', oneOf('outcome', CASE_OUTCOMES))
@Check(`(stage = 'closed') = (closed_at IS NOT NULL AND closure_reason IS NOT NULL AND outcome IS NOT NULL)`)
@Check('cases_reopening', `(reopened_at IS NULL) = (reopening_reason IS NULL)`)
@Index(['panelId', 'updatedAt', 'id'])
@Index(['panelId', 'closureReason', 'updatedAt', 'id'])
@Unique(['reference'])
@Unique(['id', 'panelId'])
export class Case extends AboutSubject {
  declare static readonly actions:
    | 'add-to-list'
    | 'assess'
    | 'change'
    | 'close'
    | 'contribute'
    | 'exclude'
    | 'explain'
    | 'grant-access'
    | 'hear'
    | 'hear-item'
    | 'list'
    | 'lower-band'
    | 'name-person'
    | 'open-in-emergency'
    | 'plan'
    | 'read'
    | 'reopen'
    | 'research'
    | 'take-part'
    | 'track';

  /** Panel that hears the case. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Human-readable reference, such as `JAG-2026-00042`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  reference: string;

  /** Stage of the case: open, listed for a future meeting, plan agreed, monitored, closed. */
  @Column({ type: 'text', default: 'open' })
  @Classified('administrative')
  @ApiProperty({ enum: CASE_STAGES })
  @IsIn(STORED_STAGES)
  stage: StoredStage;

  /** Data category of the summary. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Description of the matter, in the words of the referral. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(10, 4000)
  summary: string;

  /** Reason why several agencies are needed. Null if not stated. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @MaxLength(4000)
  whyMultiAgency: string | null;

  /** Agency that leads. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  @Uuid()
  leadAgencyId: string;

  /** Risk band in force, confirmed by a person. Null if not assessed. */
  @Column({ type: 'text', nullable: true })
  @Classified('risk_assessment', 'summary')
  @IsOptional()
  @IsIn(BANDS)
  riskBand: Band | null;

  /** Reason for lowering or clearing the band. Null if the band was never lowered. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('risk_assessment')
  @IsOptional()
  @Length(3, 1000)
  riskBandReason: string | null;

  /**
   * Whether the case concerns the same victim and perpetrator as an earlier one within the panel's repeat window. A case
   * closed as `referred_in_error` does not count until it is reopened.
   */
  @Column({ type: 'boolean', default: false })
  @Classified('risk_assessment', 'summary')
  @IsBoolean()
  isRepeat: boolean;

  /** Earlier case of a repeat. Null if the case is not a repeat, or the earlier case was closed as `referred_in_error`. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Case)
  @Classified('risk_assessment')
  @References(() => Case)
  previousCaseId: string | null;

  /** Day of the next review. Null if none is planned. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  nextReviewOn: string | null;

  /** Edition of the panel's rules that applied when the case was opened. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  rulesEdition: number;

  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  openedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  closedAt: Date | null;

  /** Reason for closing. Null while the case is open. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(CLOSURE_REASONS)
  closureReason: ClosureReason | null;

  /** Outcome, independent of the reason for closing. Null while the case is open. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(CASE_OUTCOMES)
  outcome: CaseOutcome | null;

  /** Time of the last reopening (UTC). Null if the case was never reopened. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  reopenedAt: Date | null;

  /** Reason for the last reopening. Null if the case was never reopened. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('professional_opinion')
  @Length(3, 1000)
  reopeningReason: string | null;
}

/**
 * Record inside a case. Foreign keys ensure that `panelId` is the panel of the case and `partnershipId` that of the
 * panel.
 */
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
export abstract class CaseRecord extends ContributedRecord {
  @ForeignKey(() => Agency)
  declare agencyId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;

  /** Panel of the case. */
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

/** Role of a person in one case, with its source, dates and rationale. */
@Entity('case_people')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Unique(['caseId', 'personId', 'role', 'since'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(oneOf('role', PERSON_ROLES))
@Check(`until IS NULL OR until >= since`)
@Check('case_people_absence', `absent_from < absent_until OR (absent_from IS NULL AND absent_until IS NULL)`)
export class CasePerson extends CaseRecord {
  declare static readonly actions: 'change' | 'explain' | 'read' | 'research' | 'take-out';

  @Column({ type: 'uuid' })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @Uuid()
  personId: string;

  /** Role in this case. It does not apply to other cases. */
  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(PERSON_ROLES)
  role: PersonRole;

  /** Evidence for the role. */
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

  /** Whether known to be pregnant; if true, research is requested from midwifery. Null if unknown. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('health_physical', 'summary')
  @IsOptional()
  @IsBoolean()
  pregnant: boolean | null;

  /** Whether known to be in custody; if true, research is requested from the prison. Null if unknown. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('court_order', 'summary')
  @IsOptional()
  @IsBoolean()
  inCustody: boolean | null;

  /** Time at which the role was removed by mistake (UTC). Null unless it was put back. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  absentFrom: Date | null;

  /** Time at which the role was put back (UTC). Null unless it was. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  absentUntil: Date | null;
}

export const CONTRIBUTION_KINDS = ['fact', 'opinion', 'intelligence', 'allegation', 'self_report'] as const;
export type ContributionKind = (typeof CONTRIBUTION_KINDS)[number];

/**
 * Handling codes. `P`: sharing as the agreement allows. `C`: sharing only with readers who acknowledged the conditions.
 */
export const HANDLING = ['P', 'C'] as const;
export type Handling = (typeof HANDLING)[number];

/**
 * Information of one agency, contributed to the panel or stored as private research. The data category decides the
 * sharing level of each reader; the handling may lower that level. Source: law and standards note, section 5.2
 * "Markings".
 */
@Entity('contributions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(`kind IN ('fact', 'opinion', 'intelligence', 'allegation', 'self_report')`)
@Check(`handling IN ('P', 'C')`)
@Check(`handling = 'P' OR conditions IS NOT NULL`)
@Check('contributions_recall', `(recalled_at IS NULL) = (recall_reason IS NULL)`)
export class Contribution extends CaseRecord {
  declare static readonly actions: 'acknowledge' | 'ask-release' | 'change' | 'explain' | 'read' | 'recall' | 'release';

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Nature of the information: fact, professional opinion, intelligence, allegation or self-report. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'), 'summary')
  @IsIn(CONTRIBUTION_KINDS)
  kind: ContributionKind;

  /** Summary in one line, shown to readers at level `summary`. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'), 'summary')
  @Length(3, 500)
  summary: string;

  /** Full text, shown to readers at level `full`. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(3, 10000)
  text: string;

  /** Handling code, `P` or `C`. Default: `P`. */
  @Column({ type: 'text', default: 'P' })
  @Classified(rowCategory('category'), 'existence')
  @IsIn(HANDLING)
  handling: Handling;

  /** Conditions of handling `C`, shown before the content so that readers can acknowledge them. Null for `P`. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'), 'existence')
  @IsOptional()
  @Length(3, 1000)
  conditions: string | null;

  /** Whether other agencies need a release by the contributing agency to read the contribution. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  @IsBoolean()
  originatorControl: boolean;

  /** Time at which the contributing agency recalled the contribution. Null if not recalled. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  recalledAt: Date | null;

  /** Reason for the recall. Null if not recalled. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  recallReason: string | null;

  /** Whether the contribution is private research, which nobody outside the agency can read. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  @IsBoolean()
  agencyOnly: boolean;

  /** Day of the event described. Null if not stated. */
  @Column({ type: 'date', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @CalendarDate()
  occurredOn: string | null;

  /** Person or system that wrote the contribution. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;
}

/** Reference number in use, per series and year. */
@Entity('reference_numbers')
export class ReferenceNumber {
  @PrimaryColumn({ type: 'text' })
  series: string;

  @PrimaryColumn({ type: 'integer' })
  year: number;

  @PrimaryColumn({ type: 'integer' })
  number: number;
}
