import { IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, Exclusion, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case, CaseRecord } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Action } from '../plans/action.entity.js';
import { Classified, ReasonOfPanel, References } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { Instant } from '../time/instant.js';

export const MEETING_STATUSES = ['scheduled', 'papers_out', 'in_session', 'held', 'cancelled'] as const;
export type MeetingStatus = (typeof MEETING_STATUSES)[number];

/** Statuses of meetings that are planned or in progress. */
export const TO_BE_HELD = ['scheduled', 'papers_out', 'in_session'] as const satisfies MeetingStatus[];
export const isToBeHeld = (status: MeetingStatus): boolean => (TO_BE_HELD as readonly MeetingStatus[]).includes(status);

/** Returns whether the agenda was circulated and the meeting was not postponed since, so that the order is fixed. */
export const isAgendaCirculated = ({ status, agendaEdition }: Pick<Meeting, 'status' | 'agendaEdition'>): boolean =>
  agendaEdition > 0 && status !== 'scheduled';

/** Statuses of meetings that were neither opened nor ended. */
const PLANNED_STATUSES = ['scheduled', 'papers_out'] as const satisfies MeetingStatus[];
export const isPlanned = (status: MeetingStatus): boolean =>
  (PLANNED_STATUSES as readonly MeetingStatus[]).includes(status);

export type MeetingCommand =
  'circulation' | 'opening' | 'opening-reversal' | 'closure' | 'cancellation' | 'postponement';

/**
 * States and commands of a meeting. Source: JAG note, section 3.2, `Sitting`. Beyond the note: papers may be circulated
 * again, as another edition; a small panel may meet without papers and record afterwards that it met; a postponed
 * meeting is scheduled again.
 */
export const meetingMachine: StateMachine<MeetingStatus, MeetingCommand> = {
  name: 'meeting',
  initial: 'scheduled',
  commands: {
    circulation: { from: PLANNED_STATUSES, to: 'papers_out' },
    opening: { from: PLANNED_STATUSES, to: 'in_session' },
    // leads back to `papers_out` if the papers were out at the opening: see `openedFrom`
    'opening-reversal': { from: ['in_session'], to: 'scheduled' },
    closure: { from: TO_BE_HELD, to: 'held' },
    cancellation: { from: PLANNED_STATUSES, to: 'cancelled' },
    postponement: { from: PLANNED_STATUSES, to: 'scheduled' },
  },
};

/**
 * Kinds of meeting. `written`: no meeting takes place, the chair decides on the contributions received by the closing
 * date.
 */
export const MEETING_KINDS = ['ordinary', 'emergency', 'written'] as const;
export type MeetingKind = (typeof MEETING_KINDS)[number];

/** Meeting of a panel. The cases to be heard are stored as listings, one for each case. */
@Entity('meetings')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@Unique(['id', 'panelId'])
@Index(['panelId', 'scheduledAt', 'id'])
@Check('meetings_status', oneOf('status', MEETING_STATUSES))
@Check('meetings_kind', oneOf('kind', MEETING_KINDS))
@Check('meetings_opened_from', `opened_from IN ('scheduled', 'papers_out')`)
@Check('meetings_end', `ends_at > scheduled_at`)
@Check('meetings_cancelled', `(status = 'cancelled') = (cancel_reason IS NOT NULL)`)
@Check('meetings_circulated', `(agenda_edition = 0) = (circulated_at IS NULL) AND agenda_edition >= 0`)
@Check('meetings_emergency', `kind = 'emergency' OR emergency_reason IS NULL`)
@Check(`(status = 'held') = (closed_at IS NOT NULL)`)
export class Meeting extends PartnershipRecord {
  declare static readonly actions:
    | 'attend'
    | 'circulate'
    | 'close'
    | 'draw-agenda'
    | 'hear-bids'
    | 'justify'
    | 'open'
    | 'prioritise'
    | 'read'
    | 'recall'
    | 'register'
    | 'reverse-opening'
    | 'schedule'
    | 'see-chairs';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** Time at which the meeting begins; closing date if the panel decides in writing. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  @Instant()
  scheduledAt: Date;

