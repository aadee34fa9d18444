import type { Where } from '../../policy/conditions.js';
import type { Copied } from '../../records/journal.js';
import type { RecordClass } from '../../policy/subjects.js';
import type { PageOf } from '../../records/presented.js';
import type { ViewClass } from '../../records/view.js';
import type { Work } from '../../records/work.js';
import type { Meeting } from '../meeting.entity.js';
import type { DocumentKind } from './document-copy.entity.js';

/** As what the reading of a document's parts is written down. */
export const HOW = 'open_document';

/** These rows, as their reader may see them in a document. */
export const presentedRows = async <T>(work: Work, view: ViewClass, rows: object[]): Promise<T[]> =>
  rows.length ? ((await work.list(view, rows, { how: HOW })).body as PageOf<T>).data : [];

/** The rows that the reader may see, as they may see them. */
export const shown = async <T>(work: Work, view: ViewClass, type: RecordClass, filter: Where): Promise<T[]> =>
  presentedRows<T>(work, view, await work.rows('read', type, filter));

/** The copy that is opened, for the log and for whoever may recall it. */
export const copyOfDocument = (
  document: DocumentKind,
  serial: string,
  { id: meetingId, partnershipId, panelId }: Meeting,
  listingIds: string[],
  kept: readonly Kept[] = [],
): Copied => ({
  ...{ document, serial, meetingId, partnershipId, panelId, listingIds },
  keptListingIds: kept.map(({ listingId }) => listingId),
  keptOutByIds: kept.map(({ byId }) => byId),
});

/** An item that one exclusion or recusal kept from the reader of a document. */
export interface Kept {
  listingId: string;
  byId: string;
}
