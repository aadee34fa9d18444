import { ArrayMaxSize, IsIn, Length, Matches } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency, Partnership, Practitioner } from '../agencies/agency.entity.js';
import {
  DATA_CATEGORIES,
  LEGAL_GATEWAYS,
  SHARING_LEVELS,
  type DataCategory,
  type LegalGateway,
  type SharingLevel,
} from '../authorization/data-categories.js';
import { PURPOSES, type Purpose } from '../authentication/purposes.js';
import { Classified } from '../authorization/classification.js';
import { CalendarDate } from '../time/calendar-date.js';
import { oneOf } from '../database/columns.js';
import { PANEL_TYPES, type PanelType } from './panel-types.js';
import { PartnershipRecord, RecordEntity } from '../records/record-entity.js';
import type { StateMachine } from '../records/state-machine.js';

/** Information sharing agreement of a partnership. Its versions define which data is shared. */
@Entity('sharing_agreements')
@Unique(['partnershipId', 'code'])
export class SharingAgreement extends PartnershipRecord {
  declare static readonly actions: 'activate' | 'draft' | 'read' | 'simulate' | 'suspend';

  @ForeignKey(() => Partnership)
  @Uuid()
  declare partnershipId: string;

  /** Short code, unique in the partnership, e.g. `ISA-ASK-JAG`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Matches(/^[A-Za-z0-9-]{2,60}$/)
  code: string;

  /** Title of the agreement. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 300)
  title: string;

  /** Types of panel whose cases the agreement governs, e.g. `jag`. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  @ArrayMaxSize(10)
  @IsIn(PANEL_TYPES, { each: true })
  panelTypes: PanelType[];
}

export const AGREEMENT_STATUSES = ['draft', 'active', 'suspended', 'superseded'] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

/**
 * States and transitions of a version. Only a draft can be edited; a version that was once in force remains as it was
 * read and signed. The database enforces the same table. Expiry is a date, not a state. Source: note on law and
 * standards, section 5.1, `REQ-ISA-01`.
 */
export const agreementMachine: StateMachine<
  AgreementStatus,
  'change' | 'activation' | 'suspension' | 'resumption' | 'supersession'
> = {
  name: 'version of an agreement',
  initial: 'draft',
  commands: {
    change: { from: ['draft'], to: 'draft' },
    activation: { from: ['draft'], to: 'active' },
    suspension: { from: ['active'], to: 'suspended' },
    resumption: { from: ['suspended'], to: 'active' },
    supersession: { from: ['active', 'suspended'], to: 'superseded' },
  },
};

/** Version of an agreement. Only an active, unexpired version permits sharing. */
@Entity('sharing_agreement_versions')
@Unique(['agreementId', 'edition'])
@Check(`status IN ('draft', 'active', 'suspended', 'superseded')`)
@Check(`expires_on > effective_from AND review_due >= effective_from`)
@Check('in_force_was_activated', `status = 'draft' OR activated_at IS NOT NULL`)
@Index(['agreementId'], { unique: true, where: `status = 'active'` })
export class SharingAgreementVersion extends RecordEntity {
  declare static readonly actions: 'activate' | 'draft' | 'read' | 'sign' | 'suspend';

  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreement)
  @Classified('administrative')
  agreementId: string;

  /** Number of the edition, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(AGREEMENT_STATUSES)
  status: AgreementStatus;

  /** Purposes of the sharing; no row may have another purpose. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  @IsIn(PURPOSES, { each: true })
  purposes: Purpose[];

  /** First day in force. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  effectiveFrom: string;

  /** Day by which the parties review the version. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  reviewDue: string;

  /** Last day in force; nothing new is disclosed under the version afterwards. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @CalendarDate()
  expiresOn: string;

  /** Version in force, or suspended, when this one was drafted: the only one that this version may replace. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => SharingAgreementVersion)
  @Classified('administrative')
  supersedesId: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  @Classified('administrative')
  activatedAt: Date | null;

  /** Reason for the latest suspension or resumption. */
  @Column({ type: 'text', nullable: true })
  @Classified('administrative')
  statusReason: string | null;
}

/** Roles of a party under UK GDPR Articles 4, 26 and 28. */
export const PARTY_ROLES = ['controller', 'joint', 'processor'] as const;
export type PartyRole = (typeof PARTY_ROLES)[number];

/** Agency that is party to a version. */
@Entity('sharing_parties')
@Unique(['agreementVersionId', 'agencyId'])
@Check('party_role', oneOf('role', PARTY_ROLES))
@Check('signed_by_somebody_on_a_day', `signed_by_id IS NULL OR signed_on IS NOT NULL`)
export class SharingParty extends RecordEntity {
  declare static readonly actions: 'read';

  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreementVersion)
  @Classified('administrative')
  agreementVersionId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  @Uuid()
  agencyId: string;

  /** Role: `controller`, `joint` (controller, with others) or `processor`. */
  @Column({ type: 'text', default: 'controller' })
  @Classified('administrative')
  @IsIn(PARTY_ROLES)
  role: PartyRole;

  /** Day of the signature; a party that has not signed receives nothing. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  signedOn: string | null;

  /** User who signed for the agency; null if it signed on paper. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => Practitioner)
  @Classified('administrative')
  signedById: string | null;
}

export const ONWARD_SHARING = ['none', 'with_originator_consent', 'within_panel', 'permitted'] as const;
export type OnwardSharing = (typeof ONWARD_SHARING)[number];

/**
 * Row of an agreement: for one purpose, the level of one category that one type of agency shares with another, and the
 * law that permits it.
 */
@Entity('sharing_rows')
@Unique(['agreementVersionId', 'purpose', 'category', 'contributingType', 'receivingType'])
@Check(`level IN ('none', 'existence', 'summary', 'full')`)
@Check(
  'gateway_carries_category',
  `NOT (gateway = 'PCSC_S16' AND (category LIKE 'health%' OR category LIKE 'social_care%' OR category IN ('sexual_health', 'substance_use')
     OR contributing_type LIKE 'health%' OR contributing_type LIKE '%social_care' OR contributing_type IN ('substance_misuse', 'any')))`,
)
@Check('gateway_carries_persons', `NOT (gateway = 'CDA_S17A' AND level <> 'none')`)
@Check(
  'row_names_its_law',
  `gateway <> '' AND btrim(lawful_basis) <> '' AND btrim(condition) <> '' AND btrim(retention_class) <> ''`,
)
export class SharingRow extends RecordEntity {
  declare static readonly actions: 'read';

  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreementVersion)
  @Classified('administrative')
  agreementVersionId: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(PURPOSES)
  purpose: Purpose;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(DATA_CATEGORIES)
  category: DataCategory;

  /** Type of the contributing agency, or `any` for types without a row of their own. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 60)
  contributingType: string;

  /** Type of the receiving agency, or `panel_coordination`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 60)
  receivingType: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(SHARING_LEVELS)
  level: SharingLevel;

  /** Legal power for the sharing. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(LEGAL_GATEWAYS)
  gateway: LegalGateway;

  /** UK GDPR Article 6 basis, or the law-enforcement basis. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 300)
  lawfulBasis: string;

  /** Article 9 condition, Schedule 1 paragraph or Article 10 route. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 300)
  condition: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(ONWARD_SHARING)
  onward: OnwardSharing;

  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 60)
  retentionClass: string;
}
