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
  /** Only referrals to this panel. */
  @IsOptional()
  @Uuid()
  panelId?: string;

  /** Only referrals with this status. */
  @IsOptional()
  @IsIn(REFERRAL_STATUSES)
  status?: ReferralStatus;

  /** Only referrals with this reference of the sender. */
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

/** Left out is left as it is; null is only for what may be empty. */
const NOT_NULL = { skipNullProperties: false };

/** Changes a referral of your agency, as long as it may still be submitted. */
export class ReferralChange extends PartialType(PickType(Referral, ['category', ...CONTENT] as const), NOT_NULL) {}

/** Names a person in a referral. */
export class ReferralPersonRequest extends PickType(ReferralPerson, ['personId', 'role', 'rationale'] as const) {}

/** Corrects a person's role in a referral. What it said before is kept with the reason. */
export class ReferralPersonChange extends PartialType(
  PickType(ReferralPerson, ['role', 'rationale'] as const),
  NOT_NULL,
) {
  /** Why it is corrected. */
  @Length(3, 500)
  reason: string;
}

/** Takes out a person who was named in a referral in error: the referral puts the person before nobody any more. */
export class ReferralPersonEnding {
  @IsIn(['entered_in_error'])
  kind: 'entered_in_error';

  /** Why. */
  @Length(3, 500)
  reason: string;
}

/** Begins a referral; with `submit` it is submitted at once, or not made at all. */
export class ReferralRequest extends IntersectionType(
  PickType(Referral, ['panelId', 'category', 'subjectKind', 'personId', 'placeId', 'groupId'] as const),
  PartialType(PickType(Referral, CONTENT), NOT_NULL),
) {
  /** The people in the matter, each with a role. A person that the referral is about is named without this. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => ReferralPersonRequest)
  people?: ReferralPersonRequest[];

  /** Submit it in the same call. */
  @IsOptional()
  @IsBoolean()
  submit?: boolean;
}

/** Accepts a referral: a case is opened. */
export class ReferralAcceptance {
  /** The agency that leads, at first; the referrer where none is named. */
  @IsOptional()
  @Uuid()
  leadAgencyId?: string;
}

/** Returns a referral to its referrer, to be completed. */
export class ReferralReturn {
  /** Why, in words that help the referrer. */
  @Length(10, 2000)
  reason: string;

  @IsIn(RETURN_REASONS)
  reasonCode: (typeof RETURN_REASONS)[number];
}

/** Refuses a referral. */
export class ReferralRefusal {
  /** Why, in words that help the referrer. */
  @Length(10, 2000)
  reason: string;

  @IsIn(REFUSAL_REASONS)
  reasonCode: (typeof REFUSAL_REASONS)[number];
}

/**
 * Redirects a referral to the panel or process that owns the matter. Exclusions of this panel do not hold on the other one: tell its
 * chair who has to be kept out.
 */
export class ReferralRedirection extends PickType(ReferralDecision, ['targetPanelId', 'targetProcess'] as const) {
  /** Why, in words that help the referrer. */
  @Length(10, 2000)
  reason: string;

  @IsIn(REDIRECTION_REASONS)
  reasonCode: (typeof REDIRECTION_REASONS)[number];
}

/** Drafts a referral to another panel from one that was redirected. */
export class ReferralCopyRequest {
  /** The panel; the one that the redirection names where you name none. */
  @IsOptional()
  @Uuid()
  panelId?: string;
}

/** Withdraws a referral of your agency. */
export class ReferralWithdrawal {
  @IsIn(WITHDRAWAL_REASONS)
  reasonCode: (typeof WITHDRAWAL_REASONS)[number];

  /** Why, in words. */
  @IsOptional()
  @Length(10, 2000)
  reason?: string;
}
