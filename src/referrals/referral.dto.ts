import { IntersectionType, PartialType, PickType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, Length, Matches, ValidateNested } from 'class-validator';
import { Uuid } from '../http/uuid.js';
import { PageQuery } from '../http/page-query.dto.js';
import {
  REDIRECTION_REASONS,
  Referral,
  ReferralDecision,
  ReferralPerson,
  REFERRAL_STATUSES,
  REFUSAL_REASONS,
  RETURN_REASONS,
  WITHDRAWAL_REASONS,
  type ReferralStatus,
} from './referral.entity.js';

export class ReferralQuery extends PageQuery {
  /** Panel; restricts to referrals to this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Status; restricts to referrals with this status. */
  @IsOptional()
  @IsIn(REFERRAL_STATUSES)
  status?: ReferralStatus;

  /** Reference of the sender; restricts to referrals with this reference. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,100}$/)
  externalRef?: string;
}

export const CONTENT = [
  'externalRef',
  'problem',
  'incidentOn',
  'whyMultiAgency',
  'triedAlready',
  'wishes',
  'criteria',
  'judgementRationale',
  'overrideReason',
  'urgent',
  'immediateDanger',
  'hateElement',
  'hateStrands',
  'consentStatus',
  'consentReason',
  'consentNote',
  'legalGateway',
  'subjectAware',
  'safeToTell',
] as const;

/** Validation of partial changes: an omitted property is not changed, and null is valid only for nullable ones. */
const NOT_NULL = { skipNullProperties: false };

/** Changes a referral of your agency, while it can still be submitted. */
export class ReferralChange extends PartialType(PickType(Referral, ['category', ...CONTENT] as const), NOT_NULL) {}

/** Names a person in a referral. */
export class ReferralPersonRequest extends PickType(ReferralPerson, ['personId', 'role', 'rationale'] as const) {}

/** Corrects a person's role in a referral. The previous values are stored with the reason. */
export class ReferralPersonChange extends PartialType(
  PickType(ReferralPerson, ['role', 'rationale'] as const),
  NOT_NULL,
) {
  /** Reason for the correction. */
  @Length(3, 500)
  reason: string;
}

/** Removes a person named in a referral in error: the referral no longer makes the person visible to anyone. */
export class ReferralPersonEnding {
  @IsIn(['entered_in_error'])
  kind: 'entered_in_error';

  /** Reason for the removal. */
  @Length(3, 500)
  reason: string;

  /**
   * Set if somebody excluded from the person alone may read the referral from now on. Without it, such a removal is refused and
   * names the exclusions.
   */
  @IsOptional()
  @IsIn([true])
  opensToExcluded?: true;
}

/** Creates a referral. With `submit` it is submitted in the same request, or not created at all. */
export class ReferralRequest extends IntersectionType(
  PickType(Referral, ['panelId', 'category', 'subjectKind', 'personId', 'placeId', 'groupId'] as const),
  PartialType(PickType(Referral, CONTENT), NOT_NULL),
) {
  /** People in the matter, each with a role. A person whom the referral is about is added automatically. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ReferralPersonRequest)
  people?: ReferralPersonRequest[];

  /** Whether to submit the referral in the same request. */
  @IsOptional()
  @IsBoolean()
  submit?: boolean;
}

/** Accepts a referral and opens a case. */
export class ReferralAcceptance {
  /** Lead agency at first; by default the referrer. */
  @IsOptional()
  @Uuid()
  leadAgencyId?: string;
}

/** Returns a referral to its referrer for completion. */
export class ReferralReturn {
  /** Reason, in words that help the referrer. */
  @Length(10, 2000)
  reason: string;

  @IsIn(RETURN_REASONS)
  reasonCode: (typeof RETURN_REASONS)[number];
}

/** Refuses a referral. */
export class ReferralRefusal {
  /** Reason, in words that help the referrer. */
  @Length(10, 2000)
  reason: string;

  @IsIn(REFUSAL_REASONS)
  reasonCode: (typeof REFUSAL_REASONS)[number];
}

/**
 * Redirects a referral to the panel or process that owns the matter. Exclusions of this panel do not apply on the other
 * panel: inform its chair of the people to exclude.
 */
export class ReferralRedirection extends PickType(ReferralDecision, ['targetPanelId', 'targetProcess'] as const) {
  /** Reason, in words that help the referrer. */
  @Length(10, 2000)
  reason: string;

  @IsIn(REDIRECTION_REASONS)
  reasonCode: (typeof REDIRECTION_REASONS)[number];
}

/** Drafts a referral to another panel from one that was redirected. */
export class ReferralCopyRequest {
  /** Panel to refer to; by default the one named by the redirection. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

/** Withdraws a referral of your agency. */
export class ReferralWithdrawal {
  @IsIn(WITHDRAWAL_REASONS)
  reasonCode: (typeof WITHDRAWAL_REASONS)[number];

  /** Reason, in words. */
  @IsOptional()
  @Length(10, 2000)
  reason?: string;
}
