/**
 * Policy of document copies. Visible to people who may recall the document and may read one of its items. A copy with
 * hidden items only reveals that its reader came for them; the log is for auditors. An item omitted because of a
 * conflict counts as contained, because its absence would reveal the conflict.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { DocumentCopy } from './document-copy.entity.js';
import { permittedRows } from '../authorization/applicable-rules.js';

export const policy = new Policy();

policy.declareSubject(DocumentCopy, 'DocumentCopy', {
  relations: {
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    items: { to: Listing, local: 'listingIds', foreign: 'id' },
    kept: { to: Listing, local: 'keptListingIds', foreign: 'id' },
  },
  parent: 'meeting',
  seek: ['panelId'],
  allowRules: [
    {
      name: 'chair',
      sentence:
        'who may recall the papers of the meeting, and may read one of the items that the copy held, or would have held but for a conflict of its reader',
      actions: ['read'],
      within: 'recall',
      where: (actor) => {
        const readable = permittedRows(withoutScopes(actor), subjectOf(Listing), 'read');
        return readable && { $or: [{ items: { $elemMatch: readable } }, { kept: { $elemMatch: readable } }] };
      },
    },
  ],
});

policy.declareWording(DocumentCopy, 'Meeting', 'copy of a document of a meeting');
