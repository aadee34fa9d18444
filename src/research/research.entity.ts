import { IsBoolean, IsIn, IsOptional, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import {
  Case,
  CaseRecord,
  Contribution,
  CONTRIBUTION_KINDS,
  HANDLING,
  type ContributionKind,
  type Handling,
} from '../cases/case.entity.js';
import { DATA_CATEGORIES, type DataCategory } from '../authorization/data-categories.js';
import { Classified, rowCategory } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import type { StateMachine } from '../records/state-machine.js';
import { Listing } from '../meetings/meeting.entity.js';

export const RESEARCH_STATUSES = ['asked', 'returned', 'cancelled'] as const;
export type ResearchStatus = (typeof RESEARCH_STATUSES)[number];

/** How a request moves. A nil return is a return. Source: MARAC note, section 2.3, "in_research". */
export const researchMachine: StateMachine<ResearchStatus, 'return' | 'reopening' | 'cancellation'> = {
  name: 'research request',
  initial: 'asked',
  commands: {
    return: { from: ['asked'], to: 'returned' },
    reopening: { from: ['returned'], to: 'asked' },
    cancellation: { from: ['asked'], to: 'cancelled' },
  },
};

/**
 * Who answers for the agency: those of it who sit on the panel; where nobody does, the person whom it is invited through,
 * or whoever works for it in the partnership.
 */
export const ANSWERERS = ['members', 'person', 'agency'] as const;
export type Answerer = (typeof ANSWERERS)[number];

/**
 * An agency is asked what it knows for one item of a meeting. That it answered, and whether there was something to share,
 * is all that stands here: what it holds stands in its own points. Source: MARAC note, section 4.2 "Research return".
 */
@Entity('research_requests')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Unique(['listingId', 'askedAgencyId'])
@Unique(['id', 'caseId', 'panelId', 'askedAgencyId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['panelId', 'updatedAt', 'id'])
@Index(['askedAgencyId', 'updatedAt', 'id'])
@Index(['caseId'])
@Check('research_requests_status', oneOf('status', RESEARCH_STATUSES))
@Check('research_requests_answerer', oneOf('answered_by', ANSWERERS))
@Check('research_requests_person', `(answered_by = 'person') = (practitioner_id IS NOT NULL)`)
@Check(
  'research_requests_returned',
  `(status = 'returned') = (returned_at IS NOT NULL) AND (returned_at IS NULL) = (nil IS NULL)`,
)
export class ResearchRequest extends CaseRecord {
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The item. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  listingId: string;

  /** The agency that is asked. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  askedAgencyId: string;

  /** Who of it answers: its `members` on the panel, the one `person` who is invited, or whoever works for the `agency`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ANSWERERS)
  answeredBy: Answerer;

  /** The person who answers, where it is one. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string | null;

  /** The last day for the return, in London. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  dueOn: string;

  /** The day first set: it stays when the meeting is put off. */
  @Column({ type: 'date' })
  @Classified('administrative')
  originalDueOn: string;

  /** When the meeting is over: until then names can be read, and returns are taken, late ones too. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  closesAt: Date;

  @Column({ type: 'text', default: 'asked' })
  @Classified('administrative')
  @IsIn(RESEARCH_STATUSES)
  status: ResearchStatus;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  returnedAt: Date | null;

  /** Returned, and nothing was shared with the return of which its reader may know. Null until it is returned. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('administrative')
  @IsBoolean()
  nil: boolean | null;
}

export const POINT_DECISIONS = ['draft', 'shared', 'withheld', 'contributed'] as const;
export type PointDecision = (typeof POINT_DECISIONS)[number];
const IN_HAND = ['draft', 'shared', 'withheld'] as const satisfies PointDecision[];

/** What becomes of a point: until the return leaves, its agency may think again. Source: MARAC note, section 4.2, `items[]`. */
export const pointMachine: StateMachine<PointDecision, 'correction' | 'sharing' | 'withholding' | 'contribution'> = {
  name: 'point',
  initial: 'draft',
  commands: {
    correction: { from: IN_HAND, to: 'draft' },
    sharing: { from: IN_HAND, to: 'shared' },
    withholding: { from: IN_HAND, to: 'withheld' },
    contribution: { from: ['shared'], to: 'contributed' },
  },
};

/**
 * One thing that an asked agency found in its own records. It is the agency's own and nobody else's, whatever an agreement
 * says; what it decides to share becomes a contribution with its return, what it withholds stays here with the reason.
 * Source: MARAC note, section 0, point 7, and section 4.2.
 */
@Entity('research_points')
@ForeignKey(
  () => ResearchRequest,
  ['requestId', 'caseId', 'panelId', 'agencyId'],
  ['id', 'caseId', 'panelId', 'askedAgencyId'],
)
@Index(['requestId', 'updatedAt', 'id'])
@Index(['agencyId', 'updatedAt', 'id'])
@Check('research_points_own', 'agency_only')
@Check('research_points_kind', oneOf('kind', CONTRIBUTION_KINDS))
@Check('research_points_handling', `handling IN ('P', 'C') AND (handling = 'P' OR conditions IS NOT NULL)`)
@Check('research_points_decision', oneOf('decision', POINT_DECISIONS))
@Check('research_points_withheld', `(decision = 'withheld') = (withheld_reason IS NOT NULL)`)
@Check('research_points_shared', `decision IN ('draft', 'withheld') OR summary IS NOT NULL`)
@Check('research_points_contributed', `(decision = 'contributed') = (contribution_id IS NOT NULL)`)
export class ResearchPoint extends CaseRecord {
  /** What was asked. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  requestId: string;

  /** Always: no other agency reads it, by the policy and by the database. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  agencyOnly: true;

  /** The data category. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Fact, professional opinion, intelligence, allegation or what the person said. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @IsIn(CONTRIBUTION_KINDS)
  kind: ContributionKind;

  /** What was found. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(3, 10000)
  text: string;

  /** One line for those who will receive a summary: needed to share it. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @Length(3, 500)
  summary: string | null;

  /** How it is shared: `P`, or `C` under conditions. */
  @Column({ type: 'text', default: 'P' })
  @Classified(rowCategory('category'))
  @IsIn(HANDLING)
  handling: Handling;

  /** The conditions of handling `C`. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @Length(3, 1000)
  conditions: string | null;

  /** Other agencies will read it only where yours releases it to them. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  @IsBoolean()
  originatorControl: boolean;

  /** The day on which what is told happened. */
  @Column({ type: 'date', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @CalendarDate()
  occurredOn: string | null;

  /** `draft` until it is decided; what is `shared` is `contributed` with the return; what is `withheld` stays. */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(POINT_DECISIONS)
  decision: PointDecision;

  /** Why it is withheld, for the agency's own file. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @Length(3, 1000)
  withheldReason: string | null;

  /** What it became with the return. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Contribution)
  @Classified('administrative')
  contributionId: string | null;

  /** The person or system that wrote it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;
}
