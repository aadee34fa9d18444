import { ApiProperty, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, Length, MaxLength, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { AGENCY_TYPES, ANY_CONTRIBUTOR, PANEL_COORDINATION } from '../agencies/agency-types.js';
import { DATA_CATEGORIES, LEGAL_GATEWAYS, SHARING_LEVELS } from '../authorization/data-categories.js';
import { PURPOSES } from '../authentication/purposes.js';
import { CalendarDate } from '../time/calendar-date.js';
import { ONWARD_SHARING, SharingAgreement, SharingParty } from './agreement.entity.js';

/** Begins an agreement, without any version yet. */
export class SharingAgreementRequest extends PickType(SharingAgreement, [
  'partnershipId',
  'code',
  'title',
  'panelTypes',
] as const) {}

export class SharingPartyRequest extends PickType(SharingParty, ['agencyId', 'role'] as const) {}

/** One row. Its terms are checked with the rest of the agreement (422), so that all that is wrong is said at once. */
export class SharingRowRequest {
  @ApiProperty({ enum: PURPOSES })
  @IsString()
  @MaxLength(60)
  purpose: string;

  @ApiProperty({ enum: DATA_CATEGORIES })
  @IsString()
  @MaxLength(60)
  category: string;

  /** The type of agency that contributes, or `any` where no row names it. */
  @ApiProperty({ enum: [...AGENCY_TYPES, ANY_CONTRIBUTOR] })
  @IsString()
  @MaxLength(60)
  contributingType: string;

  /** The type of agency that receives, or `panel_coordination`. */
  @ApiProperty({ enum: [...AGENCY_TYPES, PANEL_COORDINATION] })
  @IsString()
  @MaxLength(60)
  receivingType: string;

  @ApiProperty({ enum: SHARING_LEVELS })
  @IsString()
  @MaxLength(60)
  level: string;

  /** The legal power that carries it. */
  @ApiProperty({ enum: LEGAL_GATEWAYS, required: true })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  gateway?: string;

  /** UK GDPR Article 6 basis, or the law-enforcement basis. */
  @ApiProperty({ required: true })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  lawfulBasis?: string;

  /** Article 9 condition, Schedule 1 paragraph or Article 10 route, or that none is needed. */
  @ApiProperty({ required: true })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  condition?: string;

  /** How far the receiver may pass it on. */
  @ApiProperty({ enum: ONWARD_SHARING })
  @IsString()
  @MaxLength(60)
  onward: string;

  @ApiProperty({ required: true })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  retentionClass?: string;
}

/** Changes a draft: what is left out stays. Whatever changes, nobody has signed the draft any more. */
export class SharingDraftChange {
  /** Why the parties share. */
  @ApiProperty({ enum: PURPOSES, isArray: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(60, { each: true })
  purposes?: string[];

  /** The agencies, each in its role. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => SharingPartyRequest)
  parties?: SharingPartyRequest[];

  /** All rows. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3000)
  @ValidateNested({ each: true })
  @Type(() => SharingRowRequest)
  rows?: SharingRowRequest[];

  /** Rows that take the place of those with the same purpose, category and types, or are added. `none` ends sharing. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => SharingRowRequest)
  rowChanges?: SharingRowRequest[];

  /** First day on which it applies. */
  @IsOptional()
  @CalendarDate()
  effectiveFrom?: string;

  /** By when the parties review it. */
  @IsOptional()
  @CalendarDate()
  reviewDue?: string;

  /** Last day. */
  @IsOptional()
  @CalendarDate()
  expiresOn?: string;
}

/** Drafts a version: written whole, or based on another version of the agreement, with changes. */
export class SharingDraftRequest extends SharingDraftChange {
  /** The version from which everything is taken that is not said here; its signatures are not. */
  @IsOptional()
  @Uuid()
  basedOn?: string;
}

/** Suspends a version, or resumes it. */
export class SharingStatusChange {
  /** Why. */
  @Length(10, 1000)
  reason: string;
}
