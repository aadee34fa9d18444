import { Agency, Practitioner } from '../agencies/agency.entity.js';
import { view } from '../records/response-view.js';
import { DocumentCopy } from './document-copy.entity.js';

/** Agency named in a document. */
export class NamedAgencyView extends view(Agency, 'id', 'name') {}

/** Person named in a document. */
export class NamedPractitionerView extends view(Practitioner, 'id', 'name') {}

/** Copy of a document that somebody opened; its `id` is the serial number printed on it. */
export class DocumentCopyView extends view(DocumentCopy, 'id', 'document', 'readerId', 'agencyId', 'openedAt') {}
