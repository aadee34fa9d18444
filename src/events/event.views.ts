import { view } from '../records/view.js';
import { Event } from './event.entity.js';

/** Something that happened in a case. */
export class EventView extends view(
  Event,
  'id',
  'at',
  'type',
  'subjectType',
  'subjectId',
  'caseId',
  'agencyId',
  'actorId',
  'data',
) {}
