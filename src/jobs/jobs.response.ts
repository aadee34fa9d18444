import { view } from '../records/response-view.js';
import { JobRun } from './job-run.entity.js';
import { Notice } from './notice.entity.js';

/** A day has come: which, and about which record. */
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

/** A job did its work in one partnership, or failed at it. */
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