  /**
   * Planned end of the meeting. Items that do not fit before this time are reported as overflow. Null if no end is
   * planned.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Instant()
  endsAt: Date | null;

  /** `ordinary`; `emergency`: outside the cycle, for an urgent case; `written`: in writing, until the closing date. */
  @Column({ type: 'text', default: 'ordinary' })
  @Classified('administrative')
  @IsIn(MEETING_KINDS)
  kind: MeetingKind;

  /**
   * Chair's reason why an emergency meeting without a high-risk case cannot wait. Must not mention a case. Read by those
   * who chair or coordinate the panel. Null if none was given.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 300)
  emergencyReason: string | null;

  /** Place or form of the meeting: a room, by video, in writing. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(2, 300)
  venueOrMode: string;

  @Column({ type: 'text', default: 'scheduled' })
  @Classified('administrative')
  @IsIn(MEETING_STATUSES)
  status: MeetingStatus;

  /** Practitioner who chairs the meeting; null if nobody is named yet. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  chairId: string | null;

  /**
   * Whether the panel's quorum was met. Null until the meeting is closed, and for a meeting in writing, where each
   * decision states its own quorum.
   */
  @Column({ type: 'boolean', nullable: true })
  @Classified('administrative')
  quorate: boolean | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  closedAt: Date | null;

  /**
   * Reason of the cancellation. Must not mention a case. Read by those who chair or coordinate the panel. Null unless the
   * meeting is cancelled.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 300)
  cancelReason: string | null;

  /** Status before the opening, to which a reversal of the opening leads back. Null unless the meeting was opened. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  openedFrom: MeetingStatus | null;

  /** Whether the opening set the chair, so that a reversal of the opening removes the chair again. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  chairByOpening: boolean;

  /**
   * Reason of the latest reversal of the opening; null if the opening was never reversed. Must not mention a case. Read by
   * those who chair or coordinate the panel.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  openingReversalReason: string | null;

  /** Last day for referrals that are to be heard. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  referralsDueOn: string | null;

  /** Day on which the case list is circulated. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  papersDueOn: string | null;

  /** Last day for bids; null if the meeting decides no bids. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  bidsDueOn: string | null;

  /** Last day on which agencies return their research. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  researchDueOn: string | null;

  /** Day by which the minutes are circulated. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  minutesDueOn: string | null;

  /** Number of times the agenda was circulated; each circulation is one edition. */
  @Column({ type: 'integer', default: 0 })
  @Classified('administrative')
  agendaEdition: number;

