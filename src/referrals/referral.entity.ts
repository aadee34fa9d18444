import { ApiProperty } from '@nestjs/swagger';
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
import { Classified, rowCategory, ReasonOfPanel, References } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import { PartnershipRecord } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';
import { AboutSubject, ContributedRecord, Group, Person, Place, SUBJECT_CHECK } from '../subjects/subject.entity.js';

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

export const REFERRAL_DECISION_KINDS = ['acceptance', 'return', 'refusal', 'redirection', 'withdrawal'] as const;
export type ReferralDecisionKind = (typeof REFERRAL_DECISION_KINDS)[number];

/**
 * States and transitions of a referral. Source: JAG note, section 1.6 "Case lifecycle"; MARAC note, section 2.3
 * "States".
 */
export const referralMachine: StateMachine<ReferralStatus, 'submission' | ReferralDecisionKind> = {
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

/** Criteria of a domestic abuse MARAC. Other panels have their own. Source: MARAC note, section 2.2 "Criteria". */
export const MARAC_CRITERIA = [
  'visible_high_risk',
  'professional_judgement',
  'potential_escalation',
  'repeat',
  'suicide_self_harm',
  'transfer_in',
] as const;

/** Status of consent to take part. Source: law and standards note, section 3, REQ-LAW-04. */
export const CONSENT_STATUSES = ['given', 'refused', 'not_sought', 'withdrawn', 'lacks_capacity'] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** Reasons for not seeking consent. Source: Data Protection Act 2018, Schedule 1, paragraph 18. */
export const CONSENT_NOT_SOUGHT = [
  'cannot_be_given',
  'cannot_reasonably_be_obtained',
  'would_prejudice_protection',
] as const;
export type ConsentNotSought = (typeof CONSENT_NOT_SOUGHT)[number];

export const YES_NO_NOT_KNOWN = ['yes', 'no', 'not_known'] as const;
export type YesNoNotKnown = (typeof YES_NO_NOT_KNOWN)[number];

/**
 * Strands of hate crime: the five national ones first, then local ones. Source: JAG note, section 5.4 "Hate element".
 */
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

/**
 * Reasons for which a referral is returned, refused, redirected or withdrawn. Source: MARAC note, sections 2.2 and 2.3.
 */
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

/** Other processes that can own the matter. Source: JAG note, section 1.6, guard of REDIRECTED. */
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

/** Matter of a referral, as the referrer describes it. */
export abstract class ReferralContent extends AboutSubject {
  @References(() => Person)
  declare personId: string | null;

  @References(() => Place)
  declare placeId: string | null;

  @References(() => Group)
  declare groupId: string | null;

  /** Description of the problem: what happens, since when, how often, to whom. */
  @Column({ type: 'text', nullable: true })
  @Classified(rowCategory('category'))
  @IsOptional()
  @Length(10, 4000)
  problem: string | null;

  /** Day of the latest incident. */
  @Column({ type: 'date', nullable: true })
  @Classified(rowCategory('category'), 'summary')
  @IsOptional()
  @CalendarDate()
  incidentOn: string | null;

  /** Reason for which one agency alone has not solved the problem, and several are needed. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 4000)
  whyMultiAgency: string | null;

  /** Measures already tried, with their results. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(3, 4000)
  triedAlready: string | null;

  /** Wishes of the person. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject')
  @IsOptional()
  @Length(3, 4000)
  wishes: string | null;

  /** Criteria of the panel that are met; for a domestic abuse MARAC, from its list. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('risk_assessment', 'summary')
  @ApiProperty({
    type: 'array',
    items: {
      type: 'string',
      anyOf: [
        { title: 'Criterion of a domestic abuse MARAC', enum: [...MARAC_CRITERIA] },
        { title: 'Criterion of another panel, in its own terms' },
      ],
    },
  })
  @ArrayMaxSize(20)
  @Matches(/^[a-z][a-z0-9_]{1,59}$/, { each: true })
  criteria: string[];

  /** Grounds for a criterion of professional judgement. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 2000)
  judgementRationale: string | null;

  /** Reason to hear the referral although the person's age is outside the panel's limits. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 2000)
  overrideReason: string | null;

  /** Request for a hearing before the next meeting. */
  @Column({ type: 'boolean', default: false })
  @Classified('risk_assessment', 'summary')
  @IsBoolean()
  urgent: boolean;

  /** Whether a person is in danger now. A referral must never delay calling for help. */
  @Column({ type: 'boolean', default: false })
  @Classified('risk_assessment', 'summary')
  @IsBoolean()
  immediateDanger: boolean;

  /** Whether any person perceives hostility or prejudice. */
  @Column({ type: 'text', default: 'not_known' })
  @Classified('risk_assessment', 'summary')
  @IsIn(YES_NO_NOT_KNOWN)
  hateElement: YesNoNotKnown;

  /** Strands against which the hostility is directed. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('equality')
  @ArrayMaxSize(HATE_STRANDS.length)
  @IsIn(HATE_STRANDS, { each: true })
  hateStrands: HateStrand[];

  /** Consent of the person to take part; never by itself the legal basis. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject', 'summary')
  @IsOptional()
  @IsIn(CONSENT_STATUSES)
  consentStatus: ConsentStatus | null;

  /** Reason for which consent was not sought. */
  @Column({ type: 'text', nullable: true })
  @Classified('voice_of_subject', 'summary')
  @IsOptional()
  @IsIn(CONSENT_NOT_SOUGHT)
  consentReason: ConsentNotSought | null;

  /** Justification of referring without consent: necessity and proportionality. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion')
  @IsOptional()
  @Length(10, 2000)
  consentNote: string | null;

  /** User who recorded the consent. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  consentRecordedById: string | null;

  /** Time at which the consent was recorded (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  consentRecordedAt: Date | null;

  /** Legal power by which the referrer discloses. */
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

  /** Whether the person may be informed of the referral. A perpetrator is never informed. */
  @Column({ type: 'boolean', default: false })
  @Classified('safe_contact', 'summary')
  @IsBoolean()
  safeToTell: boolean;
}

/** Request to a panel to hear a matter. The referring agency remains its owner. Source: JAG note, section 1.4. */
@Entity('referrals')
@Check('referrals_case_in_error', `NOT case_in_error OR case_id IS NOT NULL`)
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
export class Referral extends ReferralContent {
  declare static readonly actions:
    | 'accept'
    | 'change'
    | 'correct'
    | 'exclude'
    | 'name-person'
    | 'read'
    | 'redirect'
    | 'refer-again'
    | 'refuse'
    | 'return'
    | 'submit'
    | 'track'
    | 'withdraw';

  /** Panel that is asked. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  @Uuid()
  panelId: string;

  /** Readable reference, e.g. `REF-JAG-2026-48213`; null before the first submission. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reference: string | null;

  /** Reference of the sending system; must not identify a person. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,100}$/)
  externalRef: string | null;

  /** Status of the referral. */
  @Column({ type: 'text', default: 'draft' })
  @Classified('administrative')
  @IsIn(REFERRAL_STATUSES)
  status: ReferralStatus;

  /** Data category of the problem. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Points that could not be checked on submission and need a check by a person. */
  @Column({ type: 'text', array: true, default: () => `'{}'` })
  @Classified('identity', 'summary')
  warnings: string[];

  /** Person or system that wrote the referral. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  authorId: string;

  /** Others of the referring agency who submitted the referral or named people in it. They count as its authors. */
  @Column({ type: 'uuid', array: true, default: () => `'{}'` })
  @Classified('administrative')
  coAuthorIds: string[];

  /** Time of the latest submission (UTC). The panel can see the referral from the first submission on. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  submittedAt: Date | null;

  /**
   * Time at which the referrer changed the referral after it was returned; null while it is as submitted. The panel
   * cannot read a referral that is being rewritten.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  rewrittenAt: Date | null;

  /** Edition of the panel's rules used for the checks on submission. */
  @Column({ type: 'integer', nullable: true })
  @Classified('administrative')
  rulesEdition: number | null;

  /** Latest decision. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @IsIn(REFERRAL_DECISION_KINDS)
  decision: ReferralDecisionKind | null;

  /** Reason for the latest decision, as a code. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reasonCode: DecisionReason | null;

  /** Time of the latest decision (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  decidedAt: Date | null;

  /** Case opened when the referral was accepted. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  @References(() => Case, ['track'])
  caseId: string | null;

  /** Redirected referral of which this one is a copy; null if it is none. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Referral)
  @Index()
  @Classified('administrative')
  copiedFromId: string | null;

  /** Whether the case is closed as referred in error. Set by a trigger. */
  @Column({ type: 'boolean', default: false, insert: false, update: false })
  @Classified('administrative')
  caseInError: boolean;
}

/**
 * Base of records of a referral. They are shared like the referral: agency and type are those of the referrer, the
 * panel is that of the referral.
 */
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
export abstract class ReferralRecord extends ContributedRecord {
  /** Referral to which the record belongs. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  referralId: string;

  /** Panel of the referral. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;
}

/** Person named in a referral, with a role in this matter only, so that victim and perpetrator are distinguished. */
@Entity('referral_people')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Unique(['referralId', 'personId', 'role'])
@Index(['referralId', 'updatedAt', 'id'])
@Check(oneOf('role', PERSON_ROLES))
@Check('referral_people_absence', `absent_from < absent_until OR (absent_from IS NULL AND absent_until IS NULL)`)
export class ReferralPerson extends ReferralRecord {
  declare static readonly actions: 'change' | 'read' | 'take-out';

  /** Person named in the referral. */
  @Column({ type: 'uuid' })
  @References(() => Person)
  @ForeignKey(() => Person)
  @Index()
  @Classified('administrative')
  @Uuid()
  personId: string;

  /** Role in this matter. */
  @Column({ type: 'text' })
  @Classified('identity', 'summary')
  @IsIn(PERSON_ROLES)
  role: PersonRole;

  /** Grounds for the role. */
  @Column({ type: 'text' })
  @Classified('professional_opinion')
  @Length(3, 1000)
  rationale: string;

  /** Time at which the role was removed by mistake (UTC). Null unless it was put back. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  absentFrom: Date | null;

  /** Time at which the role was put back (UTC). Null unless it was. */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  absentUntil: Date | null;
}

/** Decision on a referral, with its reason. Addressed to the referrer and never deleted. */
@Entity('referral_decisions')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Index(['referralId', 'updatedAt', 'id'])
@Check(oneOf('kind', REFERRAL_DECISION_KINDS))
@Check(`kind = 'acceptance' OR reason_code IS NOT NULL`)
@Check(`kind IN ('acceptance', 'withdrawal') OR reason IS NOT NULL`)
@Check(`kind = 'redirection' OR (target_panel_id IS NULL AND target_process IS NULL)`)
export class ReferralDecision extends ReferralRecord {
  declare static readonly actions: 'read';

  /** Kind of decision. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(REFERRAL_DECISION_KINDS)
  kind: ReferralDecisionKind;

  /** Reason for the decision, as a code. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  reasonCode: DecisionReason | null;

  /** Reason for the decision, in words that help the referrer. */
  @Column({ type: 'text', nullable: true })
  @ReasonOfPanel('professional_opinion', 'summary')
  @Length(10, 2000)
  reason: string | null;

  /** Panel that should hear the referral instead. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Panel)
  @Classified('professional_opinion', 'summary')
  @IsOptional()
  @Uuid()
  @References(() => Panel)
  targetPanelId: string | null;

  /** Process that owns the matter instead. */
  @Column({ type: 'text', nullable: true })
  @Classified('professional_opinion', 'summary')
  @IsOptional()
  @IsIn(TARGET_PROCESSES)
  targetProcess: TargetProcess | null;

  /** User who decided. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  decidedById: string;

  /** Time of the decision (UTC). */
  @Column({ type: 'timestamptz' })
  @Classified('administrative')
  decidedAt: Date;
}

/**
 * Result of the screening: whether the panel heard the matter before. Read by the panel and not by the referrer. Has
 * the same identifier as the referral. Source: MARAC note, section 2.3, guard of `submitted -> triage`.
 */
@Entity('referral_screenings')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Referral, ['id', 'panelId'], ['id', 'panelId'])
export class ReferralScreening extends ContributedRecord {
  declare static readonly actions: 'read';

  /** Panel that received the referral. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /**
   * Whether the panel accepted the same matter within its repeat window. A referral whose case was closed as
   * `referred_in_error` does not count until the case is reopened.
   */
  @Column({ type: 'boolean' })
  @Classified('risk_assessment', 'summary')
  isRepeat: boolean;

  /** Latest accepted referral of the matter; null if this is no repeat. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Referral)
  @Classified('risk_assessment', 'summary')
  @References(() => Referral)
  previousReferralId: string | null;

  /** Undecided referral of the same matter; null if there is none, or it was withdrawn as `referred_in_error`. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Referral)
  @Classified('risk_assessment', 'summary')
  @References(() => Referral)
  duplicateOfId: string | null;
}

/**
 * Pair of a referral and a case of its panel about the same matter. The referral, or the case that it opened, repeats that
 * case. A correction of the referral removes no row; removing a person whom one of the two cases named in error does, or
 * limits it to the people of the remover's agency.
 * A person excluded from the case learns nothing of the referral. Row-level security of the case does not apply to the
 * row, which must be found for a refusal: the column is therefore not named `caseId`.
 */
@Entity('repeated_cases')
@ForeignKey(() => Panel, ['panelId', 'partnershipId'], ['id', 'partnershipId'])
@ForeignKey(() => Case, ['matchedCaseId', 'panelId'], ['id', 'panelId'])
@Unique(['referralId', 'matchedCaseId'])
@Check('repeated_cases_for_agencies', `for_agency_ids <> '{}'`)
export class RepeatedCase extends PartnershipRecord {
  declare static readonly actions: never;

  /**
   * Referral about the same matter. The foreign key references its screening, whose row no request locks before the
   * lock of the panel.
   */
  @Column({ type: 'uuid' })
  @ForeignKey(() => ReferralScreening)
  @Classified('administrative')
  referralId: string;

  /** Panel of the referral and of the case. */
  @Column({ type: 'uuid' })
  @Classified('administrative')
  panelId: string;

  /** Case about the same matter, regardless of which of the two was submitted first. */
  @Column({ type: 'uuid' })
  @Index()
  @Classified('administrative')
  @References(() => Case)
  matchedCaseId: string;

  /**
   * Agencies whose people alone it applies to, because their staff removed the person who made it a repeat; null if it
   * applies to everybody. Nobody lifts the exclusion or recusal of a colleague, or an own one, by a removal.
   */
  @Column({ type: 'uuid', array: true, nullable: true })
  @Classified('administrative')
  forAgencyIds: string[] | null;

  /**
   * Person or system already excluded from the case whose own submission, correction or decision made the referral a repeat; null
   * if another action did. The referral stays readable to that person or system, because losing it would reveal the
   * case.
   */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  foundById: string | null;
}

/**
 * Person, place or group that a submitted referral makes visible to the panel until the referral is decided. Only
 * members of the panel get access by this record: naming a person in one's own referral gives no access.
 */
@Entity('referral_subjects')
@ForeignKey(() => Referral, ['referralId', 'panelId'], ['id', 'panelId'])
@Index(['referralId'])
@Index(['panelId'])
@Check(`num_nonnulls(person_id, place_id, group_id) = 1`)
export class ReferralSubject extends ReferralRecord {
  declare static readonly actions: 'read';

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
