import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import { view } from '../records/response-view.js';
import { ReferralPersonCorrection } from './referral-person-correction.entity.js';
import {
  Referral,
  ReferralDecision,
  ReferralPerson,
  ReferralScreening,
  TARGET_PROCESSES,
  type TargetProcess,
} from './referral.entity.js';

/** Referral, with the fields that you may see. */
export class ReferralView extends view(
  Referral,
  'id',
  'version',
  'reference',
  'externalRef',
  'partnershipId',
  'panelId',
  'status',
  'subjectKind',
  'personId',
  'placeId',
  'groupId',
  'agencyId',
  'authorId',
  'category',
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
  'consentRecordedById',
  'consentRecordedAt',
  'legalGateway',
  'subjectAware',
  'safeToTell',
  'warnings',
  'rulesEdition',
  'createdAt',
  'updatedAt',
  'submittedAt',
  'decision',
  'reasonCode',
  'decidedAt',
  'caseId',
) {}

/** Referral in a list. */
export class ReferralItemView extends view(
  Referral,
  'id',
  'version',
  'reference',
  'externalRef',
  'panelId',
  'agencyId',
  'status',
  'subjectKind',
  'urgent',
  'submittedAt',
  'decision',
  'reasonCode',
  'updatedAt',
) {}

/** Status of a referral, for systems that follow it: nothing about its content. */
export class ReferralStatusView extends view(
  Referral,
  'id',
  'version',
  'reference',
  'externalRef',
  'panelId',
  'status',
  'submittedAt',
  'decision',
  'reasonCode',
  'decidedAt',
) {
  /** Case that the referral led to, if you may follow it; otherwise null. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('administrative')
  caseId: string | null;

  /** Panel to which the referral was redirected; null if there is none. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('professional_opinion', 'summary')
  redirectedToPanelId: string | null;

  /** Process to which the referral was redirected; null if there is none. */
  @ApiProperty({ type: String, enum: TARGET_PROCESSES, nullable: true })
  @Classified('professional_opinion', 'summary')
  redirectedToProcess: TargetProcess | null;

  /**
   * Next step for the referrer, or null. Given after a redirection, which forwards nothing, and after the case was closed
   * as referred in error.
   */
  @ApiProperty({ type: String, maxLength: 400, nullable: true })
  @Classified('administrative')
  nextStep: string | null;
}

/** Role of a person in a referral. */
export class ReferralPersonView extends view(
  ReferralPerson,
  'id',
  'version',
  'referralId',
  'personId',
  'agencyId',
  'role',
  'rationale',
) {}

/** Correction of a person's role in a referral: the previous values and the reason. */
export class ReferralPersonCorrectionView extends view(
  ReferralPersonCorrection,
  'id',
  'version',
  'referralId',
  'roleId',
  'personId',
  'agencyId',
  'kind',
  'reason',
  'role',
  'rationale',
  'correctedById',
  'correctedAt',
) {}

/** Decision on a referral. */
export class ReferralDecisionView extends view(
  ReferralDecision,
  'id',
  'version',
  'referralId',
  'kind',
  'reasonCode',
  'reason',
  'targetPanelId',
  'targetProcess',
  'decidedById',
  'decidedAt',
) {}

/** Result of the screening when the panel received the referral. */
export class ReferralScreeningView extends view(
  ReferralScreening,
  'id',
  'version',
  'panelId',
  'isRepeat',
  'previousReferralId',
  'duplicateOfId',
) {}
