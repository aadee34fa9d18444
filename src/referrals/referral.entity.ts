import { ArrayMaxSize, IsBoolean, IsIn, IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Case, PERSON_ROLES, type PersonRole } from '../cases/case.entity.js';
import { Panel } from '../panels/panel.entity.js';
import {
  DATA_CATEGORIES,
  LEGAL_GATEWAYS,
  type DataCategory,
  type LegalGateway,
} from '../authorization/data-categories.js';
import { Classified, rowCategory, ReasonOfPanel } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/one-of.js';
import { PartnershipRecord } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { AboutSubject, ContributedRecord, Group, Person, Place, SUBJECT_CHECK } from '../subjects/subject.entity.js';
import { References } from '../authorization/references.js';

export const REFERRAL_STATUSES = [
  'draft',
  'submitted',
  'returned',
  'accepted',
  'refused',
  'redirected',
  'withdrawn',
] as const;
export type ReferralStatus = (typeof REFERRAL_STATUSES)[number];

export const DECISION_KINDS = ['acceptance', 'return', 'refusal', 'redirection', 'withdrawal'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** How a referral moves. Source: JAG note, section 1.6 "Case lifecycle"; MARAC note, section 2.3 "States". */
export const referralMachine: StateMachine<ReferralStatus, 'submission' | DecisionKind> = {
  name: 'referral',
  initial: 'draft',
  commands: {
    submission: { from: ['draft', 'returned'], to: 'submitted' },
    acceptance: { from: ['submitted'], to: 'accepted' },
    return: { from: ['submitted'], to: 'returned' },
    refusal: { from: ['submitted'], to: 'refused' },
    redirection: { from: ['submitted'], to: 'redirected' },
    withdrawal: { from: ['draft', 'submitted', 'returned'], to: 'withdrawn' },
  },
};

/** The criteria of a domestic abuse MARAC. Other panels keep their own. Source: MARAC note, section 2.2 "Criteria". */
export const MARAC_CRITERIA = [
  'visible_high_risk',
  'professional_judgement',
  'potential_escalation',
  'repeat',
  'suicide_self_harm',
  'transfer_in',
] as const;

/** Source: law and standards note, section 3, REQ-LAW-04. */
export const CONSENT_STATUSES = ['given', 'refused', 'not_sought', 'withdrawn', 'lacks_capacity'] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** When consent need not be sought. Source: Data Protection Act 2018, Schedule 1, paragraph 18. */
export const CONSENT_NOT_SOUGHT = [
  'cannot_be_given',
  'cannot_reasonably_be_obtained',
  'would_prejudice_protection',
] as const;
export type ConsentNotSought = (typeof CONSENT_NOT_SOUGHT)[number];

export const YES_NO_NOT_KNOWN = ['yes', 'no', 'not_known'] as const;
export type YesNoNotKnown = (typeof YES_NO_NOT_KNOWN)[number];

/** Five national strands, then local ones. Source: JAG note, section 5.4 "Hate element". */
export const HATE_STRANDS = [
  'disability',
  'race',
  'religion',
  'sexual_orientation',
  'transgender_identity',
  'alternative_subculture',
  'gender',
  'age',
] as const;
export type HateStrand = (typeof HATE_STRANDS)[number];

/** Why a referral was returned, refused, redirected or withdrawn. Source: MARAC note, sections 2.2 and 2.3. */
export const RETURN_REASONS = [
  'incomplete',
  'consent_record_incomplete',
  'people_unclear',
  'more_information',
] as const;
export const REFUSAL_REASONS = [
  'below_threshold',
  'one_agency_suffices',
  'no_valid_purpose',
  'outside_age_range',
  'outside_area',
  'duplicate',
] as const;
export const REDIRECTION_REASONS = ['owned_by_another_process', 'outside_remit', 'outside_area'] as const;
export const WITHDRAWAL_REASONS = ['no_longer_needed', 'referred_in_error', 'duplicate', 'other_route_taken'] as const;
export type DecisionReason =
  | (typeof RETURN_REASONS)[number]
  | (typeof REFUSAL_REASONS)[number]
  | (typeof REDIRECTION_REASONS)[number]
  | (typeof WITHDRAWAL_REASONS)[number];

/** Another process that owns the matter. Source: JAG note, section 1.6, guard of REDIRECTED. */
export const TARGET_PROCESSES = [
  'marac',
  'mappa',
  'iom',
  'child_safeguarding',
  'adult_safeguarding',
  'mental_health_panel',
  'single_agency',
  'other_area',
] as const;
export type TargetProcess = (typeof TARGET_PROCESSES)[number];

/** A request that a panel hears a matter. The referring agency stays its owner. Source: JAG note, section 1.4. */
@Entity('referrals')
@Check('referrals_rewritten', `rewritten_at IS NULL OR status IN ('returned', 'withdrawn')`)
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['caseId', 'panelId'], ['id', 'panelId'])
@Check(SUBJECT_CHECK)
@Check(oneOf('status', REFERRAL_STATUSES))
@Check(oneOf('hate_element', YES_NO_NOT_KNOWN))
@Check(oneOf('consent_status', CONSENT_STATUSES))
@Check(oneOf('consent_reason', CONSENT_NOT_SOUGHT))
@Check(
  `status IN ('draft', 'withdrawn') OR (reference IS NOT NULL AND submitted_at IS NOT NULL AND problem IS NOT NULL)`,
)
@Check(`(status = 'accepted') = (case_id IS NOT NULL)`)
@Index(['panelId', 'updatedAt', 'id'])
@Index(['agencyId', 'updatedAt', 'id'])
@Index(['caseId'])
@Unique(['reference'])
@Unique(['id', 'panelId'])
export class Referral extends AboutSubject {
  @References(() => Person)
  declare personId: string | null;

