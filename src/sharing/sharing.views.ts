import { view } from '../records/view.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './sharing.entity.js';

export class SharingAgreementView extends view(
  SharingAgreement,
  'id',
  'version',
  'partnershipId',
  'code',
  'title',
  'panelTypes',
) {}

export class SharingAgreementVersionView extends view(
  SharingAgreementVersion,
  'id',
  'version',
  'agreementId',
  'edition',
  'status',
  'effectiveFrom',
  'reviewDue',
  'expiresOn',
) {}

export class SharingPartyView extends view(SharingParty, 'id', 'agreementVersionId', 'agencyId', 'signedOn') {}

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
