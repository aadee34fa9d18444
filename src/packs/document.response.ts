import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { view } from '../records/response-view.js';
import { DocumentCopy } from './document-copy.entity.js';

/** An agency that a document names. */
export class NamedAgencyView extends view(Agency, 'id', 'name') {}

/** Somebody whom a document names. */
export class NamedPractitionerView extends view(Practitioner, 'id', 'name') {}

/** A copy that somebody opened; its `id` is the serial that stands on it. */
export class DocumentCopyView extends view(DocumentCopy, 'id', 'document', 'readerId', 'agencyId', 'openedAt') {}
