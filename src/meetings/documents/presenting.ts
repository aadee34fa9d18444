import type { Where } from '../../policy/conditions.js';
import type { RecordClass } from '../../policy/subjects.js';
import type { PageOf } from '../../records/presented.js';
import type { ViewClass } from '../../records/view.js';
import type { Work } from '../../records/work.js';

/** As what the reading of a document's parts is written down. */
export const HOW = 'open_document';

/** These rows, as their reader may see them in a document. */
export const presentedRows = <T>(work: Work, view: ViewClass, rows: object[]): T[] =>
  rows.length ? (work.list(view, rows, { how: HOW }).body as PageOf<T>).data : [];

/** The rows that the reader may see, as they may see them. */
export const shown = async <T>(work: Work, view: ViewClass, type: RecordClass, filter: Where): Promise<T[]> =>
  presentedRows<T>(work, view, await work.rows('read', type, filter));
