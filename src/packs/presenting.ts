import type { Where } from '../authorization/conditions.js';
import type { OpenedDocument } from '../records/audit-recording.js';
import type { RecordClass } from '../database/record-class.js';
import type { PageOf } from '../records/authorized-response.js';
import type { ViewClass } from '../records/response-view.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Meeting } from '../meetings/meeting.entity.js';
import type { DocumentKind } from './document-copy.entity.js';

/** As what the reading of a document's parts is written down. */
export const HOW = 'open_document';

/** These rows, as their reader may see them in a document. */
export const presentedRows = async <T>(work: UnitOfWork, view: ViewClass, rows: object[]): Promise<T[]> =>
  rows.length ? ((await work.respond.list(view, rows, { how: HOW })).body as PageOf<T>).data : [];

/** The rows that the reader may see, as they may see them. */
export const shown = async <T>(work: UnitOfWork, view: ViewClass, type: RecordClass, filter: Where): Promise<T[]> =>
  presentedRows<T>(work, view, await work.records.findMany('read', type, filter));

/** The copy that is opened, for the log and for whoever may recall it. */
export const copyOfDocument = (
  document: DocumentKind,
  serial: string,
  { id: meetingId, partnershipId, panelId }: Meeting,
  listingIds: string[],
  kept: readonly Kept[] = [],
): OpenedDocument => ({
  ...{ document, serial, meetingId, partnershipId, panelId, listingIds },
  keptListingIds: kept.map(({ listingId }) => listingId),
  keptOutByIds: kept.map(({ byId }) => byId),
});

/** An item that one exclusion or recusal kept from the reader of a document. */
export interface Kept {
  listingId: string;
  byId: string;
}
