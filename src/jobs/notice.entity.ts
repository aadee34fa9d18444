import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified, References } from '../authorization/classification.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { Exclusion } from '../sharing/exclusion.entity.js';

/** Levels of a notice: before the day, on the day, after the day, escalated. */
export const LEVELS = { ahead: 0, due: 1, overdue: 2, escalated: 3 } as const;

/** Days after which the notice of a refused referral ends. */
export const REFUSAL_NOTICE_DAYS = 28;

/**
 * Type of record, level and meaning, by kind of notice. Sources: MARAC note, section 2.4 "Action progress"; JAG note, section
 * 3.3, rules 1 and 5; note on law and standards, section 5.1 (agreements) and 5.4 (emergency access).
 */
export const NOTICES = {
  action_due_soon: {
    about: 'Action',
    level: LEVELS.ahead,
    says: 'An action of your agency is due in a few working days.',
  },
  action_due: {
    about: 'Action',
    level: LEVELS.due,
    says: 'An action of your agency is due today.',
  },
  action_overdue: {
    about: 'Action',
    level: LEVELS.overdue,
    says: 'An action of your agency was due and has not ended.',
  },
  action_escalated: {
    about: 'Action',
    level: LEVELS.escalated,
    says: 'An action of the panel is overdue by more days than its rules allow; the coordination asks the owner.',
  },
  papers_due: {
    about: 'Meeting',
    level: LEVELS.due,
    says: 'The agenda and papers of a meeting are to be circulated.',
  },
  research_due: {
    about: 'Meeting',
    level: LEVELS.due,
    says: 'Answers to research requests for a meeting are due.',
  },
  minutes_due: {
    about: 'Listing',
    level: LEVELS.due,
    says: 'The minutes of an item are due and not approved.',
  },
  bid_results_due: {
    about: 'Bid',
    level: LEVELS.due,
    says: 'The results of resources that were granted are to be recorded.',
  },
  bid_results_overdue: {
    about: 'Bid',
    level: LEVELS.overdue,
    says: 'The results of resources that were granted were due and are missing.',
  },
  feed_not_taken_up: {
    about: 'Feed',
    level: LEVELS.overdue,
    says: 'A matter that one meeting passed on to another was not taken up there.',
  },
  agreement_review_due: {
    about: 'SharingAgreementVersion',
    level: LEVELS.ahead,
    says: 'A sharing agreement is to be reviewed.',
  },
  emergency_review_due: {
    about: 'EmergencyAccess',
    level: LEVELS.due,
    says: 'A data protection officer must review an emergency access.',
  },
  emergency_alarm: {
    about: 'EmergencyAccess',
    level: LEVELS.escalated,
    says: 'Somebody opened several cases in an emergency within a short time.',
  },
  action_before_steering_group: {
    about: 'Action',
    level: LEVELS.escalated,
    says: 'An overdue action of your agency is before the steering group.',
  },
  steering_group_answered: {
    about: 'Action',
    level: LEVELS.escalated,
    says: 'The steering group answered on an overdue action of your agency.',
  },
  escalation_to_answer: {
    about: 'Escalation',
    level: LEVELS.escalated,
    says: 'An overdue action waits for the answer of the steering group.',
  },
  referral_returned: {
    about: 'Referral',
    level: LEVELS.due,
    says: 'A referral of your agency was returned: read its decision, complete it and submit it again. The notice ends when the referral is submitted again or withdrawn.',
  },
  referral_refused: {
    about: 'Referral',
    level: LEVELS.due,
    says: `A referral of your agency was refused: read its decision. The notice ends after ${String(REFUSAL_NOTICE_DAYS)} days.`,
  },
  referral_redirected: {
    about: 'Referral',
    level: LEVELS.due,
    says: 'A referral of your agency was redirected. Nothing was passed on; see nextStep of its status.',
  },
  referral_in_error: {
    about: 'Referral',
    level: LEVELS.due,
    says: 'The case of a referral of your agency was closed as referred in error; see nextStep of its status.',
  },
  no_chair_left: {
    about: 'Case',
    level: LEVELS.escalated,
    says: 'Nobody who chairs the panel may deal with a case, referral or item.',
  },
  deputy_chair_needed: {
    about: 'Case',
    level: LEVELS.escalated,
    says: 'A panel needs somebody to chair a matter; the steering group appoints a deputy.',
  },
  recipient_to_tell: {
    about: 'Disclosure',
    level: LEVELS.due,
    says: 'Agencies that received a record are to be told that it was corrected or recalled.',
  },
  owner_cannot_see: {
    about: 'Action',
    level: LEVELS.escalated,
    says: 'Nobody of the owning agency, or not the person named as owner, can read an action.',
  },
  changed_by_excluded: {
    about: 'Case',
    level: LEVELS.escalated,
    says: 'Somebody excluded from a matter changed a record that it relies on. Check the record.',
  },
  excluded_by_naming: {
    about: 'Case',
    level: LEVELS.escalated,
    says: 'Naming a person hid the person from somebody who works with them in another case.',
  },
} as const;
export type NoticeKind = keyof typeof NOTICES;
export const NOTICE_KINDS = Object.keys(NOTICES) as NoticeKind[];

