import type { Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { PageOf } from '../records/authorized-response.js';
import type { ViewClass } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Meeting } from '../meetings/meeting.entity.js';
import type { DocumentKind } from './document-copy.entity.js';

/** Kind of operation in the audit log for parts of a document. */
export const OPEN_DOCUMENT = 'open_document';

/** Presents rows in a document, as far as the reader may see them. */
export const presentRows = async <T>(work: UnitOfWork, view: ViewClass, rows: object[]): Promise<T[]> =>
  rows.length ? ((await work.respond.list(view, rows, { how: OPEN_DOCUMENT })).body as PageOf<T>).data : [];

/** Finds and presents the rows that the reader may see. */
export const findAndPresent = async <T>(
  work: UnitOfWork,
  view: ViewClass,
  type: RecordClass,
  filter: Where,
): Promise<T[]> => presentRows<T>(work, view, await work.records.findMany('read', type, filter));

/**
 * Records that a meeting document was opened, with its serial number and items: for the log and for recalls. The
 * records in the document have audit entries of their own.
 */
export function noteOpenedDocument(
  { audit }: UnitOfWork,
  document: DocumentKind,
  serial: string,
  meeting: Meeting,
  listingIds: string[],
  kept: readonly OmittedItem[] = [],
): void {
  const { id: meetingId, partnershipId, panelId } = meeting;
  audit.add('disclose', 'open_document', subjectOf(Meeting), [{ ...meeting }], {
    action: 'read',
    fields: [document],
    recordIds: [meetingId, serial, ...listingIds],
    copied: {
      ...{ document, serial, meetingId, partnershipId, panelId, listingIds },
      keptListingIds: kept.map(({ listingId }) => listingId),
      keptOutByIds: kept.map(({ byId }) => byId),
    },
  });
}

/** Item omitted from a document because of one exclusion or recusal of its reader. */
export interface OmittedItem {
  listingId: string;
  byId: string;
}
