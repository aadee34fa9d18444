import { IsIn, IsOptional, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, Exclusion, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Partnership, Practitioner } from '../agencies/agency.entity.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { PartnershipRecord, RecordEntity } from '../records/record-entity.js';

/**
 * Panels that hear cases, or what is bid for. A domestic abuse MARAC is never a Community MARAC (MARAC note, section 1.3).
 */
export const HEARING_PANEL_TYPES = ['jag', 'marac', 'community_marac', 'syv', 'tasking', 'ttcg', 'channel'] as const;

/**
 * A steering group governs the panels of a partnership and hears no case: it takes no referral, and what it learns is without
 * the case (MARAC note, sections 2.4 and 3.1).
 */
export const STEERING_GROUP = 'steering_group';
export const PANEL_TYPES = [...HEARING_PANEL_TYPES, STEERING_GROUP] as const;
export type PanelType = (typeof PANEL_TYPES)[number];

/** A panel decides, plans and lists. It is a meeting of agencies and owns none of their information. */
@Entity('panels')
@Unique(['code'])
@Unique(['id', 'partnershipId'])
@Index('panels_one_steering_group', ['partnershipId'], { unique: true, where: `type = '${STEERING_GROUP}'` })
export class Panel extends PartnershipRecord {
  @ForeignKey(() => Partnership)
  declare partnershipId: string;

  /** Short code. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Matches(/^[a-z0-9-]{2,60}$/)
  code: string;

  /** The type of panel. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PANEL_TYPES)
  type: PanelType;

  /** Name of the panel, as its members use it. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 200)
  name: string;

  /** How the references of its cases begin, e.g. `JAG` in `JAG-2026-00042`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Matches(/^[A-Z]{2,10}$/)
  referencePrefix: string;

  /** `meeting`, or `asynchronous`: decided on written contributions. */
  @Column({ type: 'text', default: 'meeting' })
  @Classified('administrative')
  @IsIn(['meeting', 'asynchronous'])
  mode: 'meeting' | 'asynchronous';

  /** A compartment hides the existence of its cases from everybody else (Channel). */
  @Column({ type: 'boolean', default: false })
  @Classified('administrative')
  compartment: boolean;
}

/** One version of a panel's rules; decisions store the version that they relied on. */
@Entity('panel_rules')
@Unique(['panelId', 'edition'])
@Unique(['panelId', 'effectiveFrom', 'edition'])
export class PanelRules extends RecordEntity {
  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  panelId: string;

  /** Counts the editions, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  /** First day of the edition. Of several editions for one day the one with the highest number applies. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  effectiveFrom: string;

  /** The rules: age limits, thresholds, windows, deadlines in working days, quorum, time boxes. */
  @Column({ type: 'jsonb' })
  @Classified('administrative')
  rules: Record<string, unknown>;
}

export const MEMBERSHIP_TIERS = ['core', 'flexible', 'observer'] as const;
export type MembershipTier = (typeof MEMBERSHIP_TIERS)[number];

export const MEMBERSHIP_ROLES = ['member', 'legal_adviser', 'analyst', 'chair', 'co_chair', 'coordinator'] as const;
export type MembershipRole = (typeof MEMBERSHIP_ROLES)[number];

/** Roles that run a panel and receive what its coordination receives; only a chair or co-chair gives or ends such a seat. */
export const GOVERNING_ROLES: readonly MembershipRole[] = ['chair', 'co_chair', 'coordinator'];
export const CHAIRING_ROLES: readonly MembershipRole[] = ['chair', 'co_chair'];

/**
 * A person's place on a panel. Core members see the panel's cases, flexible ones only what they are invited to,
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
  @Column({ type: 'uuid' })
  @ForeignKey(() => Panel)
  @Classified('administrative')
  panelId: string;

  /** The member's agency at the time. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Classified('administrative')
  agencyId: string;

  /** The member. */
  @Column({ type: 'uuid' })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  @Uuid()
  practitionerId: string;

  /** `core`, `flexible` or `observer`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(MEMBERSHIP_TIERS)
  tier: MembershipTier;

  /** What the member does on the panel. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(MEMBERSHIP_ROLES)
  role: MembershipRole;

  /** First day. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  validFrom: string;

  /**
   * Last whole day; null while it lasts. Of a seat that was ended at once it is the day before `endedAt`, or, where the seat had
   * no whole day, the day before `validFrom`.
   */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  @IsOptional()
  @CalendarDate()
  validTo: string | null;

  /** The moment at which it was ended at once, or cancelled before it began; null where it ends with its last day (UTC). */
  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  endedAt: Date | null;

  /** Who gave the seat; null for seats from before this was kept, and for the first seats of a panel. */
  @Column({ type: 'uuid', nullable: true })
  @Classified('administrative')
  appointedById: string | null;

  /** Reason why the seat was ended at once, cancelled or replaced, for the panel's coordination. Nothing about a case. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  @Length(3, 500)
  endReason: string | null;
}
