/** Who was at a meeting is known to the panel. Everybody answers for themselves; the coordination records everybody. */
import { declareSubject } from '../../policy/subjects.js';
import { declareWords } from '../../policy/wording.js';
import { Attendance } from './attendance.entity.js';
import { Meeting } from '../meeting.entity.js';
import { memberPanels } from '../meetings.policy.js';

declareSubject(Attendance, 'Attendance', {
  relations: { meeting: { to: Meeting, local: 'meetingId', foreign: 'id' } },
  parent: 'meeting',
  grounds: [
    {
      name: 'on-the-panel',
      sentence: 'who sits on the panel',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ panelId: { $in: memberPanels(actor) } }),
    },
    {
      name: 'own-attendance',
      sentence: 'whose attendance it is',
      actions: ['read', 'depart'],
      where: (actor) => ({ practitionerId: actor.id }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['depart'],
      within: 'register',
      where: () => ({}),
    },
  ],
});

declareWords(Attendance, 'Meeting', 'attendance at a meeting', { depart: 'record that they left' });
