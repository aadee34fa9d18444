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
import { oneOf } from '../database/columns.js';
import type { StateMachine } from '../records/state-machine.js';
import { Listing } from '../meetings/meeting.entity.js';

export const RESEARCH_STATUSES = ['asked', 'returned', 'cancelled'] as const;
export type ResearchStatus = (typeof RESEARCH_STATUSES)[number];

/** States and commands of a request. A nil return is a return. Source: MARAC note, section 2.3, "in_research". */
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
 * People who answer for an agency: its members of the panel. Without members, the invited person or the agency's
 * safeguarding leads in the partnership answer.
 */
export const ANSWERERS = ['members', 'person', 'agency'] as const;
export type Answerer = (typeof ANSWERERS)[number];

/**
 * Request to an agency for its information on one item of a meeting. Stores whether the agency answered and shared
 * something; the findings are stored as points of the agency. Source: MARAC note, section 4.2 "Research return".
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
  declare static readonly actions: 'answer' | 'cancel' | 'explain' | 'read' | 'reopen';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** Item of the meeting for which the agency is asked. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  listingId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  askedAgencyId: string;

  /** People who answer: `members` of the panel, the invited `person`, or the safeguarding leads of the `agency`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ANSWERERS)
  answeredBy: Answerer;

  /** Person who answers; null unless `answeredBy` is `person`. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string | null;

  /** Last day for the return, in London. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  dueOn: string;

  /** Last day first set; unchanged when the meeting is postponed. */
  @Column({ type: 'date' })
  @Classified('administrative')
  originalDueOn: string;

  /** End of the meeting. Until then names can be read and returns are accepted, including late ones. */
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

  /**
   * Whether the agency returned the request without sharing anything that the reader may know of. Null until it is
   * returned.
   */
  @Column({ type: 'boolean', nullable: true })
  @Classified('administrative')
  @IsBoolean()
  nil: boolean | null;
}

export const POINT_DECISIONS = ['draft', 'shared', 'withheld', 'contributed'] as const;
export type PointDecision = (typeof POINT_DECISIONS)[number];
const CHANGEABLE_DECISIONS = ['draft', 'shared', 'withheld'] as const satisfies PointDecision[];

/**
 * States and commands of a point. The agency can change its decision until the return. Source: MARAC note, section 4.2,
 * `items[]`.
 */
export const pointMachine: StateMachine<PointDecision, 'correction' | 'sharing' | 'withholding' | 'contribution'> = {
  name: 'point',
  initial: 'draft',
  commands: {
    correction: { from: CHANGEABLE_DECISIONS, to: 'draft' },
    sharing: { from: CHANGEABLE_DECISIONS, to: 'shared' },
    withholding: { from: CHANGEABLE_DECISIONS, to: 'withheld' },
    contribution: { from: ['shared'], to: 'contributed' },
  },
};

/**
 * Finding of an asked agency in its own records. Belongs to the agency alone, whatever an agreement says. A shared
 * point becomes a contribution with the return; a withheld point remains here with the reason. Source: MARAC note,
 * section 0, point 7, and section 4.2.
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
  declare static readonly actions: 'change' | 'decide' | 'explain' | 'read';

  /** Request that the point answers. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  requestId: string;

  /** Constant `true`: the policy and the database hide the point from every other agency. */
  @Column({ type: 'boolean', default: true })
  @Classified('administrative')
  agencyOnly: true;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Fact, professional opinion, intelligence, allegation or statement of the person. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @IsIn(CONTRIBUTION_KINDS)
  kind: ContributionKind;

  /** Finding in full. */
  @Column({ type: 'text' })
  @Classified(rowCategory('category'))
  @Length(3, 10000)
  text: string;

  /** One line for agencies that receive only a summary. Required for sharing; null until it is written. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @Length(3, 500)
  summary: string | null;

  /** Handling code: `P` (sharing permitted) or `C` (permitted under conditions). */
  @Column({ type: 'text', default: 'P' })
  @Classified(rowCategory('category'))
  @IsIn(HANDLING)
  handling: Handling;

  /** Conditions of handling `C`; null for `P`. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @Length(3, 1000)
  conditions: string | null;

  /** Whether other agencies can read the contribution only after your agency releases it to them. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  @IsBoolean()
  originatorControl: boolean;

  /** Day of the event that the finding describes; null if unknown. */
  @Column({ type: 'date', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @CalendarDate()
  occurredOn: string | null;

  /**
   * `draft` until decided; `shared` points are `contributed` with the return; `withheld` points stay with the agency.
   */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(POINT_DECISIONS)
  decision: PointDecision;

  /** Reason for withholding, for the agency's own file; null unless withheld. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @Length(3, 1000)
  withheldReason: string | null;

  /** Contribution created from the point by the return; null before. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Contribution)
  @Classified('administrative')
  contributionId: string | null;

  /** Person or system that wrote the point. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;
}
