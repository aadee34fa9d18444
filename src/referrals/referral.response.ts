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

/** A referral, as far as you may see it. */
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

/** A referral in a list. */
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

/** Where a referral stands, for systems that follow it: nothing about its content. */
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
  /** The case that it led to, where you may follow it. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('administrative')
  caseId: string | null;

  /** The panel that should hear it instead, where it was redirected to one. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('professional_opinion', 'summary')
  redirectedToPanelId: string | null;

  /** The process that owns it instead, where it was redirected to one. */
  @ApiProperty({ type: String, enum: TARGET_PROCESSES, nullable: true })
  @Classified('professional_opinion', 'summary')
  redirectedToProcess: TargetProcess | null;

  /** What the referrer has to do now, or null. A redirection passes nothing on. */
  @ApiProperty({ type: String, maxLength: 400, nullable: true })
  @Classified('administrative')
  nextStep: string | null;
}

/** A person's role in a referral. */
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

/** A correction of a person's role in a referral: the values before it, and why. */
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

/** A decision on a referral. */
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

/** What the panel learnt when the referral reached it. */
export class ReferralScreeningView extends view(
  ReferralScreening,
  'id',
  'version',
  'panelId',
  'isRepeat',
  'previousReferralId',
  'duplicateOfId',
) {}
