import { view } from '../records/response-view.js';
import { DisclosureRevision } from './disclosure-revision.entity.js';
import { Disclosure } from './disclosure.entity.js';

/** That an agency received content of another, and what it must be told. */
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
) {}

/** A correction or recall of what was disclosed, and when the recipient was told of it. */
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