/** Kinds sent to the agency that owns an action, which knows the task but not the case. */
export const TO_OWNERS: NoticeKind[] = [
  'action_due_soon',
  'action_due',
  'action_overdue',
  'action_before_steering_group',
  'steering_group_answered',
];
/** Kinds sent to the agencies of the chairs and coordinators of the steering group, which does not know the case. */
export const TO_STEERING_GROUP: NoticeKind[] = ['escalation_to_answer'];
/** Kinds sent to the agency that made a referral. */
export const TO_REFERRERS: NoticeKind[] = [
  'referral_returned',
  'referral_refused',
  'referral_redirected',
  'referral_in_error',
];
/**
 * Kinds sent to the agencies of the steering group's chairs and coordinators. The notice names the panel that needs a
 * chair but not the matter.
 */
export const TO_APPOINTERS: NoticeKind[] = ['deputy_chair_needed'];
/** Kinds sent to the agencies of core members if the panel is a compartment, which must stay unknown outside. */
export const TO_COMPARTMENT: NoticeKind[] = ['no_chair_left'];
/**
 * Kinds sent to the agency that contributed a corrected or recalled record, and to the coordination of the panel. The
 * notice remains due until the notification of the recipient is recorded.
 */
export const TO_RECIPIENT_NOTIFIERS: NoticeKind[] = ['recipient_to_tell'];
/** Kinds sent to the agency that made a bid. */
export const TO_BIDDERS: NoticeKind[] = ['bid_results_due', 'bid_results_overdue'];
/** Kinds sent to the agencies of the chairs and coordinators of the panel. */
export const TO_COORDINATION: NoticeKind[] = [
  'action_escalated',
  'papers_due',
  'research_due',
  'minutes_due',
  'feed_not_taken_up',
  'no_chair_left',
  'owner_cannot_see',
  'changed_by_excluded',
  'excluded_by_naming',
];

/**
 * Notice to an agency that a day has come, sent once. It refers to a record by type and identifier and contains none of
 * its content; the content is read from the record by those who may.
 */
@Entity('notices')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'planPanelId'], ['id', 'panelId'])
@ForeignKey('Listing', ['listingId', 'caseId'], ['id', 'caseId'])
@Unique('notices_once', ['kind', 'subjectId', 'dueOn', 'agencyId'])
@Index(['agencyId', 'updatedAt', 'id'])
@Index(['panelId', 'updatedAt', 'id'])
@Index(['caseId'])
@Check('notices_kind', oneOf('kind', NOTICE_KINDS))
@Check('notices_level', `level BETWEEN ${String(LEVELS.ahead)} AND ${String(LEVELS.escalated)}`)
@Check('notices_read', '(read_at IS NULL) = (read_by_id IS NULL)')
export class Notice extends PartnershipRecord {
  declare static readonly actions: 'locate' | 'mark-read' | 'read';

  /** Agency that receives the notice. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** Person in that agency who has the task. Null if nobody is named. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string | null;

  /** Kind of notice, which says what happened or what is to be done. */
  @ApiProperty({
    description: Object.entries(NOTICES)
      .map(([kind, { says }]) => `\`${kind}\`: ${says}`)
      .join(' '),
  })
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(NOTICE_KINDS)
  kind: NoticeKind;

  /** Type of the record that the notice is about. */
  @Column({ type: 'text' })
  @Classified('administrative')
  subjectType: string;

  /** Record that the notice is about. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  subjectId: string;

  /** Case behind the notice; a person excluded from the case cannot read the notice. Null if there is none. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Case)
  @Classified('administrative')
  @References(() => Case, ['read', 'track'])
  caseId: string | null;

  /**
   * Item of a meeting that the matter belongs to; people recused from the item cannot read the notice. Null if none.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** For a bid or feed, the panel that owns the plan. For a missing chair, the panel that needs one. Null otherwise. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  planPanelId: string | null;

  /** Panel of the matter. Null if none. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  panelId: string | null;

  /** Exclusion that caused the notice; only people who may read the exclusion can read the notice. Null if none. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Exclusion, { onDelete: 'CASCADE' })
  @Classified('administrative')
  exclusionId: string | null;

  /** Day that the notice is about (London time). */
  @Column({ type: 'date' })
  @Classified('administrative')
  dueOn: string;

  /** Level: 0 before the day, 1 on the day, 2 after the day, 3 escalated. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  level: number;

  /** Time at which a member of the agency read the notice. Null if unread. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  readAt: Date | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  readById: string | null;

  /** Time at which the notice ended, after which nobody reads it. Null while it applies, and for kinds that do not end. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;
}
