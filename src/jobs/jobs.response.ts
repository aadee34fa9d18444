import { view } from '../records/response-view.js';
import { JobRun } from './job-run.entity.js';
import { Notice } from './notice.entity.js';

/** Notice to an agency about a day that has come and a record. */
export class NoticeView extends view(
  Notice,
  'id',
  'version',
  'agencyId',
  'practitionerId',
  'kind',
  'subjectType',
  'subjectId',
  'caseId',
  'panelId',
  'planPanelId',
  'dueOn',
  'level',
  'readAt',
  'readById',
  'createdAt',
) {}

/** Run of a job in one partnership, successful or not. */
export class JobRunView extends view(
  JobRun,
  'id',
  'version',
  'partnershipId',
  'task',
  'startedAt',
  'endedAt',
  'notices',
  'error',
) {}
