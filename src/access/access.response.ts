import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { startOfLondonDay } from '../time/london-day.js';
import { view } from '../records/response-view.js';
import { EmergencyAccess } from '../sharing/access.entity.js';
import { Exclusion } from '../sharing/exclusion.entity.js';
import { AccessRequest } from './access-request.entity.js';

/** Who is kept out of what, and why. */
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
  'carriedFromId',
  'since',
  'until',
  'endedById',
  'endReason',
) {
  /**
   * How many active people in the directory of the partnership it keeps out; null for an agency. For a name: whoever has or had it;
   * with 0, check the spelling. For a person: more than 1 where colleagues have or had the same name.
   */
  @ApiProperty({ type: 'integer', minimum: 0, nullable: true })
  @Classified('third_party', 'summary')
  matches: number | null;

  /**
   * By identifier, how many people the name matches; and `since` to the day: an exclusion that is carried over begins at the moment at
   * which its case is opened, and would be known by it to a reader from whom the earlier case is hidden.
   */
  static derive = ({ id, since }: Row, _now: Date, given: Row): Row => ({
    matches: given[id as string] ?? null,
    ...(since instanceof Date ? { since: startOfLondonDay(since) } : {}),
  });
}

/** A request to read a case. Whoever asked is told where it stands; which case it means is for those who decide. */
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
  /** Until when the case may be read, where it was approved. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Classified('administrative')
  grantedUntil: Date | null;

  /** When the access was ended before its time. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  @Classified('administrative')
  revokedAt: Date | null;

  /** Whoever asks is kept out of the case: it cannot be approved. For those who decide. */
  @ApiProperty({ type: Boolean, nullable: true })
  @Classified('administrative')
  excluded: boolean | null;

  /** What was decided, also where whoever asked is not told. For those who decide. */
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

/** A case was opened in an emergency: by whom and why for its reviewer, by reference alone for the panel and its agencies. */
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
