import { ApiProperty } from '@nestjs/swagger';
import { Classified } from '../authorization/classification.js';
import type { Row } from '../authorization/conditions.js';
import { londonDay } from '../time/clock.js';
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

/** Agreement, with the warnings about its version in force. */
export class SharingAgreementView extends view(
  SharingAgreement,
  'id',
  'version',
  'partnershipId',
  'code',
  'title',
  'panelTypes',
) {
  /** Version that is active or suspended; null if there is none. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  @Classified('administrative')
  currentVersionId: string | null;

  /** Warnings from 60 days before the review of the current version, and from 60 days before its end. */
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
  /** Warnings from 60 days before the review of the version, and from 60 days before its end. */
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
