import { ArrayMaxSize, IsDateString, IsIn, Length } from 'class-validator';
import { Check, Column, Entity, ForeignKey, Index, Unique } from 'typeorm';
import { Agency } from '../agencies/agency.entity.js';
import {
  DATA_CATEGORIES,
  LEGAL_GATEWAYS,
  PURPOSES,
  SHARING_LEVELS,
  type DataCategory,
  type LegalGateway,
  type Purpose,
  type SharingLevel,
} from '../policy/categories.js';
import { Classified } from '../policy/classification.js';
import { PartnershipRecord, Recorded } from '../records/recorded.js';

/** An information sharing agreement of a partnership. Its versions say what travels. */
@Entity('sharing_agreements')
@Unique(['code'])
export class SharingAgreement extends PartnershipRecord {
  /** Short code. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(2, 60)
  code: string;

  /** Title of the agreement. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 300)
  title: string;

  /** Types of panel whose cases it governs. */
  @Column({ type: 'text', array: true })
  @Classified('administrative')
  @ArrayMaxSize(10)
  panelTypes: string[];
}

export const AGREEMENT_STATUSES = ['draft', 'active', 'suspended', 'superseded'] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

/** A version of an agreement. Only an active, unexpired version opens anything. */
@Entity('sharing_agreement_versions')
@Unique(['agreementId', 'edition'])
@Check(`status IN ('draft', 'active', 'suspended', 'superseded')`)
@Check(`expires_on > effective_from AND review_due >= effective_from`)
@Index(['agreementId'], { unique: true, where: `status = 'active'` })
export class SharingAgreementVersion extends Recorded {
  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreement)
  @Classified('administrative')
  agreementId: string;

  /** Counts the editions, from 1. */
  @Column({ type: 'integer' })
  @Classified('administrative')
  edition: number;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(AGREEMENT_STATUSES)
  status: AgreementStatus;

  /** First day on which it applies. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @IsDateString({ strict: true })
  effectiveFrom: string;

  /** By when the parties review it. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @IsDateString({ strict: true })
  reviewDue: string;

  /** Last day; afterwards nothing new is disclosed under it. */
  @Column({ type: 'date' })
  @Classified('administrative')
  @IsDateString({ strict: true })
  expiresOn: string;
}

/** An agency that signed a version. */
@Entity('sharing_parties')
@Unique(['agreementVersionId', 'agencyId'])
export class SharingParty extends Recorded {
  @Column({ type: 'uuid' })
  @ForeignKey(() => SharingAgreementVersion)
  @Classified('administrative')
  agreementVersionId: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Agency)
  @Index()
  @Classified('administrative')
  agencyId: string;

  /** When it signed; an unsigned party receives nothing. */
  @Column({ type: 'date', nullable: true })
  @Classified('administrative')
  signedOn: string | null;
}

export const ONWARD_SHARING = ['none', 'with_originator_consent', 'within_panel', 'permitted'] as const;
export type OnwardSharing = (typeof ONWARD_SHARING)[number];

/** One row: for one purpose, how much of one category goes from one type of agency to another, and by which law. */
@Entity('sharing_rows')
@Unique(['agreementVersionId', 'purpose', 'category', 'contributingType', 'receivingType'])
@Check(`level IN ('none', 'existence', 'summary', 'full')`)
@Check(
  'gateway_carries_category',
  `NOT (gateway = 'PCSC_S16' AND (category LIKE 'health%' OR category LIKE 'social_care%' OR category = 'sexual_health'
     OR contributing_type LIKE 'health%' OR contributing_type LIKE '%social_care'))`,
)
export class SharingRow extends Recorded {
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

  /** The type of agency that contributed, or `any` where no row names it. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 60)
  contributingType: string;

  /** The type of agency that receives, or `panel_coordination`. */
  @Column({ type: 'text' })
  @Classified('administrative')
  @Length(1, 60)
  receivingType: string;

  @Column({ type: 'text' })
  @Classified('administrative')
  @IsIn(SHARING_LEVELS)
  level: SharingLevel;

  /** The legal power that carries it. */
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