  @References(() => Place)
  declare placeId: string | null;

  @References(() => Group)
  declare groupId: string | null;

  /** The panel that is asked. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** Human reference, e.g. `REF-JAG-2026-48213`, from the first submission on. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reference: string | null;

  /** The sender's own reference; nothing that names a person. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,100}$/)
  externalRef: string | null;

  /** Where it stands. */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(REFERRAL_STATUSES)
  status: ReferralStatus;

  /** The data category of the problem. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** What happens, since when, how often, to whom. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @Length(10, 4000)
  problem: string | null;

  /** The day of the latest incident. */
  @Column({ type: 'date', nullable: true })
  @Classified(rowCategory('category'), 'summary')
  @IsOptional()
  @CalendarDate()
  incidentOn: string | null;

  /** Why one agency alone has not solved it, and several are needed. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 4000)
  whyMultiAgency: string | null;

  /** What was tried already, and with what result. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 4000)
  triedAlready: string | null;

  /** What the person wants. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject')
  @IsOptional()
  @Length(3, 4000)
  wishes: string | null;

  /** The panel's criteria that are met; for a domestic abuse MARAC those of its list. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('risk_assessment', 'summary')
  @ArrayMaxSize(20)
  @Matches(/^[a-z][a-z0-9_]{1,59}$/, { each: true })
  criteria: string[];

  /** On what a criterion of professional judgement rests. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 2000)
  judgementRationale: string | null;

  /** Why the panel should hear it although the person's age is outside its limits. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 2000)
  overrideReason: string | null;

  /** Asks for a hearing before the next meeting. */
  @Column({ type: 'boolean', default: false })
  @Classified('risk_assessment', 'summary')
  @IsBoolean()
  urgent: boolean;

  /** Somebody is in danger now. A referral never delays calling for help. */
  @Column({ type: 'boolean', default: false })
  @Classified('risk_assessment', 'summary')
  @IsBoolean()
  immediateDanger: boolean;

  /** Somebody perceives hostility or prejudice. */
  @Column({ type: 'text', default: 'not_known' })
  @Classified('risk_assessment', 'summary')
  @IsIn(YES_NO_NOT_KNOWN)
  hateElement: YesNoNotKnown;

  /** Against what it is directed. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('equality')
  @ArrayMaxSize(HATE_STRANDS.length)
  @IsIn(HATE_STRANDS, { each: true })
  hateStrands: HateStrand[];

  /** Whether the person consents to take part; never by itself the legal basis. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject', 'summary')
  @IsOptional()
  @IsIn(CONSENT_STATUSES)
  consentStatus: ConsentStatus | null;

  /** Why consent was not sought. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject', 'summary')
  @IsOptional()
  @IsIn(CONSENT_NOT_SOUGHT)
  consentReason: ConsentNotSought | null;

  /** Why it is referred without consent: necessity and proportion. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 2000)
  consentNote: string | null;

  /** Who made the consent record. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  consentRecordedById: string | null;

  /** When (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  consentRecordedAt: Date | null;

  /** The legal power by which the referrer discloses. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @IsIn(LEGAL_GATEWAYS)
  legalGateway: LegalGateway | null;

  /** Whether the person knows of the referral. */
  @Column({ type: 'text', default: 'not_known' })
  @Classified('safe_contact', 'summary')
  @IsIn(YES_NO_NOT_KNOWN)
  subjectAware: YesNoNotKnown;

  /** Whether the person may be told. A perpetrator is never told of it. */
  @Column({ type: 'boolean', default: false })
  @Classified('safe_contact', 'summary')
  @IsBoolean()
  safeToTell: boolean;