  /** Time of the latest circulation of the agenda; null before the first. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  circulatedAt: Date | null;
}

/** Kinds of item, in the order in which they are heard. Source: JAG note, section 1.7 "Agenda order", items 5 to 10. */
export const LISTING_KINDS = ['urgent', 'repeat', 'new', 'review', 'closure'] as const;
export type ListingKind = (typeof LISTING_KINDS)[number];

/**
 * Reasons for listing a case. `closure`: the case may be closed; `ratification`: an emergency meeting decided on the
 * case.
 */
export const LISTING_REASONS = [
  'new_referral',
  'repeat',
  'review_due',
  'overdue_actions',
  'carried_over',
  'ratification',
  'closure',
  'urgent',
  'late',
] as const;
export type ListingReason = (typeof LISTING_REASONS)[number];

/** Reason for listing by kind of item, if a case is listed by hand and no other reason applies. */
export const REASON_OF_KIND: Record<ListingKind, ListingReason> = {
  urgent: 'urgent',
  repeat: 'repeat',
  new: 'new_referral',
  review: 'review_due',
  closure: 'closure',
};

/** Kinds of decision on an item. Source: JAG note, section 1.7, `AgendaItem.outcome`. */
export const DECISION_KINDS = ['plan_agreed', 'continue', 'defer', 'escalate', 'close', 'note'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

export const KIND_CHECK = oneOf('kind', LISTING_KINDS);
export const REASON_CHECK = oneOf('reason', LISTING_REASONS);

/**
 * Case on a list. The position is stored and never shown, because a gap in the numbers would reveal to an excluded
 * reader that an item is hidden.
 */
export abstract class ListedCase extends CaseRecord {
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** Kind of item; determines the section of the agenda in which the case is heard. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(LISTING_KINDS)
  kind: ListingKind;

  /** Reason for which the case is listed. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(LISTING_REASONS)
  reason: ListingReason;

  /** Position among the items of the same section of the agenda. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  position: number;

  /** Time allowed for the item, in minutes. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(1)
  @Max(480)
  timeboxMinutes: number;

  /** Agency that presents the case. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  presentedByAgencyId: string;
}

/**
 * Case on the list of one meeting. An item taken off the list remains stored as a deferral, with the reason. Source:
 * JAG note, section 1.6 "Reasons for listing and for delisting are both mandatory". A case has one item at a meeting;
 * beside a decided item, people from whom it is hidden may list the case once more.
 */
@Entity('listings')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['carriedFromId', 'caseId'], ['id', 'caseId'])
@Index(['meetingId', 'caseId'])
@Index('listings_once', ['meetingId', 'caseId'], { unique: true, where: 'outcome IS NULL OR removed_at IS NOT NULL' })
@Unique(['id', 'meetingId', 'caseId'])
@Unique(['id', 'caseId'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(KIND_CHECK)
@Check(oneOf('outcome', DECISION_KINDS))
@Check(`timebox_minutes BETWEEN 1 AND 480`)
@Check('listings_reason', REASON_CHECK)
@Check('listings_heard', `ended_at IS NULL OR (started_at IS NOT NULL AND ended_at >= started_at)`)
@Check('listings_late', `(reason = 'late') = (late_reason IS NOT NULL)`)
@Check(
  'listings_removed',
  `(removed_at IS NULL) = (removal_reason IS NULL) AND (removed_at IS NULL OR outcome = 'defer')`,
)
export class Listing extends ListedCase {
  declare static readonly actions:
    | 'ask'
    | 'change'
    | 'decide'
    | 'decide-in-writing'
    | 'defer-again'
    | 'explain'
    | 'invite'
    | 'minute'
    | 'read'
    | 'recuse'
    | 'reinstate'
    | 'remove'
    | 'run';

  /** Item of an earlier meeting that this item continues; null if the case was not carried over. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Listing)
  carriedFromId: string | null;

  /**
   * Overdue action for which the case is listed. Of several, the actions that were not agreed in an item come first.
   * Null if no overdue action is the reason.
   */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Action)
  @Classified('administrative')
  overdueActionId: string | null;

  /** Reason for listing after the deadline; null if the item was not late. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 1000)
  lateReason: string | null;

  /** Kind of decision taken; null before a decision. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  outcome: DecisionKind | null;

  /** Time at which the item was taken off the list; null while the item is listed. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  removedAt: Date | null;

  /** Reason for taking the item off the list; null while the item is listed. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('professional_opinion')
  @Length(3, 1000)
  removalReason: string | null;

  /** Time at which the hearing of the item began; null before. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  startedAt: Date | null;

  /** Time at which the hearing of the item ended; null before. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;
}

export const LISTING_STATES = ['listed', 'removed'] as const;
export type ListingState = (typeof LISTING_STATES)[number];

/** Removal of an item from a list, and reinstatement while the agenda is not circulated. */
export const listingMachine: StateMachine<ListingState, 'removal' | 'reinstatement'> = {
  name: 'listing',
  initial: 'listed',
  commands: {
    removal: { from: ['listed'], to: 'removed' },
    reinstatement: { from: ['removed'], to: 'listed' },
  },
};

export const stateOfListing = ({ removedAt }: Pick<Listing, 'removedAt'>): ListingState =>
  removedAt ? 'removed' : 'listed';

/** Record of one item of one meeting. One record never mixes people or cases (JAG note, section 1.7). */
export abstract class ListingRecord extends CaseRecord {
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** Item of the meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  listingId: string;
}

/**
 * Access to one item for a period, for the safeguarding leads of an agency or one person of the agency. Flexible
 * members see nothing else of the panel. Source: JAG note, section 1.3.
 */
@Entity('invitations')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Index(['listingId', 'updatedAt', 'id'])
@Index(['caseId'])
@Index(['agencyId', 'closesAt'])
@Check(`closes_at > opens_at`)
@Exclusion(
  'invitations_one_at_a_time',
  `USING gist ("listing_id" WITH =, "agency_id" WITH =, (coalesce("practitioner_id", "agency_id")) WITH =, tstzrange("opens_at", "closes_at") WITH &&) WHERE (withdrawn_at IS NULL)`,
)
@Check('invitations_withdrawal', `(withdrawn_at IS NULL) = (withdrawal_reason IS NULL)`)
export class Invitation extends PartnershipRecord {
  declare static readonly actions: 'change' | 'explain' | 'read' | 'withdraw';

  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** Item of the meeting to which the invitation gives access. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  listingId: string;

  /** Case of the item. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;

  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Agency that is invited. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  agencyId: string;

  /**
   * Person who is invited. Null: the agency’s safeguarding leads who work in the partnership, and none of its other
   * staff.
   */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  practitionerId: string | null;

  /** Person who sent the invitation; null if unknown. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  invitedById: string | null;

  /** Time from which the case may be read. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  @Instant()
  opensAt: Date;

  /** Time until which the case may be read. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  @Instant()
  closesAt: Date;

  /** Time of withdrawal (UTC), from which the invitation gives no access; null if the invitation was not withdrawn. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  withdrawnAt: Date | null;

  /** Person who withdrew the invitation, took the item off the list or cancelled the meeting; null if not withdrawn. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  withdrawnById: string | null;

  /** Reason of the withdrawal; null if the invitation was not withdrawn. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  withdrawalReason: string | null;

  /** Reason of the latest correction of the dates; null if the dates were never corrected. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  changeReason: string | null;
}

/** Data category of decisions. */
export const DECISION_CATEGORY = 'plan_action';

/**
 * Decision of the panel on one item, with the reasons. A decision that was recorded wrongly is replaced by a further
 * record, so that it remains as it was read.
 */
@Entity('decisions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@ForeignKey(() => Decision, ['correctsId', 'listingId'], ['id', 'listingId'])
@Unique(['id', 'listingId'])
@Unique(['correctsId'])
@Index('decisions_current', ['listingId'], { unique: true, where: 'corrected_at IS NULL' })
@Index(['listingId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['caseId', 'updatedAt', 'id'])
@Check('decisions_correction', `(corrects_id IS NULL) = (correction_reason IS NULL)`)
@Check(`category = 'plan_action'`)
@Check(oneOf('kind', DECISION_KINDS))
export class Decision extends ListingRecord {
  declare static readonly actions: 'correct' | 'explain' | 'read';

  /** Data category; always `plan_action`. */
  @Column({ type: 'text', default: DECISION_CATEGORY })
  @Classified('administrative')
  category: typeof DECISION_CATEGORY;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DECISION_KINDS)
  kind: DecisionKind;

  /** Decision in the words of the panel. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 4000)
  text: string;

  /** Reasons for the decision. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 4000)
  rationale: string;

  /** Members who disagreed, and their reasons; null if nobody did. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 4000)
  dissent: string | null;

  /** Whether the panel's quorum was met for the decision. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  quorate: boolean;

  /** Edition of the panel's rules that was in force; null if the panel had no rules. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  rulesEdition: number | null;

  /** Decision that this one corrects; null for the first. Each is corrected at most once, and a correction may be corrected. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Decision)
  correctsId: string | null;

  /** Reason for the correction; null for the first decision. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 500)
  correctionReason: string | null;

  /** Time at which a correction replaced the decision; null while it is current. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  correctedAt: Date | null;
}
