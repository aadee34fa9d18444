import { view } from '../records/response-view.js';
import { DisclosureRevision } from './disclosure-revision.entity.js';
import { Disclosure } from './disclosure.entity.js';

/** Receipt by an agency of another agency's content, with the pending notification. */
export class DisclosureView extends view(
  Disclosure,
  'id',
  'version',
  'partnershipId',
  'panelId',
  'caseId',
  'personId',
  'recordType',
  'recordId',
  'recordVersion',
  'originAgencyId',
  'recipientAgencyId',
  'purpose',
  'at',
  'fields',
  'agreementVersionIds',
  'pending',
  'pendingSince',
  'notifiedAt',
  'inErrorSince',
) {}

/** Correction or recall of a disclosed record, with the time at which the recipient was notified. */
export class DisclosureRevisionView extends view(
  DisclosureRevision,
  'id',
  'version',
  'disclosureId',
  'pending',
  'since',
  'fields',
  'notifiedAt',
  'notifiedById',
) {}