  /** What could not be checked on submission and a person should check. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('identity', 'summary')
  warnings: string[];

  /** The person or system that wrote it. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;

  /** When it was last submitted (UTC): the panel sees it from the first time on. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  submittedAt: Date | null;

  /**
   * When the referrer changed it after it was returned; null while it stands as it was submitted. The panel does not read what is
   * being rewritten.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  rewrittenAt: Date | null;

  /** The edition of the panel's rules by which it was checked. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  rulesEdition: number | null;

  /** The latest decision. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(DECISION_KINDS)
  decision: DecisionKind | null;

  /** Its reason, as a code. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reasonCode: DecisionReason | null;

  /** When it was decided (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  decidedAt: Date | null;

  /** The case that its acceptance opened. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Case, ['track'])
  caseId: string | null;
}

/** A record of a referral, shared as the referral is: agency and type are the referrer's, the panel is the referral's. */
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
export abstract class ReferralRecord extends ContributedRecord {
  /** The referral. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  referralId: string;

  /** The panel of the referral. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;
}

/** A person named in a referral, with a role in this matter and in no other: victim and perpetrator stand apart. */
@Entity('referral_people')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Unique(['referralId', 'personId', 'role'])
@Index(['referralId', 'updatedAt', 'id'])
@Check(oneOf('role', PERSON_ROLES))
export class ReferralPerson extends ReferralRecord {
  /** The person. */
  @Column({ type: 'uuid' })
  @References(() => Person)
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @Uuid()
  personId: string;

  /** The role in this matter. */
  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(PERSON_ROLES)
  role: PersonRole;

  /** On what the role rests. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 1000)
  rationale: string;
}

/** A decision on a referral, with its reason: addressed to the referrer, kept for ever. */
@Entity('referral_decisions')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Index(['referralId', 'updatedAt', 'id'])
@Check(oneOf('kind', DECISION_KINDS))
@Check(`kind = 'acceptance' OR reason_code IS NOT NULL`)
@Check(`kind IN ('acceptance', 'withdrawal') OR reason IS NOT NULL`)
@Check(`kind = 'redirection' OR (target_panel_id IS NULL AND target_process IS NULL)`)
export class ReferralDecision extends ReferralRecord {
  /** What was decided. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DECISION_KINDS)
  kind: DecisionKind;

  /** Why, as a code. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reasonCode: DecisionReason | null;

  /** Why, in words that help the referrer. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('professional_opinion', 'summary')
  @Length(10, 2000)
  reason: string | null;

  /** The panel that should hear it instead. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Panel)
  @Classified('professional_opinion', 'summary')
  @IsOptional()
  @Uuid()
  @References(() => Panel)
  targetPanelId: string | null;

  /** The process that owns it instead. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion', 'summary')
  @IsOptional()
  @IsIn(TARGET_PROCESSES)
  targetProcess: TargetProcess | null;

  /** Who decided. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  decidedById: string;

  /** When (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  decidedAt: Date;
}

/**
 * What the panel learns when a referral reaches it, and its referrer does not: whether it heard the matter before. Its
 * identifier is the referral's own. Source: MARAC note, section 2.3, guard of `submitted -> triage`.
 */
@Entity('referral_screenings')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Referral, ['id', 'panelId'], ['id', 'panelId'])
export class ReferralScreening extends ContributedRecord {
  /** The panel. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The same matter within the panel's repeat window. */
  @Column({ type: 'boolean' })
  @Classified('risk_assessment', 'summary')
  isRepeat: boolean;

  /** The latest referral that makes it a repeat. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Referral)
  @Classified('risk_assessment', 'summary')
  @References(() => Referral)
  previousReferralId: string | null;

  /** A referral of the same matter that still waits for a decision. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Referral)
  @Classified('risk_assessment', 'summary')
  @References(() => Referral)
  duplicateOfId: string | null;
}

/**
 * A case of the panel about the same matter as a referral that waits for its decision, or that ended without a case. A correction of
 * the referral removes none of these rows; taking out a person whom the case named in error does. Somebody excluded from the case learns nothing of the referral. Row-level security of the
 * case does not apply to the row, which is found in order to refuse: the column is not named `caseId`.
 */
@Entity('repeated_cases')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['earlierCaseId', 'panelId'], ['id', 'panelId'])
@Unique(['referralId', 'earlierCaseId'])
export class RepeatedCase extends PartnershipRecord {
  /** The referral. The key is that of its screening, whose row no request locks before the screening lock. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => ReferralScreening)
  @Classified('administrative')
  referralId: string;

  /** The panel of the referral and of the case. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** The case about the same matter, whichever of the two was submitted first. */
  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  @References(() => Case)
  earlierCaseId: string;

  /**
   * The person or system that was excluded from the case already, and whose own submission or correction of the referral made it a
   * repeat; null where another act did. The referral stays readable for them: losing it would tell of the case.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  foundById: string | null;
}

/**
 * A person, place or group that a submitted referral puts before the panel, until the referral is decided. Members of the
 * panel see it through this record and no one else does: naming somebody in one's own referral opens nothing.
 */
@Entity('referral_subjects')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Index(['referralId'])
@Index(['panelId'])
@Check(`num_nonnulls(person_id, place_id, group_id) = 1`)
export class ReferralSubject extends ReferralRecord {
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  personId: string | null;

  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Place)
  @Index()
  @Classified('administrative')
  placeId: string | null;

  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Group)
  @Index()
  @Classified('administrative')
  groupId: string | null;
}
