import { IsIn, IsInt, IsOptional, Length, Max, Min } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, Exclusion, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case, CaseRecord } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Action } from '../plans/action.entity.js';
import { Classified, ReasonOfPanel } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { Instant } from '../time/instant.js';
import { References } from '../authorization/references.js';

export const MEETING_STATUSES = ['scheduled', 'papers_out', 'in_session', 'held', 'cancelled'] as const;
export type MeetingStatus = (typeof MEETING_STATUSES)[number];

/** It will take place, or is taking place. */
export const TO_BE_HELD = ['scheduled', 'papers_out', 'in_session'] as const satisfies MeetingStatus[];
export const isToBeHeld = (status: MeetingStatus): boolean => (TO_BE_HELD as readonly MeetingStatus[]).includes(status);

/** Its agenda is out, and it was not postponed since: the order stands. */
export const isOut = ({ status, agendaEdition }: Pick<Meeting, 'status' | 'agendaEdition'>): boolean =>
  agendaEdition > 0 && status !== 'scheduled';

const TO_COME = ['scheduled', 'papers_out'] as const satisfies MeetingStatus[];

export type MeetingCommand =
  'circulation' | 'opening' | 'opening-reversal' | 'closure' | 'cancellation' | 'postponement';

/**
 * How a meeting moves. Source: JAG note, section 3.2, `Sitting`. Beyond the note: papers may go out again, as another edition;
 * a small panel may meet without papers, and write down afterwards that it did; what is postponed is scheduled again.
 */
export const meetingMachine: StateMachine<MeetingStatus, MeetingCommand> = {
  name: 'meeting',
  initial: 'scheduled',
  commands: {
    circulation: { from: TO_COME, to: 'papers_out' },
    opening: { from: TO_COME, to: 'in_session' },
    // where the papers were out when it was opened, they are out again: `openedFrom`
    'opening-reversal': { from: ['in_session'], to: 'scheduled' },
    closure: { from: TO_BE_HELD, to: 'held' },
    cancellation: { from: TO_COME, to: 'cancelled' },
    postponement: { from: TO_COME, to: 'scheduled' },
  },
};

/** `written`: there is no meeting; what agencies contribute by the closing date is decided on by the chair. */
export const MEETING_KINDS = ['ordinary', 'emergency', 'written'] as const;
export type MeetingKind = (typeof MEETING_KINDS)[number];

/** A sitting of a panel: when, where, who chairs. What is heard stands in its listings, one for each case. */
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
  /** The panel that meets. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** When it begins; in writing, the closing date. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  @Instant()
  scheduledAt: Date;

  /** When it ends, as planned: items that do not fit before it are too many. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Instant()
  endsAt: Date | null;

  /** `ordinary`; `emergency`: outside the cycle, for what cannot wait; `written`: in writing, until the closing date. */
  @Column({ type: 'text', default: 'ordinary' })
  @Classified('administrative')
  @IsIn(MEETING_KINDS)
  kind: MeetingKind;

  /** Why it cannot wait, in the words of the chair, where no case of high risk is heard: nothing about a case. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 300)
  emergencyReason: string | null;

  /** Where, or how: a room, by video, in writing. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(2, 300)
  venueOrMode: string;

  /** Where it stands. */
  @Column({ type: 'text', default: 'scheduled' })
  @Classified('administrative')
  @IsIn(MEETING_STATUSES)
  status: MeetingStatus;

  /** Who chairs it. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  chairId: string | null;

  /** Whether the panel's quorum was met. Null until it is closed, and for a sitting in writing, where each decision says it. */
  @Column({ type: 'boolean', nullable: true })
  @Classified('administrative')
  quorate: boolean | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  closedAt: Date | null;

  /** Why it does not take place; nothing about a case. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 300)
  cancelReason: string | null;

  /** The status from which it was opened, to which the reversal of an opening leads back; null before it was opened. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  openedFrom: MeetingStatus | null;

  /** The opening named its chair, so that the reversal of the opening takes the name back. */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  chairByOpening: boolean;

  /** Why the opening was reversed last. Nothing about a case: everybody who may read the meeting reads it. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  openingReversalReason: string | null;

  /** Last day for referrals that are to be heard. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  referralsDueOn: string | null;

  /** The day on which the list goes out. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  papersDueOn: string | null;

  /** Last day for bids, where bids are decided. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  bidsDueOn: string | null;

  /** Last day on which agencies tell what they know. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  researchDueOn: string | null;

  /** The day by which the minutes are out. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  minutesDueOn: string | null;

  /** How often its agenda was circulated: each time is an edition. */
  @Column({ type: 'integer', default: 0 })
  @Classified('administrative')
  agendaEdition: number;

  /** When it was circulated last. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  circulatedAt: Date | null;
}

/** Kinds of item, in the order in which they are heard. Source: JAG note, section 1.7 "Agenda order", items 5 to 10. */
export const LISTING_KINDS = ['urgent', 'repeat', 'new', 'review', 'closure'] as const;
export type ListingKind = (typeof LISTING_KINDS)[number];

/** Why a case is listed; `closure` because it may come to its end, `ratification` because an emergency meeting decided on it. */
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

/** Why a case is listed by hand, where nothing more is said. */
export const REASON_OF_KIND: Record<ListingKind, ListingReason> = {
  urgent: 'urgent',
  repeat: 'repeat',
  new: 'new_referral',
  review: 'review_due',
  closure: 'closure',
};

