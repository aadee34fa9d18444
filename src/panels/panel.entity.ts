import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, Exclusion, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Partnership, Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { HEARING_PANEL_TYPES, PANEL_TYPES, STEERING_GROUP, type PanelType } from '../sharing/panel-types.js';
import { PartnershipRecord, RecordEntity } from '../records/record-entity.js';

export { HEARING_PANEL_TYPES, PANEL_TYPES, STEERING_GROUP, type PanelType };

/** Meeting of agencies that decides, plans and lists. A panel owns none of the agencies' information. */
@Entity('panels')
@Unique(['code'])
@Unique(['id', 'partnershipId'])
@Index('panels_one_steering_group', ['partnershipId'], { unique: true, where: `type = '${STEERING_GROUP}'` })
export class Panel extends PartnershipRecord {
  declare static readonly actions:
    | 'appoint'
    | 'appoint-chairs'
    | 'convene'
    | 'keep-resources'
    | 'open-case'
    | 'plan-cycles'
    | 'read'
    | 'refer'
    | 'rule';

  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  /** Short code, unique in the service. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Matches(/^[a-z0-9-]{2,60}$/)
  code: string;

  /** Type of panel. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PANEL_TYPES)
  type: PanelType;

  /** Name of the panel, as used by its members. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  name: string;

  /** Prefix of the references of its cases, such as `JAG` in `JAG-2026-00042`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Matches(/^[A-Z]{2,10}$/)
  referencePrefix: string;

  /** Mode of decision: `meeting`, or `asynchronous` for decisions on written contributions. */
  @Column({ type: 'text', default: 'meeting' })
  @Classified('administrative')
  @IsIn(['meeting', 'asynchronous'])
  mode: 'meeting' | 'asynchronous';

  /** Whether the panel is a compartment, which hides the existence of its cases from everybody else (Channel). */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  compartment: boolean;
}

/** Edition of a panel's rules. Decisions store the edition that applied to them. */
@Entity('panel_rules')
@Unique(['panelId', 'edition'])
@Unique(['panelId', 'effectiveFrom', 'edition'])
export class PanelRules extends RecordEntity {
  declare static readonly actions: 'read';

  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  panelId: string;

  /** Number of the edition, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** First day of the edition. If several editions have the same day, the one with the highest number applies. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  effectiveFrom: string;

  /** Rules: age limits, thresholds, windows, deadlines in working days, quorum, time for an item. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  rules: Record<string, unknown>;
}

export const MEMBERSHIP_TIERS = ['core', 'flexible', 'observer'] as const;
export type MembershipTier = (typeof MEMBERSHIP_TIERS)[number];

export const MEMBERSHIP_ROLES = ['member', 'legal_adviser', 'analyst', 'chair', 'co_chair', 'coordinator'] as const;
export type MembershipRole = (typeof MEMBERSHIP_ROLES)[number];

/**
 * Roles that run a panel and receive the notices of its coordination. Only a chair or co-chair gives or ends such a
 * seat.
 */
export const GOVERNING_ROLES: readonly MembershipRole[] = ['chair', 'co_chair', 'coordinator'];
export const CHAIRING_ROLES: readonly MembershipRole[] = ['chair', 'co_chair'];

/**
 * Seat of a person on a panel. Core members see the panel's cases, flexible members only the items they are invited to,
 * observers nothing that identifies a person (JAG note, section 1.3).
 */
@Entity('memberships')
@Index(['practitionerId', 'validFrom'])
@Check(`tier IN ('core', 'flexible', 'observer')`)
@Check(`role IN ('chair', 'co_chair', 'coordinator', 'member', 'legal_adviser', 'analyst')`)
@Check(`tier = 'core' OR role IN ('member', 'legal_adviser', 'analyst')`)
@Check(
  'memberships_days',
  `valid_to IS NULL OR valid_to >= valid_from OR (ended_at IS NOT NULL AND valid_to = valid_from - 1)`,
)
@Check('memberships_ending', `(ended_at IS NULL) = (end_reason IS NULL) AND (ended_at IS NULL OR valid_to IS NOT NULL)`)
@Exclusion(
  'memberships_one_seat_at_a_time',
  `USING gist (panel_id WITH =, practitioner_id WITH =, daterange(valid_from, valid_to + 1, '[)') WITH &&)`,
)
export class Membership extends RecordEntity {
  declare static readonly actions: 'end' | 'read';

  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  panelId: string;

  /** Agency of the member at the time of appointment. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** Person who has the seat. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @Uuid()
  practitionerId: string;

  /** Tier of the seat: `core`, `flexible` or `observer`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(MEMBERSHIP_TIERS)
  tier: MembershipTier;

  /** Role of the member on the panel. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(MEMBERSHIP_ROLES)
  role: MembershipRole;

  /** First day of the seat. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  validFrom: string;

  /**
   * Last whole day of the seat. For a seat ended at once, the day before `endedAt` or, if the seat had no whole day,
   * the day before `validFrom`. Null if the seat has no last day.
   */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  validTo: string | null;

  /**
   * Time at which the seat was ended at once, or cancelled before it began (UTC). Null if the seat ends with its last
   * day.
   */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;

  /** Person who appointed the member. Null for the first seats of a panel and for seats older than this field. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  appointedById: string | null;

  /**
   * Reason for ending the seat at once, cancelling or replacing it, for the panel's coordination. Nothing about a case.
   * Null otherwise.
   */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  endReason: string | null;
}
