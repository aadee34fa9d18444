import { IsIn } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { Case } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Classified } from '../authorization/classification.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import { References } from '../authorization/references.js';
import { Exclusion } from '../sharing/exclusion.entity.js';

/** How far it has come: ahead of the day, on it, after it, escalated. */
export const LEVELS = { ahead: 0, due: 1, overdue: 2, escalated: 3 } as const;

/**
 * What a notice is about, and how far that has come. Sources: MARAC note, section 2.4 "Action progress"; JAG note, section
 * 3.3, rules 1 and 5; note on law and standards, section 5.1 (agreements) and 5.4 (emergency access).
 */
export const NOTICES = {
  action_due_soon: { about: 'Action', level: LEVELS.ahead },
  action_due: { about: 'Action', level: LEVELS.due },
  action_overdue: { about: 'Action', level: LEVELS.overdue },
  action_escalated: { about: 'Action', level: LEVELS.escalated },
  papers_due: { about: 'Meeting', level: LEVELS.due },
  research_due: { about: 'Meeting', level: LEVELS.due },
  minutes_due: { about: 'Listing', level: LEVELS.due },
  bid_results_due: { about: 'Bid', level: LEVELS.due },
  bid_results_overdue: { about: 'Bid', level: LEVELS.overdue },
  feed_not_taken_up: { about: 'Feed', level: LEVELS.overdue },
  agreement_review_due: { about: 'SharingAgreementVersion', level: LEVELS.ahead },
  emergency_review_due: { about: 'EmergencyAccess', level: LEVELS.due },
  emergency_alarm: { about: 'EmergencyAccess', level: LEVELS.escalated },
  action_before_steering_group: { about: 'Action', level: LEVELS.escalated },
  steering_group_answered: { about: 'Action', level: LEVELS.escalated },
  escalation_to_answer: { about: 'Escalation', level: LEVELS.escalated },
  referral_redirected: { about: 'Referral', level: LEVELS.due },
  no_chair_left: { about: 'Case', level: LEVELS.escalated },
  deputy_chair_needed: { about: 'Case', level: LEVELS.escalated },
  recipient_to_tell: { about: 'Disclosure', level: LEVELS.due },
  owner_cannot_see: { about: 'Action', level: LEVELS.escalated },
  changed_by_excluded: { about: 'Case', level: LEVELS.escalated },
  kept_by_naming: { about: 'Case', level: LEVELS.escalated },
} as const;
export type NoticeKind = keyof typeof NOTICES;
export const NOTICE_KINDS = Object.keys(NOTICES) as NoticeKind[];

/** To the agency that has to do an action: it knows the task, and not the case. */
export const TO_OWNERS: NoticeKind[] = [
  'action_due_soon',
  'action_due',
  'action_overdue',
  'action_before_steering_group',
  'steering_group_answered',
];
/** To the agencies of those who chair or coordinate the steering group, which does not know the case. */
export const TO_STEERING_GROUP: NoticeKind[] = ['escalation_to_answer'];
/** To the agency that made a referral. */
export const TO_REFERRERS: NoticeKind[] = ['referral_redirected'];
/** To the agencies of those who chair or coordinate the steering group: which panel needs a chair, without the matter. */
export const TO_APPOINTERS: NoticeKind[] = ['deputy_chair_needed'];
/** To the agencies of core members of a panel that is a compartment, about which nobody outside is told. */
export const TO_COMPARTMENT: NoticeKind[] = ['no_chair_left'];
/**
 * To the agency that contributed what was corrected or recalled, and to the agencies of those who chair or coordinate the panel:
 * until it is recorded that the recipient was told.
 */
export const TO_TELLERS: NoticeKind[] = ['recipient_to_tell'];
/** To the agency that made a bid. */
export const TO_BIDDERS: NoticeKind[] = ['bid_results_due', 'bid_results_overdue'];
/** To the agencies of those who chair or coordinate the panel. */
export const TO_COORDINATION: NoticeKind[] = [
  'action_escalated',
  'papers_due',
  'research_due',
  'minutes_due',
  'feed_not_taken_up',
  'no_chair_left',
  'owner_cannot_see',
  'changed_by_excluded',
  'kept_by_naming',
];

/**
 * Tells an agency that a day has come, once. It refers to a record by kind and identifier, and says nothing about it: whoever
 * may read the record reads it there.
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
  /** The agency that is told. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** The person in that agency whose task it is, where one is named. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  practitionerId: string | null;

  /** What has come. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(NOTICE_KINDS)
  kind: NoticeKind;

  /** The type of the record that it is about. */
  @Column({ type: 'text' })
  @Classified('administrative')
  subjectType: string;

  /** The record that it is about. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  subjectId: string;

  /** The case behind it: whoever is kept out of the case is kept from it. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Case)
  @Classified('administrative')
  @References(() => Case, ['read', 'track'])
  caseId: string | null;

  /** The item of a meeting to which its matter belongs, where it does: hidden from those who are recused from it. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  listingId: string | null;

  /** Of a bid, and of what is handed on: the panel whose plan it is for. Of a chair who is needed: the panel that needs one. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  planPanelId: string | null;

  /** The panel whose matter it is. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  panelId: string | null;

  /** The exclusion because of which it was sent, where it was: whoever may not read that is kept from it. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Exclusion, { onDelete: 'CASCADE' })
  @Classified('administrative')
  exclusionId: string | null;

  /** The day that it is about (in London). */
  @Column({ type: 'date' })
  @Classified('administrative')
  dueOn: string;

  /** 0 ahead of the day, 1 on it, 2 after it, 3 escalated. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  level: number;

  /** When somebody of the agency read it. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  readAt: Date | null;

  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  readById: string | null;
}
