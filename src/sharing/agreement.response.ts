import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/london-day.js';
import { view } from '../records/response-view.js';
import { AGREEMENT_WARNINGS, warningsOf, type AgreementWarning } from './agreement-warnings.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './agreement.entity.js';

const Warnings = (): PropertyDecorator =>
  ApiProperty({
    type: 'array',
    maxItems: 4,
    items: {
      type: 'object',
      required: ['code', 'on', 'inDays'],
      properties: {
        code: { type: 'string', enum: [...AGREEMENT_WARNINGS] },
        on: { type: 'string', format: 'date', maxLength: 10 },
        inDays: { type: 'integer', format: 'int32', minimum: -100_000, maximum: 100_000 },
      },
    },
  });

/** An agreement, and what its version in force asks of its parties. */
export class SharingAgreementView extends view(
  SharingAgreement,
  'id',
  'version',
  'partnershipId',
  'code',
  'title',
  'panelTypes',
) {
  /** The version that is active or suspended; null where there is none. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('administrative')
  currentVersionId: string | null;

  /** From 60 days before the current version is to be reviewed, and before it ends. */
  @Warnings()
  @Classified('administrative')
  warnings: AgreementWarning[];

  static derive = (shown: Row, now: Date, { inForce = [] }: { inForce?: SharingAgreementVersion[] }): Row => {
    const current = inForce.find((one) => one.agreementId === shown['id']);
    return { currentVersionId: current?.id ?? null, warnings: current ? warningsOf(current, londonDay(now)) : [] };
  };
}

export class SharingAgreementVersionView extends view(
  SharingAgreementVersion,
  'id',
  'version',
  'agreementId',
  'edition',
  'status',
  'purposes',
  'effectiveFrom',
  'reviewDue',
  'expiresOn',
  'supersedesId',
  'activatedAt',
  'statusReason',
  'updatedAt',
) {
  /** From 60 days before it is to be reviewed, and before it ends. */
  @Warnings()
  @Classified('administrative')
  warnings: AgreementWarning[];

  static derive = (shown: Row, now: Date): Row => ({
    warnings: warningsOf(shown as unknown as SharingAgreementVersion, londonDay(now)),
  });
}

export class SharingPartyView extends view(
  SharingParty,
  'id',
  'agreementVersionId',
  'agencyId',
  'role',
  'signedOn',
  'signedById',
) {}

export class SharingRowView extends view(
  SharingRow,
  'id',
  'agreementVersionId',
  'purpose',
  'category',
  'contributingType',
  'receivingType',
  'level',
  'gateway',
  'lawfulBasis',
  'condition',
  'onward',
  'retentionClass',
) {}
