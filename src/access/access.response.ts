import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { view } from '../records/response-view.js';
import { EmergencyAccess } from '../sharing/access.entity.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { AccessRequest } from './access-request.entity.js';

/** Exclusion. Its reason is shown to the coordination of the panel alone. */
export class ExclusionView extends view(
  Exclusion,
  'id',
  'version',
  'partnershipId',
  'panelId',
  'practitionerId',
  'agencyId',
  'name',
  'caseId',
  'personId',
  'reach',
  'reason',
  'declared',
  'madeById',
  'since',
  'until',
  'endedById',
  'endReason',
) {
  /**
   * Number of active people in the directory of the partnership who are excluded; null for an agency. For a name:
   * people who have or had the name; if 0, check the spelling. For a person: more than 1 if colleagues have or had the
   * same name.
   */
  @ApiProperty({ type: 'integer', minimum: 0, nullable: true })
  @Classified('third_party', 'summary')
  matches: number | null;

  /** Adds the number of matching people. */
  static derive = ({ id }: Row, _now: Date, given: Row): Row => ({ matches: given[id as string] ?? null });
}

/** Request to read a case. The requester reads its status; the identified case is shown only to those who decide. */
export class AccessRequestView extends view(
  AccessRequest,
  'id',
  'version',
  'practitionerId',
  'agencyId',
  'asked',
  'reason',
  'purpose',
  'status',
  'caseId',
  'createdAt',
) {
  /** End of the permission to read the case; null if the request was not approved. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Classified('administrative')
  grantedUntil: Date | null;

  /** Time at which the access was ended early; null if it was not. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Classified('administrative')
  revokedAt: Date | null;

  /** Whether the requester is excluded from the case, so that the request cannot be approved. For those who decide. */
  @ApiProperty({ type: Boolean, nullable: true })
  @Classified('administrative')
  excluded: boolean | null;

  /** Decision, even if the requester was not notified. For those who decide. */
  @ApiProperty({ type: String, enum: ['approval', 'refusal', 'revocation'], nullable: true })
  @Classified('administrative')
  decision: string | null;

  @ApiProperty({ type: String, nullable: true, maxLength: 1000 })
  @Classified('administrative')
  decisionReason: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('administrative')
  decidedById: string | null;

  static derive = (shown: Row, _now: Date, told: Row): Row => (told[shown['id'] as string] as Row | undefined) ?? {};
}

/**
 * Emergency access to a case: with person and reason for its reviewer, by reference alone for the panel and its
 * agencies.
 */
export class EmergencyAccessView extends view(
  EmergencyAccess,
  'id',
  'version',
  'partnershipId',
  'panelId',
  'caseId',
  'practitionerId',
  'agencyId',
  'reasonCode',
  'reason',
  'openedAt',
  'expiresAt',
  'endedAt',
  'isRepeated',
  'reviewDueOn',
  'outcome',
  'reviewNote',
  'reviewedById',
  'reviewedAt',
) {}