/** What the panel decides about an item. Source: JAG note, section 1.7, `AgendaItem.outcome`. */
export const DECISION_KINDS = ['plan_agreed', 'continue', 'defer', 'escalate', 'close', 'note'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

export const KIND_CHECK = oneOf('kind', LISTING_KINDS);
export const REASON_CHECK = oneOf('reason', LISTING_REASONS);

/**
 * A case on a list. Its place is kept and never shown: a gap in numbers would tell an excluded reader that something is
 * hidden there.
 */
export abstract class ListedCase extends CaseRecord {
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** What it is listed as: this says in which part of the agenda it is heard. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(LISTING_KINDS)
  kind: ListingKind;

  /** Why it is on the list. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(LISTING_REASONS)
  reason: ListingReason;

  /** Its place among the items of its part of the agenda. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  position: number;

  /** How long it may take. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  @IsInt()
  @Min(1)
  @Max(480)
  timeboxMinutes: number;

  /** The agency that presents it. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  presentedByAgencyId: string;
}

/**
 * A case on the list of one meeting. Taken off, it stays as what it was: a deferral, with the reason. Source: JAG note,
 * section 1.6 "Reasons for listing and for delisting are both mandatory".
 */
@Entity('listings')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Meeting, ['meetingId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['carriedFromId', 'caseId'], ['id', 'caseId'])
@Unique(['meetingId', 'caseId'])
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
  /** The item of an earlier meeting that it carries on. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Listing)
  carriedFromId: string | null;

  /** The action whose being overdue is the reason, or one of several; those come first that were taken on in no item. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Action)
  @Classified('administrative')
  overdueActionId: string | null;

  /** Why it was listed although it was late. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 1000)
  lateReason: string | null;

  /** The kind of decision taken, or null. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  outcome: DecisionKind | null;

  /** When it was taken off the list. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  removedAt: Date | null;

  /** Why it was taken off. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('professional_opinion')
  @Length(3, 1000)
  removalReason: string | null;

  /** When the meeting began to hear it. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  startedAt: Date | null;

  /** When the meeting was done with it. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;
}

export const LISTING_STATES = ['listed', 'taken_off'] as const;
export type ListingState = (typeof LISTING_STATES)[number];

/** How an item comes off a list, and back onto it as long as the agenda is not out. */
export const listingMachine: StateMachine<ListingState, 'removal' | 'reinstatement'> = {
  name: 'listing',
  initial: 'listed',
  commands: {
    removal: { from: ['listed'], to: 'taken_off' },
    reinstatement: { from: ['taken_off'], to: 'listed' },
  },
};

export const stateOfListing = ({ removedAt }: Pick<Listing, 'removedAt'>): ListingState =>
  removedAt ? 'taken_off' : 'listed';

/** A record of one item of one meeting: never one document that mixes subjects (JAG note, section 1.7). */
export abstract class ListingRecord extends CaseRecord {
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The item. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  listingId: string;
}

/**
 * Lets the safeguarding leads of an agency, or one person of it, into one item for a window: flexible members see nothing else of
 * the panel. Source: JAG note, section 1.3.
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
  /** The meeting. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  meetingId: string;

  /** The item. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  listingId: string;

  /** The case of the item. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  caseId: string;

  /** The panel that meets. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The agency that is invited. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  @Uuid()
  agencyId: string;

  /** The person who is invited. Null: the agency’s safeguarding leads who work in the partnership, and none of its other staff. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @IsOptional()
  @Uuid()
  practitionerId: string | null;

  /** Who invited; null where that is not known. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  invitedById: string | null;

  /** From when on the case may be read. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  @Instant()
  opensAt: Date;

  /** Until when. */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  @Instant()
  closesAt: Date;

  /** When it was withdrawn: it opens nothing from then on (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  withdrawnAt: Date | null;

  /** Who withdrew it, took the item off or cancelled the meeting. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  withdrawnById: string | null;

  /** Why it was withdrawn. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  withdrawalReason: string | null;

  /** Why its dates were corrected last. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  changeReason: string | null;
}

/** The data category of decisions. */
export const DECISION_CATEGORY = 'plan_action';

/** What the panel decided about one item, and why. Decisions are added and never changed. */
@Entity('decisions')
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@ForeignKey(() => Listing, ['listingId', 'meetingId', 'caseId'], ['id', 'meetingId', 'caseId'])
@Unique(['listingId'])
@Index(['meetingId', 'updatedAt', 'id'])
@Index(['caseId', 'updatedAt', 'id'])
@Check(`category = 'plan_action'`)
@Check(oneOf('kind', DECISION_KINDS))
export class Decision extends ListingRecord {
  /** The data category: `plan_action`. */
  @Column({ type: 'text', default: DECISION_CATEGORY })
  @Classified('administrative')
  category: typeof DECISION_CATEGORY;

  /** What kind of decision. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DECISION_KINDS)
  kind: DecisionKind;

  /** What was decided. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 4000)
  text: string;

  /** Why. */
  @Column({ type: 'text' })
  @Classified('plan_action')
  @Length(3, 4000)
  rationale: string;

  /** Who disagreed, and why. */
  @Column({ type: 'text', nullable: true })
  @Classified('plan_action')
  @IsOptional()
  @Length(3, 4000)
  dissent: string | null;

  /** Whether the panel's quorum was met. */
  @Column({ type: 'boolean' })
  @Classified('administrative')
  quorate: boolean;

  /** The edition of the panel's rules that was in force. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  rulesEdition: number | null;
}
