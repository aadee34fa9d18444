import { ApiProperty, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, Length, MaxLength, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { AGENCY_TYPES, ANY_CONTRIBUTOR, PANEL_COORDINATION } from '../agencies/agency-types.js';
import { DATA_CATEGORIES, LEGAL_GATEWAYS, SHARING_LEVELS } from '../authorization/data-categories.js';
import { PURPOSES } from '../authentication/purposes.js';
import { CalendarDate } from '../time/calendar-date.js';
import { ONWARD_SHARING, SharingAgreement, SharingParty } from './agreement.entity.js';

/** Creates an agreement, without any version yet. */
export class SharingAgreementRequest extends PickType(SharingAgreement, [
  'partnershipId',
  'code',
  'title',
  'panelTypes',
] as const) {}

export class SharingPartyRequest extends PickType(SharingParty, ['agencyId', 'role'] as const) {}

/**
 * One row of an agreement. Its terms are checked with the rest of the agreement (422), so that all errors are reported
 * together.
 */
export class SharingRowRequest {
  @ApiProperty({ enum: PURPOSES })
  @IsString()
  @MaxLength(60)
  purpose: string;

  @ApiProperty({ enum: DATA_CATEGORIES })
  @IsString()
  @MaxLength(60)
  category: string;

  /** Type of the contributing agency, or `any` for types without a row of their own. */
  @ApiProperty({ enum: [...AGENCY_TYPES, ANY_CONTRIBUTOR] })
  @IsString()
  @MaxLength(60)
  contributingType: string;

  /** Type of the receiving agency, or `panel_coordination`. */
  @ApiProperty({ enum: [...AGENCY_TYPES, PANEL_COORDINATION] })
  @IsString()
  @MaxLength(60)
  receivingType: string;

  @ApiProperty({ enum: SHARING_LEVELS })
  @IsString()
  @MaxLength(60)
  level: string;

  /** Legal power for the sharing. */
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

  /** Permission for the receiver to share further. */
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

/** Changes a draft. Omitted properties are unchanged. Every change removes all signatures. */
export class SharingDraftChange {
  /** Purposes of the sharing. */
  @ApiProperty({ enum: PURPOSES, isArray: true })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(60, { each: true })
  purposes?: string[];

  /** Agencies, each with its role. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => SharingPartyRequest)
  parties?: SharingPartyRequest[];

  /** Complete list of rows. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3000)
  @ValidateNested({ each: true })
  @Type(() => SharingRowRequest)
  rows?: SharingRowRequest[];

  /** Rows that replace those with the same purpose, category and types, or are added. Level `none` ends sharing. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => SharingRowRequest)
  rowChanges?: SharingRowRequest[];

  /** First day in force. */
  @IsOptional()
  @CalendarDate()
  effectiveFrom?: string;

  /** Day by which the parties review it. */
  @IsOptional()
  @CalendarDate()
  reviewDue?: string;

  /** Last day in force. */
  @IsOptional()
  @CalendarDate()
  expiresOn?: string;
}

/** Drafts a version: complete, or based on another version of the agreement, with changes. */
export class SharingDraftRequest extends SharingDraftChange {
  /** Version from which omitted properties are copied, without its signatures. */
  @IsOptional()
  @Uuid()
  basedOn?: string;
}

/** Suspends or resumes a version. */
export class SharingStatusChange {
  /** Reason for the suspension or resumption. */
  @Length(10, 1000)
  reason: string;
}
