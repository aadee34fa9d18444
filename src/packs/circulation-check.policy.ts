/**
 * Policy of circulation checks. Readable by people who circulate the papers; if many people are named, the maker cannot
 * approve the check.
 */
import { Meeting } from '../meetings/meeting.entity.js';
import { CirculationCheck } from './circulation-check.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

policy.declareSubject(CirculationCheck, 'CirculationCheck', {
  relations: { meeting: { to: Meeting, local: 'meetingId', foreign: 'id' } },
  parent: 'meeting',
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      within: 'circulate',
      where: () => ({}),
    },
    {
      name: 'approver',
      sentence: 'who chairs or coordinates the panel, and did not make it where it needs a second approval',
      actions: ['approve'],
      within: 'circulate',
      where: (actor) => ({ $or: [{ needsSecondApproval: false }, { madeById: { $nin: actor.registrationIds } }] }),
    },
  ],
});

policy.declareWording(CirculationCheck, 'Meeting', 'check of a meeting’s papers', { approve: 'approve it' });
