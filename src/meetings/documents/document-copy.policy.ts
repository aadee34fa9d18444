/** Who opened a document is known to whoever may recall it, and to nobody else: the log is the auditors'. */
import { declareSubject } from '../../policy/subjects.js';
import { declareWords } from '../../policy/wording.js';
import { Meeting } from '../meeting.entity.js';
import '../meetings.policy.js';
import { DocumentCopy } from './document-copy.entity.js';

declareSubject(DocumentCopy, 'DocumentCopy', {
  relations: { meeting: { to: Meeting, local: 'meetingId', foreign: 'id' } },
  parent: 'meeting',
  seek: ['panelId'],
  grounds: [
    {
      name: 'chair',
      sentence: 'who may recall the papers of the meeting',
      actions: ['read'],
      within: 'recall',
      where: () => ({}),
    },
  ],
});

declareWords(DocumentCopy, 'Meeting', 'copy of a document of a meeting');
